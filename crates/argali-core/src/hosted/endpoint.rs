//! Declared operations as the dispatcher sees them.

use std::borrow::Cow;
use std::sync::Arc;

use argali_policy::Context as Conditions;
use argali_protocol::Params;
use argali_store::{StoreError, Transaction};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::authorize::Permission;
use super::call::Call;
use super::catalog::Catalog;
use super::failure::Failure;
use super::file::Service;
use super::file_operation::Operation;
use super::host::{Host, HostMut, Row, Shelf};
use super::record::damaged;
use super::repeat::Repeatable;
use crate::caller::{Caller, Identity};
use crate::dispatch::Context;
use crate::env::Env;
use crate::error::{ApiError, ErrorCode};
use crate::identifier::AccountId;
use crate::model::{Account, AccountTable, Key, ResourceGroupId};
use crate::operation::{Access, Check, Endpoint, Prepared, Ready, ResourceName};
use crate::registry::{Refusal, Registered, Registry};
use crate::time::Timestamp;
use crate::vault::SecretKey;

impl Catalog {
    /// Adds every declared operation to `registry`.
    pub fn register(self: &Arc<Self>, registry: &mut Registry) {
        for (service, operation) in self.operations() {
            let action = format!("{}:{}", service.ram_code, operation.action);
            registry.add(Registered {
                product: service.product.clone(),
                version: service.version.clone(),
                // Operations live as long as the process, as those written in Rust do.
                action: action.leak(),
                refusal: Refusal::ForbiddenRam,
                endpoint: Box::new(Declared {
                    catalog: Arc::clone(self),
                    service: service.name.clone(),
                    name: operation.name.clone(),
                    access: if operation.is_change() { Access::Resource } else { Access::Read },
                }),
            });
        }
    }
}

/// An operation of a catalog.
struct Declared {
    catalog: Arc<Catalog>,
    service: String,
    name: String,
    access: Access,
}

impl Declared {
    fn found(&self) -> Option<(&Service, &Operation)> {
        let service = self.catalog.services.get(&self.service)?;
        Some((service, service.operations.get(&self.name)?))
    }
}

impl Endpoint for Declared {
    fn name(&self) -> &str {
        &self.name
    }

    fn access(&self) -> Access {
        self.access
    }

    fn prepare<'a>(&'a self, params: &Params<'_>) -> Result<Ready<'a>, ApiError> {
        let (service, operation) =
            self.found().ok_or_else(|| ApiError::internal("a declared operation is gone"))?;
        let repeatable = if self.access.is_change() { Repeatable::of(params)? } else { None };
        let call = Call::read(&self.catalog, service, operation, params.iter())?;
        Ok(Ready::Signed(Box::new(Waiting { call, version: &service.version, repeatable })))
    }
}

/// A call that has been read and waits to be allowed.
struct Waiting<'c> {
    call: Call<'c>,
    version: &'c str,
    repeatable: Option<Repeatable>,
}

impl Prepared for Waiting<'_> {
    fn checks(&self, cx: &Context<'_>, _action: &'static str) -> Result<Vec<Check>, ApiError> {
        let owner = cx.account();
        let (env, marker_key) = (cx.env(), cx.core().vault().marker_key());
        let rows = Rows { tx: cx.tx(), env, marker_key, account: owner, now: cx.now() };
        let permissions = self.call.checks(&rows)?;
        let mut gates: Vec<&str> = permissions.iter().filter_map(|asked| asked.gate.as_deref()).collect();
        gates.dedup();
        check_gates(cx.tx(), cx.caller(), &gates)?;
        Ok(permissions.into_iter().map(|permission| to_check(owner, permission)).collect())
    }

    fn run(self: Box<Self>, cx: &mut Context<'_>) -> Result<Vec<u8>, ApiError> {
        let place = (self.version, self.call.name());
        if let Some(repeatable) = &self.repeatable
            && let Some(answer) = repeatable.answered(cx, place)?
        {
            return cx.encode(self.call.name(), &answer);
        }
        let (env, marker_key) = (cx.env(), cx.core().vault().marker_key());
        let (account, now) = (cx.account(), cx.now());
        let answer = self.call.run(&mut RowsMut { tx: cx.tx_mut(), env, marker_key, account, now })?;
        if let Some(repeatable) = &self.repeatable {
            repeatable.remember(cx, place, &answer);
        }
        cx.encode(self.call.name(), &answer)
    }
}

