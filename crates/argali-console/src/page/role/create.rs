//! Making a role in two steps: whom it trusts, then what it is called.

use std::collections::BTreeSet;

use argali_protocol::ApiFailure;
use maud::{Markup, html};
use serde_json::{Value, json};

use super::path_of;
use super::trust::document::{Principal, Trust};
use super::trust::{compose, document_field, words};
use super::visibility::{self, Visibility};
use crate::answer::Answer;
use crate::api::{ARGALI, RAM, text};
use crate::moment::duration;
use crate::need::{Need, submit};
use crate::page::account::Names;
use crate::page::delegation::path_of_given;
use crate::page::grant::{Kind, path_to};
use crate::page::{Outcome, Refusal, manual, new_tags, result};
use crate::part::{
    Field, Fields, Weight, copyable, explained, facts, heading, notice, select, show_api, summary, tick,
};
use crate::shell::{self, token};
use crate::text::Text;
use crate::text::delegation::INVITE_TITLE;
use crate::text::role::*;
use crate::text::shell::{CANCEL, CLOSE, OK};
use crate::text::user::GRANT;
use crate::visit::Visit;

const NEW: &str = "/ram/roles/new";
/// How many hours a session of a role can last at most.
// SPEC: console, create role; limits, numbers.
const MOST_HOURS: i64 = 12;

/// The step that the address asks for.
pub(crate) async fn show(visit: &Visit<'_>) -> Outcome {
    if visit.query().get("step") != "2" || visit.query().get("do") == compose::GENERATED {
        return Ok(Answer::page(200, first_step(visit)));
    }
    // What was edited before the session ended is shown as it was.
    let document = match visit.is_kept() {
        true => visit.form().get("Document").to_owned(),
        false => document(visit).await,
    };
    let words = said(visit, &document).await;
    Ok(Answer::page(200, second_step(visit, &document, &words, None)))
}

/// A document in words.
async fn said(visit: &Visit<'_>, document: &str) -> Markup {
    let trust = Trust::read(document);
    let names = Names::of(visit, trust.accounts()).await;
    words::in_words(visit, &names, &trust)
}

fn first_step(visit: &Visit<'_>) -> Markup {
    let fields = Fields::of(visit, compose::entered(visit, visit.query()));
    let chosen = |name: &str, value: &str, default: &str| {
        let asked = visit.query().get(name);
        value == if asked.is_empty() { default } else { asked }
    };
    let choice = |(name, value, default): (&str, &str, &str), label: Text, hint: Text| {
        html! {
            label.tick {
                input type="radio" name=(name) value=(value) checked[chosen(name, value, default)];
                span { span { (visit.say(label)) } span.hint { (visit.say(hint)) } }
            }
        }
    };
    let content = html! {
        div.narrow {
            (heading(&html! { (visit.say(CREATE)) }, Some(visit.say(STEP_1)), &manual::link(visit, "cross-account")))
            form.stack method="get" action=(visit.to(NEW)) {
                input type="hidden" name="step" value="2";
                // Enter in a field goes on: the first button is what it presses.
                button.hidden tabindex="-1" aria-hidden="true" { (visit.say(NEXT)) }
                section.card.stack {
                    fieldset.group {
                        legend { (visit.say(PRINCIPAL_TYPE)) }
                        (choice(("type", "account", "account"), CLOUD_ACCOUNT, CLOUD_ACCOUNT_HINT))
                        fieldset.nested {
                            legend.hidden { (visit.say(CLOUD_ACCOUNT)) }
                            (choice(("whose", "current", "other"), CURRENT, CURRENT_HINT))
                            (choice(("whose", "other", "other"), OTHER, OTHER_HINT))
                            (fields.show(Field::text("account", ACCOUNT_ID).longest(20).hint(ACCOUNT_ID_HINT)))
                        }
                        (choice(("type", "service", "account"), CLOUD_SERVICE, CLOUD_SERVICE_HINT))
                        (choice(("type", "provider", "account"), IDENTITY_PROVIDER, IDENTITY_PROVIDER_HINT))
                        div.nested { (fields.show(Field::text("service", SERVICE).longest(200))) }
                    }
                }
                section.card.stack {
                    (compose::guard_rail_fields(visit, &fields))
                }
                div.actions {
                    button.button.main { (visit.say(NEXT)) }
                    a.button href=(visit.to("/ram/roles")) { (visit.say(CANCEL)) }
                }
            }
        }
    };
    shell::page(visit, visit.say(CREATE), &content)
}

/// The trust policy that the first step describes.
async fn document(visit: &Visit<'_>) -> String {
    let query = visit.query();
    let trust = match query.get("type") {
        kind @ ("service" | "provider") => {
            let kind = if kind == "service" { "Service" } else { "Federated" };
            compose::of(vec![Principal::new(kind, query.get("service").trim())], query)
        }
        _ => {
            let other = query.filled("account").filter(|_| query.get("whose") != "current");
            let found = match other {
                Some(other) => {
                    visit.call(ARGALI, "FindAccount", &[("Account", other)]).await.unwrap_or_default()
                }
                None => Value::Null,
            };
            // What is no account here is taken as it was written: saving says what is wrong with it.
            let number = Some(text(&found, "AccountId")).filter(|number| !number.is_empty());
            compose::of_account(number.or(other).unwrap_or_else(|| visit.account_id()), query)
        }
    };
    trust.write()
}

