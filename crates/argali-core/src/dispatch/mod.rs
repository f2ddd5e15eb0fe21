//! The one way in: authenticate, authorize, run, record.
//!
//! Whoever calls, over whatever listener, comes through [`Core::dispatch`]. Only it makes a [`Context`], and only
//! after everything that the operation needs has been allowed.

mod answer;
mod authenticate;
mod authorize;
mod backend;
mod chain;
mod context;
mod data_call;
mod data_context;
mod data_wait;
mod errand;
mod grant_use;
mod inquiry;
mod key_use;
mod logon;
mod nonce;
mod outlook;
mod permissions;
mod presign;
mod rate;
mod refused_signer;
mod service_act;
mod standing;
mod turn;
mod watch;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use argali_protocol::{Call, Credential, Format, HttpRequest, decode, format_of};
use argali_store::{Durable, Transaction};

pub use answer::Answer;
use answer::not_recorded;
pub(crate) use authenticate::Authenticated;
pub(crate) use chain::{assume_role_conditions, judge_session, judge_session_under};
use context::ChangedAccounts;
pub use context::{Context, OpenContext};
pub use data_call::{DataCall, DataCredential, DataRequest, Vigil};
pub use data_context::{Ask, DataContext, OpenTo};
pub use data_wait::{Awaited, Wait};
pub use errand::{BackendQuestion, Brought, Errand, Posted};
pub(crate) use grant_use::GrantUses;
pub(crate) use inquiry::Subject;
pub(crate) use key_use::KeyUses;
pub use logon::LogonCredential;
pub(crate) use logon::{PresentLogon, verified_until};
pub(crate) use nonce::NonceMemory;
pub use outlook::Wish;
pub(crate) use permissions::PermissionsCache;
pub(crate) use rate::RateMemory;
pub use rate::{NotARate, OperationRate};
pub(crate) use service_act::ServiceAct;
pub(crate) use standing::{Standing, StandingCache};
pub(crate) use turn::Turns;
use turn::{Line, Turn};
pub(crate) use watch::Watch;

use crate::audit::Draft;
use crate::caller::Origin;
use crate::core::Core;
use crate::error::{ApiError, ErrorCode};
use crate::identifier::RequestId;
use crate::model::bump_generation;
use crate::operation::{Access, Ready};
use crate::registry::Registered;
use crate::time::Timestamp;

/// A request as a listener received it.
#[derive(Clone, Copy, Debug)]
pub struct Incoming<'a> {
    /// Method, target, headers and body.
    pub http: HttpRequest<'a>,
    /// Where it came from.
    pub origin: Origin,
}

/// What is known of a request before its operation is.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    /// Its number.
    pub(crate) id: RequestId,
    /// When it came: the one instant at which it is judged.
    pub(crate) now: Timestamp,
    /// Where it came from.
    pub(crate) origin: Origin,
    /// How it wants its answer.
    pub(crate) format: Format,
}

/// A call of an operation, with its caller and whatever was brought for it.
#[derive(Clone, Copy)]
struct Visit<'a> {
    request: &'a Request,
    operation: &'a Registered,
    /// Nobody, where the operation is open and nothing was signed.
    authenticated: Option<&'a Authenticated>,
    brought: Option<&'a Brought>,
    /// Whether time has passed since the caller was authenticated.
    waited: bool,
}

/// A call whose operation and caller are known.
struct Entered<'a> {
    call: Call<'a>,
    operation: &'a Registered,
    authenticated: Option<Authenticated>,
}

impl Entered<'_> {
    /// The call as it is before anything was waited for.
    fn visit<'a>(&'a self, request: &'a Request) -> Visit<'a> {
        let Self { operation, authenticated, .. } = self;
        Visit { request, operation, authenticated: authenticated.as_ref(), brought: None, waited: false }
    }
}

