//! How sessions of roles came to their end: which account ended them, and when.
// SPEC: console, switch role: when the other side ends a session, the next page says when.

use argali_testkit::model::{DeletedRole, GlobalTable, Key};
use argali_testkit::{Delegation, Enterprise, TestServer, minutes, seconds, trust};
use serde_json::{Value, json};

use crate::expect::Calls;
use crate::person::Person;
use crate::shape::{complete, known};
use crate::stage::text;

const ROLE: (&str, &str) = ("RoleName", "ecs-admin");
const SWITCHED: [(&str, &str); 2] = [("Account", "company-a"), ROLE];
const ASK: &str = "GetSwitchedRoleEnd";

/// The two sides of a session.
struct Room<'s> {
    server: &'s TestServer,
    a: Enterprise,
    b: Enterprise,
}

impl Room<'_> {
    fn trust(&self, document: &Value) {
        let document = document.to_string();
        self.a.must("Ram", "UpdateRole", &[ROLE, ("NewAssumeRolePolicyDocument", &document)]);
    }

    fn later(&self, by: u64) {
        self.server.clock().advance(minutes(by));
    }

    /// The session, as company-b lists it.
    fn session(&self) -> String {
        let listed = self.b.must("Argali", "ListSessions", &[("Status", "Live")]);
        text(&listed["Sessions"]["Session"][0]["SessionId"])
    }

    fn delete_role(&self) {
        let policy = [ROLE, ("PolicyName", "AliyunECSFullAccess"), ("PolicyType", "System")];
        self.a.must("Ram", "DetachPolicyFromRole", &policy);
        self.a.must("Ram", "DeleteRole", &[ROLE]);
    }
}

