//! What is in resource groups, over all services: listed and counted, and where it may be listed.

use std::collections::BTreeSet;

use argali_testkit::{Enterprise, allow};
use serde_json::{Value, json};

use super::{default_group, resource_group};
use crate::expect::Calls;
use crate::shape::{complete, known};
use crate::stage::{REGION, text};
use crate::world::tenant;

const RM: &str = "ResourceManager";
const HERE: (&str, &str) = ("RegionId", REGION);

/// A VPC in a group, or in the default one.
fn vpc(a: &Enterprise, region: &str, group: Option<&str>) -> String {
    let mut params = vec![("RegionId", region)];
    params.extend(group.map(|group| ("ResourceGroupId", group)));
    text(&a.must("Vpc", "CreateVpc", &params)["VpcId"])
}

fn security_group(a: &Enterprise, vpc: &str, group: &str) -> String {
    let params = [HERE, ("VpcId", vpc), ("ResourceGroupId", group)];
    text(&a.must("Ecs", "CreateSecurityGroup", &params)["SecurityGroupId"])
}

/// The identifiers of listed resources; those of the same millisecond are in any order.
fn ids(listed: &Value) -> BTreeSet<String> {
    let resources = listed["Resources"]["Resource"].as_array().unwrap();
    resources.iter().map(|resource| text(&resource["ResourceId"])).collect()
}

fn set(ids: &[&String]) -> BTreeSet<String> {
    ids.iter().copied().cloned().collect()
}

#[test]
fn resources_of_all_services_are_listed_by_what_is_asked_for() {
    let a = tenant();
    let group = resource_group(&a);
    let (near, far) = (vpc(&a, REGION, None), vpc(&a, "cn-beijing", Some(&group)));
    let rules = security_group(&a, &near, &group);
    let list = |params: &[(&str, &str)]| a.must(RM, "ListResources", params);
    let all = list(&[]);
    complete(RM, "ListResources", &all, &[]);
    assert_eq!((ids(&all), &all["TotalCount"]), (set(&[&rules, &near, &far]), &json!(3)));
    let shown = &list(&[("ResourceId", &far)])["Resources"]["Resource"][0];
    assert!(text(&shown["CreateDate"]).ends_with("+08:00"));
    assert_eq!(
        (&shown["Service"], &shown["ResourceType"], &shown["RegionId"], &shown["ResourceGroupId"]),
        (&json!("vpc"), &json!("vpc"), &json!("cn-beijing"), &json!(group)),
    );
    let in_group = ("ResourceGroupId", group.as_str());
    for (narrowed, expected) in [
        (vec![in_group], vec![&rules, &far]),
        (vec![("ResourceGroupId", default_group(&a).as_str())], vec![&near]),
        (vec![("Service", "vpc")], vec![&near, &far]),
        (vec![("Service", "VPC"), ("ResourceType", "VPC")], vec![&near, &far]),
        (vec![("ResourceType", "securitygroup")], vec![&rules]),
        (vec![("Service", "ecs"), ("ResourceType", "vpc")], vec![]),
        (vec![("Service", "rocket")], vec![]),
        (vec![("Region", "cn-beijing")], vec![&far]),
        (vec![("Region", REGION), in_group], vec![&rules]),
        (vec![("Region", "cn-beijing"), ("Service", "ecs")], vec![]),
        (vec![("ResourceId", near.as_str())], vec![&near]),
        (vec![("ResourceId", near.as_str()), in_group], vec![]),
        (vec![("ResourceId", near.as_str()), ("Region", "cn-beijing")], vec![]),
        (
            vec![("ResourceTypes.1.Service", "vpc"), ("ResourceTypes.1.ResourceType", "vpc"), in_group],
            vec![&far],
        ),
        (
            vec![
                ("ResourceTypes.1.ResourceType", "instance"),
                ("ResourceTypes.2.ResourceType", "securitygroup"),
            ],
            vec![&rules],
        ),
    ] {
        let listed = list(&narrowed);
        assert_eq!(
            (ids(&listed), &listed["TotalCount"]),
            (set(&expected), &json!(expected.len())),
            "{narrowed:?}"
        );
        // Page by page, and without the total, it is the same list.
        let mut paged = BTreeSet::new();
        for number in 1..=expected.len() + 1 {
            let page = [("PageSize", "1"), ("PageNumber", &number.to_string()), ("Count", "false")];
            let page = list(&[&narrowed[..], &page].concat());
            known(RM, "ListResources", &page);
            assert!(
                page["TotalCount"].is_null() && ids(&page).len() == usize::from(number <= expected.len())
            );
            paged.extend(ids(&page));
        }
        assert_eq!(paged, set(&expected), "{narrowed:?}");
    }
    let second = list(&[("PageSize", "2"), ("PageNumber", "2")]);
    assert_eq!((ids(&second).len(), &second["TotalCount"]), (1, &json!(3)));
    let absent = [("ResourceGroupId", "rg-nosuchgroup1")];
    for action in ["ListResources", "GetResourceGroupResourceCounts"] {
        a.client.refused(RM, action, &absent, "EntityNotExists.ResourceGroup");
    }
}

