//! Making users, several at once, and what comes of it: seen once.

use argali_protocol::ApiFailure;
use maud::{Markup, html};
use serde_json::Value;

use super::rows::{self, Row, Wrong};
use super::{logon, logon_name, path_of};
use crate::answer::Answer;
use crate::api::{RAM, VERIFICATION_REQUIRED, text};
use crate::need::{Need, needing, submit};
use crate::page::grant::{Kind, path_to};
use crate::page::settings::logon_address;
use crate::page::tags::Tagged;
use crate::page::{Outcome, Refusal, result};
use crate::part::csv;
use crate::part::password::{keeps, policy, rules};
use crate::part::{
    Field, Fields, Weight, about, copyable, explained, facts, heading, notice, show_api, summary, summary_of,
    tick,
};
use crate::shell::{self, token};
use crate::text::home::LOGON_ADDRESS;
use crate::text::shell::{CANCEL, CLOSE, OK};
use crate::text::user::*;
use crate::visit::Visit;

/// The field with a password for all of them.
const PASSWORD_FIELD: &str = "Password";
/// What is wrong with how they have access leads to the boxes.
const MODE_FIELD: &str = "access";

/// What came of one user.
struct Made {
    /// Which row it was.
    at: usize,
    name: String,
    /// Whether there is such a user now, whatever else went wrong.
    is_there: bool,
    password: Option<String>,
    /// Whether it logs on to the console.
    logs_on: bool,
    key: Option<Value>,
    failure: Option<ApiFailure>,
}

/// The form.
pub(crate) async fn show(visit: &Visit<'_>) -> Outcome {
    Ok(page(visit, 200, &[], None).await)
}

/// Makes the users, or shows the form with another number of rows, or with what is wrong.
pub(crate) async fn send(visit: &Visit<'_>) -> Outcome {
    if rows::is_changing(visit) {
        return Ok(page(visit, 200, &[], None).await);
    }
    let rows = rows::entered(visit);
    let wrong = wrong(visit, &rows).await;
    if !wrong.is_empty() {
        return Ok(page(visit, 400, &wrong, None).await);
    }
    let mut made = Vec::new();
    for (at, row) in rows.iter().enumerate().filter(|(_, row)| !row.name.is_empty()) {
        made.push(make(visit, at, row).await?);
    }
    // What is wrong with all of them is best mended where it was entered.
    if made.iter().all(|made| !made.is_there) {
        let failures = || made.iter().filter_map(|made| Some((made.at, made.failure.as_ref()?)));
        let wrong: Vec<_> = failures().filter_map(|(at, failure)| refused(visit, at, failure)).collect();
        let first = failures().next().map(|(_, failure)| failure);
        let unplaced = first.filter(|_| wrong.is_empty());
        return Ok(page(visit, first.map_or(400, |failure| failure.status), &wrong, unplaced).await);
    }
    Ok(result::keep(visit, visit.say(RESULT), shown(visit, &made)))
}

/// What can be said to be wrong before anything is made.
async fn wrong(visit: &Visit<'_>, rows: &[Row]) -> Vec<Wrong> {
    let form = visit.form();
    let mut wrong = rows::wrong(visit, rows).await;
    let is_custom = form.is_ticked("console") && form.get("password-of") == "custom";
    if is_custom {
        let policy = policy(visit).await;
        let keeps = |row: &Row| keeps(&policy, form.get("Password"), &row.name);
        if !rows.iter().filter(|row| !row.name.is_empty()).all(keeps) {
            wrong.push((Some(PASSWORD_FIELD.to_owned()), visit.say(PASSWORD_WEAK).to_owned()));
        }
    }
    if !form.is_ticked("console") && !form.is_ticked("key") {
        wrong.push((Some(MODE_FIELD.to_owned()), visit.say(CHOOSE_MODE).to_owned()));
    }
    wrong
}

/// Why a row came to nothing, if that is about one of its fields.
fn refused(visit: &Visit<'_>, at: usize, failure: &ApiFailure) -> Option<Wrong> {
    let fields = about(failure);
    let ids = [("UserName", rows::name_id(at)), ("DisplayName", rows::display_id(at))];
    let (_, id) = ids.into_iter().find(|(name, _)| fields.iter().any(|field| field == name))?;
    Some((Some(id), explained(visit, failure)))
}

