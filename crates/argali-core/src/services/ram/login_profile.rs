//! Login profiles: with which password a user logs on to the console, and what else is asked of it there.

use argali_store::Transaction;
use serde::{Deserialize, Serialize};

use super::user_life::{existing_user, user_resource};
use crate::caller::Caller;
use crate::dispatch::{Context, Errand};
use crate::error::{ApiError, ErrorCode};
use crate::identifier::AccountId;
use crate::model::{ChosenBy, KeyOwner, LoginProfile, LogonTrace, PasswordPolicy, SecurityPreference, User};
use crate::name::{KeyStatus, UserName};
use crate::operation::{Access, Entry, Operation, Resources};
use crate::time::Timestamp;
use crate::vault::SecretText;

/// Everything that can be done to a login profile.
pub const OPERATIONS: &[Entry] = &[
    Entry::of::<CreateLoginProfile>(),
    Entry::of::<GetLoginProfile>(),
    Entry::of::<UpdateLoginProfile>(),
    Entry::of::<DeleteLoginProfile>(),
];

/// A login profile as RAM shows it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct LoginProfileView {
    user_name: UserName,
    #[serde(rename = "MFABindRequired")]
    mfa_bind_required: bool,
    password_reset_required: bool,
    create_date: Timestamp,
}

/// An answer that holds one login profile.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct OneLoginProfile {
    login_profile: LoginProfileView,
}

impl OneLoginProfile {
    fn new(user: User, profile: &LoginProfile) -> Self {
        let login_profile = LoginProfileView {
            user_name: user.name,
            mfa_bind_required: profile.mfa_bind_required,
            password_reset_required: profile.password_reset_required,
            create_date: profile.created_at,
        };
        Self { login_profile }
    }
}

/// What a login profile is to be like. What is left out stays as it is, or is as by default.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::services) struct Wish<'a> {
    /// The password.
    pub(in crate::services) password: Option<&'a SecretText>,
    /// Whether it must be changed at the next logon.
    pub(in crate::services) password_reset_required: Option<bool>,
    /// Whether a second factor must be shown.
    pub(in crate::services) mfa_bind_required: Option<bool>,
    /// Whether logging on is possible.
    pub(in crate::services) status: Option<KeyStatus>,
}

impl Wish<'_> {
    /// The errand of making a profile: hashes the password, if it may be set.
    pub(in crate::services) fn errand_to_create(
        &self,
        cx: &Context<'_>,
        user: &User,
    ) -> Result<Errand, ApiError> {
        require_none(cx, user)?;
        match self.password {
            Some(password) => new_password(cx, user, password),
            // Nobody knows it: logging on is possible once another is set.
            None => {
                let password = SecretText::new(cx.env().random_text(crate::env::ALPHANUMERIC, 32));
                Ok(Errand::NewPassword { password, not_one_of: Vec::new() })
            }
        }
    }

    /// Makes the profile of a user.
    pub(in crate::services) fn create(
        &self,
        cx: &mut Context<'_>,
        user: &User,
    ) -> Result<LoginProfile, ApiError> {
        require_none(cx, user)?;
        let profile = LoginProfile::new(KeyOwner::User(user.id), cx.brought_hash()?, cx.now());
        self.apply(cx, user, profile)
    }

    /// The errand of changing a profile: hashes the new password, if there is one and it may be set.
    pub(in crate::services) fn errand_to_update(
        &self,
        cx: &Context<'_>,
        user: &User,
    ) -> Result<Errand, ApiError> {
        existing_profile(cx, user)?;
        self.password.map_or(Ok(Errand::Nothing), |password| new_password(cx, user, password))
    }

    /// Changes the profile of a user.
    pub(in crate::services) fn update(
        &self,
        cx: &mut Context<'_>,
        user: &User,
    ) -> Result<LoginProfile, ApiError> {
        let mut profile = existing_profile(cx, user)?;
        if self.password.is_some() {
            profile.set_password(cx.brought_hash()?, ChosenBy::Administrator, cx.now());
        }
        profile.updated_at = cx.now();
        self.apply(cx, user, profile)
    }

    fn apply(
        &self,
        cx: &mut Context<'_>,
        user: &User,
        mut profile: LoginProfile,
    ) -> Result<LoginProfile, ApiError> {
        if let Some(password) = self.password {
            // The policy may have become stricter while the password was hashed.
            require_accepted(cx, user, password, "Password")?;
        }
        profile.password_reset_required =
            self.password_reset_required.unwrap_or(profile.password_reset_required);
        profile.mfa_bind_required = self.mfa_bind_required.unwrap_or(profile.mfa_bind_required);
        profile.status = self.status.unwrap_or(profile.status);
        let account = cx.account();
        profile.save(cx.tx_mut(), account);
        Ok(profile)
    }
}

/// Lets a user log on to the console.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreateLoginProfile {
    /// Which user.
    pub user_name: UserName,
    /// The password.
    pub password: SecretText,
    /// Whether it must be changed at the first logon.
    pub password_reset_required: Option<bool>,
    /// Whether a second factor must be shown.
    #[serde(rename = "MFABindRequired")]
    pub mfa_bind_required: Option<bool>,
}

impl CreateLoginProfile {
    fn wish(&self) -> Wish<'_> {
        Wish {
            password: Some(&self.password),
            password_reset_required: self.password_reset_required,
            mfa_bind_required: self.mfa_bind_required,
            status: None,
        }
    }
}

impl Operation for CreateLoginProfile {
    const NAME: &'static str = "CreateLoginProfile";
    const ACCESS: Access = Access::Identity;
    const HAS_ERRAND: bool = true;
    const IS_SENSITIVE: bool = true;
    type Response = OneLoginProfile;

