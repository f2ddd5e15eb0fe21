//! Makes the index by value anew, for types whose lists are narrowed by something else than when it was made: after a
//! service file was changed, and in stores from before there was the index.

use argali_store::{Durable, Store, StoreError, Transaction};

use super::catalog::Catalog;
use super::counted;
use super::file::ResourceType;
use super::host::{Host, Shelf};
use super::record::Record;
use super::rows::RowsMut;
use super::shelves;
use crate::env::Env;
use crate::identifier::AccountId;
use crate::model::{Account, indexed_fields, set_indexed_fields};
use crate::vault::SecretKey;

/// How many rows one transaction changes at most.
const AT_ONCE: usize = 1_000;

impl Catalog {
    /// Brings the index by value to what the lists of the catalog's types are narrowed by. To be done before anybody
    /// calls; what was begun and not finished is begun again.
    ///
    /// # Errors
    ///
    /// Fails if the store cannot be read or written.
    pub(crate) fn reindex(&self, store: &Store, env: &Env, marker_key: &SecretKey) -> Result<(), StoreError> {
        let tx = store.read()?;
        let types = self.services().flat_map(|service| service.resources.values());
        let mut stale = Vec::new();
        for resource in types {
            if indexed_fields(&*tx, &resource.name)?.as_deref() != Some(fields(resource).as_bytes()) {
                stale.push(resource);
            }
        }
        let accounts = if stale.is_empty() { Vec::new() } else { Account::all(&*tx, usize::MAX - 1)? };
        drop(tx);
        let maker = Maker { store, env, marker_key };
        for resource in &stale {
            for account in &accounts {
                maker.take_out(*account, resource)?;
                maker.put_in(*account, resource)?;
            }
        }
        if stale.is_empty() {
            return Ok(());
        }
        let done = store.transact(|tx| {
            stale.iter().for_each(|resource| set_indexed_fields(tx, &resource.name, &fields(resource)));
            Ok::<_, StoreError>(())
        })?;
        done.1.wait()
    }
}

/// What is kept of a type's index, to know later whether it is still the right one.
fn fields(resource: &ResourceType) -> String {
    let fields: Vec<&str> = resource.indexed.iter().map(String::as_str).collect();
    fields.join(" ")
}

struct Maker<'a> {
    store: &'a Store,
    env: &'a Env,
    marker_key: &'a SecretKey,
}

impl Maker<'_> {
    fn take_out(&self, account: AccountId, resource: &ResourceType) -> Result<(), StoreError> {
        while self.change(|tx| counted::clear(tx, account, &resource.name, AT_ONCE))?.0 {}
        Ok(())
    }

    fn put_in(&self, account: AccountId, resource: &ResourceType) -> Result<(), StoreError> {
        let mut after: Option<String> = None;
        loop {
            let (last, _) = self.change(|tx| {
                let mut rows = RowsMut::at(tx, (self.env, self.marker_key), (account, self.env.now()));
                let last = after.as_deref().map(|id| [id]);
                let last = last.as_ref().map(|last| last.as_slice());
                let found = rows.scan(Shelf::Resource, &[&resource.name], last, AT_ONCE)?;
                for row in &found {
                    let Some(id) = row.rest.first() else { continue };
                    shelves::put_in_index(&mut rows, resource, &Record::from_bytes(id, &row.value)?)?;
                }
                Ok(found.last().and_then(|row| row.rest.first().cloned()))
            })?;
            if last.is_none() {
                return Ok(());
            }
            after = last;
        }
    }

    fn change<T>(
        &self,
        body: impl FnMut(&mut dyn Transaction) -> Result<T, StoreError>,
    ) -> Result<(T, Durable), StoreError> {
        self.store.transact(body)
    }
}
