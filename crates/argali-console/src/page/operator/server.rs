//! How the server is, and under which licences it comes.

use argali_core::Unready;
use argali_core::settings::SessionRevocation;
use maud::{Markup, html};

use crate::icon::{self, icon};
use crate::part::{Weight, card, facts, notice};
use crate::text::operator::*;
use crate::visit::Visit;

const LICENCE: &str = include_str!("../../../../../LICENSE");
/// What the program is built from, and the texts that come with it: `cargo xtask notices` writes them.
pub(super) const NOTICES: &str = include_str!("../../../notices.txt");
const DAY_S: i64 = 24 * 60 * 60;

/// The tab.
pub(super) fn part(visit: &Visit<'_>) -> Markup {
    let core = &visit.console().core;
    let settings = core.settings();
    let (class, readiness) = match core.unready() {
        None => ("badge success", IS_READY),
        Some(Unready::Store) => ("badge warning", STORE_FAILED),
        Some(Unready::Trail) => ("badge warning", TRAIL_FAILED),
    };
    let revocation = match settings.session_revocation {
        SessionRevocation::Immediate => REVOCATION_NOW,
        SessionRevocation::Upstream => REVOCATION_LATER,
    };
    let days = (settings.token_key_rotation_s / DAY_S).to_string();
    let running = facts(&[
        (visit.say(READY), html! { span class=(class) { (visit.say(readiness)) } }),
        (visit.say(VERSION), html! { code { (env!("CARGO_PKG_VERSION")) } }),
        (visit.say(CLOCK), html! { code { (visit.now()) } }),
        (visit.say(OPERATIONS), html! { (core.registry().iter().count()) }),
        (visit.say(PASSWORDS), html! { (core.passwords_hashed()) }),
        (visit.say(REVOCATION), html! { (visit.say(revocation)) }),
        (visit.say(ROTATION), html! { (visit.fill(DAYS, &[&days])) }),
        (visit.say(METRICS), html! { code { (visit.own_origin()) "/-/metrics" } }),
        (
            visit.say(SYSTEM_POLICIES),
            html! { a href=(visit.to("/ram/policies?type=System")) { (visit.say(SYSTEM_POLICIES)) } },
        ),
    ]);
    html! {
        (card(visit.say(SERVER), &running))
        (notice(Weight::Info, &html! { p { (visit.say(BACKUP)) } }))
    }
}

/// The licences.
pub(super) fn licences(visit: &Visit<'_>) -> Markup {
    // The packages stand first, behind a sentence; their texts follow.
    let packages = NOTICES.split("\n\n").nth(1).unwrap_or_default();
    html! {
        p { (visit.say(LICENCE_OWN)) }
        pre tabindex="0" { (LICENCE) }
        section.stack {
            div.card-head.bare {
                h2 { (visit.say(THIRD_PARTIES)) }
                a.button href=(visit.to("/operator/notices")) download { (icon(icon::LuDownload)) (visit.say(NOTICES_FILE)) }
            }
            p.muted { (visit.say(THIRD_PARTIES_WHAT)) }
            pre tabindex="0" { (packages) }
        }
    }
}
