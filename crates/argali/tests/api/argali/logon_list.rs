//! One's own logons, seen and ended.

use argali_testkit::{Delegation, TestServer, minutes};
use serde_json::{Value, json};

use crate::expect::Calls;
use crate::person::Person;
use crate::shape::complete;
use crate::stage::text;

fn ids(person: &Person<'_>) -> Vec<String> {
    let answer = person.must("Argali", "ListLogonSessions", &[]);
    complete("Argali", "ListLogonSessions", &answer, &[]);
    let list = answer["LogonSessions"]["LogonSession"].as_array().unwrap().clone();
    list.iter().map(|logon| text(&logon["LogonId"])).collect()
}

fn own_id(person: &Person<'_>) -> String {
    text(&person.must("Argali", "GetLogonSession", &[])["LogonId"])
}

#[test]
fn whoever_is_logged_on_sees_and_ends_its_own_logons() {
    let server = TestServer::start();
    let Delegation { b, role_arn, alice: key, .. } = Delegation::set_up(&server);
    key.refused("Argali", "ListLogonSessions", &[], "Logon.Required");
    key.refused("Argali", "EndLogonSessions", &[("Others", "true")], "Logon.Required");
    b.user("bob");
    let (office, bob) = (Person::of(&server, &b, "alice"), Person::of(&server, &b, "bob"));
    server.clock().advance(minutes(1));
    let home = Person::log_on(&server, &b, "alice");
    assert_eq!(ids(&home), [own_id(&home), own_id(&office)], "the latest first, and no other user's");
    assert_eq!(ids(&office), ids(&home));
    let current = |person: &Person<'_>| -> Vec<Value> {
        let answer = person.must("Argali", "ListLogonSessions", &[]);
        let list = answer["LogonSessions"]["LogonSession"].as_array().unwrap().clone();
        list.iter().map(|logon| logon["IsCurrent"].clone()).collect()
    };
    assert_eq!(
        (current(&home), current(&office)),
        (vec![json!(true), json!(false)], vec![json!(false), json!(true)])
    );

    for wrong in [&[][..], &[("LogonId", own_id(&home).as_str()), ("Others", "true")]] {
        home.refused("Argali", "EndLogonSessions", wrong, "InvalidParameter.LogonId");
    }
    home.refused("Argali", "EndLogonSessions", &[("LogonId", "1")], "InvalidParameter.LogonId");
    home.refused("Argali", "EndLogonSessions", &[("LogonId", &own_id(&bob))], "EntityNotExist.Session");
    bob.must("Argali", "GetLogonSession", &[]);

    // What stands on a logon ends with it, at the next request.
    let session = office.assume(&role_arn);
    session.must("Sts", "GetCallerIdentity", &[]);
    let answer = home.must("Argali", "EndLogonSessions", &[("LogonId", &own_id(&office))]);
    complete("Argali", "EndLogonSessions", &answer, &[]);
    office.refused("Argali", "GetLogonSession", &[], "Logon.Ended");
    session.refused("Sts", "GetCallerIdentity", &[], "InvalidSecurityToken.Revoked");
    assert_eq!(ids(&home), [own_id(&home)]);
    home.must("Argali", "EndLogonSessions", &[("LogonId", &own_id(&home))]);
    home.refused("Argali", "GetLogonSession", &[], "Logon.Ended");
}

#[test]
fn all_others_end_together_from_a_role_too() {
    let server = TestServer::start();
    let Delegation { b, role_arn, .. } = Delegation::set_up(&server);
    let first = Person::of(&server, &b, "alice");
    let (second, third) = (Person::log_on(&server, &b, "alice"), Person::log_on(&server, &b, "alice"));
    let session = first.assume(&role_arn);
    session.must("Sts", "GetCallerIdentity", &[]);
    let role = ("company-a", "ecs-admin");
    third.switch(role).unwrap();
    third.call_in(role, "Argali", "EndLogonSessions", &[("Others", "true")]).unwrap();
    for ended in [&first, &second] {
        ended.refused("Argali", "GetLogonSession", &[], "Logon.Ended");
    }
    session.refused("Sts", "GetCallerIdentity", &[], "InvalidSecurityToken.Revoked");
    assert_eq!(ids(&third), [own_id(&third)]);
    assert_eq!(third.ask_in(role), "good");
}

#[test]
fn of_more_than_a_hundred_logons_the_first_ends() {
    let server = TestServer::start();
    let Delegation { b, role_arn, .. } = Delegation::set_up(&server);
    let first = Person::of(&server, &b, "alice");
    let session = first.assume(&role_arn);
    server.clock().advance(minutes(1));
    for _ in 0..99 {
        Person::log_on(&server, &b, "alice");
    }
    assert_eq!(ids(&first).len(), 100);
    session.must("Sts", "GetCallerIdentity", &[]);
    let last = Person::log_on(&server, &b, "alice");
    first.refused("Argali", "GetLogonSession", &[], "Logon.Ended");
    session.refused("Sts", "GetCallerIdentity", &[], "InvalidSecurityToken.Revoked");
    assert_eq!(ids(&last).len(), 100);
}
