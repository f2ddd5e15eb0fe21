//! The list of policies.
// SPEC: console, policies.

use argali_protocol::ApiFailure;
use maud::html;
use serde_json::{Value, json};

use super::{LIST, description, path_of};
use crate::api::{RAM, holds, list, number, text};
use crate::icon;
use crate::page::grant::{self, Risks, badge, type_label};
use crate::page::tags;
use crate::pairs::Pairs;
use crate::part::list::{
    About, Act, Cell, Column, Creation, Filter, Found, Label, List, Wanted, Width, tag_params, whole,
};
use crate::text::Text;
use crate::text::grant::RISK;
use crate::text::list::TAG;
use crate::text::policy::*;
use crate::text::shell::DELETE;
use crate::text::user::{GRANT, UPDATED};
use crate::visit::Visit;

/// The list.
pub(super) struct Policies;

/// How many calls the list is read with at most, at a thousand policies each.
const MOST_CALLS: usize = 10;
const TYPES: &[(&str, Text)] = &[("", BOTH), ("System", SYSTEM), ("Custom", CUSTOM)];

const COLUMNS: &[Column<'_>] = &[
    Column {
        label: Label::Said(NAME),
        name: "PolicyName",
        width: Width::Always,
        order: Some("PolicyName"),
        cell: Cell::Drawn(&|visit, policy| {
            let (policy_type, name) = (text(policy, "PolicyType"), text(policy, "PolicyName"));
            html! { a href=(visit.to(&path_of(policy_type, name))) { (name) } @if holds(policy, "IsHighRisk") { " " (badge(visit)) } }
        }),
        plain: Some(&|policy| text(policy, "PolicyName").to_owned()),
    },
    Column {
        label: Label::Said(TYPE),
        name: "PolicyType",
        width: Width::Always,
        order: None,
        cell: Cell::Drawn(&|visit, policy| html! { (visit.say(type_label(text(policy, "PolicyType")))) }),
        plain: Some(&|policy| text(policy, "PolicyType").to_owned()),
    },
    Column {
        label: Label::Said(DESCRIPTION),
        name: "Description",
        width: Width::Always,
        order: None,
        cell: Cell::Drawn(&|visit, policy| html! { bdi { (description(visit, policy)) } }),
        plain: Some(&|policy| text(policy, "Description").to_owned()),
    },
    Column {
        label: Label::Said(RISK),
        name: "IsHighRisk",
        width: Width::File,
        order: None,
        cell: Cell::Drawn(&|_, _| html! {}),
        plain: Some(&|policy| holds(policy, "IsHighRisk").to_string()),
    },
    Column {
        label: Label::Said(ATTACHED),
        name: "AttachmentCount",
        width: Width::Always,
        order: Some("AttachmentCount"),
        cell: Cell::Drawn(&|_, policy| html! { (number(policy, "AttachmentCount")) }),
        plain: Some(&|policy| number(policy, "AttachmentCount").to_string()),
    },
    Column::moment(UPDATED, "UpdateDate").where_room(Width::Roomy),
    tags::COLUMN,
];

impl List for Policies {
    fn about(&self) -> About<'_> {
        About {
            path: LIST,
            title: TITLE.into(),
            lede: LEDE.into(),
            file: "policies",
            search: Some(SEARCH),
            filters: vec![Filter::Choice("type", TYPE, TYPES), Filter::Words("tag", TAG, "team=ops")],
            columns: COLUMNS.to_vec(),
            acts: vec![
                Act::new("grant", GRANT, &|_| grant::need_to_anybody()),
                Act::new("delete", DELETE, &|policy| super::delete::need(text(policy, "PolicyName"))),
            ],
            key: &|policy| format!("{}/{}", text(policy, "PolicyType"), text(policy, "PolicyName")),
            create: Some(Creation { path: "/ram/policies/new", label: CREATE, needs: &["CreatePolicy"] }),
            empty: (icon::LuScrollText, EMPTY),
            ..About::default()
        }
    }

    async fn fetch(&self, visit: &Visit<'_>, wanted: &Wanted<'_>) -> Result<Found, ApiFailure> {
        let query = wanted.query;
        let text_wanted = query.get("q").trim().to_lowercase();
        let says = |policy: &Value| {
            let texts = [text(policy, "PolicyName"), description(visit, policy)];
            texts.iter().any(|own| own.to_lowercase().contains(&text_wanted))
        };
        let by: fn(&Value) -> String = match wanted.order {
            "AttachmentCount" => |policy| format!("{:012}", number(policy, "AttachmentCount")),
            "UpdateDate" => |policy| text(policy, "UpdateDate").to_owned(),
            _ => |_| String::new(),
        };
        // A policy of the account may bear the name of one of the system.
        let key = |policy: &Value| format!("{} {}", text(policy, "PolicyName"), text(policy, "PolicyType"));
        let mut found = whole(wanted, all(visit, query).await?, says, (by, key));
        let custom = found.rows.iter().filter(|policy| text(policy, "PolicyType") == "Custom");
        let risks = Risks::named(visit, custom.map(|policy| text(policy, "PolicyName"))).await;
        found.rows = found.rows.into_iter().map(|policy| risks.tell(policy)).collect();
        Ok(found)
    }
}

/// All policies, of the type and with the tag that the address asks for.
pub(super) async fn all(visit: &Visit<'_>, query: &Pairs) -> Result<Vec<Value>, ApiFailure> {
    let named: Vec<_> = tag_params(query).into_iter().map(|(_, value)| value).collect();
    let tag = match named.as_slice() {
        [key] => json!([{ "Key": key }]).to_string(),
        [key, value] => json!([{ "Key": key, "Value": value }]).to_string(),
        _ => String::new(),
    };
    let policy_type = TYPES.iter().find(|(word, _)| *word == query.get("type")).map_or("", |(word, _)| *word);
    let (mut policies, mut marker) = (Vec::new(), String::new());
    for _ in 0..MOST_CALLS {
        let params =
            [("PolicyType", policy_type), ("Tag", tag.as_str()), ("MaxItems", "1000"), ("Marker", &marker)];
        let answer = visit.call(RAM, "ListPolicies", &params).await?;
        policies.extend(list(&answer, "Policies", "Policy").cloned());
        text(&answer, "Marker").clone_into(&mut marker);
        if marker.is_empty() {
            break;
        }
    }
    Ok(policies)
}
