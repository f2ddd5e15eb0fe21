//! What an operation needs to succeed: one entry an operation, made anew for each call.

use std::cell::OnceCell;
use std::sync::atomic::{AtomicU64, Ordering};

use argali_testkit::{Enterprise, TestServer, allow, seconds, trust};
use serde_json::Value;

/// Parameters of a call.
pub(crate) type Params = Vec<(&'static str, String)>;

/// The same as clients take them.
pub(crate) fn borrowed(params: &Params) -> Vec<(&str, &str)> {
    params.iter().map(|(name, value)| (*name, value.as_str())).collect()
}

pub(crate) const REGION: &str = "cn-hangzhou";
pub(crate) const ZONE: &str = "cn-hangzhou-h";
pub(crate) const IMAGE: &str = "debian_12_6_x64_20G_alibase_20240711.vhd";
pub(crate) const INSTANCE_TYPE: &str = "ecs.g6.large";

/// A tag as RAM takes it.
const TAG: &str = r#"[{"Key":"team","Value":"web"}]"#;

/// An account, and whatever calls in it need. It moves the clock of its server, which must be its own.
#[derive(Debug)]
pub(crate) struct Stage<'s> {
    server: &'s TestServer,
    pub(crate) owner: Enterprise,
    network: OnceCell<Network>,
}

/// Where instances run.
#[derive(Clone, Debug)]
pub(crate) struct Network {
    pub(crate) vpc: String,
    pub(crate) vswitch: String,
    pub(crate) security_group: String,
}

/// A name that was not used before.
pub(crate) fn fresh(kind: &str) -> String {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    format!("{kind}{}", NEXT.fetch_add(1, Ordering::Relaxed))
}

impl<'s> Stage<'s> {
    pub(crate) fn new(server: &'s TestServer, owner: Enterprise) -> Self {
        Self { server, owner, network: OnceCell::new() }
    }

    /// Parameters with which the operation succeeds now, once, for whoever is allowed to call it in this account.
    ///
    /// # Panics
    ///
    /// Panics at an operation that has no entry: every operation needs one.
    pub(crate) fn params(&self, product: &str, action: &str) -> Params {
        let params = match product {
            "Ram" => self.ram(action),
            "Sts" => self.sts(action),
            "Ecs" => self.ecs(action),
            "Vpc" => self.vpc(action),
            _ => None,
        };
        params.unwrap_or_else(|| panic!("{product} {action} has no entry in tests/api/stage.rs: add one"))
    }

