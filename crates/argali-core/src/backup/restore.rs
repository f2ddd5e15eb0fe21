//! Putting a backup into an empty store.
//!
//! Every session of before is over: the keys that sealed tokens are left behind and the next one is made, and console
//! logons are left behind. Nobody may take the store for whole before this has succeeded.
// SPEC: security, keys and secrets, K6.

use std::collections::BTreeSet;
use std::io::Read;

use argali_store::{Store, StoreError, Transaction};

use super::part::{BackupError, Head, PartReader, rows};
use crate::audit::{self, Draft};
use crate::env::Env;
use crate::model::{TokenKeyRecord, TrailDelivery, WebhookProgress, is_of_sessions};
use crate::token_key::new_token_key;
use crate::vault::{SecretKey, Vault};

/// Whether the records of calls from before are there, so that numbers of records go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OldRecords {
    /// They are.
    Kept,
    /// They are not: what was delivered of them says nothing of those to come.
    Lost,
}

/// A backup that was restored.
#[derive(Clone, Debug)]
pub struct Restored {
    /// What it says of itself.
    pub head: Head,
    /// How many records it held.
    pub rows: u64,
    /// Requests whose records it held, since they were not written to the trail when it was made.
    pub(super) outbox: BTreeSet<String>,
}

/// Puts all records of a backup into `store`, which must be empty, and ends every session.
///
/// # Errors
///
/// Fails, and says which part is to blame, if the backup is not whole, or not made with this master key. What was put
/// into the store until then is of no use.
pub fn restore(
    from: impl Read,
    store: &Store,
    master_key: &SecretKey,
    env: &Env,
    records: OldRecords,
) -> Result<Restored, BackupError> {
    let vault = Vault::new(master_key);
    let (head, mut reader) = PartReader::begin(from)?;
    if head.master_key_check != hex::encode(vault.check_value()) {
        return Err(BackupError::WrongMasterKey);
    }
    let is_empty = store.read()?.scan(&[], &[u8::MAX], 1)?.is_empty();
    if !is_empty {
        return Err(BackupError::NotEmpty);
    }
    let (mut newest_key, mut outbox) = (0, BTreeSet::new());
    while let Some(part) = reader.next(Some(vault.backup_key()))? {
        let ((), durable) = store.transact(|tx| {
            for (key, value) in rows(&part).flatten() {
                if !is_of_sessions(key) {
                    tx.put(key, value);
                }
            }
            Ok::<_, StoreError>(())
        })?;
        for (key, value) in rows(&part).flatten() {
            newest_key = newest_key.max(TokenKeyRecord::number_in(key).unwrap_or_default());
            outbox.extend(audit::request_in_outbox(key, value));
        }
        durable.wait()?;
    }
    let next_key = new_token_key(&vault, env, newest_key.saturating_add(1), env.now());
    let mut draft = Draft::operator(env, "RestoreBackup");
    draft.note("madeAt", head.made_at().to_string());
    let ((), durable) = store.transact(|tx| {
        next_key.save(tx);
        if records == OldRecords::Lost {
            begin_deliveries_anew(tx)?;
        }
        // It waits there for the trail to be opened.
        draft.enlist(tx);
        Ok::<_, StoreError>(())
    })?;
    durable.wait()?;
    Ok(Restored { head, rows: reader.rows(), outbox })
}

/// Has trails be delivered, and webhooks be told, from the first record on: where they had come to, there are other
/// records now, or none.
fn begin_deliveries_anew(tx: &mut dyn Transaction) -> Result<(), StoreError> {
    const ALL: usize = usize::MAX - 1;
    for mut delivery in TrailDelivery::some(tx, None, ALL)?.0 {
        delivery.begins_anew();
        delivery.save(tx);
    }
    for mut progress in WebhookProgress::some(tx, None, ALL)?.0 {
        progress.begins_anew();
        progress.save(tx);
    }
    Ok(())
}
