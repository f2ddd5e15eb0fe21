//! The resource groups of an account, a page at a time.

use serde::{Deserialize, Serialize};

use super::page::{PageNumber, PageSize, Place, cut};
use super::resource_group::{RequestTags, ResourceGroupView, Status};
use crate::caller::Caller;
use crate::dispatch::Context;
use crate::error::ApiError;
use crate::model::{ResourceGroup, ResourceGroupId};
use crate::operation::{Access, Entry, Operation, ResourceName, Resources};
use crate::services::flat_list::FlatList;
use crate::services::ram::tag_list::has_tags;

/// The listing.
pub const OPERATIONS: &[Entry] = &[Entry::of::<ListResourceGroups>()];

/// How many groups one call may name.
const MOST_NAMED: usize = 100;

/// Ids of a request: `ResourceGroupIds.1`.
pub type ResourceGroupIds = FlatList<ResourceGroupId, MOST_NAMED>;

/// Lists the resource groups of the caller's account: the default group, then the others in the order of their names.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListResourceGroups {
    /// Only this group.
    pub resource_group_id: Option<ResourceGroupId>,
    /// Only these groups.
    #[serde(default)]
    pub resource_group_ids: ResourceGroupIds,
    /// Only groups whose name holds this text.
    pub name: Option<String>,
    /// Only groups whose display name holds this text.
    pub display_name: Option<String>,
    /// Only groups that are so.
    pub status: Option<Status>,
    /// Only groups with all these tags.
    #[serde(default)]
    pub tag: RequestTags,
    /// Whether their tags are shown; they are not unless told.
    #[serde(default)]
    pub include_tags: bool,
    /// Which page.
    #[serde(default)]
    pub page_number: PageNumber,
    /// How many groups a page holds at most.
    #[serde(default)]
    pub page_size: PageSize,
}

/// A page of groups.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ResourceGroupPage {
    resource_groups: ResourceGroupList,
    #[serde(flatten)]
    place: Place,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct ResourceGroupList {
    resource_group: Vec<ResourceGroupView>,
}

impl Operation for ListResourceGroups {
    const NAME: &'static str = "ListResourceGroups";
    const ACCESS: Access = Access::Read;
    type Response = ResourceGroupPage;

    // SPEC: evaluation, list operations: with a resource-group parameter they are judged in that group.
    fn resources(&self, caller: &Caller) -> Resources {
        let all = ResourceName::ram(caller.account(), "resourcegroup/*");
        all.in_group(self.resource_group_id.clone()).into()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<ResourceGroupPage, ApiError> {
        let account = cx.account();
        let wanted = Wanted {
            id: self.resource_group_id.as_ref(),
            ids: &self.resource_group_ids,
            name: self.name.as_deref(),
            display_name: self.display_name.as_deref(),
            status: self.status,
            tag: &self.tag,
        };
        let (groups, place) = cut(wanted.found(cx)?, self.page_number, self.page_size);
        let view = |group| ResourceGroupView::listed(account, group, self.include_tags);
        let resource_group = groups.into_iter().map(view).collect();
        Ok(ResourceGroupPage { resource_groups: ResourceGroupList { resource_group }, place })
    }
}

/// Which groups are asked for; what is left out narrows nothing.
pub(super) struct Wanted<'a> {
    pub(super) id: Option<&'a ResourceGroupId>,
    pub(super) ids: &'a ResourceGroupIds,
    pub(super) name: Option<&'a str>,
    pub(super) display_name: Option<&'a str>,
    pub(super) status: Option<Status>,
    pub(super) tag: &'a RequestTags,
}

impl Wanted<'_> {
    /// All groups that are asked for. The quota keeps them few.
    pub(super) fn found(&self, cx: &Context<'_>) -> Result<Vec<ResourceGroup>, ApiError> {
        // Of no group here is anything else ever seen in a listing.
        if self.status.is_some_and(|status| status != Status::Usable) {
            return Ok(Vec::new());
        }
        let mut found = ResourceGroup::all(cx.tx(), cx.account())?;
        found.retain(|group| self.matches(group));
        Ok(found)
    }

    fn matches(&self, group: &ResourceGroup) -> bool {
        let holds = |text: &str, part: Option<&str>| {
            part.is_none_or(|part| text.to_lowercase().contains(&part.to_lowercase()))
        };
        self.id.is_none_or(|id| group.id == *id)
            && (self.ids.is_empty() || self.ids.as_slice().contains(&group.id))
            && holds(&group.name.folded(), self.name)
            && holds(group.display_name.as_str(), self.display_name)
            && has_tags(&group.tags, self.tag.as_slice())
    }
}
