//! Security settings: a tab for each topic, each with a form that changes it.
// SPEC: console, security settings; requirements S0-22, S4-03.

mod domain;
mod email;
mod network;
mod sheet;

use argali_protocol::ApiFailure;
use maud::{Markup, html};
use serde_json::Value;

use self::sheet::{PASSWORD, Sheet, USERS, VERIFICATION};
use super::conflict::{self, Changed, Conflict};
use super::{Outcome, Refusal};
use crate::answer::Answer;
use crate::api::{IMS, RAM, is_absent, is_denied, text};
use crate::need::{Need, submit, way};
use crate::pairs::{Pairs, encode};
use crate::part::{Fields, copyable, denied, facts, heading, show_api, summary, tabs};
use crate::shell::{self, token};
use crate::text::Text;
use crate::text::home::{ALIAS, DOMAIN, LOGON_ADDRESS, NO_ALIAS};
use crate::text::settings::*;
use crate::text::shell::{ACCOUNT_ID, CANCEL, SAVE};
use crate::visit::Visit;

const PATH: &str = "/settings";
const TABS: [(&str, Text); 6] = [
    ("account", ACCOUNT),
    ("domain", DOMAIN_TAB),
    ("password", PASSWORD_TAB),
    ("users", USERS_TAB),
    ("network", NETWORK_TAB),
    ("verification", VERIFICATION_TAB),
];
const SHEETS: [&Sheet; 3] = [&PASSWORD, &USERS, &VERIFICATION];

/// Answers a visit to an address below that of the settings.
pub(super) async fn answer(visit: &Visit<'_>, path: &[&str]) -> Outcome {
    match (visit.is_post(), path) {
        (false, []) => show(visit).await,
        (false, ["domain"]) => domain::show(visit, None).await,
        (true, ["domain"]) => domain::save(visit).await,
        (false, ["email"]) => email::show(visit, None).await,
        (true, ["email"]) => email::save(visit).await,
        (false, ["network"]) => network::show(visit, None).await,
        (true, ["network"]) => network::save(visit).await,
        (is_post, [name]) => match SHEETS.into_iter().find(|sheet| sheet.tab == *name) {
            Some(sheet) if is_post => save(visit, sheet).await,
            Some(sheet) => modify(visit, sheet, None).await,
            None => Err(Refusal::NoPage),
        },
        _ => Err(Refusal::NoPage),
    }
}

/// A tab.
async fn show(visit: &Visit<'_>) -> Outcome {
    let asked = visit.query().get("tab");
    let tab = TABS.iter().find(|(tab, _)| *tab == asked).map_or("account", |(tab, _)| tab);
    let part = match tab {
        "domain" => domain::part(visit).await,
        "network" => network::part(visit).await,
        tab => match SHEETS.into_iter().find(|sheet| sheet.tab == tab) {
            Some(sheet) => part(visit, sheet).await,
            None => account(visit).await,
        },
    };
    let (status, part) = match part {
        Ok(part) => (200, part),
        // The account's id is for everybody; what is refused is said where it would be.
        Err(failure) if is_denied(&failure) => (403, denied(visit, &failure)),
        Err(failure) => return Err(failure.into()),
    };
    let content = html! {
        (heading(&html! { (visit.say(TITLE)) }, Some(visit.say(LEDE)), &html! {}))
        (tabs(visit, PATH, tab, &TABS))
        (part)
    };
    Ok(Answer::page(status, shell::page(visit, visit.say(TITLE), &content)))
}

/// A card with facts and the way to change them.
fn facts_card(
    visit: &Visit<'_>,
    lede: Text,
    shown: &[(&str, Markup)],
    (path, label): (&str, Text),
    set: &str,
) -> Markup {
    html! {
        section.card.stack.narrow {
            p.muted { (visit.say(lede)) }
            (facts(shown))
            div.actions { (way(visit, Need::somehow(IMS, set), &format!("{PATH}/{path}"), ("button", label))) }
        }
    }
}

async fn account(visit: &Visit<'_>) -> Result<Markup, ApiFailure> {
    let name = visit.who().filter(|_| visit.acting().is_none()).map(|who| who.account_name.as_str());
    let name =
        name.filter(|name| !name.is_empty()).map(|name| (visit.say(ACCOUNT_NAME), html! { bdi { (name) } }));
    let mut shown = vec![(visit.say(ACCOUNT_ID), copyable(visit, visit.account_id()))];
    shown.extend(name);
    let (alias, is_known) = match visit.call(RAM, "GetAccountAlias", &[]).await {
        Ok(answer) => {
            (Some(text(&answer, "AccountAlias").to_owned()).filter(|alias| !alias.is_empty()), true)
        }
        Err(failure) if is_absent(&failure) => (None, true),
        Err(failure) if is_denied(&failure) => {
            let alias = alias_at_hand(visit);
            (alias.map(str::to_owned), alias.is_some())
        }
        Err(failure) => return Err(failure),
    };
    let domain = alias.as_deref().unwrap_or(visit.account_id());
    if is_known {
        shown.push((
            visit.say(ALIAS),
            match &alias {
                Some(alias) => copyable(visit, alias),
                None => html! { span.muted { (visit.say(NO_ALIAS)) } },
            },
        ));
        shown.push((visit.say(DOMAIN), copyable(visit, &format!("{domain}.{}", suffix(visit)))));
    }
    shown.push((visit.say(LOGON_ADDRESS), copyable(visit, &logon_address(visit, domain))));
    let card = facts_card(visit, ACCOUNT_LEDE, &shown, ("domain", MODIFY), "SetDefaultDomain");
    Ok(html! { (card) (email::part(visit).await) })
}

