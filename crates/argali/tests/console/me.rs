//! My security: own password, device, keys, sessions, and how the console looks.

use argali_testkit::{Authenticator, Page, Visitor, minutes, seconds};

use crate::stage::{PASSWORD, Stage, heading};

fn tab(visitor: &Visitor, tab: &str) -> Page {
    visitor.get(&format!("/console/me?tab={tab}"))
}

/// Binds a device by the pages and returns the app that shows its codes.
fn bind(stage: &Stage, alice: &Visitor) -> Authenticator {
    let page = tab(alice, "device");
    let shown = alice.follow(alice.submit(&page, "/console/me/device", &[]));
    assert!(shown.body.contains("<svg class=\"qr\""), "{}", shown.body);
    let seed =
        shown.tags().into_iter().find_map(|tag| tag.attribute("data-copy").map(str::to_owned)).unwrap();
    let app = Authenticator::new(&seed);
    let wrong = [("AuthenticationCode1", "000000"), ("AuthenticationCode2", "000001")];
    let refused = alice.submit(&shown, "/console/me/device/bind", &wrong);
    assert!(refused.status == 403 && !refused.body.contains(&seed), "{}", refused.body);
    let [first, second] = app.codes(stage.server.clock().now());
    let codes = [("AuthenticationCode1", first.as_str()), ("AuthenticationCode2", &second)];
    let bound = alice.follow(alice.submit(&refused, "/console/me/device/bind", &codes));
    assert!(bound.body.contains("Bound") && bound.body.contains("mfa/alice"), "{}", bound.body);
    stage.server.clock().advance(seconds(90));
    app
}

#[test]
fn a_user_changes_its_password() {
    let stage = Stage::new();
    let alice = stage.logged_on("alice");
    let path = "/console/me/password";
    let change = |old: &str, new: &str, again: &str| {
        let values = [("OldPassword", old), ("NewPassword", new), ("Again", again)];
        alice.submit(&alice.get("/console/me"), path, &values)
    };
    assert!(change(PASSWORD, "Another-horse-8", "Another-horse-9").body.contains("The two passwords differ"));
    let refused = change("wrong", "Another-horse-8", "Another-horse-8");
    assert_eq!(refused.status, 400);
    assert!(!refused.body.contains("Another-horse"), "no password is sent back");
    let done = alice.follow(change(PASSWORD, "Another-horse-8", "Another-horse-8"));
    assert!(done.body.contains("Your password was changed: log on with the new one."), "{}", done.body);
    let log_on = |password| stage.log_on(&Visitor::new(&stage.server), "alice@company-b", password).status;
    assert_eq!((log_on("Another-horse-8"), log_on(PASSWORD)), (200, 403));
}

/// The seed is seen once; a wrong code asks for the next two without it.
#[test]
fn a_user_binds_and_unbinds_its_device() {
    let stage = Stage::new();
    let alice = stage.logged_on("alice");
    let app = bind(&stage, &alice);
    let again = Visitor::new(&stage.server);
    let step = stage.log_on(&again, "alice@company-b", PASSWORD);
    assert_eq!(heading(&step), "Confirm that it is you");
    let code = app.code(stage.server.clock().now());
    let home = again.follow(again.submit(&step, "/logon/continue", &[("AuthenticationCode", &code)]));
    assert_eq!(heading(&home), "Welcome, alice");
    let unbound = alice.follow(alice.submit(&tab(&alice, "device"), "/console/me/device/unbind", &[]));
    assert!(unbound.body.contains("Bind an MFA device"), "{}", unbound.body);
    let fresh = stage.log_on(&Visitor::new(&stage.server), "alice@company-b", PASSWORD);
    assert_eq!(heading(&fresh), "Welcome, alice");
}

/// Where the account asks for codes, a password is not enough to verify oneself, once there is a device.
#[test]
fn an_account_may_ask_for_the_code_when_it_verifies() {
    let stage = Stage::new();
    let alice = stage.logged_on("alice");
    let app = bind(&stage, &alice);
    stage.b.must("Ims", "SetSecurityPreference", &[("VerificationTypes", "[\"totp\"]")]);
    let page = tab(&alice, "device");
    stage.server.clock().advance(minutes(16));
    let asked = alice.submit(&page, "/console/me/device/unbind", &[]);
    assert_eq!(heading(&asked), "Security verification");
    let refused = alice.submit(&asked, "/console/verify", &[("Password", PASSWORD)]);
    assert_eq!(refused.status, 400, "{}", refused.body);
    let code = app.code(stage.server.clock().now());
    let done = alice.follow(alice.submit(&refused, "/console/verify", &[("AuthenticationCode", &code)]));
    assert!(done.body.contains("Bind an MFA device"), "{}", done.body);
}

