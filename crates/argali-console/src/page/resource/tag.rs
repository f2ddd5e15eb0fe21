//! Tags of a resource.

use argali_core::hosted::outline::TagOutline;
use maud::{Markup, html};
use serde_json::Value;

use super::fetch::member_of;
use super::{Place, details};
use crate::answer::Answer;
use crate::icon;
use crate::need::{Need, needing, submit};
use crate::page::{Outcome, Refusal};
use crate::pairs::segment;
use crate::part::{Field, Fields, Table, act, empty, show_api};
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
            needing(
                visit,
                need(place, id, false, key),
                &act(
                    visit,
                    &path,
                    &[("Key", key), ("do", "remove"), ("tab", "tags")],
                    ("quiet danger", REMOVE),
                ),
            ),
        ]
    };
    let rows: Vec<_> = tags(place, item).into_iter().map(row).collect();
    // What was entered and refused is kept.
    let is_refused = visit.is_post() && visit.form().get("do") != "remove";
    let fields = if is_refused { Fields::new(visit) } else { Fields::empty(visit) };
    html! {
        @if rows.is_empty() {
            section.card { (empty(visit, icon::LuBoxes, visit.say(TAGS_EMPTY), &html! { a.button.main href="#Key" { (visit.say(ADD_TAG)) } })) }
        } @else {
            (Table { caption: TAGS, columns: &[TAG_KEY, TAG_VALUE, ACTIONS], rows }.show(visit))
        }
        form.card.stack.narrow method="post" action=(visit.to(&path)) {
            (token(visit))
            input type="hidden" name="tab" value="tags";
            div.row {
                (fields.show(KEY_FIELD))
                (fields.show(VALUE_FIELD))
            }
            div.actions { (submit(visit, need(place, id, true, STAND_IN), ("button main", ADD_TAG))) (show_api(visit)) }
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

/// What stands for the tag that is yet to be entered.
const STAND_IN: &str = "-";

/// What setting or removing a tag is called with.
fn pairs(known: &TagOutline, id: &str, is_set: bool, (key, value): (&str, &str)) -> Vec<(String, String)> {
    let named = [("ResourceType", known.word.as_str()), ("ResourceId.1", id)];
    let more =
        if is_set { vec![("Tag.1.Key", key), ("Tag.1.Value", value)] } else { vec![("TagKey.1", key)] };
    named.into_iter().chain(more).map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// What setting or removing a tag needs.
fn need(place: &Place<'_>, id: &str, is_set: bool, key: &str) -> Need {
    let Some(known) = &place.kind.tags else { return Need::any([]) };
    let operation = if is_set { &known.set } else { &known.remove };
    place.need(operation, &pairs(known, id, is_set, (key, "")))
}

/// Adds a tag, or removes one.
pub(super) async fn change(visit: &Visit<'_>, place: &Place<'_>, id: &str) -> Outcome {
    let known = place.kind.tags.as_ref().ok_or(Refusal::NoPage)?;
    let form = visit.form();
    let is_set = form.get("do") != "remove";
    let operation = if is_set { &known.set } else { &known.remove };
    let pairs = pairs(known, id, is_set, (form.get("Key").trim(), form.get("Value").trim()));
    match place.call(visit, operation, &pairs).await {
        Ok(_) => Ok(Answer::see(visit.to(&place.below(&format!("/{}", segment(id)), &[("tab", "tags")])))),
        Err(failure) => details::show(visit, place, id, Some(&failure)).await,
    }
}
