//! For those who write programs: endpoints, settings of tools, credentials of a role, every operation to try, webhooks,
//! and gateways that ask.
// SPEC: console, developer.

mod credential;
mod explorer;
mod gateway;
mod tool;
mod webhook;

use std::collections::BTreeMap;

use maud::{Markup, html};

use super::{Outcome, Refusal};
use crate::answer::Answer;
use crate::part::list::SEVERAL;
use crate::part::{Table, Weight, copyable, facts, heading, notice, tabs};
use crate::shell;
use crate::text::Text;
use crate::text::developer::*;
use crate::text::webhook::WEBHOOKS;
use crate::visit::Visit;

const PATH: &str = "/developer";
const TABS: [(&str, Text); 6] = [
    ("endpoints", ENDPOINTS),
    ("tools", TOOLS),
    ("credentials", CREDENTIALS),
    ("explorer", EXPLORER),
    ("webhooks", WEBHOOKS),
    ("gateways", GATEWAYS),
];

/// Answers a visit to an address below the developer's.
pub(super) async fn answer(visit: &Visit<'_>, path: &[&str]) -> Outcome {
    match (visit.is_post(), path) {
        (false, []) => show(visit).await,
        // The list of webhooks is a tab, so that its address is that of all tabs.
        (_, [SEVERAL]) => webhook::several(visit).await,
        (_, ["webhooks", rest @ ..]) => webhook::answer(visit, rest).await,
        (true, ["credentials"]) => credential::issue(visit).await,
        (false, ["explorer", version, action]) => explorer::form(visit, (version, action)),
        (true, ["explorer", version, action]) => explorer::call(visit, (version, action)).await,
        _ => Err(Refusal::NoPage),
    }
}

async fn show(visit: &Visit<'_>) -> Outcome {
    let asked = visit.query().get("tab");
    let tab = TABS.iter().find(|(tab, _)| *tab == asked).map_or("endpoints", |(tab, _)| tab);
    if let Some(answer) = explorer::chosen(visit) {
        return Ok(answer);
    }
    let part = match tab {
        "tools" => tool::part(visit),
        "credentials" => credential::part(visit, None),
        "explorer" => explorer::choose(visit),
        "gateways" => gateway::part(visit),
        "webhooks" => return webhook::list(visit).await,
        _ => endpoints(visit),
    };
    Ok(page(visit, 200, tab, &part))
}

fn page(visit: &Visit<'_>, status: u16, tab: &str, part: &Markup) -> Answer {
    let content = html! {
        (heading(&html! { (visit.say(TITLE)) }, Some(visit.say(LEDE)), &html! {}))
        (tabs(visit, PATH, tab, &TABS))
        (part)
    };
    Answer::page(status, shell::page(visit, visit.say(TITLE), &content))
}

/// The products that can be called by name: how many operations each has under which version.
fn products(visit: &Visit<'_>) -> BTreeMap<(String, String), usize> {
    let mut products = BTreeMap::new();
    for operation in visit.console().core.registry().iter() {
        let product = (operation.product.clone(), operation.version.clone());
        *products.entry(product).or_insert(0) += 1;
    }
    products
}

/// `HTTP` or `HTTPS`, as SDKs call how the page came.
fn protocol(visit: &Visit<'_>) -> &'static str {
    if visit.is_secure() { "HTTPS" } else { "HTTP" }
}

fn endpoints(visit: &Visit<'_>) -> Markup {
    let row = |((product, version), count): ((String, String), usize)| {
        vec![html! { (product) }, html! { code { (version) } }, html! { (count) }]
    };
    let rows = products(visit).into_iter().map(row).collect();
    html! {
        section.card.stack.narrow {
            p.muted { (visit.say(ALL_PRODUCTS)) }
            (facts(&[
                (visit.say(ENDPOINT), copyable(visit, visit.host())),
                (visit.say(PROTOCOL), html! { code { (protocol(visit)) } }),
                (visit.say(OBJECTS), copyable(visit, &visit.storage_place().origin())),
            ]))
        }
        @if !visit.is_secure() { (notice(Weight::Info, &html! { p { (visit.say(CLEAR)) } })) }
        (Table { caption: ENDPOINTS, columns: &[PRODUCT, VERSION, OPERATIONS], rows }.show(visit))
    }
}
