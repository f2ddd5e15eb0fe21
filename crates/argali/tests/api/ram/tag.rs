//! Tags of roles and policies.

use argali_testkit::{Enterprise, allow};
use serde_json::{Value, json};

use super::each;
use crate::expect::Calls;
use crate::shape::complete;
use crate::world::tenant;

const ROLES: (&str, &str) = ("ResourceType", "role");
const TEAM: (&str, &str) = ("Tag", r#"[{"Key":"team","Value":"web"}]"#);

fn with_role() -> Enterprise {
    let a = tenant();
    a.role("ops", &[], &[]);
    let document = allow(&["ecs:*"], &["*"]).to_string();
    a.must("Ram", "CreatePolicy", &[("PolicyName", "p"), ("PolicyDocument", &document)]);
    a
}

fn tags(a: &Enterprise) -> Value {
    a.must("Ram", "ListTagResources", &[ROLES])["TagResources"].clone()
}

#[test]
fn what_is_tagged_must_be_there_and_the_tags_be_tags() {
    let a = with_role();
    let names = |text| ("ResourceNames", text);
    let nobody = names(r#"["nobody"]"#);
    let ops = names(r#"["ops"]"#);
    a.client.refused("Ram", "TagResources", &[ROLES, nobody, TEAM], "EntityNotExist.Role");
    let policies = ("ResourceType", "policy");
    a.client.refused("Ram", "TagResources", &[policies, nobody, TEAM], "EntityNotExist.Policy");
    // All or none.
    a.client.refused(
        "Ram",
        "TagResources",
        &[ROLES, names(r#"["ops","nobody"]"#), TEAM],
        "EntityNotExist.Role",
    );
    assert_eq!(tags(&a), json!([]));
    a.client.refused("Ram", "TagResources", &[ROLES, ops], "MissingTag");
    a.client.refused("Ram", "TagResources", &[ROLES, TEAM], "MissingResourceNames");
    a.client.refused("Ram", "TagResources", &[ops, TEAM], "MissingResourceType");
    a.client.refused(
        "Ram",
        "TagResources",
        &[("ResourceType", "user"), ops, TEAM],
        "InvalidParameter.ResourceType",
    );
    let too_long = format!(r#"[{{"Key":"{}","Value":""}}]"#, "k".repeat(129));
    let many: Vec<_> = (0..21).map(|number| json!({ "Key": format!("k{number}"), "Value": "" })).collect();
    let many = Value::from(many).to_string();
    for wrong in [
        "team=web",
        r#"{"Key":"team"}"#,
        r#"[{"Value":"web"}]"#,
        r#"[{"Key":"acs:team","Value":"web"}]"#,
        r#"[{"Key":"aliyun","Value":"web"}]"#,
        r#"[{"Key":"team","Value":"http://web"}]"#,
        r#"[{"Key":"team","Value":"a"},{"Key":"team","Value":"b"}]"#,
        &too_long,
        &many,
    ] {
        a.client.refused("Ram", "TagResources", &[ROLES, ops, ("Tag", wrong)], "InvalidParameter.Tag");
    }
    assert_eq!(tags(&a), json!([]));
}

#[test]
fn tags_are_put_on_and_taken_off() {
    let a = with_role();
    let ops = ("ResourceNames", r#"["ops"]"#);
    complete("Ram", "TagResources", &a.must("Ram", "TagResources", &[ROLES, ops, TEAM]), &[]);
    a.must("Ram", "TagResources", &[ROLES, ops, ("Tag", r#"[{"Key":"team","Value":"db"},{"Key":"cost"}]"#)]);
    let listed = a.must("Ram", "ListTagResources", &[ROLES, ops]);
    complete("Ram", "ListTagResources", &listed, &["NextToken"]);
    let row = |key, value| json!({ "ResourceType": "role", "ResourceName": "ops", "TagKey": key, "TagValue": value });
    assert_eq!(listed["TagResources"], json!([row("cost", ""), row("team", "db")]));

    let by_tag = |tag| a.must("Ram", "ListRoles", &[("Tag", tag)])["Roles"]["Role"].clone();
    assert_eq!(by_tag(r#"[{"Key":"team","Value":"web"}]"#), json!([]));
    assert_eq!(by_tag(r#"[{"Key":"team","Value":"db"}]"#)[0]["RoleName"], "ops");

    a.client.refused("Ram", "UntagResources", &[ROLES, ops], "MissingTagKeys");
    let answer = a.must("Ram", "UntagResources", &[ROLES, ops, ("TagKeys", r#"["team"]"#)]);
    complete("Ram", "UntagResources", &answer, &[]);
    assert_eq!(tags(&a), json!([row("cost", "")]));
    a.must("Ram", "UntagResources", &[ROLES, ops, ("All", "true")]);
    assert_eq!(tags(&a), json!([]));
}

#[test]
fn a_resource_has_twenty_tags_at_most() {
    let a = with_role();
    let ops = ("ResourceNames", r#"["ops"]"#);
    let many: Vec<_> = (0..20).map(|number| json!({ "Key": format!("k{number}") })).collect();
    let many = Value::from(many).to_string();
    a.must("Ram", "TagResources", &[ROLES, ops, ("Tag", &many)]);
    a.client.refused("Ram", "TagResources", &[ROLES, ops, TEAM], "InvalidParameter.Tag");
    // Changing one of them adds none.
    a.must("Ram", "TagResources", &[ROLES, ops, ("Tag", r#"[{"Key":"k7","Value":"new"}]"#)]);
}

#[test]
fn pages_are_full_even_where_few_are_wanted() {
    let a = tenant();
    let document = allow(&["ecs:*"], &["*"]).to_string();
    for number in 0..7 {
        let (name, team) = (format!("x{number}"), if number % 2 == 0 { "web" } else { "db" });
        let tag = json!([{ "Key": "team", "Value": team }]).to_string();
        let tag = ("Tag", tag.as_str());
        let trust = argali_testkit::trust(&[]).to_string();
        a.must("Ram", "CreateRole", &[("RoleName", &name), ("AssumeRolePolicyDocument", &trust), tag]);
        a.must("Ram", "CreatePolicy", &[("PolicyName", &name), ("PolicyDocument", &document), tag]);
    }
    let web = ("Tag", r#"[{"Key":"team","Value":"web"}]"#);
    for (action, list, entry) in [("ListRoles", "Roles", "Role"), ("ListPolicies", "Policies", "Policy")] {
        let first = a.must("Ram", action, &[web, ("MaxItems", "3")]);
        assert_eq!(each(&first[list][entry], &format!("{entry}Name")), ["x0", "x2", "x4"]);
        let rest = a.must("Ram", action, &[web, ("Marker", first["Marker"].as_str().unwrap())]);
        assert_eq!(each(&rest[list][entry], &format!("{entry}Name")), ["x6"]);
        assert_eq!(rest["IsTruncated"], false);
    }
}
