//! Who waits for messages of which queue, so that whoever waits is told at once when one comes.

use std::collections::BTreeMap;
use std::sync::Arc;

use parking_lot::Mutex;
use tokio::sync::Notify;

use crate::identifier::AccountId;

/// How many receivers of an account wait at the same time. Whoever comes then is answered at once.
const MOST_WAITING: usize = 1_000;

/// Everybody who waits for a message.
#[derive(Debug, Default)]
pub(crate) struct Arrivals(Mutex<Waiting>);

#[derive(Debug, Default)]
struct Waiting {
    /// By the number of the queue.
    queues: BTreeMap<u64, AtQueue>,
    accounts: BTreeMap<AccountId, usize>,
    /// Whether nobody waits any more, because the server stops.
    closed: bool,
}

#[derive(Debug, Default)]
struct AtQueue {
    waiting: usize,
    bell: Arc<Notify>,
}

/// Somebody who waits; dropping it makes room for another.
#[derive(Debug)]
pub(crate) struct Waiter<'a> {
    arrivals: &'a Arrivals,
    account: AccountId,
    queue: u64,
    bell: Arc<Notify>,
}

impl Arrivals {
    /// Lets a receiver of `account` wait at a queue; none if too many do, or the server stops.
    pub(crate) fn wait(&self, account: AccountId, queue: u64) -> Option<Waiter<'_>> {
        let mut all = self.0.lock();
        let of_account = all.accounts.get(&account).copied().unwrap_or_default();
        if all.closed || of_account >= MOST_WAITING {
            return None;
        }
        all.accounts.insert(account, of_account + 1);
        let at_queue = all.queues.entry(queue).or_default();
        at_queue.waiting += 1;
        let bell = Arc::clone(&at_queue.bell);
        Some(Waiter { arrivals: self, account, queue, bell })
    }

    /// Says that a message has come into a queue: one of those who wait there is woken.
    pub(crate) fn tell(&self, queue: u64) {
        if let Some(at_queue) = self.0.lock().queues.get(&queue) {
            at_queue.bell.notify_one();
        }
    }

    /// Whether waiting has an end, because the server stops.
    pub(crate) fn is_closed(&self) -> bool {
        self.0.lock().closed
    }

    /// Ends all waiting.
    pub(crate) fn close(&self) {
        let mut all = self.0.lock();
        all.closed = true;
        all.queues.values().for_each(|at_queue| at_queue.bell.notify_waiters());
    }
}

impl Waiter<'_> {
    /// Done when a message has come, or there is another reason to look.
    pub(crate) async fn told(&self) {
        self.bell.notified().await;
    }
}

impl Drop for Waiter<'_> {
    fn drop(&mut self) {
        let mut all = self.arrivals.0.lock();
        if let Some(at_queue) = all.queues.get_mut(&self.queue) {
            at_queue.waiting -= 1;
            if at_queue.waiting == 0 {
                all.queues.remove(&self.queue);
            }
        }
        if let Some(of_account) = all.accounts.get_mut(&self.account) {
            *of_account -= 1;
            if *of_account == 0 {
                all.accounts.remove(&self.account);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_message_wakes_one_of_those_who_wait() {
        let arrivals = Arrivals::default();
        let account: AccountId = "11223344".parse().unwrap();
        arrivals.tell(7);
        let first = arrivals.wait(account, 7).unwrap();
        let other = arrivals.wait(account, 8).unwrap();
        arrivals.tell(7);
        first.told().await;
        drop((first, other));
        let all = arrivals.0.lock();
        assert!(all.queues.is_empty() && all.accounts.is_empty(), "{all:?}");
    }

    #[test]
    fn an_account_has_so_many_who_wait_and_none_once_the_server_stops() {
        let arrivals = Arrivals::default();
        let (a, b) = ("11223344".parse().unwrap(), "12345678".parse().unwrap());
        let mut waiting: Vec<_> = (0..MOST_WAITING).map(|_| arrivals.wait(a, 7).unwrap()).collect();
        assert!(arrivals.wait(a, 8).is_none());
        assert!(arrivals.wait(b, 7).is_some(), "another account");
        waiting.pop();
        assert!(arrivals.wait(a, 8).is_some());
        arrivals.close();
        assert!(arrivals.wait(b, 7).is_none() && arrivals.is_closed());
    }
}
