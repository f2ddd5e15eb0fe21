//! What every engine has to do, as tests that run on any of them.
//!
//! ```
//! mod memory {
//!     argali_store::conformance!(
//!         || argali_store::conformance::Subject::new(argali_store::Store::memory),
//!         skip { reopening_keeps_what_was_durable: "memory is gone when the process is" },
//!     );
//! }
//! ```
//!
//! Each case is a `#[test]` of its own name. An engine opts out of one by name, with the reason.

#![expect(clippy::missing_panics_doc, reason = "a case panics when the engine does not conform")]
#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "these are tests")]

mod model;
mod transactions;
mod values;

use std::sync::Arc;
use std::task::{Context, Poll, Wake};

pub use self::model::*;
pub use self::transactions::*;
pub use self::values::*;
use crate::{Pair, Store, StoreError, Transaction};

/// Makes a `#[test]` of every case. The first argument is a closure that returns a [`Subject`].
#[macro_export]
macro_rules! conformance {
    ($make:expr $(, skip { $($name:ident: $reason:literal),+ $(,)? })? $(,)?) => {
        const SKIPPED: &[(&str, &str)] = &[$($((stringify!($name), $reason)),+)?];

        #[test]
        fn skips_name_cases() {
            $crate::conformance::check_skips(SKIPPED);
        }

        $crate::conformance_cases!(@tests ($make));
    };
}

/// The list of the cases, and what is made of it.
#[doc(hidden)]
#[macro_export]
macro_rules! conformance_cases {
    (@tests ($make:expr)) => {
        $crate::conformance_cases!(@each test ($make));
    };
    (@each $what:ident $argument:tt) => {
        $crate::conformance_cases! { @$what $argument
            what_was_never_put_is_absent
            what_was_put_is_read
            putting_again_replaces
            what_was_deleted_is_absent
            deleting_what_is_absent_is_fine
            an_empty_value_is_a_value
            keys_are_any_bytes_in_byte_order
            the_longest_key_and_value_are_kept
            an_empty_or_too_long_key_is_refused
            a_too_long_value_is_refused
            a_refused_change_changes_nothing
            a_range_is_half_open
            an_empty_or_inverted_range_holds_nothing
            a_page_has_at_most_its_limit
            pages_join_without_gap
            a_transaction_reads_its_own_changes
            a_transaction_scans_its_own_changes
            a_dropped_transaction_leaves_no_trace
            a_failed_body_leaves_no_trace
            a_reader_keeps_its_state
            a_reader_keeps_its_state_through_deletions
            a_reader_does_not_wait_for_the_writer
            a_reader_cannot_change_anything
            a_reader_without_changes_commits
            a_writer_sees_what_was_accepted_before
            a_writer_scans_what_was_accepted_before
            what_is_durable_is_read
            a_reader_sees_a_transaction_whole_or_not_at_all
            an_empty_transaction_is_durable_after_what_it_saw
            a_promise_is_a_future
            a_dropped_promise_drops_no_change
            concurrent_increments_lose_nothing
            reopening_keeps_what_was_durable
            it_behaves_like_an_ordered_map
        }
    };
    (@test ($make:expr) $($case:ident)+) => {
        $(
            #[test]
            fn $case() {
                let skipped = SKIPPED.iter().any(|(name, _)| *name == stringify!($case));
                if !skipped {
                    $crate::conformance::$case(&($make)());
                }
            }
        )+
    };
    (@names () $($case:ident)+) => { &[$(stringify!($case)),+] };
}

const CASES: &[&str] = conformance_cases!(@each names ());

/// What a case runs on.
#[expect(missing_debug_implementations, reason = "it holds a closure")]
pub struct Subject {
    open: Box<dyn Fn() -> Store>,
}

impl Subject {
    /// `open` opens the engine; called again, it opens it on the same data, if it keeps any.
    pub fn new(open: impl Fn() -> Store + 'static) -> Subject {
        Subject { open: Box::new(open) }
    }

    fn open(&self) -> Store {
        (self.open)()
    }
}

/// Every skipped case exists and has a reason.
pub fn check_skips(skipped: &[(&str, &str)]) {
    for (name, reason) in skipped {
        assert!(CASES.contains(name), "`{name}` is not a case");
        assert!(!reason.is_empty(), "`{name}` is skipped without a reason");
    }
}

fn abcd(subject: &Subject) -> Store {
    let store = subject.open();
    put(&store, &[(b"a", b"1"), (b"b", b"2"), (b"c", b"3"), (b"d", b"4")]);
    store
}

fn abcd_pairs() -> Vec<Pair> {
    vec![pair(b"a", b"1"), pair(b"b", b"2"), pair(b"c", b"3"), pair(b"d", b"4")]
}

fn pair(key: &[u8], value: &[u8]) -> Pair {
    (key.to_vec(), value.to_vec())
}

fn get(store: &Store, key: &[u8]) -> Option<Vec<u8>> {
    store.read().unwrap().get(key).unwrap()
}

fn scan(store: &Store, start: &[u8], end: &[u8], limit: usize) -> Vec<Pair> {
    store.read().unwrap().scan(start, end, limit).unwrap()
}

fn put(store: &Store, pairs: &[(&[u8], &[u8])]) {
    change(store, |transaction| pairs.iter().for_each(|(key, value)| transaction.put(key, value)));
}

fn change(store: &Store, body: impl Fn(&mut dyn Transaction)) {
    commit(store, body).unwrap().wait().unwrap();
}

fn commit(store: &Store, body: impl Fn(&mut dyn Transaction)) -> Result<crate::Durable, StoreError> {
    let changed = store.transact(|transaction| {
        body(transaction);
        Ok::<_, StoreError>(())
    });
    changed.map(|((), durable)| durable)
}

fn increment(store: &Store) {
    let ((), durable) = store
        .transact::<_, StoreError>(|transaction| {
            let count = transaction.get(b"count")?;
            let count = count.map_or(0, |bytes| u32::from_be_bytes(bytes.try_into().unwrap()));
            transaction.put(b"count", &(count + 1).to_be_bytes());
            Ok(())
        })
        .unwrap();
    durable.wait().unwrap();
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    struct Unpark(std::thread::Thread);
    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let waker = Arc::new(Unpark(std::thread::current())).into();
    let mut future = std::pin::pin!(future);
    loop {
        if let Poll::Ready(outcome) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
            return outcome;
        }
        std::thread::park();
    }
}
