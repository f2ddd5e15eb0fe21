//! Tags of what is being made.

use argali_core::tag::{Flaw, Half, LONGEST_KEY, MOST_TAGS, Values};
use maud::{Markup, html};

use crate::icon::{self, icon};
use crate::text::Text;
use crate::text::tag::*;
use crate::visit::Visit;

/// The tags that the form has, a row of key and value each.
pub(crate) fn entered<'v>(visit: &'v Visit<'_>) -> Vec<(&'v str, &'v str)> {
    entered_for(visit, "")
}

/// The same of one of several things that a form makes.
pub(crate) fn entered_for<'v>(visit: &'v Visit<'_>, of: &str) -> Vec<(&'v str, &'v str)> {
    let form = visit.form();
    let [keys, values] = ["NewTagKey", "NewTagValue"].map(|name| format!("{name}{of}"));
    let pairs: Vec<_> = form.all(&keys).zip(form.all(&values)).collect();
    let trimmed = pairs.into_iter().map(|(key, value)| (key.trim(), value.trim()));
    trimmed.filter(|(key, value)| !key.is_empty() || !value.is_empty()).collect()
}

/// What is wrong with tags that a form has for one of several users, who would otherwise be made without them: the id of
/// the field, and the words. Whoever puts them on judges them once more, by the same rule.
pub(crate) fn wrong_for(of: &str, tags: &[(String, String)]) -> Option<(String, Text)> {
    // Operations tell keys apart by case; whoever types two such keys has made a slip.
    let folded: Vec<_> = tags.iter().map(|(key, _)| key.to_lowercase()).collect();
    let texts = folded.iter().map(String::as_str).zip(tags.iter().map(|(_, value)| value.as_str()));
    let (at, half, flaw) = Values::ShortUnreserved.flaw(texts)?;
    let (name, is_keyless) = match half {
        Half::Key => ("NewTagKey", tags.get(at).is_some_and(|(key, _)| key.is_empty())),
        Half::Value => ("NewTagValue", false),
    };
    let words = match flaw {
        Flaw::Length if is_keyless => KEY_MISSING,
        Flaw::Length => TOO_LONG,
        Flaw::Reserved(_) | Flaw::Address => RESERVED,
        Flaw::Twice => KEY_TWICE,
    };
    Some((format!("{name}{of}-{at}"), words))
}

/// The fields for them: what was entered, and one row more.
pub(crate) fn fields(visit: &Visit<'_>) -> Markup {
    fields_for(visit, ("", "true"), &entered(visit), &[])
}

/// The same of one of several things that a form makes. `of` stands at the end of the names of the fields, and `press` is
/// what the button for one more row sends; `wrong` has what is wrong, by the ids of the fields.
pub(crate) fn fields_for(
    visit: &Visit<'_>,
    (of, press): (&str, &str),
    entered: &[(&str, &str)],
    wrong: &[(Option<String>, String)],
) -> Markup {
    let is_pressed = visit.form().get("add-tag") == press;
    let free = (entered.len() < MOST_TAGS).then_some(("", ""));
    let tags: Vec<(&str, &str)> = entered.iter().copied().chain(free).collect();
    let field = |name: &str, at: usize, label, value: &str| {
        let name = format!("{name}{of}");
        let id = format!("{name}-{at}");
        let error =
            wrong.iter().find(|(field, _)| field.as_deref() == Some(id.as_str())).map(|(_, words)| words);
        let described = error.map(|_| format!("{id}-error"));
        html! {
            div.field {
                label for=(id) { (visit.say(label)) }
                input id=(id) name=(name) value=(value) maxlength=(LONGEST_KEY) autocomplete="off"
                    aria-describedby=[described.as_deref()] aria-invalid=[error.map(|_| "true")];
                @if let Some(error) = error { p.error id=[described.as_deref()] { (error) } }
            }
        }
    };
    html! {
        details.tags open[is_pressed || !entered.is_empty()] {
            summary { (icon(icon::LuTag)) (visit.say(TITLE)) }
            div.stack {
                @for (at, (key, value)) in tags.iter().enumerate() {
                    div.row { (field("NewTagKey", at, KEY, key)) (field("NewTagValue", at, VALUE, value)) }
                }
                p.hint { (visit.say(HINT)) }
                div { button.button.small name="add-tag" value=(press) formnovalidate { (icon(icon::LuPlus)) (visit.say(ADD)) } }
            }
        }
    }
}
