//! How much of what an account has, and how much it may have.

use serde::{Deserialize, Serialize};

use crate::caller::Caller;
use crate::dispatch::Context;
use crate::error::ApiError;
use crate::model::{MfaDevice, NetworkPolicy, Quota};
use crate::operation::{Access, Entry, Operation, Resources};
use crate::services::ram::password_policy::settings_resource;

/// What can be asked about an account as a whole.
pub const OPERATIONS: &[Entry] = &[Entry::of::<GetAccountSummary>()];

/// Counts what the caller's account has, beside the quotas.
#[derive(Debug, Deserialize)]
pub struct GetAccountSummary {}

/// Counts and quotas.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct AccountSummary {
    summary_map: SummaryMap,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct SummaryMap {
    users: u64,
    users_quota: u64,
    groups: u64,
    groups_quota: u64,
    groups_per_user_quota: usize,
    roles: u64,
    roles_quota: u64,
    policies: u64,
    policies_quota: u64,
    policy_size_quota: usize,
    versions_per_policy_quota: usize,
    attached_policies_per_user_quota: usize,
    attached_policies_per_group_quota: usize,
    attached_policies_per_role_quota: usize,
    attached_system_policies_per_user_quota: usize,
    attached_system_policies_per_group_quota: usize,
    attached_system_policies_per_role_quota: usize,
    access_keys_per_user_quota: usize,
    account_access_keys_per_account_quota: usize,
    #[serde(rename = "MFADevices")]
    mfa_devices: u64,
    #[serde(rename = "MFADevicesInUse")]
    mfa_devices_in_use: u64,
    #[serde(rename = "VirtualMFADevicesQuota")]
    virtual_mfa_devices_quota: u64,
    #[serde(rename = "ConditionsPerAKPolicyQuota")]
    conditions_per_ak_policy_quota: usize,
    #[serde(rename = "IPItemsPerAKPolicyQuota")]
    ip_items_per_ak_policy_quota: usize,
    service_credentials_per_user_per_service_quota: usize,
    /// Nobody authorizes clients here.
    authorized_client_per_user_quota: u64,
}

impl Operation for GetAccountSummary {
    const NAME: &'static str = "GetAccountSummary";
    const ACCESS: Access = Access::Read;
    type Response = AccountSummary;

    fn resources(&self, caller: &Caller) -> Resources {
        settings_resource(caller.account()).into()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<AccountSummary, ApiError> {
        let limits = cx.limits();
        let used = |quota: Quota| quota.used(cx.tx(), cx.account());
        let summary_map = SummaryMap {
            users: used(Quota::Users)?,
            users_quota: limits.users,
            groups: used(Quota::Groups)?,
            groups_quota: limits.groups,
            groups_per_user_quota: limits.groups_of_user,
            roles: used(Quota::Roles)?,
            roles_quota: limits.roles,
            policies: used(Quota::Policies)?,
            policies_quota: limits.policies,
            policy_size_quota: limits.policy_document_characters,
            versions_per_policy_quota: limits.policy_versions,
            attached_policies_per_user_quota: limits.custom_attachments,
            attached_policies_per_group_quota: limits.custom_attachments,
            attached_policies_per_role_quota: limits.custom_attachments,
            attached_system_policies_per_user_quota: limits.system_attachments,
            attached_system_policies_per_group_quota: limits.system_attachments,
            attached_system_policies_per_role_quota: limits.system_attachments,
            access_keys_per_user_quota: limits.access_keys,
            account_access_keys_per_account_quota: limits.access_keys,
            mfa_devices: used(Quota::MfaDevices)?,
            mfa_devices_in_use: MfaDevice::bound(cx.tx(), cx.account())?,
            virtual_mfa_devices_quota: limits.mfa_devices,
            conditions_per_ak_policy_quota: NetworkPolicy::MOST_STATEMENTS,
            ip_items_per_ak_policy_quota: NetworkPolicy::MOST_ADDRESSES,
            service_credentials_per_user_per_service_quota: limits.service_credentials,
            authorized_client_per_user_quota: 0,
        };
        Ok(AccountSummary { summary_map })
    }
}
