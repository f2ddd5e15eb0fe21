//! What counts in one resource group alone: which resources it reaches, and when it ends.
// SPEC: evaluation, scope: account or resource group; worked examples. S0-28, S0-29, S0-30, S4-05.

use argali_testkit::{Client, TestServer, allow, seconds, trust};
use serde_json::{Value, json};

use super::{default_group, resource_group};
use crate::expect::Calls;
use crate::stage::{Params, REGION, Stage, borrowed, text};
use crate::world::tenant_on;

const HERE: (&str, &str) = ("RegionId", REGION);

/// A server with an account that has a network, an instance in the group `ours` and one in `theirs`.
struct Scene<'s> {
    stage: Stage<'s>,
    ours: String,
    theirs: String,
    our_instance: String,
    their_instance: String,
}

impl<'s> Scene<'s> {
    fn set_up(server: &'s TestServer) -> Self {
        let stage = Stage::new(server, tenant_on(server));
        let (ours, theirs) = (resource_group(&stage.owner), resource_group(&stage.owner));
        let made = |group: &str| {
            let params: Params = [stage.new_instance(), vec![("ResourceGroupId", group.to_owned())]].concat();
            let made = stage.owner.must("Ecs", "RunInstances", &borrowed(&params));
            text(&made["InstanceIdSets"]["InstanceIdSet"][0])
        };
        let (our_instance, their_instance) = (made(&ours), made(&theirs));
        server.clock().advance(seconds(3));
        Self { stage, ours, theirs, our_instance, their_instance }
    }

    /// Lets a system policy count for a user in one group.
    fn grant(&self, user: &str, policy: &str, group: &str) {
        let params = [
            ("UserName", user),
            ("PolicyName", policy),
            ("PolicyType", "System"),
            ("ResourceGroupId", group),
        ];
        self.stage.owner.must("Ram", "AttachPolicyToUser", &params);
    }

    /// Lets a policy of the account count for a user in one group.
    fn grant_document(&self, user: &str, name: &str, document: &Value, group: &str) {
        let owner = &self.stage.owner;
        let document = document.to_string();
        owner.must("Ram", "CreatePolicy", &[("PolicyName", name), ("PolicyDocument", &document)]);
        let params =
            [("UserName", user), ("PolicyName", name), ("PolicyType", "Custom"), ("ResourceGroupId", group)];
        owner.must("Ram", "AttachPolicyToUser", &params);
    }

    fn join(&self, client: &Client, instance: &str, group: &str) -> Result<Value, String> {
        let params =
            [HERE, ("ResourceType", "instance"), ("ResourceId", instance), ("ResourceGroupId", group)];
        client.call("Ecs", "JoinResourceGroup", &params).map_err(|failure| failure.code)
    }
}

/// The instances that a client sees in a group.
fn seen(client: &Client, group: &str) -> Vec<String> {
    let found = client.must("Ecs", "DescribeInstances", &[HERE, ("ResourceGroupId", group)]);
    let instances = found["Instances"]["Instance"].as_array().unwrap();
    instances.iter().map(|instance| text(&instance["InstanceId"])).collect()
}

fn may_reboot(client: &Client, instance: &str) -> bool {
    match client.call("Ecs", "RebootInstance", &[("InstanceId", instance), ("DryRun", "true")]) {
        Ok(_) => true,
        Err(failure) => {
            assert!(["Forbidden.RAM", "DryRunOperation"].contains(&failure.code.as_str()), "{failure}");
            failure.code == "DryRunOperation"
        }
    }
}

