//! Memberships.

use argali_testkit::TestServer;

use super::each;
use crate::expect::Calls;
use crate::shape::complete;
use crate::world::{tenant, tenant_on};

#[test]
fn both_sides_must_be_there() {
    let a = tenant();
    a.must("Ram", "CreateUser", &[("UserName", "alice")]);
    a.must("Ram", "CreateGroup", &[("GroupName", "ops")]);
    for action in ["AddUserToGroup", "RemoveUserFromGroup"] {
        let call = |user, group, code| {
            a.client.refused("Ram", action, &[("UserName", user), ("GroupName", group)], code)
        };
        call("nobody", "ops", "EntityNotExist.User");
        call("alice", "nobody", "EntityNotExist.Group");
        a.client.refused("Ram", action, &[("UserName", "alice")], "MissingGroupName");
        a.client.refused("Ram", action, &[("GroupName", "ops")], "MissingUserName");
    }
    a.client.refused("Ram", "ListGroupsForUser", &[("UserName", "nobody")], "EntityNotExist.User");
}

#[test]
fn one_joins_once_and_leaves_once() {
    let a = tenant();
    a.must("Ram", "CreateUser", &[("UserName", "alice"), ("DisplayName", "Alice")]);
    a.must("Ram", "CreateGroup", &[("GroupName", "ops"), ("Comments", "on call")]);
    let both = [("UserName", "alice"), ("GroupName", "ops")];
    a.client.refused("Ram", "RemoveUserFromGroup", &both, "EntityNotExist.User.Group");
    complete("Ram", "AddUserToGroup", &a.must("Ram", "AddUserToGroup", &both), &[]);
    a.client.refused("Ram", "AddUserToGroup", &both, "EntityAlreadyExists.User.Group");

    let groups = a.must("Ram", "ListGroupsForUser", &both[..1]);
    complete("Ram", "ListGroupsForUser", &groups, &[]);
    let users = a.must("Ram", "ListUsersForGroup", &both[1..]);
    complete("Ram", "ListUsersForGroup", &users, &["Marker"]);
    assert_eq!(each(&groups["Groups"]["Group"], "GroupName"), ["ops"]);
    assert_eq!(each(&users["Users"]["User"], "UserName"), ["alice"]);

    complete("Ram", "RemoveUserFromGroup", &a.must("Ram", "RemoveUserFromGroup", &both), &[]);
    a.client.refused("Ram", "RemoveUserFromGroup", &both, "EntityNotExist.User.Group");
}

#[test]
fn a_user_is_in_ten_groups_at_most() {
    let a = tenant();
    a.must("Ram", "CreateUser", &[("UserName", "alice")]);
    for number in 0..=10 {
        let name = format!("group-{number}");
        a.must("Ram", "CreateGroup", &[("GroupName", &name)]);
        let both = [("UserName", "alice"), ("GroupName", name.as_str())];
        if number < 10 {
            a.must("Ram", "AddUserToGroup", &both);
        } else {
            a.client.refused("Ram", "AddUserToGroup", &both, "LimitExceeded.User.Group");
        }
    }
}

#[test]
fn accounts_have_as_many_of_each_as_the_operator_says() {
    let server = TestServer::builder()
        .configure(|config| {
            (config.quota.users, config.quota.groups, config.quota.roles, config.quota.policies) =
                (2, 2, 2, 2);
        })
        .start();
    let a = tenant_on(&server);
    let document = argali_testkit::allow(&["ecs:*"], &["*"]).to_string();
    let trust = argali_testkit::trust(&[]).to_string();
    type Made<'t> = (&'t str, &'t str, &'t str, &'t str, Option<(&'t str, &'t str)>);
    let kinds: [Made<'_>; 4] = [
        ("CreateUser", "DeleteUser", "UserName", "LimitExceeded.User", None),
        ("CreateGroup", "DeleteGroup", "GroupName", "LimitExceeded.Group", None),
        (
            "CreateRole",
            "DeleteRole",
            "RoleName",
            "LimitExceeded.Role",
            Some(("AssumeRolePolicyDocument", &trust)),
        ),
        (
            "CreatePolicy",
            "DeletePolicy",
            "PolicyName",
            "LimitExceeded.Policy",
            Some(("PolicyDocument", &document)),
        ),
    ];
    for (create, delete, parameter, code, besides) in kinds {
        let params = |name| [(parameter, name)].into_iter().chain(besides).collect::<Vec<_>>();
        a.must("Ram", create, &params("one"));
        a.must("Ram", create, &params("two"));
        a.client.refused("Ram", create, &params("three"), code);
        a.must("Ram", delete, &[(parameter, "one")]);
        a.must("Ram", create, &params("three"));
        // Another account has a count of its own.
        tenant_on(&server).must("Ram", create, &params("one"));
    }
}
