//! Making a role in two steps: whom it trusts, then what it is called.

use argali_protocol::ApiFailure;
use maud::{Markup, html};
use serde_json::{Map, Value, json};

use super::path_of;
use super::trust::{document_field, in_words};
use crate::answer::Answer;
use crate::api::{RAM, text};
use crate::page::grant::{Kind, path_to};
use crate::page::{Outcome, Refusal, result};
use crate::part::{Field, Fields, Weight, copyable, facts, heading, notice, select, summary, tick};
use crate::shell::{self, token};
use crate::text::Text;
use crate::text::role::*;
use crate::text::shell::{CANCEL, CLOSE, OK};
use crate::text::user::GRANT;
use crate::visit::Visit;

const NEW: &str = "/ram/roles/new";
const HOURS_OFFERED: [(&str, &str); 4] = [("3600", "1"), ("7200", "2"), ("14400", "4"), ("43200", "12")];

/// The step that the address asks for.
pub(crate) fn show(visit: &Visit<'_>) -> Outcome {
    if visit.query().get("step") != "2" {
        return Ok(Answer::page(200, first_step(visit)));
    }
    let document = serde_json::to_string_pretty(&document(visit)).unwrap_or_default();
    Ok(Answer::page(200, second_step(visit, &document, None)))
}

fn first_step(visit: &Visit<'_>) -> Markup {
    let fields = Fields::new(visit);
    let chosen = |name: &str, value: &str, default: &str| {
        let asked = visit.query().get(name);
        value == if asked.is_empty() { default } else { asked }
    };
    let choice = |(name, value, default): (&str, &str, &str), label: Text, hint: Text| {
        html! {
            label.tick {
                input type="radio" name=(name) value=(value) checked[chosen(name, value, default)];
                span { span { (visit.say(label)) } span.hint { (visit.say(hint)) } }
            }
        }
    };
    let content = html! {
        div.narrow {
            (heading(&html! { (visit.say(CREATE)) }, Some(visit.say(STEP_1)), &html! {}))
            form.stack method="get" action=(visit.to(NEW)) {
                input type="hidden" name="step" value="2";
                section.card.stack {
                    fieldset.group {
                        legend { (visit.say(PRINCIPAL_TYPE)) }
                        (choice(("type", "account", "account"), CLOUD_ACCOUNT, CLOUD_ACCOUNT_HINT))
                        fieldset.nested {
                            legend.hidden { (visit.say(CLOUD_ACCOUNT)) }
                            (choice(("whose", "current", "other"), CURRENT, CURRENT_HINT))
                            (choice(("whose", "other", "other"), OTHER, OTHER_HINT))
                            (fields.show(Field::text("account", ACCOUNT_ID).longest(20).hint(ACCOUNT_ID_HINT)))
                        }
                        (choice(("type", "service", "account"), CLOUD_SERVICE, CLOUD_SERVICE_HINT))
                        (choice(("type", "provider", "account"), IDENTITY_PROVIDER, IDENTITY_PROVIDER_HINT))
                        div.nested { (fields.show(Field::text("service", SERVICE).longest(200))) }
                    }
                }
                section.card.stack {
                    h2 { (visit.say(GUARD_RAILS)) }
                    (fields.show(Field::text("only", ONLY).longest(80).hint(ONLY_HINT)))
                    (fields.show(Field::text("external", EXTERNAL_ID).longest(200).hint(EXTERNAL_ID_HINT)))
                    (tick(visit, ("mfa", MFA), visit.query().is_ticked("mfa"), None))
                }
                div.actions {
                    button.button.main { (visit.say(NEXT)) }
                    a.button href=(visit.to("/ram/roles")) { (visit.say(CANCEL)) }
                }
            }
        }
    };
    shell::page(visit, visit.say(CREATE), &content)
}

