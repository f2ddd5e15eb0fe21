//! What an account has decided about all of its resource groups.

use argali_store::{StoreError, Transaction};
use minicbor::{Decode, Encode};

use super::key::{AccountTable, Key};
use super::record::{Record, read, write};
use crate::identifier::AccountId;

/// What an account has decided about its resource groups.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct ResourceGroupSettings {
    /// Whether who makes a group administers it.
    #[n(0)]
    pub creator_as_admin: bool,
    /// Whether resources move to another group together with what they are part of.
    #[n(1)]
    pub associated_transfer: bool,
    /// What stays behind all the same.
    #[n(2)]
    pub stays: Vec<Association>,
    /// Whether the account's rules put resources into groups.
    #[cbor(n(3), default)]
    pub auto_grouping: bool,
    /// Whether somebody is to be told of what changes in them.
    #[cbor(n(4), default)]
    pub notification: bool,
}

/// A type whose resources are parts of those of another.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Association {
    /// The full name of the type that has parts, such as `ecs.instance`.
    #[n(0)]
    pub whole: String,
    /// The full name of the parts' type, such as `ecs.disk`.
    #[n(1)]
    pub part: String,
}

impl Record for ResourceGroupSettings {}

impl ResourceGroupSettings {
    /// What `account` has decided; what everybody begins with if that is nothing.
    pub fn of(tx: &dyn Transaction, account: AccountId) -> Result<Self, StoreError> {
        Ok(read(tx, &Self::key(account))?.unwrap_or_default())
    }

    /// Writes the decisions.
    pub fn save(&self, tx: &mut dyn Transaction, account: AccountId) {
        write(tx, &Self::key(account), self);
    }

    /// Whether parts move to another group with what they are part of.
    pub fn moves(&self, association: &Association) -> bool {
        self.associated_transfer && !self.stays.contains(association)
    }

    fn key(account: AccountId) -> Key {
        Key::account(account, AccountTable::ResourceGroupSettings)
    }
}
