//! IMS.

use super::{Params, Stage, fresh, text};

impl Stage<'_> {
    pub(super) fn ims(&self, action: &str) -> Option<Params> {
        Some(match action {
            "CreateUser" => vec![("UserPrincipalName", self.logon_name(&fresh("user"))), display_name()],
            "GetUser" | "UpdateUser" | "DeleteUser" => vec![self.principal()],
            "ListUsers" | "ListUserBasicInfos" | "ListGroups" => Vec::new(),
            "CreateGroup" | "GetGroup" | "UpdateGroup" | "DeleteGroup" | "ListUsersForGroup" => {
                self.ram(action)?
            }
            "CreateLoginProfile" | "GetLoginProfile" | "UpdateLoginProfile" | "DeleteLoginProfile"
            | "BindMFADevice" | "UnbindMFADevice" | "GetUserMFAInfo" => {
                self.under_logon_name(self.ram(action)?)
            }
            "DisableVirtualMFA" => self.under_logon_name(self.ram("UnbindMFADevice")?),
            "ChangePassword"
            | "GetPasswordPolicy"
            | "SetPasswordPolicy"
            | "GetSecurityPreference"
            | "SetSecurityPreference"
            | "CreateVirtualMFADevice"
            | "ListVirtualMFADevices"
            | "DeleteVirtualMFADevice" => self.ram(action)?,
            "GetAccountMFAInfo" => Vec::new(),
            "ListPasskeys" => vec![self.principal()],
            "UpdatePasskey" => [self.passkey(), vec![("PasskeyName", "Phone".to_owned())]].concat(),
            "DeletePasskey" => self.passkey(),
            "SetVerificationInfo" => [vec![self.principal()], mailbox()].concat(),
            "GetVerificationInfo" => vec![self.verified().swap_remove(0)],
            "UnbindVerification" => self.verified(),
            "CreateServiceCredential" => [vec![self.principal()], service_credential()].concat(),
            "ListServiceCredentials" => vec![self.service_credential().swap_remove(0)],
            "UpdateServiceCredential" => {
                [self.service_credential(), vec![("Status", "Inactive".to_owned())]].concat()
            }
            "GetServiceCredential" | "DeleteServiceCredential" => self.service_credential(),
            "AddUserToGroup" => vec![self.principal(), self.group()],
            "RemoveUserFromGroup" => self.done_here("AddUserToGroup", vec![self.principal(), self.group()]),
            "ListGroupsForUser" | "CreateAccessKey" | "ListAccessKeys" => vec![self.principal()],
            "GetDefaultDomain"
            | "GetAccountSummary"
            | "GenerateCredentialReport"
            | "GenerateGovernanceReport"
            | "GetAccountSecurityPracticeReport" => Vec::new(),
            "GetCredentialReport" => self.done_here("GenerateCredentialReport", Vec::new()),
            "GetGovernanceReportStatus" | "ListRecentGovernanceMetrics" => {
                self.done_here("GenerateGovernanceReport", Vec::new())
            }
            "GetGovernanceItemReport" => {
                self.done_here("GenerateGovernanceReport", Vec::new());
                vec![("GovernanceItemType", "SSOLoginEnabled".to_owned())]
            }
            // The one it has, so that names of users go on.
            "SetDefaultDomain" => vec![("DefaultDomainName", format!("{}.onaliyun.com", self.owner.alias))],
            "ListUsersInRecycleBin" => Vec::new(),
            "GetUserInRecycleBin" | "RestoreUserFromRecycleBin" | "DeleteUserInRecycleBin" => {
                vec![("UserId", self.deleted_user())]
            }
            "ListAccessKeysInRecycleBin" => vec![("UserId", self.deleted_user())],
            "GetAccessKeyInfoInRecycleBin" => self.deleted_key().split_off(1),
            "RestoreAccessKeyFromRecycleBin" | "DeleteAccessKeyInRecycleBin" => self.deleted_key(),
            "TagResources" => [self.tagged(), vec![("Tag.1.Key", "team".to_owned())]].concat(),
            "UntagResources" => [self.tagged(), vec![("TagKey.1", "team".to_owned())]].concat(),
            "ListTagResources" => self.tagged(),
            "UpdateAccessKey" => [self.key_of_principal(), vec![("Status", "Inactive".to_owned())]].concat(),
            "DeleteAccessKey" | "GetAccessKeyLastUsed" => self.key_of_principal(),
            "SetAccessKeyPolicy" => [self.key_of_principal(), vec![network_policy()]].concat(),
            "GetAccessKeyPolicy" => {
                let mut params = self.done_here("SetAccessKeyPolicy", self.ims("SetAccessKeyPolicy")?);
                params.truncate(2);
                params
            }
            "GetAccessKeyPolicyForAccount" => Vec::new(),
            "SetAccessKeyPolicyForAccount" => vec![network_policy()],
            _ => return self.identity_provider(action).or_else(|| self.oauth(action)),
        })
    }

    fn logon_name(&self, user: &str) -> String {
        format!("{user}@{}", self.owner.alias)
    }

    /// A user as IMS names it.
    fn principal(&self) -> (&'static str, String) {
        let (_, name) = self.user();
        ("UserPrincipalName", self.logon_name(&name))
    }

    /// The same parameters with the user named as IMS does.
    fn under_logon_name(&self, params: Params) -> Params {
        let named = |(name, value): (&'static str, String)| match name {
            "UserName" => ("UserPrincipalName", self.logon_name(&value)),
            _ => (name, value),
        };
        params.into_iter().map(named).collect()
    }

    /// The id of a user in the recycle bin.
    fn deleted_user(&self) -> String {
        let user = self.principal();
        let id = text(&self.call("Ims", "GetUser", vec![user.clone()])["User"]["UserId"]);
        self.call("Ims", "DeleteUser", vec![user]);
        id
    }

    /// An AccessKey in the recycle bin, and the id of whose it is.
    fn deleted_key(&self) -> Params {
        let key = self.key_of_principal();
        let id = text(&self.call("Ims", "GetUser", vec![key[0].clone()])["User"]["UserId"]);
        self.call("Ims", "DeleteAccessKey", key.clone());
        vec![("UserId", id), key[1].clone()]
    }

    /// A user as operations on tags name it.
    fn tagged(&self) -> Params {
        let (_, name) = self.principal();
        vec![("ResourceType", "user".to_owned()), ("ResourcePrincipalName.1", name)]
    }

    /// A passkey, and whose it is.
    fn passkey(&self) -> Params {
        let (user, _) = self.user_with_passkey();
        let user = ("UserPrincipalName", self.logon_name(&user));
        let listed = self.call("Ims", "ListPasskeys", vec![user.clone()]);
        vec![user, ("PasskeyId", text(&listed["Passkeys"][0]["PasskeyId"]))]
    }

    /// A user with a mailbox to verify it by.
    fn verified(&self) -> Params {
        self.done_here("SetVerificationInfo", [vec![self.principal()], mailbox()].concat())
    }

    /// A service credential, and whose it is.
    fn service_credential(&self) -> Params {
        let user = self.principal();
        let wanted = [vec![user.clone()], service_credential()].concat();
        let made = self.call("Ims", "CreateServiceCredential", wanted);
        vec![user, ("ServiceCredentialId", text(&made["ServiceCredential"]["ServiceCredentialId"]))]
    }

    /// An AccessKey, and whose it is, as IMS names them.
    fn key_of_principal(&self) -> Params {
        let user = self.principal();
        let made = self.call("Ims", "CreateAccessKey", vec![user.clone()]);
        vec![user, ("UserAccessKeyId", text(&made["AccessKey"]["AccessKeyId"]))]
    }

    /// Does something in IMS, and gives back with which parameters.
    fn done_here(&self, action: &str, params: Params) -> Params {
        self.call("Ims", action, params.clone());
        params
    }
}

fn mailbox() -> Params {
    vec![("VerifyType", "email".to_owned()), ("Email", "alice@example.com".to_owned())]
}

fn service_credential() -> Params {
    vec![("ServiceCredentialName", "ci".to_owned()), ("ServiceName", "model-studio".to_owned())]
}

/// A network policy that shuts nobody out.
fn network_policy() -> (&'static str, String) {
    let networks = r#"[{"Type":"ClassicWhiteList","IPList":["0.0.0.0/0","::/0"]}]"#;
    ("AccessKeyPolicy", format!(r#"{{"Version":1,"Status":"Active","Statements":{networks}}}"#))
}

fn display_name() -> (&'static str, String) {
    ("DisplayName", "Somebody".to_owned())
}
