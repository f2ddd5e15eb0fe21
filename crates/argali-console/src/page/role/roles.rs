//! The list of roles.
// SPEC: console, roles; requirements S0-12, S0-25, S0-26, S3-22, S4-28.

use argali_protocol::ApiFailure;
use maud::{Markup, html};
use serde_json::Value;

use super::{LIST, path_of, switch_link};
use crate::api::{ARGALI, holds, items, text};
use crate::icon::{self, icon};
use crate::moment::moment;
use crate::need::{Need, needing};
use crate::page::account::named;

use crate::page::grant::{self, Kind};
use crate::page::tags;
use crate::part::list::{
    About, Act, Actions, Cell, Column, Creation, Filter, Found, Label, List, Wanted, Width, row_link,
    tag_params,
};
use crate::text::Text;
use crate::text::list::{HIDDEN, TAG};
use crate::text::role::*;
use crate::text::shell::DELETE;
use crate::text::user::{GRANT, NEVER};
use crate::visit::Visit;

/// The list.
pub(super) struct Roles;

const KINDS: &[(&str, Text)] = &[
    ("", TRUSTS_ANY),
    ("Account", CLOUD_ACCOUNT),
    ("Service", CLOUD_SERVICE),
    ("IdentityProvider", IDENTITY_PROVIDER),
];
const OUTSIDE: &[(&str, Text)] = &[("", OUTSIDE_ANY), ("only", OUTSIDE_ONLY)];
const USED: &[(&str, Text)] = &[("", USED_ANY), ("never", USED_NEVER)];

const COLUMNS: &[Column<'_>] = &[
    Column {
        label: Label::Said(NAME),
        name: "RoleName",
        width: Width::Always,
        order: Some("RoleName"),
        cell: Cell::Drawn(&|visit, role| {
            let name = text(role, "RoleName");
            html! { a href=(visit.to(&path_of(name))) { (name) } }
        }),
        plain: Some(&|role| text(role, "RoleName").to_owned()),
    },
    Column {
        label: Label::Said(TRUSTS),
        name: "Trusts",
        width: Width::Always,
        order: None,
        cell: Cell::Drawn(&trusts),
        plain: Some(&plain_trusts),
    },
    Column {
        label: Label::Said(POLICIES),
        name: "PolicyCount",
        width: Width::Always,
        order: None,
        cell: Cell::Drawn(&|visit, role| match role.get("PolicyCount").and_then(Value::as_i64) {
            Some(0) => html! { span.muted { (visit.say(NO_POLICIES)) } },
            Some(count) => html! { (count) },
            None => html! { "–" },
        }),
        plain: Some(&|role| role.get("PolicyCount").map(Value::to_string).unwrap_or_default()),
    },
    Column {
        label: Label::Said(LAST_ASSUMED),
        name: "LastAssumeDate",
        width: Width::Always,
        order: Some("LastAssumeDate"),
        cell: Cell::Drawn(&last_assumed),
        plain: Some(&|role| text(role, "LastAssumeDate").to_owned()),
    },
    Column {
        label: Label::Said(LIVE_SESSIONS),
        name: "LiveSessions",
        width: Width::Always,
        order: None,
        cell: Cell::Drawn(&|visit, role| match role.get("LiveSessions").and_then(Value::as_i64) {
            None => html! { "–" },
            Some(0) => html! { "0" },
            Some(count) => {
                let path = format!("{}?tab=sessions", path_of(text(role, "RoleName")));
                html! { a href=(visit.to(&path)) { (count) } }
            }
        }),
        plain: Some(&|role| role.get("LiveSessions").map(Value::to_string).unwrap_or_default()),
    },
    Column::moment(CREATED, "CreateDate").where_room(Width::Roomy),
    tags::COLUMN,
];

