//! What has changed since a backup was made, as the records of calls tell it: what a restore takes back.
// SPEC: security, keys and secrets, K6.

use std::io;
use std::path::Path;

use serde::Serialize;

use super::restore::Restored;
use crate::audit::{Event, each_record_since};
use crate::identifier::AccountId;
use crate::time::Timestamp;

/// What kind of thing was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum ChangeKind {
    /// An AccessKey, or a credential of a single service, was made, switched, deleted or brought back.
    AccessKey,
    /// Whom a role trusts, or an identity provider; roles that were made or deleted among them.
    Trust,
    /// A policy was attached or detached, or somebody joined or left a group.
    Attachment,
    /// What a policy says.
    Policy,
    /// What somebody logs on with: passwords, MFA devices, passkeys.
    Logon,
    /// A user or an account was made, deleted, closed or opened.
    Identity,
}

/// Something that was changed.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Change {
    /// What kind of thing.
    pub kind: ChangeKind,
    /// When.
    pub time: Timestamp,
    /// The operation.
    pub action: String,
    /// What it was done to: names and numbers.
    pub what: String,
    /// In which account.
    pub account_id: String,
    /// By whom: an ARN, or `operator`.
    pub caller: String,
    /// The number of the request, which leads to its record.
    pub request_id: String,
}

/// What was changed since a backup was made.
#[derive(Clone, Debug, Default)]
pub struct ChangeList {
    /// The changes, in the order in which they were recorded.
    pub changes: Vec<Change>,
    /// How many records were looked at.
    pub records: u64,
    /// The first record that is there, if some before it are needed and are not.
    pub begins_late: Option<u64>,
}

/// What the records in `folder` tell of changes that a backup which was restored does not hold.
///
/// # Errors
///
/// Fails if the records cannot be read.
pub fn changes_since(restored: &Restored, folder: &Path) -> io::Result<ChangeList> {
    let first_needed = restored.head.next_record;
    let mut list = ChangeList::default();
    let mut first = None;
    each_record_since(folder, first_needed, |number, event| {
        first.get_or_insert(number);
        list.records += 1;
        if !restored.outbox.contains(&event.request_id) {
            list.changes.extend(Change::of(&event));
        }
    })?;
    list.begins_late = first.filter(|first| *first > first_needed);
    Ok(list)
}

impl Change {
    /// The change that a call has made; nothing if it was refused, or changes nothing of this kind.
    fn of(event: &Event) -> Option<Self> {
        if event.error_code.is_some() || !event.write {
            return None;
        }
        let kind = kind_of(event.product.as_deref()?, &event.action)?;
        let account = event.accounts.first().map(AccountId::to_string).unwrap_or_default();
        Some(Self {
            kind,
            time: Timestamp::from_millis(event.time_ms),
            action: event.action.clone(),
            what: what(event),
            account_id: account,
            caller: event
                .caller
                .as_ref()
                .map_or_else(|| event.source_ip.clone(), |caller| caller.arn.clone()),
            request_id: event.request_id.clone(),
        })
    }
}

/// Names and numbers of what was changed.
fn what(event: &Event) -> String {
    const NAMED_BY: [&str; 17] = [
        "UserPrincipalName",
        "UserName",
        "UserId",
        "GroupPrincipalName",
        "GroupName",
        "RoleName",
        "PrincipalType",
        "PrincipalName",
        "PolicyType",
        "PolicyName",
        "VersionId",
        "UserAccessKeyId",
        "SerialNumber",
        "OIDCProviderName",
        "SAMLProviderName",
        "ResourceGroupId",
        "Account",
    ];
    let given = NAMED_BY.iter().filter_map(|name| Some((*name, event.parameters.get(*name)?)));
    let mut named: Vec<_> = given.map(|(name, value)| format!("{name}={value}")).collect();
    // The number of what was made is in no parameter.
    let made =
        event.notes.get("userAccessKeyId").filter(|_| !event.parameters.contains_key("UserAccessKeyId"));
    named.extend(made.map(|id| format!("UserAccessKeyId={id}")));
    if named.is_empty() {
        named.extend(event.resources.first().map(|resource| resource.arn.clone()));
    }
    named.join(" ")
}

