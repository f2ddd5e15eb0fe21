//! Ending sessions by hand: either side may, one session or all that began before now.
// SPEC: security, sessions: ended rows and sessions-not-before marks.

use serde::{Deserialize, Serialize};

use super::session::{begun, session_resource, sessions_begun};
use crate::audit::{By, Query};
use crate::caller::Caller;
use crate::dispatch::{Brought, Context, Errand};
use crate::error::{ApiError, ErrorCode};
use crate::model::{Account, EndedSession, Entity, LastTwo, SessionEnd, generation};
use crate::name::{RoleName, UserName};
use crate::operation::{Access, Entry, Operation, ResourceName, Resources};
use crate::services::ram::role_life::existing_role;
use crate::services::ram::user_life::existing_user;
use crate::session::SessionId;
use crate::time::Timestamp;

/// How sessions are ended.
pub const OPERATIONS: &[Entry] = &[Entry::of::<EndSession>(), Entry::of::<EndSessions>()];

/// Ends one session, and with it those that were begun from it. The account of the role may, and each account whose
/// identities led to it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct EndSession {
    /// Which session.
    pub session_id: SessionId,
}

impl Operation for EndSession {
    const NAME: &'static str = "EndSession";
    const ACCESS: Access = Access::Identity;
    const HAS_ERRAND: bool = true;
    type Response = ();

    fn resources(&self, caller: &Caller) -> Resources {
        session_resource(caller.account(), &self.session_id.to_string()).into()
    }

    fn errand(&self, cx: &Context<'_>) -> Result<Errand, ApiError> {
        // The records of an account are those of calls that concern it, so a stranger's search finds nothing.
        Ok(Errand::LookUp(Query { by: By::Session(self.session_id), ..sessions_begun(cx, |_, _, _| true) }))
    }

    fn run(self, cx: &mut Context<'_>) -> Result<(), ApiError> {
        let event = match cx.brought() {
            Some(Brought::Records(found)) => found.events.first(),
            _ => return Err(ApiError::internal("a session is ended without its record")),
        };
        let under_way = event.and_then(|event| Some((event, begun(event)?.1)));
        let Some((event, claims)) = under_way.filter(|(_, claims)| claims.ends_at > cx.now()) else {
            let message =
                format!("The session `{}` does not exist or is over: check SessionId.", self.session_id);
            return Err(ApiError::new(ErrorCode::EntityNotExistSession, message));
        };
        for account in &event.accounts {
            cx.concerns(*account);
        }
        if !EndedSession::is_ended(cx.tx(), claims.account, self.session_id)? {
            let end = SessionEnd { by: cx.account(), at: cx.now() };
            EndedSession::insert(cx.tx_mut(), (claims.account, self.session_id), claims.ends_at, end);
            cx.changes_access_in(claims.account);
        }
        Ok(())
    }
}

/// Ends every session that began before now: of one role; of one user, whatever roles it assumed, with its console
/// logons; or of the whole account, of its roles and by its people. New ones can be begun at once by whoever still may.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct EndSessions {
    /// Of this role.
    pub role_name: Option<RoleName>,
    /// Those that this user began.
    pub user_name: Option<UserName>,
    /// All of the account.
    #[serde(default)]
    pub all: bool,
}

/// What was ended.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct EndedSessions {
    /// Sessions that were begun before this instant have ended.
    begun_before: Timestamp,
}

impl Operation for EndSessions {
    const NAME: &'static str = "EndSessions";
    const ACCESS: Access = Access::Identity;
    type Response = EndedSessions;

    fn resources(&self, caller: &Caller) -> Resources {
        let account = caller.account();
        match (&self.role_name, &self.user_name) {
            (Some(role), _) => ResourceName::ram(account, format!("role/{role}")).into(),
            (None, Some(user)) => ResourceName::ram(account, format!("user/{user}")).into(),
            (None, None) => session_resource(account, "*").into(),
        }
    }

    fn run(self, cx: &mut Context<'_>) -> Result<EndedSessions, ApiError> {
        let account = cx.account();
        // What is issued from now on is issued at a later generation, because this change raises it.
        let mark = generation(cx.tx(), account)?;
        match (self.role_name, self.user_name, self.all) {
            (Some(role), None, false) => {
                let mut role = existing_role(cx, &role)?;
                role.sessions_not_before = mark;
                role.sessions_ended = Some(LastTwo::and(role.sessions_ended, cx.now()));
                role.save(cx.tx_mut(), account);
            }
            (None, Some(user), false) => {
                let mut user = existing_user(cx, &user)?;
                user.sessions_not_before = mark;
                user.save(cx.tx_mut(), account);
            }
            (None, None, true) => {
                let found = Account::find(cx.tx(), account)?;
                let mut found = found.ok_or_else(|| ApiError::internal("the caller's account is gone"))?;
                found.sessions_not_before = mark;
                found.sessions_ended = Some(LastTwo::and(found.sessions_ended, cx.now()));
                found.save(cx.tx_mut());
            }
            _ => {
                let message = "Say whose sessions end: send either RoleName, or UserName, or All=true.";
                return Err(ApiError::invalid("RoleName", message));
            }
        }
        Ok(EndedSessions { begun_before: cx.now() })
    }
}
