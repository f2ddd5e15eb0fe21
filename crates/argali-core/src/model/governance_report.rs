//! The last report on how an account keeps its identities, as it was made.

use argali_store::{StoreError, Transaction};
use minicbor::{Decode, Encode};
use serde::Serialize;

use super::key::{AccountTable, Key};
use super::record::{Record, read, write};
use crate::identifier::AccountId;
use crate::name::{GovernanceItem, GovernanceValueKind};
use crate::time::Timestamp;

/// A report.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct GovernanceReport {
    /// When it was made.
    #[n(0)]
    pub generated_at: Timestamp,
    /// What was found, an item after the other.
    #[n(1)]
    pub findings: Vec<GovernanceFinding>,
}

/// What was found of one item.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct GovernanceFinding {
    /// Which.
    #[n(0)]
    pub item: GovernanceItem,
    /// In one value.
    #[n(1)]
    pub metric: GovernanceValue,
    /// What the cells of its rows are called, from the left.
    #[n(2)]
    pub columns: Vec<GovernanceColumn>,
    /// What the value was made of: a cell a column.
    #[n(3)]
    pub rows: Vec<Vec<GovernanceValue>>,
}

/// A column of an item's rows.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize)]
pub struct GovernanceColumn {
    /// What it is called.
    #[n(0)]
    #[serde(rename = "ColumnName")]
    pub name: String,
    /// What its cells are.
    #[n(1)]
    #[serde(rename = "ColumnType")]
    pub kind: GovernanceValueKind,
}

/// A value of an item, or of a cell.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize)]
#[serde(untagged)]
pub enum GovernanceValue {
    /// A number.
    #[n(0)]
    Number(#[n(0)] u64),
    /// Text.
    #[n(1)]
    String(#[n(0)] String),
    /// True or false.
    #[n(2)]
    Boolean(#[n(0)] bool),
}

impl Record for GovernanceReport {}

impl GovernanceReport {
    /// The last report of an account.
    pub fn find(tx: &dyn Transaction, account: AccountId) -> Result<Option<Self>, StoreError> {
        read(tx, &key(account))
    }

    /// Keeps it in place of the one before.
    pub fn save(&self, tx: &mut dyn Transaction, account: AccountId) {
        write(tx, &key(account), self);
    }

    /// What pages of one item of this report, and of no other, are sealed to.
    pub fn list(&self, account: AccountId, item: GovernanceItem) -> Key {
        key(account).number(self.generated_at.as_millis().unsigned_abs()).text(item.as_str())
    }
}

impl GovernanceValue {
    /// Of which kind it is.
    pub fn kind(&self) -> GovernanceValueKind {
        match self {
            Self::Number(_) => GovernanceValueKind::Number,
            Self::String(_) => GovernanceValueKind::String,
            Self::Boolean(_) => GovernanceValueKind::Boolean,
        }
    }
}

impl From<bool> for GovernanceValue {
    fn from(value: bool) -> Self {
        Self::Boolean(value)
    }
}

impl From<String> for GovernanceValue {
    fn from(value: String) -> Self {
        Self::String(value)
    }
}

impl From<(&str, GovernanceValueKind)> for GovernanceColumn {
    fn from((name, kind): (&str, GovernanceValueKind)) -> Self {
        Self { name: name.to_owned(), kind }
    }
}

fn key(account: AccountId) -> Key {
    Key::account(account, AccountTable::GovernanceReport)
}
