//! Tags of what is being made.

use maud::{Markup, html};

use crate::icon::{self, icon};
use crate::text::tag::*;
use crate::visit::Visit;

/// The tags that the form has, a row of key and value each.
pub(crate) fn entered<'v>(visit: &'v Visit<'_>) -> Vec<(&'v str, &'v str)> {
    let form = visit.form();
    let pairs = form.all("NewTagKey").zip(form.all("NewTagValue"));
    pairs.map(|(key, value)| (key.trim(), value.trim())).filter(|(key, _)| !key.is_empty()).collect()
}

/// The fields for them: what was entered, and one row more.
pub(crate) fn fields(visit: &Visit<'_>) -> Markup {
    let mut tags = entered(visit);
    tags.push(("", ""));
    let field = |name: &str, at: usize, label, value: &str| {
        let id = format!("{name}{at}");
        html! {
            div.field {
                label for=(id) { (visit.say(label)) }
                input id=(id) name=(name) value=(value) maxlength="128" autocomplete="off";
            }
        }
    };
    html! {
        details.tags open[tags.len() > 1] {
            summary { (icon(icon::LuTag)) (visit.say(TITLE)) }
            div.stack {
                @for (at, (key, value)) in tags.iter().enumerate() {
                    div.row { (field("NewTagKey", at, KEY, key)) (field("NewTagValue", at, VALUE, value)) }
                }
                p.hint { (visit.say(HINT)) }
                div { button.button.small name="add-tag" value="true" formnovalidate { (icon(icon::LuPlus)) (visit.say(ADD)) } }
            }
        }
    }
}
