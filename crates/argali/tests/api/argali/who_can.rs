//! Who can: all of an account's identities that may, page by page, and nobody of another account.

use argali_testkit::{Client, allow};

use crate::expect::Calls;
use crate::shape::{complete, known};
use crate::stage::text;
use crate::world::tenant;

/// Everybody who may, in pages of `size`.
#[track_caller]
fn who(by: &Client, action: &str, resource: &str, size: &str) -> Vec<String> {
    let question = [("AuthAction", action), ("AuthResource", resource), ("MaxItems", size)];
    let (mut found, mut marker) = (Vec::new(), None::<String>);
    loop {
        let mut params = question.to_vec();
        params.extend(marker.as_deref().map(|marker| ("Marker", marker)));
        let answer = by.must("Argali", "WhoCan", &params);
        known("Argali", "WhoCan", &answer);
        let arns = answer["Principals"].as_array().unwrap().iter();
        found.extend(arns.map(|principal| text(&principal["AuthPrincipalArn"])));
        assert_eq!(answer["IsTruncated"], answer["Marker"].is_string());
        match answer["Marker"].as_str() {
            Some(next) => marker = Some(next.to_owned()),
            None => return found,
        }
    }
}

#[test]
fn those_who_may_are_listed_whatever_the_size_of_a_page() {
    let (a, b) = (tenant(), tenant());
    for name in ["alice", "bob", "carol"] {
        a.user(name);
    }
    b.user("alice");
    b.grant("alice", "AliyunECSFullAccess");
    a.grant("alice", "AliyunECSFullAccess");
    a.must("Ram", "CreateGroup", &[("GroupName", "ops")]);
    a.must("Ram", "AddUserToGroup", &[("UserName", "carol"), ("GroupName", "ops")]);
    let document = allow(&["ecs:StopInstance"], &["*"]).to_string();
    a.must("Ram", "CreatePolicy", &[("PolicyName", "stop"), ("PolicyDocument", &document)]);
    let attached = [("GroupName", "ops"), ("PolicyName", "stop"), ("PolicyType", "Custom")];
    a.must("Ram", "AttachPolicyToGroup", &attached);
    a.role("admin", &[&a.root_arn()], &["AliyunECSFullAccess"]);
    a.role("reader", &[&a.root_arn()], &["AliyunECSReadOnlyAccess"]);
    let arn = |relative: &str| format!("acs:ram::{}:{relative}", a.id);
    let expected = [arn("root"), arn("user/alice"), arn("user/carol"), arn("role/admin")];
    for size in ["1", "2", "100"] {
        assert_eq!(who(&a.client, "ecs:StopInstance", "*", size), expected, "{size} a page");
    }
    let question = [("AuthAction", "ecs:StopInstance"), ("AuthResource", "*"), ("MaxItems", "3")];
    complete("Argali", "WhoCan", &a.client.must("Argali", "WhoCan", &question), &[]);
}

/// A call looks at 200 identities, whoever of them may.
#[test]
fn a_page_holds_those_who_may_however_far_they_are_apart() {
    let a = tenant();
    for number in 0..250 {
        a.must("Ram", "CreateUser", &[("UserName", &format!("user-{number:03}"))]);
    }
    for name in ["user-010", "user-150", "user-240"] {
        a.grant(name, "AliyunECSFullAccess");
    }
    let question = [("AuthAction", "ecs:StopInstance"), ("AuthResource", "*"), ("MaxItems", "3")];
    let answer = a.client.must("Argali", "WhoCan", &question);
    assert_eq!(answer["Principals"].as_array().unwrap().len(), 3, "the account, and two: {answer}");
    assert_eq!(who(&a.client, "ecs:StopInstance", "*", "3").len(), 4);
    let question = [("AuthAction", "ecs:StopInstance"), ("AuthResource", "*"), ("MaxItems", "100")];
    let answer = a.client.must("Argali", "WhoCan", &question);
    assert_eq!(answer["Principals"].as_array().unwrap().len(), 3, "one is too far: {answer}");
    assert_eq!(answer["IsTruncated"], true);
}

#[test]
fn both_sides_of_an_own_role_and_one_of_another_account_s_count() {
    let (a, b) = (tenant(), tenant());
    for name in ["alice", "bob"] {
        a.user(name);
        a.grant(name, "AliyunSTSAssumeRoleAccess");
    }
    let arn = |relative: &str| format!("acs:ram::{}:{relative}", a.id);
    a.role("ops", &[&arn("user/alice")], &[]);
    let ops = format!("acs:ram:*:{}:role/ops", a.id);
    assert_eq!(who(&a.client, "sts:AssumeRole", &ops, "100"), [arn("user/alice")], "and no account itself");
    let theirs = format!("acs:ram:*:{}:role/whatever", b.id);
    assert_eq!(who(&a.client, "sts:AssumeRole", &theirs, "100"), [arn("user/alice"), arn("user/bob")]);
    let absent = [("AuthAction", "sts:AssumeRole"), ("AuthResource", &ops.replace("ops", "absent"))];
    a.client.refused("Argali", "WhoCan", &absent, "EntityNotExist.Role");
    let bent = [("AuthAction", "ecs:StopInstance"), ("AuthResource", "*"), ("Marker", "AAAA")];
    a.client.refused("Argali", "WhoCan", &bent, "InvalidParameter.Marker");
}
