//! Labels of roles and policies: put on, taken off, looked up.

use argali_policy::Context as Conditions;
use serde::{Deserialize, Serialize};

use super::policy::existing_custom_policy;
use super::role_life::{existing_role, role_resource};
use super::tag_list::{JsonList, TagList, put_tags, require_some, tag_conditions};
use crate::caller::Caller;
use crate::dispatch::Context;
use crate::error::ApiError;
use crate::model::{Entity, Key, Policy, PolicyRef, Role, Tags};
use crate::name::{EntityName, PageSize, PolicyType, TagKey, TagValue};
use crate::operation::{Access, Entry, Operation, ResourceName, Resources};
use crate::services::token_page::token_page;
use crate::tag::MOST_TAGS;

/// Everything that can be done to a tag.
pub const OPERATIONS: &[Entry] =
    &[Entry::of::<TagResources>(), Entry::of::<UntagResources>(), Entry::of::<ListTagResources>()];

/// How many things one call may name.
const MOST_RESOURCES: usize = 50;

/// Names of a request: `["ops","dev"]`, at most 50.
pub type ResourceNames = JsonList<EntityName, MOST_RESOURCES>;

/// What can be labelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ResourceType {
    /// Roles.
    Role,
    /// Custom policies.
    Policy,
}

/// Labels roles or policies. A key that is there takes the new value.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct TagResources {
    /// What they are.
    pub resource_type: ResourceType,
    /// What they are called.
    pub resource_names: ResourceNames,
    /// What they are labelled with.
    pub tag: TagList,
}

impl Operation for TagResources {
    const NAME: &'static str = "TagResources";
    const ACCESS: Access = Access::Identity;
    type Response = ();

    fn resources(&self, caller: &Caller) -> Resources {
        named(caller, self.resource_type, &self.resource_names)
    }

    fn conditions(&self, conditions: &mut Conditions) {
        tag_conditions(self.tag.as_slice(), conditions);
    }

    fn run(self, cx: &mut Context<'_>) -> Result<(), ApiError> {
        require_some(self.resource_names.is_empty(), "ResourceNames")?;
        require_some(self.tag.is_empty(), "Tag")?;
        let new = self.tag.into_tags()?;
        for name in self.resource_names.as_slice() {
            let mut labelled = Labelled::existing(cx, self.resource_type, name)?;
            put_tags(labelled.tags_mut(), &new, name)?;
            labelled.save(cx);
        }
        Ok(())
    }
}

/// Takes labels off roles or policies. Keys that are not there are passed over.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UntagResources {
    /// What they are.
    pub resource_type: ResourceType,
    /// What they are called.
    pub resource_names: ResourceNames,
    /// Which labels; needed unless all go.
    pub tag_keys: Option<JsonList<TagKey, MOST_TAGS>>,
    /// Whether all labels go.
    #[serde(default)]
    pub all: bool,
}

impl Operation for UntagResources {
    const NAME: &'static str = "UntagResources";
    const ACCESS: Access = Access::Identity;
    type Response = ();

    fn resources(&self, caller: &Caller) -> Resources {
        named(caller, self.resource_type, &self.resource_names)
    }

    fn run(self, cx: &mut Context<'_>) -> Result<(), ApiError> {
        require_some(self.resource_names.is_empty(), "ResourceNames")?;
        require_some(!self.all && self.tag_keys.as_ref().is_none_or(JsonList::is_empty), "TagKeys")?;
        let keys = self.tag_keys.map(JsonList::into_vec).unwrap_or_default();
        for name in self.resource_names.as_slice() {
            let mut labelled = Labelled::existing(cx, self.resource_type, name)?;
            labelled.tags_mut().retain(|key, _| !self.all && !keys.contains(key));
            labelled.save(cx);
        }
        Ok(())
    }
}

/// Lists labels of roles or policies, by the name of the thing and then by key.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListTagResources {
    /// What they are.
    pub resource_type: ResourceType,
    /// Only of these; each must exist.
    pub resource_names: Option<ResourceNames>,
    /// Only of those that have all these tags.
    pub tag: Option<TagList>,
    /// Where the previous page ended.
    pub next_token: Option<String>,
    /// How many labels a page holds at most: 1 to 100.
    #[serde(default)]
    pub page_size: PageSize<100>,
}

/// A page of labels.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct TagResourcePage {
    tag_resources: Vec<TagResource>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

/// One label of one thing.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct TagResource {
    resource_type: ResourceType,
    resource_name: String,
    tag_key: TagKey,
    tag_value: TagValue,
}

impl TagResource {
    /// Where it stands in the listing: no name holds a NUL.
    fn place(&self) -> Vec<u8> {
        format!("{}\0{}", self.resource_name.to_lowercase(), self.tag_key).into_bytes()
    }
}

impl Operation for ListTagResources {
    const NAME: &'static str = "ListTagResources";
    const ACCESS: Access = Access::Read;
    type Response = TagResourcePage;

