//! The password that a user changes for itself.

use serde::Deserialize;

use super::login_profile::{existing_profile, require_accepted};
use super::user_life::user_resource;
use crate::caller::{Caller, Identity};
use crate::dispatch::{Brought, Context, Errand};
use crate::error::{ApiError, ErrorCode};
use crate::guess::{Guess, Guessed, KnownBy};
use crate::model::{ChosenBy, Entity, LoginProfile, PasswordPolicy, User};
use crate::operation::{Access, Entry, Operation, ResourceName, Resources, SelfService};
use crate::vault::SecretText;

/// Everything that users do to their passwords.
pub const OPERATIONS: &[Entry] = &[Entry::of::<ChangePassword>()];

/// Changes the caller's own password.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ChangePassword {
    /// The password until now.
    pub old_password: SecretText,
    /// The password from now on.
    pub new_password: SecretText,
}

impl Operation for ChangePassword {
    const NAME: &'static str = "ChangePassword";
    const ACCESS: Access = Access::Identity;
    const HAS_ERRAND: bool = true;
    type Response = ();

    fn resources(&self, caller: &Caller) -> Resources {
        match caller.identity() {
            Identity::User { name, .. } => user_resource(caller.account(), name).into(),
            Identity::Account | Identity::Session(_) => ResourceName::ram(caller.account(), "user/*").into(),
        }
    }

    fn on_oneself(&self, _caller: &Caller) -> Option<SelfService> {
        Some(SelfService::Password)
    }

    fn errand(&self, cx: &Context<'_>) -> Result<Errand, ApiError> {
        let (user, profile) = own_profile(cx)?;
        require_accepted(cx, &user, &self.new_password, "NewPassword")?;
        let remembered = PasswordPolicy::of(cx.tx(), cx.account())?.reuse_prevention;
        Ok(Errand::ReplacePassword {
            old: self.old_password.clone(),
            hash: profile.password().clone(),
            guess: Guess::about(Guessed::Password, (cx.account(), Some(&user.name)), cx.origin().source_ip)
                // Whoever has a key or a logon of the user's is no stranger.
                .known_by(Some(KnownBy::Credential(cx.caller().access_key_id().to_string()))),
            new: self.new_password.clone(),
            not_one_of: profile.latest_passwords(remembered.into()),
        })
    }

    fn run(self, cx: &mut Context<'_>) -> Result<(), ApiError> {
        let (user, mut profile) = own_profile(cx)?;
        require_accepted(cx, &user, &self.new_password, "NewPassword")?;
        let (now, account) = (cx.now(), cx.account());
        profile.set_password(replaced_password(cx)?, ChosenBy::Holder, now);
        profile.password_reset_required = false;
        profile.updated_at = now;
        profile.save(cx.tx_mut(), account);
        Ok(())
    }
}

/// The hash of the new password, if the old one was right and the new one is not among the latest.
fn replaced_password(cx: &Context<'_>) -> Result<crate::password::PasswordHash, ApiError> {
    match cx.brought() {
        Some(Brought::Matches(false)) => {
            let message = "OldPassword is not the password of this user: type it again.";
            Err(ApiError::invalid("OldPassword.Incorrect", message))
        }
        Some(Brought::UsedBefore) => Err(used_before("NewPassword")),
        _ => cx.brought_hash(),
    }
}

/// Refuses a password that is one of the latest, as `InvalidParameter.<parameter>.ReusePrevention`.
pub(in crate::services) fn used_before(parameter: &str) -> ApiError {
    let message = "The new password is one of the latest ones: choose another.";
    ApiError::invalid(&format!("{parameter}.ReusePrevention"), message)
}

/// The calling user, and how it logs on.
fn own_profile(cx: &Context<'_>) -> Result<(User, LoginProfile), ApiError> {
    let Identity::User { id, .. } = cx.caller().identity() else {
        let message = "Only a RAM user changes its password here: the operator sets that of an account, and a role has none.";
        return Err(ApiError::new(ErrorCode::NotSupportAccount, message));
    };
    let user = User::find_by_id(cx.tx(), cx.account(), id.number())?;
    let user = user.ok_or_else(|| ApiError::internal("the calling user has no record"))?;
    let profile = existing_profile(cx, &user)?;
    Ok((user, profile))
}
