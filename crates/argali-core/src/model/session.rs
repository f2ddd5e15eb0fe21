//! What is kept of sessions: the keys that seal their tokens, those that were ended by hand, and roles that were deleted.

use argali_store::{StoreError, Transaction};
use minicbor::{Decode, Encode};

use super::key::{AccountTable, GlobalTable, Key};
use super::record::{Record, page, write};
use crate::identifier::{AccountId, RoleId};
use crate::session::{LONGEST_SESSION_S, SessionId};
use crate::time::Timestamp;

/// A key that seals security tokens, wrapped by the master key.
#[derive(Clone, Debug, Encode, Decode)]
pub struct TokenKeyRecord {
    /// Its number, which stands in each token.
    #[n(0)]
    pub id: u32,
    /// The key, wrapped.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub wrapped: Vec<u8>,
    /// When it was made.
    #[n(2)]
    pub created_at: Timestamp,
    /// When it was succeeded, from which on it only opens tokens.
    #[n(3)]
    pub verify_only_since: Option<Timestamp>,
}

impl Record for TokenKeyRecord {}

impl TokenKeyRecord {
    /// All token keys, oldest first.
    pub fn all(tx: &dyn Transaction) -> Result<Vec<Self>, StoreError> {
        Ok(page(tx, &Key::global(GlobalTable::TokenKey), None, usize::MAX - 1)?.records)
    }

    /// Writes the key.
    pub fn save(&self, tx: &mut dyn Transaction) {
        write(tx, &self.key(), self);
    }

    /// Removes the key: tokens that it sealed open no more.
    pub fn delete(&self, tx: &mut dyn Transaction) {
        tx.delete(self.key().as_bytes());
    }

    /// The number of the token key that lies under this key, if one does.
    pub fn number_in(key: &[u8]) -> Option<u32> {
        let number = key.strip_prefix(Key::global(GlobalTable::TokenKey).as_bytes())?;
        u32::try_from(u64::from_be_bytes(number.try_into().ok()?)).ok()
    }

    fn key(&self) -> Key {
        Key::global(GlobalTable::TokenKey).number(u64::from(self.id))
    }
}

/// A session that was ended by hand.
#[derive(Clone, Copy, Debug)]
pub struct EndedSession;

/// Who ended a session by hand, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionEnd {
    /// The account.
    pub by: AccountId,
    /// When.
    pub at: Timestamp,
}

impl EndedSession {
    /// Whether the session with this id has been ended.
    pub fn is_ended(
        tx: &dyn Transaction,
        account: AccountId,
        session: SessionId,
    ) -> Result<bool, StoreError> {
        Ok(tx.get(Self::key(account, session).as_bytes())?.is_some())
    }

    /// Who ended the session, and when; nothing for those that are under way or were ended before that was kept.
    pub fn how(
        tx: &dyn Transaction,
        account: AccountId,
        session: SessionId,
    ) -> Result<Option<SessionEnd>, StoreError> {
        Ok(tx.get(Self::key(account, session).as_bytes())?.and_then(|row| read_end(&row)))
    }

    /// Ends the session. The row goes once `until`, the session's end, has passed.
    pub fn insert(
        tx: &mut dyn Transaction,
        (account, session): (AccountId, SessionId),
        until: Timestamp,
        end: SessionEnd,
    ) {
        let key = Self::key(account, session);
        let mut row = until.as_millis().to_be_bytes().to_vec();
        row.extend_from_slice(&end.at.as_millis().to_be_bytes());
        row.extend_from_slice(end.by.as_str().as_bytes());
        tx.put(key.as_bytes(), &row);
        expire(tx, &key, until);
    }

