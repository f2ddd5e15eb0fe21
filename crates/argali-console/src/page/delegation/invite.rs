//! Invitations: handed out by the one side, and opened by the other's administrator.
// SPEC: console, delegations, invite.

use maud::html;

use super::given::{Given, may, policies};
use super::received::Received;
use super::{HOME, usage};
use crate::answer::Answer;
use crate::api::{ARGALI, holds, text};
use crate::moment::{day, moment};
use crate::page::Outcome;
use crate::page::account::named;
use crate::page::role::trust::words;
use crate::pairs::encode;
use crate::part::{Weight, copyable, facts, heading, notice};
use crate::shell;
use crate::text::delegation::*;
use crate::text::role::{ARN, DESCRIPTION};
use crate::text::shell::CLOSE;
use crate::visit::Visit;

/// The address at which an invitation is opened.
pub(super) fn address(visit: &Visit<'_>, invitation: &str) -> String {
    format!("{}/console{HOME}/invitation?{}", visit.own_origin(), encode([("invitation", invitation)]))
}

/// The page with an invitation to send.
pub(super) async fn show(visit: &Visit<'_>, role: &str, account: &str) -> Outcome {
    let given = Given::find(visit, role, account).await?;
    let agreed = given.statements().find_map(|(statement, _)| words::external_id(statement));
    let params = [
        ("RoleName", given.role.as_str()),
        ("AccountId", &given.account),
        ("ExternalId", agreed.unwrap_or_default()),
    ];
    let answer = visit.call(ARGALI, "CreateInvitation", &params).await?;
    let title = visit.fill(INVITE_TITLE, &[given.called()]);
    let switch = encode([("account", visit.account_id()), ("role", given.role.as_str())]);
    let content = html! {
        div.narrow {
            (heading(&html! { (title) }, Some(visit.say(INVITE_WHAT)), &html! {}))
            section.card.stack {
                h2 { (visit.say(INVITE_ADDRESS)) }
                p.address { (copyable(visit, &address(visit, text(&answer, "Invitation")))) }
                p.muted { (visit.phrase(CAN_BE_OPENED, &[day(text(&answer, "Expiration"))])) }
            }
            section.card {
                (facts(&[
                    (visit.say(ACCOUNT), given.named()),
                    (visit.say(ROLE), html! { bdi { (given.role) } }),
                    (visit.say(ARN), copyable(visit, &given.arn)),
                    (visit.say(MAY), given.may(visit)),
                    (visit.say(SWITCH_ADDRESS), copyable(visit, &format!("{}/console/switch-role?{switch}", visit.own_origin()))),
                ]))
            }
            div.actions { a.button href=(visit.to(HOME)) { (visit.say(CLOSE)) } }
        }
    };
    Ok(Answer::page(200, shell::page(visit, &title, &content)))
}

/// The page of an invitation, for the administrator of the account that is invited.
pub(super) async fn open(visit: &Visit<'_>) -> Outcome {
    let invitation = visit.query().get("invitation");
    let answer = visit.call(ARGALI, "GetInvitation", &[("Invitation", invitation)]).await?;
    let (alias, account) = (text(&answer, "AccountAlias"), text(&answer, "AccountId"));
    let by = if alias.is_empty() { account } else { alias };
    let is_open = text(&answer, "Status") == "Open";
    let mut lines = vec![
        (visit.say(ACCOUNT), named(alias, account)),
        (visit.say(ROLE), html! { bdi { (text(&answer, "RoleName")) } }),
        (visit.say(ARN), copyable(visit, text(&answer, "Arn"))),
    ];
    let description = text(&answer, "Description");
    if !description.is_empty() {
        lines.push((visit.say(DESCRIPTION), html! { bdi { (description) } }));
    }
    if is_open {
        lines.push((visit.say(MAY), may(visit, &policies(&answer))));
    }
    if !text(&answer, "ExternalId").is_empty() {
        lines.push((
            visit.say(EXTERNAL_ID),
            html! { (copyable(visit, text(&answer, "ExternalId"))) p.hint { (visit.say(EXTERNAL_ID_WHAT)) } },
        ));
    }
    lines.push((visit.say(INVITED_BY), html! { code { bdi { (text(&answer, "InvitedBy")) } } }));
    lines.push((visit.say(INVITED_AT), moment(visit, text(&answer, "CreateDate"))));
    let role =
        if is_open { Received::find(visit, account, text(&answer, "RoleName")).await.ok() } else { None };
    let switch = role.as_ref().filter(|_| holds(&answer, "AllowConsoleLogin")).map(Received::switch);
    let actions =
        html! { @if let Some(path) = switch { a.button href=(visit.to(&path)) { (visit.say(SWITCH)) } } };
    let title = visit.phrase(INVITATION, &[html! { bdi { (by) } }]);
    let content = html! {
        (heading(&title, Some(visit.say(INVITATION_WHAT)), &actions))
        @if !is_open { (notice(Weight::Warning, &html! { p { (visit.say(WITHDRAWN_WHAT)) } })) }
        section.card { (facts(&lines)) }
        @if let Some(role) = &role {
            (usage::form(visit, role).await)
        }
    };
    Ok(Answer::page(200, shell::page(visit, &visit.fill(INVITATION, &[by]), &content)))
}
