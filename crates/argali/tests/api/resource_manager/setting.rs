//! What an account decides about all of its resource groups.

use argali_testkit::{TestServer, allow, seconds};
use serde_json::json;

use super::{default_group, resource_group};
use crate::expect::Calls;
use crate::shape::complete;
use crate::stage::{REGION, Stage, text};
use crate::world::{tenant, tenant_on};

const RM: &str = "ResourceManager";

#[test]
fn who_makes_a_group_may_administer_it() {
    let a = tenant();
    let alice = a.user("alice");
    a.grant_document("alice", "makes-groups", &allow(&["ram:CreateResourceGroup"], &["*"]));
    let role = a.role("maker", &[&a.root_arn()], &[]);
    let made = [("RoleName", "maker"), ("PolicyName", "makes-groups"), ("PolicyType", "Custom")];
    a.must("Ram", "AttachPolicyToRole", &made);
    let bob = a.user("bob");
    a.grant("bob", "AliyunSTSAssumeRoleAccess");
    let session = bob.assume(&role, "bob").unwrap();
    let make = |client: &argali_testkit::Client, name: &str| {
        let made = client.must(RM, "CreateResourceGroup", &[("Name", name), ("DisplayName", "Mine")]);
        text(&made["ResourceGroup"]["Id"])
    };
    a.client.refused(RM, "UpdateResourceGroupAdminSetting", &[], "MissingCreatorAsAdmin");
    let shown = a.must(RM, "GetResourceGroupAdminSetting", &[]);
    complete(RM, "GetResourceGroupAdminSetting", &shown, &[]);
    assert_eq!(shown["CreatorAsAdmin"], false);
    let before = make(&alice, "before");
    alice.refused(RM, "GetResourceGroup", &[("ResourceGroupId", &before)], "NoPermission");
    let changed = a.must(RM, "UpdateResourceGroupAdminSetting", &[("CreatorAsAdmin", "true")]);
    complete(RM, "UpdateResourceGroupAdminSetting", &changed, &[]);
    assert_eq!(a.must(RM, "GetResourceGroupAdminSetting", &[])["CreatorAsAdmin"], true);
    for (client, name) in [(&alice, "of-alice"), (&session, "of-the-role")] {
        let group = make(client, name);
        client.must(RM, "GetResourceGroup", &[("ResourceGroupId", &group)]);
        client.must("Vpc", "CreateVpc", &[("RegionId", REGION), ("ResourceGroupId", &group)]);
        client.refused("Vpc", "CreateVpc", &[("RegionId", REGION)], "Forbidden.RAM");
        client.refused(RM, "GetResourceGroup", &[("ResourceGroupId", &before)], "NoPermission");
    }
    // The account itself needs nothing.
    let group = make(&a.client, "of-the-account");
    assert_eq!(a.must(RM, "ListPolicyAttachments", &[("ResourceGroupId", &group)])["TotalCount"], 0);
}

#[test]
fn parts_move_with_their_whole_if_the_account_wants_it() {
    let server = TestServer::start();
    let stage = Stage::new(&server, tenant_on(&server));
    let instance = stage.instance();
    server.clock().advance(seconds(3));
    let a = &stage.owner;
    let disks = |group: &str| {
        let params = [("Service", "ecs"), ("ResourceType", "disk"), ("ResourceGroupId", group)];
        a.must(RM, "ListResources", &params)["TotalCount"].clone()
    };
    let (default, one, two, three) =
        (default_group(a), resource_group(a), resource_group(a), resource_group(a));
    let join = |group: &str| {
        let here = ("RegionId", REGION);
        let params =
            [here, ("ResourceType", "instance"), ("ResourceId", &instance), ("ResourceGroupId", group)];
        a.must("Ecs", "JoinResourceGroup", &params);
    };
    join(&one);
    assert_eq!(disks(&default), 1, "unless told, each moves by itself");

    let rule = |status: &'static str| {
        [
            ("RuleSettings.1.MasterService", "ecs"),
            ("RuleSettings.1.MasterResourceType", "instance"),
            ("RuleSettings.1.AssociatedService", "ecs"),
            ("RuleSettings.1.AssociatedResourceType", "disk"),
            ("RuleSettings.1.Status", status),
        ]
    };
    let update = "UpdateAssociatedTransferSetting";
    let closed = "UnsupportedOperation.UpdateAssociatedTransferRuleSetting";
    a.client.refused(RM, update, &rule("Enable"), closed);
    complete(RM, "EnableAssociatedTransfer", &a.must(RM, "EnableAssociatedTransfer", &[]), &[]);
    let shown = a.must(RM, "ListAssociatedTransferSetting", &[]);
    complete(RM, "ListAssociatedTransferSetting", &shown, &[]);
    let setting = &shown["AssociatedTransferSetting"];
    assert_eq!(
        (&setting["Status"], &setting["RuleSettings"][0]["Status"]),
        (&json!("Enable"), &json!("Enable"))
    );
    join(&two);
    assert_eq!((disks(&default), disks(&two)), (json!(0), json!(1)));

    a.client.refused(RM, update, &rule("Enable")[..4], "MissingRuleSettings.1.Status");
    let unknown = [("RuleSettings.1.MasterResourceType", "vpc"), ("RuleSettings.1.Status", "Disable")];
    a.client.refused(RM, update, &unknown, "EntityNotExists.AssociatedTransferRule");
    let existing = [("EnableExistingResourcesTransfer", "true")];
    a.client.refused(RM, update, &existing, "InvalidParameter.EnableExistingResourcesTransfer");
    complete(RM, update, &a.must(RM, update, &rule("Disable")), &[]);
    let shown = a.must(RM, "ListAssociatedTransferSetting", &[]);
    assert_eq!(shown["AssociatedTransferSetting"]["RuleSettings"][0]["Status"], "Disable");
    join(&three);
    assert_eq!((disks(&two), disks(&three)), (json!(1), json!(0)));
    a.must(RM, update, &rule("Enable"));
    // A move through Resource Management is the same.
    let moved = [
        ("ResourceGroupId", one.as_str()),
        ("Resources.1.Service", "ecs"),
        ("Resources.1.ResourceType", "instance"),
        ("Resources.1.ResourceId", &instance),
    ];
    a.must(RM, "MoveResources", &moved);
    assert_eq!(disks(&one), 1);
    complete(RM, "DisableAssociatedTransfer", &a.must(RM, "DisableAssociatedTransfer", &[]), &[]);
    join(&two);
    assert_eq!(disks(&one), 1);
}
