//! Every operation to try: its parameters as a form, its answer as JSON, as whoever is logged on.
// SPEC: console, developer, API explorer.

use argali_core::registry::Registered;
use argali_protocol::ApiFailure;
use maud::{Markup, html};
use serde_json::Value;

use super::{PATH, page, products};
use crate::answer::Answer;
use crate::api::text;
use crate::page::{Outcome, Refusal, result};
use crate::pairs::{encode, segment};
use crate::part::call::command;
use crate::part::{
    Field, Fields, Weight, copyable, explained, facts, heading, lines, notice, original, select, show_api,
};
use crate::plan::planned;
use crate::shell::token;
use crate::text::developer::*;
use crate::text::failure::REQUEST_ID;
use crate::text::shell::CLOSE;
use crate::visit::Visit;

/// Operations on the browser's own session: what they answer is for its cookie.
const OF_THE_SESSION: [&str; 5] = ["VerifyIdentity", "LogOff", "SwitchRole", "ExtendRole", "SwitchBack"];
const MORE_FIELD: Field =
    Field::text("more-parameters", MORE).longest(60_000).hint(MORE_HINT).kind("textarea", "off");
/// How long a value may be, in characters.
const LONGEST: u32 = 60_000;

/// Whether an operation can be tried here.
fn is_offered(operation: &Registered) -> bool {
    let is_of_session = operation.product == "Argali" && OF_THE_SESSION.contains(&operation.name());
    !operation.endpoint.is_open() && !is_of_session
}

/// The operation of an address.
fn found<'v>(visit: &Visit<'v>, (version, action): (&str, &str)) -> Result<&'v Registered, Refusal> {
    let found = visit.console().core.registry().find(version, action).ok();
    found.filter(|operation| is_offered(operation)).ok_or(Refusal::NoPage)
}

fn path_of(version: &str, action: &str) -> String {
    format!("{PATH}/explorer/{}/{}", segment(version), segment(action))
}

/// Where an operation that was chosen has its form.
pub(super) fn chosen(visit: &Visit<'_>) -> Option<Answer> {
    let (version, action) = visit.query().get("operation").split_once('/')?;
    Some(Answer::see(visit.to(&path_of(version, action))))
}

/// The products, and the operations of the one that the address names. Choosing one leads to its form.
pub(super) fn choose(visit: &Visit<'_>) -> Markup {
    let query = visit.query();
    let products = products(visit);
    let wanted = query.filled("product").unwrap_or("Ram");
    let operations = visit.console().core.registry().iter();
    let of_product = |operation: &&Registered| operation.product == wanted && is_offered(operation);
    let addresses = operations.filter(of_product).map(|operation| {
        let name = operation.name();
        (format!("{}/{name}", operation.version), name.to_owned())
    });
    let addresses: Vec<_> = addresses.collect();
    let operations: Vec<_> =
        addresses.iter().map(|(address, name)| (address.as_str(), name.clone())).collect();
    let address =
        |product: &str| visit.to(&format!("{PATH}?{}", encode([("tab", "explorer"), ("product", product)])));
    html! {
        p.muted { (visit.say(CHOOSE_PRODUCT)) }
        nav.segments.wrap aria-label=(visit.say(PRODUCT)) {
            @for (product, _) in products.keys() {
                a href=(address(product)) aria-current=[(product == wanted).then_some("true")] { (product) }
            }
        }
        form.card.stack.narrow method="get" action=(visit.to(PATH)) {
            input type="hidden" name="tab" value="explorer";
            (select(visit, ("operation", CHOOSE_OPERATION), "", &operations))
            div.actions { button.button.main { (visit.say(SHOW)) } }
        }
    }
}

