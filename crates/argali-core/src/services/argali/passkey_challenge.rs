//! What authenticators are asked with, and what they show in return.
//!
//! A challenge is a random number, sealed with whom and what for it was given out, so that nothing is kept of it until
//! it is met; from then on until its end it is remembered, so that it is met once.
// SPEC: W3C Web Authentication, cryptographic challenges; security, console.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use minicbor::{Decode, Encode};
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::dispatch::OpenContext;
use crate::error::{ApiError, ErrorCode};
use crate::guess::failed;
use crate::identifier::{AccountId, PasskeyId};
use crate::model::{KeyOwner, Passkey, SecondFactors, StoredNonce};
use crate::passkey::{Assertion, CredentialId, Rejected, RelyingParty};
use crate::time::Timestamp;
use crate::vault::SecretText;

/// How long there is to meet a challenge, in seconds.
const CHALLENGE_S: u32 = 5 * 60;
/// What a challenge is sealed with besides its key.
const PLACE: &[u8] = b"passkey challenge";
/// Only authenticators that find out who uses them are a second factor by themselves.
pub(super) const USER_VERIFICATION: &str = "required";

/// What a challenge is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub(super) enum Purpose {
    /// To register a passkey.
    #[n(0)]
    Registration,
    /// To log on.
    #[n(1)]
    Logon,
    /// To show in the course of a logon that it is still the same.
    #[n(2)]
    Verification,
}

/// Who is asked, and what for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub(super) struct Asked {
    #[n(0)]
    pub(super) purpose: Purpose,
    #[n(1)]
    pub(super) account: AccountId,
    #[n(2)]
    pub(super) owner: KeyOwner,
    /// The number of the logon, or of the attempt at one, in the course of which it is.
    #[cbor(n(3), with = "minicbor::bytes")]
    pub(super) course: [u8; 16],
}

/// A challenge as it is sealed.
#[derive(Debug, Encode, Decode)]
struct Challenge {
    #[cbor(n(0), with = "minicbor::bytes")]
    id: [u8; 16],
    #[n(1)]
    asked: Asked,
    #[n(2)]
    ends_at: Timestamp,
}

/// A challenge that was just given out.
#[derive(Debug)]
pub(super) struct GivenOut {
    /// Its random number.
    pub(super) id: [u8; 16],
    /// As browsers take it.
    pub(super) text: String,
}

/// A passkey as browsers know it.
#[derive(Debug, Serialize)]
pub(super) struct Descriptor {
    id: String,
    r#type: &'static str,
}

/// An answer that asks for a passkey.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct PasskeyRequest {
    public_key: RequestOptions,
}

/// What a browser's `navigator.credentials.get` takes, with bytes in base64url.
// SPEC: W3C Web Authentication, level 3, PublicKeyCredentialRequestOptionsJSON.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct RequestOptions {
    challenge: String,
    rp_id: String,
    timeout: u32,
    user_verification: &'static str,
    allow_credentials: Vec<Descriptor>,
}

impl Descriptor {
    pub(super) fn of(credential: &CredentialId) -> Self {
        Self { id: credential.to_string(), r#type: "public-key" }
    }
}

impl Asked {
    /// Gives out a challenge.
    pub(super) fn challenge(self, cx: &OpenContext<'_>) -> Result<GivenOut, ApiError> {
        let ends_at = cx.now().plus_seconds(CHALLENGE_S.into());
        let challenge = Challenge { id: cx.env().random(), asked: self, ends_at };
        let plain = minicbor::to_vec(&challenge).map_err(ApiError::internal)?;
        let sealed = cx.core().vault().attempt_key().seal(cx.env(), PLACE, &plain);
        Ok(GivenOut { id: challenge.id, text: URL_SAFE_NO_PAD.encode(sealed) })
    }

