//! The password policy of an account, in full.

use serde::{Deserialize, Serialize};

use crate::caller::Caller;
use crate::dispatch::Context;
use crate::error::ApiError;
use crate::model::PasswordPolicy;
use crate::operation::{Access, Entry, Operation, Resources};
use crate::services::ram::password_policy::{set, settings_resource};

/// Everything that can be done to a password policy.
pub const OPERATIONS: &[Entry] = &[Entry::of::<GetPasswordPolicy>(), Entry::of::<SetPasswordPolicy>()];

/// An answer that holds the account's password policy.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct OnePasswordPolicy {
    password_policy: PasswordPolicyView,
}

/// A password policy as IMS shows it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct PasswordPolicyView {
    minimum_password_length: u8,
    minimum_password_different_character: u8,
    require_lowercase_characters: bool,
    require_uppercase_characters: bool,
    require_numbers: bool,
    require_symbols: bool,
    password_not_contain_user_name: bool,
    max_password_age: u16,
    hard_expire: bool,
    password_reuse_prevention: u8,
    // Spelt as the reference spells it.
    max_login_attemps: u8,
    initial_password_age: u8,
    intercept_risk_password_on_api: bool,
}

impl From<PasswordPolicy> for OnePasswordPolicy {
    fn from(policy: PasswordPolicy) -> Self {
        let password_policy = PasswordPolicyView {
            minimum_password_length: policy.minimum_length,
            minimum_password_different_character: policy.minimum_different,
            require_lowercase_characters: policy.require_lowercase,
            require_uppercase_characters: policy.require_uppercase,
            require_numbers: policy.require_numbers,
            require_symbols: policy.require_symbols,
            password_not_contain_user_name: policy.not_user_name,
            max_password_age: policy.max_age_days,
            hard_expire: policy.hard_expiry,
            password_reuse_prevention: policy.reuse_prevention,
            max_login_attemps: policy.max_attempts,
            initial_password_age: policy.initial_age_days,
            intercept_risk_password_on_api: policy.refuse_common,
        };
        Self { password_policy }
    }
}

/// Shows what the account asks of passwords.
#[derive(Debug, Deserialize)]
pub struct GetPasswordPolicy {}

impl Operation for GetPasswordPolicy {
    const NAME: &'static str = "GetPasswordPolicy";
    const ACCESS: Access = Access::Read;
    type Response = OnePasswordPolicy;

    fn resources(&self, caller: &Caller) -> Resources {
        settings_resource(caller.account()).into()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<OnePasswordPolicy, ApiError> {
        Ok(PasswordPolicy::of(cx.tx(), cx.account())?.into())
    }
}

/// Changes what the account asks of passwords from now on. What is left out stays as it is.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SetPasswordPolicy {
    /// How many characters a password has at least.
    pub minimum_password_length: Option<i64>,
    /// How many different characters it has at least.
    pub minimum_password_different_character: Option<i64>,
    /// Whether it needs a lower-case letter.
    pub require_lowercase_characters: Option<bool>,
    /// Whether it needs an upper-case letter.
    pub require_uppercase_characters: Option<bool>,
    /// Whether it needs a digit.
    pub require_numbers: Option<bool>,
    /// Whether it needs a character that is neither letter nor digit.
    pub require_symbols: Option<bool>,
    /// Whether it must not contain the user's name.
    pub password_not_contain_user_name: Option<bool>,
    /// After how many days it expires; 0 is never.
    pub max_password_age: Option<i64>,
    /// Whether nobody logs on with an expired password.
    pub hard_expire: Option<bool>,
    /// How many of the latest passwords a new one must differ from.
    pub password_reuse_prevention: Option<i64>,
    /// After how many wrong passwords within an hour a user is locked for one; 0 is never.
    pub max_login_attemps: Option<i64>,
    /// For how many days a password that was set for a user may wait to be used; 0 is for good.
    pub initial_password_age: Option<i64>,
    /// Whether passwords that everybody tries first are refused.
    pub intercept_risk_password_on_api: Option<bool>,
}

impl Operation for SetPasswordPolicy {
    const NAME: &'static str = "SetPasswordPolicy";
    const ACCESS: Access = Access::Identity;
    const IS_SENSITIVE: bool = true;
    type Response = OnePasswordPolicy;

    fn resources(&self, caller: &Caller) -> Resources {
        settings_resource(caller.account()).into()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<OnePasswordPolicy, ApiError> {
        let account = cx.account();
        let mut policy = PasswordPolicy::of(cx.tx(), account)?;
        let keep = |given: Option<bool>, to: &mut bool| *to = given.unwrap_or(*to);
        keep(self.require_lowercase_characters, &mut policy.require_lowercase);
        keep(self.require_uppercase_characters, &mut policy.require_uppercase);
        keep(self.require_numbers, &mut policy.require_numbers);
        keep(self.require_symbols, &mut policy.require_symbols);
        keep(self.password_not_contain_user_name, &mut policy.not_user_name);
        keep(self.hard_expire, &mut policy.hard_expiry);
        keep(self.intercept_risk_password_on_api, &mut policy.refuse_common);
        set(&mut policy.minimum_length, "MinimumPasswordLength", self.minimum_password_length, 8..=32)?;
        let different = self.minimum_password_different_character;
        set(&mut policy.minimum_different, "MinimumPasswordDifferentCharacter", different, 0..=8)?;
        set(&mut policy.max_age_days, "MaxPasswordAge", self.max_password_age, 0..=1_095)?;
        let reuse_prevention = self.password_reuse_prevention;
        set(&mut policy.reuse_prevention, "PasswordReusePrevention", reuse_prevention, 0..=24)?;
        set(&mut policy.max_attempts, "MaxLoginAttemps", self.max_login_attemps, 0..=32)?;
        set(&mut policy.initial_age_days, "InitialPasswordAge", self.initial_password_age, 0..=90)?;
        policy.save(cx.tx_mut(), account);
        Ok(policy.into())
    }
}