fn second_step(visit: &Visit<'_>, document: &str, words: &Markup, failure: Option<&ApiFailure>) -> Markup {
    let fields = Fields::new(visit).refused(failure);
    let is_second = visit.form().get("step") == "2";
    let hours: Vec<_> = (1..=MOST_HOURS).map(|hours| hours * 3_600).collect();
    let hours: Vec<_> =
        hours.into_iter().map(|seconds| (seconds.to_string(), duration(visit, seconds))).collect();
    let hours: Vec<_> = hours.iter().map(|(seconds, said)| (seconds.as_str(), said.clone())).collect();
    let content = html! {
        div.narrow {
            (heading(&html! { (visit.say(CREATE)) }, Some(visit.say(STEP_2)), &html! {}))
            @if let Some(failure) = failure { (summary(visit, failure)) }
            form.stack.code method="post" action=(visit.to(NEW)) {
                (token(visit))
                input type="hidden" name="step" value="2";
                section.card.stack {
                    (fields.show(Field::text("RoleName", NAME).required().longest(64).hint(NAME_HINT)))
                    (fields.show(Field::text("Description", DESCRIPTION).longest(1024)))
                    (select(visit, ("MaxSessionDuration", DURATION), fields.value("MaxSessionDuration"), &hours))
                    (tick(visit, ("AllowConsoleLogin", CONSOLE_USE), !is_second || visit.form().is_ticked("AllowConsoleLogin"), Some(CONSOLE_USE_HINT)))
                    (tick(visit, ("Shown", SHOWN), !is_second || visit.form().is_ticked("Shown"), Some(SHOWN_HINT)))
                    (new_tags::fields(visit))
                }
                section.card.stack {
                    h2 { (visit.say(TRUST)) }
                    (words)
                    details open[failure.is_some()] {
                        summary { (crate::icon::icon(crate::icon::LuChevronRight)) (visit.say(EDIT_TRUST)) }
                        div { (document_field(visit, document)) }
                    }
                }
                div.actions {
                    (submit(visit, Need::somehow(RAM, "CreateRole"), ("button main", OK)))
                    a.button href=(visit.to(NEW)) { (visit.say(BACK)) }
                    (show_api(visit))
                }
            }
        }
    };
    shell::page(visit, visit.say(CREATE), &content)
}

/// Makes the role.
pub(crate) async fn send(visit: &Visit<'_>) -> Outcome {
    let form = visit.form();
    let filled = |name: &str| form.filled(name).unwrap_or_default();
    let document = form.get("Document");
    let words = said(visit, document).await;
    if form.is_ticked("add-tag") {
        return Ok(Answer::page(200, second_step(visit, document, &words, None)));
    }
    let tags = new_tags::entered(visit).into_iter().map(|(key, value)| json!({ "Key": key, "Value": value }));
    let tags = Some(Value::from_iter(tags)).filter(|tags| tags != &json!([]));
    let params = [
        ("RoleName", filled("RoleName")),
        ("Description", filled("Description")),
        ("MaxSessionDuration", filled("MaxSessionDuration")),
        ("AssumeRolePolicyDocument", document),
        ("AllowConsoleLogin", if form.is_ticked("AllowConsoleLogin") { "true" } else { "false" }),
        ("Tag", &tags.map(|tags| tags.to_string()).unwrap_or_default()),
    ];
    match visit.call(RAM, "CreateRole", &params).await {
        Ok(answer) => {
            let role = answer.get("Role").unwrap_or(&Value::Null);
            let hidden = match form.is_ticked("Shown") {
                true => None,
                false => visibility::set(visit, text(role, "RoleName"), Visibility::Hidden).await.err(),
            };
            let made =
                made(visit, role, (&words, document), hidden.map(Refusal::shown).transpose()?.as_ref());
            Ok(result::keep(visit, visit.say(RESULT), made))
        }
        Err(failure) => {
            let failure = Refusal::shown(failure)?;
            Ok(Answer::page(failure.status, second_step(visit, document, &words, Some(&failure))))
        }
    }
}

fn made(
    visit: &Visit<'_>,
    role: &Value,
    (words, document): (&Markup, &str),
    not_hidden: Option<&ApiFailure>,
) -> Markup {
    let name = text(role, "RoleName");
    let mut others = BTreeSet::from_iter(Trust::read(document).accounts());
    others.remove(visit.account_id());
    html! {
        div.narrow {
            (heading(&html! { (visit.say(RESULT)) }, None, &html! {}))
            @if let Some(failure) = not_hidden {
                (notice(Weight::Warning, &html! { p { (visit.say(NOT_HIDDEN)) " " (explained(visit, failure)) } }))
            }
            section.card.stack {
                (facts(&[
                    (visit.say(NAME), html! { bdi { (name) } }),
                    (visit.say(ARN), copyable(visit, text(role, "Arn"))),
                    (visit.say(COPY_LINK), copyable(visit, &super::switch_link(visit, name))),
                ]))
                (words)
            }
            (notice(Weight::Info, &html! { p { (visit.say(NO_PERMISSIONS)) } }))
            div.actions {
                a.button.main href=(visit.to(&path_to(Kind::Role, name))) { (visit.say(GRANT)) }
                @for other in others {
                    a.button href=(visit.to(&path_of_given(name, &other, "invite"))) { (visit.fill(INVITE_TITLE, &[&other])) }
                }
                a.button href=(visit.to(&path_of(name))) { (visit.say(CLOSE)) }
            }
        }
    }
}
