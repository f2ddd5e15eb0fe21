//! The MFA device of somebody: made with a picture that is seen once, bound with two codes, unbound. By a user for itself,
//! by the owner of the account for itself, and by whoever may for a user.

use argali_protocol::ApiFailure;
use maud::{Markup, html};
use serde_json::Value;

use super::path_of;
use crate::answer::Answer;
use crate::api::{ARGALI, RAM, is_absent, text};
use crate::moment::moment;
use crate::need::{Need, needing};
use crate::page::{Outcome, Refusal, logon_step, result, verification};
use crate::part::{Field, Fields, Weight, act, copyable, facts, heading, notice, show_api, summary};
use crate::shell::{self, token};
use crate::text::logon::{CODE_1, CODE_2};
use crate::text::me::*;
use crate::text::user::STATUS;
use crate::visit::{Visit, Who};

const CODE_1_FIELD: Field =
    Field::text("AuthenticationCode1", CODE_1).required().longest(6).kind("text", "one-time-code");
const CODE_2_FIELD: Field = Field::text("AuthenticationCode2", CODE_2).required().longest(6);

/// Whose device it is, and where that is seen.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Whose<'v> {
    /// One's own, by the name of the user who is logged on; by none, the account owner's.
    Own(Option<&'v str>),
    /// A user's, by its name.
    User(&'v str),
}

impl Whose<'_> {
    fn user(self) -> Option<String> {
        match self {
            Self::Own(user) => user.map(str::to_owned),
            Self::User(user) => Some(user.to_owned()),
        }
    }

    /// What the device is called: users manage the device of their own name, and these hold no underscore.
    fn device_name(self) -> String {
        self.user().map_or_else(|| "account-owner".to_owned(), |user| user.replace('_', "-"))
    }

    /// The address of the forms.
    fn path(self) -> String {
        match self {
            Self::Own(_) => "/me/device".to_owned(),
            Self::User(user) => format!("{}/device", path_of(user)),
        }
    }

    /// The page that shows it.
    fn page(self) -> String {
        match self {
            Self::Own(_) => "/me?tab=device".to_owned(),
            Self::User(user) => format!("{}?tab=logon", path_of(user)),
        }
    }

    /// What an authenticator app calls it.
    fn label(self, visit: &Visit<'_>) -> String {
        match self {
            Self::Own(_) => visit.who().map(Who::name).unwrap_or_default(),
            Self::User(user) => format!("{user}@{}", visit.account_called()),
        }
    }

    fn binding(self, serial: &str) -> Need {
        let params =
            [("SerialNumber", serial), ("AuthenticationCode1", "000000"), ("AuthenticationCode2", "000000")];
        match self.user() {
            Some(user) => {
                let user = [("UserName", user.as_str())];
                Need::call(RAM, "BindMFADevice", &[&params[..], &user].concat())
            }
            None => Need::call(ARGALI, "BindOwnerMFADevice", &params),
        }
    }
}

/// The device, with what can be done with it.
pub(crate) async fn part(visit: &Visit<'_>, whose: Whose<'_>) -> Result<Markup, ApiFailure> {
    let answer = match whose.user() {
        Some(user) => visit.call(RAM, "GetUserMFAInfo", &[("UserName", &user)]).await,
        None => visit.call(ARGALI, "GetOwnerMFADevice", &[]).await,
    };
    let device = match answer {
        Ok(answer) => answer.get("MFADevice").cloned(),
        Err(failure) if is_absent(&failure) => None,
        Err(failure) => return Err(failure),
    };
    let status = match &device {
        Some(_) => html! { span.badge.success { (visit.say(BOUND)) } },
        None => html! { span.badge { (visit.say(NONE)) } },
    };
    let mut shown = vec![(visit.say(STATUS), status)];
    if let Some(device) = &device {
        shown.push((visit.say(SERIAL), copyable(visit, text(device, "SerialNumber"))));
        let since = text(device, "ActivateDate");
        shown.extend((!since.is_empty()).then(|| (visit.say(SINCE), moment(visit, since))));
    }
    let path = whose.path();
    let unbind = match whose.user() {
        Some(user) => Need::call(RAM, "UnbindMFADevice", &[("UserName", &user)]),
        None => Need::call(ARGALI, "UnbindOwnerMFADevice", &[]),
    };
    let create = Need::call(RAM, "CreateVirtualMFADevice", &[("VirtualMFADeviceName", &whose.device_name())]);
    Ok(html! {
        (facts(&shown))
        div.actions {
            @match &device {
                Some(_) => (needing(visit, unbind, &act(visit, &format!("{path}/unbind"), &[], ("button danger", UNBIND)))),
                None => (needing(visit, create, &act(visit, &path, &[], ("button main", BIND)))),
            }
        }
    })
}

