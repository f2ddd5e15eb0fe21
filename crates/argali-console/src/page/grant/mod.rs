//! Granting policies to users, groups and roles, and revoking them.
// SPEC: console, grant permission; requirements S0-26 to S0-36, S0-52 to S0-56, S3-22 to S3-32, S3-57 to S3-61.

mod choice;
mod form;
mod held;
mod list;
mod marks;
mod principal;
mod quota;
mod revoke;
mod risk;
mod scope;

use argali_protocol::ApiFailure;
use maud::{Markup, html};
use serde_json::Value;

use super::{Outcome, Refusal, group, role, user};
use crate::api::{RAM, holds, text};
use crate::moment::moment;
use crate::need::{Need, needing, way};
use crate::pairs::encode;
use crate::part::list::SEVERAL;
use crate::text::Text;
use crate::text::grant::*;
use crate::visit::Visit;

pub(crate) use form::{way_back, with_policy};
pub(crate) use held::{grants, part};
pub(crate) use principal::Principal;
pub(crate) use risk::{Risks, badge};

/// The list of all grants.
const LIST: &str = "/ram/grants";
/// The form that grants.
pub(super) const FORM: &str = "/ram/grants/new";

/// What attaches policies, to whomever.
pub(crate) const ATTACH: [&str; 3] = ["AttachPolicyToUser", "AttachPolicyToGroup", "AttachPolicyToRole"];

/// Answers a visit to an address below that of grants.
pub(super) async fn answer(visit: &Visit<'_>, path: &[&str]) -> Outcome {
    match (visit.is_post(), path) {
        (false, []) => list::show(visit).await,
        (false, ["new"]) => form::show(visit).await,
        (true, ["new"]) => form::send(visit).await,
        (false, [SEVERAL]) => revoke::ask(visit).await,
        (true, [SEVERAL]) => revoke::send_for_several(visit).await,
        (true, ["revoke"]) => revoke::send(visit).await,
        _ => Err(Refusal::NoPage),
    }
}

/// Whom policies are granted to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    User,
    Group,
    Role,
}

impl Kind {
    const ALL: [Self; 3] = [Self::User, Self::Group, Self::Role];

    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::User => "User",
            Self::Group => "Group",
            Self::Role => "Role",
        }
    }

    fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }

    fn label(self) -> Text {
        match self {
            Self::User => USER,
            Self::Group => USER_GROUP,
            Self::Role => ROLE,
        }
    }

    pub(crate) fn parameter(self) -> &'static str {
        match self {
            Self::User => "UserName",
            Self::Group => "GroupName",
            Self::Role => "RoleName",
        }
    }

    /// The list of such principals.
    fn list(self) -> &'static str {
        match self {
            Self::User => "/ram/users",
            Self::Group => "/ram/groups",
            Self::Role => "/ram/roles",
        }
    }

    /// What policies are attached and detached with, and what lists them: `AttachPolicyToUser`.
    pub(crate) fn operation(self, what: &str) -> String {
        format!("{what}{}", self.word())
    }

    /// The page of such a principal.
    fn page_of(self, name: &str) -> String {
        match self {
            Self::User => user::path_of(name),
            Self::Group => group::path_of(name),
            Self::Role => role::path_of(name),
        }
    }
}

/// Where policies are granted to somebody.
pub(crate) fn path_to(kind: Kind, name: &str) -> String {
    path_to_several(kind, &[name])
}

/// Where they are granted to several of a kind at once.
pub(crate) fn path_to_several(kind: Kind, names: &[&str]) -> String {
    let names = names.iter().map(|name| ("name", *name));
    format!("{FORM}?{}", encode([("kind", kind.word())].into_iter().chain(names)))
}

/// Where several policies, each named with its type, are granted to somebody who is yet to be chosen.
pub(crate) fn path_with_several(policies: &[&str]) -> String {
    format!("{FORM}?{}", encode(policies.iter().map(|policy| ("policy", *policy))))
}

/// What granting something to anybody needs.
pub(crate) fn need_to_anybody() -> Need {
    Need::any(ATTACH.iter().map(|operation| Need::somehow(RAM, operation)))
}

/// One grant, as boxes of lists name it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Grant {
    kind: Kind,
    name: String,
    policy_type: String,
    policy: String,
    /// The resource group in which it counts; empty if that is the whole account.
    group: String,
}

impl Grant {
    /// The grant of which a row of `SearchGrants` tells.
    pub(crate) fn of(row: &Value) -> Self {
        let member = |name| text(row, name).to_owned();
        Self {
            kind: Kind::of(text(row, "PrincipalType")).unwrap_or(Kind::User),
            name: member("PrincipalName"),
            policy_type: member("PolicyType"),
            policy: member("PolicyName"),
            group: member("ResourceGroupId"),
        }
    }

    /// No part of it can hold the stroke between them.
    fn key(&self) -> String {
        [self.kind.word(), &self.name, &self.policy_type, &self.policy, &self.group].join("/")
    }

