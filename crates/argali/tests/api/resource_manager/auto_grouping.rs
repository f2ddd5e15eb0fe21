//! Rules that put resources into groups.

use std::time::Duration;

use argali_testkit::{Enterprise, TestServer, allow};
use serde_json::{Value, json};

use super::{default_group, resource_group};
use crate::expect::Calls;
use crate::shape::{complete, known};
use crate::stage::{REGION, text};
use crate::world::{tenant, tenant_on};

const RM: &str = "ResourceManager";
const CUSTOM: (&str, &str) = ("RuleType", "custom_condition");
const NAME: (&str, &str) = ("RuleName", "online");

/// A condition on all of these.
fn condition(path: &str, operator: &str, desired: &str) -> String {
    let child =
        json!({ "featurePath": path, "featureSource": "RESOURCE", "operator": operator, "desired": desired });
    json!({ "operator": "and", "children": [child] }).to_string()
}

fn into(group: &str) -> String {
    condition("$.resourceGroupId", "StringEquals", group)
}

fn tagged(tags: &Value) -> String {
    condition("$.tags", "TagMatchAll", &tags.to_string())
}

const TARGET: &str = "RuleContents.1.TargetResourceGroupCondition";
const SCOPE: &str = "RuleContents.1.AutoGroupingScopeCondition";

/// A rule that puts what has a tag into a group; its id.
fn rule(a: &Enterprise, env: &str, group: &str, more: &[(&str, &str)]) -> String {
    let (scope, target) = (tagged(&json!({ "env": env })), into(group));
    let params = [&[NAME, CUSTOM, (SCOPE, &scope), (TARGET, &target)], more].concat();
    let made = a.must(RM, "CreateAutoGroupingRule", &params);
    complete(RM, "CreateAutoGroupingRule", &made, &[]);
    text(&made["RuleId"])
}

/// A VPC with a tag; its id.
fn vpc(a: &Enterprise, env: &str) -> String {
    let made = a.must("Vpc", "CreateVpc", &[("RegionId", REGION)]);
    let id = text(&made["VpcId"]);
    tag(a, &id, env);
    id
}

fn tag(a: &Enterprise, vpc: &str, env: &str) {
    let params = [
        ("RegionId", REGION),
        ("ResourceType", "VPC"),
        ("ResourceId.1", vpc),
        ("Tag.1.Key", "env"),
        ("Tag.1.Value", env),
    ];
    a.must("Vpc", "TagResources", &params);
}

/// The group that a VPC is in.
fn group_of(a: &Enterprise, vpc: &str) -> String {
    let shown = a.must("Vpc", "DescribeVpcs", &[("RegionId", REGION), ("VpcId", vpc)]);
    text(&shown["Vpcs"]["Vpc"][0]["ResourceGroupId"])
}

#[test]
fn what_is_no_rule_is_refused() {
    let a = tenant();
    let target = into(&default_group(&a));
    let target = (TARGET, target.as_str());
    let refused = |params: &[(&str, &str)], code: &str| {
        a.client.refused(RM, "CreateAutoGroupingRule", params, code);
    };
    refused(&[CUSTOM, target], "MissingRuleName");
    refused(&[NAME, target], "MissingRuleType");
    refused(&[NAME, CUSTOM], "MissingRuleContents");
    refused(&[NAME, ("RuleType", "other"), target], "InvalidParameter.RuleType");
    refused(&[NAME, ("RuleType", "associated_transfer"), target], "InvalidParameter.RuleType");
    let elsewhere = into("rg-nosuchgroup");
    refused(&[NAME, CUSTOM, (TARGET, &elsewhere)], "EntityNotExists.ResourceGroup");
    let code = "InvalidParameter.RuleContents.TargetResourceGroupCondition";
    refused(&[NAME, CUSTOM, (TARGET, "{}")], code);
    let by_name = condition("$.resourceName", "StringEqualsAny", "name_a");
    let code = "InvalidParameter.RuleContents.AutoGroupingScopeCondition";
    refused(&[NAME, CUSTOM, target, (SCOPE, &by_name)], code);
    let nobody = ("RuleId", "gr-nosuchrule");
    for action in ["GetAutoGroupingRule", "DeleteAutoGroupingRule", "ListAutoGroupingRemediations"] {
        a.client.refused(RM, action, &[nobody], "EntityNotExists.AutoGroupingRule");
        a.client.refused(RM, action, &[], "MissingRuleId");
    }
    a.client.refused(
        RM,
        "UpdateAutoGroupingRule",
        &[nobody, NAME, target],
        "EntityNotExists.AutoGroupingRule",
    );
    let old = ("EnableExistingResourcesTransfer", "true");
    let code = "InvalidParameter.EnableExistingResourcesTransfer";
    a.client.refused(RM, "UpdateAutoGroupingConfig", &[old], code);
    for _ in 0..10 {
        a.must(RM, "CreateAutoGroupingRule", &[NAME, CUSTOM, target]);
    }
    refused(&[NAME, CUSTOM, target], "LimitExceeded.AutoGroupingRule");
}

