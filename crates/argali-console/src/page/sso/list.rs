//! The lists of providers, and deleting several at once.

use argali_protocol::ApiFailure;
use maud::{Markup, html};
use serde_json::Value;

use super::{Kind, PATH, named, new_button, saml_refused};
use crate::api::{list, text};
use crate::icon;
use crate::need::Need;
use crate::page::Outcome;
use crate::page::several::{Came, Deed, names, results};
use crate::part::list::{About, Act, Column, Found, List, Parts, SEVERAL, Wanted, chosen, sifted_in_parts};
use crate::part::{Weight, denied};
use crate::text::Text;
use crate::text::shell::{DELETE, SEARCH_NAMES};
use crate::text::sso::*;
use crate::visit::Visit;

/// How many providers a call lists at most.
const MOST_A_CALL: usize = 100;

/// The providers of a kind.
pub(super) struct Providers {
    kind: Kind,
    new: Markup,
}

const OIDC_COLUMNS: &[Column<'_>] = &[
    Column::drawn(NAME, "OIDCProviderName", &|visit, provider| named(visit, Kind::Oidc, provider)),
    Column::drawn(ISSUER, "IssuerUrl", &|_, provider| html! { code { (text(provider, "IssuerUrl")) } }),
    Column::of(DESCRIPTION, "Description"),
    Column::moment(CREATED, "CreateDate"),
];
const SAML_COLUMNS: &[Column<'_>] = &[
    Column::drawn(NAME, "SAMLProviderName", &|visit, provider| named(visit, Kind::Saml, provider)),
    Column::of(DESCRIPTION, "Description"),
    Column::moment(CREATED, "CreateDate"),
    Column::moment(UPDATED, "UpdateDate"),
];

fn oidc_name(provider: &Value) -> String {
    text(provider, Kind::Oidc.name_parameter()).to_owned()
}

fn saml_name(provider: &Value) -> String {
    text(provider, Kind::Saml.name_parameter()).to_owned()
}

impl Providers {
    pub(super) fn of(visit: &Visit<'_>, kind: Kind) -> Self {
        let label = if kind == Kind::Oidc { CREATE_OIDC } else { CREATE_SAML };
        Self { kind, new: new_button(visit, kind, label) }
    }

    fn key(&self) -> fn(&Value) -> String {
        if self.kind == Kind::Oidc { oidc_name } else { saml_name }
    }
}

impl List for Providers {
    fn about(&self) -> About<'_> {
        let (title, columns, none): (Text, _, _) = match self.kind {
            Kind::Oidc => (OIDC, OIDC_COLUMNS, OIDC_EMPTY),
            Kind::Saml => (SAML, SAML_COLUMNS, SAML_EMPTY),
        };
        let need: &(dyn Fn(&Value) -> Need + Sync) = match self.kind {
            Kind::Oidc => &|provider| Kind::Oidc.need("Delete", &oidc_name(provider)),
            Kind::Saml => &|provider| Kind::Saml.need("Delete", &saml_name(provider)),
        };
        About {
            path: PATH,
            kept: vec![("tab", self.kind.word())],
            title: title.into(),
            file: self.kind.word(),
            search: Some(SEARCH_NAMES),
            columns: columns.to_vec(),
            acts: vec![Act::new("delete", DELETE, need)],
            key: if self.kind == Kind::Oidc { &oidc_name } else { &saml_name },
            empty: (icon::LuFingerprint, none),
            onward: self.new.clone(),
            ..About::default()
        }
    }

    async fn fetch(&self, visit: &Visit<'_>, wanted: &Wanted<'_>) -> Result<Found, ApiFailure> {
        let words = wanted.query.get("q").trim().to_lowercase();
        let says = |provider: &Value| {
            let own = [&self.key()(provider), text(provider, "IssuerUrl"), text(provider, "Description")];
            own.iter().any(|own| own.to_lowercase().contains(&words))
        };
        sifted_in_parts(visit, self, wanted, (self.key(), (!words.is_empty()).then_some(&says))).await
    }

    fn actions(&self, _: &Visit<'_>) -> Markup {
        self.new.clone()
    }

    fn above(&self, visit: &Visit<'_>) -> Markup {
        html! { @if self.kind == Kind::Saml { (saml_refused(visit)) } }
    }

    async fn refused(&self, visit: &Visit<'_>, failure: &ApiFailure) -> Option<Markup> {
        crate::api::is_denied(failure).then(|| denied(visit, failure))
    }
}

impl Parts for Providers {
    async fn part(
        &self,
        visit: &Visit<'_>,
        _: &Wanted<'_>,
        (marker, size): (&str, usize),
    ) -> Result<Found, ApiFailure> {
        let size = size.min(MOST_A_CALL).to_string();
        let answer = self.kind.call(visit, "List", &[("MaxItems", &size), ("Marker", marker)]).await?;
        let member = self.kind.member();
        let rows = list(&answer, &format!("{member}s"), member).cloned().collect();
        Ok(Found { rows, next: text(&answer, "Marker").to_owned(), ..Found::default() })
    }
}

/// The kind of those that are chosen.
fn kind(visit: &Visit<'_>) -> Kind {
    Kind::of(visit.query().get("tab")).unwrap_or(Kind::Oidc)
}

fn back(kind: Kind) -> String {
    format!("{PATH}?tab={}", kind.word())
}

fn deed<'a>(visit: &'a Visit<'_>, kind: Kind, chosen: &'a [&'a str]) -> Deed<'a> {
    Deed {
        title: visit.fill(DELETE_SEVERAL, &[&chosen.len().to_string()]),
        what: (Weight::Warning, DELETE_SEVERAL_WHAT),
        word: "delete",
        button: ("button danger", visit.say(DELETE)),
        to: format!("{PATH}/{SEVERAL}?tab={}", kind.word()),
        back: back(kind),
        need: Need::any(chosen.iter().map(|name| kind.need("Delete", name))),
        chosen,
        seen: html! { section.card { (names(chosen)) } },
        fields: html! {},
        is_counted: true,
    }
}

/// Asks whether those that are chosen are really to be deleted.
pub(super) fn ask(visit: &Visit<'_>) -> Outcome {
    Ok(deed(visit, kind(visit), &chosen(visit.query())?).ask(visit))
}

/// Deletes them once their number was typed, and tells what came of each.
pub(super) async fn send(visit: &Visit<'_>) -> Outcome {
    let (kind, names) = (kind(visit), chosen(visit.form())?);
    if let Some(answer) = deed(visit, kind, &names).objection(visit) {
        return Ok(answer);
    }
    let mut rows = Vec::new();
    for name in &names {
        let called = kind.call(visit, "Delete", &[(kind.name_parameter(), name)]).await;
        rows.push((html! { bdi { (name) } }, Came::of_removing(called)?));
    }
    Ok(results(visit, &visit.fill(DELETED_SEVERAL, &[&names.len().to_string()]), &rows, &back(kind)))
}
