//! RAM.

use argali_testkit::{Authenticator, allow, trust};

use super::{Params, Stage, fresh, text};

/// A tag as RAM takes it.
const TAG: &str = r#"[{"Key":"team","Value":"web"}]"#;

/// The role that is linked to ActionTrail.
const LINKED_ROLE: (&str, &str) = ("RoleName", "AliyunServiceRoleForActionTrail");

/// The password of everybody who has one.
pub(crate) const PASSWORD: &str = "correct horse";

impl Stage<'_> {
    pub(super) fn ram(&self, action: &str) -> Option<Params> {
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
            "CreateLoginProfile" => vec![self.user(), ("Password", PASSWORD.to_owned())],
            "GetLoginProfile" | "UpdateLoginProfile" | "DeleteLoginProfile" => vec![self.logon_user()],
            "CreateVirtualMFADevice" => vec![("VirtualMFADeviceName", fresh("device"))],
            "DeleteVirtualMFADevice" => vec![self.device().0],
            "BindMFADevice" => self.binding(),
            "UnbindMFADevice" | "GetUserMFAInfo" => {
                vec![self.done("BindMFADevice", self.binding()).remove(0)]
            }
            "ListVirtualMFADevices" | "GetPasswordPolicy" | "GetSecurityPreference" => Vec::new(),
            "SetSecurityPreference" => vec![("LoginSessionDuration", "7".to_owned())],
            "ChangePassword" => {
                self.let_everybody_log_on();
                vec![("OldPassword", PASSWORD.to_owned()), ("NewPassword", PASSWORD.to_owned())]
            }
            "SetPasswordPolicy" => vec![("MinimumPasswordLength", "9".to_owned())],
            "UpdateAccessKey" => [self.key(), vec![("Status", "Inactive".to_owned())]].concat(),
            "DeleteAccessKey" | "GetAccessKeyLastUsed" => self.key(),
            "SetAccountAlias" => vec![("AccountAlias", self.owner.alias.clone())],
            // Another operation may have given it up.
            "GetAccountAlias" | "ClearAccountAlias" => {
                self.done("SetAccountAlias", self.ram("SetAccountAlias")?);
                Vec::new()
            }
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
            "CreateServiceLinkedRole" => {
                self.remove_linked_role();
                self.linked_service()
            }
            "GetServiceLinkedRoleTemplate" => self.linked_service(),
            "DeleteServiceLinkedRole" => {
                self.remove_linked_role();
                self.done("CreateServiceLinkedRole", self.linked_service());
                vec![(LINKED_ROLE.0, LINKED_ROLE.1.to_owned())]
            }
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
            "DecodeDiagnosticMessage" => vec![("EncodedDiagnosticMessage", self.diagnostic_message())],
            "ListTagResources" => vec![("ResourceType", "role".to_owned())],
            "ListUsers" | "ListGroups" | "ListRoles" | "ListPolicies" => Vec::new(),
            _ => return None,
        })
    }

    pub(super) fn user(&self) -> (&'static str, String) {
        self.done("CreateUser", vec![("UserName", fresh("user"))]).remove(0)
    }

    /// A user that can log on.
    pub(super) fn logon_user(&self) -> (&'static str, String) {
        self.done("CreateLoginProfile", vec![self.user(), ("Password", PASSWORD.to_owned())]).remove(0)
    }

    /// A device that is nobody's, and the app that shows its codes.
    pub(super) fn device(&self) -> ((&'static str, String), Authenticator) {
        let name = vec![("VirtualMFADeviceName", fresh("device"))];
        let made = self.call("Ram", "CreateVirtualMFADevice", name);
        let device = &made["VirtualMFADevice"];
        (
            ("SerialNumber", text(&device["SerialNumber"])),
            Authenticator::new(&text(&device["Base32StringSeed"])),
        )
    }

    /// What binds a device to a user.
    fn binding(&self) -> Params {
        let (serial_number, app) = self.device();
        let [first, second] = app.codes(self.server.clock().now());
        let codes = [("AuthenticationCode1", first), ("AuthenticationCode2", second)];
        [vec![self.user(), serial_number], codes.to_vec()].concat()
    }

    /// Gives a password to every user who has none.
    fn let_everybody_log_on(&self) {
        let users = self.call("Ram", "ListUsers", Vec::new());
        for user in users["Users"]["User"].as_array().into_iter().flatten() {
            let user = ("UserName", text(&user["UserName"]));
            if self.owner.client.call("Ram", "GetLoginProfile", &[(user.0, &user.1)]).is_err() {
                self.call("Ram", "CreateLoginProfile", vec![user, ("Password", PASSWORD.to_owned())]);
            }
        }
    }

    pub(super) fn group(&self) -> (&'static str, String) {
        self.done("CreateGroup", vec![("GroupName", fresh("group"))]).remove(0)
    }

    pub(super) fn role(&self) -> (&'static str, String) {
        let document = trust(&[&self.owner.root_arn()]).to_string();
        let params = vec![("RoleName", fresh("role")), ("AssumeRolePolicyDocument", document)];
        self.done("CreateRole", params).remove(0)
    }

    fn linked_service(&self) -> Params {
        vec![("ServiceName", "actiontrail.aliyuncs.com".to_owned())]
    }

    /// Removes the role that is linked to ActionTrail, and what uses it.
    fn remove_linked_role(&self) {
        if self.owner.client.call("Ram", "GetRole", &[LINKED_ROLE]).is_ok() {
            self.remove_trails();
            self.call("Ram", "DeleteServiceLinkedRole", vec![(LINKED_ROLE.0, LINKED_ROLE.1.to_owned())]);
        }
    }

    /// A role as operations on tags name it.
    pub(super) fn named_role(&self) -> Params {
        let (_, name) = self.role();
        vec![("ResourceType", "role".to_owned()), ("ResourceNames", format!(r#"["{name}"]"#))]
    }

    pub(super) fn policy(&self) -> (&'static str, String) {
        let document = allow(&["ecs:*"], &["*"]).to_string();
        let params = vec![("PolicyName", fresh("policy")), ("PolicyDocument", document)];
        self.done("CreatePolicy", params).remove(0)
    }

    /// The sealed part of a refusal.
    fn diagnostic_message(&self) -> String {
        let refused = self.owner.user(&fresh("refused")).call("Ram", "ListUsers", &[]).unwrap_err();
        refused.access_denied_detail.unwrap().encoded_diagnostic_message.unwrap()
    }

    pub(super) fn key(&self) -> Params {
        let user = self.user();
        let made = self.call("Ram", "CreateAccessKey", vec![user.clone()]);
        vec![user, ("UserAccessKeyId", text(&made["AccessKey"]["AccessKeyId"]))]
    }
}
