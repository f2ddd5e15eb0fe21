//! How a user logs on: console access, password, second factor.

use argali_protocol::ApiFailure;
use maud::{Markup, html};
use serde_json::Value;

use super::device::{self, Whose};
use super::{passkey, path_of, show};
use crate::answer::Answer;
use crate::api::{IMS, RAM, holds, is_absent, text};
use crate::need::{Need, needing, submit};
use crate::page::settings::logon_address;
use crate::page::{Outcome, Refusal, result};
use crate::part::password::{policy, rules};
use crate::part::{Field, Fields, Weight, act, copyable, facts, heading, notice, show_api, tick};
use crate::shell::token;
use crate::text::home::LOGON_ADDRESS;
use crate::text::shell::{CLOSE, SAVE};
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

/// What generated passwords are made of, a kind after the other, so that any password policy is met.
const LETTERS: [&[u8]; 3] = [b"abcdefghjkmnpqrstuvwxyz", b"ABCDEFGHJKLMNPQRSTUVWXYZ", b"23456789"];

/// A password that nobody knows yet.
pub(super) fn generated(visit: &Visit<'_>) -> String {
    let env = visit.console().core.env();
    LETTERS.map(|letters| env.random_text(letters, 6)).join("-")
}

/// What the button sends that has a password generated.
const GENERATES: &str = "generate";
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
            div.actions {
                (submit(visit, save.clone(), ("button main", if profile.is_some() { SAVE } else { TURN_ON })))
                (needing(visit, save, &html! {
                    button.button name="do" value=(GENERATES) formnovalidate { (visit.say(GENERATE_NEW)) }
                }))
                (show_api(visit))
            }
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
    let new = (form.get("do") == GENERATES).then(|| generated(visit));
    let params = [
        ("UserName", name),
        ("Password", new.as_deref().unwrap_or(form.get("Password"))),
        ("PasswordResetRequired", said("PasswordResetRequired")),
        ("MFABindRequired", said("MFABindRequired")),
    ];
    match visit.call(RAM, action, &params).await {
        Ok(_) => Ok(match new {
            Some(password) => result::keep(visit, visit.say(PASSWORD_NEW), handed_on(visit, name, &password)),
            None => back(visit, name),
        }),
        Err(failure) => show(visit, name, Some(&Refusal::shown(failure)?)).await,
    }
}

/// A new password with what it is used with, to be handed on.
fn handed_on(visit: &Visit<'_>, name: &str, password: &str) -> Markup {
    let account = visit.account_called();
    html! {
        div.narrow {
            (heading(&html! { (visit.say(PASSWORD_NEW)) }, None, &html! {}))
            (notice(Weight::Warning, &html! { p { (visit.say(SEE_ONCE)) } }))
            section.card {
                (facts(&[
                    (visit.say(NAME), copyable(visit, &format!("{name}@{account}"))),
                    (visit.say(PASSWORD), copyable(visit, password)),
                    (visit.say(LOGON_ADDRESS), copyable(visit, &logon_address(visit, account))),
                ]))
            }
            div.actions { a.button.main href=(visit.to(&format!("{}?tab=logon", path_of(name)))) { (visit.say(CLOSE)) } }
        }
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
