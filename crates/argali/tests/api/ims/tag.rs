//! Tags of users, and what conditions make of tags.

use argali_testkit::{Client, Enterprise, allow};
use serde_json::{Value, json};

use super::{Given, logon_name, user};
use crate::expect::Calls;
use crate::shape::complete;
use crate::stage::{fresh, text};
use crate::world::tenant;

const USERS: (&str, &str) = ("ResourceType", "user");
const TEAM: [(&str, &str); 2] = [("Tag.1.Key", "team"), ("Tag.1.Value", "web")];

/// An account with `alice`, and her id.
fn with_alice() -> (Enterprise, String, String) {
    let a = tenant();
    let id = text(&user(&a, "alice")["UserId"]);
    let name = logon_name(&a, "alice");
    (a, id, name)
}

fn tags(a: &Enterprise) -> Value {
    a.must("Ims", "ListTagResources", &[USERS])["TagResources"]["TagResource"].clone()
}

#[test]
fn who_is_tagged_must_be_there_and_the_tags_be_tags() {
    let (a, id, name) = with_alice();
    let by_id = ("ResourceId.1", id.as_str());
    let by_name = ("ResourcePrincipalName.1", name.as_str());
    let refused = |params: &[(&str, &str)], code: &str| {
        a.client.refused("Ims", "TagResources", params, code);
    };
    let with = |params: &[(&'static str, &'static str)]| [&[USERS, by_id], params].concat();
    refused(&[by_id, TEAM[0]], "MissingResourceType");
    refused(&[("ResourceType", "role"), by_id, TEAM[0]], "InvalidParameter.ResourceType");
    refused(&[USERS, TEAM[0]], "MissingResourceId");
    refused(&with(&[]), "MissingTag");
    refused(&[USERS, by_id, by_name, TEAM[0]], "InvalidParameter.ResourceId");
    refused(&[USERS, by_id, ("ResourceId.2", "299999999999999999"), TEAM[0]], "EntityNotExist.User");
    let nobody = logon_name(&a, "nobody");
    refused(&[USERS, by_name, ("ResourcePrincipalName.2", &nobody), TEAM[0]], "EntityNotExist.User");
    for wrong in ["acs:team", "aliyun", "http://team"] {
        refused(&[USERS, by_id, ("Tag.1.Key", wrong)], "InvalidParameter.Tag");
    }
    for wrong in ["acs:web", "https://web"] {
        refused(&[USERS, by_id, TEAM[0], ("Tag.1.Value", wrong)], "InvalidParameter.Tag");
    }
    let long = "x".repeat(129);
    refused(&[USERS, by_id, TEAM[0], ("Tag.1.Value", &long)], "InvalidParameter.Tag");
    refused(&with(&[TEAM[0], ("Tag.2.Key", "team")]), "InvalidParameter.Tag");
    let many: Vec<_> = (1..=21).map(|number| (format!("Tag.{number}.Key"), format!("k{number}"))).collect();
    let mut params = vec![USERS, by_id];
    params.extend(many.iter().map(|(name, value)| (name.as_str(), value.as_str())));
    refused(&params, "InvalidParameter.Tag");
    assert_eq!(tags(&a), json!([]));
    a.client.refused("Ims", "UntagResources", &[USERS, by_id], "MissingTagKey");
    a.client.refused("Ims", "ListTagResources", &[USERS, ("NextToken", "x")], "InvalidParameter.NextToken");
    a.client.refused("Ims", "ListTagResources", &[USERS, ("PageSize", "101")], "InvalidParameter.PageSize");
}

/// S3-40: tags of a user; `user_list.rs` finds users by them.
#[test]
fn tags_are_put_on_and_taken_off() {
    let (a, id, name) = with_alice();
    let by_id = ("ResourceId.1", id.as_str());
    let answer = a.must("Ims", "TagResources", &[&[USERS, by_id], &TEAM[..]].concat());
    complete("Ims", "TagResources", &answer, &[]);
    let params = [
        USERS,
        ("ResourcePrincipalName.1", name.as_str()),
        TEAM[0],
        ("Tag.1.Value", "db"),
        ("Tag.2.Key", "cost"),
    ];
    a.must("Ims", "TagResources", &params);
    let row =
        |key, value| json!({ "ResourceType": "user", "ResourceId": id, "TagKey": key, "TagValue": value });
    let listed = a.must("Ims", "ListTagResources", &[USERS, by_id]);
    complete("Ims", "ListTagResources", &listed, &["NextToken"]);
    assert_eq!(listed["TagResources"]["TagResource"], json!([row("cost", ""), row("team", "db")]));
    let shown = a.must("Ims", "GetUser", &[("UserId", &id)]);
    assert_eq!(shown["User"]["Tags"]["Tag"][1], json!({ "TagKey": "team", "TagValue": "db" }));

    let answer = a.must("Ims", "UntagResources", &[USERS, by_id, ("TagKey.1", "team"), ("TagKey.2", "none")]);
    complete("Ims", "UntagResources", &answer, &[]);
    assert_eq!(tags(&a), json!([row("cost", "")]));
    a.must("Ims", "UntagResources", &[USERS, by_id, ("All", "true")]);
    assert_eq!(tags(&a), json!([]));
}

