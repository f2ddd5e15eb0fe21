//! A changing call that is sent again with the same `ClientToken` is answered as before, and not run again.
// SPEC: wire protocol, resource services, IdempotentParameterMismatch.

use argali_protocol::Params;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::dispatch::Context;
use crate::error::{ApiError, ErrorCode};
use crate::model::{RepeatKey, RepeatedCall};

/// How long an answer is kept, in seconds.
const KEPT_S: i64 = 24 * 60 * 60;
/// The longest token, in characters.
const LONGEST_TOKEN: usize = 64;
/// What differs each time that a call is signed, and is no part of what it asks for.
pub(super) const OF_THE_SIGNATURE: &[&str] = &[
    "AccessKeyId",
    "Format",
    "SecurityToken",
    "Signature",
    "SignatureMethod",
    "SignatureNonce",
    "SignatureType",
    "SignatureVersion",
    "Timestamp",
];

/// A call with a `ClientToken`.
pub(super) struct Repeatable {
    token: [u8; 16],
    fingerprint: [u8; 32],
}

impl Repeatable {
    /// The call's token, if it has one. Fails if the token is too long or not ASCII.
    pub(super) fn of(params: &Params<'_>) -> Result<Option<Self>, ApiError> {
        let Some(token) = params.get("ClientToken").filter(|token| !token.is_empty()) else {
            return Ok(None);
        };
        if token.len() > LONGEST_TOKEN || !token.is_ascii() {
            let message = "ClientToken has at most 64 ASCII characters: send a shorter one.";
            return Err(ApiError::invalid("ClientToken", message));
        }
        let mut asked = Sha256::new();
        for (name, value) in params.iter().filter(|(name, _)| !OF_THE_SIGNATURE.contains(name)) {
            // No parameter holds a NUL, so no two lists of them look alike.
            asked.update(name);
            asked.update([0]);
            asked.update(value);
            asked.update([0]);
        }
        let mut short = [0; 16];
        short.iter_mut().zip(Sha256::digest(token)).for_each(|(to, from)| *to = from);
        Ok(Some(Self { token: short, fingerprint: asked.finalize().into() }))
    }

    /// What was answered when the call came before. Fails if that call asked for something else.
    pub(super) fn answered(&self, cx: &Context<'_>, place: (&str, &str)) -> Result<Option<Value>, ApiError> {
        let Some(before) = RepeatedCall::find(cx.tx(), &self.key(cx, place), cx.now())? else {
            return Ok(None);
        };
        if before.fingerprint != self.fingerprint {
            let message =
                "The ClientToken was used with other parameters: send the same ones, or another token.";
            let code = ErrorCode::Declared("IdempotentParameterMismatch".into(), 400);
            return Err(ApiError::new(code, message));
        }
        serde_json::from_str(&before.answer).map(Some).map_err(ApiError::internal)
    }

    /// Keeps the answer, in the transaction of the change.
    pub(super) fn remember(&self, cx: &mut Context<'_>, place: (&str, &str), answer: &Value) {
        let key = self.key(cx, place);
        let expires_at = cx.now().plus_seconds(KEPT_S);
        let call = RepeatedCall { fingerprint: self.fingerprint, answer: answer.to_string(), expires_at };
        call.insert(cx.tx_mut(), &key);
    }

    fn key(&self, cx: &Context<'_>, (version, operation): (&str, &str)) -> RepeatKey {
        RepeatKey::new(cx.account(), version, operation, &self.token)
    }
}
