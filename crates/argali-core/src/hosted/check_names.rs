//! Whether the names in a template lead somewhere.

use super::catalog::Catalog;
use super::file::{FixedTable, ResourceType, Service};
use super::file_operation::{Does, Operation};
use super::file_value::{Kind, Shape};
use super::read::OWN_NAMES;

/// What a template can name where it stands.
#[derive(Clone, Copy)]
pub(super) enum Scope<'c> {
    /// The members of a resource.
    Record(&'c ResourceType),
    /// The columns of a row.
    Row(&'c FixedTable),
    /// The parameters of a call, and `self` for the resource it works on.
    Call { service: &'c Service, operation: &'c Operation, resource: Option<&'c ResourceType> },
    /// The resource whose part is made, as `self`.
    Part(&'c ResourceType),
}

/// The names that a call gives besides its parameters.
const CALL_NAMES: &[&str] = &["account", "region", "now", "request_id"];
/// The names that a call gives when it lists.
const LIST_NAMES: &[&str] = &["items", "total", "count", "page_number", "page_size", "next_token"];

/// Resolves names against a catalog.
pub(super) struct Scopes<'c> {
    pub(super) catalog: &'c Catalog,
}

impl<'c> Scopes<'c> {
    /// Whether `path` leads somewhere in `scope`, or why not.
    pub(super) fn resolve(&self, scope: Scope<'c>, path: &[String]) -> Result<(), String> {
        let Some((root, rest)) = path.split_first() else { return Ok(()) };
        match scope {
            Scope::Record(resource) => self.in_record(resource, root, rest),
            Scope::Row(table) => in_row(table, root),
            Scope::Call { service, operation, resource } => {
                self.in_call(service, operation, resource, root, rest)
            }
            Scope::Part(resource) => match rest.split_first() {
                Some((member, rest)) if root == "self" => self.in_record(resource, member, rest),
                _ => Ok(()),
            },
        }
    }

    fn in_record(&self, resource: &'c ResourceType, root: &str, rest: &[String]) -> Result<(), String> {
        if root == "referrers" {
            let Some((user, rest)) = self.catalog.resource_at(resource.service(), rest) else {
                let user = rest.join(".");
                return Err(format!("`referrers` is followed by a type, and there is no type `{user}`"));
            };
            return rest.split_first().map_or(Ok(()), |(member, rest)| self.in_record(user, member, rest));
        }
        if OWN_NAMES.contains(&root) {
            return Ok(());
        }
        match resource.fields.get(root) {
            Some(field) => self.in_shape(&field.shape, root, rest),
            None => Err(format!("`{}` has no field `{root}`", resource.name)),
        }
    }

    fn in_shape(&self, shape: &Shape, name: &str, rest: &[String]) -> Result<(), String> {
        let Some((member, deeper)) = rest.split_first() else { return Ok(()) };
        match &shape.kind {
            Kind::Json => return Ok(()),
            Kind::Struct(members) if members.contains_key(member) => return Ok(()),
            Kind::Structs(members) | Kind::JsonStructs(members) => {
                return match members.get(member) {
                    Some(known) => self.in_shape(&known.shape, member, deeper),
                    None => Err(format!("`{name}` has no member `{member}`")),
                };
            }
            _ => {}
        }
        let Some(refers) = &shape.refers else {
            return Err(format!("`{name}` refers to nothing, so it has no `{member}`"));
        };
        if let Some(resource) = self.catalog.resource(&refers.value) {
            return self.in_record(resource, member, deeper);
        }
        // A reference to what does not exist is reported where it is declared.
        self.catalog.table(&refers.value).map_or(Ok(()), |table| in_row(table, member))
    }

    fn in_call(
        &self,
        service: &Service,
        operation: &Operation,
        resource: Option<&'c ResourceType>,
        root: &str,
        rest: &[String],
    ) -> Result<(), String> {
        if root == "self" {
            let Some(resource) = resource else { return Err("there is no `self` here".to_owned()) };
            return rest
                .split_first()
                .map_or(Ok(()), |(member, rest)| self.in_record(resource, member, rest));
        }
        if let (Some(parameter), false) = (operation.parameters.get(root), rest.is_empty()) {
            return self.in_shape(&parameter.shape, root, rest);
        }
        let listing = matches!(operation.does, Does::List(_) | Does::Serve(..) | Does::ListTags(_));
        let known = operation.parameters.contains_key(root)
            || service.region.as_ref().is_some_and(|region| region.parameter == root)
            || CALL_NAMES.contains(&root)
            || listing && LIST_NAMES.contains(&root)
            || matches!(operation.does, Does::Create { .. }) && root == "ids"
            || matches!(operation.does, Does::Transition { .. }) && root == "results"
            || operation.parameters.values().any(|parameter| parameter.shape.kind == Kind::Json)
                && root == "item";
        if known {
            Ok(())
        } else {
            Err(format!("`{root}` is not known here: `{}` has no such parameter", operation.name))
        }
    }
}

fn in_row(table: &FixedTable, column: &str) -> Result<(), String> {
    let known = table.rows.values().any(|row| row.get(column).is_some());
    if known || matches!(column, "id" | "region" | "account") || table.rows.is_empty() {
        Ok(())
    } else {
        Err(format!("`{}` has no column `{column}`", table.name))
    }
}
