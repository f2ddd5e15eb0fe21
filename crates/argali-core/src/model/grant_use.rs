//! When grants were used last: which attachments have let something through.

use std::collections::BTreeMap;

use argali_store::{StoreError, Transaction};
use minicbor::{Decode, Encode};

use super::attachment::{Attachment, Principal};
use super::key::{AccountTable, Key};
use super::record::{Record, each_row, from_bytes, read, write};
use crate::identifier::AccountId;
use crate::time::Timestamp;

/// The last use of an attachment that is written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct GrantUse {
    /// When it was.
    #[n(0)]
    pub at: Timestamp,
}

impl Record for GrantUse {}

impl GrantUse {
    /// Writes it down, unless the attachment is gone or was made after, or was used later.
    pub(crate) fn save(
        self,
        tx: &mut dyn Transaction,
        account: AccountId,
        of: &Attachment,
    ) -> Result<(), StoreError> {
        let Attachment { principal, scope, policy, .. } = of;
        let attached = Attachment::find(tx, account, *principal, scope, policy)?;
        let key = key(account, of);
        let is_later = |written: Self| written.at < self.at;
        if attached.is_some_and(|attached| attached.attached_at <= self.at)
            && read(tx, &key)?.is_none_or(is_later)
        {
            write(tx, &key, &self);
        }
        Ok(())
    }

    /// Forgets the last use of an attachment that ends.
    pub(super) fn forget(tx: &mut dyn Transaction, account: AccountId, of: &Attachment) {
        tx.delete(key(account, of).as_bytes());
    }
}

fn key(account: AccountId, of: &Attachment) -> Key {
    of.place_in(Key::account(account, AccountTable::GrantUse))
}

/// When grants of an account were used last.
#[derive(Debug)]
pub struct GrantUsage {
    account: AccountId,
    last: BTreeMap<Vec<u8>, Timestamp>,
}

impl GrantUsage {
    /// What is known of an account, or of one principal there: what is written down, and `recent` uses that are not yet.
    pub(crate) fn read(
        tx: &dyn Transaction,
        account: AccountId,
        of: Option<Principal>,
        recent: RecentGrantUses,
    ) -> Result<Self, StoreError> {
        let table = Key::account(account, AccountTable::GrantUse);
        let part = of.map_or(table.clone(), |principal| principal.append_to(table));
        let mut last = BTreeMap::new();
        each_row(tx, &part, |place, bytes| {
            last.insert([part.as_bytes(), place].concat(), from_bytes::<GrantUse>(bytes)?.at);
            Ok(())
        })?;
        let mut usage = Self { account, last };
        for (attachment, at) in recent {
            let known = usage.last.entry(key(account, &attachment).as_bytes().to_vec()).or_insert(at);
            *known = at.max(*known);
        }
        Ok(usage)
    }

    /// When an attachment was used last; `None` if it never was.
    pub(crate) fn of(&self, attachment: &Attachment) -> Option<Timestamp> {
        let last = self.last.get(key(self.account, attachment).as_bytes());
        // An earlier attachment of the same policy may have been used at the time at which it ended.
        last.copied().filter(|at| *at >= attachment.attached_at)
    }
}

/// Uses of attachments that are not written down yet.
pub(crate) type RecentGrantUses = Vec<(Attachment, Timestamp)>;