/// What is told of a session that is ended in its fifth minute, in its fifteenth: the account, and the minute.
#[track_caller]
fn told(end: impl FnOnce(&Room<'_>)) -> (String, Option<i64>) {
    let server = TestServer::start();
    let Delegation { a, b, .. } = Delegation::set_up(&server);
    let alice = Person::of(&server, &b, "alice");
    alice.must("Argali", "SwitchRole", &SWITCHED);
    let room = Room { server: &server, a, b };
    let begun = server.clock().now();
    room.later(5);
    end(&room);
    let past_s = server.clock().now().as_seconds() - begun.as_seconds();
    server.clock().advance(seconds(15 * 60 - u64::try_from(past_s).unwrap()));
    let answer = alice.must("Argali", ASK, &SWITCHED);
    known("Argali", ASK, &answer);
    let minute = answer.get("EndDate").map(|date| {
        let minute = (0..=15).find(|minute| begun.plus_seconds(minute * 60).to_string() == text(date));
        minute.unwrap_or_else(|| panic!("{date} is no minute since {begun}"))
    });
    (answer.get("AccountId").map(text).unwrap_or_default(), minute)
}

fn by_a(minute: i64) -> (String, Option<i64>) {
    ("11223344".to_owned(), Some(minute))
}

#[test]
fn only_whoever_switched_is_told() {
    let server = TestServer::start();
    let Delegation { a, b, alice: key, .. } = Delegation::set_up(&server);
    key.refused("Argali", ASK, &SWITCHED, "Logon.Required");
    let alice = Person::of(&server, &b, "alice");
    alice.refused("Argali", ASK, &[ROLE], "MissingAccount");
    for account in ["company-a", "11223344", "nobody-here"] {
        alice.refused("Argali", ASK, &[("Account", account), ROLE], "EntityNotExist.Session");
    }
    alice.must("Argali", "SwitchRole", &SWITCHED);
    let answer = alice.must("Argali", ASK, &SWITCHED);
    assert!(answer.get("AccountId").is_none() && answer.get("EndDate").is_none(), "it holds: {answer}");
    a.must("Argali", "EndSessions", &[ROLE]);
    complete("Argali", ASK, &alice.must("Argali", ASK, &SWITCHED), &[]);
    let again = Person::log_on(&server, &b, "alice");
    again.refused("Argali", ASK, &SWITCHED, "EntityNotExist.Session");
}

#[test]
fn what_was_ended_by_hand_says_by_which_side() {
    assert_eq!(told(|_| {}), (String::new(), None));
    assert_eq!(
        told(|room| drop(room.a.must("Argali", "EndSession", &[("SessionId", &room.session())]))),
        by_a(5)
    );
    let by_b = told(|room| drop(room.b.must("Argali", "EndSession", &[("SessionId", &room.session())])));
    assert_eq!(by_b, ("12345678".to_owned(), Some(5)));
    assert_eq!(told(|room| drop(room.a.must("Argali", "EndSessions", &[ROLE]))), by_a(5));
    assert_eq!(told(|room| drop(room.a.must("Argali", "EndSessions", &[("All", "true")]))), by_a(5));
    let both = told(|room| {
        room.a.must("Argali", "EndSessions", &[ROLE]);
        room.later(2);
        room.a.must("Argali", "EndSessions", &[("All", "true")]);
    });
    assert_eq!(both, by_a(5), "the first counts");
    let twice = told(|room| {
        room.a.must("Argali", "EndSessions", &[ROLE]);
        room.later(2);
        room.a.must("Argali", "EndSessions", &[ROLE]);
    });
    assert_eq!(twice.1, None, "which of them it was is not kept");
}

#[test]
fn what_trust_ended_says_when_it_was_written_or_which_date_passed() {
    assert_eq!(told(|room| room.trust(&trust(&[]))), by_a(5));
    assert_eq!(told(|room| room.trust(&trust(&["acs:ram::12345678:user/bob"]))), by_a(5));
    let unknown = told(|room| {
        room.trust(&trust(&[]));
        room.later(1);
        room.trust(&trust(&["acs:ram::99887766:root"]));
    });
    assert_eq!(unknown, ("11223344".to_owned(), None), "either may have been it");
    let until = |minute: i64| {
        told(|room| {
            let until = room.server.clock().now().plus_seconds((minute - 5) * 60).to_string();
            let statement = json!({ "Effect": "Allow", "Action": "sts:AssumeRole",
                "Principal": { "RAM": [room.b.root_arn()] },
                "Condition": { "DateLessThan": { "acs:CurrentTime": until } } });
            room.trust(&json!({ "Version": "1", "Statement": [statement] }));
        })
    };
    assert_eq!(until(9), by_a(9));
    assert_eq!(until(30), (String::new(), None), "it holds yet");
    // A name that the user gave up: trust has not changed, and does not let it in any more.
    let renamed = told(|room| {
        room.trust(&trust(&["acs:ram::12345678:user/alice"]));
        room.later(2);
        room.b.must("Ram", "UpdateUser", &[("UserName", "alice"), ("NewUserName", "alicia")]);
    });
    assert_eq!(renamed, ("11223344".to_owned(), None));
}

#[test]
fn what_ended_with_its_role_or_ones_own_permission_says_so() {
    assert_eq!(told(|room| room.delete_role()), by_a(5));
    let anew = told(|room| {
        room.delete_role();
        room.later(1);
        room.a.role("ecs-admin", &[&room.b.root_arn()], &[]);
    });
    assert_eq!(anew, by_a(5), "another role of that name is another");
    let twice = told(|room| {
        room.trust(&trust(&[]));
        room.later(1);
        room.delete_role();
    });
    assert_eq!(twice, ("11223344".to_owned(), None), "trust ended it before");
    let by_hand = told(|room| {
        let session = room.session();
        room.trust(&trust(&["acs:ram::12345678:user/bob"]));
        room.later(1);
        room.a.must("Argali", "EndSession", &[("SessionId", &session)]);
    });
    assert_eq!(by_hand, ("11223344".to_owned(), None), "trust ended it before");
    let off = [ROLE, ("NewAllowConsoleLogin", "false")];
    let closed = told(|room| {
        room.a.must("Ram", "UpdateRole", &off);
        room.later(1);
        room.a.must("Ram", "UpdateRole", &off);
    });
    assert_eq!(closed, by_a(5));
    assert_eq!(told(|room| room.server.close(&room.a)), ("11223344".to_owned(), None));
    let own = told(|room| {
        let policy = [("PolicyName", "AliyunSTSAssumeRoleAccess"), ("PolicyType", "System")];
        room.b.must("Ram", "DetachPolicyFromUser", &[&[("UserName", "alice")], &policy[..]].concat());
        room.trust(&trust(&[]));
    });
    assert_eq!(own, ("12345678".to_owned(), None), "the own side said no first");
}

#[test]
fn a_deleted_role_is_remembered_for_as_long_as_its_sessions_could_last() {
    let server = TestServer::start();
    let Delegation { a, b, .. } = Delegation::set_up(&server);
    let id = text(&a.must("Ram", "GetRole", &[ROLE])["Role"]["RoleId"]);
    Room { server: &server, a, b }.delete_role();
    let rows = || {
        let tx = server.core().store().read().unwrap();
        let when = DeletedRole::find(tx.as_ref(), "11223344".parse().unwrap(), id.parse().unwrap()).unwrap();
        let table = Key::global(GlobalTable::EndedSessionExpiry);
        (when.is_some(), tx.scan(table.as_bytes(), table.end().as_bytes(), 10).unwrap().len())
    };
    server.clock().advance(minutes(12 * 60 - 1));
    server.core().tidy().unwrap();
    assert_eq!(rows(), (true, 1));
    server.clock().advance(minutes(2));
    server.core().tidy().unwrap();
    // Readers see what is flushed: a later change that is acknowledged says that the tidying is.
    server.account("another", "55667788");
    assert_eq!(rows(), (false, 0));
}
