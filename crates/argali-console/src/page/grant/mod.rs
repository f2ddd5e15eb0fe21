//! Granting policies to users, groups and roles, and revoking them.
// SPEC: console, grant permission; requirements S0-26 to S0-36, S0-52 to S0-56, S3-22 to S3-32, S3-57 to S3-61.

mod form;
mod list;
mod principal;
mod revoke;

use argali_protocol::ApiFailure;
use maud::{Markup, html};
use serde_json::Value;

use super::{Outcome, Refusal, group, role, user};
use crate::api::{RAM, list as items_of, text};
use crate::icon;
use crate::moment::moment;
use crate::pairs::encode;
use crate::part::list::{CHOSEN, SEVERAL};
use crate::part::{Table, act, empty};
use crate::text::Text;
use crate::text::grant::*;
use crate::text::list::{CHOOSE, WITH_CHOSEN};
use crate::text::shell::ACTIONS;
use crate::visit::Visit;

/// The list of all grants.
const LIST: &str = "/ram/grants";
/// System policies that allow everything, or changing who has access.
const RISKY: [&str; 2] = ["AdministratorAccess", "AliyunRAMFullAccess"];

/// Answers a visit to an address below that of grants.
pub(super) async fn answer(visit: &Visit<'_>, path: &[&str]) -> Outcome {
    match (visit.is_post(), path) {
        (false, []) => list::show(visit).await,
        (false, ["new"]) => form::show(visit).await,
        (true, ["new"]) => form::send(visit).await,
        (false, [SEVERAL]) => revoke::ask(visit),
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

    fn word(self) -> &'static str {
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

    fn parameter(self) -> &'static str {
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
    fn operation(self, what: &str) -> String {
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
    format!("{LIST}/new?{}", encode([("kind", kind.word())].into_iter().chain(names)))
}

/// One grant, as boxes of lists name it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Grant {
    kind: Kind,
    name: String,
    policy_type: String,
    policy: String,
    /// The resource group in which it counts; empty if that is the whole account.
    group: String,
}

impl Grant {
    /// No part of it can hold the stroke between them.
    fn key(&self) -> String {
        [self.kind.word(), &self.name, &self.policy_type, &self.policy, &self.group].join("/")
    }

    fn of_key(key: &str) -> Option<Self> {
        let parts: Vec<String> = key.split('/').map(str::to_owned).collect();
        let [kind, name, policy_type, policy, group] = <[String; 5]>::try_from(parts).ok()?;
        Some(Self { kind: Kind::of(&kind)?, name, policy_type, policy, group })
    }

    fn show_policy(&self, visit: &Visit<'_>) -> Markup {
        html! {
            a href=(visit.to(&super::policy::path_of(&self.policy_type, &self.policy))) { (self.policy) }
            (risk(visit, &self.policy))
        }
    }

    async fn revoke(&self, visit: &Visit<'_>) -> Result<Value, ApiFailure> {
        let params = [
            (self.kind.parameter(), self.name.as_str()),
            ("PolicyName", &self.policy),
            ("PolicyType", &self.policy_type),
            ("ResourceGroupId", &self.group),
        ];
        visit.call(RAM, &self.kind.operation("DetachPolicyFrom"), &params).await
    }
}

/// The same with a system policy that is chosen already.
pub(crate) fn path_with(kind: Kind, name: &str, policy: &str) -> String {
    format!("{}&{}", path_to(kind, name), encode([("policy", format!("System/{policy}").as_str())]))
}

/// Whether a policy is of high risk.
pub(crate) fn is_high_risk(policy: &str) -> bool {
    RISKY.contains(&policy)
}

/// The badge of such a policy.
pub(crate) fn risk(visit: &Visit<'_>, policy: &str) -> Markup {
    html! { @if is_high_risk(policy) { " " span.badge.warning { (visit.say(HIGH_RISK)) } } }
}

/// The policies of somebody, each with the button that takes it back, and one for those that are chosen.
pub(crate) async fn part(visit: &Visit<'_>, kind: Kind, name: &str) -> Result<Markup, ApiFailure> {
    let answer = visit.call(RAM, &kind.operation("ListPoliciesFor"), &[(kind.parameter(), name)]).await?;
    let rows: Vec<_> =
        items_of(&answer, "Policies", "Policy").map(|policy| row(visit, (kind, name), policy)).collect();
    let grant = html! { a.button.main href=(visit.to(&path_to(kind, name))) { (visit.say(TITLE)) } };
    let nothing = if kind == Kind::Role { EMPTY_ROLE } else { EMPTY_USER };
    Ok(html! {
        @if rows.is_empty() {
            section.card { (empty(icon::LuShieldCheck, visit.say(nothing), &grant)) }
        } @else {
            (Table { caption: POLICY, columns: &[POLICY, TYPE, DESCRIPTION, SINCE, ACTIONS], rows }.show(visit))
            form.bulk #chosen method="get" action=(visit.to(&format!("{LIST}/{SEVERAL}"))) {
                span.muted { (visit.say(WITH_CHOSEN)) }
                button.button.small { (visit.say(REVOKE)) }
            }
            div.actions { (grant) }
        }
    })
}

fn row(visit: &Visit<'_>, (kind, name): (Kind, &str), policy: &Value) -> Vec<Markup> {
    let member = |name| text(policy, name).to_owned();
    let grant = Grant {
        kind,
        name: name.to_owned(),
        policy_type: member("PolicyType"),
        policy: member("PolicyName"),
        group: String::new(),
    };
    let fields = [
        ("kind", kind.word()),
        ("name", name),
        ("PolicyName", grant.policy.as_str()),
        ("PolicyType", grant.policy_type.as_str()),
    ];
    vec![
        html! {
            input type="checkbox" name=(CHOSEN) value=(grant.key()) form="chosen" aria-label=(visit.fill(CHOOSE, &[&grant.policy]));
            (grant.show_policy(visit))
        },
        html! { (visit.say(type_label(&grant.policy_type))) },
        html! { bdi { (text(policy, "Description")) } },
        moment(visit, text(policy, "AttachDate")),
        act(visit, &format!("{LIST}/revoke"), &fields, ("quiet danger", REVOKE)),
    ]
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
