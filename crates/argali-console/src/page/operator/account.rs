//! Accounts of the server: listed, made, closed and opened, their owners' passwords and their gates.

use argali_protocol::ApiFailure;
use maud::{Markup, html};
use serde_json::Value;

use super::{PATH, generated};
use crate::answer::Answer;
use crate::api::{ARGALI, list, text};
use crate::icon::{self, icon};
use crate::moment::moment;
use crate::need::{Need, needing, submit};
use crate::page::resource::name_in;
use crate::page::{Outcome, Refusal, result};
use crate::pairs::{encode, segment};
use crate::part::{Field, Fields, Table, Weight, act, copyable, facts, heading, notice, show_api, summary};
use crate::shell::{self, token};
use crate::text::operator::*;
use crate::text::shell::{ACTIONS, CANCEL, CLOSE, OK};
use crate::visit::Visit;

/// All accounts, and the services that have a gate.
pub(super) async fn all(visit: &Visit<'_>) -> Result<Value, ApiFailure> {
    visit.call(ARGALI, "ListAccounts", &[]).await
}

/// The button that leads to the form.
pub(super) fn new_button(visit: &Visit<'_>) -> Markup {
    let new = html! {
        a.button.main href=(visit.to(&format!("{PATH}/new"))) data-new { (icon(icon::LuPlus)) (visit.say(CREATE)) }
    };
    needing(visit, Need::somehow(ARGALI, "CreateAccount"), &new)
}

/// What people call a service.
pub(super) fn service_name<'n>(visit: &Visit<'n>, gate: &'n str) -> &'n str {
    let known = visit.console().services.iter().find(|service| service.name == gate);
    known.map_or(gate, |service| name_in(visit, &service.names))
}

pub(super) fn is_closed(account: &Value) -> bool {
    text(account, "Status") == "Closed"
}

pub(super) fn is_own(visit: &Visit<'_>, account: &Value) -> bool {
    text(account, "AccountId") == visit.account_id()
}

pub(super) fn status(visit: &Visit<'_>, account: &Value) -> Markup {
    html! {
        @if is_closed(account) {
            span.badge.warning { (visit.say(CLOSED)) }
        } @else {
            span.badge.success { (visit.say(OPEN)) }
        }
        @if is_own(visit, account) { " " span.badge { (visit.say(OWN)) } }
    }
}

pub(super) fn path_of(id: &str) -> String {
    format!("{PATH}/accounts/{}", segment(id))
}

/// The form that makes an account.
pub(super) fn form(visit: &Visit<'_>, failure: Option<&ApiFailure>) -> Answer {
    let fields = Fields::new(visit).refused(failure);
    let content = html! {
        div.narrow {
            h1 { (visit.say(CREATE)) }
            @if let Some(failure) = failure { (summary(visit, failure)) }
            form.card.stack method="post" action=(visit.to(&format!("{PATH}/new"))) {
                (token(visit))
                (fields.show(Field::text("AccountName", NAME).longest(128)))
                (fields.show(Field::text("AccountAlias", ALIAS).longest(50).hint(ALIAS_HINT)))
                (fields.show(Field::text("OwnerEmail", EMAIL).longest(128).hint(EMAIL_HINT).kind("email", "off")))
                (fields.show(Field::text("AccountId", NUMBER).longest(20).hint(NUMBER_HINT)))
                div.actions {
                    (submit(visit, Need::somehow(ARGALI, "CreateAccount"), ("button main", OK)))
                    a.button href=(visit.to(PATH)) { (visit.say(CANCEL)) }
                    (show_api(visit))
                }
            }
        }
    };
    let status = failure.map_or(200, |failure| failure.status);
    Answer::page(status, shell::page(visit, visit.say(CREATE), &content))
}

/// Makes an account, and shows its password and key, this once.
pub(super) async fn create(visit: &Visit<'_>) -> Outcome {
    let password = generated(visit);
    let entered = ["AccountName", "AccountAlias", "OwnerEmail", "AccountId"]
        .map(|name| (name, visit.form().get(name).trim()));
    let params: Vec<_> = entered.into_iter().chain([("OwnerPassword", password.as_str())]).collect();
    let made = match visit.call(ARGALI, "CreateAccount", &params).await {
        Ok(made) => made,
        Err(failure) => return Ok(form(visit, Some(&Refusal::shown(failure)?))),
    };
    let id = text(&made, "AccountId");
    let shown = [
        (visit.say(NUMBER), copyable(visit, id)),
        (visit.say(LOGON_URL), copyable(visit, &logon_address(visit, id))),
        (visit.say(OWNER_PASSWORD), copyable(visit, &password)),
        (visit.say(KEY_ID), copyable(visit, text(&made, "AccessKeyId"))),
        (visit.say(KEY_SECRET), copyable(visit, text(&made, "AccessKeySecret"))),
    ];
    Ok(once(visit, visit.say(MADE), &shown, &path_of(id)))
}

fn logon_address(visit: &Visit<'_>, id: &str) -> String {
    format!("{}/logon?{}", visit.own_origin(), encode([("form-of", "owner"), ("Owner", id)]))
}

/// Secrets that are seen once.
fn once(visit: &Visit<'_>, title: &str, shown: &[(&str, Markup)], back: &str) -> Answer {
    let content = html! {
        div.narrow {
            (heading(&html! { (title) }, None, &html! {}))
            (notice(Weight::Warning, &html! { p { (visit.say(MADE_ONCE)) } }))
            section.card { (facts(shown)) }
            div.actions { a.button.main href=(visit.to(back)) { (visit.say(CLOSE)) } }
        }
    };
    result::keep(visit, title, content)
}

