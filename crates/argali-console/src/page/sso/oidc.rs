//! OIDC providers: issuer, client IDs and fingerprints.

use argali_protocol::ApiFailure;
use maud::{Markup, html};
use serde_json::Value;

use super::{Kind, PATH, test, trusting};
use crate::answer::Answer;
use crate::api::{IMS, number, text};
use crate::moment::moment;
use crate::need::{Need, needing, submit, way};
use crate::page::{Outcome, Refusal};
use crate::part::{Field, Fields, act, copyable, facts, heading, show_api, summary};
use crate::shell::{self, token};
use crate::text::Text;
use crate::text::shell::{CANCEL, DELETE, OK, SAVE};
use crate::text::sso::*;
use crate::visit::Visit;

const KIND: Kind = Kind::Oidc;
const DESCRIPTION_FIELD: Field = Field::text("Description", DESCRIPTION).longest(256);
const LIMIT_FIELD: Field = Field::text("IssuanceLimitTime", LIMIT).hint(LIMIT_HINT);
const LIMITS: (u32, u32) = (1, 168);

/// The form that makes one.
pub(super) fn form(visit: &Visit<'_>, failure: Option<&ApiFailure>) -> Answer {
    let fields = Fields::new(visit).refused(failure);
    let content = html! {
        div.narrow {
            h1 { (visit.say(CREATE_OIDC)) }
            @if let Some(failure) = failure { (summary(visit, failure)) }
            form.card.stack method="post" action=(visit.to(&format!("{PATH}/oidc/new"))) {
                (token(visit))
                (fields.show(Field::text("OIDCProviderName", NAME).required().longest(128).hint(NAME_HINT)))
                (fields.show(Field::text("IssuerUrl", ISSUER).required().longest(255).hint(ISSUER_HINT)))
                (fields.show(Field::text("ClientIds", CLIENT_IDS).longest(6500).hint(CLIENT_IDS_HINT)))
                (fields.show(Field::text("Fingerprints", FINGERPRINTS).longest(700).hint(FINGERPRINTS_HINT)))
                (fields.number(LIMIT_FIELD, LIMITS))
                (fields.show(DESCRIPTION_FIELD))
                div.actions {
                    (submit(visit, KIND.need("Create", ""), ("button main", OK)))
                    a.button href=(visit.to(&format!("{PATH}?tab=oidc"))) { (visit.say(CANCEL)) }
                    (show_api(visit))
                }
            }
        }
    };
    let status = failure.map_or(200, |failure| failure.status);
    Answer::page(status, shell::page(visit, visit.say(CREATE_OIDC), &content))
}

/// Makes one.
pub(super) async fn create(visit: &Visit<'_>) -> Outcome {
    let names =
        ["OIDCProviderName", "IssuerUrl", "ClientIds", "Fingerprints", "IssuanceLimitTime", "Description"];
    let params = names.map(|name| (name, visit.form().get(name).trim()));
    match KIND.call(visit, "Create", &params).await {
        Ok(_) => Ok(Answer::see(visit.to(&KIND.path_of(visit.form().get("OIDCProviderName").trim())))),
        Err(failure) => Ok(form(visit, Some(&Refusal::shown(failure)?))),
    }
}

/// The details.
pub(super) async fn show(visit: &Visit<'_>, name: &str, failure: Option<&ApiFailure>) -> Outcome {
    let provider = KIND.get(visit, name).await?;
    let (name, arn) = (text(&provider, KIND.name_parameter()), text(&provider, "Arn"));
    let path = KIND.path_of(name);
    let limit = number(&provider, "IssuanceLimitTime").to_string();
    let delete = way(visit, KIND.need("Delete", name), &format!("{path}/delete"), ("button", DELETE));
    let description = Some(text(&provider, "Description")).filter(|words| !words.is_empty());
    let content = html! {
        (heading(&html! { bdi { (name) } }, description, &delete))
        @if let Some(failure) = failure { (summary(visit, failure)) }
        div.columns {
            section.card {
                (facts(&[
                    (visit.say(ISSUER), copyable(visit, text(&provider, "IssuerUrl"))),
                    (visit.say(ARN), copyable(visit, arn)),
                    (visit.say(LIMIT), html! { (visit.fill(HOURS, &[&limit])) }),
                    (visit.say(CREATED), moment(visit, text(&provider, "CreateDate"))),
                    (visit.say(UPDATED), moment(visit, text(&provider, "UpdateDate"))),
                ]))
            }
            (trusting::part(visit, (KIND, name), arn).await?)
            (test::part(visit, name))
            (entries(visit, &provider, ("ClientId", "ClientIds"), (CLIENT_IDS, CLIENT_IDS_HINT)))
            (entries(visit, &provider, ("Fingerprint", "Fingerprints"), (FINGERPRINTS, FINGERPRINTS_HINT)))
            (edit(visit, &provider, failure))
        }
    };
    let status = failure.map_or(200, |failure| failure.status);
    Ok(Answer::page(status, shell::page(visit, name, &content)))
}

