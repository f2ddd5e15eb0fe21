//! The way in for data planes, object storage and messaging: authenticate, authorize, run, record, with room in between.
//!
//! Other calls are read whole, then judged and run at once. Here bytes come before a change and follow a reading, a
//! message is waited for, and each may take long. So a [`DataCall`] is a call that goes on: it is admitted before its
//! bytes are taken in, and judged anew when what they became is to be seen; and a [`Vigil`] asks, while bytes are sent,
//! whether they still may be.
// SPEC: security, the promise, P3 and P6.

use std::sync::Arc;

use argali_policy::Context as Conditions;
use argali_protocol::{Credential, Params};
use argali_store::Transaction;

use super::answer::not_recorded;
use super::authenticate::Authenticated;
use super::context::{ChangedAccounts, OpenContext};
use super::data_context::DataContext;
use super::logon::LogonCredential;
use super::{Done, Request, Visit, guarded};
use crate::audit::Draft;
use crate::caller::Origin;
use crate::core::Core;
use crate::env::Env;
use crate::error::ApiError;
use crate::identifier::RequestId;
use crate::operation::DataOperation;
use crate::registry::{OBJECT_STORAGE, Registered};
use crate::time::Timestamp;

/// A request at a data plane, as its listener read it.
#[derive(Debug)]
pub struct DataRequest<'a> {
    /// The API's version, such as [`OBJECT_STORAGE`].
    pub api: &'static str,
    /// The operation's name.
    pub operation: &'static str,
    /// Who says that they are calling.
    pub credential: DataCredential<'a>,
    /// Where it came from.
    pub origin: Origin,
    /// The host that was called.
    pub host: &'a str,
    /// What sent it, as it said.
    pub user_agent: Option<&'a str>,
    /// What the record of the call keeps of what was asked for.
    pub parameters: &'a [(&'static str, &'a str)],
}

/// Who calls a data plane.
#[derive(Clone, Copy, Debug)]
pub enum DataCredential<'a> {
    /// Whoever signed the request, or nobody.
    Wire(&'a Credential<'a>),
    /// Somebody who is logged on, calling from inside of the process.
    Logon(&'a LogonCredential),
}

/// A call of a data plane that is being answered. Each ends with exactly one record.
#[derive(Debug)]
pub struct DataCall {
    core: Arc<Core>,
    pub(super) request: Request,
    api: &'static str,
    operation: &'static str,
    pub(super) authenticated: Option<Authenticated>,
    /// Condition keys that every check of the call has.
    conditions: Conditions,
    draft: Draft,
    /// Queues into which messages have come.
    arrived: Vec<u64>,
}

impl DataCall {
    /// Finds out who calls.
    ///
    /// # Errors
    ///
    /// Fails, and is on record, if the credential is not good.
    pub async fn enter(core: &Arc<Core>, received: &DataRequest<'_>) -> Result<Self, (RequestId, ApiError)> {
        let request = Request {
            id: RequestId::generate(core.env()),
            now: core.env().now(),
            origin: received.origin,
            format: argali_protocol::Format::Xml,
        };
        let mut draft = Draft::new(&request);
        draft.data_call(received);
        let id = request.id;
        match core.enter_in_turn(&request, received, &mut draft).await {
            Ok(authenticated) => Ok(Self {
                core: Arc::clone(core),
                conditions: conditions(received, authenticated.as_ref()),
                request,
                api: received.api,
                operation: received.operation,
                authenticated,
                draft,
                arrived: Vec::new(),
            }),
            Err(error) => Err((id, settled_error(core.settle::<()>(Err(error), draft).await))),
        }
    }

    /// The number of the request.
    pub fn request_id(&self) -> RequestId {
        self.request.id
    }

    /// The instant at which the request is judged.
    pub fn now(&self) -> Timestamp {
        self.request.now
    }

    pub(super) fn core(&self) -> &Arc<Core> {
        &self.core
    }

    /// Takes it that what comes now is judged at this instant.
    pub(super) fn is_judged_now(&mut self) {
        self.request.now = self.core.env().now();
    }

    /// Time and randomness.
    pub fn env(&self) -> &Env {
        self.core.env()
    }

    /// Asks whether the caller may do this, before its bytes are taken in.
    ///
    /// # Errors
    ///
    /// Fails, and is on record, if it may not.
    pub async fn admit<O: DataOperation>(&mut self, operation: &O) -> Result<O::Subject, ApiError> {
        let admitted = guarded(|| {
            let core = Arc::clone(&self.core);
            let mut snapshot = core.store().read()?;
            self.judge(operation, snapshot.as_mut())
        });
        match admitted {
            Ok(subject) => Ok(subject),
            Err(error) => Err(self.refuse(error).await),
        }
    }

