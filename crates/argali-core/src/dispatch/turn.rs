//! Turns: how much of the server one account may take while others call too.
// SPEC: security, requests, limits: per account 256 requests at once and fair turns among accounts, beyond that
// `Throttling`.
//!
//! Whoever calls alone is served at once. While several accounts call, an account whose request follows another of its
//! own stands in its line: as many of a line come forward as there are workers, and each of them lets everything else
//! that is ready go first. So a flood waits in its own line, and the queue of the workers stays short for the others.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, AtomicUsize, Ordering};

use quick_cache::sync::Cache;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::error::{ApiError, ErrorCode};
use crate::identifier::AccountId;
use crate::time::Timestamp;

/// For how long after its last request an account is reckoned with.
const CALLS_TOO_MS: i64 = 1_000;

/// The number of no account.
const NOBODY: u64 = 0;

/// The requests of every account that wait, for their turn or for the disk.
#[derive(Debug)]
pub(crate) struct Turns {
    by_account: Cache<AccountId, Arc<OfAccount>>,
    most_at_once: usize,
    workers: usize,
    /// Who called last, as [`number`] has it.
    last: AtomicU64,
    /// When last another account called than before, in milliseconds.
    changed_hands: AtomicI64,
}

#[derive(Debug)]
struct OfAccount {
    waiting: AtomicUsize,
    workers: Arc<Semaphore>,
}

/// One request that waits; dropping it makes room for another.
#[derive(Debug)]
pub(super) struct Turn(Arc<OfAccount>);

/// A request that has to wait until its account's earlier ones were served.
#[derive(Debug)]
pub(super) struct Line(Turn);

/// A request at the head of its line; dropping it lets the next come forward.
#[derive(Debug)]
pub(super) struct Place {
    _permit: Option<OwnedSemaphorePermit>,
}

impl Turns {
    /// Room for about `accounts` accounts and `most_at_once` waiting requests of each, on `workers` workers.
    pub(crate) fn new(accounts: usize, most_at_once: usize, workers: usize) -> Self {
        Self {
            by_account: Cache::new(accounts),
            most_at_once,
            workers: workers.max(1),
            last: AtomicU64::new(NOBODY),
            changed_hands: AtomicI64::new(i64::MIN),
        }
    }

    /// Lets one more request of `account` wait. Fails with `Throttling` if too many do.
    pub(super) fn take(&self, account: AccountId) -> Result<Turn, ApiError> {
        // Counted before it is compared, so that no two can take the last place.
        let turn = Turn(self.of(account)?);
        if turn.0.waiting.fetch_add(1, Ordering::Relaxed) < self.most_at_once {
            return Ok(turn);
        }
        let message = format!(
            "Request was denied due to flow control: the account has {} requests under way; wait for some.",
            self.most_at_once
        );
        Err(ApiError::new(ErrorCode::Throttling, message))
    }

    /// The line in which a request of `account` has to wait at `now`; none if it may go on at once. Fails with
    /// `Throttling` if the line is too long.
    pub(super) fn line(&self, account: AccountId, now: Timestamp) -> Result<Option<Line>, ApiError> {
        let (caller, now) = (number(account), now.as_millis());
        let last = self.last.load(Ordering::Relaxed);
        let waits = if last == caller {
            now.saturating_sub(self.changed_hands.load(Ordering::Relaxed)) < CALLS_TOO_MS
        } else {
            self.last.store(caller, Ordering::Relaxed);
            if last != NOBODY {
                self.changed_hands.store(now, Ordering::Relaxed);
            }
            // Not past those of its own account that wait already.
            self.of(account)?.workers.available_permits() < self.workers
        };
        waits.then(|| self.take(account).map(Line)).transpose()
    }

    fn of(&self, account: AccountId) -> Result<Arc<OfAccount>, ApiError> {
        self.by_account.get_or_insert_with(&account, || {
            let workers = Arc::new(Semaphore::new(self.workers));
            Ok(Arc::new(OfAccount { waiting: AtomicUsize::new(0), workers }))
        })
    }
}

