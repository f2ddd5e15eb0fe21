//! The e-mail address under which the owner of an account logs on.
// SPEC: console, log on: account ID or e-mail; security, console: unknown and wrong answer alike.

use argali_testkit::{ApiFailure, Enterprise, TestServer, allow, minutes};
use serde_json::Value;

use crate::world::tenant_on;

const EMAIL: &str = "Owner@Company-A.example";

struct World {
    server: TestServer,
    a: Enterprise,
    password: String,
}

impl World {
    fn new() -> Self {
        let server = TestServer::start();
        let a = tenant_on(&server);
        let password = server.give_owner_password(&a);
        Self { server, a, password }
    }

    fn log_on(&self, owner: &str, password: &str) -> Result<Value, ApiFailure> {
        self.a.client.call_unsigned("Argali", "LogOn", &[("Owner", owner), ("Password", password)])
    }

    fn has(&self, email: &str) {
        self.a.must("Argali", "SetOwnerEmail", &[("OwnerEmail", email)]);
    }
}

#[track_caller]
fn code(result: Result<Value, ApiFailure>) -> String {
    result.map_or_else(|failure| failure.code, |_| "ok".to_owned())
}

#[test]
fn who_may_not_neither_sees_nor_changes_it() {
    let world = World::new();
    world.has(EMAIL);
    let bob = world.a.user("bob");
    assert_eq!(code(bob.call("Argali", "GetOwnerEmail", &[])), "NoPermission");
    assert_eq!(code(bob.call("Argali", "SetOwnerEmail", &[("OwnerEmail", "b@b.example")])), "NoPermission");
    world.a.grant_document("bob", "see", &allow(&["argali:GetOwnerEmail"], &["*"]));
    assert_eq!(bob.call("Argali", "GetOwnerEmail", &[]).unwrap()["OwnerEmail"], EMAIL);
    let other = tenant_on(&world.server);
    assert!(other.must("Argali", "GetOwnerEmail", &[])["OwnerEmail"].is_null());
}

#[test]
fn what_is_no_address_is_refused() {
    let world = World::new();
    for bad in [
        "owner",
        "@a.example",
        "owner@",
        "owner@local",
        "a b@c.example",
        "a@b..example",
        "a@-b.example",
        "é@b.example",
        "a@b@c.example",
    ] {
        let came = world.a.client.call("Argali", "SetOwnerEmail", &[("OwnerEmail", bad)]);
        assert_eq!(code(came), "InvalidParameter.OwnerEmail.Format", "{bad}");
    }
    let long = format!("{}@b.example", "a".repeat(120));
    let came = world.a.client.call("Argali", "SetOwnerEmail", &[("OwnerEmail", &long)]);
    assert_eq!(code(came), "InvalidParameter.OwnerEmail.Length");
}

#[test]
fn the_owner_logs_on_under_it_in_any_case_until_it_is_another() {
    let world = World::new();
    assert_eq!(code(world.log_on(EMAIL, &world.password)), "Logon.Failed");
    world.has(EMAIL);
    for typed in [EMAIL, "owner@company-a.EXAMPLE", " owner@company-a.example ", &world.a.id, &world.a.alias]
    {
        assert_eq!(code(world.log_on(typed, &world.password)), "ok", "{typed}");
    }
    world.has("root@company-a.example");
    assert_eq!(code(world.log_on(EMAIL, &world.password)), "Logon.Failed");
    assert_eq!(code(world.log_on("root@company-a.example", &world.password)), "ok");
    world.a.must("Argali", "SetOwnerEmail", &[]);
    assert_eq!(code(world.log_on("root@company-a.example", &world.password)), "Logon.Failed");
}

#[test]
fn an_address_is_of_one_account() {
    let world = World::new();
    world.has(EMAIL);
    world.has(&EMAIL.to_lowercase());
    let other = tenant_on(&world.server);
    let take = || code(other.client.call("Argali", "SetOwnerEmail", &[("OwnerEmail", EMAIL)]));
    assert_eq!(take(), "EntityAlreadyExists.OwnerEmail");
    world.has("root@company-a.example");
    assert_eq!(take(), "ok", "what was given up is free");
}

/// Which addresses there are is not found out by trying to take them.
#[test]
fn nobody_may_try_many_addresses() {
    let world = World::new();
    let set = |number: u8| {
        let email = format!("owner-{number}@company-a.example");
        code(world.a.client.call("Argali", "SetOwnerEmail", &[("OwnerEmail", &email)]))
    };
    for number in 0..10 {
        assert_eq!(set(number), "ok");
    }
    assert_eq!(set(10), "Throttling.User");
    world.server.clock().advance(minutes(15));
    assert_eq!(set(11), "ok");
}

#[test]
fn unknown_addresses_and_wrong_passwords_read_and_cost_the_same() {
    let world = World::new();
    world.has(EMAIL);
    let mut answers = Vec::new();
    for (owner, password) in [
        (EMAIL, "wrong"),
        ("nobody@company-a.example", "wrong"),
        ("nobody@company-a.example", &world.password),
    ] {
        let before = world.server.core().passwords_hashed();
        let failure = world.log_on(owner, password).unwrap_err();
        assert_eq!(world.server.core().passwords_hashed() - before, 1, "{owner}");
        answers.push((failure.status, failure.code, failure.message));
    }
    assert!(answers.windows(2).all(|pair| pair[0] == pair[1]), "{answers:?}");
}

/// Ten wrong passwords lock the name in all its forms.
#[test]
fn guesses_under_the_address_and_the_number_count_together() {
    let world = World::new();
    world.has(EMAIL);
    std::thread::scope(|scope| {
        for guess in 0..11 {
            let owner = if guess % 2 == 0 { EMAIL } else { &world.a.id };
            let world = &world;
            scope.spawn(move || assert_eq!(code(world.log_on(owner, "wrong")), "Logon.Failed"));
        }
    });
    assert_eq!(code(world.log_on(EMAIL, &world.password)), "Logon.Failed");
    assert_eq!(code(world.log_on(&world.a.id, &world.password)), "Logon.Failed");
    world.server.clock().advance(minutes(15));
    assert_eq!(code(world.log_on(EMAIL, &world.password)), "ok");
}
