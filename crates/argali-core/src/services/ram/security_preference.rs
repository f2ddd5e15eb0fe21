//! The security preference of an account, as far as RAM shows it; IMS shows the rest.

use serde::{Deserialize, Serialize};

use super::password_policy::{set, settings_resource};
use crate::caller::Caller;
use crate::dispatch::Context;
use crate::error::{ApiError, ErrorCode};
use crate::model::{NetworkMasks, SecurityPreference};
use crate::operation::{Access, Entry, Operation, Resources};

/// Everything that can be done to a security preference.
pub const OPERATIONS: &[Entry] =
    &[Entry::of::<GetSecurityPreference>(), Entry::of::<SetSecurityPreference>()];

/// An answer that holds the account's security preference.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct OneSecurityPreference {
    security_preference: SecurityPreferenceView,
}

/// A security preference as RAM shows it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct SecurityPreferenceView {
    login_profile_preference: LoginProfilePreference,
    access_key_preference: AccessKeyPreference,
    #[serde(rename = "MFAPreference")]
    mfa_preference: MfaPreference,
    public_key_preference: PublicKeyPreference,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct LoginProfilePreference {
    allow_user_to_change_password: bool,
    #[serde(rename = "EnableSaveMFATicket")]
    enable_save_mfa_ticket: bool,
    login_session_duration: u8,
    login_network_masks: NetworkMasks,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct AccessKeyPreference {
    allow_user_to_manage_access_keys: bool,
}

#[derive(Debug, Serialize)]
struct MfaPreference {
    #[serde(rename = "AllowUserToManageMFADevices")]
    allow_user_to_manage_mfa_devices: bool,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct PublicKeyPreference {
    allow_user_to_manage_public_keys: bool,
}

impl From<SecurityPreference> for OneSecurityPreference {
    fn from(preference: SecurityPreference) -> Self {
        let security_preference = SecurityPreferenceView {
            login_profile_preference: LoginProfilePreference {
                allow_user_to_change_password: preference.own_password,
                enable_save_mfa_ticket: preference.remember_mfa,
                login_session_duration: preference.session_hours,
                login_network_masks: preference.networks,
            },
            access_key_preference: AccessKeyPreference {
                allow_user_to_manage_access_keys: preference.own_access_keys,
            },
            mfa_preference: MfaPreference { allow_user_to_manage_mfa_devices: preference.own_mfa_devices },
            public_key_preference: PublicKeyPreference {
                allow_user_to_manage_public_keys: preference.own_public_keys,
            },
        };
        Self { security_preference }
    }
}

/// Shows what the account asks of logons, and what users may do to themselves.
#[derive(Debug, Deserialize)]
pub struct GetSecurityPreference {}

impl Operation for GetSecurityPreference {
    const NAME: &'static str = "GetSecurityPreference";
    const ACCESS: Access = Access::Read;
    type Response = OneSecurityPreference;

    fn resources(&self, caller: &Caller) -> Resources {
        settings_resource(caller.account()).into()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<OneSecurityPreference, ApiError> {
        Ok(SecurityPreference::of(cx.tx(), cx.account())?.into())
    }
}

/// Changes what the account asks of logons, and what users may do to themselves. What is left out stays as it is.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SetSecurityPreference {
    /// Whether a second factor that was shown may be remembered for seven days.
    #[serde(rename = "EnableSaveMFATicket")]
    pub enable_save_mfa_ticket: Option<bool>,
    /// Whether users may change their passwords.
    pub allow_user_to_change_password: Option<bool>,
    /// Whether users may manage their AccessKeys.
    pub allow_user_to_manage_access_keys: Option<bool>,
    /// Whether users may manage their MFA devices.
    #[serde(rename = "AllowUserToManageMFADevices")]
    pub allow_user_to_manage_mfa_devices: Option<bool>,
    /// Whether users may manage their public keys.
    pub allow_user_to_manage_public_keys: Option<bool>,
    /// How long a logon lasts, in hours.
    pub login_session_duration: Option<i64>,
    /// Where users may log on from; empty for anywhere.
    pub login_network_masks: Option<NetworkMasks>,
}

impl Operation for SetSecurityPreference {
    const NAME: &'static str = "SetSecurityPreference";
    const ACCESS: Access = Access::Identity;
    const IS_SENSITIVE: bool = true;
    type Response = OneSecurityPreference;

    fn resources(&self, caller: &Caller) -> Resources {
        settings_resource(caller.account()).into()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<OneSecurityPreference, ApiError> {
        let account = cx.account();
        let mut preference = SecurityPreference::of(cx.tx(), account)?;
        let keep = |given: Option<bool>, to: &mut bool| *to = given.unwrap_or(*to);
        keep(self.enable_save_mfa_ticket, &mut preference.remember_mfa);
        keep(self.allow_user_to_change_password, &mut preference.own_password);
        keep(self.allow_user_to_manage_access_keys, &mut preference.own_access_keys);
        keep(self.allow_user_to_manage_mfa_devices, &mut preference.own_mfa_devices);
        keep(self.allow_user_to_manage_public_keys, &mut preference.own_public_keys);
        preference.networks = self.login_network_masks.unwrap_or(preference.networks);
        set_session_hours(&mut preference, self.login_session_duration)?;
        preference.save(cx.tx_mut(), account);
        Ok(preference.into())
    }
}

/// Takes the length of a logon, in hours, if one was given.
pub(in crate::services) fn set_session_hours(
    preference: &mut SecurityPreference,
    given: Option<i64>,
) -> Result<(), ApiError> {
    // SPEC: the errors of SetSecurityPreference: the code names the parameter alone.
    set(&mut preference.session_hours, "LoginSessionDuration", given, 1..=24).map_err(|error| {
        let message = error.message().to_owned();
        ApiError::new(ErrorCode::InvalidParameter("LoginSessionDuration".to_owned()), message)
    })
}
