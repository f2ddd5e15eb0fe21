//! A few threads for slow work, so that the threads that answer requests never do any.

use std::fmt;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, OnceLock};

use parking_lot::Mutex;
use tokio::sync::oneshot;

/// Threads that do one kind of work. They are started when the first piece comes, and end when this is dropped.
pub(crate) struct Pool {
    threads: usize,
    most_waiting: usize,
    queue: OnceLock<SyncSender<Job>>,
}

type Job = Box<dyn FnOnce() + Send>;

/// Why a piece of work was not done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NotDone {
    /// As many wait as may.
    #[error("too many wait for this kind of work")]
    TooMany,
    /// The work panicked, or the process is ending.
    #[error("the work broke off")]
    BrokeOff,
}

impl Pool {
    /// A pool that does `threads` pieces at once while at most `most_waiting` others wait.
    pub(crate) const fn new(threads: usize, most_waiting: usize) -> Self {
        Self { threads, most_waiting, queue: OnceLock::new() }
    }

    /// Does `work` on one of the threads.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, NotDone> {
        let (done, result) = oneshot::channel();
        // Whoever waited may have gone.
        let job: Job = Box::new(move || drop(done.send(work())));
        let queue = self.queue.get_or_init(|| start(self.threads, self.most_waiting));
        queue.try_send(job).map_err(|error| match error {
            TrySendError::Full(_) => NotDone::TooMany,
            TrySendError::Disconnected(_) => NotDone::BrokeOff,
        })?;
        result.await.map_err(|_| NotDone::BrokeOff)
    }
}

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pool").field("threads", &self.threads).finish_non_exhaustive()
    }
}

fn start(threads: usize, most_waiting: usize) -> SyncSender<Job> {
    let (queue, jobs) = sync_channel(most_waiting);
    let jobs = Arc::new(Mutex::new(jobs));
    for _ in 0..threads.max(1) {
        let jobs = Arc::clone(&jobs);
        std::thread::spawn(move || {
            while let Some(job) = next(&jobs) {
                // A piece that panics ends alone: whoever waits for it is told, and the thread goes on.
                if std::panic::catch_unwind(std::panic::AssertUnwindSafe(job)).is_err() {
                    tracing::error!("a piece of slow work panicked");
                }
            }
        });
    }
    queue
}

/// The lock is held while waiting, and given back before the work begins.
fn next(jobs: &Mutex<Receiver<Job>>) -> Option<Job> {
    jobs.lock().recv().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_piece_that_panics_ends_alone() {
        let pool = Pool::new(1, 4);
        assert_eq!(pool.run(|| panic!("a bug")).await, Err::<(), _>(NotDone::BrokeOff));
        assert_eq!(pool.run(|| 7).await, Ok(7));
    }

    #[tokio::test]
    async fn beyond_the_queue_work_is_refused() {
        let pool = Pool::new(1, 1);
        let (release, released) = sync_channel::<()>(0);
        let first = pool.run(move || released.recv().is_err());
        let mut first = Box::pin(first);
        let polled = std::future::poll_fn(|cx| std::task::Poll::Ready(first.as_mut().poll(cx))).await;
        assert!(polled.is_pending());
        // The thread has taken the first or not; of two more the queue has room for one at most.
        let mut others = [true, true].map(|done| Box::pin(pool.run(move || done)));
        let mut refused = 0;
        for other in &mut others {
            let polled = std::future::poll_fn(|cx| std::task::Poll::Ready(other.as_mut().poll(cx))).await;
            refused += usize::from(polled == std::task::Poll::Ready(Err(NotDone::TooMany)));
        }
        assert!((1..=2).contains(&refused));
        drop(release);
        assert_eq!(first.await, Ok(true));
    }
}
