//! What was found once, and what led to something new, is handed over again; and some damage besides, so that the
//! targets themselves are tested without waiting for a minute.

use std::time::Duration;

use argali_fuzz::{Plan, TARGETS, replay, run};

/// One after the other: a panic belongs to whichever target has an input in its hands.
#[test]
fn nothing_that_was_found_happens_again() {
    for target in TARGETS {
        for (file, input) in target.files("corpus").into_iter().chain(target.files("findings")) {
            if let Err(failure) = replay(target, &input) {
                panic!("{file}: {failure}");
            }
        }
        let plan = Plan { time: Duration::from_secs(60), inputs: 300, seed: 1, keep: false, timed: false };
        let report = run(target, &plan);
        assert!(report.failures.is_empty(), "{}: {}", target.name, report.failures[0]);
        assert!(report.outcomes > 3, "{}: all damage comes out alike", target.name);
    }
}
