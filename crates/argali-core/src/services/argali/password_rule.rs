//! What a new password must be like, for whoever chooses one: shown before it is refused.
// SPEC: console, log on and security settings: rules listed while typing.

use serde::{Deserialize, Serialize};

use crate::caller::Caller;
use crate::dispatch::Context;
use crate::error::ApiError;
use crate::model::{LONGEST_PASSWORD, PasswordPolicy};
use crate::operation::{Access, Entry, Operation, Permission, Resources};

/// How rules of passwords are looked at.
pub const OPERATIONS: &[Entry] = &[Entry::of::<GetPasswordRules>()];

/// What a new password must be like, of a password policy. Whatever else the policy says, such as how long a password is
/// good, is not among it.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct PasswordRules {
    minimum_password_length: u8,
    maximum_password_length: usize,
    minimum_password_different_character: u8,
    require_lowercase_characters: bool,
    require_uppercase_characters: bool,
    require_numbers: bool,
    require_symbols: bool,
    password_not_contain_user_name: bool,
    password_reuse_prevention: u8,
}

impl From<&PasswordPolicy> for PasswordRules {
    fn from(policy: &PasswordPolicy) -> Self {
        Self {
            minimum_password_length: policy.minimum_length,
            maximum_password_length: LONGEST_PASSWORD,
            minimum_password_different_character: policy.minimum_different,
            require_lowercase_characters: policy.require_lowercase,
            require_uppercase_characters: policy.require_uppercase,
            require_numbers: policy.require_numbers,
            require_symbols: policy.require_symbols,
            password_not_contain_user_name: policy.not_user_name,
            password_reuse_prevention: policy.reuse_prevention,
        }
    }
}

/// Shows what a new password of whoever is logged on must be like. No permission is needed: it is told to all who try.
#[derive(Debug, Deserialize)]
pub struct GetPasswordRules {}

/// The rules that hold in an account.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct RulesInForce {
    password_rules: PasswordRules,
}

impl Operation for GetPasswordRules {
    const NAME: &'static str = "GetPasswordRules";
    const ACCESS: Access = Access::Read;
    const PERMISSION: Permission = Permission::OperationDecides;
    type Response = RulesInForce;

    fn resources(&self, _caller: &Caller) -> Resources {
        Resources::new()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<RulesInForce, ApiError> {
        let account = cx.logon()?.account;
        let policy = PasswordPolicy::of(cx.tx(), account)?;
        Ok(RulesInForce { password_rules: PasswordRules::from(&policy) })
    }
}
