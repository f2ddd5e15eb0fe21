//! The index by value as tables of the store: its rows, and how many there are of each value and along each field.

use argali_store::{StoreError, Transaction};

use super::host::Shelf;
use super::record::damaged;
use super::rows::{key, row};
use super::span::{Member, Span, Values};
use crate::identifier::AccountId;
use crate::model::{AccountTable, Key, Stretches};

/// How many resources a span has.
pub(super) fn count(tx: &dyn Transaction, account: AccountId, span: &Span) -> Result<usize, StoreError> {
    if let Values::One(value) = &span.values {
        let [type_name, region, field] = span.path();
        return count_at(tx, &count_key(account, [type_name, region, field, value]));
    }
    let (from, to) = bounds(account, span);
    stretches(account, span.path()).count_between(tx, (from.as_bytes(), to.as_bytes()))
}

/// At most `limit` resources of a span, after the first `skip` of those that follow `after`.
pub(super) fn members(
    tx: &dyn Transaction,
    account: AccountId,
    span: &Span,
    after: Option<&Member>,
    (skip, limit): (usize, usize),
) -> Result<Vec<Member>, StoreError> {
    let (mut from, to) = bounds(account, span);
    let field = key(account, Shelf::Value, &span.path());
    if let Some(after) = after {
        // A NUL after a key makes the first key that follows it.
        from = field.clone().text(&after.value).text(&after.id).bytes(&[0]);
    }
    let (mut start, mut left) = (from.as_bytes().to_vec(), 0);
    if skip > 0 {
        let bounds = (from.as_bytes(), to.as_bytes());
        let Some(found) = stretches(account, span.path()).skip(tx, bounds, skip)? else {
            return Ok(Vec::new());
        };
        (start, left) = found;
    }
    let pairs = tx.scan(&start, to.as_bytes(), left.saturating_add(limit))?;
    pairs.into_iter().skip(left).map(|pair| row(pair, &field)?.try_into()).collect()
}

/// Puts a row in the index, unless it is there: type, region, field, value, id.
pub(super) fn enter(tx: &mut dyn Transaction, account: AccountId, path: [&str; 5]) -> Result<(), StoreError> {
    let row = key(account, Shelf::Value, &path);
    if tx.get(row.as_bytes())?.is_some() {
        return Ok(());
    }
    tx.put(row.as_bytes(), b"");
    let [type_name, region, field, value, _] = path;
    stretches(account, [type_name, region, field]).add(tx, &row)?;
    count_on(tx, account, [type_name, region, field, value], |count| count.saturating_add(1))
}

/// Takes a row out of the index, if it is there.
pub(super) fn leave(tx: &mut dyn Transaction, account: AccountId, path: [&str; 5]) -> Result<(), StoreError> {
    let row = key(account, Shelf::Value, &path);
    if tx.get(row.as_bytes())?.is_none() {
        return Ok(());
    }
    tx.delete(row.as_bytes());
    let [type_name, region, field, value, _] = path;
    stretches(account, [type_name, region, field]).remove(tx, &row)?;
    count_on(tx, account, [type_name, region, field, value], |count| count.saturating_sub(1))
}

/// Removes at most `most` rows of a type from each part of the index, and says whether there may be more.
pub(super) fn clear(
    tx: &mut dyn Transaction,
    account: AccountId,
    type_name: &str,
    most: usize,
) -> Result<bool, StoreError> {
    let mut more = false;
    for part in [
        key(account, Shelf::Value, &[type_name]),
        key(account, Shelf::Transit, &[type_name]),
        Key::account(account, AccountTable::ResourceCount).text(type_name),
        Stretches::within(account, AccountTable::ResourceByValue, &[type_name]).counts().clone(),
    ] {
        let rows = tx.scan(part.as_bytes(), part.end().as_bytes(), most)?;
        more |= rows.len() == most;
        rows.iter().for_each(|(key, _)| tx.delete(key));
    }
    Ok(more)
}

/// Where a span begins, and the first key after it.
fn bounds(account: AccountId, span: &Span) -> (Key, Key) {
    let field = key(account, Shelf::Value, &span.path());
    match &span.values {
        Values::One(value) => {
            let start = field.text(value);
            (start.clone(), start.end())
        }
        Values::Beginning(text) => {
            let start = field.bytes(text.as_bytes());
            (start.clone(), start.end())
        }
        Values::Between(from, to) => (field.clone().text(from), field.text(to).end()),
    }
}

/// The counted rows of a field.
fn stretches(account: AccountId, field: [&str; 3]) -> Stretches {
    Stretches::within(account, AccountTable::ResourceByValue, &field)
}

fn count_key(account: AccountId, path: [&str; 4]) -> Key {
    path.iter().fold(Key::account(account, AccountTable::ResourceCount), |key, part| key.text(part))
}

/// Changes how many resources have a value. What nothing has any more has no row.
fn count_on(
    tx: &mut dyn Transaction,
    account: AccountId,
    path: [&str; 4],
    change: fn(usize) -> usize,
) -> Result<(), StoreError> {
    let key = count_key(account, path);
    match change(count_at(tx, &key)?) {
        0 => tx.delete(key.as_bytes()),
        count => tx.put(key.as_bytes(), &u64::try_from(count).unwrap_or(u64::MAX).to_be_bytes()),
    }
    Ok(())
}

fn count_at(tx: &dyn Transaction, key: &Key) -> Result<usize, StoreError> {
    let Some(bytes) = tx.get(key.as_bytes())? else { return Ok(0) };
    let count = bytes.try_into().map(u64::from_be_bytes).ok().and_then(|count| usize::try_from(count).ok());
    count.ok_or_else(|| damaged("the count of a value is malformed"))
}
