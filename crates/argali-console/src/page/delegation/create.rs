//! A new delegation: the role, what it may do, and the invitation, on one page.
// SPEC: console, delegations, new delegation.

use argali_protocol::ApiFailure;
use maud::{Markup, html};

use super::HOME;
use super::invite::address;
use super::usage::state;
use crate::answer::Answer;
use crate::api::{ARGALI, RAM, is_absent, text};
use crate::need::{Need, needing, submit};
use crate::page::role::trust::compose;
use crate::page::{Outcome, Refusal, result, role};
use crate::pairs::Pairs;
use crate::part::show_api;
use crate::part::{Field, Fields, Table, copyable, heading, summary, summary_of};
use crate::shell::{self, token};
use crate::text::Text;
use crate::text::delegation::*;
use crate::text::role::{DESCRIPTION, NAME, NAME_HINT};
use crate::text::shell::CANCEL;
use crate::visit::Visit;

/// What delegations are usually for: a name, how it is called, and the system policies that it takes.
const TEMPLATES: [(&str, Text, Text, &[&str]); 4] = [
    (
        "operations",
        OPERATIONS,
        OPERATIONS_HINT,
        &["AliyunECSFullAccess", "AliyunSLBFullAccess", "AliyunRDSFullAccess"],
    ),
    (
        "monitoring",
        MONITORING,
        MONITORING_HINT,
        &[
            "AliyunECSReadOnlyAccess",
            "AliyunSLBReadOnlyAccess",
            "AliyunRDSReadOnlyAccess",
            "AliyunVPCReadOnlyAccess",
            "AliyunActionTrailReadOnlyAccess",
        ],
    ),
    // The least of the system's that sends and receives: the one that reads does neither.
    ("messaging", MESSAGING, MESSAGING_HINT, &["AliyunMNSFullAccess"]),
    ("none", NOTHING_YET, NOTHING_YET_HINT, &[]),
];

/// Why a form was not carried out.
#[derive(Debug)]
pub(super) enum Wrong {
    /// Nobody is called so.
    NoAccount(String),
    /// It is the own account.
    OwnAccount,
    /// An operation was refused.
    Failed(ApiFailure),
}

/// The form.
pub(super) fn show(visit: &Visit<'_>, wrong: Option<&Wrong>) -> Answer {
    let entered = if visit.is_post() { compose::entered(visit, visit.form()) } else { visit.query().clone() };
    let failure = match wrong {
        Some(Wrong::Failed(failure)) => Some(failure),
        _ => None,
    };
    let account = match wrong {
        Some(Wrong::NoAccount(name)) => Some(visit.fill(NO_ACCOUNT, &[name])),
        Some(Wrong::OwnAccount) => Some(visit.say(OWN_ACCOUNT).to_owned()),
        _ => None,
    };
    let chosen = entered.filled("template").unwrap_or("operations").to_owned();
    let fields = Fields::of(visit, entered).refused(failure).wrong("account", account.as_deref());
    let content = html! {
        div.narrow {
            (heading(&html! { (visit.say(NEW)) }, Some(visit.say(NEW_WHAT)), &html! {}))
            @if let Some(failure) = failure { (summary(visit, failure)) }
            @if let Some(words) = &account {
                (summary_of(&[(Some("account"), words)]))
            }
            form.stack method="post" action=(visit.to("/delegations/new")) {
                (token(visit))
                // Enter in a field creates: the first button is what it presses.
                (needing(visit, Need::somehow(RAM, "CreateRole"), &html! {
                    button.hidden tabindex="-1" aria-hidden="true" { (visit.say(CREATE)) }
                }))
                section.card.stack {
                    h2 { (visit.say(WHOM)) }
                    (fields.show(Field::text("account", OTHER_ACCOUNT).required().longest(64).hint(OTHER_ACCOUNT_HINT)))
                    (fields.show(compose::ONLY_OF_OTHER))
                }
                section.card.stack { (templates(visit, &chosen)) }
                section.card.stack { (compose::guard_rail_fields(visit, &fields)) }
                section.card.stack {
                    h2 { (visit.say(THE_ROLE)) }
                    (fields.show(Field::text("RoleName", NAME).required().longest(64).hint(NAME_HINT)))
                    (fields.show(Field::text("Description", DESCRIPTION).longest(1024)))
                }
                div.actions {
                    (submit(visit, Need::somehow(RAM, "CreateRole"), ("button main", CREATE)))
                    a.button href=(visit.to(HOME)) { (visit.say(CANCEL)) }
                    (show_api(visit))
                }
            }
        }
    };
    let status = match wrong {
        None => 200,
        Some(Wrong::Failed(failure)) => failure.status,
        Some(_) => 400,
    };
    Answer::page(status, shell::page(visit, visit.say(NEW), &content))
}

