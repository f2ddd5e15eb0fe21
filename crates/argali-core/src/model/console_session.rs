//! Console logons: who is logged on, and what that stands on.

use argali_store::{StoreError, Transaction};
use minicbor::{Decode, Encode};

use super::access_key::KeyOwner;
use super::account::bump_generation;
use super::key::{AccountTable, GlobalTable, Key};
use super::record::{Record, read, write};
use super::second_factor::SecondFactor;
use super::switched_role::SwitchedRole;
use crate::identifier::AccountId;
use crate::name::RoleName;
use crate::session::SessionId;
use crate::time::Timestamp;

/// How many logons of one user, or of one account's owner, are under way at most.
const MOST_OF_OWNER: usize = 100;

/// To how many roles a logon has switched at most: the one switched to first makes room for another.
const MOST_ROLES: usize = 10;

/// A logon to the console. What the browser holds is kept as a hash only.
#[derive(Clone, Debug, Encode, Decode)]
pub struct ConsoleSession {
    /// Its number; it stays when the browser is given another value.
    #[n(0)]
    pub id: SessionId,
    /// Who is logged on.
    #[n(1)]
    pub owner: KeyOwner,
    /// Which password was shown: with another one the logon ends.
    #[cbor(n(2), with = "minicbor::bytes")]
    pub password_mark: [u8; 16],
    /// The second factor that was shown, if one was.
    #[n(3)]
    pub second_factor: Option<SecondFactor>,
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
    /// The roles that it has switched to, each once, the latest last.
    // SPEC: design, sessions: the token lies in the console session's record, one a role.
    #[cbor(n(10), default)]
    pub switched: Vec<SwitchedRole>,
}

/// Where the session of a cookie lies.
#[derive(Debug, Encode, Decode)]
struct Place {
    #[n(0)]
    account: AccountId,
    #[n(1)]
    id: SessionId,
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
        Ok(Self::find(tx, account, id)?.map(|session| (account, session)))
    }

    /// The session of this number.
    pub fn find(tx: &dyn Transaction, account: AccountId, id: SessionId) -> Result<Option<Self>, StoreError> {
        read(tx, &key(account, id))
    }

    /// The sessions of somebody, in no order that means anything.
    pub fn of_owner(
        tx: &dyn Transaction,
        account: AccountId,
        owner: KeyOwner,
    ) -> Result<Vec<Self>, StoreError> {
        let rows = owner_key(account, owner);
        let rows = tx.scan(rows.as_bytes(), rows.end().as_bytes(), 2 * MOST_OF_OWNER)?;
        let ids = rows.iter().filter_map(|(row, _)| row.last_chunk().copied().map(SessionId::from_bytes));
        ids.filter_map(|id| Self::find(tx, account, id).transpose()).collect()
    }

    /// Makes room for one more of somebody's: where there are too many, the one that began first ends. Whatever stands
    /// on that ends, too.
    pub fn make_room(
        tx: &mut dyn Transaction,
        account: AccountId,
        owner: KeyOwner,
    ) -> Result<(), StoreError> {
        let sessions = Self::of_owner(tx, account, owner)?;
        if sessions.len() < MOST_OF_OWNER {
            return Ok(());
        }
        if let Some(first) = sessions.iter().min_by_key(|session| session.began_at) {
            first.delete(tx, account);
            bump_generation(tx, account)?;
        }
        Ok(())
    }

    /// Writes it, with what leads to it and what makes it be forgotten in time.
    pub fn save(&self, tx: &mut dyn Transaction, account: AccountId) {
        write(tx, &key(account, self.id), self);
        write(tx, &cookie_key(&self.cookie), &Place { account, id: self.id });
        let expiry = expiry_table().number(seconds(self.ends_at)).bytes(&self.cookie);
        tx.put(expiry.as_bytes(), &[]);
        tx.put(owner_key(account, self.owner).bytes(self.id.as_bytes()).as_bytes(), &[]);
    }

    /// Ends it.
    pub fn delete(&self, tx: &mut dyn Transaction, account: AccountId) {
        tx.delete(key(account, self.id).as_bytes());
        tx.delete(owner_key(account, self.owner).bytes(self.id.as_bytes()).as_bytes());
        self.delete_cookie(tx);
    }

    /// Writes it as it is now, for a browser that holds another value from now on.
    // SPEC: security, console: a new session id at logon, step-up, role switch.
    pub fn renew(&mut self, tx: &mut dyn Transaction, account: AccountId, cookie: [u8; 32]) {
        self.delete_cookie(tx);
        self.cookie = cookie;
        self.save(tx, account);
    }

    fn delete_cookie(&self, tx: &mut dyn Transaction) {
        tx.delete(cookie_key(&self.cookie).as_bytes());
        tx.delete(expiry_table().number(seconds(self.ends_at)).bytes(&self.cookie).as_bytes());
    }

    /// What it has switched to of this name, if it has.
    pub fn role(&self, account: AccountId, name: &RoleName) -> Option<&SwitchedRole> {
        self.switched.iter().find(|role| role.is(account, name))
    }

    /// Switches to a role. What had been switched to of the same name is replaced, and what has ended forgotten.
    pub fn switch_to(&mut self, role: SwitchedRole, now: Timestamp) {
        self.switched.retain(|other| now < other.ends_at && !other.is(role.account, &role.name));
        if self.switched.len() >= MOST_ROLES {
            self.switched.remove(0);
        }
        self.switched.push(role);
    }

    /// Switches back from a role, which is returned if it had been switched to.
    pub fn switch_back(&mut self, account: AccountId, name: &RoleName) -> Option<SwitchedRole> {
        let at = self.switched.iter().position(|role| role.is(account, name))?;
        Some(self.switched.remove(at))
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

fn key(account: AccountId, id: SessionId) -> Key {
    Key::account(account, AccountTable::ConsoleSession).bytes(id.as_bytes())
}

fn owner_key(account: AccountId, owner: KeyOwner) -> Key {
    Key::account(account, AccountTable::ConsoleSessionOfOwner).number(owner.number())
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
