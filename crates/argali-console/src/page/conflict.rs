//! Two people who change the same thing: a form carries what it was filled in with, and what somebody else changed
//! meanwhile is not saved over unseen. It names who that was and when, and shows both versions.
//!
//! Operations take no version that a change is made from, as the reference's take none; so the page looks once more
//! right before it calls one.
// SPEC: console, states: conflicts ("changed by … at …") show both versions.

use maud::{Markup, html};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::activity::who;
use crate::api::{ARGALI, items, text, texts};
use crate::icon::{self, icon};
use crate::moment::moment;
use crate::need::{Need, open};
use crate::part::Table;
use crate::text::Text;
use crate::text::conflict::*;
use crate::visit::Visit;

/// The field that carries it. Nobody reads it, so that it is short however much there is.
const FIELD: &str = "made-from";
/// How many hexadecimal digits tell one state from another.
const DIGITS: usize = 24;
/// How many records are looked through for the change.
const LOOKED_AT: &str = "50";

/// What a form says it was filled in with; empty if it says nothing.
fn carried<'v>(visit: &'v Visit<'_>) -> &'v str {
    visit.form().get(FIELD)
}

fn mark(values: &[&str]) -> String {
    let mut hash = Sha256::new();
    for value in values {
        hash.update(value.len().to_be_bytes());
        hash.update(value);
    }
    let mut mark = hex::encode(hash.finalize());
    mark.truncate(DIGITS);
    mark
}

/// The field of a form that is filled in with these values, or was: then it goes on saying what it said.
pub(super) fn base(visit: &Visit<'_>, values: &[&str]) -> Markup {
    match carried(visit) {
        "" => base_anew(values),
        carried => html! { input type="hidden" name=(FIELD) value=(carried); },
    }
}

/// The same once somebody has seen what there is now.
pub(super) fn base_anew(values: &[&str]) -> Markup {
    html! { input type="hidden" name=(FIELD) value=(mark(values)); }
}

/// The same for a button that is a form of its own: the field, and what it says.
pub(super) fn carrying(values: &[&str]) -> (&'static str, String) {
    (FIELD, mark(values))
}

/// Whether what a form was filled in with is no longer what there is, and this is neither what is to be saved.
pub(super) fn is_outdated(visit: &Visit<'_>, now: &[&str], mine: &[&str]) -> bool {
    let carried = carried(visit);
    !visit.is_rehearsed() && !carried.is_empty() && carried != mark(now) && now != mine
}

/// What was changed by somebody else.
#[derive(Clone, Copy, Debug)]
pub(super) struct Changed<'a> {
    /// The operations that change it.
    pub(super) operations: &'a [&'a str],
    /// How the ARN of it ends; empty if it is a setting of the account.
    pub(super) resource: &'a str,
    /// Where it is shown as it is now.
    pub(super) theirs: &'a str,
    /// What the button is called that saves all the same, if it is called anything.
    pub(super) save: &'a str,
}

/// What the form is called that is sent all the same.
pub(super) const FORM: &str = "changed";

/// What is said above the form, with both versions, and the ways to go on.
pub(super) async fn notice(visit: &Visit<'_>, changed: &Changed<'_>, both: &Markup) -> Markup {
    let by = latest(visit, changed).await;
    let name = Some("do").filter(|_| !changed.save.is_empty());
    let value = Some(changed.save).filter(|save| !save.is_empty());
    html! {
        div.notice.danger role="alert" tabindex="-1" autofocus {
            (icon(icon::LuCircleAlert))
            div {
                p {
                    strong {
                        @match by {
                            Some(event) => (visit.phrase(CHANGED_BY, &[who(visit, &event), moment(visit, text(&event, "Time"))])),
                            None => (visit.say(CHANGED)),
                        }
                    }
                }
                p { (visit.say(NOT_SAVED)) }
                (both)
                div.actions {
                    button.button form=(FORM) name=[name] value=[value] { (visit.say(SAVE_MINE)) }
                    a.button href=(visit.to(changed.theirs)) { (visit.say(TAKE_THEIRS)) }
                }
            }
        }
    }
}

