//! The rows of an account as the engine sees them: tables of the store.

use argali_store::{StoreError, Transaction};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::counted;
use super::failure::Failure;
use super::host::{Host, HostMut, Moved, Row, Shelf};
use super::record::damaged;
use super::span::{Member, Span};
use crate::audit::GroupMove;
use crate::dispatch::Context;
use crate::env::Env;
use crate::identifier::AccountId;
use crate::model::{
    AccountTable, Association, Groupable, Key, Regrouping, ResourceGroup, ResourceGroupId,
    ResourceGroupSettings,
};
use crate::time::Timestamp;
use crate::vault::SecretKey;

/// The rows of an account in a transaction.
pub(super) struct Rows<'a> {
    tx: &'a dyn Transaction,
    env: &'a Env,
    marker_key: &'a SecretKey,
    account: AccountId,
    now: Timestamp,
}

/// The same in a transaction that may change them.
pub(super) struct RowsMut<'a> {
    tx: &'a mut dyn Transaction,
    moves: Vec<Moved>,
    env: &'a Env,
    marker_key: &'a SecretKey,
    account: AccountId,
    now: Timestamp,
}

impl<'a> Rows<'a> {
    /// The rows of the caller's account.
    pub(super) fn of(cx: &'a Context<'_>) -> Self {
        let (env, marker_key) = (cx.env(), cx.core().vault().marker_key());
        Self { tx: cx.tx(), env, marker_key, account: cx.account(), now: cx.now() }
    }
}

impl<'a> RowsMut<'a> {
    /// The rows of the caller's account.
    fn of(cx: &'a mut Context<'_>) -> Self {
        let (env, marker_key) = (cx.env(), cx.core().vault().marker_key());
        let (account, now) = (cx.account(), cx.now());
        Self { tx: cx.tx_mut(), moves: Vec::new(), env, marker_key, account, now }
    }

    /// The rows of an account, for what nobody calls.
    pub(super) fn at(
        tx: &'a mut dyn Transaction,
        (env, marker_key): (&'a Env, &'a SecretKey),
        (account, now): (AccountId, Timestamp),
    ) -> Self {
        Self { tx, moves: Vec::new(), env, marker_key, account, now }
    }
}

impl RowsMut<'_> {
    /// Works on the rows of the caller's account, and says in the record of the call what moved to another resource
    /// group meanwhile.
    pub(super) fn change<T>(
        cx: &mut Context<'_>,
        change: impl FnOnce(&mut RowsMut<'_>) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let mut rows = RowsMut::of(cx);
        let changed = change(&mut rows)?;
        let moves = std::mem::take(&mut rows.moves);
        let owner = cx.account();
        for Moved { service, resource_type, id, region, from, to } in moves {
            cx.moved(GroupMove { service, resource_type, id, region, from, to, owner });
        }
        Ok(changed)
    }

    fn reading(&self) -> Rows<'_> {
        let Self { tx, env, marker_key, account, now, .. } = self;
        Rows { tx: *tx, env, marker_key, account: *account, now: *now }
    }
}

impl Host for Rows<'_> {
    fn account(&self) -> &str {
        self.account.as_str()
    }

    fn now_ms(&self) -> i64 {
        self.now.as_millis()
    }

    fn random(&self, alphabet: &[u8], length: usize) -> String {
        self.env.random_text(alphabet, length)
    }

    fn seal(&self, list: &str, place: &[u8]) -> String {
        let list = format!("{} {list}", self.account);
        URL_SAFE_NO_PAD.encode(self.marker_key.seal(self.env, list.as_bytes(), place))
    }

    fn open(&self, list: &str, token: &str) -> Option<Vec<u8>> {
        let list = format!("{} {list}", self.account);
        let sealed = URL_SAFE_NO_PAD.decode(token).ok()?;
        Some(self.marker_key.open(list.as_bytes(), &sealed)?.to_vec())
    }

    fn default_group(&self) -> Result<String, StoreError> {
        Ok(ResourceGroupId::default_of(self.account).to_string())
    }

    fn has_group(&self, group: &str) -> Result<bool, StoreError> {
        match group.parse() {
            Ok(id) => ResourceGroup::exists(self.tx, self.account, &id),
            Err(_) => Ok(false),
        }
    }

    fn moves_parts(&self, whole: &str, part: &str) -> Result<bool, StoreError> {
        let association = Association { whole: whole.to_owned(), part: part.to_owned() };
        Ok(ResourceGroupSettings::of(self.tx, self.account)?.moves(&association))
    }

    fn get(&self, shelf: Shelf, path: &[&str]) -> Result<Option<Vec<u8>>, StoreError> {
        self.tx.get(key(self.account, shelf, path).as_bytes())
    }

    fn scan(
        &self,
        shelf: Shelf,
        prefix: &[&str],
        after: Option<&[&str]>,
        limit: usize,
    ) -> Result<Vec<Row>, StoreError> {
        let prefix = key(self.account, shelf, prefix);
        let start = match after {
            // A NUL after a key makes the first key that follows it.
            Some(after) => after.iter().fold(prefix.clone(), |key, part| key.text(part)).bytes(&[0]),
            None => prefix.clone(),
        };
        let pairs = self.tx.scan(start.as_bytes(), prefix.end().as_bytes(), limit)?;
        pairs.into_iter().map(|pair| row(pair, &prefix)).collect()
    }

    fn count(&self, span: &Span) -> Result<usize, StoreError> {
        counted::count(self.tx, self.account, span)
    }

    fn members(
        &self,
        span: &Span,
        after: Option<&Member>,
        skip: usize,
        limit: usize,
    ) -> Result<Vec<Member>, StoreError> {
        counted::members(self.tx, self.account, span, after, (skip, limit))
    }
}

