//! Trying an OIDC provider: its issuer's keys, and a token, check by check.
// SPEC: console, SSO: test logon.

use argali_protocol::ApiFailure;
use maud::{Markup, html};
use serde_json::Value;

use super::Kind;
use crate::answer::Answer;
use crate::api::{ARGALI, holds, items, text, texts};
use crate::icon::{self, icon};
use crate::moment::moment;
use crate::need::{Need, needing, submit};
use crate::page::{Outcome, Refusal, check, result, role};
use crate::part::{Table, Weight, copyable, explained, facts, heading, in_words, notice, show_api, summary};
use crate::shell::{self, token};
use crate::text::Text;
use crate::text::shell::CLOSE;
use crate::text::sso::*;
use crate::text::sso_test::*;
use crate::visit::Visit;

const KIND: Kind = Kind::Oidc;
/// How many roles a page has room for with their reasons.
// SPEC: console, budgets.
const MOST_ROLES: usize = 20;

fn path_of(name: &str) -> String {
    format!("{}/test", KIND.path_of(name))
}

fn need(name: &str) -> Need {
    Need::call(ARGALI, "TestOIDCProvider", &[(KIND.name_parameter(), name)])
}

/// The way here from a provider's page, and whether its issuer's keys can be had.
pub(super) fn part(visit: &Visit<'_>, name: &str) -> Markup {
    let way = html! { a.button href=(visit.to(&path_of(name))) { (visit.say(TEST)) } };
    html! {
        section.card.stack {
            h2 { (visit.say(TEST_TITLE)) }
            p.muted { (visit.say(TEST_LEDE)) }
            form.stack method="post" action=(visit.to(&path_of(name))) {
                (token(visit))
                div.actions {
                    (submit(visit, need(name), ("button", CHECK_ISSUER)))
                    (needing(visit, need(name), &way))
                    (show_api(visit))
                }
            }
        }
    }
}

/// The form that takes a token.
pub(super) fn form(visit: &Visit<'_>, name: &str, failure: Option<&ApiFailure>) -> Answer {
    let is_about = |failure: &&ApiFailure| failure.code.contains("OIDCToken");
    let wrong = failure.filter(is_about).map(|failure| explained(visit, failure));
    let content = html! {
        div.narrow {
            (heading(&html! { (visit.say(TEST_TITLE)) " " bdi { (name) } }, Some(visit.say(TEST_LEDE)), &html! {}))
            @if let Some(failure) = failure { (summary(visit, failure)) }
            form.card.stack.code method="post" action=(visit.to(&path_of(name))) {
                (token(visit))
                div.field {
                    label for="OIDCToken" { (visit.say(ID_TOKEN)) }
                    // What was typed is a secret: no page says it again.
                    textarea #OIDCToken name="OIDCToken" rows="8" maxlength="20000" required spellcheck="false" autocomplete="off"
                        autocapitalize="none" aria-describedby="OIDCToken-hint" aria-invalid=[wrong.as_ref().map(|_| "true")] {}
                    p.hint #OIDCToken-hint { (visit.say(ID_TOKEN_HINT)) }
                    @if let Some(wrong) = &wrong { p.error { (wrong) } }
                }
                div.actions {
                    (submit(visit, need(name), ("button main", TRY)))
                    a.button href=(visit.to(&KIND.path_of(name))) { (visit.say(CLOSE)) }
                    (show_api(visit))
                }
            }
        }
    };
    let status = failure.map_or(200, |failure| failure.status);
    Answer::page(status, shell::page(visit, visit.say(TEST_TITLE), &content))
}

/// Shows the form, if there is such a provider.
pub(super) async fn ask(visit: &Visit<'_>, name: &str) -> Outcome {
    KIND.get(visit, name).await?;
    Ok(form(visit, name, None))
}

/// Tries the provider, with a token if there is one, and leads to what came of it, which is shown once.
pub(super) async fn send(visit: &Visit<'_>, name: &str) -> Outcome {
    let given = visit.form().filled("OIDCToken").map(str::trim);
    let params: Vec<_> =
        [(KIND.name_parameter(), name)].into_iter().chain(given.map(|given| ("OIDCToken", given))).collect();
    let answer = match visit.call(ARGALI, "TestOIDCProvider", &params).await {
        Ok(answer) => answer,
        Err(failure) => return Ok(form(visit, name, Some(&Refusal::shown(failure)?))),
    };
    let content = html! {
        (heading(&html! { (visit.say(TEST_TITLE)) " " bdi { (name) } }, None, &html! {}))
        (verdict(visit, &answer, given.is_some()))
        (checks(visit, &answer))
        @if given.is_some() { (of_token(visit, &answer)) (roles(visit, &answer)) }
        (keys(visit, &answer))
        div.actions {
            a.button.main href=(visit.to(&path_of(name))) { (visit.say(TRY_ANOTHER)) }
            a.button href=(visit.to(&KIND.path_of(name))) { (visit.say(CLOSE)) }
        }
    };
    Ok(result::keep(visit, visit.say(TEST_TITLE), content))
}