#[test]
fn a_rule_is_shown_as_it_was_made_and_changed() {
    let a = tenant();
    let group = resource_group(&a);
    let lists = [
        ("RuleDesc", "what is online"),
        ("RegionIdsScope", "cn-hangzhou,cn-beijing"),
        ("ResourceGroupIdsScope", "rg-a"),
        ("ResourceIdsScope", "vpc-1,vpc-2"),
        ("ResourceTypesScope", "vpc.vpc"),
        ("ExcludeRegionIdsScope", "cn-shanghai"),
        ("ExcludeResourceGroupIdsScope", "rg-b"),
        ("ExcludeResourceIdsScope", "vpc-3"),
        ("ExcludeResourceTypesScope", "ecs.disk"),
    ];
    let id = rule(&a, "online", &group, &lists);
    let shown = a.must(RM, "GetAutoGroupingRule", &[("RuleId", &id)]);
    complete(RM, "GetAutoGroupingRule", &shown, &[]);
    for (name, value) in lists {
        assert_eq!(shown["Rule"][name], value, "{shown}");
    }
    let listed = a.must(RM, "ListAutoGroupingRules", &[("MaxResults", "1")]);
    complete(RM, "ListAutoGroupingRules", &listed, &["NextToken"]);
    let content = text(&shown["Rule"]["RuleContents"][0]["RuleContentId"]);
    let target = into(&default_group(&a));
    let change = [
        ("RuleId", id.as_str()),
        ("RuleName", "another"),
        ("RuleContents.1.RuleContentId", &content),
        (TARGET, &target),
    ];
    known(RM, "UpdateAutoGroupingRule", &a.must(RM, "UpdateAutoGroupingRule", &change));
    let shown = a.must(RM, "GetAutoGroupingRule", &[("RuleId", &id)]);
    assert_eq!(shown["Rule"]["RuleContents"][0]["RuleContentId"], content.as_str());
    assert_eq!(shown["Rule"]["ResourceTypesScope"], Value::Null, "the whole rule is replaced");
    let named = |name: &str| {
        let listed = a.must(RM, "ListAutoGroupingRules", &[("RuleName", name)]);
        listed["Rules"].as_array().unwrap().len()
    };
    assert_eq!((named("another"), named("online")), (1, 0));
    a.must(RM, "DeleteAutoGroupingRule", &[("RuleId", &id)]);
    assert_eq!(named("another"), 0);
}

