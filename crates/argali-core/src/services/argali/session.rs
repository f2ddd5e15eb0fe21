//! Sessions of roles: those of the account's own roles, and those that its people began elsewhere.
//!
//! Nothing is stored when a session is issued; what is known of it stands in the record of the call that issued it.
// SPEC: security, sessions: sessions are listed from the audit index of AssumeRole.

use serde::{Deserialize, Serialize};

use crate::audit::{By, CallerRecord, Event, Facets, Position, Query, SessionRecord};
use crate::caller::Caller;
use crate::dispatch::{Brought, Context, Errand, OpenContext, judge_session};
use crate::error::{ApiError, ErrorCode};
use crate::identifier::{AccountId, RoleId};
use crate::model::{AccountTable, Entity, Key, User};
use crate::name::{PageSize, RoleName, SessionName};
use crate::operation::{Access, Entry, Operation, ResourceName, Resources};
use crate::session::{Claims, LONGEST_SESSION_S, SessionId};
use crate::time::Timestamp;

/// How sessions are looked at.
pub const OPERATIONS: &[Entry] = &[Entry::of::<ListSessions>()];

/// For how long sessions are shown whose time may have run out, in seconds.
const RECENT_S: i64 = 24 * 60 * 60;

/// Lists the sessions of the account's roles, and those that its users began of other accounts' roles, unless their
/// time has run out: the newest first.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListSessions {
    /// Only this session.
    pub session_id: Option<SessionId>,
    /// Only sessions of roles of this name.
    pub role_name: Option<RoleName>,
    /// Only sessions of roles of this account.
    pub account_id: Option<AccountId>,
    /// Only sessions that an identity of this account began, itself or through a chain of roles.
    pub source_account_id: Option<AccountId>,
    /// Only sessions in this state. A page may hold fewer than asked for although more follow.
    pub status: Option<Status>,
    /// Those of the last day whose time has run out, too.
    #[serde(default)]
    pub include_expired: bool,
    /// Where the previous page ended.
    pub marker: Option<String>,
    /// How many sessions a page holds at most.
    #[serde(default)]
    pub max_items: PageSize,
}

/// Whether a session's requests are answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub enum Status {
    /// They are, as far as policies allow.
    Live,
    /// They are refused, although its time has not run out.
    Ended,
    /// They are refused, because its time has run out.
    Expired,
}

/// A page of sessions.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct SessionPage {
    sessions: SessionList,
    is_truncated: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    marker: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct SessionList {
    session: Vec<SessionView>,
}

/// A session as either side sees it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct SessionView {
    session_id: SessionId,
    /// The account of the role.
    account_id: AccountId,
    role_name: RoleName,
    role_id: RoleId,
    session_name: SessionName,
    status: Status,
    /// What its requests are told, once it has ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// Who assumed the role.
    source_arn: String,
    source_account_id: AccountId,
    /// The person or program that the chain began with.
    original_account_id: AccountId,
    original_principal_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    original_user_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source_identity: Option<String>,
    source_ip: String,
    /// What asked for it, as it said.
    #[serde(skip_serializing_if = "Option::is_none")]
    user_agent: Option<String>,
    /// What its requests are signed with.
    access_key_id: String,
    issue_date: Timestamp,
    expiration: Timestamp,
}

impl Operation for ListSessions {
    const NAME: &'static str = "ListSessions";
    const ACCESS: Access = Access::Read;
    const HAS_ERRAND: bool = true;
    type Response = SessionPage;

    fn resources(&self, caller: &Caller) -> Resources {
        session_resource(caller.account(), "*").into()
    }

    fn errand(&self, cx: &Context<'_>) -> Result<Errand, ApiError> {
        let after = self.marker.as_deref().map(|marker| cx.open_marker(&list(cx), marker)).transpose()?;
        let now = cx.now();
        let (role, account) = (self.role_name.as_ref().map(RoleName::folded), self.account_id);
        let (source, include_expired) = (self.source_account_id, self.include_expired);
        let keep = move |event: &Event, session: &SessionRecord, claims: &Claims| {
            (include_expired || session.ends_at() > now)
                && role.as_ref().is_none_or(|role| claims.role_name.folded() == *role)
                && account.is_none_or(|account| claims.account == account)
                && source.is_none_or(|source| sources(event).contains(&source))
        };
        Ok(Errand::LookUp(Query {
            after: after.as_deref().and_then(Position::from_bytes),
            at_most: self.max_items.get(),
            by: self.session_id.map_or(By::Account, By::Session),
            from: now.plus_seconds(if include_expired { -RECENT_S } else { -i64::from(LONGEST_SESSION_S) }),
            ..sessions_begun(cx, keep)
        }))
    }

