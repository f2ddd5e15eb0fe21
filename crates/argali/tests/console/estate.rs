//! What company-a has for pages to show: networks and instances.

use argali_testkit::Enterprise;

/// Where everything is.
pub(crate) const REGION: (&str, &str) = ("RegionId", "cn-hangzhou");

/// A network of an enterprise, and what instances need of it.
pub(crate) struct Network {
    pub(crate) vswitch: String,
    pub(crate) security_group: String,
}

impl Network {
    /// Makes one.
    pub(crate) fn of(enterprise: &Enterprise) -> Self {
        let text = |answer: &serde_json::Value, name: &str| answer[name].as_str().unwrap().to_owned();
        let vpc = enterprise.must("Vpc", "CreateVpc", &[REGION, ("CidrBlock", "10.0.0.0/8")]);
        let vpc = text(&vpc, "VpcId");
        let params =
            [REGION, ("VpcId", vpc.as_str()), ("CidrBlock", "10.1.0.0/16"), ("ZoneId", "cn-hangzhou-h")];
        let vswitch = enterprise.must("Vpc", "CreateVSwitch", &params);
        let group = enterprise.must("Ecs", "CreateSecurityGroup", &[REGION, ("VpcId", vpc.as_str())]);
        Self { vswitch: text(&vswitch, "VSwitchId"), security_group: text(&group, "SecurityGroupId") }
    }

    /// Makes an instance in it, which will run in a moment.
    pub(crate) fn instance(&self, enterprise: &Enterprise, name: &str) -> String {
        let params = [
            REGION,
            ("ImageId", IMAGE),
            ("InstanceType", "ecs.g6.large"),
            ("SecurityGroupId", self.security_group.as_str()),
            ("VSwitchId", self.vswitch.as_str()),
            ("InstanceName", name),
        ];
        let made = enterprise.must("Ecs", "RunInstances", &params);
        made["InstanceIdSets"]["InstanceIdSet"][0].as_str().unwrap().to_owned()
    }
}

/// What runs on instances.
pub(crate) const IMAGE: &str = "debian_12_6_x64_20G_alibase_20240711.vhd";
