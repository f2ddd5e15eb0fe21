//! An operation as the dispatcher sees it, whatever its request and answer are, and its place in its service's list.

use std::borrow::Cow;
use std::marker::PhantomData;

use argali_policy::Context as Conditions;
use argali_protocol::Params;

use super::{Access, Check, DataOperation, OpenOperation, Operation, Permission, SelfService};
use crate::caller::Caller;
use crate::dispatch::{Context, Errand, OpenContext};
use crate::error::{ApiError, ErrorCode};
use crate::secret_parameter::{parameters, secret_parameters};

/// An operation as the dispatcher sees it, whatever its request and answer are.
pub trait Endpoint: Send + Sync {
    /// Its name on the wire.
    fn name(&self) -> &str;
    /// What it does to the state.
    fn access(&self) -> Access;
    /// Whether it is called without a signature, too.
    fn is_open(&self) -> bool {
        false
    }
    /// Whether it needs something done before it runs.
    fn has_errand(&self) -> bool {
        false
    }
    /// Whether a backend does the work: then the errand is to ask it.
    fn has_backend(&self) -> bool {
        false
    }
    /// Whether it is called by a protocol of its own: then it is listed here for whoever asks what there is.
    fn is_of_data_plane(&self) -> bool {
        false
    }
    /// The service that must be open to identities of other accounts before they call it, whatever they ask for.
    fn gate(&self) -> Option<&str> {
        None
    }
    /// The names of its parameters, as far as they are fixed: a list is named once, as `Tag`.
    fn parameters(&self) -> Vec<&str>;
    /// Reads the request.
    fn prepare<'a>(&'a self, params: &Params<'_>) -> Result<Ready<'a>, ApiError>;
}

/// A request that has been read, by what must be known before it is run.
pub enum Ready<'a> {
    /// Its caller, and that the caller is allowed.
    Signed(Box<dyn Prepared + 'a>),
    /// Nothing.
    Open(Box<dyn OpenPrepared + 'a>),
}

impl std::fmt::Debug for Ready<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Signed(_) => "Signed",
            Self::Open(_) => "Open",
        })
    }
}

/// A request that has been read and waits to be allowed.
pub trait Prepared {
    /// What must be allowed, every one of it. Empty where the operation decides for itself.
    ///
    /// It may read what a resource's group and tags are; it must answer alike for what is absent and what is
    /// another account's.
    fn checks(&self, cx: &Context<'_>, action: &'static str) -> Result<Vec<Check>, ApiError>;
    /// What the caller does to itself here.
    fn on_oneself(&self, _caller: &Caller) -> Option<SelfService> {
        None
    }
    /// Whether somebody who is logged on to the console must have shown password or code lately.
    fn is_sensitive(&self, _cx: &Context<'_>) -> Result<bool, ApiError> {
        Ok(false)
    }
    /// Condition keys that the request's parameters fill, for whatever else it asks permission for while it runs.
    fn conditions(&self) -> Conditions {
        Conditions::new()
    }
    /// Slow work that it needs before it runs.
    fn errand(&self, _cx: &Context<'_>) -> Result<Errand, ApiError> {
        Ok(Errand::Nothing)
    }
    /// Does it, and encodes the answer.
    fn run(self: Box<Self>, cx: &mut Context<'_>) -> Result<Vec<u8>, ApiError>;
}

/// A request that anybody may make.
pub trait OpenPrepared {
    /// Slow work that it needs before it runs.
    fn errand(&self, cx: &OpenContext<'_>) -> Result<Errand, ApiError>;
    /// Does it, and encodes the answer.
    fn run(self: Box<Self>, cx: &mut OpenContext<'_>) -> Result<Vec<u8>, ApiError>;
}

/// An operation's place in the list of its service.
#[derive(Clone, Copy)]
pub struct Entry {
    /// Its name on the wire.
    pub name: &'static str,
    /// What it does to the state.
    pub access: Access,
    /// Its action in policies, where that is not the service's code and its own name.
    pub action: Option<&'static str>,
    is_open: bool,
    has_errand: bool,
    parameters: fn() -> &'static [&'static str],
    secret_parameters: fn() -> Vec<&'static str>,
    is_of_data_plane: bool,
    prepare: fn(&Params<'_>) -> Result<Ready<'static>, ApiError>,
}

impl Entry {
    /// The entry of operation `O`.
    pub const fn of<O: Operation + 'static>() -> Self {
        Self {
            name: O::NAME,
            access: O::ACCESS,
            action: O::ACTION,
            is_open: false,
            has_errand: O::HAS_ERRAND,
            parameters: parameters::<O>,
            secret_parameters: secret_parameters::<O>,
            is_of_data_plane: false,
            prepare: signed::<O>,
        }
    }

    /// The entry of operation `O`, which anybody may call.
    pub const fn open<O: OpenOperation + 'static>() -> Self {
        Self {
            name: O::NAME,
            access: O::ACCESS,
            action: None,
            is_open: true,
            has_errand: O::HAS_ERRAND,
            parameters: parameters::<O>,
            secret_parameters: secret_parameters::<O>,
            is_of_data_plane: false,
            prepare: open::<O>,
        }
    }

