//! Codes that need not be shown again: browsers that stand for one, where the account says so.

use std::time::Duration;

use argali_testkit::{Authenticator, Enterprise, TestServer, hours, minutes, seconds};
use serde_json::Value;

use crate::person::{PASSWORD, Person, bind_device};
use crate::stage::text;
use crate::world::tenant_on;

const CODE: &str = "MFACode";
const REMEMBER: (&str, &str) = ("RememberMFA", "true");

/// An account whose alice has a device and logs on with one browser or another.
struct World {
    server: TestServer,
    a: Enterprise,
    app: Authenticator,
}

impl World {
    fn new(preference: &[(&str, &str)]) -> Self {
        let server = TestServer::start();
        let a = tenant_on(&server);
        a.must("Ram", "CreateUser", &[("UserName", "alice")]);
        a.must("Ram", "CreateLoginProfile", &[("UserName", "alice"), ("Password", PASSWORD)]);
        a.must("Ims", "SetPasswordPolicy", &[("InitialPasswordAge", "0")]);
        let app = bind_device(&server, &a, "alice");
        let world = Self { server, a, app };
        world.prefer(preference);
        world
    }

    fn prefer(&self, preference: &[(&str, &str)]) {
        self.a.must("Ims", "SetSecurityPreference", preference);
    }

    fn open(&self, action: &str, params: &[(&str, &str)]) -> Value {
        self.a.client.call_unsigned("Argali", action, params).unwrap()
    }

    fn step(&self, browser: Option<&str>) -> Value {
        let name = format!("alice@{}", self.a.alias);
        let mut params = vec![("LogonName", name.as_str()), ("Password", PASSWORD)];
        params.extend(browser.map(|token| ("DeviceToken", token)));
        self.open("LogOn", &params)
    }

    /// Shows a code, and returns by what the browser is known from then on.
    fn show_code(&self, browser: Option<&str>, more: &[(&str, &str)]) -> String {
        let step = self.step(browser);
        assert_eq!(step["Need"], CODE);
        let (attempt, code) = (text(&step["Attempt"]), self.app.code(self.server.clock().now()));
        let params = [("Attempt", attempt.as_str()), ("AuthenticationCode", &code)];
        let answer = self.open("LogOnWithCode", &[&params[..], more].concat());
        self.server.clock().advance(seconds(90));
        text(&answer["DeviceToken"])
    }

    /// What is needed after the password.
    #[track_caller]
    fn needs(&self, browser: Option<&str>) -> Option<String> {
        self.step(browser)["Need"].as_str().map(str::to_owned)
    }

    fn pass(&self, time: Duration) {
        self.server.clock().advance(time);
    }
}

fn days(number: u64) -> Duration {
    hours(24 * number)
}

#[test]
fn nothing_is_remembered_unless_the_account_and_the_person_want_it() {
    let world = World::new(&[]);
    let browser = world.show_code(None, &[REMEMBER]);
    assert_eq!(world.needs(Some(&browser)).as_deref(), Some(CODE));
    world.prefer(&[("EnableSaveMFATicket", "true")]);
    assert_eq!(world.needs(Some(&browser)), None, "it was wanted when the code was shown");
    let unwanted = world.show_code(None, &[]);
    assert_eq!(world.needs(Some(&unwanted)).as_deref(), Some(CODE));
    assert_eq!(world.needs(None).as_deref(), Some(CODE), "another browser");
    world.prefer(&[("EnableSaveMFATicket", "false")]);
    assert_eq!(world.needs(Some(&browser)).as_deref(), Some(CODE));
}

#[test]
fn a_browser_stands_for_a_code_for_seven_days_and_not_for_a_second_factor() {
    let world = World::new(&[("EnableSaveMFATicket", "true"), ("MFAOperationForLogin", "mandatory")]);
    let browser = world.show_code(None, &[REMEMBER]);
    world.pass(days(6));
    let answer = world.step(Some(&browser));
    let person = Person::holding(&world.server, &world.a, &text(&answer["Session"]));
    assert_eq!(person.must("Argali", "GetLogonSession", &[])["MFAPresent"], false);
    // Whoever needs one shows a code.
    let code = world.app.code(world.server.clock().now());
    person.must("Argali", "VerifyIdentity", &[("AuthenticationCode", &code)]);
    assert_eq!(person.must("Argali", "GetLogonSession", &[])["MFAPresent"], true);
    // What it stands for does not become younger by logging on.
    let renewed = text(&answer["DeviceToken"]);
    world.pass(days(1) - minutes(3));
    assert_eq!(world.needs(Some(&renewed)), None);
    world.pass(minutes(3));
    assert_eq!(world.needs(Some(&renewed)).as_deref(), Some(CODE));
}

