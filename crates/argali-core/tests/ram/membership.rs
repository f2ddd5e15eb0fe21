//! Memberships.

use crate::world::{World, at, names};

#[test]
fn both_sides_must_exist_and_fit() {
    let world = World::new();
    world.user("alice");
    world.groups(1);
    world.ok(&world.root, "AddUserToGroup", &[("UserName", "alice"), ("GroupName", "g00")]);
    world.ok(&world.root, "CreateUser", &[("UserName", "bob")]);
    world.all_refused(&[
        ("AddUserToGroup", &[("UserName", "alice")], 400, "MissingGroupName"),
        ("AddUserToGroup", &[("GroupName", "g00")], 400, "MissingUserName"),
        ("AddUserToGroup", &[("UserName", "none"), ("GroupName", "g00")], 404, "EntityNotExist.User"),
        ("AddUserToGroup", &[("UserName", "alice"), ("GroupName", "none")], 404, "EntityNotExist.Group"),
        (
            "AddUserToGroup",
            &[("UserName", "Alice"), ("GroupName", "G00")],
            409,
            "EntityAlreadyExists.User.Group",
        ),
        ("RemoveUserFromGroup", &[("UserName", "none"), ("GroupName", "g00")], 404, "EntityNotExist.User"),
        ("RemoveUserFromGroup", &[("UserName", "bob"), ("GroupName", "none")], 404, "EntityNotExist.Group"),
        (
            "RemoveUserFromGroup",
            &[("UserName", "bob"), ("GroupName", "g00")],
            404,
            "EntityNotExist.User.Group",
        ),
        ("ListGroupsForUser", &[("UserName", "none")], 404, "EntityNotExist.User"),
        ("ListUsersForGroup", &[("GroupName", "none")], 404, "EntityNotExist.Group"),
        ("ListUsersForGroup", &[("GroupName", "g00"), ("MaxItems", "0")], 400, "InvalidParameter.MaxItems"),
        ("ListUsersForGroup", &[("GroupName", "g00"), ("Marker", "?")], 400, "InvalidParameter.Marker"),
    ]);
}

#[test]
fn a_user_is_in_only_so_many_groups() {
    let world = World::with_limits(|limits| limits.groups_of_user = 2);
    world.user("alice");
    world.groups(3);
    for group in ["g01", "g00"] {
        world.ok(&world.root, "AddUserToGroup", &[("UserName", "alice"), ("GroupName", group)]);
    }
    let third = [("UserName", "alice"), ("GroupName", "g02")];
    world.all_refused(&[("AddUserToGroup", &third, 409, "LimitExceeded.User.Group")]);
    world.ok(&world.root, "RemoveUserFromGroup", &[("UserName", "alice"), ("GroupName", "g00")]);
    world.ok(&world.root, "AddUserToGroup", &third);
    let groups = world.ok(&world.root, "ListGroupsForUser", &[("UserName", "alice")]);
    assert_eq!(names(&groups, "/Groups/Group", "GroupName"), ["g01", "g02"]);
    assert_eq!(at(&groups, "/Groups/Group/0/JoinDate"), "2025-06-15T15:06:40Z");
}

#[test]
fn members_are_listed_in_pages_and_a_marker_fits_one_group() {
    let world = World::new();
    world.groups(2);
    for name in ["a", "b", "c", "d", "e"] {
        world.ok(&world.root, "CreateUser", &[("UserName", name), ("DisplayName", name)]);
        world.ok(&world.root, "AddUserToGroup", &[("UserName", name), ("GroupName", "g00")]);
    }
    for size in [1, 2, 5, 6] {
        let group = [("GroupName", "g00")];
        let mut members = world.pages("ListUsersForGroup", &group, size, "/Users/User", "UserName");
        members.sort();
        assert_eq!(members, ["a", "b", "c", "d", "e"]);
    }
    let page = world.ok(&world.root, "ListUsersForGroup", &[("GroupName", "g00"), ("MaxItems", "2")]);
    let marker = page["Marker"].as_str().unwrap();
    let elsewhere = [("GroupName", "g01"), ("Marker", marker)];
    world.all_refused(&[("ListUsersForGroup", &elsewhere, 400, "InvalidParameter.Marker")]);
    let empty = world.ok(&world.root, "ListUsersForGroup", &[("GroupName", "g01")]);
    assert_eq!(at(&empty, "/Users/User").as_array().unwrap().len(), 0);
}
