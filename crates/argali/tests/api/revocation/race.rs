//! Revoking while the session is in full use: nothing that begins after the revocation's answer succeeds, and
//! nothing that was judged before it takes effect later.
// SPEC: security, the promise, P1 and P2.

use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use argali_testkit::{Client, Enterprise, TestServer, trust};

use super::{REVOKED, ask};
use crate::stage::{fresh, text};
use crate::world::on_each_engine;

const THREADS: usize = 20;
const ROUNDS: usize = 6;

/// Names of all users of an account.
fn users(owner: &Enterprise) -> usize {
    let listed = owner.must("Ram", "ListUsers", &[("MaxItems", "1000")]);
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

fn race(
    server: &TestServer,
    revoke: impl Fn(&Enterprise, &Enterprise),
    restore: impl Fn(&Enterprise, &Enterprise),
) {
    let (a, b) = (server.account("company-a", "11223344"), server.account("company-b", "12345678"));
    let role = a.role("admin", &[&b.root_arn()], &["AliyunRAMFullAccess"]);
    let alice = b.user("alice");
    b.grant("alice", "AliyunSTSAssumeRoleAccess");
    let session = alice.assume(&role, "at-work").unwrap();
    for _ in 0..ROUNDS {
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
            revoke(&a, &b);
            revoked.store(true, Ordering::SeqCst);
            users(&a)
        });
        assert_eq!(users(&a), at_revocation, "a change was made after the revocation's answer");
        restore(&a, &b);
    }
}

fn set_trust(a: &Enterprise, principals: &[&str]) {
    let document = trust(principals).to_string();
    let params = [("RoleName", "admin"), ("NewAssumeRolePolicyDocument", document.as_str())];
    a.must("Ram", "UpdateRole", &params);
}

#[test]
fn a_trust_that_is_withdrawn() {
    on_each_engine(|server| {
        race(server, |a, _| set_trust(a, &[]), |a, b| set_trust(a, &[&b.root_arn()]));
    });
}

#[test]
fn a_key_that_is_disabled_in_the_other_account() {
    on_each_engine(|server| {
        let set = |b: &Enterprise, status| {
            let listed = b.must("Ram", "ListAccessKeys", &[("UserName", "alice")]);
            let id = text(&listed["AccessKeys"]["AccessKey"][0]["AccessKeyId"]);
            let params = [("UserName", "alice"), ("UserAccessKeyId", id.as_str()), ("Status", status)];
            b.must("Ram", "UpdateAccessKey", &params);
        };
        race(server, |_, b| set(b, "Inactive"), |_, b| set(b, "Active"));
    });
}

#[test]
fn a_permission_that_is_detached_in_the_other_account() {
    const GRANT: [(&str, &str); 3] =
        [("UserName", "alice"), ("PolicyName", "AliyunSTSAssumeRoleAccess"), ("PolicyType", "System")];
    on_each_engine(|server| {
        let detach = |_: &Enterprise, b: &Enterprise| {
            b.must("Ram", "DetachPolicyFromUser", &GRANT);
        };
        let attach = |_: &Enterprise, b: &Enterprise| {
            b.must("Ram", "AttachPolicyToUser", &GRANT);
        };
        race(server, detach, attach);
    });
}
