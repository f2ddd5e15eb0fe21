//! The keys of issuers, got when they are needed and kept for a while.
//!
//! Anybody may send a token, so what a token can set off is bounded: for each provider there is one attempt at a time,
//! which all that wait share, and a token with an unknown key or after a failure sets off no more than one a while.

use std::convert::Infallible;
use std::error::Error;
use std::fmt::{self, Write as _};
use std::sync::Arc;

use quick_cache::sync::Cache;
use serde::Deserialize;
use tokio::sync::Mutex;

use super::fetch::{FetchError, Fetcher};
use super::keys::KeySet;
use super::name::{Fingerprint, IssuerUrl};
use crate::identifier::ProviderId;
use crate::time::Timestamp;
use crate::url::HttpsUrl;

/// After how long keys are got again, in seconds.
const FRESH_S: i64 = 600;
/// For how long keys are used when they cannot be got again, in seconds.
const KEPT_S: i64 = 3_600;
/// How often keys are got again for a token that names an unknown one, in seconds.
const UNKNOWN_KEY_S: i64 = 60;
/// How long after a failure the next attempt is made, in seconds.
const RETRY_S: i64 = 10;

/// Which keys are wanted.
#[derive(Clone, Debug)]
pub struct WantedKeys {
    /// The provider.
    pub provider: ProviderId,
    /// Whose keys.
    pub issuer: IssuerUrl,
    /// What must vouch for them.
    pub pins: Vec<Fingerprint>,
    /// The key that must be among them, if there is such a key.
    pub key_id: Option<String>,
    /// The instant of the request.
    pub now: Timestamp,
}

/// Why an issuer's keys cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    /// A document cannot be had.
    #[error("a document of the issuer cannot be had")]
    Fetch(#[from] FetchError),
    /// The issuer's description of itself is none.
    #[error("the issuer's openid-configuration names another issuer, or no jwks_uri under https")]
    Discovery,
    /// The issuer's keys are none.
    #[error("the issuer's jwks_uri holds no JSON Web Key Set")]
    KeySet,
}

impl KeysError {
    /// The error and its causes in one line, for records and the log.
    pub fn in_full(&self) -> String {
        let mut text = self.to_string();
        let mut cause = self.source();
        while let Some(error) = cause {
            _ = write!(text, ": {error}");
            cause = error.source();
        }
        text
    }
}

/// Keys by provider, and the network that they come from.
pub(crate) struct KeyCache {
    fetcher: Arc<dyn Fetcher>,
    slots: Cache<ProviderId, Arc<Mutex<Slot>>>,
}

/// What is known of one provider's keys.
#[derive(Default)]
struct Slot {
    /// What vouched for them: with other pins, nothing here counts.
    pins: Vec<Fingerprint>,
    keys: Option<(Arc<KeySet>, Timestamp)>,
    failure: Option<(Arc<KeysError>, Timestamp)>,
}

impl KeyCache {
    /// A cache for about so many providers.
    pub(crate) fn new(fetcher: Arc<dyn Fetcher>, providers: usize) -> Self {
        Self { fetcher, slots: Cache::new(providers) }
    }

    /// The keys of a provider: those that are kept, or new ones.
    pub(crate) async fn get(&self, wanted: &WantedKeys) -> Result<Arc<KeySet>, Arc<KeysError>> {
        let empty = || Ok::<_, Infallible>(Arc::default());
        let Ok(slot) = self.slots.get_or_insert_with(&wanted.provider, empty);
        let mut slot = slot.lock().await;
        if slot.pins != wanted.pins {
            *slot = Slot { pins: wanted.pins.clone(), ..Slot::default() };
        }
        if let Some(settled) = slot.settled(wanted) {
            return settled;
        }
        match fetch(self.fetcher.as_ref(), wanted).await {
            Ok(keys) => {
                let keys = Arc::new(keys);
                slot.keys = Some((Arc::clone(&keys), wanted.now));
                slot.failure = None;
                Ok(keys)
            }
            Err(error) => {
                let error = Arc::new(error);
                tracing::warn!(issuer = %wanted.issuer, error = error.in_full(), "keys cannot be had");
                slot.failure = Some((Arc::clone(&error), wanted.now));
                slot.kept(wanted.now).ok_or(error)
            }
        }
    }
}

impl Slot {
    /// The answer without an attempt, if it is not time for one.
    fn settled(&self, wanted: &WantedKeys) -> Option<Result<Arc<KeySet>, Arc<KeysError>>> {
        let now = wanted.now;
        if let Some((error, failed_at)) = &self.failure
            && now < failed_at.plus_seconds(RETRY_S)
        {
            return Some(self.kept(now).ok_or_else(|| Arc::clone(error)));
        }
        let (keys, fetched_at) = self.keys.as_ref()?;
        let good_s = if keys.knows(wanted.key_id.as_deref()) { FRESH_S } else { UNKNOWN_KEY_S };
        (now < fetched_at.plus_seconds(good_s)).then(|| Ok(Arc::clone(keys)))
    }

    fn kept(&self, now: Timestamp) -> Option<Arc<KeySet>> {
        let (keys, fetched_at) = self.keys.as_ref()?;
        (now < fetched_at.plus_seconds(KEPT_S)).then(|| Arc::clone(keys))
    }
}

/// Gets the keys of an issuer from where it says they are.
// SPEC: OpenID Connect Discovery 1.0, section 4: the document names the issuer that was asked.
async fn fetch(fetcher: &dyn Fetcher, wanted: &WantedKeys) -> Result<KeySet, KeysError> {
    #[derive(Deserialize)]
    struct Discovery {
        issuer: String,
        jwks_uri: String,
    }
    let document = wanted.issuer.discovery().map_err(|_| KeysError::Discovery)?;
    let document = fetcher.fetch(&document, &wanted.pins).await?;
    let discovery: Discovery = serde_json::from_slice(&document).map_err(|_| KeysError::Discovery)?;
    if discovery.issuer != wanted.issuer.as_str() {
        return Err(KeysError::Discovery);
    }
    let keys: HttpsUrl = discovery.jwks_uri.parse().map_err(|_| KeysError::Discovery)?;
    let found = KeySet::parse(&fetcher.fetch(&keys, &wanted.pins).await?).ok_or(KeysError::KeySet)?;
    Ok(found.from(&keys))
}

impl fmt::Debug for KeyCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyCache").finish_non_exhaustive()
    }
}
