//! The server for its operators: its health, backups, and the clock and reset of a server for trying.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use argali_testkit::{Client, Engine, Enterprise, TestServer, backup, minutes, seconds};
use serde_json::Value;

use crate::expect::Calls;
use crate::process::Installation;
use crate::shape::complete;
use crate::stage::text;
use crate::world::{operators_on, tenant_on};

/// What operators do with the server.
const CALLS: [(&str, &[(&str, &str)]); 5] = [
    ("GetServerHealth", &[]),
    ("MakeBackup", &[]),
    ("VerifyBackup", &[("MasterKeyCheck", "00"), ("Sum", "00"), ("SumSignature", "00")]),
    ("AdvanceClock", &[("Seconds", "60")]),
    ("ResetWorld", &[]),
];

/// A server of its own with operators, and an account that is none of theirs.
fn world(engine: Engine) -> (TestServer, Enterprise, Enterprise) {
    let (server, operators) = operators_on(TestServer::builder().engine(engine));
    let other = tenant_on(&server);
    (server, operators, other)
}

#[test]
fn nobody_else_does_anything_with_the_server() {
    let (server, operators, other) = world(Engine::Memory);
    let role = operators.role("admin", &[&other.root_arn()], &["AdministratorAccess"]);
    let alice = other.user("alice");
    other.grant("alice", "AliyunSTSAssumeRoleAccess");
    let in_role = alice.assume(&role, "alice").unwrap();
    let now = server.clock().now();
    for (action, params) in CALLS {
        for caller in [&other.client, &in_role, &operators.user(&format!("bob-{}", action.to_lowercase()))] {
            caller.refused("Argali", action, params, "NoPermission");
        }
    }
    assert_eq!(server.clock().now(), now);
}

#[test]
fn health_is_told() {
    let (server, operators, other) = world(Engine::Embedded);
    server.clock().advance(minutes(5));
    other.must("Ram", "ListUsers", &[]);
    let health = operators.must("Argali", "GetServerHealth", &[]);
    complete("Argali", "GetServerHealth", &health, &["Hindrance", "Deliveries.LastTime"]);
    assert_eq!(health["Ready"], true);
    assert_eq!(health["Version"], env!("CARGO_PKG_VERSION"));
    assert!(
        health["Store"]["UsedBytes"].as_u64() > Some(0) && health["Store"]["FreeBytes"].as_u64() > Some(0)
    );
    let [written, waiting] = ["Next", "Waiting"].map(|name| health["Records"][name].as_u64().unwrap());
    assert!(written + waiting > 0);
    let [start, time] = ["StartTime", "Time"].map(|name| text(&health[name]));
    assert!(start < time, "{start} {time}");
    let (_server, operators, _) = world(Engine::Memory);
    assert_eq!(operators.must("Argali", "GetServerHealth", &[])["Store"], Value::Null);
}

fn offered(operator: &Client) -> String {
    let made = operator.must("Argali", "MakeBackup", &[]);
    complete("Argali", "MakeBackup", &made, &[]);
    text(&made["Path"])
}

#[test]
fn whose_a_backup_is_is_told_by_what_stands_at_its_end() {
    let (server, operators, _) = world(Engine::Embedded);
    let mut bytes = Vec::new();
    server.core().write_backup(&mut bytes).unwrap();
    let (made, seal) = backup::check_with_seal(bytes.as_slice()).unwrap();
    assert!(made.rows > 0);
    let verify = |key: &str, sum: &str, signature: &str| {
        let params = [("MasterKeyCheck", key), ("Sum", sum), ("SumSignature", signature)];
        let answer = operators.must("Argali", "VerifyBackup", &params);
        complete("Argali", "VerifyBackup", &answer, &[]);
        (answer["IsOfThisMasterKey"] == true, answer["IsSigned"] == true)
    };
    let (key, sum, signature) = (&seal.master_key_check, &seal.sum, &seal.signature);
    assert_eq!(verify(key, sum, signature), (true, true));
    assert_eq!(verify(&sum.clone(), sum, signature), (false, true), "another key is named");
    for (sum, signature) in [(signature, signature), (sum, sum)] {
        assert_eq!(verify(key, sum, signature), (true, false));
    }
    for odd in ["", "zz", "00", &"0".repeat(9_000)] {
        operators
            .client
            .call("Argali", "VerifyBackup", &[("MasterKeyCheck", key), ("Sum", odd), ("SumSignature", odd)])
            .ok();
    }
    let (_other, others, _) = world(Engine::Memory);
    let params = [("MasterKeyCheck", key.as_str()), ("Sum", sum), ("SumSignature", signature)];
    let answer = others.must("Argali", "VerifyBackup", &params);
    let is_same_key = answer["IsOfThisMasterKey"] == true;
    assert_eq!(answer["IsSigned"] == true, is_same_key, "a signature is of one master key");
}

