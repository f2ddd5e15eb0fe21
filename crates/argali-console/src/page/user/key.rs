//! The AccessKeys of a user, or of the account itself. Their secrets are seen once.

use argali_protocol::ApiFailure;
use maud::{Markup, html};
use serde_json::Value;

use super::path_of;
use crate::answer::Answer;
use crate::api::{IMS, RAM, list, text};
use crate::icon;
use crate::moment::moment;
use crate::need::{Need, needing};
use crate::page::{Outcome, result};
use crate::part::csv;
use crate::part::{Table, Weight, act, copyable, empty, facts, heading, notice};
use crate::text::shell::{ACTIONS, CLOSE, DELETE};
use crate::text::user::*;
use crate::visit::Visit;

/// Whose keys they are, and where.
#[derive(Debug)]
pub(crate) struct Keys<'a> {
    /// The user; nobody where they are those of the account itself.
    pub(crate) user: Option<&'a str>,
    /// Where they are made and changed.
    pub(crate) path: String,
    /// The page that they are on.
    pub(crate) back: String,
}

impl<'a> Keys<'a> {
    /// Those of a user, on the user's own page.
    pub(crate) fn of_user(name: &'a str) -> Self {
        let path = path_of(name);
        Self { user: Some(name), path: format!("{path}/keys"), back: format!("{path}?tab=keys") }
    }

    fn user(&self) -> (&'static str, &'a str) {
        ("UserName", self.user.unwrap_or_default())
    }
}

/// The list.
pub(crate) async fn part(visit: &Visit<'_>, keys: &Keys<'_>) -> Result<Markup, ApiFailure> {
    let answer = visit.call(RAM, "ListAccessKeys", &[keys.user()]).await?;
    let mut rows = Vec::new();
    for key in list(&answer, "AccessKeys", "AccessKey") {
        rows.push(row(visit, keys, key).await);
    }
    let create = act(visit, &keys.path, &[("tab", "keys")], ("button", CREATE_KEY));
    let create = needing(visit, Need::call(RAM, "CreateAccessKey", &[keys.user()]), &create);
    Ok(html! {
        (notice(Weight::Info, &html! { p { (visit.say(KEY_ACCESS_HINT)) } }))
        @if rows.is_empty() {
            section.card { (empty(visit, icon::LuKeyRound, visit.say(KEYS_EMPTY), &create)) }
        } @else {
            (Table { caption: KEYS, columns: &[KEY_ID, STATUS, LAST_USED, CREATED, ACTIONS], rows }.show(visit))
            div.actions { (create) }
        }
    })
}

async fn row(visit: &Visit<'_>, keys: &Keys<'_>, key: &Value) -> Vec<Markup> {
    let id = text(key, "AccessKeyId");
    let is_active = text(key, "Status") == "Active";
    let path = &keys.path;
    let status = match is_active {
        true => html! { span.badge.success { (visit.say(ACTIVE)) } },
        false => html! { span.badge { (visit.say(INACTIVE)) } },
    };
    let named = [keys.user(), ("UserAccessKeyId", id)];
    let change = |word, look| {
        let need = match word {
            "delete" => Need::call(RAM, "DeleteAccessKey", &named),
            status => Need::call(RAM, "UpdateAccessKey", &[named.as_slice(), &[("Status", status)]].concat()),
        };
        needing(visit, need, &act(visit, path, &[("UserAccessKeyId", id), ("do", word)], look))
    };
    let actions = match is_active {
        true => change("Inactive", ("quiet", DISABLE)),
        false => html! {
            (change("Active", ("quiet", ENABLE)))
            (change("delete", ("quiet danger", DELETE)))
        },
    };
    vec![
        copyable(visit, id),
        status,
        last_use(visit, keys, id).await,
        moment(visit, text(key, "CreateDate")),
        actions,
    ]
}

async fn last_use(visit: &Visit<'_>, keys: &Keys<'_>, id: &str) -> Markup {
    let principal = keys.user.map(|name| format!("{name}@{}", visit.account_id())).unwrap_or_default();
    let params = [("UserAccessKeyId", id), ("UserPrincipalName", principal.as_str())];
    let Ok(answer) = visit.call(IMS, "GetAccessKeyLastUsed", &params).await else { return html! { "–" } };
    let last = answer.get("AccessKeyLastUsed").unwrap_or(&Value::Null);
    match text(last, "LastUsedDate") {
        "" => html! { span.muted { (visit.say(NEVER)) } },
        date => html! { (moment(visit, date)) span.muted { " · " (text(last, "ServiceName")) } },
    }
}

/// Makes a key, or changes or deletes one.
pub(crate) async fn change(visit: &Visit<'_>, keys: &Keys<'_>) -> Outcome {
    let form = visit.form();
    let key = [keys.user(), ("UserAccessKeyId", form.get("UserAccessKeyId"))];
    match form.get("do") {
        "" => return create(visit, keys).await,
        "delete" => visit.call(RAM, "DeleteAccessKey", &key).await?,
        status => {
            let params: Vec<_> = key.into_iter().chain([("Status", status)]).collect();
            visit.call(RAM, "UpdateAccessKey", &params).await?
        }
    };
    Ok(Answer::see(visit.to(&keys.back)))
}

async fn create(visit: &Visit<'_>, keys: &Keys<'_>) -> Outcome {
    let answer = visit.call(RAM, "CreateAccessKey", &[keys.user()]).await?;
    let key = answer.get("AccessKey").unwrap_or(&Value::Null);
    let title = visit.say(KEY_CREATED);
    let cells =
        [keys.user.unwrap_or(visit.account_id()), text(key, "AccessKeyId"), text(key, "AccessKeySecret")];
    let lines = csv::line(["UserName", "AccessKeyId", "AccessKeySecret"]) + &csv::line(cells);
    let content = html! {
        div.narrow {
            (heading(&html! { (title) }, None, &html! {}))
            (notice(Weight::Warning, &html! { p { (visit.say(SEE_ONCE)) } }))
            section.card {
                (facts(&[
                    (visit.say(NAME), html! { bdi { (keys.user.unwrap_or(visit.account_id())) } }),
                    (visit.say(KEY_ID), copyable(visit, text(key, "AccessKeyId"))),
                    (visit.say(KEY_SECRET), copyable(visit, text(key, "AccessKeySecret"))),
                ]))
            }
            div.actions {
                a.button.main href=(visit.to(&keys.back)) { (visit.say(CLOSE)) }
                (csv::kept(visit, "access-key.csv", &lines))
            }
        }
    };
    Ok(result::keep(visit, title, content))
}
