//! What the engine needs of whoever runs it.

use argali_store::StoreError;

use super::span::{Member, Span};
use crate::model::Groupable;

/// Where an account's rows lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Shelf {
    /// Resources: type, id.
    Resource,
    /// What refers to a resource: its type and id, then the type and id of what refers to it.
    Reference,
    /// The members of a resource group: group, type, id.
    Group,
    /// The resources with a tag: type, key, value, id.
    Tag,
    /// The resources with a value of what lists are narrowed by: type, region, field, value, id.
    Value,
    /// What goes to another state: type, region, the instant at which it is there, id.
    Transit,
}

/// A row that a scan found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// What of the row's path follows the prefix.
    pub rest: Vec<String>,
    /// The value.
    pub value: Vec<u8>,
}

/// A resource that has moved to another resource group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moved {
    /// The code of its service.
    pub service: String,
    /// What its type is called there.
    pub resource_type: String,
    /// Its identifier.
    pub id: String,
    /// Its region.
    pub region: String,
    /// The group that it was in.
    pub from: String,
    /// The group that it is in now.
    pub to: String,
}

/// One call's view of the world: the account whose resources it works on, the store, the instant.
///
/// Paths are names without NUL. Rows lie in the order of their paths, part by part.
pub trait Host {
    /// The account that owns the resources.
    fn account(&self) -> &str;
    /// The instant of the call, in milliseconds since 1970 UTC.
    fn now_ms(&self) -> i64;
    /// Random characters of `alphabet`, each equally likely.
    fn random(&self, alphabet: &[u8], length: usize) -> String;
    /// Seals where a page of a list ended, so that only this account can go on with this list.
    fn seal(&self, list: &str, place: &[u8]) -> String;
    /// Opens what [`Host::seal`] made for the same account and list; `None` if it is anything else.
    fn open(&self, list: &str, token: &str) -> Option<Vec<u8>>;
    /// The resource group for resources that name none.
    ///
    /// # Errors
    ///
    /// Fails if the store cannot be read.
    fn default_group(&self) -> Result<String, StoreError>;
    /// Whether the account has the resource group.
    ///
    /// # Errors
    ///
    /// Fails if the store cannot be read.
    fn has_group(&self, group: &str) -> Result<bool, StoreError>;
    /// Whether resources of the type `part` move to another resource group with those of the type `whole` that they
    /// are parts of.
    ///
    /// # Errors
    ///
    /// Fails if the store cannot be read.
    fn moves_parts(&self, _whole: &str, _part: &str) -> Result<bool, StoreError> {
        Ok(false)
    }
    /// The value at `path`.
    ///
    /// # Errors
    ///
    /// Fails if the store cannot be read.
    fn get(&self, shelf: Shelf, path: &[&str]) -> Result<Option<Vec<u8>>, StoreError>;
    /// At most `limit` rows whose paths begin with `prefix`, after the one at `prefix` and `after`.
    ///
    /// # Errors
    ///
    /// Fails if the store cannot be read.
    fn scan(
        &self,
        shelf: Shelf,
        prefix: &[&str],
        after: Option<&[&str]>,
        limit: usize,
    ) -> Result<Vec<Row>, StoreError>;
    /// How many resources a span has.
    ///
    /// # Errors
    ///
    /// Fails if the store cannot be read.
    fn count(&self, span: &Span) -> Result<usize, StoreError>;
    /// At most `limit` resources of a span, after the first `skip` of those that follow `after`.
    ///
    /// # Errors
    ///
    /// Fails if the store cannot be read.
    fn members(
        &self,
        span: &Span,
        after: Option<&Member>,
        skip: usize,
        limit: usize,
    ) -> Result<Vec<Member>, StoreError>;
}

/// The same for a call that changes something.
pub trait HostMut: Host {
    /// Sets the value at `path`.
    fn put(&mut self, shelf: Shelf, path: &[&str], value: &[u8]);
    /// Removes the row at `path`.
    fn delete(&mut self, shelf: Shelf, path: &[&str]);
    /// Puts a resource in the index by value, unless it is there: type, region, field, value, id.
    ///
    /// # Errors
    ///
    /// Fails if the store cannot be read.
    fn enter(&mut self, path: [&str; 5]) -> Result<(), StoreError>;
    /// Takes a resource out of the index by value, if it is there.
    ///
    /// # Errors
    ///
    /// Fails if the store cannot be read.
    fn leave(&mut self, path: [&str; 5]) -> Result<(), StoreError>;
    /// Notes that a resource has moved to another resource group.
    fn note_move(&mut self, _moved: Moved) {}
    /// The other resource group into which a rule of the account puts a resource, if one does; it is noted.
    ///
    /// # Errors
    ///
    /// Fails if the store cannot be read.
    fn move_by_rule(&mut self, _resource: &Groupable<'_>) -> Result<Option<String>, StoreError> {
        Ok(None)
    }
}