#[test]
fn a_backup_is_fetched_once_and_within_a_minute() {
    let (server, operators, _) = world(Engine::Embedded);
    assert_eq!(server.fetch("/-/backup/nothing").0, 404);
    let path = offered(&operators.client);
    // Looking at it first does not use it up.
    let mut stream = TcpStream::connect(server.address()).unwrap();
    write!(stream, "HEAD {path} HTTP/1.0\r\nhost: {}\r\n\r\n", server.endpoint()).unwrap();
    let mut head = String::new();
    stream.read_to_string(&mut head).unwrap();
    assert!(head.starts_with("HTTP/1.0 405 "), "{head}");
    let (status, bytes) = server.fetch(&path);
    assert_eq!(status, 200);
    let made = backup::check(bytes.as_slice()).unwrap();
    assert!(made.rows > 10 && made.bytes == bytes.len() as u64);
    assert_eq!(server.fetch(&path).0, 404, "once");
    let late = offered(&operators.client);
    server.clock().advance(seconds(61));
    assert_eq!(server.fetch(&late).0, 404);
    // What came over HTTP is what `argali restore` takes.
    let home = Installation::new();
    let file = server.folder().unwrap().join("fetched.backup");
    std::fs::write(&file, &bytes).unwrap();
    home.put_key(&server.folder().unwrap().join("master.key"));
    let restored = home.operate(&["restore", file.to_str().unwrap()]);
    assert!(restored.status.success(), "{}", String::from_utf8_lossy(&restored.stderr));
}

#[test]
fn whoever_called_for_a_backup_and_may_no_longer_does_not_get_it() {
    let (server, operators, _) = world(Engine::Memory);
    let alice = operators.user("alice");
    operators.grant("alice", "AdministratorAccess");
    fill(&server);
    let revoke = |user: &str| {
        let grant = [("UserName", user), ("PolicyName", "AdministratorAccess"), ("PolicyType", "System")];
        operators.must("Ram", "DetachPolicyFromUser", &grant);
    };
    let mut stream = TcpStream::connect(server.address()).unwrap();
    let (path, host) = (offered(&alice), server.endpoint());
    write!(stream, "GET {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n").unwrap();
    let mut beginning = vec![0; 1 << 20];
    stream.read_exact(&mut beginning).unwrap();
    // One at a time.
    let other = offered(&operators.client);
    assert_eq!(server.fetch(&other).0, 503);
    revoke("alice");
    // It is cut within a second, though its client does not read; then whoever still may has its turn.
    let whole = (0..50).find_map(|_| {
        std::thread::park_timeout(Duration::from_millis(100));
        Some(server.fetch(&other)).filter(|(status, _)| *status == 200)
    });
    let (_, whole) = whole.expect("the first is not cut");
    assert!(backup::check(whole.as_slice()).is_ok());
    let mut rest = Vec::new();
    // How a connection that is cut ends is the system's to say.
    stream.read_to_end(&mut rest).ok();
    assert!(!rest.ends_with(b"0\r\n\r\n"), "it was sent to its end");
    assert!(rest.len() + beginning.len() < whole.len());
}

/// Puts more into the store than any buffer between here and there holds.
fn fill(server: &TestServer) {
    let value = vec![7; 1 << 20];
    for number in 0..64_u8 {
        let put = server.core().store().transact(|tx| {
            tx.put(&[9, number], &value);
            Ok::<_, argali_server::StoreError>(())
        });
        put.unwrap().1.wait().unwrap();
    }
}

#[test]
fn the_clock_is_moved_on_and_what_ends_by_time_ends() {
    let (server, operators, other) = world(Engine::Memory);
    for (seconds, code) in [
        ("0", "InvalidParameter.Seconds"),
        ("-60", "InvalidParameter.Seconds"),
        ("99999999", "InvalidParameter.Seconds"),
        ("soon", "InvalidParameter.Seconds.Format"),
    ] {
        let failure = operators.client.call("Argali", "AdvanceClock", &[("Seconds", seconds)]).unwrap_err();
        assert!(failure.code.starts_with("InvalidParameter.Seconds"), "{code}: {failure}");
    }
    let role = other.role("ops", &[&other.root_arn()], &[]);
    let alice = other.user("alice");
    other.grant("alice", "AliyunSTSAssumeRoleAccess");
    let session = alice.assume(&role, "alice").unwrap();
    session.must("Sts", "GetCallerIdentity", &[]);
    let before = server.clock().now();
    let moved = operators.must("Argali", "AdvanceClock", &[("Seconds", "3601")]);
    complete("Argali", "AdvanceClock", &moved, &[]);
    assert_eq!(server.clock().now(), before.plus_seconds(3_601));
    session.refused("Sts", "GetCallerIdentity", &[], "InvalidSecurityToken.Expired");
}

