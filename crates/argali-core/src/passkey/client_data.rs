//! Client data: what a browser saw of the page that asked for a passkey, as JSON in bytes.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;

use super::{Rejected, RelyingParty};

/// What is asked of an authenticator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ceremony {
    /// To make a passkey.
    Create,
    /// To show one.
    Get,
}

/// What a browser saw.
#[derive(Debug)]
pub(super) struct ClientData {
    read: Read,
    /// What it was asked with.
    pub(super) challenge: Vec<u8>,
}

/// Browsers add members now and then, which are to be overlooked.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Read {
    r#type: String,
    challenge: String,
    origin: String,
    #[serde(default)]
    cross_origin: bool,
    top_origin: Option<String>,
}

impl ClientData {
    pub(super) fn parse(json: &[u8]) -> Result<Self, Rejected> {
        // Members that are overlooked are not read as text, so that only this sees whether they are.
        let json = std::str::from_utf8(json).map_err(|_| Rejected::Malformed)?;
        let read: Read = serde_json::from_str(json).map_err(|_| Rejected::Malformed)?;
        let challenge = URL_SAFE_NO_PAD.decode(&read.challenge).map_err(|_| Rejected::Malformed)?;
        Ok(Self { read, challenge })
    }

    /// Checks that it was made for this, by a page of `party` that stood for itself.
    pub(super) fn check(&self, ceremony: Ceremony, party: &RelyingParty) -> Result<(), Rejected> {
        let expected = match ceremony {
            Ceremony::Create => "webauthn.create",
            Ceremony::Get => "webauthn.get",
        };
        if self.read.r#type != expected {
            return Err(Rejected::OtherPurpose);
        }
        if self.read.origin != party.origin() || self.read.cross_origin || self.read.top_origin.is_some() {
            return Err(Rejected::OtherOrigin);
        }
        Ok(())
    }
}
