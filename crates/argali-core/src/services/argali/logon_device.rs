//! Browsers that somebody has logged on with, known again by what they were given then: a sealed mark, kept nowhere.
//!
//! A browser that is known is not held up by what strangers guess about its person.
// SPEC: security, console, failures.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use minicbor::{Decode, Encode};

use super::logon_attempt::Holder;
use crate::dispatch::OpenContext;
use crate::error::ApiError;
use crate::guess::{KnownBy, network};
use crate::identifier::AccountId;
use crate::model::{KeyOwner, LogonTrace};
use crate::session::SessionId;
use crate::time::Timestamp;
use crate::vault::SecretText;

/// For how long a browser is known after a logon, in seconds.
const KNOWN_S: i64 = 90 * 24 * 60 * 60;
/// What a mark is sealed with besides its key.
const PLACE: &[u8] = b"logon device";

/// A browser that somebody has logged on with.
#[derive(Clone, Debug, Encode, Decode)]
pub(super) struct Device {
    /// What tells it from others.
    #[n(0)]
    id: SessionId,
    #[n(1)]
    account: AccountId,
    #[n(2)]
    owner: KeyOwner,
    /// When somebody last logged on with it.
    #[n(3)]
    at: Timestamp,
}

impl Device {
    /// The browser that shows this mark, if it is known to `holder`.
    pub(super) fn of_holder(cx: &OpenContext<'_>, token: &SecretText, holder: &Holder) -> Option<Self> {
        let sealed = URL_SAFE_NO_PAD.decode(token.expose()).ok()?;
        let plain = cx.core().vault().attempt_key().open(PLACE, &sealed)?;
        let device: Self = minicbor::decode(&plain).ok()?;
        let is_known = device.account == holder.account.id
            && device.owner == holder.owner
            && cx.now() < device.at.plus_seconds(KNOWN_S);
        is_known.then_some(device)
    }

    /// A browser with which `holder` logs on for the first time.
    pub(super) fn new(cx: &OpenContext<'_>, holder: &Holder) -> Self {
        let id = SessionId::generate(cx.env());
        Self { id, account: holder.account.id, owner: holder.owner, at: cx.now() }
    }

    /// The mark by which it is known after a logon at this moment.
    pub(super) fn mark(self, cx: &OpenContext<'_>) -> Result<SecretText, ApiError> {
        let plain = minicbor::to_vec(Self { at: cx.now(), ..self }).map_err(ApiError::internal)?;
        let sealed = cx.core().vault().attempt_key().seal(cx.env(), PLACE, &plain);
        Ok(SecretText::new(URL_SAFE_NO_PAD.encode(sealed)))
    }
}

/// By what it is known that somebody is close to `holder`: by its browser, or else by the network.
pub(super) fn known_by(
    cx: &OpenContext<'_>,
    device: Option<&Device>,
    holder: &Holder,
) -> Result<Option<KnownBy>, ApiError> {
    if let Some(device) = device {
        return Ok(Some(KnownBy::Credential(format!("device:{}", device.id))));
    }
    let trace = LogonTrace::of(cx.tx(), holder.account.id, holder.owner)?;
    let is_known = trace.knows(network(cx.origin().source_ip), cx.now());
    Ok(is_known.then_some(KnownBy::Network))
}
