//! What OAuth applications are made of: scopes, addresses and versions of the protocol, parsed once where they come in.

use std::str::FromStr;

use argali_protocol::{Invalid, Reason};
use minicbor::{Decode, Encode};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// What an application may learn of whoever logs on through it. The vendor's other scopes lead to services of its own.
// SPEC: the reference's overview of OAuth applications, scopes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
#[cbor(index_only)]
pub enum Scope {
    /// A text that stands for the user. Every application has this scope.
    #[n(0)]
    OpenId,
    /// The numbers of the user and of its account.
    #[n(1)]
    AliUid,
    /// Logon name and display name.
    #[n(2)]
    Profile,
}

impl Scope {
    /// All of them, in the order in which they are shown.
    pub const ALL: &[Self] = &[Self::OpenId, Self::AliUid, Self::Profile];

    /// How it is written on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::OpenId => "openid",
            Self::AliUid => "aliuid",
            Self::Profile => "profile",
        }
    }

    /// What it opens, for people.
    pub const fn description(self) -> &'static str {
        match self {
            Self::OpenId => "A text that stands for the user; every application has this scope.",
            Self::AliUid => "The number of the user and the number of its account.",
            Self::Profile => "The logon name and the display name of the user.",
        }
    }
}

impl FromStr for Scope {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let known = Self::ALL.iter().copied().find(|scope| scope.name() == text);
        known.ok_or_else(|| {
            let known: Vec<_> = Self::ALL.iter().map(|scope| format!("`{}`", scope.name())).collect();
            Invalid::new(Reason::Value, format!("`{text}` is not one of {}", known.join(", ")))
        })
    }
}

/// The version of OAuth that an application speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum OAuthVersion {
    /// 2.0
    #[default]
    #[n(0)]
    V2_0,
    /// 2.1
    #[n(1)]
    V2_1,
}

impl OAuthVersion {
    /// How it is written on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::V2_0 => "2.0",
            Self::V2_1 => "2.1",
        }
    }
}

impl Serialize for OAuthVersion {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for OAuthVersion {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match String::deserialize(deserializer)?.as_str() {
            "2.0" => Ok(Self::V2_0),
            "2.1" => Ok(Self::V2_1),
            other => {
                let message = format!("`{other}` is not one of `2.0`, `2.1`");
                Err(serde::de::Error::custom(Invalid::new(Reason::Value, message)))
            }
        }
    }
}

/// Where an application takes people back to: an absolute URI without fragment, of a scheme that runs nothing in the
/// browser.
// SPEC: RFC 6749, section 3.1.2; which schemes the reference takes is not published.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize)]
#[cbor(transparent)]
pub struct RedirectUri(#[n(0)] String);

/// How long it may be, in characters.
const LONGEST_URI: usize = 512;
/// Schemes that do something to the page or the machine that they are opened on.
const DANGEROUS: [&str; 5] = ["javascript", "data", "vbscript", "file", "blob"];

impl FromStr for RedirectUri {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let unfit = |message: &str| Err(Invalid::new(Reason::Value, message.to_owned()));
        if text.len() > LONGEST_URI || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return unfit("an address has at most 512 characters, none of them a space");
        }
        let Some((scheme, rest)) = text.split_once(":/") else {
            return unfit("an address is absolute, such as `https://www.example.com/callback`");
        };
        let is_scheme = scheme.starts_with(|first: char| first.is_ascii_alphabetic())
            && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c));
        if !is_scheme || DANGEROUS.contains(&scheme.to_ascii_lowercase().as_str()) {
            return unfit("an address begins with `https://`, or with a scheme of the application's own");
        }
        let is_web = ["http", "https"].iter().any(|web| scheme.eq_ignore_ascii_case(web));
        let host = rest.strip_prefix('/').unwrap_or_default();
        if is_web && host.find(|c: char| "/?".contains(c)).unwrap_or(host.len()) == 0 {
            return unfit("an address on the web names a host");
        }
        match text.contains('#') {
            true => unfit("an address has no fragment"),
            false => Ok(Self(text.to_owned())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_absolute_and_run_nothing() {
        for good in
            ["https://a.example/cb?x=1", "http://127.0.0.1:8080/", "com.example.app:/cb", "myapp://cb"]
        {
            assert!(good.parse::<RedirectUri>().is_ok(), "{good}");
        }
        let long = format!("https://a.example/{}", "a".repeat(LONGEST_URI));
        for bad in [
            "",
            "/cb",
            "www.example.com",
            "https://",
            "https:///cb",
            "https:/a.example",
            "https://?a",
            "https://a.example/#top",
            "https://a.example/ b",
            "JavaScript://%0aalert(1)",
            "data:/text",
            "1a://b",
            "://b",
            &long,
        ] {
            assert!(bad.parse::<RedirectUri>().is_err(), "{bad}");
        }
    }

    #[test]
    fn scopes_are_read_as_they_are_written() {
        assert!(Scope::ALL.iter().all(|scope| scope.name().parse() == Ok(*scope)));
        assert!("OpenID".parse::<Scope>().is_err());
    }
}
