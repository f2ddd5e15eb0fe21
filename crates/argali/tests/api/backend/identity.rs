//! Who calls, as a real nginx is told; and who is refused before it is asked.

use std::net::TcpListener;

use argali_testkit::{Delegation, Format, Nginx, Signing, allow};
use serde_json::{Value, json};

use super::{ECHO, answer_once, server_for, url};
use crate::expect::Calls;

#[test]
fn strangers_and_those_without_permission_are_refused_before_the_backend_is_asked() {
    let nginx = Nginx::start(ECHO);
    let backend = url(&nginx);
    // Whoever asked it now would be told that it is not there.
    nginx.stop();
    let (builder, _folder) = server_for(&backend);
    let server = builder.start();
    let a = server.account("company-a", "11223344");
    let alice = a.user("alice");
    for action in ["CreateTower", "DescribeTowers", "StopTower", "DeleteTower"] {
        let own = [("Name", "north"), ("TowerId", "tow-1")];
        let failure = alice.call("Tower", action, &own).unwrap_err();
        assert_eq!((failure.code.as_str(), failure.status), ("Forbidden.RAM", 403), "{action}");
        assert!(failure.access_denied_detail.is_some(), "{action}");
    }
    // What is malformed is refused, too.
    let failure = a.client.call("Tower", "CreateTower", &[("Name", "x")]).unwrap_err();
    assert_eq!(failure.status, 400, "{failure}");
    let events = server.core().trail().events().unwrap();
    assert!(events.iter().all(|event| !event.notes.contains_key("backend")), "{events:?}");
}

#[test]
fn a_user_is_passed_on_with_what_was_allowed() {
    let nginx = Nginx::start(ECHO);
    let (builder, _folder) = server_for(&url(&nginx));
    let server = builder.start();
    let a = server.account("company-a", "11223344");
    let alice = a.user("alice");
    let arn = format!("acs:tower:*:{}:tower/tow-1", a.id);
    a.grant_document("alice", "one-tower", &allow(&["tower:StopTower"], &[&arn]));
    let told = alice.must("Tower", "StopTower", &[("TowerId", "tow-1")]);
    let user = a.must("Ram", "GetUser", &[("UserName", "alice")])["User"]["UserId"].clone();
    let expected = json!({
        "Account": "11223344", "Principal": "acs:ram::11223344:user/alice", "PrincipalType": "SubUser",
        "OriginAccount": "11223344", "Origin": user, "Session": "", "AllowedAction": "tower:StopTower",
        "Resource": arn, "Service": "tower", "Address": "127.0.0.1", "Authorization": "", "SessionToken": "",
    });
    for (name, value) in expected.as_object().unwrap() {
        assert_eq!(&told[name], value, "{name}");
    }
    assert_eq!(told["Number"], told["RequestId"], "the number is Argali's own");
    assert_eq!(told["Time"], server.clock().now().as_seconds().to_string());
    let refusal = alice.call("Tower", "StopTower", &[("TowerId", "tow-2")]).unwrap_err();
    assert_eq!(refusal.code, "Forbidden.RAM");
}

#[test]
fn a_session_from_another_account_is_passed_on_with_the_person_it_began_with() {
    let nginx = Nginx::start(ECHO);
    let (builder, _folder) = server_for(&url(&nginx));
    let server = builder.start();
    let story = Delegation::set_up(&server);
    let (a, b) = (&story.a, &story.b);
    let role = a.role("keeper", &[&b.root_arn()], &["AdministratorAccess"]);
    let session = story.alice.assume(&role, "shift").unwrap();
    let told = session.must("Tower", "DescribeTowers", &[]);
    let alice = b.must("Ram", "GetUser", &[("UserName", "alice")])["User"]["UserId"].clone();
    assert_eq!(told["Principal"], format!("acs:ram::{}:assumed-role/keeper/shift", a.id));
    assert_eq!((&told["Account"], &told["PrincipalType"]), (&json!(a.id), &json!("AssumedRoleUser")));
    assert_eq!((&told["OriginAccount"], &told["Origin"]), (&json!(b.id), &alice));
    assert_ne!(told["Session"], "");
    assert_eq!(told["SessionToken"], "", "what opens the session stays here");
    // Revoked means revoked.
    a.must(
        "Ram",
        "DetachPolicyFromRole",
        &[("PolicyType", "System"), ("PolicyName", "AdministratorAccess"), ("RoleName", "keeper")],
    );
    session.refused("Tower", "DescribeTowers", &[], "Forbidden.RAM");
    a.must("Ram", "DeleteRole", &[("RoleName", "keeper")]);
    session.refused("Tower", "DescribeTowers", &[], "InvalidSecurityToken.Malformed");
}

