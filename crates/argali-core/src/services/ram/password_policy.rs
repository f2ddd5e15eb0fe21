//! The password policy of an account, as far as RAM shows it; IMS shows the rest.

use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};

use crate::caller::Caller;
use crate::dispatch::Context;
use crate::error::ApiError;
use crate::identifier::AccountId;
use crate::model::PasswordPolicy;
use crate::operation::{Access, Entry, Operation, ResourceName, Resources};

/// Everything that can be done to a password policy.
pub const OPERATIONS: &[Entry] = &[Entry::of::<GetPasswordPolicy>(), Entry::of::<SetPasswordPolicy>()];

/// A password policy as RAM shows it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct PasswordPolicyView {
    minimum_password_length: u8,
    require_lowercase_characters: bool,
    require_uppercase_characters: bool,
    require_numbers: bool,
    require_symbols: bool,
    hard_expiry: bool,
    max_password_age: u16,
    password_reuse_prevention: u8,
    // Spelt as the reference spells it.
    max_login_attemps: u8,
}

/// An answer that holds the account's password policy.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct OnePasswordPolicy {
    password_policy: PasswordPolicyView,
}

impl From<PasswordPolicy> for OnePasswordPolicy {
    fn from(policy: PasswordPolicy) -> Self {
        let password_policy = PasswordPolicyView {
            minimum_password_length: policy.minimum_length,
            require_lowercase_characters: policy.require_lowercase,
            require_uppercase_characters: policy.require_uppercase,
            require_numbers: policy.require_numbers,
            require_symbols: policy.require_symbols,
            hard_expiry: policy.hard_expiry,
            max_password_age: policy.max_age_days,
            password_reuse_prevention: policy.reuse_prevention,
            max_login_attemps: policy.max_attempts,
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
    /// Whether it needs a lower-case letter.
    pub require_lowercase_characters: Option<bool>,
    /// Whether it needs an upper-case letter.
    pub require_uppercase_characters: Option<bool>,
    /// Whether it needs a digit.
    pub require_numbers: Option<bool>,
    /// Whether it needs a character that is neither letter nor digit.
    pub require_symbols: Option<bool>,
    /// Whether nobody logs on with an expired password.
    pub hard_expiry: Option<bool>,
    /// After how many days it expires; 0 is never.
    pub max_password_age: Option<i64>,
    /// How many of the latest passwords a new one must differ from.
    pub password_reuse_prevention: Option<i64>,
    /// After how many wrong passwords within an hour a user is locked for one; 0 is never.
    pub max_login_attemps: Option<i64>,
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
        set(&mut policy.minimum_length, "MinimumPasswordLength", self.minimum_password_length, 8..=32)?;
        policy.require_lowercase = self.require_lowercase_characters.unwrap_or(policy.require_lowercase);
        policy.require_uppercase = self.require_uppercase_characters.unwrap_or(policy.require_uppercase);
        policy.require_numbers = self.require_numbers.unwrap_or(policy.require_numbers);
        policy.require_symbols = self.require_symbols.unwrap_or(policy.require_symbols);
        policy.hard_expiry = self.hard_expiry.unwrap_or(policy.hard_expiry);
        set(&mut policy.max_age_days, "MaxPasswordAge", self.max_password_age, 0..=1_095)?;
        let reuse_prevention = self.password_reuse_prevention;
        set(&mut policy.reuse_prevention, "PasswordReusePrevention", reuse_prevention, 0..=24)?;
        set(&mut policy.max_attempts, "MaxLoginAttemps", self.max_login_attemps, 0..=32)?;
        policy.save(cx.tx_mut(), account);
        Ok(policy.into())
    }
}

/// The settings of an account as something that permission is needed for.
pub(in crate::services) fn settings_resource(account: AccountId) -> ResourceName {
    ResourceName::ram(account, "*")
}

/// Takes a number that was given, which must lie in `range`.
pub(in crate::services) fn set<N: TryFrom<i64>>(
    to: &mut N,
    parameter: &str,
    given: Option<i64>,
    range: RangeInclusive<i64>,
) -> Result<(), ApiError> {
    let Some(given) = given else { return Ok(()) };
    match N::try_from(given) {
        Ok(number) if range.contains(&given) => {
            *to = number;
            Ok(())
        }
        _ => {
            let message = format!("{parameter} must be {} to {}.", range.start(), range.end());
            Err(ApiError::invalid(&format!("{parameter}.Range"), message))
        }
    }
}
