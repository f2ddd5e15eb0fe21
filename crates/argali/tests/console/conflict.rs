//! Two people who change the same thing: whoever comes second sees both versions, and decides.
// SPEC: console, states: conflicts ("changed by … at …") show both versions.

use argali_testkit::{Page, Visitor, allow, minutes, trust};
use serde_json::Value;

use crate::stage::Stage;

/// The owner of company-b, and alice, who may do everything there.
fn two(stage: &Stage) -> (Visitor, Visitor) {
    stage.b.grant("alice", "AdministratorAccess");
    (stage.owner(&stage.b), stage.logged_on("alice"))
}

/// What stands in the notice.
#[track_caller]
fn conflicts(page: &Page, words: &[&str]) {
    assert_eq!(page.status, 409, "{}", page.body);
    let (_, said) = page.body.split_once("role=\"alert\"").unwrap_or_else(|| panic!("{}", page.body));
    for words in [words, &["Save mine over it", "Take theirs", "form=\"changed\""]].concat() {
        assert!(said.contains(words), "{words}: {said}");
    }
    assert_eq!(page.body.matches("id=\"changed\"").count(), 1, "the button has its form: {}", page.body);
}

#[track_caller]
fn saved(page: &Page) {
    assert_eq!(page.status, 303, "{}", page.body);
}

fn of_policy(stage: &Stage) -> String {
    let params = [("PolicyType", "Custom"), ("PolicyName", "own")];
    let answer = stage.b.must("Ram", "GetPolicy", &params);
    answer["DefaultPolicyVersion"]["PolicyDocument"].as_str().unwrap().to_owned()
}

#[test]
fn a_policy_that_somebody_changed_meanwhile_is_not_saved_over_unseen() {
    let stage = Stage::new();
    let document = |action: &str| allow(&[action], &["*"]).to_string();
    let [first, theirs, mine] =
        ["ecs:DescribeInstances", "ecs:StopInstance", "ecs:StartInstance"].map(document);
    stage.b.must("Ram", "CreatePolicy", &[("PolicyName", "own"), ("PolicyDocument", &first)]);
    let (owner, alice) = two(&stage);
    let edit = "/console/ram/policies/Custom/own/edit";
    let form = owner.get(edit);
    // What one saves oneself, from a form that is not old, is no conflict.
    saved(&alice.submit(&alice.get(edit), edit, &[("PolicyDocument", &theirs), ("do", "save")]));
    let rehearsed =
        owner.submit(&form, edit, &[("PolicyDocument", &mine), ("do", "save"), ("show-api", "true")]);
    assert!(rehearsed.body.contains("CreatePolicyVersion"), "{}", rehearsed.body);
    let refused = owner.submit(&form, edit, &[("PolicyDocument", &mine), ("do", "save")]);
    let take = format!("href=\"{edit}\"");
    conflicts(&refused, &["Changed by", ">alice<", "just now", &take]);
    assert!(refused.body.contains("ecs:StopInstance") && refused.body.contains("ecs:StartInstance"));
    assert!(of_policy(&stage).contains("StopInstance"), "nothing was saved");
    saved(&owner.submit(&refused, edit, &[("do", "save")]));
    assert!(of_policy(&stage).contains("StartInstance"));
    // A review shows it, too, and what was reviewed is saved.
    let old = owner.get(edit);
    saved(&alice.submit(&alice.get(edit), edit, &[("PolicyDocument", &theirs), ("do", "save")]));
    let reviewed = owner.submit(&old, edit, &[("PolicyDocument", &first), ("do", "review")]);
    assert!(reviewed.status == 200 && reviewed.body.contains("Take theirs"), "{}", reviewed.body);
    saved(&owner.submit(&reviewed, edit, &[("do", "save")]));
    assert!(of_policy(&stage).contains("DescribeInstances"));
    // Who wants what the other saved already is in nobody's way.
    let old = owner.get(edit);
    saved(&alice.submit(&alice.get(edit), edit, &[("PolicyDocument", &mine), ("do", "save")]));
    saved(&owner.submit(&old, edit, &[("PolicyDocument", &mine), ("do", "save")]));
}

