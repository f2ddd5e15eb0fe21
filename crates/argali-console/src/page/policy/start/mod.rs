//! What a new policy starts from: a template, another policy, or what calls did.
//!
//! The pages carry along what stands in the editor, as its own buttons do, so that nothing that was typed is lost.
// SPEC: console, policies: create: import.

mod offer;
mod source;
mod template;

use maud::{Markup, html};
use serde_json::{Value, json};

use self::source::{Chosen, Origin};
use self::template::{Blank, Template};
use super::TEMPLATE;
use super::edit::{self, Draft, Mode};
use super::vocabulary::Vocabulary;
use crate::answer::Answer;
use crate::api::{is_absent, is_denied, many};
use crate::page::{Outcome, Refusal, api_call};
use crate::pairs::{Pairs, encode};
use crate::part::{Fields, Weight, choices, explained, indented, notice, select, show_api, summary_of};
use crate::shell::{self, token};
use crate::text::Text;
use crate::text::policy_start::*;
use crate::visit::Visit;

/// What buttons that lead here are called, before the kind.
const OPEN: &str = "start-";
/// What the button is called that uses what was chosen.
const TAKE: &str = "take";

/// How many statements are shown as fields at once.
const MOST_AS_FIELDS: usize = 2;

/// What there is to start from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Template,
    System,
    Own,
    Activity,
}

impl Kind {
    const ALL: [Self; 4] = [Self::Template, Self::System, Self::Own, Self::Activity];

    fn word(self) -> &'static str {
        match self {
            Self::Template => "template",
            Self::System => "system",
            Self::Own => "own",
            Self::Activity => "activity",
        }
    }

    fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }

    fn label(self) -> (Text, Text) {
        match self {
            Self::Template => (TEMPLATE_LABEL, TEMPLATE_WHAT),
            Self::System => (SYSTEM, SYSTEM_WHAT),
            Self::Own => (OWN, OWN_WHAT),
            Self::Activity => (ACTIVITY, ACTIVITY_WHAT),
        }
    }
}

/// What the visit says, in its form or its address.
fn said<'v>(visit: &'v Visit<'_>) -> &'v Pairs {
    if visit.is_post() { visit.form() } else { visit.query() }
}

/// The buttons of the editor that lead here, with all that it holds.
pub(super) fn buttons(visit: &Visit<'_>) -> Markup {
    html! {
        section.card.stack {
            h2 { (visit.say(START)) }
            div.actions {
                @for kind in Kind::ALL {
                    button.button name="do" value=(format!("{OPEN}{}", kind.word())) formnovalidate {
                        (visit.say(kind.label().0))
                    }
                }
            }
            p.hint { (visit.say(START_HINT)) }
        }
    }
}

/// The address of the editor with a copy of a policy.
pub(super) fn path_with(policy: &str) -> String {
    format!("{}/new?{}", super::LIST, encode([("start", "copy"), ("choice", policy)]))
}

/// The page that an address asks for, if it asks for one of these; else nothing.
pub(super) async fn begin(visit: &Visit<'_>, draft: &mut Draft<'_>) -> Option<Outcome> {
    let start = visit.query().get("start");
    let kind = Kind::of(start);
    if visit.query().filled("choice").is_some() && (kind.is_some() || start == "copy") {
        return Some(take(visit, draft, kind.unwrap_or(Kind::Own)).await);
    }
    Some(page(visit, draft, kind?, None).await)
}

/// What a button leads to, if it is one of these pages'; else nothing.
pub(super) async fn send(visit: &Visit<'_>, draft: &mut Draft<'_>) -> Option<Outcome> {
    let pressed = visit.form().get("do");
    if let Some(kind) = pressed.strip_prefix(OPEN) {
        let kind = Kind::of(kind)?;
        return Some(page(visit, draft, kind, None).await);
    }
    // "Show API call" presses no button of ours: what would be made is the policy with what is chosen here.
    let kind = Kind::of(visit.form().get("from"))?;
    let is_taken = pressed == TAKE || (pressed.is_empty() && api_call::is_asked(visit));
    if !is_taken {
        return None;
    }
    Some(take(visit, draft, kind).await)
}

