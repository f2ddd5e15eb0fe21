//! How a session came to its end: by which account, and when, as far as that is known for certain.
//!
//! Judging a session says that it is over, and no request needs more. Whoever was in it may ask for the rest.
// SPEC: console, switch role: when the other side ends a session, the next page says when.

use argali_policy::{
    Layer, Policies, Principal as Asking, Request as Question, Resource, evaluate_assume_role,
};
use argali_store::{StoreError, Transaction};

use super::link::conditions;
use crate::error::{ApiError, ErrorCode};
use crate::identifier::AccountId;
use crate::model::{Account, DeletedRole, EndedSession, LastTwo, Role};
use crate::session::{Claims, Source};
use crate::time::Timestamp;

/// How often the date of a condition may pass before nothing is told.
const MOST_DATES: usize = 8;

/// Who ended a session, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ending {
    /// The account.
    pub(crate) by: AccountId,
    /// When, if that is known.
    pub(crate) at: Option<Timestamp>,
}

/// How a session came to its end that is over on its role's side, whatever trust says: its role is gone or closed to people,
/// or it was ended by hand. Nothing if it is not known who did that.
///
/// A time is told only where nothing else can have ended it before.
pub(super) fn on_the_roles_side(
    tx: &dyn Transaction,
    claims: &Claims,
    account: &Account,
    role: Option<&Role>,
) -> Result<Option<Ending>, StoreError> {
    let (by, began) = (claims.account, claims.issued_at);
    let is_by_hand = EndedSession::is_ended(tx, by, claims.session_id)?;
    let marks = marks_reached(claims, account, role);
    let Some(role) = role else {
        let deleted = DeletedRole::find(tx, by, claims.role_id)?;
        let alone = deleted.filter(|deleted| deleted.changed_at.is_none_or(|changed_at| changed_at < began));
        let at = alone.filter(|_| !is_by_hand && marks.is_empty()).map(|deleted| deleted.at);
        return Ok(Some(Ending { by, at }));
    };
    let ending = if !marks.is_empty() {
        let first: Option<Vec<_>> = marks.into_iter().map(|ended| ended?.first_since(began)).collect();
        Ending { by, at: first.and_then(|first| first.into_iter().min()).filter(|_| !is_by_hand) }
    } else if is_by_hand {
        let Some(end) = EndedSession::how(tx, by, claims.session_id)? else { return Ok(None) };
        Ending { by: end.by, at: Some(end.at) }
    } else {
        Ending { by, at: role.closed_to_people_at() }
    };
    Ok(Some(Ending { at: ending.at.filter(|at| role.was_quiet(began, *at)), ..ending }))
}

/// Of the marks of a role and its account those that a session has reached: when they were set.
fn marks_reached(claims: &Claims, account: &Account, role: Option<&Role>) -> Vec<Option<LastTwo>> {
    let of_role = role.map(|role| (role.sessions_not_before, role.sessions_ended));
    let marks = [Some((account.sessions_not_before, account.sessions_ended)), of_role].into_iter().flatten();
    let issued_at = claims.issued_at_generation(claims.account);
    let reached =
        marks.filter(|(mark, _)| *mark > 0 && issued_at.is_some_and(|issued_at| issued_at <= *mark));
    reached.map(|(_, ended)| ended).collect()
}

/// The account of whoever assumed the role.
pub(super) fn assuming_account(claims: &Claims) -> AccountId {
    match &claims.source {
        Source::AccessKey { account, .. } | Source::Logon { account, .. } => *account,
        Source::Session(parent) => parent.account,
        Source::Federated(_) => claims.account,
    }
}

/// When the trust policy of a role, which turns a session away, began to: when it was written, if that was once since the
/// session began, or when a date passed that one of its conditions names.
///
/// It is asked as it would have been then, with the second factor that the session began with: where it had let that in,
/// something else has changed since, and nothing is told.
pub(super) fn turned_away_at(
    claims: &Claims,
    role: &Role,
    (policies, asking): (&Policies<'_>, Asking<'_>),
    now: Timestamp,
) -> Option<Timestamp> {
    if matches!(claims.source, Source::Federated(_)) {
        return None;
    }
    let written = role.trust_written().filter(|written| written.last() >= claims.issued_at);
    let mut at = match written {
        Some(written) => written.first_since(claims.issued_at)?,
        None => claims.issued_at,
    };
    for step in 0..MOST_DATES {
        let context = conditions(claims, claims.circumstances.mfa_present, at);
        let decision = evaluate_assume_role(
            policies,
            &Question {
                principal: asking,
                action: "sts:AssumeRole",
                resource: Resource { arn: &role.policy_arn(claims.account), owner: claims.account.as_str() },
                context: &context,
            },
        );
        if !decision.is_allowed() {
            // What turned it away from the beginning never let it in: then it is not what is asked under.
            let is_known = decision.layer() == Layer::Trust && (step > 0 || written.is_some());
            return is_known.then_some(at);
        }
        at = Timestamp::from_millis(decision.next_change_ms()?);
        if at > now {
            return None;
        }
    }
    None
}

/// Which side of a delegation ended a session. The message says which, not why.
#[derive(Clone, Copy)]
pub(super) enum Side {
    Role,
    Source,
}

pub(super) fn check_mark(claims: &Claims, account: AccountId, mark: u64, side: Side) -> Result<(), ApiError> {
    match claims.issued_at_generation(account) {
        Some(issued_at) if issued_at <= mark && mark > 0 => Err(revoked(side)),
        Some(_) => Ok(()),
        None => Err(revoked(side)),
    }
}

pub(super) fn revoked(side: Side) -> ApiError {
    let message = match side {
        Side::Role => {
            "The session has been revoked by the account that owns the role; ask its owner to trust you again."
        }
        Side::Source => {
            "The session has been revoked by the account that assumed the role; ask its administrator for permission."
        }
    };
    ApiError::new(ErrorCode::InvalidSecurityTokenRevoked, message)
}

pub(super) fn gone() -> ApiError {
    let message = "Specified SecurityToken is malformed: what it was issued for no longer exists.";
    ApiError::new(ErrorCode::InvalidSecurityTokenMalformed, message)
}