    /// Judges and runs an operation that changes nothing. It is on record, whatever comes of it.
    ///
    /// # Errors
    ///
    /// Fails as the operation does.
    pub async fn read<O: DataOperation>(&mut self, operation: &O) -> Result<O::Answer, ApiError> {
        let core = Arc::clone(&self.core);
        let result = guarded(|| {
            let mut snapshot = core.store().read()?;
            self.run(operation, snapshot.as_mut()).map(|(answer, _)| answer)
        });
        let done = result.map(|answer| Done { outcome: Ok(answer), durable: None });
        core.settle(done, self.take_draft()).await
    }

    /// Judges and runs an operation in the writer, and waits until what it changed is on disk. It is on record,
    /// whatever comes of it.
    ///
    /// It is judged at this instant: bytes that were taken in before may have taken long.
    // INVARIANT: a change made under an authority that was revoked before it never commits.
    ///
    /// # Errors
    ///
    /// Fails as the operation does, and if the change cannot be stored.
    pub async fn change<O: DataOperation>(&mut self, operation: &O) -> Result<O::Answer, ApiError> {
        let changed = self.change_unless(operation, |_| false).await?;
        changed.ok_or_else(|| ApiError::internal("a change came to nothing"))
    }

    /// The same, unless it fails in a way that is worth `another_try`: then it is not on record, and the call goes on.
    pub(super) async fn change_unless<O: DataOperation>(
        &mut self,
        operation: &O,
        another_try: fn(&ApiError) -> bool,
    ) -> Result<Option<O::Answer>, ApiError> {
        self.is_judged_now();
        let core = Arc::clone(&self.core);
        let done = guarded(|| self.transact(&core, operation));
        if done.as_ref().is_err_and(another_try) {
            return Ok(None);
        }
        let answer = core.settle(done, self.take_draft()).await?;
        self.arrived.drain(..).for_each(|queue| core.arrivals().tell(queue));
        Ok(Some(answer))
    }

    /// Records that the call failed outside of any operation, such as when its bytes broke off.
    pub async fn refuse(&mut self, error: ApiError) -> ApiError {
        let core = Arc::clone(&self.core);
        settled_error(core.settle::<()>(Err(error), self.take_draft()).await)
    }

    /// Watches over bytes that are being sent: whether the caller still may do `operation`.
    pub fn vigil<O: DataOperation + Send + Sync + 'static>(self, operation: O) -> Vigil {
        Vigil { call: self, holds: Box::new(move |call, tx| call.judge(&operation, tx).map(drop)) }
    }

    fn transact<O: DataOperation>(
        &mut self,
        core: &Core,
        operation: &O,
    ) -> Result<Done<O::Answer>, ApiError> {
        let registered = core.registry().find(self.api, self.operation)?;
        let Self { request, authenticated, conditions, draft, arrived, .. } = self;
        let visit = Visit {
            request,
            operation: registered,
            authenticated: authenticated.as_ref(),
            brought: None,
            waited: true,
        };
        core.change_with(visit, draft, |visit, standing, tx, draft| {
            let open = OpenContext::new(core, visit, tx, draft);
            let mut cx = DataContext::new(open, standing, conditions);
            let subject = operation.authorize(&mut cx)?;
            let answer = operation.run(&mut cx, subject)?;
            *arrived = cx.take_arrived();
            Ok((answer, cx.into_changed_accounts()))
        })
    }

    fn run<O: DataOperation>(
        &mut self,
        operation: &O,
        tx: &mut dyn Transaction,
    ) -> Result<(O::Answer, ChangedAccounts), ApiError> {
        self.within(tx, |cx| {
            let subject = operation.authorize(cx)?;
            operation.run(cx, subject)
        })
    }

    fn judge<O: DataOperation>(
        &mut self,
        operation: &O,
        tx: &mut dyn Transaction,
    ) -> Result<O::Subject, ApiError> {
        self.within(tx, |cx| operation.authorize(cx)).map(|(subject, _)| subject)
    }

    /// Does something as the caller, as far as `tx` finds it to be one still.
    pub(super) fn within<T>(
        &mut self,
        tx: &mut dyn Transaction,
        act: impl FnOnce(&mut DataContext<'_>) -> Result<T, ApiError>,
    ) -> Result<(T, ChangedAccounts), ApiError> {
        let core = &self.core;
        let registered = core.registry().find(self.api, self.operation)?;
        let authenticated = self.authenticated.as_ref();
        let request = &self.request;
        let standing = authenticated.map(|caller| core.still_standing(tx, caller, request)).transpose()?;
        let visit = Visit {
            request: &self.request,
            operation: registered,
            authenticated,
            brought: None,
            waited: true,
        };
        let open = OpenContext::new(core, visit, tx, &mut self.draft);
        let mut cx = DataContext::new(open, standing.as_deref(), &self.conditions);
        let done = act(&mut cx)?;
        Ok((done, cx.into_changed_accounts()))
    }

    fn take_draft(&mut self) -> Draft {
        std::mem::replace(&mut self.draft, Draft::new(&self.request))
    }
}

