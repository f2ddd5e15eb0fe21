//! The analyzer: what it finds, what it proposes, and putting findings away.

use argali_testkit::{Page, Visitor, days};
use serde_json::Value;

use crate::stage::{Stage, heading};

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

#[test]
fn several_findings_are_put_away_ordered_and_filed() {
    let stage = Stage::new();
    stage.a.role("auditors", &[&stage.b.root_arn()], &[]);
    let owner = stage.owner(&stage.a);
    let list = "/console/analyzer?kind=OutsideWholeAccount";
    let places = |query: &str| {
        let page = owner.get(&format!("{list}{query}"));
        let rows = page.body.split_once("<tbody>").map(|(_, rows)| rows.to_owned()).unwrap_or_default();
        let mut found: Vec<_> = ["auditors", "ecs-admin"]
            .into_iter()
            .filter_map(|role| Some((rows.find(&format!("role/{role}</bdi>"))?, role)))
            .collect();
        found.sort_unstable();
        found.into_iter().map(|(_, role)| role).collect::<Vec<_>>()
    };
    assert_eq!(places("&sort=Resource"), ["auditors", "ecs-admin"]);
    assert_eq!(places("&sort=Resource&order=desc"), ["ecs-admin", "auditors"]);
    assert_eq!(places("&q=AUDIT"), ["auditors"]);
    assert!(owner.get(list).body.contains("2 in all"));
    let file = owner.get(&format!("{list}&csv=true"));
    assert!(file.body.starts_with("Resource,Evidence") && file.body.lines().count() == 3, "{}", file.body);

    let chosen = "/console/analyzer/~chosen";
    let nobody = owner.get(&format!("{chosen}?status=Active"));
    assert_eq!((nobody.status, heading(&nobody).as_str()), (400, "Nothing is chosen"));
    let found = stage.a.must("Argali", "ListFindings", &[("Kind", "OutsideWholeAccount")]);
    let ids: Vec<_> =
        (0..2).map(|at| found["Findings"][at]["FindingId"].as_str().unwrap().to_owned()).collect();
    let all = owner.get("/console/analyzer");
    assert!(all.body.contains(&format!("value=\"{}\"", ids[0])), "each has a box: {}", all.body);
    let page = owner.get(&format!("{chosen}?status=Active&on={}&on={}", ids[0], ids[1]));
    assert_eq!(heading(&page), "Archive 2 findings");
    let action = format!("{chosen}?status=Active");
    let without = owner.follow(owner.submit(&page, &action, &[("Reason", " ")]));
    assert_eq!(without.body.matches(">Failed<").count(), 2, "a reason is needed: {}", without.body);
    let page = owner.get(&format!("{chosen}?status=Active&on={}&on={}", ids[0], ids[1]));
    let result = owner.follow(owner.submit(&page, &action, &[("Reason", "as agreed")]));
    assert_eq!(result.body.matches(">Done<").count(), 2, "{}", result.body);
    assert!(places("").is_empty());
    assert_eq!(places("&status=Archived&sort=Resource"), ["auditors", "ecs-admin"]);
    let page = owner.get(&format!("{chosen}?status=Archived&on={}", ids[0]));
    assert_eq!(heading(&page), "Take 1 finding out of the archive");
    owner.follow(owner.submit(&page, &format!("{chosen}?status=Archived"), &[]));
    assert_eq!(places("").len(), 1);
}

/// Whoever is trusted as a whole is narrowed to those who came, and the trust editor opens with that.
#[test]
fn a_whole_account_is_narrowed_to_those_who_came() {
    let stage = Stage::new();
    let owner = stage.owner(&stage.a);
    let path = finding(&stage, "OutsideWholeAccount");
    let role = format!("acs:ram::{}:role/ecs-admin", stage.a.id);
    let nobody = owner.get(&path);
    assert!(nobody.body.contains("Nobody has used it lately"), "{}", nobody.body);
    let person = stage.b.user("carol");
    stage.b.grant("carol", "AliyunSTSAssumeRoleAccess");
    person.assume(&role, "work").unwrap();
    let page = owner.get(&path);
    let carol = format!("acs:ram::{}:user/carol", stage.b.id);
    for words in ["What changes in the document", &carol, "Not any more", "Open in the trust editor"] {
        assert!(page.body.contains(words), "{words}: {}", page.body);
    }
    let trust = "/console/ram/roles/ecs-admin/trust";
    let editor = owner.submit(&page, trust, &[]);
    assert_eq!(editor.status, 200);
    assert!(editor.body.contains("carol") && editor.body.contains("Visual editor"), "{}", editor.body);
    let review = owner.submit(&editor, trust, &[("do", "review")]);
    assert!(
        review.status == 200 && !review.body.contains("changed by"),
        "nobody else changed it: {}",
        review.body
    );
    let kept = stage.a.must("Ram", "GetRole", &[("RoleName", "ecs-admin")]);
    let kept = kept["Role"]["AssumeRolePolicyDocument"].as_str().unwrap().to_owned();
    assert!(!kept.contains("carol"), "nothing is saved by looking");
}

