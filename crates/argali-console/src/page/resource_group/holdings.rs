//! What is in a resource group, and moving it to another.

use argali_protocol::ApiFailure;
use maud::{Markup, html};
use serde_json::Value;

use super::{ByGroup, group_options, path_of};
use crate::api::{RESOURCE_MANAGER, items, list, number, text};
use crate::icon;
use crate::need::Need;
use crate::page::Outcome;
use crate::page::resource::{known, name_in, path_of_known};
use crate::page::several::{Came, Deed, names, results};
use crate::part::list::{
    About, Act, Column, Found, List, Parts, SEVERAL, Wanted, chosen, numbered, sifted_in_parts,
};
use crate::part::{SHORT_SIZES, Weight, select};
use crate::text::resource::MOVE_HINT;
use crate::text::resource_group::*;
use crate::visit::Visit;

/// How many resources a call lists.
const MOST_A_CALL: usize = 100;
/// How many resources may be moved at once.
const MOST_MOVED: usize = 10;

/// How many resources each group has; nothing if the viewer may not count them.
pub(super) async fn counts(visit: &Visit<'_>) -> Option<ByGroup<i64>> {
    let params = [("GroupByKey", "ResourceGroupId")];
    let answer = visit.call(RESOURCE_MANAGER, "GetResourceGroupResourceCounts", &params).await.ok()?;
    let counts = answer.get("ResourceCounts").and_then(Value::as_array).into_iter().flatten();
    Some(counts.map(|count| (text(count, "ResourceGroupId").to_owned(), number(count, "Count"))).collect())
}

/// The resources of a group.
pub(super) struct Holdings<'g> {
    id: &'g str,
    path: String,
    onward: Markup,
    /// Whether there is another group that its resources can go to.
    has_others: bool,
}

const COLUMNS: &[Column<'_>] = &[
    Column::drawn(RESOURCE, "ResourceId", &|visit, resource| {
        let (id, region) = (text(resource, "ResourceId"), text(resource, "RegionId"));
        let known = known(visit, text(resource, "Service"), text(resource, "ResourceType"));
        html! {
            @match known.map(|known| path_of_known(known, (id, region))) {
                Some(page) => a href=(visit.to(&page)) { (id) },
                None => bdi { (id) },
            }
        }
    }),
    Column::drawn(SERVICE, "Service", &|visit, resource| {
        let code = text(resource, "Service");
        let known = known(visit, code, text(resource, "ResourceType"));
        html! { (known.map_or(code, |(service, _)| name_in(visit, &service.names))) }
    }),
    Column::drawn(TYPE, "ResourceType", &|visit, resource| {
        let word = text(resource, "ResourceType");
        let known = known(visit, text(resource, "Service"), word);
        html! { (known.map_or_else(|| word.to_owned(), |(_, kind)| kind.one_in(visit.language().tag()))) }
    }),
    Column::of(REGION, "RegionId"),
    Column::moment(CREATED, "CreateDate"),
];

impl<'g> Holdings<'g> {
    pub(super) async fn of(visit: &Visit<'_>, id: &'g str) -> Self {
        let onward =
            html! { a.button href=(visit.to("/resource-groups/services")) { (visit.say(SERVICES)) } };
        let has_others = !others(&all_groups(visit).await, id).is_empty();
        Self { id, path: path_of(id), onward, has_others }
    }
}

/// The groups of the account, as far as the viewer sees them.
async fn all_groups(visit: &Visit<'_>) -> Value {
    let answer = visit.call(RESOURCE_MANAGER, "ListResourceGroups", &[("PageSize", "100")]).await;
    answer.unwrap_or_default()
}

/// Those to which what is in a group can be moved.
fn others<'a>(groups: &'a Value, id: &str) -> Vec<(&'a str, String)> {
    let mut others = group_options(groups);
    others.retain(|(other, _)| *other != id);
    others
}

/// A resource as boxes of lists name it.
fn key(resource: &Value) -> String {
    ["Service", "ResourceType", "RegionId", "ResourceId"].map(|member| text(resource, member)).join("/")
}

fn moving() -> Need {
    Need::somehow(RESOURCE_MANAGER, "MoveResources")
}

