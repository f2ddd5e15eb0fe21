//! What the passwords of an account's users must be like, and how long they are good.

use std::collections::BTreeSet;

use argali_store::{StoreError, Transaction};
use minicbor::{Decode, Encode};

use super::key::{AccountTable, Key};
use super::record::{Record, read, write};
use crate::identifier::AccountId;
use crate::time::Timestamp;

/// The longest password, in characters.
// SPEC: limits, password policy.
pub const LONGEST_PASSWORD: usize = 32;

const DAY_S: i64 = 24 * 60 * 60;

/// The password policy of an account. Whoever has set none has the default.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct PasswordPolicy {
    /// How many characters a password has at least: 8 to 32.
    #[n(0)]
    pub minimum_length: u8,
    /// How many different characters it has at least; 0 asks for none.
    #[n(1)]
    pub minimum_different: u8,
    /// Whether it needs a lower-case letter.
    #[n(2)]
    pub require_lowercase: bool,
    /// Whether it needs an upper-case letter.
    #[n(3)]
    pub require_uppercase: bool,
    /// Whether it needs a digit.
    #[n(4)]
    pub require_numbers: bool,
    /// Whether it needs a character that is neither letter nor digit.
    #[n(5)]
    pub require_symbols: bool,
    /// Whether it must not contain the user's name.
    #[n(6)]
    pub not_user_name: bool,
    /// After how many days it expires; 0 is never.
    #[n(7)]
    pub max_age_days: u16,
    /// Whether nobody logs on with an expired password; else it must be changed when logging on.
    #[n(8)]
    pub hard_expiry: bool,
    /// How many of the latest passwords a new one must differ from.
    #[n(9)]
    pub reuse_prevention: u8,
    /// After how many wrong passwords within an hour a user is locked for one; 0 is never.
    #[n(10)]
    pub max_attempts: u8,
    /// For how many days a password that was set for a user may wait to be used; 0 is for good.
    #[n(11)]
    pub initial_age_days: u8,
    /// Whether passwords that everybody tries first are refused.
    #[n(12)]
    pub refuse_common: bool,
}

impl Record for PasswordPolicy {}

impl Default for PasswordPolicy {
    // SPEC: limits, password policy.
    fn default() -> Self {
        Self {
            minimum_length: 8,
            minimum_different: 0,
            require_lowercase: false,
            require_uppercase: false,
            require_numbers: false,
            require_symbols: false,
            not_user_name: false,
            max_age_days: 0,
            hard_expiry: false,
            reuse_prevention: 0,
            max_attempts: 0,
            initial_age_days: 14,
            refuse_common: false,
        }
    }
}

impl PasswordPolicy {
    /// The policy of an account.
    pub fn of(tx: &dyn Transaction, account: AccountId) -> Result<Self, StoreError> {
        Ok(read(tx, &key(account))?.unwrap_or_default())
    }

    /// Puts the policy in force.
    pub fn save(&self, tx: &mut dyn Transaction, account: AccountId) {
        write(tx, &key(account), self);
    }

    /// Whether a password that was set for its user at `set_at` has waited too long to be used.
    pub fn initial_expired(&self, set_at: Timestamp, now: Timestamp) -> bool {
        self.initial_age_days > 0 && now >= set_at.plus_seconds(i64::from(self.initial_age_days) * DAY_S)
    }

    /// What is wrong with a new password, as the end of "The password is not accepted: …".
    pub fn objection(&self, password: &str, user_name: &str) -> Option<String> {
        let length = password.chars().count();
        let (least, different) = (usize::from(self.minimum_length), usize::from(self.minimum_different));
        let lacks = |required: bool, kind: fn(char) -> bool| required && !password.chars().any(kind);
        if !(least..=LONGEST_PASSWORD).contains(&length) {
            return Some(format!("it must have {least} to {LONGEST_PASSWORD} characters"));
        }
        if password.chars().collect::<BTreeSet<_>>().len() < different {
            return Some(format!("it must have at least {different} different characters"));
        }
        let objection = if lacks(self.require_lowercase, char::is_lowercase) {
            "it must have a lower-case letter"
        } else if lacks(self.require_uppercase, char::is_uppercase) {
            "it must have an upper-case letter"
        } else if lacks(self.require_numbers, |c| c.is_ascii_digit()) {
            "it must have a digit"
        } else if lacks(self.require_symbols, |c| !c.is_alphanumeric()) {
            "it must have a character that is neither letter nor digit"
        } else if self.not_user_name && password.to_lowercase().contains(&user_name.to_lowercase()) {
            "it must not contain the user name"
        } else if self.refuse_common && is_common(password) {
            "it is one of those that everybody tries first"
        } else {
            return None;
        };
        Some(objection.to_owned())
    }
}

