//! Who has grants, and what is to be known of their policies, looked up once each.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::dispatch::Context;
use crate::error::ApiError;
use crate::model::{Entity, Group, PolicyRef, Principal, PrincipalKind, Role, User};
use crate::name::PolicyType;
use crate::services::ram::found_policy::is_high_risk;

/// Who has a grant, by kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub enum HolderType {
    /// A RAM user.
    User,
    /// A group.
    Group,
    /// A role.
    Role,
}

impl From<PrincipalKind> for HolderType {
    fn from(kind: PrincipalKind) -> Self {
        match kind {
            PrincipalKind::User => Self::User,
            PrincipalKind::Group => Self::Group,
            PrincipalKind::Role => Self::Role,
        }
    }
}

impl From<HolderType> for PrincipalKind {
    fn from(kind: HolderType) -> Self {
        match kind {
            HolderType::User => Self::User,
            HolderType::Group => Self::Group,
            HolderType::Role => Self::Role,
        }
    }
}

/// Names of principals that were looked up.
#[derive(Default)]
pub(super) struct Names(BTreeMap<Principal, Option<String>>);

impl Names {
    /// The name of a principal; none if it is gone.
    pub(super) fn of(&mut self, cx: &Context<'_>, principal: Principal) -> Result<Option<String>, ApiError> {
        if let Some(known) = self.0.get(&principal) {
            return Ok(known.clone());
        }
        let (tx, account) = (cx.tx(), cx.account());
        let name = match principal {
            Principal::User(id) => {
                User::find_by_id(tx, account, id.number())?.map(|user| user.name.to_string())
            }
            Principal::Group(id) => {
                Group::find_by_id(tx, account, id.number())?.map(|group| group.name.to_string())
            }
            Principal::Role(id) => {
                Role::find_by_id(tx, account, id.number())?.map(|role| role.name.to_string())
            }
        };
        self.0.insert(principal, name.clone());
        Ok(name)
    }
}

/// Which policies let their holders change who may do what, as far as they were looked at.
#[derive(Default)]
pub(super) struct Risks(BTreeMap<(bool, String), bool>);

impl Risks {
    pub(super) fn of(&mut self, cx: &Context<'_>, policy: &PolicyRef) -> Result<bool, ApiError> {
        let key = (policy.kind == PolicyType::System, policy.name.folded());
        if let Some(known) = self.0.get(&key) {
            return Ok(*known);
        }
        let is_risky = is_high_risk(cx, policy)?;
        self.0.insert(key, is_risky);
        Ok(is_risky)
    }
}
