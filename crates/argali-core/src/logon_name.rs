//! Logon names: how people and IMS call a user across accounts.
// SPEC: requirements S1-19 to S1-21; forms of identifiers and dates, identifiers; limits, names.

use std::fmt;
use std::str::FromStr;

use argali_protocol::{Invalid, Reason};
use argali_store::{StoreError, Transaction};
use serde::{Deserialize, Deserializer};

use crate::identifier::AccountId;
use crate::model::Account;
use crate::name::UserName;

/// The longest logon name, in characters.
const LONGEST: usize = 128;

/// `<user>@<domain>`, where the domain is the account's alias or number, alone or with the suffix of all domains.
///
/// IMS calls it a UserPrincipalName.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogonName {
    /// The user's name.
    pub user: UserName,
    domain: String,
}

impl LogonName {
    /// The logon name of `user` in `account`, as it is shown: `alice@company-b.onaliyun.com`.
    pub fn of(user: &UserName, account: &Account, suffix: &str) -> Self {
        Self { user: user.clone(), domain: default_domain(account, suffix) }
    }

    /// The account that the domain names, if there is one.
    pub fn account(&self, tx: &dyn Transaction, suffix: &str) -> Result<Option<AccountId>, StoreError> {
        named_account(tx, &self.domain, suffix)
    }
}

/// The account that somebody means by its alias, its number, or its default domain.
///
/// An alias comes first, so that one of digits alone means the account that chose it.
pub fn named_account(
    tx: &dyn Transaction,
    text: &str,
    suffix: &str,
) -> Result<Option<AccountId>, StoreError> {
    let text = text.to_ascii_lowercase();
    let bare = text.strip_suffix(suffix).and_then(|rest| rest.strip_suffix('.')).unwrap_or(&text);
    if let Ok(alias) = bare.parse()
        && let Some(id) = Account::find_alias(tx, &alias)?
    {
        return Ok(Some(id));
    }
    match bare.parse() {
        Ok(id) => Ok(Account::find(tx, id)?.map(|account| account.id)),
        Err(_) => Ok(None),
    }
}

/// What follows the `@` in logon names of an account: its alias, or its number, with the suffix.
pub fn default_domain(account: &Account, suffix: &str) -> String {
    match &account.alias {
        Some(alias) => format!("{alias}.{suffix}"),
        None => format!("{}.{suffix}", account.id),
    }
}

impl FromStr for LogonName {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let wrong = |why: &str| Invalid::new(Reason::Value, why.to_owned());
        if text.chars().count() > LONGEST {
            return Err(wrong("a logon name has at most 128 characters"));
        }
        let (user, domain) = text.split_once('@').ok_or_else(|| {
            wrong("a logon name is `<user>@<alias, account id or default domain>`, such as `alice@company-b`")
        })?;
        let in_domain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
        if domain.is_empty() || !domain.chars().all(in_domain) {
            return Err(wrong("what follows the `@` is an alias, an account id or a default domain"));
        }
        let user = user.parse().map_err(|_| wrong("what precedes the `@` is the name of a RAM user"))?;
        Ok(Self { user, domain: domain.to_owned() })
    }
}

impl fmt::Display for LogonName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.user, self.domain)
    }
}

impl serde::Serialize for LogonName {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for LogonName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_logon_name_has_a_user_and_a_domain() {
        let name: LogonName = "alice@company-b.onaliyun.com".parse().unwrap();
        assert_eq!((name.user.as_str(), name.domain.as_str()), ("alice", "company-b.onaliyun.com"));
        assert_eq!(name.to_string(), "alice@company-b.onaliyun.com");
        for bad in ["alice", "@company-b", "alice@", "a b@company-b", "alice@company b", "alice@a@b"] {
            assert!(bad.parse::<LogonName>().is_err(), "{bad}");
        }
        assert!(format!("alice@{}", "a".repeat(128)).parse::<LogonName>().is_err());
    }
}
