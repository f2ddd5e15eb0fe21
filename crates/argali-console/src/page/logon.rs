//! Logging on: the name, then the password; or all at once; or as the owner of an account. And logging off.
// SPEC: console, log on; requirements S1-16 to S1-21, S2-29, X9.

use argali_protocol::ApiFailure;
use maud::{Markup, html};
use serde_json::Value;

use super::{Outcome, kept_form, logon_step};
use crate::answer::Answer;
use crate::api::{ARGALI, text};
use crate::browser::{Kept, to_value};
use crate::local;
use crate::pairs::{Pairs, encode};
use crate::part::{Field, Fields, Weight, notice, summary_of};
use crate::shell::{plain_page, token};
use crate::text::logon::*;
use crate::visit::Visit;

const LOGON_NAME_FIELD: Field = Field::text("LogonName", LOGON_NAME)
    .required()
    .longest(128)
    .hint(LOGON_NAME_HINT)
    .kind("text", "username");
const PASSWORD_FIELD: Field =
    Field::text("Password", PASSWORD).required().longest(128).kind("password", "current-password");

/// Which of the forms is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// The logon name alone, first.
    Name,
    /// The password of that name.
    Password,
    /// Alias, user name and password at once.
    Separate,
    /// The owner of an account.
    Owner,
}

impl Form {
    fn of(fields: &Pairs) -> Self {
        match fields.get("form-of") {
            "separate" => Self::Separate,
            "owner" => Self::Owner,
            // To mend what was typed, which is kept.
            "name" => Self::Name,
            _ if fields.filled("LogonName").is_some() => Self::Password,
            _ => Self::Name,
        }
    }
}

/// The form.
pub(crate) fn show(visit: &Visit<'_>) -> Answer {
    // `?user=` is what links carry.
    if let Some(user) = visit.query().filled("user") {
        let next = visit.query().get("next");
        return Answer::see(format!("/logon?{}", encode([("LogonName", user), ("next", next)])));
    }
    let note = match visit.query().get("note") {
        "off" => Some(visit.say(LOGGED_OFF)),
        "password" => Some(visit.say(PASSWORD_CHANGED)),
        "ended" => Some(visit.say(SESSION_ENDED)),
        _ => None,
    };
    let note = note.map(|note| notice(Weight::Info, &html! { p { (note) } }));
    Answer::page(200, page(visit, Form::of(visit.query()), &Fields::new(visit), note))
}

/// Leads somebody to the form who is not logged on, and then on to the page that was asked for.
pub(crate) fn ask(visit: &Visit<'_>) -> Answer {
    let next = kept_form::next(visit);
    let note = if visit.cookies().get(Kept::Session).is_some() { "ended" } else { "" };
    let query = [("note", note), ("next", next.as_str())].into_iter().filter(|(_, value)| !value.is_empty());
    let query = encode(query);
    let answer = Answer::see(if query.is_empty() { "/logon".to_owned() } else { format!("/logon?{query}") });
    answer.setting(Kept::Session.clear(visit.is_secure()))
}

/// A step: the name leads to the password; with the password it is tried.
pub(crate) async fn send(visit: &Visit<'_>) -> Outcome {
    let form = visit.form();
    let filled = |name: &str| form.filled(name).unwrap_or_default();
    if form.get("Password").is_empty() {
        if let Some(account) = account_alone(form) {
            let kept = [("form-of", "owner"), ("Owner", account), ("next", filled("next"))];
            let kept = encode(kept.into_iter().filter(|(_, value)| !value.is_empty()));
            return Ok(Answer::see(format!("/logon?{kept}")));
        }
        let kept = ["LogonName", "form-of", "next"].map(|name| (name, filled(name)));
        let kept = encode(kept.into_iter().filter(|(_, value)| !value.is_empty()));
        return Ok(Answer::see(format!("/logon?{kept}")));
    }
    let password = ("Password", form.get("Password"));
    let device = ("DeviceToken", visit.cookies().get(Kept::Device).unwrap_or_default());
    let mut params = match Form::of(form) {
        Form::Separate => vec![("AccountAlias", filled("AccountAlias")), ("UserName", filled("UserName"))],
        Form::Owner => vec![("Owner", filled("Owner"))],
        Form::Name | Form::Password => vec![("LogonName", filled("LogonName"))],
    };
    params.extend([password, device]);
    match visit.call_as_nobody(ARGALI, "LogOn", &params).await {
        Ok(step) => Ok(proceed(visit, &step, (&name_of(form), form.get("next")))),
        Err(failure) => {
            let words = explained(visit, &failure);
            // Of a name or a password that is wrong, the password is what can be typed again.
            let field = is_failed(&failure).then_some("Password");
            let fields = Fields::new(visit).wrong("Password", field.map(|_| words.as_str()));
            let refused = summary_of(&[(field, &words)]);
            Ok(Answer::page(failure.status, page(visit, Form::of(form), &fields, Some(refused))))
        }
    }
}

/// Leads on from a step that went well: to what is still needed, or in.
pub(crate) fn proceed(visit: &Visit<'_>, step: &Value, (name, next): (&str, &str)) -> Answer {
    let secure = visit.is_secure();
    let session = text(step, "Session");
    if session.is_empty() {
        let kept = logon_step::Kept { name, next, step };
        return Answer::see("/logon/continue").setting(Kept::Attempt.set(kept.to_value(), secure));
    }
    // Whatever somebody may have left in this browser before counts no more.
    let browser = to_value(&visit.console().core.env().random::<32>());
    let answer = Answer::see(local::page(next).unwrap_or("/console"))
        .setting(Kept::Session.set(session, secure))
        .setting(Kept::Browser.set(browser, secure))
        .setting(Kept::Attempt.clear(secure));
    match text(step, "DeviceToken") {
        "" => answer,
        // By it the browser is known next time, and may stand for a code that was shown.
        device => answer.setting(Kept::Device.set(device, secure)),
    }
}

