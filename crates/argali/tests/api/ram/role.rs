//! Roles.

use argali_testkit::trust;
use serde_json::{Value, json};

use super::state;
use crate::expect::Calls;
use crate::shape::complete;
use crate::world::tenant;

const OPS: (&str, &str) = ("RoleName", "ops");

/// What the reference shows of roles that services own.
const OF_SERVICES: [&str; 2] =
    ["Role.LatestDeletionTask.CreateDate", "Role.LatestDeletionTask.DeletionTaskId"];

#[test]
fn a_name_is_taken_once_whatever_its_case() {
    let a = tenant();
    a.role("ops", &[], &[]);
    let document = trust(&[]).to_string();
    let params = [("RoleName", "OPS"), ("AssumeRolePolicyDocument", document.as_str())];
    a.client.refused("Ram", "CreateRole", &params, "EntityAlreadyExists.Role");
}

#[test]
fn a_role_that_is_not_there_is_not_found() {
    let a = tenant();
    for action in ["GetRole", "UpdateRole", "DeleteRole", "ListPoliciesForRole"] {
        a.client.refused("Ram", action, &[("RoleName", "nobody")], "EntityNotExist.Role");
        a.client.refused("Ram", action, &[], "MissingRoleName");
    }
    a.client.refused("Ram", "CreateRole", &[OPS], "MissingAssumeRolePolicyDocument");
}

