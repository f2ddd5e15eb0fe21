//! What an operation is: its name, its request, what it needs permission for, and what it does.

use std::borrow::Cow;
use std::marker::PhantomData;

use argali_policy::Context as Conditions;
use argali_protocol::Params;
use argali_store::{StoreError, Transaction};
use serde::Serialize;
use serde::de::DeserializeOwned;
use smallvec::{SmallVec, smallvec};

use crate::caller::Caller;
use crate::dispatch::{Context, DataContext, Errand, OpenContext};
use crate::error::{ApiError, ErrorCode};
use crate::identifier::AccountId;
use crate::model::{Entity, Policy, PolicyRef, ResourceGroup, ResourceGroupId, Role, Tags, User};
use crate::name::{PolicyName, PolicyType, RoleName, UserName};
use crate::secret_parameter::{parameters, secret_parameters};

/// What an operation does to the state, and so how it is run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Reads. It runs on a snapshot and waits for nothing.
    Read,
    /// Issues a session. It runs on a snapshot; its record is written before the answer.
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

/// Something that permission is needed for.
#[derive(Clone, Debug)]
pub struct ResourceName {
    /// Its ARN in the form that policies use.
    pub arn: Cow<'static, str>,
    /// The account that it belongs to.
    pub owner: AccountId,
    /// The resource group that it is in, if its type supports them.
    pub group: Option<ResourceGroupId>,
    /// Which entity of the owner it is, if that is of a kind that has tags.
    pub tagged: Option<Tagged>,
}

/// An entity of the identity service whose tags conditions may ask for.
#[derive(Clone, Debug)]
pub enum Tagged {
    /// A user.
    User(UserName),
    /// A role.
    Role(RoleName),
    /// A custom policy.
    Policy(PolicyName),
    /// A resource group.
    ResourceGroup(ResourceGroupId),
}

impl Tagged {
    /// The tags that it has; none if there is no such thing.
    pub fn tags(&self, tx: &dyn Transaction, owner: AccountId) -> Result<Tags, StoreError> {
        let tags = match self {
            Self::User(name) => User::find(tx, owner, name)?.map(|user| user.tags),
            Self::Role(name) => Role::find(tx, owner, name)?.map(|role| role.tags),
            Self::Policy(name) => Policy::find(tx, owner, name)?.map(|policy| policy.tags),
            Self::ResourceGroup(id) => ResourceGroup::find(tx, owner, id)?.map(|group| group.tags),
        };
        Ok(tags.unwrap_or_default())
    }
}

/// Almost always one or two.
pub type Resources = SmallVec<[ResourceName; 2]>;

impl ResourceName {
    /// An entity of the identity service: `acs:ram:*:<owner>:<relative>`, such as `role/ops` or `user/*`.
    pub fn ram(owner: AccountId, relative: impl AsRef<str>) -> Self {
        Self::new(owner, format!("acs:ram:*:{owner}:{}", relative.as_ref()))
    }

    /// A policy, of the system or of the account.
    pub fn policy(account: AccountId, policy: &PolicyRef) -> Self {
        let resource = Self::new(account, policy.arn(account));
        match policy.kind {
            PolicyType::System => resource,
            PolicyType::Custom => resource.with_tags_of(Tagged::Policy(policy.name.clone())),
        }
    }

    /// Any resource by its ARN.
    pub fn new(owner: AccountId, arn: impl Into<Cow<'static, str>>) -> Self {
        Self { arn: arn.into(), owner, group: None, tagged: None }
    }

    /// The same as an entity whose tags count.
    #[must_use]
    pub fn with_tags_of(mut self, tagged: Tagged) -> Self {
        self.tagged = Some(tagged);
        self
    }

    /// The same as a member of a resource group.
    #[must_use]
    pub fn in_group(mut self, group: Option<ResourceGroupId>) -> Self {
        self.group = group;
        self
    }
}

impl From<ResourceName> for Resources {
    fn from(resource: ResourceName) -> Self {
        smallvec![resource]
    }
}

/// Something that must be allowed before an operation runs.
#[derive(Clone, Debug)]
pub struct Check {
    /// The action, such as `ram:ListRoles`.
    pub action: Cow<'static, str>,
    /// On what.
    pub resource: ResourceName,
    /// Condition keys of this check alone, such as the tags of the resource.
    pub conditions: Conditions,
}

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
