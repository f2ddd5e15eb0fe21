//! The values of names: of resources, of rows and of calls.

use serde_json::{Map, Value, json};

use super::catalog::Catalog;
use super::failure::Failure;
use super::file::{FixedTable, IdForm, ResourceType};
use super::file_value::{Kind, Shape};
use super::host::Host;
use super::record::Record;
use super::shelves;
use super::template::{Scope, member};

/// What scopes read from.
#[derive(Clone, Copy)]
pub(super) struct World<'a> {
    pub(super) catalog: &'a Catalog,
    pub(super) host: &'a dyn Host,
    /// How many resources are being shown, each as part of the one before.
    pub(super) depth: u8,
}

/// How many resources can be shown, each as part of the one before: files whose resources show each other end here.
const DEEPEST_VIEW: u8 = 4;

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
            "view" if self.world.depth < DEEPEST_VIEW => {
                let world = World { depth: self.world.depth + 1, ..self.world };
                self.resource.view.fill(&RecordScope { world, ..*self })?
            }
            "view" => None,
            "referrers" => Some(self.referrers(rest)?),
            _ => match (record.fields.get(root), self.resource.fields.get(root)) {
                (Some(value), Some(field)) => self.world.follow(&field.shape, value, rest)?,
                _ => None,
            },
        })
    }

    fn in_element(&self, list: &[String], item: &Value, path: &[String]) -> Result<Option<Value>, Failure> {
        self.world.follow_element(self.world.shape_at(self.resource, list), item, path)
    }
}

impl RecordScope<'_> {
    /// The identifiers of what refers to it, or the value that `rest` leads to from each.
    fn referrers(&self, rest: &[String]) -> Result<Value, Failure> {
        let World { catalog, host, .. } = self.world;
        let Some((user, rest)) = catalog.resource_at(self.resource.service(), rest) else {
            return Ok(Value::Array(Vec::new()));
        };
        let target = (self.resource.name.as_str(), self.record.id.as_str());
        let mut found = Vec::new();
        for referrer in shelves::referrers(host, target, Some(&user.name))? {
            if rest.is_empty() {
                found.push(referrer.id.into());
            } else if let Some(record) = shelves::load(host, &user.name, &referrer.id)? {
                let scope = RecordScope { world: self.world, resource: user, record: &record };
                found.extend(scope.value(rest)?);
            }
        }
        Ok(found.into())
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
        if let (Kind::Structs(_) | Kind::JsonStructs(_), Value::Array(items)) = (&shape.kind, value) {
            let values = items.iter().map(|item| self.follow_element(Some(shape), item, path));
            return values.map(|value| Ok(value?.unwrap_or_default())).collect::<Result<_, _>>().map(Some);
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

    /// The value that `path` leads to from an element of a list of a shape.
    fn follow_element(
        self,
        list: Option<&Shape>,
        item: &Value,
        path: &[String],
    ) -> Result<Option<Value>, Failure> {
        let known = |name: &String| list?.kind.members()?.get(name);
        match path.split_first().map(|(name, rest)| (name, rest, known(name))) {
            Some((name, rest, Some(parameter))) => match item.get(name) {
                Some(value) => self.follow(&parameter.shape, value, rest),
                None => Ok(None),
            },
            _ => Ok(member(item, path)),
        }
    }

    /// The shape of what `path` leads to from a resource of a type, if it leads to a field.
    fn shape_at(self, resource: &'a ResourceType, path: &[String]) -> Option<&'a Shape> {
        let (root, rest) = path.split_first()?;
        if root == "referrers" {
            let (user, rest) = self.catalog.resource_at(resource.service(), rest)?;
            return self.shape_at(user, rest);
        }
        self.shape_below(&resource.fields.get(root)?.shape, rest)
    }

    fn shape_below(self, shape: &'a Shape, path: &[String]) -> Option<&'a Shape> {
        if path.is_empty() {
            return Some(shape);
        }
        self.shape_at(self.catalog.resource(&shape.refers.as_ref()?.value)?, path)
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

/// The identifier of any resource of a type.
pub(super) const ANY: &str = "*";

/// What is known of a resource that was not found, or of any of a type: enough for its ARN.
///
/// Of any of a type, every part that is not known is `*`.
pub(super) struct BareScope<'a> {
    pub(super) id: &'a str,
    /// The form of the identifier, which may tell more.
    pub(super) form: Option<&'a IdForm>,
    pub(super) region: &'a str,
    pub(super) account: &'a str,
}

impl Scope for BareScope<'_> {
    fn value(&self, path: &[String]) -> Result<Option<Value>, Failure> {
        let value = match path {
            [name] if name == "id" => self.id,
            [name] if name == "region" => self.region,
            [name] if name == "account" => self.account,
            [name] if self.part(name).is_some() => self.part(name).unwrap_or_default(),
            _ if self.id == ANY => ANY,
            _ => return Ok(None),
        };
        Ok(Some(value.into()))
    }
}

impl BareScope<'_> {
    /// The part of an identifier within another resource that a field holds.
    fn part(&self, field: &str) -> Option<&str> {
        let Some(IdForm::Within { whole, name }) = self.form else { return None };
        let (first, last) = self.id.split_once(IdForm::SEPARATOR)?;
        [(whole, first), (name, last)].into_iter().find(|(known, _)| *known == field).map(|(_, part)| part)
    }
}

/// The parameters of a call, what the engine found out, and `self`.
pub(super) struct CallScope<'a> {
    pub(super) world: World<'a>,
    pub(super) parameters: &'a std::collections::BTreeMap<String, super::file_value::Parameter>,
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

    fn in_element(&self, list: &[String], item: &Value, path: &[String]) -> Result<Option<Value>, Failure> {
        let Some((root, rest)) = list.split_first() else { return Ok(member(item, path)) };
        let shape = match (root.as_str(), self.of, self.parameters.get(root)) {
            ("self", Some((resource, _)), _) => self.world.shape_at(resource, rest),
            (_, _, Some(parameter)) => self.world.shape_below(&parameter.shape, rest),
            _ => None,
        };
        self.world.follow_element(shape, item, path)
    }
}
