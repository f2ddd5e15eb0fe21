//! Names and texts that belong to identity providers, parsed once where they come in.
// SPEC: limits, names: SAML or OIDC provider name, issuer URL, client id, fingerprint.

use std::str::FromStr;

use argali_protocol::{Invalid, Reason};
use minicbor::{Decode, Encode};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::name::{alphanumeric_or, check};
use crate::text_type::{texts, texts_of_calls};
use crate::url::HttpsUrl;

texts! {
    /// What an identity provider is called in its account.
    ProviderName |text| provider_name(text);
    /// What an identity provider is for.
    ProviderDescription |text| description(text);
    /// The issuer of OIDC tokens, exactly as its tokens name it.
    IssuerUrl |text| issuer_url(text);
    /// Whom tokens of an issuer must be meant for.
    ClientId |text| client_id(text);
    /// A certificate of an issuer: hexadecimal digits of its SHA-1 or SHA-256 hash.
    Fingerprint |text| fingerprint(text);
}
texts_of_calls! { ProviderName, ProviderDescription, IssuerUrl, ClientId, Fingerprint }

impl ProviderName {
    /// The name as it is compared: names differ by more than the case of their letters.
    pub fn folded(&self) -> String {
        self.0.to_lowercase()
    }
}

impl IssuerUrl {
    /// Where the issuer says where its keys are.
    // SPEC: OpenID Connect Discovery 1.0, section 4.1.
    pub fn discovery(&self) -> Result<HttpsUrl, Invalid> {
        format!("{}/.well-known/openid-configuration", self.0.trim_end_matches('/')).parse()
    }
}

impl Fingerprint {
    /// Whether both name the same certificate: digits differ by more than their case.
    pub fn is(&self, other: &str) -> bool {
        self.0.eq_ignore_ascii_case(other)
    }
}

/// Texts that come as one, with commas or another character between: none twice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed<T, const BETWEEN: char = ','>(pub Vec<T>);

impl<T, const BETWEEN: char> Default for Listed<T, BETWEEN> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: FromStr<Err = Invalid> + PartialEq, const BETWEEN: char> Deserialize<'de>
    for Listed<T, BETWEEN>
{
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let mut list = Vec::new();
        for part in text.split(BETWEEN).map(str::trim).filter(|part| !part.is_empty()) {
            let part = part.parse().map_err(serde::de::Error::custom)?;
            if !list.contains(&part) {
                list.push(part);
            }
        }
        Ok(Self(list))
    }
}

/// With which algorithm Argali signs its requests to a SAML provider.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum SignatureAlgorithm {
    /// RSA with SHA-1.
    #[default]
    #[n(0)]
    RsaSha1,
    /// RSA with SHA-256.
    #[n(1)]
    RsaSha256,
}

impl Serialize for SignatureAlgorithm {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(match self {
            Self::RsaSha1 => "rsa-sha1",
            Self::RsaSha256 => "rsa-sha256",
        })
    }
}

impl<'de> Deserialize<'de> for SignatureAlgorithm {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match String::deserialize(deserializer)?.as_str() {
            "rsa-sha1" => Ok(Self::RsaSha1),
            "rsa-sha256" => Ok(Self::RsaSha256),
            other => {
                let message = format!("`{other}` is not one of `rsa-sha256`, `rsa-sha1`");
                Err(serde::de::Error::custom(Invalid::new(Reason::Value, message)))
            }
        }
    }
}

fn provider_name(text: &str) -> Result<(), Invalid> {
    check(text, 1, 128, |c| alphanumeric_or(c, "._-"), "letters, digits, `.`, `_` and `-`")?;
    let ends = [text.chars().next(), text.chars().next_back()];
    if ends.iter().flatten().all(char::is_ascii_alphanumeric) {
        return Ok(());
    }
    Err(Invalid::new(Reason::InvalidChars, "it must begin and end with a letter or digit"))
}

fn description(text: &str) -> Result<(), Invalid> {
    let allowed = |c: char| !c.is_control() || matches!(c, '\n' | '\t');
    check(text, 0, 256, allowed, "any characters but control characters")
}

fn issuer_url(text: &str) -> Result<(), Invalid> {
    if text.len() > 255 {
        let message = format!("it must have at most 255 characters, not {}", text.len());
        return Err(Invalid::new(Reason::Length, message));
    }
    if text.parse::<HttpsUrl>()?.has_query() || text.contains('@') {
        return Err(Invalid::new(Reason::Value, "an issuer's URL has no query and no `@`"));
    }
    Ok(())
}

fn client_id(text: &str) -> Result<(), Invalid> {
    check(text, 1, 128, |c| alphanumeric_or(c, "._:/-"), "letters, digits, `.`, `_`, `:`, `/` and `-`")?;
    if text.starts_with(|c: char| c.is_ascii_alphanumeric()) {
        return Ok(());
    }
    Err(Invalid::new(Reason::InvalidChars, "a client id begins with a letter or digit"))
}

fn fingerprint(text: &str) -> Result<(), Invalid> {
    check(text, 1, 128, |c| c.is_ascii_alphanumeric(), "letters and digits")
}

#[cfg(test)]
mod tests {
    use std::fmt;

    use super::*;

    fn reason<T: FromStr<Err = Invalid> + fmt::Debug>(text: &str) -> Reason {
        text.parse::<T>().unwrap_err().reason
    }

    #[test]
    fn names_of_providers_begin_and_end_with_a_letter_or_digit() {
        for good in ["a", "github", "A.b_c-9", &"x".repeat(128)] {
            assert!(good.parse::<ProviderName>().is_ok(), "{good}");
        }
        for bad in ["-a", "a-", ".a", "a.", "_", "a b", "a/b"] {
            assert_eq!(reason::<ProviderName>(bad), Reason::InvalidChars, "{bad}");
        }
        assert_eq!(reason::<ProviderName>(""), Reason::Length);
        assert_eq!(reason::<ProviderName>(&"x".repeat(129)), Reason::Length);
        assert_eq!("GitHub".parse::<ProviderName>().unwrap().folded(), "github");
    }

    #[test]
    fn issuers_are_named_by_plain_https_urls() {
        let long = format!("https://example.com/{}", "x".repeat(236));
        assert_eq!(reason::<IssuerUrl>(&long), Reason::Length);
        for bad in ["http://example.com", "https://example.com/?a", "https://example.com/@a", "https://a#b"] {
            assert_eq!(reason::<IssuerUrl>(bad), Reason::Value, "{bad}");
        }
        for issuer in ["https://example.com/realms/a", "https://example.com/realms/a/"] {
            let issuer: IssuerUrl = issuer.parse().unwrap();
            let document = "https://example.com/realms/a/.well-known/openid-configuration";
            assert_eq!(issuer.discovery().unwrap().as_str(), document);
        }
    }

    #[test]
    fn client_ids_and_fingerprints_have_their_characters() {
        assert!("https://github.com/acme".parse::<ClientId>().is_ok());
        assert_eq!(reason::<ClientId>("/a"), Reason::InvalidChars);
        assert_eq!(reason::<ClientId>("a b"), Reason::InvalidChars);
        assert_eq!(reason::<Fingerprint>("ab:cd"), Reason::InvalidChars);
        assert!("AbCd".parse::<Fingerprint>().unwrap().is("aBcD"));
    }
}