/// The trust policy that the first step describes.
fn document(visit: &Visit<'_>) -> Value {
    let query = visit.query();
    let principal = match query.get("type") {
        "service" => json!({ "Service": [query.get("service").trim()] }),
        "provider" => json!({ "Federated": [query.get("service").trim()] }),
        _ => {
            let other = query.filled("account").filter(|_| query.get("whose") != "current");
            let account = other.unwrap_or_else(|| visit.account_id());
            json!({ "RAM": [format!("acs:ram::{account}:{}", query.filled("only").unwrap_or("root"))] })
        }
    };
    let external_id = query.filled("external").map(|id| ("StringEquals", json!({ "sts:ExternalId": id })));
    let mfa = query.is_ticked("mfa").then(|| ("Bool", json!({ "acs:MFAPresent": "true" })));
    let conditions = external_id.into_iter().chain(mfa).map(|(name, value)| (name.to_owned(), value));
    let conditions: Map<String, Value> = conditions.collect();
    let statement = if conditions.is_empty() {
        json!({ "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": principal })
    } else {
        let condition = Value::Object(conditions);
        json!({ "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": principal, "Condition": condition })
    };
    json!({ "Version": "1", "Statement": [statement] })
}

fn second_step(visit: &Visit<'_>, document: &str, failure: Option<&ApiFailure>) -> Markup {
    let fields = Fields::new(visit).refused(failure);
    let hours = HOURS_OFFERED.map(|(seconds, hours)| (seconds, visit.fill(HOURS, &[hours])));
    let content = html! {
        div.narrow {
            (heading(&html! { (visit.say(CREATE)) }, Some(visit.say(STEP_2)), &html! {}))
            @if let Some(failure) = failure { (summary(visit, failure)) }
            form.stack.code method="post" action=(visit.to(NEW)) {
                (token(visit))
                section.card.stack {
                    (fields.show(Field::text("RoleName", NAME).required().longest(64).hint(NAME_HINT)))
                    (fields.show(Field::text("Description", DESCRIPTION).longest(1024)))
                    (select(visit, ("MaxSessionDuration", DURATION), fields.value("MaxSessionDuration"), &hours))
                }
                section.card.stack {
                    h2 { (visit.say(TRUST)) }
                    (in_words(visit, document))
                    details open[failure.is_some()] {
                        summary { (crate::icon::icon(crate::icon::LuChevronRight)) (visit.say(EDIT_TRUST)) }
                        div { (document_field(visit, document)) }
                    }
                }
                div.actions {
                    button.button.main { (visit.say(OK)) }
                    a.button href=(visit.to(NEW)) { (visit.say(BACK)) }
                }
            }
        }
    };
    shell::page(visit, visit.say(CREATE), &content)
}

/// Makes the role.
pub(crate) async fn send(visit: &Visit<'_>) -> Outcome {
    let form = visit.form();
    let filled = |name: &str| form.filled(name).unwrap_or_default();
    let document = form.get("Document");
    let params = [
        ("RoleName", filled("RoleName")),
        ("Description", filled("Description")),
        ("MaxSessionDuration", filled("MaxSessionDuration")),
        ("AssumeRolePolicyDocument", document),
    ];
    match visit.call(RAM, "CreateRole", &params).await {
        Ok(answer) => {
            let role = answer.get("Role").unwrap_or(&Value::Null);
            Ok(result::keep(visit, visit.say(RESULT), made(visit, role, document)))
        }
        Err(failure) => {
            let failure = Refusal::shown(failure)?;
            Ok(Answer::page(failure.status, second_step(visit, document, Some(&failure))))
        }
    }
}

fn made(visit: &Visit<'_>, role: &Value, document: &str) -> Markup {
    let name = text(role, "RoleName");
    html! {
        div.narrow {
            (heading(&html! { (visit.say(RESULT)) }, None, &html! {}))
            section.card.stack {
                (facts(&[
                    (visit.say(NAME), html! { bdi { (name) } }),
                    (visit.say(ARN), copyable(visit, text(role, "Arn"))),
                ]))
                (in_words(visit, document))
            }
            (notice(Weight::Info, &html! { p { (visit.say(NO_PERMISSIONS)) } }))
            div.actions {
                a.button.main href=(visit.to(&path_to(Kind::Role, name))) { (visit.say(GRANT)) }
                a.button href=(visit.to(&path_of(name))) { (visit.say(CLOSE)) }
            }
        }
    }
}