#[test]
fn pages_of_tags_break_off_within_a_user() {
    let a = tenant();
    let mut wanted = Vec::new();
    for name in ["carol", "alice", "bob"] {
        let id = text(&user(&a, name)["UserId"]);
        let params = [
            USERS,
            ("ResourceId.1", id.as_str()),
            ("Tag.1.Key", "b"),
            ("Tag.2.Key", "a"),
            ("Tag.3.Key", "c"),
        ];
        a.must("Ims", "TagResources", &params);
        wanted.extend(["a", "b", "c"].map(|key| (name, id.clone(), key.to_owned())));
    }
    user(&a, "untagged");
    wanted.sort();
    let wanted: Vec<_> = wanted.into_iter().map(|(_, id, key)| (id, key)).collect();
    let mut found = Vec::new();
    let mut token = None::<String>;
    loop {
        let mut params = vec![USERS, ("PageSize", "2"), ("Tag.1.Key", "a")];
        params.extend(token.as_deref().map(|token| ("NextToken", token)));
        let page = a.must("Ims", "ListTagResources", &params);
        let rows = page["TagResources"]["TagResource"].as_array().unwrap();
        found.extend(rows.iter().map(|row| (text(&row["ResourceId"]), text(&row["TagKey"]))));
        token = page["NextToken"].as_str().map(str::to_owned);
        assert_eq!(page["IsTruncated"], token.is_some());
        if token.is_none() {
            break;
        }
        assert_eq!(rows.len(), 2);
    }
    assert_eq!(found, wanted);
}

/// A user who may do everything, but `action` only under this condition.
fn limited(a: &Enterprise, action: &str, condition: Value) -> Client {
    let name = fresh("limited");
    let client = a.user(&name);
    let mut document = allow(&[action], &["*"]);
    document["Statement"][0]["Condition"] = json!({ "StringEquals": condition });
    a.grant_document(&name, &fresh("p"), &document);
    client
}

#[test]
fn a_condition_may_ask_for_the_tags_of_a_request() {
    let (a, id, name) = with_alice();
    let condition = json!({ "acs:RequestTag/team": "web" });
    let ims = limited(&a, "ram:*", condition);
    let create = |tag: &[(&str, &str)], code: Option<&str>| {
        let bob = logon_name(&a, &fresh("bob"));
        let params = [&[("UserPrincipalName", bob.as_str()), ("DisplayName", "Bob")], tag].concat();
        match code {
            None => drop(ims.must("Ims", "CreateUser", &params)),
            Some(code) => drop(ims.refused("Ims", "CreateUser", &params, code)),
        }
    };
    create(&TEAM, None);
    create(&[], Some("NoPermission"));
    create(&[TEAM[0], ("Tag.1.Value", "db")], Some("NoPermission"));
    // However the user is named.
    for key in [("ResourceId.1", id.as_str()), ("ResourcePrincipalName.1", &name)] {
        ims.must("Ims", "TagResources", &[&[USERS, key], &TEAM[..]].concat());
        let params = [USERS, key, TEAM[0], ("Tag.1.Value", "db")];
        ims.refused("Ims", "TagResources", &params, "NoPermission");
    }
    let role = [("RoleName", "ops"), ("AssumeRolePolicyDocument", r#"{"Version":"1","Statement":[]}"#)];
    ims.refused("Ram", "CreateRole", &role, "NoPermission");
    let document = allow(&["ecs:*"], &["*"]).to_string();
    let policy = [("PolicyName", "ops"), ("PolicyDocument", document.as_str())];
    ims.refused("Ram", "CreatePolicy", &policy, "NoPermission");
    ims.must("Ram", "CreatePolicy", &[&policy[..], &[("Tag", r#"[{"Key":"team","Value":"web"}]"#)]].concat());
    let tag = [
        ("ResourceType", "policy"),
        ("ResourceNames", r#"["ops"]"#),
        ("Tag", r#"[{"Key":"team","Value":"db"}]"#),
    ];
    ims.refused("Ram", "TagResources", &tag, "NoPermission");
}

#[test]
fn a_condition_may_ask_for_the_tags_of_a_resource() {
    let (a, id, name) = with_alice();
    a.role("ops", &[], &[]);
    let document = allow(&["ecs:*"], &["*"]).to_string();
    a.must("Ram", "CreatePolicy", &[("PolicyName", "p"), ("PolicyDocument", &document)]);
    let web = limited(&a, "ram:*", json!({ "acs:ResourceTag/team": "web" }));
    let policy = [("PolicyName", "p"), ("PolicyType", "Custom")];
    let calls: [(&str, &str, Given<'_>); 5] = [
        ("Ims", "GetUser", &[("UserPrincipalName", &name)]),
        ("Ims", "GetUser", &[("UserId", &id)]),
        ("Ram", "GetUser", &[("UserName", "alice")]),
        ("Ram", "GetRole", &[("RoleName", "ops")]),
        ("Ram", "GetPolicy", &policy),
    ];
    let everywhere = |expected: Option<&str>| {
        for (product, action, params) in calls {
            match expected {
                None => drop(web.must(product, action, params)),
                Some(code) => drop(web.refused(product, action, params, code)),
            }
        }
    };
    everywhere(Some("NoPermission"));
    let tag = |value: &str| {
        a.must("Ims", "TagResources", &[USERS, ("ResourceId.1", &id), TEAM[0], ("Tag.1.Value", value)]);
        let tag = json!([{ "Key": "team", "Value": value }]).to_string();
        for (kind, names) in [("role", r#"["ops"]"#), ("policy", r#"["p"]"#)] {
            a.must("Ram", "TagResources", &[("ResourceType", kind), ("ResourceNames", names), ("Tag", &tag)]);
        }
    };
    tag("web");
    everywhere(None);
    tag("db");
    everywhere(Some("NoPermission"));
    // Lists are of many and have no tag of their own; what is not there has none either.
    web.refused("Ims", "ListUsers", &[], "NoPermission");
    web.refused("Ram", "GetUser", &[("UserName", "nobody")], "NoPermission");
}
