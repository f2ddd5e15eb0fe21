//! `AssumeRole`: taking on a role with credentials to sign with.

use serde::{Deserialize, Serialize};

pub use super::arn::RoleArn;
use super::assumption::{Assumption, Manner};
use super::session::{AssumedRoleUser, Credentials};
use crate::caller::Caller;
use crate::dispatch::Context;
use crate::error::ApiError;
use crate::name::{ExternalId, SessionName, SourceIdentity};
use crate::operation::{Access, Entry, Operation, Permission, Resources};

/// Everything that begins a session.
pub const OPERATIONS: &[Entry] = &[Entry::of::<AssumeRole>()];

/// Begins a session of a role.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AssumeRole {
    /// Which role.
    pub role_arn: RoleArn,
    /// What the session is called in records.
    pub role_session_name: SessionName,
    /// How long it lasts, in seconds: 900 up to the role's longest.
    pub duration_seconds: Option<i64>,
    /// What the session may do at most, besides what the role may.
    pub policy: Option<String>,
    /// What both sides agreed upon beforehand.
    pub external_id: Option<ExternalId>,
    /// Who the chain begins with; a session passes on its own.
    pub source_identity: Option<SourceIdentity>,
}

/// A session that was begun.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct AssumedRole {
    /// The session as an identity.
    pub assumed_role_user: AssumedRoleUser,
    /// What to sign with.
    pub credentials: Credentials,
    /// Who the chain began with, if anybody said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_identity: Option<String>,
}

impl Operation for AssumeRole {
    const NAME: &'static str = "AssumeRole";
    const ACCESS: Access = Access::Session;
    const PERMISSION: Permission = Permission::OperationDecides;
    type Response = AssumedRole;

    fn resources(&self, _caller: &Caller) -> Resources {
        Resources::new()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<AssumedRole, ApiError> {
        let assumption = Assumption {
            account: Some(self.role_arn.account),
            role: self.role_arn.name,
            session_name: self.role_session_name,
            duration_s: self.duration_seconds,
            policy: self.policy,
            external_id: self.external_id,
            source_identity: self.source_identity,
            manner: Manner::Call,
        };
        let (claims, assumed_role_user, credentials) = assumption.begin(cx)?;
        let source_identity = claims.source_identity.map(|identity| identity.as_str().to_owned());
        Ok(AssumedRole { assumed_role_user, credentials, source_identity })
    }
}