#[test]
fn a_version_is_put_in_force_in_place_of_the_one_that_was_seen() {
    let stage = Stage::new();
    for (action, operation) in
        [("ecs:A", "CreatePolicy"), ("ecs:B", "CreatePolicyVersion"), ("ecs:C", "CreatePolicyVersion")]
    {
        let document = allow(&[action], &["*"]).to_string();
        stage.b.must("Ram", operation, &[("PolicyName", "own"), ("PolicyDocument", &document)]);
    }
    let (owner, alice) = two(&stage);
    let (tab, path) =
        ("/console/ram/policies/Custom/own?tab=versions", "/console/ram/policies/Custom/own/versions");
    stage.server.clock().advance(minutes(1));
    let seen = owner.get(tab);
    let choose = |visitor: &Visitor, page: &Page, version: &str| {
        visitor.submit(page, path, &[("VersionId", version), ("do", "default")])
    };
    saved(&choose(&alice, &alice.get(tab), "v3"));
    let refused = choose(&owner, &seen, "v2");
    conflicts(&refused, &[">alice<", "ecs:C", "ecs:B"]);
    assert!(of_policy(&stage).contains("ecs:C"));
    saved(&choose(&owner, &refused, "v2"));
    assert!(of_policy(&stage).contains("ecs:B"));
}

#[test]
fn a_trust_policy_that_somebody_changed_meanwhile_is_not_saved_over_unseen() {
    let stage = Stage::new();
    let a = stage.a.root_arn();
    let user = format!("acs:ram::{}:user/alice", stage.b.id);
    stage.b.role("ops", &[&a], &[]);
    let (owner, alice) = two(&stage);
    let path = "/console/ram/roles/ops/trust";
    let (theirs, mine) = (trust(&[&user]).to_string(), trust(&[&a, &user]).to_string());
    let json = format!("{path}?mode=json");
    let save = |visitor: &Visitor, page: &Page, document: &str| {
        visitor.submit(page, path, &[("Document", document), ("mode", "json"), ("do", "save")])
    };
    let form = owner.get(&json);
    saved(&save(&alice, &alice.get(&json), &theirs));
    let refused = save(&owner, &form, &mine);
    conflicts(&refused, &[">alice<", "user/alice", &a, "href=\"/console/ram/roles/ops/trust\""]);
    let now = || stage.b.must("Ram", "GetRole", &[("RoleName", "ops")]).to_string();
    assert!(!now().contains(&a), "nothing was saved: {}", now());
    saved(&owner.submit(&refused, path, &[("do", "save")]));
    assert!(now().contains(&a));
}

/// What a form of settings does, with a field that two people change.
fn two_change(
    stage: &Stage,
    (page, action): (&str, &str),
    (field, theirs, mine): (&str, &str, &str),
) -> Page {
    let (owner, alice) = two(stage);
    let form = owner.open(page);
    saved(&alice.submit(&alice.open(page), action, &[(field, theirs)]));
    let refused = owner.submit(&form, action, &[(field, mine)]);
    conflicts(&refused, &["Changed by", ">alice<", theirs, mine]);
    let kept = refused.form(action);
    assert!(kept.contains(&(field.to_owned(), mine.to_owned())), "what was entered is kept: {kept:?}");
    let again = owner.open(page).body;
    assert!(!again.contains(&format!("value=\"{mine}\"")), "nothing was saved: {again}");
    saved(&owner.submit(&refused, action, &[]));
    owner.open(page)
}

#[test]
fn settings_and_names_that_somebody_changed_meanwhile_are_shown_beside_each_other() {
    for (page, field, theirs, mine) in [
        ("/console/settings/password", "MinimumPasswordLength", "12", "13"),
        ("/console/settings/users", "LoginSessionDuration", "7", "9"),
        ("/console/settings/network", "LoginNetworkMasks", "127.0.0.0/8", "127.0.0.0/16"),
        ("/console/settings/domain", "DefaultDomainName", "theirs-b.onaliyun.com", "mine-b.onaliyun.com"),
        ("/console/ram/users/bob", "NewDisplayName", "Theirs", "Mine"),
    ] {
        let stage = Stage::new();
        stage.b.user("bob");
        let after = two_change(&stage, (page, page), (field, theirs, mine));
        assert!(
            after.form(page).iter().any(|(name, value)| name == field && value.contains(mine)),
            "{page}: {}",
            after.body
        );
    }
}

