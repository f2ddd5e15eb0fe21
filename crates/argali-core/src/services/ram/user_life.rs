//! How users come, change and go, whichever API asks for it: RAM and IMS show one record.

use crate::dispatch::Context;
use crate::error::{ApiError, ErrorCode};
use crate::identifier::{AccountId, UserId};
use crate::model::{
    AccessKey, Attachment, Entity, KeyOwner, LoginProfile, Membership, MfaDevice, Passkey, Principal, Quota,
    Renamable, ServiceCredential, Tags, User, VerificationInfo,
};
use crate::name::{Comments, DisplayName, Email, MobilePhone, UserName};
use crate::operation::{ResourceName, Tagged};

/// What a new user is made of.
#[derive(Debug)]
pub(in crate::services) struct NewUser {
    /// Its name, which must be free.
    pub(in crate::services) name: UserName,
    /// What people read.
    pub(in crate::services) display_name: Option<DisplayName>,
    /// A telephone number.
    pub(in crate::services) mobile_phone: Option<MobilePhone>,
    /// An e-mail address.
    pub(in crate::services) email: Option<Email>,
    /// A remark.
    pub(in crate::services) comments: Option<Comments>,
    /// Labels.
    pub(in crate::services) tags: Tags,
}

impl NewUser {
    /// Makes the user. It has no rights and no credentials yet.
    ///
    /// Fails with `EntityAlreadyExists.User` or `LimitExceeded.User`.
    pub(in crate::services) fn make(self, cx: &mut Context<'_>) -> Result<User, ApiError> {
        let account = cx.account();
        require_free(cx, &self.name)?;
        require_room(cx)?;
        let user = User {
            id: UserId::generate(cx.env()),
            name: self.name,
            display_name: self.display_name,
            mobile_phone: self.mobile_phone,
            email: self.email,
            comments: self.comments,
            created_at: cx.now(),
            updated_at: cx.now(),
            sessions_not_before: 0,
            tags: self.tags,
        };
        user.insert(cx.tx_mut(), account)?;
        Ok(user)
    }
}

/// A change of a user. What is left out stays as it is.
#[derive(Debug)]
pub(in crate::services) struct UserChange {
    /// Another name.
    pub(in crate::services) name: Option<UserName>,
    /// Another name for people to read.
    pub(in crate::services) display_name: Option<DisplayName>,
    /// Another telephone number.
    pub(in crate::services) mobile_phone: Option<MobilePhone>,
    /// Another e-mail address.
    pub(in crate::services) email: Option<Email>,
    /// Another remark.
    pub(in crate::services) comments: Option<Comments>,
}

impl UserChange {
    /// Changes the user, and returns it as it is afterwards.
    ///
    /// Fails with `EntityAlreadyExists.User` if the new name is another's.
    pub(in crate::services) fn make(self, cx: &mut Context<'_>, mut user: User) -> Result<User, ApiError> {
        let account = cx.account();
        user.display_name = self.display_name.or(user.display_name);
        user.mobile_phone = self.mobile_phone.or(user.mobile_phone);
        user.email = self.email.or(user.email);
        user.comments = self.comments.or(user.comments);
        user.updated_at = cx.now();
        match self.name {
            Some(name) if name != user.name => {
                if name.folded() != user.name.folded() {
                    require_free(cx, &name)?;
                }
                user.rename(cx.tx_mut(), account, name);
            }
            _ => user.save(cx.tx_mut(), account),
        }
        Ok(user)
    }
}

/// The user as something that permission is needed for.
pub(in crate::services) fn user_resource(account: AccountId, name: &UserName) -> ResourceName {
    ResourceName::ram(account, format!("user/{name}")).with_tags_of(Tagged::User(name.clone()))
}

/// The user of this name, or `EntityNotExist.User`.
pub(in crate::services) fn existing_user(cx: &Context<'_>, name: &UserName) -> Result<User, ApiError> {
    User::find(cx.tx(), cx.account(), name)?.ok_or_else(|| no_such_user(name))
}

/// What is said of a user that is not there.
pub(in crate::services) fn no_such_user(name: impl std::fmt::Display) -> ApiError {
    let message = format!("The user `{name}` does not exist: check how it is spelled.");
    ApiError::new(ErrorCode::EntityNotExistUser, message)
}

/// Fails with `DeleteConflict.User.…` while the user is in a group, or has policies attached, AccessKeys, a login
/// profile or an MFA device.
// SPEC: limits, deletion order.
pub(in crate::services) fn require_bare(cx: &Context<'_>, user: &User) -> Result<(), ApiError> {
    let account = cx.account();
    let conflict = |code, what: &str| {
        Err(ApiError::new(code, format!("The user `{}` still has {what}: remove them first.", user.name)))
    };
    if !Membership::of_user(cx.tx(), account, user.id, 1)?.is_empty() {
        return conflict(ErrorCode::DeleteConflictUserGroup, "groups");
    }
    if !Attachment::of_principal(cx.tx(), account, Principal::User(user.id))?.is_empty() {
        return conflict(ErrorCode::DeleteConflictUserPolicy, "policies attached");
    }
    if !AccessKey::of_owner(cx.tx(), account, KeyOwner::User(user.id))?.is_empty() {
        return conflict(ErrorCode::DeleteConflictUserAccessKey, "AccessKeys");
    }
    if LoginProfile::find(cx.tx(), account, KeyOwner::User(user.id))?.is_some() {
        return conflict(ErrorCode::DeleteConflictUserLoginProfile, "a login profile");
    }
    if MfaDevice::of_owner(cx.tx(), account, KeyOwner::User(user.id))?.is_some() {
        return conflict(ErrorCode::DeleteConflictUserMfaDevice, "an MFA device");
    }
    Ok(())
}

/// Removes what a user that goes has besides, which is in nobody's way: passkeys, service credentials, telephone and
/// mailbox.
pub(in crate::services) fn forget_the_rest(cx: &mut Context<'_>, user: &User) -> Result<(), ApiError> {
    let (account, owner) = (cx.account(), KeyOwner::User(user.id));
    for passkey in Passkey::of_owner(cx.tx(), account, owner)? {
        passkey.delete(cx.tx_mut(), account);
    }
    for credential in ServiceCredential::of_owner(cx.tx(), account, owner)? {
        credential.delete(cx.tx_mut(), account);
    }
    VerificationInfo::default().save(cx.tx_mut(), account, owner);
    Ok(())
}

/// Fails with `EntityAlreadyExists.User` if somebody has the name.
pub(in crate::services) fn require_free(cx: &Context<'_>, name: &UserName) -> Result<(), ApiError> {
    if User::find(cx.tx(), cx.account(), name)?.is_none() {
        return Ok(());
    }
    let message = format!("The user `{name}` already exists: choose another name; case makes no difference.");
    Err(ApiError::new(ErrorCode::EntityAlreadyExistsUser, message))
}

/// Fails with `LimitExceeded.User` if the account has as many users as it may have.
pub(in crate::services) fn require_room(cx: &Context<'_>) -> Result<(), ApiError> {
    let most = cx.limits().users;
    if Quota::Users.used(cx.tx(), cx.account())? < most {
        return Ok(());
    }
    let message = format!("The account has {most} users, which is its limit: delete one first.");
    Err(ApiError::new(ErrorCode::LimitExceededUser, message))
}
