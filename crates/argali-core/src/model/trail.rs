//! Trails: what an account wants of its events, and where they shall go.

use argali_store::{StoreError, Transaction};
use minicbor::{Decode, Encode};

use super::key::{AccountTable, Key};
use super::record::{Record, page, read, write};
use crate::identifier::AccountId;
use crate::time::Timestamp;

/// A trail of ActionTrail.
#[derive(Clone, Debug, Encode, Decode)]
pub struct Trail {
    /// Its name, unique in its account.
    #[n(0)]
    pub name: String,
    /// `Write`, `Read` or `All`.
    #[n(1)]
    pub event_rw: String,
    /// The region whose events it wants, or `All`.
    #[n(2)]
    pub region: String,
    /// Where events shall go.
    #[n(3)]
    pub targets: TrailTargets,
    /// When it was made.
    #[n(4)]
    pub created_at: Timestamp,
    /// When it was changed last.
    #[n(5)]
    pub updated_at: Timestamp,
    /// When it was started last.
    #[n(6)]
    pub started_at: Option<Timestamp>,
    /// When it was stopped last.
    #[n(7)]
    pub stopped_at: Option<Timestamp>,
    /// Whether it is started.
    #[n(8)]
    pub is_logging: bool,
}

/// Where the events of a trail shall go, and by which roles.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct TrailTargets {
    /// A bucket.
    #[n(0)]
    pub oss_bucket_name: Option<String>,
    /// What names of objects in it begin with.
    #[n(1)]
    pub oss_key_prefix: Option<String>,
    /// The role that writes to it.
    #[n(2)]
    pub oss_write_role_arn: Option<String>,
    /// A project of the log service.
    #[n(3)]
    pub sls_project_arn: Option<String>,
    /// The role that writes to it.
    #[n(4)]
    pub sls_write_role_arn: Option<String>,
    /// A project of MaxCompute.
    #[n(5)]
    pub max_compute_project_arn: Option<String>,
    /// The role that writes to it.
    #[n(6)]
    pub max_compute_write_role_arn: Option<String>,
}

impl Record for Trail {}

impl Trail {
    /// The trail of this name.
    pub fn find(tx: &dyn Transaction, account: AccountId, name: &str) -> Result<Option<Self>, StoreError> {
        read(tx, &Self::key(account, name))
    }

    /// All trails of the account, in the order of their names.
    pub fn all(tx: &dyn Transaction, account: AccountId) -> Result<Vec<Self>, StoreError> {
        Ok(page(tx, &Key::account(account, AccountTable::Trail), None, usize::MAX - 1)?.records)
    }

    /// Writes the trail.
    pub fn save(&self, tx: &mut dyn Transaction, account: AccountId) {
        write(tx, &Self::key(account, &self.name), self);
    }

    /// Removes the trail.
    pub fn delete(&self, tx: &mut dyn Transaction, account: AccountId) {
        tx.delete(Self::key(account, &self.name).as_bytes());
    }

    fn key(account: AccountId, name: &str) -> Key {
        Key::account(account, AccountTable::Trail).text(name)
    }
}

#[cfg(test)]
mod tests {
    use super::super::golden::check;
    use super::*;

    #[test]
    fn what_every_format_wrote_reads_as_the_same() {
        let at = Timestamp::from_millis(1_750_000_000_123);
        let targets = TrailTargets {
            oss_bucket_name: Some("events".to_owned()),
            oss_write_role_arn: Some("acs:ram::11223344:role/writer".to_owned()),
            ..TrailTargets::default()
        };
        let trail = Trail {
            name: "everything".to_owned(),
            event_rw: "All".to_owned(),
            region: "All".to_owned(),
            targets,
            created_at: at,
            updated_at: at,
            started_at: Some(at),
            stopped_at: None,
            is_logging: true,
        };
        check("Trail", &trail);
    }
}
