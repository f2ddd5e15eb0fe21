//! Users named by an id or a key: permission is asked for once the name is known, and a refusal tells nothing.

use argali_testkit::{Client, Enterprise, allow};

use super::{Given, user};
use crate::expect::Calls;
use crate::stage::{fresh, text};
use crate::world::tenant;

/// Every operation that learns by reading what it needs permission for, the parameter that holds an id, and what it needs besides.
// SPEC: security, requests, R10: permission is asked for before anything is looked up.
const LEARNED: &[(&str, &str, Given<'_>)] = &[
    ("GetUser", "UserId", &[]),
    ("UpdateUser", "UserId", &[("NewComments", "x")]),
    ("DeleteUser", "UserId", &[]),
    ("TagResources", "ResourceId.1", &[("ResourceType", "user"), ("Tag.1.Key", "team")]),
    ("UntagResources", "ResourceId.1", &[("ResourceType", "user"), ("TagKey.1", "team")]),
];

/// What comes of a call, with what a refusal says.
fn told(client: &Client, action: &str, besides: &[(&str, &str)], key: (&str, &str)) -> (String, String) {
    match client.call("Ims", action, &[&[key], besides].concat()) {
        Ok(_) => ("ok".to_owned(), String::new()),
        Err(failure) => (failure.code, failure.message),
    }
}

fn granted_on(owner: &Enterprise, name: &str, action: &str, resource: &str) -> Client {
    let client = owner.user(name);
    let resource = format!("acs:ram:*:{}:{resource}", owner.id);
    owner.grant_document(name, &fresh("p"), &allow(&[action], &[&resource]));
    client
}

#[test]
fn an_id_that_leads_nowhere_is_refused_like_one_of_somebody() {
    let a = tenant();
    let b = tenant();
    let foreign = text(&user(&b, "alice")["UserId"]);
    for (action, id_in, besides) in LEARNED {
        let target = fresh("target");
        let id = text(&user(&a, &target)["UserId"]);
        let ungranted = a.user(&fresh("ungranted"));
        let elsewhere = granted_on(&a, &fresh("elsewhere"), &format!("ram:{action}"), "user/nobody");
        for client in [&ungranted, &elsewhere] {
            let of_somebody = told(client, action, besides, (id_in, &id));
            assert_eq!(of_somebody.0, "NoPermission", "{action}");
            assert!(!of_somebody.1.contains(&target), "{action} tells the name: {}", of_somebody.1);
            for nowhere in ["299999999999999999", "1", &foreign] {
                assert_eq!(
                    told(client, action, besides, (id_in, nowhere)),
                    of_somebody,
                    "{action} {nowhere}"
                );
            }
        }
        // Whoever may do it to everybody is told.
        assert_eq!(told(&a.client, action, besides, (id_in, &foreign)).0, "EntityNotExist.User", "{action}");
        let exactly = granted_on(&a, &fresh("exactly"), &format!("ram:{action}"), &format!("user/{target}"));
        assert_eq!(told(&exactly, action, besides, (id_in, &id)).0, "ok", "{action}");
    }
}

#[test]
fn a_user_is_named_once_and_in_some_way() {
    let a = tenant();
    let alice = user(&a, "alice");
    let (name, id) = (text(&alice["UserPrincipalName"]), text(&alice["UserId"]));
    for (action, besides) in
        [("GetUser", vec![]), ("UpdateUser", vec![("NewComments", "x")]), ("DeleteUser", vec![])]
    {
        let refused = |keys: &[(&str, &str)], code: &str| {
            a.client.refused("Ims", action, &[keys, &besides].concat(), code);
        };
        refused(&[], "MissingUserPrincipalName");
        refused(&[("UserPrincipalName", &name), ("UserId", &id)], "InvalidParameter.UserPrincipalName");
        for unfit in ["x", "-1", "0x1", "0200000000000000000", "99999999999999999999"] {
            refused(&[("UserId", unfit)], "InvalidParameter.UserId");
        }
        refused(&[("UserPrincipalName", "alice@no-such-company")], "EntityNotExist.User");
    }
}

#[test]
fn a_user_is_found_by_its_access_key() {
    let a = tenant();
    let id = text(&user(&a, "alice")["UserId"]);
    let made = a.must("Ram", "CreateAccessKey", &[("UserName", "alice")]);
    let key = text(&made["AccessKey"]["AccessKeyId"]);
    let shown = a.must("Ims", "GetUser", &[("UserAccessKeyId", &key)]);
    assert_eq!(shown["User"]["UserId"], id);
    // Neither a key of the account itself nor one of another account is a user's.
    let own = a.client.credentials().access_key_id.clone();
    let b = tenant();
    for key in ["LTAI5tNoSuchKey", &own] {
        a.client.refused("Ims", "GetUser", &[("UserAccessKeyId", key)], "EntityNotExist.User");
    }
    b.client.refused("Ims", "GetUser", &[("UserAccessKeyId", &key)], "EntityNotExist.User");
    let ungranted = a.user("ungranted");
    let refused = |key: &str| told(&ungranted, "GetUser", &[], ("UserAccessKeyId", key));
    assert_eq!(refused(&key).0, "NoPermission");
    assert_eq!(refused(&key), refused("LTAI5tNoSuchKey"));
}