/// Makes a device and shows its seed, this once. One that was made before and never bound gives way.
pub(crate) async fn create(visit: &Visit<'_>, whose: Whose<'_>) -> Outcome {
    // Binding is sensitive, and codes do not wait.
    if verification::is_due(visit) {
        return Ok(verification::ask(visit).await);
    }
    let name = whose.device_name();
    let serial = format!("acs:ram::{}:mfa/{name}", visit.account_id());
    match visit.call(RAM, "DeleteVirtualMFADevice", &[("SerialNumber", &serial)]).await {
        Err(failure) if !is_absent(&failure) => return Err(failure.into()),
        _ => {}
    }
    let answer = visit.call(RAM, "CreateVirtualMFADevice", &[("VirtualMFADeviceName", &name)]).await?;
    let device = answer.get("VirtualMFADevice").unwrap_or(&Value::Null);
    let what = match whose {
        Whose::Own(_) => visit.say(BIND_WHAT).to_owned(),
        Whose::User(user) => visit.fill(BIND_FOR_WHAT, &[user]),
    };
    let content = html! {
        div.narrow {
            (heading(&html! { (visit.say(BIND)) }, Some(&what), &html! {}))
            (notice(Weight::Warning, &html! { p { (visit.say(SEEN_ONCE)) } }))
            section.card.stack {
                (logon_step::device(visit, &whose.label(visit), text(device, "Base32StringSeed")))
                (codes(visit, whose, text(device, "SerialNumber"), None))
            }
        }
    };
    Ok(result::keep(visit, visit.say(BIND), content))
}

fn codes(visit: &Visit<'_>, whose: Whose<'_>, serial: &str, failure: Option<&ApiFailure>) -> Markup {
    let fields = Fields::empty(visit).refused(failure);
    let bind = html! { button.button.main { (visit.say(BIND)) } };
    html! {
        form.stack method="post" action=(visit.to(&format!("{}/bind", whose.path()))) {
            (token(visit))
            input type="hidden" name="SerialNumber" value=(serial);
            div.pair { (fields.show(CODE_1_FIELD)) (fields.show(CODE_2_FIELD)) }
            div.actions { (needing(visit, whose.binding(serial), &bind)) (show_api(visit)) }
        }
    }
}

/// Binds the device whose codes were entered.
pub(crate) async fn bind(visit: &Visit<'_>, whose: Whose<'_>) -> Outcome {
    let typed = |name: &str| visit.form().filled(name).unwrap_or_default();
    let serial = typed("SerialNumber");
    let params = [
        ("SerialNumber", serial),
        ("AuthenticationCode1", typed("AuthenticationCode1")),
        ("AuthenticationCode2", typed("AuthenticationCode2")),
    ];
    let came = match whose.user() {
        Some(user) => {
            let user = [("UserName", user.as_str())];
            visit.call(RAM, "BindMFADevice", &[&params[..], &user].concat()).await
        }
        None => visit.call(ARGALI, "BindOwnerMFADevice", &params).await,
    };
    match came {
        Ok(_) => Ok(back(visit, whose)),
        Err(failure) => {
            let failure = Refusal::shown(failure)?;
            let content = html! {
                div.narrow {
                    (heading(&html! { (visit.say(BIND)) }, Some(visit.say(BIND_AGAIN)), &html! {}))
                    (summary(visit, &failure))
                    section.card.stack {
                        (codes(visit, whose, serial, Some(&failure)))
                        (act(visit, &whose.path(), &[], ("quiet", BEGIN_AGAIN)))
                    }
                }
            };
            Ok(Answer::page(failure.status, shell::page(visit, visit.say(BIND), &content)))
        }
    }
}

/// Unbinds the device and forgets it.
pub(crate) async fn unbind(visit: &Visit<'_>, whose: Whose<'_>) -> Outcome {
    match whose.user() {
        Some(user) => super::logon::forget_device(visit, &user).await?,
        None => {
            visit.call(ARGALI, "UnbindOwnerMFADevice", &[]).await?;
        }
    }
    Ok(back(visit, whose))
}

fn back(visit: &Visit<'_>, whose: Whose<'_>) -> Answer {
    Answer::see(visit.to(&whose.page()))
}
