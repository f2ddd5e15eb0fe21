//! Every operation there is, found by API version and name.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use crate::error::{ApiError, ErrorCode};
use crate::hosted::Catalog;
use crate::operation::{Access, Endpoint, Entry};

/// An API: a product with a version and its operations.
#[derive(Clone, Copy, Debug)]
pub struct Service {
    /// The product's name, as SDKs spell it.
    pub product: &'static str,
    /// The date that tells its API from those of other products.
    pub version: &'static str,
    /// The first half of its actions in policies.
    pub ram_code: &'static str,
    /// How it says that access is refused.
    pub refusal: Refusal,
    /// Its operations, a list for each file.
    pub operations: &'static [&'static [Entry]],
    /// Operations of its API that are not offered.
    pub refused: &'static [Refused],
}

impl Service {
    /// Whether an operation of this name belongs to its API, offered or not.
    pub fn names(&self, name: &str) -> bool {
        self.operations.iter().copied().flatten().any(|entry| entry.name == name)
            || self.refused.iter().any(|refused| refused.names.contains(&name))
    }
}

/// Operations of an API that Argali leaves out.
#[derive(Clone, Copy, Debug)]
pub struct Refused {
    /// Their names on the wire.
    pub names: &'static [&'static str],
    /// Why: the end of the sentence "It is not offered here: …".
    pub reason: &'static str,
}

/// The code with which a service refuses access.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// `NoPermission`: RAM, STS, IMS, Resource Management, ActionTrail.
    NoPermission,
    /// `Forbidden.RAM`: resource services.
    ForbiddenRam,
    /// `AccessDenied`: data planes.
    AccessDenied,
}

/// The API version under which object storage has its operations. They are called by requests of its own protocol.
pub const OBJECT_STORAGE: &str = "2019-05-17";
/// The same of Message Service.
pub const MESSAGING: &str = "2015-06-06";

/// An operation with what its service says about it.
pub struct Registered {
    /// The product's name.
    pub product: String,
    /// The API's version.
    pub version: String,
    /// The action in policies, such as `ram:ListRoles`.
    pub action: &'static str,
    /// How the service refuses.
    pub refusal: Refusal,
    /// Its parameters that are secrets: no record keeps their values.
    pub secret_parameters: Vec<&'static str>,
    /// The operation.
    pub endpoint: Box<dyn Endpoint>,
}

impl Registered {
    /// The operation's name on the wire.
    pub fn name(&self) -> &str {
        self.endpoint.name()
    }

    /// What the operation does to the state.
    pub fn access(&self) -> Access {
        self.endpoint.access()
    }
}

impl fmt::Debug for Registered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.product, self.name())
    }
}

/// All operations, by version and name.
#[derive(Debug, Default)]
pub struct Registry {
    versions: BTreeMap<String, Api>,
    catalog: Arc<Catalog>,
}

/// What is offered, and what is not, under one version.
#[derive(Debug, Default)]
struct Api {
    operations: BTreeMap<String, Registered>,
    refused: BTreeMap<&'static str, &'static str>,
}

impl Registry {
    /// A registry of the given services.
    pub fn new(services: &[Service]) -> Self {
        let mut registry = Self::default();
        for service in services {
            let api = registry.versions.entry(service.version.to_owned()).or_default();
            for Refused { names, reason } in service.refused {
                api.refused.extend(names.iter().map(|name| (*name, *reason)));
            }
            for entry in service.operations.iter().copied().flatten() {
                registry.add(Registered {
                    product: service.product.to_owned(),
                    version: service.version.to_owned(),
                    action: match entry.action {
                        Some(action) => action,
                        None => format!("{}:{}", service.ram_code, entry.name).leak(),
                    },
                    refusal: service.refusal,
                    secret_parameters: entry.secret_parameters(),
                    endpoint: Box::new(*entry),
                });
            }
        }
        registry
    }

    /// Adds an operation.
    // INVARIANT: no two operations have the same version and name, since calls name nothing else. Declared services
    // that break it do not pass their check, and what is written in Rust would fail in every test.
    pub(crate) fn add(&mut self, operation: Registered) {
        let api = self.versions.entry(operation.version.clone()).or_default();
        let name = operation.name();
        let is_new = !api.operations.contains_key(name) && !api.refused.contains_key(name);
        debug_assert!(is_new, "{operation:?} has the version and name of another");
        api.operations.entry(name.to_owned()).or_insert(operation);
    }

    /// Adds every operation of services that are declared in files.
    pub fn declare(&mut self, catalog: &Arc<Catalog>) {
        catalog.register(self);
        self.catalog = Arc::clone(catalog);
    }

    /// The services that are declared in files.
    pub fn catalog(&self) -> &Catalog {
        &self.catalog
    }

    /// The operation that a call names.
    pub fn find(&self, version: &str, name: &str) -> Result<&Registered, ApiError> {
        let Some(api) = self.versions.get(version) else {
            let message = "Specified parameter Version is not valid: no service here has this API version.";
            return Err(ApiError::new(ErrorCode::InvalidVersion, message));
        };
        api.operations.get(name).ok_or_else(|| {
            let message = match api.refused.get(name) {
                Some(reason) => format!("{name} is not offered here: {reason}."),
                None => "Specified api is not found, please check your url and method.".to_owned(),
            };
            ApiError::new(ErrorCode::InvalidActionNotFound, message)
        })
    }

    /// Why an operation of the reference is not offered, if that was decided.
    pub fn refused(&self, version: &str, name: &str) -> Option<&'static str> {
        self.versions.get(version)?.refused.get(name).copied()
    }

    /// Every operation that is called by its name, by version and name.
    pub fn iter(&self) -> impl Iterator<Item = &Registered> {
        self.all().filter(|operation| !operation.endpoint.is_of_data_plane())
    }

    /// Every operation of the data planes, by version and name.
    pub fn of_data_plane(&self) -> impl Iterator<Item = &Registered> {
        self.all().filter(|operation| operation.endpoint.is_of_data_plane())
    }

    /// Both: every operation there is.
    pub fn all(&self) -> impl Iterator<Item = &Registered> {
        self.versions.values().flat_map(|api| api.operations.values())
    }
}