    fn of_key(key: &str) -> Option<Self> {
        let parts: Vec<String> = key.split('/').map(str::to_owned).collect();
        let [kind, name, policy_type, policy, group] = <[String; 5]>::try_from(parts).ok()?;
        Some(Self { kind: Kind::of(&kind)?, name, policy_type, policy, group })
    }

    /// What revoking it calls.
    fn revocation(&self) -> (String, [(&'static str, &str); 4]) {
        let params = [
            (self.kind.parameter(), self.name.as_str()),
            ("PolicyName", &self.policy),
            ("PolicyType", &self.policy_type),
            ("ResourceGroupId", &self.group),
        ];
        (self.kind.operation("DetachPolicyFrom"), params)
    }

    /// What revoking it needs.
    fn revocation_need(&self) -> Need {
        let (operation, params) = self.revocation();
        Need::call(RAM, operation, &params)
    }

    pub(crate) async fn revoke(&self, visit: &Visit<'_>) -> Result<Value, ApiFailure> {
        let (operation, params) = self.revocation();
        visit.call(RAM, &operation, &params).await
    }

    /// Who has it.
    pub(crate) fn holder(&self, visit: &Visit<'_>) -> Markup {
        html! { a href=(visit.to(&self.kind.page_of(&self.name))) { bdi { (self.name) } } }
    }

    /// Of which kind that is.
    pub(crate) fn kind(&self, visit: &Visit<'_>) -> Markup {
        html! { (visit.say(self.kind.label())) }
    }

    /// The policy.
    pub(crate) fn policy(&self, visit: &Visit<'_>) -> Markup {
        html! { a href=(visit.to(&super::policy::path_of(&self.policy_type, &self.policy))) { (self.policy) } }
    }

    /// Where it counts.
    pub(crate) fn scope(&self, visit: &Visit<'_>) -> Markup {
        html! {
            @if self.group.is_empty() {
                (visit.say(SCOPE_ACCOUNT))
            } @else {
                a href=(visit.to(&super::resource_group::path_of(&self.group))) { (self.group) }
            }
        }
    }
}

/// What revoking one of several grants needs.
pub(crate) fn revocation(rows: &[Value]) -> Need {
    Need::any(rows.iter().map(|row| Grant::of(row).revocation_need()))
}

/// How risky the policy of a row of `SearchGrants` is.
pub(crate) fn risk_of(visit: &Visit<'_>, row: &Value) -> Markup {
    html! {
        @if holds(row, "IsHighRisk") { (badge(visit)) } @else { span.muted { "–" } }
    }
}

/// When the grant of such a row was used last.
pub(crate) fn last_used(visit: &Visit<'_>, row: &Value) -> Markup {
    match text(row, "LastUseDate") {
        "" => html! { span.muted { (visit.say(NEVER)) } },
        last => moment(visit, last),
    }
}

/// The same with a system policy that is chosen already.
pub(crate) fn path_with(kind: Kind, name: &str, policy: &str) -> String {
    format!("{}&{}", path_to(kind, name), encode([("policy", format!("System/{policy}").as_str())]))
}

/// What granting something to a kind of principals needs.
pub(crate) fn need(kind: Kind) -> Need {
    Need::somehow(RAM, &kind.operation("AttachPolicyTo"))
}

/// What granting a system policy to somebody needs.
pub(crate) fn need_of(kind: Kind, name: &str, policy: &str) -> Need {
    let params = [(kind.parameter(), name), ("PolicyName", policy), ("PolicyType", "System")];
    Need::call(RAM, kind.operation("AttachPolicyTo"), &params)
}

/// The button that grants a policy, which is named with its type, to somebody who is yet to be chosen.
pub(crate) fn button(visit: &Visit<'_>, policy: &str, class: &str) -> Markup {
    way(visit, need_to_anybody(), &path_with_several(&[policy]), (class, TITLE))
}

/// A link to the form that grants something to somebody.
pub(crate) fn link(visit: &Visit<'_>, kind: Kind, name: &str, class: &str) -> Markup {
    let link = html! { a class=[Some(class).filter(|class| !class.is_empty())] href=(visit.to(&path_to(kind, name))) { (visit.say(TITLE)) } };
    needing(visit, need(kind), &link)
}

/// The label of a type of policies.
pub(crate) fn type_label(policy_type: &str) -> Text {
    if policy_type == "System" { crate::text::policy::SYSTEM } else { crate::text::policy::CUSTOM }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grants_are_named_and_found_again() {
        let key = "User/alice/System/AliyunECSFullAccess/";
        let grant = Grant::of_key(key).unwrap();
        assert_eq!((grant.name.as_str(), grant.group.as_str(), grant.key().as_str()), ("alice", "", key));
        for key in ["", "User/alice/System/X", "Nobody/alice/System/X/", "User/a/b/System/X/"] {
            assert_eq!(Grant::of_key(key), None, "{key}");
        }
    }
}
