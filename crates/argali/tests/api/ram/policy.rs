//! Policies.

use argali_testkit::allow;
use serde_json::{Value, json};

use super::state;
use crate::expect::Calls;
use crate::shape::complete;
use crate::world::tenant;

const CUSTOM: (&str, &str) = ("PolicyType", "Custom");
const SYSTEM: (&str, &str) = ("PolicyType", "System");
const P: (&str, &str) = ("PolicyName", "p");

fn document() -> String {
    allow(&["ecs:*"], &["*"]).to_string()
}

#[test]
fn a_name_is_taken_once_whatever_its_case() {
    let a = tenant();
    let document = document();
    a.must("Ram", "CreatePolicy", &[P, ("PolicyDocument", &document)]);
    let params = [("PolicyName", "P"), ("PolicyDocument", document.as_str())];
    a.client.refused("Ram", "CreatePolicy", &params, "EntityAlreadyExists.Policy");
    // Names of system policies are in a list of their own.
    a.must("Ram", "CreatePolicy", &[("PolicyName", "AliyunECSFullAccess"), params[1]]);
}

#[test]
fn a_policy_that_is_not_there_is_not_found() {
    let a = tenant();
    let nothing = ("PolicyName", "nothing");
    for action in ["GetPolicy", "ListEntitiesForPolicy", "ListPolicyVersions"] {
        a.client.refused("Ram", action, &[nothing, CUSTOM], "EntityNotExist.Policy");
        a.client.refused("Ram", action, &[nothing, SYSTEM], "EntityNotExist.Policy");
        a.client.refused("Ram", action, &[nothing], "MissingPolicyType");
        a.client.refused("Ram", action, &[CUSTOM], "MissingPolicyName");
        a.client.refused("Ram", action, &[nothing, ("PolicyType", "Other")], "InvalidParameter.PolicyType");
    }
    let description = ("NewDescription", "new");
    a.client.refused("Ram", "UpdatePolicyDescription", &[nothing, description], "EntityNotExist.Policy");
    a.client.refused("Ram", "DeletePolicy", &[nothing], "EntityNotExist.Policy");
    // A policy of the system cannot be changed by any account.
    let ecs = ("PolicyName", "AliyunECSFullAccess");
    a.client.refused("Ram", "DeletePolicy", &[ecs], "EntityNotExist.Policy");
    a.client.refused("Ram", "UpdatePolicyDescription", &[ecs, description], "EntityNotExist.Policy");
    let version = [ecs, ("PolicyDocument", &document())];
    a.client.refused("Ram", "CreatePolicyVersion", &version, "EntityNotExist.Policy");
}

