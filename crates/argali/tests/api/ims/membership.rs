//! Memberships.

use argali_testkit::Enterprise;
use serde_json::json;

use super::{logon_name, user};
use crate::expect::Calls;
use crate::ram::each;
use crate::shape::complete;
use crate::world::tenant;

const OPS: (&str, &str) = ("GroupName", "ops");

fn with_alice_and_ops() -> (Enterprise, String) {
    let a = tenant();
    user(&a, "alice");
    a.must("Ims", "CreateGroup", &[OPS, ("DisplayName", "Operations"), ("Comments", "on call")]);
    let name = logon_name(&a, "alice");
    (a, name)
}

#[test]
fn who_joins_or_leaves_what_must_be_there() {
    let (a, name) = with_alice_and_ops();
    let alice = ("UserPrincipalName", name.as_str());
    let nobody = logon_name(&a, "nobody");
    let elsewhere = logon_name(&with_alice_and_ops().0, "alice");
    for action in ["AddUserToGroup", "RemoveUserFromGroup"] {
        let refused = |params: &[(&str, &str)], code| {
            a.client.refused("Ims", action, params, code);
        };
        refused(&[OPS], "MissingUserPrincipalName");
        refused(&[alice], "MissingGroupName");
        refused(&[("UserPrincipalName", "alice"), OPS], "InvalidParameter.UserPrincipalName");
        refused(&[("UserPrincipalName", &nobody), OPS], "EntityNotExist.User");
        refused(&[("UserPrincipalName", &elsewhere), OPS], "EntityNotExist.User");
        refused(&[alice, ("GroupName", "dev")], "EntityNotExist.Group");
    }
    a.client.refused("Ims", "RemoveUserFromGroup", &[alice, OPS], "EntityNotExist.User.Group");
    a.client.refused("Ims", "ListGroupsForUser", &[("UserPrincipalName", &nobody)], "EntityNotExist.User");
    a.client.refused("Ims", "ListUsersForGroup", &[("GroupName", "dev")], "EntityNotExist.Group");
    a.client.refused("Ims", "ListUsersForGroup", &[OPS, ("MaxItems", "101")], "InvalidParameter.MaxItems");
    a.client.refused("Ims", "ListUsersForGroup", &[OPS, ("Marker", "x")], "InvalidParameter.Marker");
}

#[test]
fn members_have_the_policies_of_their_groups_until_they_leave() {
    let (a, name) = with_alice_and_ops();
    let alice = ("UserPrincipalName", name.as_str());
    let client = a.user("bob");
    let bob = logon_name(&a, "bob");
    let bob = ("UserPrincipalName", bob.as_str());
    let grant = [OPS, ("PolicyName", "AliyunRAMReadOnlyAccess"), ("PolicyType", "System")];
    a.must("Ram", "AttachPolicyToGroup", &grant);
    complete("Ims", "AddUserToGroup", &a.must("Ims", "AddUserToGroup", &[bob, OPS]), &[]);
    a.client.refused("Ims", "AddUserToGroup", &[bob, OPS], "EntityAlreadyExists.User.Group");
    client.must("Ims", "GetUser", &[alice]);
    a.must("Ims", "AddUserToGroup", &[alice, OPS]);

    let groups = a.must("Ims", "ListGroupsForUser", &[alice]);
    complete("Ims", "ListGroupsForUser", &groups, &[]);
    assert_eq!(groups["Groups"]["Group"][0]["DisplayName"], "Operations");
    let first = a.must("Ims", "ListUsersForGroup", &[OPS, ("MaxItems", "1")]);
    let rest = a.must("Ims", "ListUsersForGroup", &[OPS, ("Marker", first["Marker"].as_str().unwrap())]);
    let names = [&first, &rest].map(|page| each(&page["Users"]["User"], "UserPrincipalName")).concat();
    assert_eq!(names.len(), 2);
    assert!(names.contains(&name.as_str()) && names.contains(&bob.1), "{names:?}");
    let answer = a.must("Ims", "RemoveUserFromGroup", &[bob, OPS]);
    complete("Ims", "RemoveUserFromGroup", &answer, &[]);
    client.refused("Ims", "GetUser", &[alice], "NoPermission");
    let members = a.must("Ims", "ListUsersForGroup", &[OPS]);
    complete("Ims", "ListUsersForGroup", &members, &["Marker"]);
    assert_eq!(a.must("Ims", "ListGroupsForUser", &[bob])["Groups"]["Group"], json!([]));
}