#[test]
fn a_delegation_that_ends_is_shown_as_it_would_go_on() {
    let stage = Stage::new();
    let owner = stage.owner(&stage.a);
    let ends = "2027-01-01T00:00:00Z";
    let document = serde_json::json!({ "Version": "1", "Statement": [{
        "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": { "RAM": [stage.b.root_arn()] },
        "Condition": { "DateLessThan": { "acs:CurrentTime": ends } },
    }] });
    let params = [("RoleName", "ecs-admin"), ("NewAssumeRolePolicyDocument", &document.to_string())];
    stage.a.must("Ram", "UpdateRole", &params.map(|(name, value)| (name, value as &str)));
    let found = stage.a.must("Argali", "ListFindings", &[("Kind", "DelegationExpiring")]);
    if found["Findings"].as_array().unwrap().is_empty() {
        stage.server.clock().advance(days(25));
    }
    let owner = if owner.get("/console/analyzer").status == 200 { owner } else { stage.owner(&stage.a) };
    let page = owner.get(&finding(&stage, "DelegationExpiring"));
    let (_, changed) = page.body.split_once("What changes in the document").unwrap();
    assert!(changed.contains(ends) && changed.contains("<ins>"), "{}", page.body);
    assert!(page.body.contains("Open in the trust editor"), "{}", page.body);
}

/// What goes with whoever is not used any more is listed, and the button leads to the form that does it.
#[test]
fn what_goes_with_the_unused_is_listed() {
    let stage = Stage::new();
    stage.a.user("idle");
    stage.a.grant("idle", "AliyunECSReadOnlyAccess");
    stage.server.clock().advance(days(91));
    let owner = stage.owner(&stage.a);
    let user = owner.get(&finding(&stage, "UnusedUser"));
    for words in ["What goes with it", "AliyunECSReadOnlyAccess", "href=\"/console/ram/users/idle/delete\""] {
        assert!(user.body.contains(words), "{words}: {}", user.body);
    }
    let role = owner.get(&finding(&stage, "UnusedRole"));
    for words in ["What goes with it", "AliyunECSFullAccess", &stage.b.root_arn(), "/ecs-admin/delete\""] {
        assert!(role.body.contains(words), "{words}: {}", role.body);
    }
    let found = stage.a.must("Argali", "ListFindings", &[("Kind", "UserWithoutMfa")]);
    let root = found["Findings"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["Resource"].as_str().unwrap().ends_with(":root"));
    let page = owner.get(&format!("/console/analyzer/{}", root.unwrap()["FindingId"].as_str().unwrap()));
    assert!(
        page.body.contains("href=\"/console/me?tab=device\"") && page.body.contains("nobody else can do it")
    );
}

/// A policy is an administrator's by the judgement that marks it everywhere else.
#[test]
fn administrators_are_judged_as_lists_mark_them() {
    let stage = Stage::new();
    stage.a.user("keeper");
    let document = argali_testkit::allow(&["ram:AttachPolicyToUser"], &["*"]);
    stage.a.grant_document("keeper", "attaches", &document);
    stage.a.grant_document("keeper", "looks", &argali_testkit::allow(&["ecs:*"], &["*"]));
    let marked = stage.a.must("Argali", "ListHighRiskPolicies", &[("PolicyType", "Custom")]);
    let marked: Vec<_> =
        marked["Policies"].as_array().unwrap().iter().map(|one| one["PolicyName"].clone()).collect();
    assert_eq!(marked, ["attaches"]);
    let found = stage.a.must("Argali", "ListFindings", &[("Kind", "Administrator")]);
    let of_keeper = found["Findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|one| one["Resource"].as_str().unwrap().ends_with("user/keeper"));
    let found: Vec<String> = of_keeper.map(|one| one["Evidence"].to_string()).collect();
    assert!(found.len() == 1 && found[0].contains("attaches"), "{found:?}");
}
