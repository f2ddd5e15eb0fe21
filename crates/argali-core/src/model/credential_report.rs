//! The last report on the credentials of an account, as it was made.

use argali_store::{StoreError, Transaction};
use minicbor::{Decode, Encode};

use super::key::{AccountTable, Key};
use super::record::{Record, read, write};
use crate::identifier::AccountId;
use crate::time::Timestamp;

/// How many rows are kept together.
const ROWS_A_PART: usize = 100;

/// A report. Its rows lie apart, some together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct CredentialReport {
    /// When it was made.
    #[n(0)]
    pub generated_at: Timestamp,
    /// How many rows it has.
    #[n(1)]
    pub rows: u64,
}

/// Some rows of a report that follow one another.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub(super) struct CredentialReportPart {
    #[n(0)]
    pub(super) rows: Vec<String>,
}

impl Record for CredentialReport {}
impl Record for CredentialReportPart {}

impl CredentialReport {
    /// The last report of an account.
    pub fn find(tx: &dyn Transaction, account: AccountId) -> Result<Option<Self>, StoreError> {
        read(tx, &key(account))
    }

    /// Keeps a new report in place of the one before.
    pub fn replace(
        tx: &mut dyn Transaction,
        account: AccountId,
        generated_at: Timestamp,
        rows: &[String],
    ) -> Result<(), StoreError> {
        let parts_before = Self::find(tx, account)?.map_or(0, |before| parts(before.rows));
        for number in parts(rows.len() as u64)..parts_before {
            tx.delete(part_key(account, number).as_bytes());
        }
        for (number, rows) in (0..).zip(rows.chunks(ROWS_A_PART)) {
            write(tx, &part_key(account, number), &CredentialReportPart { rows: rows.to_vec() });
        }
        write(tx, &key(account), &Self { generated_at, rows: rows.len() as u64 });
        Ok(())
    }

    /// At most `size` of its rows, after the first `skip`.
    pub fn page(
        &self,
        tx: &dyn Transaction,
        account: AccountId,
        skip: u64,
        size: usize,
    ) -> Result<Vec<String>, StoreError> {
        let end = skip.saturating_add(size as u64).min(self.rows);
        let mut page = Vec::new();
        for number in skip / ROWS_A_PART as u64..parts(end) {
            let part = read::<CredentialReportPart>(tx, &part_key(account, number))?;
            let first = number * ROWS_A_PART as u64;
            let rows = (first..).zip(part.into_iter().flat_map(|part| part.rows));
            page.extend(rows.filter(|(row, _)| (skip..end).contains(row)).map(|(_, text)| text));
        }
        Ok(page)
    }

    /// What pages of this report, and of no other, are sealed to.
    pub fn list(&self, account: AccountId) -> Key {
        key(account).number(self.generated_at.as_millis().unsigned_abs())
    }
}

fn parts(rows: u64) -> u64 {
    rows.div_ceil(ROWS_A_PART as u64)
}

fn key(account: AccountId) -> Key {
    Key::account(account, AccountTable::CredentialReport)
}

fn part_key(account: AccountId, number: u64) -> Key {
    Key::account(account, AccountTable::CredentialReportPart).number(number)
}

#[cfg(test)]
mod tests {
    use argali_store::Store;

    use super::*;

    #[test]
    fn a_report_takes_the_place_of_the_one_before() {
        let store = Store::memory();
        let account = "11223344".parse().unwrap();
        let at = Timestamp::from_seconds(1_000);
        let rows = |number: usize| (0..number).map(|row| format!("row {row}")).collect::<Vec<_>>();
        for number in [0, 1, 100, 250, 101, 99] {
            let replace =
                |tx: &mut dyn Transaction| CredentialReport::replace(tx, account, at, &rows(number));
            store.transact(replace).unwrap().1.wait().unwrap();
            let tx = store.read().unwrap();
            let report = CredentialReport::find(tx.as_ref(), account).unwrap().unwrap();
            assert_eq!(report.page(tx.as_ref(), account, 0, usize::MAX).unwrap(), rows(number));
            for (skip, size) in [(0, 1), (1, 99), (95, 10), (100, 100), (200, 1_000), (300, 1)] {
                let wanted: Vec<_> = rows(number).into_iter().skip(skip).take(size).collect();
                assert_eq!(
                    report.page(tx.as_ref(), account, skip as u64, size).unwrap(),
                    wanted,
                    "{skip} {size}"
                );
            }
            let parts = Key::account(account, AccountTable::CredentialReportPart);
            let left = tx.scan(parts.as_bytes(), parts.end().as_bytes(), 100).unwrap();
            assert_eq!(left.len(), number.div_ceil(ROWS_A_PART));
        }
    }
}
