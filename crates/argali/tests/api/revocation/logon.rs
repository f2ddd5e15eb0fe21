//! Sessions whose chain began with somebody who is logged on: in the console, and with credentials that went out of it.

use argali_server::config::Revocation;
use argali_testkit::{Client, Delegation, Enterprise, TestServer, hours, trust};
use serde_json::{Value, json};

use super::{EXPIRED, MALFORMED, REVOKED, ask};
use crate::person::{PASSWORD, Person};
use crate::stage::text;

const LOGON_ENDED: &str = "Logon.Ended";
const GOOD: &str = "good";
const ALICE: (&str, &str) = ("UserName", "alice");
const ASSUME: [(&str, &str); 2] = [("PolicyName", "AliyunSTSAssumeRoleAccess"), ("PolicyType", "System")];
const ECS: [(&str, &str); 2] = [("PolicyName", "AliyunECSFullAccess"), ("PolicyType", "System")];
const ROLE: (&str, &str) = ("company-a", "ecs-admin");

/// Alice, who has switched to the role and has also taken credentials of it along.
struct Story<'s> {
    server: &'s TestServer,
    a: Enterprise,
    b: Enterprise,
    person: Person<'s>,
    session: Client,
}

impl<'s> Story<'s> {
    fn begin(server: &'s TestServer) -> Self {
        let Delegation { a, b, alice, role_arn } = Delegation::set_up(server);
        // Whatever follows is a matter of the logon alone.
        let key = [ALICE, ("UserAccessKeyId", &alice.credentials().access_key_id)];
        b.must("Ram", "DeleteAccessKey", &key);
        let person = Person::of(server, &b, "alice");
        person.switch(ROLE).unwrap();
        let session = person.assume(&role_arn);
        let story = Self { server, a, b, person, session };
        story.expect(GOOD, GOOD);
        story
    }

    /// What alice is told in the role, and what whoever has the credentials is told.
    #[track_caller]
    fn expect(&self, in_console: &str, with_credentials: &str) {
        for _ in 0..2 {
            let told = (self.person.ask_in(ROLE), ask(&self.session));
            assert_eq!((told.0.as_str(), told.1.as_str()), (in_console, with_credentials));
        }
    }

    fn role(&self, change: (&str, &str)) {
        self.a.must("Ram", "UpdateRole", &[("RoleName", "ecs-admin"), change]);
    }

    fn trust(&self, document: &Value) {
        self.role(("NewAssumeRolePolicyDocument", &document.to_string()));
    }

    fn profile(&self, status: &str) {
        let name = format!("alice@{}", self.b.id);
        self.b.must("Ims", "UpdateLoginProfile", &[("UserPrincipalName", &name), ("Status", status)]);
    }

    fn networks(&self, masks: &str) {
        self.b.must("Ram", "SetSecurityPreference", &[("LoginNetworkMasks", masks)]);
    }
}

