//! Security verification: before something sensitive, whoever is logged on shows password, code or passkey again.
//!
//! The form that was sent waits meanwhile and is then carried out.
// SPEC: console, security verification; requirement S3-55.

use argali_core::time::Timestamp;
use maud::{Markup, html};
use serde_json::Value;

use crate::answer::Answer;
use crate::api::{ARGALI, text};
use crate::part::{self, Field, Fields, summary_of};
use crate::shell::{self, token};
use crate::text::logon::{CODE_HINT, LOCKED};
use crate::text::passkey::{FAILED as PASSKEY_FAILED, USE};
use crate::text::shell::CANCEL;
use crate::text::verification::*;
use crate::visit::{KeptForm, Visit};

const PASSWORD_FIELD: Field =
    Field::text("Password", PASSWORD).longest(128).kind("password", "current-password");
const CODE_FIELD: Field =
    Field::text("AuthenticationCode", OR_CODE).longest(6).hint(CODE_HINT).kind("text", "one-time-code");

/// Whether a form that ends with something sensitive asks first, so that nothing is left half done where nobody goes on.
pub(crate) fn is_due(visit: &Visit<'_>) -> bool {
    let until = visit.who().and_then(|who| who.verified_until.parse::<Timestamp>().ok());
    !visit.is_rehearsed() && until.is_none_or(|until| visit.now() >= until)
}

/// Keeps the form that was sent, and asks.
pub(crate) async fn ask(visit: &Visit<'_>) -> Answer {
    let key = visit.random();
    let kept = visit.to_keep();
    let page = page(visit, (&key, &kept), None).await;
    visit.console().once.keep_form((key, visit.browser().to_owned()), visit.now(), kept);
    Answer::page(403, page)
}

/// Verifies; returns the form that waited, and what the browser holds from now on.
pub(crate) async fn verify(visit: &Visit<'_>) -> Result<(KeptForm, String), Answer> {
    let form = visit.form();
    let key = form.get("kept");
    let Some(kept) = visit.console().once.form(key, visit.browser(), visit.now()) else {
        let words = summary_of(&[(None, visit.say(GONE))]);
        let content = html! { div.narrow { h1 { (visit.say(TITLE)) } (words) } };
        return Err(Answer::page(409, shell::page(visit, visit.say(TITLE), &content)));
    };
    let code = form.filled("AuthenticationCode").unwrap_or_default();
    let credential = form.get("Credential");
    let params = match (credential, code) {
        ("", "") => [("Password", form.get("Password"))],
        ("", code) => [("AuthenticationCode", code)],
        (credential, _) => [("Credential", credential)],
    };
    match visit.call_as_oneself(ARGALI, "VerifyIdentity", &params).await {
        Ok(verified) => {
            visit.console().once.forget_form(key);
            Ok((kept, text(&verified, "Session").to_owned()))
        }
        Err(failure) => {
            let words = match failure.code.as_str() {
                "Logon.Locked" => visit.say(LOCKED),
                _ if credential.is_empty() => visit.say(FAILED),
                _ => visit.say(PASSKEY_FAILED),
            };
            let field = match (credential, code) {
                ("", "") => Some("Password"),
                ("", _) => Some("AuthenticationCode"),
                _ => None,
            };
            Err(Answer::page(failure.status, page(visit, (key, &kept), Some((field, words))).await))
        }
    }
}

/// The form, with the field and the words of what was wrong with what was sent.
async fn page(
    visit: &Visit<'_>,
    (key, kept): (&str, &KeptForm),
    wrong: Option<(Option<&'static str>, &str)>,
) -> Markup {
    // What was entered before belongs to the form that waits; what is shown again here is of one use only.
    let (field, words) = wrong.map(|(field, words)| (field.unwrap_or_default(), words)).unzip();
    let fields = Fields::empty(visit).wrong(field.unwrap_or_default(), words);
    let has_device = visit.who().is_some_and(|who| who.has_device);
    let passkey = passkey(visit).await;
    let content = html! {
        div.narrow {
            h1 { (visit.say(TITLE)) }
            p.lede { (visit.say(WHAT)) }
            @if let Some(wrong) = wrong { (summary_of(&[wrong])) }
            form.card.stack method="post" action="/console/verify" {
                (token(visit))
                input type="hidden" name="kept" value=(key);
                (fields.show(PASSWORD_FIELD))
                @if has_device { (fields.show(CODE_FIELD)) }
                div.actions {
                    button.button.main { (visit.say(CONTINUE)) }
                    // Back to the form as it was filled in; nothing of it is sent.
                    a.button href=(kept.shown_at(key)) data-close { (visit.say(CANCEL)) }
                }
                (passkey)
            }
        }
    };
    shell::page(visit, visit.say(TITLE), &content)
}

/// The button that asks for a passkey, if there is one for this address.
async fn passkey(visit: &Visit<'_>) -> Markup {
    if !visit.who().is_some_and(|who| who.has_passkey) {
        return html! {};
    }
    match visit.call_as_oneself(ARGALI, "BeginPasskeyVerification", &[]).await {
        Ok(asked) => {
            part::passkey::ask(visit, asked.get("PublicKey").unwrap_or(&Value::Null), ("button", USE))
        }
        Err(_) => html! {},
    }
}