impl List for Holdings<'_> {
    fn about(&self) -> About<'_> {
        About {
            path: &self.path,
            title: RESOURCES.into(),
            file: "resources",
            search: Some(SEARCH_IDS),
            columns: COLUMNS.to_vec(),
            sizes: SHORT_SIZES,
            acts: self.has_others.then(|| Act::new("move", MOVE, &|_| moving())).into_iter().collect(),
            key: &key,
            empty: (icon::LuFolder, RESOURCES_EMPTY),
            onward: self.onward.clone(),
            ..About::default()
        }
    }

    async fn fetch(&self, visit: &Visit<'_>, wanted: &Wanted<'_>) -> Result<Found, ApiFailure> {
        let text_wanted = wanted.query.get("q").trim().to_lowercase();
        let says = |resource: &Value| key(resource).to_lowercase().contains(&text_wanted);
        sifted_in_parts(visit, self, wanted, (key, (!text_wanted.is_empty()).then_some(&says))).await
    }
}

impl Parts for Holdings<'_> {
    async fn part(
        &self,
        visit: &Visit<'_>,
        _: &Wanted<'_>,
        (marker, size): (&str, usize),
    ) -> Result<Found, ApiFailure> {
        let (page, size) = (marker.parse().unwrap_or(1).clamp(1, 100_000), size.min(MOST_A_CALL));
        let numbers = [page.to_string(), size.to_string()];
        let params = [("ResourceGroupId", self.id), ("PageNumber", &numbers[0]), ("PageSize", &numbers[1])];
        let answer = visit.call(RESOURCE_MANAGER, "ListResources", &params).await?;
        let rows = list(&answer, "Resources", "Resource").cloned().collect();
        Ok(numbered(rows, (page, size), number(&answer, "TotalCount")))
    }
}

/// Asks where those that are chosen go.
pub(super) async fn ask(visit: &Visit<'_>, id: &str) -> Outcome {
    let keys = chosen(visit.query())?;
    let groups = all_groups(visit).await;
    let ids: Vec<&str> = keys.iter().map(|key| key.splitn(4, '/').last().unwrap_or(key)).collect();
    let deed = Deed {
        title: visit.fill(MOVE_SEVERAL, &[&keys.len().to_string()]),
        what: (Weight::Info, MOVE_HINT),
        word: "move",
        button: ("button main", visit.say(MOVE)),
        to: format!("{}/{SEVERAL}", path_of(id)),
        back: path_of(id),
        need: moving(),
        chosen: &keys,
        seen: html! { section.card { (names(&ids)) } },
        fields: select(visit, ("ResourceGroupId", MOVE_SELECTED), "", &others(&groups, id)),
        is_counted: false,
    };
    Ok(deed.ask(visit))
}

/// Moves them, so many at once, and shows what came of each.
pub(super) async fn send(visit: &Visit<'_>, id: &str) -> Outcome {
    let form = visit.form();
    let chosen = chosen(form)?;
    let mut rows = Vec::new();
    for some in chosen.chunks(MOST_MOVED) {
        let mut params = vec![("ResourceGroupId".to_owned(), form.get("ResourceGroupId").to_owned())];
        for (at, key) in some.iter().enumerate() {
            let named =
                ["Service", "ResourceType", "RegionId", "ResourceId"].into_iter().zip(key.splitn(4, '/'));
            params.extend(
                named.map(|(name, value)| (format!("Resources.{}.{name}", at + 1), value.to_owned())),
            );
        }
        let params: Vec<_> = params.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let answer = visit.call(RESOURCE_MANAGER, "MoveResources", &params).await?;
        for moved in items(&answer, "Responses") {
            let came = if text(moved, "Status") == "SUCCESS" { Ok(()) } else { Err(failure_of(moved)) };
            rows.push((html! { bdi { (text(moved, "ResourceId")) } }, Came::of_acting(came)?));
        }
    }
    Ok(results(visit, visit.say(MOVED), &rows, &path_of(id)))
}

/// Why one of several resources was not moved, as if it had been the only one.
pub(in crate::page) fn failure_of(moved: &Value) -> ApiFailure {
    ApiFailure {
        code: text(moved, "ErrorCode").to_owned(),
        message: text(moved, "ErrorMsg").to_owned(),
        request_id: Some(text(moved, "RequestId").to_owned()),
        status: 403,
        recommend: None,
        access_denied_detail: None,
    }
}
