//! Lists of ECS: pages, tokens and filters.

use serde_json::json;

use super::{HERE, changed, ids, stage};
use crate::expect::Calls;
use crate::stage::{Stage, borrowed, text};
use crate::world::tenant_on;

#[test]
fn pages_by_number_and_by_token_make_the_whole_list() {
    stage!(server, stage);
    let owner = &stage.owner;
    let many = changed(&stage.new_instance(), "Amount", Some("7"));
    let made = owner.must("Ecs", "RunInstances", &borrowed(&many));
    let mut made: Vec<_> =
        made["InstanceIdSets"]["InstanceIdSet"].as_array().unwrap().iter().map(text).collect();
    made.sort();

    let mut by_number = Vec::new();
    for number in ["1", "2", "3", "4"] {
        let page = owner.must("Ecs", "DescribeInstances", &[HERE, ("PageSize", "3"), ("PageNumber", number)]);
        assert_eq!((&page["TotalCount"], &page["PageSize"]), (&json!(7), &json!(3)));
        by_number.extend(ids(&page["Instances"]["Instance"], "InstanceId"));
    }
    by_number.sort();
    assert_eq!(by_number, made);

    let (mut by_token, mut token) = (Vec::new(), String::new());
    loop {
        let mut params = vec![HERE, ("MaxResults", "3")];
        if !token.is_empty() {
            params.push(("NextToken", &token));
        }
        let page = owner.must("Ecs", "DescribeInstances", &params);
        by_token.extend(ids(&page["Instances"]["Instance"], "InstanceId"));
        token = text(&page["NextToken"]);
        if token.is_empty() {
            break;
        }
    }
    by_token.sort();
    assert_eq!(by_token, made);

    for (name, wrong) in [
        ("PageSize", "0"),
        ("PageSize", "101"),
        ("PageNumber", "0"),
        ("MaxResults", "101"),
        ("PageSize", "x"),
    ] {
        owner.client.refused("Ecs", "DescribeInstances", &[HERE, (name, wrong)], "InvalidParameter");
    }
    let malformed = [HERE, ("NextToken", "not-a-token")];
    owner.client.refused("Ecs", "DescribeInstances", &malformed, "InvalidParameter");
}

#[test]
fn a_token_is_good_for_its_list_and_account_alone() {
    stage!(server, stage);
    let other = Stage::new(&server, tenant_on(&server));
    for stage in [&stage, &other] {
        let many = changed(&stage.new_instance(), "Amount", Some("3"));
        stage.owner.must("Ecs", "RunInstances", &borrowed(&many));
    }
    let token_of = |owner: &argali_testkit::Enterprise, action| {
        text(&owner.must("Ecs", action, &[HERE, ("MaxResults", "1")])["NextToken"])
    };
    let lists = ["DescribeInstances", "DescribeDisks"];
    for action in lists {
        let own = token_of(&stage.owner, action);
        stage.owner.must("Ecs", action, &[HERE, ("MaxResults", "1"), ("NextToken", &own)]);
        let foreign = token_of(&other.owner, action);
        let of_another = lists.map(|other| token_of(&stage.owner, other)).into_iter().zip(lists);
        let of_another = of_another.filter(|(_, other)| *other != action).map(|(token, _)| token);
        for wrong in of_another.chain([foreign, own.split_at(1).1.to_owned()]) {
            let params = [HERE, ("MaxResults", "1"), ("NextToken", wrong.as_str())];
            stage.owner.client.refused("Ecs", action, &params, "InvalidParameter");
        }
    }
}

#[test]
fn instances_are_found_by_what_is_asked_for() {
    stage!(server, stage);
    let owner = &stage.owner;
    let named = changed(&stage.new_instance(), "InstanceName", Some("web-1"));
    let made = owner.must("Ecs", "RunInstances", &borrowed(&named));
    let web = text(&made["InstanceIdSets"]["InstanceIdSet"][0]);
    let other = stage.stopped_instance();
    let tag = [
        HERE,
        ("ResourceType", "instance"),
        ("ResourceId.1", &web),
        ("Tag.1.Key", "team"),
        ("Tag.1.Value", "web"),
    ];
    owner.must("Ecs", "TagResources", &tag);
    let found = |params: &[(&str, &str)]| {
        let answer = owner.must("Ecs", "DescribeInstances", &[&[HERE], params].concat());
        ids(&answer["Instances"]["Instance"], "InstanceId")
    };
    let both = json!([web, other]).to_string();
    assert_eq!(found(&[("InstanceIds", &both)]).len(), 2);
    assert_eq!(found(&[("InstanceName", "web-*")]), [web.as_str()]);
    assert_eq!(found(&[("Status", "Stopped")]), [other.as_str()]);
    assert_eq!(found(&[("Tag.1.Key", "team")]), [web.as_str()]);
    assert_eq!(found(&[("Tag.1.Key", "team"), ("Tag.1.Value", "db")]), [""; 0]);
    assert_eq!(found(&[("VpcId", "vpc-none")]), [""; 0]);
    assert_eq!(found(&[("InstanceIds", "[]")]).len(), 2);
    let elsewhere = owner.must("Ecs", "DescribeInstances", &[("RegionId", "cn-beijing")]);
    assert_eq!(elsewhere["TotalCount"], 0);
    for wrong in ["i-1", "{}", "[1]"] {
        let params = [HERE, ("InstanceIds", wrong)];
        owner.client.refused("Ecs", "DescribeInstances", &params, "InvalidInstanceIds.Malformed");
    }
    owner.client.refused(
        "Ecs",
        "DescribeInstances",
        &[HERE, ("Status", "Sleeping")],
        "InvalidStatus.NotFound",
    );
}
