//! What logons leave behind: when the last one was and from where they came, and how many wrong passwords came since.

use std::net::IpAddr;

use argali_store::{StoreError, Transaction};
use minicbor::{Decode, Encode};

use super::access_key::KeyOwner;
use super::key::{AccountTable, Key, leading_number};
use super::record::{Record, each_row, from_bytes, read, write};
use crate::identifier::AccountId;
use crate::time::Timestamp;

/// For how long wrong passwords are counted, and a user is locked, in seconds.
// SPEC: limits, password policy, MaxLoginAttemps.
const HOUR_S: i64 = 3_600;
/// How many networks are remembered of each user, and for how long, in seconds.
const MOST_NETWORKS: usize = 16;
const REMEMBERED_S: i64 = 90 * 24 * HOUR_S;

/// The traces of somebody's logons. They change nobody's access by themselves.
#[derive(Clone, Debug, Default, Encode, Decode)]
pub struct LogonTrace {
    /// When somebody last logged on.
    #[n(0)]
    pub last_at: Option<Timestamp>,
    /// Since when wrong passwords are counted.
    #[n(1)]
    counted_since: Timestamp,
    /// How many there were.
    #[n(2)]
    wrong: u32,
    /// Until when nobody logs on.
    #[n(3)]
    locked_until: Timestamp,
    /// The networks that it came from, the latest first.
    #[cbor(n(4), default)]
    networks: Vec<KnownNetwork>,
}

/// A network that somebody has logged on from.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
struct KnownNetwork {
    /// Its address, as text.
    #[n(0)]
    address: String,
    /// When it was last.
    #[n(1)]
    at: Timestamp,
}

impl Record for LogonTrace {}

impl LogonTrace {
    /// The traces of a user or of the account's owner.
    pub fn of(tx: &dyn Transaction, account: AccountId, owner: KeyOwner) -> Result<Self, StoreError> {
        Ok(read(tx, &key(account, owner))?.unwrap_or_default())
    }

    /// The traces of everybody in an account, by the number of whose they are.
    pub(super) fn each(
        tx: &dyn Transaction,
        account: AccountId,
        mut take: impl FnMut(u64, Self),
    ) -> Result<(), StoreError> {
        each_row(tx, &Key::account(account, AccountTable::LogonTrace), |place, bytes| {
            take(leading_number(place), from_bytes(bytes)?);
            Ok(())
        })
    }

    /// Writes them.
    pub fn save(&self, tx: &mut dyn Transaction, account: AccountId, owner: KeyOwner) {
        write(tx, &key(account, owner), self);
    }

    /// Forgets them.
    pub fn forget(tx: &mut dyn Transaction, account: AccountId, owner: KeyOwner) {
        tx.delete(key(account, owner).as_bytes());
    }

    /// Whether nobody logs on at present.
    pub fn is_locked(&self, now: Timestamp) -> bool {
        now < self.locked_until
    }

    /// Counts a wrong password; at `most` within an hour the user is locked for one. 0 counts none.
    pub fn count_wrong(&mut self, most: u8, now: Timestamp) {
        if most == 0 || self.is_locked(now) {
            return;
        }
        if now >= self.counted_since.plus_seconds(HOUR_S) {
            (self.counted_since, self.wrong) = (now, 0);
        }
        self.wrong = self.wrong.saturating_add(1);
        if self.wrong >= u32::from(most) {
            (self.locked_until, self.wrong) = (now.plus_seconds(HOUR_S), 0);
        }
    }

    /// Notes a logon from a network, which ends the count.
    pub fn logged_on(&mut self, network: IpAddr, now: Timestamp) {
        (self.last_at, self.wrong) = (Some(now), 0);
        let network = KnownNetwork { address: network.to_string(), at: now };
        self.networks.retain(|other| other.address != network.address && is_remembered(other.at, now));
        self.networks.insert(0, network);
        self.networks.truncate(MOST_NETWORKS);
    }

    /// Whether somebody has logged on from a network not long ago.
    pub fn knows(&self, network: IpAddr, now: Timestamp) -> bool {
        let address = network.to_string();
        self.networks.iter().any(|known| known.address == address && is_remembered(known.at, now))
    }
}

fn is_remembered(at: Timestamp, now: Timestamp) -> bool {
    now < at.plus_seconds(REMEMBERED_S)
}

fn key(account: AccountId, owner: KeyOwner) -> Key {
    Key::account(account, AccountTable::LogonTrace).number(owner.number())
}
