//! What is in resource groups: listed and counted over all services.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::grouped::{Grouped, items};
use super::page::{PageNumber, PageSize, before};
use super::resource_group::existing_group;
use crate::caller::Caller;
use crate::dispatch::Context;
use crate::error::{ApiError, ErrorCode};
use crate::hosted::inventory::{Item, Wanted, Window};
use crate::model::{ResourceGroup, ResourceGroupId};
use crate::operation::{Access, Entry, Operation, ResourceName, Resources};
use crate::services::flat_list::FlatList;
use crate::time::EastEightTime;

/// Everything that looks at resources.
pub const OPERATIONS: &[Entry] = &[
    Entry::of::<ListResources>(),
    Entry::of::<GetResourceGroupResourceCounts>(),
    Entry::of::<ListResourceGroupCapability>(),
];

/// How many types one call may name.
pub(super) const MOST_TYPES: usize = 50;

/// Lists the resources of the caller's account that are in resource groups, by service, type and identifier.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListResources {
    /// Only of this group.
    pub resource_group_id: Option<ResourceGroupId>,
    /// Only of this service, such as `ecs`.
    pub service: Option<String>,
    /// Only of this type, such as `instance`.
    pub resource_type: Option<String>,
    /// Only of one of these types.
    #[serde(default)]
    pub resource_types: FlatList<NamedType, MOST_TYPES>,
    /// Only in this region.
    pub region: Option<String>,
    /// Only with this identifier.
    pub resource_id: Option<String>,
    /// Whether the answer tells how many there are in all; it does unless told. It is quicker without.
    pub count: Option<bool>,
    /// Which page.
    #[serde(default)]
    pub page_number: PageNumber,
    /// How many resources a page holds at most.
    #[serde(default)]
    pub page_size: PageSize,
}

/// A type as a request names it.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct NamedType {
    /// The code of its service.
    pub service: Option<String>,
    /// What it is called there.
    pub resource_type: Option<String>,
}

/// A page of resources.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ResourcePage {
    resources: ResourceList,
    page_number: usize,
    page_size: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    total_count: Option<usize>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct ResourceList {
    resource: Vec<ResourceView>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct ResourceView {
    service: String,
    resource_type: String,
    resource_id: String,
    region_id: String,
    resource_group_id: String,
    create_date: EastEightTime,
}

impl From<Item> for ResourceView {
    fn from(item: Item) -> Self {
        Self {
            service: item.service,
            resource_type: item.resource_type,
            resource_id: item.id,
            region_id: item.region,
            resource_group_id: item.group,
            create_date: EastEightTime(item.created_at),
        }
    }
}

impl Operation for ListResources {
    const NAME: &'static str = "ListResources";
    const ACCESS: Access = Access::Read;
    type Response = ResourcePage;

    // SPEC: service authorization; evaluation, list operations: with a resource group they are judged in it.
    fn resources(&self, caller: &Caller) -> Resources {
        ResourceName::ram(caller.account(), "*").in_group(self.resource_group_id.clone()).into()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<ResourcePage, ApiError> {
        require_group(cx, self.resource_group_id.as_ref())?;
        let total = self.count.unwrap_or(true);
        let window =
            Window { skip: before(self.page_number, self.page_size), size: self.page_size.get(), total };
        let wanted = Wanted {
            group: self.resource_group_id.as_ref(),
            region: self.region.as_deref(),
            id: self.resource_id.as_deref(),
        };
        let types = Grouped::open_to(cx);
        let types: Vec<_> = types.into_iter().filter(|known| self.wants(*known)).collect();
        let (found, seen) = items(cx, &types, &wanted, window)?;
        let resource = found.into_iter().map(ResourceView::from).collect();
        Ok(ResourcePage {
            resources: ResourceList { resource },
            page_number: self.page_number.get(),
            page_size: self.page_size.get(),
            total_count: total.then_some(seen),
        })
    }
}

impl ListResources {
    fn wants(&self, known: Grouped<'_>) -> bool {
        let named = self.resource_types.as_slice();
        known.is_called(self.service.as_deref(), self.resource_type.as_deref())
            && (named.is_empty()
                || named
                    .iter()
                    .any(|one| known.is_called(one.service.as_deref(), one.resource_type.as_deref())))
    }
}

/// Counts the resources of the caller's account that are in resource groups.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetResourceGroupResourceCounts {
    /// By what they are counted; nothing is answered unless told.
    pub group_by_key: Option<GroupByKey>,
    /// Only of this group.
    pub resource_group_id: Option<ResourceGroupId>,
    /// Only in this region.
    pub resource_region_id: Option<String>,
    /// Only of one of these types.
    #[serde(default)]
    pub resource_types: FlatList<TypeCode, MOST_TYPES>,
}

/// By what resources are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub enum GroupByKey {
    /// By the group that they are in.
    ResourceGroupId,
    /// By their type.
    ResourceType,
}