/// How far a call has come.
enum Step {
    /// It was done.
    Done(Done<Vec<u8>>),
    /// Others come first.
    Waits(Line),
    /// Something must be done first.
    Needs(Errand),
    /// It is on record, and its backend is to do it.
    IsFor(Done<Errand>),
}

/// An operation that was done, and what must happen before its caller may know.
struct Done<T> {
    /// The answer, or a refusal that left something behind.
    outcome: Result<T, ApiError>,
    /// For a change: the promise that it is on disk, and the place it takes until then.
    durable: Option<(Durable, Option<Turn>)>,
}

impl Core {
    /// Answers one request. It never fails and never panics: what goes wrong is the answer.
    pub async fn dispatch(&self, incoming: &Incoming<'_>) -> Answer {
        self.dispatch_for(incoming, None).await
    }

    /// Answers one request of a caller in this process, who is logged on to the console: nothing is signed.
    pub async fn dispatch_as_logon(&self, incoming: &Incoming<'_>, logon: &LogonCredential) -> Answer {
        self.dispatch_for(incoming, Some(logon)).await
    }

    async fn dispatch_for(&self, incoming: &Incoming<'_>, logon: Option<&LogonCredential>) -> Answer {
        let request = Request {
            id: RequestId::generate(self.env()),
            now: self.env().now(),
            origin: incoming.origin,
            format: format_of(&incoming.http),
        };
        let mut draft = Draft::new(&request);
        let result = self.attempt(&request, (incoming, logon), &mut draft).await;
        let result = self.settle(result, draft).await;
        self.answer(&request, incoming, result)
    }

    async fn attempt(
        &self,
        request: &Request,
        (incoming, logon): (&Incoming<'_>, Option<&LogonCredential>),
        draft: &mut Draft,
    ) -> Result<Done<Vec<u8>>, ApiError> {
        let (entered, mut step) = guarded(|| {
            let snapshot = self.store().read()?;
            let entered = self.enter(request, (incoming, logon), snapshot.as_ref(), draft)?;
            let step = match self.line(request, &entered)? {
                Some(line) => Step::Waits(line),
                None => self.serve(entered.visit(request), &entered.call, snapshot, draft)?,
            };
            Ok((entered, step))
        })?;
        let later = Visit { waited: true, ..entered.visit(request) };
        loop {
            step = match step {
                Step::Done(done) => return Ok(done),
                Step::Waits(line) => {
                    let _place = line.come_forward().await;
                    guarded(|| self.serve(later, &entered.call, self.store().read()?, draft))?
                }
                Step::IsFor(recorded) => return self.have_changed(request, later, recorded, draft).await,
                Step::Needs(errand) => {
                    let brought = self.carry_out(request, errand).await?;
                    let visit = Visit { brought: Some(&brought), ..later };
                    guarded(|| self.serve(visit, &entered.call, self.store().read()?, draft))?
                }
            }
        }
    }

    /// Where a call has to wait, if others call too.
    fn line(&self, request: &Request, entered: &Entered<'_>) -> Result<Option<Line>, ApiError> {
        let Some(caller) = &entered.authenticated else { return Ok(None) };
        self.turns().line(caller.standing.caller().account(), request.now)
    }

    /// Finds out what is called, and by whom.
    fn enter<'a>(
        &'a self,
        request: &Request,
        (incoming, logon): (&Incoming<'a>, Option<&LogonCredential>),
        snapshot: &dyn Transaction,
        draft: &mut Draft,
    ) -> Result<Entered<'a>, ApiError> {
        let call = decode(&incoming.http)?;
        draft.call(&call);
        draft.sent_by(&incoming.http);
        if !self.trail().is_writable() {
            return Err(not_recorded());
        }
        let operation = self.registry().find(&call.version, &call.action)?;
        draft.operation(operation);
        let authenticated = match (&call.credential, logon) {
            (Credential::Anonymous, Some(logon)) => {
                Some(self.authenticate_logon(request, logon, snapshot, draft)?)
            }
            (Credential::Anonymous, None) if operation.endpoint.is_open() => None,
            (Credential::Anonymous, None) => return Err(not_signed()),
            (Credential::Signed(signed), _) => Some(self.authenticate(request, signed, snapshot, draft)?),
        };
        if let Some(authenticated) = &authenticated {
            self.admit_caller(request, operation, authenticated, draft)?;
        }
        draft.parameters(&call.params, operation);
        Ok(Entered { call, operation, authenticated })
    }

