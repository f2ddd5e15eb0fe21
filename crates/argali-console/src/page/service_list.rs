//! Which services there are, whether they support resource groups, and how finely policies can tell their resources
//! apart.
// SPEC: console, resources: services list.

use argali_core::hosted::Level;
use maud::html;

use super::resource::{name_in, path_of_service};
use crate::answer::Answer;
use crate::part::{Table, heading};
use crate::shell;
use crate::text::Text;
use crate::text::messaging::TITLE as MESSAGING;
use crate::text::oss::TITLE as OSS;
use crate::text::resource_group::*;
use crate::visit::Visit;

/// The list.
pub(super) fn show(visit: &Visit<'_>) -> Answer {
    let rows = visit.console().services.iter().map(|service| {
        let grouped = service.types.iter().any(|kind| kind.groups);
        vec![
            html! { a href=(visit.to(&path_of_service(&service.name))) { (name_in(visit, &service.names)) } },
            html! { code { (service.code) } },
            html! { (visit.say(if grouped { YES } else { NO })) },
            html! { (visit.say(level(service.level))) },
        ]
    });
    let own =
        [("/oss", OSS, "oss", YES, LEVEL_RESOURCE), ("/messaging", MESSAGING, "mns", NO, LEVEL_RESOURCE)];
    let own = own.map(|(path, name, code, grouped, level)| {
        vec![
            html! { a href=(visit.to(path)) { (visit.say(name)) } },
            html! { code { (code) } },
            html! { (visit.say(grouped)) },
            html! { (visit.say(level)) },
        ]
    });
    let rows: Vec<_> = rows.chain(own).collect();
    let content = html! {
        (heading(&html! { (visit.say(SERVICES)) }, Some(visit.say(SERVICES_LEDE)), &html! {}))
        (Table { caption: SERVICES, columns: &[SERVICE, CODE, SUPPORTS, LEVEL], rows }.show(visit))
    };
    Answer::page(200, shell::page(visit, visit.say(SERVICES), &content))
}

/// Whether anything of a service, which actions call so, can be in a resource group; nothing if there is no such
/// service here.
// SPEC: service authorization: what identities are made of, sessions and records are in no resource group.
pub(super) fn supports_groups(visit: &Visit<'_>, code: &str) -> Option<bool> {
    match code {
        "oss" => return Some(true),
        "mns" | "ram" | "sts" | "ims" | "actiontrail" | "resourcemanager" | "argali" => return Some(false),
        _ => {}
    }
    let services = visit.console().services.iter().filter(|service| service.code == code);
    services.map(|service| service.types.iter().any(|kind| kind.groups)).reduce(|one, other| one || other)
}

fn level(level: Level) -> Text {
    match level {
        Level::Service => LEVEL_SERVICE,
        Level::Operation => LEVEL_OPERATION,
        Level::Resource => LEVEL_RESOURCE,
    }
}
