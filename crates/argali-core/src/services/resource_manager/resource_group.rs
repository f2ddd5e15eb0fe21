//! Resource groups: made, shown, renamed for people, deleted.

use argali_policy::Context as Conditions;
use serde::{Deserialize, Serialize};

use crate::caller::{Caller, Identity};
use crate::dispatch::Context;
use crate::error::{ApiError, ErrorCode};
use crate::identifier::AccountId;
use crate::model::{
    Attachment, AttachmentScope, PolicyRef, Principal, Quota, ResourceGroup, ResourceGroupId,
    ResourceGroupSettings,
};
use crate::name::{PolicyType, ResourceGroupDisplayName, ResourceGroupName};
use crate::operation::{Access, Entry, Operation, ResourceName, Resources, Tagged};
use crate::services::flat_list::FlatList;
use crate::services::ram::tag_list::{RequestTag, TagViews, checked_short_tags, tag_conditions};
use crate::tag::MOST_TAGS;
use crate::time::EastEightTime;

/// Everything that can be done to a resource group.
pub const OPERATIONS: &[Entry] = &[
    Entry::of::<CreateResourceGroup>(),
    Entry::of::<GetResourceGroup>(),
    Entry::of::<UpdateResourceGroup>(),
    Entry::of::<DeleteResourceGroup>(),
];

/// Tags of a request: `Tag.1.Key`, `Tag.1.Value`.
pub type RequestTags = FlatList<RequestTag, MOST_TAGS>;

/// What becomes of a group.
// SPEC: the Resource Management API, CreateResourceGroup, DeleteResourceGroup.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub enum Status {
    /// It is being made. Argali makes groups at once, so none is ever seen so.
    Creating,
    /// It can be used.
    #[serde(rename = "OK")]
    Usable,
    /// It is about to go; so says the answer to deleting it, after which it is gone.
    PendingDelete,
}

/// A resource group as the API shows it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ResourceGroupView {
    id: ResourceGroupId,
    name: ResourceGroupName,
    display_name: ResourceGroupDisplayName,
    account_id: AccountId,
    create_date: EastEightTime,
    /// Not in the answer that changed its display name.
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<Status>,
    /// Only where one group is shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    region_statuses: Option<RegionStatusList>,
    /// Only if asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    tags: Option<TagViews>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct RegionStatusList {
    region_status: Vec<RegionStatus>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct RegionStatus {
    region_id: String,
    status: Status,
}

impl ResourceGroupView {
    /// A group as the answer shows it that changed its display name.
    fn bare(account: AccountId, group: ResourceGroup) -> Self {
        Self {
            id: group.id,
            name: group.name,
            display_name: group.display_name,
            account_id: account,
            create_date: EastEightTime(group.created_at),
            status: None,
            region_statuses: None,
            tags: None,
        }
    }

    /// A group in a listing, with its tags if they are asked for.
    pub(super) fn listed(account: AccountId, group: ResourceGroup, with_tags: bool) -> Self {
        let tags = if with_tags { TagViews::of(group.tags.clone()) } else { None };
        Self { status: Some(Status::Usable), tags, ..Self::bare(account, group) }
    }

    /// A group with its status everywhere.
    fn whole(cx: &Context<'_>, group: ResourceGroup, status: Status) -> Self {
        let regions = cx.core().registry().catalog().regions().into_iter();
        let region_status =
            regions.map(|region| RegionStatus { region_id: region.to_owned(), status }).collect();
        Self {
            status: Some(status),
            region_statuses: Some(RegionStatusList { region_status }),
            ..Self::bare(cx.account(), group)
        }
    }
}

/// An answer that holds one group.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct OneResourceGroup {
    resource_group: ResourceGroupView,
}

/// Makes a resource group. It holds nothing yet.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreateResourceGroup {
    /// What the group is called, for good.
    pub name: ResourceGroupName,
    /// What people read.
    pub display_name: Option<ResourceGroupDisplayName>,
    /// What it is labelled with.
    #[serde(default)]
    pub tag: RequestTags,
}

impl Operation for CreateResourceGroup {
    const NAME: &'static str = "CreateResourceGroup";
    const ACCESS: Access = Access::Identity;
    type Response = OneResourceGroup;

    fn resources(&self, caller: &Caller) -> Resources {
        ResourceName::ram(caller.account(), "resourcegroup/*").into()
    }

    fn conditions(&self, conditions: &mut Conditions) {
        tag_conditions(self.tag.as_slice(), conditions);
    }

    fn run(self, cx: &mut Context<'_>) -> Result<OneResourceGroup, ApiError> {
        let (account, most) = (cx.account(), cx.limits().resource_groups);
        let display_name = self.display_name.ok_or_else(|| {
            // SPEC: the Resource Management API, CreateResourceGroup: a code of its own form.
            let message = "DisplayName is mandatory for this action.";
            ApiError::new(ErrorCode::Missing("Parameter.DisplayName".to_owned()), message)
        })?;
        let tags = checked_short_tags(self.tag.into_vec())?;
        if ResourceGroup::is_taken(cx.tx(), account, &self.name)? {
            let message = format!(
                "The resource group `{}` already exists: choose another name; case makes no difference.",
                self.name
            );
            return Err(ApiError::new(ErrorCode::EntityAlreadyExistsResourceGroup, message));
        }
        if Quota::ResourceGroups.used(cx.tx(), account)? >= most {
            let message =
                format!("The account has {most} resource groups, which is its limit: delete one first.");
            return Err(ApiError::new(ErrorCode::LimitExceededResourceGroup, message));
        }
        let id = ResourceGroupId::generate(cx.env());
        let group = ResourceGroup { id, name: self.name, display_name, created_at: cx.now(), tags };
        group.insert(cx.tx_mut(), account)?;
        cx.note("resourceGroupId", group.id.to_string());
        if ResourceGroupSettings::of(cx.tx(), account)?.creator_as_admin {
            make_administrator(cx, &group.id)?;
        }
        Ok(OneResourceGroup { resource_group: ResourceGroupView::whole(cx, group, Status::Usable) })
    }
}