#[test]
fn a_trust_policy_that_is_none_is_refused() {
    let a = tenant();
    a.role("ops", &[], &[]);
    let before = state(&a);
    let own_user = format!("acs:ram::{}:user/nobody", a.id);
    let own_role = format!("acs:ram::{}:role/nobody", a.id);
    let with = |change: fn(&mut Value)| {
        let mut document = trust(&["acs:ram::12345678:root"]);
        change(&mut document);
        document.to_string()
    };
    let documents = [
        String::from("not json"),
        String::from("[]"),
        String::from("{}"),
        trust(&[&own_user]).to_string(),
        trust(&[&own_role]).to_string(),
        trust(&["everybody"]).to_string(),
        trust(&["acs:ecs:*:12345678:instance/i-1"]).to_string(),
        with(|document| document["Version"] = json!("2")),
        with(|document| document["Statement"][0]["Action"] = json!("ecs:RunInstances")),
        with(|document| document["Statement"][0]["Effect"] = json!("Perhaps")),
        with(|document| document["Statement"][0]["Colour"] = json!("red")),
        with(|document| document["Statement"][0]["Resource"] = json!("*")),
        with(|document| document["Statement"][0]["Principal"] = Value::Null),
        with(|document| document["Statement"] = json!([])),
        trust(&[]).to_string().replacen("{", r#"{"Version":"1","#, 1),
        format!("\u{feff}{}", trust(&[])),
    ];
    for document in &documents {
        let create = [("RoleName", "new"), ("AssumeRolePolicyDocument", document.as_str())];
        a.client.refused("Ram", "CreateRole", &create, "MalformedPolicyDocument");
        let update = [OPS, ("NewAssumeRolePolicyDocument", document.as_str())];
        a.client.refused("Ram", "UpdateRole", &update, "MalformedPolicyDocument");
    }
    let many: Vec<_> = (0..400).map(|number| format!("acs:ram::{}:root", 10_000_000 + number)).collect();
    let long = trust(&many.iter().map(String::as_str).collect::<Vec<_>>()).to_string();
    let create = [("RoleName", "new"), ("AssumeRolePolicyDocument", long.as_str())];
    a.client.refused("Ram", "CreateRole", &create, "InvalidParameter.AssumeRolePolicyDocument.Length");
    assert_eq!(state(&a), before, "a refused call changes nothing");
}

#[test]
fn users_and_roles_of_other_accounts_are_trusted_unseen() {
    let a = tenant();
    let b = tenant();
    let there = format!("acs:ram::{}:user/whoever", b.id);
    // Neither whether the user exists nor whether the account does can be found out this way.
    a.role("one", &[&there], &[]);
    a.role("two", &["acs:ram::99999999999:role/whatever"], &[]);
    a.must("Ram", "CreateUser", &[("UserName", "alice")]);
    let own_user = format!("acs:ram::{}:user/alice", a.id);
    let own_role = format!("acs:ram::{}:role/one", a.id);
    a.role("three", &[&own_user, &own_role, &a.root_arn()], &[]);
    a.role("nobody", &[], &[]);
}

#[test]
fn a_role_goes_only_when_nothing_is_attached() {
    let a = tenant();
    a.role("ops", &[&a.root_arn()], &["AliyunECSFullAccess"]);
    a.client.refused("Ram", "DeleteRole", &[OPS], "DeleteConflict.Role.Policy");
    let grant = [OPS, ("PolicyName", "AliyunECSFullAccess"), ("PolicyType", "System")];
    a.must("Ram", "DetachPolicyFromRole", &grant);
    complete("Ram", "DeleteRole", &a.must("Ram", "DeleteRole", &[OPS]), &[]);
    a.client.refused("Ram", "GetRole", &[OPS], "EntityNotExist.Role");
}

#[test]
fn a_role_is_shown_as_it_was_made_and_changed() {
    let a = tenant();
    let document = trust(&["acs:ram::12345678:root"]).to_string();
    let params = [
        OPS,
        ("AssumeRolePolicyDocument", document.as_str()),
        ("Description", "for emergencies"),
        ("MaxSessionDuration", "7200"),
        ("AllowConsoleLogin", "false"),
        ("Tag", r#"[{"Key":"team","Value":"web"}]"#),
    ];
    let made = a.must("Ram", "CreateRole", &params);
    complete("Ram", "CreateRole", &made, &[]);
    assert_eq!(made["Role"]["Arn"], format!("acs:ram::{}:role/ops", a.id));
    assert_eq!(made["Role"]["AssumeRolePolicyDocument"], document, "the text as it was sent");
    let shown = a.must("Ram", "GetRole", &[("RoleName", "OPS")]);
    complete("Ram", "GetRole", &shown, &[&OF_SERVICES[..], &["Role.RolePrincipalName"]].concat());
    assert_eq!(shown["Role"]["MaxSessionDuration"], 7200);
    assert_eq!(shown["Role"]["AllowConsoleLogin"], false);
    let listed = a.must("Ram", "ListRoles", &[]);
    complete("Ram", "ListRoles", &listed, &["Marker"]);

    let another = trust(&[]).to_string();
    let changes = [
        OPS,
        ("NewAssumeRolePolicyDocument", another.as_str()),
        ("NewDescription", "for nobody"),
        ("NewMaxSessionDuration", "3600"),
        ("NewAllowConsoleLogin", "true"),
    ];
    let changed = a.must("Ram", "UpdateRole", &changes);
    complete("Ram", "UpdateRole", &changed, &[]);
    assert_eq!(changed["Role"]["AssumeRolePolicyDocument"], another);
    assert_eq!(changed["Role"]["RoleId"], made["Role"]["RoleId"]);
    // What is not named stays.
    let kept = a.must("Ram", "UpdateRole", &[OPS, ("NewDescription", "for somebody")]);
    assert_eq!(kept["Role"]["AssumeRolePolicyDocument"], another);
    assert_eq!(kept["Role"]["MaxSessionDuration"], 3600);
}

#[test]
fn a_role_has_defaults() {
    let a = tenant();
    a.role("ops", &[], &[]);
    let shown = a.must("Ram", "GetRole", &[OPS]);
    assert_eq!(shown["Role"]["MaxSessionDuration"], 3600);
    assert_eq!(shown["Role"]["AllowConsoleLogin"], true);
    assert_eq!(shown["Role"].get("Description"), None);
}

#[test]
fn an_owner_may_be_kept_from_trusting_some_kinds() {
    let a = tenant();
    let alice = a.user("alice");
    let mut document = argali_testkit::allow(&["ram:CreateRole", "ram:UpdateRole"], &["*"]);
    document["Statement"][0]["Condition"] =
        json!({ "StringEquals": { "ram:TrustedPrincipalTypes": "Service" } });
    a.grant_document("alice", "services-only", &document);
    let for_accounts = trust(&["acs:ram::12345678:root"]).to_string();
    let mut for_services = trust(&[]);
    for_services["Statement"][0]["Principal"] = json!({ "Service": ["ecs.aliyuncs.com"] });
    let for_services = for_services.to_string();
    let params = |document| [OPS, ("AssumeRolePolicyDocument", document)];
    alice.refused("Ram", "CreateRole", &params(&for_accounts), "NoPermission");
    alice.must("Ram", "CreateRole", &params(&for_services));
    // Not by way of a change either.
    let change = |document| [OPS, ("NewAssumeRolePolicyDocument", document)];
    alice.refused("Ram", "UpdateRole", &change(&for_accounts), "NoPermission");
    alice.must("Ram", "UpdateRole", &change(&for_services));
}
