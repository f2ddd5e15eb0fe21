//! One's own passkeys: registered, renamed and deleted.

use argali_core::passkey::RelyingParty;
use argali_protocol::ApiFailure;
use maud::{Markup, html};
use serde_json::Value;

use super::{back, own_name, page};
use crate::api::{ARGALI, IMS, text};
use crate::icon;
use crate::need::{Need, needing, submit};
use crate::page::user::passkey::{listed, table};
use crate::page::{Outcome, Refusal, result};
use crate::pairs::{Pairs, encode};
use crate::part::{self, Field, Fields, Weight, act, empty, heading, notice, show_api, summary, summary_of};
use crate::shell::token;
use crate::text::passkey::*;
use crate::text::shell::{CANCEL, DELETE, SAVE};
use crate::visit::Visit;

const TAB: &str = "passkeys";
const NAME_FIELD: Field = Field::text("PasskeyName", NAME).required().longest(64).hint(NAME_HINT);

/// The tab.
pub(super) async fn part(visit: &Visit<'_>, refused: Option<&Markup>) -> Result<Markup, ApiFailure> {
    if own_name(visit).is_none() {
        return Ok(html! { div.narrow { (notice(Weight::Info, &html! { p { (visit.say(OWNER)) } })) } });
    }
    let passkeys = listed(visit, None).await?;
    let asked = visit.query().get("rename");
    let renamed = passkeys.iter().find(|passkey| text(passkey, "PasskeyId") == asked);
    let register = register_button(visit);
    Ok(html! {
        p.muted { (visit.say(LEDE)) }
        @if let Some(words) = refused { (words) }
        @if let Some(passkey) = renamed { (rename_form(visit, passkey, None)) }
        @if passkeys.is_empty() {
            section.card { (empty(visit, icon::LuFingerprint, visit.say(EMPTY), &register)) }
        } @else {
            (table(visit, &passkeys, |passkey| actions(visit, passkey)))
            div.actions { (register) }
        }
    })
}

/// The button, or why there is none: browsers allow passkeys at some addresses only.
fn register_button(visit: &Visit<'_>) -> Markup {
    if RelyingParty::of(visit.host(), visit.is_secure()).is_none() {
        let here = visit.own_origin();
        return notice(Weight::Info, &html! { p { (visit.fill(NO_HOST, &[&here])) } });
    }
    let register = act(visit, "/me/passkeys/new", &[], ("button main", REGISTER));
    needing(visit, Need::call(ARGALI, "BeginPasskeyRegistration", &[]), &register)
}

fn actions(visit: &Visit<'_>, passkey: &Value) -> Markup {
    let id = text(passkey, "PasskeyId");
    let rename = visit.to(&format!("/me?{}", encode([("tab", TAB), ("rename", id)])));
    let key = [("PasskeyId", id)];
    let delete = act(visit, "/me/passkeys/delete", &key, ("quiet danger", DELETE));
    html! {
        div.row-actions {
            a.quiet href=(rename) { (visit.say(RENAME)) }
            (needing(visit, Need::call(IMS, "DeletePasskey", &key), &delete))
        }
    }
}

fn rename_form(visit: &Visit<'_>, passkey: &Value, failure: Option<&ApiFailure>) -> Markup {
    let fields = Fields::new(visit).refused(failure).showing(passkey, &[("PasskeyName", "PasskeyName")]);
    let id = text(passkey, "PasskeyId");
    let update = Need::call(IMS, "UpdatePasskey", &[("PasskeyId", id), ("PasskeyName", "-")]);
    html! {
        form.card.stack.narrow method="post" action="/console/me/passkeys/rename" {
            (token(visit))
            h2 { (visit.say(RENAME_TITLE)) }
            input type="hidden" name="PasskeyId" value=(id);
            (fields.show(NAME_FIELD))
            div.actions {
                (submit(visit, update, ("button main", SAVE)))
                a.button href=(visit.to(&format!("/me?tab={TAB}"))) { (visit.say(CANCEL)) }
                (show_api(visit))
            }
        }
    }
}

/// Shows the form that asks the authenticator, this once: what it asks with is good for five minutes.
pub(super) async fn begin(visit: &Visit<'_>) -> Outcome {
    let answer = visit.call(ARGALI, "BeginPasskeyRegistration", &[]).await?;
    let options = answer.get("PublicKey").unwrap_or(&Value::Null);
    let fields =
        Fields::of(visit, Pairs::of([("PasskeyName".to_owned(), visit.say(DEFAULT_NAME).to_owned())]));
    let content = html! {
        div.narrow {
            (heading(&html! { (visit.say(REGISTER)) }, Some(visit.say(REGISTER_WHAT)), &html! {}))
            form.card.stack method="post" action="/console/me/passkeys/register" {
                (token(visit))
                (fields.show(NAME_FIELD))
                (part::passkey::ask(visit, options, ("button main", CONTINUE)))
            }
        }
    };
    Ok(result::keep(visit, visit.say(REGISTER), content))
}

/// Keeps what the authenticator has made.
pub(super) async fn register(visit: &Visit<'_>) -> Outcome {
    let params = ["PasskeyName", "Credential"].map(|name| (name, visit.form().get(name)));
    match visit.call(ARGALI, "RegisterPasskey", &params).await {
        Ok(_) => Ok(back(TAB)),
        Err(failure) => {
            let failure = Refusal::shown(failure)?;
            let of_credential = failure.code.contains("Credential") || failure.code.ends_with(".Passkey");
            let words = match of_credential {
                true => summary_of(&[(None, visit.say(NOT_REGISTERED))]),
                false => summary(visit, &failure),
            };
            let part = part(visit, Some(&words)).await?;
            Ok(page(visit, failure.status, TAB, &part))
        }
    }
}

/// Gives one another name.
pub(super) async fn rename(visit: &Visit<'_>) -> Outcome {
    let params = ["PasskeyId", "PasskeyName"].map(|name| (name, visit.form().get(name).trim()));
    match visit.call(IMS, "UpdatePasskey", &params).await {
        Ok(_) => Ok(back(TAB)),
        Err(failure) => {
            let failure = Refusal::shown(failure)?;
            let [(_, id), _] = params;
            let passkey = serde_json::json!({ "PasskeyId": id });
            let words = html! { (summary(visit, &failure)) (rename_form(visit, &passkey, Some(&failure))) };
            let part = part(visit, Some(&words)).await?;
            Ok(page(visit, failure.status, TAB, &part))
        }
    }
}

/// Deletes one.
pub(super) async fn delete(visit: &Visit<'_>) -> Outcome {
    visit.call(IMS, "DeletePasskey", &[("PasskeyId", visit.form().get("PasskeyId"))]).await?;
    Ok(back(TAB))
}