    /// The entry of operation `O` of a data plane.
    pub const fn of_data_plane<O: DataOperation + 'static>() -> Self {
        Self {
            name: O::NAME,
            access: O::ACCESS,
            action: Some(O::ACTION),
            is_open: false,
            has_errand: false,
            parameters: || &[],
            secret_parameters: Vec::new,
            is_of_data_plane: true,
            prepare: elsewhere,
        }
    }

    /// The names of its parameters that are secrets, as the types of its fields say.
    pub fn secret_parameters(&self) -> Vec<&'static str> {
        (self.secret_parameters)()
    }
}

impl Endpoint for Entry {
    fn name(&self) -> &str {
        self.name
    }

    fn access(&self) -> Access {
        self.access
    }

    fn is_open(&self) -> bool {
        self.is_open
    }

    fn has_errand(&self) -> bool {
        self.has_errand
    }

    fn is_of_data_plane(&self) -> bool {
        self.is_of_data_plane
    }

    fn parameters(&self) -> Vec<&str> {
        (self.parameters)().to_vec()
    }

    fn prepare<'a>(&'a self, params: &Params<'_>) -> Result<Ready<'a>, ApiError> {
        (self.prepare)(params)
    }
}

impl std::fmt::Debug for Entry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Entry")
            .field("name", &self.name)
            .field("access", &self.access)
            .finish_non_exhaustive()
    }
}

struct Typed<O>(O, PhantomData<fn() -> O>);

fn signed<O: Operation + 'static>(params: &Params<'_>) -> Result<Ready<'static>, ApiError> {
    Ok(Ready::Signed(Box::new(Typed::<O>(params.deserialize()?, PhantomData))))
}

fn elsewhere(_: &Params<'_>) -> Result<Ready<'static>, ApiError> {
    let message = "This operation is called by its service's own protocol: use a client of object storage or messaging.";
    Err(ApiError::new(ErrorCode::InvalidActionNotFound, message))
}

fn open<O: OpenOperation + 'static>(params: &Params<'_>) -> Result<Ready<'static>, ApiError> {
    Ok(Ready::Open(Box::new(Typed::<O>(params.deserialize()?, PhantomData))))
}

impl<O: Operation> Prepared for Typed<O> {
    fn checks(&self, cx: &Context<'_>, action: &'static str) -> Result<Vec<Check>, ApiError> {
        if O::PERMISSION == Permission::OperationDecides {
            return Ok(Vec::new());
        }
        let conditions = self.conditions();
        let resources = self.0.resources(cx.caller()).into_iter();
        let check =
            |resource| Check { action: Cow::Borrowed(action), resource, conditions: conditions.clone() };
        Ok(resources.map(check).collect())
    }

    fn on_oneself(&self, caller: &Caller) -> Option<SelfService> {
        self.0.on_oneself(caller)
    }

    fn is_sensitive(&self, cx: &Context<'_>) -> Result<bool, ApiError> {
        self.0.is_sensitive(cx)
    }

    fn conditions(&self) -> Conditions {
        let mut conditions = Conditions::new();
        self.0.conditions(&mut conditions);
        conditions
    }

    fn errand(&self, cx: &Context<'_>) -> Result<Errand, ApiError> {
        self.0.errand(cx)
    }

    fn run(self: Box<Self>, cx: &mut Context<'_>) -> Result<Vec<u8>, ApiError> {
        let response = self.0.run(cx)?;
        if O::PERMISSION == Permission::Needed && !cx.has_asked() {
            return Err(ApiError::internal(format!("{} was done and nobody asked for permission", O::NAME)));
        }
        cx.encode(O::NAME, &response)
    }
}

impl<O: OpenOperation> OpenPrepared for Typed<O> {
    fn errand(&self, cx: &OpenContext<'_>) -> Result<Errand, ApiError> {
        self.0.errand(cx)
    }

    fn run(self: Box<Self>, cx: &mut OpenContext<'_>) -> Result<Vec<u8>, ApiError> {
        let response = self.0.run(cx)?;
        cx.encode(O::NAME, &response)
    }
}
