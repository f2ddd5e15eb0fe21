//! Revoking while the session is in full use: nothing that begins after the revocation's answer succeeds, and
//! nothing that was judged before it takes effect later.
// SPEC: security, the promise, P1 and P2.

use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use argali_testkit::{Client, Engine, Enterprise, TestServer, trust};

use super::{REVOKED, ask};
use crate::stage::{fresh, text};
use crate::world::tenant_on;

const THREADS: usize = 20;
const ROUNDS: usize = 20;

/// How many users an account has.
fn users(owner: &Enterprise) -> usize {
    let listed = owner.must("Ram", "ListUsers", &[("MaxItems", "1000")]);
    assert_eq!(listed["IsTruncated"], false, "too many to be told apart");
    listed["Users"]["User"].as_array().unwrap().len()
}

/// Uses a session until it is refused some time after the revocation; fails if it succeeds after that.
fn use_until_refused(session: &Client, revoked: &AtomicBool, done: &AtomicUsize, change: bool) {
    let mut refusals_after = 0;
    while refusals_after < 3 {
        // Read before the request begins.
        let after = revoked.load(Ordering::SeqCst);
        let result = if change {
            session.call("Ram", "CreateUser", &[("UserName", &fresh("raced"))])
        } else {
            session.call("Ram", "ListGroups", &[])
        };
        match result {
            Ok(_) => {
                assert!(!after, "a request that began after the revocation's answer succeeded");
                done.fetch_add(1, Ordering::SeqCst);
            }
            Err(failure) => {
                assert_eq!(failure.code, REVOKED, "{failure}");
                refusals_after += usize::from(after);
            }
        }
    }
}

/// Revokes a session that twenty threads use, again and again, each time in new accounts.
fn race(revoke: impl Fn(&Enterprise, &Enterprise)) {
    for engine in [Engine::Memory, Engine::Embedded] {
        // With more workers than cores some are always held up: between judging a request and carrying it out, too.
        let server =
            TestServer::builder().engine(engine).configure(|config| config.server.workers = 16).start();
        for _ in 0..ROUNDS {
            let (a, b) = (tenant_on(&server), tenant_on(&server));
            race_once(&a, &b, &revoke);
        }
    }
}

fn race_once(a: &Enterprise, b: &Enterprise, revoke: impl Fn(&Enterprise, &Enterprise)) {
    let role = a.role("admin", &[&b.root_arn()], &["AliyunRAMFullAccess"]);
    let alice = b.user("alice");
    b.grant("alice", "AliyunSTSAssumeRoleAccess");
    let session = alice.assume(&role, "at-work").unwrap();
    // Or the threads would wait for a success that never comes.
    assert_eq!(ask(&session), "good");
    let (revoked, done) = (AtomicBool::new(false), AtomicUsize::new(0));
    let barrier = Barrier::new(THREADS + 1);
    let at_revocation = std::thread::scope(|scope| {
        for number in 0..THREADS {
            let (session, revoked, done, barrier) = (&session, &revoked, &done, &barrier);
            scope.spawn(move || {
                barrier.wait();
                use_until_refused(session, revoked, done, number % 2 == 0);
            });
        }
        barrier.wait();
        // In full use, not before.
        while done.load(Ordering::SeqCst) < THREADS {
            std::thread::yield_now();
        }
        revoke(a, b);
        revoked.store(true, Ordering::SeqCst);
        users(a)
    });
    assert_eq!(users(a), at_revocation, "a change was made after the revocation's answer");
}

#[test]
fn a_trust_that_is_withdrawn() {
    race(|a, _| {
        let nobody = trust(&[]).to_string();
        let params = [("RoleName", "admin"), ("NewAssumeRolePolicyDocument", nobody.as_str())];
        a.must("Ram", "UpdateRole", &params);
    });
}

#[test]
fn a_permission_that_is_detached_in_the_other_account() {
    race(|_, b| {
        let grant =
            [("UserName", "alice"), ("PolicyName", "AliyunSTSAssumeRoleAccess"), ("PolicyType", "System")];
        b.must("Ram", "DetachPolicyFromUser", &grant);
    });
}

#[test]
fn a_key_that_is_disabled_in_the_other_account() {
    race(|_, b| {
        let listed = b.must("Ram", "ListAccessKeys", &[("UserName", "alice")]);
        let id = text(&listed["AccessKeys"]["AccessKey"][0]["AccessKeyId"]);
        let params = [("UserName", "alice"), ("UserAccessKeyId", id.as_str()), ("Status", "Inactive")];
        b.must("Ram", "UpdateAccessKey", &params);
    });
}
