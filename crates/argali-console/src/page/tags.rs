//! Tags of users, roles and policies: as lists show them, put on and taken off.
// SPEC: console, users, roles; limits, tags and resource groups.

use argali_protocol::ApiFailure;
use maud::{Markup, html};
use serde_json::{Value, json};

use super::{policy, role, user};
use crate::answer::Answer;
use crate::api::{IMS, Product, RAM, items, list, text};
use crate::icon;
use crate::need::{Need, needing, submit};
use crate::part::list::{Column, Width};
use crate::part::{Field, Fields, Table, act, empty, show_api};
use crate::shell::token;
use crate::text::shell::ACTIONS;
use crate::text::tag::*;
use crate::visit::Visit;

const KEY_FIELD: Field = Field::text("TagKey", KEY).required().longest(128);
const VALUE_FIELD: Field = Field::text("TagValue", VALUE).hint(HINT);

/// What stands for the tag that is yet to be entered.
const STAND_IN: &str = "-";

/// Something that has tags, by its name.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Tagged<'a> {
    User(&'a str),
    Role(&'a str),
    /// A custom policy: those of the system have none.
    Policy(&'a str),
}

impl Tagged<'_> {
    /// The page of it.
    fn path(self) -> String {
        match self {
            Self::User(name) => user::path_of(name),
            Self::Role(name) => role::path_of(name),
            Self::Policy(name) => policy::path_of("Custom", name),
        }
    }

    /// What its values are entered in.
    // SPEC: limits, names, tag key and value.
    fn value_field(self) -> Field {
        match self {
            Self::User(_) => VALUE_FIELD.longest(128),
            Self::Role(_) | Self::Policy(_) => VALUE_FIELD.longest(256),
        }
    }

    /// How RAM names it; users have their tags with IMS.
    fn named(self) -> (&'static str, String) {
        match self {
            Self::User(name) => ("user", name.to_owned()),
            Self::Role(name) => ("role", json!([name]).to_string()),
            Self::Policy(name) => ("policy", json!([name]).to_string()),
        }
    }

    /// The product that has its tags, and how it is named there.
    fn own(self, visit: &Visit<'_>) -> (Product<'static>, [(&'static str, String); 2]) {
        let (kind, name) = self.named();
        let kind = ("ResourceType", kind.to_owned());
        match self {
            Self::User(name) => {
                (IMS, [kind, ("ResourcePrincipalName.1", format!("{name}@{}", visit.account_id()))])
            }
            Self::Role(_) | Self::Policy(_) => (RAM, [kind, ("ResourceNames", name)]),
        }
    }

    async fn call(self, visit: &Visit<'_>, action: &str, more: &[(&str, &str)]) -> Result<Value, ApiFailure> {
        let (product, own) = self.own(visit);
        let own = own.iter().map(|(name, value)| (*name, value.as_str()));
        visit.call(product, action, &own.chain(more.iter().copied()).collect::<Vec<_>>()).await
    }

    /// What changing its tags needs.
    fn need(self, visit: &Visit<'_>, action: &str, key: &str) -> Need {
        let (product, own) = self.own(visit);
        let (one, list) = (json!([key]).to_string(), json!([{ "Key": key }]).to_string());
        let more = match (self, action) {
            (Self::User(_), "TagResources") => [("Tag.1.Key", key), ("Tag.1.Value", key)],
            (Self::User(_), _) => [("TagKey.1", key), ("", "")],
            (_, "TagResources") => [("Tag", list.as_str()), ("", "")],
            (..) => [("TagKeys", one.as_str()), ("", "")],
        };
        let own = own.iter().map(|(name, value)| (*name, value.as_str()));
        Need::call(product, action, &own.chain(more).collect::<Vec<_>>())
    }

    /// Puts tags on it.
    pub(crate) async fn put(self, visit: &Visit<'_>, tags: &[(&str, &str)]) -> Result<(), ApiFailure> {
        if let Self::User(_) = self {
            let names = (1..=tags.len()).map(|at| (format!("Tag.{at}.Key"), format!("Tag.{at}.Value")));
            let names: Vec<_> = names.collect();
            let params = names.iter().zip(tags).flat_map(|((key_name, value_name), (key, value))| {
                [(key_name.as_str(), *key), (value_name.as_str(), *value)]
            });
            return self.call(visit, "TagResources", &params.collect::<Vec<_>>()).await.map(drop);
        }
        let tags: Vec<_> = tags.iter().map(|(key, value)| json!({ "Key": key, "Value": value })).collect();
        self.call(visit, "TagResources", &[("Tag", &Value::from(tags).to_string())]).await.map(drop)
    }

    async fn remove(self, visit: &Visit<'_>, key: &str) -> Result<(), ApiFailure> {
        let keys = json!([key]).to_string();
        let named = if let Self::User(_) = self { ("TagKey.1", key) } else { ("TagKeys", keys.as_str()) };
        self.call(visit, "UntagResources", &[named]).await.map(drop)
    }

    async fn all(self, visit: &Visit<'_>) -> Result<Vec<Value>, ApiFailure> {
        let answer = self.call(visit, "ListTagResources", &[]).await?;
        Ok(match self {
            Self::User(_) => list(&answer, "TagResources", "TagResource").cloned().collect(),
            Self::Role(_) | Self::Policy(_) => items(&answer, "TagResources").cloned().collect(),
        })
    }

    /// The tab.
    pub(crate) async fn part(
        self,
        visit: &Visit<'_>,
        failure: Option<&ApiFailure>,
    ) -> Result<Markup, ApiFailure> {
        let action = format!("{}/tags", self.path());
        let row = |tag: &Value| {
            let key = text(tag, "TagKey");
            vec![
                html! { bdi { (key) } },
                html! { bdi { (text(tag, "TagValue")) } },
                needing(
                    visit,
                    self.need(visit, "UntagResources", key),
                    &act(visit, &action, &[("tab", "tags"), ("remove", key)], ("quiet danger", REMOVE)),
                ),
            ]
        };
        let rows: Vec<_> = self.all(visit).await?.iter().map(row).collect();
        let fields = if failure.is_some() { Fields::new(visit) } else { Fields::empty(visit) };
        Ok(html! {
            @if rows.is_empty() {
                section.card { (empty(visit, icon::LuTag, visit.say(EMPTY), &html! { a.button.main href="#TagKey" { (visit.say(ADD)) } })) }
            } @else {
                (Table { caption: TITLE, columns: &[KEY, VALUE, ACTIONS], rows }.show(visit))
            }
            form.card.stack.narrow method="post" action=(visit.to(&action)) {
                (token(visit))
                input type="hidden" name="tab" value="tags";
                div.row { (fields.show(KEY_FIELD)) (fields.show(self.value_field())) }
                div.actions { (submit(visit, self.need(visit, "TagResources", STAND_IN), ("button main", ADD))) (show_api(visit)) }
            }
        })
    }

    /// Puts a tag on, or takes one off, as the form says.
    pub(crate) async fn change(self, visit: &Visit<'_>) -> Result<Answer, ApiFailure> {
        let form = visit.form();
        match form.filled("remove") {
            Some(key) => self.remove(visit, key).await?,
            None => self.put(visit, &[(form.get("TagKey").trim(), form.get("TagValue").trim())]).await?,
        }
        Ok(Answer::see(visit.to(&format!("{}?tab=tags", self.path()))))
    }
}

/// The keys and values of the tags that an answer has under `Tags`.
fn pairs(item: &Value) -> impl Iterator<Item = (&str, &str)> {
    list(item, "Tags", "Tag").map(|tag| (text(tag, "TagKey"), text(tag, "TagValue")))
}

/// How many tags a row of a list shows: the page of what it is about has them all.
const FEW: usize = 2;

/// A badge for each of the first, and how many there are besides; nothing where there are none.
pub(crate) fn badges(item: &Value) -> Markup {
    let count = pairs(item).count();
    html! {
        @if count == 0 { "–" } @else {
            div.badges.tags {
                @for (key, value) in pairs(item).take(FEW) {
                    span.badge { bdi { (key) } @if !value.is_empty() { ": " bdi { (value) } } }
                }
                @if count > FEW { span.muted { "+" (count - FEW) } }
            }
        }
    }
}

/// The tags of what a list is of.
pub(crate) const COLUMN: Column<'_> =
    Column::drawn(TITLE, "Tags", &|_, row| badges(row)).unordered().where_room(Width::Roomy).in_files(&plain);

/// Whether it has a tag: `key`, or `key=value`.
pub(crate) fn has(item: &Value, wanted: &str) -> bool {
    let (key, value) =
        wanted.split_once('=').map_or((wanted, None), |(key, value)| (key, Some(value.trim())));
    pairs(item).any(|(own, its)| own == key.trim() && value.is_none_or(|value| its == value))
}

/// Tags as rows of lists have them.
pub(crate) fn of_pairs<'t>(tags: impl Iterator<Item = (&'t String, &'t String)>) -> Value {
    let tags: Value = tags.map(|(key, value)| json!({ "TagKey": key, "TagValue": value })).collect();
    json!({ "Tag": tags })
}

/// The same as text.
pub(crate) fn plain(item: &Value) -> String {
    pairs(item).map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>().join("; ")
}
