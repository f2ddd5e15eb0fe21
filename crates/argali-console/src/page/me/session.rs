//! One's own logons to the console: seen, and ended.

use argali_protocol::ApiFailure;
use maud::{Markup, html};
use serde_json::Value;

use super::back;
use crate::answer::Answer;
use crate::api::{ARGALI, holds, list, text};
use crate::moment::moment;
use crate::page::Outcome;
use crate::part::{Table, act};
use crate::text::home::{PASSWORD_ONLY, WITH_MFA};
use crate::text::me::*;
use crate::text::shell::ACTIONS;
use crate::visit::Visit;

const SESSIONS_PATH: &str = "/me/sessions";

/// The tab.
pub(super) async fn part(visit: &Visit<'_>) -> Result<Markup, ApiFailure> {
    let answer = visit.call(ARGALI, "ListLogonSessions", &[]).await?;
    let rows: Vec<_> =
        list(&answer, "LogonSessions", "LogonSession").map(|session| row(visit, session)).collect();
    let others = rows.len() > 1;
    Ok(html! {
        p.muted { (visit.say(SESSIONS_LEDE)) }
        (Table { caption: SESSIONS, columns: &[BEGAN, FROM, FACTOR, ENDS, ACTIONS], rows }.show(visit))
        @if others {
            div.actions { (act(visit, SESSIONS_PATH, &[("Others", "true")], ("button", END_OTHERS))) }
        }
    })
}

fn row(visit: &Visit<'_>, session: &Value) -> Vec<Markup> {
    let factor = if holds(session, "MFAPresent") { WITH_MFA } else { PASSWORD_ONLY };
    let is_current = holds(session, "IsCurrent");
    vec![
        html! {
            span.copyable {
                (moment(visit, text(session, "BeginDate")))
                @if is_current { span.badge.success { (visit.say(THIS_ONE)) } }
            }
        },
        html! { code { (text(session, "SourceIp")) } },
        html! { (visit.say(factor)) },
        moment(visit, text(session, "Expiration")),
        act(visit, SESSIONS_PATH, &[("LogonId", text(session, "LogonId"))], ("quiet danger", END)),
    ]
}

/// Ends one, or all others.
pub(super) async fn end(visit: &Visit<'_>) -> Outcome {
    let form = visit.form();
    let params = ["LogonId", "Others"].map(|name| (name, form.get(name)));
    visit.call(ARGALI, "EndLogonSessions", &params).await?;
    // Whoever ends the present one is asked to log on there.
    Ok::<Answer, _>(back("sessions"))
}
