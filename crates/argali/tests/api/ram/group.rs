//! Groups.

use serde_json::json;

use crate::expect::Calls;
use crate::shape::complete;
use crate::world::tenant;

#[test]
fn a_name_is_taken_once_whatever_its_case() {
    let a = tenant();
    a.must("Ram", "CreateGroup", &[("GroupName", "Ops")]);
    a.client.refused("Ram", "CreateGroup", &[("GroupName", "oPS")], "EntityAlreadyExists.Group");
    a.must("Ram", "CreateGroup", &[("GroupName", "dev")]);
    let rename = [("GroupName", "dev"), ("NewGroupName", "OPS")];
    a.client.refused("Ram", "UpdateGroup", &rename, "EntityAlreadyExists.Group");
}

#[test]
fn a_group_that_is_not_there_is_not_found() {
    let a = tenant();
    for action in ["GetGroup", "UpdateGroup", "DeleteGroup", "ListUsersForGroup", "ListPoliciesForGroup"] {
        a.client.refused("Ram", action, &[("GroupName", "nobody")], "EntityNotExist.Group");
        a.client.refused("Ram", action, &[], "MissingGroupName");
    }
}

#[test]
fn a_group_goes_only_when_it_is_empty() {
    let a = tenant();
    let ops = [("GroupName", "ops")];
    let membership = [("UserName", "alice"), ("GroupName", "ops")];
    let grant = [("GroupName", "ops"), ("PolicyName", "AliyunECSFullAccess"), ("PolicyType", "System")];
    a.must("Ram", "CreateGroup", &ops);
    a.must("Ram", "CreateUser", &[("UserName", "alice")]);
    a.must("Ram", "AddUserToGroup", &membership);
    a.must("Ram", "AttachPolicyToGroup", &grant);
    a.client.refused("Ram", "DeleteGroup", &ops, "DeleteConflict.Group.User");
    a.must("Ram", "RemoveUserFromGroup", &membership);
    a.client.refused("Ram", "DeleteGroup", &ops, "DeleteConflict.Group.Policy");
    a.must("Ram", "DetachPolicyFromGroup", &grant);
    complete("Ram", "DeleteGroup", &a.must("Ram", "DeleteGroup", &ops), &[]);
    a.client.refused("Ram", "GetGroup", &ops, "EntityNotExist.Group");
}

#[test]
fn a_group_is_shown_as_it_was_made_and_changed() {
    let a = tenant();
    let made = a.must("Ram", "CreateGroup", &[("GroupName", "ops"), ("Comments", "on call")]);
    complete("Ram", "CreateGroup", &made, &[]);
    let shown = a.must("Ram", "GetGroup", &[("GroupName", "OPS")]);
    complete("Ram", "GetGroup", &shown, &[]);
    assert_eq!(shown["Group"]["Comments"], "on call");
    let params = [("GroupName", "ops"), ("NewGroupName", "sre"), ("NewComments", "always")];
    let changed = a.must("Ram", "UpdateGroup", &params);
    complete("Ram", "UpdateGroup", &changed, &[]);
    assert_eq!(changed["Group"]["GroupId"], made["Group"]["GroupId"]);
    let listed = a.must("Ram", "ListGroups", &[]);
    complete("Ram", "ListGroups", &listed, &["Marker"]);
    assert_eq!(listed["Groups"]["Group"][0]["GroupName"], "sre");
    assert_eq!(listed["Groups"]["Group"][0]["Comments"], "always");
}

#[test]
fn a_renamed_group_keeps_its_members_and_policies() {
    let a = tenant();
    let alice = a.user("alice");
    a.must("Ram", "CreateGroup", &[("GroupName", "ops")]);
    a.must("Ram", "AddUserToGroup", &[("UserName", "alice"), ("GroupName", "ops")]);
    let grant = [("GroupName", "ops"), ("PolicyName", "AliyunRAMReadOnlyAccess"), ("PolicyType", "System")];
    a.must("Ram", "AttachPolicyToGroup", &grant);
    a.must("Ram", "UpdateGroup", &[("GroupName", "ops"), ("NewGroupName", "sre")]);
    alice.must("Ram", "ListUsers", &[]);
    let members = a.must("Ram", "ListUsersForGroup", &[("GroupName", "sre")]);
    assert_eq!(members["Users"]["User"][0]["UserName"], "alice");
    // A new group of the old name has neither.
    a.must("Ram", "CreateGroup", &[("GroupName", "ops")]);
    assert_eq!(a.must("Ram", "ListUsersForGroup", &[("GroupName", "ops")])["Users"]["User"], json!([]));
}
