//! Which policies people are warned of.

use argali_testkit::{Client, allow};
use serde_json::json;

use crate::expect::Calls;
use crate::shape::{complete, known};
use crate::world::tenant;

#[track_caller]
fn listed(client: &Client, params: &[(&str, &str)]) -> Vec<String> {
    let answer = client.must("Argali", "ListHighRiskPolicies", params);
    known("Argali", "ListHighRiskPolicies", &answer);
    let policies = answer["Policies"].as_array().unwrap().iter();
    policies.map(|policy| policy["PolicyName"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn risks_are_told_to_whoever_may_list_policies() {
    let a = tenant();
    let viewer = a.user("viewer");
    viewer.refused("Argali", "ListHighRiskPolicies", &[], "NoPermission");
    a.client.refused(
        "Argali",
        "ListHighRiskPolicies",
        &[("PolicyType", "Own")],
        "InvalidParameter.PolicyType",
    );
    a.grant_document("viewer", "list", &allow(&["ram:ListPolicies"], &["*"]));
    assert!(listed(&viewer, &[]).contains(&"AdministratorAccess".to_owned()));
}

#[test]
fn policies_of_the_account_are_judged_by_the_version_that_counts() {
    let a = tenant();
    let make = |name: &str, document: &str| {
        a.must("Ram", "CreatePolicy", &[("PolicyName", name), ("PolicyDocument", document)]);
    };
    make("hires", &allow(&["ram:AddUserToGroup"], &["*"]).to_string());
    make("looks", &allow(&["ecs:Describe*"], &["*"]).to_string());
    let denies =
        json!({"Version": "1", "Statement": [{"Effect": "Deny", "Action": "ram:*", "Resource": "*"}]});
    make("denies", &denies.to_string());
    assert_eq!(listed(&a.client, &[("PolicyType", "Custom")]), ["hires"]);
    let all = allow(&["*"], &["*"]).to_string();
    let version = [("PolicyName", "looks"), ("PolicyDocument", all.as_str())];
    a.must("Ram", "CreatePolicyVersion", &version);
    assert_eq!(listed(&a.client, &[("PolicyType", "Custom")]), ["hires"], "it is not in force yet");
    a.must("Ram", "SetDefaultPolicyVersion", &[("PolicyName", "looks"), ("VersionId", "v2")]);
    assert_eq!(listed(&a.client, &[("PolicyType", "Custom")]), ["hires", "looks"]);
    let system = listed(&a.client, &[("PolicyType", "System")]);
    for name in ["AdministratorAccess", "AliyunRAMFullAccess", "PowerUserAccess"] {
        assert!(system.iter().any(|own| own == name), "{name}: {system:?}");
    }
    assert!(!system.iter().any(|name| name == "ReadOnlyAccess"), "{system:?}");
    assert_eq!(listed(&a.client, &[]), [system, vec!["hires".to_owned(), "looks".to_owned()]].concat());
    let of = |name: &str| listed(&a.client, &[("PolicyName", name)]);
    assert_eq!(
        (of("looks"), of("AdministratorAccess")),
        (vec!["looks".to_owned()], vec!["AdministratorAccess".to_owned()])
    );
    assert!(of("denies").is_empty() && of("ReadOnlyAccess").is_empty() && of("nothing").is_empty());
    assert!(listed(&a.client, &[("PolicyType", "System"), ("PolicyName", "looks")]).is_empty());
    let several = ["LOOKS", "denies", "AdministratorAccess", "nothing", "hires", "looks"];
    let several: Vec<(String, &str)> =
        several.iter().zip(1..).map(|(name, at)| (format!("PolicyNames.{at}"), *name)).collect();
    let several: Vec<(&str, &str)> = several.iter().map(|(at, name)| (at.as_str(), *name)).collect();
    assert_eq!(listed(&a.client, &several), ["AdministratorAccess", "hires", "looks"]);
    let answer = a.client.must("Argali", "ListHighRiskPolicies", &[]);
    complete("Argali", "ListHighRiskPolicies", &answer, &[]);
}