fn templates(visit: &Visit<'_>, chosen: &str) -> Markup {
    html! {
        fieldset.group {
            legend { (visit.say(WHAT_FOR)) }
            @for (name, label, hint, policies) in TEMPLATES {
                label.tick {
                    input type="radio" name="template" value=(name) checked[name == chosen];
                    span {
                        span { (visit.say(label)) }
                        span.hint { (visit.say(hint)) }
                        @if !policies.is_empty() { span.hint.mono { (policies.join(", ")) } }
                    }
                }
            }
        }
    }
}

/// Makes the role, attaches what the template takes, and invites the other account.
pub(super) async fn send(visit: &Visit<'_>) -> Outcome {
    let form = visit.form();
    if form.get("do") == compose::GENERATED {
        return Ok(show(visit, None));
    }
    let account = match whom(visit, form.get("account").trim()).await? {
        Ok(account) => account,
        Err(wrong) => return Ok(show(visit, Some(&wrong))),
    };
    let document = compose::of_other(&account, form).write();
    let name = form.get("RoleName").trim();
    let params = [
        ("RoleName", name),
        ("Description", form.get("Description").trim()),
        ("AssumeRolePolicyDocument", document.as_str()),
    ];
    if let Err(failure) = visit.call(RAM, "CreateRole", &params).await {
        return Ok(show(visit, Some(&Wrong::Failed(Refusal::shown(failure)?))));
    }
    let mut rows = vec![vec![html! { (visit.fill(STEP_ROLE, &[name])) }, state(visit, None)?]];
    let template = TEMPLATES.iter().find(|(own, ..)| *own == form.get("template"));
    for policy in template.map_or(&[][..], |(.., policies)| policies) {
        let params = [("RoleName", name), ("PolicyName", *policy), ("PolicyType", "System")];
        let came = visit.call(RAM, "AttachPolicyToRole", &params).await;
        rows.push(vec![html! { (visit.fill(STEP_ATTACH, &[policy])) }, state(visit, came.err())?]);
    }
    let invited = invite(visit, name, &account, form).await;
    let came = invited.as_ref().err().cloned();
    rows.push(vec![html! { (visit.fill(STEP_INVITE, &[&account])) }, state(visit, came)?]);
    Ok(result::keep(visit, visit.say(CREATED), made(visit, name, rows, invited.ok().as_deref())))
}

async fn invite(visit: &Visit<'_>, role: &str, account: &str, form: &Pairs) -> Result<String, ApiFailure> {
    let params = [("RoleName", role), ("AccountId", account), ("ExternalId", form.get("external").trim())];
    let answer = visit.call(ARGALI, "CreateInvitation", &params).await?;
    Ok(text(&answer, "Invitation").to_owned())
}

/// The number of the account that is meant.
async fn whom(visit: &Visit<'_>, name: &str) -> Result<Result<String, Wrong>, Refusal> {
    let answer = match visit.call(ARGALI, "FindAccount", &[("Account", name)]).await {
        Err(failure) if is_absent(&failure) => {
            // An account elsewhere can be trusted, too, by its number.
            let is_number = (5..=20).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_digit());
            return Ok(if is_number { Ok(name.to_owned()) } else { Err(Wrong::NoAccount(name.to_owned())) });
        }
        Err(failure) => return Ok(Err(Wrong::Failed(Refusal::shown(failure)?))),
        Ok(answer) => answer,
    };
    let account = text(&answer, "AccountId").to_owned();
    Ok(if account == visit.account_id() { Err(Wrong::OwnAccount) } else { Ok(account) })
}

fn made(visit: &Visit<'_>, name: &str, rows: Vec<Vec<Markup>>, invitation: Option<&str>) -> Markup {
    html! {
        div.narrow {
            (heading(&html! { (visit.say(CREATED)) }, None, &html! {}))
            (Table { caption: CREATED, columns: &[STEP, STATE], rows }.show(visit))
            @if let Some(invitation) = invitation {
                section.card.stack {
                    h2 { (visit.say(INVITE_ADDRESS)) }
                    p.muted { (visit.say(INVITE_WHAT)) }
                    p.address { (copyable(visit, &address(visit, invitation))) }
                }
            }
            div.actions {
                a.button.main href=(visit.to(HOME)) { (visit.say(SEE_DELEGATIONS)) }
                a.button href=(visit.to(&role::path_of(name))) { (visit.say(OPEN_ROLE)) }
            }
        }
    }
}
