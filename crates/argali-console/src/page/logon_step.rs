//! What is asked for after the password: a code, a new device, a new password.
//!
//! How far somebody has come is sealed by the server and lies in a cookie, so that a reload shows the step again and
//! sends nothing twice.

use argali_protocol::ApiFailure;
use maud::{Markup, PreEscaped, html};
use qrcode::{Color, QrCode};
use serde_json::{Value, json};

use super::Outcome;
use super::logon::{explained, proceed};
use crate::answer::Answer;
use crate::api::{ARGALI, holds, text};
use crate::browser::{self, from_value, to_value};
use crate::part::password::rules as rules_of;
use crate::part::{self, Field, Fields, about, copyable, summary_of, tick};
use crate::shell::{plain_page, token};
use crate::text::logon::*;
use crate::text::passkey::{FAILED as PASSKEY_FAILED, USE, USE_WHAT};
use crate::visit::Visit;

const CODE_FIELD: Field = Field::text("AuthenticationCode", CODE)
    .required()
    .longest(6)
    .hint(CODE_HINT)
    .kind("text", "one-time-code");
const CODE_1_FIELD: Field = Field::text("AuthenticationCode1", CODE_1).required().longest(6);
const CODE_2_FIELD: Field = Field::text("AuthenticationCode2", CODE_2).required().longest(6);
const NEW_PASSWORD_FIELD: Field =
    Field::text("NewPassword", NEW_PASSWORD).required().longest(32).kind("password", "new-password");
const AGAIN_FIELD: Field =
    Field::text("Again", REPEAT_PASSWORD).required().longest(32).kind("password", "new-password");

/// A step to be kept with the browser.
#[derive(Debug)]
pub(crate) struct Kept<'a> {
    /// Who logs on, as it was typed.
    pub(crate) name: &'a str,
    /// Where to go then.
    pub(crate) next: &'a str,
    /// What the step before answered.
    pub(crate) step: &'a Value,
}

impl Kept<'_> {
    /// As a cookie has it. The picture of the seed is drawn anew from the seed.
    pub(crate) fn to_value(&self) -> String {
        let [need, attempt, seed] = ["Need", "Attempt", "Base32StringSeed"].map(|name| text(self.step, name));
        let kept = json!({
            "Name": self.name, "Next": self.next, "Need": need, "Attempt": attempt, "Base32StringSeed": seed,
            "PasswordRules": self.step.get("PasswordRules"), "MayRememberMFA": holds(self.step, "MayRememberMFA"), "HasPasskey": holds(self.step, "HasPasskey"),
        });
        to_value(kept.to_string().as_bytes())
    }
}

/// The step that the browser is at.
fn present(visit: &Visit<'_>) -> Option<Value> {
    let value = visit.cookies().get(browser::Kept::Attempt)?;
    serde_json::from_slice(&from_value(value)?).ok()
}

/// Shows the step.
pub(crate) async fn show(visit: &Visit<'_>) -> Answer {
    match present(visit) {
        Some(step) => Answer::page(200, page(visit, &step, None).await),
        None => Answer::see("/logon"),
    }
}

/// Tries what was entered.
pub(crate) async fn send(visit: &Visit<'_>) -> Outcome {
    let Some(step) = present(visit) else { return Ok(Answer::see("/logon")) };
    let form = visit.form();
    let filled = |name: &str| form.filled(name).unwrap_or_default();
    let attempt = ("Attempt", text(&step, "Attempt"));
    let remember = ("RememberMFA", if form.is_ticked("RememberMFA") { "true" } else { "" });
    let (action, params) = match text(&step, "Need") {
        "MFACode" | "Passkey" if !form.get("Credential").is_empty() => {
            ("LogOnWithPasskey", vec![attempt, ("Credential", form.get("Credential")), remember])
        }
        "Passkey" => return Ok(Answer::see("/logon/continue")),
        "MFACode" => {
            ("LogOnWithCode", vec![attempt, ("AuthenticationCode", filled("AuthenticationCode")), remember])
        }
        "MFADevice" => {
            let codes = ["AuthenticationCode1", "AuthenticationCode2"].map(|name| (name, filled(name)));
            ("LogOnWithNewDevice", [attempt, remember].into_iter().chain(codes).collect())
        }
        _ if form.get("NewPassword") != form.get("Again") => {
            let wrong = (Some("Again"), visit.say(NOT_ALIKE));
            return Ok(Answer::page(400, page(visit, &step, Some(wrong)).await));
        }
        _ => ("LogOnWithNewPassword", vec![attempt, ("NewPassword", form.get("NewPassword"))]),
    };
    match visit.call_as_nobody(ARGALI, action, &params).await {
        Ok(next) => Ok(proceed(visit, &next, (text(&step, "Name"), text(&step, "Next")))),
        Err(failure) => {
            let words = match failure.code.as_str() {
                "Logon.Failed" if action == "LogOnWithPasskey" => visit.say(PASSKEY_FAILED).to_owned(),
                "Logon.Failed" => visit.say(CODE_FAILED).to_owned(),
                _ => explained(visit, &failure),
            };
            let wrong = (field_of(action, &failure), words.as_str());
            Ok(Answer::page(failure.status, page(visit, &step, Some(wrong)).await))
        }
    }
}