/// Whether bytes that are being sent still may be.
pub struct Vigil {
    call: DataCall,
    holds: Box<Held>,
}

type Held = dyn Fn(&mut DataCall, &mut dyn Transaction) -> Result<(), ApiError> + Send + Sync;

impl Vigil {
    /// Whether the caller, asking now, would be allowed what it was allowed before.
    pub fn holds(&mut self) -> bool {
        let core = Arc::clone(&self.call.core);
        self.call.request.now = core.env().now();
        let judged = guarded(|| {
            let mut snapshot = core.store().read()?;
            (self.holds)(&mut self.call, snapshot.as_mut())
        });
        if let Err(error) = &judged {
            tracing::debug!(request = %self.call.request.id, code = %error.code().wire(), "bytes are no longer sent");
        }
        judged.is_ok()
    }
}

impl std::fmt::Debug for Vigil {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Vigil").field("call", &self.call).finish_non_exhaustive()
    }
}

impl Core {
    /// Finds out who sent a request to a data plane, and lets it wait in its account's line if others call too.
    async fn enter_in_turn(
        &self,
        request: &Request,
        received: &DataRequest<'_>,
        draft: &mut Draft,
    ) -> Result<Option<Authenticated>, ApiError> {
        let authenticated = guarded(|| self.enter_data_plane(request, received, draft))?;
        if let Some(caller) = &authenticated
            && let Some(line) = self.turns().line(caller.standing.caller().account(), request.now)?
        {
            // Whatever follows is judged anew. Its bytes come at their own pace, so the place is not kept for them.
            drop(line.come_forward().await);
        }
        Ok(authenticated)
    }

    /// Finds out who sent a request to a data plane; nobody, if it is not signed.
    fn enter_data_plane(
        &self,
        request: &Request,
        received: &DataRequest<'_>,
        draft: &mut Draft,
    ) -> Result<Option<Authenticated>, ApiError> {
        if !self.trail().is_writable() {
            return Err(not_recorded());
        }
        let operation: &Registered = self.registry().find(received.api, received.operation)?;
        draft.operation(operation);
        let authenticated = match received.credential {
            DataCredential::Wire(Credential::Anonymous) => None,
            DataCredential::Wire(Credential::Signed(signed)) => {
                let snapshot = self.store().read()?;
                Some(self.authenticate(request, signed, snapshot.as_ref(), draft)?)
            }
            DataCredential::Logon(logon) => {
                let snapshot = self.store().read()?;
                Some(self.authenticate_logon(request, logon, snapshot.as_ref(), draft)?)
            }
        };
        if let Some(authenticated) = &authenticated {
            self.admit_caller(request, operation, authenticated, draft)?;
        }
        draft.parameters(&Params::from_pairs(received.parameters.iter().copied())?, operation);
        Ok(authenticated)
    }
}

// SPEC: policy language, global condition keys: those of OSS.
fn conditions(received: &DataRequest<'_>, authenticated: Option<&Authenticated>) -> Conditions {
    let mut conditions = Conditions::new();
    if received.api != OBJECT_STORAGE {
        return conditions;
    }
    if let Some(agent) = received.user_agent {
        conditions.set("acs:UserAgent", agent);
    }
    if let Some(authenticated) = authenticated {
        conditions.set("acs:AccessId", authenticated.standing.caller().access_key_id().as_ref());
    }
    conditions
}

/// What a failure is after it was recorded: itself, unless it could not be.
fn settled_error<T>(settled: Result<T, ApiError>) -> ApiError {
    settled.err().unwrap_or_else(|| ApiError::internal("a failure was settled as a success"))
}
