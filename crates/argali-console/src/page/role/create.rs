//! Making a role in two steps: whom it trusts, then what it is called.

use std::collections::BTreeSet;

use argali_protocol::ApiFailure;
use maud::{Markup, html};
use serde_json::{Value, json};

use super::path_of;
use super::trust::document::{Principal, Trust};
use super::trust::{Editor, compose, words};
use super::visibility::{self, Visibility};
use crate::answer::Answer;
use crate::api::{ARGALI, RAM, text};
use crate::moment::duration;
use crate::need::{Need, needing, submit};
use crate::page::account::Names;
use crate::page::delegation::path_of_given;
use crate::page::grant::{Kind, path_to};
use crate::page::picker::FIND;
use crate::page::{Outcome, Refusal, manual, new_tags, result};
use crate::part::{
    Field, Fields, Weight, copyable, explained, facts, heading, notice, select, show_api, summary,
    summary_of, tick,
};
use crate::shell::{self, token};
use crate::text::Text;
use crate::text::delegation::INVITE_TITLE;
use crate::text::role::*;
use crate::text::shell::{CANCEL, CLOSE, OK};
use crate::text::user::GRANT;
use crate::visit::Visit;

const NEW: &str = "/ram/roles/new";
/// What asks for the second step with the trust editor opened.
const EDITOR: &str = "editor";
/// The field that keeps what the first step had, as its query.
const FIRST: &str = "first";
/// How many hours a session of a role can last at most.
// SPEC: console, create role; limits, numbers.
const MOST_HOURS: i64 = 12;

/// The step that the address asks for.
pub(crate) async fn show(visit: &Visit<'_>) -> Outcome {
    let query = visit.query();
    if query.get("step") != "2" || matches!(query.get("do"), compose::GENERATED | FIND) {
        return Ok(Answer::page(200, first_step(visit, None).await));
    }
    if let Some((field, words)) = unclear(visit).await {
        return Ok(Answer::page(400, first_step(visit, Some((field, visit.say(words)))).await));
    }
    // What was edited before the session ended is shown as it was.
    let step = match visit.is_kept() {
        true => Step::entered(visit).await,
        false => Step {
            editor: Editor::open("", document(visit).await),
            is_open: visit.query().get("do") == EDITOR,
        },
    };
    step.answer(visit, None).await
}

/// The second step: the trust policy, and whether it is being edited.
struct Step {
    editor: Editor,
    is_open: bool,
}

impl Step {
    /// As it was sent. Where the editor was not opened, the form has the document as it is.
    async fn entered(visit: &Visit<'_>) -> Self {
        let form = visit.form();
        let is_open = !form.get("mode").is_empty();
        let editor = match is_open {
            true => Editor::entered(visit).await,
            false => Editor::open("", form.get("Document").to_owned()),
        };
        Self { editor, is_open }
    }

    async fn answer(&self, visit: &Visit<'_>, failure: Option<&ApiFailure>) -> Outcome {
        let words = said(visit, self.editor.document()).await;
        let status = failure.map_or(200, |failure| failure.status);
        Ok(Answer::page(status, second_step(visit, self, &words, failure)))
    }
}

/// A document in words.
async fn said(visit: &Visit<'_>, document: &str) -> Markup {
    let trust = Trust::read(document);
    let names = Names::of(visit, trust.accounts()).await;
    words::in_words(visit, &names, &trust)
}

/// The field that leaves open who is meant or lets in nobody, and why. Going on would let in the whole account, which nobody
/// has asked for, or make a role that nobody can assume.
async fn unclear(visit: &Visit<'_>) -> Option<(&'static str, Text)> {
    let query = visit.query();
    let is_own = query.get("whose") == "current";
    let is_edited = query.get("do") == EDITOR;
    // Days are written so that their order is that of their letters.
    let is_past = |day: &str| day < visit.now().to_string().get(..10).unwrap_or_default();
    if query.filled("until").is_some_and(is_past) {
        return Some(("until", UNTIL_PAST));
    }
    if query.filled("type").is_some_and(|kind| kind != "account") {
        return (query.filled("service").is_none() && !is_edited).then_some(("service", WHICH_SERVICE));
    }
    let picker = compose::ONLY_OF_OWN;
    if is_own && query.filled(picker.field).is_some() && picker.chosen(query).is_empty() {
        return Some((picker.field, CHOOSE_THEM));
    }
    // In the editor one writes who is meant.
    if is_own || is_edited {
        return None;
    }
    let Some(account) = query.filled("account") else { return Some(("account", WHICH_ACCOUNT)) };
    let is_number = account.bytes().all(|byte| byte.is_ascii_digit());
    let is_known = is_number || visit.call(ARGALI, "FindAccount", &[("Account", account)]).await.is_ok();
    (!is_known).then_some(("account", ACCOUNT_UNKNOWN))
}

