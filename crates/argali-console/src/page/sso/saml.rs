//! SAML providers: kept, shown and checked, and never let in through.

use argali_core::federation::Metadata;
use argali_protocol::ApiFailure;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use maud::{Markup, html};
use sha2::{Digest, Sha256};

use super::{Kind, PATH, saml_refused, trusting};
use crate::answer::Answer;
use crate::api::text;
use crate::icon::{self, icon};
use crate::moment::moment;
use crate::need::{submit, way};
use crate::page::{Outcome, Refusal};
use crate::pairs::segment;
use crate::part::{Field, Fields, copyable, facts, heading, show_api, summary};
use crate::shell::{self, token};
use crate::text::shell::{CANCEL, DELETE, OK, SAVE};
use crate::text::sso::*;
use crate::visit::Visit;

const KIND: Kind = Kind::Saml;
/// The member in which operations show the document, and the parameter in which they take it.
const DOCUMENT: &str = "EncodedSAMLMetadataDocument";
const DESCRIPTION_FIELD: Field = Field::text("Description", DESCRIPTION).longest(256);
/// As long as operations take it.
const LONGEST: u32 = 1_000_000;
const METADATA_FIELD: Field = Field::text("Metadata", METADATA).hint(METADATA_HINT).kind("textarea", "off");

/// How many bytes a document has at most that a refused form shows again: a page has few.
// SPEC: console, budgets.
const MOST_SHOWN_AGAIN: usize = 20_000;

/// The field of the document. What was sent and is too large to be sent back is left out, and the field says so.
pub(super) fn metadata_field<'a>(fields: &Fields<'a>, visit: &'a Visit<'a>, longest: u32) -> Markup {
    let field = METADATA_FIELD.longest(longest);
    let document = html! { (fields.value(field.name)) };
    if document.0.len() <= MOST_SHOWN_AGAIN {
        return fields.show(field);
    }
    Fields::empty(visit).wrong(field.name, Some(visit.say(TOO_LARGE_TO_SHOW))).show(field)
}

/// The form that makes one.
pub(super) fn form(visit: &Visit<'_>, failure: Option<&ApiFailure>) -> Answer {
    let fields = Fields::new(visit).refused(failure);
    let content = html! {
        div.narrow {
            h1 { (visit.say(CREATE_SAML)) }
            (saml_refused(visit))
            @if let Some(failure) = failure { (summary(visit, failure)) }
            form.card.stack.code method="post" action=(visit.to(&format!("{PATH}/saml/new"))) {
                (token(visit))
                (fields.show(Field::text("SAMLProviderName", NAME).required().longest(128).hint(NAME_HINT)))
                (metadata_field(&fields, visit, LONGEST))
                (fields.show(DESCRIPTION_FIELD))
                div.actions {
                    (submit(visit, KIND.need("Create", ""), ("button main", OK)))
                    a.button href=(visit.to(&format!("{PATH}?tab=saml"))) { (visit.say(CANCEL)) }
                    (show_api(visit))
                }
            }
        }
    };
    let status = failure.map_or(200, |failure| failure.status);
    Answer::page(status, shell::page(visit, visit.say(CREATE_SAML), &content))
}

/// A document as operations take it; nothing stays nothing.
pub(super) fn encoded(document: &str) -> String {
    let document = document.trim();
    if document.is_empty() { String::new() } else { STANDARD.encode(document) }
}

/// Makes one.
pub(super) async fn create(visit: &Visit<'_>) -> Outcome {
    let sent = visit.form();
    let (name, document) = (sent.get("SAMLProviderName").trim(), encoded(sent.get("Metadata")));
    let params = [
        (KIND.name_parameter(), name),
        (DOCUMENT, document.as_str()),
        ("Description", sent.get("Description").trim()),
    ];
    match KIND.call(visit, "Create", &params).await {
        Ok(_) => Ok(Answer::see(visit.to(&KIND.path_of(name)))),
        Err(failure) => Ok(form(visit, Some(&Refusal::shown(failure)?))),
    }
}