#[test]
fn a_grant_in_a_group_reaches_what_is_in_it_and_nothing_else() {
    let server = TestServer::start();
    let scene = Scene::set_up(&server);
    let owner = &scene.stage.owner;
    let alice = owner.user("alice");
    assert!(!may_reboot(&alice, &scene.our_instance));
    scene.grant("alice", "AliyunECSFullAccess", &scene.ours);
    assert!(may_reboot(&alice, &scene.our_instance));
    assert!(!may_reboot(&alice, &scene.their_instance));
    assert!(!may_reboot(&alice, "i-none"), "what is not there is refused like what is not hers");

    assert_eq!(seen(&alice, &scene.ours), [scene.our_instance.as_str()]);
    for elsewhere in [&scene.theirs, &default_group(owner)] {
        let params = [HERE, ("ResourceGroupId", elsewhere.as_str())];
        alice.refused("Ecs", "DescribeInstances", &params, "Forbidden.RAM");
    }
    alice.refused("Ecs", "DescribeInstances", &[HERE], "Forbidden.RAM");
    let both = json!([scene.our_instance, scene.their_instance]).to_string();
    alice.refused("Ecs", "DescribeInstances", &[HERE, ("InstanceIds", &both)], "Forbidden.RAM");
    let one = json!([scene.our_instance]).to_string();
    let found = alice.must("Ecs", "DescribeInstances", &[HERE, ("InstanceIds", &one)]);
    assert_eq!(found["TotalCount"], 1);
    // Users are in no group, whatever counts there.
    scene.grant("alice", "AdministratorAccess", &scene.ours);
    alice.refused("Ram", "ListUsers", &[], "NoPermission");
    alice.refused("Ram", "CreateUser", &[("UserName", "bob")], "NoPermission");
}

#[test]
fn a_role_may_be_confined_to_a_group() {
    let server = TestServer::start();
    let scene = Scene::set_up(&server);
    let (a, b) = (&scene.stage.owner, tenant_on(&server));
    let document = trust(&[&b.root_arn()]).to_string();
    let role = [("RoleName", "ops"), ("AssumeRolePolicyDocument", document.as_str())];
    let arn = text(&a.must("Ram", "CreateRole", &role)["Role"]["Arn"]);
    let attached = [
        ("RoleName", "ops"),
        ("PolicyName", "AliyunECSFullAccess"),
        ("PolicyType", "System"),
        ("ResourceGroupId", scene.ours.as_str()),
    ];
    a.must("Ram", "AttachPolicyToRole", &attached);
    let alice = b.user("alice");
    b.grant("alice", "AliyunSTSAssumeRoleAccess");
    let session = alice.assume(&arn, "alice").unwrap();
    assert_eq!(seen(&session, &scene.ours), [scene.our_instance.as_str()]);
    assert!(may_reboot(&session, &scene.our_instance) && !may_reboot(&session, &scene.their_instance));
    a.client.refused("Ram", "DeleteRole", &role[..1], "DeleteConflict.Role.Policy");
    a.must("Ram", "DetachPolicyFromRole", &attached);
    assert!(!may_reboot(&session, &scene.our_instance));
    a.must("Ram", "DeleteRole", &role[..1]);
}

#[test]
fn the_scope_of_the_account_comes_first() {
    let server = TestServer::start();
    let scene = Scene::set_up(&server);
    let owner = &scene.stage.owner;
    let reboot = allow(&["ecs:RebootInstance"], &["*"]);
    let mut deny = reboot.clone();
    deny["Statement"][0]["Effect"] = json!("Deny");
    // Silent in the account, both in the group: the Deny decides.
    let alice = owner.user("alice");
    scene.grant_document("alice", "may", &reboot, &scene.ours);
    assert!(may_reboot(&alice, &scene.our_instance));
    scene.grant_document("alice", "may-not", &deny, &scene.ours);
    let refusal =
        alice.refused("Ecs", "RebootInstance", &[("InstanceId", &scene.our_instance)], "Forbidden.RAM");
    let detail = refusal.access_denied_detail.unwrap();
    assert_eq!(detail.policy_type, "ResourceGroupLevelIdentityBasedPolicy");
    assert_eq!(detail.no_permission_type, "ExplicitDeny");
    // An Allow in the account is final: the group's Deny is never read.
    let everywhere = [("UserName", "alice"), ("PolicyName", "may"), ("PolicyType", "Custom")];
    owner.must("Ram", "AttachPolicyToUser", &everywhere);
    assert!(may_reboot(&alice, &scene.our_instance) && may_reboot(&alice, &scene.their_instance));
    // And so is a Deny in the account.
    let bob = owner.user("bob");
    scene.grant("bob", "AliyunECSFullAccess", &scene.ours);
    assert!(may_reboot(&bob, &scene.our_instance));
    let denied = [("UserName", "bob"), ("PolicyName", "may-not"), ("PolicyType", "Custom")];
    owner.must("Ram", "AttachPolicyToUser", &denied);
    assert!(!may_reboot(&bob, &scene.our_instance));
}

