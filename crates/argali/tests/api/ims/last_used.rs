//! When AccessKeys were used last.

use std::time::Duration;

use argali_testkit::{Engine, Enterprise, TestServer};
use serde_json::Value;

use super::logon_name;
use crate::expect::Calls;
use crate::shape::complete;
use crate::world::{tenant, tenant_on};

/// What IMS and RAM say of the last use of the key of `alice`: date and service.
fn last_used(a: &Enterprise, key: &str) -> (Value, Value) {
    let name = logon_name(a, "alice");
    let key = ("UserAccessKeyId", key);
    let in_ims = a.must("Ims", "GetAccessKeyLastUsed", &[("UserPrincipalName", &name), key]);
    complete("Ims", "GetAccessKeyLastUsed", &in_ims, &[]);
    let in_ram = a.must("Ram", "GetAccessKeyLastUsed", &[("UserName", "alice"), key]);
    complete("Ram", "GetAccessKeyLastUsed", &in_ram, &[]);
    let of = |answer: &Value, member: &str| answer["AccessKeyLastUsed"][member].clone();
    assert_eq!(of(&in_ims, "LastUsedDate"), of(&in_ram, "LastUsedDate"));
    (of(&in_ims, "LastUsedDate"), of(&in_ims, "ServiceName"))
}

#[test]
fn whose_and_which_must_be_there() {
    let a = tenant();
    let alice = a.user("alice");
    let key = ("UserAccessKeyId", alice.credentials().access_key_id.as_str());
    let nobody = logon_name(&a, "nobody");
    for (product, whose, name) in
        [("Ims", "UserPrincipalName", nobody.as_str()), ("Ram", "UserName", "nobody")]
    {
        a.client.refused(product, "GetAccessKeyLastUsed", &[(whose, name), key], "EntityNotExist.User");
        a.client.refused(product, "GetAccessKeyLastUsed", &[], "MissingUserAccessKeyId");
        // The caller's own is meant.
        a.client.refused(product, "GetAccessKeyLastUsed", &[key], "EntityNotExist.User.AccessKey");
        let own = a.client.credentials().access_key_id.clone();
        a.must(product, "GetAccessKeyLastUsed", &[("UserAccessKeyId", &own)]);
    }
}

#[test]
fn a_key_is_used_by_calls_that_it_signs_well() {
    let server = TestServer::start();
    let a = tenant_on(&server);
    let alice = a.user("alice");
    let key = alice.credentials().access_key_id.clone();
    assert_eq!(last_used(&a, &key), ("".into(), "".into()));
    let wrong = argali_protocol::Secret::new("not the secret of this key".to_owned());
    let forged = argali_testkit::Credentials { access_key_secret: wrong, ..alice.credentials().clone() };
    alice.with_credentials(forged).refused("Sts", "GetCallerIdentity", &[], "SignatureDoesNotMatch");
    assert_eq!(last_used(&a, &key), ("".into(), "".into()));

    let now = || Value::from(server.clock().now().to_string());
    alice.must("Sts", "GetCallerIdentity", &[]);
    assert_eq!(last_used(&a, &key), (now(), "Sts".into()));
    server.clock().advance(Duration::from_secs(90));
    alice.refused("Ram", "ListUsers", &[], "NoPermission");
    assert_eq!(last_used(&a, &key), (now(), "Ram".into()));
    // What else changes in the account meanwhile makes no difference.
    a.user("bob");
    assert_eq!(last_used(&a, &key), (now(), "Ram".into()));
    let before = now();
    server.core().tidy().unwrap();
    server.clock().advance(Duration::from_secs(90));
    assert_eq!(last_used(&a, &key), (before, "Ram".into()));
    alice.must("Sts", "GetCallerIdentity", &[]);
    assert_eq!(last_used(&a, &key), (now(), "Sts".into()));
}

#[test]
fn the_last_use_outlives_the_process_and_not_the_key() {
    let server = TestServer::builder().engine(Engine::Embedded).start();
    let a = tenant_on(&server);
    let alice = a.user("alice");
    alice.must("Sts", "GetCallerIdentity", &[]);
    let key = alice.credentials().access_key_id.clone();
    let before = last_used(&a, &key);
    let server = server.restart();
    server.clock().advance(Duration::from_secs(60));
    let a = Enterprise { client: server.client(a.client.credentials().clone()), ..a };
    assert_eq!(last_used(&a, &key), before);
    // A use that has not been written down yet does not bring a row of a deleted key back.
    server.client(alice.credentials().clone()).must("Sts", "GetCallerIdentity", &[]);
    a.must("Ram", "DeleteAccessKey", &[("UserName", "alice"), ("UserAccessKeyId", &key)]);
    server.core().tidy().unwrap();
    let params = [("UserName", "alice"), ("UserAccessKeyId", key.as_str())];
    a.client.refused("Ram", "GetAccessKeyLastUsed", &params, "EntityNotExist.User.AccessKey");
}
