//! How records are kept: in files of a size, for a time, flushed as the operator wants.
// SPEC: security, audit, A2.

use std::path::Path;

use argali_server::config::Flush;
use argali_server::{Verdict, verify_trail};
use argali_testkit::{Engine, Enterprise, TestServer, hours};

use super::records;
use crate::expect::Calls;
use crate::stage::text;
use crate::world::tenant_on;

fn segments(server: &TestServer) -> usize {
    let folder = std::fs::read_dir(server.folder().unwrap().join("audit")).unwrap();
    let is_segment = |path: &Path| path.extension().is_some_and(|extension| extension == "jsonl");
    folder.filter(|entry| is_segment(&entry.as_ref().unwrap().path())).count()
}

#[track_caller]
fn intact(server: &TestServer) -> u64 {
    match verify_trail(server.folder().unwrap()).unwrap() {
        Verdict::Intact { records } => records,
        Verdict::Damaged(damage) => panic!("{damage}"),
    }
}

/// Makes calls until there are so many segments.
fn fill_up_to(wanted: usize, server: &TestServer, a: &Enterprise) {
    while segments(server) < wanted {
        for _ in 0..200 {
            // A refusal is appended before its answer.
            a.client.refused("Ram", "GetUser", &[("UserName", "nobody")], "EntityNotExist.User");
        }
    }
}

#[test]
fn old_segments_go_and_the_rest_is_intact() {
    let server = TestServer::builder().engine(Engine::Embedded).configure(|config| {
        config.audit.segment_mib = 1.try_into().unwrap();
        config.audit.retention_days = 1;
    });
    let server = server.start();
    let a = tenant_on(&server);
    fill_up_to(2, &server, &a);
    server.clock().advance(hours(20));
    fill_up_to(3, &server, &a);
    let all = intact(&server);
    server.core().tidy().unwrap();
    assert_eq!(segments(&server), 3, "nothing is a day old");
    server.clock().advance(hours(5));
    server.core().tidy().unwrap();
    assert_eq!(segments(&server), 2, "the first is");
    let left = intact(&server);
    assert!(left < all);
    let id = text(&a.must("Ram", "CreateUser", &[("UserName", "later")])["RequestId"]);
    let server = server.restart();
    assert_eq!(intact(&server), left + 1);
    assert!(records(&server).iter().any(|record| record["requestId"] == id.as_str()));
    server.clock().advance(hours(48));
    server.core().tidy().unwrap();
    assert_eq!(segments(&server), 1, "the one that is written to stays, however old");
    intact(&server);
}

#[test]
fn what_is_flushed_before_each_answer_is_answered_all_the_same() {
    let server = TestServer::builder()
        .engine(Engine::Embedded)
        .configure(|config| config.audit.flush = Flush::Each)
        .start();
    let a = tenant_on(&server);
    let role = a.role("ops", &[&a.root_arn()], &[]);
    let alice = a.user("alice");
    a.grant("alice", "AliyunSTSAssumeRoleAccess");
    std::thread::scope(|scope| {
        for _ in 0..8 {
            let (alice, role) = (alice.clone(), role.clone());
            scope.spawn(move || {
                for _ in 0..10 {
                    alice.assume(&role, "at-work").unwrap();
                    alice.refused("Ram", "ListUsers", &[], "NoPermission");
                }
            });
        }
    });
    let actions = |name: &str| records(&server).iter().filter(|record| record["action"] == name).count();
    assert_eq!((actions("AssumeRole"), actions("ListUsers")), (80, 80));
    intact(&server);
}
