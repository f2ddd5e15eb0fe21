//! What every refused form has in common: an alert that takes focus and leads to the field, the error beside the field,
//! and what was typed.
// SPEC: console, states: field errors beside the field and in a linked summary that takes focus; input is kept.

use argali_testkit::{Authenticator, Page, Visitor, minutes};

use crate::stage::{PASSWORD, Stage, heading};

/// Whether the page has a summary with a way to this field, and the words of it beside that.
#[track_caller]
fn leads_to(page: &Page, field: &str) {
    let alert = page
        .tags()
        .into_iter()
        .find(|tag| tag.attribute("role") == Some("alert") && tag.attribute("autofocus").is_some());
    assert!(alert.is_some(), "no alert that takes focus: {}", page.body);
    assert!(page.body.contains(&format!("href=\"#{field}\"")), "no way to {field}: {}", page.body);
    assert!(page.body.contains(&format!("id=\"{field}-error\"")), "nothing beside {field}: {}", page.body);
}

#[test]
fn a_wrong_password_is_said_beside_it_whoever_is_meant() {
    let stage = Stage::new();
    let pages = ["alice@company-b", "nobody@company-b", "alice@nowhere"].map(|name| {
        let page = stage.log_on(&Visitor::new(&stage.server), name, "wrong");
        leads_to(&page, "Password");
        page.body.replace(name, "NAME").replace(&name.replace('@', "%40"), "NAME")
    });
    let without_tokens = pages.map(|body| {
        let parts = body.split("value=\"").map(|part| part.split_once('"').map_or(part, |(_, rest)| rest));
        parts.collect::<String>()
    });
    assert!(without_tokens.windows(2).all(|pair| pair[0] == pair[1]), "{without_tokens:?}");
}

/// What is typed beside the password stays, and the password itself never comes back.
#[test]
fn alias_and_user_name_stay_where_they_were_typed() {
    let stage = Stage::new();
    let visitor = Visitor::new(&stage.server);
    let form = visitor.get("/logon?form-of=separate");
    let values = [("AccountAlias", "company-b"), ("UserName", "alice"), ("Password", "wrong")];
    let page = visitor.submit(&form, "/logon", &values);
    leads_to(&page, "Password");
    assert!(page.body.contains("value=\"company-b\"") && page.body.contains("value=\"alice\""));
    assert!(!page.body.contains("value=\"wrong\""));
}

#[test]
fn steps_of_logging_on_say_which_field_is_wrong() {
    let stage = Stage::new();
    stage.b.user("carol");
    stage.person("carol", &[("MFABindRequired", "true"), ("PasswordResetRequired", "true")]);
    let visitor = Visitor::new(&stage.server);
    let step = stage.log_on(&visitor, "carol@company-b", PASSWORD);
    let seed = step.tags().into_iter().find_map(|tag| tag.attribute("data-copy").map(str::to_owned)).unwrap();
    let app = Authenticator::new(&seed);
    let [first, second] = app.codes(stage.server.clock().now());
    let send =
        |values: &[(&str, &str)]| visitor.submit(&visitor.get("/logon/continue"), "/logon/continue", values);
    let swapped = [("AuthenticationCode1", second.as_str()), ("AuthenticationCode2", first.as_str())];
    let wrong = send(&swapped);
    leads_to(&wrong, "AuthenticationCode1");
    assert!(wrong.body.contains(&format!("value=\"{second}\"")), "codes stay: {}", wrong.body);
    let right = [("AuthenticationCode1", first.as_str()), ("AuthenticationCode2", second.as_str())];
    let step = visitor.follow(send(&right));
    assert_eq!(heading(&step), "Choose a new password");
    let unlike = send(&[("NewPassword", "Another-horse-8"), ("Again", "Another-horse-9")]);
    leads_to(&unlike, "Again");
    leads_to(&send(&[("NewPassword", "short"), ("Again", "short")]), "NewPassword");
    leads_to(&send(&[("NewPassword", PASSWORD), ("Again", PASSWORD)]), "NewPassword");
    let new = [("NewPassword", "Another-horse-8"), ("Again", "Another-horse-8")];
    assert_eq!(send(&new).status, 303);

    stage.server.clock().advance(minutes(2));
    stage.log_on(&visitor, "carol@company-b", "Another-horse-8");
    leads_to(&send(&[("AuthenticationCode", "000000")]), "AuthenticationCode");
    leads_to(&send(&[("AuthenticationCode", "12")]), "AuthenticationCode");
}

#[test]
fn a_name_that_is_typed_wrong_stays_beside_what_is_wrong_with_it() {
    let stage = Stage::new();
    let owner = stage.owner(&stage.b);
    let path = "/console/ram/users/alice/delete";
    let wrong = owner.submit(&owner.get(path), path, &[("Name", "alicia")]);
    assert_eq!(wrong.status, 400);
    leads_to(&wrong, "Name");
    assert!(wrong.body.contains("value=\"alicia\""), "{}", wrong.body);
    let prefilled = owner.get(&format!("{path}?Name=alice"));
    assert!(!prefilled.body.contains("value=\"alice\""), "an address types nothing for anybody");
}

#[test]
fn a_verification_says_which_field_is_wrong_and_when_it_is_locked() {
    let stage = Stage::new();
    let owner = stage.owner(&stage.b);
    stage.server.clock().advance(minutes(16));
    let path = "/console/ram/users/alice/delete";
    let asked = owner.submit(&owner.get(path), path, &[("Name", "alice")]);
    assert_eq!(heading(&asked), "Security verification");
    let mut page = asked;
    for _ in 0..11 {
        page = owner.submit(&page, "/console/verify", &[("Password", "wrong")]);
        leads_to(&page, "Password");
    }
    assert!(page.body.contains("Too many wrong passwords or codes"), "{}", page.body);
}

/// Requirements of logging on: disabled, expired, blocked and locked have messages of their own, once the password was
/// right; locked for a browser that the person has logged on with, since to others it would tell who there is.
#[test]
fn a_lock_is_told_to_a_known_browser_and_to_no_other() {
    let stage = Stage::new();
    let known = stage.logged_on("alice");
    stage.b.must("Ims", "SetPasswordPolicy", &[("MaxLoginAttemps", "2")]);
    let stranger = Visitor::new(&stage.server);
    let try_on = |visitor: &Visitor, password| stage.log_on(visitor, "alice@company-b", password).body;
    for _ in 0..2 {
        assert!(try_on(&stranger, "wrong").contains("Logon name or password is wrong"));
    }
    known.open("/console");
    let off = known.open("/console");
    known.submit(&off, "/console/log-off", &[]);
    assert!(try_on(&stranger, PASSWORD).contains("Logon name or password is wrong"));
    let told = try_on(&known, PASSWORD);
    assert!(told.contains("Too many wrong passwords or codes"), "{told}");
    let chinese = known.reading("zh-CN");
    let told = try_on(&chinese, PASSWORD);
    assert!(told.contains("密码或验证码错误次数过多"), "{told}");
    stage.server.clock().advance(minutes(61));
    assert!(try_on(&chinese, PASSWORD).contains("alice"));
}
