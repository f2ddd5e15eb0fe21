//! The roles that trust a provider.

use argali_protocol::ApiFailure;
use maud::{Markup, html};

use super::Kind;
use crate::api::{RAM, list, text};
use crate::need::{Need, way};
use crate::page::role;
use crate::pairs::encode;
use crate::text::sso::*;
use crate::visit::Visit;

/// How many roles are looked through at most: each is read by a call of its own.
const MOST_ROLES: &str = "200";

/// What is known of them: where they are asked for, or the way to ask.
pub(super) async fn part(
    visit: &Visit<'_>,
    (kind, name): (Kind, &str),
    arn: &str,
) -> Result<Markup, ApiFailure> {
    let create = encode([("type", "provider"), ("service", arn)]);
    let create = html! {
        (way(visit, Need::somehow(RAM, "CreateRole"), &format!("/ram/roles/new?{create}"), ("button", CREATE_ROLE)))
    };
    let found = match visit.query().is_ticked("roles") {
        true => {
            let (read, names) = trusting(visit, arn).await?;
            html! {
                @if names.is_empty() { p { (visit.say(NO_ROLE)) } }
                ul.plain { @for name in &names { li { a href=(visit.to(&role::path_of(name))) { bdi { (name) } } } } }
                p.hint { (visit.fill(ROLES_READ, &[&read.to_string()])) }
            }
        }
        false => html! {
            p { a href=(visit.to(&format!("{}?roles=true", kind.path_of(name)))) { (visit.say(LOOK_FOR_ROLES)) } }
        },
    };
    Ok(html! {
        section.card.stack { h2 { (visit.say(TRUSTED_BY)) } (found) div.actions { (create) } }
    })
}

/// How many roles were read, and which of them name the provider.
async fn trusting(visit: &Visit<'_>, arn: &str) -> Result<(usize, Vec<String>), ApiFailure> {
    let answer = visit.call(RAM, "ListRoles", &[("MaxItems", MOST_ROLES)]).await?;
    let (mut read, mut names) = (0, Vec::new());
    for listed in list(&answer, "Roles", "Role") {
        let name = text(listed, "RoleName");
        let role = visit.call(RAM, "GetRole", &[("RoleName", name)]).await?;
        read += 1;
        let document =
            role.get("Role").map(|role| text(role, "AssumeRolePolicyDocument")).unwrap_or_default();
        if document.to_lowercase().contains(&format!("\"{}\"", arn.to_lowercase())) {
            names.push(name.to_owned());
        }
    }
    Ok((read, names))
}
