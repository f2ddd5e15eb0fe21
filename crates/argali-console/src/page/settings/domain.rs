//! The default domain, and with it the alias of the account.
// SPEC: console, security settings, default domain; limits, names.

use argali_protocol::ApiFailure;
use maud::{Markup, html};

use super::{back, facts_card, form, suffix, text_of};
use crate::api::IMS;
use crate::page::conflict::{self, Changed, Conflict};
use crate::page::{Outcome, Refusal};
use crate::part::{Field, Fields, copyable};
use crate::text::home::DOMAIN;
use crate::text::settings::*;
use crate::visit::Visit;

/// How long a default domain may be, in characters.
const LONGEST: u32 = 64;

/// What changes it.
const SET: &str = "SetDefaultDomain";

/// The tab.
pub(super) async fn part(visit: &Visit<'_>) -> Result<Markup, ApiFailure> {
    let answer = visit.call(IMS, "GetDefaultDomain", &[]).await?;
    let domain = text_of(&answer, "DefaultDomainName");
    let example = html! { code { bdi { "alice@" (domain) } } };
    let shown = [(visit.say(DOMAIN), copyable(visit, domain)), (visit.say(LOGON_NAMES), example)];
    Ok(facts_card(visit, DOMAIN_LEDE, &shown, ("domain", MODIFY), SET))
}

/// The form.
pub(super) async fn show(visit: &Visit<'_>, failure: Option<&ApiFailure>) -> Outcome {
    page(visit, failure, None).await
}

async fn page(visit: &Visit<'_>, failure: Option<&ApiFailure>, conflict: Option<&Conflict>) -> Outcome {
    let answer = visit.call(IMS, "GetDefaultDomain", &[]).await?;
    let fields =
        Fields::new(visit).refused(failure).showing(&answer, &[("DefaultDomainName", "DefaultDomainName")]);
    let effects = [DOMAIN_EFFECT_NAMES, DOMAIN_EFFECT_LINKS, DOMAIN_EFFECT_FREE, DOMAIN_EFFECT_TRUST];
    let inside = html! {
        (conflict::base_in(visit, conflict, &[text_of(&answer, "DefaultDomainName")]))
        (fields.show(Field::text("DefaultDomainName", DOMAIN_FIELD).required().longest(LONGEST)))
        p.hint { (visit.fill(DOMAIN_HINT, &[&format!(".{}", suffix(visit))])) }
        section.notice.warning {
            (crate::icon::icon(crate::icon::LuTriangleAlert))
            div {
                h2 { (visit.say(DOMAIN_EFFECT)) }
                ul.plain { @for effect in effects { li { (visit.say(effect)) } } }
            }
        }
    };
    Ok(form(visit, ("domain", DOMAIN_TAB, DOMAIN_LEDE), (&conflict::said(conflict), &inside), failure, SET))
}

/// Takes another domain.
pub(super) async fn save(visit: &Visit<'_>) -> Outcome {
    let domain = visit.form().get("DefaultDomainName").trim();
    let now = visit.call(IMS, "GetDefaultDomain", &[]).await.unwrap_or_default();
    let fields = [(visit.say(DOMAIN_FIELD), text_of(&now, "DefaultDomainName"), domain)];
    let changed = Changed { operations: &[SET], resource: "", theirs: "/settings/domain", save: "" };
    if let Some(conflict) = Conflict::of(visit, &changed, &fields).await {
        return Ok(page(visit, None, Some(&conflict)).await?.of_status(409));
    }
    match visit.call_with_empty(IMS, SET, &[("DefaultDomainName", domain)]).await {
        Ok(_) => Ok(back(visit, "domain")),
        Err(failure) => show(visit, Some(&Refusal::shown(failure)?)).await,
    }
}
