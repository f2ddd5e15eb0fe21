//! ECS: instances and what belongs to them.

mod disk;
mod list;
mod permission;
mod repeat;

use argali_testkit::{Client, Format, seconds};
use serde_json::{Value, json};

use crate::expect::Calls;
use crate::shape::{complete, known};
use crate::stage::{IMAGE, INSTANCE_TYPE, Params, REGION, ZONE, borrowed, text};

const HERE: (&str, &str) = ("RegionId", REGION);

/// A server with an account that has a network.
macro_rules! stage {
    ($server:ident, $stage:ident) => {
        let $server = argali_testkit::TestServer::start();
        let $stage = crate::stage::Stage::new(&$server, crate::world::tenant_on(&$server));
    };
}

use stage;

fn ids(list: &Value, member: &str) -> Vec<String> {
    list.as_array().unwrap().iter().map(|entry| text(&entry[member])).collect()
}

/// The state of an instance.
fn state(client: &Client, instance: &str) -> String {
    let named = json!([instance]).to_string();
    let found = client.must("Ecs", "DescribeInstances", &[HERE, ("InstanceIds", &named)]);
    text(&found["Instances"]["Instance"][0]["Status"])
}

/// Parameters of `RunInstances`, with one set to another value, or left out.
fn changed(params: &Params, name: &'static str, value: Option<&str>) -> Params {
    let mut params = params.clone();
    params.retain(|(known, _)| *known != name);
    params.extend(value.map(|value| (name, value.to_owned())));
    params
}

#[test]
fn bad_requests_make_no_instance() {
    stage!(server, stage);
    let good = stage.new_instance();
    let cases: &[(&str, Option<&str>, &str)] = &[
        ("RegionId", None, "MissingParameter"),
        ("RegionId", Some("xx-nowhere"), "InvalidRegionId.NotFound"),
        ("ImageId", None, "MissingParameter"),
        ("ImageId", Some("m-none"), "InvalidImageId.NotFound"),
        ("InstanceType", None, "MissingParameter"),
        ("InstanceType", Some("ecs.none"), "InvalidInstanceType.ValueNotSupported"),
        ("VSwitchId", None, "MissingParameter"),
        ("VSwitchId", Some("vsw-none"), "InvalidVSwitchId.NotFound"),
        ("SecurityGroupId", None, "MissingParameter"),
        ("SecurityGroupId", Some("sg-none"), "InvalidSecurityGroupId.NotFound"),
        ("Amount", Some("0"), "InvalidMaxAmount.Malformed"),
        ("Amount", Some("101"), "InvalidMaxAmount.Malformed"),
        ("Amount", Some("many"), "InvalidMaxAmount.Malformed"),
        ("InstanceName", Some("x"), "InvalidInstanceName.Malformed"),
        ("Description", Some("x"), "InvalidDescription.Malformed"),
        ("InternetMaxBandwidthOut", Some("101"), "InvalidInternetMaxBandwidthOut.Malformed"),
        ("PrivateIpAddress", Some("192.168.0.1"), "InvalidPrivateIpAddress.Malformed"),
        ("ZoneId", Some("cn-hangzhou-i"), "InvalidParameter.Mismatch"),
        ("ResourceGroupId", Some("rg-none"), "InvalidResourceGroup.NotFound"),
        ("Tag.1.Key", Some("acs:team"), "InvalidTagKey.Malformed"),
    ];
    for (name, value, code) in cases {
        let params = changed(&good, name, *value);
        stage.owner.client.refused("Ecs", "RunInstances", &borrowed(&params), code);
    }
    // Passing every check without being carried out is told as an error, as clients expect.
    let dry = changed(&good, "DryRun", Some("true"));
    let failure = stage.owner.client.call("Ecs", "RunInstances", &borrowed(&dry)).unwrap_err();
    assert_eq!((failure.code.as_str(), failure.status), ("DryRunOperation", 400));
    let found = stage.owner.must("Ecs", "DescribeInstances", &[HERE]);
    assert_eq!(found["TotalCount"], 0, "a refused call makes nothing");
    assert_eq!(stage.owner.must("Ecs", "DescribeDisks", &[HERE])["TotalCount"], 0);
}

#[test]
fn an_instance_lives_from_pending_to_gone() {
    stage!(server, stage);
    let owner = &stage.owner;
    let made = owner.must("Ecs", "RunInstances", &borrowed(&stage.new_instance()));
    known("Ecs", "RunInstances", &made);
    let id = text(&made["InstanceIdSets"]["InstanceIdSet"][0]);
    let this = [("InstanceId", id.as_str())];
    let step = |expected: &str| {
        assert_eq!(state(&owner.client, &id), expected);
        server.clock().advance(seconds(1));
    };
    let wrong = |action: &str| {
        owner.client.refused("Ecs", action, &this, "IncorrectInstanceStatus");
    };
    wrong("StopInstance");
    step("Pending");
    step("Starting");
    step("Running");
    wrong("StartInstance");
    wrong("DeleteInstance");
    complete("Ecs", "RebootInstance", &owner.must("Ecs", "RebootInstance", &this), &[]);
    step("Starting");
    step("Running");
    complete("Ecs", "StopInstance", &owner.must("Ecs", "StopInstance", &this), &[]);
    wrong("StopInstance");
    step("Stopping");
    step("Stopped");
    wrong("RebootInstance");
    complete("Ecs", "StartInstance", &owner.must("Ecs", "StartInstance", &this), &[]);
    step("Starting");
    step("Running");
    owner.must("Ecs", "ModifyInstanceAttribute", &[this[0], ("DeletionProtection", "true")]);
    let force = [this[0], ("Force", "true")];
    owner.client.refused("Ecs", "DeleteInstance", &force, "InvalidOperation.DeletionProtection");
    owner.must("Ecs", "ModifyInstanceAttribute", &[this[0], ("DeletionProtection", "false")]);
    complete("Ecs", "DeleteInstance", &owner.must("Ecs", "DeleteInstance", &force), &[]);
    for action in
        ["StartInstance", "StopInstance", "RebootInstance", "DeleteInstance", "ModifyInstanceAttribute"]
    {
        owner.client.refused("Ecs", action, &this, "InvalidInstanceId.NotFound");
    }
    // Its disks went with it, and its place in the group.
    assert_eq!(owner.must("Ecs", "DescribeDisks", &[HERE])["TotalCount"], 0);
    let group = [HERE, ("SecurityGroupId", stage.network().security_group.as_str())];
    owner.must("Ecs", "DeleteSecurityGroup", &group);
}