/// The form of an operation.
pub(super) fn form(visit: &Visit<'_>, named: (&str, &str)) -> Outcome {
    let operation = found(visit, named)?;
    let fields = Fields::new(visit);
    let names = operation.endpoint.parameters();
    let (kind, words) = match operation.access().is_change() {
        true => (Weight::Warning, CHANGES),
        false => (Weight::Info, READS),
    };
    let part = html! {
        div.narrow {
            h2 { (operation.product) " · " (operation.name()) }
            (facts(&[
                (visit.say(VERSION), html! { code { (operation.version) } }),
                (visit.say(ACTION), html! { code { (operation.action) } }),
            ]))
            (notice(kind, &html! { p { (visit.say(words)) } }))
            form.card.stack method="post" action=(visit.to(&path_of(named.0, named.1))) {
                (token(visit))
                @if names.is_empty() { p.muted { (visit.say(NO_PARAMETERS)) } }
                @for name in &names { (parameter(&fields, operation, name)) }
                (fields.show(MORE_FIELD))
                div.actions { button.button.main { (visit.say(CALL)) } (show_api(visit)) }
            }
        }
    };
    Ok(page(visit, 200, "explorer", &part))
}

fn parameter(fields: &Fields<'_>, operation: &Registered, name: &str) -> Markup {
    let is_secret = operation.secret_parameters.contains(&name);
    let is_document = name.ends_with("Document") || name.ends_with("Policy");
    let value = if is_secret { "" } else { fields.value(name) };
    html! {
        div.field {
            label for=(name) { code { (name) } }
            @if is_document {
                textarea id=(name) name=(name) rows="4" maxlength=(LONGEST) { (value) }
            } @else {
                input id=(name) name=(name) type=(if is_secret { "password" } else { "text" }) value=(value) maxlength=(LONGEST)
                    autocomplete="off" autocapitalize="none" spellcheck="false";
            }
        }
    }
}

/// Calls it, and shows what it answers, this once.
pub(super) async fn call(visit: &Visit<'_>, named: (&str, &str)) -> Outcome {
    let operation = found(visit, named)?;
    let form = visit.form();
    let more = form.get("more-parameters").lines().filter_map(|line| line.trim().split_once('='));
    let names = operation.endpoint.parameters();
    let known = names.iter().filter_map(|name| form.filled(name).map(|value| (*name, value)));
    let params: Vec<_> = known.chain(more).collect();
    let answer = visit.call_by_version((&operation.version, operation.name()), &params).await;
    let call = planned(operation, &params);
    let result = match answer {
        Ok(answer) => shown(visit, (&call.action, &answer), &command(visit, &call)),
        Err(failure) => refused(visit, &Refusal::shown(failure)?, &command(visit, &call)),
    };
    let again = html! {
        div.actions {
            a.button.main href=(visit.to(&path_of(named.0, named.1))) { (visit.say(AGAIN)) }
            a.button href=(visit.to(&format!("{PATH}?tab=explorer"))) { (visit.say(CLOSE)) }
        }
    };
    Ok::<Answer, _>(result::keep(visit, operation.name(), html! { (result) (again) }))
}

fn shown(visit: &Visit<'_>, (action, answer): (&str, &Value), command: &str) -> Markup {
    html! {
        (heading(&html! { (action) }, Some(visit.say(ANSWER_ONCE)), &html! {}))
        section.card.stack {
            (facts(&[
                (visit.say(STATUS), html! { span.badge.success { "200" } }),
                (visit.say(REQUEST_ID), copyable(visit, text(answer, "RequestId"))),
            ]))
            div { h3 { (visit.say(ANSWER)) } (lines(visit, &format!("{answer:#}"))) }
            div { h3 { (visit.say(COMMAND)) } (lines(visit, command)) }
        }
    }
}

fn refused(visit: &Visit<'_>, failure: &ApiFailure, command: &str) -> Markup {
    html! {
        (heading(&html! { (visit.say(crate::text::failure::FAILED)) }, Some(&explained(visit, failure)), &html! {}))
        (original(visit, failure))
        section.card.stack {
            (facts(&[
                (visit.say(STATUS), html! { span.badge.warning { (failure.status) } }),
                (visit.say(CODE), copyable(visit, &failure.code)),
                (visit.say(REQUEST_ID), copyable(visit, failure.request_id.as_deref().unwrap_or_default())),
            ]))
            div { h3 { (visit.say(COMMAND)) } (lines(visit, command)) }
        }
    }
}