impl List for Roles {
    fn about(&self) -> About<'_> {
        About {
            path: LIST,
            title: TITLE.into(),
            lede: LEDE.into(),
            file: "roles",
            search: Some(SEARCH),
            filters: vec![
                Filter::Choice("kind", TRUSTS, KINDS),
                Filter::Choice("outside", OUTSIDE_LABEL, OUTSIDE),
                Filter::Choice("used", LAST_ASSUMED, USED),
                Filter::Words("tag", TAG, "team=ops"),
            ],
            columns: COLUMNS.to_vec(),
            actions: Some(Actions { most: grant, others }),
            acts: vec![
                Act::new("grant", GRANT, &|_| grant::need(Kind::Role)),
                Act::new("link", SWITCH_LINKS, &|_| Need::any([])),
                Act::new("delete", DELETE, &|role| super::deletion_need(text(role, "RoleName"))),
            ],
            key: &|role| text(role, "RoleName").to_owned(),
            create: Some(Creation { path: "/ram/roles/new", label: CREATE, needs: &["CreateRole"] }),
            empty: (icon::LuVenetianMask, EMPTY),
            ..About::default()
        }
    }

    async fn fetch(&self, visit: &Visit<'_>, wanted: &Wanted<'_>) -> Result<Found, ApiFailure> {
        let query = wanted.query;
        let truth = |name: &str, word: &str| if query.get(name) == word { "true" } else { "" };
        let narrowed = [
            ("Text", query.get("q").trim()),
            ("TrustedKind", query.get("kind")),
            ("TrustsOutside", truth("outside", "only")),
            ("NeverAssumed", truth("used", "never")),
        ];
        let params: Vec<_> = narrowed.into_iter().chain(tag_params(query)).chain(wanted.params()).collect();
        let answer = visit.call(ARGALI, "SearchRoles", &params).await?;
        let shows = |names: &[&str]| names.iter().all(|name| holds(&answer, name));
        let note = match () {
            () if !shows(&["ShowsTrust", "ShowsPolicies", "ShowsSessions"]) => Some(HIDDEN),
            () if !shows(&["HasAllRecords"]) => Some(RECORDS_BOUND),
            () => None,
        };
        Ok(Found::of_search(&answer, "Roles", note.map(|note| visit.say(note).to_owned())))
    }
}

/// How many of those whom a role trusts a row shows: the page of the role has them all.
const FEW: usize = 2;

/// Whom a role trusts: `company-b (12345678)`.
fn trusts(visit: &Visit<'_>, role: &Value) -> Markup {
    if role.get("Trusts").is_none() {
        return html! { "–" };
    }
    let count = items(role, "Trusts").count();
    if count == 0 {
        return html! { span.muted { (visit.say(TRUSTS_NOBODY)) } };
    }
    html! {
        div.two {
            @for one in items(role, "Trusts").take(FEW) {
                @match (text(one, "Kind"), text(one, "Name")) {
                    ("Account", id) if id == visit.account_id() => span { (visit.say(CURRENT)) },
                    ("Account", id) => (named(text(one, "AccountAlias"), id)),
                    (_, name) => bdi { (name) },
                }
            }
            @if count > FEW { span.muted { "+" (count - FEW) } }
        }
    }
}

fn plain_trusts(role: &Value) -> String {
    items(role, "Trusts").map(|one| text(one, "Name")).collect::<Vec<_>>().join("; ")
}

/// When a role was last assumed; nothing where the viewer may not know.
pub(super) fn last_assumed(visit: &Visit<'_>, role: &Value) -> Markup {
    match (role.get("LiveSessions"), text(role, "LastAssumeDate")) {
        (None, _) => html! { "–" },
        (Some(_), "") => html! { (visit.say(NEVER)) },
        (Some(_), last) => moment(visit, last),
    }
}

fn grant(visit: &Visit<'_>, role: &Value) -> Markup {
    grant::link(visit, Kind::Role, text(role, "RoleName"), "")
}

fn others(visit: &Visit<'_>, role: &Value) -> Markup {
    let name = text(role, "RoleName");
    let delete = row_link(visit, &format!("{}/delete", path_of(name)), icon::LuTrash2, DELETE);
    html! {
        button.icon-button type="button" data-copy=(switch_link(visit, name)) hidden title=(visit.say(COPY_SWITCH_LINK))
            aria-label=(visit.say(COPY_SWITCH_LINK)) { (icon(icon::LuLink)) }
        (needing(visit, super::deletion_need(name), &delete))
    }
}
