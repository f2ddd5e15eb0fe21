//! Which operations there are: those written in Rust, those declared in built-in files, and the operator's own.

use std::fmt;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use argali_core::DocumentRules;
use argali_core::hosted::{Catalog, Handling, Mistake};
use argali_core::registry::Registry;
use argali_core::services::SERVICES;

use crate::config::Config;

/// Why the declared services cannot be offered.
#[derive(Debug, thiserror::Error)]
pub enum ServicesError {
    /// The operator's files cannot be read.
    #[error("cannot read `{}`", path.display())]
    Read {
        /// The file or folder.
        path: PathBuf,
        /// The refusal.
        source: io::Error,
    },
    /// Files hold mistakes, each told with its place.
    #[error("{}", Listed(.0))]
    Mistakes(Vec<Mistake>),
}

/// All services that are declared in files, checked.
pub(crate) fn catalog(config: &Config) -> Result<Arc<Catalog>, ServicesError> {
    let files = own_files(config)?;
    Ok(Arc::new(Catalog::load(&files).map_err(ServicesError::Mistakes)?))
}

/// Every operation that can be called.
pub(crate) fn registry(catalog: &Arc<Catalog>) -> Registry {
    let mut registry = Registry::new(SERVICES);
    registry.declare(catalog);
    registry
}

/// The products that can be called without asking a server, each with the version of its API, in name order.
///
/// # Errors
///
/// Fails if the operator's own service files cannot be used.
pub fn products(config: &Config) -> Result<Vec<(String, String)>, ServicesError> {
    let registry = registry(&catalog(config)?);
    let mut products: Vec<_> =
        registry.iter().map(|operation| (operation.product.clone(), operation.version.clone())).collect();
    products.sort();
    products.dedup();
    Ok(products)
}

/// How resources of declared services are listed, made, changed and deleted.
///
/// # Errors
///
/// Fails if the operator's own service files cannot be used.
pub fn handlings(config: &Config) -> Result<Vec<Handling>, ServicesError> {
    Ok(catalog(config)?.handlings())
}

/// What policy documents can say with effect, and how long they may be.
///
/// # Errors
///
/// Fails if the operator's own service files cannot be used.
pub fn document_rules(config: &Config) -> Result<DocumentRules, ServicesError> {
    let catalog = catalog(config)?;
    Ok(DocumentRules::new(&registry(&catalog), &catalog, config.settings().limits))
}

/// What a service file declares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceSummary {
    /// The file.
    pub file: String,
    /// The name of the service.
    pub service: String,
    /// The product code of its API.
    pub product: String,
    /// The version of its API.
    pub version: String,
    /// How many resource types it has.
    pub types: usize,
    /// How many operations it has.
    pub operations: usize,
}

/// Checks service files, each a name and its text, beside those that come with Argali.
///
/// # Errors
///
/// Fails with every mistake in any of the files.
pub fn check_services(files: &[(String, String)]) -> Result<Vec<ServiceSummary>, Vec<Mistake>> {
    let catalog = Catalog::load(files)?;
    let of_file = |(file, _): &(String, String)| {
        let service = catalog.services().find(|service| service.file == *file)?;
        Some(ServiceSummary {
            file: file.clone(),
            service: service.name.clone(),
            product: service.product.clone(),
            version: service.version.clone(),
            types: service.resources.len(),
            operations: service.operations.len(),
        })
    };
    Ok(files.iter().filter_map(of_file).collect())
}

/// The files in the configured folder, in name order: each its name and its text.
fn own_files(config: &Config) -> Result<Vec<(String, String)>, ServicesError> {
    let folder = &config.services.dir;
    if folder.as_os_str().is_empty() {
        return Ok(Vec::new());
    }
    let cannot_read = |path: &PathBuf| {
        let path = path.clone();
        move |source| ServicesError::Read { path, source }
    };
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(cannot_read(folder))? {
        let path = entry.map_err(cannot_read(folder))?.path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            paths.push(path);
        }
    }
    paths.sort();
    let read = |path: PathBuf| {
        let text = std::fs::read_to_string(&path).map_err(cannot_read(&path))?;
        Ok((path.display().to_string(), text))
    };
    paths.into_iter().map(read).collect()
}

/// Mistakes, one a line.
struct Listed<'a>(&'a [Mistake]);

impl fmt::Display for Listed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, mistake) in self.0.iter().enumerate() {
            if at > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{mistake}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn built_in_services_are_offered_beside_those_in_rust() {
        let products = products(&Config::default()).unwrap();
        for product in
            [("Ecs", "2014-05-26"), ("Ram", "2015-05-01"), ("Sts", "2015-04-01"), ("Vpc", "2016-04-28")]
        {
            assert!(
                products.contains(&(product.0.to_owned(), product.1.to_owned())),
                "{product:?}: {products:?}"
            );
        }
    }

    #[test]
    fn own_files_are_read_and_their_mistakes_told_with_their_place() {
        let folder = tempfile::tempdir().unwrap();
        let mut config = Config::default();
        config.services.dir = folder.path().join("nothing");
        assert!(matches!(catalog(&config).unwrap_err(), ServicesError::Read { .. }));
        config.services.dir = folder.path().to_owned();
        std::fs::write(folder.path().join("notes.txt"), "not a service").unwrap();
        catalog(&config).unwrap();
        std::fs::write(folder.path().join("nas.toml"), "service = \"nas\"\nproduct = 7\n").unwrap();
        let message = catalog(&config).unwrap_err().to_string();
        assert!(message.contains("nas.toml:2:"), "{message}");
    }
}
