//! Who may do what to which connection, in its own account.

use argali_testkit::allow;
use serde_json::json;

use super::{HERE, stage};
use crate::expect::Calls;
use crate::shape::known;

#[test]
fn a_policy_can_name_one_connection() {
    stage!(server, stage);
    let (mine, other) = (stage.enabled_connection(), stage.enabled_connection());
    let owner = &stage.owner;
    let alice = owner.user("alice");
    let arn = |kind: &str, id: &str| format!("acs:vpc:{}:{}:{kind}/{id}", HERE.1, owner.id);
    let connection = arn("physicalconnection", &mine);
    owner.grant_document(
        "alice",
        "one",
        &allow(&["vpc:*PhysicalConnection*", "vpc:*VirtualBorder*"], &[&connection]),
    );
    let rename = |id| [HERE, ("PhysicalConnectionId", id), ("Name", "renamed")];
    alice.must("Vpc", "ModifyPhysicalConnectionAttribute", &rename(&mine));
    for id in [other.as_str(), "pc-none"] {
        alice.refused("Vpc", "ModifyPhysicalConnectionAttribute", &rename(id), "Forbidden.RAM");
    }
    // A border router needs both the connection and the right to make border routers.
    let router = [HERE, ("PhysicalConnectionId", mine.as_str()), ("VlanId", "7")];
    let refusal = alice.refused("Vpc", "CreateVirtualBorderRouter", &router, "Forbidden.RAM");
    assert_eq!(refusal.access_denied_detail.unwrap().auth_action, "vpc:CreateVirtualBorderRouter");
    let all = arn("virtualborderrouter", "*");
    owner.grant_document("alice", "make", &allow(&["vpc:CreateVirtualBorderRouter"], &[&all]));
    alice.must("Vpc", "CreateVirtualBorderRouter", &router);
    alice.must("Vpc", "DescribeVirtualBorderRoutersForPhysicalConnection", &router[..2]);
}

#[test]
fn tags_say_who_may_change_a_connection() {
    stage!(server, stage);
    let (web, db) = (stage.connection(), stage.connection());
    let owner = &stage.owner;
    let tag = |id, team| {
        [
            HERE,
            ("ResourceType", "PHYSICALCONNECTION"),
            ("ResourceId.1", id),
            ("Tag.1.Key", "team"),
            ("Tag.1.Value", team),
        ]
    };
    owner.must("Vpc", "TagResourcesForExpressConnect", &tag(&web, "web"));
    owner.must("Vpc", "TagResourcesForExpressConnect", &tag(&db, "db"));
    let listed = owner.must("Vpc", "ListTagResourcesForExpressConnect", &tag(&web, "web")[..2]);
    known("Vpc", "ListTagResourcesForExpressConnect", &listed);
    let alice = owner.user("alice");
    let mut document = allow(&["vpc:EnablePhysicalConnection"], &["*"]);
    document["Statement"][0]["Condition"] = json!({ "StringEquals": { "acs:ResourceTag/team": "web" } });
    owner.grant_document("alice", "team", &document);
    alice.must("Vpc", "EnablePhysicalConnection", &[HERE, ("PhysicalConnectionId", &web)]);
    alice.refused("Vpc", "EnablePhysicalConnection", &[HERE, ("PhysicalConnectionId", &db)], "Forbidden.RAM");
}
