//! My security: own password, device, keys and sessions, and how the console looks.
// SPEC: console, security settings, my security.

mod device;
mod look;
mod passkey;
mod password;
mod session;

use argali_protocol::ApiFailure;
use maud::{Markup, html};

use super::{Outcome, Refusal};
use crate::answer::Answer;
use crate::api::is_denied;
use crate::page::user::device as user_device;
use crate::page::user::key::{self, Keys};
use crate::part::{Weight, explained, heading, notice, on_record, tabs};
use crate::shell;
use crate::text::Text;
use crate::text::me::*;
use crate::text::passkey::PASSKEYS;
use crate::visit::Visit;

const PATH: &str = "/me";
const TABS: [(&str, Text); 6] = [
    ("password", PASSWORD),
    ("device", DEVICE),
    ("passkeys", PASSKEYS),
    ("keys", KEYS),
    ("sessions", SESSIONS),
    ("console", LOOK),
];

/// Answers a visit to an address below one's own.
pub(super) async fn answer(visit: &Visit<'_>, path: &[&str]) -> Outcome {
    // Whoever acts in a role is somebody all the same, and has only one password.
    if visit.acting().is_some() {
        return Ok(Answer::see("/console/me"));
    }
    match (visit.is_post(), path) {
        (false, []) => show(visit).await,
        (true, ["password"]) => password::change(visit).await,
        (true, ["device"]) => user_device::create(visit, device::own(visit)).await,
        (true, ["device", "bind"]) => user_device::bind(visit, device::own(visit)).await,
        (true, ["device", "unbind"]) => user_device::unbind(visit, device::own(visit)).await,
        (true, ["passkeys", "new"]) => passkey::begin(visit).await,
        (true, ["passkeys", "register"]) => passkey::register(visit).await,
        (true, ["passkeys", "rename"]) => passkey::rename(visit).await,
        (true, ["passkeys", "delete"]) => passkey::delete(visit).await,
        (true, ["keys"]) => key::change(visit, &keys(visit)).await,
        (true, ["sessions"]) => session::end(visit).await,
        _ => Err(Refusal::NoPage),
    }
}

/// A tab.
async fn show(visit: &Visit<'_>) -> Outcome {
    let asked = visit.query().get("tab");
    let tab = TABS.iter().find(|(tab, _)| *tab == asked).map_or("password", |(tab, _)| tab);
    let part = match tab {
        "device" => device::part(visit).await,
        "passkeys" => passkey::part(visit, None).await,
        "keys" => own_keys(visit).await,
        "sessions" => session::part(visit).await,
        "console" => Ok(look::part(visit)),
        _ => password::part(visit, None).await,
    };
    let (status, part) = match part {
        Ok(part) => (200, part),
        Err(failure) if is_denied(&failure) => (403, not_allowed(visit, &failure)),
        Err(failure) => return Err(failure.into()),
    };
    Ok(page(visit, status, tab, &part))
}

/// The page around a tab.
fn page(visit: &Visit<'_>, status: u16, tab: &str, part: &Markup) -> Answer {
    let content = html! {
        (heading(&html! { (visit.say(TITLE)) }, Some(visit.say(LEDE)), &html! {}))
        (tabs(visit, PATH, tab, &TABS))
        (part)
    };
    Answer::page(status, shell::page(visit, visit.say(TITLE), &content))
}

fn not_allowed(visit: &Visit<'_>, failure: &ApiFailure) -> Markup {
    let words = html! {
        p { (visit.say(NOT_ALLOWED)) }
        p.muted { (explained(visit, failure)) }
        p.muted.small-text { (on_record(visit, failure)) }
    };
    html! { div.narrow { (notice(Weight::Warning, &words)) } }
}

/// The user that is logged on; nobody where the owner of the account is.
fn own_name<'v>(visit: &'v Visit<'_>) -> Option<&'v str> {
    visit.who().and_then(|who| who.user.as_deref())
}

fn keys<'v>(visit: &'v Visit<'_>) -> Keys<'v> {
    Keys { user: own_name(visit), path: "/me/keys".to_owned(), back: "/me?tab=keys".to_owned() }
}

async fn own_keys(visit: &Visit<'_>) -> Result<Markup, ApiFailure> {
    let part = key::part(visit, &keys(visit)).await?;
    Ok(html! {
        @if own_name(visit).is_none() { (notice(Weight::Warning, &html! { p { (visit.say(OWNER_KEYS)) } })) }
        (part)
    })
}

fn back(tab: &str) -> Answer {
    Answer::see(format!("/console/me?tab={tab}"))
}
