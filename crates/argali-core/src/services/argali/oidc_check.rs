//! The checks that a token of an OIDC provider goes through, one by one.

use std::sync::Arc;

use serde::Serialize;

use crate::federation::{
    BadToken, ClientId, FetchError, Fingerprint, KeySet, KeysError, OidcToken, TokenClaims,
};
use crate::model::OidcProvider;
use crate::time::Timestamp;

/// A check, and what came of it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct CheckView {
    /// `Form`, `Times`, `Issuer`, `Audience`, `Keys`, `Signature` or `Age`.
    check: &'static str,
    /// `Passed`, `Failed`, or `NotReached` where an earlier one leaves nothing to look at.
    result: &'static str,
    /// Why it failed, in a word.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
    /// The same in a sentence.
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
    /// What the provider asks for.
    expected: Vec<String>,
    /// What the token says.
    found: Vec<String>,
}

/// The keys of an issuer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct KeysView {
    /// Where the issuer says that they are.
    url: String,
    keys: Vec<KeyView>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct KeyView {
    #[serde(skip_serializing_if = "Option::is_none")]
    key_id: Option<String>,
    algorithms: Vec<String>,
}

/// What a token says, whoever said it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct TokenView {
    issuer: String,
    subject: String,
    audiences: Vec<String>,
    issuance_time: Timestamp,
    expiration_time: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    key_id: Option<String>,
}

/// Why a check failed: in a word, and in a sentence.
struct Failing(&'static str, String);

/// Makes all checks that there is something to look at for. Without a token, that is the one of the keys.
pub(super) fn checks(
    provider: &OidcProvider,
    keys: Result<&Arc<KeySet>, &Arc<KeysError>>,
    token: Option<&OidcToken>,
    claims: Option<&Result<TokenClaims, BadToken>>,
    now: Timestamp,
) -> Vec<CheckView> {
    let pins = provider.fingerprints.iter().map(Fingerprint::as_str).map(str::to_owned).collect();
    let of_keys = CheckView::of("Keys", keys.map(|_| ()).map_err(|error| unreachable(error)))
        .with([vec![provider.issuer.to_string()], pins].concat(), Vec::new());
    let (Some(token), Some(claims)) = (token, claims) else { return vec![of_keys] };
    let claims = match claims {
        Ok(claims) => claims,
        Err(bad) => {
            let not_reached = |check| CheckView { result: "NotReached", ..CheckView::of(check, Ok(())) };
            let [times, issuer, audience] = ["Times", "Issuer", "Audience"].map(not_reached);
            let [signature, age] = ["Signature", "Age"].map(not_reached);
            let form = CheckView::of("Form", Err(bad_token(*bad)));
            return vec![form, times, issuer, audience, of_keys, signature, age];
        }
    };
    let issuer = provider.issuer.as_str();
    let clients: Vec<_> = provider.client_ids.iter().map(|client| client.as_str().to_owned()).collect();
    let limit_h = provider.issuance_limit_h;
    let signature = match keys {
        Ok(keys) => CheckView::of("Signature", token.verified(keys).map(|_| ()).map_err(bad_token)),
        Err(_) => CheckView { result: "NotReached", ..CheckView::of("Signature", Ok(())) },
    };
    let known = keys.map(|keys| keys.ids()).unwrap_or_default();
    vec![
        CheckView::of("Form", Ok(())),
        CheckView::of("Times", claims.check_times(now).map_err(bad_token)).with(
            vec![now.to_string()],
            [claims.issued_at, claims.expires_at].map(|at| at.to_string()).into(),
        ),
        CheckView::of("Issuer", same_issuer(issuer, claims))
            .with(vec![issuer.to_owned()], vec![claims.issuer.clone()]),
        CheckView::of("Audience", meant_for(&provider.client_ids, claims))
            .with(clients, claims.audiences().to_vec()),
        of_keys,
        signature.with(known, token.key_id().into_iter().collect()),
        CheckView::of("Age", claims.check_age(now, limit_h).map_err(bad_token))
            .with(vec![limit_h.to_string()], vec![claims.issued_at.to_string()]),
    ]
}

fn same_issuer(issuer: &str, claims: &TokenClaims) -> Result<(), Failing> {
    if claims.issuer == issuer {
        return Ok(());
    }
    Err(Failing("OtherIssuer", "The token is of another issuer than the provider's.".to_owned()))
}

fn meant_for(clients: &[ClientId], claims: &TokenClaims) -> Result<(), Failing> {
    if !claims.audiences_among(clients).is_empty() {
        return Ok(());
    }
    Err(Failing("OtherClient", "The token is meant for none of the provider's client ids.".to_owned()))
}

fn bad_token(bad: BadToken) -> Failing {
    let reason = match bad {
        BadToken::Malformed => "Malformed",
        BadToken::Algorithm => "Algorithm",
        BadToken::Expired => "Expired",
        BadToken::NotYet => "NotYet",
        BadToken::TooOld => "TooOld",
        BadToken::UnknownKey => "UnknownKey",
        BadToken::Signature => "Signature",
    };
    Failing(reason, format!("The token {bad}."))
}

fn unreachable(error: &KeysError) -> Failing {
    let reason = match error {
        KeysError::Fetch(FetchError::Forbidden(_)) => "AddressForbidden",
        KeysError::Fetch(FetchError::Unreachable { .. }) => "Unreachable",
        KeysError::Fetch(FetchError::Status { .. }) => "BadStatus",
        KeysError::Fetch(FetchError::TooLarge(_)) => "TooLarge",
        KeysError::Fetch(FetchError::TooSlow(_)) => "TooSlow",
        KeysError::Fetch(FetchError::Offline) => "Offline",
        KeysError::Discovery => "Discovery",
        KeysError::KeySet => "KeySet",
    };
    Failing(reason, format!("The issuer's keys cannot be had: {}.", error.in_full()))
}

impl CheckView {
    fn of(check: &'static str, outcome: Result<(), Failing>) -> Self {
        let (result, reason, message) = match outcome {
            Ok(()) => ("Passed", None, None),
            Err(Failing(reason, message)) => ("Failed", Some(reason), Some(message)),
        };
        Self { check, result, reason, message, expected: Vec::new(), found: Vec::new() }
    }

    /// The same with what was compared.
    fn with(self, expected: Vec<String>, found: Vec<String>) -> Self {
        Self { expected, found, ..self }
    }

    /// Whether it was passed.
    pub(super) fn is_passed(&self) -> bool {
        self.result == "Passed"
    }
}

impl KeysView {
    pub(super) fn of(keys: &KeySet) -> Self {
        let key = |(key_id, algorithms)| KeyView { key_id, algorithms };
        Self { url: keys.source().to_owned(), keys: keys.listed().map(key).collect() }
    }
}

impl TokenView {
    pub(super) fn of(claims: &TokenClaims, key_id: Option<String>) -> Self {
        Self {
            issuer: claims.issuer.clone(),
            subject: claims.subject.clone(),
            audiences: claims.audiences().to_vec(),
            issuance_time: claims.issued_at,
            expiration_time: claims.expires_at,
            key_id,
        }
    }
}
