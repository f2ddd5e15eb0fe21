//! The promise that a change is on disk.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use parking_lot::{Condvar, Mutex};

use crate::StoreError;

/// A promise that an accepted change will be on disk.
///
/// Answer nobody before it is kept. It can be waited for with or without a runtime: [`wait`]
/// blocks the thread, `.await` does not. Dropping it drops only the promise; the change stays.
///
/// [`wait`]: Durable::wait
#[must_use = "a change may be acknowledged only when this promise is kept"]
#[derive(Debug)]
pub struct Durable {
    state: State,
}

impl Durable {
    /// A promise already kept.
    pub fn kept() -> Durable {
        Durable { state: State::Known(Ok(())) }
    }

    /// A promise already broken.
    pub fn broken(reason: StoreError) -> Durable {
        Durable { state: State::Known(Err(reason)) }
    }

    /// Blocks until the change is on disk.
    ///
    /// # Errors
    ///
    /// Fails if the flush failed. Whether the change survives a restart is then unknown.
    pub fn wait(self) -> Result<(), StoreError> {
        match self.state {
            State::Known(outcome) => outcome,
            State::Pending(flush, _) => flush.wait(),
        }
    }
}

impl Future for Durable {
    type Output = Result<(), StoreError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match &mut self.state {
            State::Known(outcome) => Poll::Ready(outcome.clone()),
            State::Pending(flush, place) => flush.poll(place, cx.waker()),
        }
    }
}

#[derive(Debug)]
enum State {
    Known(Result<(), StoreError>),
    /// The flush, and this promise's place among those to wake.
    Pending(Arc<Flush>, Option<usize>),
}

/// One flush to come, shared by every change that it will cover.
#[derive(Debug, Default)]
pub(crate) struct Flush {
    progress: Mutex<Progress>,
    ended: Condvar,
}

#[derive(Debug, Default)]
struct Progress {
    outcome: Option<Result<(), StoreError>>,
    wakers: Vec<Waker>,
}

impl Flush {
    /// Returns a promise that is kept when this flush succeeds.
    pub(crate) fn promise(self: &Arc<Flush>) -> Durable {
        Durable { state: State::Pending(Arc::clone(self), None) }
    }

    /// Tells everyone how it went. Only the first call counts.
    pub(crate) fn end(&self, outcome: &Result<(), StoreError>) {
        let wakers = {
            let mut progress = self.progress.lock();
            if progress.outcome.is_some() {
                return;
            }
            progress.outcome = Some(outcome.clone());
            std::mem::take(&mut progress.wakers)
        };
        self.ended.notify_all();
        for waker in wakers {
            waker.wake();
        }
    }

    fn wait(&self) -> Result<(), StoreError> {
        let mut progress = self.progress.lock();
        loop {
            if let Some(outcome) = &progress.outcome {
                return outcome.clone();
            }
            self.ended.wait(&mut progress);
        }
    }

    fn poll(&self, place: &mut Option<usize>, waker: &Waker) -> Poll<Result<(), StoreError>> {
        let mut progress = self.progress.lock();
        if let Some(outcome) = &progress.outcome {
            return Poll::Ready(outcome.clone());
        }
        match place.and_then(|place| progress.wakers.get_mut(place)) {
            Some(known) => known.clone_from(waker),
            None => {
                *place = Some(progress.wakers.len());
                progress.wakers.push(waker.clone());
            }
        }
        Poll::Pending
    }
}