    /// Takes it that a challenge was met, and returns its random number; nothing if it was given out to somebody else or
    /// for something else, is over, or was met before.
    pub(super) fn meet(self, cx: &mut OpenContext<'_>, sealed: &[u8]) -> Result<Option<[u8; 16]>, ApiError> {
        let plain = cx.core().vault().attempt_key().open(PLACE, sealed);
        let challenge = plain.and_then(|plain| minicbor::decode::<Challenge>(&plain).ok());
        let Some(challenge) = challenge.filter(|known| known.asked == self && cx.now() < known.ends_at)
        else {
            return Ok(None);
        };
        let hash = Sha256::new().chain_update(PLACE).chain_update(challenge.id).finalize();
        let hash = hash.first_chunk().copied().unwrap_or_default();
        let met = StoredNonce { hash, expires_at: challenge.ends_at };
        if met.is_known(cx.tx())? {
            return Ok(None);
        }
        met.insert(cx.tx_mut());
        Ok(Some(challenge.id))
    }

    /// Asks for one of the passkeys that can be shown at this address.
    pub(super) fn request(self, cx: &OpenContext<'_>) -> Result<PasskeyRequest, ApiError> {
        let party = relying_party(cx)?;
        let known = SecondFactors::of(cx.tx(), self.account, self.owner)?.passkeys;
        let here = known.iter().filter(|passkey| passkey.relying_party == party.id());
        let allow_credentials: Vec<_> = here.map(|passkey| Descriptor::of(&passkey.credential)).collect();
        if allow_credentials.is_empty() {
            let message =
                "There is no passkey for this address: use a code, or the address at which it was made.";
            return Err(ApiError::new(ErrorCode::EntityNotExistUserPasskey, message));
        }
        Ok(PasskeyRequest {
            public_key: RequestOptions {
                challenge: self.challenge(cx)?.text,
                rp_id: party.id().to_owned(),
                timeout: TIMEOUT_MS,
                user_verification: USER_VERIFICATION,
                allow_credentials,
            },
        })
    }

    /// Takes a passkey that was shown, and says which; `Logon.Failed` if it is not accepted.
    pub(super) fn shown(
        self,
        cx: &mut OpenContext<'_>,
        credential: &SecretText,
    ) -> Result<PasskeyId, ApiError> {
        let party = relying_party(cx)?;
        let assertion = Assertion::parse(credential.expose()).map_err(|why| refused(cx, why))?;
        let mut known = SecondFactors::of(cx.tx(), self.account, self.owner)?.passkeys.into_iter();
        let found = known.find(|known| is_shown(known, &assertion, &party));
        let mut passkey = found.ok_or_else(|| refused(cx, Rejected::Unknown))?;
        let counter =
            assertion.verify(&party, &passkey.key, passkey.counter).map_err(|why| refused(cx, why))?;
        if self.meet(cx, assertion.challenge())?.is_none() {
            return Err(refused(cx, Rejected::Challenge));
        }
        passkey.counter = counter;
        passkey.last_used_at = Some(cx.now());
        passkey.save(cx.tx_mut(), self.account);
        Ok(passkey.id)
    }
}

/// How long a browser waits for an authenticator, in milliseconds.
pub(super) const TIMEOUT_MS: u32 = CHALLENGE_S * 1_000;

/// The address under which the caller sees the console, or `NotSupport.Passkey`.
pub(super) fn relying_party(cx: &OpenContext<'_>) -> Result<RelyingParty, ApiError> {
    RelyingParty::of(cx.host(), cx.origin().secure_transport).ok_or_else(|| {
        let message = "Passkeys need https and a host that has a name: open the console at such an address, or at localhost.";
        ApiError::new(ErrorCode::NotSupportPasskey, message)
    })
}

fn is_shown(known: &Passkey, assertion: &Assertion, party: &RelyingParty) -> bool {
    known.credential == *assertion.credential_id()
        && known.relying_party == party.id()
        && !assertion.is_of_another_than(&known.handle)
}

/// The one refusal of whoever does not get in; why is for the record.
fn refused(cx: &mut OpenContext<'_>, why: Rejected) -> ApiError {
    cx.note("passkey", why.to_string());
    failed()
}