    fn resources(&self, caller: &Caller) -> Resources {
        ResourceName::ram(caller.account(), "*").into()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<TagResourcePage, ApiError> {
        let (list, size) = (self.list(cx), self.page_size.get());
        let labels = self.found(cx)?.into_iter().flat_map(Labelled::into_labels);
        let labels = labels.map(|label| (label.place(), label));
        let (tag_resources, next_token) = token_page(cx, &list, self.next_token.as_deref(), size, labels)?;
        Ok(TagResourcePage { tag_resources, next_token })
    }
}

impl ListTagResources {
    /// What tokens are sealed to.
    fn list(&self, cx: &Context<'_>) -> Key {
        let table = match self.resource_type {
            ResourceType::Role => Role::table(cx.account()),
            ResourceType::Policy => Policy::table(cx.account()),
        };
        table.text("tags")
    }

    /// Everything whose labels are wanted. The quotas keep it to some thousand records.
    fn found(&self, cx: &Context<'_>) -> Result<Vec<Labelled>, ApiError> {
        let mut found = match &self.resource_names {
            Some(names) => {
                let mut names: Vec<_> = names.as_slice().iter().collect();
                names.sort_by_cached_key(|name| name.folded());
                names.dedup_by_key(|name| name.folded());
                let existing = |name: &EntityName| Labelled::existing(cx, self.resource_type, name);
                names.into_iter().map(existing).collect::<Result<_, _>>()?
            }
            None => Labelled::all(cx, self.resource_type)?,
        };
        if let Some(wanted) = &self.tag {
            found.retain_mut(|labelled| wanted.matches(labelled.tags_mut()));
        }
        Ok(found)
    }
}

/// Something that has labels.
enum Labelled {
    Role(Role),
    Policy(Policy),
}

impl Labelled {
    /// The role or policy of this name, or `EntityNotExist.Role` or `EntityNotExist.Policy`.
    fn existing(cx: &Context<'_>, kind: ResourceType, name: &EntityName) -> Result<Self, ApiError> {
        let unfit = |_| {
            let message = format!("`{name}` is no name of what ResourceType says: check ResourceNames.");
            ApiError::invalid("ResourceNames", message)
        };
        match kind {
            ResourceType::Role => existing_role(cx, &name.as_str().parse().map_err(unfit)?).map(Self::Role),
            ResourceType::Policy => {
                existing_custom_policy(cx, &name.as_str().parse().map_err(unfit)?).map(Self::Policy)
            }
        }
    }

    fn all(cx: &Context<'_>, kind: ResourceType) -> Result<Vec<Self>, ApiError> {
        const ALL: usize = usize::MAX - 1;
        Ok(match kind {
            ResourceType::Role => {
                let page = Role::page(cx.tx(), cx.account(), None, ALL)?;
                page.records.into_iter().map(Self::Role).collect()
            }
            ResourceType::Policy => {
                let page = Policy::page(cx.tx(), cx.account(), None, ALL)?;
                page.records.into_iter().map(Self::Policy).collect()
            }
        })
    }

    fn tags_mut(&mut self) -> &mut Tags {
        match self {
            Self::Role(role) => &mut role.tags,
            Self::Policy(policy) => &mut policy.tags,
        }
    }

    fn save(&self, cx: &mut Context<'_>) {
        let account = cx.account();
        match self {
            Self::Role(role) => role.save(cx.tx_mut(), account),
            Self::Policy(policy) => policy.save(cx.tx_mut(), account),
        }
    }

    fn into_labels(self) -> impl Iterator<Item = TagResource> {
        let (resource_type, name, tags) = match self {
            Self::Role(role) => (ResourceType::Role, role.name.to_string(), role.tags),
            Self::Policy(policy) => (ResourceType::Policy, policy.name.to_string(), policy.tags),
        };
        tags.into_iter().map(move |(tag_key, tag_value)| TagResource {
            resource_type,
            resource_name: name.clone(),
            tag_key,
            tag_value,
        })
    }
}

/// Everything that is named, as something that permission is needed for.
fn named(caller: &Caller, kind: ResourceType, names: &ResourceNames) -> Resources {
    let account = caller.account();
    // An empty list would need no permission at all; it is refused later.
    if names.is_empty() {
        let all = match kind {
            ResourceType::Role => "role/*",
            ResourceType::Policy => "policy/*",
        };
        return ResourceName::ram(account, all).into();
    }
    let resource = |name: &EntityName| match kind {
        ResourceType::Role => match name.as_str().parse() {
            Ok(name) => role_resource(account, &name),
            Err(_) => ResourceName::ram(account, format!("role/{name}")),
        },
        ResourceType::Policy => match name.as_str().parse() {
            Ok(name) => ResourceName::policy(account, &PolicyRef { kind: PolicyType::Custom, name }),
            Err(_) => ResourceName::ram(account, format!("policy/{name}")),
        },
    };
    names.as_slice().iter().map(resource).collect()
}
