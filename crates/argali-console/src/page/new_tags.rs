//! Tags of what is being made.

use maud::{Markup, html};

use crate::icon::{self, icon};
use crate::text::Text;
use crate::text::tag::*;
use crate::visit::Visit;

/// How many tags something has at most.
// SPEC: limits, quotas.
const MOST: usize = 20;

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

/// What is wrong with tags that a form has for one of several things, which would otherwise be made without them: the id of
/// the field, and the words. Whoever puts them on judges them once more.
// SPEC: limits, tags.
pub(crate) fn wrong_for(of: &str, tags: &[(String, String)]) -> Option<(String, Text)> {
    let starts = |text: &str| ["aliyun", "acs:"].iter().any(|prefix| text.to_lowercase().starts_with(prefix));
    let leads = |text: &str| ["http://", "https://"].iter().any(|part| text.to_lowercase().contains(part));
    let is_refused = |text: &str| starts(text) || leads(text);
    let id = |name: &str, at: usize| format!("{name}{of}-{at}");
    tags.iter().enumerate().find_map(|(at, (key, value))| {
        let is_same = |(other, _): &(String, String)| other.to_lowercase() == key.to_lowercase();
        match () {
            () if key.is_empty() => Some((id("NewTagKey", at), KEY_MISSING)),
            () if is_refused(key) => Some((id("NewTagKey", at), RESERVED)),
            () if is_refused(value) => Some((id("NewTagValue", at), RESERVED)),
            () if tags.iter().take(at).any(is_same) => Some((id("NewTagKey", at), KEY_TWICE)),
            () => None,
        }
    })
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
    let free = (entered.len() < MOST).then_some(("", ""));
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
                input id=(id) name=(name) value=(value) maxlength="128" autocomplete="off"
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
