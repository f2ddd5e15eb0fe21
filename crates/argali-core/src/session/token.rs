//! Security tokens: sealed, never stored.
//!
//! `version ‖ key id ‖ nonce ‖ XChaCha20-Poly1305(CBOR)` in base64url without padding; version, key id and the
//! AccessKeyId are authenticated with it. The secret of the session is derived, so nothing is stored for it.
// SPEC: security, sessions, token.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use parking_lot::RwLock;
use std::sync::Arc;

use super::claims::Claims;
use crate::env::{ALPHANUMERIC, Env};
use crate::vault::{SecretKey, SecretText};

/// The longest token, in characters.
pub const LONGEST_TOKEN: usize = 12_000;

const VERSION: u8 = 1;
const SECRET_LENGTH: usize = 44;

/// Why a token is refused before anything is looked up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadToken {
    /// It is no token of ours, or not whole.
    #[error("the security token is malformed")]
    Malformed,
    /// It opens, but for another AccessKeyId.
    #[error("the security token belongs to another key")]
    Mismatch,
    /// It would be longer than [`LONGEST_TOKEN`].
    #[error("the session would need a security token of more than {LONGEST_TOKEN} characters")]
    TooLong,
}

/// The keys that seal tokens: one that seals and opens, and older ones that only open.
#[derive(Debug, Default)]
pub struct TokenKeys {
    /// Newest first. Read at each session's first request, written when keys are rotated.
    keys: RwLock<Arc<Vec<TokenKey>>>,
}

#[derive(Clone, Debug)]
struct TokenKey {
    id: u32,
    seal: SecretKey,
    secret: SecretKey,
}

impl TokenKeys {
    /// Puts the given keys in force: numbers with keys, the newest first.
    pub fn install(&self, keys: impl IntoIterator<Item = (u32, SecretKey)>) {
        let derived = keys.into_iter().map(|(id, key)| TokenKey {
            id,
            seal: key.derive("argali token"),
            secret: key.derive("argali session secret"),
        });
        *self.keys.write() = Arc::new(derived.collect());
    }

    /// Seals `claims` for the session key `access_key_id`; returns the token and the secret to sign with.
    pub fn seal(
        &self,
        env: &Env,
        access_key_id: &str,
        claims: &Claims,
    ) -> Result<(String, SecretText), BadToken> {
        let keys = Arc::clone(&self.keys.read());
        let key = keys.first().ok_or(BadToken::Malformed)?;
        let mut plain = Vec::with_capacity(512);
        minicbor::encode(claims, &mut plain).map_err(|_| BadToken::Malformed)?;
        let nonce = env.random::<24>();
        let mut bytes = vec![VERSION];
        bytes.extend_from_slice(&key.id.to_be_bytes());
        bytes.extend_from_slice(&nonce);
        bytes.extend_from_slice(&key.seal.encrypt(&nonce, &associated(key.id, access_key_id), &plain));
        let token = URL_SAFE_NO_PAD.encode(bytes);
        if token.len() > LONGEST_TOKEN {
            return Err(BadToken::TooLong);
        }
        Ok((token, key.session_secret(claims, access_key_id)))
    }

    /// Opens a token; returns what it says and the secret that its session signs with.
    ///
    /// The token must be the only encoding of its bytes, and have been sealed for `access_key_id`.
    pub fn open(&self, access_key_id: &str, token: &str) -> Result<(Claims, SecretText), BadToken> {
        if token.len() > LONGEST_TOKEN {
            return Err(BadToken::Malformed);
        }
        // This engine refuses padding, foreign characters and loose bits at the end.
        let bytes = URL_SAFE_NO_PAD.decode(token).map_err(|_| BadToken::Malformed)?;
        let (version, rest) = bytes.split_first().ok_or(BadToken::Malformed)?;
        let (id, rest) = rest.split_first_chunk::<4>().ok_or(BadToken::Malformed)?;
        let (nonce, sealed) = rest.split_first_chunk::<24>().ok_or(BadToken::Malformed)?;
        let id = u32::from_be_bytes(*id);
        let keys = Arc::clone(&self.keys.read());
        let key = keys.iter().find(|key| *version == VERSION && key.id == id).ok_or(BadToken::Malformed)?;
        let associated = associated(id, access_key_id);
        let plain = key.seal.decrypt(nonce, &associated, sealed).ok_or(BadToken::Mismatch)?;
        let claims = minicbor::decode::<Claims>(&plain).map_err(|_| BadToken::Malformed)?;
        let secret = key.session_secret(&claims, access_key_id);
        Ok((claims, secret))
    }
}

