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
mod ending;
mod enter;
mod errand;
mod grant_use;
mod inquiry;
mod key_use;
mod link;
mod logon;
mod nonce;
mod outlook;
mod permissions;
mod presign;
mod rate;
mod refused_signer;
mod run;
mod service_act;
mod standing;
mod turn;
mod watch;

use std::panic::{AssertUnwindSafe, catch_unwind};

use argali_protocol::{Call, Format, HttpRequest, format_of};
use argali_store::{Durable, Transaction};

pub use answer::Answer;
pub(crate) use authenticate::Authenticated;
pub(crate) use chain::{ending_of, judge_session, judge_session_under};
pub use context::{Context, OpenContext};
pub use data_call::{DataCall, DataCredential, DataRequest, Vigil};
pub use data_context::{Ask, DataContext, OpenTo};
pub use data_wait::{Awaited, Wait};
pub use errand::{BackendQuestion, Brought, Errand, Posted};
pub(crate) use grant_use::GrantUses;
pub(crate) use inquiry::Subject;
pub(crate) use key_use::KeyUses;
pub(crate) use link::assume_role_conditions;
pub use logon::LogonCredential;
pub(crate) use logon::{PresentLogon, verified_until};
pub(crate) use nonce::NonceMemory;
pub use outlook::{Outlook, Wish};
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
use crate::error::ApiError;
use crate::identifier::RequestId;
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
}

/// A panic is a bug of ours. It ends its request alone: whatever that held is dropped or rolled back.
fn guarded<T>(part: impl FnOnce() -> Result<T, ApiError>) -> Result<T, ApiError> {
    let result = catch_unwind(AssertUnwindSafe(part));
    result.unwrap_or_else(|_| Err(ApiError::internal("the operation panicked")))
}
