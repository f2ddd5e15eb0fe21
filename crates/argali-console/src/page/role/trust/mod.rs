//! Whom a role trusts: in words, as fields, as JSON, and changed once its effect was seen.
// SPEC: console, role details, trust editor.

pub(crate) mod compose;
pub(crate) mod document;
pub(crate) mod review;
mod visual;
pub(crate) mod words;

use std::collections::BTreeMap;

use argali_protocol::ApiFailure;
use maud::{Markup, html};
use serde_json::Value;

use super::path_of;
use crate::answer::Answer;
use crate::api::{ARGALI, RAM, text};
use crate::need::{Need, needing, way};
use crate::page::account::Names;
use crate::page::{Outcome, Refusal};
use crate::pairs::{Pairs, encode};
use crate::part::{
    Field, Fields, Weight, act, code, formatted, heading, indented, notice, show_api, summary,
};
use crate::shell::{self, token};
use crate::text::role::{DOCUMENT, EDIT_TRUST, TRUST};
use crate::text::shell::CANCEL;
use crate::text::trust::*;
use crate::text::user::REMOVE;
use crate::visit::Visit;
use document::{Statement, Trust, without};

/// How many characters a trust policy has at most.
// SPEC: limits, quotas.
const LONGEST: u32 = 4_096;

/// How a trust policy is edited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    Visual,
    Json,
}

impl Mode {
    const ALL: [Self; 2] = [Self::Visual, Self::Json];

    fn of(word: &str) -> Self {
        if word == "json" { Self::Json } else { Self::Visual }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Visual => "visual",
            Self::Json => "json",
        }
    }

    fn label(self) -> crate::text::Text {
        match self {
            Self::Visual => VISUAL,
            Self::Json => JSON,
        }
    }
}

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
    let mode = Mode::of(visit.query().get("mode"));
    let document = indented(&role.document);
    Ok(role.editor(visit, mode, &document, None))
}

/// Does what a button of the editor says: none of them saves but the last.
pub(crate) async fn change(visit: &Visit<'_>, name: &str) -> Outcome {
    let role = Edited::find(visit, name).await?;
    let form = visit.form();
    let mode = Mode::of(form.get("mode"));
    // "Show API call" is about saving, wherever it is pressed.
    let button = if visit.is_rehearsed() { "save" } else { form.get("do") };
    let document = match (button, form.filled("Document")) {
        ("remove", _) => role.without_one(form),
        // The review has it as it was reviewed.
        ("save" | "edit", Some(document)) => document.to_owned(),
        _ => entered(visit, mode).await,
    };
    let outcome = match button {
        "visual" => return Ok(role.editor(visit, Mode::Visual, &document, None)),
        "json" => return Ok(role.editor(visit, Mode::Json, &document, None)),
        "edit" | "more" => return Ok(role.editor(visit, mode, &document, None)),
        "format" => return Ok(role.editor(visit, mode, &formatted(&document), None)),
        "add" => return Ok(role.editor(visit, mode, &with_one_more(&document), None)),
        "save" => review::save(visit, &role.name, &document).await,
        word => match word.strip_prefix("drop-").and_then(|at| at.parse().ok()) {
            Some(at) => return Ok(role.editor(visit, mode, &with_one_less(&document, at), None)),
            None => review::show(visit, &role.name, &role.document, &document).await,
        },
    };
    match outcome {
        Err(Refusal::Failed(failure)) => {
            Ok(role.editor(visit, mode, &document, Some(&Refusal::shown(failure)?)))
        }
        outcome => outcome,
    }
}

/// The document that the editor was sent with.
async fn entered(visit: &Visit<'_>, mode: Mode) -> String {
    let form = visit.form();
    if mode == Mode::Json {
        return form.get("Document").to_owned();
    }
    let mut numbers = BTreeMap::new();
    for account in visual::accounts(form) {
        let found = visit.call(ARGALI, "FindAccount", &[("Account", &account)]).await.unwrap_or_default();
        let number = Some(text(&found, "AccountId")).filter(|number| !number.is_empty());
        // What is no account here is refused, or trusted, as it was written.
        numbers.insert(account.clone(), number.unwrap_or(&account).to_owned());
    }
    visual::read(form, |account| numbers.get(account).cloned().unwrap_or_default()).write()
}

fn with_one_more(document: &str) -> String {
    let mut trust = Trust::read(document);
    trust.statements.push(Statement { denies: false, principals: Vec::new(), conditions: Vec::new() });
    trust.write()
}

fn with_one_less(document: &str, at: usize) -> String {
    let mut trust = Trust::read(document);
    if at < trust.statements.len() {
        trust.statements.remove(at);
    }
    trust.write()
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

    fn editor(
        &self,
        visit: &Visit<'_>,
        wanted: Mode,
        document: &str,
        failure: Option<&ApiFailure>,
    ) -> Answer {
        let trust = Trust::read(document);
        let unshown = trust.unshown.as_ref().filter(|_| wanted == Mode::Visual);
        let mode = if unshown.is_some() { Mode::Json } else { wanted };
        let content = html! {
            (heading(&html! { bdi { (self.name) } "\u{a0}· " (visit.say(EDIT_TRUST)) }, Some(visit.say(EDITOR_WHAT)), &html! {}))
            @if let Some(failure) = failure { (summary(visit, failure)) }
            @if let Some(why) = unshown.or(trust.unshown.as_ref().filter(|_| failure.is_some())) {
                (notice(Weight::Warning, &html! { p { (not_visual(visit, why)) } }))
            }
            form.stack.code.editor method="post" action=(visit.to(&format!("{}/trust", path_of(&self.name)))) {
                (token(visit))
                // Enter in a field reviews: the first button is what it presses.
                button.hidden name="do" value="review" tabindex="-1" aria-hidden="true" { (visit.say(REVIEW)) }
                input type="hidden" name="mode" value=(mode.word());
                div.segments.modes role="group" aria-label=(visit.say(EDIT_TRUST)) {
                    @for other in Mode::ALL {
                        button name="do" value=(other.word()) formnovalidate aria-pressed=(other == mode) { (visit.say(other.label())) }
                    }
                }
                @if mode == Mode::Visual {
                    (visual::fields(visit, &trust))
                } @else {
                    section.card.stack {
                        (document_field(visit, document))
                        div.actions { button.button.small name="do" value="format" formnovalidate { (visit.say(FORMAT)) } }
                    }
                }
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

fn not_visual(visit: &Visit<'_>, (why, what): &(crate::text::Text, String)) -> String {
    // These two say two numbers: a place, and how many there are of how many.
    match what.split_once(':').filter(|_| [NO_JSON, TOO_MANY_STATEMENTS].contains(why)) {
        Some((first, second)) => visit.fill(*why, &[first, second]),
        None => visit.fill(*why, &[what]),
    }
}

/// The field with a trust policy.
pub(crate) fn document_field(visit: &Visit<'_>, document: &str) -> Markup {
    let pairs = Pairs::read(&encode([("Document", document)]));
    let field = Field::text("Document", DOCUMENT).required().longest(LONGEST).hint(DOCUMENT_HINT);
    Fields::of(visit, pairs).show(field.kind("textarea", "off"))
}