impl From<Failure> for ApiError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Told { code, status, message } => {
                Self::new(ErrorCode::Declared(Cow::Owned(code), status), message)
            }
            Failure::Store(error) => error.into(),
        }
    }
}

fn to_check(owner: AccountId, permission: Permission) -> Check {
    let mut conditions = Conditions::new();
    for (key, value) in permission.conditions {
        conditions.set(key, value);
    }
    // A group that cannot be is no group: only what is granted in the whole account reaches it.
    let group = permission.group.and_then(|group| group.parse::<ResourceGroupId>().ok());
    let resource = ResourceName::new(owner, permission.arn).in_group(group);
    Check { action: Cow::Owned(permission.action), resource, conditions }
}

/// Refuses sessions that began in another account where a service is closed to them and the operator has not
/// opened it for the owner.
// SPEC: design, decisions, Express Connect across accounts.
fn check_gates(tx: &dyn Transaction, caller: &Caller, gates: &[&str]) -> Result<(), ApiError> {
    let Identity::Session(claims) = caller.identity() else { return Ok(()) };
    let owner = caller.account();
    if gates.is_empty() || claims.origin().0 == owner {
        return Ok(());
    }
    let account = Account::find(tx, owner)?;
    let open = |gate: &&str| {
        account.as_ref().is_some_and(|account| account.open_gates.iter().any(|open| open == gate))
    };
    match gates.iter().find(|gate| !open(gate)) {
        None => Ok(()),
        Some(gate) => Err(ApiError::new(
            ErrorCode::ForbiddenRam,
            format!(
                "The service `{gate}` is closed to identities of other accounts; \
                 ask the owner of account {owner} to have it opened."
            ),
        )),
    }
}

/// The rows of an account in a transaction.
struct Rows<'a> {
    tx: &'a dyn Transaction,
    env: &'a Env,
    marker_key: &'a SecretKey,
    account: AccountId,
    now: Timestamp,
}

/// The same in a transaction that may change them.
struct RowsMut<'a> {
    tx: &'a mut dyn Transaction,
    env: &'a Env,
    marker_key: &'a SecretKey,
    account: AccountId,
    now: Timestamp,
}

impl RowsMut<'_> {
    fn reading(&self) -> Rows<'_> {
        let Self { tx, env, marker_key, account, now } = self;
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
        Ok(group == ResourceGroupId::default_of(self.account).as_str())
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
        let row = |(key, value): (Vec<u8>, Vec<u8>)| match split(&key, prefix.as_bytes()) {
            Some(rest) => Ok(Row { rest, value }),
            None => Err(damaged("the key of a resource is malformed")),
        };
        pairs.into_iter().map(row).collect()
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
}

impl HostMut for RowsMut<'_> {
    fn put(&mut self, shelf: Shelf, path: &[&str], value: &[u8]) {
        self.tx.put(key(self.account, shelf, path).as_bytes(), value);
    }

    fn delete(&mut self, shelf: Shelf, path: &[&str]) {
        self.tx.delete(key(self.account, shelf, path).as_bytes());
    }
}

fn key(account: AccountId, shelf: Shelf, path: &[&str]) -> Key {
    let table = match shelf {
        Shelf::Resource => AccountTable::Resource,
        Shelf::Reference => AccountTable::ResourceReference,
        Shelf::Group => AccountTable::ResourceByGroup,
        Shelf::Tag => AccountTable::ResourceByTag,
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
            let mut rows =
                RowsMut { tx, env: &env, marker_key: &marker_key, account, now: Timestamp::from_millis(0) };
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