#[test]
fn what_is_remembered_goes_with_the_device_and_with_what_is_ended() {
    let user = ("UserName", "alice");
    let world = World::new(&[("EnableSaveMFATicket", "true")]);
    let browser = world.show_code(None, &[REMEMBER]);
    assert_eq!(world.needs(Some(&browser)), None);
    world.a.must("Argali", "EndSessions", &[user]);
    assert_eq!(world.needs(Some(&browser)).as_deref(), Some(CODE));
    let browser = world.show_code(Some(&browser), &[REMEMBER]);
    assert_eq!(world.needs(Some(&browser)), None);
    world.a.must("Argali", "EndSessions", &[("All", "true")]);
    assert_eq!(world.needs(Some(&browser)).as_deref(), Some(CODE));

    let browser = world.show_code(Some(&browser), &[REMEMBER]);
    world.a.must("Ram", "UnbindMFADevice", &[user]);
    world.a.must("Ram", "CreateUser", &[("UserName", "bob")]);
    let serial = format!("acs:ram::{}:mfa/alice", world.a.id);
    world.a.must("Ram", "DeleteVirtualMFADevice", &[("SerialNumber", &serial)]);
    bind_device(&world.server, &world.a, "alice");
    assert_eq!(world.needs(Some(&browser)).as_deref(), Some(CODE), "another device");
}

#[test]
fn a_browser_of_another_person_stands_for_nothing() {
    let world = World::new(&[("EnableSaveMFATicket", "true")]);
    let browser = world.show_code(None, &[REMEMBER]);
    world.a.must("Ram", "CreateUser", &[("UserName", "bob")]);
    world.a.must("Ram", "CreateLoginProfile", &[("UserName", "bob"), ("Password", PASSWORD)]);
    bind_device(&world.server, &world.a, "bob");
    let name = format!("bob@{}", world.a.alias);
    let params = [("LogonName", name.as_str()), ("Password", PASSWORD), ("DeviceToken", &browser)];
    assert_eq!(world.open("LogOn", &params)["Need"], CODE);
}

#[test]
fn a_new_password_is_asked_for_where_no_code_is() {
    let world = World::new(&[("EnableSaveMFATicket", "true")]);
    let browser = world.show_code(None, &[REMEMBER]);
    let change = [("UserName", "alice"), ("PasswordResetRequired", "true")];
    world.a.must("Ram", "UpdateLoginProfile", &change);
    let step = world.step(Some(&browser));
    assert_eq!(step["Need"], "NewPassword");
    let attempt = text(&step["Attempt"]);
    let params = [("Attempt", attempt.as_str()), ("NewPassword", "battery staple")];
    assert!(world.open("LogOnWithNewPassword", &params)["Session"].is_string());
}

#[test]
fn adaptive_asks_at_unusual_logons_alone() {
    let world = World::new(&[("MFAOperationForLogin", "adaptive")]);
    let browser = world.show_code(None, &[]);
    assert_eq!(world.needs(Some(&browser)), None, "a browser that has shown a code");
    assert_eq!(world.needs(None).as_deref(), Some(CODE), "one that is not known");
    world.pass(days(89));
    let renewed = text(&world.step(Some(&browser))["DeviceToken"]);
    world.pass(days(2));
    assert_eq!(world.needs(Some(&renewed)).as_deref(), Some(CODE), "too long ago");
    // Who must have a device and has none binds one.
    world.a.must("Ram", "CreateUser", &[("UserName", "bob")]);
    let must = [("UserName", "bob"), ("Password", PASSWORD), ("MFABindRequired", "true")];
    world.a.must("Ram", "CreateLoginProfile", &must);
    let name = format!("bob@{}", world.a.alias);
    let step = world.open("LogOn", &[("LogonName", &name), ("Password", PASSWORD)]);
    assert_eq!(step["Need"], "MFADevice");
    world.prefer(&[("MFAOperationForLogin", "independent")]);
    let browser = world.show_code(None, &[]);
    assert_eq!(world.needs(Some(&browser)).as_deref(), Some(CODE));
}
