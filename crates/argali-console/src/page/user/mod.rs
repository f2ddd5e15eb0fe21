//! Users: their list, their details, making and deleting them.
// SPEC: console, users; requirements S0-37 to S0-50, S3-34 to S3-55.

mod assume;
pub(crate) mod create;
mod delete;
pub(crate) mod device;
mod disable;
pub(crate) mod key;
pub(crate) mod logon;
pub(crate) mod membership;
pub(crate) mod passkey;
mod rows;
mod several;
mod users;

use argali_protocol::ApiFailure;
use maud::{Markup, html};
use serde_json::Value;

pub(crate) use self::delete::belongings;
use self::device::Whose;
use self::key::Keys;
pub(crate) use self::membership::add as add_to_groups;
use super::activity;
use super::conflict::{self, Changed, Conflict};
use super::grant::{self, Kind};
use super::tags::Tagged;
use super::{Outcome, Refusal};
use crate::answer::Answer;
use crate::api::{RAM, text};
use crate::moment::moment;
use crate::need::{Need, submit, way};
use crate::pairs::segment;
use crate::part::list::{self, SEVERAL};
use crate::part::{Field, Fields, copyable, facts, heading, show_api, summary, tabs};
use crate::shell::{self, token};
use crate::text::shell::{ACTIVITY, DELETE, SAVE};
use crate::text::user::*;
use crate::visit::Visit;

const LIST: &str = "/ram/users";
const TABS: [(&str, crate::text::Text); 8] = [
    ("basic", BASIC),
    ("logon", LOGON),
    ("keys", KEYS),
    ("groups", GROUPS),
    ("permissions", PERMISSIONS),
    ("assume", CAN_ASSUME),
    ("tags", crate::text::tag::TITLE),
    ("activity", ACTIVITY),
];

/// Answers a visit to an address below that of users.
pub(super) async fn answer(visit: &Visit<'_>, path: &[&str]) -> Outcome {
    match (visit.is_post(), path) {
        (false, []) => list::show(visit, &users::Users).await,
        (false, ["new"]) => create::show(visit).await,
        (true, ["new"]) => create::send(visit).await,
        (false, [SEVERAL]) => several::ask(visit).await,
        (true, [SEVERAL]) => several::send(visit).await,
        (false, [name]) => show(visit, name, None).await,
        (true, [name]) => change(visit, name).await,
        (true, [name, "logon"]) => logon::save(visit, name).await,
        (true, [name, "logon-off"]) => logon::turn_off(visit, name).await,
        (true, [name, "device"]) => device::create(visit, Whose::User(name)).await,
        (true, [name, "device", "bind"]) => device::bind(visit, Whose::User(name)).await,
        (true, [name, "device", "unbind"]) => device::unbind(visit, Whose::User(name)).await,
        (true, [name, "passkey-delete"]) => passkey::delete(visit, name).await,
        (true, [name, "keys"]) => key::change(visit, &Keys::of_user(name)).await,
        (true, [name, "groups"]) => membership::change(visit, name).await,
        (true, [name, "tags"]) => match Tagged::User(name).change(visit).await {
            Ok(answer) => Ok(answer),
            Err(failure) => show(visit, name, Some(&Refusal::shown(failure)?)).await,
        },
        (false, [name, "disable"]) => disable::ask(visit, name).await,
        (true, [name, "disable"]) => disable::send(visit, name).await,
        (false, [name, "delete"]) => delete::ask(visit, name).await,
        (true, [name, "delete"]) => delete::send(visit, name).await,
        _ => Err(Refusal::NoPage),
    }
}

/// What deleting a user needs.
fn deletion(name: &str) -> Need {
    Need::call(RAM, "DeleteUser", &[("UserName", name)])
}

/// The page of a user.
pub(crate) fn path_of(name: &str) -> String {
    format!("{LIST}/{}", segment(name))
}

/// What a user types to log on.
// SPEC: requirement S1-19.
fn logon_name(visit: &Visit<'_>, name: &str) -> String {
    format!("{name}@{}", visit.account_called())
}

/// The details of a user, a tab at a time.
pub(crate) async fn show(visit: &Visit<'_>, name: &str, failure: Option<&ApiFailure>) -> Outcome {
    page(visit, name, failure, None).await
}

