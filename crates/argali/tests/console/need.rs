//! Buttons that the viewer may not use are disabled, and say why.
// SPEC: console, rules that hold everywhere.

use std::collections::BTreeSet;

use argali_testkit::{Page, Visitor, allow};
use serde_json::json;

use crate::every_page::crawl;
use crate::stage::Stage;

/// What lets somebody see everything and change nothing.
const SEES: [&str; 15] = [
    "ram:Get*",
    "ram:List*",
    "argali:List*",
    "argali:Get*",
    "actiontrail:Lookup*",
    "actiontrail:Describe*",
    "actiontrail:Get*",
    "ecs:Describe*",
    "vpc:Describe*",
    "slb:Describe*",
    "rds:Describe*",
    "oss:Get*",
    "oss:List*",
    "mns:List*",
    "mns:Get*",
];

/// A viewer of company-b, which has one of each thing that pages show.
fn viewer(stage: &Stage) -> Visitor {
    stage.b.user("viewer");
    stage.b.grant_document("viewer", "sees", &allow(&SEES, &["*"]));
    stage.person("viewer", &[]);
    stage.b.must("Ram", "CreateGroup", &[("GroupName", "ops")]);
    stage.b.must("Ram", "AddUserToGroup", &[("UserName", "alice"), ("GroupName", "ops")]);
    stage.b.role("reader", &[&stage.a.root_arn()], &["AliyunECSReadOnlyAccess"]);
    let owner = stage.owner(&stage.b);
    let bucket = "/console/oss/new";
    owner.follow(owner.submit(&owner.open(bucket), bucket, &[("bucket", "needed-things")]));
    for (form, field, name) in [("create-queue", "QueueName", "jobs"), ("create-topic", "TopicName", "news")]
    {
        let form = format!("/console/messaging/cn-hangzhou/{form}");
        owner.follow(owner.submit(&owner.open(&form), &form, &[(field, name)]));
    }
    stage.logged_on("viewer")
}

/// Switching, granting and stopping are judged beforehand where roles of other accounts are listed.
#[test]
fn roles_of_others_offer_what_the_viewer_may_do() {
    let stage = Stage::new();
    let viewer = viewer(&stage);
    let one = "/console/delegations/received/11223344/ecs-admin";
    for path in ["/console/delegations?tab=received", one] {
        let page = viewer.open(path);
        assert!(page.body.contains("<code>sts:AssumeRole</code>"), "{path}: {}", page.body);
        assert!(!page.body.contains("href=\"/console/switch-role?account="), "{path}: {}", page.body);
        assert!(!page.body.contains(&format!("href=\"{one}/stop\"")), "{path}: {}", page.body);
    }
    let alice = stage.logged_on("alice");
    stage.b.grant_document(
        "alice",
        "lists",
        &allow(&["argali:ListReceivedRoles", "argali:ListSessions"], &["*"]),
    );
    let page = alice.open("/console/delegations?tab=received");
    assert!(page.body.contains("href=\"/console/switch-role?account="), "{}", page.body);
}

/// The forms of a page that can be sent, by where they go: those that only show what they would do are none.
fn open_forms(page: &Page) -> BTreeSet<String> {
    let (mut open, mut action) = (BTreeSet::new(), None);
    // A button may belong to another form than the one that it stands in: to one that only finds something.
    let tags = page.tags();
    let finds = |id: &str| {
        let form = tags.iter().find(|tag| tag.name == "form" && tag.attribute("id") == Some(id));
        form.is_some_and(|form| form.attribute("method") == Some("get"))
    };
    for tag in &tags {
        if tag.name == "form" {
            let is_post = tag.attribute("method") == Some("post");
            action = tag.attribute("action").filter(|_| is_post).map(str::to_owned);
        }
        let changes = tag.attribute("formtarget").is_none() && tag.attribute("formnovalidate").is_none();
        if tag.name == "button"
            && changes
            && tag.attribute("type") != Some("button")
            && tag.attribute("disabled").is_none()
            && !tag.attribute("form").is_some_and(finds)
            && let Some(action) = &action
        {
            open.insert(action.clone());
        }
    }
    open
}

/// Forms that need no permission: one's own looks and logons, what only shows something, and the steps before the last.
const FREE: [&str; 14] = [
    "/logon/preferences",
    "/console/log-off",
    "/console/switch-role",
    "/console/me/sessions",
    "/console/me/look",
    "/console/me/device",
    // One's own device, on one's page among the users.
    "/console/ram/users/viewer/device",
    "/console/developer/",
    "/console/ram/policies/new",
    "/edit",
    "/trust",
    "/console/why",
    "/console/test",
    "/console/me/password",
];

