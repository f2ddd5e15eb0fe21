//! Tags of users: given when they are made, and put on and taken off later.
// SPEC: console, users, tags; limits, tags and resource groups.

use argali_protocol::ApiFailure;
use maud::{Markup, html};
use serde_json::Value;

use super::path_of;
use crate::answer::Answer;
use crate::api::{IMS, list, text};
use crate::icon::{self, icon};
use crate::part::{Field, Fields, Table, act, empty, show_api};
use crate::shell::token;
use crate::text::shell::ACTIONS;
use crate::text::tag::*;
use crate::visit::Visit;

const KEY_FIELD: Field = Field::text("TagKey", KEY).required().longest(128);
const VALUE_FIELD: Field = Field::text("TagValue", VALUE).longest(128).hint(HINT);

async fn call(
    visit: &Visit<'_>,
    action: &str,
    name: &str,
    more: &[(&str, &str)],
) -> Result<Value, ApiFailure> {
    let principal = format!("{name}@{}", visit.account_id());
    let own = [("ResourceType", "user"), ("ResourcePrincipalName.1", principal.as_str())];
    let params: Vec<_> = own.into_iter().chain(more.iter().copied()).collect();
    visit.call(IMS, action, &params).await
}

/// Puts tags on a user.
pub(super) async fn put(visit: &Visit<'_>, name: &str, tags: &[(&str, &str)]) -> Result<(), ApiFailure> {
    let names = (1..=tags.len()).map(|at| (format!("Tag.{at}.Key"), format!("Tag.{at}.Value")));
    let names: Vec<_> = names.collect();
    let pairs = names.iter().zip(tags);
    let params = pairs.flat_map(|((key_name, value_name), (key, value))| {
        [(key_name.as_str(), *key), (value_name.as_str(), *value)]
    });
    call(visit, "TagResources", name, &params.collect::<Vec<_>>()).await.map(drop)
}

/// The tab.
pub(super) async fn part(
    visit: &Visit<'_>,
    name: &str,
    failure: Option<&ApiFailure>,
) -> Result<Markup, ApiFailure> {
    let answer = call(visit, "ListTagResources", name, &[]).await?;
    let action = format!("{}/tags", path_of(name));
    let row = |tag: &Value| {
        let key = text(tag, "TagKey");
        vec![
            html! { bdi { (key) } },
            html! { bdi { (text(tag, "TagValue")) } },
            act(visit, &action, &[("tab", "tags"), ("remove", key)], ("quiet danger", REMOVE)),
        ]
    };
    let rows: Vec<_> = list(&answer, "TagResources", "TagResource").map(row).collect();
    let fields = if failure.is_some() { Fields::new(visit) } else { Fields::empty(visit) };
    Ok(html! {
        @if rows.is_empty() {
            section.card { (empty(icon::LuTag, visit.say(EMPTY), &html! {})) }
        } @else {
            (Table { caption: TITLE, columns: &[KEY, VALUE, ACTIONS], rows }.show(visit))
        }
        form.card.stack.narrow method="post" action=(visit.to(&action)) {
            (token(visit))
            input type="hidden" name="tab" value="tags";
            div.row { (fields.show(KEY_FIELD)) (fields.show(VALUE_FIELD)) }
            div.actions { button.button.main { (visit.say(ADD)) } (show_api(visit)) }
        }
    })
}

/// Puts a tag on, or takes one off.
pub(super) async fn change(visit: &Visit<'_>, name: &str) -> Result<Answer, ApiFailure> {
    let form = visit.form();
    match form.filled("remove") {
        Some(key) => call(visit, "UntagResources", name, &[("TagKey.1", key)]).await.map(drop)?,
        None => put(visit, name, &[(form.get("TagKey").trim(), form.get("TagValue").trim())]).await?,
    }
    Ok(Answer::see(visit.to(&format!("{}?tab=tags", path_of(name)))))
}

/// The tags that the form for new users has, a row of key and value each.
pub(super) fn entered<'v>(visit: &'v Visit<'_>) -> Vec<(&'v str, &'v str)> {
    let form = visit.form();
    let pairs = form.all("NewTagKey").zip(form.all("NewTagValue"));
    pairs.map(|(key, value)| (key.trim(), value.trim())).filter(|(key, _)| !key.is_empty()).collect()
}

/// The fields for them: what was entered, and one row more.
pub(super) fn fields(visit: &Visit<'_>) -> Markup {
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
