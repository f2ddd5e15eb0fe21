//! Declared operations as the dispatcher sees them.

use std::borrow::Cow;
use std::sync::Arc;

use argali_policy::Context as Conditions;
use argali_protocol::Params;
use argali_store::{StoreError, Transaction};

use super::authorize::Permission;
use super::call::Call;
use super::catalog::Catalog;
use super::failure::Failure;
use super::file::Service;
use super::file_operation::Operation;
use super::repeat::{OF_THE_SIGNATURE, Repeatable};
use super::rows::{Rows, RowsMut};
use crate::audit::CallerRecord;
use crate::backend::{Asking, Backend, escaped, is_unreserved};
use crate::caller::{Caller, Identity};
use crate::dispatch::{BackendQuestion, Brought, Context, Errand};
use crate::error::{ApiError, ErrorCode};
use crate::identifier::AccountId;
use crate::model::{Account, ResourceGroupId};
use crate::operation::{Access, Check, Endpoint, Prepared, Ready, ResourceName};
use crate::registry::{Refusal, Registered, Registry};

impl Catalog {
    /// Adds every declared operation to `registry`.
    pub(crate) fn register(self: &Arc<Self>, registry: &mut Registry) {
        for (service, operation) in self.operations() {
            let action = format!("{}:{}", service.ram_code, operation.action);
            registry.add(Registered {
                product: service.product.clone(),
                version: service.version.clone(),
                // Operations live as long as the process, as those written in Rust do.
                action: action.leak(),
                refusal: Refusal::ForbiddenRam,
                secret_parameters: operation.secrets().map(|name| &*name.to_owned().leak()).collect(),
                endpoint: Box::new(Declared {
                    catalog: Arc::clone(self),
                    service: service.name.clone(),
                    name: operation.name.clone(),
                    access: if operation.is_change() { Access::Resource } else { Access::Read },
                    has_backend: service.backend.is_some(),
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
    has_backend: bool,
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

    fn has_errand(&self) -> bool {
        self.has_backend
    }

    fn has_backend(&self) -> bool {
        self.has_backend
    }

    fn parameters(&self) -> Vec<&str> {
        let found = self.found();
        found
            .map(|(_, operation)| operation.parameters.keys().map(String::as_str).collect())
            .unwrap_or_default()
    }

    fn gate(&self) -> Option<&str> {
        let (service, operation) = self.found()?;
        match operation.resource.as_ref().and_then(|name| self.catalog.resource(&name.value)) {
            Some(resource) => resource.gate(self.catalog.service_of(&resource.name).unwrap_or(service)),
            None => service.gate(),
        }
    }

    fn prepare<'a>(&'a self, params: &Params<'_>) -> Result<Ready<'a>, ApiError> {
        let (service, operation) =
            self.found().ok_or_else(|| ApiError::internal("a declared operation is gone"))?;
        let call = Call::read(&self.catalog, service, operation, params.iter())?;
        if let Some(backend) = &service.backend {
            let form = form(params, &service.version, &operation.name);
            return Ok(Ready::Signed(Box::new(Passing { call, service: &service.name, backend, form })));
        }
        let repeatable = if self.access.is_change() { Repeatable::of(params)? } else { None };
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
        checks_of(cx, &self.call)
    }

    fn run(self: Box<Self>, cx: &mut Context<'_>) -> Result<Vec<u8>, ApiError> {
        let place = (self.version, self.call.name());
        if let Some(repeatable) = &self.repeatable
            && let Some(answer) = repeatable.answered(cx, place)?
        {
            return cx.encode(self.call.name(), &answer);
        }
        let answer = RowsMut::change(cx, |rows| self.call.run(rows))?;
        if let Some(repeatable) = &self.repeatable {
            repeatable.remember(cx, place, &answer);
        }
        cx.encode(self.call.name(), &answer)
    }
}

/// A call that has been read and waits to be allowed, and then is passed on.
struct Passing<'c> {
    call: Call<'c>,
    service: &'c str,
    backend: &'c Arc<Backend>,
    /// The parameters, as they are passed on.
    form: Vec<u8>,
}

impl Prepared for Passing<'_> {
    fn checks(&self, cx: &Context<'_>, _action: &'static str) -> Result<Vec<Check>, ApiError> {
        checks_of(cx, &self.call)
    }

    fn errand(&self, cx: &Context<'_>) -> Result<Errand, ApiError> {
        let checks = checks_of(cx, &self.call)?.into_iter();
        let allowed: Vec<_> =
            checks.map(|check| (check.action.into_owned(), check.resource.arn.into_owned())).collect();
        let asking = Asking {
            request_id: cx.request_id(),
            now: cx.now(),
            origin: cx.origin(),
            service: self.service,
            caller: &CallerRecord::of(cx.caller()),
            allowed: &allowed,
            body: self.form.clone(),
        };
        Ok(Errand::AskBackend(Box::new(BackendQuestion {
            service: self.service.to_owned(),
            backend: Arc::clone(self.backend),
            passage: asking.signed(&cx.core().backend_key(self.service)),
        })))
    }

    fn run(self: Box<Self>, cx: &mut Context<'_>) -> Result<Vec<u8>, ApiError> {
        match cx.brought() {
            Some(Brought::Backend(heard)) => cx.encode(self.call.name(), &heard.outcome()?),
            other => Err(ApiError::internal(format!("no answer of a backend was brought but {other:?}"))),
        }
    }
}

/// A call as a form: its operation and its parameters, without those that say how it is signed and answered.
fn form(params: &Params<'_>, version: &str, action: &str) -> Vec<u8> {
    const OF_THE_OPERATION: [&str; 2] = ["Action", "Version"];
    let is_own = |name: &&str| !OF_THE_SIGNATURE.contains(name) && !OF_THE_OPERATION.contains(name);
    let own = params.iter().filter(|(name, _)| is_own(name));
    let pairs = [("Action", action), ("Version", version)]
        .into_iter()
        .chain(own)
        .map(|(name, value)| format!("{}={}", escaped(name, is_unreserved), escaped(value, is_unreserved)));
    pairs.collect::<Vec<_>>().join("&").into_bytes()
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

/// What the caller must be allowed before a call runs, in the caller's account. Fails at a gate that is closed.
pub(super) fn checks_of(cx: &Context<'_>, call: &Call<'_>) -> Result<Vec<Check>, ApiError> {
    let permissions = call.checks(&Rows::of(cx))?;
    let mut gates: Vec<&str> = permissions.iter().filter_map(|asked| asked.gate.as_deref()).collect();
    gates.dedup();
    check_gates((cx.core().registry().catalog(), cx.tx()), cx.caller(), &gates)?;
    Ok(permissions.into_iter().map(|permission| to_check(cx.account(), permission)).collect())
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
// SPEC: design, decisions, Express Connect across accounts; console, resources.
pub(crate) fn check_gates(
    (catalog, tx): (&Catalog, &dyn Transaction),
    caller: &Caller,
    gates: &[&str],
) -> Result<(), ApiError> {
    let Identity::Session(claims) = caller.identity() else { return Ok(()) };
    match closed_gate(tx, caller.account(), claims.account_of_origin(), gates)? {
        None => Ok(()),
        Some(gate) => Err(ApiError::new(ErrorCode::ForbiddenRam, closed(catalog, gate)).at_gate(gate)),
    }
}

/// The first of these gates that is closed for what `owner` owns to sessions that began in the account `origin`.
pub(crate) fn closed_gate<'g>(
    tx: &dyn Transaction,
    owner: AccountId,
    origin: AccountId,
    gates: &[&'g str],
) -> Result<Option<&'g str>, StoreError> {
    if gates.is_empty() || origin == owner {
        return Ok(None);
    }
    let account = Account::find(tx, owner)?;
    let open = |gate: &&str| {
        account.as_ref().is_some_and(|account| account.open_gates.iter().any(|open| open == gate))
    };
    Ok(gates.iter().copied().find(|gate| !open(gate)))
}

/// What is told before a closed gate.
pub(crate) fn closed(catalog: &Catalog, gate: &str) -> String {
    let service = catalog.services().find(|service| service.name == gate);
    let title = service.map_or(gate, |service| &service.title);
    format!(
        "{title} resources cannot be accessed from another account by default. Ask the operator of this service."
    )
}
