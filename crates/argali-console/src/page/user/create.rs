//! Making users, several at once, and what comes of it: seen once.

use argali_protocol::ApiFailure;
use maud::{Markup, html};
use serde_json::Value;

use super::{logon, path_of};
use crate::answer::Answer;
use crate::api::{RAM, VERIFICATION_REQUIRED, text};
use crate::icon::{self, icon};
use crate::need::{Need, submit};
use crate::page::grant::{Kind, path_to};
use crate::page::tags::Tagged;
use crate::page::{Outcome, Refusal, new_tags, result};
use crate::part::csv;
use crate::part::password::{policy, rules};
use crate::part::{Field, Fields, Weight, copyable, explained, facts, heading, notice, show_api, tick};
use crate::shell::{self, token};
use crate::text::Text;
use crate::text::shell::{CANCEL, CLOSE, OK};
use crate::text::user::*;
use crate::visit::Visit;

/// How many users one form makes at most.
const MOST_ROWS: usize = 20;
/// What generated passwords are made of, a kind after the other, so that any password policy is met.
const LETTERS: [&[u8]; 3] = [b"abcdefghjkmnpqrstuvwxyz", b"ABCDEFGHJKLMNPQRSTUVWXYZ", b"23456789"];

/// What came of one user.
struct Made {
    name: String,
    /// Whether there is such a user now, whatever else went wrong.
    is_there: bool,
    password: Option<String>,
    key: Option<Value>,
    failure: Option<ApiFailure>,
}

/// The form.
pub(crate) async fn show(visit: &Visit<'_>) -> Outcome {
    Ok(page(visit, 200, 1, None).await)
}

/// Makes the users, or shows the form with one more row.
pub(crate) async fn send(visit: &Visit<'_>) -> Outcome {
    let form = visit.form();
    let rows = form.all("UserName").count().clamp(1, MOST_ROWS);
    if form.is_ticked("add") {
        return Ok(page(visit, 200, (rows + 1).min(MOST_ROWS), None).await);
    }
    if form.is_ticked("add-tag") {
        return Ok(page(visit, 200, rows, None).await);
    }
    if !form.is_ticked("console") && !form.is_ticked("key") {
        return Ok(page(visit, 400, rows, Some(visit.say(CHOOSE_MODE))).await);
    }
    let names = form.all("UserName").map(str::trim).zip(form.all("DisplayName").map(str::trim));
    let mut made = Vec::new();
    for (name, display) in names.filter(|(name, _)| !name.is_empty()).take(MOST_ROWS) {
        made.push(make(visit, name, display).await?);
    }
    match made.as_slice() {
        [] => Ok(page(visit, 400, rows, Some(visit.say(NAME_HINT))).await),
        // What is wrong with one is best mended where it was entered.
        [Made { failure: Some(failure), is_there: false, .. }] => {
            Ok(page(visit, failure.status, rows, Some(&explained(visit, failure))).await)
        }
        made => Ok(result::keep(visit, visit.say(result_title(made)), shown(visit, made))),
    }
}

