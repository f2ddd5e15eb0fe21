//! Whom a role trusts: in words, as fields, as JSON, and changed once its effect was seen.
// SPEC: console, role details, trust editor.

pub(crate) mod compose;
pub(crate) mod document;
mod editor;
pub(crate) mod review;
mod visual;
pub(crate) mod words;

use argali_protocol::ApiFailure;
use maud::{Markup, html};
use serde_json::Value;

use super::path_of;
use crate::answer::Answer;
use crate::api::{RAM, text};
use crate::need::{Need, needing, way};
use crate::page::account::Names;
use crate::page::{Outcome, Refusal, conflict};
use crate::pairs::Pairs;
use crate::part::{act, code, formatted, heading, indented, show_api, summary};
use crate::shell::{self, token};
use crate::text::role::{EDIT_TRUST, TRUST};
use crate::text::shell::CANCEL;
use crate::text::trust::*;
use crate::text::user::REMOVE;
use crate::visit::Visit;
use document::{Trust, without};
pub(crate) use editor::Editor;

/// What changing a trust policy needs.
fn update(role: &str) -> Need {
    Need::call(RAM, "UpdateRole", &[("RoleName", role)])
}

/// The tab of a role's page.
pub(crate) async fn part(visit: &Visit<'_>, role: &Value) -> Markup {
    let name = text(role, "RoleName");
    let document = text(role, "AssumeRolePolicyDocument");
    let trust = Trust::read(document);
    let names = Names::of(visit, trust.accounts()).await;
    let path = format!("{}/trust", path_of(name));
    let remove = |line: &words::Line| {
        let statement = line.statement.to_string();
        let whom = [
            ("kind", line.principal.kind.as_str()),
            ("name", &line.principal.name),
            ("statement", &statement),
        ];
        let fields: Vec<_> = [("do", "remove")].into_iter().chain(whom).collect();
        html! {
            @if !line.denies {
                (needing(visit, update(name), &act(visit, &path, &fields, ("quiet danger", REMOVE))))
            }
        }
    };
    html! {
        section.card.stack {
            div.card-head {
                h2 { (visit.say(TRUST)) }
                (way(visit, update(name), &path, ("button", EDIT_TRUST)))
            }
            (words::list_of(visit, &words::lines(visit, &names, &trust), remove))
            (words::warning(visit, &trust))
        }
        section.card.stack {
            h2 { (visit.say(JSON)) }
            (code(&indented(document)))
        }
    }
}

/// The editor, as it is opened.
pub(crate) async fn edit(visit: &Visit<'_>, name: &str) -> Outcome {
    let role = Edited::find(visit, name).await?;
    let editor = Editor::open(visit.query().get("mode"), indented(&role.document));
    Ok(role.page(visit, &editor, None))
}

/// Does what a button of the editor says: none of them saves but the last.
pub(crate) async fn change(visit: &Visit<'_>, name: &str) -> Outcome {
    let role = Edited::find(visit, name).await?;
    let form = visit.form();
    // "Show API call" is about saving, wherever it is pressed.
    let button = if visit.is_rehearsed() { "save" } else { form.get("do") };
    let editor = match (button, form.filled("Document")) {
        ("remove", _) => Editor::open(form.get("mode"), role.without_one(form)),
        // The review has it as it was reviewed.
        ("save" | "edit", Some(document)) => Editor::open(form.get("mode"), document.to_owned()),
        _ => Editor::entered(visit).await,
    };
    if let Some(editor) = editor.after(button) {
        return Ok(role.page(visit, &editor, None));
    }
    let outcome = match button {
        "save" if review::is_outdated(visit, &role.document, editor.document()) => {
            let shown = review::show(visit, &role.name, &role.document, editor.document()).await;
            shown.map(|answer| answer.of_status(409))
        }
        "save" => review::save(visit, &role.name, editor.document()).await,
        _ => review::show(visit, &role.name, &role.document, editor.document()).await,
    };
    match outcome {
        Err(Refusal::Failed(failure)) => Ok(role.page(visit, &editor, Some(&Refusal::shown(failure)?))),
        outcome => outcome,
    }
}

/// A role whose trust policy is edited.
#[derive(Debug)]
struct Edited {
    name: String,
    document: String,
}

impl Edited {
    async fn find(visit: &Visit<'_>, name: &str) -> Result<Self, ApiFailure> {
        let answer = visit.call(RAM, "GetRole", &[("RoleName", name)]).await?;
        let role = answer.get("Role").unwrap_or(&Value::Null);
        let [name, document] =
            ["RoleName", "AssumeRolePolicyDocument"].map(|member| text(role, member).to_owned());
        Ok(Self { name, document })
    }

    /// The document without the principal that a form names.
    fn without_one(&self, form: &Pairs) -> String {
        let statement = form.get("statement").parse().unwrap_or(usize::MAX);
        without(&self.document, |at, principal| {
            at == statement && principal.kind == form.get("kind") && principal.name == form.get("name")
        })
    }

    fn page(&self, visit: &Visit<'_>, editor: &Editor, failure: Option<&ApiFailure>) -> Answer {
        let content = html! {
            (heading(&html! { bdi { (self.name) } "\u{a0}· " (visit.say(EDIT_TRUST)) }, Some(visit.say(EDITOR_WHAT)), &html! {}))
            @if let Some(failure) = failure { (summary(visit, failure)) }
            form.stack.code.editor method="post" action=(visit.to(&format!("{}/trust", path_of(&self.name)))) {
                (token(visit))
                (conflict::base(visit, &[&formatted(editor.document())]))
                // Enter in a field reviews: the first button is what it presses.
                button.hidden name="do" value="review" tabindex="-1" aria-hidden="true" { (visit.say(REVIEW)) }
                (editor.show(visit, failure.is_some()))
                div.actions {
                    button.button.main name="do" value="review" { (visit.say(REVIEW)) }
                    a.button href=(visit.to(&format!("{}?tab=trust", path_of(&self.name)))) { (visit.say(CANCEL)) }
                    (show_api(visit))
                }
            }
        };
        let status = failure.map_or(200, |failure| failure.status);
        Answer::page(status, shell::page(visit, visit.say(EDIT_TRUST), &content))
    }
}
