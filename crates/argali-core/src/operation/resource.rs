//! What permission is asked for: an action on a resource.

use std::borrow::Cow;

use argali_policy::Context as Conditions;
use argali_store::{StoreError, Transaction};
use smallvec::{SmallVec, smallvec};

use crate::identifier::AccountId;
use crate::model::{Entity, Policy, PolicyRef, ResourceGroup, ResourceGroupId, Role, Tags, User};
use crate::name::{PolicyName, PolicyType, RoleName, UserName};

/// Something that permission is needed for.
#[derive(Clone, Debug)]
pub struct ResourceName {
    /// Its ARN in the form that policies use.
    pub arn: Cow<'static, str>,
    /// The account that it belongs to.
    pub owner: AccountId,
    /// The resource group that it is in, if its type supports them.
    pub group: Option<ResourceGroupId>,
    /// Which entity of the owner it is, if that is of a kind that has tags.
    pub tagged: Option<Tagged>,
}

/// An entity of the identity service whose tags conditions may ask for.
#[derive(Clone, Debug)]
pub enum Tagged {
    /// A user.
    User(UserName),
    /// A role.
    Role(RoleName),
    /// A custom policy.
    Policy(PolicyName),
    /// A resource group.
    ResourceGroup(ResourceGroupId),
}

impl Tagged {
    /// The tags that it has; none if there is no such thing.
    pub fn tags(&self, tx: &dyn Transaction, owner: AccountId) -> Result<Tags, StoreError> {
        let tags = match self {
            Self::User(name) => User::find(tx, owner, name)?.map(|user| user.tags),
            Self::Role(name) => Role::find(tx, owner, name)?.map(|role| role.tags),
            Self::Policy(name) => Policy::find(tx, owner, name)?.map(|policy| policy.tags),
            Self::ResourceGroup(id) => ResourceGroup::find(tx, owner, id)?.map(|group| group.tags),
        };
        Ok(tags.unwrap_or_default())
    }
}

/// Almost always one or two.
pub type Resources = SmallVec<[ResourceName; 2]>;

impl ResourceName {
    /// An entity of the identity service: `acs:ram:*:<owner>:<relative>`, such as `role/ops` or `user/*`.
    pub fn ram(owner: AccountId, relative: impl AsRef<str>) -> Self {
        Self::new(owner, format!("acs:ram:*:{owner}:{}", relative.as_ref()))
    }

    /// A policy, of the system or of the account.
    pub fn policy(account: AccountId, policy: &PolicyRef) -> Self {
        let resource = Self::new(account, policy.arn(account));
        match policy.kind {
            PolicyType::System => resource,
            PolicyType::Custom => resource.with_tags_of(Tagged::Policy(policy.name.clone())),
        }
    }

    /// Any resource by its ARN.
    pub fn new(owner: AccountId, arn: impl Into<Cow<'static, str>>) -> Self {
        Self { arn: arn.into(), owner, group: None, tagged: None }
    }

    /// The same as an entity whose tags count.
    #[must_use]
    pub fn with_tags_of(mut self, tagged: Tagged) -> Self {
        self.tagged = Some(tagged);
        self
    }

    /// The same as a member of a resource group.
    #[must_use]
    pub fn in_group(mut self, group: Option<ResourceGroupId>) -> Self {
        self.group = group;
        self
    }
}

impl From<ResourceName> for Resources {
    fn from(resource: ResourceName) -> Self {
        smallvec![resource]
    }
}

/// Something that must be allowed before an operation runs.
#[derive(Clone, Debug)]
pub struct Check {
    /// The action, such as `ram:ListRoles`.
    pub action: Cow<'static, str>,
    /// On what.
    pub resource: ResourceName,
    /// Condition keys of this check alone, such as the tags of the resource.
    pub conditions: Conditions,
}
