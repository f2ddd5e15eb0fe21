//! How long a refused logon takes tells nothing: neither whether there is such a user nor whether it is locked.
// SPEC: security, console: unknown user, wrong password and locked user answer alike in text, status and time (±10 %).

use std::time::{Duration, Instant};

use argali_testkit::{Enterprise, TestServer, minutes};

use crate::person::PASSWORD;
use crate::world::tenant_on;

/// How many times each kind is measured in one go, and how many goes there are before it counts as different.
const ROUNDS: usize = 25;
const GOES: usize = 12;
const TOLERANCE: f64 = 0.10;

/// What is tried in turn, so that whatever else the machine does falls on all alike: nobody; a user with a wrong
/// password; one who is locked, with the right password.
const KINDS: [(&str, &str); 3] = [("nobody", PASSWORD), ("wrong", "not the password"), ("locked", PASSWORD)];

fn try_once(a: &Enterprise, (user, password): (&str, &str)) -> (Duration, (u16, String, String)) {
    let name = format!("{user}@{}", a.alias);
    let params = [("LogonName", name.as_str()), ("Password", password)];
    let start = now();
    let failure = a.client.call_unsigned("Argali", "LogOn", &params).unwrap_err();
    (start.elapsed(), (failure.status, failure.code, failure.message))
}

#[expect(clippy::disallowed_methods, reason = "what is measured is the time that really passes")]
fn now() -> Instant {
    Instant::now()
}

/// Measures each kind in turn and adds what it took to `times`.
fn measure(server: &TestServer, a: &Enterprise, times: &mut [Vec<f64>; 3]) {
    for round in 0..ROUNDS {
        // Earlier guesses and locks are over, so that nothing waits and only one of the three is locked.
        server.clock().advance(minutes(61));
        try_once(a, ("locked", "not the password"));
        for turn in 0..KINDS.len() {
            let kind = (round + turn) % KINDS.len();
            let (time, answer) = try_once(a, KINDS[kind]);
            assert_eq!((answer.0, answer.1.as_str()), (403, "Logon.Failed"));
            times[kind].push(time.as_secs_f64());
        }
    }
}

/// What a quarter of the calls took at most: on a machine that does other things too, these were disturbed least.
fn lower_quartile(times: &[f64]) -> f64 {
    let mut times = times.to_vec();
    times.sort_by(f64::total_cmp);
    times[times.len() / 4]
}

#[test]
fn unknown_wrong_and_locked_take_the_same_time() {
    let server = TestServer::start();
    let a = tenant_on(&server);
    for user in ["wrong", "locked"] {
        a.must("Ram", "CreateUser", &[("UserName", user)]);
        a.must("Ram", "CreateLoginProfile", &[("UserName", user), ("Password", PASSWORD)]);
    }
    a.must("Ims", "SetPasswordPolicy", &[("MaxLoginAttemps", "1"), ("InitialPasswordAge", "0")]);
    // What really differs differs the more surely the more is measured; what only the machine made differ evens out.
    let mut times: [Vec<f64>; 3] = Default::default();
    let mut seen = Vec::new();
    for _ in 0..GOES {
        measure(&server, &a, &mut times);
        let quartiles = [0, 1, 2].map(|kind| lower_quartile(&times[kind]));
        let least = quartiles.into_iter().fold(f64::MAX, f64::min);
        let most = quartiles.into_iter().fold(0.0, f64::max);
        if most <= least * (1.0 + TOLERANCE) {
            return;
        }
        seen.push(quartiles);
    }
    panic!("lower quartiles of nobody, a wrong password and a locked user in seconds: {seen:?}");
}

/// The same answer, and the same work: what a logon costs is one password that is hashed, whoever is meant.
#[test]
fn whoever_is_refused_has_cost_one_hash() {
    let server = TestServer::start();
    let a = tenant_on(&server);
    for user in ["wrong", "locked"] {
        a.must("Ram", "CreateUser", &[("UserName", user)]);
        a.must("Ram", "CreateLoginProfile", &[("UserName", user), ("Password", PASSWORD)]);
    }
    a.must("Ims", "SetPasswordPolicy", &[("MaxLoginAttemps", "1"), ("InitialPasswordAge", "0")]);
    try_once(&a, ("locked", "not the password"));
    let mut answers = Vec::new();
    for kind in KINDS {
        let before = server.core().passwords_hashed();
        answers.push(try_once(&a, kind).1);
        assert_eq!(server.core().passwords_hashed() - before, 1, "{kind:?}");
    }
    assert!(answers.windows(2).all(|pair| pair[0] == pair[1]), "{answers:?}");
}
