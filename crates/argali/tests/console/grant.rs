//! Granting and revoking, policies and groups.

use argali_testkit::Visitor;

use crate::stage::{Stage, heading};

const FORM: &str = "/console/ram/grants/new";

fn grant(owner: &Visitor, kind: &str, name: &str, policies: &[&str]) -> argali_testkit::Page {
    let form = owner.get(&format!("{FORM}?kind={kind}&name={name}"));
    let mut fields = form.form(FORM);
    fields.extend(policies.iter().map(|policy| ("policy".to_owned(), (*policy).to_owned())));
    owner.follow(owner.post(FORM, &fields))
}

/// S0-27, S0-28, S0-29, S0-30, S0-31, S0-33, S0-36, S0-52, S0-53, S0-54, S0-56, S3-22, S3-23, S3-24, S3-25, S3-26,
/// S3-27, S3-28, S3-29, S3-31, S3-32, S3-57, S3-58, S3-59, S3-61, S2-22, S2-28, S0-34: scope, principal and policies on one form.
#[test]
fn the_form_says_where_to_whom_and_what() {
    let stage = Stage::new();
    let owner = stage.owner(&stage.a);
    let form = owner.get(&format!("{FORM}?kind=Role&name=ecs-admin"));
    for words in [
        "Resource Scope",
        "The service must support resource groups",
        "Principal",
        "ecs-admin",
        "System policies",
        "they cannot be changed",
        "Custom policies",
        "Create a custom policy",
        "High risk",
        "Grant only what is needed",
        "AliyunExpressConnectReadOnlyAccess",
    ] {
        assert!(form.body.contains(words), "{words}");
    }
    let result =
        grant(&owner, "Role", "ecs-admin", &["System/AliyunECSFullAccess", "System/AliyunSLBFullAccess"]);
    assert_eq!(heading(&result), "Permissions granted");
    assert!(result.body.contains("Granted before") && result.body.contains("Close"), "{}", result.body);
    let page = owner.get("/console/ram/roles/ecs-admin");
    assert!(page.body.contains("AliyunSLBFullAccess"));
    let refused = grant(&owner, "Role", "ecs-admin", &[]);
    assert!(refused.body.contains("Choose at least one policy"));
}

/// S0-55, S3-60, S4-34: AliyunSTSAssumeRoleAccess is given to a user and taken back.
#[test]
fn a_policy_is_given_to_a_user_and_taken_back() {
    let stage = Stage::new();
    stage.b.user("bob");
    let owner = stage.owner(&stage.b);
    grant(&owner, "User", "bob", &["System/AliyunSTSAssumeRoleAccess"]);
    let page = owner.get("/console/ram/users/bob?tab=permissions");
    assert!(page.body.contains("AliyunSTSAssumeRoleAccess"));
    let page = owner.follow(owner.submit(&page, "/console/ram/grants/revoke", &[]));
    assert!(!page.body.contains("AliyunSTSAssumeRoleAccess"), "{}", page.body);
    assert!(owner.get("/console/ram/grants").body.contains("alice"), "others keep theirs");
}

#[test]
fn a_policy_is_made_changed_and_deleted() {
    let stage = Stage::new();
    let owner = stage.owner(&stage.a);
    let new = "/console/ram/policies/new";
    let form = owner.get(new);
    let refused =
        owner.submit(&form, new, &[("PolicyName", "mine"), ("PolicyDocument", "{"), ("mode", "json")]);
    assert_eq!(refused.status, 400, "{}", refused.body);
    assert!(refused.body.contains("value=\"mine\""), "what was entered is kept");
    let form = owner.get(new);
    let page = owner.follow(owner.submit(&form, new, &[("PolicyName", "mine")]));
    assert_eq!(heading(&page), "mine", "{}", page.body);
    let document =
        "{\"Version\":\"1\",\"Statement\":[{\"Effect\":\"Deny\",\"Action\":\"*\",\"Resource\":\"*\"}]}";
    let path = "/console/ram/policies/Custom/mine";
    let edit = format!("{path}/edit");
    owner.submit(&owner.get(&edit), &edit, &[("PolicyDocument", document), ("do", "save")]);
    let page = owner.get(&format!("{path}?tab=versions"));
    assert!(page.body.contains("v2") && page.body.contains("In force"), "{}", page.body);
    owner.submit(&page, &format!("{path}/versions"), &[("do", "delete"), ("VersionId", "v1")]);
    let page = owner.get(&format!("{path}/delete"));
    let landed = owner.submit(&page, &format!("{path}/delete"), &[("Name", "mine")]);
    assert_eq!(landed.header("location"), Some("/console/ram/policies"), "{}", landed.body);
}

#[test]
fn a_group_gathers_users() {
    let stage = Stage::new();
    let owner = stage.owner(&stage.b);
    let new = "/console/ram/groups/new";
    let page = owner.follow(owner.submit(&owner.get(new), new, &[("GroupName", "ops")]));
    assert_eq!(heading(&page), "ops");
    let members = "/console/ram/groups/ops/members";
    let page = owner.follow(owner.submit(&page, members, &[("UserName", "alice")]));
    assert!(page.body.contains("/console/ram/users/alice"), "{}", page.body);
    assert!(owner.get("/console/ram/users/alice?tab=groups").body.contains("ops"));
    let page = owner.follow(owner.submit(&page, members, &[("do", "remove")]));
    assert!(page.body.contains("Nobody is in this group yet."));
    let path = "/console/ram/groups/ops/delete";
    let landed = owner.submit(&owner.get(path), path, &[("Name", "ops")]);
    assert_eq!(landed.header("location"), Some("/console/ram/groups"));
}

/// S0-32: another role, and anybody else, is chosen in the same panel; the one that was preset can be left out.
#[test]
fn other_principals_are_chosen_in_the_same_panel() {
    let stage = Stage::new();
    stage.a.role("ops", &[&stage.b.root_arn()], &[]);
    stage.a.user("carol");
    let owner = stage.owner(&stage.a);
    let open = || owner.get(&format!("{FORM}?kind=Role&name=ecs-admin"));
    let panel = open();
    let is_offered = |value: &str| panel.tags().iter().any(|tag| tag.attribute("value") == Some(value));
    assert!(
        is_offered("Role/ecs-admin") && is_offered("Role/ops") && is_offered("User/carol"),
        "{}",
        panel.body
    );
    let policy = ("policy".to_owned(), "System/AliyunSLBFullAccess".to_owned());
    let send = |principals: &[(&str, &str)]| {
        let mut fields = open().form(FORM);
        fields.retain(|(name, _)| name != "principal" && name != "others");
        let chosen = principals.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        fields.extend(chosen.chain([policy.clone()]));
        owner.follow(owner.post(FORM, &fields))
    };
    assert!(send(&[]).body.contains("Choose at least one principal."));
    let unread = send(&[("principal", "Role/ops"), ("others", "carol")]);
    assert!(unread.body.contains("carol is no principal"), "{}", unread.body);
    let granted = send(&[("principal", "Role/ops"), ("others", "user/carol, role/absent")]);
    assert_eq!(granted.body.matches("badge success").count(), 2, "{}", granted.body);
    assert!(granted.body.contains("Not granted"), "the one that does not exist");
    for (page, has) in
        [("roles/ops", true), ("users/carol?tab=permissions", true), ("roles/ecs-admin", false)]
    {
        let shown = owner.get(&format!("/console/ram/{page}"));
        assert_eq!(shown.body.contains("AliyunSLBFullAccess"), has, "{page}");
    }
}
