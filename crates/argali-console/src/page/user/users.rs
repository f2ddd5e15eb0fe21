//! The list of users.
// SPEC: console, users; requirements S0-38, S0-52, S3-35, S3-40, S3-57.

use argali_protocol::ApiFailure;
use maud::{Markup, html};
use serde_json::Value;

use super::{LIST, deletion, path_of};
use crate::api::{ARGALI, RAM, holds, items, text};
use crate::icon;
use crate::moment::moment;
use crate::need::{Need, needing};
use crate::page::grant::{self, Kind};
use crate::page::tags;
use crate::part::list::{
    About, Act, Actions, Cell, Column, Creation, Filter, Found, Label, List, Wanted, Width, row_link,
    tag_params,
};
use crate::text::Text;
use crate::text::list::{HIDDEN, TAG};
use crate::text::shell::DELETE;
use crate::text::user::*;
use crate::visit::Visit;

/// The list.
pub(super) struct Users;

const MFA: &[(&str, Text)] = &[("", MFA_ANY), ("off", MFA_OFF), ("on", MFA_ON)];
const WITH_KEYS: &[(&str, Text)] = &[("", KEYS_ANY), ("yes", KEYS_SOME), ("no", KEYS_NONE)];

const COLUMNS: &[Column<'_>] = &[
    Column {
        label: Label::Said(NAME),
        name: "UserName",
        width: Width::Always,
        order: Some("UserName"),
        cell: Cell::Drawn(&|visit, user| {
            let name = text(user, "UserName");
            html! { a href=(visit.to(&path_of(name))) { (name) } }
        }),
        plain: Some(&|user| text(user, "UserName").to_owned()),
    },
    Column::of(DISPLAY_NAME, "DisplayName"),
    Column::moment(CREATED, "CreateDate").where_room(Width::Roomy),
    Column {
        label: Label::Said(LAST_LOGON),
        name: "LastLogonDate",
        width: Width::Always,
        order: Some("LastLogonDate"),
        cell: Cell::Drawn(&last_logon),
        plain: Some(&|user| text(user, "LastLogonDate").to_owned()),
    },
    Column {
        label: Label::Said(MFA_COLUMN),
        name: "HasMFADevice",
        width: Width::Always,
        order: None,
        cell: Cell::Drawn(&|visit, user| match user.get("HasMFADevice").and_then(Value::as_bool) {
            Some(true) => html! { (visit.say(MFA_ON)) },
            Some(false) => html! { (visit.say(MFA_OFF)) },
            None => hidden(),
        }),
        plain: Some(&|user| user.get("HasMFADevice").map(Value::to_string).unwrap_or_default()),
    },
    Column {
        label: Label::Said(KEYS_COLUMN),
        name: "AccessKeys",
        width: Width::Always,
        order: None,
        cell: Cell::Drawn(&keys),
        plain: Some(&|user| {
            user.get("AccessKeys").map(|_| items(user, "AccessKeys").count().to_string()).unwrap_or_default()
        }),
    },
    Column {
        label: Label::Said(KEYS_COLUMN),
        name: "AccessKeyLastUseDate",
        width: Width::File,
        order: None,
        cell: Cell::Drawn(&|_, _| html! {}),
        plain: Some(&|user| last_key_use(user).to_owned()),
    },
    tags::COLUMN,
];

impl List for Users {
    fn about(&self) -> About<'_> {
        About {
            path: LIST,
            title: TITLE.into(),
            lede: LEDE.into(),
            file: "users",
            search: Some(SEARCH),
            filters: vec![
                Filter::Choice("mfa", MFA_COLUMN, MFA),
                Filter::Choice("keys", KEYS_COLUMN, WITH_KEYS),
                Filter::Days("unused", UNUSED_DAYS),
                Filter::Words("tag", TAG, "team=ops"),
            ],
            columns: COLUMNS.to_vec(),
            actions: Some(Actions { most: grant, others }),
            acts: vec![
                Act::new("grant", GRANT, &|_| grant::need(Kind::User)),
                Act::new("group", ADD_TO_GROUP, &|_| Need::somehow(RAM, "AddUserToGroup")),
                Act::new("delete", DELETE, &|user| deletion(text(user, "UserName"))),
            ],
            key: &|user| text(user, "UserName").to_owned(),
            create: Some(Creation { path: "/ram/users/new", label: CREATE, needs: &["CreateUser"] }),
            empty: (icon::LuUser, EMPTY),
            ..About::default()
        }
    }

    async fn fetch(&self, visit: &Visit<'_>, wanted: &Wanted<'_>) -> Result<Found, ApiFailure> {
        let query = wanted.query;
        let truth = |name: &str, yes: &str, no: &str| match query.get(name) {
            word if word == yes => "true",
            word if word == no => "false",
            _ => "",
        };
        let narrowed = [
            ("Text", query.get("q").trim()),
            ("HasMFADevice", truth("mfa", "on", "off")),
            ("HasAccessKey", truth("keys", "yes", "no")),
            ("UnusedDays", query.get("unused").trim()),
        ];
        let params: Vec<_> = narrowed.into_iter().chain(tag_params(query)).chain(wanted.params()).collect();
        let answer = visit.call(ARGALI, "SearchUsers", &params).await?;
        let shows_all =
            ["ShowsLogons", "ShowsMFADevices", "ShowsAccessKeys"].iter().all(|name| holds(&answer, name));
        Ok(Found::of_search(&answer, "Users", (!shows_all).then(|| visit.say(HIDDEN).to_owned())))
    }
}

/// What stands where the viewer may not read.
fn hidden() -> Markup {
    html! { "–" }
}

fn last_logon(visit: &Visit<'_>, user: &Value) -> Markup {
    match (user.get("HasConsoleAccess"), text(user, "LastLogonDate")) {
        (None, _) => hidden(),
        (Some(_), "") => html! { (visit.say(NEVER)) },
        (Some(_), last) => moment(visit, last),
    }
}

fn keys(visit: &Visit<'_>, user: &Value) -> Markup {
    if user.get("AccessKeys").is_none() {
        return hidden();
    }
    let active = items(user, "AccessKeys").filter(|key| holds(key, "IsActive")).count();
    let all = items(user, "AccessKeys").count();
    html! {
        (all)
        @if !last_key_use(user).is_empty() { span.muted { " · " (moment(visit, last_key_use(user))) } }
        @if active < all { span.muted { " · " (visit.fill(KEYS_DISABLED, &[&(all - active).to_string()])) } }
    }
}

/// When one of a user's keys was last used; instants sort as they are written.
fn last_key_use(user: &Value) -> &str {
    items(user, "AccessKeys").map(|key| text(key, "LastUseDate")).max().unwrap_or_default()
}

fn grant(visit: &Visit<'_>, user: &Value) -> Markup {
    grant::link(visit, Kind::User, text(user, "UserName"), "")
}

fn others(visit: &Visit<'_>, user: &Value) -> Markup {
    let name = text(user, "UserName");
    let path = path_of(name);
    let group = row_link(visit, &format!("{path}?tab=groups"), icon::LuUserPlus, ADD_TO_GROUP);
    let delete = row_link(visit, &format!("{path}/delete"), icon::LuTrash2, DELETE);
    html! {
        (needing(visit, Need::somehow(RAM, "AddUserToGroup"), &group))
        (needing(visit, deletion(name), &delete))
    }
}
