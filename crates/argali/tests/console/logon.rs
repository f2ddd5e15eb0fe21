//! Logging on, in every form and step, and off again.

use argali_testkit::{Authenticator, TestServer, Visitor, minutes};

use crate::stage::{PASSWORD, Stage, heading};

const WRONG: &str = "Logon name or password is wrong";

/// S1-16, S1-17, S1-18, S1-22, S0-58, S4-21, S4-23: the name, then the password, then the User Center.
#[test]
fn a_name_and_then_a_password_lead_to_the_user_center() {
    let stage = Stage::new();
    let visitor = Visitor::new(&stage.server);
    let first = visitor.open("/console");
    assert!(first.body.contains("Logon Name") && !first.body.contains("type=\"password\""), "{}", first.body);
    let second = visitor.follow(visitor.submit(&first, "/logon", &[("LogonName", "alice@company-b")]));
    assert!(second.body.contains("alice@company-b") && second.body.contains("Log On"));
    // A name that was mistyped is mended, not typed anew.
    let change = second
        .tags()
        .into_iter()
        .find(|tag| tag.attribute("href").is_some_and(|href| href.contains("form-of=name")));
    let again = visitor.get(&change.unwrap().attribute("href").unwrap().replace("&amp;", "&"));
    assert!(again.body.contains("value=\"alice@company-b\"") && !again.body.contains("type=\"password\""));
    let second = visitor.follow(visitor.submit(&again, "/logon", &[]));
    let home = visitor.submit(&second, "/logon", &[("Password", PASSWORD)]);
    assert_eq!((home.status, home.header("location")), (303, Some("/console")));
    let home = visitor.open("/console");
    assert_eq!(heading(&home), "Welcome, alice");
    assert!(home.body.contains("<title>User Center · Argali</title>"));
}

/// S1-19, S1-20, S1-21: a user of an account, by alias, by default domain, and by the number.
#[test]
fn every_form_of_a_logon_name_is_accepted() {
    let stage = Stage::new();
    for name in
        ["alice@company-b", "Alice@company-b.onaliyun.com", "alice@12345678", "alice@12345678.onaliyun.com"]
    {
        let home = stage.log_on(&Visitor::new(&stage.server), name, PASSWORD);
        assert_eq!(heading(&home), "Welcome, alice", "{name}");
    }
}

/// S2-29, S4-22, X9: alias, user name and password at once.
#[test]
fn alias_and_user_name_are_accepted_separately() {
    let stage = Stage::new();
    let visitor = Visitor::new(&stage.server);
    let form = visitor.get("/logon?form-of=separate");
    let values = [("AccountAlias", "company-b"), ("UserName", "alice"), ("Password", PASSWORD)];
    let home = visitor.follow(visitor.submit(&form, "/logon", &values));
    assert_eq!(heading(&home), "Welcome, alice");
}

/// S0-10, S3-33: the owner of an account logs on as the account.
#[test]
fn the_owner_of_an_account_logs_on() {
    let stage = Stage::new();
    let owner = stage.owner(&stage.a);
    let home = owner.open("/console");
    assert_eq!(heading(&home), "Welcome, Account owner");
    assert!(home.body.contains("11223344"));
}

/// A number alone names an account, so that its owner need not know that there is a form of its own.
#[test]
fn the_number_of_an_account_leads_its_owner_on() {
    let stage = Stage::new();
    let visitor = Visitor::new(&stage.server);
    let password = stage.server.give_owner_password(&stage.a);
    let first = visitor.open("/console/ram/roles");
    let second = visitor.follow(visitor.submit(&first, "/logon", &[("LogonName", "11223344")]));
    assert!(
        second.body.contains("name=\"Owner\"") && second.body.contains("value=\"11223344\""),
        "{}",
        second.body
    );
    let roles = visitor.follow(visitor.submit(&second, "/logon", &[("Password", &password)]));
    assert_eq!(heading(&roles), "Roles", "and to the page that was asked for");
}

#[test]
fn unknown_names_and_wrong_passwords_look_the_same() {
    let stage = Stage::new();
    let answers = ["alice@company-b", "nobody@company-b", "alice@nowhere", "no name at all"].map(|name| {
        let page = stage.log_on(&Visitor::new(&stage.server), name, "wrong");
        assert!(page.body.contains(WRONG), "{name}: {}", page.body);
        assert!(!page.body.contains("value=\"wrong\""), "a password is never sent back");
        page.status
    });
    assert_eq!(answers, [403, 403, 403, 400], "what is no name has its own status, as for anybody");
}

/// S3-47: a password that must be replaced is, before anything else.
#[test]
fn a_password_that_must_be_replaced_is_asked_for() {
    let stage = Stage::new();
    stage.b.user("bob");
    stage.person("bob", &[("PasswordResetRequired", "true")]);
    let visitor = Visitor::new(&stage.server);
    let step = stage.log_on(&visitor, "bob@company-b", PASSWORD);
    assert_eq!(heading(&step), "Choose a new password");
    let change = |new: &str, again: &str| {
        visitor.submit(
            &visitor.get("/logon/continue"),
            "/logon/continue",
            &[("NewPassword", new), ("Again", again)],
        )
    };
    assert!(change("Another-horse-8", "Another-horse-9").body.contains("The two passwords differ"));
    assert!(change("short", "short").body.contains("not accepted"));
    let home = visitor.follow(change("Another-horse-8", "Another-horse-8"));
    assert_eq!(heading(&home), "Welcome, bob");
    assert!(visitor.cookie("argali-attempt").is_none(), "nothing is left of the steps");
}

