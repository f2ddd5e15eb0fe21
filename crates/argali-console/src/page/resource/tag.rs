//! Tags of a resource.

use maud::{Markup, html};
use serde_json::Value;

use super::list::member_of;
use super::{Place, details};
use crate::answer::Answer;
use crate::icon;
use crate::page::{Outcome, Refusal};
use crate::pairs::segment;
use crate::part::{Field, Fields, Table, act, empty};
use crate::shell::token;
use crate::text::resource::*;
use crate::text::shell::ACTIONS;
use crate::visit::Visit;

const KEY_FIELD: Field = Field::text("Key", TAG_KEY).required().longest(128);
const VALUE_FIELD: Field = Field::text("Value", TAG_VALUE).longest(128);

/// The tags, and the form that adds one.
pub(super) fn part(visit: &Visit<'_>, place: &Place<'_>, id: &str, item: &Value) -> Markup {
    let path = path_of(place, id);
    let row = |(key, value): (&str, &str)| {
        vec![
            html! { bdi { (key) } },
            html! { bdi { (value) } },
            act(visit, &path, &[("Key", key), ("do", "remove"), ("tab", "tags")], ("quiet danger", REMOVE)),
        ]
    };
    let rows: Vec<_> = tags(place, item).into_iter().map(row).collect();
    html! {
        @if rows.is_empty() {
            section.card { (empty(icon::LuBoxes, visit.say(TAGS_EMPTY), &html! {})) }
        } @else {
            (Table { caption: TAGS, columns: &[TAG_KEY, TAG_VALUE, ACTIONS], rows }.show(visit))
        }
        form.card.stack.narrow method="post" action=(visit.to(&path)) {
            (token(visit))
            input type="hidden" name="tab" value="tags";
            div.row {
                (Fields::empty(visit).show(KEY_FIELD))
                (Fields::empty(visit).show(VALUE_FIELD))
            }
            div.actions { button.button.main { (visit.say(ADD_TAG)) } }
        }
    }
}

fn path_of(place: &Place<'_>, id: &str) -> String {
    place.below(&format!("/{}/tags", segment(id)), &[])
}

/// The tags that a list shows of a resource; services call keys and values differently.
fn tags<'v>(place: &Place<'_>, item: &'v Value) -> Vec<(&'v str, &'v str)> {
    use argali_core::hosted::outline::Shows;
    let mut shown = member_of(place.kind, Shows::Tags).and_then(|member| item.get(&member.name));
    while let Some(Value::Object(wrapped)) = shown {
        shown = wrapped.values().next();
    }
    let all = shown.and_then(Value::as_array).into_iter().flatten();
    let pair = |tag: &'v Value| {
        let text = |names: [&str; 2]| names.iter().find_map(|name| tag.get(name)?.as_str());
        Some((text(["TagKey", "Key"])?, text(["TagValue", "Value"]).unwrap_or_default()))
    };
    all.filter_map(pair).collect()
}

/// Adds a tag, or removes one.
pub(super) async fn change(visit: &Visit<'_>, place: &Place<'_>, id: &str) -> Outcome {
    let known = place.kind.tags.as_ref().ok_or(Refusal::NoPage)?;
    let form = visit.form();
    let named = [("ResourceType", known.word.as_str()), ("ResourceId.1", id)];
    let (operation, more) = if form.get("do") == "remove" {
        (&known.remove, vec![("TagKey.1", form.get("Key"))])
    } else {
        (&known.set, vec![("Tag.1.Key", form.get("Key").trim()), ("Tag.1.Value", form.get("Value").trim())])
    };
    let pairs = named.into_iter().chain(more).map(|(name, value)| (name.to_owned(), value.to_owned()));
    match place.call(visit, operation, &pairs.collect::<Vec<_>>()).await {
        Ok(_) => Ok(Answer::see(visit.to(&place.below(&format!("/{}", segment(id)), &[("tab", "tags")])))),
        Err(failure) => details::show(visit, place, id, Some(&failure)).await,
    }
}
