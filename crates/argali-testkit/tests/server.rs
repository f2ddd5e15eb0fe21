//! The kit itself: what tests rely on without looking.

use argali_testkit::{Delegation, Engine, Format, Signing, TestClock, TestServer, minutes};

#[test]
fn every_way_of_signing_reaches_the_same_operation() {
    let server = TestServer::start();
    let a = server.account("company-a", "11223344");
    for signing in Signing::ALL {
        for format in [Format::Json, Format::Xml] {
            let client = a.client.signing(signing).format(format);
            let answer = client.call("Sts", "GetCallerIdentity", &[]).unwrap();
            assert_eq!(answer["AccountId"], "11223344", "{signing:?} {format:?}");
        }
    }
}

#[test]
fn time_moves_only_when_it_is_moved() {
    let server = TestServer::start();
    let a = server.account("company-a", "11223344");
    let signed = a.client.sign("Sts", "GetCallerIdentity", &[]);
    server.clock().advance(minutes(16));
    assert_eq!(a.client.send(&signed).unwrap_err().code, "InvalidTimeStamp.Expired");
    a.client.call("Sts", "GetCallerIdentity", &[]).unwrap();
    server.clock().follow_real_time();
    a.client.call("Sts", "GetCallerIdentity", &[]).unwrap();
}

#[test]
fn a_seed_gives_the_same_server() {
    let key = |seed| {
        let server = TestServer::builder().seed(seed).engine(Engine::Memory).start();
        server.account("company-a", "11223344").client.credentials().access_key_id.clone()
    };
    assert_eq!(key(1), key(1));
    assert_ne!(key(1), key(2));
}

#[test]
fn what_is_on_disk_survives_a_restart() {
    let server = TestServer::builder().engine(Engine::Embedded).clock(TestClock::real()).start();
    let a = server.account("company-a", "11223344");
    a.must("Ram", "CreateUser", &[("UserName", "alice")]);
    let credentials = a.client.credentials().clone();
    drop(a);
    let server = server.restart();
    let client = server.client(credentials);
    let answer = client.call("Ram", "GetUser", &[("UserName", "alice")]).unwrap();
    assert_eq!(answer["User"]["UserName"], "alice");
}

#[test]
fn the_delegation_can_be_set_up_and_used() {
    let server = TestServer::start();
    let story = Delegation::set_up(&server);
    assert_eq!(story.role_arn, "acs:ram::11223344:role/ecs-admin");
    let session = story.alice.assume(&story.role_arn, "alice-at-work").unwrap();
    let identity = session.call("Sts", "GetCallerIdentity", &[]).unwrap();
    assert_eq!(identity["Arn"], "acs:ram::11223344:assumed-role/ecs-admin/alice-at-work");
}
