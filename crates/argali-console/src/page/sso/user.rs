//! The settings of user SSO, which are kept for the day that assertions are taken.

use argali_protocol::ApiFailure;
use maud::{Markup, html};
use serde_json::Value;

use super::saml::{described, encoded, file, metadata_field};
use super::{PATH, page, saml_refused};
use crate::answer::Answer;
use crate::api::{IMS, holds, text};
use crate::need::{Need, submit};
use crate::page::{Outcome, Refusal};
use crate::part::{Field, Fields, facts, show_api, summary, tick};
use crate::shell::token;
use crate::text::shell::SAVE;
use crate::text::sso::*;
use crate::text::user::STATUS;
use crate::visit::Visit;

/// The tab.
pub(super) async fn part(visit: &Visit<'_>, failure: Option<&ApiFailure>) -> Result<Markup, ApiFailure> {
    let answer = visit.call(IMS, "GetUserSsoSettings", &[]).await?;
    let present = answer.get("UserSsoSettings").unwrap_or(&Value::Null);
    let fields =
        Fields::new(visit).refused(failure).showing(present, &[("AuxiliaryDomain", "AuxiliaryDomain")]);
    let is = |name: &str| match visit.is_post() {
        true => visit.form().is_ticked(name),
        false => holds(present, name),
    };
    let is_on = holds(present, "SsoEnabled");
    let state = html! {
        span class=(if is_on { "badge warning" } else { "badge" }) { (visit.say(if is_on { SSO_IS_ON } else { SSO_IS_OFF })) }
    };
    let shown: Vec<_> = [(visit.say(STATUS), state)]
        .into_iter()
        .chain(described(visit, text(present, "MetadataDocument"), &format!("{PATH}/user")))
        .collect();
    Ok(html! {
        (saml_refused(visit))
        @if let Some(failure) = failure { (summary(visit, failure)) }
        div.columns {
            section.card { (facts(&shown)) }
            form.card.stack.code method="post" action=(visit.to(&format!("{PATH}/user"))) {
                (token(visit))
                h2 { (visit.say(EDIT)) }
                (tick(visit, ("SsoEnabled", SSO_ON), is("SsoEnabled"), None))
                (tick(visit, ("SsoLoginWithDomain", WITH_DOMAIN), is("SsoLoginWithDomain"), None))
                (fields.show(Field::text("AuxiliaryDomain", AUXILIARY).longest(253).hint(AUXILIARY_HINT)))
                (metadata_field(&fields, visit, 100_000))
                div.actions { (submit(visit, Need::somehow(IMS, "SetUserSsoSettings"), ("button main", SAVE))) (show_api(visit)) }
            }
        }
    })
}

/// The metadata document that they have, as a file.
pub(super) async fn download(visit: &Visit<'_>) -> Outcome {
    let answer = visit.call(IMS, "GetUserSsoSettings", &[]).await?;
    let present = answer.get("UserSsoSettings").unwrap_or(&Value::Null);
    file("user-sso", text(present, "MetadataDocument"))
}

/// Saves them.
pub(super) async fn save(visit: &Visit<'_>) -> Outcome {
    let form = visit.form();
    let document = encoded(form.get("Metadata"));
    let said = |name: &str| if form.is_ticked(name) { "true" } else { "false" };
    let mut params = vec![
        ("SsoEnabled", said("SsoEnabled")),
        ("SsoLoginWithDomain", said("SsoLoginWithDomain")),
        // An empty one removes it.
        ("AuxiliaryDomain", form.get("AuxiliaryDomain").trim()),
    ];
    params.extend((!document.is_empty()).then_some(("MetadataDocument", document.as_str())));
    match visit.call_with_empty(IMS, "SetUserSsoSettings", &params).await {
        Ok(_) => Ok(Answer::see(visit.to(&format!("{PATH}?tab=user")))),
        Err(failure) => {
            let failure = Refusal::shown(failure)?;
            let part = part(visit, Some(&failure)).await?;
            Ok(page(visit, failure.status, ("user", &part), &html! {}))
        }
    }
}
