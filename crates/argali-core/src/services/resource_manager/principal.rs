//! Users, groups and roles as Resource Management names them: with the domain of their account.
// SPEC: forms of identifiers and dates, identifiers; the Resource Management API, AttachPolicy.

use argali_store::{StoreError, Transaction};
use serde::{Deserialize, Serialize};

use crate::dispatch::Context;
use crate::error::{ApiError, ErrorCode};
use crate::identifier::AccountId;
use crate::logon_name::{default_domain, named_account};
use crate::model::{Account, Entity, Group, Principal, PrincipalKind, Role, User};
use crate::name::{GroupName, RoleName, UserName};
use crate::operation::ResourceName;

/// Of which kind a principal is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub enum PrincipalType {
    /// A RAM user: `alice@company-a.onaliyun.com`.
    #[serde(rename = "IMSUser")]
    User,
    /// A group: `ops@group.company-a.onaliyun.com`.
    #[serde(rename = "IMSGroup")]
    Group,
    /// A role: `ecs-admin@role.company-a.onaliyunservice.com`.
    #[serde(rename = "ServiceRole")]
    Role,
}

impl From<PrincipalKind> for PrincipalType {
    fn from(kind: PrincipalKind) -> Self {
        match kind {
            PrincipalKind::User => Self::User,
            PrincipalKind::Group => Self::Group,
            PrincipalKind::Role => Self::Role,
        }
    }
}

impl From<PrincipalType> for PrincipalKind {
    fn from(kind: PrincipalType) -> Self {
        match kind {
            PrincipalType::User => Self::User,
            PrincipalType::Group => Self::Group,
            PrincipalType::Role => Self::Role,
        }
    }
}

impl PrincipalType {
    /// What the ARN of such a principal says before its name.
    const fn word(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Group => "group",
            Self::Role => "role",
        }
    }

    /// What its domain begins with.
    const fn prefix(self) -> &'static str {
        match self {
            Self::User => "",
            Self::Group => "group.",
            Self::Role => "role.",
        }
    }
}

/// The name of a principal as a request gives it. What it means depends on the kind.
#[derive(Clone, Debug, Deserialize)]
#[serde(transparent)]
pub struct PrincipalName(String);

/// A principal of the caller's account by its name there.
#[derive(Debug)]
pub(super) enum LocalName {
    User(UserName),
    Group(GroupName),
    Role(RoleName),
}

impl PrincipalName {
    /// The principal as something that permission is needed for, by what stands before the `@`.
    pub(super) fn resource(&self, account: AccountId, kind: PrincipalType) -> ResourceName {
        let name = self.0.split_once('@').map_or(self.0.as_str(), |(name, _)| name);
        ResourceName::ram(account, format!("{}/{name}", kind.word()))
    }

    /// The kind that the form of the name is of.
    pub(super) fn kind(&self) -> PrincipalType {
        match self.0.split_once('@') {
            Some((_, domain)) if domain.starts_with(PrincipalType::Group.prefix()) => PrincipalType::Group,
            Some((_, domain)) if domain.starts_with(PrincipalType::Role.prefix()) => PrincipalType::Role,
            _ => PrincipalType::User,
        }
    }

    /// The name within the caller's account; none if the domain is not that account's.
    ///
    /// Fails with `InvalidParameter.PrincipalName` on what is no name of this kind.
    pub(super) fn local(&self, cx: &Context<'_>, kind: PrincipalType) -> Result<Option<LocalName>, ApiError> {
        let unfit = || {
            let message = format!(
                "PrincipalName must be `<name>@{}<default domain>` for this PrincipalType.",
                kind.prefix()
            );
            ApiError::invalid("PrincipalName", message)
        };
        let (name, domain) = self.0.split_once('@').ok_or_else(unfit)?;
        let domain = domain.strip_prefix(kind.prefix()).filter(|domain| !domain.is_empty());
        let domain = domain.ok_or_else(unfit)?;
        let local = match kind {
            PrincipalType::User => LocalName::User(name.parse().map_err(|_| unfit())?),
            PrincipalType::Group => LocalName::Group(name.parse().map_err(|_| unfit())?),
            PrincipalType::Role => LocalName::Role(name.parse().map_err(|_| unfit())?),
        };
        let (tx, suffix) = (cx.tx(), &cx.settings().domain_suffix);
        let mut account = named_account(tx, domain, suffix)?;
        if account.is_none() && kind == PrincipalType::Role {
            account = named_account(tx, domain, &service_suffix(suffix))?;
        }
        Ok((account == Some(cx.account())).then_some(local))
    }

    /// What is answered if the name is another account's.
    pub(super) fn unknown(&self, kind: PrincipalType) -> ApiError {
        let code = match kind {
            PrincipalType::User => ErrorCode::EntityNotExistUser,
            PrincipalType::Group => ErrorCode::EntityNotExistGroup,
            PrincipalType::Role => ErrorCode::EntityNotExistRole,
        };
        let message =
            format!("There is no {} `{}` in this account: check PrincipalName.", kind.word(), self.0);
        ApiError::new(code, message)
    }
}

impl LocalName {
    /// Who has the name, if anybody does.
    pub(super) fn find(
        &self,
        tx: &dyn Transaction,
        account: AccountId,
    ) -> Result<Option<Principal>, StoreError> {
        Ok(match self {
            Self::User(name) => User::find(tx, account, name)?.map(|user| Principal::User(user.id)),
            Self::Group(name) => Group::find(tx, account, name)?.map(|group| Principal::Group(group.id)),
            Self::Role(name) => Role::find(tx, account, name)?.map(|role| Principal::Role(role.id)),
        })
    }
}

/// The domains under which an account's principals are named.
pub(super) struct Domains {
    people: String,
    roles: String,
}

impl Domains {
    /// The domains of the caller's account.
    pub(super) fn of(cx: &Context<'_>) -> Result<Self, ApiError> {
        let account = Account::find(cx.tx(), cx.account())?;
        let account = account.ok_or_else(|| ApiError::internal("the caller's account is not there"))?;
        let suffix = &cx.settings().domain_suffix;
        Ok(Self {
            people: default_domain(&account, suffix),
            roles: default_domain(&account, &service_suffix(suffix)),
        })
    }

    /// The name of a role: `ecs-admin@role.company-a.onaliyunservice.com`.
    pub(super) fn role(&self, name: &RoleName) -> String {
        format!("{name}@{}{}", PrincipalType::Role.prefix(), self.roles)
    }

    /// The name of a principal; none if it is gone.
    pub(super) fn name_of(&self, cx: &Context<'_>, principal: Principal) -> Result<Option<String>, ApiError> {
        let (tx, account) = (cx.tx(), cx.account());
        Ok(match principal {
            Principal::User(id) => User::find_by_id(tx, account, id.number())?
                .map(|user| format!("{}@{}", user.name, self.people)),
            Principal::Group(id) => Group::find_by_id(tx, account, id.number())?
                .map(|group| format!("{}@{}{}", group.name, PrincipalType::Group.prefix(), self.people)),
            Principal::Role(id) => {
                Role::find_by_id(tx, account, id.number())?.map(|role| self.role(&role.name))
            }
        })
    }
}

/// What follows an account's alias or number in names of roles: `onaliyunservice.com` where it is `onaliyun.com` in
/// names of people.
fn service_suffix(suffix: &str) -> String {
    match suffix.split_once('.') {
        Some((first, rest)) => format!("{first}service.{rest}"),
        None => format!("{suffix}service"),
    }
}