/// All of it in one sentence.
fn verdict(visit: &Visit<'_>, answer: &Value, has_token: bool) -> Markup {
    let trusting = items(answer, "Roles").filter(|role| holds(role, "Trusts")).count();
    let (weight, words) = match (holds(answer, "Passed"), has_token) {
        (true, false) => (Weight::Info, ISSUER_GOOD),
        (false, false) => (Weight::Danger, ISSUER_BAD),
        (false, true) => (Weight::Danger, TOKEN_BAD),
        (true, true) if trusting == 0 => (Weight::Warning, TOKEN_GOOD_NO_ROLE),
        (true, true) => (Weight::Info, TOKEN_GOOD),
    };
    notice(weight, &html! { p { strong { (visit.fill(words, &[&trusting.to_string()])) } } })
}

fn checks(visit: &Visit<'_>, answer: &Value) -> Markup {
    let row = |check: &Value| {
        let (label, expects) = of_check(text(check, "Check"));
        let (class, picture, word) = match text(check, "Result") {
            "Passed" => ("success", icon::LuCheck, PASSED),
            "Failed" => ("danger", icon::LuX, FAILED),
            _ => ("", icon::LuMinus, NOT_REACHED),
        };
        let message = text(check, "Message");
        let values = |name: &str| html! { @for value in texts(check, name) { code { bdi { (value) } } " " } };
        vec![
            html! { (visit.say(label)) },
            html! { span class=(format!("badge {class}")) { (icon(picture)) " " (visit.say(word)) } },
            html! { (values("Found")) @if !message.is_empty() { p { (in_words(visit, message)) } } },
            html! { @if !texts(check, "Expected").is_empty() { span.muted { (visit.say(expects)) } " " (values("Expected")) } },
        ]
    };
    let rows = items(answer, "Checks").map(row).collect();
    html! {
        section.card.stack {
            h2 { (visit.say(CHECKS)) }
            (Table { caption: CHECKS, columns: &[CHECK, OUTCOME, FOUND, EXPECTED], rows }.show(visit))
        }
    }
}

/// What a check is called, and what is compared with.
fn of_check(check: &str) -> (Text, Text) {
    match check {
        "Form" => (CHECK_FORM, EXPECTED),
        "Times" => (CHECK_TIMES, EXPECTS_TIMES),
        "Issuer" => (CHECK_SAME_ISSUER, EXPECTS_ISSUER),
        "Audience" => (CHECK_AUDIENCE, EXPECTS_AUDIENCE),
        "Keys" => (CHECK_KEYS, EXPECTS_KEYS),
        "Signature" => (CHECK_SIGNATURE, EXPECTS_SIGNATURE),
        _ => (CHECK_AGE, EXPECTS_AGE),
    }
}

fn of_token(visit: &Visit<'_>, answer: &Value) -> Markup {
    let Some(token) = answer.get("Token") else { return html! {} };
    html! {
        section.card.stack {
            h2 { (visit.say(TOKEN_SAYS)) }
            (facts(&[
                (visit.say(SUBJECT), copyable(visit, text(token, "Subject"))),
                (visit.say(ISSUER), copyable(visit, text(token, "Issuer"))),
                (visit.say(ISSUED), moment(visit, text(token, "IssuanceTime"))),
                (visit.say(EXPIRES), moment(visit, text(token, "ExpirationTime"))),
            ]))
        }
    }
}

/// The roles that trust the provider, and why each lets the token in or not.
fn roles(visit: &Visit<'_>, answer: &Value) -> Markup {
    let all = items(answer, "Roles").count();
    let is_cut = all > MOST_ROLES || holds(answer, "IsTruncated");
    html! {
        section.card.stack {
            h2 { (visit.say(TRUSTED_BY)) }
            p.muted { (visit.say(ROLES_WHAT)) }
            @if all == 0 { p { (visit.say(NO_ROLE)) } }
            @for answer in items(answer, "Roles").take(MOST_ROLES) {
                @let name = text(answer, "RoleName");
                @let (class, word) = if holds(answer, "Trusts") { ("badge success", LETS_IN) } else { ("badge warning", KEEPS_OUT) };
                details {
                    summary {
                        (icon(icon::LuChevronRight)) bdi { (name) } " " span class=(class) { (visit.say(word)) }
                    }
                    div.plain {
                        p { a href=(visit.to(&format!("{}?tab=trust", role::path_of(name)))) { (visit.say(SEE_TRUST)) } }
                        (check::steps(visit, answer))
                    }
                }
            }
            @if is_cut { p.hint { (visit.fill(ROLES_CUT, &[&MOST_ROLES.min(all).to_string()])) } }
        }
    }
}

fn keys(visit: &Visit<'_>, answer: &Value) -> Markup {
    let Some(keys) = answer.get("Keys") else { return html! {} };
    let row = |key: &Value| {
        vec![
            html! { code { bdi { (text(key, "KeyId")) } } },
            html! { @for algorithm in texts(key, "Algorithms") { code { (algorithm) } " " } },
        ]
    };
    let rows: Vec<_> = items(keys, "Keys").map(row).collect();
    html! {
        section.card.stack {
            h2 { (visit.say(KEYS)) }
            p { (visit.say(KEYS_FROM)) " " (copyable(visit, text(keys, "Url"))) }
            @if rows.is_empty() { p { (visit.say(NO_KEYS)) } } @else {
                (Table { caption: KEYS, columns: &[KEY_ID, ALGORITHMS], rows }.show(visit))
            }
        }
    }
}
