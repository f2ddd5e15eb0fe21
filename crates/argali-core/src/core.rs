//! What all requests share: the store, the keys, the operations, the caches.

use std::sync::{Arc, OnceLock};

use argali_store::{Store, StoreError};
use quick_cache::sync::Cache;

use crate::analysis::UsesSeen;
use crate::arrivals::Arrivals;
use crate::audit::Trail;
use crate::backend::Backends;
use crate::backup::{BackupRequests, Seed};
use crate::dispatch::{GrantUses, KeyUses, NonceMemory, PermissionsCache, RateMemory, StandingCache, Turns};
use crate::env::Env;
use crate::error::ApiError;
use crate::federation::{Fetcher, KeyCache};
use crate::guess::Guesses;
use crate::identifier::AccountId;
use crate::model::{
    self, Account, ConsoleSession, EndedSession, RepeatedCall, StoredNonce, TrailDelivery,
    empty_recycle_bins, tidy_queues,
};
use crate::password::Passwords;
use crate::pool::Pool;
use crate::registry::Registry;
use crate::session::TokenKeys;
use crate::settings::Settings;
use crate::time::Timestamp;
use crate::vault::{SecretKey, Vault};
use crate::webhook::Poster;

/// How many credentials and principals are kept ready for use.
const CACHED: usize = 100_000;
/// For how many identity providers keys are kept.
const CACHED_ISSUERS: usize = 10_000;
/// Of how many accounts it is kept what their records tell of use.
const CACHED_USES: usize = 100;
/// How much nonces may take, in bytes.
const NONCE_MEMORY: usize = 256 << 20;
/// How many look-ups read records at once, and how many others may wait for them.
const LOOK_UPS_AT_ONCE: usize = 2;
const MOST_LOOK_UPS_WAITING: usize = 64;
/// What this version writes. A store of another format is not touched.
const FORMAT: &[u8] = b"1";

/// Accounts, sessions and every operation, over one store.
#[derive(Debug)]
pub struct Core {
    store: Store,
    env: Env,
    settings: Settings,
    registry: Registry,
    trail: Trail,
    vault: Vault,
    token_keys: TokenKeys,
    nonces: NonceMemory,
    key_uses: KeyUses,
    grant_uses: GrantUses,
    uses_seen: Arc<UsesSeen>,
    turns: Turns,
    rates: RateMemory,
    standings: StandingCache,
    permissions: PermissionsCache,
    data_keys: Cache<AccountId, SecretKey>,
    passwords: Passwords,
    guesses: Guesses,
    issuer_keys: KeyCache,
    backends: Arc<dyn Backends>,
    poster: Arc<dyn Poster>,
    look_ups: Pool,
    arrivals: Arrivals,
    backups: BackupRequests,
    seed: OnceLock<Seed>,
    started_at: Timestamp,
}

/// What a [`Core`] is made of.
#[derive(Debug)]
pub struct Parts {
    /// Where everything is kept.
    pub store: Store,
    /// Time and randomness.
    pub env: Env,
    /// What the operator decided.
    pub settings: Settings,
    /// The operations that can be called.
    pub registry: Registry,
    /// Where calls are recorded.
    pub trail: Trail,
    /// What all secrets are sealed under.
    pub master_key: SecretKey,
    /// How documents of identity providers are got.
    pub fetcher: Arc<dyn Fetcher>,
    /// How calls are passed on to backends.
    pub backends: Arc<dyn Backends>,
    /// How receivers of webhooks are told.
    pub poster: Arc<dyn Poster>,
}

/// Why no requests should be sent to a core that runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unready {
    /// The store has failed: it takes no more changes.
    Store,
    /// Calls cannot be recorded.
    Trail,
}

/// Why core cannot start.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The store cannot be read or written.
    #[error("the store cannot be used")]
    Store(#[from] StoreError),
    /// The data was sealed with another master key.
    #[error("the master key is not the one that this data was sealed with; nothing was changed")]
    WrongMasterKey,
    /// The store was written by another version.
    #[error("the store has the format `{0}`, which this version does not know")]
    UnknownFormat(String),
}

impl Core {
    /// Fails if the store was sealed with another master key, or has another format. It changes nothing, and is to
    /// be asked before anything else that the key protects is opened.
    pub fn check(store: &Store, master_key: &SecretKey) -> Result<(), OpenError> {
        check_master_key(store, &Vault::new(master_key)).map(drop)
    }

