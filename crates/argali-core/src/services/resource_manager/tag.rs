//! Labels of resource groups: put on, taken off, looked up.

use argali_policy::Context as Conditions;
use serde::{Deserialize, Serialize};

use super::resource_group::{RequestTags, existing_group, group_resource};
use crate::caller::Caller;
use crate::dispatch::Context;
use crate::error::ApiError;
use crate::model::{ResourceGroup, ResourceGroupId};
use crate::name::{TagKey, TagValue};
use crate::operation::{Access, Entry, Operation, ResourceName, Resources};
use crate::services::flat_list::FlatList;
use crate::services::ram::tag_list::{checked_short_tags, has_tags, put_tags, require_some, tag_conditions};
use crate::services::token_page::token_page;
use crate::tag::MOST_TAGS;

/// Everything that can be done to a tag of a group.
pub const OPERATIONS: &[Entry] = &[
    Entry::of::<TagResources>(),
    Entry::of::<UntagResources>(),
    Entry::of::<ListTagResources>(),
    Entry::of::<ListTagKeys>(),
    Entry::of::<ListTagValues>(),
];

/// How many groups one call may name.
// SPEC: limits, tags and resource groups.
const MOST_GROUPS: usize = 50;

/// How many entries a page of tags holds at most: 1 to 100, 10 unless told.
pub type MaxResults = crate::name::PageSize<100, 10>;

/// Groups of a request: `ResourceId.1`.
pub type ResourceIds = FlatList<ResourceGroupId, MOST_GROUPS>;

/// What can be labelled: the members of a resource directory cannot, because there is none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all(serialize = "lowercase"))]
pub enum ResourceType {
    /// Resource groups.
    #[default]
    #[serde(alias = "resourcegroup")]
    ResourceGroup,
}

/// Labels resource groups. A key that is there takes the new value.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct TagResources {
    /// What they are.
    #[serde(default)]
    pub resource_type: ResourceType,
    /// Which groups.
    #[serde(default)]
    pub resource_id: ResourceIds,
    /// What they are labelled with.
    #[serde(default)]
    pub tag: RequestTags,
}

impl Operation for TagResources {
    const NAME: &'static str = "TagResources";
    const ACCESS: Access = Access::Identity;
    type Response = ();

    fn resources(&self, caller: &Caller) -> Resources {
        named(caller, &self.resource_id)
    }

    fn conditions(&self, conditions: &mut Conditions) {
        tag_conditions(self.tag.as_slice(), conditions);
    }

    fn run(self, cx: &mut Context<'_>) -> Result<(), ApiError> {
        require_some(self.resource_id.is_empty(), "ResourceId")?;
        require_some(self.tag.is_empty(), "Tag")?;
        let new = checked_short_tags(self.tag.into_vec())?;
        for id in self.resource_id.as_slice() {
            let mut group = existing_group(cx, id)?;
            put_tags(&mut group.tags, &new, id)?;
            let account = cx.account();
            group.save(cx.tx_mut(), account);
        }
        Ok(())
    }
}

/// Takes labels off resource groups. Keys that are not there are passed over.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UntagResources {
    /// What they are.
    #[serde(default)]
    pub resource_type: ResourceType,
    /// Which groups.
    #[serde(default)]
    pub resource_id: ResourceIds,
    /// Which labels; needed unless all go.
    #[serde(default)]
    pub tag_key: FlatList<TagKey, MOST_TAGS>,
    /// Whether all labels go.
    #[serde(default)]
    pub all: bool,
}

impl Operation for UntagResources {
    const NAME: &'static str = "UntagResources";
    const ACCESS: Access = Access::Identity;
    type Response = ();

    fn resources(&self, caller: &Caller) -> Resources {
        named(caller, &self.resource_id)
    }

    fn run(self, cx: &mut Context<'_>) -> Result<(), ApiError> {
        require_some(self.resource_id.is_empty(), "ResourceId")?;
        require_some(!self.all && self.tag_key.is_empty(), "TagKey")?;
        for id in self.resource_id.as_slice() {
            let mut group = existing_group(cx, id)?;
            group.tags.retain(|key, _| !self.all && !self.tag_key.as_slice().contains(key));
            let account = cx.account();
            group.save(cx.tx_mut(), account);
        }
        Ok(())
    }
}

/// Lists labels of resource groups, by the group's id and then by key.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListTagResources {
    /// What they are.
    #[serde(default)]
    pub resource_type: ResourceType,
    /// Only of these; each must exist.
    #[serde(default)]
    pub resource_id: ResourceIds,
    /// Only of those that have all these tags.
    #[serde(default)]
    pub tag: RequestTags,
    /// Where the previous page ended.
    pub next_token: Option<String>,
    /// How many labels a page holds at most.
    #[serde(default)]
    pub max_results: MaxResults,
}

/// A page of labels.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct TagResourcePage {
    tag_resources: Vec<TagResource>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct TagResource {
    resource_type: ResourceType,
    resource_id: ResourceGroupId,
    tag_key: TagKey,
    tag_value: TagValue,
}

impl Operation for ListTagResources {
    const NAME: &'static str = "ListTagResources";
    const ACCESS: Access = Access::Read;
    type Response = TagResourcePage;