/// The record of the latest change, as far as the viewer may read it.
async fn latest(visit: &Visit<'_>, changed: &Changed<'_>) -> Option<Value> {
    let mut found: Option<Value> = None;
    for operation in changed.operations {
        let params = [("EventName", *operation), ("Outcome", "Succeeded"), ("MaxItems", LOOKED_AT)];
        if open(visit, vec![Need::call(ARGALI, "ListActivity", &params)]) != [true] {
            return None;
        }
        let answer = visit.call(ARGALI, "ListActivity", &params).await.ok()?;
        let is_of_it = |event: &&Value| {
            let ends = |arn: &&str| arn.to_lowercase().ends_with(&changed.resource.to_lowercase());
            changed.resource.is_empty() || texts(event, "Resources").iter().any(ends)
        };
        // Times are written so that their order is that of their letters.
        let newest = items(&answer, "Events").find(is_of_it);
        if let Some(event) = newest
            && found.as_ref().is_none_or(|before| text(before, "Time") < text(event, "Time"))
        {
            found = Some(event.clone());
        }
    }
    found
}

/// What a form shows whose fields somebody else changed meanwhile.
#[derive(Clone, Debug)]
pub(super) struct Conflict {
    /// What is said above it.
    pub(super) said: Markup,
    /// What it carries now that this is said.
    pub(super) base: Markup,
}

impl Conflict {
    /// Looks at the fields of a form: what each is called, what it is now, and what was entered. Nothing if nobody
    /// changed them.
    pub(super) async fn of(
        visit: &Visit<'_>,
        changed: &Changed<'_>,
        fields: &[(&str, &str, &str)],
    ) -> Option<Self> {
        let now: Vec<&str> = fields.iter().map(|(_, now, _)| *now).collect();
        let mine: Vec<&str> = fields.iter().map(|(.., mine)| *mine).collect();
        if !is_outdated(visit, &now, &mine) {
            return None;
        }
        let said = notice(visit, changed, &beside(visit, fields)).await;
        Some(Self { said, base: base_anew(&now) })
    }

    /// The same of values that are said otherwise than they are sent: what they are now and what was entered, and both in
    /// words, by what each is called.
    pub(super) async fn in_words(
        visit: &Visit<'_>,
        changed: &Changed<'_>,
        (now, mine): (&[&str], &[&str]),
        said: &[(&str, String, String)],
    ) -> Option<Self> {
        if !is_outdated(visit, now, mine) {
            return None;
        }
        let said: Vec<_> =
            said.iter().map(|(label, now, mine)| (*label, now.as_str(), mine.as_str())).collect();
        let said = notice(visit, changed, &beside(visit, &said)).await;
        Some(Self { said, base: base_anew(now) })
    }
}

/// What is said above a form, if somebody changed its fields.
pub(super) fn said(conflict: Option<&Conflict>) -> Markup {
    html! { @if let Some(conflict) = conflict { (conflict.said) } }
}

/// What a form carries whose fields are these now.
pub(super) fn base_in(visit: &Visit<'_>, conflict: Option<&Conflict>, now: &[&str]) -> Markup {
    conflict.map_or_else(|| base(visit, now), |conflict| conflict.base.clone())
}

/// Values of fields, as they are now and as they were entered, beside each other where they differ.
fn beside(visit: &Visit<'_>, fields: &[(&str, &str, &str)]) -> Markup {
    let differing = fields.iter().filter(|(_, now, mine)| now != mine);
    let row = |(label, now, mine): &(&str, &str, &str)| {
        vec![html! { (label) }, html! { bdi { (now) } }, html! { bdi { (mine) } }]
    };
    let columns: &[Text] = &[WHAT, THEIRS, MINE];
    Table { caption: BOTH, columns, rows: differing.map(row).collect() }.show(visit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_tell_values_and_their_borders_apart() {
        assert_eq!(mark(&["a", "b"]), mark(&["a", "b"]));
        assert_eq!(mark(&["a", "b"]).len(), DIGITS);
        for other in [&["ab", ""][..], &["a", "B"], &["b", "a"], &["a"], &[]] {
            assert_ne!(mark(&["a", "b"]), mark(other), "{other:?}");
        }
    }
}