/// Ends the logon, for the server and for the browser.
pub(crate) async fn log_off(visit: &Visit<'_>) -> Outcome {
    visit.call_as_oneself(ARGALI, "LogOff", &[]).await?;
    let secure = visit.is_secure();
    Ok(Answer::see("/logon?note=off")
        .setting(Kept::Session.clear(secure))
        .setting(Kept::Browser.clear(secure))
        .setting(Kept::Attempt.clear(secure)))
}

/// What was wrong, in words that tell nobody who exists.
pub(crate) fn explained(visit: &Visit<'_>, failure: &ApiFailure) -> String {
    match failure.code.as_str() {
        _ if is_failed(failure) => visit.say(FAILED).to_owned(),
        "Logon.Locked" => visit.say(LOCKED).to_owned(),
        "Logon.Ended" => visit.say(ENDED).to_owned(),
        "Logon.Forbidden.Address" => visit.say(NOT_FROM_HERE).to_owned(),
        "Logon.Forbidden.Disabled" => visit.say(SWITCHED_OFF).to_owned(),
        "Logon.Forbidden.InitialPassword" => visit.say(INITIAL_EXPIRED).to_owned(),
        "Logon.Forbidden.PasswordExpired" => visit.say(PASSWORD_EXPIRED).to_owned(),
        "Logon.Forbidden.Unused" => visit.say(TOO_LONG_UNUSED).to_owned(),
        _ => crate::part::explained(visit, failure),
    }
}

/// Whether name or password is wrong, whichever of them. What is no name at all is nobody's.
fn is_failed(failure: &ApiFailure) -> bool {
    let names = ["LogonName", "UserName", "AccountAlias"];
    failure.code == "Logon.Failed" || names.iter().any(|name| failure.code.contains(name))
}

/// The number of an account in place of a logon name, which always has an `@`: whoever enters it is its owner.
fn account_alone(form: &Pairs) -> Option<&str> {
    let name = form.filled("LogonName").filter(|_| Form::of(form) == Form::Password)?;
    name.bytes().all(|byte| byte.is_ascii_digit()).then_some(name)
}

fn name_of(form: &Pairs) -> String {
    let filled = |name: &str| form.filled(name).unwrap_or_default();
    match Form::of(form) {
        Form::Separate => format!("{}@{}", filled("UserName"), filled("AccountAlias")),
        Form::Owner => filled("Owner").to_owned(),
        Form::Name | Form::Password => filled("LogonName").to_owned(),
    }
}

fn page(visit: &Visit<'_>, form: Form, fields: &Fields<'_>, note: Option<Markup>) -> Markup {
    let next = fields.value("next");
    let content = html! {
        h1 { (visit.say(TITLE)) }
        p.lede { (visit.say(LEDE)) }
        @if let Some(note) = note { (note) }
        form.stack method="post" action="/logon" {
            (token(visit))
            input type="hidden" name="next" value=(next);
            (entries(visit, fields, form))
        }
        (ways(visit, form, next))
    };
    plain_page(visit, visit.say(LOG_ON), &content)
}

fn entries(visit: &Visit<'_>, fields: &Fields<'_>, form: Form) -> Markup {
    let log_on = html! { button.button.main.wide { (visit.say(LOG_ON)) } };
    match form {
        Form::Name => html! {
            (fields.show(LOGON_NAME_FIELD))
            button.button.main.wide { (visit.say(NEXT)) }
        },
        Form::Password => html! {
            div.chosen {
                span { bdi { (fields.value("LogonName")) } }
                a href=(format!("/logon?{}", encode(["LogonName", "next"].map(|name| (name, fields.value(name))).into_iter().chain([("form-of", "name")])))) { (visit.say(CHANGE_NAME)) }
            }
            input type="hidden" name="LogonName" value=(fields.value("LogonName")) autocomplete="username";
            (fields.show(PASSWORD_FIELD))
            (log_on)
        },
        Form::Separate => html! {
            input type="hidden" name="form-of" value="separate";
            (fields.show(Field::text("AccountAlias", ALIAS).required().hint(ALIAS_HINT).kind("text", "organization")))
            (fields.show(Field::text("UserName", USER_NAME).required().longest(64).kind("text", "username")))
            (fields.show(PASSWORD_FIELD))
            (log_on)
        },
        Form::Owner => html! {
            input type="hidden" name="form-of" value="owner";
            (fields.show(Field::text("Owner", OWNER).required().kind("text", "username")))
            (fields.show(PASSWORD_FIELD))
            (log_on)
        },
    }
}

/// The other ways to log on.
fn ways(visit: &Visit<'_>, form: Form, next: &str) -> Markup {
    let others = match form {
        Form::Name | Form::Password => [("separate", SEPARATELY), ("owner", OWNER_LINK)],
        Form::Separate => [("", TOGETHER), ("owner", OWNER_LINK)],
        Form::Owner => [("", USER_LINK), ("separate", SEPARATELY)],
    };
    html! {
        ul.ways {
            @for (of, label) in others {
                @let query = [("form-of", of), ("next", next)].into_iter().filter(|(_, value)| !value.is_empty());
                li { a href=(format!("/logon?{}", encode(query))) { (visit.say(label)) } }
            }
        }
    }
}
