//! What the operator decides: numbers and switches that the rest of core reads.

use crate::dispatch::OperationRate;
use crate::identifier::AccountId;

/// Settings of an installation.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Whether sessions end with what they stand on.
    pub session_revocation: SessionRevocation,
    /// What follows an account's alias or number in logon names, without the dot before it.
    pub domain_suffix: String,
    /// After how long the key that seals security tokens is succeeded, in seconds.
    pub token_key_rotation_s: i64,
    /// How long users and AccessKeys that were deleted through IMS can come back, in seconds; 0 if they cannot.
    pub recycle_bin_s: i64,
    /// How many of each thing there may be.
    pub limits: Limits,
    /// How often may be called.
    pub rates: Rates,
    /// How many requests of one account may wait, for their turn or for the disk.
    pub requests_at_once: usize,
    /// How many threads serve requests.
    pub workers: usize,
    /// The account whose people look after the server in the console and the API, as its policies allow. Without one
    /// only whoever can open the operator's socket does.
    pub operator_account: Option<AccountId>,
    /// The region that buckets are said to be in.
    pub bucket_region: String,
    /// For how long the receiver of a webhook may fail before the webhook stops, in seconds.
    pub webhook_patience_s: i64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            session_revocation: SessionRevocation::Immediate,
            domain_suffix: "onaliyun.com".to_owned(),
            token_key_rotation_s: 30 * 24 * 60 * 60,
            recycle_bin_s: 30 * 24 * 60 * 60,
            limits: Limits::default(),
            rates: Rates::default(),
            requests_at_once: 256,
            workers: 1,
            operator_account: None,
            bucket_region: "cn-hangzhou".to_owned(),
            webhook_patience_s: 24 * 60 * 60,
        }
    }
}

/// Whether a change of trust or permission ends sessions that were issued before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionRevocation {
    /// It does, at the session's next request.
    Immediate,
    /// It does not, as in the service that Argali is compatible with: issued tokens run on.
    Upstream,
}

/// Requests a second; 0 for as many as come.
#[derive(Clone, Debug, Default)]
pub struct Rates {
    /// Of one account, whoever calls.
    pub account: u32,
    /// Of one user, or of all sessions of one role.
    pub principal: u32,
    /// Of single operations, for each account.
    pub operations: Vec<OperationRate>,
}

/// Quotas of one account.
// SPEC: limits, quotas of the identity service.
#[derive(Clone, Debug)]
pub struct Limits {
    /// RAM users.
    pub users: u64,
    /// Groups.
    pub groups: u64,
    /// Roles.
    pub roles: u64,
    /// Custom policies.
    pub policies: u64,
    /// Versions of one custom policy.
    pub policy_versions: usize,
    /// Characters of a policy document, white space outside strings not counted.
    pub policy_document_characters: usize,
    /// Characters of a trust policy, counted likewise.
    pub trust_policy_characters: usize,
    /// Characters of a session policy.
    pub session_policy_characters: usize,
    /// Custom policies attached to one user, group or role in one scope.
    pub custom_attachments: usize,
    /// System policies attached to one user, group or role in one scope.
    pub system_attachments: usize,
    /// Groups that one user is in.
    pub groups_of_user: usize,
    /// AccessKeys of one user, and of the account itself.
    pub access_keys: usize,
    /// Virtual MFA devices.
    pub mfa_devices: u64,
    /// Passkeys of one user.
    pub passkeys: usize,
    /// Service credentials of one user for one service.
    pub service_credentials: usize,
    /// Resource groups, the default one not counted.
    pub resource_groups: u64,
    /// OIDC providers, and as many SAML providers.
    pub identity_providers: u64,
    /// Buckets.
    pub buckets: u64,
    /// Queues.
    pub queues: u64,
    /// Topics.
    pub topics: u64,
    /// Webhooks.
    pub webhooks: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            users: 5_000,
            groups: 300,
            roles: 1_000,
            policies: 1_500,
            policy_versions: 5,
            policy_document_characters: 6_144,
            trust_policy_characters: 4_096,
            session_policy_characters: 2_048,
            custom_attachments: 10,
            system_attachments: 20,
            groups_of_user: 10,
            access_keys: 2,
            mfa_devices: 5_000,
            passkeys: 10,
            service_credentials: 2,
            resource_groups: 30,
            identity_providers: 100,
            buckets: 100,
            queues: 1_000,
            topics: 1_000,
            webhooks: 10,
        }
    }
}
