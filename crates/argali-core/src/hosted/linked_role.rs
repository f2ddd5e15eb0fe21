//! Service-linked roles, as services declare them: what each is called and may do, and which resources need it.

use std::collections::BTreeMap;

use super::catalog::Catalog;
use super::file::TypeName;
use super::host::{Host, Shelf};
use super::record::Record;
use super::rows::Rows;
use super::scope::{RecordScope, World};
use super::shelves::BATCH;
use super::source::At;
use crate::dispatch::Context;
use crate::error::ApiError;
use crate::hosted::Failure;
use crate::model::RoleUse;
use crate::name::{Description, PolicyName, RoleName};

/// What the names of all of them begin with.
// SPEC: forms of identifiers, service-linked role.
pub const LINKED_ROLE_PREFIX: &str = "AliyunServiceRoleFor";

/// What a service-linked role is made of.
#[derive(Clone, Debug)]
pub struct LinkedRole {
    /// The only one who may assume it, as trust policies write it: `nas.aliyuncs.com`.
    pub service: String,
    /// What it is called; what its name begins with, if it can have a suffix.
    pub name: RoleName,
    /// The system policy that it has.
    pub policy: PolicyName,
    /// Whether an account may have several, each with a suffix to its name.
    pub suffixes: bool,
    /// What it is for, by language.
    pub descriptions: BTreeMap<String, Description>,
    /// The types that use it: while one of them exists, it stays.
    pub used_by: Vec<TypeName>,
    /// Where it stands.
    pub at: At,
}

impl LinkedRole {
    /// What it is called with a suffix.
    // SPEC: limits, names: a role's name has no underscore.
    pub fn with_suffix(&self, suffix: &str) -> String {
        format!("{}-{suffix}", self.name)
    }

    /// Whether a role of this name can only be this one.
    fn is_called(&self, name: &RoleName) -> bool {
        let (given, own) = (name.folded(), self.name.folded());
        match given.strip_prefix(&own) {
            Some("") => true,
            Some(rest) => self.suffixes && rest.starts_with('-'),
            None => false,
        }
    }

    /// What it is for, in English if there is a text in English.
    pub fn description(&self) -> Option<&Description> {
        self.descriptions.get("en").or_else(|| self.descriptions.values().next())
    }
}

impl Catalog {
    /// The role that is linked to a service.
    pub fn linked_role(&self, service: &str) -> Option<&LinkedRole> {
        self.services().find_map(|known| known.linked_roles.get(service))
    }

    /// The service-linked role that has this name, whether or not an account has it.
    pub fn linked_role_called(&self, name: &RoleName) -> Option<&LinkedRole> {
        let mut all = self.services().flat_map(|known| known.linked_roles.values());
        all.find(|role| role.is_called(name))
    }

    /// At most `most` resources of the caller's account that use the role, by region.
    ///
    /// # Errors
    ///
    /// Fails if the store cannot be read.
    pub(crate) fn uses_of(
        &self,
        cx: &Context<'_>,
        role: &LinkedRole,
        most: usize,
    ) -> Result<Vec<RoleUse>, ApiError> {
        let mut uses = BTreeMap::<String, Vec<String>>::new();
        let mut left = most;
        for type_name in &role.used_by {
            let found = self.some_of(&Rows::of(cx), &type_name.value, left)?;
            left = left.saturating_sub(found.len());
            for (region, arn) in found {
                uses.entry(region).or_default().push(arn);
            }
        }
        Ok(uses.into_iter().map(|(region, resources)| RoleUse { region, resources }).collect())
    }

    /// At most `most` resources of a type, each with its region.
    fn some_of(
        &self,
        host: &dyn Host,
        type_name: &str,
        most: usize,
    ) -> Result<Vec<(String, String)>, Failure> {
        let Some(resource) = self.resource(type_name) else { return Ok(Vec::new()) };
        let mut found = Vec::new();
        for row in host.scan(Shelf::Resource, &[type_name], None, most.min(BATCH))? {
            let Some(id) = row.rest.first() else { continue };
            let record = Record::from_bytes(id, &row.value)?;
            let scope =
                RecordScope { world: World { catalog: self, host, depth: 0 }, resource, record: &record };
            found.push((record.region.clone(), resource.arn.fill_as_text(&scope)?));
        }
        Ok(found)
    }
}
