//! MFA devices of others, and of the account's owner.
// SPEC: console, user details, tab Logon: bind or unbind device; my security.

use argali_testkit::{Authenticator, Page, Visitor, minutes, seconds};

use crate::stage::{PASSWORD, Stage, heading};

const PATH: &str = "/console/ram/users/alice/device";

fn logon_tab(visitor: &Visitor) -> Page {
    visitor.get("/console/ram/users/alice?tab=logon")
}

/// The app that scans the picture of this page.
fn app(shown: &Page) -> Authenticator {
    assert!(shown.body.contains("<svg class=\"qr\""), "{}", shown.body);
    let seed = shown.tags().into_iter().find_map(|tag| tag.attribute("data-copy").map(str::to_owned));
    Authenticator::new(&seed.unwrap())
}

/// Binds the device of a page that shows its seed, with its codes.
fn bind(stage: &Stage, visitor: &Visitor, shown: &Page, path: &str, app: &Authenticator) -> Page {
    let [first, second] = app.codes(stage.server.clock().now());
    let codes = [("AuthenticationCode1", first.as_str()), ("AuthenticationCode2", &second)];
    let bound = visitor.follow(visitor.submit(shown, &format!("{path}/bind"), &codes));
    stage.server.clock().advance(seconds(90));
    bound
}

#[test]
fn who_may_not_binds_nothing_for_others() {
    let stage = Stage::new();
    stage.b.user("bob");
    stage.person("bob", &[]);
    let bob = stage.logged_on("bob");
    let mine = bob.get("/console/me?tab=device");
    let mut fields = mine.form("/console/me/device");
    assert_eq!(bob.post(PATH, &fields).status, 403);
    fields.retain(|(name, _)| name != "form");
    assert_eq!(bob.post(&format!("{PATH}/unbind"), &fields).status, 403);
    assert_eq!(
        stage.owner(&stage.b).get(&format!("{PATH}/bind")).status,
        404,
        "nothing is changed by a link"
    );
}

/// The seed is seen once, wrong codes ask for the next two, and the user shows the device's code from then on.
#[test]
fn an_administrator_binds_and_unbinds_the_device_of_a_user() {
    let stage = Stage::new();
    let owner = stage.owner(&stage.b);
    let shown = owner.submit(&logon_tab(&owner), PATH, &[]);
    let result = shown.header("location").unwrap().to_owned();
    let shown = owner.get(&result);
    let app = app(&shown);
    assert_eq!(owner.get(&result).status, 410, "the seed is seen once");
    let wrong = [("AuthenticationCode1", "000000"), ("AuthenticationCode2", "000001")];
    let refused = owner.submit(&shown, &format!("{PATH}/bind"), &wrong);
    assert_eq!(refused.status, 403);
    assert!(!refused.body.contains("class=\"qr\""), "{}", refused.body);
    let bound = bind(&stage, &owner, &refused, PATH, &app);
    assert!(bound.body.contains("mfa/alice") && bound.body.contains("Bound"), "{}", bound.body);

    let step = stage.log_on(&Visitor::new(&stage.server), "alice@company-b", PASSWORD);
    assert_eq!(heading(&step), "Confirm that it is you");
    let unbound = owner.follow(owner.submit(&logon_tab(&owner), &format!("{PATH}/unbind"), &[]));
    assert!(unbound.body.contains("Bind an MFA device"), "{}", unbound.body);
    let home = stage.log_on(&Visitor::new(&stage.server), "alice@company-b", PASSWORD);
    assert_eq!(heading(&home), "Welcome, alice");
}

#[test]
fn making_a_device_asks_who_one_is_before_there_is_a_seed() {
    let stage = Stage::new();
    let password = stage.server.give_owner_password(&stage.b);
    let owner = Visitor::new(&stage.server);
    let form = owner.get("/logon?form-of=owner");
    owner.submit(&form, "/logon", &[("Owner", "company-b"), ("Password", &password)]);
    stage.server.clock().advance(minutes(16));
    let asked = owner.submit(&logon_tab(&owner), PATH, &[]);
    assert_eq!(heading(&asked), "Security verification");
    let shown = owner.follow(owner.submit(&asked, "/console/verify", &[("Password", &password)]));
    let app = app(&shown);
    assert!(bind(&stage, &owner, &shown, PATH, &app).body.contains("mfa/alice"));
}

/// The owner's own: asked for at each of its logons, and unbound by itself, or by the operator with another password.
#[test]
fn the_owner_of_an_account_binds_a_device_for_itself() {
    let stage = Stage::new();
    let password = stage.server.give_owner_password(&stage.b);
    let log_on = |password: &str| {
        let owner = Visitor::new(&stage.server);
        let form = owner.get("/logon?form-of=owner");
        let values = [("Owner", "company-b"), ("Password", password)];
        let page = owner.follow(owner.submit(&form, "/logon", &values));
        (owner, page)
    };
    let (owner, _) = log_on(&password);
    let tab = || owner.get("/console/me?tab=device");
    let shown = owner.follow(owner.submit(&tab(), "/console/me/device", &[]));
    let app = app(&shown);
    let bound = bind(&stage, &owner, &shown, "/console/me/device", &app);
    assert!(bound.body.contains("mfa/account-owner"), "{}", bound.body);

    let (again, step) = log_on(&password);
    assert_eq!(heading(&step), "Confirm that it is you");
    let code = app.code(stage.server.clock().now());
    let home = again.follow(again.submit(&step, "/logon/continue", &[("AuthenticationCode", &code)]));
    assert_eq!(heading(&home), "Welcome, Account owner");
    let unbound = owner.follow(owner.submit(&tab(), "/console/me/device/unbind", &[]));
    assert!(unbound.body.contains("Bind an MFA device"), "{}", unbound.body);
    assert_eq!(heading(&log_on(&password).1), "Welcome, Account owner");
}

/// Users, whatever they may do, do nothing with the owner's device.
#[test]
fn the_owners_device_is_the_owners_alone() {
    let stage = Stage::new();
    stage.b.grant("alice", "AdministratorAccess");
    let alice = stage.logged_on("alice");
    let tab = alice.get("/console/me?tab=device");
    assert!(tab.body.contains("None") && !tab.body.contains("account-owner"), "{}", tab.body);
    let came = stage.b.client.call(
        "Argali",
        "BindOwnerMFADevice",
        &[
            ("SerialNumber", "acs:ram::12345678:mfa/x"),
            ("AuthenticationCode1", "000000"),
            ("AuthenticationCode2", "000001"),
        ],
    );
    assert_eq!(came.unwrap_err().code, "Logon.Required", "not by a key either");
}
