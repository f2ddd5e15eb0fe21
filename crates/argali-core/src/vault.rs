//! Keys at rest: everything secret is sealed under a key that the master key wraps.
//!
//! The master key never reaches the store. From it one key is derived per purpose; each account has a random
//! data key, stored wrapped, and AccessKey secrets are sealed with that. What a sealed value belongs to is
//! authenticated with it, so that ciphertexts moved between rows do not open.
// SPEC: security, keys and secrets, K1 and K2.

use std::fmt;

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use hkdf::Hkdf;
use serde::Deserialize;
use sha2::Sha256;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::env::Env;

/// The first byte of what this version seals.
const FORMAT: u8 = 1;
const NONCE_LENGTH: usize = 24;

/// Thirty-two secret bytes, wiped when dropped and never printed.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct SecretKey([u8; 32]);

impl SecretKey {
    /// A key made of the given bytes.
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// A random key.
    pub fn generate(env: &Env) -> Self {
        Self(env.random())
    }

    /// The key for one purpose, derived from this one.
    #[must_use]
    pub fn derive(&self, purpose: &str) -> Self {
        let mut derived = [0; 32];
        self.expand(purpose.as_bytes(), &mut derived);
        Self(derived)
    }

    /// Fills `to`, at most 8,160 bytes, with what this key and `info` determine.
    pub fn expand(&self, info: &[u8], to: &mut [u8]) {
        // Every key is random or derived, so there is nothing to extract first.
        let expanded = Hkdf::<Sha256>::from_prk(&self.0).is_ok_and(|key| key.expand(info, to).is_ok());
        assert!(expanded, "no caller asks for more than a hash can give");
    }

    /// Encrypts `plain`; `belongs_to` must be given again to open it.
    pub fn seal(&self, env: &Env, belongs_to: &[u8], plain: &[u8]) -> Vec<u8> {
        let nonce = env.random::<NONCE_LENGTH>();
        let mut sealed = Vec::with_capacity(1 + NONCE_LENGTH + plain.len() + 16);
        sealed.push(FORMAT);
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(&self.encrypt(&nonce, belongs_to, plain));
        sealed
    }

    /// Decrypts what [`SecretKey::seal`] made with the same key and `belongs_to`; `None` if it is anything else.
    pub fn open(&self, belongs_to: &[u8], sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let (format, rest) = sealed.split_first()?;
        let (nonce, ciphertext) = rest.split_first_chunk::<NONCE_LENGTH>()?;
        if *format != FORMAT {
            return None;
        }
        self.decrypt(nonce, belongs_to, ciphertext)
    }

    /// XChaCha20-Poly1305 of `plain` under `nonce`.
    pub fn encrypt(&self, nonce: &[u8; NONCE_LENGTH], associated: &[u8], plain: &[u8]) -> Vec<u8> {
        let payload = Payload { msg: plain, aad: associated };
        let sealed = self.cipher().encrypt(&XNonce::from(*nonce), payload);
        // The cipher fails only for texts of many gigabytes; an empty text never opens.
        sealed.unwrap_or_default()
    }

    /// What [`SecretKey::encrypt`] was given; `None` if a bit of anything differs.
    pub fn decrypt(
        &self,
        nonce: &[u8; NONCE_LENGTH],
        associated: &[u8],
        sealed: &[u8],
    ) -> Option<Zeroizing<Vec<u8>>> {
        let payload = Payload { msg: sealed, aad: associated };
        self.cipher().decrypt(&XNonce::from(*nonce), payload).ok().map(Zeroizing::new)
    }