#[test]
fn what_is_moved_is_reached_from_its_new_group_at_once() {
    let server = TestServer::start();
    let scene = Scene::set_up(&server);
    let owner = &scene.stage.owner;
    let (alice, bob) = (owner.user("alice"), owner.user("bob"));
    scene.grant("alice", "AliyunECSFullAccess", &scene.ours);
    scene.grant("bob", "AliyunECSFullAccess", &scene.theirs);
    // Nobody takes what is another's, nor puts it where he may do nothing.
    assert_eq!(scene.join(&alice, &scene.their_instance, &scene.ours), Err("Forbidden.RAM".to_owned()));
    assert_eq!(scene.join(&alice, &scene.our_instance, &scene.theirs), Err("Forbidden.RAM".to_owned()));
    let absent = Err("InvalidResourceGroup.NotFound".to_owned());
    assert_eq!(scene.join(&owner.client, &scene.our_instance, "rg-nosuchgroup1"), absent);
    assert_eq!(scene.join(&owner.client, &scene.our_instance, "nosuchgroup"), absent);
    assert_eq!(scene.join(&owner.client, &scene.our_instance, &default_group(&tenant_on(&server))), absent);

    scene.join(&owner.client, &scene.our_instance, &scene.theirs).unwrap();
    assert!(!may_reboot(&alice, &scene.our_instance) && may_reboot(&bob, &scene.our_instance));
    assert_eq!(seen(&alice, &scene.ours), Vec::<String>::new());
    // Whoever may move it on both sides may.
    scene.grant("bob", "AliyunECSFullAccess", &scene.ours);
    scene.join(&bob, &scene.our_instance, &scene.ours).unwrap();
    assert!(may_reboot(&alice, &scene.our_instance));
}

#[test]
fn whoever_may_create_in_a_group_may_not_elsewhere() {
    let server = TestServer::start();
    let scene = Scene::set_up(&server);
    let alice = scene.stage.owner.user("alice");
    scene.grant("alice", "AliyunECSFullAccess", &scene.ours);
    let vpc = scene.stage.network().vpc.clone();
    let create = |group: Option<&str>| {
        let mut params = vec![HERE, ("VpcId", vpc.as_str())];
        params.extend(group.map(|group| ("ResourceGroupId", group)));
        alice.call("Ecs", "CreateSecurityGroup", &params).map(|_| ()).map_err(|failure| failure.code)
    };
    let refused = Err("Forbidden.RAM".to_owned());
    assert_eq!(create(None), refused);
    assert_eq!(create(Some(&scene.theirs)), refused);
    assert_eq!(create(Some("rg-nosuchgroup1")), refused);
    assert_eq!(create(Some(&scene.ours)), Ok(()));
}

#[test]
fn a_grant_ends_with_its_group() {
    let server = TestServer::start();
    let scene = Scene::set_up(&server);
    let owner = &scene.stage.owner;
    owner.user("alice");
    scene.grant("alice", "AliyunECSFullAccess", &scene.ours);
    let this = [("ResourceGroupId", scene.ours.as_str())];
    owner.client.refused(
        "ResourceManager",
        "DeleteResourceGroup",
        &this,
        "DeleteConflict.ResourceGroup.Resource",
    );
    owner.client.refused("Ram", "DeleteUser", &[("UserName", "alice")], "DeleteConflict.User.Policy");
    // The disk of an instance is in its group, too.
    owner.must("Ecs", "DeleteInstance", &[("InstanceId", &scene.our_instance), ("Force", "true")]);
    owner.must("ResourceManager", "DeleteResourceGroup", &this);
    let keys = owner.must("Ram", "ListAccessKeys", &[("UserName", "alice")]);
    let key = text(&keys["AccessKeys"]["AccessKey"][0]["AccessKeyId"]);
    owner.must("Ram", "DeleteAccessKey", &[("UserName", "alice"), ("UserAccessKeyId", &key)]);
    owner.must("Ram", "DeleteUser", &[("UserName", "alice")]);
    let params = [scene.stage.new_instance(), vec![("ResourceGroupId", scene.ours.clone())]].concat();
    owner.client.refused("Ecs", "RunInstances", &borrowed(&params), "InvalidResourceGroup.NotFound");
}
