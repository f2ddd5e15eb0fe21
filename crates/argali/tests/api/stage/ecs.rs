//! ECS.

use argali_testkit::seconds;

use super::{IMAGE, INSTANCE_TYPE, Network, Params, REGION, Stage, fresh, text};

impl Stage<'_> {
    pub(super) fn ecs(&self, action: &str) -> Option<Params> {
        let region = || ("RegionId", REGION.to_owned());
        let tag = || [("Tag.1.Key", "team".to_owned()), ("Tag.1.Value", "web".to_owned())];
        let this = |id: String| vec![region(), ("ResourceType", "instance".to_owned()), ("ResourceId.1", id)];
        Some(match action {
            "DescribeRegions" | "DescribeInstanceTypes" => Vec::new(),
            "DescribeZones"
            | "DescribeImages"
            | "DescribeInstances"
            | "DescribeInstanceStatus"
            | "DescribeDisks"
            | "DescribeSecurityGroups" => vec![region()],
            "RunInstances" | "CreateInstance" => self.new_instance(),
            "StartInstance" => vec![("InstanceId", self.stopped_instance())],
            "StartInstances" => vec![region(), ("InstanceId.1", self.stopped_instance())],
            "StopInstance" | "RebootInstance" => vec![("InstanceId", self.instance())],
            "StopInstances" | "RebootInstances" => vec![region(), ("InstanceId.1", self.instance())],
            "ModifyInstanceAttribute" => {
                vec![("InstanceId", self.instance()), ("InstanceName", fresh("renamed"))]
            }
            "DeleteInstance" => vec![("InstanceId", self.stopped_instance())],
            "DeleteInstances" => vec![region(), ("InstanceId.1", self.stopped_instance())],
            "DeleteDisk" => vec![("DiskId", self.free_disk())],
            "AttachDisk" => vec![("InstanceId", self.instance()), ("DiskId", self.free_disk())],
            "DetachDisk" => {
                let params = vec![("InstanceId", self.instance()), ("DiskId", self.free_disk())];
                self.call("Ecs", "AttachDisk", params.clone());
                params
            }
            "CreateSecurityGroup" => vec![region(), ("VpcId", self.network().vpc.clone())],
            "DeleteSecurityGroup" => vec![region(), ("SecurityGroupId", self.security_group())],
            "JoinResourceGroup" => {
                let instance = self.instance();
                let listed = self.call("Ecs", "DescribeInstances", vec![region()]);
                let group = text(&listed["Instances"]["Instance"][0]["ResourceGroupId"]);
                vec![
                    region(),
                    ("ResourceType", "instance".to_owned()),
                    ("ResourceId", instance),
                    ("ResourceGroupId", group),
                ]
            }
            "TagResources" => [this(self.instance()), tag().to_vec()].concat(),
            "UntagResources" => {
                let params = this(self.instance());
                self.call("Ecs", "TagResources", [params.clone(), tag().to_vec()].concat());
                [params, vec![("TagKey.1", "team".to_owned())]].concat()
            }
            "ListTagResources" => this(self.instance()),
            _ => return None,
        })
    }

    pub(super) fn security_group(&self) -> String {
        let made = self.call("Ecs", "CreateSecurityGroup", self.params("Ecs", "CreateSecurityGroup"));
        text(&made["SecurityGroupId"])
    }

    /// What `RunInstances` needs for one instance.
    pub(crate) fn new_instance(&self) -> Params {
        let Network { vswitch, security_group, .. } = self.network().clone();
        vec![
            ("RegionId", REGION.to_owned()),
            ("ImageId", IMAGE.to_owned()),
            ("InstanceType", INSTANCE_TYPE.to_owned()),
            ("VSwitchId", vswitch),
            ("SecurityGroupId", security_group),
        ]
    }

    /// A data disk that its instance left behind.
    fn free_disk(&self) -> String {
        let mut params = self.new_instance();
        params.extend([
            ("DataDisk.1.Size", "20".to_owned()),
            ("DataDisk.1.DeleteWithInstance", "false".to_owned()),
            ("DataDisk.1.DiskName", fresh("kept")),
        ]);
        let name = text(&params.last().unwrap().1.clone().into());
        let made = self.call("Ecs", "RunInstances", params);
        self.server.clock().advance(seconds(3));
        let instance = text(&made["InstanceIdSets"]["InstanceIdSet"][0]);
        self.call("Ecs", "DeleteInstance", vec![("InstanceId", instance), ("Force", "true".to_owned())]);
        let found =
            self.call("Ecs", "DescribeDisks", vec![("RegionId", REGION.to_owned()), ("DiskName", name)]);
        text(&found["Disks"]["Disk"][0]["DiskId"])
    }

    /// A new instance that runs.
    pub(crate) fn instance(&self) -> String {
        let made = self.call("Ecs", "RunInstances", self.new_instance());
        self.server.clock().advance(seconds(3));
        text(&made["InstanceIdSets"]["InstanceIdSet"][0])
    }

    /// A new instance that does not run any more.
    pub(crate) fn stopped_instance(&self) -> String {
        let instance = self.instance();
        self.call("Ecs", "StopInstance", vec![("InstanceId", instance.clone())]);
        self.server.clock().advance(seconds(2));
        instance
    }
}
