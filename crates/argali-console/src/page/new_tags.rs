//! Tags of what is being made.

use maud::{Markup, html};

use crate::icon::{self, icon};
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
    pairs
        .into_iter()
        .map(|(key, value)| (key.trim(), value.trim()))
        .filter(|(key, _)| !key.is_empty())
        .collect()
}

/// The fields for them: what was entered, and one row more.
pub(crate) fn fields(visit: &Visit<'_>) -> Markup {
    fields_for(visit, "", "true", &entered(visit))
}

/// The same of one of several things that a form makes. `of` stands at the end of the names of the fields, and `press` is
/// what the button for one more row sends.
pub(crate) fn fields_for(visit: &Visit<'_>, of: &str, press: &str, entered: &[(&str, &str)]) -> Markup {
    let is_pressed = visit.form().get("add-tag") == press;
    let free = (entered.len() < MOST).then_some(("", ""));
    let tags: Vec<(&str, &str)> = entered.iter().copied().chain(free).collect();
    let field = |name: &str, at: usize, label, value: &str| {
        let name = format!("{name}{of}");
        let id = format!("{name}-{at}");
        html! {
            div.field {
                label for=(id) { (visit.say(label)) }
                input id=(id) name=(name) value=(value) maxlength="128" autocomplete="off";
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
