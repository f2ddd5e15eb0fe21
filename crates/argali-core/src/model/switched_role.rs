//! Roles that people switch to in the console: the session that one holds, and what each has switched to before.

use std::fmt;

use argali_store::{StoreError, Transaction};
use minicbor::{Decode, Encode};

use super::key::{AccountTable, Key};
use super::record::{Page, Record, page, read, write};
use crate::identifier::{AccountId, UserId};
use crate::name::{DisplayName, ExternalId, RoleColour, RoleName, SessionName};
use crate::session::SessionId;
use crate::time::Timestamp;

/// How many roles are remembered of each user.
const MOST_REMEMBERED: usize = 1_000;

/// A role that a logon has switched to. Its token never leaves the server, nor is it enough to sign with.
#[derive(Clone, Encode, Decode)]
pub struct SwitchedRole {
    /// The role's account.
    #[n(0)]
    pub account: AccountId,
    /// The role's name.
    #[n(1)]
    pub name: RoleName,
    /// The session of the role.
    #[n(2)]
    pub session: SessionId,
    /// The session's key.
    #[n(3)]
    pub access_key_id: String,
    /// What the session stands on, sealed.
    #[n(4)]
    pub token: String,
    /// When the session ends at the latest.
    #[n(5)]
    pub ends_at: Timestamp,
    /// How whoever switched wants it to look.
    #[n(6)]
    pub look: RoleLook,
    /// How it was switched to, so that it can be begun anew; unknown of what was switched to before this was kept.
    #[cbor(n(7), default)]
    pub manner: Option<SwitchManner>,
}

/// How somebody switched to a role.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct SwitchManner {
    /// What the session is called.
    #[n(0)]
    pub session_name: SessionName,
    /// How long it was to last, in seconds, if that was said.
    #[n(1)]
    pub duration_s: Option<i64>,
    /// What both sides agreed upon beforehand.
    #[n(2)]
    pub external_id: Option<ExternalId>,
    /// The account of the role from which it was switched to; none if by the user itself.
    #[n(3)]
    pub from_account: Option<AccountId>,
    /// The name of that role.
    #[n(4)]
    pub from_role: Option<RoleName>,
}

/// How somebody knows a role in the console.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct RoleLook {
    /// By what its account was asked for: an alias, a default domain or a number.
    #[n(0)]
    pub account: String,
    /// What to call it.
    #[n(1)]
    pub display_name: Option<DisplayName>,
    /// The colour of its banner.
    #[n(2)]
    pub colour: Option<RoleColour>,
}

impl SwitchManner {
    /// By the user itself, saying no more than it must.
    pub fn plain(session_name: SessionName) -> Self {
        Self { session_name, duration_s: None, external_id: None, from_account: None, from_role: None }
    }
}

impl SwitchedRole {
    /// Whether it is the role of this name.
    pub fn is(&self, account: AccountId, name: &RoleName) -> bool {
        self.account == account && self.name.folded() == name.folded()
    }
}

impl fmt::Debug for SwitchedRole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { account, name, session, ends_at, .. } = self;
        f.debug_struct("SwitchedRole")
            .field("account", account)
            .field("name", name)
            .field("session", session)
            .field("ends_at", ends_at)
            .finish_non_exhaustive()
    }
}

/// A role that a user has switched to before.
#[derive(Clone, Debug, Encode, Decode)]
pub struct RecentRole {
    /// The role's account.
    #[n(0)]
    pub account: AccountId,
    /// The role's name.
    #[n(1)]
    pub name: RoleName,
    /// When the user last switched to it.
    #[n(2)]
    pub switched_at: Timestamp,
    /// How the user wanted it to look.
    #[n(3)]
    pub look: RoleLook,
}

impl Record for RecentRole {}

impl RecentRole {
    /// At most `size` of the roles that a user has switched to, the latest first.
    pub fn page(
        tx: &dyn Transaction,
        account: AccountId,
        user: UserId,
        after: Option<&[u8]>,
        size: usize,
    ) -> Result<Page<Self>, StoreError> {
        page(tx, &Self::of_user(account, user), after, size)
    }

    /// The role of this account and name, if the user has switched to it.
    pub fn find(
        tx: &dyn Transaction,
        (own, user): (AccountId, UserId),
        account: AccountId,
        name: &RoleName,
    ) -> Result<Option<Self>, StoreError> {
        let known = by_name(own, user).text(account.as_str()).text(&name.folded());
        match tx.get(known.as_bytes())? {
            Some(place) => read(tx, &Self::of_user(own, user).bytes(&place)),
            None => Ok(None),
        }
    }

    /// Remembers that a user has switched to it, in place of an earlier time. The oldest makes room.
    pub fn remember(
        &self,
        tx: &mut dyn Transaction,
        account: AccountId,
        user: UserId,
    ) -> Result<(), StoreError> {
        let known = by_name(account, user).text(self.account.as_str()).text(&self.name.folded());
        match tx.get(known.as_bytes())? {
            Some(before) => tx.delete(Self::of_user(account, user).bytes(&before).as_bytes()),
            None => Self::make_room(tx, account, user)?,
        }
        let place = self.place();
        write(tx, &Self::of_user(account, user).bytes(&place), self);
        tx.put(known.as_bytes(), &place);
        Ok(())
    }

    /// Forgets all that a user has switched to.
    pub fn forget(tx: &mut dyn Transaction, account: AccountId, user: UserId) -> Result<(), StoreError> {
        for table in [Self::of_user(account, user), by_name(account, user)] {
            for (key, _) in tx.scan(table.as_bytes(), table.end().as_bytes(), MOST_REMEMBERED + 1)? {
                tx.delete(&key);
            }
        }
        Ok(())
    }

    /// What the keys of all roles that a user has switched to begin with.
    pub fn of_user(account: AccountId, user: UserId) -> Key {
        Key::account(account, AccountTable::RecentRole).number(user.number())
    }

    fn make_room(tx: &mut dyn Transaction, account: AccountId, user: UserId) -> Result<(), StoreError> {
        let table = Self::of_user(account, user);
        let rows = tx.scan(table.as_bytes(), table.end().as_bytes(), MOST_REMEMBERED)?;
        let Some((oldest, _)) = rows.last().filter(|_| rows.len() >= MOST_REMEMBERED) else { return Ok(()) };
        let place = oldest.get(table.as_bytes().len()..).unwrap_or_default();
        let found: Option<Self> = read(tx, &table.clone().bytes(place))?;
        if let Some(role) = found {
            let known = by_name(account, user).text(role.account.as_str()).text(&role.name.folded());
            tx.delete(known.as_bytes());
        }
        tx.delete(oldest);
        Ok(())
    }

    /// What of its key follows the user: the later, the earlier in the order of keys.
    fn place(&self) -> Vec<u8> {
        let age = u64::MAX - u64::try_from(self.switched_at.as_millis()).unwrap_or_default();
        let mut place = age.to_be_bytes().to_vec();
        for part in [self.account.as_str(), &self.name.folded()] {
            place.extend_from_slice(part.as_bytes());
            place.push(0);
        }
        place
    }
}

/// Where roles lie that a user has switched to, by account and name.
fn by_name(account: AccountId, user: UserId) -> Key {
    Key::account(account, AccountTable::RecentRoleByName).number(user.number())
}