    /// Names the caller in the record and notes what it used, unless it may not call from there or has sent too much.
    fn admit_caller(
        &self,
        request: &Request,
        operation: &Registered,
        authenticated: &Authenticated,
        draft: &mut Draft,
    ) -> Result<(), ApiError> {
        draft.caller(&authenticated.standing);
        authenticated.standing.require_admitted(request.origin.source_ip)?;
        let caller = authenticated.standing.caller();
        if let Some(key) = authenticated.standing.key_use() {
            self.key_uses().note(key, request.now, &operation.product);
        }
        self.rates().admit(&self.settings().rates, caller, operation, request.now)
    }

    /// Judges a call and runs it, or says what it needs first.
    fn serve(
        &self,
        visit: Visit<'_>,
        call: &Call<'_>,
        snapshot: Box<dyn Transaction + '_>,
        draft: &mut Draft,
    ) -> Result<Step, ApiError> {
        let ready = visit.operation.endpoint.prepare(&call.params)?;
        if visit.brought.is_none() && visit.operation.endpoint.has_errand() {
            if visit.operation.endpoint.has_backend() && visit.operation.access().is_change() {
                drop((ready, snapshot));
                return self.put_on_record(visit, call, draft).map(Step::IsFor);
            }
            return self.errand(visit, &ready, snapshot, draft).map(Step::Needs);
        }
        if visit.operation.access().is_change() {
            drop(snapshot);
            self.change(visit, call, ready, draft).map(Step::Done)
        } else {
            self.read(visit, ready, snapshot, draft).map(Step::Done)
        }
    }

    /// What a call needs before it runs: asked only for callers who are allowed.
    fn errand(
        &self,
        visit: Visit<'_>,
        ready: &Ready<'_>,
        mut snapshot: Box<dyn Transaction + '_>,
        draft: &mut Draft,
    ) -> Result<Errand, ApiError> {
        let open = |tx, draft| OpenContext::new(self, visit, tx, draft);
        match ready {
            Ready::Open(prepared) => prepared.errand(&open(snapshot.as_mut(), draft)),
            Ready::Signed(prepared) => {
                let standing = self.standing_of(visit, snapshot.as_ref())?.ok_or_else(unsigned)?;
                let mut cx = Context::new(open(snapshot.as_mut(), draft), &standing);
                cx.authorize(prepared.as_ref())?;
                prepared.errand(&cx)
            }
        }
    }

    /// What the caller is as `snapshot` has it: the one that it was authenticated on, unless time has passed.
    fn standing_of(
        &self,
        visit: Visit<'_>,
        snapshot: &dyn Transaction,
    ) -> Result<Option<Arc<Standing>>, ApiError> {
        let Some(caller) = visit.authenticated else { return Ok(None) };
        if visit.waited {
            return self.still_standing(snapshot, caller, visit.request).map(Some);
        }
        Ok(Some(Arc::clone(&caller.standing)))
    }

    /// Judges and runs on a snapshot.
    fn read(
        &self,
        visit: Visit<'_>,
        ready: Ready<'_>,
        mut snapshot: Box<dyn Transaction + '_>,
        draft: &mut Draft,
    ) -> Result<Done<Vec<u8>>, ApiError> {
        let standing = self.standing_of(visit, snapshot.as_ref())?;
        let (body, _) = self.run(visit, ready, standing.as_deref(), snapshot.as_mut(), draft)?;
        Ok(Done { outcome: Ok(body), durable: None })
    }

