//! Times and nonces: a request is good for a while, and once.
// SPEC: wire protocol, time and nonce; security, requests, R6 and R7.

use argali_protocol::{Outgoing, Placement, Secret, SignedRequest, sign_v1, sign_v3};
use argali_testkit::{Credentials, Engine, Enterprise, Format, Signing, TestServer, minutes, seconds};

use super::{code, create_user, header};
use crate::expect::Calls;
use crate::stage::fresh;
use crate::world::{shared, tenant, tenant_on};

const RAM: &str = "2015-05-01";

/// A request with a nonce and an instant of the test's choice.
fn sign(
    owner: &Enterprise,
    signing: Signing,
    nonce: &str,
    timestamp_unix_s: i64,
    name: &str,
) -> SignedRequest {
    let params = [("UserName".to_owned(), name.to_owned())];
    let (method, placement) = match signing {
        Signing::V1Query => ("GET", Placement::Query),
        Signing::V3Query => ("POST", Placement::Query),
        Signing::V1Form | Signing::V3Form => ("POST", Placement::Form),
    };
    let call = Outgoing {
        host: shared().endpoint(),
        action: "CreateUser",
        version: RAM,
        params: &params,
        placement,
        method,
        timestamp_unix_s,
        nonce,
        format: Format::Json,
        headers: &[],
    };
    let signed = match signing {
        Signing::V1Query | Signing::V1Form => sign_v1(&call, owner.client.credentials()),
        Signing::V3Query | Signing::V3Form => sign_v3(&call, owner.client.credentials()),
    };
    signed.unwrap()
}

fn now() -> i64 {
    shared().clock().now().as_seconds()
}

#[test]
fn a_request_is_good_for_fifteen_minutes_either_way() {
    let a = tenant();
    for signing in Signing::ALL {
        for (offset, expected) in [
            (-901, "InvalidTimeStamp.Expired"),
            (-900, "ok"),
            (900, "ok"),
            (901, "InvalidTimeStamp.Expired"),
            (-86_400 * 365, "InvalidTimeStamp.Expired"),
        ] {
            let name = fresh("timed");
            let request = sign(&a, signing, &name, now() + offset, &name);
            assert_eq!(code(&a.client, &request), expected, "{signing:?} {offset}");
        }
    }
    for wrong in ["yesterday", "2026-12-01", "2026-12-01 08:00:00", "1796112000", "2026-13-01T08:00:00Z"] {
        let mut request = create_user(&a.client).0;
        *header(&mut request, "x-acs-date") = wrong.to_owned();
        assert_eq!(code(&a.client, &request), "InvalidTimeStamp.Format", "{wrong}");
    }
}

#[test]
fn a_nonce_is_good_once() {
    let a = tenant();
    for signing in Signing::ALL {
        let client = a.client.signing(signing);
        let (request, name) = create_user(&client);
        assert_eq!(code(&client, &request), "ok");
        assert_eq!(code(&client, &request), "SignatureNonceUsed", "{signing:?}");
        // Even if what it did has been undone since.
        a.must("Ram", "DeleteUser", &[("UserName", &name)]);
        assert_eq!(code(&client, &request), "SignatureNonceUsed", "{signing:?}");
        a.client.refused("Ram", "GetUser", &[("UserName", &name)], "EntityNotExist.User");
        let read = client.sign("Sts", "GetCallerIdentity", &[]);
        assert_eq!(code(&client, &read), "ok");
        assert_eq!(code(&client, &read), "SignatureNonceUsed", "{signing:?}: reads too");
        // The same nonce in another request is no better.
        let nonce = fresh("nonce");
        assert_eq!(code(&client, &sign(&a, signing, &nonce, now(), &fresh("once"))), "ok");
        assert_eq!(
            code(&client, &sign(&a, signing, &nonce, now() + 1, &fresh("again"))),
            "SignatureNonceUsed"
        );
        // Of another key it is another.
        let b = tenant();
        assert_eq!(code(&b.client, &sign(&b, signing, &nonce, now(), "theirs")), "ok");
    }
    let long = "n".repeat(129);
    let request = sign(&a, Signing::V3Query, &long, now(), "long");
    assert_eq!(code(&a.client, &request), "InvalidParameter.SignatureNonce");
    let longest = sign(&a, Signing::V3Query, &"n".repeat(128), now(), "long");
    assert_eq!(code(&a.client, &longest), "ok");
}

#[test]
fn a_forged_request_burns_no_nonce() {
    let a = tenant();
    let wrong =
        Credentials { access_key_secret: Secret::new("wrong".to_owned()), ..a.client.credentials().clone() };
    let forged = Enterprise { client: a.client.with_credentials(wrong), ..a.clone() };
    let nonce = fresh("nonce");
    assert_eq!(
        code(&a.client, &sign(&forged, Signing::V3Query, &nonce, now(), "eve")),
        "SignatureDoesNotMatch"
    );
    assert_eq!(code(&a.client, &sign(&a, Signing::V3Query, &nonce, now(), "alice")), "ok");
}

#[test]
fn a_refused_request_burns_its_nonce() {
    let a = tenant();
    let alice = a.user("alice");
    let request = alice.sign("Ram", "ListUsers", &[]);
    assert_eq!(code(&alice, &request), "NoPermission");
    a.grant("alice", "AliyunRAMReadOnlyAccess");
    assert_eq!(code(&alice, &request), "SignatureNonceUsed");
}

#[test]
fn a_change_does_not_run_again_after_a_restart() {
    let server = TestServer::builder().engine(Engine::Embedded).start();
    let a = tenant_on(&server);
    let credentials = a.client.credentials().clone();
    // The host is not part of this signature, so that the request fits the restarted server, too.
    let client = a.client.signing(Signing::V1Query);
    let (request, name) = create_user(&client);
    assert_eq!(code(&client, &request), "ok");
    a.must("Ram", "DeleteUser", &[("UserName", &name)]);
    drop((a, client));
    let server = server.restart();
    let client = server.client(credentials);
    assert_eq!(code(&client, &request), "SignatureNonceUsed");
    client.refused("Ram", "GetUser", &[("UserName", &name)], "EntityNotExist.User");
    server.clock().advance(minutes(15));
    assert_eq!(code(&client, &request), "SignatureNonceUsed");
    server.clock().advance(seconds(1));
    assert_eq!(code(&client, &request), "InvalidTimeStamp.Expired");
}
