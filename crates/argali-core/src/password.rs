//! Password hashes, made and compared by a few threads of their own.
// SPEC: security, keys and secrets, K4: Argon2id, 19 MiB, 2 passes; one thread per core, at most 64 waiting.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use argon2::{Algorithm, Argon2, Params, Version};
use minicbor::{Decode, Encode};
use subtle::ConstantTimeEq;

use crate::env::Env;
use crate::error::{ApiError, ErrorCode};
use crate::pool::{NotDone, Pool};
use crate::vault::SecretText;

const MEMORY_KIB: u32 = 19 << 10;
const PASSES: u32 = 2;
const MOST_WAITING: usize = 64;

/// What is kept of a password: its hash, the salt, and what the hash cost.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
pub struct PasswordHash {
    #[cbor(n(0), with = "minicbor::bytes")]
    salt: [u8; 16],
    #[cbor(n(1), with = "minicbor::bytes")]
    hash: [u8; 32],
    #[n(2)]
    memory_kib: u32,
    #[n(3)]
    passes: u32,
}

impl PasswordHash {
    fn of(password: &SecretText, salt: [u8; 16]) -> Result<Self, ApiError> {
        let mut made = Self { salt, hash: [0; 32], memory_kib: MEMORY_KIB, passes: PASSES };
        made.hash = made.compute(password)?;
        Ok(made)
    }

    /// What tells this password from every other that was ever set: its salt.
    pub(crate) fn mark(&self) -> [u8; 16] {
        self.salt
    }

    fn matches(&self, password: &SecretText) -> Result<bool, ApiError> {
        Ok(self.compute(password)?.ct_eq(&self.hash).into())
    }

    /// The hash of `password` under this one's salt and costs.
    fn compute(&self, password: &SecretText) -> Result<[u8; 32], ApiError> {
        let failed = |error: argon2::Error| ApiError::internal(error.to_string());
        let costs = Params::new(self.memory_kib, self.passes, 1, None).map_err(failed)?;
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, costs);
        let mut hash = [0; 32];
        argon2.hash_password_into(password.expose().as_bytes(), &self.salt, &mut hash).map_err(failed)?;
        Ok(hash)
    }
}

#[cfg(test)]
impl PasswordHash {
    /// The hash of no password.
    pub(crate) fn example(byte: u8) -> Self {
        Self { salt: [byte; 16], hash: [byte; 32], memory_kib: MEMORY_KIB, passes: PASSES }
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

/// The threads that hash: one per core, since each piece of work takes a core for all of its time.
#[derive(Debug)]
pub(crate) struct Passwords {
    pool: Pool,
    /// How many passwords were hashed, to be set or to be compared.
    hashed: Arc<AtomicU64>,
}

impl Default for Passwords {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self { pool: Pool::new(cores, MOST_WAITING), hashed: Arc::default() }
    }
}

impl Passwords {
    /// The hash of a new password; `None` if it is one of `not_one_of`.
    pub(crate) async fn hash_new(
        &self,
        env: &Env,
        password: SecretText,
        not_one_of: Vec<PasswordHash>,
    ) -> Result<Option<PasswordHash>, ApiError> {
        let salt = env.random();
        let count = Arc::clone(&self.hashed);
        let hashed = self.run(move || {
            for old in &not_one_of {
                count.fetch_add(1, Ordering::Relaxed);
                if old.matches(&password)? {
                    return Ok(None);
                }
            }
            count.fetch_add(1, Ordering::Relaxed);
            PasswordHash::of(&password, salt).map(Some)
        });
        hashed.await?
    }

    /// Whether `password` is the one that `hash` was made of. Without a hash it never is, after the same work.
    pub(crate) async fn compare(
        &self,
        password: SecretText,
        hash: Option<PasswordHash>,
    ) -> Result<bool, ApiError> {
        let count = Arc::clone(&self.hashed);
        let compared = self.run(move || {
            count.fetch_add(1, Ordering::Relaxed);
            match hash {
                Some(hash) => hash.matches(&password),
                None => PasswordHash::of(&password, [0; 16]).map(|_| false),
            }
        });
        compared.await?
    }

    /// How many passwords were hashed since the start, to be set or to be compared: what they cost.
    pub(crate) fn hashed(&self) -> u64 {
        self.hashed.load(Ordering::Relaxed)
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, ApiError> {
        self.pool.run(work).await.map_err(|not_done| match not_done {
            NotDone::TooMany => {
                let message = "Too many passwords are being checked at this moment; try again shortly.";
                ApiError::new(ErrorCode::ServiceUnavailable, message)
            }
            NotDone::BrokeOff => ApiError::internal(not_done),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> SecretText {
        SecretText::new(text.to_owned())
    }

    #[tokio::test]
    async fn a_password_matches_its_own_hash_alone() {
        let (env, passwords) = (Env::system(), Passwords::default());
        let hash = passwords.hash_new(&env, text("correct horse"), Vec::new()).await.unwrap().unwrap();
        assert_eq!((hash.memory_kib, hash.passes), (19_456, 2));
        assert_eq!(format!("{hash:?}"), "[redacted]");
        assert!(passwords.compare(text("correct horse"), Some(hash.clone())).await.unwrap());
        assert!(!passwords.compare(text("correct horsf"), Some(hash.clone())).await.unwrap());
        assert!(!passwords.compare(text("correct horse"), None).await.unwrap());
        let again = passwords.hash_new(&env, text("correct horse"), vec![hash.clone()]).await.unwrap();
        assert_eq!(again, None, "the password was used before");
        let other = passwords.hash_new(&env, text("battery"), vec![hash]).await.unwrap();
        assert!(other.is_some());
    }
}
