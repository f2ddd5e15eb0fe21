//! Every call leaves one record, which says who did what to what, and how that was decided.
// SPEC: security, audit.

mod keep;
mod refused_signer;
mod verify;

use std::sync::mpsc::channel;
use std::time::Duration;

use argali_protocol::Secret;
use argali_testkit::{Client, Credentials, Delegation, Engine, Gate, TestServer};
use serde_json::{Value, json};

use crate::expect::Calls;
use crate::stage::text;
use crate::wire::send;
use crate::world::tenant_on;

/// How often and how long a record of a read is waited for: it is written within a second.
const LOOK_EVERY: Duration = Duration::from_millis(10);
const LOOKS: usize = 500;

/// All records that are written, as they are kept.
fn records(server: &TestServer) -> Vec<Value> {
    let events = server.core().trail().events().unwrap();
    events.iter().map(|event| serde_json::to_value(event).unwrap()).collect()
}

/// The one record of a request.
#[track_caller]
pub(crate) fn record(server: &TestServer, request_id: &str) -> Value {
    for _ in 0..LOOKS {
        let mut found = records(server);
        found.retain(|record| record["requestId"] == request_id);
        if let Some(record) = found.first() {
            assert_eq!(found.len(), 1, "{found:?}");
            return record.clone();
        }
        channel::<()>().1.recv_timeout(LOOK_EVERY).ok();
    }
    panic!("no record of {request_id}");
}

/// Calls an operation and returns its record, whatever came of it.
#[track_caller]
fn recorded(
    server: &TestServer,
    client: &Client,
    product: &str,
    action: &str,
    params: &[(&str, &str)],
) -> Value {
    let id = match client.call(product, action, params) {
        Ok(answer) => text(&answer["RequestId"]),
        Err(failure) => failure.request_id.unwrap(),
    };
    record(server, &id)
}

#[test]
fn a_record_says_who_did_what_to_what() {
    let server = TestServer::start();
    let a = tenant_on(&server);
    let alice = a.user("alice");
    a.grant("alice", "AliyunRAMReadOnlyAccess");
    let arn = format!("acs:ram:*:{}:user/bob", a.id);

    let made = recorded(&server, &a.client, "Ram", "CreateUser", &[("UserName", "bob")]);
    assert_eq!(made["caller"]["type"], "RootUser");
    assert_eq!(made["caller"]["arn"], format!("acs:ram::{}:root", a.id));
    assert_eq!(
        (&made["product"], &made["action"], &made["version"]),
        (&json!("Ram"), &json!("CreateUser"), &json!("2015-05-01"))
    );
    assert_eq!(made["timeMs"], server.clock().now().as_millis());
    assert_eq!(made["sourceIp"], "127.0.0.1");
    assert_eq!(made["accessKeyId"], a.client.credentials().access_key_id);
    assert_eq!(made["resources"][0]["arn"], format!("acs:ram:*:{}:user/*", a.id));
    assert_eq!(made["resources"][0]["allowed"], true);
    assert_eq!(made["accounts"], json!([a.id]));
    assert_eq!(made.get("errorCode"), None);

    let read = recorded(&server, &alice, "Ram", "GetUser", &[("UserName", "bob")]);
    assert_eq!(read["caller"]["arn"], format!("acs:ram::{}:user/alice", a.id));
    assert_eq!(
        read["resources"],
        json!([{ "arn": arn, "allowed": true, "decidedBy": "acs:ram:*:system:policy/AliyunRAMReadOnlyAccess#0" }])
    );

    let refused = recorded(&server, &alice, "Ram", "DeleteUser", &[("UserName", "bob")]);
    assert_eq!(refused["errorCode"], "NoPermission");
    assert_eq!(refused["resources"], json!([{ "arn": arn, "allowed": false }]));

    let failed = recorded(&server, &a.client, "Ram", "DeleteUser", &[("UserName", "nobody")]);
    assert_eq!(failed["errorCode"], "EntityNotExist.User");
    assert_eq!(failed["resources"][0]["allowed"], true);
}

