//! Logging on to the console, step by step.

use argali_testkit::{ApiFailure, Authenticator, Enterprise, TestServer, allow, hours, minutes, seconds};
use serde_json::{Value, json};

use crate::expect::Calls;
use crate::stage::text;
use crate::world::tenant_on;

const ALICE: (&str, &str) = ("UserName", "alice");
const PASSWORD: &str = "correct horse";

/// An account whose alice can log on, on a server of its own.
struct World {
    server: TestServer,
    a: Enterprise,
}

impl World {
    fn new() -> Self {
        let server = TestServer::start();
        let a = tenant_on(&server);
        a.must("Ram", "CreateUser", &[ALICE]);
        a.must("Ram", "CreateLoginProfile", &[ALICE, ("Password", PASSWORD)]);
        Self { server, a }
    }

    fn open(&self, action: &str, params: &[(&str, &str)]) -> Result<Value, ApiFailure> {
        self.a.client.call_unsigned("Argali", action, params)
    }

    fn log_on(&self, password: &str) -> Result<Value, ApiFailure> {
        let name = format!("alice@{}", self.a.alias);
        self.open("LogOn", &[("LogonName", &name), ("Password", password)])
    }

    fn as_logon(&self, session: &str, product: &str, action: &str) -> Result<Value, ApiFailure> {
        self.server.call_as_logon(&self.a.client, session, (product, action), &[])
    }

    fn session(&self) -> String {
        text(&self.log_on(PASSWORD).unwrap()["Session"])
    }

    /// Binds a device to alice, and returns its app.
    fn bind(&self) -> Authenticator {
        let made = self.a.must("Ram", "CreateVirtualMFADevice", &[("VirtualMFADeviceName", "first")]);
        let device = &made["VirtualMFADevice"];
        let app = Authenticator::new(&text(&device["Base32StringSeed"]));
        let [first, second] = app.codes(self.server.clock().now());
        let serial = text(&device["SerialNumber"]);
        let codes = [("AuthenticationCode1", first.as_str()), ("AuthenticationCode2", second.as_str())];
        self.a.must("Ram", "BindMFADevice", &[&[ALICE, ("SerialNumber", &serial)][..], &codes].concat());
        self.server.clock().advance(seconds(90));
        app
    }
}

#[track_caller]
fn refused(result: Result<Value, ApiFailure>, code: &str) -> ApiFailure {
    let failure = result.expect_err(code);
    assert_eq!(
        (failure.code.as_str(), failure.status),
        (code, if code.starts_with("Logon.") { 403 } else { failure.status }),
        "{failure}"
    );
    failure
}

/// S1-19, S1-20, S1-21, S2-29, S4-22: all forms of a name.
#[test]
fn whoever_knows_the_password_logs_on_under_each_form_of_the_name() {
    let world = World::new();
    let World { a, .. } = &world;
    for domain in [a.alias.clone(), format!("{}.onaliyun.com", a.alias), a.id.clone()] {
        let name = format!("ALICE@{domain}");
        let step = world.open("LogOn", &[("LogonName", &name), ("Password", PASSWORD)]).unwrap();
        assert!(step["Need"].is_null() && step["Session"].is_string(), "{step}");
        let params = [("AccountAlias", domain.as_str()), ALICE, ("Password", PASSWORD)];
        world.open("LogOn", &params).unwrap();
    }
    refused(world.open("LogOn", &[("Password", PASSWORD)]), "MissingLogonName");
}

#[test]
fn unknown_wrong_and_locked_read_alike() {
    let world = World::new();
    let messages = [
        refused(
            world.open("LogOn", &[("LogonName", "nobody@nowhere"), ("Password", PASSWORD)]),
            "Logon.Failed",
        ),
        refused(
            world.open("LogOn", &[("LogonName", &format!("bob@{}", world.a.alias)), ("Password", PASSWORD)]),
            "Logon.Failed",
        ),
        refused(world.open("LogOn", &[("Owner", &world.a.alias), ("Password", PASSWORD)]), "Logon.Failed"),
        refused(world.log_on("wrong"), "Logon.Failed"),
    ]
    .map(|failure| failure.message);
    assert!(messages.iter().all(|message| *message == messages[0]), "{messages:?}");
    // The administrator's lock is kept on disk, and reads alike even with the right password.
    world.a.must("Ram", "SetPasswordPolicy", &[("MaxLoginAttemps", "2")]);
    for _ in 0..2 {
        refused(world.log_on("wrong"), "Logon.Failed");
    }
    assert_eq!(refused(world.log_on(PASSWORD), "Logon.Failed").message, messages[0]);
    world.server.clock().advance(minutes(61));
    world.session();
}

