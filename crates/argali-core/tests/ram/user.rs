//! Users.

use crate::world::{World, at};

#[test]
fn bad_requests_name_the_parameter_and_what_is_wrong() {
    let world = World::new();
    let long = "a".repeat(65);
    world.all_refused(&[
        ("CreateUser", &[], 400, "MissingUserName"),
        ("CreateUser", &[("UserName", "")], 400, "MissingUserName"),
        ("CreateUser", &[("UserName", &long)], 400, "InvalidParameter.UserName.Length"),
        ("CreateUser", &[("UserName", "a b")], 400, "InvalidParameter.UserName.InvalidChars"),
        ("CreateUser", &[("UserName", "a"), ("Email", "a b")], 400, "InvalidParameter.Email.Format"),
        (
            "CreateUser",
            &[("UserName", "a"), ("MobilePhone", "one")],
            400,
            "InvalidParameter.MobilePhone.Format",
        ),
        ("GetUser", &[("UserName", "nobody")], 404, "EntityNotExist.User"),
        ("UpdateUser", &[("UserName", "nobody")], 404, "EntityNotExist.User"),
        ("DeleteUser", &[("UserName", "nobody")], 404, "EntityNotExist.User"),
        ("ListUsers", &[("MaxItems", "1001")], 400, "InvalidParameter.MaxItems"),
        ("ListUsers", &[("Marker", "x")], 400, "InvalidParameter.Marker"),
    ]);
}

#[test]
fn a_user_is_made_shown_renamed_and_removed() {
    let world = World::new();
    let made = world.ok(&world.root, "CreateUser", &[("UserName", "Alice"), ("Comments", "first")]);
    assert_eq!(at(&made, "/User/CreateDate"), "2025-06-15T15:06:40Z");
    world.all_refused(&[("CreateUser", &[("UserName", "aLICE")], 409, "EntityAlreadyExists.User")]);
    world.advance_s(60);
    let renamed = world.ok(&world.root, "UpdateUser", &[("UserName", "alice"), ("NewUserName", "bob")]);
    assert_eq!(at(&renamed, "/User/UserId"), at(&made, "/User/UserId"));
    assert_eq!(at(&renamed, "/User/Comments"), "first");
    assert_eq!(at(&renamed, "/User/UpdateDate"), "2025-06-15T15:07:40Z");
    world.all_refused(&[("GetUser", &[("UserName", "alice")], 404, "EntityNotExist.User")]);
    world.ok(&world.root, "DeleteUser", &[("UserName", "BOB")]);
    world.all_refused(&[("GetUser", &[("UserName", "bob")], 404, "EntityNotExist.User")]);
}

#[test]
fn a_user_with_keys_policies_or_groups_stays() {
    let world = World::new();
    world.user("alice");
    world.groups(1);
    let both = [("UserName", "alice"), ("GroupName", "g00")];
    let policy = [("UserName", "alice"), ("PolicyType", "System"), ("PolicyName", "ReadOnlyAccess")];
    let delete = |code| world.refused(&world.root, "DeleteUser", &[("UserName", "alice")], 409, code);
    world.ok(&world.root, "AddUserToGroup", &both);
    world.ok(&world.root, "AttachPolicyToUser", &policy);
    delete("DeleteConflict.User.Group");
    world.ok(&world.root, "RemoveUserFromGroup", &both);
    delete("DeleteConflict.User.Policy");
    world.ok(&world.root, "DetachPolicyFromUser", &policy);
    delete("DeleteConflict.User.AccessKey");
}

#[test]
fn an_account_has_only_so_many_users() {
    let world = World::with_limits(|limits| limits.users = 1);
    world.ok(&world.root, "CreateUser", &[("UserName", "a")]);
    world.all_refused(&[("CreateUser", &[("UserName", "b")], 409, "LimitExceeded.User")]);
    world.ok(&world.root, "DeleteUser", &[("UserName", "a")]);
    world.ok(&world.root, "CreateUser", &[("UserName", "b")]);
}

#[test]
fn users_are_listed_in_pages_in_the_order_of_their_names() {
    let world = World::new();
    for name in ["c", "a", "B", "d", "E"] {
        world.ok(&world.root, "CreateUser", &[("UserName", name)]);
    }
    for size in 1..=6 {
        assert_eq!(world.pages("ListUsers", &[], size, "/Users/User", "UserName"), ["a", "B", "c", "d", "E"]);
    }
}
