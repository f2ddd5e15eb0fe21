//! A record as lists and details show it.

use maud::{Markup, html};
use serde_json::Value;

use super::path_of;
use crate::api::{text, texts};
use crate::moment::moment;

use crate::page::why;
use crate::pairs::{Pairs, encode};
use crate::part::Table;
use crate::text::Text;
use crate::text::activity::*;
use crate::text::shell::ACCOUNT_OWNER;
use crate::visit::Visit;

/// What the columns of a list are.
pub(super) const COLUMNS: [Text; 7] = [TIME, WHO, ACTION, RESOURCE, OUTCOME, ADDRESS, REQUEST];
/// How many characters of an ARN a row shows.
const SHOWN: usize = 56;
/// How many of a request's number.
const SHORT_REQUEST: usize = 8;

/// What records call the account itself.
const OWNER: &str = "RootUser";

/// The cells of a record, with a box to tick.
pub(super) fn cells(visit: &Visit<'_>, event: &Value) -> Vec<Markup> {
    let request = text(event, "RequestId");
    let (service, action) = (text(event, "Product"), text(event, "Action"));
    vec![
        html! {
            input.choose type="checkbox" name="event" value=(request) aria-label=(visit.say(SELECT));
            a href=(visit.to(&path_of(request))) { (moment(visit, text(event, "Time"))) }
        },
        who(visit, event),
        html! {
            @if !service.is_empty() { (link(visit, "service", service, service)) " " }
            (link(visit, "event", action, action))
        },
        resources(visit, event),
        outcome(visit, event),
        link(visit, "address", text(event, "SourceIp"), text(event, "SourceIp")),
        html! { a.value.mono href=(visit.to(&path_of(request))) title=(request) { (request.get(..SHORT_REQUEST).unwrap_or(request)) } },
    ]
}

/// What the columns are of a list whose calls are all of one caller, and their cells.
pub(super) const COLUMNS_OF_ONE: [Text; 4] = [TIME, ACTION, RESOURCE, OUTCOME];

/// The cells of such a list; the call that the page is about is named in place of its time.
pub(super) fn cells_of_one(visit: &Visit<'_>, event: &Value, is_this: bool) -> Vec<Markup> {
    let request = text(event, "RequestId");
    vec![
        html! {
            @if is_this { strong { (visit.say(THIS_ONE)) } }
            @else { a href=(visit.to(&path_of(request))) { (moment(visit, text(event, "Time"))) } }
        },
        html! { (text(event, "Product")) " " (text(event, "Action")) },
        resources(visit, event),
        outcome(visit, event),
    ]
}

/// Calls in few words, as other pages show them.
pub(in crate::page) fn brief(visit: &Visit<'_>, events: &[&Value]) -> Markup {
    let row = |event: &&Value| {
        let (service, action) = (text(event, "Product"), text(event, "Action"));
        let path = path_of(text(event, "RequestId"));
        vec![
            html! { a href=(visit.to(&path)) { (moment(visit, text(event, "Time"))) } },
            who(visit, event),
            html! { (service) " " (action) },
            outcome(visit, event),
        ]
    };
    Table { caption: TITLE, columns: &[TIME, WHO, ACTION, OUTCOME], rows: events.iter().map(row).collect() }
        .show(visit)
}

/// Who called: whoever began and the role that acted, each a way to all that it did.
pub(in crate::page) fn who(visit: &Visit<'_>, event: &Value) -> Markup {
    let Some(caller) = event.get("Caller") else { return html! { span.muted { (visit.say(NOBODY)) } } };
    let (role, account) = (text(caller, "RoleName"), text(caller, "OriginalAccountId"));
    // In one line.
    let owner = visit.say(ACCOUNT_OWNER).replace(' ', "\u{a0}");
    let person = match text(caller, "OriginalUserName") {
        "" if text(caller, "Type") == OWNER => &owner,
        "" if role.is_empty() => text(caller, "Name"),
        "" => text(caller, "OriginalPrincipalId"),
        name => name,
    };
    let is_own = account == visit.account_id();
    html! {
        @if is_own && !text(caller, "OriginalUserName").is_empty() {
            (link(visit, "user", person, person))
        } @else if is_own {
            (link(visit, "principal", text(caller, "OriginalPrincipalId"), person))
        } @else {
            (link(visit, "principal", text(caller, "OriginalPrincipalId"), person)) span.muted { wbr; "@" (account) }
        }
        @if !role.is_empty() { " → " (link(visit, "role", role, role)) }
    }
}

fn resources(visit: &Visit<'_>, event: &Value) -> Markup {
    let arns = texts(event, "Resources");
    html! {
        @if let Some(first) = arns.first() {
            a.value href=(to(visit, "resource", first)) { bdi { (breakable(&shortened(first))) } }
            @if arns.len() > 1 { " " span.muted { "+" (arns.len() - 1) } }
        } @else {
            span.muted { "–" }
        }
    }
}

/// What a call came to, and the way to why where it was denied.
pub(super) fn outcome(visit: &Visit<'_>, event: &Value) -> Markup {
    let (class, label) = match text(event, "Outcome") {
        "Succeeded" => ("success", SUCCEEDED),
        "Denied" => ("danger", DENIED),
        _ => ("warning", FAILED),
    };
    html! {
        a.badge.(class) href=(to(visit, "result", text(event, "Outcome"))) title=[event.get("ErrorCode").and_then(Value::as_str)] {
            (visit.say(label))
        }
        @if class == "danger" { " " a href=(visit.to(&why::path_of(text(event, "RequestId")))) { (visit.say(WHY)) } }
    }
}

/// A value as the way to all records that have it.
fn link(visit: &Visit<'_>, field: &str, value: &str, shown: &str) -> Markup {
    html! { a.value href=(to(visit, field, value)) { bdi { (shown) } } }
}

/// The list narrowed further. Addresses are given in relation to the list, which keeps long pages short; on other
/// pages they lead to the whole list.
fn to(visit: &Visit<'_>, field: &str, value: &str) -> String {
    if visit.path() != ["console", "activity"] {
        return visit.to(&super::path_to(field, value));
    }
    let query = Pairs::read(&visit.query().with("marker", ""));
    let query = if query.is_empty() { encode([(field, value)]) } else { query.with(field, value) };
    format!("?{query}")
}

/// An ARN that breaks between its parts, where it must.
fn breakable(arn: &str) -> Markup {
    html! { @for part in arn.split_inclusive([':', '/']) { (part) wbr; } }
}

/// The end of an ARN tells more than its beginning.
fn shortened(arn: &str) -> String {
    let count = arn.chars().count();
    if count <= SHOWN {
        return arn.to_owned();
    }
    let end: String = arn.chars().skip(count - SHOWN).collect();
    format!("…{end}")
}
