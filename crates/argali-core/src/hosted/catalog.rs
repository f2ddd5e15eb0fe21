//! All declared services, checked.

use std::collections::{BTreeMap, BTreeSet};

use super::check;
use super::file::{FixedTable, ResourceType, Service};
use super::file_operation::Operation;
use super::index;
use super::read;
use super::source::Mistake;

/// The files that come with Argali.
pub(super) const BUILT_IN: &[(&str, &str)] = &[
    ("actiontrail.toml", include_str!("../../services/actiontrail.toml")),
    ("ecs.toml", include_str!("../../services/ecs.toml")),
    ("expressconnect.toml", include_str!("../../services/expressconnect.toml")),
    ("rds.toml", include_str!("../../services/rds.toml")),
    ("slb.toml", include_str!("../../services/slb.toml")),
    ("sofa.toml", include_str!("../../services/sofa.toml")),
    ("vpc.toml", include_str!("../../services/vpc.toml")),
];

/// All declared services. What a catalog holds has been checked.
#[derive(Debug, Default)]
pub struct Catalog {
    pub(super) services: BTreeMap<String, Service>,
}

impl Catalog {
    /// The services that come with Argali and those in `files`, each a name and its text.
    ///
    /// # Errors
    ///
    /// Fails with every mistake in any of the files.
    pub fn load(files: &[(String, String)]) -> Result<Self, Vec<Mistake>> {
        let own = files.iter().map(|(file, text)| (file.as_str(), text.as_str()));
        Self::read(BUILT_IN.iter().copied().chain(own))
    }

    /// The services in `files` alone.
    ///
    /// # Errors
    ///
    /// Fails with every mistake in any of the files.
    pub fn read<'f>(files: impl IntoIterator<Item = (&'f str, &'f str)>) -> Result<Self, Vec<Mistake>> {
        let mut catalog = Self::default();
        let mut mistakes = Vec::new();
        for (file, text) in files {
            let (service, found) = read::read(file, text);
            mistakes.extend(found);
            if let Some(service) = service {
                mistakes.extend(check::same_name(&catalog, &service));
                catalog.services.insert(service.name.clone(), service);
            }
        }
        // A file that cannot be read would only make others seem wrong.
        if mistakes.is_empty() {
            mistakes = check::check(&mut catalog);
        }
        if !mistakes.is_empty() {
            return Err(mistakes);
        }
        index::derive(&mut catalog);
        Ok(catalog)
    }

    /// Every service in name order.
    pub fn services(&self) -> impl Iterator<Item = &Service> {
        self.services.values()
    }

    /// The names of services that are closed to other accounts, in whole or in part, until the operator opens them.
    pub fn gated(&self) -> impl Iterator<Item = &str> {
        self.services().filter(|service| service.is_gated()).map(|service| service.name.as_str())
    }

    /// Every operation with its service.
    pub fn operations(&self) -> impl Iterator<Item = (&Service, &Operation)> {
        self.services()
            .flat_map(|service| service.operations.values().map(move |operation| (service, operation)))
    }

    /// Every region that any service has.
    pub fn regions(&self) -> BTreeSet<&str> {
        let tables = self.services().filter_map(|service| self.table(&service.region.as_ref()?.table.value));
        tables.flat_map(|table| table.rows.keys().map(String::as_str)).collect()
    }

    /// The service that a full type name begins with.
    pub fn service_of(&self, type_name: &str) -> Option<&Service> {
        self.services.get(type_name.split_once('.')?.0)
    }

    /// The resource type with a full name.
    pub fn resource(&self, type_name: &str) -> Option<&ResourceType> {
        self.service_of(type_name)?.resources.get(type_name.split_once('.')?.1)
    }

    /// The type that the first part or two of `path` name, as a type of `service` names it, and what follows.
    pub(super) fn resource_at<'p>(
        &self,
        service: &str,
        path: &'p [String],
    ) -> Option<(&ResourceType, &'p [String])> {
        let (first, rest) = path.split_first()?;
        if let Some(resource) = self.resource(&format!("{service}.{first}")) {
            return Some((resource, rest));
        }
        let (second, rest) = rest.split_first()?;
        Some((self.resource(&format!("{first}.{second}"))?, rest))
    }

    /// The fixed table with a full name.
    pub fn table(&self, type_name: &str) -> Option<&FixedTable> {
        self.service_of(type_name)?.tables.get(type_name.split_once('.')?.1)
    }
}