/// Makes one user with whatever was ticked. Fails only if nothing could be tried.
async fn make(visit: &Visit<'_>, at: usize, row: &Row) -> Result<Made, Refusal> {
    let form = visit.form();
    let name = row.name.as_str();
    let mut made = Made {
        at,
        name: name.to_owned(),
        is_there: false,
        password: None,
        logs_on: false,
        key: None,
        failure: None,
    };
    let user = ("UserName", name);
    if let Err(failure) = visit.call(RAM, "CreateUser", &[user, ("DisplayName", &row.display)]).await {
        if failure.code == VERIFICATION_REQUIRED {
            return Err(failure.into());
        }
        made.failure = Some(failure);
        return Ok(made);
    }
    made.is_there = true;
    let tags: Vec<_> = row.tags.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
    if !tags.is_empty() {
        made.failure = Tagged::User(name).put(visit, &tags).await.err();
    }
    if form.is_ticked("console") {
        let is_custom = form.get("password-of") == "custom";
        let password = if is_custom { form.get("Password").to_owned() } else { logon::generated(visit) };
        let said = |name: &str| if form.is_ticked(name) { "true" } else { "false" };
        let params = [
            user,
            ("Password", &password),
            ("PasswordResetRequired", said("PasswordResetRequired")),
            ("MFABindRequired", said("MFABindRequired")),
        ];
        match visit.call(RAM, "CreateLoginProfile", &params).await {
            Ok(_) => {
                made.logs_on = true;
                made.password = Some(password).filter(|_| !is_custom);
            }
            Err(failure) => made.failure = Some(failure),
        }
    }
    if form.is_ticked("key") {
        match visit.call(RAM, "CreateAccessKey", &[user]).await {
            Ok(answer) => made.key = answer.get("AccessKey").cloned(),
            Err(failure) => made.failure = Some(failure),
        }
    }
    Ok(made)
}

async fn page(visit: &Visit<'_>, status: u16, wrong: &[Wrong], failure: Option<&ApiFailure>) -> Answer {
    let policy = policy(visit).await;
    let rows = rows::entered(visit);
    let said: Vec<_> = wrong.iter().map(|(field, words)| (field.as_deref(), words.as_str())).collect();
    let content = html! {
        div.narrow {
            h1 { (visit.say(CREATE)) }
            @if !said.is_empty() { (summary_of(&said)) }
            @if let Some(failure) = failure { (summary(visit, failure)) }
            form.stack method="post" action=(visit.to("/ram/users/new")) {
                (token(visit))
                // Enter in a field creates: the first button is what it presses.
                (needing(visit, Need::somehow(RAM, "CreateUser"), &html! {
                    button.hidden tabindex="-1" aria-hidden="true" { (visit.say(OK)) }
                }))
                section.card.stack {
                    h2 { (visit.say(ACCOUNT_INFORMATION)) }
                    (rows::fields(visit, &rows, wrong))
                }
                (access(visit, rows.len(), &policy, wrong))
                div.actions {
                    (submit(visit, Need::somehow(RAM, "CreateUser"), ("button main", OK)))
                    a.button href=(visit.to("/ram/users")) { (visit.say(CANCEL)) }
                    (show_api(visit))
                }
            }
        }
    };
    Answer::page(status, shell::page(visit, visit.say(CREATE), &content))
}

/// How they have access. The style sheet leaves out what does not go with what is ticked.
fn access(visit: &Visit<'_>, rows: usize, policy: &Value, wrong: &[Wrong]) -> Markup {
    let form = visit.form();
    let is_new = form.is_empty();
    let is_custom = form.get("password-of") == "custom";
    let weak = wrong.iter().find(|(field, _)| field.as_deref() == Some(PASSWORD_FIELD));
    let fields = Fields::new(visit).wrong(PASSWORD_FIELD, weak.map(|(_, words)| words.as_str()));
    let choice = |value: &str, label, chosen: bool| {
        html! {
            label.tick {
                input type="radio" name="password-of" value=(value) checked[chosen];
                span { (visit.say(label)) }
            }
        }
    };
    let no_mode =
        wrong.iter().find(|(field, _)| field.as_deref() == Some(MODE_FIELD)).map(|(_, words)| words);
    html! {
        section.card.stack.access id=(MODE_FIELD) {
            h2 { (visit.say(ACCESS_MODE)) }
            @if let Some(words) = no_mode { p.error id="access-error" { (words) } }
            (tick(visit, ("console", CONSOLE_ACCESS), is_new || form.is_ticked("console"), Some(CONSOLE_ACCESS_HINT)))
            fieldset.nested {
                legend.hidden { (visit.say(CONSOLE_PASSWORD)) }
                (choice("generate", GENERATE, !is_custom))
                (choice("custom", CUSTOM, is_custom))
                (fields.show(Field::text(PASSWORD_FIELD, PASSWORD).longest(32).kind("password", "new-password")))
                (rules(visit, policy, PASSWORD_FIELD, ""))
                p.hint {
                    a href=(visit.to("/settings?tab=password")) { (visit.say(PASSWORD_POLICY)) }
                    @if rows > 1 { " · " (visit.say(SAME_PASSWORD)) }
                }
                (tick(visit, ("PasswordResetRequired", MUST_RESET), is_new || form.is_ticked("PasswordResetRequired"), None))
                (tick(visit, ("MFABindRequired", MUST_BIND), form.is_ticked("MFABindRequired"), Some(MUST_BIND_HINT)))
            }
            (tick(visit, ("key", KEY_ACCESS), form.is_ticked("key"), Some(KEY_ACCESS_HINT)))
            (logon::note(visit))
        }
    }
}

