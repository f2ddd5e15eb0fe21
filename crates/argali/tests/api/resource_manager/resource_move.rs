//! Resources that are moved between groups, whatever their service.

use argali_testkit::{Client, Enterprise, allow};
use serde_json::Value;

use super::{default_group, resource_group};
use crate::expect::Calls;
use crate::shape::{complete, known};
use crate::stage::{REGION, text};
use crate::world::tenant;

const RM: &str = "ResourceManager";
const HERE: (&str, &str) = ("RegionId", REGION);

/// A VPC and a security group in it, both in the default group.
fn estate(a: &Enterprise) -> (String, String) {
    let vpc = text(&a.must("Vpc", "CreateVpc", &[HERE])["VpcId"]);
    let rules = a.must("Ecs", "CreateSecurityGroup", &[HERE, ("VpcId", &vpc)]);
    (vpc, text(&rules["SecurityGroupId"]))
}

/// Moves resources, each named by service, type and id.
fn moved(client: &Client, group: &str, resources: &[(&str, &str, &str)]) -> Value {
    let mut params = vec![("ResourceGroupId".to_owned(), group.to_owned())];
    for (number, (service, kind, id)) in resources.iter().enumerate() {
        for (name, value) in [("Service", service), ("ResourceType", kind), ("ResourceId", id)] {
            params.push((format!("Resources.{}.{name}", number + 1), (*value).to_owned()));
        }
    }
    let params: Vec<_> = params.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let answer = client.must(RM, "MoveResources", &params);
    known(RM, "MoveResources", &answer);
    answer
}

/// What came of each move: `SUCCESS`, or the code.
fn outcomes(answer: &Value) -> Vec<&str> {
    let responses = answer["Responses"].as_array().unwrap();
    responses.iter().map(|one| one["ErrorCode"].as_str().or(one["Status"].as_str()).unwrap()).collect()
}

fn group_of(a: &Enterprise, id: &str) -> String {
    text(&a.must(RM, "ListResources", &[("ResourceId", id)])["Resources"]["Resource"][0]["ResourceGroupId"])
}

#[test]
fn a_move_names_a_group_and_at_most_ten_resources() {
    let (a, other) = (tenant(), tenant());
    let (vpc, _) = estate(&a);
    let group = resource_group(&a);
    let refused = |params: &[(&str, &str)], code: &str| {
        a.client.refused(RM, "MoveResources", params, code);
    };
    let this = ("ResourceGroupId", group.as_str());
    let what = [
        ("Resources.1.Service", "vpc"),
        ("Resources.1.ResourceType", "vpc"),
        ("Resources.1.ResourceId", vpc.as_str()),
    ];
    refused(&what, "MissingResourceGroupId");
    refused(&[this], "MissingResources");
    for without in 0..3 {
        let mut params = [vec![this], what.to_vec()].concat();
        let (name, _) = params.remove(without + 1);
        refused(&params, &format!("Missing{name}"));
    }
    for absent in ["rg-nosuchgroup1", &resource_group(&other)] {
        let params = [vec![("ResourceGroupId", absent)], what.to_vec()].concat();
        refused(&params, "EntityNotExists.ResourceGroup");
    }
    let names: Vec<_> = (1..=11)
        .flat_map(|number| {
            [("Service", "vpc"), ("ResourceType", "vpc"), ("ResourceId", vpc.as_str())]
                .map(|(name, value)| (format!("Resources.{number}.{name}"), value))
        })
        .collect();
    let mut params: Vec<_> = names.iter().map(|(name, value)| (name.as_str(), *value)).collect();
    params.push(this);
    refused(&params, "InvalidParameter.Resources");
    assert_eq!(group_of(&a, &vpc), default_group(&a));
}

