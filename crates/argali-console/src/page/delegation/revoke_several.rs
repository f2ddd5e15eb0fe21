//! Revoking several delegations: who loses what by each, then the accounts are taken out of the trust policies, one after
//! the other. Roles and policies are deleted on the page of each.
// SPEC: console, parts, list, bulk bar; delegations, revoke.

use maud::{Markup, html};
use serde_json::Value;

use super::HOME;
use super::revoke::{Done, Plan, as_text, done, last_use};
use crate::api::text;
use crate::icon::{self, icon};
use crate::need::Need;
use crate::page::several::Deed;
use crate::page::{Outcome, Refusal, result, session, verification};
use crate::part::list::{SEVERAL, chosen};
use crate::part::{Table, Weight, heading, tick};
use crate::text::delegation::*;
use crate::text::list::ALREADY;
use crate::text::shell::CLOSE;
use crate::visit::Visit;

/// What the address of the list calls it.
pub(super) const WORD: &str = "revoke";
/// How many sessions of one are named before it is done.
const MOST_NAMED: usize = 5;

/// How a delegation is called where it is chosen.
pub(super) fn key(row: &Value) -> String {
    format!("{} {}", text(row, "RoleName"), text(row, "AccountId"))
}

fn read(key: &str) -> Result<(&str, &str), Refusal> {
    key.split_once(' ').ok_or(Refusal::NoPage)
}

/// Shows who loses what.
pub(super) async fn ask(visit: &Visit<'_>) -> Outcome {
    if visit.query().get("do") != WORD {
        return Err(Refusal::NoPage);
    }
    let keys = chosen(visit.query())?;
    let mut plans = Vec::new();
    for key in &keys {
        let (role, account) = read(key)?;
        plans.push(Plan::of(visit, role, account).await?);
    }
    let rows = plans.iter().map(|plan| row(visit, plan)).collect();
    let columns = [ACCOUNT, ROLE, MAY, LIVE, LAST_USED];
    let deed = Deed {
        title: visit.fill(REVOKE_SEVERAL, &[&keys.len().to_string()]),
        what: (Weight::Warning, REVOKE_SEVERAL_WHAT),
        word: WORD,
        button: ("button danger", visit.say(REVOKE)),
        to: format!("{HOME}/{SEVERAL}"),
        back: HOME.to_owned(),
        need: Need::any(plans.iter().map(|plan| plan.given.change())),
        chosen: &keys,
        seen: Table { caption: WHO_LOSES, columns: &columns, rows }.show(visit),
        fields: html! {
            @if plans.iter().any(Plan::runs_on) { (tick(visit, ("end", DO_END), true, Some(DO_END_HINT))) }
        },
        is_counted: false,
    };
    Ok(deed.ask(visit))
}

/// Who loses what by one, with the sessions that end.
fn row(visit: &Visit<'_>, plan: &Plan) -> Vec<Markup> {
    let Plan { given, .. } = plan;
    let sessions = plan.sessions();
    let live = html! {
        div.two {
            span { (sessions.len()) }
            @for one in sessions.iter().take(MOST_NAMED) {
                span.muted.small-text { bdi { (session::who(one)) } " · " bdi { (text(one, "SessionName")) } }
            }
            @if sessions.len() > MOST_NAMED { span.muted { "…" } }
        }
    };
    vec![given.whom(visit), html! { bdi { (given.role) } }, given.may(visit), live, last_use(visit, given)]
}

/// Does it with each, goes on after a failure, and keeps a record of all.
pub(super) async fn carry_out(visit: &Visit<'_>) -> Outcome {
    let keys = chosen(visit.form())?;
    if visit.form().get("do") != WORD {
        return Err(Refusal::NoPage);
    }
    if verification::is_due(visit) {
        return Ok(verification::ask(visit).await);
    }
    let (mut rows, mut record, mut is_whole) = (Vec::new(), String::new(), true);
    let now = visit.now().to_string();
    for key in &keys {
        let (role, account) = read(key)?;
        // What another of them has changed counts: a role may trust several of the accounts.
        match Plan::of(visit, role, account).await {
            Ok(plan) => {
                let came = strip(visit, &plan).await?;
                is_whole &= came.iter().all(|done| done.came.is_ok());
                record.push_str(&as_text(visit, &plan, &now, &came));
                record.push('\n');
                rows.extend(came.iter().map(|deed| told(visit, (plan.given.named(), role), deed)));
            }
            Err(Refusal::Failed(failure)) => {
                is_whole = false;
                let deed = Done::new(visit.fill(DID_TRUST, &[account]), Err(failure));
                rows.push(told(visit, (html! { bdi { (account) } }, role), &deed));
            }
            // Somebody has revoked it meanwhile.
            Err(_) => {
                let so = html! { span.badge { (visit.say(ALREADY)) } };
                rows.push(vec![
                    html! { bdi { (account) } },
                    html! { bdi { (role) } },
                    html! {},
                    so,
                    html! {},
                ]);
            }
        }
    }
    let title = visit.say(if is_whole { REVOKED } else { REVOKED_PART });
    Ok(result::keep(visit, title, page(visit, title, rows, &record)))
}

/// Takes the account out of the trust policy, and ends its sessions where they run on and that is asked for.
async fn strip(visit: &Visit<'_>, plan: &Plan) -> Result<Vec<Done>, Refusal> {
    let mut came = vec![plan.strip(visit).await?];
    if visit.form().is_ticked("end") && came.iter().all(|done| done.came.is_ok()) {
        came.extend(plan.end(visit).await);
    }
    Ok(came)
}

fn told(visit: &Visit<'_>, (account, role): (Markup, &str), deed: &Done) -> Vec<Markup> {
    let (state, event) = done(visit, deed);
    vec![account, html! { bdi { (role) } }, html! { bdi { (deed.what) } }, state, event]
}

fn page(visit: &Visit<'_>, title: &str, rows: Vec<Vec<Markup>>, record: &str) -> Markup {
    let columns = [ACCOUNT, ROLE, WHAT_WAS_DONE, STATE, EVENT];
    html! {
        (heading(&html! { (title) }, Some(visit.say(RECORD_WHAT)), &html! {}))
        (Table { caption: RECORD, columns: &columns, rows }.show(visit))
        @if !record.is_empty() {
            details {
                summary { (icon(icon::LuChevronRight)) (visit.say(RECORD_TEXT)) }
                pre tabindex="0" { (record) }
            }
        }
        div.actions { a.button.main href=(visit.to(HOME)) { (visit.say(CLOSE)) } }
    }
}
