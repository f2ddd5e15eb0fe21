//! The trust editor: fields and JSON over one document, and nothing saved before its effect was seen.
// SPEC: console, trust editor.

use argali_testkit::{Page, Visitor, trust};

use crate::stage::{Stage, heading};

const ROLE: &str = "/console/ram/roles/ecs-admin";
const PATH: &str = "/console/ram/roles/ecs-admin/trust";

fn document(stage: &Stage) -> String {
    let role = stage.a.must("Ram", "GetRole", &[("RoleName", "ecs-admin")]);
    role["Role"]["AssumeRolePolicyDocument"].as_str().unwrap().to_owned()
}

fn press(owner: &Visitor, page: &Page, button: &str, more: &[(&str, &str)]) -> Page {
    let values: Vec<_> = [("do", button)].iter().chain(more).copied().collect();
    owner.follow(owner.submit(page, PATH, &values))
}

/// S3-15, S3-16: the two modes, and a RAM user named as principal in the visual one.
#[test]
fn both_editors_work_on_one_document() {
    let stage = Stage::new();
    let owner = stage.owner(&stage.a);
    let visual = owner.get(PATH);
    assert!(visual.body.contains("Visual editor") && visual.body.contains("JSON"));
    let narrowed = [("kind-0", "user"), ("account-0", "company-b"), ("name-0", "alice")];
    let json = press(&owner, &visual, "json", &narrowed);
    let text = json.form(PATH).into_iter().find(|(name, _)| name == "Document").unwrap().1;
    assert!(text.contains("acs:ram::12345678:user/alice") && text.contains("\n  "), "{text}");
    let again = press(&owner, &json, "visual", &[]);
    let form = again.form(PATH);
    assert!(form.contains(&("name-0".to_owned(), "alice".to_owned())), "{form:?}");
    let more = press(&owner, &again, "add", &[]);
    assert!(more.body.contains("Statement 2"), "{}", more.body);
    let less = press(&owner, &more, "drop-1", &[]);
    assert!(!less.body.contains("Statement 2"), "{}", less.body);
    assert_eq!(document(&stage), trust(&[&stage.b.root_arn()]).to_string(), "nothing was saved");

    let review = press(&owner, &less, "review", &[]);
    for words in
        ["Not any more", "Every user and role of", "From now on", "The user <strong><bdi>alice", "Difference"]
    {
        assert!(review.body.contains(words), "{words}: {}", review.body);
    }
    let back = press(&owner, &review, "edit", &[]);
    assert!(back.body.contains("Visual editor"), "{}", back.body);
    press(&owner, &press(&owner, &back, "review", &[]), "save", &[]);
    assert!(document(&stage).contains("user/alice"), "{}", document(&stage));
}

#[test]
fn what_fields_cannot_show_says_why() {
    let stage = Stage::new();
    let owner = stage.owner(&stage.a);
    let json = || owner.get(&format!("{PATH}?mode=json"));
    let one =
        r#"{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"RAM":["acs:ram::12345678:root"]}}"#;
    let long = format!(r#"{{"Version":"1","Statement":[{}]}}"#, vec![one; 21].join(","));
    let broken_value = format!(
        r#"{{"Version":"1","Statement":[{},"Condition":{{"StringEquals":{{"sts:ExternalId":"a\nb"}}}}}}]}}"#,
        one.trim_end_matches('}').to_owned() + "}"
    );
    for (document, why) in [
        ("{\n  broken", "line 2, column 3"),
        (&long, "up to 20 statements, and this policy has 21"),
        (&broken_value, "has no room for"),
        (
            r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Other":["x"]}}]}"#,
            "the principal x",
        ),
        ("[1]", "has no room for [1]"),
        (
            r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":"*","Principal":{"RAM":[]}}]}"#,
            "speaks of *",
        ),
    ] {
        let page = press(&owner, &json(), "visual", &[("Document", document)]);
        assert!(page.body.contains(why), "{why}: {}", page.body);
        assert!(
            page.form(PATH).iter().any(|(name, text)| name == "Document" && text == document),
            "it is kept"
        );
    }
    let page = press(&owner, &json(), "format", &[("Document", r#"{"Version":"1"}"#)]);
    assert!(page.form(PATH).iter().any(|(_, text)| text == "{\n  \"Version\": \"1\"\n}"), "{}", page.body);
    let refused = press(&owner, &json(), "review", &[("Document", r#"{"Version":"1","Statement":[{}]}"#)]);
    assert_eq!(refused.status, 400);
}

/// Each warning by itself, for whole accounts and for some of their users, in both languages.
#[test]
fn warnings_are_given_each_by_itself() {
    let stage = Stage::new();
    let whole = ["A whole account is trusted", "信任整个账号"];
    let no_id = ["No external ID is asked for.", "未要求外部 ID。"];
    let no_mfa = ["Nobody has to show a second factor.", "未要求使用 MFA。"];
    let id = serde_json::json!({ "StringEquals": { "sts:ExternalId": "secret-42" } });
    let both = serde_json::json!({ "StringEquals": { "sts:ExternalId": "secret-42" }, "Bool": { "acs:MFAPresent": "true" } });
    let mut owner = stage.owner(&stage.a);
    for (principal, conditions, warned) in [
        ("acs:ram::12345678:root", &both, [true, false, false]),
        ("acs:ram::12345678:user/alice", &id, [false, false, true]),
        ("acs:ram::12345678:user/alice", &serde_json::json!({}), [false, true, true]),
        ("acs:ram::12345678:user/alice", &both, [false, false, false]),
        ("acs:ram::11223344:root", &serde_json::json!({}), [false, false, false]),
    ] {
        let mut document = trust(&[principal]);
        if conditions != &serde_json::json!({}) {
            document["Statement"][0]["Condition"] = conditions.clone();
        }
        let change = [("RoleName", "ecs-admin"), ("NewAssumeRolePolicyDocument", &document.to_string())];
        stage.a.must("Ram", "UpdateRole", &change);
        for (at, language) in ["en", "zh-CN"].into_iter().enumerate() {
            owner = owner.reading(language);
            let page = owner.get(&format!("{ROLE}?tab=trust"));
            let found = [whole, no_id, no_mfa].map(|words| page.body.contains(words[at]));
            assert_eq!(found, warned, "{principal} {conditions}");
        }
    }
}

/// Each principal has a button that takes it out, by way of the review.
#[test]
fn one_principal_is_removed() {
    let stage = Stage::new();
    let both = trust(&["acs:ram::12345678:user/alice", "acs:ram::12345678:user/bob"]).to_string();
    let change = [("RoleName", "ecs-admin"), ("NewAssumeRolePolicyDocument", both.as_str())];
    stage.a.must("Ram", "UpdateRole", &change);
    let owner = stage.owner(&stage.a);
    let page = owner.get(&format!("{ROLE}?tab=trust"));
    // The first button is the one beside the first principal.
    let review = owner.follow(owner.submit(&page, PATH, &[]));
    assert_eq!(heading(&review), "ecs-admin\u{a0}· Review");
    assert_eq!(document(&stage), both, "nothing was saved");
    press(&owner, &review, "save", &[]);
    let left = document(&stage);
    assert!(left.contains("user/bob") && !left.contains("user/alice"), "{left}");
}

#[test]
fn a_permission_is_granted_from_one_place_of_a_page() {
    let stage = Stage::new();
    let owner = stage.owner(&stage.a);
    for tab in ["permissions", "trust"] {
        let page = owner.get(&format!("{ROLE}?tab={tab}"));
        assert_eq!(page.body.matches(">Grant Permission<").count(), 1, "{tab}: {}", page.body);
    }
}
