//! OIDC tokens: what they say, and whether their issuer said it.
// SPEC: OpenID Connect Core 1.0, section 2; RFC 8725, best current practices for JSON Web Tokens.

use std::fmt;
use std::str::FromStr;

use argali_protocol::{Invalid, Reason};
use jsonwebtoken::dangerous::insecure_decode_claims;
use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Algorithm, Validation, decode, decode_header};
use serde::{Deserialize, Deserializer};

use super::keys::KeySet;
use super::name::ClientId;
use super::signature;
use crate::time::Timestamp;
use crate::vault::SecretText;

/// How far an issuer's clock may differ from ours, in seconds.
const LEEWAY_S: i64 = 60;
/// The longest name that an issuer may give to somebody, in bytes.
const LONGEST_SUBJECT: usize = 1_024;

/// A token as it came in: whoever has it is let in, so it is kept like a secret.
#[derive(Clone, Debug)]
pub struct OidcToken(SecretText);

/// Why a token is not taken. Each continues "The token".
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadToken {
    /// It is no JSON Web Token, or lacks a claim.
    #[error("is no signed JSON Web Token with iss, sub, aud, exp and iat")]
    Malformed,
    /// It is signed in a way that proves nothing.
    #[error("is signed with an algorithm that is not taken: RS, PS or ES with 256, 384 or 512, or EdDSA")]
    Algorithm,
    /// It is over.
    #[error("has expired")]
    Expired,
    /// It has not begun.
    #[error("is not valid yet")]
    NotYet,
    /// It was issued too long ago.
    #[error("was issued longer ago than the provider's IssuanceLimitTime")]
    TooOld,
    /// It names a key that the issuer does not have.
    #[error("names no key of its issuer that fits its algorithm")]
    UnknownKey,
    /// Its issuer did not sign it.
    #[error("is not signed by its issuer")]
    Signature,
}

/// What a token says.
#[derive(Clone, Debug, Deserialize)]
pub struct TokenClaims {
    /// Who issued it.
    #[serde(rename = "iss")]
    pub issuer: String,
    /// Whom it is about.
    #[serde(rename = "sub")]
    pub subject: String,
    /// Whom it is meant for.
    #[serde(rename = "aud", deserialize_with = "one_or_many")]
    audiences: Vec<String>,
    #[serde(rename = "exp", deserialize_with = "instant")]
    /// When it ends.
    pub expires_at: Timestamp,
    #[serde(rename = "iat", deserialize_with = "instant")]
    /// When it was issued.
    pub issued_at: Timestamp,
    #[serde(rename = "nbf", default, deserialize_with = "instant_if_any")]
    not_before: Option<Timestamp>,
}

impl OidcToken {
    /// The key that the token says it is signed with.
    pub fn key_id(&self) -> Option<String> {
        decode_header(self.0.expose()).ok()?.kid
    }

    /// What the token says, without knowing whether its issuer said it.
    pub fn unverified(&self) -> Result<TokenClaims, BadToken> {
        self.header()?;
        let claims = insecure_decode_claims(self.0.expose()).map_err(|_| BadToken::Malformed)?;
        well_formed(claims)
    }

    /// What the token says, if one of `keys` signed it.
    pub fn verified(&self, keys: &KeySet) -> Result<TokenClaims, BadToken> {
        let (algorithm, id) = self.header()?;
        let key = keys.find(id.as_deref(), algorithm).ok_or(BadToken::UnknownKey)?;
        signature::install();
        let mut validation = Validation::new(algorithm);
        // What the claims say is judged by the instant of the request and by the provider, which this does not know.
        validation.validate_exp = false;
        validation.validate_aud = false;
        validation.required_spec_claims.clear();
        let token = decode(self.0.expose(), &key.key, &validation).map_err(|_| BadToken::Signature)?;
        well_formed(token.claims)
    }