/// The details of an account.
pub(super) async fn show(visit: &Visit<'_>, id: &str) -> Outcome {
    let answer = all(visit).await?;
    let found = list(&answer, "Accounts", "Account").find(|account| text(account, "AccountId") == id);
    let Some(account) = found else { return Err(Refusal::NoPage) };
    let gates = answer.get("GatedServices").and_then(Value::as_array).into_iter().flatten();
    let gates: Vec<_> = gates.filter_map(Value::as_str).collect();
    let name = [text(account, "AccountName"), text(account, "AccountAlias"), id]
        .into_iter()
        .find(|name| !name.is_empty())
        .unwrap_or(id);
    let named = |member: &str| match text(account, member) {
        "" => html! { span.muted { "–" } },
        name => html! { bdi { (name) } },
    };
    let content = html! {
        (heading(&html! { bdi { (name) } }, None, &html! {}))
        div.columns {
            section.card.stack {
                (facts(&[
                    (visit.say(NUMBER), copyable(visit, id)),
                    (visit.say(ALIAS), named("AccountAlias")),
                    (visit.say(EMAIL), named("OwnerEmail")),
                    (visit.say(STATUS), status(visit, account)),
                    (visit.say(CREATED), moment(visit, text(account, "CreateDate"))),
                ]))
                (closing(visit, account))
            }
            section.card.stack {
                h2 { (visit.say(NEW_PASSWORD)) }
                p.muted { (visit.say(NEW_PASSWORD_WHAT)) }
                (needing(
                    visit,
                    Need::call(ARGALI, "ReplaceOwnerPassword", &[("Account", id), ("OwnerPassword", "-")]),
                    &act(visit, &format!("{}/password", path_of(id)), &[], ("button", NEW_PASSWORD)),
                ))
                p.muted { (visit.say(UNBIND_WHAT)) }
                (needing(
                    visit,
                    Need::call(ARGALI, "ReplaceOwnerPassword", &[("Account", id), ("OwnerPassword", "-")]),
                    &act(visit, &format!("{}/password", path_of(id)), &[("UnbindMFADevice", "true")], ("button danger", UNBIND)),
                ))
            }
        }
        (gate_list(visit, account, &gates))
    };
    Ok(Answer::page(200, shell::page(visit, name, &content)))
}

fn closing(visit: &Visit<'_>, account: &Value) -> Markup {
    let id = text(account, "AccountId");
    let path = path_of(id);
    let need = |operation| Need::call(ARGALI, operation, &[("Account", id)]);
    html! {
        @if is_own(visit, account) {
            p.muted { (visit.say(OWN_ACCOUNT)) }
        } @else if is_closed(account) {
            (needing(visit, need("OpenAccount"), &act(visit, &format!("{path}/open"), &[], ("button main", OPEN_AGAIN))))
        } @else {
            p.muted { (visit.say(CLOSE_WHAT)) }
            (needing(visit, need("CloseAccount"), &act(visit, &format!("{path}/close"), &[], ("button danger", CLOSE_ACCOUNT))))
        }
    }
}

fn gate_list(visit: &Visit<'_>, account: &Value, gates: &[&str]) -> Markup {
    let id = text(account, "AccountId");
    let path = format!("{}/gate", path_of(id));
    let open = account.get("OpenGates").and_then(Value::as_array);
    let is_open = |gate: &str| open.is_some_and(|open| open.iter().any(|name| name == gate));
    let row = |gate: &&str| {
        let (label, class, button, value) = match is_open(gate) {
            true => (GATE_OPEN, "badge warning", CLOSE_GATE, "false"),
            false => (GATE_CLOSED, "badge", OPEN_GATE, "true"),
        };
        vec![
            html! { (service_name(visit, gate)) },
            html! { span class=(class) { (visit.say(label)) } },
            needing(
                visit,
                Need::call(ARGALI, "SetGate", &[("Account", id), ("Service", gate), ("Open", value)]),
                &act(visit, &path, &[("Service", gate), ("Open", value)], ("quiet", button)),
            ),
        ]
    };
    html! {
        h2 { (visit.say(GATES)) }
        p.muted { (visit.say(GATES_WHAT)) }
        (Table { caption: GATES, columns: &[GATE, STATUS, ACTIONS], rows: gates.iter().map(row).collect() }.show(visit))
    }
}

/// Does something with an account.
pub(super) async fn change(visit: &Visit<'_>, id: &str, act: &str) -> Outcome {
    let account = ("Account", id);
    match act {
        "close" => visit.call(ARGALI, "CloseAccount", &[account]).await?,
        "open" => visit.call(ARGALI, "OpenAccount", &[account]).await?,
        "gate" => {
            let turned = ["Service", "Open"].map(|name| (name, visit.form().get(name)));
            let params: Vec<_> = [account].into_iter().chain(turned).collect();
            visit.call(ARGALI, "SetGate", &params).await?
        }
        "password" => return replace_password(visit, id).await,
        _ => return Err(Refusal::NoPage),
    };
    Ok(Answer::see(visit.to(&path_of(id))))
}

async fn replace_password(visit: &Visit<'_>, id: &str) -> Outcome {
    let password = generated(visit);
    let unbinds = visit.form().get("UnbindMFADevice");
    let params = [("Account", id), ("OwnerPassword", password.as_str()), ("UnbindMFADevice", unbinds)];
    visit.call(ARGALI, "ReplaceOwnerPassword", &params).await?;
    let shown = [
        (visit.say(NUMBER), copyable(visit, id)),
        (visit.say(LOGON_URL), copyable(visit, &logon_address(visit, id))),
        (visit.say(OWNER_PASSWORD), copyable(visit, &password)),
    ];
    Ok(once(visit, visit.say(PASSWORD_MADE), &shown, &path_of(id)))
}
