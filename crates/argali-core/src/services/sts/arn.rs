//! What calls of STS name by their ARN.

use std::fmt;
use std::str::FromStr;

use argali_protocol::{Invalid, Reason};
use serde::{Deserialize, Deserializer};

use crate::federation::ProviderName;
use crate::identifier::AccountId;
use crate::name::RoleName;

/// Declares ARNs of the form `acs:ram::<account>:<kind>/<name>`.
macro_rules! arns {
    ($($(#[$doc:meta])* $type:ident of $name:ident, $kind:literal, $what:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug)]
        pub struct $type {
            pub(super) account: AccountId,
            pub(super) name: $name,
        }

        impl $type {
            /// The account that it belongs to.
            pub fn account(&self) -> AccountId {
                self.account
            }

            /// Its name.
            pub fn name(&self) -> &$name {
                &self.name
            }
        }

        impl FromStr for $type {
            type Err = Invalid;

            fn from_str(text: &str) -> Result<Self, Invalid> {
                let message = concat!($what, "'s ARN is `acs:ram::<account>:", $kind, "/<name>`");
                let wrong = || Invalid::new(Reason::Value, message);
                let (account, rest) = split(text).ok_or_else(wrong)?;
                let name = rest.strip_prefix(concat!($kind, "/")).ok_or_else(wrong)?;
                Ok(Self { account, name: name.parse().map_err(|_| wrong())? })
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!("acs:ram::{}:", $kind, "/{}"), self.account, self.name)
            }
        }

        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
            }
        }
    )*};
}

arns! {
    /// `acs:ram::<account>:role/<name>`
    RoleArn of RoleName, "role", "a role";
    /// `acs:ram::<account>:oidc-provider/<name>`
    OidcProviderArn of ProviderName, "oidc-provider", "an OIDC provider";
}

/// The account of a RAM ARN, and what follows it.
fn split(text: &str) -> Option<(AccountId, &str)> {
    let mut parts = text.splitn(5, ':');
    let (Some("acs"), Some("ram"), Some("" | "*"), Some(account), Some(rest)) =
        (parts.next(), parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return None;
    };
    Some((account.parse().ok()?, rest))
}
