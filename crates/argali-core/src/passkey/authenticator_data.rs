//! Authenticator data: what an authenticator says, in bytes of fixed places.
// SPEC: W3C Web Authentication, authenticator data.

use minicbor::Decoder;
use sha2::{Digest, Sha256};

use super::{CredentialId, PublicKey, Rejected, RelyingParty};

const USER_PRESENT: u8 = 1;
const USER_VERIFIED: u8 = 1 << 2;
const BACKUP_ELIGIBLE: u8 = 1 << 3;
const BACKED_UP: u8 = 1 << 4;
const HAS_CREDENTIAL: u8 = 1 << 6;
const HAS_EXTENSIONS: u8 = 1 << 7;

/// What an authenticator says.
#[derive(Debug)]
pub(super) struct AuthenticatorData {
    relying_party: [u8; 32],
    flags: u8,
    /// How often it has signed; 0 if it does not count.
    pub(super) counter: u32,
    /// The passkey that it has made, if it was asked to.
    pub(super) attested: Option<(CredentialId, PublicKey)>,
}

impl AuthenticatorData {
    pub(super) fn parse(bytes: &[u8]) -> Result<Self, Rejected> {
        let (relying_party, rest) = bytes.split_first_chunk().ok_or(Rejected::Malformed)?;
        let ([flags, counter @ ..], mut rest) = rest.split_first_chunk::<5>().ok_or(Rejected::Malformed)?;
        let attested = match flags & HAS_CREDENTIAL {
            0 => None,
            _ => Some(attested(&mut rest)?),
        };
        if flags & HAS_EXTENSIONS != 0 {
            let mut cbor = Decoder::new(rest);
            let is_map = cbor.map().is_ok_and(|number| number.is_some());
            cbor.set_position(0);
            if !is_map || cbor.skip().is_err() {
                return Err(Rejected::Malformed);
            }
            rest = after(rest, &cbor);
        }
        // A passkey that cannot be backed up is not backed up.
        let is_sound = flags & BACKUP_ELIGIBLE != 0 || flags & BACKED_UP == 0;
        if !rest.is_empty() || !is_sound {
            return Err(Rejected::Malformed);
        }
        Ok(Self {
            relying_party: *relying_party,
            flags: *flags,
            counter: u32::from_be_bytes(*counter),
            attested,
        })
    }

    /// Checks that it was said to `party`, and that the authenticator verified who uses it.
    pub(super) fn check(&self, party: &RelyingParty) -> Result<(), Rejected> {
        if self.relying_party != <[u8; 32]>::from(Sha256::digest(party.id())) {
            return Err(Rejected::OtherRelyingParty);
        }
        if self.flags & USER_PRESENT == 0 || self.flags & USER_VERIFIED == 0 {
            return Err(Rejected::NotVerified);
        }
        Ok(())
    }
}

/// Reads a new passkey from the beginning of `rest`, and leaves what follows it.
fn attested(rest: &mut &[u8]) -> Result<(CredentialId, PublicKey), Rejected> {
    // Which model of authenticator it is says nothing that anybody has vouched for.
    const MODEL: usize = 16;
    let (_, after_model) = rest.split_at_checked(MODEL).ok_or(Rejected::Malformed)?;
    let (length, after_length) = after_model.split_first_chunk().ok_or(Rejected::Malformed)?;
    let length = usize::from(u16::from_be_bytes(*length));
    let (id, after_id) = after_length.split_at_checked(length).ok_or(Rejected::Malformed)?;
    let mut cbor = Decoder::new(after_id);
    let key = PublicKey::read(&mut cbor)?;
    *rest = after(after_id, &cbor);
    Ok((CredentialId::new(id.to_vec())?, key))
}

/// What follows what was read.
fn after<'b>(bytes: &'b [u8], cbor: &Decoder<'_>) -> &'b [u8] {
    bytes.get(cbor.position()..).unwrap_or_default()
}