    /// Opens the store and makes everything ready. An empty store is set up first.
    pub fn open(parts: Parts) -> Result<Self, OpenError> {
        let started_at = parts.env.now();
        let core = Self {
            vault: Vault::new(&parts.master_key),
            turns: Turns::new(CACHED, parts.settings.requests_at_once, parts.settings.workers),
            store: parts.store,
            env: parts.env,
            settings: parts.settings,
            registry: parts.registry,
            trail: parts.trail,
            token_keys: TokenKeys::default(),
            nonces: NonceMemory::new(NONCE_MEMORY),
            key_uses: KeyUses::default(),
            grant_uses: GrantUses::default(),
            uses_seen: Arc::new(UsesSeen::new(CACHED_USES)),
            rates: RateMemory::new(CACHED),
            standings: Cache::new(CACHED),
            permissions: PermissionsCache::new(CACHED),
            data_keys: Cache::new(CACHED),
            passwords: Passwords::default(),
            guesses: Guesses::new(CACHED),
            issuer_keys: KeyCache::new(parts.fetcher, CACHED_ISSUERS),
            backends: parts.backends,
            poster: parts.poster,
            look_ups: Pool::new(LOOK_UPS_AT_ONCE, MOST_LOOK_UPS_WAITING),
            arrivals: Arrivals::default(),
            backups: BackupRequests::default(),
            seed: OnceLock::new(),
            started_at,
        };
        core.check_store()?;
        core.load_token_keys()?;
        core.load_nonces()?;
        core.trail.recover(&core.store)?;
        core.store.transact(TrailDelivery::begin_older)?.1.wait()?;
        core.registry.catalog().reindex(&core.store, &core.env, core.vault.marker_key())?;
        Ok(core)
    }

    /// Where everything is kept.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// Time and randomness.
    pub fn env(&self) -> &Env {
        &self.env
    }

    /// What the operator decided.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Why no requests should be sent here now, if they should not.
    pub fn unready(&self) -> Option<Unready> {
        if self.store.failure().is_some() {
            return Some(Unready::Store);
        }
        (!self.trail.is_writable()).then_some(Unready::Trail)
    }

    /// The operations that can be called.
    pub fn registry(&self) -> &Registry {
        &self.registry
    }

    /// Where calls are recorded.
    pub fn trail(&self) -> &Trail {
        &self.trail
    }

    /// Does now and then what no request should wait for: forgets nonces that no request can repeat, answers that
    /// no call will ask for again, sessions ended by hand that would be over anyway; writes down which keys and grants were used; and succeeds an old token key.
    pub fn tidy(&self) -> Result<(), StoreError> {
        const AT_ONCE: usize = 10_000;
        const QUEUES_AT_ONCE: usize = 8;
        let now = self.env.now();
        let nonces = || self.store.transact(|tx| StoredNonce::sweep(tx, now, AT_ONCE));
        while nonces()?.0 == AT_ONCE {}
        let repeated_calls = || self.store.transact(|tx| RepeatedCall::sweep(tx, now, AT_ONCE));
        while repeated_calls()?.0 == AT_ONCE {}
        let logons = || self.store.transact(|tx| ConsoleSession::sweep(tx, now, AT_ONCE));
        while logons()?.0 == AT_ONCE {}
        let ended_sessions = || self.store.transact(|tx| EndedSession::sweep(tx, now, AT_ONCE));
        while ended_sessions()?.0 == AT_ONCE {}
        if let Err(error) = self.trail.remove_old(now) {
            tracing::error!(%error, "old audit records cannot be removed");
        }
        let recycled = || self.store.transact(|tx| empty_recycle_bins(tx, now, AT_ONCE));
        while recycled()?.0 == AT_ONCE {}
        let queues = || self.store.transact(|tx| tidy_queues(tx, now, QUEUES_AT_ONCE));
        while queues()?.0 > 0 {}
        self.keep_last_uses()?;
        if let Err(error) = self.rotate_old_token_key() {
            tracing::error!(%error, "the token key could not be succeeded");
        }
        Ok(())
    }

    /// How many passwords were hashed since the start, right ones and wrong ones.
    pub fn passwords_hashed(&self) -> u64 {
        self.passwords.hashed()
    }

    /// Lets nobody wait for messages any more: the server stops.
    pub fn end_waiting(&self) {
        self.arrivals.close();
    }

    pub(crate) fn arrivals(&self) -> &Arrivals {
        &self.arrivals
    }

    /// When it was opened.
    pub fn started_at(&self) -> Timestamp {
        self.started_at
    }