/// Puts what was chosen into the editor.
async fn take(visit: &Visit<'_>, draft: &mut Draft<'_>, kind: Kind) -> Outcome {
    let chosen = match source::chosen(visit, kind).await {
        // What was typed is not to be lost to a policy that the viewer may not read.
        Err(Refusal::Failed(failure)) if is_denied(&failure) || is_absent(&failure) => {
            return page(visit, draft, kind, Some(&explained(visit, &failure))).await;
        }
        chosen => chosen?,
    };
    match chosen {
        Chosen::Nothing(words) => page(visit, draft, kind, Some(visit.say(words))).await,
        Chosen::Blanks(template, wrong) => blanks(visit, draft, template, wrong).await,
        Chosen::This(origin) => {
            enter(draft, origin, said(visit).get("how"));
            if visit.is_post() && api_call::is_asked(visit) {
                return edit::save(visit, draft).await;
            }
            edit::editor(visit, draft, None).await
        }
    }
}

/// The draft with a document that is added to its own or replaces it. A name and a description that were typed stay.
fn enter(draft: &mut Draft<'_>, origin: Origin, how: &str) {
    let added = (how == "add").then(|| added(&draft.document, &origin.document)).flatten();
    draft.document = indented(&added.unwrap_or(origin.document));
    // SPEC: console, budgets: the fields of many statements are more than a page may have.
    draft.mode = if count(&draft.document) > MOST_AS_FIELDS { Mode::Json } else { Mode::Visual };
    draft.services.clear();
    draft.note = Some(TAKEN);
    if draft.name.is_empty() {
        draft.name = origin.name;
    }
    if draft.description.is_empty() {
        draft.description = origin.description;
    }
}

/// The statements of both; nothing where the first has none that can be read.
fn added(document: &str, more: &str) -> Option<String> {
    let mut whole: Value = serde_json::from_str(document).ok()?;
    let more: Value = serde_json::from_str(more).ok()?;
    let statements = statements(&whole)?.chain(many(more.get("Statement"))).cloned().collect::<Vec<_>>();
    whole.as_object_mut()?.insert("Statement".to_owned(), json!(statements));
    Some(whole.to_string())
}

fn statements(document: &Value) -> Option<impl Iterator<Item = &Value>> {
    let statements = document.as_object()?.get("Statement")?;
    (statements.is_array() || statements.is_object()).then(|| many(Some(statements)))
}

/// How many statements a document has.
fn count(document: &str) -> usize {
    let document: Value = serde_json::from_str(document).unwrap_or_default();
    many(document.get("Statement")).count()
}

/// What stands in the editor, as far as it is to be asked about.
#[derive(Debug, PartialEq, Eq)]
enum There {
    /// What every new policy begins with, or nothing.
    Untouched,
    /// Statements that others can be added to.
    Statements,
    /// Something else.
    Other,
}

fn there(document: &str) -> There {
    let read = |text: &str| serde_json::from_str::<Value>(text).ok();
    if document.trim().is_empty() || read(document) == read(TEMPLATE) {
        return There::Untouched;
    }
    match read(document).as_ref().and_then(statements).map(Iterator::count) {
        Some(0) => There::Untouched,
        Some(_) => There::Statements,
        None => There::Other,
    }
}

/// The page that offers what there is of a kind.
async fn page(visit: &Visit<'_>, draft: &Draft<'_>, kind: Kind, wrong: Option<&str>) -> Outcome {
    let offer = match kind {
        Kind::Template => offer::templates(visit),
        Kind::System | Kind::Own => offer::policies(visit, kind).await?,
        Kind::Activity => offer::calls(visit).await?,
    };
    let open = format!("{OPEN}{}", kind.word());
    let content = html! {
        // What Enter presses: it looks for what was typed.
        button.hidden name="do" value=(open) formnovalidate tabindex="-1" aria-hidden="true" { (visit.say(SHOW)) }
        div.segments.modes role="group" aria-label=(visit.say(START)) {
            @for other in Kind::ALL {
                button name="do" value=(format!("{OPEN}{}", other.word())) formnovalidate aria-pressed=(other == kind) {
                    (visit.say(other.label().0))
                }
            }
        }
        section.card.stack #offer { p.hint { (visit.say(kind.label().1)) } (offer) }
    };
    Ok(form(visit, draft, (kind, visit.say(START)), &content, wrong.map(|words| ("offer", words))))
}