    /// Judges and runs inside the writer: on the state that the change before this one left.
    // INVARIANT: a change made under an authority that was revoked before it never commits.
    fn change(
        &self,
        visit: Visit<'_>,
        call: &Call<'_>,
        ready: Ready<'_>,
        draft: &mut Draft,
    ) -> Result<Done<Vec<u8>>, ApiError> {
        let mut first = Some(ready);
        self.change_with(visit, draft, |visit, standing, tx, draft| {
            let ready = match first.take() {
                Some(ready) => ready,
                None => visit.operation.endpoint.prepare(&call.params)?,
            };
            self.run(visit, ready, standing, tx, draft)
        })
    }

    /// Has `run` judge and run inside the writer, and keeps the record with what it changed.
    fn change_with<T>(
        &self,
        visit: Visit<'_>,
        draft: &mut Draft,
        mut run: impl FnMut(
            Visit<'_>,
            Option<&Standing>,
            &mut dyn Transaction,
            &mut Draft,
        ) -> Result<(T, ChangedAccounts), ApiError>,
    ) -> Result<Done<T>, ApiError> {
        let take = |caller: &Authenticated| self.turns().take(caller.standing.caller().account());
        let turn = visit.authenticated.map(take).transpose()?;
        let (outcome, durable) = self.store().transact(|tx| {
            let request = visit.request;
            let standing =
                visit.authenticated.map(|caller| self.still_standing(tx, caller, request)).transpose()?;
            let (outcome, changed) = match run(visit, standing.as_deref(), tx, draft) {
                Ok((answer, changed)) => (Ok(answer), changed),
                Err(error) if error.keeps_changes() => (Err(error), ChangedAccounts::new()),
                Err(error) => return Err(error),
            };
            if visit.operation.access() == Access::Identity {
                for account in changed {
                    bump_generation(tx, account)?;
                }
            }
            if let Some(nonce) = visit.authenticated.and_then(|caller| caller.nonce) {
                nonce.insert(tx);
            }
            match &outcome {
                Ok(_) => draft.succeed(),
                Err(error) => draft.fail(error),
            }
            self.trail().enlist(tx, draft);
            Ok::<_, ApiError>(outcome)
        })?;
        Ok(Done { outcome, durable: Some((durable, turn)) })
    }

    /// Judges and runs in `tx`; also says in which accounts access may have changed.
    fn run(
        &self,
        visit: Visit<'_>,
        ready: Ready<'_>,
        standing: Option<&Standing>,
        tx: &mut dyn Transaction,
        draft: &mut Draft,
    ) -> Result<(Vec<u8>, ChangedAccounts), ApiError> {
        let mut open = OpenContext::new(self, visit, tx, draft);
        match ready {
            Ready::Open(prepared) => Ok((prepared.run(&mut open)?, open.into_changed_accounts())),
            Ready::Signed(prepared) => {
                let mut cx = Context::new(open, standing.ok_or_else(unsigned)?);
                cx.authorize(prepared.as_ref())?;
                Ok((prepared.run(&mut cx)?, cx.into_changed_accounts()))
            }
        }
    }
}

/// A panic is a bug of ours. It ends its request alone: whatever that held is dropped or rolled back.
fn guarded<T>(part: impl FnOnce() -> Result<T, ApiError>) -> Result<T, ApiError> {
    let result = catch_unwind(AssertUnwindSafe(part));
    result.unwrap_or_else(|_| Err(ApiError::internal("the operation panicked")))
}

fn not_signed() -> ApiError {
    let message = "AccessKeyId is mandatory for this action: sign the request.";
    ApiError::new(ErrorCode::Missing("AccessKeyId".to_owned()), message)
}

fn unsigned() -> ApiError {
    ApiError::internal("an operation that needs a caller was called by nobody")
}
