//! Deleting users, with everything that goes with them.
// SPEC: console, users, user details: deleting lists what goes with the user; parts, confirm.

use argali_protocol::ApiFailure;
use maud::{Markup, html};

use super::{LIST, logon, path_of};
use crate::answer::Answer;
use crate::api::{RAM, RESOURCE_MANAGER, is_absent, list, text};
use crate::need::Need;
use crate::page::several::{Came, Deed, results};
use crate::page::{Outcome, Refusal, confirm, verification};
use crate::part::list::{SEVERAL, chosen};
use crate::part::{Table, Weight};
use crate::text::list::NOTHING_GOES;
use crate::text::shell::DELETE;
use crate::text::user::*;
use crate::visit::Visit;

/// What goes with a user.
#[derive(Debug, Default)]
struct Belongings {
    keys: Vec<String>,
    has_logon: bool,
    has_device: bool,
    groups: Vec<String>,
    /// The type and name of each policy, and the resource group in which it counts if that is not the whole account.
    policies: Vec<(String, String, String)>,
}

impl Belongings {
    async fn of(visit: &Visit<'_>, name: &str) -> Result<Self, ApiFailure> {
        let user = [("UserName", name)];
        let keys = visit.call(RAM, "ListAccessKeys", &user).await?;
        let has_logon = exists(visit.call(RAM, "GetLoginProfile", &user).await)?;
        let has_device = exists(visit.call(RAM, "GetUserMFAInfo", &user).await)?;
        let groups = visit.call(RAM, "ListGroupsForUser", &user).await?;
        let principal = format!("{name}@{}", visit.account_id());
        let params =
            [("PrincipalName", principal.as_str()), ("PrincipalType", "IMSUser"), ("PageSize", "100")];
        let policies = visit.call(RESOURCE_MANAGER, "ListPolicyAttachments", &params).await?;
        let texts = |answer, plural, singular, member: &'static str| {
            list(answer, plural, singular).map(|one| text(one, member).to_owned()).collect()
        };
        let policies = list(&policies, "PolicyAttachments", "PolicyAttachment").map(|policy| {
            // In place of a group stands the account's number.
            let group = Some(text(policy, "ResourceGroupId")).filter(|group| group.starts_with("rg-"));
            let member = |name| text(policy, name).to_owned();
            (member("PolicyType"), member("PolicyName"), group.unwrap_or_default().to_owned())
        });
        Ok(Self {
            keys: texts(&keys, "AccessKeys", "AccessKey", "AccessKeyId"),
            has_logon,
            has_device,
            groups: texts(&groups, "Groups", "Group", "GroupName"),
            policies: policies.collect(),
        })
    }

    /// What goes, in words.
    fn show(&self, visit: &Visit<'_>) -> Markup {
        let policies: Vec<String> = self.policies.iter().map(|(_, name, _)| name.clone()).collect();
        let parts = [(KEYS, &self.keys), (GROUPS, &self.groups), (POLICIES, &policies)];
        let is_nothing =
            !self.has_logon && !self.has_device && parts.iter().all(|(_, names)| names.is_empty());
        html! {
            @if is_nothing { span.muted { (visit.say(NOTHING_GOES)) } }
            ul.plain {
                @if self.has_logon { li { (visit.say(CONSOLE_ACCESS)) } }
                @if self.has_device { li { (visit.say(DEVICE)) } }
                @for (label, names) in parts {
                    @if !names.is_empty() { li { span.muted { (visit.say(label)) ": " } bdi { (names.join(", ")) } } }
                }
            }
        }
    }

    /// Takes everything from the user, one after the other.
    async fn take_back(&self, visit: &Visit<'_>, name: &str) -> Result<(), ApiFailure> {
        let user = ("UserName", name);
        for (policy_type, policy, group) in &self.policies {
            let params =
                [user, ("PolicyType", policy_type), ("PolicyName", policy), ("ResourceGroupId", group)];
            visit.call(RAM, "DetachPolicyFromUser", &params).await?;
        }
        for group in &self.groups {
            visit.call(RAM, "RemoveUserFromGroup", &[user, ("GroupName", group)]).await?;
        }
        for key in &self.keys {
            visit.call(RAM, "DeleteAccessKey", &[user, ("UserAccessKeyId", key)]).await?;
        }
        if self.has_device {
            logon::forget_device(visit, name).await?;
        }
        if self.has_logon { logon::remove(visit, name).await } else { Ok(()) }
    }
}

