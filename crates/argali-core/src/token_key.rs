//! The keys that seal security tokens: made, succeeded, kept to open what they sealed, and gone.
// SPEC: security, sessions, token keys.

use argali_store::StoreError;

use crate::core::{Core, OpenError};
use crate::env::Env;
use crate::error::ApiError;
use crate::model::TokenKeyRecord;
use crate::session::LONGEST_SESSION_S;
use crate::time::Timestamp;
use crate::vault::{SecretKey, Vault};

/// How long a key that was succeeded still opens tokens, in seconds: the longest session, and fifteen minutes.
const KEPT_S: i64 = LONGEST_SESSION_S as i64 + 15 * 60;

/// What becomes of sessions when their token key is succeeded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Succession {
    /// They live on: the old key opens their tokens until the last of them has ended.
    Orderly,
    /// They end at once, all of them, in every account.
    RevokeAll,
}

impl Core {
    /// Seals tokens with a new key from now on, and says which. Blocks until that is on disk; the change is recorded.
    pub fn rotate_token_key(&self, succession: Succession) -> Result<u32, ApiError> {
        let (new, recorded) = self.operate("RotateTokenKey", |tx, draft| {
            let mut newest = 0;
            for mut key in TokenKeyRecord::all(tx)? {
                newest = newest.max(key.id);
                if succession == Succession::RevokeAll || has_served(&key, draft.time()) {
                    key.delete(tx);
                } else if key.verify_only_since.is_none() {
                    key.verify_only_since = Some(draft.time());
                    key.save(tx);
                }
            }
            let new = newest.saturating_add(1);
            self.new_token_key(new, draft.time()).save(tx);
            draft.note("succession", format!("{succession:?}"));
            Ok(new)
        })?;
        recorded.wait()?;
        self.load_token_keys().map_err(ApiError::internal)?;
        if succession == Succession::RevokeAll {
            // What was judged good stood on a token that no longer opens.
            self.standings().clear();
        }
        Ok(new)
    }

    /// Succeeds the token key when it is old enough.
    pub(crate) fn rotate_old_token_key(&self) -> Result<(), ApiError> {
        let keys = TokenKeyRecord::all(self.store().read()?.as_ref())?;
        let due = |key: &TokenKeyRecord| key.created_at.plus_seconds(self.settings().token_key_rotation_s);
        let now = self.env().now();
        if keys.iter().filter(|key| key.verify_only_since.is_none()).any(|key| due(key) <= now) {
            self.rotate_token_key(Succession::Orderly)?;
        }
        Ok(())
    }

    /// Puts the stored token keys in force. An empty store is given its first.
    pub(crate) fn load_token_keys(&self) -> Result<(), OpenError> {
        let mut records = TokenKeyRecord::all(self.store().read()?.as_ref())?;
        if records.is_empty() {
            let first = self.new_token_key(1, self.env().now());
            let ((), durable) = self.store().transact(|tx| {
                first.save(tx);
                Ok::<_, StoreError>(())
            })?;
            durable.wait()?;
            records.push(first);
        }
        let mut keys = Vec::new();
        for record in records.iter().rev() {
            let key = self.vault().unwrap(&place(record.id), &record.wrapped);
            keys.push((record.id, key.ok_or(OpenError::WrongMasterKey)?));
        }
        self.token_keys().install(keys);
        Ok(())
    }

    fn new_token_key(&self, id: u32, now: Timestamp) -> TokenKeyRecord {
        new_token_key(self.vault(), self.env(), id, now)
    }
}

/// A key that no token was sealed with yet.
pub(crate) fn new_token_key(vault: &Vault, env: &Env, id: u32, now: Timestamp) -> TokenKeyRecord {
    let wrapped = vault.wrap(env, &place(id), &SecretKey::generate(env));
    TokenKeyRecord { id, wrapped, created_at: now, verify_only_since: None }
}

/// Whether every session whose token the key sealed has ended.
fn has_served(key: &TokenKeyRecord, now: Timestamp) -> bool {
    key.verify_only_since.is_some_and(|since| since.plus_seconds(KEPT_S) <= now)
}

fn place(id: u32) -> String {
    format!("token key {id}")
}
