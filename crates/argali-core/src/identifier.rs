//! Identifiers that Argali gives out: digits or random letters, never reused.

use std::fmt;
use std::str::FromStr;

use argali_protocol::{Invalid, Reason};
use minicbor::data::Type;
use minicbor::decode::Error as DecodeError;
use minicbor::{Decode, Decoder, Encode, Encoder, encode};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::env::{ALPHANUMERIC, DIGITS, Env};

const LONGEST_ACCOUNT_ID: usize = 20;

/// The number of an account: 5 to 20 digits, 16 when Argali makes it.
// SPEC: design, decisions, account ids.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccountId {
    length: u8,
    digits: [u8; LONGEST_ACCOUNT_ID],
}

impl AccountId {
    /// A new number.
    pub fn generate(env: &Env) -> Self {
        let mut digits = [0; LONGEST_ACCOUNT_ID];
        let text = format!("1{}", env.random_text(DIGITS, 15));
        for (to, from) in digits.iter_mut().zip(text.bytes()) {
            *to = from;
        }
        Self { length: 16, digits }
    }

    /// The digits.
    pub fn as_str(&self) -> &str {
        let digits = self.digits.get(..usize::from(self.length)).unwrap_or_default();
        std::str::from_utf8(digits).unwrap_or_default()
    }
}

impl FromStr for AccountId {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let fits = (5..=LONGEST_ACCOUNT_ID).contains(&text.len());
        if !fits || !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(Invalid::new(Reason::Format, "an account id is 5 to 20 digits"));
        }
        let mut digits = [0; LONGEST_ACCOUNT_ID];
        for (to, from) in digits.iter_mut().zip(text.bytes()) {
            *to = from;
        }
        Ok(Self { length: u8::try_from(text.len()).unwrap_or_default(), digits })
    }
}

impl fmt::Display for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl<C> Encode<C> for AccountId {
    fn encode<W: encode::Write>(&self, e: &mut Encoder<W>, _: &mut C) -> Result<(), encode::Error<W::Error>> {
        e.str(self.as_str())?.ok()
    }
}

impl<'b, C> Decode<'b, C> for AccountId {
    fn decode(d: &mut Decoder<'b>, _: &mut C) -> Result<Self, DecodeError> {
        let at = d.position();
        d.str()?
            .parse()
            .map_err(|_| DecodeError::type_mismatch(Type::String).at(at).with_message("not an account id"))
    }
}

impl Serialize for AccountId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for AccountId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// Declares identifiers that are eighteen digits with a fixed first one.
macro_rules! numeric_ids {
    ($($(#[$doc:meta])* $name:ident starts with $first:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
        #[cbor(transparent)]
        pub struct $name(#[n(0)] u64);

        impl $name {
            /// A new identifier.
            pub fn generate(env: &Env) -> Self {
                let digits = env.random_text(DIGITS, 17);
                Self(format!(concat!($first, "{}"), digits).parse().unwrap_or_default())
            }

            /// As a number, for keys.
            pub const fn number(self) -> u64 {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = Invalid;

            /// Digits alone: an id has one spelling.
            fn from_str(text: &str) -> Result<Self, Invalid> {
                let known = text.parse().ok().map(Self).filter(|id| id.to_string() == text);
                known.ok_or_else(|| Invalid::new(Reason::Value, "an id is a number as the API shows it"))
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
            }
        }
    )*};
}

// SPEC: forms of identifiers and dates, identifiers.
numeric_ids! {
    /// The identifier of a RAM user: eighteen digits that begin with 2.
    UserId starts with "2";
    /// The identifier of a role: eighteen digits that begin with 3.
    RoleId starts with "3";
    /// What tells a custom policy from a later one of the same name. Never shown.
    PolicyId starts with "4";
    /// What tells an MFA device from a later one of the same name. Never shown.
    MfaDeviceId starts with "6";
    /// The identifier of a passkey: eighteen digits that begin with 7.
    PasskeyId starts with "7";
    /// The identifier of a group inside Argali; callers see it as `g-` and letters.
    GroupId starts with "5";
    /// What tells an identity provider from a later one of the same name. Never shown.
    ProviderId starts with "6";
    /// The identifier of an OAuth application: eighteen digits that begin with 4.
    ApplicationId starts with "4";
}

impl GroupId {
    /// `g-` and sixteen letters and digits, as the API shows a group's id.
    pub fn to_wire(self) -> String {
        let mut rest = self.0;
        let mut text = String::from("g-");
        for _ in 0..16 {
            // Five bits a character are more than the number holds, so equal texts mean equal numbers.
            let index = usize::try_from(rest % 32).unwrap_or_default();
            text.push(ALPHANUMERIC.get(index + 26).map_or('a', |byte| char::from(*byte)));
            rest /= 32;
        }
        text
    }
}

/// A key id of an account or user: `LTAI5t` and eighteen letters and digits.
pub fn generate_access_key_id(env: &Env) -> String {
    format!("LTAI5t{}", env.random_text(ALPHANUMERIC, 18))
}

/// A key id of a session: `STS.` and twenty-four letters and digits.
// SPEC: security, sessions, key.
pub fn generate_session_key_id(env: &Env) -> String {
    format!("{}{}", SESSION_KEY_PREFIX, env.random_text(ALPHANUMERIC, 24))
}

/// What every session's key id begins with.
pub const SESSION_KEY_PREFIX: &str = "STS.";

/// The number of one request: a random UUID in upper case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequestId([u8; 16]);

impl RequestId {
    /// A new number.
    pub fn generate(env: &Env) -> Self {
        let mut bytes = env.random::<16>();
        bytes[6] = bytes[6] & 0x0f | 0x40;
        bytes[8] = bytes[8] & 0x3f | 0x80;
        Self(bytes)
    }

    /// The sixteen bytes.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// The first twelve bytes in upper case, as object storage writes numbers of requests.
    // SPEC: forms of identifiers and dates, identifiers.
    pub fn to_short(&self) -> String {
        hex::encode_upper(self.0.first_chunk::<12>().copied().unwrap_or_default())
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = [b'-'; 36];
        let mut places = text.iter_mut().enumerate().filter(|(at, _)| !matches!(at, 8 | 13 | 18 | 23));
        for byte in self.0 {
            for (digit, (_, place)) in [byte >> 4, byte & 0xf].into_iter().zip(&mut places) {
                *place = if digit < 10 { b'0' + digit } else { b'A' + digit - 10 };
            }
        }
        f.write_str(std::str::from_utf8(&text).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn account_ids_are_five_to_twenty_digits() {
        for good in ["11223344", "12345", "12345678901234567890", "00000"] {
            assert_eq!(good.parse::<AccountId>().unwrap().as_str(), good);
        }
        for bad in ["", "1234", "123456789012345678901", "1234a", "12 34", "１２３４５"] {
            assert!(bad.parse::<AccountId>().is_err(), "{bad}");
        }
    }

    #[test]
    fn generated_identifiers_have_their_documented_forms() {
        let env = Env::system();
        assert_eq!(AccountId::generate(&env).as_str().len(), 16);
        assert!(UserId::generate(&env).to_string().starts_with('2'));
        assert_eq!(RoleId::generate(&env).to_string().len(), 18);
        assert_eq!(GroupId::generate(&env).to_wire().len(), 18);
        assert_eq!(generate_access_key_id(&env).len(), 24);
        assert_eq!(generate_session_key_id(&env).len(), 28);
        let request = RequestId::generate(&env).to_string();
        assert_eq!((request.len(), request.as_bytes()[14]), (36, b'4'));
    }
}