    fn ram(&self, action: &str) -> Option<Params> {
        let document = || ("PolicyDocument", allow(&["ecs:*"], &["*"]).to_string());
        let custom = || ("PolicyType", "Custom".to_owned());
        Some(match action {
            "CreateUser" => vec![("UserName", fresh("user"))],
            "GetUser"
            | "UpdateUser"
            | "DeleteUser"
            | "CreateAccessKey"
            | "ListAccessKeys"
            | "ListGroupsForUser"
            | "ListPoliciesForUser" => vec![self.user()],
            "UpdateAccessKey" => [self.key(), vec![("Status", "Inactive".to_owned())]].concat(),
            "DeleteAccessKey" => self.key(),
            "CreateGroup" => vec![("GroupName", fresh("group"))],
            "GetGroup" | "UpdateGroup" | "DeleteGroup" | "ListUsersForGroup" | "ListPoliciesForGroup" => {
                vec![self.group()]
            }
            "AddUserToGroup" => vec![self.user(), self.group()],
            "RemoveUserFromGroup" => self.done("AddUserToGroup", vec![self.user(), self.group()]),
            "CreateRole" => vec![
                ("RoleName", fresh("role")),
                ("AssumeRolePolicyDocument", trust(&[&self.owner.root_arn()]).to_string()),
            ],
            "GetRole" | "UpdateRole" | "DeleteRole" | "ListPoliciesForRole" => vec![self.role()],
            "CreatePolicy" => vec![("PolicyName", fresh("policy")), document()],
            "GetPolicy" | "ListPolicyVersions" | "ListEntitiesForPolicy" => vec![self.policy(), custom()],
            "UpdatePolicyDescription" => vec![self.policy(), ("NewDescription", "another".to_owned())],
            "DeletePolicy" => vec![self.policy()],
            "CreatePolicyVersion" => vec![self.policy(), document()],
            "GetPolicyVersion" => vec![self.policy(), custom(), ("VersionId", "v1".to_owned())],
            "SetDefaultPolicyVersion" => vec![self.policy(), ("VersionId", "v1".to_owned())],
            "DeletePolicyVersion" => {
                let policy = self.policy();
                self.done("CreatePolicyVersion", vec![policy.clone(), document()]);
                vec![policy, ("VersionId", "v2".to_owned())]
            }
            "AttachPolicyToUser" => vec![self.user(), self.policy(), custom()],
            "AttachPolicyToGroup" => vec![self.group(), self.policy(), custom()],
            "AttachPolicyToRole" => vec![self.role(), self.policy(), custom()],
            "DetachPolicyFromUser" => self.done("AttachPolicyToUser", self.ram("AttachPolicyToUser")?),
            "DetachPolicyFromGroup" => self.done("AttachPolicyToGroup", self.ram("AttachPolicyToGroup")?),
            "DetachPolicyFromRole" => self.done("AttachPolicyToRole", self.ram("AttachPolicyToRole")?),
            "TagResources" => [self.named_role(), vec![("Tag", TAG.to_owned())]].concat(),
            "UntagResources" => {
                let role = self.named_role();
                self.done("TagResources", [role.clone(), vec![("Tag", TAG.to_owned())]].concat());
                [role, vec![("TagKeys", r#"["team"]"#.to_owned())]].concat()
            }
            "ListTagResources" => vec![("ResourceType", "role".to_owned())],
            "ListUsers" | "ListGroups" | "ListRoles" | "ListPolicies" => Vec::new(),
            _ => return None,
        })
    }

    fn sts(&self, action: &str) -> Option<Params> {
        Some(match action {
            "AssumeRole" => {
                let (_, name) = self.role();
                let arn = format!("acs:ram::{}:role/{name}", self.owner.id);
                vec![("RoleArn", arn), ("RoleSessionName", "session".to_owned())]
            }
            "GetCallerIdentity" => Vec::new(),
            _ => return None,
        })
    }

    fn ecs(&self, action: &str) -> Option<Params> {
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

    fn vpc(&self, action: &str) -> Option<Params> {
        let region = || ("RegionId", REGION.to_owned());
        let vpc = || ("VpcId", self.new_vpc());
        let tag = || [("Tag.1.Key", "team".to_owned()), ("Tag.1.Value", "web".to_owned())];
        let this = |id: String| vec![region(), ("ResourceType", "VPC".to_owned()), ("ResourceId.1", id)];
        Some(match action {
            "DescribeRegions" | "DescribeVSwitches" => Vec::new(),
            "DescribeZones" | "DescribeVpcs" | "DescribeRouteTableList" => vec![region()],
            "CreateVpc" => vec![region(), ("CidrBlock", "10.0.0.0/8".to_owned())],
            "DescribeVpcAttribute" => vec![region(), vpc()],
            "ModifyVpcAttribute" => vec![vpc(), ("VpcName", "renamed".to_owned())],
            "DeleteVpc" => vec![vpc()],
            "CreateVSwitch" => {
                vec![vpc(), ("ZoneId", ZONE.to_owned()), ("CidrBlock", "10.0.1.0/24".to_owned())]
            }
            "DescribeVSwitchAttributes" | "DeleteVSwitch" => {
                vec![("VSwitchId", self.new_vswitch(&self.new_vpc()))]
            }
            "ModifyVSwitchAttribute" => {
                vec![("VSwitchId", self.new_vswitch(&self.new_vpc())), ("VSwitchName", "renamed".to_owned())]
            }
            "MoveResourceGroup" => {
                let (_, vpc) = vpc();
                let shown = self.call("Vpc", "DescribeVpcAttribute", vec![region(), ("VpcId", vpc.clone())]);
                vec![
                    region(),
                    ("ResourceType", "Vpc".to_owned()),
                    ("ResourceId", vpc),
                    ("NewResourceGroupId", text(&shown["ResourceGroupId"])),
                ]
            }
            "TagResources" => [this(self.new_vpc()), tag().to_vec()].concat(),
            "UnTagResources" => {
                let params = this(self.new_vpc());
                self.call("Vpc", "TagResources", [params.clone(), tag().to_vec()].concat());
                [params, vec![("TagKey.1", "team".to_owned())]].concat()
            }
            "ListTagResources" => this(self.new_vpc()),
            _ => return None,
        })
    }

    // ------------------------------------------------------------ what calls need

    fn user(&self) -> (&'static str, String) {
        self.done("CreateUser", vec![("UserName", fresh("user"))]).remove(0)
    }

    fn group(&self) -> (&'static str, String) {
        self.done("CreateGroup", vec![("GroupName", fresh("group"))]).remove(0)
    }

    fn role(&self) -> (&'static str, String) {
        let document = trust(&[&self.owner.root_arn()]).to_string();
        let params = vec![("RoleName", fresh("role")), ("AssumeRolePolicyDocument", document)];
        self.done("CreateRole", params).remove(0)
    }

    /// A role as operations on tags name it.
    fn named_role(&self) -> Params {
        let (_, name) = self.role();
        vec![("ResourceType", "role".to_owned()), ("ResourceNames", format!(r#"["{name}"]"#))]
    }

    fn policy(&self) -> (&'static str, String) {
        let document = allow(&["ecs:*"], &["*"]).to_string();
        let params = vec![("PolicyName", fresh("policy")), ("PolicyDocument", document)];
        self.done("CreatePolicy", params).remove(0)
    }

    fn key(&self) -> Params {
        let user = self.user();
        let made = self.call("Ram", "CreateAccessKey", vec![user.clone()]);
        vec![user, ("UserAccessKeyId", text(&made["AccessKey"]["AccessKeyId"]))]
    }

    /// The network of the account, with room for many instances.
    pub(crate) fn network(&self) -> &Network {
        self.network.get_or_init(|| {
            let vpc = self.new_vpc();
            let params = vec![("RegionId", REGION.to_owned()), ("VpcId", vpc.clone())];
            let group = self.call("Ecs", "CreateSecurityGroup", params);
            let vswitch = self.new_vswitch(&vpc);
            Network { vpc, vswitch, security_group: text(&group["SecurityGroupId"]) }
        })
    }

    fn new_vpc(&self) -> String {
        let made = self.call("Vpc", "CreateVpc", self.params("Vpc", "CreateVpc"));
        self.server.clock().advance(seconds(2));
        text(&made["VpcId"])
    }

    fn new_vswitch(&self, vpc: &str) -> String {
        let params = vec![
            ("VpcId", vpc.to_owned()),
            ("ZoneId", ZONE.to_owned()),
            ("CidrBlock", "10.0.1.0/24".to_owned()),
        ];
        let made = self.call("Vpc", "CreateVSwitch", params);
        self.server.clock().advance(seconds(2));
        text(&made["VSwitchId"])
    }

    fn security_group(&self) -> String {
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

    fn call(&self, product: &str, action: &str, params: Params) -> Value {
        self.owner.must(product, action, &borrowed(&params))
    }

    /// Does something in RAM, and gives back with which parameters.
    fn done(&self, action: &str, params: Params) -> Params {
        self.owner.must("Ram", action, &borrowed(&params));
        params
    }
}

/// A text in an answer.
#[track_caller]
pub(crate) fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("not a text: {value}")).to_owned()
}