#[test]
fn what_is_answered_has_the_members_of_the_reference() {
    stage!(server, stage);
    let owner = &stage.owner;
    let instance = stage.instance();
    let tag = [
        HERE,
        ("ResourceType", "instance"),
        ("ResourceId.1", &instance),
        ("Tag.1.Key", "team"),
        ("Tag.1.Value", "web"),
    ];
    owner.must("Ecs", "TagResources", &tag);
    for action in [
        "DescribeRegions",
        "DescribeZones",
        "DescribeInstanceTypes",
        "DescribeImages",
        "DescribeInstances",
        "DescribeInstanceStatus",
        "DescribeDisks",
        "DescribeSecurityGroups",
    ] {
        let answer = owner.must("Ecs", action, &[HERE]);
        known("Ecs", action, &answer);
    }
    let tags = owner.must("Ecs", "ListTagResources", &tag[..3]);
    known("Ecs", "ListTagResources", &tags);
    let found = owner.must("Ecs", "DescribeInstances", &[HERE]);
    let shown = &found["Instances"]["Instance"][0];
    assert_eq!(shown["InstanceType"], INSTANCE_TYPE);
    assert_eq!(shown["ImageId"], IMAGE);
    assert_eq!(shown["ZoneId"], ZONE);
    assert_eq!(shown["Tags"]["Tag"], json!([{ "TagKey": "team", "TagValue": "web" }]));
    assert_eq!(shown["VpcAttributes"]["VSwitchId"], stage.network().vswitch);
    for action in ["StopInstances", "StartInstances", "RebootInstances"] {
        let answer = owner.must("Ecs", action, &[HERE, ("InstanceId.1", &instance)]);
        complete("Ecs", action, &answer, &[]);
        server.clock().advance(seconds(2));
    }
}

#[test]
fn what_is_used_is_not_deleted() {
    stage!(server, stage);
    let instance = stage.instance();
    let owner = &stage.owner;
    let network = stage.network();
    let group = [HERE, ("SecurityGroupId", network.security_group.as_str())];
    owner.client.refused("Ecs", "DeleteSecurityGroup", &group, "DependencyViolation");
    let vswitch = [("VSwitchId", network.vswitch.as_str())];
    owner.client.refused("Vpc", "DeleteVSwitch", &vswitch, "DependencyViolation");
    owner.must("Ecs", "DeleteInstance", &[("InstanceId", &instance), ("Force", "true")]);
    owner.must("Vpc", "DeleteVSwitch", &vswitch);
    owner.must("Ecs", "DeleteSecurityGroup", &group);
    owner.client.refused("Ecs", "DeleteSecurityGroup", &group, "InvalidSecurityGroupId.NotFound");
}

#[test]
fn a_batch_is_done_as_a_whole_or_not_at_all() {
    stage!(server, stage);
    let (running, stopped) = (stage.instance(), stage.stopped_instance());
    let owner = &stage.owner;
    let both = [HERE, ("InstanceId.1", running.as_str()), ("InstanceId.2", stopped.as_str())];
    owner.client.refused("Ecs", "StopInstances", &both, "IncorrectInstanceStatus");
    assert_eq!(state(&owner.client, &running), "Running");
    let absent = [HERE, ("InstanceId.1", running.as_str()), ("InstanceId.2", "i-none")];
    owner.client.refused("Ecs", "StopInstances", &absent, "InvalidInstanceId.NotFound");
    owner.client.refused("Ecs", "DeleteInstances", &both, "IncorrectInstanceStatus");
    assert_eq!(state(&owner.client, &stopped), "Stopped");
    let partly = [&both[..], &[("BatchOptimization", "SuccessFirst")]].concat();
    let answer = owner.must("Ecs", "StopInstances", &partly);
    let responses = answer["InstanceResponses"]["InstanceResponse"].as_array().unwrap();
    let codes: Vec<_> = responses.iter().map(|response| text(&response["Code"])).collect();
    assert_eq!(codes, ["200", "IncorrectInstanceStatus"]);
    assert_eq!(state(&owner.client, &running), "Stopping");
}

#[test]
fn xml_says_the_same() {
    stage!(server, stage);
    let instance = stage.instance();
    let xml = stage.owner.client.format(Format::Xml);
    let found = xml.must("Ecs", "DescribeInstances", &[HERE]);
    assert_eq!(found["Instances"]["Instance"]["InstanceId"], instance);
    assert_eq!(found["TotalCount"], "1");
    let failure =
        xml.refused("Ecs", "StopInstance", &[("InstanceId", "i-none")], "InvalidInstanceId.NotFound");
    assert!(failure.message.len() > 10);
}