/// A browser that was remembered is asked for no code for seven days, where the account lets it.
#[test]
fn a_browser_may_be_remembered() {
    let stage = Stage::new();
    let alice = stage.logged_on("alice");
    let app = bind(&stage, &alice);
    let browser = Visitor::new(&stage.server);
    let step = stage.log_on(&browser, "alice@company-b", PASSWORD);
    assert!(!step.body.contains("RememberMFA"), "it is not offered unless the account lets it");
    stage.b.must("Ims", "SetSecurityPreference", &[("EnableSaveMFATicket", "true")]);
    let step = stage.log_on(&browser, "alice@company-b", PASSWORD);
    let code = app.code(stage.server.clock().now());
    let values = [("AuthenticationCode", code.as_str()), ("RememberMFA", "true")];
    browser.follow(browser.submit(&step, "/logon/continue", &values));
    assert!(browser.cookie("argali-device").is_some());
    let home = browser.open("/console");
    browser.submit(&home, "/console/log-off", &[]);
    let remembered = stage.log_on(&browser, "alice@company-b", PASSWORD);
    assert_eq!(heading(&remembered), "Welcome, alice");
    let other = stage.log_on(&Visitor::new(&stage.server), "alice@company-b", PASSWORD);
    assert_eq!(heading(&other), "Confirm that it is you");
    stage.server.clock().advance(minutes(7 * 24 * 60 + 1));
    let later = stage.log_on(&browser, "alice@company-b", PASSWORD);
    assert_eq!(heading(&later), "Confirm that it is you");
}

#[test]
fn keys_are_managed_where_the_account_lets_users() {
    let stage = Stage::new();
    let alice = stage.logged_on("alice");
    let page = tab(&alice, "keys");
    assert_eq!(page.status, 403);
    assert!(page.body.contains("href=\"/console/why/"), "a refusal leads to its reasons: {}", page.body);
    assert!(page.body.contains("Your account does not let users see to this"), "{}", page.body);
    stage.b.must("Ims", "SetSecurityPreference", &[("AllowUserToManageAccessKeys", "true")]);
    let page = tab(&alice, "keys");
    assert!(page.body.contains("LTAI"), "{}", page.body);
    let mut fields = page.form("/console/me/keys");
    fields.retain(|(name, _)| name != "do" && name != "UserAccessKeyId");
    let made = alice.follow(alice.post("/console/me/keys", &fields));
    assert_eq!(heading(&made), "AccessKey created");
    let owner = stage.owner(&stage.b);
    assert!(tab(&owner, "keys").body.contains("A key of the account itself may do everything"));
}

#[test]
fn sessions_are_seen_and_ended() {
    let stage = Stage::new();
    let (here, there) = (stage.logged_on("alice"), stage.logged_on("alice"));
    let page = tab(&here, "sessions");
    assert_eq!(page.body.matches("name=\"LogonId\"").count(), 2);
    assert!(page.body.contains("This session") && page.body.contains("127.0.0.1"));
    let mut fields = page.form("/console/me/sessions");
    fields.retain(|(name, _)| name != "LogonId");
    fields.push(("Others".to_owned(), "true".to_owned()));
    let page = here.follow(here.post("/console/me/sessions", &fields));
    assert_eq!(page.body.matches("name=\"LogonId\"").count(), 1);
    assert!(there.open("/console").body.contains("Your session has ended"));
    assert_eq!(here.open("/console").status, 200);
}

#[test]
fn in_a_role_one_is_still_oneself() {
    let stage = Stage::new();
    let alice = stage.logged_on("alice");
    let values = [("Account", "company-a"), ("RoleName", "ecs-admin")];
    alice.submit(&alice.get("/console/switch-role"), "/console/switch-role", &values);
    let page = alice.get("/console/as/company-a/ecs-admin/me");
    assert_eq!(page.header("location"), Some("/console/me"));
}

#[test]
fn keys_of_the_keyboard_can_be_turned_off() {
    let stage = Stage::new();
    let alice = stage.logged_on("alice");
    let page = tab(&alice, "console");
    assert!(page.body.contains("<kbd>") && page.body.contains("data-keys=\"on\""));
    let page = alice.follow(alice.submit(&page, "/logon/preferences", &[("keys", "off")]));
    assert!(page.body.contains("data-keys=\"off\""), "{}", page.body);
}

/// Language, colours and keys are those of whoever is logged on, in every browser; before that, those of the browser.
#[test]
fn how_the_console_looks_goes_along_to_other_browsers() {
    let stage = Stage::new();
    let alice = stage.logged_on("alice");
    let choose = |visitor: &Visitor, path: &str, name: &str, value: &str| {
        let mut fields = visitor.get(path).form("/logon/preferences");
        fields.retain(|(field, _)| !["language", "theme", "keys"].contains(&field.as_str()));
        fields.push((name.to_owned(), value.to_owned()));
        assert_eq!(visitor.post("/logon/preferences", &fields).status, 303);
    };
    for (name, value) in [("language", "zh-CN"), ("theme", "dark"), ("keys", "off")] {
        choose(&alice, "/console/me?tab=console", name, value);
    }
    choose(&alice, "/console/me?tab=console", "theme", "no theme");
    let other = Visitor::new(&stage.server);
    assert!(other.get("/logon").body.contains("<html lang=\"en\" data-theme=\"system\""), "before the logon");
    let home = stage.log_on(&other, "alice@company-b", PASSWORD);
    assert!(home.body.contains("<html lang=\"zh-CN\" data-theme=\"dark\""), "{}", home.body);
    assert!(home.body.contains("data-keys=\"off\""));
    // What is chosen there counts here, too; and nothing of it is anybody else's.
    choose(&other, "/console/me?tab=console", "theme", "light");
    assert!(alice.get("/console").body.contains("data-theme=\"light\""));
    let owner = stage.owner(&stage.b);
    assert!(owner.get("/console").body.contains("<html lang=\"en\" data-theme=\"system\""));
    // Before a logon, the browser remembers what was chosen in it.
    let fresh = Visitor::new(&stage.server);
    choose(&fresh, "/logon", "language", "zh-CN");
    assert!(fresh.get("/logon").body.contains("lang=\"zh-CN\""));
}
