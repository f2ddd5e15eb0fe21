//! How often may be guessed, and that guessing locks nobody out who is known.

use argali_testkit::{ApiFailure, Authenticator, Enterprise, TestServer, minutes};
use serde_json::Value;

use crate::person::{PASSWORD, bind_device};
use crate::stage::text;
use crate::world::tenant_on;

const FAILED: &str = "Logon.Failed";
/// What those are told who are no strangers.
const LOCKED: &str = "Logon.Locked";
/// Where alice works, and the first of the strangers.
const OFFICE: [u8; 4] = [10, 0, 0, 1];
const STRANGER: [u8; 4] = [192, 0, 2, 1];

/// An account with users who can log on, from wherever a test says.
struct World {
    server: TestServer,
    a: Enterprise,
}

impl World {
    fn new() -> Self {
        let server = TestServer::start();
        let a = tenant_on(&server);
        for user in ["alice", "bob"] {
            a.must("Ram", "CreateUser", &[("UserName", user)]);
            a.must("Ram", "CreateLoginProfile", &[("UserName", user), ("Password", PASSWORD)]);
        }
        Self { server, a }
    }

    fn log_on(
        &self,
        user: &str,
        from: [u8; 4],
        password: &str,
        device: Option<&str>,
    ) -> Result<Value, ApiFailure> {
        let name = format!("{user}@{}", self.a.alias);
        let mut params = vec![("LogonName", name.as_str()), ("Password", password)];
        params.extend(device.map(|token| ("DeviceToken", token)));
        self.server.call_unsigned_from(&self.a.client, from, ("Argali", "LogOn"), &params)
    }

    /// What a browser was given with which a user has logged on.
    fn device(&self, user: &str, from: [u8; 4]) -> String {
        text(&self.log_on(user, from, PASSWORD, None).unwrap()["DeviceToken"])
    }

    /// As many wrong passwords at once, so that they wait together; says how many were refused.
    fn guess(&self, number: u8, user: &str, from: impl Fn(u8) -> [u8; 4] + Sync, device: Option<&str>) {
        std::thread::scope(|scope| {
            for guess in 0..number {
                let from = &from;
                scope.spawn(move || {
                    let failure = self.log_on(user, from(guess), "wrong", device).unwrap_err();
                    let is_told = device.is_some() && failure.code == LOCKED;
                    assert!(failure.code == FAILED || is_told, "{failure}");
                });
            }
        });
    }
}

#[track_caller]
fn code(result: Result<Value, ApiFailure>) -> String {
    result.map_or_else(|failure| failure.code, |_| "ok".to_owned())
}

#[test]
fn strangers_have_ten_guesses_together_and_lock_out_none_but_strangers() {
    let world = World::new();
    let laptop = world.device("alice", OFFICE);
    let bobs = world.device("bob", [10, 0, 1, 1]);
    world.guess(11, "alice", |guess| [192, 0, 2, guess], None);
    // For strangers the name is locked, whatever they send.
    assert_eq!(code(world.log_on("alice", STRANGER, PASSWORD, None)), FAILED);
    assert_eq!(code(world.log_on("alice", STRANGER, PASSWORD, Some(&bobs))), FAILED, "another's browser");
    for bent in [laptop.chars().rev().collect(), format!("{laptop}A"), String::new()] {
        assert_eq!(code(world.log_on("alice", STRANGER, PASSWORD, Some(&bent))), FAILED);
    }
    // Alice comes in from where she has been before, and anywhere with a browser that she has used before.
    assert_eq!(code(world.log_on("alice", OFFICE, PASSWORD, None)), "ok");
    assert_eq!(code(world.log_on("alice", STRANGER, PASSWORD, Some(&laptop))), "ok");
    assert_eq!(code(world.log_on("bob", STRANGER, PASSWORD, None)), "ok", "another user");
    // A quarter of an hour later it is open to everybody, although strangers went on.
    world.server.clock().advance(minutes(15));
    assert_eq!(code(world.log_on("alice", [192, 0, 2, 200], PASSWORD, None)), "ok");
}