#[test]
fn what_is_made_or_labelled_goes_where_the_first_fitting_rule_says() {
    let a = tenant();
    let (online, test) = (resource_group(&a), resource_group(&a));
    let status = |expected: &str| {
        let status = a.must(RM, "GetAutoGroupingStatus", &[]);
        complete(RM, "GetAutoGroupingStatus", &status, &[]);
        assert_eq!(status["EnableStatus"], expected);
    };
    status("Disable");
    let first = rule(&a, "online", &online, &[("ResourceTypesScope", "vpc.vpc")]);
    rule(&a, "test", &test, &[]);
    let early = vpc(&a, "online");
    assert_eq!(group_of(&a, &early), default_group(&a), "rules are off");

    a.must(RM, "EnableAutoGrouping", &[]);
    status("Enable");
    assert_eq!(group_of(&a, &early), default_group(&a), "what was there already stays");
    let late = vpc(&a, "online");
    assert_eq!(group_of(&a, &late), online);
    assert_eq!(group_of(&a, &vpc(&a, "test")), test);
    assert_eq!(group_of(&a, &vpc(&a, "neither")), default_group(&a));
    let made =
        a.must("Vpc", "CreateVpc", &[("RegionId", REGION), ("Tag.1.Key", "env"), ("Tag.1.Value", "online")]);
    assert_eq!(group_of(&a, &text(&made["VpcId"])), online, "labelled as it is made");
    tag(&a, &late, "test");
    assert_eq!(group_of(&a, &late), test);

    let moved = a.must(RM, "ListAutoGroupingRemediations", &[("RuleId", &first), ("MaxResults", "1")]);
    complete(RM, "ListAutoGroupingRemediations", &moved, &[]);
    let mut ids = vec![text(&moved["Remediations"][0]["ResourceId"])];
    assert_eq!(moved["Remediations"][0]["TargetResourceGroupInfo"]["ResourceGroupId"], online.as_str());
    let rest = [("RuleId", first.as_str()), ("NextToken", &text(&moved["NextToken"]))];
    let rest = a.must(RM, "ListAutoGroupingRemediations", &rest);
    ids.extend(rest["Remediations"].as_array().unwrap().iter().map(|moved| text(&moved["ResourceId"])));
    assert!(ids.len() == 2 && ids.contains(&late), "{ids:?}");
    a.must(RM, "DisableAutoGrouping", &[]);
    tag(&a, &late, "online");
    assert_eq!(group_of(&a, &late), test);
}

#[test]
fn a_rule_whose_group_is_gone_moves_nothing() {
    let a = tenant();
    let group = resource_group(&a);
    rule(&a, "online", &group, &[]);
    a.must(RM, "EnableAutoGrouping", &[]);
    a.must(RM, "DeleteResourceGroup", &[("ResourceGroupId", &group)]);
    assert_eq!(group_of(&a, &vpc(&a, "online")), default_group(&a));
}

#[test]
fn grants_follow_a_resource_into_its_group() {
    let a = tenant();
    let group = resource_group(&a);
    rule(&a, "online", &group, &[]);
    a.must(RM, "EnableAutoGrouping", &[]);
    let alice = a.user("alice");
    let rights = allow(&["vpc:DescribeVpcAttribute"], &["*"]).to_string();
    a.must("Ram", "CreatePolicy", &[("PolicyName", "in-group"), ("PolicyDocument", &rights)]);
    let grant = [
        ("UserName", "alice"),
        ("PolicyName", "in-group"),
        ("PolicyType", "Custom"),
        ("ResourceGroupId", group.as_str()),
    ];
    a.must("Ram", "AttachPolicyToUser", &grant);
    let vpc = vpc(&a, "other");
    let asked = [("RegionId", REGION), ("VpcId", vpc.as_str())];
    alice.refused("Vpc", "DescribeVpcAttribute", &asked, "Forbidden.RAM");
    tag(&a, &vpc, "online");
    alice.must("Vpc", "DescribeVpcAttribute", &asked);
}

#[test]
fn moves_are_told_by_time_for_ninety_days() {
    let server = TestServer::start();
    let a = tenant_on(&server);
    let group = resource_group(&a);
    let id = rule(&a, "online", &group, &[]);
    a.must(RM, "EnableAutoGrouping", &[]);
    vpc(&a, "online");
    let found = |more: &[(&str, &str)]| {
        let params = [&[("RuleId", id.as_str())], more].concat();
        a.must(RM, "ListAutoGroupingRemediations", &params)["Remediations"].as_array().unwrap().len()
    };
    assert_eq!(found(&[]), 1);
    assert_eq!(found(&[("LatestRemediationTime", "2022-01-01 00:00:00")]), 0);
    assert_eq!(found(&[("EarliestRemediationTime", "2022-01-01 00:00:00")]), 1);
    assert_eq!(found(&[("Service", "vpc"), ("ResourceType", "vpc"), ("TargetResourceGroupId", &group)]), 1);
    assert_eq!(found(&[("Service", "ecs")]), 0);
    let code = "InvalidParameter.EarliestRemediationTime";
    let never = [("RuleId", id.as_str()), ("EarliestRemediationTime", "yesterday")];
    a.client.refused(RM, "ListAutoGroupingRemediations", &never, code);
    server.clock().advance(Duration::from_secs(91 * 86_400));
    server.core().tidy().unwrap();
    assert_eq!(found(&[]), 0);
}
