//! Groups as the console lists them: with how many are in each, and how many policies it has.
//!
//! What somebody may not read of one group is left out here as well.
// SPEC: console, user groups.

use serde::{Deserialize, Serialize};

use super::ranked::{self, Place};
use crate::caller::Caller;
use crate::dispatch::Context;
use crate::error::ApiError;
use crate::identifier::{AccountId, GroupId};
use crate::model::{AccountTable, Attachment, Entity, Group, Membership, Principal};
use crate::name::{Comments, DisplayName, GroupName, PageSize};
use crate::operation::{Access, Check, Entry, Operation, ResourceName, Resources};
use crate::time::Timestamp;

/// How groups are looked for.
pub const OPERATIONS: &[Entry] = &[Entry::of::<SearchGroups>()];

/// What groups are ordered by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub enum GroupOrder {
    /// Their names.
    #[default]
    GroupName,
    /// When they were made.
    CreateDate,
}

/// Lists the groups of the account that are looked for, with how many are in each and how many policies it has.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SearchGroups {
    /// Only those in whose name, display name or comments this is, whatever the case of its letters.
    #[serde(default)]
    pub text: String,
    /// What they are ordered by.
    #[serde(default)]
    pub order_by: GroupOrder,
    /// Whether the last come first.
    #[serde(default)]
    pub descending: bool,
    /// Where the previous page ended.
    pub marker: Option<String>,
    /// How many groups a page holds at most.
    #[serde(default)]
    pub max_items: PageSize,
}

/// A page of groups.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct FoundGroupPage {
    groups: Vec<FoundGroup>,
    /// Whether what the caller may not read is left out: members, policies.
    shows_members: bool,
    shows_policies: bool,
    total_count: usize,
    is_truncated: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    marker: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct FoundGroup {
    group_id: GroupId,
    group_name: GroupName,
    #[serde(skip_serializing_if = "Option::is_none")]
    display_name: Option<DisplayName>,
    #[serde(skip_serializing_if = "Option::is_none")]
    comments: Option<Comments>,
    create_date: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    member_count: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    policy_count: Option<usize>,
}

fn all_groups(account: AccountId) -> ResourceName {
    ResourceName::ram(account, "group/*")
}

impl Operation for SearchGroups {
    const NAME: &'static str = "SearchGroups";
    const ACCESS: Access = Access::Read;
    const ACTION: Option<&'static str> = Some("ram:ListGroups");
    type Response = FoundGroupPage;

    fn resources(&self, caller: &Caller) -> Resources {
        all_groups(caller.account()).into()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<FoundGroupPage, ApiError> {
        let account = cx.account();
        let may = |action: &'static str| {
            let resource = all_groups(account);
            cx.allows(&Check { action: action.into(), resource, conditions: Default::default() })
        };
        let (shows_members, shows_policies) = (may("ram:ListUsersForGroup"), may("ram:ListPoliciesForGroup"));
        let wanted = ranked::Wanted {
            table: AccountTable::Group,
            order: self.order_by as u64,
            descending: self.descending,
            marker: self.marker.as_deref(),
            size: self.max_items.get(),
        };
        let page = ranked::page(cx, self.found(cx)?, wanted)?;
        let mut groups = Vec::with_capacity(page.entries.len());
        for group in page.entries {
            let members = || Membership::count_of_group(cx.tx(), account, group.id);
            let policies = || Attachment::of_principal(cx.tx(), account, Principal::Group(group.id));
            groups.push(FoundGroup {
                member_count: shows_members.then(members).transpose()?,
                policy_count: shows_policies.then(policies).transpose()?.map(|policies| policies.len()),
                group_id: group.id,
                group_name: group.name,
                display_name: group.display_name,
                comments: group.comments,
                create_date: group.created_at,
            });
        }
        Ok(FoundGroupPage {
            groups,
            shows_members,
            shows_policies,
            total_count: page.total,
            is_truncated: page.marker.is_some(),
            marker: page.marker,
        })
    }
}

impl SearchGroups {
    fn found(&self, cx: &Context<'_>) -> Result<Vec<(Place, Group)>, ApiError> {
        let text = self.text.trim().to_lowercase();
        let found = Group::all(cx.tx(), cx.account())?.into_iter().filter(|group| matches(group, &text));
        Ok(found.map(|group| (self.place(&group), group)).collect())
    }

    fn place(&self, group: &Group) -> Place {
        let name = group.name.folded();
        match self.order_by {
            GroupOrder::GroupName => Place::named(name),
            GroupOrder::CreateDate => Place::by_time(Some(group.created_at), name),
        }
    }
}

fn matches(group: &Group, text: &str) -> bool {
    let says = |own: &str| own.to_lowercase().contains(text);
    text.is_empty()
        || says(group.name.as_str())
        || group.display_name.as_ref().is_some_and(|name| says(name.as_str()))
        || group.comments.as_ref().is_some_and(|comments| says(comments.as_str()))
}