/// The page that asks for what a template leaves open.
async fn blanks(visit: &Visit<'_>, draft: &Draft<'_>, template: &Template, wrong: Option<&Blank>) -> Outcome {
    let words = Vocabulary::of(visit).await;
    let form_said = said(visit);
    let value = |blank: &Blank| match form_said.all(blank.field.name).next() {
        Some(entered) => entered.to_owned(),
        None => blank.example.to_owned(),
    };
    let values: Vec<_> =
        template.blanks.iter().map(|blank| (blank.field.name.to_owned(), value(blank))).collect();
    let complaint = visit.say(BLANK_WRONG);
    let mut fields = Fields::of(visit, Pairs::of(values));
    if let Some(wrong) = wrong {
        fields = fields.wrong(wrong.field.name, Some(complaint));
    }
    let services: Vec<_> = words.services().map(|code| (code, code.to_owned())).collect();
    let content = html! {
        // What Enter presses.
        button.hidden name="do" value=(TAKE) tabindex="-1" aria-hidden="true" { (visit.say(USE)) }
        input type="hidden" name="choice" value=(format!("Template/{}", template.key));
        section.card.stack {
            p { (visit.say(template.about)) }
            @for blank in template.blanks {
                @if blank.field.name == template::SERVICE && !services.is_empty() {
                    (select(visit, (template::SERVICE, blank.field.label), &value(blank), &services))
                } @else {
                    (fields.show(blank.field))
                }
            }
        }
    };
    let title = visit.fill(FILL_IN, &[visit.say(template.name)]);
    let wrong = wrong.map(|blank| (blank.field.name, complaint));
    Ok(form(visit, draft, (Kind::Template, &title), &content, wrong))
}

/// A page with what stands in the editor beside it.
fn form(
    visit: &Visit<'_>,
    draft: &Draft<'_>,
    (kind, title): (Kind, &str),
    content: &Markup,
    wrong: Option<(&str, &str)>,
) -> Answer {
    let content = html! {
        div.narrow {
            h1 { (title) }
            @if let Some((field, words)) = wrong { (summary_of(&[(Some(field), words)])) }
            form.stack method="post" action=(visit.to(&draft.path())) {
                (token(visit))
                (draft.hidden())
                input type="hidden" name="mode" value="json";
                input type="hidden" name="PolicyDocument" value=(draft.document);
                input type="hidden" name="from" value=(kind.word());
                (content)
                (how(visit, &draft.document))
                div.actions {
                    button.button.main name="do" value=(TAKE) { (visit.say(USE)) }
                    button.button name="do" value="visual" formnovalidate { (visit.say(BACK)) }
                    (show_api(visit))
                }
            }
        }
    };
    Answer::page(if wrong.is_some() { 400 } else { 200 }, shell::page(visit, title, &content))
}

/// Asks what becomes of the document that stands in the editor.
fn how(visit: &Visit<'_>, document: &str) -> Markup {
    let chosen = said(visit).filled("how").unwrap_or("add");
    let options = [("add", HOW_ADD), ("replace", HOW_REPLACE)];
    let options = options.map(|(value, label)| (value, visit.say(label).to_owned()));
    match there(document) {
        There::Untouched => html! {},
        There::Other => notice(Weight::Warning, &html! { p { (visit.say(NOT_ADDED)) } }),
        There::Statements => html! {
            section.card.stack { (choices(visit, ("how", HOW), chosen, &options, Some(HOW_REPLACE_HINT))) }
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_are_added_to_those_that_stand_there() {
        let one = r#"{"Version":"1","Statement":{"Effect":"Deny"}}"#;
        let more = r#"{"Version":"1","Statement":[{"Effect":"Allow"}]}"#;
        let both: Value = serde_json::from_str(&added(one, more).unwrap()).unwrap();
        assert_eq!(both["Statement"], json!([{ "Effect": "Deny" }, { "Effect": "Allow" }]));
        for broken in ["{", "[]", r#"{"Statement":1}"#, "{}"] {
            assert_eq!(added(broken, more), None, "{broken}");
        }
    }

    #[test]
    fn only_what_somebody_wrote_is_asked_about() {
        for (document, expected) in [
            ("", There::Untouched),
            (TEMPLATE, There::Untouched),
            (r#"{"Version":"1","Statement":[]}"#, There::Untouched),
            (r#"{"Version":"1","Statement":[{"Effect":"Deny"}]}"#, There::Statements),
            ("{", There::Other),
        ] {
            assert_eq!(there(document), expected, "{document}");
        }
    }
}