/// Something that ends a session, and what undoes it.
struct Removal {
    what: &'static str,
    remove: fn(&Story<'_>),
    in_console: &'static str,
    with_credentials: &'static str,
    restore: fn(&Story<'_>),
}

/// What can be taken back: then an unexpired session goes on.
const REVERSIBLE: &[Removal] = &[
    Removal {
        what: "the trust policy no longer names the account",
        remove: |story| story.trust(&trust(&[])),
        in_console: REVOKED,
        with_credentials: REVOKED,
        restore: |story| story.trust(&trust(&[&story.b.root_arn()])),
    },
    Removal {
        what: "the user's permission to assume is detached",
        remove: |story| {
            story.b.must("Ram", "DetachPolicyFromUser", &[&[ALICE], &ASSUME[..]].concat());
        },
        in_console: REVOKED,
        with_credentials: REVOKED,
        restore: |story| story.b.grant("alice", ASSUME[0].1),
    },
    Removal {
        what: "console access is switched off for the user",
        remove: |story| story.profile("Inactive"),
        in_console: LOGON_ENDED,
        with_credentials: REVOKED,
        restore: |story| story.profile("Active"),
    },
    Removal {
        what: "the account no longer lets anybody in from there",
        remove: |story| story.networks("10.0.0.0/8"),
        in_console: LOGON_ENDED,
        with_credentials: REVOKED,
        restore: |story| story.networks(""),
    },
    Removal {
        what: "the role is no longer for the console",
        remove: |story| story.role(("NewAllowConsoleLogin", "false")),
        in_console: REVOKED,
        with_credentials: GOOD,
        restore: |story| story.role(("NewAllowConsoleLogin", "true")),
    },
    Removal {
        what: "the assuming account is closed",
        remove: |story| story.server.close(&story.b),
        in_console: LOGON_ENDED,
        with_credentials: REVOKED,
        restore: |story| story.server.reopen(&story.b),
    },
    Removal {
        what: "the role's account is closed",
        remove: |story| story.server.close(&story.a),
        in_console: REVOKED,
        with_credentials: REVOKED,
        restore: |story| story.server.reopen(&story.a),
    },
];

#[test]
fn what_is_given_back_lets_an_unexpired_session_go_on() {
    let server = TestServer::start();
    let story = Story::begin(&server);
    for Removal { what, remove, in_console, with_credentials, restore } in REVERSIBLE {
        eprintln!("{what}");
        remove(&story);
        story.expect(in_console, with_credentials);
        restore(&story);
        story.expect(GOOD, GOOD);
    }
}

/// What ends a session for good.
const FINAL: &[Removal] = &[
    Removal {
        what: "the user logs off",
        remove: |story| drop(story.person.must("Argali", "LogOff", &[])),
        in_console: LOGON_ENDED,
        with_credentials: REVOKED,
        restore: |story| drop(Person::log_on(story.server, &story.b, "alice")),
    },
    Removal {
        what: "the login profile is deleted",
        remove: |story| drop(story.b.must("Ram", "DeleteLoginProfile", &[ALICE])),
        in_console: LOGON_ENDED,
        with_credentials: REVOKED,
        restore: |story| {
            story.b.must("Ram", "CreateLoginProfile", &[ALICE, ("Password", PASSWORD)]);
        },
    },
    Removal {
        what: "the password is changed, to the same",
        remove: |story| {
            story.b.must("Ram", "UpdateLoginProfile", &[ALICE, ("Password", PASSWORD)]);
        },
        in_console: LOGON_ENDED,
        with_credentials: REVOKED,
        restore: |_| {},
    },
    Removal {
        what: "all that the user began is ended",
        remove: |story| drop(story.b.must("Argali", "EndSessions", &[ALICE])),
        in_console: LOGON_ENDED,
        with_credentials: REVOKED,
        restore: |_| {},
    },
    Removal {
        what: "all of the user's account is ended",
        remove: |story| drop(story.b.must("Argali", "EndSessions", &[("All", "true")])),
        in_console: LOGON_ENDED,
        with_credentials: REVOKED,
        restore: |_| {},
    },
    Removal {
        what: "all sessions of the role are ended",
        remove: |story| {
            story.a.must("Argali", "EndSessions", &[("RoleName", "ecs-admin")]);
        },
        in_console: REVOKED,
        with_credentials: REVOKED,
        restore: |_| {},
    },
    Removal {
        what: "the user is deleted, and made again",
        remove: |story| {
            story.b.must("Ram", "DetachPolicyFromUser", &[&[ALICE], &ASSUME[..]].concat());
            story.b.must("Ram", "DeleteLoginProfile", &[ALICE]);
            story.b.must("Ram", "DeleteUser", &[ALICE]);
        },
        in_console: LOGON_ENDED,
        with_credentials: MALFORMED,
        restore: |story| {
            story.b.must("Ram", "CreateUser", &[ALICE]);
            story.b.must("Ram", "CreateLoginProfile", &[ALICE, ("Password", PASSWORD)]);
            story.b.grant("alice", ASSUME[0].1);
        },
    },
    Removal {
        what: "the role is deleted, and made again",
        remove: |story| {
            let role = ("RoleName", "ecs-admin");
            story.a.must("Ram", "DetachPolicyFromRole", &[&[role], &ECS[..]].concat());
            story.a.must("Ram", "DeleteRole", &[role]);
        },
        in_console: MALFORMED,
        with_credentials: MALFORMED,
        restore: |story| drop(story.a.role("ecs-admin", &[&story.b.root_arn()], &[])),
    },
    Removal {
        what: "the logon's time is over",
        remove: |story| story.server.clock().advance(hours(6)),
        in_console: LOGON_ENDED,
        with_credentials: EXPIRED,
        restore: |_| {},
    },
];

#[test]
fn what_ends_a_session_for_good_is_not_undone_by_anything() {
    for Removal { what, remove, in_console, with_credentials, restore } in FINAL {
        eprintln!("{what}");
        let server = TestServer::start();
        let story = Story::begin(&server);
        remove(&story);
        story.expect(in_console, with_credentials);
        restore(&story);
        story.expect(in_console, with_credentials);
    }
}

#[test]
fn either_side_ends_the_session_of_somebody_who_switched() {
    for end_at_a in [false, true] {
        let server = TestServer::start();
        let story = Story::begin(&server);
        let shown = story.person.must("Argali", "GetLogonSession", &[]);
        let id = text(&shown["SwitchedRoles"]["SwitchedRole"][0]["SessionId"]);
        let side = if end_at_a { &story.a } else { &story.b };
        side.must("Argali", "EndSession", &[("SessionId", &id)]);
        story.expect(REVOKED, GOOD);
        // Whoever still may switches anew.
        story.person.switch(ROLE).unwrap();
        story.expect(GOOD, GOOD);
    }
}

#[test]
fn a_shorter_logon_shortens_what_stands_on_it() {
    let server = TestServer::start();
    let story = Story::begin(&server);
    story.role(("NewMaxSessionDuration", "43200"));
    story.person.switch(ROLE).unwrap();
    server.clock().advance(hours(2));
    assert_eq!(story.person.ask_in(ROLE), GOOD);
    story.b.must("Ram", "SetSecurityPreference", &[("LoginSessionDuration", "1")]);
    assert_eq!(story.person.ask_in(ROLE), LOGON_ENDED);
}

#[test]
fn no_second_factor_that_trust_asks_for_is_made_up() {
    let server = TestServer::start();
    let story = Story::begin(&server);
    let mut document = trust(&[&story.b.root_arn()]);
    document["Statement"][0]["Condition"] = json!({ "Bool": { "acs:MFAPresent": "true" } });
    story.trust(&document);
    story.expect(REVOKED, REVOKED);
    document["Statement"][0]["Condition"] = json!({ "Bool": { "acs:MFAPresent": "false" } });
    story.trust(&document);
    story.expect(GOOD, GOOD);
}

#[test]
fn where_issued_tokens_run_on_they_end_with_the_logon_all_the_same() {
    let upstream = || {
        TestServer::builder()
            .configure(|config| config.identity.session_revocation = Revocation::Upstream)
            .start()
    };
    let server = upstream();
    let story = Story::begin(&server);
    story.trust(&trust(&[]));
    story.b.must("Ram", "DetachPolicyFromUser", &[&[ALICE], &ASSUME[..]].concat());
    story.expect(GOOD, GOOD);
    story.person.must("Argali", "LogOff", &[]);
    story.expect(LOGON_ENDED, REVOKED);
    let server = upstream();
    let story = Story::begin(&server);
    story.b.must("Argali", "EndSessions", &[ALICE]);
    story.expect(LOGON_ENDED, REVOKED);
}