#[test]
fn resources_that_somebody_changed_meanwhile_are_not_saved_over_unseen() {
    let stage = Stage::new();
    let group =
        stage.b.must("ResourceManager", "CreateResourceGroup", &[("Name", "blue"), ("DisplayName", "Blue")]);
    let group = format!("/console/resource-groups/{}", group["ResourceGroup"]["Id"].as_str().unwrap());
    two_change(&stage, (&group, &group), ("NewDisplayName", "Theirs", "Mine"));
    let stage = Stage::new();
    let owner = stage.owner(&stage.b);
    for (path, field) in [("create-queue", "QueueName"), ("create-topic", "TopicName")] {
        let path = format!("/console/messaging/cn-hangzhou/{path}");
        saved(&owner.submit(&owner.open(&path), &path, &[(field, "orders")]));
    }
    let queue = "/console/messaging/cn-hangzhou/queues/orders/settings";
    two_change(&stage, (queue, queue), ("DelaySeconds", "7", "9"));
    let stage = Stage::new();
    let owner = stage.owner(&stage.b);
    let topic = "/console/messaging/cn-hangzhou/create-topic";
    saved(&owner.submit(&owner.open(topic), topic, &[("TopicName", "news")]));
    let topic = "/console/messaging/cn-hangzhou/topics/news/settings";
    two_change(&stage, (topic, topic), ("MaximumMessageSize", "2048", "4096"));
    let stage = Stage::new();
    let owner = stage.owner(&stage.b);
    saved(&owner.submit(&owner.open("/console/oss/new"), "/console/oss/new", &[("bucket", "two-people")]));
    let bucket = "/console/oss/two-people/settings";
    let (owner, alice) = two(&stage);
    let form = owner.open(bucket);
    saved(&alice.submit(&alice.open(bucket), bucket, &[("acl", "public-read")]));
    let refused = owner.submit(&form, bucket, &[("acl", "public-read-write")]);
    conflicts(&refused, &[">alice<", "public-read"]);
    saved(&owner.submit(&refused, bucket, &[]));
}

/// The record is read as far as the viewer may read it.
#[test]
fn whoever_may_not_read_records_is_not_told_who_it_was() {
    let stage = Stage::new();
    stage.b.user("bob");
    stage.b.user("keeper");
    stage.b.grant("keeper", "AliyunRAMFullAccess");
    stage.person("keeper", &[]);
    let (owner, keeper) = (stage.owner(&stage.b), stage.logged_on("keeper"));
    let path = "/console/ram/users/bob";
    let form = keeper.open(path);
    saved(&owner.submit(&owner.open(path), path, &[("NewDisplayName", "Theirs")]));
    let refused = keeper.submit(&form, path, &[("NewDisplayName", "Mine")]);
    conflicts(&refused, &["Somebody changed this meanwhile.", "Theirs", "Mine"]);
    let denied = stage.b.must("Argali", "ListActivity", &[("UserName", "keeper"), ("Outcome", "Denied")]);
    assert_eq!(denied["Events"], Value::Array(Vec::new()), "asking is no refusal on record");
    let chinese = keeper.reading("zh-CN");
    let again = chinese.submit(&form, path, &[("NewDisplayName", "Mine"), ("form", "another")]);
    assert!(again.body.contains("采用对方的版本") && again.body.contains("两个版本"), "{}", again.body);
}

#[test]
fn a_group_that_somebody_changed_meanwhile_is_not_saved_over_unseen() {
    let stage = Stage::new();
    stage.b.must("Ram", "CreateGroup", &[("GroupName", "ops")]);
    let edit = "/console/ram/groups/ops/edit";
    let after = two_change(&stage, (edit, edit), ("NewComments", "Theirs", "Mine"));
    assert!(after.body.contains("value=\"Mine\""), "{}", after.body);
}