fn shown(visit: &Visit<'_>, made: &[Made]) -> Markup {
    let has_secrets = made.iter().any(|made| made.password.is_some() || made.key.is_some());
    html! {
        div.narrow {
            (heading(&html! { (visit.say(RESULT)) }, None, &html! {}))
            @if has_secrets { (notice(Weight::Warning, &html! { p { (visit.say(SEE_ONCE)) } })) }
            section.card {
                @for made in made { (one(visit, made)) }
                // What has to be handed on with a password, to somebody who has seen nothing of the console yet.
                @if made.iter().any(|made| made.logs_on) {
                    (facts(&[(visit.say(LOGON_ADDRESS), copyable(visit, &logon_address(visit, visit.account_called())))]))
                }
            }
            div.actions {
                a.button.main href=(visit.to("/ram/users")) { (visit.say(CLOSE)) }
                @if has_secrets { (csv::kept(visit, "new-users.csv", &lines(visit, made))) }
            }
        }
    }
}

/// The same as a file, but for what went wrong.
fn lines(visit: &Visit<'_>, made: &[Made]) -> String {
    let mut lines =
        csv::line(["UserName", "Password", "AccessKeyId", "AccessKeySecret", "LogonName", "LogonAddress"]);
    let address = logon_address(visit, visit.account_called());
    for made in made.iter().filter(|made| made.is_there) {
        let key = |name: &str| made.key.as_ref().map(|key| text(key, name)).unwrap_or_default();
        let password = made.password.as_deref().unwrap_or_default();
        let (logon_name, address) = match made.logs_on {
            true => (logon_name(visit, &made.name), address.as_str()),
            false => (String::new(), ""),
        };
        lines.push_str(&csv::line([
            made.name.as_str(),
            password,
            key("AccessKeyId"),
            key("AccessKeySecret"),
            &logon_name,
            address,
        ]));
    }
    lines
}

fn one(visit: &Visit<'_>, made: &Made) -> Markup {
    let key = made.key.as_ref().unwrap_or(&Value::Null);
    let state = html! {
        @if made.is_there {
            span.badge.success { (visit.say(DONE)) }
        } @else {
            span.badge.warning { (visit.say(NOT_DONE)) }
        }
        @if let Some(failure) = &made.failure { " " (explained(visit, failure)) }
    };
    let name = match made.is_there {
        true => html! { a href=(visit.to(&path_of(&made.name))) { bdi { (made.name) } } },
        false => html! { bdi { (made.name) } },
    };
    let mut lines = vec![(visit.say(NAME), name), (visit.say(STATE), state)];
    if made.logs_on {
        lines.push((visit.say(LOGS_ON_AS), copyable(visit, &logon_name(visit, &made.name))));
    }
    lines.extend(made.password.as_ref().map(|password| (visit.say(PASSWORD), copyable(visit, password))));
    if made.key.is_some() {
        lines.push((visit.say(KEY_ID), copyable(visit, text(key, "AccessKeyId"))));
        lines.push((visit.say(KEY_SECRET), copyable(visit, text(key, "AccessKeySecret"))));
    }
    html! {
        div.secret {
            (facts(&lines))
            @if made.is_there {
                div { a.button.small href=(visit.to(&path_to(Kind::User, &made.name))) { (visit.say(GRANT)) } }
            }
        }
    }
}
