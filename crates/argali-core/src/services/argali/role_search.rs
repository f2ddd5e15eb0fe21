//! Roles as the console lists them: by what they are called and labelled with, whom they trust, and what came of it.
//!
//! What somebody may not read of one role is left out here as well, and cannot be looked for.
// SPEC: console, roles, columns and filters.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::delegation_use::{found_uses, is_whole, uses};
use super::ranked::{self, Place};
use super::session::session_resource;
use super::trusted::{Trusted, TrustedKind, trusted, with_aliases};
use crate::caller::Caller;
use crate::dispatch::{Brought, Context, Errand};
use crate::error::ApiError;
use crate::identifier::{AccountId, RoleId};
use crate::model::{AccountTable, Attachment, Entity, Principal, Role};
use crate::name::{Description, PageSize, RoleName, RoleVisibility};
use crate::operation::{Access, Check, Entry, Operation, ResourceName, Resources};
use crate::services::flat_list::FlatList;
use crate::services::ram::tag_list::{RequestTag, TagViews, has_tags};
use crate::tag::MOST_TAGS;
use crate::time::Timestamp;

/// How roles are looked for.
pub const OPERATIONS: &[Entry] = &[Entry::of::<SearchRoles>()];

/// What roles are ordered by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub enum RoleOrder {
    /// Their names.
    #[default]
    RoleName,
    /// When they were made.
    CreateDate,
    /// When they were last assumed; those that never were come first.
    LastAssumeDate,
}

/// Lists the roles of the account that are looked for, with whom each trusts and when it was last assumed.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SearchRoles {
    /// Only this role.
    pub role_name: Option<RoleName>,
    /// Only those in whose name or description this is, whatever the case of its letters.
    #[serde(default)]
    pub text: String,
    /// Only those that have all these tags; a value that is left out matches any.
    #[serde(default)]
    pub tag: FlatList<RequestTag, MOST_TAGS>,
    /// Only those that trust somebody of this kind.
    pub trusted_kind: Option<TrustedKind>,
    /// Only those that trust another account.
    #[serde(default)]
    pub trusts_outside: bool,
    /// Only those that nobody has assumed, as far back as the records are read.
    #[serde(default)]
    pub never_assumed: bool,
    /// What they are ordered by.
    #[serde(default)]
    pub order_by: RoleOrder,
    /// Whether the last come first.
    #[serde(default)]
    pub descending: bool,
    /// Where the previous page ended.
    pub marker: Option<String>,
    /// How many roles a page holds at most.
    #[serde(default)]
    pub max_items: PageSize,
}

/// A page of roles.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct FoundRolePage {
    roles: Vec<FoundRole>,
    /// Whether what the caller may not read is left out: trust, policies, sessions.
    shows_trust: bool,
    shows_policies: bool,
    shows_sessions: bool,
    /// Whether the records were read to their beginning: only then were roles without `LastAssumeDate` never assumed.
    has_all_records: bool,
    total_count: usize,
    is_truncated: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    marker: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct FoundRole {
    role_id: RoleId,
    role_name: RoleName,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<Description>,
    create_date: Timestamp,
    max_session_duration: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    tags: Option<TagViews>,
    /// Whether a service keeps it.
    is_service_linked_role: bool,
    visibility: RoleVisibility,
    #[serde(skip_serializing_if = "Option::is_none")]
    trusts: Option<Vec<Trusted>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    policy_count: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    live_sessions: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_assume_date: Option<Timestamp>,
}

/// What is known of the use of a role.
#[derive(Clone, Copy, Debug, Default)]
struct RoleUse {
    last: Option<Timestamp>,
    live: usize,
}

/// A kind of facts about roles that permission is needed for besides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Facts {
    Trust,
    Policies,
    Sessions,
}

impl Facts {
    /// What lets somebody read them of one role after the other.
    fn check(self, account: AccountId) -> Check {
        let (action, resource) = match self {
            Self::Trust => ("ram:GetRole", all_roles(account)),
            Self::Policies => ("ram:ListPoliciesForRole", all_roles(account)),
            Self::Sessions => ("argali:ListSessions", session_resource(account, "*")),
        };
        Check { action: action.into(), resource, conditions: Default::default() }
    }

    fn are_shown(self, cx: &Context<'_>) -> bool {
        cx.allows(&self.check(cx.account()))
    }
}

fn all_roles(account: AccountId) -> ResourceName {
    ResourceName::ram(account, "role/*")
}

impl Operation for SearchRoles {
    const NAME: &'static str = "SearchRoles";
    const ACCESS: Access = Access::Read;
    const ACTION: Option<&'static str> = Some("ram:ListRoles");
    const HAS_ERRAND: bool = true;
    type Response = FoundRolePage;

    fn resources(&self, caller: &Caller) -> Resources {
        all_roles(caller.account()).into()
    }

    fn errand(&self, cx: &Context<'_>) -> Result<Errand, ApiError> {
        let own = cx.account();
        Ok(if Facts::Sessions.are_shown(cx) {
            uses(cx, move |claims, _| claims.account == own)
        } else {
            Errand::Nothing
        })
    }

