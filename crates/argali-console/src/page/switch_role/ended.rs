//! What is shown when the session of a role is over: who ended it, and when, as far as that is known.

use argali_protocol::ApiFailure;
use maud::{Markup, html};
use serde_json::Value;

use super::roles::switch_form;
use crate::answer::Answer;
use crate::api::{ARGALI, text};
use crate::moment::moment;
use crate::page::account::named;
use crate::page::kept_form;
use crate::part::explained;
use crate::shell;
use crate::text::switch_role::*;
use crate::visit::{Switched, Visit};

/// The page in place of any in the role.
pub(crate) async fn ended(visit: &Visit<'_>, failure: &ApiFailure) -> Answer {
    let Some(role) = visit.switched() else { return Answer::see("/console") };
    let title = visit.phrase(ENDED, &[html! { strong { bdi { (role.name()) } } }]);
    let next = kept_form::next(visit);
    let content = html! {
        div.narrow {
            h1 { (title) }
            (how(visit, role, failure).await)
            div.actions {
                (switch_form(visit, role, &next, "main"))
                a.button href="/console" { (visit.say(AS_YOURSELF)) }
            }
        }
    };
    Answer::page(403, shell::page_as_oneself(visit, visit.say(TITLE), &content))
}

/// Who ended it and when; what the refusal says where nobody knows.
async fn how(visit: &Visit<'_>, role: &Switched, failure: &ApiFailure) -> Markup {
    let params = [("Account", role.account_id.as_str()), ("RoleName", role.role.as_str())];
    let end = visit.call_as_oneself(ARGALI, "GetSwitchedRoleEnd", &params).await.unwrap_or_default();
    let account = text(&end, "AccountId");
    if account.is_empty() {
        return html! {
            p.lede { (visit.say(ENDED_WHAT)) }
            p { (explained(visit, failure)) }
        };
    }
    let is_own = visit.who().is_some_and(|who| who.account_id == account);
    html! {
        p.lede { (said(visit, &end, is_own)) }
        p { (visit.say(if is_own { ENDED_NEXT_OWN } else { ENDED_NEXT })) }
    }
}

fn said(visit: &Visit<'_>, end: &Value, is_own: bool) -> Markup {
    let account = || named(text(end, "AccountAlias"), text(end, "AccountId"));
    let at = Some(text(end, "EndDate")).filter(|at| !at.is_empty()).map(|at| moment(visit, at));
    match (at, is_own) {
        (Some(at), false) => visit.phrase(ENDED_BY_AT, &[account(), at]),
        (None, false) => visit.phrase(ENDED_BY, &[account()]),
        (Some(at), true) => visit.phrase(ENDED_BY_OWN_AT, &[at]),
        (None, true) => html! { (visit.say(ENDED_BY_OWN)) },
    }
}