/// The same where somebody else changed it meanwhile.
async fn page(
    visit: &Visit<'_>,
    name: &str,
    failure: Option<&ApiFailure>,
    conflict: Option<&Conflict>,
) -> Outcome {
    let answer = visit.call(RAM, "GetUser", &[("UserName", name)]).await?;
    let user = answer.get("User").unwrap_or(&Value::Null);
    let name = text(user, "UserName");
    let asked = if visit.is_post() { visit.form().get("tab") } else { visit.query().get("tab") };
    let tab = TABS.iter().find(|(tab, _)| *tab == asked).map_or("basic", |(tab, _)| tab);
    let part = match tab {
        "logon" => logon::part(visit, name, failure).await?,
        "keys" => key::part(visit, &Keys::of_user(name)).await?,
        "groups" => membership::part(visit, name, failure).await?,
        "assume" => assume::part(visit, name).await?,
        "activity" => activity::latest(visit, "user", name).await?,
        "permissions" => grant::part(visit, Kind::User, name).await?,
        "tags" => Tagged::User(name).part(visit, failure).await?,
        _ => basic(visit, user, failure, conflict),
    };
    let path = path_of(name);
    let actions = html! {
        @if tab != "permissions" { (grant::link(visit, Kind::User, name, "button")) }
        (way(visit, disable::need(visit, name), &format!("{path}/disable"), ("button", DISABLE)))
        (way(visit, deletion(name), &format!("{path}/delete"), ("button", DELETE)))
    };
    let display = Some(text(user, "DisplayName")).filter(|display| !display.is_empty());
    let content = html! {
        (heading(&html! { bdi { (name) } }, display, &actions))
        section.card {
            (facts(&[
                (visit.say(ID), copyable(visit, text(user, "UserId"))),
                (visit.say(CREATED), moment(visit, text(user, "CreateDate"))),
                (visit.say(LAST_LOGON), last_logon(visit, user)),
            ]))
        }
        (tabs(visit, &path, tab, &TABS))
        @if let Some(failure) = failure { (summary(visit, failure)) }
        (conflict::said(conflict))
        (part)
    };
    Ok(Answer::page(failure.map_or(200, |failure| failure.status), shell::page(visit, name, &content)))
}

fn basic(
    visit: &Visit<'_>,
    user: &Value,
    failure: Option<&ApiFailure>,
    conflict: Option<&Conflict>,
) -> Markup {
    let name = text(user, "UserName");
    let fields = Fields::new(visit)
        .refused(failure)
        .showing(user, &[("NewDisplayName", "DisplayName"), ("NewComments", "Comments")]);
    let update = Need::call(RAM, "UpdateUser", &[("UserName", name)]);
    html! {
        div.columns {
            section.card {
                h2 { (visit.say(BASIC)) }
                (facts(&[
                    (visit.say(NAME), copyable(visit, name)),
                    (visit.say(LOGS_ON_AS), copyable(visit, &logon_name(visit, name))),
                    (visit.say(DISPLAY_NAME), html! { bdi { (text(user, "DisplayName")) } }),
                    (visit.say(UPDATED), moment(visit, text(user, "UpdateDate"))),
                ]))
            }
            section.card {
                h2 { (visit.say(EDIT)) }
                form.stack id=(conflict::FORM) method="post" action=(visit.to(&path_of(name))) {
                    (token(visit))
                    (conflict::base_in(visit, conflict, &[text(user, "DisplayName"), text(user, "Comments")]))
                    (fields.show(Field::text("NewDisplayName", DISPLAY_NAME).longest(128).hint(DISPLAY_NAME_HINT)))
                    (fields.show(Field::text("NewComments", COMMENTS).longest(128)))
                    div.actions { (submit(visit, update, ("button main", SAVE))) (show_api(visit)) }
                }
            }
        }
    }
}

fn last_logon(visit: &Visit<'_>, user: &Value) -> Markup {
    match text(user, "LastLoginDate") {
        "" => html! { (visit.say(NEVER)) },
        last => moment(visit, last),
    }
}

/// Changes a user's display name and comments.
pub(crate) async fn change(visit: &Visit<'_>, name: &str) -> Outcome {
    let new = ["NewDisplayName", "NewComments"].map(|name| (name, visit.form().get(name).trim()));
    let answer = visit.call(RAM, "GetUser", &[("UserName", name)]).await.unwrap_or_default();
    let user = answer.get("User").unwrap_or(&Value::Null);
    let [(_, display), (_, comments)] = new;
    let fields = [
        (visit.say(DISPLAY_NAME), text(user, "DisplayName"), display),
        (visit.say(COMMENTS), text(user, "Comments"), comments),
    ];
    let (resource, theirs) = (format!(":user/{name}"), path_of(name));
    let changed = Changed { operations: &["UpdateUser"], resource: &resource, theirs: &theirs, save: "" };
    if !user.is_null()
        && let Some(conflict) = Conflict::of(visit, &changed, &fields).await
    {
        return Ok(page(visit, name, None, Some(&conflict)).await?.of_status(409));
    }
    let params: Vec<_> = [("UserName", name)].into_iter().chain(new).collect();
    match visit.call(RAM, "UpdateUser", &params).await {
        Ok(_) => Ok(Answer::see(visit.to(&path_of(name)))),
        Err(failure) => show(visit, name, Some(&Refusal::shown(failure)?)).await,
    }
}
