//! Groups.

use crate::world::{World, at};

#[test]
fn bad_requests_name_the_parameter_and_what_is_wrong() {
    let world = World::new();
    let (long, remark) = ("a".repeat(65), "x".repeat(129));
    world.groups(1);
    world.all_refused(&[
        ("CreateGroup", &[], 400, "MissingGroupName"),
        ("CreateGroup", &[("GroupName", &long)], 400, "InvalidParameter.GroupName.Length"),
        ("CreateGroup", &[("GroupName", "a/b")], 400, "InvalidParameter.GroupName.InvalidChars"),
        (
            "CreateGroup",
            &[("GroupName", "a"), ("Comments", &remark)],
            400,
            "InvalidParameter.Comments.Length",
        ),
        ("CreateGroup", &[("GroupName", "G00")], 409, "EntityAlreadyExists.Group"),
        ("GetGroup", &[("GroupName", "none")], 404, "EntityNotExist.Group"),
        ("UpdateGroup", &[("GroupName", "none")], 404, "EntityNotExist.Group"),
        (
            "UpdateGroup",
            &[("GroupName", "g00"), ("NewGroupName", &long)],
            400,
            "InvalidParameter.NewGroupName.Length",
        ),
        (
            "UpdateGroup",
            &[("GroupName", "g00"), ("NewComments", &remark)],
            400,
            "InvalidParameter.NewComments.Length",
        ),
        ("DeleteGroup", &[("GroupName", "none")], 404, "EntityNotExist.Group"),
        ("ListGroups", &[("MaxItems", "101")], 400, "InvalidParameter.MaxItems"),
        ("ListGroups", &[("MaxItems", "0")], 400, "InvalidParameter.MaxItems"),
        ("ListGroups", &[("Marker", "nonsense")], 400, "InvalidParameter.Marker"),
    ]);
}

#[test]
fn a_group_is_made_shown_renamed_and_removed() {
    let world = World::new();
    let made = world.ok(&world.root, "CreateGroup", &[("GroupName", "Ops"), ("Comments", "on call")]);
    assert!(at(&made, "/Group/GroupId").as_str().unwrap().starts_with("g-"));
    world.groups(1);
    world.all_refused(&[(
        "UpdateGroup",
        &[("GroupName", "ops"), ("NewGroupName", "G00")],
        409,
        "EntityAlreadyExists.Group",
    )]);
    world.ok(&world.root, "UpdateGroup", &[("GroupName", "ops"), ("NewGroupName", "OPS")]);
    world.advance_s(1);
    world.ok(
        &world.root,
        "UpdateGroup",
        &[("GroupName", "Ops"), ("NewGroupName", "sre"), ("NewComments", "")],
    );
    let shown = world.ok(&world.root, "GetGroup", &[("GroupName", "sre")]);
    assert_eq!(at(&shown, "/Group/GroupId"), at(&made, "/Group/GroupId"));
    assert_eq!(at(&shown, "/Group/Comments"), "");
    assert_eq!(at(&shown, "/Group/UpdateDate"), "2025-06-15T15:06:41Z");
    world.ok(&world.root, "DeleteGroup", &[("GroupName", "sre")]);
    world.all_refused(&[("GetGroup", &[("GroupName", "sre")], 404, "EntityNotExist.Group")]);
}

#[test]
fn a_renamed_group_keeps_its_members_and_policies() {
    let world = World::new();
    let alice = world.user("alice");
    world.groups(1);
    world.ok(&world.root, "AddUserToGroup", &[("UserName", "alice"), ("GroupName", "g00")]);
    let policy = [("GroupName", "g00"), ("PolicyType", "System"), ("PolicyName", "AliyunRAMReadOnlyAccess")];
    world.refused(&alice, "ListUsers", &[], 403, "NoPermission");
    world.ok(&world.root, "AttachPolicyToGroup", &policy);
    world.ok(&alice, "ListUsers", &[]);
    world.ok(&world.root, "UpdateGroup", &[("GroupName", "g00"), ("NewGroupName", "readers")]);
    world.ok(&alice, "ListUsers", &[]);
    world.ok(&world.root, "RemoveUserFromGroup", &[("UserName", "alice"), ("GroupName", "readers")]);
    world.refused(&alice, "ListUsers", &[], 403, "NoPermission");
}

#[test]
fn a_group_with_members_or_policies_stays() {
    let world = World::new();
    world.user("alice");
    world.groups(1);
    let both = [("UserName", "alice"), ("GroupName", "g00")];
    let policy = [("GroupName", "g00"), ("PolicyType", "System"), ("PolicyName", "ReadOnlyAccess")];
    let delete = |code| world.refused(&world.root, "DeleteGroup", &[("GroupName", "g00")], 409, code);
    world.ok(&world.root, "AddUserToGroup", &both);
    world.ok(&world.root, "AttachPolicyToGroup", &policy);
    delete("DeleteConflict.Group.User");
    world.ok(&world.root, "RemoveUserFromGroup", &both);
    delete("DeleteConflict.Group.Policy");
    world.ok(&world.root, "DetachPolicyFromGroup", &policy);
    world.ok(&world.root, "DeleteGroup", &[("GroupName", "g00")]);
}

#[test]
fn an_account_has_only_so_many_groups() {
    let world = World::with_limits(|limits| limits.groups = 2);
    world.groups(2);
    world.all_refused(&[("CreateGroup", &[("GroupName", "x")], 409, "LimitExceeded.Group")]);
}

#[test]
fn groups_are_listed_in_pages_and_markers_fit_no_other_list() {
    let world = World::new();
    world.groups(5);
    for size in 1..=6 {
        let names = world.pages("ListGroups", &[], size, "/Groups/Group", "GroupName");
        assert_eq!(names, ["g00", "g01", "g02", "g03", "g04"]);
    }
    let page = world.ok(&world.root, "ListGroups", &[("MaxItems", "2")]);
    let marker = page["Marker"].as_str().unwrap();
    world.all_refused(&[("ListUsers", &[("Marker", marker)], 400, "InvalidParameter.Marker")]);
    let other = world.other_account();
    world.refused(&other, "ListGroups", &[("Marker", marker)], 400, "InvalidParameter.Marker");
}
