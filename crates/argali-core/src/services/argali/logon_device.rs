//! Browsers that somebody has logged on with, known again by what they were given then: a sealed mark, kept nowhere.
//!
//! A browser that is known is not held up by what strangers guess about its person, and may stand for a code that was
//! shown with it before, where the account says so.
// SPEC: security, console, failures; limits, security preference.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use minicbor::{Decode, Encode};

use super::logon_attempt::Holder;
use crate::dispatch::OpenContext;
use crate::error::ApiError;
use crate::guess::{KnownBy, network};
use crate::identifier::AccountId;
use crate::model::{
    KeyOwner, LogonTrace, MfaForLogon, SecondFactor, SecondFactors, SecurityPreference, generation,
};
use crate::session::SessionId;
use crate::time::Timestamp;
use crate::vault::SecretText;

/// For how long a browser is known after a logon, in seconds.
const KNOWN_S: i64 = 90 * DAY_S;
/// For how long a browser stands for a code, in seconds.
// SPEC: limits, security preference, EnableSaveMFATicket.
const REMEMBERED_S: i64 = 7 * DAY_S;
const DAY_S: i64 = 24 * 60 * 60;
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
    /// The latest second factor that was shown with it.
    #[n(4)]
    factor: Option<Factor>,
}

/// That a second factor was shown.
#[derive(Clone, Debug, Encode, Decode)]
struct Factor {
    /// Which.
    #[n(0)]
    shown: SecondFactor,
    /// When.
    #[n(1)]
    at: Timestamp,
    /// Whether whoever showed it wants the browser to stand for it.
    #[n(2)]
    is_remembered: bool,
    /// The generation of the account then: marks at it or after it make it count for nothing.
    #[n(3)]
    generation: u64,
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
        Self { id, account: holder.account.id, owner: holder.owner, at: cx.now(), factor: None }
    }

    /// The browser of `holder`, with which a second factor was shown at this moment.
    pub(super) fn that_showed(
        cx: &OpenContext<'_>,
        holder: &Holder,
        shown: SecondFactor,
        is_remembered: bool,
    ) -> Result<Self, ApiError> {
        let generation = generation(cx.tx(), holder.account.id)?;
        let factor = Some(Factor { shown, at: cx.now(), is_remembered, generation });
        let known = holder.device.clone().unwrap_or_else(|| Self::new(cx, holder));
        Ok(Self { factor, ..known })
    }

    /// Whether none of the second factors that `holder` has need be shown with this browser.
    ///
    /// Where the account remembers it: for seven days, if whoever showed one wanted that. Where it asks at unusual logons
    /// only: for as long as the browser is known.
    pub(super) fn stands_for(
        &self,
        cx: &OpenContext<'_>,
        held: &SecondFactors,
        holder: &Holder,
    ) -> Result<bool, ApiError> {
        let Some(factor) = self.factor.as_ref().filter(|factor| held.hold(factor.shown)) else {
            return Ok(false);
        };
        let of_user = holder.user.as_ref().map_or(0, |user| user.sessions_not_before);
        let mark = holder.account.sessions_not_before.max(of_user);
        if mark > 0 && factor.generation <= mark {
            return Ok(false);
        }
        let preference = SecurityPreference::of(cx.tx(), holder.account.id)?;
        let is_within = |seconds| cx.now() < factor.at.plus_seconds(seconds);
        let is_remembered = preference.remember_mfa && factor.is_remembered && is_within(REMEMBERED_S);
        let is_usual = preference.mfa_for_logon == MfaForLogon::Adaptive && is_within(KNOWN_S);
        Ok(is_remembered || is_usual)
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