#[test]
fn a_name_is_locked_for_a_quarter_of_an_hour_after_ten_wrong_passwords() {
    let world = World::new();
    for _ in 0..11 {
        refused(world.log_on("wrong"), "Logon.Failed");
    }
    refused(world.log_on(PASSWORD), "Logon.Failed");
    world.server.clock().advance(minutes(15));
    world.session();
}

#[test]
fn a_session_acts_as_its_user_and_ends_with_what_it_stands_on() {
    let world = World::new();
    let World { server, a } = &world;
    let session = world.session();
    let shown = world.as_logon(&session, "Argali", "GetLogonSession").unwrap();
    assert_eq!((&shown["UserName"], &shown["MFAPresent"]), (&json!("alice"), &json!(false)));
    assert_eq!(world.as_logon(&session, "Sts", "GetCallerIdentity").unwrap()["IdentityType"], "RAMUser");
    assert_eq!(world.as_logon(&session, "Ram", "ListUsers").unwrap_err().code, "NoPermission");
    a.grant("alice", "AdministratorAccess");
    world.as_logon(&session, "Ram", "ListUsers").unwrap();
    // Over the wire it is no credential.
    refused(world.open("GetLogonSession", &[]), "MissingAccessKeyId");
    a.client.refused("Argali", "GetLogonSession", &[], "Logon.Required");
    refused(world.as_logon("another", "Ram", "ListUsers"), "Logon.Ended");

    world.as_logon(&session, "Argali", "LogOff").unwrap();
    refused(world.as_logon(&session, "Ram", "ListUsers"), "Logon.Ended");

    let ended = |end: &dyn Fn()| {
        let session = world.session();
        world.as_logon(&session, "Ram", "ListUsers").unwrap();
        end();
        refused(world.as_logon(&session, "Ram", "ListUsers"), "Logon.Ended");
    };
    ended(&|| drop(a.must("Ram", "UpdateLoginProfile", &[ALICE, ("Password", PASSWORD)])));
    ended(&|| server.clock().advance(hours(6)));
    ended(&|| server.end_sessions_of(a));
    ended(&|| server.close(a));
    server.reopen(a);
    ended(&|| {
        a.must("Ram", "SetSecurityPreference", &[("LoginNetworkMasks", "10.0.0.0/8")]);
    });
    refused(world.log_on(PASSWORD), "Logon.Forbidden.Address");
    a.must("Ram", "SetSecurityPreference", &[("LoginNetworkMasks", "")]);
    ended(&|| drop(a.must("Ram", "DeleteLoginProfile", &[ALICE])));
}

/// S3-49, S4-19: a code after the password, each once, and `acs:MFAPresent` then.
#[test]
fn a_code_is_asked_for_and_counts_once() {
    let world = World::new();
    let app = world.bind();
    let now = || world.server.clock().now();
    let step = world.log_on(PASSWORD).unwrap();
    assert_eq!((&step["Need"], &step["Session"]), (&json!("MFACode"), &Value::Null));
    let attempt = text(&step["Attempt"]);
    let with = |attempt: &str, code: &str| {
        world.open("LogOnWithCode", &[("Attempt", attempt), ("AuthenticationCode", code)])
    };
    refused(with("no attempt", "123456"), "Logon.Ended");
    refused(with(&attempt, "12345"), "InvalidParameter.AuthenticationCode.Format");
    let good = app.code(now());
    let session = text(&with(&attempt, &good).unwrap()["Session"]);
    let again = text(&world.log_on(PASSWORD).unwrap()["Attempt"]);
    refused(with(&again, &good), "Logon.Failed");
    // The logon had a second factor, which policies can ask for.
    let mut document = allow(&["ram:ListUsers"], &["*"]);
    document["Statement"][0]["Condition"] = json!({ "Bool": { "acs:MFAPresent": "true" } });
    world.a.grant_document("alice", "with-mfa", &document);
    world.as_logon(&session, "Ram", "ListUsers").unwrap();
    world.a.must("Ram", "UnbindMFADevice", &[ALICE]);
    assert_eq!(world.as_logon(&session, "Ram", "ListUsers").unwrap_err().code, "NoPermission");
}