impl Line {
    /// Waits until the request is at the head of its line and what is ready of others was served.
    pub(super) async fn come_forward(self) -> Place {
        let permit = Arc::clone(&self.0.0.workers).acquire_owned().await.ok();
        // A task that is woken would otherwise run before those that were ready earlier.
        tokio::task::yield_now().await;
        Place { _permit: permit }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.0.waiting.fetch_sub(1, Ordering::Relaxed);
    }
}

/// An account as a number that fits an atomic. Accounts of 20 digits may share one and then count as one account,
/// which costs them nothing but fairness between them.
fn number(account: AccountId) -> u64 {
    account.as_str().bytes().fold(0, |number: u64, digit| number.wrapping_mul(10).wrapping_add(digit.into()))
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;

    fn accounts() -> (AccountId, AccountId) {
        ("11223344".parse().unwrap(), "12345678".parse().unwrap())
    }

    const fn at(millis: i64) -> Timestamp {
        Timestamp::from_millis(millis)
    }

    /// Turns of a server with one worker, where `a` and then `b` just called.
    fn both_call(a: AccountId, b: AccountId) -> Turns {
        let turns = Turns::new(10, 256, 1);
        assert!(turns.line(a, at(0)).unwrap().is_none());
        assert!(turns.line(b, at(0)).unwrap().is_none());
        turns
    }

    #[test]
    fn an_account_has_so_many_turns_and_gets_them_back() {
        let turns = Turns::new(10, 256, 1);
        let (a, b) = accounts();
        let mut taken: Vec<_> = (0..256).map(|_| turns.take(a).unwrap()).collect();
        assert_eq!(turns.take(a).unwrap_err().code(), &ErrorCode::Throttling);
        assert!(turns.take(b).is_ok(), "another account");
        taken.pop();
        assert!(turns.take(a).is_ok());
    }

    #[test]
    fn whoever_calls_alone_never_waits() {
        let turns = Turns::new(10, 256, 1);
        let (a, b) = accounts();
        let waits = |account, now| turns.line(account, at(now)).unwrap().is_some();
        assert!((0..2_000).all(|now| !waits(a, now)));
        assert!(!waits(b, 5_000));
        assert!(waits(b, 5_999), "`a` may be there still");
        assert!(!waits(b, 6_000), "`a` has not called for a second");
    }

    #[test]
    fn a_request_waits_behind_those_of_its_own_account_only() {
        let (a, b) = accounts();
        let turns = both_call(a, b);
        let second_of_b = turns.line(b, at(1)).unwrap().expect("b was the last to call");
        let place = second_of_b.0.0.workers.clone().try_acquire_owned().unwrap();
        assert!(turns.line(a, at(1)).unwrap().is_none(), "b was the last to call");
        assert!(turns.line(b, at(1)).unwrap().is_some(), "one of b is at the head of its line");
        assert!(turns.line(a, at(1)).unwrap().is_none());
        drop(place);
        assert!(turns.line(b, at(1)).unwrap().is_none());
    }

    #[test]
    fn a_line_has_an_end() {
        let (a, b) = accounts();
        let turns = both_call(a, b);
        let line: Vec<_> = (0..256).map(|_| turns.line(b, at(1)).unwrap().unwrap()).collect();
        assert_eq!(turns.line(b, at(1)).unwrap_err().code(), &ErrorCode::Throttling);
        assert!(turns.line(a, at(1)).is_ok(), "another account");
        drop(line);
        assert!(turns.line(b, at(1)).is_ok());
    }

    #[tokio::test]
    async fn what_is_ready_of_others_goes_first() {
        let (a, b) = accounts();
        let turns = both_call(a, b);
        let order = RefCell::new(Vec::new());
        let of_b = |name| {
            let line = turns.line(b, at(1)).unwrap().unwrap();
            let order = &order;
            async move {
                let _place = line.come_forward().await;
                order.borrow_mut().push(name);
            }
        };
        let of_a = async { order.borrow_mut().push("a") };
        tokio::join!(of_b("first of b"), of_b("second of b"), of_a);
        assert_eq!(*order.borrow(), ["a", "first of b", "second of b"]);
    }
}