/// Shows a resource group.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetResourceGroup {
    /// Which group.
    pub resource_group_id: ResourceGroupId,
    /// Whether its tags are shown; they are not unless told.
    #[serde(default)]
    pub include_tags: bool,
}

impl Operation for GetResourceGroup {
    const NAME: &'static str = "GetResourceGroup";
    const ACCESS: Access = Access::Read;
    type Response = OneResourceGroup;

    /// Whoever administers the group may look at it.
    fn resources(&self, caller: &Caller) -> Resources {
        let resource = group_resource(caller.account(), &self.resource_group_id);
        resource.in_group(Some(self.resource_group_id.clone())).into()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<OneResourceGroup, ApiError> {
        let group = existing_group(cx, &self.resource_group_id)?;
        let tags = if self.include_tags { TagViews::of(group.tags.clone()) } else { None };
        let view = ResourceGroupView::whole(cx, group, Status::Usable);
        Ok(OneResourceGroup { resource_group: ResourceGroupView { tags, ..view } })
    }
}

/// Gives a resource group another name for people to read.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UpdateResourceGroup {
    /// Which group.
    pub resource_group_id: ResourceGroupId,
    /// What people read.
    pub new_display_name: ResourceGroupDisplayName,
}

impl Operation for UpdateResourceGroup {
    const NAME: &'static str = "UpdateResourceGroup";
    const ACCESS: Access = Access::Identity;
    type Response = OneResourceGroup;

    fn resources(&self, caller: &Caller) -> Resources {
        group_resource(caller.account(), &self.resource_group_id).into()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<OneResourceGroup, ApiError> {
        let account = cx.account();
        let mut group = existing_group(cx, &self.resource_group_id)?;
        group.display_name = self.new_display_name;
        group.save(cx.tx_mut(), account);
        Ok(OneResourceGroup { resource_group: ResourceGroupView::bare(account, group) })
    }
}

/// Removes a resource group, which must hold nothing. The grants that count in it go with it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeleteResourceGroup {
    /// Which group.
    pub resource_group_id: ResourceGroupId,
}

impl Operation for DeleteResourceGroup {
    const NAME: &'static str = "DeleteResourceGroup";
    const ACCESS: Access = Access::Identity;
    type Response = OneResourceGroup;

    fn resources(&self, caller: &Caller) -> Resources {
        group_resource(caller.account(), &self.resource_group_id).into()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<OneResourceGroup, ApiError> {
        let account = cx.account();
        let group = existing_group(cx, &self.resource_group_id)?;
        if group.is_default(account) {
            let message = "The default resource group cannot be deleted: every account has one.";
            return Err(ApiError::new(ErrorCode::DeleteConflictResourceGroupStatus, message));
        }
        if group.holds_anything(cx.tx(), account)? {
            let message = format!(
                "The resource group `{}` still holds resources: delete them or move them to another group first.",
                group.id
            );
            return Err(ApiError::new(ErrorCode::DeleteConflictResourceGroupResource, message));
        }
        group.delete(cx.tx_mut(), account)?;
        Ok(OneResourceGroup { resource_group: ResourceGroupView::whole(cx, group, Status::PendingDelete) })
    }
}

/// Lets whoever makes a group administer it: the user, or the role whose session it is.
fn make_administrator(cx: &mut Context<'_>, group: &ResourceGroupId) -> Result<(), ApiError> {
    let principal = match cx.caller().identity() {
        Identity::User { id, .. } => Principal::User(*id),
        Identity::Session(claims) => Principal::Role(claims.role_id),
        Identity::Account => return Ok(()),
    };
    let name = "AdministratorAccess".parse().map_err(|_| ApiError::internal("not the name of a policy"))?;
    let policy = PolicyRef { kind: PolicyType::System, name };
    let scope = AttachmentScope::ResourceGroup(group.clone());
    let (account, attached_at) = (cx.account(), cx.now());
    let attachment = Attachment { principal, scope, policy, attached_at };
    Ok(attachment.insert(cx.tx_mut(), account)?)
}

/// The group as something that permission is needed for.
// SPEC: service authorization, resource groups.
pub(in crate::services) fn group_resource(account: AccountId, id: &ResourceGroupId) -> ResourceName {
    ResourceName::ram(account, format!("resourcegroup/{id}")).with_tags_of(Tagged::ResourceGroup(id.clone()))
}

/// The group with this id, or `EntityNotExists.ResourceGroup`.
pub(in crate::services) fn existing_group(
    cx: &Context<'_>,
    id: &ResourceGroupId,
) -> Result<ResourceGroup, ApiError> {
    ResourceGroup::find(cx.tx(), cx.account(), id)?.ok_or_else(|| no_group(id.as_str()))
}

/// What is answered where there is no such group.
pub(in crate::services) fn no_group(id: &str) -> ApiError {
    let message = format!("The resource group `{id}` does not exist: check ResourceGroupId.");
    ApiError::new(ErrorCode::EntityNotExistsResourceGroup, message)
}
