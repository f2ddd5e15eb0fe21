//! The values of names: of resources, of rows and of calls.

use serde_json::{Map, Value, json};

use super::catalog::Catalog;
use super::failure::Failure;
use super::file::{FixedTable, Kind, ResourceType, Shape};
use super::host::Host;
use super::record::Record;
use super::shelves;
use super::template::{Scope, member};

/// What scopes read from.
#[derive(Clone, Copy)]
pub(super) struct World<'a> {
    pub(super) catalog: &'a Catalog,
    pub(super) host: &'a dyn Host,
}

/// The members of a resource.
pub(super) struct RecordScope<'a> {
    pub(super) world: World<'a>,
    pub(super) resource: &'a ResourceType,
    pub(super) record: &'a Record,
}

impl Scope for RecordScope<'_> {
    fn value(&self, path: &[String]) -> Result<Option<Value>, Failure> {
        let Some((root, rest)) = path.split_first() else { return Ok(None) };
        let record = self.record;
        Ok(match root.as_str() {
            "id" => Some(record.id.as_str().into()),
            "account" => Some(self.world.host.account().into()),
            "region" => Some(record.region.as_str().into()),
            "created" => Some(record.created_ms.into()),
            "group" => record.group.as_deref().map(Value::from),
            "state" => Some(record.state(self.world.host.now_ms()))
                .filter(|state| !state.is_empty())
                .map(Value::from),
            "tags" => {
                Some(record.tags.iter().map(|(key, value)| json!({ "key": key, "value": value })).collect())
            }
            "view" => self.resource.view.fill(self)?,
            "referrers" => Some(self.referrers(rest)?),
            _ => match (record.fields.get(root), self.resource.fields.get(root)) {
                (Some(value), Some(field)) => self.world.follow(&field.shape, value, rest)?,
                _ => None,
            },
        })
    }
}

impl RecordScope<'_> {
    fn referrers(&self, rest: &[String]) -> Result<Value, Failure> {
        let name = rest.join(".");
        let service = self.resource.name.split_once('.').map_or("", |(service, _)| service);
        let user = if name.contains('.') { name } else { format!("{service}.{name}") };
        let target = (self.resource.name.as_str(), self.record.id.as_str());
        let found = shelves::referrers(self.world.host, target, Some(&user))?;
        Ok(found.into_iter().map(|user| Value::from(user.id)).collect())
    }
}

impl<'a> World<'a> {
    /// The value that `path` leads to from a value of a shape, through what it refers to.
    pub(super) fn follow(
        self,
        shape: &Shape,
        value: &Value,
        path: &[String],
    ) -> Result<Option<Value>, Failure> {
        if path.is_empty() {
            return Ok(Some(value.clone()));
        }
        if shape.refers.is_none() || matches!(shape.kind, Kind::Json | Kind::Struct(_)) {
            return Ok(member(value, path));
        }
        match value {
            // What lacks a value has none among the others: it must not seem to agree with them.
            Value::Array(ids) => {
                let mut found = Vec::with_capacity(ids.len());
                for id in ids {
                    found.push(self.follow_one(shape, id, path)?.unwrap_or_default());
                }
                Ok(Some(found.into()))
            }
            one => self.follow_one(shape, one, path),
        }
    }

    fn follow_one(self, shape: &Shape, id: &Value, path: &[String]) -> Result<Option<Value>, Failure> {
        let (Some(refers), Some(id)) = (&shape.refers, id.as_str()) else { return Ok(None) };
        if let Some(table) = self.catalog.table(&refers.value) {
            return Ok(table.rows.get(id).and_then(|row| member(row, path)));
        }
        let Some(resource) = self.catalog.resource(&refers.value) else { return Ok(None) };
        match shelves::load(self.host, &refers.value, id)? {
            Some(record) => RecordScope { world: self, resource, record: &record }.value(path),
            None => Ok(None),
        }
    }
}

/// The columns of a row of a fixed table.
pub(super) struct RowScope<'a> {
    pub(super) table: &'a FixedTable,
    pub(super) row: &'a Value,
    pub(super) region: &'a str,
    pub(super) account: &'a str,
}

impl Scope for RowScope<'_> {
    fn value(&self, path: &[String]) -> Result<Option<Value>, Failure> {
        Ok(match path {
            [name] if name == "id" => self.row.get(&self.table.key).cloned(),
            [name] if name == "region" => Some(self.region.into()),
            [name] if name == "account" => Some(self.account.into()),
            path => member(self.row, path),
        })
    }
}

/// What is known of a resource that was not found, or of any of a type: enough for its ARN.
pub(super) struct BareScope<'a> {
    pub(super) id: &'a str,
    pub(super) region: &'a str,
    pub(super) account: &'a str,
}

impl Scope for BareScope<'_> {
    fn value(&self, path: &[String]) -> Result<Option<Value>, Failure> {
        let value = match path {
            [name] if name == "id" => self.id,
            [name] if name == "region" => self.region,
            [name] if name == "account" => self.account,
            _ => return Ok(None),
        };
        Ok(Some(value.into()))
    }
}

/// The parameters of a call, what the engine found out, and `self`.
pub(super) struct CallScope<'a> {
    pub(super) world: World<'a>,
    pub(super) parameters: &'a std::collections::BTreeMap<String, super::file::Parameter>,
    pub(super) arguments: &'a Map<String, Value>,
    /// Results by name: `items`, `total` and the like.
    pub(super) found: &'a Map<String, Value>,
    pub(super) region: &'a str,
    pub(super) of: Option<(&'a ResourceType, &'a Record)>,
}

impl Scope for CallScope<'_> {
    fn value(&self, path: &[String]) -> Result<Option<Value>, Failure> {
        let Some((root, rest)) = path.split_first() else { return Ok(None) };
        if let Some(value) = self.found.get(root) {
            return Ok(member(value, rest));
        }
        match root.as_str() {
            "self" => match self.of {
                Some((resource, record)) => RecordScope { world: self.world, resource, record }.value(rest),
                None => Ok(None),
            },
            "account" => Ok(Some(self.world.host.account().into())),
            "region" => Ok(Some(self.region.into())),
            "now" => Ok(Some(self.world.host.now_ms().into())),
            _ => match (self.arguments.get(root), self.parameters.get(root)) {
                (Some(value), Some(parameter)) => self.world.follow(&parameter.shape, value, rest),
                (Some(value), None) => Ok(member(value, rest)),
                (None, _) => Ok(None),
            },
        }
    }
}