/// Client IDs, or fingerprints: each with its button, and a field for another.
fn entries(
    visit: &Visit<'_>,
    provider: &Value,
    (entry, member): (&'static str, &str),
    (title, hint): (Text, Text),
) -> Markup {
    let name = text(provider, KIND.name_parameter());
    let path = format!("{}/entries", KIND.path_of(name));
    let needs = |verb: &str, value| {
        let operation = format!("{verb}{entry}{}OIDCProvider", if verb == "Add" { "To" } else { "From" });
        Need::call(IMS, operation, &[(KIND.name_parameter(), name), (entry, value)])
    };
    let remove = |value| {
        let remove = act(visit, &path, &[("remove", entry), ("value", value)], ("quiet danger", REMOVE));
        needing(visit, needs("Remove", value), &remove)
    };
    let present: Vec<_> = text(provider, member).split(',').filter(|value| !value.is_empty()).collect();
    html! {
        section.card.stack {
            h2 { (visit.say(title)) }
            @if present.is_empty() { p.muted { (visit.say(NONE)) } }
            ul.plain {
                @for value in present {
                    li.copyable { code { (value) } (remove(value)) }
                }
            }
            form.stack method="post" action=(visit.to(&path)) {
                (token(visit))
                (Fields::empty(visit).show(Field::text(entry, title).required().longest(128).hint(hint)))
                div.actions { (submit(visit, needs("Add", ""), ("button", ADD))) (show_api(visit)) }
            }
        }
    }
}

fn edit(visit: &Visit<'_>, provider: &Value, failure: Option<&ApiFailure>) -> Markup {
    let limit = number(provider, "IssuanceLimitTime").to_string();
    let present = [("IssuanceLimitTime", limit.as_str()), ("Description", text(provider, "Description"))];
    let present = crate::pairs::Pairs::read(&crate::pairs::encode(present));
    let fields = if failure.is_some() { Fields::new(visit) } else { Fields::of(visit, present) };
    let fields = fields.refused(failure);
    let name = text(provider, KIND.name_parameter());
    html! {
        section.card {
            h2 { (visit.say(EDIT)) }
            form.stack method="post" action=(visit.to(&KIND.path_of(name))) {
                (token(visit))
                (fields.number(LIMIT_FIELD, LIMITS))
                (fields.show(DESCRIPTION_FIELD))
                div.actions { (submit(visit, KIND.need("Update", name), ("button main", SAVE))) (show_api(visit)) }
            }
        }
    }
}

/// Changes one.
pub(super) async fn change(visit: &Visit<'_>, name: &str) -> Outcome {
    let form = visit.form();
    let params = [
        (KIND.name_parameter(), name),
        ("IssuanceLimitTime", form.get("IssuanceLimitTime").trim()),
        ("NewDescription", form.get("Description").trim()),
    ];
    done(visit, name, KIND.call(visit, "Update", &params).await).await
}

/// Adds or removes a client ID or a fingerprint.
pub(super) async fn change_entries(visit: &Visit<'_>, name: &str) -> Outcome {
    let form = visit.form();
    let provider = (KIND.name_parameter(), name);
    let remove = form.get("remove");
    let known = ["ClientId", "Fingerprint"];
    let entry = known.into_iter().find(|entry| *entry == remove || form.filled(entry).is_some());
    let Some(entry) = entry else { return Err(Refusal::NoPage) };
    let removed = (entry, form.get("value"));
    let answer = match (entry, remove.is_empty()) {
        ("ClientId", true) => {
            visit.call(IMS, "AddClientIdToOIDCProvider", &[provider, (entry, form.get(entry).trim())]).await
        }
        ("ClientId", false) => visit.call(IMS, "RemoveClientIdFromOIDCProvider", &[provider, removed]).await,
        (_, true) => {
            visit
                .call(IMS, "AddFingerprintToOIDCProvider", &[provider, (entry, form.get(entry).trim())])
                .await
        }
        (_, false) => visit.call(IMS, "RemoveFingerprintFromOIDCProvider", &[provider, removed]).await,
    };
    done(visit, name, answer).await
}

async fn done(visit: &Visit<'_>, name: &str, answer: Result<Value, ApiFailure>) -> Outcome {
    match answer {
        Ok(_) => Ok(Answer::see(visit.to(&KIND.path_of(name)))),
        Err(failure) => show(visit, name, Some(&Refusal::shown(failure)?)).await,
    }
}