    /// Forgets those whose sessions would have ended before `now` anyway, and deleted roles, at most `limit`; returns how
    /// many.
    pub fn sweep(tx: &mut dyn Transaction, now: Timestamp, limit: usize) -> Result<usize, StoreError> {
        let table = Key::global(GlobalTable::EndedSessionExpiry);
        let end = table.clone().number(u64::try_from(now.as_seconds()).unwrap_or_default());
        let rows = tx.scan(table.as_bytes(), end.as_bytes(), limit)?;
        for (row, _) in &rows {
            tx.delete(row.get(table.as_bytes().len() + size_of::<u64>()..).unwrap_or_default());
            tx.delete(row);
        }
        Ok(rows.len())
    }

    fn key(account: AccountId, session: SessionId) -> Key {
        Key::account(account, AccountTable::EndedSession).bytes(session.as_bytes())
    }
}

/// A role that was deleted: its sessions ended then, at the latest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeletedRole {
    /// When it was deleted.
    pub at: Timestamp,
    /// When something of it may have ended sessions before.
    pub changed_at: Option<Timestamp>,
}

impl DeletedRole {
    /// The role with this id, if it was deleted and there may be sessions of it that would last yet.
    pub fn find(tx: &dyn Transaction, account: AccountId, role: RoleId) -> Result<Option<Self>, StoreError> {
        let row = tx.get(Self::key(account, role).as_bytes())?;
        Ok(row.and_then(|row| {
            let (at, rest) = read_instant(&row)?;
            Some(Self { at, changed_at: read_instant(rest).map(|(changed_at, _)| changed_at) })
        }))
    }

    /// Remembers it until the last of its sessions would have ended.
    pub fn insert(self, tx: &mut dyn Transaction, account: AccountId, role: RoleId) {
        let key = Self::key(account, role);
        let instants = [Some(self.at), self.changed_at].into_iter().flatten();
        let row: Vec<u8> = instants.flat_map(|instant| instant.as_millis().to_be_bytes()).collect();
        tx.put(key.as_bytes(), &row);
        expire(tx, &key, self.at.plus_seconds(i64::from(LONGEST_SESSION_S)));
    }

    fn key(account: AccountId, role: RoleId) -> Key {
        Key::account(account, AccountTable::DeletedRole).number(role.number())
    }
}

/// Has a row swept once `until` has passed.
fn expire(tx: &mut dyn Transaction, row: &Key, until: Timestamp) {
    let seconds = u64::try_from(until.as_seconds()).unwrap_or_default();
    let expiry = Key::global(GlobalTable::EndedSessionExpiry).number(seconds).bytes(row.as_bytes());
    tx.put(expiry.as_bytes(), &[]);
}

/// What follows the session's own end in a row.
fn read_end(row: &[u8]) -> Option<SessionEnd> {
    let (_, rest) = read_instant(row)?;
    let (at, by) = read_instant(rest)?;
    Some(SessionEnd { by: std::str::from_utf8(by).ok()?.parse().ok()?, at })
}

fn read_instant(row: &[u8]) -> Option<(Timestamp, &[u8])> {
    let (millis, rest) = row.split_first_chunk()?;
    Some((Timestamp::from_millis(i64::from_be_bytes(*millis)), rest))
}

#[cfg(test)]
mod tests {
    use argali_store::Store;

    use super::*;

    #[test]
    fn a_session_that_was_ended_before_its_end_was_kept_is_ended_and_no_more_is_known() {
        let (account, session): (AccountId, _) =
            ("11223344".parse().unwrap(), SessionId::from_bytes([1; 16]));
        let end = SessionEnd { by: "12345678".parse().unwrap(), at: Timestamp::from_seconds(7) };
        let told = |old: bool| {
            let told = Store::memory().transact(|tx| {
                EndedSession::insert(tx, (account, session), Timestamp::from_seconds(9), end);
                if old {
                    tx.put(EndedSession::key(account, session).as_bytes(), &9_000_i64.to_be_bytes());
                }
                assert!(EndedSession::is_ended(tx, account, session)?);
                EndedSession::how(tx, account, session)
            });
            told.unwrap().0
        };
        assert_eq!((told(false), told(true)), (Some(end), None));
    }
}
