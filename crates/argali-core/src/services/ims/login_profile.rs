//! Login profiles as IMS shows them: RAM's, with whether they may be used.

use serde::{Deserialize, Serialize};

use super::user_key::{Domain, logon_resource, user_by_logon_name};
use crate::caller::Caller;
use crate::dispatch::{Context, Errand};
use crate::error::ApiError;
use crate::logon_name::LogonName;
use crate::model::{ChosenBy, LoginProfile, PasswordPolicy, User};
use crate::name::KeyStatus;
use crate::operation::{Access, Entry, Operation, Resources, SelfService};
use crate::services::ram::login_profile::{Wish, existing_profile, lies_idle};
use crate::services::ram::own_password;
use crate::time::Timestamp;
use crate::vault::SecretText;

/// Everything that can be done to a login profile.
pub const OPERATIONS: &[Entry] = &[
    Entry::of::<CreateLoginProfile>(),
    Entry::of::<GetLoginProfile>(),
    Entry::of::<UpdateLoginProfile>(),
    Entry::of::<DeleteLoginProfile>(),
    Entry::of::<ChangePassword>(),
];

/// An answer that holds one login profile.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct OneLoginProfile {
    login_profile: LoginProfileView,
}

/// A login profile as IMS shows it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct LoginProfileView {
    user_principal_name: LogonName,
    #[serde(rename = "MFABindRequired")]
    mfa_bind_required: bool,
    password_reset_required: bool,
    password_status: PasswordStatus,
    status: KeyStatus,
    update_date: Timestamp,
}

/// Whether the password is still the one that was set for the user.
#[derive(Debug, Serialize)]
enum PasswordStatus {
    NotInitial,
    InitialValid,
    InitialExpired,
}

impl OneLoginProfile {
    fn new(cx: &Context<'_>, user: &User, profile: &LoginProfile) -> Result<Self, ApiError> {
        let is_idle = lies_idle(cx.tx(), cx.account(), user, profile, cx.now())?;
        let login_profile = LoginProfileView {
            user_principal_name: Domain::of(cx)?.logon_name(&user.name),
            mfa_bind_required: profile.mfa_bind_required,
            password_reset_required: profile.password_reset_required,
            password_status: password_status(cx, profile)?,
            status: if is_idle { KeyStatus::Inactive } else { profile.status },
            update_date: profile.updated_at,
        };
        Ok(Self { login_profile })
    }
}

fn password_status(cx: &Context<'_>, profile: &LoginProfile) -> Result<PasswordStatus, ApiError> {
    if profile.chosen_by == ChosenBy::Holder {
        return Ok(PasswordStatus::NotInitial);
    }
    let expired =
        PasswordPolicy::of(cx.tx(), cx.account())?.initial_expired(profile.password_set_at, cx.now());
    Ok(if expired { PasswordStatus::InitialExpired } else { PasswordStatus::InitialValid })
}

/// Lets a user log on to the console.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreateLoginProfile {
    /// Which user.
    pub user_principal_name: LogonName,
    /// The password; one that nobody knows if it is left out.
    pub password: Option<SecretText>,
    /// Whether it must be changed at the first logon.
    pub password_reset_required: Option<bool>,
    /// Whether a second factor must be shown.
    #[serde(rename = "MFABindRequired")]
    pub mfa_bind_required: Option<bool>,
    /// Whether logging on is possible.
    pub status: Option<KeyStatus>,
}

impl CreateLoginProfile {
    fn wish(&self) -> Wish<'_> {
        Wish {
            password: self.password.as_ref(),
            password_reset_required: self.password_reset_required,
            mfa_bind_required: self.mfa_bind_required,
            status: self.status,
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
        logon_resource(caller, &self.user_principal_name).into()
    }

    fn errand(&self, cx: &Context<'_>) -> Result<Errand, ApiError> {
        self.wish().errand_to_create(cx, &user_by_logon_name(cx, &self.user_principal_name)?)
    }

