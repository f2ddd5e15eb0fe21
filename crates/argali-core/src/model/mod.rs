//! Typed records over the store: what is kept, under which keys, with which indexes.
//!
//! A record's file holds its fields, its key and the functions that read and write it together with its
//! indexes. Records carry a format version; new fields are appended as options, so that old bytes still read.

mod access_key;
mod account;
mod application;
mod archived_finding;
mod attachment;
mod attachment_list;
mod auto_grouping;
mod auto_grouping_condition;
mod backlog;
mod backlog_order;
mod blob;
mod bucket;
mod console_preference;
mod console_session;
mod credential_report;
mod entity;
mod favourite_role;
#[cfg(test)]
mod golden;
#[cfg(test)]
mod golden_application;
#[cfg(test)]
mod golden_logon;
#[cfg(test)]
mod golden_messaging;
#[cfg(test)]
mod golden_recycled;
#[cfg(test)]
mod golden_storage;
mod governance_report;
mod grant_use;
mod group;
mod identity_provider;
mod installation;
mod key;
mod last_two;
mod last_use;
mod login_profile;
mod logon_trace;
mod message;
mod mfa_device;
mod network_policy;
mod nonce;
mod object;
mod passkey;
mod password_policy;
mod policy;
mod queue;
mod queue_tidy;
mod record;
mod recycle_bin;
mod repeat;
mod resource_group;
mod resource_group_settings;
mod role;
mod role_deletion;
mod second_factor;
mod security_preference;
mod service_credential;
mod session;
mod setting;
mod stretch;
pub mod survey;
mod switched_role;
mod tag;
mod topic;
mod trail;
mod trail_delivery;
mod upload;
mod user;
mod verification_info;
mod webhook;
mod webhook_attempt;
mod whole;

pub use access_key::{AccessKey, KeyOwner};
pub use account::{Account, AccountStatus, Quota, bump_generation, generation, pass_generation};
pub use application::{AppSecret, Application, GrantedScope};
pub use archived_finding::ArchivedFinding;
pub use attachment::{Attachment, AttachmentScope, PolicyRef, Principal, PrincipalKind};
pub use attachment_list::WantedAttachments;
pub use auto_grouping::{AutoGroupingRule, Groupable, Regrouping, RuleContent, RuleScope};
pub use auto_grouping_condition::{TagCondition, parse_target};
pub use backlog::{Arrival, Backlog, Counts};
pub use blob::{BlobId, Piece, Runs, all_blobs, discarded, forget, is_kept, keep_only};
pub use bucket::{Acl, Bucket, BucketUsage, CorsRule, Redundancy, StorageClass};
pub use console_preference::ConsolePreference;
pub use console_session::ConsoleSession;
pub use credential_report::CredentialReport;
pub use entity::{Entity, Renamable};
pub use favourite_role::FavouriteRole;
pub use governance_report::{GovernanceColumn, GovernanceFinding, GovernanceReport, GovernanceValue};
pub(crate) use grant_use::RecentGrantUses;
pub use grant_use::{GrantUsage, GrantUse};
pub use group::{Group, Membership};
pub use identity_provider::{OidcProvider, SamlProvider, UserSso};
pub use installation::Installation;
pub use key::{AccountTable, GlobalTable, Key};
pub use last_two::LastTwo;
pub use last_use::LastUse;
pub use login_profile::{ChosenBy, LoginProfile};
pub use logon_trace::LogonTrace;
pub use message::{Message, MessageState, Property, Receipt, Standing};
pub use mfa_device::{MfaBinding, MfaDevice};
pub use network_policy::NetworkPolicy;
pub use nonce::StoredNonce;
pub use object::{Description, Object, ObjectKind, Start};
pub use passkey::Passkey;
pub use password_policy::{LONGEST_PASSWORD, PasswordPolicy};
pub use policy::{Policy, PolicyVersion, VersionId};
pub use queue::{Queue, QueueSettings};
pub use queue_tidy::tidy_queues;
pub use record::{Page, Record, page, read, write};
pub use recycle_bin::{RecycledKey, RecycledUser, empty_recycle_bins};
pub use repeat::{RepeatKey, RepeatedCall};
pub use resource_group::{ResourceGroup, ResourceGroupId};
pub use resource_group_settings::{Association, ResourceGroupSettings};
pub use role::{NewRole, Role};
pub use role_deletion::{RoleDeletion, RoleUse};
pub use second_factor::{SecondFactor, SecondFactors};
pub use security_preference::{IdleLimit, MfaForLogon, NetworkMasks, SecurityPreference};
pub use service_credential::{NewServiceCredential, ServiceCredential};
pub use session::{DeletedRole, EndedSession, SessionEnd, TokenKeyRecord};
pub use setting::{
    format_version, indexed_fields, master_key_check, set_format_version, set_indexed_fields,
    set_master_key_check,
};
pub use stretch::Stretches;
pub use switched_role::{RecentRole, RoleLook, SwitchManner, SwitchedRole};
pub use tag::Tags;
pub use topic::{NotifyFormat, NotifyStrategy, Subscription, Topic};
pub use trail::{Trail, TrailTargets};
pub use trail_delivery::TrailDelivery;
pub use upload::{Part, Upload, UploadId};
pub use user::User;
pub use verification_info::VerificationInfo;
pub use webhook::{NewWebhook, Webhook, WebhookProgress, WebhookState};
pub use webhook_attempt::{Attempt, Attempts, Outcome, Verdict};
pub use whole::{each_record, is_of_sessions, outlives_reset};
