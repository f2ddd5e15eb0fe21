//! The security preference of an account, in full.

use argali_protocol::{Invalid, Reason};
use serde::{Deserialize, Deserializer, Serialize};

use crate::caller::Caller;
use crate::dispatch::Context;
use crate::error::ApiError;
use crate::model::{MfaForLogon, NetworkMasks, SecurityPreference};
use crate::operation::{Access, Entry, Operation, Resources};
use crate::services::ram::password_policy::settings_resource;
use crate::services::ram::security_preference::set_session_hours;

/// Everything that can be done to a security preference.
pub const OPERATIONS: &[Entry] =
    &[Entry::of::<GetSecurityPreference>(), Entry::of::<SetSecurityPreference>()];

/// An answer that holds the account's security preference.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct OneSecurityPreference {
    security_preference: SecurityPreferenceView,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct SecurityPreferenceView {
    access_key_preference: AccessKeyPreference,
    login_profile_preference: LoginProfilePreference,
    #[serde(rename = "MFAPreference")]
    mfa_preference: MfaPreference,
    max_idle_days: MaxIdleDays,
    personal_info_preference: PersonalInfoPreference,
    verification_preference: VerificationPreference,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct AccessKeyPreference {
    allow_user_to_manage_access_keys: bool,
    allow_user_to_manage_service_credentials: bool,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct LoginProfilePreference {
    allow_user_to_change_password: bool,
    allow_user_to_login_with_passkey: bool,
    #[serde(rename = "EnableSaveMFATicket")]
    enable_save_mfa_ticket: bool,
    login_network_masks: NetworkMasks,
    login_session_duration: u8,
    #[serde(rename = "MFAOperationForLogin")]
    mfa_operation_for_login: MfaForLogon,
    #[serde(skip_serializing_if = "Option::is_none")]
    operation_for_risk_login: Option<String>,
}

#[derive(Debug, Serialize)]
struct MfaPreference {
    #[serde(rename = "AllowUserToManageMFADevices")]
    allow_user_to_manage_mfa_devices: bool,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct MaxIdleDays {
    max_idle_days_for_access_keys: u16,
    max_idle_days_for_users: u16,
}

#[derive(Debug, Serialize)]
struct PersonalInfoPreference {
    #[serde(rename = "AllowUserToManagePersonalDingTalk")]
    allow_user_to_manage_personal_ding_talk: bool,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct VerificationPreference {
    verification_types: Vec<String>,
}

impl From<SecurityPreference> for OneSecurityPreference {
    fn from(preference: SecurityPreference) -> Self {
        let security_preference = SecurityPreferenceView {
            access_key_preference: AccessKeyPreference {
                allow_user_to_manage_access_keys: preference.own_access_keys,
                allow_user_to_manage_service_credentials: preference.own_service_credentials,
            },
            login_profile_preference: LoginProfilePreference {
                allow_user_to_change_password: preference.own_password,
                allow_user_to_login_with_passkey: preference.passkeys,
                enable_save_mfa_ticket: preference.remember_mfa,
                login_network_masks: preference.networks,
                login_session_duration: preference.session_hours,
                mfa_operation_for_login: preference.mfa_for_logon,
                operation_for_risk_login: preference.risk_logon,
            },
            mfa_preference: MfaPreference { allow_user_to_manage_mfa_devices: preference.own_mfa_devices },
            max_idle_days: MaxIdleDays {
                max_idle_days_for_access_keys: preference.max_idle_days_access_keys,
                max_idle_days_for_users: preference.max_idle_days_users,
            },
            personal_info_preference: PersonalInfoPreference {
                allow_user_to_manage_personal_ding_talk: preference.own_messenger,
            },
            verification_preference: VerificationPreference {
                verification_types: preference.verification_types,
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
    /// Whether users may change their passwords.
    pub allow_user_to_change_password: Option<bool>,
    /// Whether users may log on with passkeys.
    pub allow_user_to_login_with_passkey: Option<bool>,
    /// Whether users may manage their AccessKeys.
    pub allow_user_to_manage_access_keys: Option<bool>,
    /// Whether users may manage their MFA devices.
    #[serde(rename = "AllowUserToManageMFADevices")]
    pub allow_user_to_manage_mfa_devices: Option<bool>,
    /// Whether users may link a messenger.
    #[serde(rename = "AllowUserToManagePersonalDingTalk")]
    pub allow_user_to_manage_personal_ding_talk: Option<bool>,
    /// Whether users may manage their service credentials.
    pub allow_user_to_manage_service_credentials: Option<bool>,
    /// Whether a second factor that was shown may be remembered for seven days.
    #[serde(rename = "EnableSaveMFATicket")]
    pub enable_save_mfa_ticket: Option<bool>,
    /// Where users may log on from; empty for anywhere.
    pub login_network_masks: Option<NetworkMasks>,
    /// How long a logon lasts, in hours.
    pub login_session_duration: Option<i64>,
    /// Who must show a second factor.
    #[serde(rename = "MFAOperationForLogin")]
    pub mfa_operation_for_login: Option<MfaForLogonWord>,
    /// The same in its older form: everybody, or by user.
    #[serde(rename = "EnforceMFAForLogin")]
    pub enforce_mfa_for_login: Option<bool>,
    /// After how many days without use an AccessKey stops working.
    pub max_idle_days_for_access_keys: Option<IdleDays>,
    /// After how many days without a logon none is possible.
    pub max_idle_days_for_users: Option<IdleDays>,
    /// What happens at a logon that looks risky.
    pub operation_for_risk_login: Option<RiskLogon>,
    /// How sensitive operations are verified, as a list in JSON.
    pub verification_types: Option<VerificationTypes>,
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
        keep(self.allow_user_to_change_password, &mut preference.own_password);
        keep(self.allow_user_to_login_with_passkey, &mut preference.passkeys);
        keep(self.allow_user_to_manage_access_keys, &mut preference.own_access_keys);
        keep(self.allow_user_to_manage_mfa_devices, &mut preference.own_mfa_devices);
        keep(self.allow_user_to_manage_personal_ding_talk, &mut preference.own_messenger);
        keep(self.allow_user_to_manage_service_credentials, &mut preference.own_service_credentials);
        keep(self.enable_save_mfa_ticket, &mut preference.remember_mfa);
        preference.networks = self.login_network_masks.unwrap_or(preference.networks);
        set_session_hours(&mut preference, self.login_session_duration)?;
        // SPEC: limits, security preference: true and false equal mandatory and independent.
        let enforced = self.enforce_mfa_for_login.map(|enforced| match enforced {
            true => MfaForLogon::Mandatory,
            false => MfaForLogon::Independent,
        });
        let wanted = self.mfa_operation_for_login.map(|word| word.0).or(enforced);
        preference.mfa_for_logon = wanted.unwrap_or(preference.mfa_for_logon);
        let idle = |given: Option<IdleDays>, to: &mut u16| *to = given.map_or(*to, |days| days.0);
        idle(self.max_idle_days_for_access_keys, &mut preference.max_idle_days_access_keys);
        idle(self.max_idle_days_for_users, &mut preference.max_idle_days_users);
        preference.risk_logon = self.operation_for_risk_login.map(|word| word.0).or(preference.risk_logon);
        if let Some(VerificationTypes(types)) = self.verification_types {
            preference.verification_types = types;
        }
        preference.save(cx.tx_mut(), account);
        Ok(preference.into())
    }
}

/// Who must show a second factor, as a word.
#[derive(Debug)]
pub struct MfaForLogonWord(MfaForLogon);

impl<'de> Deserialize<'de> for MfaForLogonWord {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match String::deserialize(deserializer)?.as_str() {
            "mandatory" => Ok(Self(MfaForLogon::Mandatory)),
            "independent" => Ok(Self(MfaForLogon::Independent)),
            "adaptive" => Ok(Self(MfaForLogon::Adaptive)),
            _ => Err(wrong("it is `mandatory`, `independent` or `adaptive`")),
        }
    }
}

/// Days without use: a quarter of a year, half of one, one or two.
#[derive(Debug)]
pub struct IdleDays(u16);

impl<'de> Deserialize<'de> for IdleDays {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match u16::try_from(i64::deserialize(deserializer)?) {
            Ok(days @ (90 | 180 | 365 | 730)) => Ok(Self(days)),
            _ => Err(wrong("it is 90, 180, 365 or 730")),
        }
    }
}

/// What happens at a logon that looks risky, as a word.
#[derive(Debug)]
pub struct RiskLogon(String);

impl<'de> Deserialize<'de> for RiskLogon {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let word = String::deserialize(deserializer)?;
        let known = matches!(word.as_str(), "autonomous" | "enforceVerify");
        if known { Ok(Self(word)) } else { Err(wrong("it is `autonomous` or `enforceVerify`")) }
    }
}

/// Words for ways to verify somebody.
#[derive(Debug)]
pub struct VerificationTypes(Vec<String>);

impl<'de> Deserialize<'de> for VerificationTypes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let list: Vec<String> = serde_json::from_str(&String::deserialize(deserializer)?)
            .map_err(|_| wrong("it is a list of words in JSON, such as `[\"sms\"]`"))?;
        let short = |word: &String| (1..=32).contains(&word.len()) && word.is_ascii();
        if list.len() <= 16 && list.iter().all(short) {
            Ok(Self(list))
        } else {
            Err(wrong("it has at most 16 words of 32 characters"))
        }
    }
}

fn wrong<E: serde::de::Error>(why: &str) -> E {
    E::custom(Invalid::new(Reason::Value, why.to_owned()))
}
