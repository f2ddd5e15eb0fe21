//! What an operation is: its name, its request, what it needs permission for, and what it does.

mod entry;
mod resource;

use argali_policy::Context as Conditions;
use serde::Serialize;
use serde::de::DeserializeOwned;

pub use self::entry::{Endpoint, Entry, OpenPrepared, Prepared, Ready};
pub use self::resource::{Check, ResourceName, Resources, Tagged};
use crate::caller::Caller;
use crate::dispatch::{Context, DataContext, Errand, OpenContext};
use crate::error::ApiError;

/// What an operation does to the state, and so how it is run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Reads. It runs on a snapshot and waits for nothing.
    Read,
    /// Issues a session, or does something outside of the store. It runs on a snapshot; its record is written before the
    /// answer.
    Session,
    /// Changes who may do what. It runs in a transaction that raises the generation of the caller's account.
    Identity,
    /// Changes resources, and nobody's access. It runs in a transaction.
    Resource,
}

impl Access {
    /// Whether the operation changes the store.
    pub const fn is_change(self) -> bool {
        matches!(self, Self::Identity | Self::Resource)
    }
}

/// Whether the dispatcher asks the caller's policies before the operation runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Permission {
    /// It does, for the operation's own action on each of its resources.
    Needed,
    /// It does not: the operation is open to every authenticated caller, or judges by rules of its own.
    OperationDecides,
}

/// What an account may let its users do to themselves without a policy.
// SPEC: limits, security preference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SelfService {
    /// Change their password.
    Password,
    /// Manage their AccessKeys.
    AccessKeys,
    /// Manage their MFA devices.
    MfaDevices,
    /// Manage their service credentials.
    ServiceCredentials,
}

/// One operation of an API: the type is its request.
pub trait Operation: DeserializeOwned {
    /// Its name on the wire.
    const NAME: &'static str;
    /// What it does to the state.
    const ACCESS: Access;
    /// Whether the caller's policies are asked first.
    const PERMISSION: Permission = Permission::Needed;
    /// Its action in policies, where that is not the service's code and its own name.
    const ACTION: Option<&'static str> = None;
    /// Whether it has an errand.
    const HAS_ERRAND: bool = false;
    /// Whether somebody who is logged on to the console must have shown password or code lately to do it.
    // SPEC: console, security verification.
    const IS_SENSITIVE: bool = false;
    /// What it answers, besides the request id.
    type Response: Serialize;

    /// What the caller must be allowed to use it on: every one of these.
    ///
    /// Where only reading tells what that is, it names nothing, and [`Operation::run`] asks before anything else:
    /// [`Context::authorize_on_found`]. What runs without asking at all fails and changes nothing.
    fn resources(&self, caller: &Caller) -> Resources;

    /// What the caller does to itself here, if it does: its account may let its users do that without a policy.
    /// That holds for whatever the operation asks permission for, so all of it must be the caller's own.
    fn on_oneself(&self, _caller: &Caller) -> Option<SelfService> {
        None
    }

    /// Whether this request is sensitive, where not every one of the operation is. See [`Operation::IS_SENSITIVE`].
    fn is_sensitive(&self, _cx: &Context<'_>) -> Result<bool, ApiError> {
        Ok(Self::IS_SENSITIVE)
    }

    /// Condition keys that the request's parameters fill.
    fn conditions(&self, _conditions: &mut Conditions) {}

    /// Slow work that it needs before it runs, outside of every transaction. Asked of operations with
    /// [`Operation::HAS_ERRAND`] once the caller is allowed; what comes of it is in [`OpenContext::brought`].
    fn errand(&self, _cx: &Context<'_>) -> Result<Errand, ApiError> {
        Ok(Errand::Nothing)
    }

    /// Does it. The caller is allowed to, as far as [`Operation::resources`] tells.
    fn run(self, cx: &mut Context<'_>) -> Result<Self::Response, ApiError>;
}

/// One operation that anybody may call, signed or not: it finds out for itself whom it deals with.
pub trait OpenOperation: DeserializeOwned {
    /// Its name on the wire.
    const NAME: &'static str;
    /// What it does to the state.
    const ACCESS: Access;
    /// Whether it has an errand.
    const HAS_ERRAND: bool = false;
    /// What it answers, besides the request id.
    type Response: Serialize;

    /// Slow work that it needs before it runs, as [`Operation::errand`].
    fn errand(&self, _cx: &OpenContext<'_>) -> Result<Errand, ApiError> {
        Ok(Errand::Nothing)
    }

    /// Does it.
    fn run(self, cx: &mut OpenContext<'_>) -> Result<Self::Response, ApiError>;
}

/// One operation of a data plane: of object storage or messaging, which have protocols of their own.
pub trait DataOperation {
    /// Its name.
    const NAME: &'static str;
    /// Its action in policies.
    const ACTION: &'static str;
    /// What it does to the state.
    const ACCESS: Access;
    /// What it is done to, as [`DataOperation::authorize`] found it: nothing runs without.
    type Subject;
    /// What it answers.
    type Answer;

    /// Finds what it is about and asks for permission. It may be asked more than once for one call.
    fn authorize(&self, cx: &mut DataContext<'_>) -> Result<Self::Subject, ApiError>;

    /// Does it.
    fn run(&self, cx: &mut DataContext<'_>, subject: Self::Subject) -> Result<Self::Answer, ApiError>;
}