    fn run(self, cx: &mut Context<'_>) -> Result<FoundRolePage, ApiError> {
        for facts in self.asks_for() {
            cx.authorize_check(&facts.check(cx.account()))?;
        }
        let uses = match cx.brought() {
            Some(Brought::Records(_)) => Some(uses_of_roles(cx)?),
            _ => None,
        };
        let used = |id| uses.as_ref().and_then(|uses| uses.get(&id)).copied().unwrap_or_default();
        let mut entries = Vec::new();
        for role in self.all(cx)? {
            let trusts = trusted(&role.trust_policy);
            let used = used(role.id);
            if self.matches(cx.account(), &role, &trusts, used) {
                entries.push((self.place(&role, used), (role, trusts, used)));
            }
        }
        let wanted = ranked::Wanted {
            table: AccountTable::Role,
            order: self.order_by as u64,
            descending: self.descending,
            marker: self.marker.as_deref(),
            size: self.max_items.get(),
        };
        let page = ranked::page(cx, entries, wanted)?;
        let (shows_trust, shows_policies) = (Facts::Trust.are_shown(cx), Facts::Policies.are_shown(cx));
        let mut roles = Vec::with_capacity(page.entries.len());
        for (role, trusts, used) in page.entries {
            roles.push(FoundRole {
                trusts: shows_trust.then(|| with_aliases(cx, trusts)).transpose()?,
                policy_count: shows_policies.then(|| policy_count(cx, role.id)).transpose()?,
                live_sessions: uses.as_ref().map(|_| used.live),
                last_assume_date: used.last,
                ..FoundRole::from(role)
            });
        }
        Ok(FoundRolePage {
            roles,
            shows_trust,
            shows_policies,
            shows_sessions: uses.is_some(),
            has_all_records: uses.is_some() && is_whole(cx),
            total_count: page.total,
            is_truncated: page.marker.is_some(),
            marker: page.marker,
        })
    }
}

impl SearchRoles {
    /// What must be known of every role: who sees the answer knows it, too.
    fn asks_for(&self) -> impl Iterator<Item = Facts> + use<> {
        let trust = self.trusted_kind.is_some() || self.trusts_outside;
        let sessions = self.never_assumed || self.order_by == RoleOrder::LastAssumeDate;
        [trust.then_some(Facts::Trust), sessions.then_some(Facts::Sessions)].into_iter().flatten()
    }

    /// All roles, or the one that is asked for if there is such a role.
    fn all(&self, cx: &Context<'_>) -> Result<Vec<Role>, ApiError> {
        if let Some(name) = &self.role_name {
            return Ok(Role::find(cx.tx(), cx.account(), name)?.into_iter().collect());
        }
        Ok(Role::all(cx.tx(), cx.account())?)
    }

    fn matches(&self, own: AccountId, role: &Role, trusts: &[Trusted], used: RoleUse) -> bool {
        let text = self.text.trim().to_lowercase();
        let says = |name: &str| name.to_lowercase().contains(&text);
        let trusts_outside = || role.trusted_accounts().iter().any(|trusted| *trusted != own);
        (text.is_empty()
            || says(role.name.as_str())
            || role.description.as_ref().is_some_and(|description| says(description.as_str())))
            && has_tags(&role.tags, self.tag.as_slice())
            && self.trusted_kind.is_none_or(|kind| trusts.iter().any(|trusted| trusted.kind == kind))
            && (!self.trusts_outside || trusts_outside())
            && (!self.never_assumed || used.last.is_none())
    }

    fn place(&self, role: &Role, used: RoleUse) -> Place {
        let name = role.name.folded();
        match self.order_by {
            RoleOrder::RoleName => Place::named(name),
            RoleOrder::CreateDate => Place::by_time(Some(role.created_at), name),
            RoleOrder::LastAssumeDate => Place::by_time(used.last, name),
        }
    }
}

impl From<Role> for FoundRole {
    fn from(role: Role) -> Self {
        Self {
            role_id: role.id,
            visibility: role.visibility(),
            role_name: role.name,
            description: role.description,
            create_date: role.created_at,
            max_session_duration: role.max_session_duration_s,
            tags: TagViews::of(role.tags),
            is_service_linked_role: role.linked_to.is_some(),
            trusts: None,
            policy_count: None,
            live_sessions: None,
            last_assume_date: None,
        }
    }
}

/// The uses of each role, whoever assumed it.
fn uses_of_roles(cx: &Context<'_>) -> Result<BTreeMap<RoleId, RoleUse>, ApiError> {
    let mut of_roles = BTreeMap::<RoleId, RoleUse>::new();
    for ((role, _), made) in found_uses(cx)? {
        let all = of_roles.entry(role).or_default();
        all.last = all.last.max(Some(made.last));
        all.live += made.live;
    }
    Ok(of_roles)
}

fn policy_count(cx: &Context<'_>, role: RoleId) -> Result<usize, ApiError> {
    Ok(Attachment::of_principal(cx.tx(), cx.account(), Principal::Role(role))?.len())
}