/// What goes with a user, in words.
pub(crate) async fn belongings(visit: &Visit<'_>, name: &str) -> Result<Markup, ApiFailure> {
    Ok(Belongings::of(visit, name).await?.show(visit))
}

/// Whether something is there that was asked for.
fn exists<T>(called: Result<T, ApiFailure>) -> Result<bool, ApiFailure> {
    match called {
        Ok(_) => Ok(true),
        Err(failure) if is_absent(&failure) => Ok(false),
        Err(failure) => Err(failure),
    }
}

/// Deletes a user with what goes with it.
async fn delete(visit: &Visit<'_>, name: &str) -> Result<(), ApiFailure> {
    Belongings::of(visit, name).await?.take_back(visit, name).await?;
    visit.call(RAM, "DeleteUser", &[("UserName", name)]).await.map(drop)
}

/// Asks whether a user is really to be deleted.
pub(super) async fn ask(visit: &Visit<'_>, name: &str) -> Outcome {
    Ok(confirm::page(visit, &deletion(visit, name).await?, None))
}

/// Deletes a user once its name was typed.
pub(super) async fn send(visit: &Visit<'_>, name: &str) -> Outcome {
    let deletion = deletion(visit, name).await?;
    if let Some(answer) = confirm::objection(visit, &deletion) {
        return Ok(answer);
    }
    if verification::is_due(visit) {
        return Ok(verification::ask(visit).await);
    }
    match delete(visit, name).await {
        Ok(()) => Ok(Answer::see(visit.to(LIST))),
        Err(failure) => Ok(confirm::page(visit, &deletion, Some(&Refusal::shown(failure)?))),
    }
}

async fn deletion<'a>(visit: &Visit<'_>, name: &'a str) -> Result<confirm::Deletion<'a>, ApiFailure> {
    let belongings = Belongings::of(visit, name).await?;
    let more = html! { section.card { h2 { (visit.say(GOES_TOO)) } (belongings.show(visit)) } };
    Ok(confirm::Deletion {
        name,
        title: DELETE_TITLE,
        what: DELETE_WHAT,
        path: path_of(name),
        more,
        need: super::deletion(name),
    })
}

/// Asks whether several users are really to be deleted.
pub(super) async fn ask_for_several(visit: &Visit<'_>) -> Outcome {
    Ok(several(visit, &chosen(visit.query())?).await.ask(visit))
}

async fn several<'a>(visit: &Visit<'_>, names: &'a [&'a str]) -> Deed<'a> {
    let mut rows = Vec::new();
    for name in names {
        let goes = match Belongings::of(visit, name).await {
            Ok(belongings) => belongings.show(visit),
            Err(failure) => html! { span.muted { (crate::part::explained(visit, &failure)) } },
        };
        rows.push(vec![html! { (name) }, goes]);
    }
    Deed {
        title: visit.fill(DELETE_SEVERAL, &[&names.len().to_string()]),
        what: (Weight::Warning, DELETE_SEVERAL_WHAT),
        word: "delete",
        button: ("button danger", visit.say(DELETE)),
        to: format!("{LIST}/{SEVERAL}"),
        back: LIST.to_owned(),
        need: Need::any(names.iter().map(|name| super::deletion(name))),
        chosen: names,
        seen: Table { caption: GOES_TOO, columns: &[NAME, GOES_TOO], rows }.show(visit),
        fields: html! {},
        is_counted: true,
    }
}

/// Deletes several users once their number was typed, and tells what came of each.
pub(super) async fn send_for_several(visit: &Visit<'_>) -> Outcome {
    let names = chosen(visit.form())?;
    if let Some(answer) = several(visit, &names).await.objection(visit) {
        return Ok(answer);
    }
    if verification::is_due(visit) {
        return Ok(verification::ask(visit).await);
    }
    let count = names.len().to_string();
    let mut rows = Vec::new();
    for name in names {
        rows.push((html! { (name) }, Came::of_removing(delete(visit, name).await)?));
    }
    Ok(results(visit, &visit.fill(DELETED_SEVERAL, &[&count]), &rows, LIST))
}
