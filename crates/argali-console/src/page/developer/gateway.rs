//! Gateways and AuthZEN clients that ask before something is done: the program that answers them, and how nginx asks it.
// SPEC: console, developer: forward-auth and AuthZEN examples.

use maud::{Markup, html};

use super::protocol;
use crate::part::lines;
use crate::text::developer::*;
use crate::visit::Visit;

/// `{host}` and `{protocol}` stand for this server's. The story of the SDKs runs it.
const PROGRAM: &str = include_str!("gateway.py");
/// `{account}` stands for the account that looks.
const NGINX: &str = include_str!("gateway.nginx");
const QUESTION: &str = r#"POST /access/v1/evaluation

{
  "subject":  { "type": "user", "id": "alice" },
  "action":   { "name": "oss:GetObject" },
  "resource": { "type": "arn", "id": "acs:oss:*:{account}:reports/2026.pdf" }
}"#;

/// The tab.
pub(super) fn part(visit: &Visit<'_>) -> Markup {
    let program = PROGRAM.replace("{host}", visit.host()).replace("{protocol}", protocol(visit));
    let named = |text: &str| text.replace("{account}", visit.account_id());
    html! {
        p.muted { (visit.say(FORWARD)) }
        section.card.stack {
            h2 { (visit.say(GATEWAY_PROGRAM)) }
            p.muted { (visit.say(GATEWAY_PROGRAM_WHAT)) }
            (lines(visit, &program))
        }
        section.card.stack {
            h2 { (visit.say(GATEWAY_NGINX)) }
            p.muted { (visit.say(GATEWAY_NGINX_WHAT)) }
            (lines(visit, &named(NGINX)))
        }
        section.card.stack {
            h2 { "AuthZEN" }
            p.muted { (visit.say(GATEWAY_AUTHZEN_WHAT)) }
            (lines(visit, &named(QUESTION)))
        }
    }
}