/// Makes one user with whatever was ticked. Fails only if nothing could be tried.
async fn make(visit: &Visit<'_>, name: &str, display: &str) -> Result<Made, Refusal> {
    let form = visit.form();
    let mut made = Made { name: name.to_owned(), is_there: false, password: None, key: None, failure: None };
    let user = ("UserName", name);
    if let Err(failure) = visit.call(RAM, "CreateUser", &[user, ("DisplayName", display)]).await {
        if failure.code == VERIFICATION_REQUIRED {
            return Err(failure.into());
        }
        made.failure = Some(failure);
        return Ok(made);
    }
    made.is_there = true;
    let tags = new_tags::entered(visit);
    if !tags.is_empty() {
        made.failure = Tagged::User(name).put(visit, &tags).await.err();
    }
    if form.is_ticked("console") {
        let is_custom = form.get("password-of") == "custom";
        let password = if is_custom { form.get("Password").to_owned() } else { generated(visit) };
        let said = |name: &str| if form.is_ticked(name) { "true" } else { "false" };
        let params = [
            user,
            ("Password", &password),
            ("PasswordResetRequired", said("PasswordResetRequired")),
            ("MFABindRequired", said("MFABindRequired")),
        ];
        match visit.call(RAM, "CreateLoginProfile", &params).await {
            Ok(_) => made.password = Some(password).filter(|_| !is_custom),
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

fn generated(visit: &Visit<'_>) -> String {
    let env = visit.console().core.env();
    LETTERS.map(|letters| env.random_text(letters, 6)).join("-")
}

async fn page(visit: &Visit<'_>, status: u16, rows: usize, refused: Option<&str>) -> Answer {
    let policy = policy(visit).await;
    let form = visit.form();
    let entered = |name: &str| form.all(name).map(str::to_owned).collect::<Vec<_>>();
    let (names, displays) = (entered("UserName"), entered("DisplayName"));
    let account = visit.account_called();
    let content = html! {
        div.narrow {
            h1 { (visit.say(CREATE)) }
            @if let Some(words) = refused { (notice(Weight::Danger, &html! { p { (words) } })) }
            form.stack method="post" action=(visit.to("/ram/users/new")) {
                (token(visit))
                section.card.stack {
                    h2 { (visit.say(ACCOUNT_INFORMATION)) }
                    @for at in 0..rows { (row(visit, at, names.get(at), displays.get(at))) }
                    p.hint { (visit.say(NAME_HINT)) " · " (visit.fill(NAME_SUFFIX, &[account])) }
                    (new_tags::fields(visit))
                    @if rows < MOST_ROWS {
                        div { button.button.small name="add" value="true" formnovalidate { (icon(icon::LuPlus)) (visit.say(ADD)) } }
                    }
                }
                (access(visit, rows, &policy))
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

fn row(visit: &Visit<'_>, at: usize, name: Option<&String>, display: Option<&String>) -> Markup {
    let field = |id: String, field: &str, label, value: Option<&String>, longest: u32, required: bool| {
        html! {
            div.field {
                label for=(id) { (label) }
                input id=(id) name=(field) value=(value.map(String::as_str).unwrap_or_default()) maxlength=(longest)
                    required[required] autocomplete="off" autocapitalize="none" spellcheck="false";
            }
        }
    };
    html! {
        div.row role="group" aria-label=(visit.fill(ROW, &[&(at + 1).to_string()])) {
            (field(format!("UserName{at}"), "UserName", visit.say(NAME), name, 64, at == 0))
            (field(format!("DisplayName{at}"), "DisplayName", visit.say(DISPLAY_NAME), display, 128, false))
        }
    }
}

/// How they have access. The style sheet leaves out what does not go with what is ticked.
fn access(visit: &Visit<'_>, rows: usize, policy: &Value) -> Markup {
    let form = visit.form();
    let is_new = form.is_empty();
    let is_custom = form.get("password-of") == "custom";
    let fields = Fields::new(visit);
    let choice = |value: &str, label, chosen: bool| {
        html! {
            label.tick {
                input type="radio" name="password-of" value=(value) checked[chosen];
                span { (visit.say(label)) }
            }
        }
    };
    html! {
        section.card.stack.access {
            h2 { (visit.say(ACCESS_MODE)) }
            (tick(visit, ("console", CONSOLE_ACCESS), is_new || form.is_ticked("console"), Some(CONSOLE_ACCESS_HINT)))
            fieldset.nested {
                legend.hidden { (visit.say(CONSOLE_PASSWORD)) }
                (choice("generate", GENERATE, !is_custom))
                (choice("custom", CUSTOM, is_custom))
                (fields.show(Field::text("Password", PASSWORD).longest(32).kind("password", "new-password")))
                (rules(visit, policy, "Password", ""))
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

fn result_title(made: &[Made]) -> Text {
    if made.iter().any(|made| made.is_there) { RESULT } else { RESULT_NONE }
}

fn shown(visit: &Visit<'_>, made: &[Made]) -> Markup {
    let has_secrets = made.iter().any(|made| made.password.is_some() || made.key.is_some());
    html! {
        div.narrow {
            (heading(&html! { (visit.say(result_title(made))) }, None, &html! {}))
            @if has_secrets { (notice(Weight::Warning, &html! { p { (visit.say(SEE_ONCE)) } })) }
            section.card { @for made in made { (one(visit, made)) } }
            div.actions {
                a.button.main href=(visit.to("/ram/users")) { (visit.say(CLOSE)) }
                @if has_secrets { (csv::kept(visit, "new-users.csv", &lines(made))) }
            }
        }
    }
}

/// The same as a file, but for what went wrong.
fn lines(made: &[Made]) -> String {
    let mut lines = csv::line(["UserName", "Password", "AccessKeyId", "AccessKeySecret"]);
    for made in made.iter().filter(|made| made.is_there) {
        let key = |name: &str| made.key.as_ref().map(|key| text(key, name)).unwrap_or_default();
        let password = made.password.as_deref().unwrap_or_default();
        lines.push_str(&csv::line([
            made.name.as_str(),
            password,
            key("AccessKeyId"),
            key("AccessKeySecret"),
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
