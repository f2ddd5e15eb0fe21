//! Policies: RAM's own, as Resource Management shows them.

use argali_testkit::allow;
use serde_json::{Value, json};

use crate::expect::Calls;
use crate::shape::complete;
use crate::stage::text;
use crate::world::tenant;

const RM: &str = "ResourceManager";
const CUSTOM: (&str, &str) = ("PolicyType", "Custom");

/// The names of listed policies.
fn names(listed: &Value) -> Vec<String> {
    let policies = listed["Policies"]["Policy"].as_array().unwrap();
    policies.iter().map(|policy| text(&policy["PolicyName"])).collect()
}

#[test]
fn what_ram_refuses_is_refused() {
    let a = tenant();
    let document = allow(&["ecs:*"], &["*"]).to_string();
    let (p, text) = (("PolicyName", "p"), ("PolicyDocument", document.as_str()));
    let refused = |action: &str, params: &[(&str, &str)], code: &str| {
        a.client.refused(RM, action, params, code);
    };
    refused("CreatePolicy", &[p], "MissingPolicyDocument");
    refused("CreatePolicy", &[("PolicyName", "a_b"), text], "InvalidParameter.PolicyName.InvalidChars");
    refused("CreatePolicy", &[p, ("PolicyDocument", "{}")], "MalformedPolicyDocument");
    let long = format!("{{{}}}", "x".repeat(6_145));
    refused("CreatePolicy", &[p, ("PolicyDocument", &long)], "InvalidParameter.PolicyDocument.Length");
    for (action, params) in [
        ("GetPolicy", vec![p, CUSTOM]),
        ("DeletePolicy", vec![p]),
        ("CreatePolicyVersion", vec![p, text]),
        ("GetPolicyVersion", vec![p, CUSTOM, ("VersionId", "v1")]),
        ("ListPolicyVersions", vec![p, CUSTOM]),
        ("SetDefaultPolicyVersion", vec![p, ("VersionId", "v1")]),
        ("DeletePolicyVersion", vec![p, ("VersionId", "v1")]),
    ] {
        refused(action, &params, "EntityNotExist.Policy");
    }
    a.must(RM, "CreatePolicy", &[p, text]);
    refused("CreatePolicy", &[p, text], "EntityAlreadyExists.Policy");
    refused("DeletePolicyVersion", &[p, ("VersionId", "v1")], "DeleteConflict.Policy.Version.Default");
    refused("GetPolicyVersion", &[p, CUSTOM, ("VersionId", "v2")], "EntityNotExist.Policy.Version");
}

#[test]
fn one_policy_is_seen_through_both_products() {
    let a = tenant();
    let document = allow(&["ecs:*"], &["*"]).to_string();
    let p = ("PolicyName", "p");
    let made = [p, ("PolicyDocument", document.as_str()), ("Description", "all of ECS")];
    let made = a.must(RM, "CreatePolicy", &made);
    complete(RM, "CreatePolicy", &made, &[]);
    assert!(text(&made["Policy"]["CreateDate"]).ends_with("+08:00"), "{made}");
    assert_eq!(a.must("Ram", "GetPolicy", &[p, CUSTOM])["Policy"]["Description"], "all of ECS");

    let shown = a.must(RM, "GetPolicy", &[p, CUSTOM, ("Language", "ja")]);
    complete(RM, "GetPolicy", &shown, &[]);
    assert_eq!(shown["Policy"]["PolicyDocument"], json!(document));
    assert_eq!(shown["Policy"]["AttachmentCount"], 0);
    let version = a.must(RM, "CreatePolicyVersion", &[p, ("PolicyDocument", document.as_str())]);
    complete(RM, "CreatePolicyVersion", &version, &[]);
    assert_eq!(version["PolicyVersion"]["VersionId"], "v2");
    let v2 = ("VersionId", "v2");
    complete(RM, "GetPolicyVersion", &a.must(RM, "GetPolicyVersion", &[p, CUSTOM, v2]), &[]);
    complete(RM, "SetDefaultPolicyVersion", &a.must(RM, "SetDefaultPolicyVersion", &[p, v2]), &[]);
    let versions = a.must(RM, "ListPolicyVersions", &[p, CUSTOM]);
    complete(RM, "ListPolicyVersions", &versions, &[]);
    a.client.refused(RM, "DeletePolicy", &[p], "DeleteConflict.Policy.Version");
    let v1 = [p, ("VersionId", "v1")];
    complete(RM, "DeletePolicyVersion", &a.must(RM, "DeletePolicyVersion", &v1), &[]);
    let version = a.must("Ram", "GetPolicy", &[p, CUSTOM])["DefaultPolicyVersion"].clone();
    assert_eq!(version["VersionId"], "v2");

    a.user("alice");
    let attached = [("UserName", "alice"), p, CUSTOM];
    a.must("Ram", "AttachPolicyToUser", &attached);
    assert_eq!(a.must(RM, "GetPolicy", &[p, CUSTOM])["Policy"]["AttachmentCount"], 1);
    a.client.refused(RM, "DeletePolicy", &[p], "DeleteConflict.Policy.User");
    a.must("Ram", "DetachPolicyFromUser", &attached);
    complete(RM, "DeletePolicy", &a.must(RM, "DeletePolicy", &[p]), &[]);
    a.client.refused("Ram", "GetPolicy", &[p, CUSTOM], "EntityNotExist.Policy");
}

#[test]
fn policies_are_listed_by_page() {
    let a = tenant();
    let document = allow(&["ecs:*"], &["*"]).to_string();
    for number in 0..12 {
        let name = format!("p{number:02}");
        a.must(RM, "CreatePolicy", &[("PolicyName", &name), ("PolicyDocument", &document)]);
    }
    a.must(RM, "DeletePolicy", &[("PolicyName", "p05")]);
    let list = |params: &[(&str, &str)]| a.must(RM, "ListPolicies", params);
    let first = list(&[]);
    complete(RM, "ListPolicies", &first, &[]);
    assert_eq!(names(&first).len(), 10);
    let system = list(&[("PolicyType", "System"), ("PageSize", "100")]);
    let custom = list(&[CUSTOM, ("PageSize", "100")]);
    assert_eq!(custom["TotalCount"], 11);
    let all: Vec<String> = names(&system).into_iter().chain(names(&custom)).collect();
    assert_eq!(first["TotalCount"], json!(all.len()));
    let pages = all.len().div_ceil(7) + 1;
    let paged: Vec<String> = (1..=pages)
        .flat_map(|page| names(&list(&[("PageSize", "7"), ("PageNumber", &page.to_string())])))
        .collect();
    assert_eq!(paged, all);
    for (name, value) in [("PageNumber", "0"), ("PageSize", "101"), ("PolicyType", "Any")] {
        a.client.refused(RM, "ListPolicies", &[(name, value)], &format!("InvalidParameter.{name}"));
    }
}