#[test]
fn resources_are_counted_by_group_or_by_type() {
    let a = tenant();
    let (group, default) = (resource_group(&a), default_group(&a));
    let (one, _) = (vpc(&a, REGION, None), vpc(&a, "cn-beijing", None));
    vpc(&a, REGION, Some(&group));
    security_group(&a, &one, &group);
    let count = |params: &[(&str, &str)]| {
        let counted = a.must(RM, "GetResourceGroupResourceCounts", params);
        known(RM, "GetResourceGroupResourceCounts", &counted);
        let counts = counted["ResourceCounts"].as_array().unwrap();
        let line = |counted: &Value| {
            let key = counted["ResourceGroupId"].as_str().unwrap_or(counted["GroupByKey"].as_str().unwrap());
            format!("{key} {}", counted["Count"])
        };
        let mut lines: Vec<_> = counts.iter().map(line).collect();
        lines.sort();
        lines
    };
    let sorted = |mut lines: Vec<String>| {
        lines.sort();
        lines
    };
    let by_group = ("GroupByKey", "ResourceGroupId");
    let by_type = ("GroupByKey", "ResourceType");
    assert_eq!(count(&[]), Vec::<String>::new());
    assert_eq!(count(&[by_group]), sorted(vec![format!("{default} 2"), format!("{group} 2")]));
    assert_eq!(count(&[by_type]), ["ecs:securitygroup 1", "vpc:vpc 3"]);
    assert_eq!(count(&[by_type, ("ResourceGroupId", &group)]), ["ecs:securitygroup 1", "vpc:vpc 1"]);
    assert_eq!(count(&[by_group, ("ResourceRegionId", "cn-beijing")]), [format!("{default} 1")]);
    let of_type =
        [by_group, ("ResourceTypes.1.Service", "ecs"), ("ResourceTypes.1.ResourceTypeCode", "securitygroup")];
    assert_eq!(count(&of_type), [format!("{group} 1")]);
    let refused = |params: &[(&str, &str)], code: &str| {
        a.client.refused(RM, "GetResourceGroupResourceCounts", params, code);
    };
    refused(&[("GroupByKey", "Region")], "InvalidParameter.GroupByKey");
    refused(&[by_type, ("ResourceTypes.1.ResourceTypeCode", "vswitch")], "UnsupportedResourceType");
}

#[test]
fn types_that_support_groups_are_listed() {
    let a = tenant();
    let list = |params: &[(&str, &str)]| a.must(RM, "ListResourceGroupCapability", params);
    let all = list(&[]);
    complete(RM, "ListResourceGroupCapability", &all, &["Capabilities[].ResourceCenterResourceType"]);
    let vpcs = list(&[("Service", "vpc")]);
    let of_vpc = ["physicalconnection", "virtualborderrouter", "vpc"]
        .map(|word| json!({ "Service": "vpc", "ResourceType": word, "SupportResourceGroupEvent": false }));
    assert_eq!(vpcs["Capabilities"], json!(of_vpc), "vSwitches and route tables are in no group");
    assert_eq!(list(&[("ResourceType", "vswitch")])["Capabilities"], json!([]));
    assert_eq!(list(&[("SupportResourceGroupEvent", "true")])["Capabilities"], json!([]));
}