    fn resources(&self, caller: &Caller) -> Resources {
        ResourceName::ram(caller.account(), "resourcegroup/*").into()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<TagResourcePage, ApiError> {
        for id in self.resource_id.as_slice() {
            existing_group(cx, id)?;
        }
        let wanted = |group: &ResourceGroup| {
            (self.resource_id.is_empty() || self.resource_id.as_slice().contains(&group.id))
                && has_tags(&group.tags, self.tag.as_slice())
        };
        let groups = ResourceGroup::all(cx.tx(), cx.account())?.into_iter().filter(wanted);
        let list = ResourceGroup::table(cx.account()).text("tags");
        let (token, size) = (self.next_token.as_deref(), self.max_results.get());
        let (tag_resources, next_token) = token_page(cx, &list, token, size, groups.flat_map(labels_of))?;
        Ok(TagResourcePage { tag_resources, next_token })
    }
}

/// Lists the keys of all labels of resource groups.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListTagKeys {
    /// Of what.
    pub resource_type: ResourceType,
    /// Only keys that hold this text.
    pub key_filter: Option<String>,
    /// Where the previous page ended.
    pub next_token: Option<String>,
    /// How many keys a page holds at most.
    #[serde(default)]
    pub max_results: MaxResults,
}

/// A page of keys.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct TagKeyPage {
    tags: Vec<KeyView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct KeyView {
    key: TagKey,
}

impl Operation for ListTagKeys {
    const NAME: &'static str = "ListTagKeys";
    const ACCESS: Access = Access::Read;
    type Response = TagKeyPage;

    fn resources(&self, caller: &Caller) -> Resources {
        ResourceName::ram(caller.account(), "resourcegroup/*").into()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<TagKeyPage, ApiError> {
        let groups = ResourceGroup::all(cx.tx(), cx.account())?;
        let mut keys: Vec<TagKey> = groups.into_iter().flat_map(|group| group.tags.into_keys()).collect();
        keys.retain(|key| holds(key.as_str(), self.key_filter.as_deref()));
        keys.sort_unstable();
        keys.dedup();
        let keys = keys.into_iter().map(|key| (key.as_str().as_bytes().to_vec(), KeyView { key }));
        let list = ResourceGroup::table(cx.account()).text("tag keys");
        let (token, size) = (self.next_token.as_deref(), self.max_results.get());
        let (tags, next_token) = token_page(cx, &list, token, size, keys)?;
        Ok(TagKeyPage { tags, next_token })
    }
}

/// Lists the values that labels of one key have.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListTagValues {
    /// Of what.
    pub resource_type: ResourceType,
    /// Of which key.
    pub tag_key: TagKey,
    /// Only values that hold this text.
    pub value_filter: Option<String>,
    /// Where the previous page ended.
    pub next_token: Option<String>,
    /// How many values a page holds at most.
    #[serde(default)]
    pub max_results: MaxResults,
}

/// A page of values.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct TagValuePage {
    tags: Vec<ValueView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct ValueView {
    value: TagValue,
}

impl Operation for ListTagValues {
    const NAME: &'static str = "ListTagValues";
    const ACCESS: Access = Access::Read;
    type Response = TagValuePage;

    fn resources(&self, caller: &Caller) -> Resources {
        ResourceName::ram(caller.account(), "resourcegroup/*").into()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<TagValuePage, ApiError> {
        let groups = ResourceGroup::all(cx.tx(), cx.account())?;
        let of_key = |group: ResourceGroup| group.tags.get(&self.tag_key).cloned();
        let mut values: Vec<TagValue> = groups.into_iter().filter_map(of_key).collect();
        values.retain(|value| holds(value.as_str(), self.value_filter.as_deref()));
        values.sort_unstable();
        values.dedup();
        let values =
            values.into_iter().map(|value| (value.as_str().as_bytes().to_vec(), ValueView { value }));
        // A token of one key does not go on with another.
        let list = ResourceGroup::table(cx.account()).text("tag values").text(self.tag_key.as_str());
        let (token, size) = (self.next_token.as_deref(), self.max_results.get());
        let (tags, next_token) = token_page(cx, &list, token, size, values)?;
        Ok(TagValuePage { tags, next_token })
    }
}

/// The labels of a group, each with its place in the listing: no id holds a NUL.
fn labels_of(group: ResourceGroup) -> impl Iterator<Item = (Vec<u8>, TagResource)> {
    let ResourceGroup { id, tags, .. } = group;
    tags.into_iter().map(move |(tag_key, tag_value)| {
        let place = format!("{id}\0{tag_key}").into_bytes();
        let resource_type = ResourceType::ResourceGroup;
        (place, TagResource { resource_type, resource_id: id.clone(), tag_key, tag_value })
    })
}

/// Every group that is named, as something that permission is needed for.
fn named(caller: &Caller, ids: &ResourceIds) -> Resources {
    // An empty list would need no permission at all; it is refused later.
    if ids.is_empty() {
        return ResourceName::ram(caller.account(), "resourcegroup/*").into();
    }
    ids.as_slice().iter().map(|id| group_resource(caller.account(), id)).collect()
}

fn holds(text: &str, part: Option<&str>) -> bool {
    part.is_none_or(|part| text.contains(part))
}
