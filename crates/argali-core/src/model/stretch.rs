//! Counts along a table, so that a page is found by its number without reading all that comes before it.
//!
//! The entries of a table are counted in stretches of at most [`MOST`]. A row for each stretch says how many entries
//! it has; the row lies where the stretch ends, so that the first row at or after an entry is the one that counts it.
//! A table whose entries were never counted has no rows: it is read from its beginning until its next change counts it.

use argali_store::{StoreError, Transaction};

use super::key::{AccountTable, Key};
use super::record::{Record, damaged, from_bytes};
use crate::identifier::AccountId;

/// How many entries a stretch has at most. A longer one is cut in halves.
const MOST: usize = 512;
/// Where the last stretch ends: after every entry, because no entry's key goes on with this byte.
const LAST: &[u8] = &[u8::MAX];
/// As many as there are.
const ALL: usize = usize::MAX - 1;

/// The counted entries of one table of an account, or of a part of one.
#[derive(Debug)]
pub struct Stretches {
    table: Key,
    counts: Key,
}

/// A piece of a part of a table: from one key up to, and not including, another.
struct Piece {
    from: Vec<u8>,
    to: Vec<u8>,
    /// How many entries it has, if that was counted.
    counted: Option<usize>,
}

impl Stretches {
    /// The entries of `table` in `account`.
    pub fn of(account: AccountId, table: AccountTable) -> Self {
        Self::within(account, table, &[])
    }

    /// The entries of `table` in `account` whose keys begin with `part`, which are counted apart from others.
    pub fn within(account: AccountId, table: AccountTable, part: &[&str]) -> Self {
        let below = |key: Key| part.iter().fold(key, |key, text| key.text(text));
        Self {
            table: below(Key::account(account, table)),
            counts: below(Key::account(account, AccountTable::Stretch).bytes(&[table as u8])),
        }
    }

    /// Counts an entry that was just put under `key`, and was not there before.
    pub fn add(&self, tx: &mut dyn Transaction, key: &Key) -> Result<(), StoreError> {
        let Some((end, count)) = self.counting(tx, key)? else {
            return self.count_anew(tx, self.table.as_bytes(), LAST);
        };
        if count < MOST {
            self.set(tx, &end, count + 1);
            return Ok(());
        }
        let before = self.end_before(tx, &end)?;
        self.count_anew(tx, &before, &end)
    }

    /// Counts one less, after the entry under `key` was removed.
    pub fn remove(&self, tx: &mut dyn Transaction, key: &Key) -> Result<(), StoreError> {
        match self.counting(tx, key)? {
            Some((end, 0 | 1)) if end != LAST => tx.delete(self.counts.clone().bytes(&end).as_bytes()),
            Some((end, count)) => self.set(tx, &end, count.saturating_sub(1)),
            None => {}
        }
        Ok(())
    }

    /// The rows that count, for whoever removes the entries together with what counts them.
    pub fn counts(&self) -> &Key {
        &self.counts
    }

    /// How many entries have keys that begin with `part`, which lies in the table.
    pub fn count(&self, tx: &dyn Transaction, part: &Key) -> Result<usize, StoreError> {
        self.count_between(tx, (part.as_bytes(), part.end().as_bytes()))
    }

    /// How many entries lie from one key up to, and not including, another.
    pub fn count_between(&self, tx: &dyn Transaction, bounds: (&[u8], &[u8])) -> Result<usize, StoreError> {
        let pieces = self.pieces(tx, bounds)?;
        pieces.iter().try_fold(0, |sum, piece| Ok(sum + piece.count(tx)?))
    }

    /// A key at or before the entry that follows the first `skip` of those between two keys, and how many of these lie
    /// between; none if there are no more.
    pub fn skip(
        &self,
        tx: &dyn Transaction,
        bounds: (&[u8], &[u8]),
        skip: usize,
    ) -> Result<Option<(Vec<u8>, usize)>, StoreError> {
        let mut left = skip;
        for piece in self.pieces(tx, bounds)? {
            let count = piece.count(tx)?;
            if left < count {
                return Ok(Some((piece.from, left)));
            }
            left -= count;
        }
        Ok(None)
    }

    /// At most `size` of the entries whose keys begin with `part`, after the first `skip` of them.
    pub fn page<R: Record>(
        &self,
        tx: &dyn Transaction,
        part: &Key,
        skip: usize,
        size: usize,
    ) -> Result<Vec<R>, StoreError> {
        let end = part.end();
        let Some((from, left)) = self.skip(tx, (part.as_bytes(), end.as_bytes()), skip)? else {
            return Ok(Vec::new());
        };
        let pairs = tx.scan(&from, end.as_bytes(), left.saturating_add(size))?;
        pairs.iter().skip(left).map(|(_, value)| from_bytes(value)).collect()
    }

