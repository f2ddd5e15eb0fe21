//! Values that need not be there, written as an empty text then.

use std::net::SocketAddr;

use argali_core::identifier::AccountId;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// An address and port, written as an empty text if there is none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OptionalAddress(pub Option<SocketAddr>);

impl OptionalAddress {
    /// No address.
    pub const NONE: Self = Self(None);
}

impl Serialize for OptionalAddress {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Some(address) => serializer.collect_str(&address),
            None => serializer.serialize_str(""),
        }
    }
}

impl<'de> Deserialize<'de> for OptionalAddress {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        if text.is_empty() {
            return Ok(Self::NONE);
        }
        let address = text.parse().map_err(|_| {
            let message = format!("`{text}` is no address with its port: write one such as `127.0.0.1:2743`");
            serde::de::Error::custom(message)
        });
        address.map(Some).map(Self)
    }
}

/// The number of an account, written as an empty text if there is none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OptionalAccount(pub Option<AccountId>);

impl OptionalAccount {
    /// No account.
    pub const NONE: Self = Self(None);
}

impl Serialize for OptionalAccount {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Some(account) => serializer.collect_str(&account),
            None => serializer.serialize_str(""),
        }
    }
}

impl<'de> Deserialize<'de> for OptionalAccount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        if text.is_empty() {
            return Ok(Self::NONE);
        }
        let account = text.parse().map_err(|_| {
            let message = format!("`{text}` is no account number: write its digits, such as `11223344`");
            serde::de::Error::custom(message)
        });
        account.map(Some).map(Self)
    }
}