/// What kind of change an operation makes; nothing if a restore need not tell of it.
fn kind_of(product: &str, action: &str) -> Option<ChangeKind> {
    // Declared services have operations of the same names.
    const OF_IDENTITIES: [&str; 5] = ["Ram", "Ims", "ResourceManager", "Argali", "Oss"];
    if !OF_IDENTITIES.contains(&product) {
        return None;
    }
    Some(match action {
        "CreateAccessKey" | "UpdateAccessKey" | "DeleteAccessKey" | "DeleteAccessKeyInRecycleBin" => {
            ChangeKind::AccessKey
        }
        "RestoreAccessKeyFromRecycleBin" | "SetAccessKeyPolicy" | "SetAccessKeyPolicyForAccount" => {
            ChangeKind::AccessKey
        }
        "CreateRole"
        | "UpdateRole"
        | "DeleteRole"
        | "CreateServiceLinkedRole"
        | "DeleteServiceLinkedRole" => ChangeKind::Trust,
        "CreateOIDCProvider" | "UpdateOIDCProvider" | "DeleteOIDCProvider" => ChangeKind::Trust,
        "AddFingerprintToOIDCProvider" | "RemoveFingerprintFromOIDCProvider" => ChangeKind::Trust,
        "AddClientIdToOIDCProvider" | "RemoveClientIdFromOIDCProvider" => ChangeKind::Trust,
        "CreateSAMLProvider" | "UpdateSAMLProvider" | "DeleteSAMLProvider" | "SetUserSsoSettings" => {
            ChangeKind::Trust
        }
        "AttachPolicy" | "DetachPolicy" | "AddUserToGroup" | "RemoveUserFromGroup" => ChangeKind::Attachment,
        "AttachPolicyToUser" | "AttachPolicyToGroup" | "AttachPolicyToRole" => ChangeKind::Attachment,
        "DetachPolicyFromUser" | "DetachPolicyFromGroup" | "DetachPolicyFromRole" => ChangeKind::Attachment,
        "CreatePolicy" | "DeletePolicy" | "PutBucketPolicy" | "DeleteBucketPolicy" => ChangeKind::Policy,
        "PutBucketAcl" | "PutObjectAcl" => ChangeKind::Policy,
        "CreatePolicyVersion" | "SetDefaultPolicyVersion" | "DeletePolicyVersion" => ChangeKind::Policy,
        "CreateLoginProfile" | "UpdateLoginProfile" | "DeleteLoginProfile" | "ChangePassword" => {
            ChangeKind::Logon
        }
        "LogOnWithNewPassword" | "LogOnWithNewDevice" | "ReplaceOwnerPassword" => ChangeKind::Logon,
        "CreateVirtualMFADevice" | "DeleteVirtualMFADevice" | "DisableVirtualMFA" => ChangeKind::Logon,
        "CreateServiceCredential" | "UpdateServiceCredential" | "DeleteServiceCredential" => {
            ChangeKind::AccessKey
        }
        "RegisterPasskey" | "DeletePasskey" => ChangeKind::Logon,
        "BindOwnerMFADevice" | "UnbindOwnerMFADevice" | "SetOwnerEmail" => ChangeKind::Logon,
        "BindMFADevice" | "UnbindMFADevice" | "SetSecurityPreference" | "SetPasswordPolicy" => {
            ChangeKind::Logon
        }
        "CreateUser" | "UpdateUser" | "DeleteUser" | "CreateGroup" | "UpdateGroup" | "DeleteGroup" => {
            ChangeKind::Identity
        }
        "RestoreUserFromRecycleBin" | "DeleteUserInRecycleBin" => ChangeKind::Identity,
        "CreateAccount" | "CloseAccount" | "OpenAccount" | "SetGate" => ChangeKind::Identity,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::Access;
    use crate::registry::Registry;
    use crate::services::SERVICES;

    /// Operations that change access, and of which a restore need not tell: names and looks of things, sessions, which a
    /// restore ends, and settings that let nobody in.
    const NOT_TOLD: [&str; 41] = [
        "ClearAccountAlias",
        "CreateAppSecret",
        "CreateApplication",
        "CreateAutoGroupingRule",
        "CreateResourceGroup",
        "DeleteAppSecret",
        "DeleteApplication",
        "DeleteAutoGroupingRule",
        "DeleteBucketTagging",
        "DeleteObjectTagging",
        "DeleteResourceGroup",
        "DeprovisionApplication",
        "DeprovisionExternalApplication",
        "DisableAssociatedTransfer",
        "DisableAutoGrouping",
        "EnableAssociatedTransfer",
        "EnableAutoGrouping",
        "EndLogonSessions",
        "EndSession",
        "EndSessions",
        "LogOff",
        "ProvisionApplication",
        "ProvisionExternalApplication",
        "PutBucket",
        "PutBucketResourceGroup",
        "PutBucketTagging",
        "PutObjectTagging",
        "SetAccountAlias",
        "SetDefaultDomain",
        "SetRoleVisibility",
        "SwitchBack",
        "TagResources",
        "UntagResources",
        "UpdateApplication",
        "UpdateAssociatedTransferSetting",
        "UpdateAutoGroupingConfig",
        "UpdateAutoGroupingRule",
        "UpdatePolicyDescription",
        "UpdateResourceGroup",
        "UpdateResourceGroupAdminSetting",
        "VerifyIdentity",
    ];

    #[test]
    fn every_operation_that_changes_access_is_told_of_or_named_here() {
        let registry = Registry::new(SERVICES);
        let mut untold: Vec<_> = registry
            .iter()
            .chain(registry.of_data_plane())
            .filter(|operation| operation.access() == Access::Identity)
            .filter(|operation| kind_of(&operation.product, operation.name()).is_none())
            .map(|operation| operation.name().to_owned())
            .collect();
        untold.sort();
        untold.dedup();
        assert_eq!(untold, NOT_TOLD);
    }
}