#[test]
fn a_delegation_is_in_the_records_of_both_accounts() {
    let server = TestServer::start();
    let Delegation { a, b, alice, role_arn } = Delegation::set_up(&server);
    let alice_id = b.must("Ram", "GetUser", &[("UserName", "alice")])["User"]["UserId"].clone();
    let role_id = a.must("Ram", "GetRole", &[("RoleName", "ecs-admin")])["Role"]["RoleId"].clone();
    let both = |record: &Value| {
        let mut accounts: Vec<_> = record["accounts"].as_array().unwrap().iter().map(text).collect();
        accounts.sort();
        assert_eq!(accounts, ["11223344", "12345678"], "{record}");
    };
    let params = [("RoleArn", role_arn.as_str()), ("RoleSessionName", "at-work")];
    let assumed = recorded(&server, &alice, "Sts", "AssumeRole", &params);
    both(&assumed);
    assert_eq!(assumed["caller"]["account"], "12345678");
    assert_eq!(assumed["notes"]["roleArn"], role_arn);
    assert_eq!(assumed["notes"]["roleSessionName"], "at-work");
    assert_eq!(assumed["resources"][0]["allowed"], true);

    let session = alice.assume(&role_arn, "at-work").unwrap();
    let used = recorded(&server, &session, "Ecs", "DescribeInstances", &[("RegionId", "cn-hangzhou")]);
    both(&used);
    assert_eq!(used["caller"]["arn"], "acs:ram::11223344:assumed-role/ecs-admin/at-work");
    assert_eq!(used["resources"][0]["decidedBy"], "acs:ram:*:system:policy/AliyunECSFullAccess#0");
    let chain = used["caller"]["chain"].as_array().unwrap();
    assert_eq!(chain.len(), 2);
    assert_eq!((&chain[0]["account"], &chain[0]["principalId"]), (&json!("11223344"), &role_id));
    assert_eq!(chain[0]["sessionName"], "at-work");
    assert_eq!((&chain[1]["account"], &chain[1]["principalId"]), (&json!("12345678"), &alice_id));
    assert_eq!(chain[1]["accessKeyId"], alice.credentials().access_key_id);

    let refused = recorded(&server, &session, "Ram", "ListUsers", &[]);
    both(&refused);
    assert_eq!(refused["errorCode"], "NoPermission");
    // A role that lets nobody in: its owner may read who tried.
    a.role("closed", &[], &[]);
    let params = [("RoleArn", "acs:ram::11223344:role/closed"), ("RoleSessionName", "at-work")];
    let tried = recorded(&server, &alice, "Sts", "AssumeRole", &params);
    both(&tried);
    assert_eq!(tried["errorCode"], "NoPermission");
}

#[test]
fn whoever_fails_to_show_who_they_are_is_recorded_too() {
    let server = TestServer::start();
    let a = tenant_on(&server);
    let wrong =
        Credentials { access_key_secret: Secret::new("wrong".to_owned()), ..a.client.credentials().clone() };
    let forged = recorded(&server, &a.client.with_credentials(wrong), "Ram", "ListUsers", &[]);
    assert_eq!(forged["errorCode"], "SignatureDoesNotMatch");
    assert_eq!(forged["accessKeyId"], a.client.credentials().access_key_id);
    assert_eq!(forged.get("caller"), None, "nobody is named who was not shown to be the caller");

    let mut anonymous = a.client.sign("Ram", "ListUsers", &[]);
    anonymous.headers.retain(|(name, _)| name != "authorization");
    let reply = send(&server, &anonymous);
    let refused = record(&server, reply.header("x-acs-request-id"));
    assert_eq!(refused["errorCode"], "MissingAccessKeyId");
    assert_eq!(refused["action"], "ListUsers");
}