    fn resources(&self, caller: &Caller) -> Resources {
        user_resource(caller.account(), &self.user_name).into()
    }

    fn errand(&self, cx: &Context<'_>) -> Result<Errand, ApiError> {
        self.wish().errand_to_create(cx, &existing_user(cx, &self.user_name)?)
    }

    fn run(self, cx: &mut Context<'_>) -> Result<OneLoginProfile, ApiError> {
        let user = existing_user(cx, &self.user_name)?;
        let profile = self.wish().create(cx, &user)?;
        Ok(OneLoginProfile::new(user, &profile))
    }
}

/// Shows how a user logs on.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetLoginProfile {
    /// Which user.
    pub user_name: UserName,
}

impl Operation for GetLoginProfile {
    const NAME: &'static str = "GetLoginProfile";
    const ACCESS: Access = Access::Read;
    type Response = OneLoginProfile;

    fn resources(&self, caller: &Caller) -> Resources {
        user_resource(caller.account(), &self.user_name).into()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<OneLoginProfile, ApiError> {
        let user = existing_user(cx, &self.user_name)?;
        let profile = existing_profile(cx, &user)?;
        Ok(OneLoginProfile::new(user, &profile))
    }
}

/// Changes how a user logs on. What is left out stays as it is.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UpdateLoginProfile {
    /// Which user.
    pub user_name: UserName,
    /// Another password.
    pub password: Option<SecretText>,
    /// Whether the password must be changed at the next logon.
    pub password_reset_required: Option<bool>,
    /// Whether a second factor must be shown.
    #[serde(rename = "MFABindRequired")]
    pub mfa_bind_required: Option<bool>,
}

impl UpdateLoginProfile {
    fn wish(&self) -> Wish<'_> {
        Wish {
            password: self.password.as_ref(),
            password_reset_required: self.password_reset_required,
            mfa_bind_required: self.mfa_bind_required,
            status: None,
        }
    }
}

impl Operation for UpdateLoginProfile {
    const NAME: &'static str = "UpdateLoginProfile";
    const ACCESS: Access = Access::Identity;
    const HAS_ERRAND: bool = true;
    const IS_SENSITIVE: bool = true;
    type Response = ();

    fn resources(&self, caller: &Caller) -> Resources {
        user_resource(caller.account(), &self.user_name).into()
    }

    fn errand(&self, cx: &Context<'_>) -> Result<Errand, ApiError> {
        self.wish().errand_to_update(cx, &existing_user(cx, &self.user_name)?)
    }

    fn run(self, cx: &mut Context<'_>) -> Result<(), ApiError> {
        let user = existing_user(cx, &self.user_name)?;
        self.wish().update(cx, &user).map(drop)
    }
}

/// Keeps a user from logging on, for good. Its AccessKeys go on working.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeleteLoginProfile {
    /// Which user.
    pub user_name: UserName,
}

impl Operation for DeleteLoginProfile {
    const NAME: &'static str = "DeleteLoginProfile";
    const ACCESS: Access = Access::Identity;
    type Response = ();

    fn resources(&self, caller: &Caller) -> Resources {
        user_resource(caller.account(), &self.user_name).into()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<(), ApiError> {
        let (user, account) = (existing_user(cx, &self.user_name)?, cx.account());
        existing_profile(cx, &user)?.delete(cx.tx_mut(), account);
        Ok(())
    }
}

/// The login profile of a user, or `EntityNotExist.User.LoginProfile`.
pub(in crate::services) fn existing_profile(cx: &Context<'_>, user: &User) -> Result<LoginProfile, ApiError> {
    LoginProfile::find(cx.tx(), cx.account(), KeyOwner::User(user.id))?.ok_or_else(|| {
        let message = format!("The user `{}` has no login profile: create one first.", user.name);
        ApiError::new(ErrorCode::EntityNotExistUserLoginProfile, message)
    })
}

/// Refuses a new password that the account's policy does not accept, as `InvalidParameter.<parameter>.TooWeak`.
pub(in crate::services) fn require_accepted(
    cx: &Context<'_>,
    user: &User,
    password: &SecretText,
    parameter: &str,
) -> Result<(), ApiError> {
    let policy = PasswordPolicy::of(cx.tx(), cx.account())?;
    match policy.objection(password.expose(), user.name.as_str()) {
        None => Ok(()),
        Some(why) => {
            let message = format!("The password is not accepted: {why}.");
            Err(ApiError::invalid(&format!("{parameter}.TooWeak"), message))
        }
    }
}

/// Whether nobody has logged on for too long, since the profile or its password was last set.
pub(in crate::services) fn lies_idle(
    tx: &dyn Transaction,
    account: AccountId,
    user: &User,
    profile: &LoginProfile,
    now: Timestamp,
) -> Result<bool, ApiError> {
    let limit = SecurityPreference::of(tx, account)?.idle_limit_of_users();
    let last_at = LogonTrace::of(tx, account, profile.owner)?.last_at.unwrap_or_default();
    let last = last_at.max(profile.updated_at).max(user.created_at);
    Ok(limit.is_passed(last, now))
}

fn new_password(cx: &Context<'_>, user: &User, password: &SecretText) -> Result<Errand, ApiError> {
    require_accepted(cx, user, password, "Password")?;
    Ok(Errand::NewPassword { password: password.clone(), not_one_of: Vec::new() })
}

fn require_none(cx: &Context<'_>, user: &User) -> Result<(), ApiError> {
    if LoginProfile::find(cx.tx(), cx.account(), KeyOwner::User(user.id))?.is_none() {
        return Ok(());
    }
    let message = format!("The user `{}` has a login profile already: update that one.", user.name);
    Err(ApiError::new(ErrorCode::EntityAlreadyExistsUserLoginProfile, message))
}