fn key(account: AccountId) -> Key {
    Key::account(account, AccountTable::PasswordPolicy)
}

/// What lists of leaked passwords begin with, in lower case and without what is put before or behind it.
const COMMON: &[&str] = &[
    "abcdefgh",
    "abcd1234",
    "administrator",
    "alibaba",
    "aliyun",
    "asdfghjk",
    "baseball",
    "changeme",
    "computer",
    "football",
    "iloveyou",
    "internet",
    "letmein",
    "liverpool",
    "michelle",
    "passw0rd",
    "password",
    "princess",
    "p@ssw0rd",
    "q1w2e3r4",
    "qazwsxedc",
    "qwer1234",
    "qwerty",
    "qwertyuiop",
    "samsung",
    "starwars",
    "sunshine",
    "superman",
    "trustno1",
    "welcome",
    "1q2w3e4r",
    "1qaz2wsx",
];

/// Whether a password is a common word with digits or signs around it, one character again and again, or a row of
/// characters in their order.
fn is_common(password: &str) -> bool {
    let lower = password.to_lowercase();
    let bare = lower.trim_matches(|c: char| !c.is_alphabetic());
    let steps: BTreeSet<i64> = lower
        .chars()
        .zip(lower.chars().skip(1))
        .map(|(a, b)| i64::from(u32::from(b)) - i64::from(u32::from(a)))
        .collect();
    // From 9 to 0, as on a keyboard.
    let row =
        steps.iter().all(|step| matches!(step, 1 | -9)) || steps.iter().all(|step| matches!(step, -1 | 9));
    let same = steps.iter().all(|step| *step == 0);
    row || same || COMMON.contains(&bare) || COMMON.contains(&lower.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn objection(policy: PasswordPolicy, password: &str) -> String {
        policy.objection(password, "Alice").unwrap_or_default()
    }

    #[test]
    fn by_default_only_the_length_counts() {
        let policy = PasswordPolicy::default;
        assert!(objection(policy(), "1234567").contains("8 to 32"));
        assert!(objection(policy(), &"a".repeat(33)).contains("8 to 32"));
        for good in ["12345678", "密码密码密码密码", &"a".repeat(32)] {
            assert_eq!(objection(policy(), good), "", "{good}");
        }
    }

    #[test]
    fn each_rule_has_its_own_objection() {
        let policy = PasswordPolicy::default;
        for (strict, bad, good, why) in [
            (PasswordPolicy { minimum_different: 6, ..policy() }, "abcdeabcde", "abcdefabcd", "6 different"),
            (PasswordPolicy { require_lowercase: true, ..policy() }, "ABCDEFG1", "ABCDEFGh", "lower-case"),
            (PasswordPolicy { require_uppercase: true, ..policy() }, "abcdefg1", "abcdefgH", "upper-case"),
            (PasswordPolicy { require_numbers: true, ..policy() }, "abcdefgh", "abcdefg1", "digit"),
            (PasswordPolicy { require_symbols: true, ..policy() }, "abcdefg1", "abcdefg!", "neither"),
            (PasswordPolicy { not_user_name: true, ..policy() }, "x-aLICE-x", "x-bob-x-y", "user name"),
        ] {
            assert!(objection(strict.clone(), bad).contains(why), "{bad}: {why}");
            assert_eq!(objection(strict, good), "", "{good}");
        }
    }

    #[test]
    fn what_everybody_tries_first_can_be_refused() {
        let strict = PasswordPolicy { refuse_common: true, ..PasswordPolicy::default() };
        for bad in
            ["12345678", "1234567890", "87654321", "aaaaaaaa", "abcdefgh", "Password123!", "qwertyuiop"]
        {
            assert!(objection(strict.clone(), bad).contains("first"), "{bad}");
        }
        for good in ["correct horse", "13572468", "passwort-für-heute"] {
            assert_eq!(objection(strict.clone(), good), "", "{good}");
        }
    }
}