    fn header(&self) -> Result<(Algorithm, Option<String>), BadToken> {
        let header = decode_header(self.0.expose()).map_err(|error| match error.kind() {
            // The algorithm is what a header must have, and must be one that is known.
            ErrorKind::Json(_) => BadToken::Algorithm,
            _ => BadToken::Malformed,
        })?;
        // Whoever says that a reader must understand something means one who does.
        if header.crit.is_some() {
            return Err(BadToken::Malformed);
        }
        match header.alg {
            Algorithm::HS256 | Algorithm::HS384 | Algorithm::HS512 => Err(BadToken::Algorithm),
            algorithm => Ok((algorithm, header.kid)),
        }
    }
}

impl TokenClaims {
    /// Checks that the token is valid at `now`.
    pub fn check_times(&self, now: Timestamp) -> Result<(), BadToken> {
        if now >= self.expires_at.plus_seconds(LEEWAY_S) {
            return Err(BadToken::Expired);
        }
        let begins_at = self.not_before.map_or(self.issued_at, |begins_at| begins_at.max(self.issued_at));
        if begins_at > now.plus_seconds(LEEWAY_S) { Err(BadToken::NotYet) } else { Ok(()) }
    }

    /// Checks that the token was issued at most so many hours before `now`.
    pub fn check_age(&self, now: Timestamp, limit_h: u32) -> Result<(), BadToken> {
        let latest = self.issued_at.plus_seconds(i64::from(limit_h) * 3_600 + LEEWAY_S);
        if now > latest { Err(BadToken::TooOld) } else { Ok(()) }
    }

    /// Whom the token is meant for.
    pub fn audiences(&self) -> &[String] {
        &self.audiences
    }

    /// Those of `clients` that the token is meant for.
    pub fn audiences_among(&self, clients: &[ClientId]) -> Vec<ClientId> {
        let meant = |client: &&ClientId| self.audiences.iter().any(|audience| audience == client.as_str());
        clients.iter().filter(meant).cloned().collect()
    }
}

fn well_formed(claims: TokenClaims) -> Result<TokenClaims, BadToken> {
    let subject = &claims.subject;
    let named = (1..=LONGEST_SUBJECT).contains(&subject.len()) && !subject.chars().any(char::is_control);
    if named && !claims.audiences.is_empty() { Ok(claims) } else { Err(BadToken::Malformed) }
}

impl FromStr for OidcToken {
    type Err = Invalid;

    // SPEC: limits, AssumeRole and sessions: an OIDC token has 4 to 20000 characters.
    fn from_str(text: &str) -> Result<Self, Invalid> {
        if (4..=20_000).contains(&text.len()) {
            return Ok(Self(SecretText::new(text.to_owned())));
        }
        Err(Invalid::new(Reason::Value, "it must have 4 to 20000 characters"))
    }
}

impl<'de> Deserialize<'de> for OidcToken {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        SecretText::deserialize(deserializer)?.expose().parse().map_err(serde::de::Error::custom)
    }
}

fn one_or_many<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum OneOrMany {
        One(String),
        Many(Vec<String>),
    }
    Ok(match OneOrMany::deserialize(deserializer)? {
        OneOrMany::One(one) => vec![one],
        OneOrMany::Many(many) => many,
    })
}

/// Seconds since 1970 UTC, of which some issuers give fractions.
#[expect(clippy::cast_possible_truncation, reason = "the range is checked, and fractions do not matter")]
fn instant<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Timestamp, D::Error> {
    const LATEST_S: f64 = 253_402_300_799.0;
    let seconds = f64::deserialize(deserializer)?;
    if !(0.0..=LATEST_S).contains(&seconds) {
        return Err(serde::de::Error::custom(OutOfRange));
    }
    Ok(Timestamp::from_seconds(seconds as i64))
}

fn instant_if_any<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Timestamp>, D::Error> {
    instant(deserializer).map(Some)
}

struct OutOfRange;

