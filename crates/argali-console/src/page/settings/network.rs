//! From where users may log on.
// SPEC: console, security settings, network; limits, quotas, LoginNetworkMasks.

use argali_core::model::NetworkMasks;
use argali_protocol::ApiFailure;
use maud::{Markup, html};

use super::{back, facts_card, form, text_of};
use crate::answer::Answer;
use crate::api::IMS;
use crate::page::conflict::{self, Changed, Conflict};
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
    let (fields, base) = match visit.is_post() || visit.is_kept() {
        true => (Fields::new(visit), conflict::base(visit, &[])),
        false => {
            let answer = visit.call(IMS, "GetSecurityPreference", &[]).await?;
            let masks = text_of(&answer, "LoginNetworkMasks");
            let lines = masks.replace(';', "\n");
            let fields = Fields::of(visit, Pairs::read(&encode([("LoginNetworkMasks", lines.as_str())])));
            (fields, conflict::base(visit, &[masks]))
        }
    };
    Ok(page(visit, &fields.refused(failure), (&html! {}, &base), (failure, false)))
}

fn page(
    visit: &Visit<'_>,
    fields: &Fields<'_>,
    (said, base): (&Markup, &Markup),
    (failure, locks_out): (Option<&ApiFailure>, bool),
) -> Answer {
    let inside = html! {
        (base)
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
    form(visit, ("network", NETWORK_TAB, NETWORK_LEDE), (said, &inside), failure, SET)
}

/// Saves the addresses; asks again where whoever does it would be locked out.
pub(super) async fn save(visit: &Visit<'_>) -> Outcome {
    let lines = visit.form().get("LoginNetworkMasks");
    let masks = lines.split(['\n', ';', ',', ' ']).map(str::trim).filter(|mask| !mask.is_empty());
    let masks = masks.collect::<Vec<_>>().join(";");
    let locks_out = masks.parse::<NetworkMasks>().is_ok_and(|masks| !masks.admit(visit.address()));
    if locks_out && !visit.form().is_ticked("anyway") {
        let base = conflict::base(visit, &[]);
        return Ok(page(visit, &Fields::new(visit), (&html! {}, &base), (None, true)).of_status(409));
    }
    if let Some(page) = outdated(visit, &masks).await {
        return Ok(page);
    }
    match visit.call_with_empty(IMS, SET, &[("LoginNetworkMasks", &masks)]).await {
        Ok(_) => Ok(back(visit, "network")),
        Err(failure) => show(visit, Some(&Refusal::shown(failure)?)).await,
    }
}

/// The form again where somebody else changed the addresses meanwhile.
async fn outdated(visit: &Visit<'_>, masks: &str) -> Option<Answer> {
    let answer = visit.call(IMS, "GetSecurityPreference", &[]).await.ok()?;
    let now = text_of(&answer, "LoginNetworkMasks");
    let changed = Changed { operations: &[SET], resource: "", theirs: "/settings/network", save: "" };
    let conflict = Conflict::of(visit, &changed, &[(visit.say(MASKS), now, masks)]).await?;
    let page = page(visit, &Fields::new(visit), (&conflict.said, &conflict.base), (None, false));
    Some(page.of_status(409))
}