    fn run(self, cx: &mut Context<'_>) -> Result<SessionPage, ApiError> {
        let found = match cx.brought() {
            Some(Brought::Records(found)) => found,
            _ => return Err(ApiError::internal("sessions are listed without their records")),
        };
        let mut session = Vec::with_capacity(found.events.len());
        for event in &found.events {
            session.extend(SessionView::of(cx, event)?);
        }
        session.retain(|view| self.status.is_none_or(|status| view.status == status));
        let marker = found.next.map(|next| cx.seal_marker(&list(cx), &next.to_bytes()));
        Ok(SessionPage { sessions: SessionList { session }, is_truncated: marker.is_some(), marker })
    }
}

impl SessionView {
    /// The session that `event` tells of; nothing if it tells of none.
    pub(super) fn of(cx: &Context<'_>, event: &Event) -> Result<Option<Self>, ApiError> {
        let Some((session, claims, source)) = begun(event) else { return Ok(None) };
        let reason = match judge_session(cx.core(), cx.tx(), cx.now(), &claims) {
            Ok(()) => None,
            Err(error) if error.code() == &ErrorCode::InternalError => return Err(error),
            Err(error) => Some(error.message().to_owned()),
        };
        let (original_account_id, original_principal_id) = source.origin();
        Ok(Some(Self {
            session_id: session.id,
            account_id: claims.account,
            role_name: claims.role_name,
            role_id: claims.role_id,
            session_name: claims.session_name,
            status: match &reason {
                None => Status::Live,
                Some(_) if claims.ends_at > cx.now() => Status::Ended,
                Some(_) => Status::Expired,
            },
            reason,
            source_arn: source.arn.clone(),
            source_account_id: source.account,
            original_account_id,
            original_user_name: user_name(cx, original_account_id, original_principal_id)?,
            original_principal_id: original_principal_id.to_owned(),
            source_identity: claims.source_identity.map(|identity| identity.as_str().to_owned()),
            source_ip: event.source_ip.clone(),
            user_agent: event.user_agent.clone(),
            access_key_id: session.access_key_id.clone(),
            issue_date: claims.issued_at,
            expiration: claims.ends_at,
        }))
    }
}

/// What is asked of the records for the sessions that can still be under way and of which `keep` holds.
pub(super) fn sessions_begun(
    cx: &Context<'_>,
    keep: impl Fn(&Event, &SessionRecord, &Claims) -> bool + Send + Sync + 'static,
) -> Query {
    Query {
        from: cx.now().plus_seconds(-i64::from(LONGEST_SESSION_S)),
        facets: Facets { begins_session: true, ..Facets::default() },
        keep: Box::new(move |event| {
            begun(event).is_some_and(|(session, claims, _)| keep(event, session, &claims))
        }),
        ..Query::of(cx.account())
    }
}

/// The session that a call began, with who made the call.
pub(super) fn begun(event: &Event) -> Option<(&SessionRecord, Claims, &CallerRecord)> {
    let session = event.session.as_ref()?;
    Some((session, session.claims()?, event.caller.as_deref()?))
}

/// Whether a session that was judged holds; what went wrong inside is no judgement.
pub(super) fn holds(judged: Result<(), ApiError>) -> Result<bool, ApiError> {
    match judged {
        Ok(()) => Ok(true),
        Err(error) if error.code() == &ErrorCode::InternalError => Err(error),
        Err(_) => Ok(false),
    }
}

/// A session as something that permission is needed for.
pub(super) fn session_resource(account: AccountId, id: &str) -> ResourceName {
    ResourceName::new(account, format!("acs:argali:*:{account}:session/{id}"))
}

/// The accounts of everybody along the chain that led to a session.
fn sources(event: &Event) -> Vec<AccountId> {
    event.caller.as_ref().map(|caller| caller.accounts()).unwrap_or_default()
}

/// What the user is called at present; nothing if it is gone, or no user.
pub(super) fn user_name(
    cx: &OpenContext<'_>,
    account: AccountId,
    id: &str,
) -> Result<Option<String>, ApiError> {
    let Ok(number) = id.parse() else { return Ok(None) };
    Ok(User::find_by_id(cx.tx(), account, number)?.map(|user| user.name.as_str().to_owned()))
}

fn list(cx: &Context<'_>) -> Key {
    Key::account(cx.account(), AccountTable::EndedSession)
}
