//! Keeping a user out without deleting it: console access and AccessKeys are turned off together, and on again.
// SPEC: console, users, user details: Disable.

use argali_protocol::ApiFailure;
use maud::{Markup, html};

use super::{logon, path_of};
use crate::answer::Answer;
use crate::api::{IMS, RAM, list, text};
use crate::need::{Need, submit};
use crate::page::{Outcome, Refusal, verification};
use crate::part::{Weight, notice, show_api, summary};
use crate::shell::{self, token};
use crate::text::shell::CLOSE;
use crate::text::user::*;
use crate::visit::Visit;

/// How a user gets in, and whether each way is open.
#[derive(Debug)]
struct Ways {
    /// Nothing if the user never had console access.
    logon: Option<bool>,
    keys: Vec<(String, bool)>,
}

impl Ways {
    async fn of(visit: &Visit<'_>, name: &str) -> Result<Self, ApiFailure> {
        let profile = logon::profile(visit, name).await?;
        let keys = visit.call(RAM, "ListAccessKeys", &[("UserName", name)]).await?;
        let keys = list(&keys, "AccessKeys", "AccessKey");
        Ok(Self {
            logon: profile.map(|profile| text(&profile, "Status") == "Active"),
            keys: keys
                .map(|key| (text(key, "AccessKeyId").to_owned(), text(key, "Status") == "Active"))
                .collect(),
        })
    }

    fn is_any(&self, open: bool) -> bool {
        self.logon == Some(open) || self.keys.iter().any(|(_, is_open)| *is_open == open)
    }

    /// Those that are open, or those that are not.
    fn show(&self, visit: &Visit<'_>, open: bool) -> Markup {
        html! {
            ul.plain {
                @if self.logon == Some(open) { li { (visit.say(CONSOLE_ACCESS)) } }
                @for (key, _) in self.keys.iter().filter(|(_, is_open)| *is_open == open) {
                    li { span.muted { (visit.say(KEY_ID)) " " } code { (key) } }
                }
            }
        }
    }

    /// Opens those that are not, or closes those that are.
    async fn turn(&self, visit: &Visit<'_>, name: &str, open: bool) -> Result<(), ApiFailure> {
        let status = ("Status", status(open));
        if self.logon == Some(!open) {
            let who = logon::principal(visit, name);
            visit.call(IMS, "UpdateLoginProfile", &[("UserPrincipalName", &who), status]).await?;
        }
        for (key, _) in self.keys.iter().filter(|(_, is_open)| *is_open != open) {
            visit
                .call(RAM, "UpdateAccessKey", &[("UserName", name), ("UserAccessKeyId", key), status])
                .await?;
        }
        Ok(())
    }
}

/// What the API calls a way that is open, or is not.
fn status(open: bool) -> &'static str {
    if open { "Active" } else { "Inactive" }
}

/// What disabling a user needs, at least.
pub(super) fn need(visit: &Visit<'_>, name: &str) -> Need {
    let who = logon::principal(visit, name);
    Need::any([
        Need::call(IMS, "UpdateLoginProfile", &[("UserPrincipalName", &who), ("Status", status(false))]),
        Need::call(RAM, "UpdateAccessKey", &[("UserName", name), ("Status", status(false))]),
    ])
}

/// Asks whether a user is to be kept out; of one that is kept out, whether it is to be let in again.
pub(super) async fn ask(visit: &Visit<'_>, name: &str) -> Outcome {
    page(visit, name, None).await
}

async fn page(visit: &Visit<'_>, name: &str, failure: Option<&ApiFailure>) -> Outcome {
    let ways = Ways::of(visit, name).await?;
    let (is_open, is_closed) = (ways.is_any(true), ways.is_any(false));
    let (title, what, button, leave) = match is_closed && !is_open {
        false => (DISABLE_TITLE, DISABLE_WHAT, ("button danger", DISABLE), LEAVE_ENABLED),
        true => (ENABLE_TITLE, ENABLE_WHAT, ("button main", ENABLE), LEAVE_DISABLED),
    };
    let title = visit.fill(title, &[name]);
    let path = path_of(name);
    let content = html! {
        div.narrow {
            h1 { bdi { (title) } }
            @if let Some(failure) = failure { (summary(visit, failure)) }
            @if !is_open && !is_closed {
                (notice(Weight::Info, &html! { p { (visit.say(NO_WAY_IN)) } }))
                div.actions { a.button href=(visit.to(&path)) { (visit.say(CLOSE)) } }
            } @else {
                (notice(Weight::Warning, &html! { p { (visit.say(what)) } }))
                form.card.stack method="post" action=(visit.to(&format!("{path}/disable"))) {
                    (token(visit))
                    input type="hidden" name="Status" value=(status(!is_open));
                    h2 { (visit.say(if is_open { GOES_OFF } else { GOES_ON })) }
                    (ways.show(visit, is_open))
                    div.actions {
                        (submit(visit, need(visit, name), button))
                        a.button href=(visit.to(&path)) { (visit.say(leave)) }
                        (show_api(visit))
                    }
                }
            }
        }
    };
    Ok(Answer::page(failure.map_or(200, |failure| failure.status), shell::page(visit, &title, &content)))
}

/// Keeps a user out, or lets it in again.
pub(super) async fn send(visit: &Visit<'_>, name: &str) -> Outcome {
    if verification::is_due(visit) {
        return Ok(verification::ask(visit).await);
    }
    let open = visit.form().get("Status") == status(true);
    match Ways::of(visit, name).await?.turn(visit, name, open).await {
        Ok(()) => Ok(Answer::see(visit.to(&path_of(name)))),
        Err(failure) => page(visit, name, Some(&Refusal::shown(failure)?)).await,
    }
}
