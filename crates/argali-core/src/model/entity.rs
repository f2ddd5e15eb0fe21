//! What users, groups, roles and policies have in common: a name to be found by, an id that is never used again,
//! and a quota.

use argali_store::{StoreError, Transaction};

use super::account::Quota;
use super::key::{AccountTable, Key};
use super::record::{Page, Record, page, read, write};
use super::stretch::Stretches;
use crate::identifier::AccountId;

/// A record of the identity service, found by its name, whatever the case of its letters, and by its id.
pub trait Entity: Record {
    /// What it is called.
    type Name;
    /// Where records lie, by name.
    const TABLE: AccountTable;
    /// Where names lie, by id.
    const NAMES_BY_ID: AccountTable;
    /// How many there may be.
    const QUOTA: Quota;
    /// Whether they are counted in [`Stretches`], so that a page can be found by its number.
    const COUNTED: bool = false;

    /// The id, as a number.
    fn id_number(&self) -> u64;
    /// The name at present.
    fn name(&self) -> &Self::Name;
    /// A name as it is compared.
    fn fold(name: &Self::Name) -> String;
    /// Writes what else leads to the record.
    fn index(&self, _tx: &mut dyn Transaction, _account: AccountId) {}
    /// Removes what else leads to the record, and what belongs to nothing without it.
    fn unindex(&self, _tx: &mut dyn Transaction, _account: AccountId) -> Result<(), StoreError> {
        Ok(())
    }

    /// The one of this name.
    fn find(tx: &dyn Transaction, account: AccountId, name: &Self::Name) -> Result<Option<Self>, StoreError> {
        read(tx, &Self::table(account).text(&Self::fold(name)))
    }

    /// The one with this id, whatever it is called now.
    fn find_by_id(tx: &dyn Transaction, account: AccountId, id: u64) -> Result<Option<Self>, StoreError> {
        match tx.get(id_key::<Self>(account, id).as_bytes())? {
            Some(name) => read(tx, &Self::table(account).text(&String::from_utf8_lossy(&name))),
            None => Ok(None),
        }
    }

    /// At most `size` of them in the order of their names.
    fn page(
        tx: &dyn Transaction,
        account: AccountId,
        after: Option<&[u8]>,
        size: usize,
    ) -> Result<Page<Self>, StoreError> {
        page(tx, &Self::table(account), after, size)
    }

    /// All of them in the order of their names.
    fn all(tx: &dyn Transaction, account: AccountId) -> Result<Vec<Self>, StoreError> {
        Ok(Self::page_where(tx, account, None, usize::MAX, |_| true)?.records)
    }

    /// At most `size` of those that are `wanted`, in the order of their names.
    fn page_where(
        tx: &dyn Transaction,
        account: AccountId,
        after: Option<&[u8]>,
        size: usize,
        wanted: impl Fn(&Self) -> bool,
    ) -> Result<Page<Self>, StoreError> {
        const AT_ONCE: usize = 1_000;
        let mut found: Vec<Self> = Vec::new();
        let mut after = after.map(<[u8]>::to_vec);
        loop {
            let part = Self::page(tx, account, after.as_deref(), AT_ONCE)?;
            for record in part.records.into_iter().filter(&wanted) {
                if found.len() == size {
                    let last = found.last().map(|last| Self::place(last.name()));
                    return Ok(Page { records: found, next: last });
                }
                found.push(record);
            }
            match part.next {
                Some(next) => after = Some(next),
                None => return Ok(Page { records: found, next: None }),
            }
        }
    }

    /// What of a record's key follows the table's.
    fn place(name: &Self::Name) -> Vec<u8> {
        let mut place = Self::fold(name).into_bytes();
        place.push(0);
        place
    }

    /// At most `size` of them in the order of their names, after the first `skip`.
    fn numbered_page(
        tx: &dyn Transaction,
        account: AccountId,
        skip: usize,
        size: usize,
    ) -> Result<Vec<Self>, StoreError> {
        Stretches::of(account, Self::TABLE).page(tx, &Self::table(account), skip, size)
    }

    /// Adds a new one, whose name must be free.
    fn insert(&self, tx: &mut dyn Transaction, account: AccountId) -> Result<(), StoreError> {
        self.save(tx, account);
        if Self::COUNTED {
            let key = Self::table(account).text(&Self::fold(self.name()));
            Stretches::of(account, Self::TABLE).add(tx, &key)?;
        }
        Self::QUOTA.add(tx, account)
    }

    /// Writes it as it is now.
    fn save(&self, tx: &mut dyn Transaction, account: AccountId) {
        let folded = Self::fold(self.name());
        write(tx, &Self::table(account).text(&folded), self);
        tx.put(id_key::<Self>(account, self.id_number()).as_bytes(), folded.as_bytes());
        self.index(tx, account);
    }

    /// Removes it. What refers to it must be gone.
    fn delete(&self, tx: &mut dyn Transaction, account: AccountId) -> Result<(), StoreError> {
        self.unindex(tx, account)?;
        let key = Self::table(account).text(&Self::fold(self.name()));
        tx.delete(key.as_bytes());
        if Self::COUNTED {
            Stretches::of(account, Self::TABLE).remove(tx, &key)?;
        }
        tx.delete(id_key::<Self>(account, self.id_number()).as_bytes());
        Self::QUOTA.remove(tx, account)
    }

    /// What the keys of all of them in an account begin with.
    fn table(account: AccountId) -> Key {
        Key::account(account, Self::TABLE)
    }
}

/// An entity whose name may change.
pub trait Renamable: Entity {
    /// Takes another name, in memory.
    fn set_name(&mut self, name: Self::Name);

    /// Writes it under another name, which must be free or its own.
    fn rename(&mut self, tx: &mut dyn Transaction, account: AccountId, name: Self::Name) {
        const { assert!(!Self::COUNTED, "what is counted keeps its name") };
        tx.delete(Self::table(account).text(&Self::fold(self.name())).as_bytes());
        self.set_name(name);
        self.save(tx, account);
    }
}

fn id_key<E: Entity>(account: AccountId, id: u64) -> Key {
    Key::account(account, E::NAMES_BY_ID).number(id)
}