/// S3-48, S3-49: who must have a device binds one while logging on, and shows its code from then on.
#[test]
fn a_device_is_bound_and_then_asked_for() {
    let stage = Stage::new();
    stage.b.user("carol");
    stage.person("carol", &[("MFABindRequired", "true")]);
    let visitor = Visitor::new(&stage.server);
    let step = stage.log_on(&visitor, "carol@company-b", PASSWORD);
    assert_eq!(heading(&step), "Bind an MFA device");
    let seed = step.tags().into_iter().find_map(|tag| tag.attribute("data-copy").map(str::to_owned)).unwrap();
    assert!(step.body.contains("<svg class=\"qr\""));
    let again = visitor.get("/logon/continue");
    assert!(again.body.contains(&seed), "a reload shows the same step");
    let device = Authenticator::new(&seed);
    let now = stage.server.clock().now();
    let codes = device.codes(now);
    let values = [("AuthenticationCode1", codes[0].as_str()), ("AuthenticationCode2", &codes[1])];
    let home = visitor.follow(visitor.submit(&again, "/logon/continue", &values));
    assert!(home.body.contains("Password and MFA"), "{}", home.body);

    stage.server.clock().advance(minutes(2));
    let visitor = Visitor::new(&stage.server);
    let step = stage.log_on(&visitor, "carol@company-b", PASSWORD);
    assert_eq!(heading(&step), "Confirm that it is you");
    let wrong = visitor.submit(&step, "/logon/continue", &[("AuthenticationCode", "000000")]);
    assert!(wrong.body.contains("The code is wrong"), "{}", wrong.body);
    let code = device.code(stage.server.clock().now());
    let home = visitor.follow(visitor.submit(&wrong, "/logon/continue", &[("AuthenticationCode", &code)]));
    assert_eq!(heading(&home), "Welcome, carol");
}

#[test]
fn whoever_was_sent_to_log_on_comes_back_to_the_page() {
    let stage = Stage::new();
    let visitor = Visitor::new(&stage.server);
    let form = visitor.open("/console/switch-role?Account=company-a");
    let form = visitor.follow(visitor.submit(&form, "/logon", &[("LogonName", "alice@company-b")]));
    let landed = visitor.submit(&form, "/logon", &[("Password", PASSWORD)]);
    assert_eq!(landed.header("location"), Some("/console/switch-role?Account=company-a"));
}

#[test]
fn logging_off_ends_the_session_everywhere() {
    let stage = Stage::new();
    let visitor = stage.logged_on("alice");
    let session = visitor.cookie("argali-session").unwrap();
    let home = visitor.open("/console");
    let off = visitor.follow(visitor.submit(&home, "/console/log-off", &[]));
    assert!(off.body.contains("You have logged off."));
    let thief = Visitor::new(&stage.server);
    thief.plant("argali-session", &session);
    assert!(thief.open("/console").body.contains("Your session has ended"));
}

#[test]
fn a_session_ends_in_time() {
    let stage = Stage::new();
    let visitor = stage.logged_on("alice");
    stage.server.clock().advance(minutes(6 * 60 + 1));
    assert!(visitor.open("/console").body.contains("Your session has ended"));
}

#[test]
fn a_disabled_user_is_told_so_after_the_right_password_only() {
    let stage = Stage::new();
    stage.b.must(
        "Ims",
        "UpdateLoginProfile",
        &[("UserPrincipalName", "alice@company-b.onaliyun.com"), ("Status", "Inactive")],
    );
    let page = |password| stage.log_on(&Visitor::new(&stage.server), "alice@company-b", password);
    assert!(page("wrong").body.contains(WRONG));
    assert!(page(PASSWORD).body.contains("Console access is switched off"));
}

/// Whatever keeps a right password from being enough is said in the reader's language.
#[test]
fn every_reason_against_a_right_password_is_said_in_chinese() {
    let stage = Stage::new();
    let alice = ("UserPrincipalName", "alice@company-b.onaliyun.com");
    let told = |words: &str| {
        let visitor = Visitor::new(&stage.server).reading("zh-CN");
        let page = stage.log_on(&visitor, "alice@company-b", PASSWORD);
        assert!(page.body.contains(words), "{words}: {}", page.body);
    };
    let set =
        |params: &[(&str, &str)]| stage.b.must("Ims", "UpdateLoginProfile", &[&[alice], params].concat());
    set(&[("Status", "Inactive")]);
    told("该用户的控制台访问已禁用");
    set(&[("Status", "Active")]);
    stage.b.must("Ram", "SetSecurityPreference", &[("LoginNetworkMasks", "10.0.0.0/8")]);
    told("管理员不允许从当前地址登录");
    stage.b.must("Ram", "SetSecurityPreference", &[("LoginNetworkMasks", "")]);
    stage.server.clock().advance(minutes(15 * 24 * 60));
    told("初始密码因未使用已过期");
}

/// The place of the console is what `/` says to a browser.
#[test]
fn the_root_leads_to_the_console() {
    let server = TestServer::start();
    let visitor = Visitor::new(&server);
    assert_eq!(visitor.get("/").header("location"), Some("/console"));
}