    /// What lies between two keys in pieces, in order. All are counted but the first, the last, and what was never
    /// counted.
    fn pieces(&self, tx: &dyn Transaction, (start, end): (&[u8], &[u8])) -> Result<Vec<Piece>, StoreError> {
        let to = match end.strip_prefix(self.table.as_bytes()) {
            Some(tail) => self.counts.clone().bytes(tail),
            None => self.counts.end(),
        };
        let rows = tx.scan(self.row(start).as_bytes(), to.as_bytes(), ALL)?;
        let mut pieces = Vec::with_capacity(rows.len() + 1);
        let mut from = start.to_vec();
        for (row, value) in rows {
            let to = after(&self.entry(&row));
            // The first stretch may begin before what is asked for does.
            let is_whole = !pieces.is_empty() || start == self.table.as_bytes();
            let counted = if is_whole { Some(number(&value)?) } else { None };
            pieces.push(Piece { from, to: to.clone(), counted });
            from = to;
        }
        pieces.push(Piece { from, to: end.to_vec(), counted: None });
        Ok(pieces)
    }

    /// The end of the stretch that counts the entry under `key`, and how many it has; none if nothing was counted.
    fn counting(&self, tx: &dyn Transaction, key: &Key) -> Result<Option<(Vec<u8>, usize)>, StoreError> {
        let found = tx.scan(self.row(key.as_bytes()).as_bytes(), self.counts.end().as_bytes(), 1)?;
        let Some((row, value)) = found.into_iter().next() else { return Ok(None) };
        let end = row.strip_prefix(self.counts.as_bytes()).unwrap_or_default().to_vec();
        Ok(Some((end, number(&value)?)))
    }

    /// The key after the last entry of the stretch before the one that ends at `end`.
    fn end_before(&self, tx: &dyn Transaction, end: &[u8]) -> Result<Vec<u8>, StoreError> {
        let row = self.counts.clone().bytes(end);
        let rows = tx.scan(self.counts.as_bytes(), row.as_bytes(), ALL)?;
        Ok(rows.last().map_or_else(|| self.table.as_bytes().to_vec(), |(row, _)| after(&self.entry(row))))
    }

    /// Counts the entries from the key `from` up to where a stretch ends, cutting them in stretches half as long as
    /// they may be.
    fn count_anew(&self, tx: &mut dyn Transaction, from: &[u8], end: &[u8]) -> Result<(), StoreError> {
        let to = after(self.table.clone().bytes(end).as_bytes());
        let mut from = from.to_vec();
        loop {
            let entries = tx.scan(&from, &to, MOST / 2 + 1)?;
            let (Some((last, _)), true) = (entries.iter().rev().nth(1), entries.len() > MOST / 2) else {
                self.set(tx, end, entries.len());
                return Ok(());
            };
            let tail = last.strip_prefix(self.table.as_bytes()).unwrap_or_default();
            self.set(tx, tail, MOST / 2);
            from = after(last);
        }
    }

    fn set(&self, tx: &mut dyn Transaction, end: &[u8], count: usize) {
        let count = u32::try_from(count).unwrap_or(u32::MAX);
        tx.put(self.counts.clone().bytes(end).as_bytes(), &count.to_be_bytes());
    }

    /// Where the row would lie of a stretch that ends at an entry.
    fn row(&self, entry: &[u8]) -> Key {
        self.counts.clone().bytes(entry.strip_prefix(self.table.as_bytes()).unwrap_or_default())
    }

    /// Where the entry would lie at which the stretch of a row ends.
    fn entry(&self, row: &[u8]) -> Vec<u8> {
        let end = row.strip_prefix(self.counts.as_bytes()).unwrap_or_default();
        self.table.clone().bytes(end).as_bytes().to_vec()
    }
}

impl Piece {
    fn count(&self, tx: &dyn Transaction) -> Result<usize, StoreError> {
        match self.counted {
            Some(count) => Ok(count),
            None => Ok(tx.scan(&self.from, &self.to, ALL)?.len()),
        }
    }
}

/// The first key that follows a key.
fn after(key: &[u8]) -> Vec<u8> {
    [key, &[0]].concat()
}

