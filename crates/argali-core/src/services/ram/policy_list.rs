//! All policies that an account can use: Argali's first, then its own.

use serde::{Deserialize, Serialize};

use super::found_policy::{FoundPolicy, PolicyView};
use super::system_policy;
use super::tag_list::TagList;
use crate::caller::Caller;
use crate::dispatch::Context;
use crate::error::ApiError;
use crate::model::{Attachment, Entity, Key, Policy, Tags};
use crate::name::{PageSize, PolicyType};
use crate::operation::{Access, Entry, Operation, ResourceName, Resources};

/// The listing.
pub const OPERATIONS: &[Entry] = &[Entry::of::<ListPolicies>()];

/// Lists system policies and then the account's own, each in the order of their names.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListPolicies {
    /// Only policies kept by this side.
    pub policy_type: Option<PolicyType>,
    /// Where the previous page ended.
    pub marker: Option<String>,
    /// How many policies a page holds at most: 1 to 1,000.
    #[serde(default)]
    pub max_items: PageSize,
    /// Only policies with all these tags. A page may hold fewer than asked for although more follow.
    pub tag: Option<TagList>,
}

/// A page of policies.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct PolicyPage {
    policies: PolicyList,
    is_truncated: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    marker: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct PolicyList {
    policy: Vec<PolicyView>,
}

impl Operation for ListPolicies {
    const NAME: &'static str = "ListPolicies";
    const ACCESS: Access = Access::Read;
    type Response = PolicyPage;

    fn resources(&self, caller: &Caller) -> Resources {
        ResourceName::ram(caller.account(), "policy/*").into()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<PolicyPage, ApiError> {
        let list = self.list(cx);
        let after = self.marker.as_deref().map(|marker| cx.open_marker(&list, marker)).transpose()?;
        let size = self.max_items.get();
        // One more than fits, to know whether more follow.
        let mut found = self.found_after(cx, after.as_deref(), size.saturating_add(1))?;
        let more = found.len() > size;
        found.truncate(size);
        let marker = found.last().filter(|_| more).map(|last| cx.seal_marker(&list, &place(last)));
        let mut policy = Vec::with_capacity(found.len());
        for found in found {
            let tags = found.tags();
            let attachment_count = Attachment::count_of_policy(cx.tx(), cx.account(), &found.reference())?;
            policy.push(PolicyView::from(found).counted(attachment_count).tagged(tags));
        }
        Ok(PolicyPage { policies: PolicyList { policy }, is_truncated: marker.is_some(), marker })
    }
}

impl ListPolicies {
    /// What markers are sealed to: a marker of all policies does not go on with those of one kind.
    fn list(&self, cx: &Context<'_>) -> Key {
        Policy::table(cx.account()).text(self.policy_type.map_or("", PolicyType::as_str))
    }

    /// At most `most` policies that have the tags, from the one that follows the place `after`.
    fn found_after(
        &self,
        cx: &Context<'_>,
        after: Option<&[u8]>,
        most: usize,
    ) -> Result<Vec<FoundPolicy>, ApiError> {
        let mut found = Vec::new();
        let wanted = |tags: &Tags| self.tag.as_ref().is_none_or(|wanted| wanted.matches(tags));
        let place_in = |kind: PolicyType| after.and_then(|after| after.strip_prefix(&[kind as u8]));
        let in_custom = place_in(PolicyType::Custom);
        // System policies have no tags.
        let system_too = self.policy_type != Some(PolicyType::Custom) && wanted(&Tags::new());
        if system_too && in_custom.is_none() {
            let last = place_in(PolicyType::System).unwrap_or_default();
            let system = system_policy::all().filter(|policy| policy.name.folded().as_bytes() > last);
            found.extend(system.take(most).map(FoundPolicy::System));
        }
        if self.policy_type != Some(PolicyType::System) {
            // Names end with a NUL in keys.
            let last = in_custom.map(|name| [name, &[0]].concat());
            let rest = most - found.len();
            let of_tags = |policy: &Policy| wanted(&policy.tags);
            let page = Policy::page_where(cx.tx(), cx.account(), last.as_deref(), rest, of_tags)?;
            found.extend(page.records.into_iter().map(FoundPolicy::Custom));
        }
        Ok(found)
    }
}

/// Where a policy stands in the list: its kind, then its name as it is compared.
fn place(policy: &FoundPolicy) -> Vec<u8> {
    let mut place = vec![policy.kind() as u8];
    place.extend_from_slice(policy.name().folded().as_bytes());
    place
}