#[test]
fn whoever_may_only_look_finds_no_button_that_would_be_refused() {
    let stage = Stage::new();
    let viewer = viewer(&stage);
    let mut disabled = 0;
    crawl(&viewer, "/console", |path, page| {
        disabled += page.body.matches(" disabled title=").count();
        for action in open_forms(page) {
            assert!(FREE.iter().any(|free| action.contains(free)), "{path}: {action} would be refused");
        }
        for tag in page.tags().into_iter().filter(|tag| tag.name == "a") {
            let href = tag.attribute("href").unwrap_or_default();
            assert!(!href.ends_with("/delete"), "{path}: {href} leads to a refusal");
        }
    });
    assert!(disabled > 30, "{disabled}");
    // Whoever may do everything is kept from nothing.
    crawl(&stage.owner(&stage.b), "/console/ram/users", |path, page| {
        assert!(!page.body.contains("aria-disabled") && !page.body.contains(" disabled title="), "{path}");
    });
}

#[test]
fn the_reason_is_told_with_the_button_and_below() {
    let stage = Stage::new();
    let viewer = viewer(&stage);
    let list = viewer.open("/console/ram/users");
    let reason = "title=\"You need permission for ram:CreateUser. Ask your administrator.\"";
    assert!(list.body.contains(&format!("role=\"link\" aria-disabled=\"true\" {reason}")), "{}", list.body);
    let note = list.body.split("Some buttons are disabled").nth(1).unwrap();
    assert!(note.contains("<code>ram:CreateUser</code>") && note.contains("<code>ram:DeleteUser</code>"));
    let list = viewer.reading("zh-CN").open("/console/ram/users");
    assert!(list.body.contains("title=\"您缺少 ram:CreateUser 权限，请联系管理员。\""), "{}", list.body);
    assert!(!list.body.contains("<!--"), "{}", list.body);
}

#[test]
fn a_button_follows_what_its_own_call_may_do() {
    let stage = Stage::new();
    let viewer = viewer(&stage);
    stage.b.user("dev-1");
    let deletes = json!({ "Version": "1", "Statement": [{ "Effect": "Allow", "Action": "ram:DeleteUser",
        "Resource": "acs:ram:*:*:user/dev-*" }] });
    stage.b.grant_document("viewer", "deletes-dev", &deletes);
    let list = viewer.open("/console/ram/users");
    assert!(list.body.contains("href=\"/console/ram/users/dev-1/delete\""), "{}", list.body);
    assert!(!list.body.contains("href=\"/console/ram/users/alice/delete\""), "{}", list.body);
    // With one of them it can be done, so that the button for several is of use.
    let bulk = |value: &str| {
        let tags = list.tags();
        let tag = tags.iter().find(|tag| tag.name == "button" && tag.attribute("value") == Some(value));
        tag.unwrap().attribute("disabled").is_some()
    };
    assert_eq!((bulk("delete"), bulk("grant")), (false, true));
    // What an account lets its users do to themselves needs no policy.
    let own = viewer.open("/console/me");
    assert!(!own.body.contains(" disabled title="), "{}", own.body);
}

#[test]
fn asking_is_neither_a_call_nor_a_use() {
    let stage = Stage::new();
    let viewer = viewer(&stage);
    stage.b.grant_document(
        "viewer",
        "changes",
        &allow(&["ram:DeleteGroup", "ram:RemoveUserFromGroup"], &["*"]),
    );
    let group = viewer.open("/console/ram/groups/ops");
    assert!(group.body.contains("href=\"/console/ram/groups/ops/delete\""), "{}", group.body);
    let found = stage.b.must("Argali", "SearchGrants", &[("PolicyText", "changes")]);
    assert_eq!(found["TotalCount"], 1);
    assert!(found["Grants"][0].get("LastUseDate").is_none(), "{found}");
    let refused = stage.b.must("Argali", "ListActivity", &[("Outcome", "Denied")]);
    assert_eq!(refused["Events"], json!([]), "{refused}");
}

/// What may not be read as a page is not offered as a file either.
#[test]
fn a_list_that_is_denied_offers_no_file() {
    let stage = Stage::new();
    stage.b.user("nobody");
    stage.person("nobody", &[]);
    let (nobody, owner) = (stage.logged_on("nobody"), stage.owner(&stage.b));
    for list in
        ["/console/ram/users?q=a", "/console/resources/ecs/security_group", "/console/resources/ecs/instance"]
    {
        let offers = |page: &argali_testkit::Page| page.body.contains("csv=true");
        let denied = nobody.open(list);
        assert!(denied.status == 403 && !offers(&denied), "{list}: {} {}", denied.status, denied.body);
        let shown = owner.open(list);
        assert!(shown.status == 200 && offers(&shown), "{list}: {} {}", shown.status, shown.body);
    }
}
