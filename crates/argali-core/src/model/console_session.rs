//! Console logons: who is logged on, and what that stands on.

use argali_store::{StoreError, Transaction};
use minicbor::{Decode, Encode};

use super::access_key::KeyOwner;
use super::key::{AccountTable, GlobalTable, Key};
use super::record::{Record, read, write};
use crate::identifier::{AccountId, MfaDeviceId};
use crate::time::Timestamp;

/// A logon to the console. What the browser holds is kept as a hash only.
#[derive(Clone, Debug, Encode, Decode)]
pub struct ConsoleSession {
    /// Its number; it stays when the browser is given another value.
    #[cbor(n(0), with = "minicbor::bytes")]
    pub id: [u8; 16],
    /// Who is logged on.
    #[n(1)]
    pub owner: KeyOwner,
    /// Which password was shown: with another one the logon ends.
    #[cbor(n(2), with = "minicbor::bytes")]
    pub password_mark: [u8; 16],
    /// The device that showed a code, if one did.
    #[n(3)]
    pub mfa_device: Option<MfaDeviceId>,
    /// When it began.
    #[n(4)]
    pub began_at: Timestamp,
    /// When it ends at the latest.
    #[n(5)]
    pub ends_at: Timestamp,
    /// Where it was begun from.
    #[n(6)]
    pub source_ip: String,
    /// The hash of what the browser holds.
    #[cbor(n(7), with = "minicbor::bytes")]
    pub cookie: [u8; 32],
    /// When password or code were shown last.
    #[n(8)]
    pub verified_at: Timestamp,
    /// The generation of the account when it began: marks at it or after it end the logon.
    #[n(9)]
    pub began_at_generation: u64,
}

/// Where the session of a cookie lies.
#[derive(Debug, Encode, Decode)]
struct Place {
    #[n(0)]
    account: AccountId,
    #[cbor(n(1), with = "minicbor::bytes")]
    id: [u8; 16],
}

impl Record for ConsoleSession {}
impl Record for Place {}

impl ConsoleSession {
    /// The session whose cookie has this hash, with its account.
    pub fn of_cookie(
        tx: &dyn Transaction,
        cookie: &[u8; 32],
    ) -> Result<Option<(AccountId, Self)>, StoreError> {
        let Some(Place { account, id }) = read(tx, &cookie_key(cookie))? else { return Ok(None) };
        Ok(read(tx, &key(account, &id))?.map(|session| (account, session)))
    }

    /// Writes it, with what leads to it and what makes it be forgotten in time.
    pub fn save(&self, tx: &mut dyn Transaction, account: AccountId) {
        write(tx, &key(account, &self.id), self);
        write(tx, &cookie_key(&self.cookie), &Place { account, id: self.id });
        let expiry = expiry_table().number(seconds(self.ends_at)).bytes(&self.cookie);
        tx.put(expiry.as_bytes(), &[]);
    }

    /// Ends it.
    pub fn delete(&self, tx: &mut dyn Transaction, account: AccountId) {
        tx.delete(key(account, &self.id).as_bytes());
        tx.delete(cookie_key(&self.cookie).as_bytes());
        tx.delete(expiry_table().number(seconds(self.ends_at)).bytes(&self.cookie).as_bytes());
    }

    /// Forgets those that ended before `now`, at most `limit`; returns how many.
    pub fn sweep(tx: &mut dyn Transaction, now: Timestamp, limit: usize) -> Result<usize, StoreError> {
        let table = expiry_table();
        let rows = tx.scan(table.as_bytes(), table.clone().number(seconds(now)).as_bytes(), limit)?;
        for (row, _) in &rows {
            let cookie = row.get(table.as_bytes().len() + size_of::<u64>()..).unwrap_or_default();
            match cookie.try_into().map(|cookie| Self::of_cookie(tx, cookie)) {
                Ok(found) => match found? {
                    Some((account, session)) => session.delete(tx, account),
                    None => tx.delete(row),
                },
                Err(_) => tx.delete(row),
            }
        }
        Ok(rows.len())
    }
}

fn key(account: AccountId, id: &[u8; 16]) -> Key {
    Key::account(account, AccountTable::ConsoleSession).bytes(id)
}

fn cookie_key(cookie: &[u8; 32]) -> Key {
    Key::global(GlobalTable::ConsoleCookie).bytes(cookie)
}

fn expiry_table() -> Key {
    Key::global(GlobalTable::ConsoleSessionExpiry)
}

fn seconds(at: Timestamp) -> u64 {
    u64::try_from(at.as_seconds()).unwrap_or_default()
}