#[test]
fn what_was_forbidden_while_the_backend_read_is_not_shown_and_what_it_has_changed_is_told() {
    for (action, shown) in [("DescribeTowers", false), ("CreateTower", true)] {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let (builder, _folder) = server_for(&format!("\"http://{}/calls\"", listener.local_addr().unwrap()));
        let server = builder.start();
        let a = server.account("company-a", "11223344");
        let alice = a.user("alice");
        a.grant_document("alice", "towers", &allow(&["tower:*"], &["*"]));
        let owner = a.client.clone();
        let backend = answer_once(listener, move || {
            let own = [("PolicyType", "Custom"), ("PolicyName", "towers"), ("UserName", "alice")];
            owner.must("Ram", "DetachPolicyFromUser", &own);
        });
        let told = alice.call("Tower", action, &[("Name", "north")]);
        backend.join().unwrap();
        assert_eq!(told.is_ok(), shown, "{action}: {told:?}");
        let events = server.core().trail().events().unwrap();
        let event = events.iter().find(|event| event.action == action).unwrap();
        assert_eq!(event.notes["backend"], "answered with status 200", "{action}");
        assert_eq!(event.error_code.is_none(), shown, "{action}");
    }
}

#[test]
fn nothing_that_a_client_says_of_itself_is_passed_on() {
    let nginx = Nginx::start(ECHO);
    let (builder, _folder) = server_for(&url(&nginx));
    let server = builder.start();
    let a = server.account("company-a", "11223344");
    let mut signed = a.client.sign("Tower", "DescribeTowers", &[]);
    for (name, value) in [
        ("X-Argali-Account", "99999999"),
        ("X-Argali-Principal", "acs:ram::99999999:root"),
        ("x-argali-signature", "00"),
        ("Authorization-More", "x"),
    ] {
        signed.headers.push((name.to_owned(), value.to_owned()));
    }
    let told = a.client.send(&signed).unwrap();
    assert_eq!((&told["Account"], &told["Principal"]), (&json!(a.id), &json!("acs:ram::11223344:root")));
    assert_eq!(told["Signature"].as_str().unwrap().len(), 64);
    // What a parameter holds ends no header.
    let hostile = "tow-1\u{e9} acs:tower:*:1:tower/all";
    let told = a.must("Tower", "DeleteTower", &[("TowerId", hostile)]);
    assert_eq!(told["Resource"], "acs:tower:*:11223344:tower/tow-1%C3%A9%20acs:tower:*:1:tower/all");
}

#[test]
fn every_way_of_signing_and_both_forms_of_answers_lead_to_the_backend() {
    let nginx = Nginx::start(ECHO);
    let (builder, _folder) = server_for(&url(&nginx));
    let server = builder.start();
    let a = server.account("company-a", "11223344");
    for signing in Signing::ALL {
        let told = a.client.signing(signing).must("Tower", "CreateTower", &[("Name", "north")]);
        assert_eq!(told["AllowedAction"], "tower:CreateTower", "{signing:?}");
        assert_eq!(told["Resource"], "acs:tower:*:11223344:tower/*", "{signing:?}");
    }
    let xml = a.client.signing(Signing::V1Query).format(Format::Xml);
    let signed = xml.sign("Tower", "DescribeTowers", &[]);
    let (status, kind, body) = xml.exchange(&signed);
    let text = String::from_utf8(body).unwrap();
    assert_eq!(status, 200, "{text}");
    assert!(kind.contains("xml") && text.contains("<Account>11223344</Account>"), "{kind}: {text}");
}

#[test]
fn connections_are_kept_and_a_call_is_passed_on_once() {
    let nginx = Nginx::start(ECHO);
    let (builder, _folder) = server_for(&url(&nginx));
    let server = builder.start();
    let a = server.account("company-a", "11223344");
    let connection = || a.must("Tower", "DescribeTowers", &[])["Connection"].clone();
    assert_eq!(connection(), connection());
    let signed = a.client.sign("Tower", "CreateTower", &[("Name", "north")]);
    a.client.send(&signed).unwrap();
    assert_eq!(a.client.send(&signed).unwrap_err().code, "SignatureNonceUsed");
    // What closed the kept ones is back: another connection is made, and nobody is told.
    let address = nginx.address();
    nginx.stop();
    let again = Nginx::start_at(address, ECHO);
    assert_ne!(connection(), Value::Null);
    drop(again);
}

#[test]
fn the_record_says_who_asked_what_and_what_the_backend_answered() {
    let nginx = Nginx::start(ECHO);
    let (builder, _folder) = server_for(&url(&nginx));
    let server = builder.start();
    let a = server.account("company-a", "11223344");
    for action in ["CreateTower", "DescribeTowers"] {
        a.must("Tower", action, &[("Name", "north")]);
        let events = server.core().trail().events().unwrap();
        let event = events.iter().find(|event| event.action == action).unwrap();
        assert_eq!(event.notes["backend"], "answered with status 200", "{action}");
        assert_eq!((event.error_code.as_deref(), event.write), (None, action == "CreateTower"));
        assert_eq!(event.resources[0].arn, "acs:tower:*:11223344:tower/*", "{action}");
        assert!(event.resources[0].allowed);
        assert_eq!(event.parameters["Name"], "north");
    }
}
