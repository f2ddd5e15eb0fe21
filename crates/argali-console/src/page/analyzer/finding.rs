//! One finding: what shows it, what to do about it, and putting it away.

use argali_protocol::ApiFailure;
use maud::{Markup, html};
use serde_json::Value;

use super::proposal::{self, Proposal};
use super::{LIST, find, path_of};
use crate::answer::Answer;
use crate::api::{ARGALI, RAM, items, text};
use crate::moment::moment;

use crate::need::{Need, submit};
use crate::page::{Outcome, Refusal, conflict, group, policy, role, user};
use crate::part::{Field, Fields, card, copyable, difference, facts, formatted, heading, show_api, summary};
use crate::shell::{self, token};
use crate::text::Text;
use crate::text::analyzer::*;
use crate::visit::Visit;

pub(super) const REASON_FIELD: Field = Field::text("Reason", REASON).required().longest(256);
/// What evidence is called.
const NAMES: [(&str, Text); 12] = [
    ("AccountId", E_ACCOUNT),
    ("Principal", E_PRINCIPAL),
    ("AccessKeyId", E_KEY),
    ("PolicyName", E_POLICY),
    ("PolicyType", E_POLICY_TYPE),
    ("ResourceGroupId", E_GROUP),
    ("CreateDate", E_CREATED),
    ("UpdateDate", E_CHANGED),
    ("LastUseDate", E_USED),
    ("LastLogonDate", E_LOGON),
    ("AttachDate", E_ATTACHED),
    ("ExpirationDate", E_ENDS),
];

/// What an ARN is about, as people name it.
pub(super) fn name(arn: &str) -> &str {
    arn.splitn(5, ':').nth(4).unwrap_or(arn)
}

/// The page of whatever an ARN is about.
pub(super) fn page_of(arn: &str) -> Option<String> {
    match name(arn).split_once('/')? {
        ("user", name) => Some(user::path_of(name)),
        ("group", name) => Some(group::path_of(name)),
        ("role", name) => Some(role::path_of(name)),
        _ => None,
    }
}

/// The values of the evidence of this name.
pub(super) fn shown<'v>(finding: &'v Value, name: &str) -> Vec<&'v str> {
    let evidence = items(finding, "Evidence").filter(|evidence| text(evidence, "Name") == name);
    evidence.map(|evidence| text(evidence, "Value")).collect()
}

/// What shows a finding.
pub(super) fn evidence(visit: &Visit<'_>, finding: &Value) -> Vec<(&'static str, Markup)> {
    let evidence = items(finding, "Evidence").map(|evidence| {
        let (name, value) = (text(evidence, "Name"), text(evidence, "Value"));
        let label = NAMES.iter().find(|(own, _)| *own == name).map_or(EVIDENCE, |(_, label)| *label);
        let value = match name {
            name if name.ends_with("Date") => moment(visit, value),
            "PolicyName" => {
                let policy_type = shown(finding, "PolicyType").first().copied().unwrap_or_default();
                html! { a href=(visit.to(&policy::path_of(policy_type, value))) { (value) } }
            }
            "PolicyType" => html! { (visit.say(crate::page::grant::type_label(value))) },
            _ => html! { code { bdi { (value) } } },
        };
        (visit.say(label), value)
    });
    evidence.collect()
}

/// The page.
pub(super) async fn show(visit: &Visit<'_>, id: &str, failure: Option<&ApiFailure>) -> Outcome {
    let finding = find(visit, id).await?;
    let proposal = Proposal::of(visit, &finding).await?;
    let (title, what) = proposal::kind(text(&finding, "Kind"));
    let resource = text(&finding, "Resource");
    let about = match page_of(resource) {
        Some(path) => html! { a href=(visit.to(&path)) { bdi { (name(resource)) } } },
        None => copyable(visit, resource),
    };
    let shown = [(visit.say(ABOUT), about)].into_iter().chain(evidence(visit, &finding)).collect::<Vec<_>>();
    let content = html! {
        div.writing {
            (heading(&html! { (visit.say(title)) }, Some(visit.say(what)), &html! {}))
            @if let Some(failure) = failure { (summary(visit, failure)) }
            (card(visit.say(EVIDENCE), &facts(&shown)))
            (proposed(visit, id, &proposal))
            (archive(visit, id, &finding, failure))
        }
    };
    Ok(Answer::page(
        failure.map_or(200, |failure| failure.status),
        shell::page(visit, visit.say(title), &content),
    ))
}

