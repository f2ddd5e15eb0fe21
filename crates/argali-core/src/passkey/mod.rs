//! Passkeys: WebAuthn, as far as a relying party needs it that asks for no attestation.
//!
//! A browser sends a credential as JSON: what it saw of the page that asked (`client_data`), and what the
//! authenticator says (`authenticator_data`), with the key of a new passkey or a signature of one that is known.
//! Everything here is bytes in and values out: no clock, no store. Whose a passkey is, and which challenge was given
//! out to whom, is for `services` to know.
// SPEC: W3C Web Authentication, level 2: registering a new credential, verifying an authentication assertion.

mod authenticator_data;
mod client_data;
mod credential;
mod public_key;
mod relying_party;

pub use credential::{Assertion, CredentialId, LONGEST_CREDENTIAL, NewCredential, Registration};
pub use public_key::{ALGORITHMS, PublicKey};
pub use relying_party::RelyingParty;

/// Why what a browser sent is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Rejected {
    /// It is not of the form of a credential, or too long.
    #[error("it cannot be read")]
    Malformed,
    /// It was made for something else than what it is shown for.
    #[error("it was made for something else")]
    OtherPurpose,
    /// It comes from a page of another address, or from one inside of another page.
    #[error("it comes from a page of another address")]
    OtherOrigin,
    /// The authenticator spoke to another relying party.
    #[error("it is for another address")]
    OtherRelyingParty,
    /// Nobody touched the authenticator, or it did not find out who.
    #[error("the authenticator did not verify who uses it")]
    NotVerified,
    /// The key is of a kind that is not supported.
    #[error("its key is of a kind that is not supported")]
    Algorithm,
    /// The signature is not one of the key.
    #[error("its signature is wrong")]
    Signature,
    /// It answers a challenge that is over, was met before, or was given out to somebody else or for something else.
    #[error("it took too long, or answers another question")]
    Challenge,
    /// Nobody knows it here, or it is somebody else's.
    #[error("it is not a passkey of this user")]
    Unknown,
    /// The authenticator has counted backwards: there is a copy of it.
    #[error("its counter went backwards, as that of a copy does")]
    Cloned,
}

#[cfg(test)]
mod tests;
