//! An authenticator app: it shows the codes of a seed, as its owner typed it in.

use argali_core::time::Timestamp;
use ring::hmac;

/// How long a code is shown, in seconds.
const STEP_S: i64 = 30;

/// An app with one seed.
#[derive(Clone, Debug)]
pub struct Authenticator(Vec<u8>);

impl Authenticator {
    /// An app that was given a seed in base 32.
    ///
    /// # Panics
    ///
    /// Panics if the text is not in base 32.
    pub fn new(seed: &str) -> Self {
        let mut bits = String::new();
        for character in seed.chars() {
            let five = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".find(character);
            bits.push_str(&format!("{:05b}", five.unwrap_or_else(|| panic!("`{character}` in a seed"))));
        }
        let whole = bits.as_bytes().chunks_exact(8);
        let byte = |bits: &[u8]| bits.iter().fold(0_u8, |byte, bit| byte << 1 | u8::from(*bit == b'1'));
        Self(whole.map(byte).collect())
    }

    /// The seed, as the server keeps it.
    pub fn seed(&self) -> &[u8] {
        &self.0
    }

    /// The code that it shows at an instant.
    ///
    /// # Panics
    ///
    /// Panics if a digest were shorter than it is.
    pub fn code(&self, at: Timestamp) -> String {
        let counter = at.as_seconds() / STEP_S;
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &self.0);
        let digest = hmac::sign(&key, &counter.to_be_bytes());
        let digest = digest.as_ref();
        let offset = usize::from(digest[19] & 15);
        let word = [digest[offset], digest[offset + 1], digest[offset + 2], digest[offset + 3]];
        format!("{:06}", (u32::from_be_bytes(word) & 0x7fff_ffff) % 1_000_000)
    }

    /// The code that it shows at an instant, and the one after that.
    pub fn codes(&self, at: Timestamp) -> [String; 2] {
        [self.code(at), self.code(at.plus_seconds(STEP_S))]
    }
}