#[test]
fn a_document_that_is_none_is_refused() {
    let a = tenant();
    a.must("Ram", "CreatePolicy", &[P, ("PolicyDocument", &document())]);
    let before = state(&a);
    let with = |change: fn(&mut Value)| {
        let mut document = allow(&["ecs:*"], &["*"]);
        change(&mut document);
        document.to_string()
    };
    let deep = format!("{}1{}", r#"{"a":"#.repeat(5_000), "}".repeat(5_000)).replace(' ', "");
    let documents = [
        String::from("not json"),
        String::from("null"),
        String::from("[]"),
        String::from("{}"),
        deep.chars().take(6_000).collect(),
        document().trim_end_matches('}').to_owned(),
        with(|document| document["Version"] = json!("2")),
        with(|document| document["Version"] = json!(1)),
        with(|document| document["Statement"] = json!([])),
        with(|document| document["Statement"][0]["Effect"] = json!("allow")),
        with(|document| document["Statement"][0]["Colour"] = json!("red")),
        with(|document| document["Statement"][0]["Principal"] = json!({ "RAM": "*" })),
        with(|document| document["Statement"][0]["Action"] = Value::Null),
        with(|document| document["Statement"][0]["NotAction"] = json!("ecs:*")),
        with(|document| document["Statement"][0]["Resource"] = json!([])),
        with(|document| document["Statement"][0]["Condition"] = json!({ "StringMatches": { "a": "b" } })),
        document().replacen(r#""Effect":"Allow""#, r#""Effect":"Deny","Effect":"Allow""#, 1),
        format!("\u{feff}{}", document()),
    ];
    for document in &documents {
        let document = ("PolicyDocument", document.as_str());
        let failure = a.client.refused(
            "Ram",
            "CreatePolicy",
            &[("PolicyName", "new"), document],
            "MalformedPolicyDocument",
        );
        assert!(failure.message.len() > 40, "it must say what is wrong: {failure}");
        a.client.refused("Ram", "CreatePolicyVersion", &[P, document], "MalformedPolicyDocument");
    }
    let many: Vec<_> = (0..600).map(|number| format!("ecs:Run{number:04}")).collect();
    let long = allow(&many.iter().map(String::as_str).collect::<Vec<_>>(), &["*"]).to_string();
    let long = ("PolicyDocument", long.as_str());
    let code = "InvalidParameter.PolicyDocument.Length";
    a.client.refused("Ram", "CreatePolicy", &[("PolicyName", "new"), long], code);
    a.client.refused("Ram", "CreatePolicyVersion", &[P, long], code);
    a.client.refused("Ram", "CreatePolicy", &[("PolicyName", "new")], "MissingPolicyDocument");
    assert_eq!(state(&a), before, "a refused call changes nothing");
}

#[test]
fn white_space_between_words_does_not_count() {
    let a = tenant();
    let spaced = document().replace(':', &format!(":{}", " ".repeat(1_000)));
    // Within texts it would.
    let spaced = spaced.replace(&format!("ecs:{}*", " ".repeat(1_000)), "ecs:*");
    assert!(spaced.len() > 6_144 / 2, "{}", spaced.len());
    a.must("Ram", "CreatePolicy", &[P, ("PolicyDocument", &spaced)]);
    let shown = a.must("Ram", "GetPolicy", &[P, CUSTOM]);
    assert_eq!(shown["DefaultPolicyVersion"]["PolicyDocument"], spaced, "the text as it was sent");
}

#[test]
fn a_policy_goes_only_when_nobody_has_it() {
    let a = tenant();
    let document = document();
    let document = ("PolicyDocument", document.as_str());
    let (alice, ops, role) = (("UserName", "alice"), ("GroupName", "ops"), ("RoleName", "role"));
    a.must("Ram", "CreateUser", &[alice]);
    a.must("Ram", "CreateGroup", &[ops]);
    a.role("role", &[], &[]);
    a.must("Ram", "CreatePolicy", &[P, document]);
    a.must("Ram", "CreatePolicyVersion", &[P, document]);
    for (kind, whom) in [("User", alice), ("Group", ops), ("Role", role)] {
        a.must("Ram", &format!("AttachPolicyTo{kind}"), &[whom, P, CUSTOM]);
        let code = format!("DeleteConflict.Policy.{kind}");
        a.client.refused("Ram", "DeletePolicy", &[P], &code);
        // Not even with all its versions.
        a.client.refused("Ram", "DeletePolicy", &[P, ("CascadingDelete", "true")], &code);
        a.must("Ram", &format!("DetachPolicyFrom{kind}"), &[whom, P, CUSTOM]);
    }
    a.client.refused("Ram", "DeletePolicy", &[P], "DeleteConflict.Policy.Version");
    let answer = a.must("Ram", "DeletePolicy", &[P, ("CascadingDelete", "true")]);
    complete("Ram", "DeletePolicy", &answer, &[]);
    a.client.refused("Ram", "GetPolicy", &[P, CUSTOM], "EntityNotExist.Policy");
    // A new one of the name begins anew.
    a.must("Ram", "CreatePolicy", &[P, document]);
    let versions = a.must("Ram", "ListPolicyVersions", &[P, CUSTOM]);
    assert_eq!(versions["PolicyVersions"]["PolicyVersion"].as_array().unwrap().len(), 1);
}

#[test]
fn a_policy_is_shown_as_it_was_made() {
    let a = tenant();
    let document = document();
    let tag = ("Tag", r#"[{"Key":"team","Value":"web"}]"#);
    let params = [P, ("PolicyDocument", document.as_str()), ("Description", "all of ECS"), tag];
    let made = a.must("Ram", "CreatePolicy", &params);
    complete("Ram", "CreatePolicy", &made, &[]);
    assert_eq!(made["Policy"]["DefaultVersion"], "v1");
    let shown = a.must("Ram", "GetPolicy", &[P, CUSTOM]);
    complete("Ram", "GetPolicy", &shown, &[]);
    assert_eq!(shown["Policy"]["PolicyDocument"], document);
    assert_eq!(shown["DefaultPolicyVersion"]["PolicyDocument"], document);
    assert_eq!(shown["Policy"]["AttachmentCount"], 0);
    let listed = a.must("Ram", "ListPolicies", &[CUSTOM]);
    complete("Ram", "ListPolicies", &listed, &["Marker"]);
    let changed = a.must("Ram", "UpdatePolicyDescription", &[P, ("NewDescription", "some of ECS")]);
    complete("Ram", "UpdatePolicyDescription", &changed, &[]);
    assert_eq!(a.must("Ram", "GetPolicy", &[P, CUSTOM])["Policy"]["Description"], "some of ECS");
}

#[test]
fn policies_of_the_system_are_there_for_everybody() {
    let a = tenant();
    for name in ["AdministratorAccess", "AliyunECSFullAccess", "AliyunSTSAssumeRoleAccess"] {
        let shown = a.must("Ram", "GetPolicy", &[("PolicyName", name), SYSTEM]);
        complete("Ram", "GetPolicy", &shown, &[]);
        let document = shown["DefaultPolicyVersion"]["PolicyDocument"].as_str().unwrap();
        assert_eq!(serde_json::from_str::<Value>(document).unwrap()["Version"], "1");
    }
    let listed = a.must("Ram", "ListPolicies", &[SYSTEM, ("MaxItems", "1000")]);
    let all = listed["Policies"]["Policy"].as_array().unwrap();
    assert!(all.len() > 10 && all.iter().all(|policy| policy["PolicyType"] == "System"));
}

#[test]
fn who_has_a_policy_is_listed() {
    let a = tenant();
    a.must("Ram", "CreateUser", &[("UserName", "alice"), ("DisplayName", "Alice")]);
    a.must("Ram", "CreateGroup", &[("GroupName", "ops"), ("Comments", "on call")]);
    let document = argali_testkit::trust(&[]).to_string();
    let role = [("RoleName", "role"), ("AssumeRolePolicyDocument", &document), ("Description", "why")];
    a.must("Ram", "CreateRole", &role);
    let policy = [("PolicyName", "AliyunECSFullAccess"), SYSTEM];
    for (kind, whom) in [("User", ("UserName", "alice")), ("Group", ("GroupName", "ops")), ("Role", role[0])]
    {
        a.must("Ram", &format!("AttachPolicyTo{kind}"), &[&policy[..], &[whom]].concat());
    }
    let entities = a.must("Ram", "ListEntitiesForPolicy", &policy);
    complete("Ram", "ListEntitiesForPolicy", &entities, &[]);
    assert_eq!(entities["Users"]["User"][0]["UserName"], "alice");
    assert_eq!(entities["Groups"]["Group"][0]["GroupName"], "ops");
    assert_eq!(entities["Roles"]["Role"][0]["RoleName"], "role");
    assert_eq!(a.must("Ram", "GetPolicy", &policy)["Policy"]["AttachmentCount"], 3);
    // Nobody sees who has it in another account.
    let elsewhere = tenant().must("Ram", "ListEntitiesForPolicy", &policy);
    assert_eq!(elsewhere["Users"]["User"], json!([]));
}