    /// The bytes, to be wrapped by another key.
    pub fn expose(&self) -> &[u8; 32] {
        &self.0
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(&Key::from(self.0))
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

/// A text that only its owner may read: wiped when dropped and never printed. A parameter of this type is kept out of
/// records (`secret_parameter.rs`).
#[derive(Clone, Deserialize, Zeroize, ZeroizeOnDrop)]
pub struct SecretText(String);

impl SecretText {
    /// Takes a text into safe keeping.
    pub fn new(text: String) -> Self {
        Self(text)
    }

    /// The text itself: to sign with, or to show once.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SecretText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

/// The master key with the keys derived from it.
#[derive(Debug)]
pub struct Vault {
    wrapping: SecretKey,
    marker: SecretKey,
    attempt: SecretKey,
    diagnostic: SecretKey,
    backend: SecretKey,
    backup: SecretKey,
    check: [u8; 32],
}

impl Vault {
    /// Takes the master key; only keys derived from it are kept.
    pub fn new(master: &SecretKey) -> Self {
        let mut check = [0; 32];
        master.expand(b"argali check value", &mut check);
        Self {
            wrapping: master.derive("argali wrapping"),
            marker: master.derive("argali page marker"),
            attempt: master.derive("argali logon attempt"),
            diagnostic: master.derive("argali diagnostic message"),
            backend: master.derive("argali backend"),
            backup: master.derive("argali backup"),
            check,
        }
    }

    /// What is stored to tell at the next start whether the master key is the same.
    pub fn check_value(&self) -> &[u8; 32] {
        &self.check
    }

    /// The key that seals page markers.
    pub fn marker_key(&self) -> &SecretKey {
        &self.marker
    }

    /// The key that seals why something was refused.
    pub fn diagnostic_key(&self) -> &SecretKey {
        &self.diagnostic
    }

    /// The key that signs what is passed on to the backend of a declared service, each its own.
    pub fn backend_key(&self, service: &str) -> SecretKey {
        self.backend.derive(service)
    }

    /// The key that signs backups.
    pub fn backup_key(&self) -> &SecretKey {
        &self.backup
    }

    /// The key that seals logons that are under way.
    pub fn attempt_key(&self) -> &SecretKey {
        &self.attempt
    }

    /// Wraps a key for the store. `belongs_to` names its place there.
    pub fn wrap(&self, env: &Env, belongs_to: &str, key: &SecretKey) -> Vec<u8> {
        self.wrapping.seal(env, belongs_to.as_bytes(), key.expose())
    }

    /// Opens a wrapped key; `None` if it was not wrapped by this master key for this place.
    pub fn unwrap(&self, belongs_to: &str, wrapped: &[u8]) -> Option<SecretKey> {
        let bytes = self.wrapping.open(belongs_to.as_bytes(), wrapped)?;
        bytes.first_chunk::<32>().filter(|key| key.len() == bytes.len()).map(|key| SecretKey(*key))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sealed_values_open_only_whole_and_in_their_place() {
        let env = Env::system();
        let key = SecretKey::generate(&env);
        let sealed = key.seal(&env, b"row 1", b"secret");
        assert_eq!(key.open(b"row 1", &sealed).unwrap().as_slice(), b"secret");
        assert!(key.open(b"row 2", &sealed).is_none(), "moved to another row");
        assert!(SecretKey::generate(&env).open(b"row 1", &sealed).is_none(), "another key");
        for bit in 0..sealed.len() * 8 {
            let mut bent = sealed.clone();
            bent[bit / 8] ^= 1 << (bit % 8);
            assert!(key.open(b"row 1", &bent).is_none(), "bit {bit} flipped");
        }
        for length in 0..sealed.len() {
            assert!(key.open(b"row 1", &sealed[..length]).is_none(), "cut to {length}");
        }
    }

    #[test]
    fn nothing_secret_is_printed() {
        let env = Env::system();
        let key = SecretKey::new([0x5a; 32]);
        let vault = Vault::new(&key);
        let text = SecretText::new("hunter2".to_owned());
        assert!(!format!("{key:?} {text:?}").contains("hunter2"));
        assert!(!format!("{vault:?}").contains("90, 90"));
        let wrapped = vault.wrap(&env, "a", &key);
        assert_eq!(vault.unwrap("a", &wrapped).unwrap().expose(), key.expose());
        assert!(vault.unwrap("b", &wrapped).is_none());
    }
}
