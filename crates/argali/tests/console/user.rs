//! Users, their keys and how they log on.

use argali_testkit::{Page, Visitor, minutes};

use crate::stage::{PASSWORD, Stage, heading};

const NEW: &str = "/console/ram/users/new";

/// The values of the copy buttons of a page, in their order.
fn copied(page: &Page) -> Vec<String> {
    page.tags().into_iter().filter_map(|tag| tag.attribute("data-copy").map(str::to_owned)).collect()
}

/// Sends the form that makes users and returns what comes back.
fn create(owner: &Visitor, name: &str, values: &[(&str, &str)]) -> Page {
    let mut fields = owner.get(NEW).form(NEW);
    fields.retain(|(own, _)| {
        !["UserName", "console", "PasswordResetRequired", "Password", "password-of"].contains(&own.as_str())
    });
    fields.push(("UserName".to_owned(), name.to_owned()));
    fields.extend(values.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    owner.post(NEW, &fields)
}

/// Whether what is wrong stands first, takes focus, leads to this field, and stands beside it again.
fn leads_to(page: &Page, field: &str) -> bool {
    let (_, rest) = page.body.split_once("role=\"alert\" tabindex=\"-1\" autofocus").unwrap();
    rest.contains(&format!("<a href=\"#{field}\">")) && rest.contains(&format!("id=\"{field}-error\""))
}

/// The form with these rows; the first is the one that it has.
fn with_rows(visitor: &Visitor, names: &[&str]) -> Vec<(String, String)> {
    let mut fields = visitor.get(NEW).form(NEW);
    fields.retain(|(name, _)| !["UserName", "DisplayName"].contains(&name.as_str()));
    for name in names {
        fields.push(("UserName".to_owned(), (*name).to_owned()));
        fields.push(("DisplayName".to_owned(), format!("Display of {name}")));
    }
    fields
}

/// Of several rows each is refused by itself, before anybody is made.
#[test]
fn rows_that_are_wrong_say_so_and_nobody_is_made() {
    let stage = Stage::new();
    for (language, taken, twice) in [
        ("en", "There is a user of this name already.", "Another row has this name."),
        ("zh-CN", "该名称的用户已存在。", "该名称与其他行重复。"),
    ] {
        let owner = stage.owner(&stage.b).reading(language);
        let refused = owner.post(NEW, &with_rows(&owner, &["carol", "with space", "alice", "CAROL"]));
        assert_eq!(refused.status, 400);
        for field in ["UserName1", "UserName2", "UserName3"] {
            assert!(leads_to(&refused, field), "{field}: {}", refused.body);
        }
        assert!(!refused.body.contains("UserName0-error"), "{}", refused.body);
        assert!(refused.body.contains(taken) && refused.body.contains(twice), "{}", refused.body);
        assert_eq!(owner.get("/console/ram/users/carol").status, 404);
    }
    // Whoever may make nobody is told so, and the rows stay.
    stage.b.grant("alice", "AliyunRAMReadOnlyAccess");
    let alice = stage.logged_on("alice");
    let denied = alice.post(NEW, &with_rows(&alice, &["carol", "dave"]));
    assert_eq!(denied.status, 403, "{}", denied.body);
    assert_eq!(denied.body.matches("name=\"UserName\"").count(), 2);
}

/// What is wrong with a row keeps everybody from being made: a name that was left out, and tags that would be refused once
/// the user is there.
#[test]
fn nobody_is_left_out_unsaid() {
    let stage = Stage::new();
    let tags = [
        (("aliyun-team", "web"), "NewTagKey1-0", "begin with aliyun", "以 aliyun"),
        (("", "web"), "NewTagKey1-0", "Give this value a key", "填写标签键"),
        (("team", "acs:x"), "NewTagValue1-0", "begin with aliyun", "以 aliyun"),
    ];
    for (language, missing, mode) in [
        ("en", "Enter a logon name", "Choose at least one access mode"),
        ("zh-CN", "请填写登录名称", "请至少选择一种访问方式"),
    ] {
        let owner = stage.owner(&stage.b).reading(language);
        let mut fields = with_rows(&owner, &["carol", ""]);
        let refused = owner.post(NEW, &fields);
        assert_eq!(refused.status, 400, "{}", refused.body);
        assert!(leads_to(&refused, "UserName1") && refused.body.contains(missing), "{}", refused.body);
        assert!(refused.body.contains("value=\"Display of\""), "what was entered stays: {}", refused.body);
        for ((key, value), field, english, chinese) in tags {
            fields = with_rows(&owner, &["carol", "dave"]);
            fields.push(("NewTagKey1".to_owned(), key.to_owned()));
            fields.push(("NewTagValue1".to_owned(), value.to_owned()));
            let refused = owner.post(NEW, &fields);
            assert!(leads_to(&refused, field), "{field}: {}", refused.body);
            let words = if language == "en" { english } else { chinese };
            assert!(
                refused.body.contains(words) && refused.body.contains("value=\"web\"") == (value == "web")
            );
        }
        let twice = ["Team", "team"].map(|key| ("NewTagKey0".to_owned(), key.to_owned()));
        let values = ["a", "b"].map(|value| ("NewTagValue0".to_owned(), value.to_owned()));
        let refused = owner.post(NEW, &[with_rows(&owner, &["carol"]), twice.into(), values.into()].concat());
        assert!(leads_to(&refused, "NewTagKey0-1"), "{}", refused.body);
        let none = create(&owner, "", &[("console", "true")]);
        assert!(leads_to(&none, "UserName0") && none.body.contains(missing), "{}", none.body);
        let refused = create(&owner, "carol", &[]);
        assert!(leads_to(&refused, "access") && refused.body.contains(mode), "{}", refused.body);
        assert_eq!(owner.get("/console/ram/users/carol").status, 404, "nobody is made");
    }
    // A row with nothing in it is left out.
    let owner = stage.owner(&stage.b);
    let mut fields = with_rows(&owner, &["carol"]);
    fields.extend(["UserName", "DisplayName"].map(|name| (name.to_owned(), String::new())));
    assert_eq!(heading(&owner.follow(owner.post(NEW, &fields))), "Users created");
}

/// Rows go by a button of their own, which needs no script, and take nothing along but what is theirs.
#[test]
fn rows_are_removed_and_have_tags_of_their_own() {
    let stage = Stage::new();
    let owner = stage.owner(&stage.b);
    let one = owner.get(NEW);
    assert!(!one.body.contains("name=\"drop\""), "the only row stays: {}", one.body);
    let mut fields = with_rows(&owner, &["carol", "dave", "erin"]);
    for (at, team) in ["web", "shop", "ops"].iter().enumerate() {
        fields.push((format!("NewTagKey{at}"), "team".to_owned()));
        fields.push((format!("NewTagValue{at}"), (*team).to_owned()));
    }
    let less = owner.post(NEW, &[fields, vec![("drop".to_owned(), "1".to_owned())]].concat());
    let form = less.form(NEW);
    let has = |name: &str, value: &str| form.contains(&(name.to_owned(), value.to_owned()));
    assert!(has("UserName", "carol") && has("UserName", "erin") && !has("UserName", "dave"), "{form:?}");
    assert!(has("NewTagValue0", "web") && has("NewTagValue1", "ops"), "{form:?}");
    assert!(has("DisplayName", "Display of erin"), "{form:?}");
    let made = owner.follow(owner.submit(&less, NEW, &[]));
    assert_eq!(heading(&made), "Users created");
    for (name, team) in [("carol", "web"), ("erin", "ops")] {
        let page = owner.get(&format!("/console/ram/users/{name}?tab=tags"));
        assert!(page.body.contains(team), "{name}: {}", page.body);
    }
    assert_eq!(owner.get("/console/ram/users/dave").status, 404);
    let form = owner.reading("zh-CN");
    let more = form.submit(&form.get(NEW), NEW, &[("add", "true")]);
    assert!(more.body.contains("aria-label=\"移除用户 2\""), "{}", more.body);
}

/// S0-37, S0-38, S2-24, S3-34, S3-35: the list leads to the form that makes users.
#[test]
fn the_list_shows_users_and_leads_to_making_one() {
    let stage = Stage::new();
    let owner = stage.owner(&stage.b);
    let list = owner.get("/console/ram/users");
    assert_eq!(heading(&list), "Users");
    assert!(list.body.contains("/console/ram/users/alice") && list.body.contains("Create User"));
    assert!(list.body.contains("Grant Permission"));
    assert!(owner.get("/console/ram/users?q=nobody").body.contains("Clear filters"));
    assert!(owner.get("/console/ram/users?q=ALI").body.contains("/console/ram/users/alice"));
}

/// S0-39, S0-40, S0-41, S0-42, S0-43, S3-36, S3-41, S3-42, S2-25: several users by one form.
#[test]
fn several_users_are_made_by_one_form() {
    let stage = Stage::new();
    let owner = stage.owner(&stage.b);
    let form = owner.get(NEW);
    for label in ["User Account Information", "Logon Name", "Display Name", "Add User", "Access Mode"] {
        assert!(form.body.contains(label), "{label}");
    }
    let more = owner.submit(&form, NEW, &[("UserName", "carol"), ("add", "true")]);
    assert_eq!(more.body.matches("name=\"UserName\"").count(), 2);
    let mut fields = more.form(NEW);
    for (name, value) in &mut fields {
        if name == "UserName" && value.is_empty() {
            *value = "dave".to_owned();
        }
    }
    let made = owner.follow(owner.post(NEW, &fields));
    assert_eq!(heading(&made), "Users created");
    assert!(made.body.contains("carol") && made.body.contains("dave"), "{}", made.body);
}

/// S0-44, S0-47, S0-49, S0-50, S3-43, S3-44, S3-45, S3-50, S3-51, S3-52, S3-53, S3-54: both access modes are explained,
/// and what they make is seen once.
#[test]
fn secrets_are_seen_once() {
    let stage = Stage::new();
    let owner = stage.owner(&stage.b);
    let form = owner.get(NEW);
    for words in
        ["Choose only one access mode", "For a person", "A key does not expire", "Generate automatically"]
    {
        assert!(form.body.contains(words), "{words}");
    }
    let landed = create(&owner, "carol", &[("console", "true"), ("key", "true")]);
    let path = landed.header("location").unwrap().to_owned();
    let made = owner.get(&path);
    let secrets = copied(&made);
    let [name, password, id, secret, address] = secrets.as_slice() else { panic!("{secrets:?}") };
    // S1-19: with the name under which it logs on, and where.
    assert_eq!(name, "carol@company-b");
    assert!(
        address.ends_with("/logon?form-of=separate&amp;AccountAlias=company-b")
            || address.ends_with("/logon?form-of=separate&AccountAlias=company-b"),
        "{address}"
    );
    assert!(id.starts_with("LTAI") && secret.len() >= 30, "{secrets:?}");
    let home = stage.log_on(&Visitor::new(&stage.server), "carol@company-b", password);
    assert_eq!(heading(&home), "Welcome, carol");
    // The file is in the page, so that nothing has to be shown twice for it.
    let tags = made.tags();
    let file = tags.iter().find(|tag| tag.attribute("download") == Some("new-users.csv")).unwrap();
    let href = file.attribute("href").unwrap();
    assert!(href.starts_with("data:text/csv") && href.contains(secret.as_str()), "{href}");
    assert!(href.contains("LogonName%2CLogonAddress") && href.contains("carol%40company-b"), "{href}");
    let again = owner.get(&path);
    assert_eq!((again.status, heading(&again).as_str()), (410, "This was shown before"));
    assert!(!again.body.contains(secret.as_str()));
    let other = stage.owner(&stage.a).get(&path);
    assert_eq!(other.status, 410, "nobody else sees it either");
}

/// S0-45, S0-46, S3-46: a custom password that the policy refuses is refused, and nothing that was typed is sent back.
#[test]
fn a_custom_password_is_checked() {
    let stage = Stage::new();
    let owner = stage.owner(&stage.b);
    let values = [("console", "true"), ("password-of", "custom"), ("Password", "short")];
    let refused = create(&owner, "carol", &values);
    assert_eq!(refused.status, 400);
    assert!(!refused.body.contains("value=\"short\"") && leads_to(&refused, "Password"), "{}", refused.body);
    assert_eq!(owner.get("/console/ram/users/carol").status, 404, "nothing was made");
}

#[test]
fn names_that_are_taken_or_wrong_are_refused_beside_what_was_entered() {
    let stage = Stage::new();
    let owner = stage.owner(&stage.b);
    for (name, status) in [("alice", 409), ("with space", 400), ("", 400)] {
        let refused = create(&owner, name, &[("console", "true")]);
        assert_eq!(refused.status, status, "{name}: {}", refused.body);
        assert!(leads_to(&refused, "UserName0"), "{name}: {}", refused.body);
    }
    let refused = create(&owner, "carol", &[]);
    assert!(refused.body.contains("Choose at least one access mode"), "{}", refused.body);
    assert_eq!(owner.get("/console/ram/users/carol").status, 404);
}

/// S3-55: what is sensitive asks for the password first, and is then carried out as it was sent.
#[test]
fn the_form_waits_for_security_verification() {
    let stage = Stage::new();
    stage.b.grant("alice", "AliyunRAMFullAccess");
    let alice = stage.logged_on("alice");
    stage.server.clock().advance(minutes(16));
    let asked = create(&alice, "carol", &[("console", "true")]);
    assert_eq!((asked.status, heading(&asked).as_str()), (403, "Security verification"));
    let wrong = alice.submit(&asked, "/console/verify", &[("Password", "wrong")]);
    assert!(wrong.body.contains("Password or code is wrong"), "{}", wrong.body);
    let made = alice.follow(alice.submit(&wrong, "/console/verify", &[("Password", PASSWORD)]));
    assert_eq!(heading(&made), "Users created");
    assert!(made.body.contains("carol"));
}

/// Whoever does not go on has the form again as it was filled in, with nothing done and no secret in it: from the first
/// question, and after a wrong answer.
#[test]
fn whoever_cancels_the_verification_has_the_form_again() {
    let stage = Stage::new();
    stage.b.grant("alice", "AliyunRAMFullAccess");
    let alice = stage.logged_on("alice");
    stage.server.clock().advance(minutes(16));
    let secret = "Horse-Battery-77";
    let custom = [("console", "true"), ("password-of", "custom"), ("Password", secret)];
    let asked = create(&alice, "carol", &custom);
    let wrong = alice.submit(&asked, "/console/verify", &[("Password", "wrong")]);
    for page in [&asked, &wrong] {
        let (before, _) = page.body.split_once("data-close>Cancel").unwrap();
        let (_, back) = before.rsplit_once("href=\"").unwrap();
        let form = alice.get(back.trim_end_matches(['"', ' ']));
        assert_eq!((form.status, heading(&form).as_str()), (200, "Create User"));
        assert!(form.body.contains("value=\"carol\""), "{}", form.body);
        assert!(!form.body.contains(secret), "{}", form.body);
    }
    assert_eq!(alice.get("/console/ram/users/carol").status, 404);
    // A button of a row leads back to the page that it is on.
    let keys = "/console/ram/users/alice/keys";
    let mut create = alice.get("/console/ram/users/alice?tab=keys").form(keys);
    create.retain(|(name, _)| !["UserAccessKeyId", "do"].contains(&name.as_str()));
    let asked = alice.post(keys, &create);
    assert_eq!(heading(&asked), "Security verification");
    let (_, rest) = asked.body.split_once("href=\"/console/kept/").unwrap();
    let back = alice.get(&format!("/console/kept/{}", rest.split_once('"').unwrap().0));
    assert_eq!((back.status, heading(&back).as_str()), (200, "alice"));
}

/// S2-26, S2-27: the details of a user, with what it may do.
#[test]
fn the_details_of_a_user_have_their_tabs() {
    let stage = Stage::new();
    let owner = stage.owner(&stage.b);
    let path = "/console/ram/users/alice";
    for (tab, words) in [
        ("basic", "User ID"),
        ("logon", "Console access is on."),
        ("keys", "LTAI"),
        ("groups", "This user is in no group."),
        ("permissions", "AliyunSTSAssumeRoleAccess"),
        ("assume", "ecs-admin"),
        ("activity", "Show in Activity"),
    ] {
        let page = owner.get(&format!("{path}?tab={tab}"));
        assert!(page.body.contains(words), "{tab}: {}", page.body);
    }
    let page = owner.get(path);
    let absent = "<dt>Display Name</dt><dd><span class=\"muted\">–</span></dd>";
    assert!(page.body.contains(absent), "{}", page.body);
    let landed = owner.submit(&page, path, &[("NewDisplayName", "<b>Alice</b>\u{202e}")]);
    let page = owner.follow(landed);
    assert!(
        page.body.contains("&lt;b&gt;Alice&lt;/b&gt;") && !page.body.contains("<b>Alice"),
        "{}",
        page.body
    );
}

/// Comments that are emptied are gone, and do not come back.
#[test]
fn comments_can_be_emptied() {
    let stage = Stage::new();
    let owner = stage.owner(&stage.b);
    let path = "/console/ram/users/alice";
    for comments in ["on leave", ""] {
        let values = [("NewDisplayName", "Alice"), ("NewComments", comments)];
        assert_eq!(owner.submit(&owner.get(path), path, &values).status, 303);
        let user = stage.b.must("Ram", "GetUser", &[("UserName", "alice")]);
        assert_eq!(user["User"]["Comments"].as_str().unwrap_or_default(), comments);
    }
}

/// A user may assume a role elsewhere or may not, as its policies say, and what is missing is where it is given.
#[test]
fn a_user_sees_what_it_can_assume() {
    let stage = Stage::new();
    stage.b.user("bob");
    let owner = stage.owner(&stage.b);
    let tab = |name: &str| owner.get(&format!("/console/ram/users/{name}?tab=assume"));
    let give = "/console/delegations/received/11223344/ecs-admin?q=bob";
    assert!(tab("alice").body.contains(">Yes<") && !tab("alice").body.contains(">Not permitted<"));
    assert!(tab("bob").body.contains(">Not permitted<") && tab("bob").body.contains(give));
    assert!(owner.get(give).body.contains("bob"), "and there it is given");
    let empty = stage.owner(&stage.a).get("/console/ram/users/nobody?tab=assume");
    assert_eq!(empty.status, 404);
}

/// S4-19: console access is given and taken.
#[test]
fn console_access_is_given_and_taken() {
    let stage = Stage::new();
    stage.b.user("bob");
    let owner = stage.owner(&stage.b);
    let page = owner.get("/console/ram/users/bob?tab=logon");
    let landed = owner.submit(&page, "/console/ram/users/bob/logon", &[("Password", PASSWORD)]);
    let page = owner.follow(landed);
    assert!(page.body.contains("Console access is on."), "{}", page.body);
    assert_eq!(
        heading(&stage.log_on(&Visitor::new(&stage.server), "bob@company-b", PASSWORD)),
        "Welcome, bob"
    );
    owner.submit(&page, "/console/ram/users/bob/logon-off", &[]);
    let page = stage.log_on(&Visitor::new(&stage.server), "bob@company-b", PASSWORD);
    assert_eq!(page.status, 403);
}

/// A password that is generated is seen once, with what it is used with, whether or not there was one before.
#[test]
fn a_new_password_is_generated_and_seen_once() {
    let stage = Stage::new();
    stage.b.user("bob");
    let owner = stage.owner(&stage.b);
    let (path, tab) = ("/console/ram/users/bob/logon", "/console/ram/users/bob?tab=logon");
    let mut before = None;
    for _ in 0..2 {
        let landed =
            owner.submit(&owner.get(tab), path, &[("do", "generate"), ("Password", "left-by-mistake")]);
        let result = landed.header("location").unwrap().to_owned();
        let shown = copied(&owner.get(&result));
        let [name, password, address] = shown.as_slice() else { panic!("{shown:?}") };
        assert!(name == "bob@company-b" && address.contains("AccountAlias=company-b"), "{shown:?}");
        let home = stage.log_on(&Visitor::new(&stage.server), name, password);
        assert_eq!(heading(&home), "Welcome, bob");
        assert_eq!(owner.get(&result).status, 410, "it is seen once");
        assert_ne!(
            before.replace(password.clone()),
            Some(password.clone()),
            "no password is generated twice"
        );
    }
    // It waits for verification like one that is typed, and is then generated.
    let page = owner.get(tab);
    stage.server.clock().advance(minutes(16));
    let asked = owner.submit(&page, path, &[("do", "generate")]);
    assert_eq!(heading(&owner.follow(asked)), "Security verification");
}

#[test]
fn keys_are_made_disabled_and_deleted() {
    let stage = Stage::new();
    let owner = stage.owner(&stage.b);
    let path = "/console/ram/users/alice/keys";
    let tab = "/console/ram/users/alice?tab=keys";
    let page = owner.get(tab);
    assert!(page.body.contains("Never"), "{}", page.body);
    let id = copied(&page).into_iter().find(|text| text.starts_with("LTAI")).unwrap();
    let landed = owner.submit(&page, path, &[]);
    assert!(landed.header("location").unwrap().contains("/result/") || landed.status == 303);
    let change = |what: &str| {
        let mut fields = owner.get(tab).form(path);
        fields.retain(|(name, _)| name == "csrf" || name == "form");
        fields.push(("UserAccessKeyId".to_owned(), id.clone()));
        fields.push(("do".to_owned(), what.to_owned()));
        owner.follow(owner.post(path, &fields))
    };
    assert!(change("Inactive").body.contains("Disabled"));
    assert!(!change("delete").body.contains(&id));
}

#[test]
fn a_user_is_deleted_once_its_name_is_typed() {
    let stage = Stage::new();
    stage.b.user("bob");
    let owner = stage.owner(&stage.b);
    let path = "/console/ram/users/bob/delete";
    let page = owner.get(path);
    let refused = owner.submit(&page, path, &[("Name", "alice")]);
    assert!(refused.body.contains("This is not the name"), "{}", refused.body);
    let landed = owner.submit(&refused, path, &[("Name", "bob")]);
    assert_eq!(landed.header("location"), Some("/console/ram/users"), "{}", landed.body);
    assert_eq!(owner.get("/console/ram/users/bob").status, 404);
}

#[test]
fn whoever_may_not_is_told_what_is_missing() {
    let stage = Stage::new();
    let alice = stage.logged_on("alice");
    let page = alice.get("/console/ram/users");
    assert_eq!((page.status, heading(&page).as_str()), (403, "You may not do this"));
    assert!(page.body.contains("Request ID") && page.body.contains("ram:ListUsers"), "{}", page.body);
}

/// S3-39: tags are given when users are made, and on their own tab afterwards.
#[test]
fn users_have_tags_from_the_start_and_later() {
    let stage = Stage::new();
    let owner = stage.owner(&stage.b);
    let form = owner.get(NEW);
    assert!(form.body.contains("Tag key") && form.body.contains("Tag value"), "{}", form.body);
    let more = owner.submit(&form, NEW, &[("NewTagKey0", "team"), ("NewTagValue0", "ops"), ("add-tag", "0")]);
    assert_eq!(more.body.matches("name=\"NewTagKey0\"").count(), 2, "{}", more.body);
    let values = [("UserName", "carol"), ("NewTagKey0", "team"), ("NewTagValue0", "ops")];
    let made = owner.follow(owner.submit(&form, NEW, &values));
    assert_eq!(heading(&made), "This form was sent before", "the same form is not sent twice");
    let made = owner.follow(owner.submit(&owner.get(NEW), NEW, &values));
    assert_eq!(heading(&made), "Users created");
    let tab = "/console/ram/users/carol?tab=tags";
    let page = owner.get(tab);
    assert!(page.body.contains("team") && page.body.contains("ops"), "{}", page.body);
    let tags = "/console/ram/users/carol/tags";
    let add = |key: &str| {
        let mut fields = owner.get(tab).form(tags);
        fields.retain(|(name, _)| !["remove", "TagKey", "TagValue"].contains(&name.as_str()));
        fields.push(("TagKey".to_owned(), key.to_owned()));
        owner.follow(owner.post(tags, &fields))
    };
    assert_eq!(add("acs:x").status, 400, "that key is reserved");
    assert!(add("stage").body.contains("stage"));
    let mut page = owner.get(tab);
    for key in ["team", "stage"] {
        page = owner.follow(owner.submit(&owner.get(tab), tags, &[("remove", key)]));
    }
    assert!(page.body.contains("There are no tags yet"), "{}", page.body);
}

/// Disabling closes every way in at once and keeps the rest; enabling opens the same ways again.
#[test]
fn a_user_is_disabled_with_every_way_in_and_enabled_again() {
    let stage = Stage::new();
    let owner = stage.owner(&stage.b);
    let path = "/console/ram/users/alice/disable";
    stage.b.must("Ram", "CreateAccessKey", &[("UserName", "alice")]);
    let alice = stage.logged_on("alice");
    let statuses = || {
        let keys = stage.b.must("Ram", "ListAccessKeys", &[("UserName", "alice")]);
        let keys = keys["AccessKeys"]["AccessKey"].as_array().unwrap().clone();
        keys.iter().map(|key| key["Status"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let before = statuses();
    assert!(!before.is_empty() && before.iter().all(|status| status == "Active"), "{before:?}");
    assert!(owner.get("/console/ram/users/alice").body.contains(path), "the details lead there");
    let page = owner.get(path);
    assert_eq!(heading(&page), "Disable user alice?");
    assert!(page.body.contains("Console Access") && page.body.contains("LTAI"), "{}", page.body);
    let done = owner.follow(owner.submit(&page, path, &[]));
    assert_eq!(heading(&done), "alice");
    assert!(statuses().iter().all(|status| status == "Inactive"), "{:?}", statuses());
    assert_eq!(heading(&alice.follow(alice.open("/console"))), "Log on to Argali", "a live logon ends, too");
    let refused = stage.log_on(&Visitor::new(&stage.server), "alice@company-b", PASSWORD);
    assert_eq!(heading(&refused), "Log on to Argali", "{}", refused.body);
    assert!(refused.body.contains("is switched off for this user"), "{}", refused.body);
    let tab = owner.get("/console/ram/users/alice?tab=logon");
    assert!(tab.body.contains("Console access is disabled"), "{}", tab.body);

    let page = owner.get(path);
    assert_eq!(heading(&page), "Enable user alice?");
    owner.follow(owner.submit(&page, path, &[]));
    assert_eq!(statuses(), before);
    stage.logged_on("alice");

    stage.b.user("carol");
    let keys = stage.b.must("Ram", "ListAccessKeys", &[("UserName", "carol")]);
    for key in keys["AccessKeys"]["AccessKey"].as_array().unwrap() {
        let id = key["AccessKeyId"].as_str().unwrap();
        stage.b.must("Ram", "DeleteAccessKey", &[("UserName", "carol"), ("UserAccessKeyId", id)]);
    }
    let page = owner.get("/console/ram/users/carol/disable");
    assert_eq!(heading(&page), "Disable user carol?");
    assert!(page.body.contains("there is nothing to turn off"), "{}", page.body);
}