    /// What a server for trying can go back to; empty until that is kept.
    pub(crate) fn seed(&self) -> &OnceLock<Seed> {
        &self.seed
    }

    /// Forgets what was derived from records: for when they are replaced as a whole.
    pub(crate) fn forget_derived(&self) {
        self.standings.clear();
        self.permissions.clear();
        self.data_keys.clear();
    }

    /// Backups that were called for.
    pub(crate) fn backups(&self) -> &BackupRequests {
        &self.backups
    }

    pub(crate) fn vault(&self) -> &Vault {
        &self.vault
    }

    pub(crate) fn token_keys(&self) -> &TokenKeys {
        &self.token_keys
    }

    pub(crate) fn nonces(&self) -> &NonceMemory {
        &self.nonces
    }

    pub(crate) fn key_uses(&self) -> &KeyUses {
        &self.key_uses
    }

    pub(crate) fn grant_uses(&self) -> &GrantUses {
        &self.grant_uses
    }

    pub(crate) fn uses_seen(&self) -> &Arc<UsesSeen> {
        &self.uses_seen
    }

    pub(crate) fn turns(&self) -> &Turns {
        &self.turns
    }

    pub(crate) fn rates(&self) -> &RateMemory {
        &self.rates
    }

    pub(crate) fn standings(&self) -> &StandingCache {
        &self.standings
    }

    pub(crate) fn permissions(&self) -> &PermissionsCache {
        &self.permissions
    }

    pub(crate) fn issuer_keys(&self) -> &KeyCache {
        &self.issuer_keys
    }

    pub(crate) fn backends(&self) -> &dyn Backends {
        self.backends.as_ref()
    }

    /// How receivers of webhooks are told.
    pub fn poster(&self) -> &dyn Poster {
        self.poster.as_ref()
    }

    /// The key that signs what is passed on to the backend of a declared service: for the operator alone.
    pub fn backend_key(&self, service: &str) -> SecretKey {
        self.vault.backend_key(service)
    }

    pub(crate) fn guesses(&self) -> &Guesses {
        &self.guesses
    }

    pub(crate) fn passwords(&self) -> &Passwords {
        &self.passwords
    }

    /// The threads that read records.
    pub(crate) fn look_ups(&self) -> &Pool {
        &self.look_ups
    }

    /// The key that seals an account's secrets, unwrapped.
    pub(crate) fn data_key(&self, account: &Account) -> Result<SecretKey, ApiError> {
        self.data_keys.get_or_insert_with(&account.id, || {
            let key = self.vault.unwrap(&data_key_place(account.id), &account.wrapped_data_key);
            key.ok_or_else(|| ApiError::internal("the account's data key does not open"))
        })
    }

    /// A new key for an account's secrets, wrapped.
    pub(crate) fn new_data_key(&self, account: AccountId) -> Vec<u8> {
        self.vault.wrap(&self.env, &data_key_place(account), &SecretKey::generate(&self.env))
    }

    /// Refuses a store of another format or another master key, before anything is written.
    fn check_store(&self) -> Result<(), OpenError> {
        if check_master_key(&self.store, &self.vault)? {
            return Ok(());
        }
        let ((), durable) = self.store.transact(|tx| {
            model::set_format_version(tx, FORMAT);
            model::set_master_key_check(tx, self.vault.check_value());
            Ok::<_, StoreError>(())
        })?;
        Ok(durable.wait()?)
    }

    fn load_nonces(&self) -> Result<(), OpenError> {
        let tx = self.store.read()?;
        for nonce in StoredNonce::after(tx.as_ref(), self.env.now(), usize::MAX - 1)? {
            self.nonces.remember(nonce);
        }
        Ok(())
    }
}

/// Whether everything in `store` was sealed with the master key; not if it is empty.
///
/// Fails with what is wrong: another key, or another format. It changes nothing.
fn check_master_key(store: &Store, vault: &Vault) -> Result<bool, OpenError> {
    let tx = store.read()?;
    match model::format_version(tx.as_ref())?.as_deref() {
        None | Some(FORMAT) => {}
        Some(other) => return Err(OpenError::UnknownFormat(String::from_utf8_lossy(other).into_owned())),
    }
    match model::master_key_check(tx.as_ref())? {
        Some(check) if check == vault.check_value() => Ok(true),
        Some(_) => Err(OpenError::WrongMasterKey),
        None => Ok(false),
    }
}

fn data_key_place(account: AccountId) -> String {
    format!("data key of account {account}")
}
