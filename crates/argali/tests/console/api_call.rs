//! "Show API call", and forms that outlive a session.

use argali_testkit::{Page, Visitor, minutes};

use crate::stage::{PASSWORD, Stage, heading};

const NEW: &str = "/console/ram/users/new";

fn filled_in(visitor: &Visitor, values: &[(&str, &str)]) -> Vec<(String, String)> {
    let mut fields = visitor.get(NEW).form(NEW);
    fields.retain(|(own, _)| !values.iter().any(|(name, _)| name == own));
    fields.extend(values.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    fields
}

fn with<'a>(fields: &[(String, String)], more: (&'a str, &'a str)) -> Vec<(String, String)> {
    let mut fields = fields.to_vec();
    fields.push((more.0.to_owned(), more.1.to_owned()));
    fields
}

fn shown(page: &Page) -> String {
    page.body.replace("&quot;", "\"").replace("&#39;", "'").replace("&amp;", "&")
}

/// A form shows the calls that it would make, without secrets, and then makes them.
#[test]
fn a_form_shows_its_calls_and_does_nothing() {
    let stage = Stage::new();
    let owner = stage.owner(&stage.b);
    let values = [
        ("UserName", "carol"),
        ("DisplayName", "Carol's"),
        ("password-of", "custom"),
        ("Password", "Secret-horse-1"),
        ("key", "true"),
    ];
    let fields = filled_in(&owner, &values);
    let page = owner.post(NEW, &with(&fields, ("show-api", "true")));
    assert_eq!((page.status, heading(&page).as_str()), (200, "What this form does"));
    let text = shown(&page);
    for words in [
        "argali call ram CreateUser",
        "UserName=carol",
        "DisplayName='Carol'\\''s'",
        "argali call ram CreateLoginProfile",
        "Password=\"$PASSWORD\"",
        "x-acs-action: CreateAccessKey",
        "resource \"alicloud_ram_user\" \"carol\"",
        "var.password",
    ] {
        assert!(text.contains(words), "{words}: {text}");
    }
    assert!(!text.contains("Secret-horse"), "{text}");
    assert_eq!(owner.get("/console/ram/users/carol").status, 404, "nothing was done");
    let made = owner.follow(owner.post(NEW, &fields));
    assert_eq!(heading(&made), "Users created", "and the form can still be sent");
}

/// What is wrong with a form is said in place of its calls, and nobody's token is taken for another's.
#[test]
fn a_form_that_cannot_be_sent_shows_why() {
    let stage = Stage::new();
    let owner = stage.owner(&stage.b);
    let mut fields = filled_in(&owner, &[("UserName", "carol")]);
    fields.retain(|(name, _)| name != "console");
    let page = owner.post(NEW, &with(&fields, ("show-api", "true")));
    assert!(page.status == 400 && page.body.contains("Choose at least one access mode"));
    for (name, value) in &mut fields {
        if name == "csrf" {
            "0".clone_into(value);
        }
    }
    assert_eq!(owner.post(NEW, &with(&fields, ("show-api", "true"))).status, 403);
}

/// Every form that deletes shows all that goes with it.
#[test]
fn deleting_shows_everything_that_goes() {
    let stage = Stage::new();
    let owner = stage.owner(&stage.b);
    let path = "/console/ram/users/alice/delete";
    let page = owner.submit(&owner.get(path), path, &[("Name", "alice"), ("show-api", "true")]);
    for call in ["DeleteAccessKey", "DeleteLoginProfile", "DeleteUser"] {
        assert!(page.body.contains(call), "{call}: {}", page.body);
    }
    assert_eq!(owner.get("/console/ram/users/alice").status, 200);
}

/// In a role the command is one that works in the role.
#[test]
fn commands_of_a_role_assume_it() {
    let stage = Stage::new();
    stage.a.must(
        "Ram",
        "AttachPolicyToRole",
        &[("RoleName", "ecs-admin"), ("PolicyName", "AliyunRAMFullAccess"), ("PolicyType", "System")],
    );
    let alice = stage.logged_on("alice");
    let values = [("Account", "company-a"), ("RoleName", "ecs-admin")];
    alice.submit(&alice.get("/console/switch-role"), "/console/switch-role", &values);
    let path = "/console/as/company-a/ecs-admin/ram/groups/new";
    let page = alice.submit(&alice.get(path), path, &[("GroupName", "ops"), ("show-api", "true")]);
    assert!(
        page.body.contains("argali assume company-a/ecs-admin -- argali call ram CreateGroup"),
        "{}",
        page.body
    );
}

