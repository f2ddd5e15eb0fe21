//! The analyzer: what it finds, what it proposes, and putting findings away.

use argali_testkit::{Page, Visitor};
use serde_json::Value;

use crate::stage::Stage;

fn finding(stage: &Stage, kind: &str) -> String {
    let found = stage.a.must("Argali", "ListFindings", &[("Kind", kind)]);
    format!("/console/analyzer/{}", found["Findings"][0]["FindingId"].as_str().unwrap())
}

fn press(owner: &Visitor, path: &str, button: &str, more: &[(&str, &str)]) -> Page {
    let page = owner.get(path);
    let values: Vec<_> = more.iter().copied().chain([("do", button)]).collect();
    owner.submit(&page, path, &values)
}

#[test]
fn findings_are_listed_with_what_shows_them() {
    let stage = Stage::new();
    let owner = stage.owner(&stage.a);
    let list = owner.get("/console/analyzer");
    for words in
        ["A whole account is trusted", "role/ecs-admin", "12345678", "Without a second factor", "root"]
    {
        assert!(list.body.contains(words), "{words}: {}", list.body);
    }
    let chosen = owner.get("/console/analyzer?kind=OutsideWholeAccount");
    assert!(!chosen.body.contains("Without a second factor"), "{}", chosen.body);
    assert_eq!(owner.get("/console/analyzer/none").status, 404);
    assert_eq!(stage.logged_on("alice").get("/console/analyzer").status, 403);
}

#[test]
fn a_proposed_change_is_shown_and_then_done() {
    let stage = Stage::new();
    let owner = stage.owner(&stage.a);
    let path = finding(&stage, "OutsideNoExternalId");
    let page = owner.get(&path);
    for words in ["Proposed change", "sts:ExternalId", "UpdateRole"] {
        assert!(page.body.contains(words), "{words}: {}", page.body);
    }
    let external_id = page.form(&path).into_iter().find(|(name, _)| name == "ExternalId").unwrap().1;
    let done = owner.submit(&page, &path, &[("do", "apply")]);
    assert_eq!(done.header("location"), Some("/console/analyzer"), "{}", done.body);
    let role = stage.a.must("Ram", "GetRole", &[("RoleName", "ecs-admin")]);
    let trust: Value =
        serde_json::from_str(role["Role"]["AssumeRolePolicyDocument"].as_str().unwrap()).unwrap();
    let asked = &trust["Statement"][0]["Condition"]["StringEquals"]["sts:ExternalId"];
    assert_eq!(asked.as_str(), Some(external_id.as_str()), "the one that was shown");
    assert_eq!(owner.get(&path).status, 404, "it is no finding any more");
    press(&owner, &finding(&stage, "OutsideAccessNew"), "apply", &[]);
    let role = stage.a.must("Ram", "GetRole", &[("RoleName", "ecs-admin")]);
    assert!(!role["Role"]["AssumeRolePolicyDocument"].as_str().unwrap().contains("12345678"));
}

#[test]
fn a_finding_is_put_away_with_a_reason() {
    let stage = Stage::new();
    let owner = stage.owner(&stage.a);
    let path = finding(&stage, "OutsideWholeAccount");
    let refused = press(&owner, &path, "archive", &[("Reason", " ")]);
    assert_eq!(refused.status, 400, "{}", refused.body);
    press(&owner, &path, "archive", &[("Reason", "a <test> account")]);
    assert!(!owner.get("/console/analyzer").body.contains("A whole account is trusted"));
    let archived = owner.get("/console/analyzer?status=Archived");
    assert!(archived.body.contains("A whole account is trusted"));
    assert!(owner.get(&path).body.contains("a &lt;test&gt; account"));
    press(&owner, &path, "unarchive", &[]);
    assert!(owner.get("/console/analyzer").body.contains("A whole account is trusted"));
}