/// The alias of the account that the visit acts in, for whoever may not ask: of one's own account it is known from the
/// logon, of a role's by what was switched with.
fn alias_at_hand<'v>(visit: &'v Visit<'_>) -> Option<&'v str> {
    let Some(switched) = visit.switched() else { return visit.who()?.alias.as_deref() };
    let asked = switched.account.as_str();
    let alias = asked.strip_suffix(suffix(visit)).and_then(|alias| alias.strip_suffix('.')).unwrap_or(asked);
    (alias != switched.account_id).then_some(alias)
}

/// Where users of an account log on: the form has the account filled in.
pub(crate) fn logon_address(visit: &Visit<'_>, account: &str) -> String {
    let query = encode([("form-of", "separate"), ("AccountAlias", account)]);
    format!("{}/logon?{query}", visit.own_origin())
}

/// What follows an alias in a default domain.
fn suffix<'v>(visit: &'v Visit<'_>) -> &'v str {
    &visit.console().core.settings().domain_suffix
}

async fn part(visit: &Visit<'_>, sheet: &Sheet) -> Result<Markup, ApiFailure> {
    let answer = visit.call(IMS, sheet.get, &[]).await?;
    let shown: Vec<_> = sheet.settings.iter().map(|setting| setting.fact(visit, &answer)).collect();
    Ok(facts_card(visit, sheet.lede, &shown, (sheet.tab, MODIFY), sheet.set))
}

/// The form that changes a tab's settings, filled in with what they are.
async fn modify(visit: &Visit<'_>, sheet: &Sheet, failure: Option<&ApiFailure>) -> Outcome {
    let (fields, base) = match visit.is_post() || visit.is_kept() {
        true => (Fields::new(visit), conflict::base(visit, &[])),
        false => {
            let answer = visit.call(IMS, sheet.get, &[]).await?;
            let present = sheet.present(&answer);
            let base = conflict::base(visit, &texts_of(&present));
            let present = present.iter().map(|(name, value)| (*name, value.as_str()));
            (Fields::of(visit, Pairs::read(&encode(present))), base)
        }
    };
    let fields = fields.refused(failure);
    let inside = html! { (base) @for setting in sheet.settings { (setting.field(visit, &fields)) } };
    Ok(form(visit, (sheet.tab, sheet.label, sheet.lede), (&html! {}, &inside), failure, sheet.set))
}

/// The values of settings.
fn texts_of<'p>(present: &'p [(&str, String)]) -> Vec<&'p str> {
    present.iter().map(|(_, value)| value.as_str()).collect()
}

/// The form again where somebody else changed the settings meanwhile; nothing if nobody did, as far as the viewer may
/// see that.
async fn outdated(visit: &Visit<'_>, sheet: &Sheet) -> Option<Answer> {
    let present = sheet.present(&visit.call(IMS, sheet.get, &[]).await.ok()?);
    let field = |(setting, (_, now)): (&sheet::Setting, &(&str, String))| {
        (visit.say(setting.label), now.clone(), setting.sent(visit).1.to_owned())
    };
    let fields: Vec<_> = sheet.settings.iter().zip(&present).map(field).collect();
    let fields: Vec<_> =
        fields.iter().map(|(label, now, mine)| (*label, now.as_str(), mine.as_str())).collect();
    let theirs = format!("{PATH}/{}", sheet.tab);
    let changed = Changed { operations: &[sheet.set], resource: "", theirs: &theirs, save: "" };
    let conflict = Conflict::of(visit, &changed, &fields).await?;
    let shown = Fields::new(visit);
    let inside = html! { (conflict.base) @for setting in sheet.settings { (setting.field(visit, &shown)) } };
    let page = form(visit, (sheet.tab, sheet.label, sheet.lede), (&conflict.said, &inside), None, sheet.set);
    Some(page.of_status(409))
}

/// A page with the form of a tab.
fn form(
    visit: &Visit<'_>,
    (path, label, lede): (&str, Text, Text),
    (said, inside): (&Markup, &Markup),
    failure: Option<&ApiFailure>,
    set: &str,
) -> Answer {
    let title = format!("{} · {}", visit.say(MODIFY), visit.say(label));
    let content = html! {
        div.narrow {
            (heading(&html! { (title) }, Some(visit.say(lede)), &html! {}))
            @if let Some(failure) = failure { (summary(visit, failure)) }
            (said)
            form.card.stack id=(conflict::FORM) method="post" action=(visit.to(&format!("{PATH}/{path}"))) {
                (token(visit))
                (inside)
                div.actions {
                    (submit(visit, Need::somehow(IMS, set), ("button main", SAVE)))
                    a.button href=(visit.to(&format!("{PATH}?tab={path}"))) { (visit.say(CANCEL)) }
                    (show_api(visit))
                }
            }
        }
    };
    Answer::page(failure.map_or(200, |failure| failure.status), shell::page(visit, &title, &content))
}

async fn save(visit: &Visit<'_>, sheet: &Sheet) -> Outcome {
    if let Some(page) = outdated(visit, sheet).await {
        return Ok(page);
    }
    let params: Vec<_> = sheet.settings.iter().map(|setting| setting.sent(visit)).collect();
    match visit.call(IMS, sheet.set, &params).await {
        Ok(_) => Ok(back(visit, sheet.tab)),
        Err(failure) => modify(visit, sheet, Some(&Refusal::shown(failure)?)).await,
    }
}

fn back(visit: &Visit<'_>, tab: &str) -> Answer {
    Answer::see(visit.to(&format!("{PATH}?tab={tab}")))
}

/// A member of an answer, however deep it lies, as a text.
fn text_of<'v>(answer: &'v Value, name: &str) -> &'v str {
    sheet::member(answer, name).and_then(Value::as_str).unwrap_or_default()
}