fn number(value: &[u8]) -> Result<usize, StoreError> {
    let bytes = value.try_into().map_err(|_| damaged("a stretch has no count".to_owned()))?;
    usize::try_from(u32::from_be_bytes(bytes)).map_err(|_| damaged("a count is too large".to_owned()))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use argali_store::Store;

    use super::*;
    use crate::model::record::write;

    /// Names in one of three parts, as many as a few stretches hold.
    fn key(number: u32) -> Key {
        let part = ["a", "b", "c"][number as usize % 3];
        Key::account("11223344".parse().unwrap(), AccountTable::Role).text(part).text(&format!("{number:05}"))
    }

    fn part(name: &str) -> Key {
        let table = Key::account("11223344".parse().unwrap(), AccountTable::Role);
        if name.is_empty() { table } else { table.text(name) }
    }

    #[test]
    fn a_part_that_is_counted_apart_is_counted_between_any_two_keys() {
        let store = Store::memory();
        let account = "11223344".parse().unwrap();
        let (part, apart) = (part("a"), Stretches::within(account, AccountTable::Role, &["a"]));
        let done = store.transact(|tx| {
            for number in 0..3_000 {
                let key = key(number);
                write(tx, &key, &value(number));
                if number % 3 == 0 {
                    apart.add(tx, &key)?;
                }
            }
            let bound = |number: u32| part.clone().bytes(format!("{number:05}").as_bytes());
            for (from, to) in [(0, 3_000), (1, 2), (10, 2_900), (1_500, 1_500), (2_999, 9_000)] {
                let (start, end) = (bound(from), bound(to));
                let plain = (from.div_ceil(3)..to.min(3_000).div_ceil(3)).len();
                let bounds = (start.as_bytes(), end.as_bytes());
                assert_eq!(apart.count_between(tx, bounds)?, plain, "{from} {to}");
                for skip in [0, 1, 300, plain.saturating_sub(1), plain] {
                    let found = apart.skip(tx, bounds, skip)?;
                    assert_eq!(found.is_some(), skip < plain, "{from} {to} {skip}");
                    if let Some((near, left)) = found {
                        let pairs = tx.scan(&near, end.as_bytes(), left + 1)?;
                        let expected = bound((from.div_ceil(3) + u32::try_from(skip).unwrap()) * 3).text("");
                        assert_eq!(pairs[left].0, expected.as_bytes(), "{from} {to} {skip}");
                    }
                }
            }
            Ok::<_, StoreError>(())
        });
        let ((), _) = done.unwrap();
    }

    /// What is counted and found must be what a plain look at the table finds.
    #[track_caller]
    fn check(tx: &dyn Transaction, stretches: &Stretches) {
        for name in ["", "a", "b", "c", "d"] {
            let part = part(name);
            let plain = tx.scan(part.as_bytes(), part.end().as_bytes(), ALL).unwrap();
            assert_eq!(stretches.count(tx, &part).unwrap(), plain.len(), "{name}");
            for skip in [0, 1, 9, 255, 256, 257, 511, 512, 700, plain.len().saturating_sub(1), plain.len()] {
                let page: Vec<AccountId> = stretches.page(tx, &part, skip, 10).unwrap();
                let expected: Vec<AccountId> =
                    plain.iter().skip(skip).take(10).map(|(_, value)| from_bytes(value).unwrap()).collect();
                assert_eq!(page, expected, "{name} {skip}");
            }
        }
    }

    fn value(number: u32) -> AccountId {
        format!("{number:08}").parse().unwrap()
    }

    #[test]
    fn what_is_counted_is_what_is_there() {
        let store = Store::memory();
        let stretches = Stretches::of("11223344".parse().unwrap(), AccountTable::Role);
        let (mut there, mut dice) = (BTreeSet::new(), 7_u32);
        for round in 0..12 {
            let done = store.transact(|tx| {
                for _ in 0..600 {
                    dice = dice.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    let number = (dice >> 8) % 4_000;
                    // First more come than go, then the other way round.
                    let comes = (dice >> 4) % 10 < if round < 6 { 8 } else { 1 };
                    if comes && there.insert(number) {
                        write(tx, &key(number), &value(number));
                        stretches.add(tx, &key(number))?;
                    } else if !comes && let Some(number) = there.range(number..).next().copied() {
                        there.remove(&number);
                        tx.delete(key(number).as_bytes());
                        stretches.remove(tx, &key(number))?;
                    }
                }
                check(tx, &stretches);
                Ok::<_, StoreError>(())
            });
            let ((), _) = done.unwrap();
        }
    }

    #[test]
    fn a_table_that_was_never_counted_is_counted_at_its_next_change() {
        let store = Store::memory();
        let stretches = Stretches::of("11223344".parse().unwrap(), AccountTable::Role);
        let done = store.transact(|tx| {
            check(tx, &stretches);
            (0..2_000).for_each(|number| write(tx, &key(number), &value(number)));
            check(tx, &stretches);
            stretches.remove(tx, &key(5_000))?;
            check(tx, &stretches);
            write(tx, &key(2_000), &value(2_000));
            stretches.add(tx, &key(2_000))?;
            check(tx, &stretches);
            let counts = &stretches.counts;
            let rows = tx.scan(counts.as_bytes(), counts.end().as_bytes(), ALL)?;
            assert_eq!(rows.len(), 2_001 / (MOST / 2) + 1);
            Ok::<_, StoreError>(())
        });
        let ((), _) = done.unwrap();
    }
}
