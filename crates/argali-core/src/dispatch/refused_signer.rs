//! Who signed a request that is refused for what it was signed with: a session that was ended, a key that is switched
//! off.
//!
//! Such a request is nobody's call. But the accounts that the session or key belongs to may know that it was tried, and
//! ask why it was refused. So that nobody writes into their trails who never had what it was signed with, the signature
//! must be right and the request a new one, and what has ended by itself is nobody's any more; and there are no more
//! such records in a second than of failures from one address.
// SPEC: security, audit, A4.

use std::sync::Arc;

use argali_protocol::Signed;
use argali_store::{StoreError, Transaction};

use super::authenticate::check_time;
use crate::audit::CallerRecord;
use crate::caller::{Caller, Identity};
use crate::core::Core;
use crate::model::{AccessKey, Account, Entity, KeyOwner, User};
use crate::time::Timestamp;
use crate::vault::SecretText;

impl Core {
    /// Whoever it was, if the signature shows it. An unknown key costs the work of a known one, so that time does not
    /// tell them apart.
    pub(super) fn refused_signer(
        &self,
        tx: &dyn Transaction,
        signed: &Signed<'_>,
        token: Option<&str>,
        now: Timestamp,
    ) -> Option<Arc<CallerRecord>> {
        let holder = match token {
            Some(token) => self.holder_of_token(&signed.access_key_id, token, now),
            None => self.holder_of_key(tx, &signed.access_key_id).ok().flatten(),
        };
        let secret = holder.as_ref().map_or("a secret that no key has", |(_, secret)| secret.expose());
        let is_right = std::hint::black_box(signed.verify(secret.as_bytes()).is_ok());
        let (caller, _) = holder.filter(|_| is_right)?;
        let signed_at = check_time(signed, now).ok()?;
        self.use_nonce(signed, signed_at, now).ok()?;
        Some(CallerRecord::of(&caller))
    }

    fn holder_of_token(&self, key: &str, token: &str, now: Timestamp) -> Option<(Caller, SecretText)> {
        let (claims, secret) = self.token_keys().open(key, token).ok()?;
        let is_over = now >= claims.ends_at;
        let caller = Caller::new(claims.account, Identity::Session(Arc::new(claims)), key.into());
        (!is_over).then_some((caller, secret))
    }

    fn holder_of_key(
        &self,
        tx: &dyn Transaction,
        id: &str,
    ) -> Result<Option<(Caller, SecretText)>, StoreError> {
        let Some(key) = AccessKey::find(tx, id)? else { return Ok(None) };
        let identity = match key.owner {
            KeyOwner::Account => Some(Identity::Account),
            KeyOwner::User(id) => User::find_by_id(tx, key.account, id.number())?
                .map(|user| Identity::User { id, name: user.name }),
        };
        let account = Account::find(tx, key.account)?;
        let secret = account.and_then(|account| key.secret(&self.data_key(&account).ok()?));
        let caller = identity.map(|identity| Caller::new(key.account, identity, id.into()));
        Ok(caller.zip(secret))
    }
}