#[test]
fn what_is_known_has_ten_guesses_of_its_own_and_no_more() {
    let world = World::new();
    let laptop = world.device("alice", OFFICE);
    world.guess(11, "alice", |guess| [192, 0, 2, guess], Some(&laptop));
    assert_eq!(
        code(world.log_on("alice", OFFICE, PASSWORD, Some(&laptop))),
        LOCKED,
        "the browser is used up, and is told"
    );
    assert_eq!(code(world.log_on("alice", STRANGER, PASSWORD, None)), "ok", "and took nothing from others");
    world.server.clock().advance(minutes(15));
    assert_eq!(code(world.log_on("alice", STRANGER, PASSWORD, Some(&laptop))), "ok");

    world.guess(11, "alice", |_| OFFICE, None);
    assert_eq!(code(world.log_on("alice", OFFICE, PASSWORD, None)), FAILED, "the network is used up");
    assert_eq!(code(world.log_on("alice", OFFICE, PASSWORD, Some(&laptop))), "ok");
    assert_eq!(code(world.log_on("alice", [192, 0, 2, 9], PASSWORD, None)), "ok");
}

/// Console, log on: locked has its own message; security, console: strangers read what they always read.
#[test]
fn the_lock_of_the_password_policy_is_told_to_a_known_browser_alone() {
    let world = World::new();
    let (laptop, bobs) = (world.device("alice", OFFICE), world.device("bob", OFFICE));
    world.a.must("Ims", "SetPasswordPolicy", &[("MaxLoginAttemps", "2")]);
    assert_eq!(code(world.log_on("alice", OFFICE, "wrong", Some(&laptop))), FAILED, "the first");
    assert_eq!(code(world.log_on("alice", OFFICE, "wrong", Some(&laptop))), LOCKED, "the one that locks");
    for password in [PASSWORD, "wrong"] {
        assert_eq!(code(world.log_on("alice", STRANGER, password, Some(&laptop))), LOCKED);
        for device in [None, Some(bobs.as_str())] {
            assert_eq!(
                code(world.log_on("alice", OFFICE, password, device)),
                FAILED,
                "not even at the office"
            );
        }
    }
    world.server.clock().advance(minutes(61));
    assert_eq!(code(world.log_on("alice", STRANGER, PASSWORD, Some(&laptop))), "ok");
}

#[test]
fn a_browser_is_known_for_ninety_days_after_a_logon() {
    let world = World::new();
    world.a.must("Ims", "SetPasswordPolicy", &[("InitialPasswordAge", "0")]);
    let laptop = world.device("alice", OFFICE);
    world.server.clock().advance(minutes(89 * 24 * 60));
    let renewed = text(&world.log_on("alice", STRANGER, PASSWORD, Some(&laptop)).unwrap()["DeviceToken"]);
    world.server.clock().advance(minutes(2 * 24 * 60));
    world.guess(11, "alice", |guess| [198, 51, 100, guess], None);
    let elsewhere = [203, 0, 113, 1];
    assert_eq!(code(world.log_on("alice", elsewhere, PASSWORD, Some(&laptop))), FAILED);
    assert_eq!(code(world.log_on("alice", OFFICE, PASSWORD, None)), FAILED, "so is a network");
    assert_eq!(code(world.log_on("alice", elsewhere, PASSWORD, Some(&renewed))), "ok");
}

#[test]
fn who_knows_the_password_alone_locks_nobody_out_by_codes() {
    let world = World::new();
    let laptop = world.device("alice", OFFICE);
    let app: Authenticator = bind_device(&world.server, &world.a, "alice");
    let now = || world.server.clock().now();
    let attempt = |from, device| text(&world.log_on("alice", from, PASSWORD, device).unwrap()["Attempt"]);
    let show = |from: [u8; 4], attempt: &str, shown: &str| {
        let params = [("Attempt", attempt), ("AuthenticationCode", shown)];
        code(world.server.call_unsigned_from(&world.a.client, from, ("Argali", "LogOnWithCode"), &params))
    };
    let good = app.code(now());
    let wrong = if good == "000000" { "000001" } else { "000000" };
    for _ in 0..3 {
        let attempt = attempt(STRANGER, None);
        for _ in 0..5 {
            assert_eq!(show(STRANGER, &attempt, wrong), FAILED);
        }
    }
    // Fresh attempts do not help strangers, and a right password resets nothing.
    assert_eq!(show(STRANGER, &attempt(STRANGER, None), &good), FAILED);
    assert_eq!(show(STRANGER, &attempt(STRANGER, Some(&laptop)), &good), "ok");
}