/// The field that a refusal is about: the codes and passwords of a step are judged as a whole.
fn field_of(action: &str, failure: &ApiFailure) -> Option<&'static str> {
    let is_code = failure.code == "Logon.Failed" || failure.code.contains("AuthenticationCode");
    match action {
        "LogOnWithCode" if is_code => Some("AuthenticationCode"),
        "LogOnWithNewDevice" if is_code => Some("AuthenticationCode1"),
        "LogOnWithNewPassword" => {
            about(failure).iter().any(|name| name == "NewPassword").then_some("NewPassword")
        }
        _ => None,
    }
}

/// The step, with the field and the words of what was wrong with what was sent.
async fn page(visit: &Visit<'_>, step: &Value, wrong: Option<(Option<&'static str>, &str)>) -> Markup {
    let (field, words) = wrong.map(|(field, words)| (field.unwrap_or_default(), words)).unzip();
    let fields = Fields::new(visit).wrong(field.unwrap_or_default(), words);
    let remember = html! {
        @if holds(step, "MayRememberMFA") {
            (tick(visit, ("RememberMFA", REMEMBER), visit.form().is_ticked("RememberMFA"), Some(REMEMBER_HINT)))
        }
    };
    let (title, what, entries, button) = match text(step, "Need") {
        "MFACode" => (CODE_TITLE, None, html! { (fields.show(CODE_FIELD)) (remember) }, Some(VERIFY)),
        "Passkey" => (CODE_TITLE, Some(USE_WHAT), remember, None),
        "MFADevice" => {
            let entries = html! {
                (device(visit, text(step, "Name"), text(step, "Base32StringSeed")))
                div.pair { (fields.show(CODE_1_FIELD)) (fields.show(CODE_2_FIELD)) }
                (remember)
            };
            (DEVICE_TITLE, Some(DEVICE_WHAT), entries, Some(BIND))
        }
        _ => {
            let (user, _) = text(step, "Name").split_once('@').unwrap_or_default();
            let rules = step.get("PasswordRules").unwrap_or(&Value::Null);
            let entries = html! {
                (fields.show(NEW_PASSWORD_FIELD))
                (rules_of(visit, rules, "NewPassword", user))
                (fields.show(AGAIN_FIELD))
            };
            (NEW_PASSWORD_TITLE, Some(NEW_PASSWORD_WHAT), entries, Some(CHANGE_PASSWORD))
        }
    };
    let passkey = passkey(visit, step, button.is_none()).await;
    let content = html! {
        h1 { (visit.say(title)) }
        @if let Some(what) = what { p.lede { (visit.say(what)) } }
        @if let Some(wrong) = wrong { (summary_of(&[wrong])) }
        form.stack method="post" action="/logon/continue" {
            (token(visit))
            div.chosen { span { bdi { (text(step, "Name")) } } a href="/logon" { (visit.say(START_AGAIN)) } }
            (entries)
            @if let Some(button) = button { button.button.main.wide { (visit.say(button)) } }
            (passkey)
        }
    };
    plain_page(visit, visit.say(title), &content)
}

/// The button that asks for a passkey where there is one: the only way on, or another than a code.
async fn passkey(visit: &Visit<'_>, step: &Value, is_only: bool) -> Markup {
    if !holds(step, "HasPasskey") {
        return html! {};
    }
    let attempt = [("Attempt", text(step, "Attempt"))];
    match visit.call_as_nobody(ARGALI, "BeginPasskeyLogon", &attempt).await {
        Ok(asked) => {
            let class = if is_only { "button main wide" } else { "button wide" };
            part::passkey::ask(visit, asked.get("PublicKey").unwrap_or(&Value::Null), (class, USE))
        }
        Err(_) => part::passkey::elsewhere(visit),
    }
}

/// The seed of a device, as a picture and in letters.
pub(crate) fn device(visit: &Visit<'_>, name: &str, seed: &str) -> Markup {
    let holder = crate::pairs::segment(name);
    html! {
        div.device {
            (picture(visit, &format!("otpauth://totp/Argali:{holder}?secret={seed}&issuer=Argali")))
            div { span.muted { (visit.say(DEVICE_KEY)) } (copyable(visit, seed)) }
        }
    }
}

/// A QR code as a drawing.
fn picture(visit: &Visit<'_>, address: &str) -> Markup {
    let Ok(code) = QrCode::new(address) else { return html! {} };
    let width = code.width();
    let dark = code.to_colors().into_iter().enumerate().filter(|(_, colour)| *colour == Color::Dark);
    let path: String =
        dark.map(|(at, _)| format!("M{} {}h1v1h-1z", at % width + 2, at / width + 2)).collect();
    let size = width + 4;
    html! {
        svg.qr viewBox=(format!("0 0 {size} {size}")) role="img" aria-label=(visit.say(DEVICE_PICTURE)) shape-rendering="crispEdges" {
            (PreEscaped(format!("<rect width=\"{size}\" height=\"{size}\" fill=\"#fff\"/><path d=\"{path}\" fill=\"#000\"/>")))
        }
    }
}
