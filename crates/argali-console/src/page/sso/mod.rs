//! Identity providers of one's own: OIDC, SAML, and the settings of user SSO.
// SPEC: console, SSO; decision 6, no SAML assertions yet.

mod list;
mod oidc;
mod saml;
mod test;
mod trusting;
mod user;

use argali_protocol::ApiFailure;
use maud::{Markup, html};
use serde_json::Value;

use super::confirm::{self, Deletion};
use super::{Outcome, Refusal};
use crate::answer::Answer;
use crate::api::{IMS, is_denied, text};
use crate::icon::{self, icon};
use crate::need::{Need, needing};
use crate::pairs::segment;
use crate::part::list::{self as lists, List, Part, SEVERAL};
use crate::part::{Weight, denied, heading, notice, tabs};
use crate::shell;
use crate::text::Text;
use crate::text::sso::*;
use crate::visit::Visit;

const PATH: &str = "/sso";
const TABS: [(&str, Text); 3] = [("oidc", OIDC), ("saml", SAML), ("user", USER_SSO)];

/// A kind of providers, by the words that its operations are made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Oidc,
    Saml,
}

impl Kind {
    fn of(word: &str) -> Option<Self> {
        [Self::Oidc, Self::Saml].into_iter().find(|kind| kind.word() == word)
    }

    /// What addresses call it.
    fn word(self) -> &'static str {
        match self {
            Self::Oidc => "oidc",
            Self::Saml => "saml",
        }
    }

    /// The parameter that names one.
    fn name_parameter(self) -> &'static str {
        match self {
            Self::Oidc => "OIDCProviderName",
            Self::Saml => "SAMLProviderName",
        }
    }

    /// The member that an answer holds one in.
    fn member(self) -> &'static str {
        match self {
            Self::Oidc => "OIDCProvider",
            Self::Saml => "SAMLProvider",
        }
    }

    fn path_of(self, name: &str) -> String {
        format!("{PATH}/{}/{}", self.word(), segment(name))
    }

    async fn call(self, visit: &Visit<'_>, verb: &str, params: &[(&str, &str)]) -> Result<Value, ApiFailure> {
        let plural = if verb == "List" { "s" } else { "" };
        visit.call(IMS, &format!("{verb}{}{plural}", self.member()), params).await
    }

    /// What doing something with a provider needs; with any, where its name is yet to be entered.
    fn need(self, verb: &str, name: &str) -> Need {
        Need::call(IMS, format!("{verb}{}", self.member()), &[(self.name_parameter(), name)])
    }

    /// One provider.
    async fn get(self, visit: &Visit<'_>, name: &str) -> Result<Value, ApiFailure> {
        let answer = self.call(visit, "Get", &[(self.name_parameter(), name)]).await?;
        Ok(answer.get(self.member()).cloned().unwrap_or_default())
    }
}

/// Answers a visit to an address below that of SSO.
pub(super) async fn answer(visit: &Visit<'_>, path: &[&str]) -> Outcome {
    match (visit.is_post(), path) {
        (false, []) => show(visit).await,
        (false, [SEVERAL]) => list::ask(visit),
        (true, [SEVERAL]) => list::send(visit).await,
        (true, ["user"]) => user::save(visit).await,
        (false, ["user", "metadata"]) => user::download(visit).await,
        (false, ["oidc", "new"]) => Ok(oidc::form(visit, None)),
        (true, ["oidc", "new"]) => oidc::create(visit).await,
        (false, ["saml", "new"]) => Ok(saml::form(visit, None)),
        (true, ["saml", "new"]) => saml::create(visit).await,
        (false, ["oidc", name]) => oidc::show(visit, name, None).await,
        (true, ["oidc", name]) => oidc::change(visit, name).await,
        (false, ["oidc", name, "test"]) => test::ask(visit, name).await,
        (true, ["oidc", name, "test"]) => test::send(visit, name).await,
        (true, ["oidc", name, "entries"]) => oidc::change_entries(visit, name).await,
        (false, ["saml", name]) => saml::show(visit, name, None).await,
        (true, ["saml", name]) => saml::change(visit, name).await,
        (false, ["saml", name, "metadata"]) => saml::download(visit, name).await,
        (is_post, [kind, name, "delete"]) => match Kind::of(kind) {
            Some(kind) if is_post => delete(visit, kind, name).await,
            Some(kind) => Ok(confirm::page(visit, &deletion(kind, name), None)),
            None => Err(Refusal::NoPage),
        },
        _ => Err(Refusal::NoPage),
    }
}

async fn show(visit: &Visit<'_>) -> Outcome {
    let asked = visit.query().get("tab");
    let tab = TABS.iter().find(|(tab, _)| *tab == asked).map_or("oidc", |(tab, _)| tab);
    if let Some(kind) = Kind::of(tab) {
        let providers = list::Providers::of(visit, kind);
        return match lists::part(visit, &providers).await? {
            Part::Instead(answer) => Ok(answer),
            Part::Shown { status, actions, content } => {
                let part = html! { (providers.above(visit)) (content) };
                Ok(page(visit, status, (tab, &part), &actions))
            }
        };
    }
    match user::part(visit, None).await {
        Ok(part) => Ok(page(visit, 200, (tab, &part), &html! {})),
        Err(failure) if is_denied(&failure) => {
            Ok(page(visit, 403, (tab, &denied(visit, &failure)), &html! {}))
        }
        Err(failure) => Err(failure.into()),
    }
}

fn page(visit: &Visit<'_>, status: u16, (tab, part): (&str, &Markup), actions: &Markup) -> Answer {
    let content = html! {
        (heading(&html! { (visit.say(TITLE)) }, Some(visit.say(LEDE)), actions))
        (tabs(visit, PATH, tab, &TABS))
        (part)
    };
    Answer::page(status, shell::page(visit, visit.say(TITLE), &content))
}

fn new_button(visit: &Visit<'_>, kind: Kind, label: Text) -> Markup {
    let path = format!("{PATH}/{}/new", kind.word());
    let new =
        html! { a.button.main href=(visit.to(&path)) data-new { (icon(icon::LuPlus)) (visit.say(label)) } };
    needing(visit, kind.need("Create", ""), &new)
}

/// What is said wherever SAML is.
fn saml_refused(visit: &Visit<'_>) -> Markup {
    let words = html! { p { strong { (visit.say(SAML_REFUSED)) } } p { (visit.say(SAML_REFUSED_WHAT)) } };
    notice(Weight::Warning, &words)
}

fn deletion(kind: Kind, name: &str) -> Deletion<'_> {
    let need = kind.need("Delete", name);
    Deletion { name, title: DELETE_TITLE, what: DELETE_WHAT, path: kind.path_of(name), more: html! {}, need }
}

async fn delete(visit: &Visit<'_>, kind: Kind, name: &str) -> Outcome {
    let deletion = deletion(kind, name);
    let params = [(kind.name_parameter(), name)];
    confirm::carry_out(
        visit,
        &deletion,
        kind.call(visit, "Delete", &params),
        &format!("{PATH}?tab={}", kind.word()),
    )
    .await
}

/// The name and the description of a provider in a list.
fn named(visit: &Visit<'_>, kind: Kind, provider: &Value) -> Markup {
    let name = text(provider, kind.name_parameter());
    html! { a href=(visit.to(&kind.path_of(name))) { bdi { (name) } } }
}
