//! The editor of trust policies: fields and JSON over one document. Whatever form it is part of, its buttons save nothing.
// SPEC: console, trust editor.

use std::collections::BTreeMap;

use maud::{Markup, html};

use super::document::{Statement, Trust};
use super::visual;
use crate::api::{ARGALI, text};
use crate::pairs::{Pairs, encode};
use crate::part::{Field, Fields, Weight, formatted, notice};
use crate::text::Text;
use crate::text::role::{DOCUMENT, EDIT_TRUST};
use crate::text::trust::*;
use crate::visit::Visit;

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
    const ALL: [(Self, Text); 2] = [(Self::Visual, VISUAL), (Self::Json, JSON)];

    fn of(word: &str) -> Self {
        if word == "json" { Self::Json } else { Self::Visual }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Visual => "visual",
            Self::Json => "json",
        }
    }
}

/// A document, and how it is edited.
#[derive(Clone, Debug)]
pub(crate) struct Editor {
    mode: Mode,
    document: String,
}

impl Editor {
    /// The editor that a word names, `json` or `visual`, with a document in it.
    pub(crate) fn open(word: &str, document: String) -> Self {
        Self { mode: Mode::of(word), document }
    }

    /// The editor as it was sent.
    pub(crate) async fn entered(visit: &Visit<'_>) -> Self {
        let form = visit.form();
        let mode = Mode::of(form.get("mode"));
        if mode == Mode::Json {
            return Self { mode, document: form.get("Document").to_owned() };
        }
        let mut numbers = BTreeMap::new();
        for account in visual::accounts(form) {
            let found = visit.call(ARGALI, "FindAccount", &[("Account", &account)]).await.unwrap_or_default();
            let number = Some(text(&found, "AccountId")).filter(|number| !number.is_empty());
            // What is no account here is refused, or trusted, as it was written.
            numbers.insert(account.clone(), number.unwrap_or(&account).to_owned());
        }
        let trust = visual::read(form, |account| numbers.get(account).cloned().unwrap_or_default());
        Self { mode, document: trust.write() }
    }

    /// The editor after one of its own buttons; nothing if it has no such button.
    pub(crate) fn after(&self, button: &str) -> Option<Self> {
        let with = |document: String| Some(Self { document, ..self.clone() });
        match button {
            "visual" | "json" => Some(Self { mode: Mode::of(button), ..self.clone() }),
            "edit" | "more" => Some(self.clone()),
            "format" => with(formatted(&self.document)),
            "add" => with(with_one_more(&self.document)),
            word => with(with_one_less(&self.document, word.strip_prefix("drop-")?.parse().ok()?)),
        }
    }

    /// The document.
    pub(crate) fn document(&self) -> &str {
        &self.document
    }

    /// The part of a form that it is, with why it is not shown as fields, if that is asked for or what it holds was
    /// refused.
    pub(crate) fn show(&self, visit: &Visit<'_>, was_refused: bool) -> Markup {
        let trust = Trust::read(&self.document);
        let unshown = trust.unshown.as_ref().filter(|_| self.mode == Mode::Visual || was_refused);
        let mode = if trust.unshown.is_some() { Mode::Json } else { self.mode };
        html! {
            @if let Some(why) = unshown { (notice(Weight::Warning, &html! { p { (not_visual(visit, why)) } })) }
            input type="hidden" name="mode" value=(mode.word());
            div.segments.modes role="group" aria-label=(visit.say(EDIT_TRUST)) {
                @for (other, label) in Mode::ALL {
                    button name="do" value=(other.word()) formnovalidate aria-pressed=(other == mode) { (visit.say(label)) }
                }
            }
            @if mode == Mode::Visual {
                (visual::fields(visit, &trust))
            } @else {
                section.card.stack {
                    (document_field(visit, &self.document))
                    div.actions { button.button.small name="do" value="format" formnovalidate { (visit.say(FORMAT)) } }
                }
            }
        }
    }
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

fn not_visual(visit: &Visit<'_>, (why, what): &(Text, String)) -> String {
    // These two say two numbers: a place, and how many there are of how many.
    match what.split_once(':').filter(|_| [NO_JSON, TOO_MANY_STATEMENTS].contains(why)) {
        Some((first, second)) => visit.fill(*why, &[first, second]),
        None => visit.fill(*why, &[what]),
    }
}

/// The field with a trust policy.
fn document_field(visit: &Visit<'_>, document: &str) -> Markup {
    let pairs = Pairs::read(&encode([("Document", document)]));
    let field = Field::text("Document", DOCUMENT).required().longest(LONGEST).hint(DOCUMENT_HINT);
    Fields::of(visit, pairs).show(field.kind("textarea", "off"))
}
