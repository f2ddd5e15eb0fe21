//! Who signed a request: key, token, time, signature and nonce, in the order that tells a caller most.
// SPEC: wire protocol, time and nonce, order of checks.

use std::sync::Arc;

use argali_protocol::{Signed, Term};
use argali_store::Transaction;

use super::Request;
use super::logon::PresentLogon;
use super::nonce::Seen;
use super::standing::Standing;
use crate::audit::Draft;
use crate::core::Core;
use crate::error::{ApiError, ErrorCode};
use crate::identifier::SESSION_KEY_PREFIX;
use crate::model::StoredNonce;
use crate::time::Timestamp;

/// How far a request's time may lie from the server's, in seconds.
const TIME_WINDOW_S: i64 = 15 * 60;

/// A request whose signature was right.
#[derive(Clone, Debug)]
pub(crate) struct Authenticated {
    /// What was known of the caller when the signature was checked.
    pub(crate) standing: Arc<Standing>,
    /// The token of a session: it came with the request, or lies with the logon that switched to the role.
    pub(crate) token: Option<String>,
    /// What a change stores, so that the request cannot run again.
    pub(crate) nonce: Option<StoredNonce>,
    /// The console logon that was presented instead.
    pub(crate) logon: Option<PresentLogon>,
}

impl Core {
    /// Finds out who `signed`, as `snapshot` has it.
    pub(super) fn authenticate(
        &self,
        request: &Request,
        signed: &Signed<'_>,
        snapshot: &dyn Transaction,
        draft: &mut Draft,
    ) -> Result<Authenticated, ApiError> {
        draft.signed_with(&signed.access_key_id);
        let token = matching_token(signed)?;
        let standing = match self.standing(snapshot, &signed.access_key_id, token, request.now) {
            Ok(standing) => standing,
            Err(error) => {
                if let Some(record) = self.refused_signer(snapshot, signed, token, request.now) {
                    draft.refused_signer(record);
                }
                return Err(error);
            }
        };
        let signed_at = check_time(signed, request.now)?;
        let secret = standing.secret().ok_or_else(|| ApiError::internal("a logon was signed with"))?;
        signed.verify(secret.expose().as_bytes()).map_err(|mismatch| {
            let message = format!(
                "Specified signature is not matched with our calculation. server string to sign is:{}",
                mismatch.string_to_sign()
            );
            ApiError::new(ErrorCode::SignatureDoesNotMatch, message)
        })?;
        // Object storage has none: what is asked of it twice comes to the same.
        let nonce =
            (!signed.nonce.is_empty()).then(|| self.use_nonce(signed, signed_at, request.now)).transpose()?;
        Ok(Authenticated { standing, token: token.map(str::to_owned), nonce, logon: None })
    }

    /// Remembers the nonce. Only after the signature was right, so that a forged request burns none.
    pub(super) fn use_nonce(
        &self,
        signed: &Signed<'_>,
        signed_at: Timestamp,
        now: Timestamp,
    ) -> Result<StoredNonce, ApiError> {
        let expires_at = signed_at.plus_seconds(TIME_WINDOW_S);
        match self.nonces().see(&signed.access_key_id, &signed.nonce, expires_at, now) {
            Seen::New(nonce) => Ok(nonce),
            Seen::Before => {
                let message = "Specified signature nonce was used already: sign each request with a new one.";
                Err(ApiError::new(ErrorCode::SignatureNonceUsed, message))
            }
            Seen::TooMany => {
                let message = "Request was denied due to user flow control: this key sent too many requests.";
                Err(ApiError::new(ErrorCode::ThrottlingUser, message))
            }
        }
    }
}

/// The token that goes with the key: sessions have one, AccessKeys none.
fn matching_token<'a>(signed: &'a Signed<'_>) -> Result<Option<&'a str>, ApiError> {
    let token = signed.security_token.as_deref();
    match (signed.access_key_id.starts_with(SESSION_KEY_PREFIX), token) {
        (true, None) => {
            let message =
                "SecurityToken is mandatory for this action: a temporary key is used with its token.";
            Err(ApiError::new(ErrorCode::MissingSecurityToken, message))
        }
        (false, Some(_)) => {
            let message =
                "Specified SecurityToken mismatch with the AccessKey: send it with its own temporary key.";
            Err(ApiError::new(ErrorCode::InvalidSecurityTokenMismatchWithAccessKey, message))
        }
        (_, token) => Ok(token),
    }
}

pub(super) fn check_time(signed: &Signed<'_>, now: Timestamp) -> Result<Timestamp, ApiError> {
    let Ok(seconds) = signed.timestamp else {
        let message =
            "Specified time stamp or date value is not well formatted: write it as 2015-01-23T12:33:18Z.";
        return Err(ApiError::new(ErrorCode::InvalidTimeStampFormat, message));
    };
    if let Term::Until(ends) = signed.term {
        let message = "Request has expired. Have it signed again.";
        let begins_late = seconds != ends && seconds > now.plus_seconds(TIME_WINDOW_S).as_seconds();
        return if begins_late || now.as_seconds() >= ends {
            Err(ApiError::new(ErrorCode::Declared("AccessDenied".into(), 403), message))
        } else {
            Ok(Timestamp::from_seconds(seconds))
        };
    }
    if seconds.abs_diff(now.as_seconds()) > TIME_WINDOW_S.unsigned_abs() {
        let message = format!(
            "Specified time stamp or date value is expired: it is more than 15 minutes from the server's time {now}."
        );
        return Err(ApiError::new(ErrorCode::InvalidTimeStampExpired, message));
    }
    Ok(Timestamp::from_seconds(seconds))
}