impl fmt::Display for OutOfRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an instant from 1970 to 9999 is expected")
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use serde_json::{Value, json};

    use super::*;

    fn token(header: &Value, claims: &str) -> OidcToken {
        let part = |text: &str| URL_SAFE_NO_PAD.encode(text);
        format!("{}.{}.{}", part(&header.to_string()), part(claims), part("signature")).parse().unwrap()
    }

    fn claims() -> Value {
        json!({ "iss": "https://i.example", "sub": "s", "aud": "a", "exp": 2_000, "iat": 1_000 })
    }

    #[test]
    fn claims_are_read_strictly() {
        let header = json!({ "alg": "RS256" });
        let read = |claims: &str| token(&header, claims).unverified();
        let good = read(&claims().to_string()).unwrap();
        assert_eq!((good.issuer.as_str(), good.subject.as_str()), ("https://i.example", "s"));
        for (member, value) in [
            ("iss", json!(null)),
            ("sub", json!("")),
            ("sub", json!("a\nb")),
            ("sub", json!("x".repeat(1_025))),
            ("sub", json!(1)),
            ("aud", json!([])),
            ("aud", json!([1])),
            ("exp", json!("2000")),
            ("exp", json!(-1)),
            ("exp", json!(1e18)),
            ("iat", json!(null)),
            ("nbf", json!("soon")),
        ] {
            let mut claims = claims();
            claims[member] = value.clone();
            assert_eq!(read(&claims.to_string()).unwrap_err(), BadToken::Malformed, "{member}: {value}");
        }
        for member in ["iss", "sub", "aud", "exp", "iat"] {
            let mut claims = claims();
            claims.as_object_mut().unwrap().remove(member);
            assert_eq!(read(&claims.to_string()).unwrap_err(), BadToken::Malformed, "without {member}");
        }
        let twice = claims().to_string().replacen('{', r#"{"sub":"other","#, 1);
        assert_eq!(read(&twice).unwrap_err(), BadToken::Malformed, "a claim that is there twice");
    }

    #[test]
    fn algorithms_that_prove_nothing_are_refused_before_anything_else() {
        for algorithm in ["none", "None", "HS256", "HS384", "HS512", "", "RS1", "rs256"] {
            let token = token(&json!({ "alg": algorithm }), &claims().to_string());
            assert_eq!(token.unverified().unwrap_err(), BadToken::Algorithm, "{algorithm}");
            assert_eq!(token.verified(&KeySet::default()).unwrap_err(), BadToken::Algorithm, "{algorithm}");
        }
        let critical = token(&json!({ "alg": "RS256", "crit": ["x"], "x": 1 }), &claims().to_string());
        assert_eq!(critical.unverified().unwrap_err(), BadToken::Malformed);
        for text in ["....", "aa.b", "a.b.c", "a.b.c.d", &"x".repeat(20_000)] {
            assert!(text.parse::<OidcToken>().unwrap().unverified().is_err(), "{text}");
        }
        assert!("abc".parse::<OidcToken>().is_err() && "x".repeat(20_001).parse::<OidcToken>().is_err());
        assert_eq!(format!("{:?}", "a.b.c".parse::<OidcToken>().unwrap()), "OidcToken([redacted])");
    }

    #[test]
    fn times_are_judged_with_a_minute_of_leeway() {
        let at = Timestamp::from_seconds;
        let mut claims: TokenClaims = serde_json::from_value(claims()).unwrap();
        for (now, verdict) in
            [(939, Err(BadToken::NotYet)), (940, Ok(())), (2_059, Ok(())), (2_060, Err(BadToken::Expired))]
        {
            assert_eq!(claims.check_times(at(now)), verdict, "{now}");
        }
        assert_eq!(claims.check_age(at(1_000 + 3_660), 1), Ok(()));
        assert_eq!(claims.check_age(at(1_000 + 3_661), 1), Err(BadToken::TooOld));
        claims.not_before = Some(at(1_500));
        assert_eq!(claims.check_times(at(1_439)), Err(BadToken::NotYet));
        assert_eq!(claims.check_times(at(1_440)), Ok(()));
    }
}