/// A form that was sent after the session had ended is shown again after logging on, and not sent.
#[test]
fn a_form_outlives_the_session() {
    let stage = Stage::new();
    stage.b.grant("alice", "AliyunRAMFullAccess");
    stage.b.user("bob");
    stage.person("bob", &[]);
    let alice = stage.logged_on("alice");
    let values = [("UserName", "carol"), ("DisplayName", "Carol Q"), ("Password", "Secret-horse-1")];
    let fields = filled_in(&alice, &values);
    stage.server.clock().advance(minutes(6 * 60 + 1));
    let landed = alice.post(NEW, &fields);
    let to_log_on = landed.header("location").unwrap().to_owned();
    assert!(to_log_on.starts_with("/logon?note=ended&next=%2Fconsole%2Fkept%2F"), "{to_log_on}");
    let step = alice.get(&to_log_on);
    let step = alice.follow(alice.submit(&step, "/logon", &[("LogonName", "alice@company-b")]));
    let landed = alice.submit(&step, "/logon", &[("Password", PASSWORD)]);
    let kept = landed.header("location").unwrap().to_owned();
    let page = alice.get(&kept);
    assert!(
        page.body.contains("Your session had ended") && page.body.contains("value=\"carol\""),
        "{}",
        page.body
    );
    assert!(page.body.contains("Carol Q") && !page.body.contains("Secret-horse"));
    assert_eq!(alice.get("/console/ram/users/carol").status, 404, "nothing was sent");
    let made = alice.follow(alice.submit(&page, NEW, &[]));
    assert_eq!(heading(&made), "Users created");
    let bob = stage.logged_on("bob");
    assert_eq!(bob.get(&kept).status, 404, "nobody sees what somebody else filled in");
}

/// A form whose address has no page of its own is shown on the one that it is part of.
#[test]
fn a_form_on_a_tab_comes_back_to_its_tab() {
    let stage = Stage::new();
    stage.b.grant("alice", "AliyunRAMFullAccess");
    let alice = stage.logged_on("alice");
    let page = alice.get("/console/ram/users/alice?tab=logon");
    let path = "/console/ram/users/alice/logon";
    let fields = page.form(path);
    stage.server.clock().advance(minutes(6 * 60 + 1));
    let step = alice.follow(alice.post(path, &fields));
    let step = alice.follow(alice.submit(&step, "/logon", &[("LogonName", "alice@company-b")]));
    let page = alice.follow(alice.submit(&step, "/logon", &[("Password", PASSWORD)]));
    assert_eq!(heading(&page), "alice");
    assert!(page.body.contains("Console access is on."), "{}", page.body);
}

/// The editors of trust policies and of policies show what saving would call, before the review and on it, and what is
/// wrong with a document in place of that.
#[test]
fn editors_show_what_saving_would_call() {
    let stage = Stage::new();
    let owner = stage.owner(&stage.a);
    let trust = "/console/ram/roles/ecs-admin/trust";
    let shown_by = |page: &Page, path: &str| owner.submit(page, path, &[("show-api", "true")]);
    for editor in [owner.get(trust), owner.get(&format!("{trust}?mode=json"))] {
        let review = owner.submit(&editor, trust, &[("do", "review")]);
        for page in [&editor, &review] {
            assert!(page.body.contains("Show API call"), "{}", page.body);
            let calls = shown(&shown_by(page, trust));
            assert!(
                calls.contains("argali call ram UpdateRole") && calls.contains("12345678:root"),
                "{calls}"
            );
            assert!(!calls.contains("EndSession"), "{calls}");
        }
    }
    let json = owner.get(&format!("{trust}?mode=json"));
    let wrong = owner.submit(&json, trust, &[("show-api", "true"), ("Document", "{")]);
    assert!(wrong.status == 400 && !wrong.body.contains("argali call"), "{}", wrong.body);

    let document = r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":"ecs:*","Resource":"*"}]}"#;
    stage.a.must("Ram", "CreatePolicy", &[("PolicyName", "ops"), ("PolicyDocument", document)]);
    let edit = "/console/ram/policies/Custom/ops/edit";
    let editor = owner.get(edit);
    let review = owner.submit(&editor, edit, &[("do", "review")]);
    for page in [&editor, &review] {
        let calls = shown(&shown_by(page, edit));
        assert!(calls.contains("argali call ram CreatePolicyVersion"), "{calls}");
    }
    let second = [("PolicyName", "ops"), ("PolicyDocument", document)];
    stage.a.must("Ram", "CreatePolicyVersion", &second);
    let versions = owner.get("/console/ram/policies/Custom/ops?tab=versions");
    let calls = shown(&shown_by(&versions, "/console/ram/policies/Custom/ops/versions"));
    assert!(
        calls.contains("argali call ram SetDefaultPolicyVersion") && calls.contains("VersionId=v2"),
        "{calls}"
    );
    let listed =
        stage.a.must("Ram", "ListPolicyVersions", &[("PolicyName", "ops"), ("PolicyType", "Custom")]);
    assert_eq!(
        listed["PolicyVersions"]["PolicyVersion"].as_array().map(Vec::len),
        Some(2),
        "nothing was done"
    );
}