impl Host for RowsMut<'_> {
    fn account(&self) -> &str {
        self.account.as_str()
    }

    fn now_ms(&self) -> i64 {
        self.reading().now_ms()
    }

    fn random(&self, alphabet: &[u8], length: usize) -> String {
        self.reading().random(alphabet, length)
    }

    fn seal(&self, list: &str, place: &[u8]) -> String {
        self.reading().seal(list, place)
    }

    fn open(&self, list: &str, token: &str) -> Option<Vec<u8>> {
        self.reading().open(list, token)
    }

    fn default_group(&self) -> Result<String, StoreError> {
        self.reading().default_group()
    }

    fn has_group(&self, group: &str) -> Result<bool, StoreError> {
        self.reading().has_group(group)
    }

    fn moves_parts(&self, whole: &str, part: &str) -> Result<bool, StoreError> {
        self.reading().moves_parts(whole, part)
    }

    fn get(&self, shelf: Shelf, path: &[&str]) -> Result<Option<Vec<u8>>, StoreError> {
        self.reading().get(shelf, path)
    }

    fn scan(
        &self,
        shelf: Shelf,
        prefix: &[&str],
        after: Option<&[&str]>,
        limit: usize,
    ) -> Result<Vec<Row>, StoreError> {
        self.reading().scan(shelf, prefix, after, limit)
    }

    fn count(&self, span: &Span) -> Result<usize, StoreError> {
        self.reading().count(span)
    }

    fn members(
        &self,
        span: &Span,
        after: Option<&Member>,
        skip: usize,
        limit: usize,
    ) -> Result<Vec<Member>, StoreError> {
        self.reading().members(span, after, skip, limit)
    }
}

impl HostMut for RowsMut<'_> {
    fn put(&mut self, shelf: Shelf, path: &[&str], value: &[u8]) {
        self.tx.put(key(self.account, shelf, path).as_bytes(), value);
    }

    fn delete(&mut self, shelf: Shelf, path: &[&str]) {
        self.tx.delete(key(self.account, shelf, path).as_bytes());
    }

    fn enter(&mut self, path: [&str; 5]) -> Result<(), StoreError> {
        counted::enter(self.tx, self.account, path)
    }

    fn leave(&mut self, path: [&str; 5]) -> Result<(), StoreError> {
        counted::leave(self.tx, self.account, path)
    }

    fn note_move(&mut self, moved: Moved) {
        self.moves.push(moved);
    }

    fn move_by_rule(&mut self, resource: &Groupable<'_>) -> Result<Option<String>, StoreError> {
        let moved = Regrouping::by_rule(self.tx, self.account, resource, self.now)?;
        Ok(moved.map(|group| group.to_string()))
    }
}

/// A pair of the store as a row, with the part of its path that follows `prefix`.
pub(super) fn row((key, value): (Vec<u8>, Vec<u8>), prefix: &Key) -> Result<Row, StoreError> {
    match split(&key, prefix.as_bytes()) {
        Some(rest) => Ok(Row { rest, value }),
        None => Err(damaged("the key of a resource is malformed")),
    }
}

/// The key of a row.
pub(super) fn key(account: AccountId, shelf: Shelf, path: &[&str]) -> Key {
    let table = match shelf {
        Shelf::Resource => AccountTable::Resource,
        Shelf::Reference => AccountTable::ResourceReference,
        Shelf::Group => AccountTable::ResourceByGroup,
        Shelf::Tag => AccountTable::ResourceByTag,
        Shelf::Value => AccountTable::ResourceByValue,
        Shelf::Transit => AccountTable::ResourceInTransit,
    };
    path.iter().fold(Key::account(account, table), |key, part| key.text(part))
}

/// The parts of a key that follow a prefix, each ended by a NUL.
fn split(key: &[u8], prefix: &[u8]) -> Option<Vec<String>> {
    let rest = std::str::from_utf8(key.strip_prefix(prefix)?).ok()?;
    Some(rest.strip_suffix('\0')?.split('\0').map(str::to_owned).collect())
}

#[cfg(test)]
mod tests {
    use argali_store::Store;

    use super::*;

    #[test]
    fn rows_come_part_by_part_and_a_scan_goes_on_after_the_last() {
        let store = Store::memory();
        let account = "11223344".parse().unwrap();
        let env = Env::system();
        let marker_key = SecretKey::generate(&env);
        let written = store.transact(|tx| {
            let mut rows = RowsMut::at(tx, (&env, &marker_key), (account, Timestamp::from_millis(0)));
            for path in
                [["t", "b", "", "1"], ["t", "a", "x", "2"], ["t", "a-", "x", "1"], ["tt", "a", "", "1"]]
            {
                rows.put(Shelf::Tag, &path, b"v");
            }
            rows.put(Shelf::Group, &["t", "a"], b"");
            rows.delete(Shelf::Tag, &["t", "b", "", "none"]);
            let all = rows.scan(Shelf::Tag, &["t"], None, 10)?;
            let rest: Vec<String> = all.iter().map(|row| row.rest.join("/")).collect();
            assert_eq!(rest, ["a/x/2", "a-/x/1", "b//1"]);
            let after = rows.scan(Shelf::Tag, &["t"], Some(&["a", "x", "2"]), 1)?;
            assert_eq!(after[0].rest.join("/"), "a-/x/1");
            assert_eq!(rows.get(Shelf::Tag, &["t", "b", "", "1"])?, Some(b"v".to_vec()));
            Ok::<_, StoreError>(())
        });
        assert!(written.is_ok());
    }
}
