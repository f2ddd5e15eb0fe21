//! ECS.

use argali_testkit::{Client, Delegation, Format, TestServer, allow, seconds};
use serde_json::{Value, json};

use crate::expect::Calls;
use crate::shape::{complete, known};
use crate::stage::{IMAGE, INSTANCE_TYPE, Params, REGION, Stage, ZONE, borrowed, text};
use crate::world::tenant_on;

const HERE: (&str, &str) = ("RegionId", REGION);

/// A server with an account that has a network.
macro_rules! stage {
    ($server:ident, $stage:ident) => {
        let $server = TestServer::start();
        let $stage = Stage::new(&$server, tenant_on(&$server));
    };
}

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
fn a_policy_can_name_one_instance() {
    stage!(server, stage);
    let (mine, other) = (stage.instance(), stage.instance());
    let owner = &stage.owner;
    let alice = owner.user("alice");
    let arn = format!("acs:ecs:{REGION}:{}:instance/{mine}", owner.id);
    owner.grant_document("alice", "one", &allow(&["ecs:StopInstance", "ecs:StartInstance"], &[&arn]));
    alice.must("Ecs", "StopInstance", &[("InstanceId", &mine)]);
    let refusal = alice.refused("Ecs", "StopInstance", &[("InstanceId", &other)], "Forbidden.RAM");
    assert_eq!(refusal.access_denied_detail.unwrap().auth_action, "ecs:StopInstance");
    alice.refused("Ecs", "RebootInstance", &[("InstanceId", &mine)], "Forbidden.RAM");
    // What is not there is refused like what is not hers.
    alice.refused("Ecs", "StopInstance", &[("InstanceId", "i-none")], "Forbidden.RAM");
}

#[test]
fn a_policy_can_name_a_tag() {
    stage!(server, stage);
    let (web, db) = (stage.instance(), stage.instance());
    let owner = &stage.owner;
    for (id, team) in [(&web, "web"), (&db, "db")] {
        let tag = [
            HERE,
            ("ResourceType", "instance"),
            ("ResourceId.1", id),
            ("Tag.1.Key", "team"),
            ("Tag.1.Value", team),
        ];
        owner.must("Ecs", "TagResources", &tag);
    }
    let alice = owner.user("alice");
    let mut document = allow(&["ecs:StopInstance"], &["*"]);
    document["Statement"][0]["Condition"] = json!({ "StringEquals": { "acs:ResourceTag/team": "web" } });
    owner.grant_document("alice", "team-web", &document);
    alice.must("Ecs", "StopInstance", &[("InstanceId", &web)]);
    alice.refused("Ecs", "StopInstance", &[("InstanceId", &db)], "Forbidden.RAM");
    // Once the tag is off, so is the permission.
    server.clock().advance(seconds(2));
    owner.must("Ecs", "StartInstance", &[("InstanceId", &web)]);
    server.clock().advance(seconds(2));
    let untag = [HERE, ("ResourceType", "instance"), ("ResourceId.1", &web), ("TagKey.1", "team")];
    owner.must("Ecs", "UntagResources", &untag);
    alice.refused("Ecs", "StopInstance", &[("InstanceId", &web)], "Forbidden.RAM");
}

#[test]
fn a_grant_in_a_resource_group_reaches_what_is_in_it() {
    stage!(server, stage);
    let instance = stage.instance();
    let owner = &stage.owner;
    let alice = owner.user("alice");
    let found = owner.must("Ecs", "DescribeInstances", &[HERE]);
    let group = text(&found["Instances"]["Instance"][0]["ResourceGroupId"]);
    for policy in ["AliyunECSFullAccess", "AliyunVPCFullAccess"] {
        let grant = [
            ("UserName", "alice"),
            ("PolicyName", policy),
            ("PolicyType", "System"),
            ("ResourceGroupId", &group),
        ];
        owner.must("Ram", "AttachPolicyToUser", &grant);
    }
    // Lists of account-wide policies do not show it.
    let listed = owner.must("Ram", "ListPoliciesForUser", &[("UserName", "alice")]);
    assert_eq!(listed["Policies"]["Policy"], json!([]));
    alice.must("Ecs", "StopInstance", &[("InstanceId", &instance)]);
    alice.must("Vpc", "DescribeVpcAttribute", &[HERE, ("VpcId", &stage.network().vpc)]);
    // vSwitches are of a kind that is in no group.
    let vswitch = [("VSwitchId", stage.network().vswitch.as_str())];
    alice.refused("Vpc", "DescribeVSwitchAttributes", &vswitch, "Forbidden.RAM");
    alice.refused("Ram", "ListUsers", &[], "NoPermission");
}

#[test]
fn an_instance_of_another_account_is_as_good_as_absent() {
    stage!(server, stage);
    let instance = stage.instance();
    let stranger = tenant_on(&server);
    for action in ["StopInstance", "StartInstance", "RebootInstance", "DeleteInstance"] {
        let theirs = stranger.client.refused(
            "Ecs",
            action,
            &[("InstanceId", &instance)],
            "InvalidInstanceId.NotFound",
        );
        let nobodys =
            stranger.client.refused("Ecs", action, &[("InstanceId", "i-none")], "InvalidInstanceId.NotFound");
        assert_eq!(theirs.message.replace(&instance, "i-none"), nobodys.message);
    }
    let named = json!([instance]).to_string();
    let found = stranger.must("Ecs", "DescribeInstances", &[HERE, ("InstanceIds", &named)]);
    assert_eq!(found["TotalCount"], 0);
    let params = stage.new_instance();
    for (name, code) in
        [("SecurityGroupId", "InvalidSecurityGroupId.NotFound"), ("VSwitchId", "InvalidVSwitchId.NotFound")]
    {
        let own = Stage::new(&server, tenant_on(&server));
        let theirs = params.iter().find(|(known, _)| *known == name).unwrap().1.clone();
        let mixed = changed(&own.new_instance(), name, Some(&theirs));
        own.owner.client.refused("Ecs", "RunInstances", &borrowed(&mixed), code);
    }
}

#[test]
fn the_story_is_told_with_real_instances() {
    let server = TestServer::start();
    let Delegation { a, alice, role_arn, .. } = Delegation::set_up(&server);
    let stage = Stage::new(&server, a);
    let instance = stage.instance();
    let session = alice.assume(&role_arn, "alice-at-work").unwrap();
    assert_eq!(state(&session, &instance), "Running");
    session.must("Ecs", "StopInstance", &[("InstanceId", &instance)]);
    server.clock().advance(seconds(2));
    assert_eq!(state(&stage.owner.client, &instance), "Stopped");
    session.must("Ecs", "StartInstance", &[("InstanceId", &instance)]);
    let refusal = session.refused("Ram", "ListUsers", &[], "NoPermission");
    assert_eq!(refusal.access_denied_detail.unwrap().auth_principal_display_name, "ecs-admin:alice-at-work");
    let own = alice.refused("Ecs", "DescribeInstances", &[HERE], "Forbidden.RAM");
    assert_eq!(own.access_denied_detail.unwrap().auth_principal_owner_id, "12345678");
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
