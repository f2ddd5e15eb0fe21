//! Temporary credentials of the role that the page acts in: issued by `AssumeRole` as whoever is logged on, seen once.

use argali_protocol::ApiFailure;
use maud::{Markup, html};
use serde_json::{Value, json};

use super::{PATH, page};
use crate::api::{STS, text};
use crate::moment::moment;
use crate::page::{Outcome, Refusal, result};
use crate::part::{Field, Fields, Weight, facts, heading, lines, notice, select, show_api, summary};
use crate::shell::token;
use crate::text::developer::*;
use crate::text::role::ARN;
use crate::text::shell::CLOSE;
use crate::visit::{Switched, Visit};

const OFFERED: [(&str, &str); 4] = [("900", "15"), ("1800", "30"), ("3600", "60"), ("7200", "120")];

/// The tab.
pub(super) fn part(visit: &Visit<'_>, failure: Option<&ApiFailure>) -> Markup {
    let Some(role) = visit.switched() else {
        return html! {
            section.card.stack.narrow {
                p { (visit.say(NO_ROLE)) }
                div.actions { a.button href=(visit.to("/switch-role")) { (visit.say(SWITCH)) } }
            }
        };
    };
    let fields = Fields::new(visit).refused(failure);
    let durations = OFFERED.map(|(seconds, minutes)| (seconds, visit.fill(MINUTES, &[minutes])));
    html! {
        div.narrow {
            @if let Some(failure) = failure { (summary(visit, failure)) }
            form.card.stack method="post" action=(visit.to(&format!("{PATH}/credentials"))) {
                (token(visit))
                p.muted { (visit.say(GET_WHAT)) }
                (facts(&[(visit.say(ARN), html! { code { (arn(role)) } })]))
                (select(visit, ("DurationSeconds", DURATION), fields.value("DurationSeconds"), &durations))
                (fields.show(Field::text("ExternalId", EXTERNAL_ID).longest(1224).hint(EXTERNAL_ID_HINT)))
                div.actions { button.button.main { (visit.say(GET)) } (show_api(visit)) }
            }
        }
    }
}

fn arn(role: &Switched) -> String {
    format!("acs:ram::{}:role/{}", role.account_id, role.role.to_lowercase())
}

/// Issues credentials and shows them, this once.
pub(super) async fn issue(visit: &Visit<'_>) -> Outcome {
    let Some(role) = visit.switched() else { return Err(Refusal::NoPage) };
    let form = visit.form();
    let arn = arn(role);
    let session = visit.who().and_then(|who| who.user.clone()).unwrap_or_default();
    // Names of sessions have two characters at least.
    let session = if session.chars().count() < 2 { format!("user-{session}") } else { session };
    let params = [
        ("RoleArn", arn.as_str()),
        ("RoleSessionName", session.as_str()),
        ("DurationSeconds", form.get("DurationSeconds")),
        ("ExternalId", form.get("ExternalId").trim()),
    ];
    match visit.call_as_oneself(STS, "AssumeRole", &params).await {
        Ok(answer) => {
            let credentials = answer.get("Credentials").unwrap_or(&Value::Null);
            Ok(result::keep(visit, visit.say(ISSUED), shown(visit, &arn, credentials)))
        }
        Err(failure) => {
            let failure = Refusal::shown(failure)?;
            Ok(page(visit, failure.status, "credentials", &part(visit, Some(&failure))))
        }
    }
}

fn shown(visit: &Visit<'_>, arn: &str, credentials: &Value) -> Markup {
    let [id, secret, token] =
        ["AccessKeyId", "AccessKeySecret", "SecurityToken"].map(|name| text(credentials, name));
    let until = text(credentials, "Expiration");
    let environment = format!(
        "export ALIBABA_CLOUD_ACCESS_KEY_ID={id}\nexport ALIBABA_CLOUD_ACCESS_KEY_SECRET={secret}\n\
         export ALIBABA_CLOUD_SECURITY_TOKEN={token}\nexport ARGALI_ENDPOINT={}",
        visit.own_origin()
    );
    let json = json!({
        "mode": "StsToken", "access_key_id": id, "access_key_secret": secret, "sts_token": token, "expiration": until,
    });
    html! {
        div.narrow {
            (heading(&html! { (visit.say(ISSUED)) }, None, &html! {}))
            (notice(Weight::Warning, &html! { p { (visit.say(SHOWN_ONCE)) } }))
            section.card.stack {
                (facts(&[(visit.say(ARN), html! { code { (arn) } }), (visit.say(UNTIL), moment(visit, until))]))
                div { h3 { (visit.say(AS_ENVIRONMENT)) } (lines(visit, &environment)) }
                div { h3 { (visit.say(AS_JSON)) } (lines(visit, &format!("{json:#}"))) }
            }
            div.actions { a.button.main href=(visit.to(&format!("{PATH}?tab=credentials"))) { (visit.say(CLOSE)) } }
        }
    }
}
