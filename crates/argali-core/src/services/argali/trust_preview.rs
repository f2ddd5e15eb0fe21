//! What a new trust policy would do, before it is saved: which sessions it would not admit.
// SPEC: console, trust editor, review; delegations, revoke.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::session::{SessionView, begun, holds, sessions_begun};
use crate::audit::Query;
use crate::caller::Caller;
use crate::dispatch::{Brought, Context, Errand, judge_session, judge_session_under};
use crate::error::ApiError;
use crate::name::RoleName;
use crate::operation::{Access, Entry, Operation, Resources};
use crate::services::ram::role_life::{changeable_role, role_resource};
use crate::services::ram::trust::read_trust;
use crate::settings::SessionRevocation;

/// How trust policies are tried.
pub const OPERATIONS: &[Entry] = &[Entry::of::<PreviewTrustPolicy>()];

/// How many sessions are looked at.
const MOST_SESSIONS: usize = 1_000;

/// Says which sessions a new trust policy of a role would not admit any more, and changes nothing.
///
/// A policy that could not be saved is refused as saving it would be.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct PreviewTrustPolicy {
    /// The role.
    pub role_name: RoleName,
    /// The trust policy that it would have.
    pub assume_role_policy_document: String,
}

/// What would follow.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct TrustEffect {
    /// Whether the sessions end with the change, or run on until they are ended or their time runs out.
    ends_at_once: bool,
    /// The sessions, of this role and of those that were assumed from it: the newest first.
    sessions: ConcernedSessions,
    /// Whether there may be more.
    is_truncated: bool,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct ConcernedSessions {
    session: Vec<SessionView>,
}

impl Operation for PreviewTrustPolicy {
    const NAME: &'static str = "PreviewTrustPolicy";
    const ACCESS: Access = Access::Read;
    const HAS_ERRAND: bool = true;
    type Response = TrustEffect;

    fn resources(&self, caller: &Caller) -> Resources {
        role_resource(caller.account(), &self.role_name).into()
    }

    fn errand(&self, cx: &Context<'_>) -> Result<Errand, ApiError> {
        let now = cx.now();
        let begun = sessions_begun(cx, move |_, session, _| session.ends_at() > now);
        Ok(Errand::LookUp(Query { at_most: MOST_SESSIONS, ..begun }))
    }

    fn run(self, cx: &mut Context<'_>) -> Result<TrustEffect, ApiError> {
        let role = changeable_role(cx, &self.role_name)?;
        let new = read_trust(cx, "AssumeRolePolicyDocument", &self.assume_role_policy_document)?;
        let old = cx.core().permissions().trust(&role)?;
        let new = Arc::new(new);
        let Some(Brought::Records(found)) = cx.brought() else {
            return Err(ApiError::internal("a trust policy is tried without the sessions"));
        };
        let mut session = Vec::new();
        for event in &found.events {
            let Some((_, claims, _)) = begun(event) else { continue };
            let (core, tx, now) = (cx.core(), cx.tx(), cx.now());
            let under = |trust| holds(judge_session_under(core, tx, now, &claims, (role.id, trust)));
            if holds(judge_session(core, tx, now, &claims))?
                && under(Arc::clone(&old))?
                && !under(Arc::clone(&new))?
            {
                session.extend(SessionView::of(cx, event)?);
            }
        }
        Ok(TrustEffect {
            ends_at_once: cx.settings().session_revocation == SessionRevocation::Immediate,
            sessions: ConcernedSessions { session },
            is_truncated: found.next.is_some(),
        })
    }
}