/// The details.
pub(super) async fn show(visit: &Visit<'_>, name: &str, failure: Option<&ApiFailure>) -> Outcome {
    let provider = KIND.get(visit, name).await?;
    let (name, arn) = (text(&provider, KIND.name_parameter()), text(&provider, "Arn"));
    let path = KIND.path_of(name);
    let delete = way(visit, KIND.need("Delete", name), &format!("{path}/delete"), ("button", DELETE));
    let fields = if failure.is_some() { Fields::new(visit) } else { Fields::empty(visit) };
    let fields = fields.refused(failure);
    let mut shown = vec![(visit.say(ARN), copyable(visit, arn))];
    shown.extend(described(visit, text(&provider, DOCUMENT), &path));
    shown.push((visit.say(CREATED), moment(visit, text(&provider, "CreateDate"))));
    let description = Some(text(&provider, "Description")).filter(|words| !words.is_empty());
    let content = html! {
        (heading(&html! { bdi { (name) } }, description, &delete))
        (saml_refused(visit))
        @if let Some(failure) = failure { (summary(visit, failure)) }
        div.columns {
            section.card { (facts(&shown)) }
            (trusting::part(visit, (KIND, name), arn).await?)
        }
        section.card.code {
            h2 { (visit.say(EDIT)) }
            form.stack method="post" action=(visit.to(&path)) {
                (token(visit))
                (metadata_field(&fields, visit, LONGEST))
                (fields.show(DESCRIPTION_FIELD))
                div.actions { (submit(visit, KIND.need("Update", name), ("button main", SAVE))) (show_api(visit)) }
            }
        }
    };
    let status = failure.map_or(200, |failure| failure.status);
    Ok(Answer::page(status, shell::page(visit, name, &content)))
}

/// The document, as a file.
pub(super) async fn download(visit: &Visit<'_>, name: &str) -> Outcome {
    let provider = KIND.get(visit, name).await?;
    file(name, text(&provider, DOCUMENT))
}

/// A document as a file of this name, never shown as a page of this site; there is no such page without one.
pub(super) fn file(name: &str, document: &str) -> Outcome {
    let Ok((document, _)) = Metadata::decode(document) else { return Err(Refusal::NoPage) };
    Ok(Answer::file(&format!("{}.xml", segment(name)), document.into_bytes()))
}

/// What a document says of its provider: how it names itself, and the certificates that it signs with; and the way to the
/// document itself, below `path`.
pub(super) fn described(visit: &Visit<'_>, document: &str, path: &str) -> Vec<(&'static str, Markup)> {
    let Ok((_, metadata)) = Metadata::decode(document) else {
        return vec![(visit.say(METADATA), html! { span.muted { (visit.say(NO_METADATA)) } })];
    };
    let certificates = html! {
        ul.plain {
            @for certificate in &metadata.certificates {
                li { span.muted { "SHA-256 " } code { (hex::encode(Sha256::digest(certificate))) } }
            }
        }
    };
    let way = html! {
        a href=(visit.to(&format!("{path}/metadata"))) download { (icon(icon::LuDownload)) (visit.say(DOWNLOAD)) }
    };
    vec![
        (visit.say(ENTITY), copyable(visit, &metadata.entity_id)),
        (visit.say(CERTIFICATES), certificates),
        (visit.say(METADATA), way),
    ]
}

/// Changes one.
pub(super) async fn change(visit: &Visit<'_>, name: &str) -> Outcome {
    let document = encoded(visit.form().get("Metadata"));
    let params = [
        (KIND.name_parameter(), name),
        ("NewEncodedSAMLMetadataDocument", document.as_str()),
        ("NewDescription", visit.form().get("Description").trim()),
    ];
    match KIND.call(visit, "Update", &params).await {
        Ok(_) => Ok(Answer::see(visit.to(&KIND.path_of(name)))),
        Err(failure) => show(visit, name, Some(&Refusal::shown(failure)?)).await,
    }
}
