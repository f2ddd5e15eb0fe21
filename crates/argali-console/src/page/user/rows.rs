//! The rows of the form that makes users: what was entered into each, and what is wrong with it.
// SPEC: console, create user.

use argali_core::name::UserName;
use maud::{Markup, html};

use crate::api::RAM;
use crate::icon::{self, icon};
use crate::page::new_tags;
use crate::text::user::*;
use crate::visit::Visit;

/// How many users one form makes at most.
pub(super) const MOST: usize = 20;

/// Something that is wrong with a form: the id of the field, if it is one, and the words.
pub(super) type Wrong = (Option<String>, String);

/// What was entered for one user.
#[derive(Clone, Debug, Default)]
pub(super) struct Row {
    pub(super) name: String,
    pub(super) display: String,
    pub(super) tags: Vec<(String, String)>,
}

impl Row {
    /// Whether nothing was entered into it: such a row is left out.
    fn is_empty(&self) -> bool {
        self.name.is_empty() && self.display.is_empty() && self.tags.is_empty()
    }
}

/// The rows of the form that was sent, after the button that adds one or takes one out; one that is empty if it has none.
pub(super) fn entered(visit: &Visit<'_>) -> Vec<Row> {
    let form = visit.form();
    let displays = form.all("DisplayName").chain(std::iter::repeat(""));
    let names = form.all("UserName").zip(displays).take(MOST).enumerate();
    let mut rows: Vec<Row> = names
        .map(|(at, (name, display))| {
            let tags = new_tags::entered_for(visit, &at.to_string());
            Row {
                name: name.trim().to_owned(),
                display: display.trim().to_owned(),
                tags: tags.into_iter().map(|(key, value)| (key.to_owned(), value.to_owned())).collect(),
            }
        })
        .collect();
    if let Some(at) =
        form.filled("drop").and_then(|at| at.parse::<usize>().ok()).filter(|at| *at < rows.len())
    {
        rows.remove(at);
    }
    if rows.is_empty() || (form.is_ticked("add") && rows.len() < MOST) {
        rows.push(Row::default());
    }
    rows
}

/// Whether a button was pressed that only changes the rows.
pub(super) fn is_changing(visit: &Visit<'_>) -> bool {
    ["add", "drop", "add-tag"].iter().any(|button| visit.form().is_ticked(button))
}

/// The id of the field with the logon name of a row.
pub(super) fn name_id(at: usize) -> String {
    format!("UserName{at}")
}

/// The id of the field with its display name.
pub(super) fn display_id(at: usize) -> String {
    format!("DisplayName{at}")
}

/// What is wrong with the names, as far as that can be said before any user is made.
pub(super) async fn wrong(visit: &Visit<'_>, rows: &[Row]) -> Vec<Wrong> {
    let mut wrong = Vec::new();
    let mut seen = Vec::new();
    for (at, row) in rows.iter().enumerate().filter(|(_, row)| !row.is_empty()) {
        let words = match row.name.parse::<UserName>() {
            // Whoever is called something must not be left out unsaid.
            Err(_) if row.name.is_empty() => Some(NAME_MISSING),
            Err(_) => Some(NAME_HINT),
            Ok(name) if seen.contains(&name.folded()) => Some(NAME_TWICE),
            Ok(name) => {
                seen.push(name.folded());
                // One user alone is refused as a whole; of several some would be made.
                let is_taken =
                    rows.len() > 1 && visit.call(RAM, "GetUser", &[("UserName", &row.name)]).await.is_ok();
                is_taken.then_some(NAME_TAKEN)
            }
        };
        wrong.extend(words.map(|words| (Some(name_id(at)), visit.say(words).to_owned())));
        let tag = new_tags::wrong_for(&at.to_string(), &row.tags);
        wrong.extend(tag.map(|(field, words)| (Some(field), visit.say(words).to_owned())));
    }
    if rows.iter().all(Row::is_empty) {
        wrong.push((Some(name_id(0)), visit.say(NAME_MISSING).to_owned()));
    }
    wrong
}

/// The rows as fields.
pub(super) fn fields(visit: &Visit<'_>, rows: &[Row], wrong: &[Wrong]) -> Markup {
    html! {
        @for (at, row) in rows.iter().enumerate() { (one(visit, (at, row), rows.len() > 1, wrong)) }
        p.hint { (visit.say(NAME_HINT)) " · " (visit.fill(NAME_SUFFIX, &[visit.account_called()])) }
        @if rows.len() < MOST {
            div { button.button.small name="add" value="true" formnovalidate { (icon(icon::LuPlus)) (visit.say(ADD)) } }
        }
    }
}

fn one(visit: &Visit<'_>, (at, row): (usize, &Row), is_of_several: bool, wrong: &[Wrong]) -> Markup {
    let called = visit.fill(ROW, &[&(at + 1).to_string()]);
    let tags: Vec<_> = row.tags.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
    html! {
        div.stack role="group" aria-label=(called) {
            @if is_of_several {
                div.card-head {
                    h3 { (called) }
                    button.quiet.danger name="drop" value=(at) formnovalidate aria-label=(visit.fill(REMOVE_ROW, &[&(at + 1).to_string()])) {
                        (icon(icon::LuX)) (visit.say(REMOVE))
                    }
                }
            }
            div.row {
                (field((&name_id(at), "UserName", visit.say(NAME)), &row.name, (64, at == 0), wrong))
                (field((&display_id(at), "DisplayName", visit.say(DISPLAY_NAME)), &row.display, (128, false), wrong))
            }
            (new_tags::fields_for(visit, (&at.to_string(), &at.to_string()), &tags, wrong))
        }
    }
}

fn field(
    (id, name, label): (&str, &str, &str),
    value: &str,
    (longest, required): (u32, bool),
    wrong: &[Wrong],
) -> Markup {
    let error = wrong.iter().find(|(field, _)| field.as_deref() == Some(id)).map(|(_, words)| words);
    let described = error.map(|_| format!("{id}-error"));
    html! {
        div.field {
            label for=(id) { (label) }
            input id=(id) name=(name) value=(value) maxlength=(longest) required[required] autocomplete="off"
                autocapitalize="none" spellcheck="false" aria-describedby=[described.as_deref()]
                aria-invalid=[error.map(|_| "true")];
            @if let Some(error) = error { p.error id=[described.as_deref()] { (error) } }
        }
    }
}
