//! Home, the User Center: who one is, what one can use, and how to begin.
// SPEC: console, home; requirements S1-22, S0-05.

use maud::{Markup, html};

use super::{Outcome, switch_role};
use crate::answer::Answer;
use crate::moment::moment;
use crate::part::{card, copyable, facts, heading};
use crate::shell;
use crate::text::home::*;
use crate::text::shell::{ACCOUNT_ID, ACCOUNT_OWNER};
use crate::text::switch_role::{RECENT_EMPTY, ROLE_NAME};
use crate::visit::{Switched, Visit, Who};

/// The page.
pub(crate) async fn show(visit: &Visit<'_>) -> Outcome {
    let who = visit.who().cloned().unwrap_or_default();
    let recent = switch_role::recent(visit).await?;
    let name = html! { bdi { (who.user.as_deref().unwrap_or_else(|| visit.say(ACCOUNT_OWNER))) } };
    let content = html! {
        (heading(&visit.phrase(WELCOME, &[name]), None, &html! {}))
        div.columns {
            @match visit.switched() {
                Some(switched) => (card(visit.say(THIS_ROLE), &role(visit, switched))),
                None => (card(visit.say(THIS_ACCOUNT), &account(visit, &who))),
            }
            (card(visit.say(THIS_LOGON), &logon(visit, &who)))
        }
        section.card {
            div.card-head {
                h2 { (visit.say(ROLES_YOU_USE)) }
                a.button.small href=(visit.to("/switch-role")) { (visit.say(SWITCH_TO)) }
            }
            @if recent.is_empty() {
                p.muted { (visit.say(if who.user.is_none() { ROLES_OWNER } else { RECENT_EMPTY })) }
            } @else {
                (switch_role::role_list(visit, &recent))
            }
        }
        @if visit.acting().is_none() { (journey(visit)) }
    };
    Ok(Answer::page(200, shell::page(visit, visit.say(TITLE), &content)))
}

fn account(visit: &Visit<'_>, who: &Who) -> Markup {
    let alias = match &who.alias {
        Some(alias) => copyable(visit, alias),
        None => html! { span.muted { (visit.say(NO_ALIAS)) } },
    };
    facts(&[
        (visit.say(ACCOUNT_ID), copyable(visit, &who.account_id)),
        (visit.say(ALIAS), alias),
        (visit.say(DOMAIN), copyable(visit, &who.domain)),
        (visit.say(LOGON_ADDRESS), copyable(visit, &format!("{}/logon", visit.own_origin()))),
    ])
}

fn role(visit: &Visit<'_>, switched: &Switched) -> Markup {
    facts(&[
        (visit.say(ROLE_NAME), copyable(visit, &switched.role)),
        (visit.say(ACCOUNT_ID), copyable(visit, &switched.account_id)),
        (visit.say(UNTIL), moment(visit, &switched.until)),
    ])
}

fn logon(visit: &Visit<'_>, who: &Who) -> Markup {
    facts(&[
        (visit.say(SINCE), moment(visit, &who.since)),
        (visit.say(UNTIL), moment(visit, &who.until)),
        (visit.say(FACTORS), html! { (visit.say(if who.mfa { WITH_MFA } else { PASSWORD_ONLY })) }),
    ])
}

/// How one enterprise lets another in, step by step.
fn journey(visit: &Visit<'_>) -> Markup {
    let steps = [
        (STEP_ROLE, "/ram/roles/new"),
        (STEP_GRANT, "/ram/roles"),
        (STEP_USER, "/ram/users/new"),
        (STEP_ASSUME, "/ram/users"),
        (STEP_SWITCH, "/switch-role"),
    ];
    let steps = html! {
        ol.steps { @for (step, path) in steps { li { a href=(visit.to(path)) { (visit.say(step)) } } } }
    };
    card(visit.say(JOURNEY), &steps)
}