    fn run(self, cx: &mut Context<'_>) -> Result<OneLoginProfile, ApiError> {
        let user = user_by_logon_name(cx, &self.user_principal_name)?;
        let profile = self.wish().create(cx, &user)?;
        OneLoginProfile::new(cx, &user, &profile)
    }
}

/// Shows how a user logs on.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetLoginProfile {
    /// Which user.
    pub user_principal_name: LogonName,
}

impl Operation for GetLoginProfile {
    const NAME: &'static str = "GetLoginProfile";
    const ACCESS: Access = Access::Read;
    type Response = OneLoginProfile;

    fn resources(&self, caller: &Caller) -> Resources {
        logon_resource(caller, &self.user_principal_name).into()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<OneLoginProfile, ApiError> {
        let user = user_by_logon_name(cx, &self.user_principal_name)?;
        let profile = existing_profile(cx, &user)?;
        OneLoginProfile::new(cx, &user, &profile)
    }
}

/// Changes how a user logs on. What is left out stays as it is.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UpdateLoginProfile {
    /// Which user.
    pub user_principal_name: LogonName,
    /// Another password.
    pub password: Option<SecretText>,
    /// Whether the password must be changed at the next logon.
    pub password_reset_required: Option<bool>,
    /// Whether a second factor must be shown.
    #[serde(rename = "MFABindRequired")]
    pub mfa_bind_required: Option<bool>,
    /// Whether logging on is possible.
    pub status: Option<KeyStatus>,
}

impl UpdateLoginProfile {
    fn wish(&self) -> Wish<'_> {
        Wish {
            password: self.password.as_ref(),
            password_reset_required: self.password_reset_required,
            mfa_bind_required: self.mfa_bind_required,
            status: self.status,
        }
    }
}

impl Operation for UpdateLoginProfile {
    const NAME: &'static str = "UpdateLoginProfile";
    const ACCESS: Access = Access::Identity;
    const HAS_ERRAND: bool = true;
    const IS_SENSITIVE: bool = true;
    type Response = OneLoginProfile;

    fn resources(&self, caller: &Caller) -> Resources {
        logon_resource(caller, &self.user_principal_name).into()
    }

    fn errand(&self, cx: &Context<'_>) -> Result<Errand, ApiError> {
        self.wish().errand_to_update(cx, &user_by_logon_name(cx, &self.user_principal_name)?)
    }

    fn run(self, cx: &mut Context<'_>) -> Result<OneLoginProfile, ApiError> {
        let user = user_by_logon_name(cx, &self.user_principal_name)?;
        let profile = self.wish().update(cx, &user)?;
        OneLoginProfile::new(cx, &user, &profile)
    }
}

/// Keeps a user from logging on, for good. Its AccessKeys go on working.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeleteLoginProfile {
    /// Which user.
    pub user_principal_name: LogonName,
}

impl Operation for DeleteLoginProfile {
    const NAME: &'static str = "DeleteLoginProfile";
    const ACCESS: Access = Access::Identity;
    type Response = ();

    fn resources(&self, caller: &Caller) -> Resources {
        logon_resource(caller, &self.user_principal_name).into()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<(), ApiError> {
        let (user, account) = (user_by_logon_name(cx, &self.user_principal_name)?, cx.account());
        existing_profile(cx, &user)?.delete(cx.tx_mut(), account);
        Ok(())
    }
}

/// Changes the caller's own password.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
pub struct ChangePassword(own_password::ChangePassword);

impl Operation for ChangePassword {
    const NAME: &'static str = own_password::ChangePassword::NAME;
    const ACCESS: Access = own_password::ChangePassword::ACCESS;
    const HAS_ERRAND: bool = own_password::ChangePassword::HAS_ERRAND;
    type Response = ();

    fn resources(&self, caller: &Caller) -> Resources {
        self.0.resources(caller)
    }

    fn on_oneself(&self, caller: &Caller) -> Option<SelfService> {
        self.0.on_oneself(caller)
    }

    fn errand(&self, cx: &Context<'_>) -> Result<Errand, ApiError> {
        self.0.errand(cx)
    }

    fn run(self, cx: &mut Context<'_>) -> Result<(), ApiError> {
        self.0.run(cx)
    }
}