/// Time is nobody's to move where it matters, and nothing is put back.
#[test]
fn a_server_that_is_not_for_trying_has_neither() {
    let installation = Installation::new();
    let settings = [("ARGALI_IDENTITY_OPERATOR_ACCOUNT", "11223344")];
    let server = installation.serve_with("warn", &settings);
    let operator = server.client(installation.create_account("company-a", "11223344"));
    for (action, params) in [("AdvanceClock", [("Seconds", "60")].as_slice()), ("ResetWorld", &[])] {
        operator.refused("Argali", action, params, "NotSupport.Server");
    }
    let health = operator.call("Argali", "GetServerHealth", &[]).unwrap();
    assert_eq!((&health["Trying"], &health["Ready"]), (&Value::Null, &Value::Bool(true)));
}

#[test]
fn there_is_no_reset_without_something_to_go_back_to() {
    let (_server, operators, _) = world(Engine::Memory);
    operators.client.refused("Argali", "ResetWorld", &[], "NotSupport.Server");
    assert_eq!(operators.must("Argali", "GetServerHealth", &[])["Trying"]["CanReset"], false);
}

/// What was made since is gone, what was deleted is there, keys are the same, sessions are over; and nothing that was
/// remembered of the world in between counts.
#[test]
fn the_world_is_put_back_as_it_was() {
    for engine in [Engine::Memory, Engine::Embedded] {
        let (server, operators, other) = world(engine);
        let alice = other.user("alice");
        let role = other.role("ops", &[&other.root_arn()], &[]);
        other.grant("alice", "AliyunSTSAssumeRoleAccess");
        other.grant_document("alice", "own", &argali_testkit::allow(&["ram:ListUsers"], &["*"]));
        let oss = server.oss_client(Some(other.client.credentials()));
        oss.call("PUT", &bucket(&other), "").send().must();
        oss.put(&bucket(&other), "kept", b"bytes").must();
        let mut seed = Vec::new();
        server.core().write_backup(&mut seed).unwrap();
        server.core().keep_seed(&seed).unwrap();
        let session = alice.assume(&role, "alice").unwrap();
        for document in
            [argali_testkit::allow(&["ram:ListGroups"], &["*"]), argali_testkit::allow(&["*"], &["*"])]
        {
            change_policy(&other, &document);
            alice.call("Ram", "ListRoles", &[]).ok();
            let bob = other.user("bob");
            let third = server.account("third-company", "77665544");
            third.user("somebody");
            oss.call("DELETE", &bucket(&other), "kept").send().must();
            oss.put(&bucket(&other), "new", b"bytes").must();
            // Until then tidying would have removed the bytes of what was deleted.
            server.clock().advance(minutes(2));
            let discarded = server.core().discarded_blobs(server.clock().now(), 10).unwrap();
            assert_eq!(discarded.len(), 0, "they are kept to go back to");
            operators.must("Argali", "ResetWorld", &[]);
            assert_eq!(oss.get(&bucket(&other), "kept").must().body, b"bytes");
            assert_eq!(oss.get(&bucket(&other), "new").outcome(), "404 NoSuchKey");
            server.clock().advance(minutes(2));
            let discarded = server.core().discarded_blobs(server.clock().now(), 10).unwrap();
            assert_eq!(discarded.len(), 1, "and those of what is gone go");
            server.core().forget_blobs(&discarded).unwrap();
            alice.must("Ram", "ListUsers", &[]);
            alice.refused("Ram", "ListRoles", &[], "NoPermission");
            alice.refused("Ram", "ListGroups", &[], "NoPermission");
            assert_eq!(
                bob.call("Sts", "GetCallerIdentity", &[]).unwrap_err().code,
                "InvalidAccessKeyId.NotFound"
            );
            assert!(third.client.call("Ram", "ListUsers", &[]).is_err());
            let refused = session.call("Sts", "GetCallerIdentity", &[]).unwrap_err();
            assert!(refused.code.starts_with("InvalidSecurityToken"), "{refused}");
            alice.assume(&role, "alice").unwrap().must("Sts", "GetCallerIdentity", &[]);
        }
        // An account of a number that was there in between gets a key of its own.
        server.account("third-company", "77665544").user("somebody").must("Sts", "GetCallerIdentity", &[]);
        let records = server.core().trail().events().unwrap();
        assert_eq!(
            records.iter().filter(|event| event.action == "ResetWorld").count(),
            2,
            "both are on record"
        );
    }
}

fn bucket(owner: &Enterprise) -> String {
    format!("bucket-of-{}", owner.id)
}

/// Makes another version of alice's policy, which counts.
fn change_policy(other: &Enterprise, document: &Value) {
    let document = document.to_string();
    let params = [("PolicyName", "own"), ("PolicyDocument", document.as_str()), ("SetAsDefault", "true")];
    other.must("Ram", "CreatePolicyVersion", &params);
}