fn proposed(visit: &Visit<'_>, id: &str, proposal: &Proposal) -> Markup {
    html! {
        section.card.stack {
            h2 { (visit.say(PROPOSAL)) }
            p { (proposal.words) }
            @if let Some((before, after)) = &proposal.documents {
                h3 { (visit.say(CHANGE)) }
                (difference(visit, &formatted(before), &formatted(after)))
            }
            (proposal.effect)
            @if !proposal.calls.is_empty() {
                h3 { (visit.say(PREVIEW)) }
                ul.plain {
                    @for call in &proposal.calls {
                        li {
                            code { (call.action) } " "
                            @for (name, value) in call.params.iter().filter(|(_, value)| !value.contains('{')) {
                                span.muted { (name) } "=" code { bdi { (value) } } " "
                            }
                        }
                    }
                }
            }
            @if !proposal.calls.is_empty() || proposal.edits.is_some() || proposal.page.is_some() { div.actions {
                @if !proposal.calls.is_empty() {
                    form method="post" action=(visit.to(&path_of(id))) {
                        (token(visit))
                        @for (name, value) in &proposal.kept { input type="hidden" name=(name) value=(value); }
                        input type="hidden" name="do" value="apply";
                        div.actions { (submit(visit, proposal.need(), ("button main", APPLY))) (show_api(visit)) }
                    }
                }
                @if let (Some(role), Some((before, after))) = (&proposal.edits, &proposal.documents) {
                    form method="post" action=(visit.to(&format!("{}/trust", role::path_of(role)))) {
                        (token(visit))
                        // What is edited on is made from what there is, and not from what is proposed.
                        (conflict::base_anew(&[&formatted(before)]))
                        input type="hidden" name="mode" value="visual";
                        input type="hidden" name="Document" value=(after);
                        input type="hidden" name="do" value="edit";
                        div.actions {
                            (submit(visit, Need::call(RAM, "UpdateRole", &[("RoleName", role)]), ("button main", EDIT_PROPOSED)))
                            (show_api(visit))
                        }
                    }
                }
                @if let Some(page) = &proposal.page { a.button href=(visit.to(page)) { (visit.say(OPEN_PAGE)) } }
            } }
        }
    }
}

fn archive(visit: &Visit<'_>, id: &str, finding: &Value, failure: Option<&ApiFailure>) -> Markup {
    let archived = finding.get("Archive");
    let need = |operation| Need::call(ARGALI, operation, &[("FindingId", id), ("Reason", "-")]);
    html! {
        form.card.stack method="post" action=(visit.to(&path_of(id))) {
            (token(visit))
            h2 { (visit.say(if archived.is_some() { ARCHIVED } else { ARCHIVE })) }
            @match archived {
                Some(archived) => {
                    (facts(&[
                        (visit.say(REASON), html! { bdi { (text(archived, "Reason")) } }),
                        (visit.say(ARCHIVED_BY), html! { code { (text(archived, "ArchivedBy")) } }),
                        (visit.say(ARCHIVED_AT), moment(visit, text(archived, "ArchiveDate"))),
                    ]))
                    input type="hidden" name="do" value="unarchive";
                    div.actions { (submit(visit, need("UnarchiveFinding"), ("button", UNARCHIVE))) (show_api(visit)) }
                },
                None => {
                    p.muted { (visit.say(ARCHIVE_WHAT)) }
                    (Fields::new(visit).refused(failure).show(REASON_FIELD))
                    input type="hidden" name="do" value="archive";
                    div.actions { (submit(visit, need("ArchiveFinding"), ("button", ARCHIVE))) (show_api(visit)) }
                },
            }
        }
    }
}

/// Whatever button was pressed.
pub(super) async fn send(visit: &Visit<'_>, id: &str) -> Outcome {
    let finding = ("FindingId", id);
    let done = match visit.form().get("do") {
        "apply" => apply(visit, id).await,
        "unarchive" => {
            visit.call(ARGALI, "UnarchiveFinding", &[finding]).await.map(|_| ()).map_err(Refusal::from)
        }
        _ => {
            let reason = ("Reason", visit.form().get("Reason"));
            visit.call(ARGALI, "ArchiveFinding", &[finding, reason]).await.map(|_| ()).map_err(Refusal::from)
        }
    };
    match done {
        Ok(()) => Ok(Answer::see(visit.to(LIST))),
        Err(Refusal::Failed(failure)) => show(visit, id, Some(&Refusal::shown(failure)?)).await,
        Err(refusal) => Err(refusal),
    }
}

/// Does what is proposed, call by call, as the viewer.
async fn apply(visit: &Visit<'_>, id: &str) -> Result<(), Refusal> {
    let finding = find(visit, id).await?;
    for call in Proposal::of(visit, &finding).await?.calls {
        let params: Vec<_> = call.params.iter().map(|(name, value)| (*name, value.as_str())).collect();
        visit.call(call.product, call.action, &params).await?;
    }
    Ok(())
}
