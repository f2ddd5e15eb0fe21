//! The resource groups of an account, with what the caller may list in each.

use serde::{Deserialize, Serialize};

use super::grouped::Grouped;
use super::page::{PageNumber, PageSize, Place, cut};
use super::resource::{MOST_TYPES, TypeCode, named_types};
use super::resource_group::{RequestTags, Status};
use super::resource_group_list::{ResourceGroupIds, Wanted};
use crate::caller::Caller;
use crate::dispatch::Context;
use crate::error::ApiError;
use crate::identifier::AccountId;
use crate::model::{ResourceGroup, ResourceGroupId};
use crate::name::{ResourceGroupDisplayName, ResourceGroupName, TagKey, TagValue};
use crate::operation::{Access, Entry, Operation, ResourceName, Resources};
use crate::services::flat_list::FlatList;
use crate::time::EastEightTime;

/// The listing.
pub const OPERATIONS: &[Entry] = &[Entry::of::<ListResourceGroupsWithAuthDetails>()];

/// Lists resource groups, and for each type that is named in which of them the caller may list its resources.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListResourceGroupsWithAuthDetails {
    /// About which types.
    #[serde(default)]
    pub resource_types: FlatList<TypeCode, MOST_TYPES>,
    /// In which region they would be listed; the usual one of their service unless told.
    pub resource_region_id: Option<String>,
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

/// A page of groups with what the caller may list.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct AuthDetailPage {
    resource_groups: Vec<GroupView>,
    auth_details: Vec<AuthDetail>,
    #[serde(flatten)]
    place: Place,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct GroupView {
    id: ResourceGroupId,
    name: ResourceGroupName,
    display_name: ResourceGroupDisplayName,
    account_id: AccountId,
    create_date: EastEightTime,
    status: Status,
    #[serde(skip_serializing_if = "Option::is_none")]
    tags: Option<Vec<TagView>>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct TagView {
    tag_key: TagKey,
    tag_value: TagValue,
}

/// Where the caller may list the resources of a type.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct AuthDetail {
    service: String,
    resource_type: String,
    account_scope_auth: bool,
    auth_of_resource_groups: Vec<AuthOfGroup>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct AuthOfGroup {
    resource_group_id: ResourceGroupId,
    has_permission: bool,
}

impl Operation for ListResourceGroupsWithAuthDetails {
    const NAME: &'static str = "ListResourceGroupsWithAuthDetails";
    const ACCESS: Access = Access::Read;
    type Response = AuthDetailPage;

    fn resources(&self, caller: &Caller) -> Resources {
        ResourceName::ram(caller.account(), "resourcegroup/*").into()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<AuthDetailPage, ApiError> {
        let wanted = Wanted {
            id: None,
            ids: &self.resource_group_ids,
            name: self.name.as_deref(),
            display_name: self.display_name.as_deref(),
            status: self.status,
            tag: &self.tag,
        };
        let (groups, place) = cut(wanted.found(cx)?, self.page_number, self.page_size);
        let types = match self.resource_types.as_slice() {
            [] => Vec::new(),
            named => named_types(cx, named)?,
        };
        let detail = |known| auth_detail(cx, known, self.resource_region_id.as_deref(), &groups);
        let auth_details = types.into_iter().map(detail).collect::<Result<_, _>>()?;
        let account = cx.account();
        let view = |group| view(account, group, self.include_tags);
        Ok(AuthDetailPage { resource_groups: groups.into_iter().map(view).collect(), auth_details, place })
    }
}

fn auth_detail(
    cx: &Context<'_>,
    known: Grouped<'_>,
    region: Option<&str>,
    groups: &[ResourceGroup],
) -> Result<AuthDetail, ApiError> {
    let mut auth_of_resource_groups = Vec::with_capacity(groups.len());
    for ResourceGroup { id, .. } in groups {
        let has_permission = known.may_list(cx, region, Some(id))?;
        auth_of_resource_groups.push(AuthOfGroup { resource_group_id: id.clone(), has_permission });
    }
    Ok(AuthDetail {
        service: known.service_code().to_owned(),
        resource_type: known.word(),
        account_scope_auth: known.may_list(cx, region, None)?,
        auth_of_resource_groups,
    })
}

fn view(account: AccountId, group: ResourceGroup, with_tags: bool) -> GroupView {
    let tags = group.tags.into_iter().map(|(tag_key, tag_value)| TagView { tag_key, tag_value });
    GroupView {
        id: group.id,
        name: group.name,
        display_name: group.display_name,
        account_id: account,
        create_date: EastEightTime(group.created_at),
        status: Status::Usable,
        tags: with_tags.then(|| tags.collect()),
    }
}