/// A type as some requests name it.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct TypeCode {
    /// The code of its service.
    pub service: Option<String>,
    /// What it is called there.
    pub resource_type_code: Option<String>,
}

/// How many resources there are.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ResourceCounts {
    resource_counts: Vec<ResourceCount>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct ResourceCount {
    group_by_key: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    resource_group_id: Option<ResourceGroupId>,
    count: usize,
}

impl Operation for GetResourceGroupResourceCounts {
    const NAME: &'static str = "GetResourceGroupResourceCounts";
    const ACCESS: Access = Access::Read;
    type Response = ResourceCounts;

    fn resources(&self, caller: &Caller) -> Resources {
        ResourceName::ram(caller.account(), "*").in_group(self.resource_group_id.clone()).into()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<ResourceCounts, ApiError> {
        require_group(cx, self.resource_group_id.as_ref())?;
        let types = named_types(cx, self.resource_types.as_slice())?;
        let Some(by) = self.group_by_key else { return Ok(ResourceCounts { resource_counts: Vec::new() }) };
        let groups = match self.resource_group_id {
            Some(group) => vec![group],
            None => ResourceGroup::all(cx.tx(), cx.account())?.into_iter().map(|group| group.id).collect(),
        };
        let nothing = Window { skip: 0, size: 0, total: true };
        let mut counts = BTreeMap::<(String, Option<ResourceGroupId>), usize>::new();
        for group in groups {
            let region = self.resource_region_id.as_deref();
            let wanted = Wanted { group: Some(&group), region, id: None };
            for known in &types {
                let (_, count) = items(cx, std::slice::from_ref(known), &wanted, nothing)?;
                let counted = match by {
                    GroupByKey::ResourceGroupId => ("ResourceGroupId".to_owned(), Some(group.clone())),
                    GroupByKey::ResourceType => (format!("{}:{}", known.service_code(), known.word()), None),
                };
                *counts.entry(counted).or_default() += count;
            }
        }
        let counted = counts.into_iter().filter(|(_, count)| *count > 0);
        let resource_counts = counted
            .map(|((group_by_key, resource_group_id), count)| ResourceCount {
                group_by_key,
                resource_group_id,
                count,
            })
            .collect();
        Ok(ResourceCounts { resource_counts })
    }
}

/// Lists the types whose resources are in resource groups.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListResourceGroupCapability {
    /// Only of this service.
    pub service: Option<String>,
    /// Only of this name.
    pub resource_type: Option<String>,
    /// Only types whose changes of group are events; there are none.
    pub support_resource_group_event: Option<bool>,
}

/// What resource groups can hold.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Capabilities {
    capabilities: Vec<Capability>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Capability {
    service: String,
    resource_type: String,
    support_resource_group_event: bool,
}

impl Operation for ListResourceGroupCapability {
    const NAME: &'static str = "ListResourceGroupCapability";
    const ACCESS: Access = Access::Read;
    type Response = Capabilities;

    fn resources(&self, caller: &Caller) -> Resources {
        ResourceName::ram(caller.account(), "resourcegroup/*").into()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<Capabilities, ApiError> {
        let mut types = Grouped::all(cx);
        let (service, word) = (self.service.as_deref(), self.resource_type.as_deref());
        types.retain(|known| known.is_called(service, word));
        if self.support_resource_group_event == Some(true) {
            types.clear();
        }
        let capability = |known: Grouped<'_>| Capability {
            service: known.service_code().to_owned(),
            resource_type: known.word(),
            support_resource_group_event: false,
        };
        Ok(Capabilities { capabilities: types.into_iter().map(capability).collect() })
    }
}

/// The types that are named; all if none is. Fails with `UnsupportedResourceType` on one that is in no group.
// SPEC: the Resource Management API, GetResourceGroupResourceCounts.
pub(super) fn named_types<'a>(cx: &Context<'a>, named: &[TypeCode]) -> Result<Vec<Grouped<'a>>, ApiError> {
    let all = Grouped::open_to(cx);
    if named.is_empty() {
        return Ok(all);
    }
    let mut found = Vec::new();
    for TypeCode { service, resource_type_code } in named {
        let of_name =
            |known: &&Grouped<'_>| known.is_called(service.as_deref(), resource_type_code.as_deref());
        let before = found.len();
        found.extend(all.iter().filter(of_name).copied());
        if found.len() == before {
            return Err(unsupported_type());
        }
    }
    Ok(found)
}

/// What is answered where a type is in no resource groups.
pub(super) fn unsupported_type() -> ApiError {
    let message = "No resource of this type is in a resource group: look at ListResourceGroupCapability.";
    ApiError::new(ErrorCode::UnsupportedResourceType, message)
}

/// Fails with `EntityNotExists.ResourceGroup` if the group that is named is not there.
fn require_group(cx: &Context<'_>, id: Option<&ResourceGroupId>) -> Result<(), ApiError> {
    id.map_or(Ok(()), |id| existing_group(cx, id).map(|_| ()))
}