#[test]
fn a_flood_of_failures_is_counted_rather_than_recorded() {
    let server = TestServer::start();
    let a = tenant_on(&server);
    let wrong =
        Credentials { access_key_secret: Secret::new("wrong".to_owned()), ..a.client.credentials().clone() };
    let forger = a.client.with_credentials(wrong);
    for _ in 0..100 {
        forger.refused("Ram", "ListUsers", &[], "SignatureDoesNotMatch");
    }
    let failures =
        records(&server).iter().filter(|record| record["errorCode"] == "SignatureDoesNotMatch").count();
    assert!((1..=20).contains(&failures), "{failures} records of 100 failures within a second");
    // It fills nobody's trail, and keeps nobody else's call out of it.
    recorded(&server, &a.client, "Ram", "ListUsers", &[]);
}

#[test]
fn a_long_field_is_cut_and_a_hostile_one_is_text() {
    let server = TestServer::start();
    let a = tenant_on(&server);
    let long = format!("acs:ram::11223344:role/{}", "x".repeat(5_000));
    let params = [("RoleArn", long.as_str()), ("RoleSessionName", "at-work")];
    let cut = recorded(&server, &a.client, "Sts", "AssumeRole", &params);
    assert_eq!(cut["errorCode"], "InvalidParameter.RoleArn");
    let mut request = a.client.sign("Ram", "ListUsers", &[]);
    for (name, value) in &mut request.headers {
        if name == "x-acs-action" {
            *value = format!("List\"Users\\{}", "x".repeat(5_000));
        }
    }
    let reply = send(&server, &request);
    let found = record(&server, reply.header("x-acs-request-id"));
    let action = found["action"].as_str().unwrap();
    assert!(action.starts_with("List\"Users\\x") && action.len() <= 1_024, "{}", action.len());
}

#[test]
fn records_outlive_the_server() {
    let server = TestServer::builder().engine(Engine::Embedded).start();
    let a = tenant_on(&server);
    let ids: Vec<_> = (0..20)
        .map(|number| {
            text(&a.must("Ram", "CreateUser", &[("UserName", &format!("user-{number}"))])["RequestId"])
        })
        .collect();
    drop(a);
    let server = server.restart();
    for id in &ids {
        record(&server, id);
    }
}

#[test]
fn every_operation_is_recorded_under_its_name() {
    let server = crate::stage::builder().start();
    let a = tenant_on(&server);
    let alice = a.user("alice");
    let stage = crate::stage::Stage::new(&server, a);
    for operation in server.core().registry().iter() {
        let (product, action) = (operation.product.as_str(), operation.name());
        let params = stage.params(product, action);
        let params = crate::stage::borrowed(&params);
        let record = recorded(&server, &alice, product, action, &params);
        assert_eq!((&record["product"], &record["action"]), (&json!(product), &json!(action)));
        // Some judge by what is presented to them instead of asking policies.
        let asks_policies = (product, action) != ("Sts", "GetCallerIdentity")
            && !operation.endpoint.is_open()
            && !crate::access::LOGON_ONLY.contains(&(product, action));
        if asks_policies {
            // What users may do to themselves needs no policy where the account says so.
            let own = record["resources"][0]["decidedBy"] == "SecurityPreference";
            assert_eq!(record["resources"][0]["allowed"], own, "{record}");
        }
    }
}

#[test]
fn what_the_operator_does_is_recorded_too() {
    let server = TestServer::start();
    let made = server.account("company-o", "55667788");
    let (_, recorded) = server.core().set_gate("company-o", "vpc", Gate::Open).unwrap();
    recorded.wait().unwrap();

    let mut acts = records(&server);
    acts.retain(|record| record["sourceIp"] == "operator" && record["accounts"] == json!([made.id]));
    let told: Vec<_> = acts.iter().map(|record| (&record["product"], &record["action"])).collect();
    let argali = json!("Argali");
    assert_eq!(told, [(&argali, &json!("CreateAccount")), (&argali, &json!("SetGate"))]);
    assert_eq!(acts[1]["notes"], json!({ "gate": "Open", "service": "vpc" }));
}
