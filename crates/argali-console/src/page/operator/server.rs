//! How the server is, and under which licences it comes.

use argali_core::settings::SessionRevocation;
use maud::{Markup, html};
use serde_json::Value;

use crate::api::{ARGALI, holds, number, text};
use crate::icon::{self, icon};
use crate::moment::moment;
use crate::page::Refusal;
use crate::part::{card, facts, size};
use crate::text::operator::*;
use crate::visit::Visit;

const LICENCE: &str = include_str!("../../../../../LICENSE");
/// What the program is built from, and the texts that come with it: `cargo xtask notices` writes them.
pub(super) const NOTICES: &str = include_str!("../../../notices.txt");
const DAY_S: i64 = 24 * 60 * 60;

/// The tab.
pub(super) async fn part(visit: &Visit<'_>) -> Result<Markup, Refusal> {
    let health = visit.call(ARGALI, "GetServerHealth", &[]).await?;
    Ok(html! {
        (card(visit.say(SERVER), &facts(&state(visit, &health))))
        (card(visit.say(SETTINGS), &settings(visit)))
        section.card.stack {
            div.card-head.bare {
                h2 { (visit.say(SYSTEM_POLICIES)) }
                a.button href=(visit.to("/ram/policies?type=System")) { (visit.say(SHOW_POLICIES)) }
            }
            p.muted { (visit.say(SYSTEM_POLICIES_WHAT)) }
        }
    })
}

/// What changes while the server runs.
fn state<'v>(visit: &'v Visit<'_>, health: &Value) -> Vec<(&'v str, Markup)> {
    let (class, readiness) = match (holds(health, "Ready"), text(health, "Hindrance")) {
        (true, _) => ("badge success", IS_READY),
        (false, "Store") => ("badge warning", STORE_FAILED),
        (false, _) => ("badge warning", TRAIL_FAILED),
    };
    let member = |name: &str| health.get(name).unwrap_or(&Value::Null);
    let (records, deliveries) = (member("Records"), member("Deliveries"));
    vec![
        (visit.say(READY), html! { span class=(class) { (visit.say(readiness)) } }),
        (visit.say(VERSION), html! { code { (text(health, "Version")) } }),
        (visit.say(STARTED), moment(visit, text(health, "StartTime"))),
        (visit.say(CLOCK), html! { code { (text(health, "Time")) } }),
        (visit.say(STORE), html! { (room(visit, member("Store"))) }),
        (
            visit.say(RECORDS),
            html! { (visit.fill(RECORDS_ARE, &[&shown(records, "Next"), &shown(records, "Waiting")])) },
        ),
        (visit.say(DELIVERIES), delivered(visit, deliveries)),
        (visit.say(PASSWORDS), html! { (number(health, "PasswordsChecked")) }),
    ]
}

fn shown(answer: &Value, name: &str) -> String {
    number(answer, name).to_string()
}

fn room(visit: &Visit<'_>, store: &Value) -> String {
    if store.is_null() {
        return visit.say(IN_MEMORY).to_owned();
    }
    let bytes = |name| size(visit, u64::try_from(number(store, name)).unwrap_or_default());
    visit.fill(ROOM, &[&bytes("UsedBytes"), &bytes("FreeBytes")])
}

fn delivered(visit: &Visit<'_>, deliveries: &Value) -> Markup {
    let (active, hindered) = (shown(deliveries, "Active"), number(deliveries, "Hindered"));
    let last = text(deliveries, "LastTime");
    html! {
        (visit.fill(ACTIVE, &[&active]))
        @if hindered > 0 { " " span.badge.warning { (visit.fill(HINDERED, &[&hindered.to_string()])) } }
        @if !last.is_empty() { " · " (visit.say(LAST_DELIVERED)) " " (moment(visit, last)) }
    }
}

/// What the operator decided.
fn settings(visit: &Visit<'_>) -> Markup {
    let core = &visit.console().core;
    let settings = core.settings();
    let revocation = match settings.session_revocation {
        SessionRevocation::Immediate => REVOCATION_NOW,
        SessionRevocation::Upstream => REVOCATION_LATER,
    };
    let days = (settings.token_key_rotation_s / DAY_S).to_string();
    facts(&[
        (visit.say(REVOCATION), html! { (visit.say(revocation)) }),
        (visit.say(ROTATION), html! { (visit.fill(DAYS, &[&days])) }),
        (visit.say(OPERATIONS), html! { (core.registry().iter().count()) }),
        (visit.say(METRICS), html! { code { (visit.own_origin()) "/-/metrics" } }),
    ])
}

/// The licences.
pub(super) fn licences(visit: &Visit<'_>) -> Markup {
    // The packages stand first, behind a sentence; their texts follow.
    let packages = NOTICES.split("\n\n").nth(1).unwrap_or_default();
    html! {
        p { (visit.say(LICENCE_OWN)) }
        pre.wrapped { (LICENCE) }
        section.stack {
            div.card-head.bare {
                h2 { (visit.say(THIRD_PARTIES)) }
                a.button href=(visit.to("/operator/notices")) download { (icon(icon::LuDownload)) (visit.say(NOTICES_FILE)) }
            }
            p.muted { (visit.say(THIRD_PARTIES_WHAT)) }
            pre.wrapped { (packages) }
        }
    }
}
