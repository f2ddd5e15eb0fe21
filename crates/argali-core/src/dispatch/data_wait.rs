//! Calls that wait until there is something for them, such as receiving a message.
//!
//! Nobody who waits holds a transaction or a worker: it is told when something has come, and looks now and then, because
//! time alone makes messages visible, and because whoever has lost the right to wait must stop.
// SPEC: security, the promise, P6.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use super::data_call::DataCall;
use super::data_context::DataContext;
use super::guarded;
use crate::error::{ApiError, ErrorCode};
use crate::identifier::AccountId;
use crate::operation::DataOperation;

/// How often it is asked whether there is something, and whether the caller may wait for it still.
const ASK_EVERY: Duration = Duration::from_millis(400);

/// A change that takes something, which may not be there yet.
pub trait Awaited: DataOperation {
    /// What it waits for.
    fn wait(&self, subject: &Self::Subject) -> Wait;

    /// Whether there is something now.
    fn is_there(&self, cx: &DataContext<'_>, subject: &Self::Subject) -> Result<bool, ApiError>;

    /// What is answered if nothing is there; the change itself fails so, too.
    fn nothing() -> ApiError;
}

/// What is waited for.
#[derive(Clone, Copy, Debug)]
pub struct Wait {
    /// Whose queue it is.
    pub account: AccountId,
    /// The queue's number.
    pub queue: u64,
    /// For how long, in seconds.
    pub longest_s: u32,
}

impl DataCall {
    /// Judges and runs a change as [`DataCall::change`], once there is something for it. It is judged anew at each look,
    /// and is on record once, whatever comes of it.
    ///
    /// # Errors
    ///
    /// Fails as the operation does, if nothing comes in time, and as soon as the caller may no longer wait.
    pub async fn change_when_there<O: Awaited>(&mut self, operation: &O) -> Result<O::Answer, ApiError> {
        let core = Arc::clone(self.core());
        let subject = self.admit(operation).await?;
        let Wait { account, queue, longest_s } = operation.wait(&subject);
        let waits = || core.arrivals().wait(account, queue);
        let Some(waiter) = (longest_s > 0).then(waits).flatten() else {
            return self.change(operation).await;
        };
        let ends_at = core.env().now().plus_seconds(longest_s.into());
        let latest = Instant::now() + Duration::from_secs(longest_s.into());
        loop {
            match guarded(|| self.look(operation)) {
                Ok(true) => {
                    if let Some(answer) = self.change_unless(operation, is_not_the_end::<O>).await? {
                        return Ok(answer);
                    }
                }
                Ok(false) => {}
                Err(error) => return Err(self.refuse(error).await),
            }
            let is_over = Instant::now() >= latest || core.env().now() >= ends_at;
            if is_over || core.arrivals().is_closed() {
                return Err(self.refuse(O::nothing()).await);
            }
            // Whether it was told or time has passed, it looks again.
            drop(timeout_at((Instant::now() + ASK_EVERY).min(latest), waiter.told()).await);
        }
    }

    /// Whether there is something for the caller, who still may ask.
    fn look<O: Awaited>(&mut self, operation: &O) -> Result<bool, ApiError> {
        let core = Arc::clone(self.core());
        self.is_judged_now();
        let mut snapshot = core.store().read()?;
        let looked = self.within(snapshot.as_mut(), |cx| {
            let subject = operation.authorize(cx)?;
            operation.is_there(cx, &subject)
        });
        looked.map(|(is_there, _)| is_there)
    }
}

/// Whether a failure says that somebody else was faster, or that too many try at the same time.
fn is_not_the_end<O: Awaited>(error: &ApiError) -> bool {
    error.code() == O::nothing().code() || *error.code() == ErrorCode::Throttling
}