#[test]
fn each_resource_moves_or_fails_by_itself() {
    let (a, other) = (tenant(), tenant());
    let (vpc, rules) = estate(&a);
    let (theirs, _) = estate(&other);
    let group = resource_group(&a);
    let answer = moved(
        &a.client,
        &group,
        &[
            ("vpc", "vpc", &vpc),
            ("vpc", "vpc", &theirs),
            ("ecs", "instance", "i-none"),
            ("vpc", "vswitch", "vsw-none"),
            ("rocket", "engine", "1"),
            ("ECS", "SecurityGroup", &rules),
        ],
    );
    complete(RM, "MoveResources", &answer, &["Responses[].RegionId"]);
    assert_eq!(
        outcomes(&answer),
        [
            "SUCCESS",
            "InvalidVpcId.NotFound",
            "InvalidInstanceId.NotFound",
            "UnsupportedResourceType",
            "UnsupportedResourceType",
            "SUCCESS",
        ]
    );
    assert_eq!((group_of(&a, &vpc), group_of(&a, &rules)), (group.clone(), group.clone()));
    assert_eq!(group_of(&other, &theirs), default_group(&other));
    let elsewhere = [
        ("ResourceGroupId", group.as_str()),
        ("Resources.1.Service", "vpc"),
        ("Resources.1.ResourceType", "vpc"),
        ("Resources.1.ResourceId", &vpc),
        ("Resources.1.RegionId", "cn-beijing"),
    ];
    let answer = a.must(RM, "MoveResources", &elsewhere);
    assert_eq!(outcomes(&answer), ["InvalidVpcId.NotFound"]);
    assert_eq!(answer["Responses"][0]["RegionId"], "cn-beijing");
}

#[test]
fn a_move_needs_what_the_service_asks_for_on_both_sides() {
    let a = tenant();
    let (vpc, rules) = estate(&a);
    let (ours, theirs) = (resource_group(&a), resource_group(&a));
    moved(&a.client, &theirs, &[("vpc", "vpc", &vpc), ("ecs", "securitygroup", &rules)]);
    let both = [("vpc", "vpc", vpc.as_str()), ("ecs", "securitygroup", rules.as_str())];
    let alice = a.user("alice");
    let this = [
        ("ResourceGroupId", ours.as_str()),
        ("Resources.1.Service", "vpc"),
        ("Resources.1.ResourceType", "vpc"),
        ("Resources.1.ResourceId", &vpc),
    ];
    alice.refused(RM, "MoveResources", &this, "NoPermission");
    // Permission for the group alone moves nothing into it.
    a.grant_document("alice", "group", &allow(&["ram:MoveResources"], &["*"]));
    assert_eq!(outcomes(&moved(&alice, &ours, &both)), ["NoPermission", "NoPermission"]);
    assert_eq!(outcomes(&moved(&alice, &ours, &[("vpc", "vpc", "vpc-none")])), ["NoPermission"]);
    // Nor does that of an administrator of the group where it goes.
    let bob = a.user("bob");
    let administer = |user: &str, group: &str| {
        let grant = [
            ("UserName", user),
            ("PolicyName", "AdministratorAccess"),
            ("PolicyType", "System"),
            ("ResourceGroupId", group),
        ];
        a.must("Ram", "AttachPolicyToUser", &grant);
    };
    administer("bob", &ours);
    assert_eq!(outcomes(&moved(&bob, &ours, &both)), ["NoPermission", "NoPermission"]);
    bob.refused(
        RM,
        "MoveResources",
        &[&[("ResourceGroupId", theirs.as_str())], &this[1..]].concat(),
        "NoPermission",
    );
    administer("bob", &theirs);
    assert_eq!(outcomes(&moved(&bob, &ours, &both)), ["SUCCESS", "SUCCESS"]);
    // The service's own action, on what policies of the account can name.
    let arn = format!("acs:ecs:*:{}:securitygroup/{rules}", a.id);
    a.grant_document("alice", "rules", &allow(&["ecs:JoinResourceGroup"], &[&arn]));
    assert_eq!(outcomes(&moved(&alice, &theirs, &both)), ["NoPermission", "SUCCESS"]);
}
