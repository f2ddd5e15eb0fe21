//! From where users may log on.
// SPEC: console, security settings, network; limits, quotas, LoginNetworkMasks.

use argali_core::model::NetworkMasks;
use argali_protocol::ApiFailure;
use maud::{Markup, html};

use super::{back, facts_card, form, text_of};
use crate::answer::Answer;
use crate::api::IMS;
use crate::page::{Outcome, Refusal};
use crate::pairs::{Pairs, encode};
use crate::part::{Field, Fields, alert, tick};
use crate::text::settings::*;
use crate::visit::Visit;

const MASKS_FIELD: Field =
    Field::text("LoginNetworkMasks", MASKS).longest(560).hint(MASKS_HINT).kind("textarea", "off");

/// What changes it.
const SET: &str = "SetSecurityPreference";

/// The tab.
pub(super) async fn part(visit: &Visit<'_>) -> Result<Markup, ApiFailure> {
    let answer = visit.call(IMS, "GetSecurityPreference", &[]).await?;
    let masks = text_of(&answer, "LoginNetworkMasks");
    let masks = html! {
        @if masks.is_empty() {
            (visit.say(ANYWHERE))
        } @else {
            ul.plain { @for mask in masks.split(';') { li { code { (mask) } } } }
        }
    };
    let own = html! { code { (visit.address()) } };
    let shown = [(visit.say(MASKS), masks), (visit.say(YOUR_ADDRESS), own)];
    Ok(facts_card(visit, NETWORK_LEDE, &shown, ("network", MODIFY), SET))
}

/// The form.
pub(super) async fn show(visit: &Visit<'_>, failure: Option<&ApiFailure>) -> Outcome {
    let fields = match visit.is_post() || visit.is_kept() {
        true => Fields::new(visit),
        false => {
            let answer = visit.call(IMS, "GetSecurityPreference", &[]).await?;
            let lines = text_of(&answer, "LoginNetworkMasks").replace(';', "\n");
            Fields::of(visit, Pairs::read(&encode([("LoginNetworkMasks", lines.as_str())])))
        }
    };
    Ok(page(visit, &fields.refused(failure), failure, false))
}

fn page(visit: &Visit<'_>, fields: &Fields<'_>, failure: Option<&ApiFailure>, locks_out: bool) -> Answer {
    let inside = html! {
        @if locks_out {
            (alert(&html! {
                h2 { a href="#LoginNetworkMasks" { (visit.say(LOCK_OUT)) } }
                p { (visit.fill(LOCK_OUT_WHAT, &[&visit.address().to_string()])) }
            }))
        }
        div.code { (fields.show(MASKS_FIELD)) }
        p { span.muted { (visit.say(YOUR_ADDRESS)) } " " code { (visit.address()) } }
        @if locks_out { (tick(visit, ("anyway", LOCK_OUT_ANYWAY), false, None)) }
    };
    form(visit, ("network", NETWORK_TAB, NETWORK_LEDE), &inside, failure, SET)
}

/// Saves the addresses; asks again where whoever does it would be locked out.
pub(super) async fn save(visit: &Visit<'_>) -> Outcome {
    let lines = visit.form().get("LoginNetworkMasks");
    let masks = lines.split(['\n', ';', ',', ' ']).map(str::trim).filter(|mask| !mask.is_empty());
    let masks = masks.collect::<Vec<_>>().join(";");
    let locks_out = masks.parse::<NetworkMasks>().is_ok_and(|masks| !masks.admit(visit.address()));
    if locks_out && !visit.form().is_ticked("anyway") {
        return Ok(page(visit, &Fields::new(visit), None, true).of_status(409));
    }
    match visit.call_with_empty(IMS, SET, &[("LoginNetworkMasks", &masks)]).await {
        Ok(_) => Ok(back(visit, "network")),
        Err(failure) => show(visit, Some(&Refusal::shown(failure)?)).await,
    }
}
