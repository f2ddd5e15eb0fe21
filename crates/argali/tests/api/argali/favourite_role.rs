//! Favourites: roles that a user has marked.
// SPEC: console, switch role, favourites.

use argali_testkit::model::FavouriteRole;
use argali_testkit::{Delegation, TestServer};
use serde_json::Value;

use crate::expect::Calls;
use crate::person::Person;
use crate::shape::complete;
use crate::stage::text;

const ROLE: [(&str, &str); 2] = [("Account", "company-a"), ("RoleName", "ecs-admin")];

/// What somebody has marked, as `<account>/<role>`.
fn marked(person: &Person<'_>) -> Vec<String> {
    let answer = person.must("Argali", "ListFavouriteRoles", &[]);
    let roles = answer["FavouriteRoles"]["FavouriteRole"].as_array().unwrap().iter();
    roles.map(|role: &Value| format!("{}/{}", text(&role["AccountId"]), text(&role["RoleName"]))).collect()
}

#[test]
fn only_users_mark_roles_and_only_those_that_they_may_know() {
    let server = TestServer::start();
    let Delegation { a, b, alice: key, .. } = Delegation::set_up(&server);
    for action in ["AddFavouriteRole", "RemoveFavouriteRole"] {
        key.refused("Argali", action, &ROLE, "Logon.Required");
    }
    key.refused("Argali", "ListFavouriteRoles", &[], "Logon.Required");
    let logon = [("Owner", "company-b"), ("Password", &server.give_owner_password(&b))];
    let logon = b.client.call_unsigned("Argali", "LogOn", &logon).unwrap();
    let owner = Person::holding(&server, &b, &text(&logon["Session"]));
    for action in ["AddFavouriteRole", "RemoveFavouriteRole"] {
        owner.refused("Argali", action, &ROLE, "NotSupport.Account");
    }
    assert!(marked(&owner).is_empty());
    let alice = Person::of(&server, &b, "alice");
    let add = "AddFavouriteRole";
    alice.refused("Argali", add, &ROLE[1..], "MissingAccount");
    let wrong = [ROLE[0], ("RoleName", "a b")];
    alice.refused("Argali", add, &wrong, "InvalidParameter.RoleName.InvalidChars");
    // Nobody learns by it which accounts and roles there are.
    a.role("for-others", &["acs:ram::99887766:root"], &[]);
    b.role("own", &[&b.root_arn()], &[]);
    a.role("hidden", &[&b.root_arn()], &[]);
    a.must("Argali", "SetRoleVisibility", &[("RoleName", "hidden"), ("Visibility", "Hidden")]);
    for (account, role) in [
        ("nobody-here", "ecs-admin"),
        ("company-a", "none"),
        ("company-a", "for-others"),
        ("company-a", "hidden"),
        ("company-b", "own"),
    ] {
        alice.refused("Argali", add, &[("Account", account), ("RoleName", role)], "EntityNotExist.Role");
    }
    alice.refused("Argali", "RemoveFavouriteRole", &ROLE, "EntityNotExist.Role");
    assert!(marked(&alice).is_empty());
}

#[test]
fn favourites_are_of_one_user_and_stay_until_they_are_removed() {
    let server = TestServer::start();
    let Delegation { a, b, .. } = Delegation::set_up(&server);
    let alice = Person::of(&server, &b, "alice");
    b.user("bob");
    let bob = Person::of(&server, &b, "bob");
    a.role("auditor", &[&b.root_arn()], &[]);
    let auditor = [("Account", "11223344"), ("RoleName", "auditor")];
    alice.must("Argali", "AddFavouriteRole", &ROLE);
    alice.must(
        "Argali",
        "AddFavouriteRole",
        &[("Account", "company-a.onaliyun.com"), ("RoleName", "ECS-admin")],
    );
    alice.must("Argali", "AddFavouriteRole", &auditor);
    let both = ["11223344/auditor", "11223344/ecs-admin"];
    assert_eq!((marked(&alice).as_slice(), marked(&bob).len()), (both.map(str::to_owned).as_slice(), 0));
    complete("Argali", "ListFavouriteRoles", &alice.must("Argali", "ListFavouriteRoles", &[]), &[]);
    // The menu knows which of the roles that one is in are favourites.
    alice.must("Argali", "SwitchRole", &ROLE);
    let logon = alice.must("Argali", "GetLogonSession", &[]);
    assert_eq!(logon["SwitchedRoles"]["SwitchedRole"][0]["IsFavourite"], true);
    alice.must("Argali", "RemoveFavouriteRole", &ROLE);
    let logon = alice.must("Argali", "GetLogonSession", &[]);
    assert_eq!(logon["SwitchedRoles"]["SwitchedRole"][0]["IsFavourite"], false);
    // What was used before may be marked, even if it is not shown any more; and a mark outlives its role.
    a.must("Argali", "SetRoleVisibility", &[ROLE[1], ("Visibility", "Hidden")]);
    alice.must("Argali", "AddFavouriteRole", &ROLE);
    a.must("Ram", "DeleteRole", &[auditor[1]]);
    assert_eq!(marked(&alice), both);
    alice.must("Argali", "RemoveFavouriteRole", &auditor);
    assert_eq!(marked(&alice), both[1..]);
}

#[test]
fn a_user_has_so_many_favourites_and_takes_them_along() {
    let server = TestServer::start();
    let Delegation { a, b, .. } = Delegation::set_up(&server);
    b.user("bob");
    let bob = Person::of(&server, &b, "bob");
    let id = text(&b.must("Ram", "GetUser", &[("UserName", "bob")])["User"]["UserId"]);
    for number in 0..FavouriteRole::MOST {
        let name = format!("r-{number}");
        a.role(&name, &[&b.root_arn()], &[]);
        bob.must("Argali", "AddFavouriteRole", &[ROLE[0], ("RoleName", &name)]);
    }
    bob.refused("Argali", "AddFavouriteRole", &ROLE, "LimitExceeded.FavouriteRole");
    bob.must("Argali", "AddFavouriteRole", &[ROLE[0], ("RoleName", "r-7")]);
    bob.must("Argali", "RemoveFavouriteRole", &[ROLE[0], ("RoleName", "r-7")]);
    bob.must("Argali", "AddFavouriteRole", &ROLE);
    let kept = || {
        let tx = server.core().store().read().unwrap();
        let whose = ("12345678".parse().unwrap(), id.parse().unwrap());
        FavouriteRole::of_user(tx.as_ref(), whose).unwrap().len()
    };
    assert_eq!(kept(), FavouriteRole::MOST);
    b.must("Ram", "DeleteLoginProfile", &[("UserName", "bob")]);
    for key in
        b.must("Ram", "ListAccessKeys", &[("UserName", "bob")])["AccessKeys"]["AccessKey"].as_array().unwrap()
    {
        let key = text(&key["AccessKeyId"]);
        b.must("Ram", "DeleteAccessKey", &[("UserName", "bob"), ("UserAccessKeyId", &key)]);
    }
    b.must("Ram", "DeleteUser", &[("UserName", "bob")]);
    assert_eq!(kept(), 0, "they go with their user");
}