async fn first_step(visit: &Visit<'_>, wrong: Option<(&'static str, &str)>) -> Markup {
    let mut fields = Fields::of(visit, compose::entered(visit, visit.query()));
    if let Some((field, words)) = wrong {
        fields = fields.wrong(field, Some(words));
    }
    let own = compose::ONLY_OF_OWN.show(visit, &fields).await;
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
            @if let Some((field, words)) = wrong { (summary_of(&[(Some(field), words)])) }
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
                            div.nested.stack { (own) p.hint { (visit.say(ONLY_OWN_HINT)) } }
                            (choice(("whose", "other", "other"), OTHER, OTHER_HINT))
                            div.nested.stack {
                                (fields.show(Field::text("account", ACCOUNT_ID).longest(20).hint(ACCOUNT_ID_HINT)))
                                (fields.show(compose::ONLY_OF_OTHER))
                            }
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
                    button.button name="do" value=(EDITOR) { (visit.say(TO_EDITOR)) }
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
        _ if query.get("whose") == "current" => compose::of_own(visit.account_id(), query),
        _ if query.filled("account").is_none() => compose::of(Vec::new(), query),
        _ => {
            let other = query.get("account").trim();
            let found = visit.call(ARGALI, "FindAccount", &[("Account", other)]).await.unwrap_or_default();
            // What is no account here is taken as it was written: saving says what is wrong with it.
            let number = Some(text(&found, "AccountId")).filter(|number| !number.is_empty());
            compose::of_other(number.unwrap_or(other), query)
        }
    };
    trust.write()
}

fn second_step(visit: &Visit<'_>, step: &Step, words: &Markup, failure: Option<&ApiFailure>) -> Markup {
    let fields = Fields::new(visit).refused(failure);
    let is_second = visit.form().get("step") == "2";
    // What the first step had goes along, so that Back has it again.
    let first = match visit.form().filled(FIRST) {
        Some(first) => first.to_owned(),
        None => visit.query().with("step", ""),
    };
    let hours = lengths(visit, 0);
    let hours: Vec<_> = hours.iter().map(|(seconds, said)| (seconds.as_str(), said.clone())).collect();
    let content = html! {
        div.narrow {
            (heading(&html! { (visit.say(CREATE)) }, Some(visit.say(STEP_2)), &html! {}))
            @if let Some(failure) = failure { (summary(visit, failure)) }
            form.stack.code.editor method="post" action=(visit.to(NEW)) {
                (token(visit))
                input type="hidden" name="step" value="2";
                input type="hidden" name=(FIRST) value=(first);
                // Enter in a field creates: the first button is what it presses.
                (needing(visit, Need::somehow(RAM, "CreateRole"), &html! {
                    button.hidden tabindex="-1" aria-hidden="true" { (visit.say(OK)) }
                }))
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
                    @if !step.is_open {
                        input type="hidden" name="Document" value=(step.editor.document());
                        div { button.button name="do" value=(EDITOR) formnovalidate { (visit.say(TO_EDITOR)) } }
                    }
                }
                @if step.is_open { (step.editor.show(visit, failure.is_some())) }
                div.actions {
                    (submit(visit, Need::somehow(RAM, "CreateRole"), ("button main", OK)))
                    a.button href=(visit.to(&format!("{NEW}?{first}"))) { (visit.say(BACK)) }
                    (show_api(visit))
                }
            }
        }
    };
    shell::page(visit, visit.say(CREATE), &content)
}

/// How long sessions of a role may last at most, in seconds and in words; with `present` if that is something else.
pub(super) fn lengths(visit: &Visit<'_>, present: i64) -> Vec<(String, String)> {
    let mut lengths: Vec<_> = (1..=MOST_HOURS).map(|hours| hours * 3_600).collect();
    if present > 0 && !lengths.contains(&present) {
        lengths.push(present);
        lengths.sort_unstable();
    }
    lengths.into_iter().map(|seconds| (seconds.to_string(), duration(visit, seconds))).collect()
}

/// Makes the role.
pub(crate) async fn send(visit: &Visit<'_>) -> Outcome {
    let form = visit.form();
    let filled = |name: &str| form.filled(name).unwrap_or_default();
    let mut step = Step::entered(visit).await;
    let button = form.get("do");
    if button == EDITOR || step.is_open {
        step.is_open = true;
        if let Some(editor) = step.editor.after(if button == EDITOR { "edit" } else { button }) {
            return Step { editor, ..step }.answer(visit, None).await;
        }
    }
    if form.is_ticked("add-tag") {
        return step.answer(visit, None).await;
    }
    let document = step.editor.document();
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
            let words = said(visit, document).await;
            let made =
                made(visit, role, (&words, document), hidden.map(Refusal::shown).transpose()?.as_ref());
            Ok(result::keep(visit, visit.say(RESULT), made))
        }
        Err(failure) => {
            // What may be wrong with the document is said where it can be mended.
            let is_open = step.is_open || Trust::read(document).unshown.is_some();
            Step { is_open, ..step }.answer(visit, Some(&Refusal::shown(failure)?)).await
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