impl TokenKey {
    fn session_secret(&self, claims: &Claims, access_key_id: &str) -> SecretText {
        let mut info = Vec::with_capacity(64);
        info.extend_from_slice(claims.session_id.as_bytes());
        info.extend_from_slice(access_key_id.as_bytes());
        // Two bytes a character make all 62 characters as good as equally likely.
        let mut bytes = [0; 2 * SECRET_LENGTH];
        self.secret.expand(&info, &mut bytes);
        let characters = bytes.chunks_exact(2).map(|pair| {
            let number = pair.iter().fold(0_usize, |sum, byte| sum * 256 + usize::from(*byte));
            ALPHANUMERIC.get(number % ALPHANUMERIC.len()).map_or('A', |byte| char::from(*byte))
        });
        SecretText::new(characters.collect())
    }
}

fn associated(key_id: u32, access_key_id: &str) -> Vec<u8> {
    let mut bytes = vec![VERSION];
    bytes.extend_from_slice(&key_id.to_be_bytes());
    bytes.extend_from_slice(access_key_id.as_bytes());
    bytes
}

#[cfg(test)]
mod tests {
    use super::super::{Circumstances, SessionId, Source};
    use super::*;
    use crate::identifier::{RoleId, UserId};
    use crate::time::Timestamp;

    const KEY_ID: &str = "STS.abcdefghijklmnopqrstuvwx";

    fn claims(env: &Env) -> Claims {
        Claims {
            session_id: SessionId::generate(env),
            account: "11223344".parse().unwrap(),
            role_id: RoleId::generate(env),
            role_name: "ecs-admin".parse().unwrap(),
            session_name: "alice".parse().unwrap(),
            source_identity: None,
            issued_at: Timestamp::from_seconds(1_000),
            issue_revision: vec![("11223344".parse().unwrap(), 7)],
            ends_at: Timestamp::from_seconds(4_600),
            policy: None,
            circumstances: Circumstances {
                source_ip: [127, 0, 0, 1].into(),
                secure_transport: false,
                mfa_present: None,
                external_id: None,
            },
            source: Source::AccessKey {
                account: "12345678".parse().unwrap(),
                user: UserId::generate(env),
                access_key_id: "LTAI5tabc".to_owned(),
            },
            in_console: false,
        }
    }

    fn keys(env: &Env) -> TokenKeys {
        let keys = TokenKeys::default();
        keys.install([(2, SecretKey::generate(env)), (1, SecretKey::generate(env))]);
        keys
    }

    #[test]
    fn a_token_opens_for_its_own_key_alone() {
        let env = Env::system();
        let (keys, claims) = (keys(&env), claims(&env));
        let (token, secret) = keys.seal(&env, KEY_ID, &claims).unwrap();
        let (opened, derived) = keys.open(KEY_ID, &token).unwrap();
        assert_eq!(opened, claims);
        assert_eq!(derived.expose(), secret.expose());
        assert_eq!(secret.expose().len(), SECRET_LENGTH);
        assert_eq!(keys.open("STS.another", &token).unwrap_err(), BadToken::Mismatch);
        assert!(self::keys(&env).open(KEY_ID, &token).is_err(), "other token keys");
    }

    #[test]
    fn no_bit_and_no_character_of_a_token_may_differ() {
        let env = Env::system();
        let keys = keys(&env);
        let (token, _) = keys.seal(&env, KEY_ID, &claims(&env)).unwrap();
        let bytes = URL_SAFE_NO_PAD.decode(&token).unwrap();
        for bit in 0..bytes.len() * 8 {
            let mut bent = bytes.clone();
            bent[bit / 8] ^= 1 << (bit % 8);
            assert!(keys.open(KEY_ID, &URL_SAFE_NO_PAD.encode(bent)).is_err(), "bit {bit}");
        }
        for index in 0..token.len() {
            for other in ['A', 'z', '-', '_', '=', '+', ' ', '\0'] {
                let mut bent = token.clone().into_bytes();
                if bent[index] != other as u8 {
                    bent[index] = other as u8;
                    assert!(
                        keys.open(KEY_ID, &String::from_utf8(bent).unwrap()).is_err(),
                        "{index}: {other:?}"
                    );
                }
            }
        }
        for suspect in [format!("{token}="), format!("{token} "), token.replacen('A', "", 1), String::new()] {
            assert!(keys.open(KEY_ID, &suspect).is_err());
        }
    }
}
