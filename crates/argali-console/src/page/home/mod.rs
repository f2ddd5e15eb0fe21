//! Home, the User Center: who one is, what one can use, how the account is, and how to begin.
// SPEC: console, home; requirements S1-22, S0-05.

mod journey;
mod overview;

use maud::{Markup, html};

use super::{Outcome, switch_role};
use crate::answer::Answer;
use crate::moment::moment;
use crate::page::settings::logon_address;
use crate::part::{card, copyable, facts, heading};
use crate::shell;
use crate::text::home::*;
use crate::text::shell::{ACCOUNT_ID, ACCOUNT_OWNER};
use crate::text::switch_role::{RECENT_EMPTY, ROLE_NAME};
use crate::visit::{Switched, Visit, Who};

/// How many roles the page shows; the page that switches shows all.
const MOST_ROLES: usize = 10;

/// The page. Whoever looks after delegations sees the account first, everybody else the roles to use.
pub(crate) async fn show(visit: &Visit<'_>) -> Outcome {
    let who = visit.who().cloned().unwrap_or_default();
    let name = html! { bdi { (who.user.as_deref().unwrap_or_else(|| visit.say(ACCOUNT_OWNER))) } };
    let roles = roles(visit, &who).await?;
    let journey = journey::card(visit).await;
    let about = html! {
        div.columns {
            @match visit.switched() {
                Some(switched) => (card(visit.say(THIS_ROLE), &role(visit, switched))),
                None => (card(visit.say(THIS_ACCOUNT), &account(visit, &who))),
            }
            (card(visit.say(THIS_LOGON), &logon(visit, &who)))
        }
        (overview::cards(visit).await)
    };
    let content = html! {
        (heading(&visit.phrase(WELCOME, &[name]), None, &html! {}))
        @match journey {
            Some(journey) => { (journey) (about) (roles) }
            None => { (roles) (about) }
        }
    };
    Ok(Answer::page(200, shell::page(visit, visit.say(TITLE), &content)))
}

async fn roles(visit: &Visit<'_>, who: &Who) -> Result<Markup, super::Refusal> {
    let roles = switch_role::usable(visit).await?;
    Ok(html! {
        section.card {
            div.card-head {
                h2 { (visit.say(ROLES_YOU_USE)) }
                a.button.small href=(visit.to("/switch-role")) { (visit.say(SWITCH_TO)) }
            }
            @if roles.is_empty() {
                p.muted { (visit.say(if who.user.is_none() { ROLES_OWNER } else { RECENT_EMPTY })) }
            } @else {
                (switch_role::role_list(visit, roles.get(..MOST_ROLES).unwrap_or(&roles)))
            }
        }
    })
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
        (visit.say(LOGON_ADDRESS), copyable(visit, &logon_address(visit, visit.account_called()))),
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
