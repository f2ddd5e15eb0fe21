//! One's own MFA device: bound with a picture and two codes, and unbound.

use argali_protocol::ApiFailure;
use maud::{Markup, html};
use serde_json::Value;

use super::{back, own_name, page};
use crate::api::{RAM, is_absent, text};
use crate::moment::moment;
use crate::need::{Need, needing};
use crate::page::{Outcome, Refusal, logon_step, result};
use crate::part::{Field, Fields, Weight, act, copyable, facts, heading, notice, show_api, summary};
use crate::shell::token;
use crate::text::logon::{CODE_1, CODE_2};
use crate::text::me::*;
use crate::text::user::STATUS;
use crate::visit::Visit;

const CODE_1_FIELD: Field =
    Field::text("AuthenticationCode1", CODE_1).required().longest(6).kind("text", "one-time-code");
const CODE_2_FIELD: Field = Field::text("AuthenticationCode2", CODE_2).required().longest(6);

/// The tab.
pub(super) async fn part(visit: &Visit<'_>) -> Result<Markup, ApiFailure> {
    let Some(name) = own_name(visit) else {
        let words = notice(Weight::Info, &html! { p { (visit.say(OWNER_DEVICE)) } });
        return Ok(html! { div.narrow { (words) } });
    };
    let device = match visit.call(RAM, "GetUserMFAInfo", &[("UserName", name)]).await {
        Ok(answer) => answer.get("MFADevice").cloned(),
        Err(failure) if is_absent(&failure) => None,
        Err(failure) => return Err(failure),
    };
    let status = match &device {
        Some(_) => html! { span.badge.success { (visit.say(BOUND)) } },
        None => html! { span.badge { (visit.say(NONE)) } },
    };
    let unbind = Need::call(RAM, "UnbindMFADevice", &[("UserName", name)]);
    let bind = Need::call(RAM, "CreateVirtualMFADevice", &[("VirtualMFADeviceName", &device_name(name))]);
    let mut shown = vec![(visit.say(STATUS), status)];
    if let Some(device) = &device {
        shown.push((visit.say(SERIAL), copyable(visit, text(device, "SerialNumber"))));
        let since = text(device, "ActivateDate");
        shown.extend((!since.is_empty()).then(|| (visit.say(SINCE), moment(visit, since))));
    }
    Ok(html! {
        section.card.stack.narrow {
            p.muted { (visit.say(DEVICE_LEDE)) }
            (facts(&shown))
            div.actions {
                @match &device {
                    Some(_) => (needing(visit, unbind, &act(visit, "/me/device/unbind", &[], ("button danger", UNBIND)))),
                    None => (needing(visit, bind, &act(visit, "/me/device", &[], ("button main", BIND)))),
                }
            }
        }
    })
}

/// What the device of a user is called: users manage the device of their own name, and these hold no underscore.
fn device_name(user: &str) -> String {
    user.replace('_', "-")
}

/// Makes a device and shows its seed, this once. One that was made before and never bound gives way.
pub(super) async fn create(visit: &Visit<'_>) -> Outcome {
    let Some(user) = own_name(visit) else { return Err(Refusal::NoPage) };
    let name = device_name(user);
    let serial = format!("acs:ram::{}:mfa/{name}", visit.account_id());
    match visit.call(RAM, "DeleteVirtualMFADevice", &[("SerialNumber", &serial)]).await {
        Err(failure) if !is_absent(&failure) => return Err(failure.into()),
        _ => {}
    }
    let answer = visit.call(RAM, "CreateVirtualMFADevice", &[("VirtualMFADeviceName", &name)]).await?;
    let device = answer.get("VirtualMFADevice").unwrap_or(&Value::Null);
    let holder = visit.who().map(crate::visit::Who::name).unwrap_or_default();
    let content = html! {
        div.narrow {
            (heading(&html! { (visit.say(BIND)) }, Some(visit.say(BIND_WHAT)), &html! {}))
            (notice(Weight::Warning, &html! { p { (visit.say(SEEN_ONCE)) } }))
            section.card.stack {
                (logon_step::device(visit, &holder, text(device, "Base32StringSeed")))
                (codes(visit, text(device, "SerialNumber"), None))
            }
        }
    };
    Ok(result::keep(visit, visit.say(BIND), content))
}

fn codes(visit: &Visit<'_>, serial: &str, failure: Option<&ApiFailure>) -> Markup {
    let fields = Fields::empty(visit).refused(failure);
    html! {
        form.stack method="post" action="/console/me/device/bind" {
            (token(visit))
            input type="hidden" name="SerialNumber" value=(serial);
            div.pair { (fields.show(CODE_1_FIELD)) (fields.show(CODE_2_FIELD)) }
            div.actions { button.button.main { (visit.say(BIND)) } (show_api(visit)) }
        }
    }
}

/// Binds the device whose codes were entered.
pub(super) async fn bind(visit: &Visit<'_>) -> Outcome {
    let Some(user) = own_name(visit) else { return Err(Refusal::NoPage) };
    let form = visit.form();
    let typed = |name: &str| form.filled(name).unwrap_or_default();
    let serial = typed("SerialNumber");
    let params = [
        ("SerialNumber", serial),
        ("UserName", user),
        ("AuthenticationCode1", typed("AuthenticationCode1")),
        ("AuthenticationCode2", typed("AuthenticationCode2")),
    ];
    match visit.call(RAM, "BindMFADevice", &params).await {
        Ok(_) => Ok(back("device")),
        Err(failure) => {
            let failure = Refusal::shown(failure)?;
            let part = html! {
                div.narrow {
                    (summary(visit, &failure))
                    section.card.stack {
                        p { (visit.say(BIND_AGAIN)) }
                        (codes(visit, serial, Some(&failure)))
                        (act(visit, "/me/device", &[], ("quiet", BEGIN_AGAIN)))
                    }
                }
            };
            Ok(page(visit, failure.status, "device", &part))
        }
    }
}

/// Unbinds the device and forgets it.
pub(super) async fn unbind(visit: &Visit<'_>) -> Outcome {
    let Some(user) = own_name(visit) else { return Err(Refusal::NoPage) };
    crate::page::user::logon::forget_device(visit, user).await?;
    Ok(back("device"))
}
