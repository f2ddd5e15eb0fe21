//! All records at once: for backups, which hold them all, and for what is put back from one.

use argali_store::{MAX_KEY_BYTES, StoreError, Transaction};

use super::key::{AccountTable, GLOBAL, GlobalTable, Key, OF_ACCOUNT};

/// How many records are read at once: the largest have a megabyte.
const AT_ONCE: usize = 64;

/// Hands over every record, key and value, in the order of keys.
///
/// # Errors
///
/// Fails as `take` does, and if the records cannot be read.
pub fn each_record<E: From<StoreError>>(
    tx: &dyn Transaction,
    mut take: impl FnMut(&[u8], &[u8]) -> Result<(), E>,
) -> Result<(), E> {
    let end = [u8::MAX; MAX_KEY_BYTES + 1];
    let mut start = Vec::new();
    loop {
        let rows = tx.scan(&start, &end, AT_ONCE)?;
        for (key, value) in &rows {
            take(key, value)?;
        }
        match rows.into_iter().next_back() {
            Some((last, _)) => {
                start = last;
                // A NUL after a key makes the first key that follows it.
                start.push(0);
            }
            None => return Ok(()),
        }
    }
}

/// Whether a record is of a session: a key that seals tokens, or a console logon. What is put back from a backup has
/// none of them.
// SPEC: security, keys and secrets, K6.
pub fn is_of_sessions(key: &[u8]) -> bool {
    const GLOBAL_TABLES: [GlobalTable; 3] =
        [GlobalTable::TokenKey, GlobalTable::ConsoleCookie, GlobalTable::ConsoleSessionExpiry];
    const ACCOUNT_TABLES: [AccountTable; 2] =
        [AccountTable::ConsoleSession, AccountTable::ConsoleSessionOfOwner];
    match table_of(key) {
        Some(Table::Global(table)) => GLOBAL_TABLES.iter().any(|known| *known as u8 == table),
        Some(Table::OfAccount(table)) => ACCOUNT_TABLES.iter().any(|known| *known as u8 == table),
        None => false,
    }
}

/// Whether a record is of what goes on while the world is put back as it was: keys of tokens, which are succeeded; what
/// must not run twice, or is still to be written down; and the bytes of objects that lie in files.
pub fn outlives_reset(key: &[u8]) -> bool {
    const TABLES: [GlobalTable; 6] = [
        GlobalTable::TokenKey,
        GlobalTable::Nonce,
        GlobalTable::AuditOutbox,
        GlobalTable::Blob,
        GlobalTable::DiscardedBlob,
        GlobalTable::BlobRuns,
    ];
    matches!(table_of(key), Some(Table::Global(table)) if TABLES.iter().any(|known| *known as u8 == table))
}

enum Table {
    Global(u8),
    OfAccount(u8),
}

fn table_of(key: &[u8]) -> Option<Table> {
    let table = Key::table_of(key)?;
    match (table.first()?, table.last()?) {
        (&GLOBAL, table) => Some(Table::Global(*table)),
        (&OF_ACCOUNT, table) => Some(Table::OfAccount(*table)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use argali_store::Store;

    use super::*;

    #[test]
    fn every_record_is_handed_over_once() {
        let store = Store::memory();
        let (_, durable) = store
            .transact(|tx| {
                for number in 0..1_000_u64 {
                    tx.put(Key::global(GlobalTable::Nonce).number(number).as_bytes(), b"");
                }
                tx.put(&[u8::MAX; MAX_KEY_BYTES], b"the last that there can be");
                Ok::<_, StoreError>(())
            })
            .unwrap();
        durable.wait().unwrap();
        let mut seen = Vec::new();
        let collected = each_record(store.read().unwrap().as_ref(), |key, _| {
            seen.push(key.to_vec());
            Ok::<_, StoreError>(())
        });
        collected.unwrap();
        assert_eq!(seen.len(), 1_001);
        assert!(seen.is_sorted());
        let failed = each_record(store.read().unwrap().as_ref(), |_, _| Err(StoreError::ReadOnly));
        assert!(matches!(failed, Err(StoreError::ReadOnly)));
    }

    #[test]
    fn sessions_are_told_from_what_they_stand_on() {
        let account = |table| Key::account("11223344".parse().unwrap(), table).text("x");
        assert!(is_of_sessions(Key::global(GlobalTable::TokenKey).number(1).as_bytes()));
        assert!(is_of_sessions(account(AccountTable::ConsoleSession).as_bytes()));
        assert!(!is_of_sessions(account(AccountTable::User).as_bytes()));
        assert!(!is_of_sessions(Key::global(GlobalTable::AccessKey).text("LTAI").as_bytes()));
        // The number of a table of accounts says nothing of the table that belongs to none.
        assert!(!is_of_sessions(account(AccountTable::PasswordPolicy).as_bytes()));
        assert!(!is_of_sessions(b""));
    }
}
