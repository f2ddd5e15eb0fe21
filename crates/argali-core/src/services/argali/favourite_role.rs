//! The roles that whoever is logged on has marked as favourites.
// SPEC: console, switch role, favourites.

use serde::{Deserialize, Serialize};

use super::account_name::alias_of;
use crate::caller::Caller;
use crate::dispatch::Context;
use crate::error::{ApiError, ErrorCode};
use crate::identifier::{AccountId, UserId};
use crate::logon_name::named_account;
use crate::model::{FavouriteRole, RecentRole, Role};
use crate::name::{AccountAlias, RoleName};
use crate::operation::{Access, Entry, Operation, Permission, Resources};
use crate::time::Timestamp;

/// How favourites are marked and listed.
pub const OPERATIONS: &[Entry] =
    &[Entry::of::<AddFavouriteRole>(), Entry::of::<RemoveFavouriteRole>(), Entry::of::<ListFavouriteRoles>()];

/// Marks a role as a favourite of the user who is logged on: one that it has switched to, or that is shown to its account.
///
/// What is marked already stays marked.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AddFavouriteRole {
    /// The alias, default domain or number of the role's account.
    pub account: String,
    /// Which role.
    pub role_name: RoleName,
}

impl Operation for AddFavouriteRole {
    const NAME: &'static str = "AddFavouriteRole";
    const ACCESS: Access = Access::Resource;
    const PERMISSION: Permission = Permission::OperationDecides;
    type Response = ();

    fn resources(&self, _caller: &Caller) -> Resources {
        Resources::new()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<(), ApiError> {
        let whose = own_user(cx)?;
        let name = known_role(cx, whose, &self.account, &self.role_name)?;
        let (account, name) = name.ok_or_else(|| {
            let message = "You have not switched to this role, and it is not shown to your account: switch to it first.";
            ApiError::new(ErrorCode::EntityNotExistRole, message)
        })?;
        if FavouriteRole::find(cx.tx(), whose, account, &name)?.is_some() {
            return Ok(());
        }
        if FavouriteRole::of_user(cx.tx(), whose)?.len() >= FavouriteRole::MOST {
            let message =
                format!("You have {} favourites, which is the most: remove one first.", FavouriteRole::MOST);
            return Err(ApiError::new(ErrorCode::LimitExceededFavouriteRole, message));
        }
        let favourite = FavouriteRole { account, name, marked_at: cx.now() };
        favourite.save(cx.tx_mut(), whose);
        Ok(())
    }
}

/// Takes the mark of a favourite from a role.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct RemoveFavouriteRole {
    /// The alias, default domain or number of the role's account.
    pub account: String,
    /// Which role.
    pub role_name: RoleName,
}

impl Operation for RemoveFavouriteRole {
    const NAME: &'static str = "RemoveFavouriteRole";
    const ACCESS: Access = Access::Resource;
    const PERMISSION: Permission = Permission::OperationDecides;
    type Response = ();

    fn resources(&self, _caller: &Caller) -> Resources {
        Resources::new()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<(), ApiError> {
        let whose = own_user(cx)?;
        let account = named_account(cx.tx(), &self.account, &cx.settings().domain_suffix)?;
        let marked = match account {
            Some(account) => FavouriteRole::find(cx.tx(), whose, account, &self.role_name)?,
            None => None,
        };
        let marked = marked.ok_or_else(|| {
            let message = "This role is none of your favourites: check its name and the account's.";
            ApiError::new(ErrorCode::EntityNotExistRole, message)
        })?;
        marked.delete(cx.tx_mut(), whose);
        Ok(())
    }
}

/// Lists the favourites of the user who is logged on, at most 100, in the order of account and name. Whether they are still
/// there, and may still be switched to, is not asked.
#[derive(Debug, Deserialize)]
pub struct ListFavouriteRoles {}

/// All favourites of a user.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct FavouriteRoles {
    favourite_roles: FavouriteRoleList,
}

#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "PascalCase")]
struct FavouriteRoleList {
    favourite_role: Vec<FavouriteRoleView>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct FavouriteRoleView {
    account_id: AccountId,
    #[serde(skip_serializing_if = "Option::is_none")]
    account_alias: Option<AccountAlias>,
    role_name: RoleName,
    /// When it was marked.
    create_date: Timestamp,
}

impl Operation for ListFavouriteRoles {
    const NAME: &'static str = "ListFavouriteRoles";
    const ACCESS: Access = Access::Read;
    const PERMISSION: Permission = Permission::OperationDecides;
    type Response = FavouriteRoles;

    fn resources(&self, _caller: &Caller) -> Resources {
        Resources::new()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<FavouriteRoles, ApiError> {
        let logon = cx.logon()?;
        // Owners switch to nothing, and mark nothing.
        let marked = match &logon.user {
            Some(user) => FavouriteRole::of_user(cx.tx(), (logon.account, user.id))?,
            None => Vec::new(),
        };
        let views = marked.into_iter().map(|marked| {
            Ok(FavouriteRoleView {
                account_id: marked.account,
                account_alias: alias_of(cx, marked.account)?,
                role_name: marked.name,
                create_date: marked.marked_at,
            })
        });
        let favourite_role = views.collect::<Result<_, ApiError>>()?;
        Ok(FavouriteRoles { favourite_roles: FavouriteRoleList { favourite_role } })
    }
}

/// The user who is logged on, with its account.
fn own_user(cx: &Context<'_>) -> Result<(AccountId, UserId), ApiError> {
    let logon = cx.logon()?;
    let user = logon.user.as_ref().ok_or_else(|| {
        let message = "An account's owner cannot switch to roles, and has no favourites: log on as a user.";
        ApiError::new(ErrorCode::NotSupportAccount, message)
    })?;
    Ok((logon.account, user.id))
}

/// The role that a user means, if it may know of it: it has switched to it, or the role is shown to its account. Which other
/// accounts and roles there are is told to nobody.
fn known_role(
    cx: &Context<'_>,
    whose: (AccountId, UserId),
    account: &str,
    name: &RoleName,
) -> Result<Option<(AccountId, RoleName)>, ApiError> {
    let Some(account) = named_account(cx.tx(), account, &cx.settings().domain_suffix)? else {
        return Ok(None);
    };
    let found = Role::shown_to(cx.tx(), whose.0, account, name)?.map(|role| role.name);
    let known = match found {
        Some(name) => Some(name),
        None => RecentRole::find(cx.tx(), whose, account, name)?.map(|recent| recent.name),
    };
    Ok(known.map(|name| (account, name)))
}
