//! Credentials as browsers send them: JSON, with bytes in base64url.
// SPEC: W3C Web Authentication, level 3, RegistrationResponseJSON and AuthenticationResponseJSON.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use minicbor::{Decode, Decoder, Encode};
use serde::{Deserialize, Deserializer};
use sha2::{Digest, Sha256};

use super::authenticator_data::AuthenticatorData;
use super::client_data::{Ceremony, ClientData};
use super::{PublicKey, Rejected, RelyingParty};

/// How long the JSON of a credential is at most, in bytes.
pub const LONGEST_CREDENTIAL: usize = 16 * 1024;

/// How long the name of a credential may be, in bytes.
// SPEC: W3C Web Authentication, credential id.
const LONGEST_ID: usize = 1023;
/// How many members an attestation object has at most.
const MOST_MEMBERS: u64 = 8;

/// By what an authenticator knows one of its passkeys.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(transparent)]
pub struct CredentialId(#[cbor(n(0), with = "minicbor::bytes")] Vec<u8>);

/// A passkey that was just made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewCredential {
    /// By what its authenticator knows it.
    pub id: CredentialId,
    /// What its signatures are checked with.
    pub key: PublicKey,
    /// How often it has signed; 0 if its authenticator does not count.
    pub counter: u32,
}

/// What a browser sends once a passkey was made.
#[derive(Debug)]
pub struct Registration {
    id: CredentialId,
    client_data: ClientData,
    authenticator_data: AuthenticatorData,
}

/// What a browser sends when a passkey is shown.
#[derive(Debug)]
pub struct Assertion {
    id: CredentialId,
    client_data: ClientData,
    authenticator_data: AuthenticatorData,
    user_handle: Option<Vec<u8>>,
    signed: Vec<u8>,
    signature: Vec<u8>,
}

/// Bytes in base64url: of one way to write them, without padding.
#[derive(Debug)]
struct Bytes(Vec<u8>);

#[derive(Debug, Deserialize)]
struct Envelope<R> {
    id: Bytes,
    r#type: String,
    response: R,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Attestation {
    #[serde(rename = "clientDataJSON")]
    client_data: Bytes,
    attestation_object: Bytes,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Signed {
    #[serde(rename = "clientDataJSON")]
    client_data: Bytes,
    authenticator_data: Bytes,
    signature: Bytes,
    user_handle: Option<Bytes>,
}

impl Registration {
    /// Reads what a browser sent.
    pub fn parse(json: &str) -> Result<Self, Rejected> {
        let (id, Attestation { client_data, attestation_object }) = opened(json)?;
        let Bytes(attestation_object) = attestation_object;
        Ok(Self {
            id,
            client_data: ClientData::parse(&client_data.0)?,
            authenticator_data: AuthenticatorData::parse(attested_data(&attestation_object)?)?,
        })
    }

    /// What the browser was asked with.
    pub fn challenge(&self) -> &[u8] {
        &self.client_data.challenge
    }

    /// Checks everything but the challenge, and returns the passkey.
    pub fn verify(self, party: &RelyingParty) -> Result<NewCredential, Rejected> {
        self.client_data.check(Ceremony::Create, party)?;
        self.authenticator_data.check(party)?;
        let counter = self.authenticator_data.counter;
        match self.authenticator_data.attested {
            Some((id, key)) if id == self.id => Ok(NewCredential { id, key, counter }),
            _ => Err(Rejected::Malformed),
        }
    }
}

impl Assertion {
    /// Reads what a browser sent.
    pub fn parse(json: &str) -> Result<Self, Rejected> {
        let (id, Signed { client_data, authenticator_data, signature, user_handle }) = opened(json)?;
        let (Bytes(client_data), Bytes(mut signed)) = (client_data, authenticator_data);
        let authenticator_data = AuthenticatorData::parse(&signed)?;
        signed.extend_from_slice(&Sha256::digest(&client_data));
        Ok(Self {
            id,
            client_data: ClientData::parse(&client_data)?,
            authenticator_data,
            user_handle: user_handle.map(|Bytes(handle)| handle),
            signed,
            signature: signature.0,
        })
    }

    /// Which passkey it says to be of.
    pub fn credential_id(&self) -> &CredentialId {
        &self.id
    }

    /// What the browser was asked with.
    pub fn challenge(&self) -> &[u8] {
        &self.client_data.challenge
    }

    /// Whether the authenticator says whose the passkey is, and names another than `handle`.
    pub fn is_of_another_than(&self, handle: &[u8]) -> bool {
        self.user_handle.as_ref().is_some_and(|own| own != handle)
    }

    /// Checks everything but the challenge, as made with `key`, which had last been counted to `counter`; returns how far
    /// it has counted now.
    pub fn verify(&self, party: &RelyingParty, key: &PublicKey, counter: u32) -> Result<u32, Rejected> {
        self.client_data.check(Ceremony::Get, party)?;
        self.authenticator_data.check(party)?;
        key.verify(&self.signed, &self.signature)?;
        let counted = self.authenticator_data.counter;
        // An authenticator that does not count says 0 each time.
        if counted > counter || (counted == 0 && counter == 0) { Ok(counted) } else { Err(Rejected::Cloned) }
    }
}

impl CredentialId {
    /// The name of these bytes, of which there must be some, and not too many.
    pub(super) fn new(bytes: Vec<u8>) -> Result<Self, Rejected> {
        let fits = (1..=LONGEST_ID).contains(&bytes.len());
        if fits { Ok(Self(bytes)) } else { Err(Rejected::Malformed) }
    }
}

#[cfg(test)]
impl CredentialId {
    /// One for tests of what is kept.
    pub(crate) fn example(bytes: &[u8]) -> Self {
        Self(bytes.to_vec())
    }
}

impl fmt::Display for CredentialId {
    /// In base64url, as browsers write it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&URL_SAFE_NO_PAD.encode(&self.0))
    }
}

impl fmt::Debug for CredentialId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        URL_SAFE_NO_PAD.decode(text).map(Self).map_err(serde::de::Error::custom)
    }
}

/// What stands around a response, opened.
fn opened<'j, R: Deserialize<'j>>(json: &'j str) -> Result<(CredentialId, R), Rejected> {
    if json.len() > LONGEST_CREDENTIAL {
        return Err(Rejected::Malformed);
    }
    let read: Envelope<R> = serde_json::from_str(json).map_err(|_| Rejected::Malformed)?;
    if read.r#type != "public-key" {
        return Err(Rejected::Malformed);
    }
    Ok((CredentialId::new(read.id.0)?, read.response))
}

/// The authenticator data in an attestation object. Who vouches for the authenticator is not asked, and overlooked.
fn attested_data(object: &[u8]) -> Result<&[u8], Rejected> {
    let malformed = |_| Rejected::Malformed;
    let mut cbor = Decoder::new(object);
    let number = cbor.map().map_err(malformed)?.filter(|number| *number <= MOST_MEMBERS);
    let mut data = None;
    for _ in 0..number.ok_or(Rejected::Malformed)? {
        match cbor.str().map_err(malformed)? {
            "authData" if data.is_none() => data = Some(cbor.bytes().map_err(malformed)?),
            "authData" => return Err(Rejected::Malformed),
            _ => cbor.skip().map_err(malformed)?,
        }
    }
    data.filter(|_| cbor.position() == object.len()).ok_or(Rejected::Malformed)
}
