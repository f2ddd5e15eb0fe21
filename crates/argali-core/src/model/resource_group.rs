//! Resource groups: parts of an account's resources that can be granted on their own.

use std::fmt;
use std::str::FromStr;

use argali_protocol::{Invalid, Reason};
use minicbor::{Decode, Encode};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::identifier::AccountId;

/// The identifier of a resource group: `rg-` and up to fifteen letters and digits.
// SPEC: limits, names, resource group id.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
#[cbor(transparent)]
pub struct ResourceGroupId(#[n(0)] String);

impl ResourceGroupId {
    /// The group that every account has from the start, derived from the account's number.
    pub fn default_of(account: AccountId) -> Self {
        let mut number =
            account.as_str().bytes().fold(0_u128, |sum, digit| sum * 10 + u128::from(digit - b'0'));
        // Ids of up to twenty digits may begin with zeros; the length keeps `012345` and `12345` apart.
        number = number * 32 + account.as_str().len() as u128;
        let mut text = String::new();
        while number > 0 {
            let digit = u32::try_from(number % 36).unwrap_or_default();
            text.push(char::from_digit(digit, 36).unwrap_or('0'));
            number /= 36;
        }
        Self(format!("rg-{text}"))
    }

    /// The identifier as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ResourceGroupId {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        match text.strip_prefix("rg-") {
            Some(rest)
                if (1..=15).contains(&rest.len()) && rest.bytes().all(|b| b.is_ascii_alphanumeric()) =>
            {
                Ok(Self(text.to_owned()))
            }
            _ => Err(Invalid::new(
                Reason::Format,
                "a resource group id is `rg-` and up to 15 letters and digits",
            )),
        }
    }
}

impl fmt::Display for ResourceGroupId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for ResourceGroupId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for ResourceGroupId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_account_has_a_default_group_of_its_own() {
        let ids = ["11223344", "12345678", "00012345", "12345", "12345678901234567890", "1234567890123456"];
        let groups: Vec<_> = ids.iter().map(|id| ResourceGroupId::default_of(id.parse().unwrap())).collect();
        for (index, group) in groups.iter().enumerate() {
            assert!(
                group.as_str().len() <= 18 && group.as_str().parse::<ResourceGroupId>().is_ok(),
                "{group}"
            );
            assert!(!groups[index + 1..].contains(group), "{group}");
        }
    }
}
