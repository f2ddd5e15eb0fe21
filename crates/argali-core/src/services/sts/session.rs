//! What all sessions have in common, however they begin: how long they last, what they may do at most, and the
//! credentials that they are issued as.

use argali_policy::{Document, DocumentKind, counted_length};
use serde::Serialize;

use crate::dispatch::OpenContext;
use crate::error::ApiError;
use crate::identifier::generate_session_key_id;
use crate::model::Role;
use crate::session::Claims;
use crate::time::Timestamp;

/// The shortest session that can be asked for, in seconds.
const SHORTEST_SESSION_S: i64 = 900;
/// What a session lasts unless told, in seconds.
const DEFAULT_SESSION_S: i64 = 3_600;

/// A session as an identity.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct AssumedRoleUser {
    /// `acs:ram::<account>:role/<role>/<session>`
    pub arn: String,
    /// `<role id>:<session>`
    pub assumed_role_id: String,
}

/// Temporary credentials. They are shown once and stored nowhere.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Credentials {
    /// The session's key.
    pub access_key_id: String,
    /// What to sign with.
    pub access_key_secret: String,
    /// When the session ends.
    pub expiration: Timestamp,
    /// What to send with every request.
    pub security_token: String,
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Credentials").field("access_key_id", &self.access_key_id).finish_non_exhaustive()
    }
}

/// Checks what a session may do at most, as its caller sent it.
// SPEC: limits, AssumeRole and sessions.
pub(super) fn check_session_policy(cx: &OpenContext<'_>, policy: Option<&str>) -> Result<(), ApiError> {
    let Some(policy) = policy else { return Ok(()) };
    let longest = cx.limits().session_policy_characters;
    if policy.is_empty() || counted_length(policy) > longest || policy.chars().count() > 4 * longest {
        let message = format!("The session policy must have 1 to {longest} characters.");
        return Err(ApiError::invalid("PolicySize", message));
    }
    match Document::parse(DocumentKind::Session, policy) {
        Ok(_) => Ok(()),
        Err(error) => {
            Err(ApiError::invalid("PolicyGrammar", format!("The session policy is not valid: {error}.")))
        }
    }
}

/// When a session of `role` that begins now ends, if its caller asked for so many seconds.
pub(super) fn session_end(
    cx: &OpenContext<'_>,
    role: &Role,
    asked_s: Option<i64>,
) -> Result<Timestamp, ApiError> {
    let longest = i64::from(role.max_session_duration_s);
    let asked = asked_s.unwrap_or_else(|| DEFAULT_SESSION_S.min(longest));
    if (SHORTEST_SESSION_S..=longest).contains(&asked) {
        return Ok(cx.now().plus_seconds(asked));
    }
    let message = format!(
        "DurationSeconds must be {SHORTEST_SESSION_S} to {longest}, the longest session of this role."
    );
    Err(ApiError::invalid("DurationSeconds", message))
}

/// Seals a session, and records that it begins.
pub(super) fn issue(
    cx: &mut OpenContext<'_>,
    claims: &Claims,
) -> Result<(AssumedRoleUser, Credentials), ApiError> {
    let access_key_id = generate_session_key_id(cx.env());
    let sealed = cx.core().token_keys().seal(cx.env(), &access_key_id, claims);
    let (security_token, secret) = sealed.map_err(|error| {
        ApiError::invalid("PolicySize", format!("The session cannot be issued: {error}."))
    })?;
    cx.begins_session(claims, &access_key_id);
    let user = AssumedRoleUser {
        arn: format!("acs:ram::{}:role/{}/{}", claims.account, claims.role_name, claims.session_name),
        assumed_role_id: format!("{}:{}", claims.role_id, claims.session_name),
    };
    let credentials = Credentials {
        access_key_id,
        access_key_secret: secret.expose().to_owned(),
        expiration: claims.ends_at,
        security_token,
    };
    Ok((user, credentials))
}
