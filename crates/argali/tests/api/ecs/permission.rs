//! Who may do what to which instance.

use argali_testkit::{Delegation, TestServer, allow, seconds};
use serde_json::json;

use super::{HERE, changed, stage, state};
use crate::expect::Calls;
use crate::stage::{REGION, Stage, borrowed, text};
use crate::world::tenant_on;

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
