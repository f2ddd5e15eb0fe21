//! How a user logs on: console access, password, second factor.

use argali_protocol::ApiFailure;
use maud::{Markup, html};
use serde_json::Value;

use super::device::{self, Whose};
use super::{passkey, path_of, show};
use crate::answer::Answer;
use crate::api::{IMS, RAM, holds, is_absent, text};
use crate::need::{Need, needing, submit};
use crate::page::{Outcome, Refusal};
use crate::part::password::{policy, rules};
use crate::part::{Field, Fields, Weight, act, notice, show_api, tick};
use crate::shell::token;
use crate::text::shell::SAVE;
use crate::text::user::*;
use crate::visit::Visit;

/// The tab.
pub(crate) async fn part(
    visit: &Visit<'_>,
    name: &str,
    failure: Option<&ApiFailure>,
) -> Result<Markup, ApiFailure> {
    let profile = profile(visit, name).await?;
    let device = device::part(visit, Whose::User(name)).await?;
    let passkeys = passkey::part(visit, name).await?;
    let policy = policy(visit).await;
    Ok(html! {
        div.columns {
            section.card { (form(visit, (name, profile.as_ref()), &policy, failure)) }
            section.card.stack {
                h2 { (visit.say(DEVICE)) }
                p.muted { (visit.say(DEVICE_FOR)) }
                (device)
            }
        }
        (passkeys)
    })
}

/// How a user logs on, if it has console access.
pub(super) async fn profile(visit: &Visit<'_>, name: &str) -> Result<Option<Value>, ApiFailure> {
    let who = principal(visit, name);
    match visit.call(IMS, "GetLoginProfile", &[("UserPrincipalName", &who)]).await {
        Ok(answer) => Ok(Some(answer.get("LoginProfile").cloned().unwrap_or_default())),
        Err(failure) if is_absent(&failure) => Ok(None),
        Err(failure) => Err(failure),
    }
}

/// What IMS calls a user.
pub(super) fn principal(visit: &Visit<'_>, name: &str) -> String {
    format!("{name}@{}", visit.account_id())
}

/// What stands for the password that is yet to be entered.
const STAND_IN: &str = "-";

fn form(
    visit: &Visit<'_>,
    (name, profile): (&str, Option<&Value>),
    policy: &Value,
    failure: Option<&ApiFailure>,
) -> Markup {
    let fields = Fields::new(visit).refused(failure);
    let password = match profile {
        Some(_) => Field::text("Password", NEW_PASSWORD).hint(NEW_PASSWORD_HINT),
        None => Field::text("Password", PASSWORD).required(),
    };
    let is = |what| profile.is_some_and(|profile| holds(profile, what));
    let path = path_of(name);
    let user = [("UserName", name), ("Password", STAND_IN)];
    let operation = if profile.is_some() { "UpdateLoginProfile" } else { "CreateLoginProfile" };
    let save = Need::call(RAM, operation, &user);
    let off = act(visit, &format!("{path}/logon-off"), &[("tab", "logon")], ("quiet danger", TURN_OFF));
    let state = match profile.map(|profile| text(profile, "Status")) {
        None => LOGON_OFF,
        Some("Active") => LOGON_ON,
        Some(_) => LOGON_DISABLED,
    };
    html! {
        h2 { (visit.say(CONSOLE_ACCESS)) }
        p.muted { (visit.say(state)) }
        form.stack.below method="post" action=(visit.to(&format!("{path}/logon"))) {
            (token(visit))
            input type="hidden" name="tab" value="logon";
            @if profile.is_some() { input type="hidden" name="present" value="true"; }
            (fields.show(password.longest(32).kind("password", "new-password")))
            (rules(visit, policy, "Password", name))
            (tick(visit, ("PasswordResetRequired", MUST_RESET), is("PasswordResetRequired"), None))
            (tick(visit, ("MFABindRequired", MUST_BIND), is("MFABindRequired"), Some(MUST_BIND_HINT)))
            div.actions { (submit(visit, save, ("button main", if profile.is_some() { SAVE } else { TURN_ON }))) (show_api(visit)) }
        }
        @if profile.is_some() {
            div.below { (needing(visit, Need::call(RAM, "DeleteLoginProfile", &[("UserName", name)]), &off)) }
        }
    }
}

/// Turns console access on, or changes it.
pub(crate) async fn save(visit: &Visit<'_>, name: &str) -> Outcome {
    let form = visit.form();
    let action = if form.is_ticked("present") { "UpdateLoginProfile" } else { "CreateLoginProfile" };
    let said = |box_name: &str| if form.is_ticked(box_name) { "true" } else { "false" };
    let params = [
        ("UserName", name),
        ("Password", form.get("Password")),
        ("PasswordResetRequired", said("PasswordResetRequired")),
        ("MFABindRequired", said("MFABindRequired")),
    ];
    match visit.call(RAM, action, &params).await {
        Ok(_) => Ok(back(visit, name)),
        Err(failure) => show(visit, name, Some(&Refusal::shown(failure)?)).await,
    }
}

/// Turns console access off.
pub(crate) async fn turn_off(visit: &Visit<'_>, name: &str) -> Outcome {
    remove(visit, name).await?;
    Ok(back(visit, name))
}

/// Removes the login profile, if there is one.
pub(crate) async fn remove(visit: &Visit<'_>, name: &str) -> Result<(), ApiFailure> {
    match visit.call(RAM, "DeleteLoginProfile", &[("UserName", name)]).await {
        Err(failure) if !is_absent(&failure) => Err(failure),
        _ => Ok(()),
    }
}

/// Takes a user's device away, and removes it.
pub(crate) async fn forget_device(visit: &Visit<'_>, name: &str) -> Result<(), ApiFailure> {
    let answer = visit.call(RAM, "UnbindMFADevice", &[("UserName", name)]).await?;
    let serial =
        answer.get("MFADevice").map(|device| text(device, "SerialNumber").to_owned()).unwrap_or_default();
    visit.call(RAM, "DeleteVirtualMFADevice", &[("SerialNumber", &serial)]).await?;
    Ok(())
}

fn back(visit: &Visit<'_>, name: &str) -> Answer {
    Answer::see(visit.to(&format!("{}?tab=logon", path_of(name))))
}

/// What a generated or custom password is worth saying.
pub(crate) fn note(visit: &Visit<'_>) -> Markup {
    notice(Weight::Warning, &html! { p { (visit.say(ONE_MODE)) } })
}