#[test]
fn five_wrong_codes_end_an_attempt() {
    let world = World::new();
    let app = world.bind();
    let attempt = text(&world.log_on(PASSWORD).unwrap()["Attempt"]);
    let good = app.code(world.server.clock().now());
    let wrong = if good == "000000" { "000001" } else { "000000" };
    let with =
        |code: &str| world.open("LogOnWithCode", &[("Attempt", &attempt), ("AuthenticationCode", code)]);
    for _ in 0..5 {
        refused(with(wrong), "Logon.Failed");
    }
    refused(with(&good), "Logon.Failed");
}

/// S3-47, S3-49: a new password and a device are asked for where they must be.
#[test]
fn a_device_and_a_new_password_are_asked_for_in_turn() {
    let world = World::new();
    let change = [ALICE, ("MFABindRequired", "true"), ("PasswordResetRequired", "true")];
    world.a.must("Ram", "UpdateLoginProfile", &change);
    let step = world.log_on(PASSWORD).unwrap();
    assert_eq!(step["Need"], "MFADevice");
    let attempt = text(&step["Attempt"]);
    let replace = |attempt: &str, new: &str| {
        world.open("LogOnWithNewPassword", &[("Attempt", attempt), ("NewPassword", new)])
    };
    refused(replace(&attempt, "battery staple"), "Logon.Failed");
    let [first, second] =
        Authenticator::new(&text(&step["Base32StringSeed"])).codes(world.server.clock().now());
    let bind = |first: &str, second: &str| {
        let codes = [("AuthenticationCode1", first), ("AuthenticationCode2", second)];
        world.open("LogOnWithNewDevice", &[&[("Attempt", attempt.as_str())][..], &codes].concat())
    };
    refused(bind(&second, &first), "CheckAuthenticationCodeFail");
    let step = bind(&first, &second).unwrap();
    assert_eq!(step["Need"], "NewPassword");
    assert_eq!(step["PasswordRules"]["MinimumPasswordLength"], 8, "{step}");
    let attempt = text(&step["Attempt"]);
    refused(replace(&attempt, "short"), "InvalidParameter.NewPassword.TooWeak");
    refused(replace(&attempt, PASSWORD), "InvalidParameter.NewPassword.ReusePrevention");
    let session = text(&replace(&attempt, "battery staple").unwrap()["Session"]);
    let shown = world.as_logon(&session, "Argali", "GetLogonSession").unwrap();
    assert_eq!(shown["MFAPresent"], true);
    refused(world.log_on(PASSWORD), "Logon.Failed");
}

#[test]
fn a_right_password_is_told_why_it_is_not_enough() {
    let world = World::new();
    let name = format!("alice@{}", world.a.alias);
    let status = |status: &str| {
        world.a.must("Ims", "UpdateLoginProfile", &[("UserPrincipalName", &name), ("Status", status)]);
    };
    status("Inactive");
    refused(world.log_on(PASSWORD), "Logon.Forbidden.Disabled");
    refused(world.log_on("wrong"), "Logon.Failed");
    status("Active");
    world.server.clock().advance(hours(14 * 24));
    let failure = refused(world.log_on(PASSWORD), "Logon.Forbidden.InitialPassword");
    assert!(failure.message.contains("initial"), "{failure}");
    world.a.must("Ims", "SetPasswordPolicy", &[("InitialPasswordAge", "0"), ("MaxPasswordAge", "10")]);
    assert_eq!(world.log_on(PASSWORD).unwrap()["Need"], "NewPassword");
    world.a.must("Ims", "SetPasswordPolicy", &[("HardExpire", "true")]);
    refused(world.log_on(PASSWORD), "Logon.Forbidden.PasswordExpired");
}

#[test]
fn logons_are_recorded_without_their_secrets() {
    let world = World::new();
    let session = world.session();
    refused(world.log_on("a wrong password"), "Logon.Failed");
    let events = world.server.core().trail().events().unwrap();
    let text = serde_json::to_string(&events).unwrap();
    for secret in [PASSWORD, "a wrong password", session.as_str()] {
        assert!(!text.contains(secret), "{secret}");
    }
    let logons: Vec<_> = events.iter().filter(|event| event.action == "LogOn").collect();
    assert_eq!(logons.len(), 2);
    assert!(logons.iter().all(|event| event.accounts.iter().any(|id| id.to_string() == world.a.id)));
    assert!(logons.iter().any(|event| event.error_code.as_deref() == Some("Logon.Failed")));
}
