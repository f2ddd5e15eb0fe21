//! How IMS names users: by logon name, by id, or by one of their AccessKeys.
//!
//! A logon name says what permission is needed for: the name before the `@`, in the caller's account. An id does not,
//! so what is called with one asks for permission once the id has been looked up, in [`UserKey::existing`], and says
//! the same of an id that leads nowhere. The tests have a list of the operations that do so.
// SPEC: forms of identifiers and dates, RAM against IMS, user key; security, requests, R10.

use crate::caller::Caller;
use crate::dispatch::Context;
use crate::error::{ApiError, ErrorCode};
use crate::identifier::UserId;
use crate::logon_name::LogonName;
use crate::model::{AccessKey, Account, Entity, KeyOwner, User};
use crate::name::UserName;
use crate::operation::{ResourceName, Resources};
use crate::services::ram::user_life::{existing_user, no_such_user, user_resource};

/// The user that an operation is about, as its parameters name it.
#[derive(Clone, Copy, Debug)]
pub(in crate::services) enum UserKey<'a> {
    /// `UserPrincipalName`
    Name(&'a LogonName),
    /// `UserId`
    Id(UserId),
    /// `UserAccessKeyId`
    AccessKey(&'a str),
}

impl<'a> UserKey<'a> {
    /// The one that is given. Fails with `MissingUserPrincipalName` if none is, and if several are.
    pub(in crate::services) fn one_of(
        name: Option<&'a LogonName>,
        id: Option<UserId>,
        access_key: Option<&'a str>,
    ) -> Result<Self, ApiError> {
        let given = [name.map(Self::Name), id.map(Self::Id), access_key.map(Self::AccessKey)];
        let mut given = given.into_iter().flatten();
        match (given.next(), given.next()) {
            (Some(key), None) => Ok(key),
            (None, _) => {
                let message =
                    "UserPrincipalName is mandatory for this action, unless the user is named otherwise.";
                Err(ApiError::new(ErrorCode::Missing("UserPrincipalName".to_owned()), message))
            }
            (Some(_), Some(_)) => {
                let message = "The user is named in two ways: send one of them alone.";
                Err(ApiError::invalid("UserPrincipalName", message))
            }
        }
    }

    /// What permission is needed for, as far as the parameters tell: nothing where the name must be looked up.
    pub(in crate::services) fn resources(self, caller: &Caller) -> Resources {
        match self {
            Self::Name(name) => logon_resource(caller, name).into(),
            Self::Id(_) | Self::AccessKey(_) => Resources::new(),
        }
    }

    /// The user, or `EntityNotExist.User`; asks for permission where [`UserKey::resources`] could not.
    pub(in crate::services) fn existing(self, cx: &mut Context<'_>) -> Result<User, ApiError> {
        let account = cx.account();
        let found = match self {
            Self::Name(name) => return user_by_logon_name(cx, name),
            Self::Id(id) => User::find_by_id(cx.tx(), account, id.number())?,
            Self::AccessKey(id) => match AccessKey::find(cx.tx(), id)? {
                Some(AccessKey { account: its, owner: KeyOwner::User(id), .. }) if its == account => {
                    User::find_by_id(cx.tx(), account, id.number())?
                }
                _ => None,
            },
        };
        let resource = found.as_ref().map(|user| user_resource(account, &user.name));
        cx.authorize_on_found(resource, ResourceName::ram(account, "user/*"))?;
        found.ok_or_else(|| match self {
            Self::Id(id) => no_such_user(id),
            Self::Name(_) | Self::AccessKey(_) => {
                let message = "No user has this AccessKey: check UserAccessKeyId.";
                ApiError::new(ErrorCode::EntityNotExistUser, message)
            }
        })
    }
}

/// The user of a logon name as something that permission is needed for.
pub(in crate::services) fn logon_resource(caller: &Caller, name: &LogonName) -> ResourceName {
    user_resource(caller.account(), &name.user)
}

/// The user of a logon name, or `EntityNotExist.User`: those of other accounts are as good as absent.
pub(in crate::services) fn user_by_logon_name(cx: &Context<'_>, name: &LogonName) -> Result<User, ApiError> {
    existing_user(cx, local_name(cx, name)?)
}

/// The name before the `@` if what follows is the caller's account; otherwise `EntityNotExist.User`.
pub(in crate::services) fn local_name<'a>(
    cx: &Context<'_>,
    name: &'a LogonName,
) -> Result<&'a UserName, ApiError> {
    if is_local(cx, name)? { Ok(&name.user) } else { Err(no_such_user(name)) }
}

/// The name before the `@` for a user to be, whose domain must be that of the caller's account.
pub(in crate::services) fn new_local_name(cx: &Context<'_>, name: LogonName) -> Result<UserName, ApiError> {
    if is_local(cx, &name)? {
        return Ok(name.user);
    }
    let domain = Domain::of(cx)?;
    let message = format!("Users of this account are called `{}`.", domain.logon_name(&name.user));
    Err(ApiError::invalid("UserPrincipalName", message))
}

fn is_local(cx: &Context<'_>, name: &LogonName) -> Result<bool, ApiError> {
    Ok(name.account(cx.tx(), &cx.settings().domain_suffix)? == Some(cx.account()))
}

/// What the logon names of the caller's account end with.
#[derive(Debug)]
pub(in crate::services) struct Domain<'a> {
    account: Account,
    suffix: &'a str,
}

impl<'a> Domain<'a> {
    /// Reads it, once for an answer however many names that holds.
    pub(in crate::services) fn of(cx: &Context<'a>) -> Result<Self, ApiError> {
        Ok(Self { account: cx.account_record()?, suffix: &cx.settings().domain_suffix })
    }

    /// The whole name of a user.
    pub(in crate::services) fn logon_name(&self, user: &UserName) -> LogonName {
        LogonName::of(user, &self.account, self.suffix)
    }
}