#[test]
fn a_caller_learns_where_it_may_list() {
    let a = tenant();
    let (ours, theirs) = (resource_group(&a), resource_group(&a));
    let alice = a.user("alice");
    a.grant("alice", "AliyunRAMReadOnlyAccess");
    let document = allow(&["ram:ListResourceGroupsWithAuthDetails"], &["*"]);
    a.grant_document("alice", "look", &document);
    let here = [
        ("UserName", "alice"),
        ("PolicyName", "AliyunECSReadOnlyAccess"),
        ("PolicyType", "System"),
        ("ResourceGroupId", ours.as_str()),
    ];
    a.must("Ram", "AttachPolicyToUser", &here);
    let of_instances = [
        ("ResourceTypes.1.Service", "ecs"),
        ("ResourceTypes.1.ResourceTypeCode", "instance"),
        ("Name", "group-"),
    ];
    let may = |answer: &Value| {
        let detail = &answer["AuthDetails"][0];
        let of = |group: &str| {
            let groups = detail["AuthOfResourceGroups"].as_array().unwrap();
            groups.iter().find(|one| one["ResourceGroupId"] == group).unwrap()["HasPermission"] == true
        };
        (detail["AccountScopeAuth"] == true, of(&ours), of(&theirs))
    };
    let action = "ListResourceGroupsWithAuthDetails";
    let answer = alice.must(RM, action, &of_instances);
    let absent = ["ResourceGroups[].Tags[].TagKey", "ResourceGroups[].Tags[].TagValue"];
    complete(RM, action, &answer, &absent);
    assert_eq!((may(&answer), &answer["TotalCount"]), ((false, true, false), &json!(2)));
    assert_eq!(may(&a.must(RM, action, &of_instances)), (true, true, true));
    let named = [("ResourceGroupIds.1", theirs.as_str())];
    let answer = alice.must(RM, action, &named);
    assert_eq!((&answer["TotalCount"], &answer["AuthDetails"]), (&json!(1), &json!([])));
    let unsupported = [("ResourceTypes.1.ResourceTypeCode", "vswitch")];
    alice.refused(RM, action, &unsupported, "UnsupportedResourceType");
}

#[test]
fn a_list_in_a_group_is_judged_in_it() {
    let a = tenant();
    let (ours, theirs) = (resource_group(&a), resource_group(&a));
    let vpc = vpc(&a, REGION, Some(&ours));
    let alice = a.user("alice");
    let document = allow(&["ram:ListResources", "ram:GetResourceGroupResourceCounts"], &["*"]);
    let document = document.to_string();
    a.must("Ram", "CreatePolicy", &[("PolicyName", "look"), ("PolicyDocument", &document)]);
    let here = [
        ("UserName", "alice"),
        ("PolicyName", "look"),
        ("PolicyType", "Custom"),
        ("ResourceGroupId", ours.as_str()),
    ];
    a.must("Ram", "AttachPolicyToUser", &here);
    for action in ["ListResources", "GetResourceGroupResourceCounts"] {
        alice.refused(RM, action, &[], "NoPermission");
        alice.refused(RM, action, &[("ResourceGroupId", &theirs)], "NoPermission");
        alice.refused(RM, action, &[("ResourceGroupId", "rg-nosuchgroup1")], "NoPermission");
        alice.must(RM, action, &[("ResourceGroupId", &ours)]);
    }
    assert_eq!(ids(&alice.must(RM, "ListResources", &[("ResourceGroupId", &ours)])), set(&[&vpc]));
}
