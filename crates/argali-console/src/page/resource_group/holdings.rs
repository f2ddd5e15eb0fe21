//! What is in a resource group, and moving it to another.

use argali_protocol::ApiFailure;
use maud::{Markup, html};
use serde_json::Value;

use super::{ByGroup, group_options, path_of};
use crate::api::{RESOURCE_MANAGER, list, number, text};
use crate::icon;
use crate::moment::moment;
use crate::need::{Need, submit};
use crate::page::resource::{known, name_in, path_of_known};
use crate::page::{Outcome, result};
use crate::part::list::tick_all;
use crate::part::{
    SHORT_SIZES, Table, Weight, empty, explained, grid, notice, page_size_of, pager_of, select, show_api_of,
};
use crate::shell::token;
use crate::text::resource::SELECT;
use crate::text::resource_group::*;
use crate::text::shell::CLOSE;
use crate::visit::Visit;

/// How many resources may be moved at once.
const MOST_MOVED: usize = 10;

/// How many resources each group has; nothing if the viewer may not count them.
pub(super) async fn counts(visit: &Visit<'_>) -> Option<ByGroup<i64>> {
    let params = [("GroupByKey", "ResourceGroupId")];
    let answer = visit.call(RESOURCE_MANAGER, "GetResourceGroupResourceCounts", &params).await.ok()?;
    let counts = answer.get("ResourceCounts").and_then(Value::as_array).into_iter().flatten();
    Some(counts.map(|count| (text(count, "ResourceGroupId").to_owned(), number(count, "Count"))).collect())
}

/// The resources of a group, each with a box, and where those that are ticked go.
pub(super) async fn part(visit: &Visit<'_>, id: &str, refused: Option<&str>) -> Result<Markup, ApiFailure> {
    let page = visit.query().get("marker").parse::<i64>().unwrap_or(1).clamp(1, 100_000);
    let size = page_size_of(visit, SHORT_SIZES);
    let page_text = page.to_string();
    let params = [("ResourceGroupId", id), ("PageNumber", &page_text), ("PageSize", size)];
    let answer = visit.call(RESOURCE_MANAGER, "ListResources", &params).await?;
    let rows: Vec<_> = list(&answer, "Resources", "Resource").map(|resource| row(visit, resource)).collect();
    let groups = visit.call(RESOURCE_MANAGER, "ListResourceGroups", &[("PageSize", "100")]).await;
    let groups = groups.unwrap_or_default();
    let mut others = group_options(&groups);
    others.retain(|(other, _)| *other != id);
    let path = path_of(id);
    let more = page * size.parse::<i64>().unwrap_or(20) < number(&answer, "TotalCount");
    let next = if more { (page + 1).to_string() } else { String::new() };
    let columns = [RESOURCE, SERVICE, TYPE, REGION, CREATED].map(|column| visit.say(column));
    Ok(html! {
        @if let Some(words) = refused { (notice(Weight::Danger, &html! { p { (words) } })) }
        @if rows.is_empty() {
            section.card { (empty(visit, icon::LuFolder, visit.say(RESOURCES_EMPTY), &html! { a.button href=(visit.to("/resource-groups/services")) { (visit.say(SERVICES)) } })) }
        } @else {
            form.stack method="post" action=(visit.to(&format!("{path}/move"))) {
                (token(visit))
                (grid(visit.say(RESOURCES), &columns, &rows))
                @if !others.is_empty() {
                    div.bulk {
                        (tick_all(visit))
                        (select(visit, ("ResourceGroupId", MOVE_SELECTED), "", &others))
                        (submit(visit, Need::somehow(RESOURCE_MANAGER, "MoveResources"), ("button", MOVE)))
                        (show_api_of(visit, MOVE))
                    }
                }
            }
            (pager_of(visit, &path, &next, SHORT_SIZES))
        }
    })
}

fn row(visit: &Visit<'_>, resource: &Value) -> Vec<Markup> {
    let (service, word) = (text(resource, "Service"), text(resource, "ResourceType"));
    let (id, region) = (text(resource, "ResourceId"), text(resource, "RegionId"));
    let known = known(visit, service, word);
    let page = known.map(|known| path_of_known(known, (id, region)));
    let (service_name, kind_name) = known.map_or_else(
        || (service, word.to_owned()),
        |(service, kind)| (name_in(visit, &service.names), kind.one_in(visit.language().tag())),
    );
    vec![
        html! {
            input type="checkbox" name="resource" value=(format!("{service}/{word}/{region}/{id}")) aria-label=(visit.fill(SELECT, &[id]));
            " "
            @match page { Some(page) => a href=(visit.to(&page)) { (id) }, None => bdi { (id) } }
        },
        html! { (service_name) },
        html! { (kind_name) },
        html! { (region) },
        moment(visit, text(resource, "CreateDate")),
    ]
}

/// Moves what was ticked, and shows what came of each.
pub(super) async fn send(visit: &Visit<'_>, id: &str) -> Outcome {
    let form = visit.form();
    let chosen: Vec<Vec<&str>> = form.all("resource").map(|one| one.splitn(4, '/').collect()).collect();
    if chosen.is_empty() || chosen.len() > MOST_MOVED {
        return refuse(visit, id).await;
    }
    let mut params = vec![("ResourceGroupId".to_owned(), form.get("ResourceGroupId").to_owned())];
    for (at, resource) in chosen.iter().enumerate() {
        let names = ["Service", "ResourceType", "RegionId", "ResourceId"];
        let named = names.into_iter().zip(resource);
        params
            .extend(named.map(|(name, value)| (format!("Resources.{}.{name}", at + 1), (*value).to_owned())));
    }
    let params: Vec<_> = params.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let answer = visit.call(RESOURCE_MANAGER, "MoveResources", &params).await?;
    let row = |moved: &Value| {
        let state = if text(moved, "Status") == "SUCCESS" {
            html! { span.badge.success { (visit.say(MOVED_OK)) } }
        } else {
            html! { span.badge.warning { (visit.say(NOT_MOVED)) } " " (explained(visit, &failure_of(moved))) }
        };
        vec![html! { bdi { (text(moved, "ResourceId")) } }, state]
    };
    let rows: Vec<_> =
        answer.get("Responses").and_then(Value::as_array).into_iter().flatten().map(row).collect();
    let content = html! {
        div.narrow {
            h1 { (visit.say(MOVED)) }
            (Table { caption: MOVED, columns: &[RESOURCE, MOVED], rows }.show(visit))
            div.actions { a.button.main href=(visit.to(&path_of(id))) { (visit.say(CLOSE)) } }
        }
    };
    Ok(result::keep(visit, visit.say(MOVED), content))
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

async fn refuse(visit: &Visit<'_>, id: &str) -> Outcome {
    let part = part(visit, id, Some(visit.say(CHOOSE))).await?;
    let content = html! { h1 { (visit.say(RESOURCES)) } (part) };
    let page = crate::shell::page(visit, visit.say(RESOURCES), &content);
    Ok(crate::answer::Answer::page(400, page))
}
