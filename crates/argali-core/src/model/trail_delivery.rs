//! How far the events of a trail have been delivered.

use argali_store::{StoreError, Transaction};
use minicbor::{Decode, Encode};

use super::account::Account;
use super::key::{GlobalTable, Key};
use super::record::{Record, page, read, write};
use super::setting::{set_trails_are_delivered, trails_are_delivered};
use super::trail::Trail;
use crate::audit::Position;
use crate::identifier::AccountId;
use crate::time::Timestamp;

/// The delivery of a trail that was started once. All lie together, so that whoever delivers finds them.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct TrailDelivery {
    /// Whose trail it is.
    #[n(0)]
    pub account: AccountId,
    /// What the trail is called.
    #[n(1)]
    pub trail: String,
    /// Whether there may be something to deliver.
    #[n(2)]
    pub is_active: bool,
    /// The last record that was delivered, or passed over.
    #[cbor(n(3), with = "minicbor::bytes")]
    position: Vec<u8>,
    /// When something was delivered last.
    #[n(4)]
    pub delivered_at: Option<Timestamp>,
    /// Why nothing can be delivered, if that is so.
    #[n(5)]
    pub error: Option<String>,
}

impl Record for TrailDelivery {}

impl TrailDelivery {
    /// The delivery of a trail.
    pub fn find(tx: &dyn Transaction, account: AccountId, trail: &str) -> Result<Option<Self>, StoreError> {
        read(tx, &Self::key(account, trail))
    }

    /// Begins to deliver a trail, or goes on where it was.
    pub fn begin(tx: &mut dyn Transaction, account: AccountId, trail: &str) -> Result<(), StoreError> {
        let new = || Self {
            account,
            trail: trail.to_owned(),
            is_active: false,
            position: Vec::new(),
            delivered_at: None,
            error: None,
        };
        let found = Self::find(tx, account, trail)?.unwrap_or_else(new);
        Self { is_active: true, ..found }.save(tx);
        Ok(())
    }

    /// Begins to deliver trails that were started before events were delivered at all, once for a store: what happened
    /// since they were started follows, as far as its records are kept.
    pub fn begin_older(tx: &mut dyn Transaction) -> Result<(), StoreError> {
        if trails_are_delivered(tx)? {
            return Ok(());
        }
        for account in Account::all(tx, usize::MAX - 1)? {
            for trail in Trail::all(tx, account)?.into_iter().filter(|trail| trail.is_logging) {
                if Self::find(tx, account, &trail.name)?.is_none() {
                    Self::begin(tx, account, &trail.name)?;
                }
            }
        }
        set_trails_are_delivered(tx);
        Ok(())
    }

    /// Some of all deliveries, and where to go on.
    pub fn some(
        tx: &dyn Transaction,
        after: Option<&[u8]>,
        at_most: usize,
    ) -> Result<(Vec<Self>, Option<Vec<u8>>), StoreError> {
        let found = page(tx, &Key::global(GlobalTable::TrailDelivery), after, at_most)?;
        Ok((found.records, found.next))
    }

    /// The last record that was delivered, or passed over.
    pub fn position(&self) -> Option<Position> {
        Position::from_bytes(&self.position)
    }

    /// Says that everything up to this record is delivered.
    pub fn has_come_to(&mut self, position: Position) {
        self.position = position.to_bytes().to_vec();
    }

    /// Says that nothing is delivered yet: it goes on with the first record that there is.
    pub fn begins_anew(&mut self) {
        self.position.clear();
    }

    /// Writes it.
    pub fn save(&self, tx: &mut dyn Transaction) {
        write(tx, &Self::key(self.account, &self.trail), self);
    }

    /// Forgets the delivery of a trail.
    pub fn delete(tx: &mut dyn Transaction, account: AccountId, trail: &str) {
        tx.delete(Self::key(account, trail).as_bytes());
    }

    fn key(account: AccountId, trail: &str) -> Key {
        Key::global(GlobalTable::TrailDelivery).text(account.as_str()).text(trail)
    }
}

#[cfg(test)]
mod tests {
    use super::super::golden::check;
    use super::*;

    #[test]
    fn what_every_format_wrote_reads_as_the_same() {
        check(
            "TrailDelivery",
            &TrailDelivery {
                account: "11223344".parse().unwrap(),
                trail: "everything".to_owned(),
                is_active: true,
                position: vec![0, 0, 0, 0, 0, 0, 0, 9, 0, 0, 4, 1],
                delivered_at: Some(Timestamp::from_millis(1_750_000_000_123)),
                error: Some("NoSuchBucket: make it".to_owned()),
            },
        );
    }
}
