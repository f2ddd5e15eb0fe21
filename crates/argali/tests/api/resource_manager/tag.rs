//! Labels of resource groups.

use argali_testkit::allow;
use serde_json::{Value, json};

use super::{default_group, resource_group};
use crate::expect::Calls;
use crate::shape::{complete, known};
use crate::stage::text;
use crate::world::tenant;

const RM: &str = "ResourceManager";
const TEAM: [(&str, &str); 2] = [("Tag.1.Key", "team"), ("Tag.1.Value", "ops")];

/// The values of a member of each entry of a list.
fn each(list: &Value, member: &str) -> Vec<String> {
    list.as_array().unwrap().iter().map(|entry| text(&entry[member])).collect()
}

#[test]
fn bad_labels_are_not_put_on() {
    let (a, other) = (tenant(), tenant());
    let (group, theirs) = (resource_group(&a), resource_group(&other));
    let this = ("ResourceId.1", group.as_str());
    let refused = |action: &str, params: &[(&str, &str)], code: &str| {
        a.client.refused(RM, action, params, code);
    };
    for absent in ["rg-nosuchgroup1", &theirs] {
        let absent = ("ResourceId.1", absent);
        refused(
            "TagResources",
            &[&[this, ("ResourceId.2", absent.1)], &TEAM[..]].concat(),
            "EntityNotExists.ResourceGroup",
        );
        refused("UntagResources", &[absent, ("TagKey.1", "team")], "EntityNotExists.ResourceGroup");
        refused("ListTagResources", &[absent], "EntityNotExists.ResourceGroup");
    }
    refused("TagResources", &[this], "MissingTag");
    refused("TagResources", &TEAM, "MissingResourceId");
    refused("UntagResources", &[this], "MissingTagKey");
    refused("UntagResources", &[("All", "true")], "MissingResourceId");
    let account = [&[this, ("ResourceType", "Account")], &TEAM[..]].concat();
    refused("TagResources", &account, "InvalidParameter.ResourceType");
    for (key, value) in [("acs:team", "ops"), ("team", "aliyun"), ("http://team", "ops")] {
        refused("TagResources", &[this, ("Tag.1.Key", key), ("Tag.1.Value", value)], "InvalidParameter.Tag");
    }
    refused("ListTagKeys", &[], "MissingResourceType");
    refused("ListTagValues", &[("ResourceType", "ResourceGroup")], "MissingTagKey");
    refused("ListTagResources", &[("NextToken", "none")], "InvalidParameter.NextToken");
    refused("ListTagResources", &[("MaxResults", "101")], "InvalidParameter.MaxResults");
    // What was refused left nothing behind.
    assert_eq!(a.must(RM, "ListTagResources", &[])["TagResources"], json!([]));
    let keys: Vec<_> = (1..=20).map(|number| (format!("Tag.{number}.Key"), format!("k{number}"))).collect();
    let twenty: Vec<_> = keys.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    a.must(RM, "TagResources", &[&[this], &twenty[..]].concat());
    refused("TagResources", &[&[this], &TEAM[..]].concat(), "InvalidParameter.Tag");
}

#[test]
fn labels_are_put_on_looked_up_and_taken_off() {
    let a = tenant();
    let (one, default) = (resource_group(&a), default_group(&a));
    let both = [("ResourceId.1", one.as_str()), ("ResourceId.2", default.as_str())];
    complete(RM, "TagResources", &a.must(RM, "TagResources", &[&both[..], &TEAM].concat()), &[]);
    let more = [
        ("ResourceType", "ResourceGroup"),
        both[0],
        ("Tag.1.Key", "kind"),
        ("Tag.1.Value", "live"),
        ("Tag.2.Key", "team"),
        ("Tag.2.Value", "web"),
    ];
    a.must(RM, "TagResources", &more);
    let shown = a.must(RM, "GetResourceGroup", &[("ResourceGroupId", &default), ("IncludeTags", "true")]);
    assert_eq!(shown["ResourceGroup"]["Tags"]["Tag"], json!([{ "TagKey": "team", "TagValue": "ops" }]));

    let list = |params: &[(&str, &str)]| a.must(RM, "ListTagResources", params);
    let all = list(&[]);
    complete(RM, "ListTagResources", &all, &["NextToken"]);
    assert_eq!(all["TagResources"].as_array().unwrap().len(), 3);
    assert_eq!(all["TagResources"][0]["ResourceType"], "resourcegroup");
    let first = list(&[("MaxResults", "2")]);
    complete(RM, "ListTagResources", &first, &[]);
    let rest = list(&[("MaxResults", "2"), ("NextToken", first["NextToken"].as_str().unwrap())]);
    let paged =
        [first["TagResources"].as_array().unwrap().clone(), rest["TagResources"].as_array().unwrap().clone()];
    assert_eq!((json!(paged.concat()), &rest["NextToken"]), (all["TagResources"].clone(), &Value::Null));
    assert_eq!(each(&list(&both[..1])["TagResources"], "TagKey"), ["kind", "team"]);
    assert_eq!(each(&list(&TEAM)["TagResources"], "ResourceId"), std::slice::from_ref(&default));

    let of_groups = ("ResourceType", "ResourceGroup");
    let keys = a.must(RM, "ListTagKeys", &[of_groups]);
    complete(RM, "ListTagKeys", &keys, &["NextToken"]);
    assert_eq!(each(&keys["Tags"], "Key"), ["kind", "team"]);
    assert_eq!(each(&a.must(RM, "ListTagKeys", &[of_groups, ("KeyFilter", "ea")])["Tags"], "Key"), ["team"]);
    let values = |params: &[(&str, &str)]| {
        a.must(RM, "ListTagValues", &[&[of_groups, ("TagKey", "team")], params].concat())
    };
    assert_eq!(each(&values(&[])["Tags"], "Value"), ["ops", "web"]);
    assert_eq!(each(&values(&[("ValueFilter", "w")])["Tags"], "Value"), ["web"]);
    let first = values(&[("MaxResults", "1")]);
    known(RM, "ListTagValues", &first);
    let token = ("NextToken", first["NextToken"].as_str().unwrap());
    assert_eq!(each(&values(&[token])["Tags"], "Value"), ["web"]);
    // A token goes on with its own list alone.
    let another = [of_groups, ("TagKey", "kind"), token];
    a.client.refused(RM, "ListTagValues", &another, "InvalidParameter.NextToken");

    let untagged = a.must(RM, "UntagResources", &[both[0], ("TagKey.1", "kind"), ("TagKey.2", "absent")]);
    complete(RM, "UntagResources", &untagged, &[]);
    assert_eq!(each(&list(&both[..1])["TagResources"], "TagKey"), ["team"]);
    a.must(RM, "UntagResources", &[both[0], both[1], ("All", "true")]);
    assert_eq!(list(&[])["TagResources"], json!([]));
}

#[test]
fn a_policy_can_name_a_label_of_a_group() {
    let a = tenant();
    let (ours, theirs) = (resource_group(&a), resource_group(&a));
    a.must(RM, "TagResources", &[&[("ResourceId.1", ours.as_str())], &TEAM[..]].concat());
    let alice = a.user("alice");
    let mut document = allow(&["ram:UpdateResourceGroup"], &["*"]);
    document["Statement"][0]["Condition"] = json!({ "StringEquals": { "acs:ResourceTag/team": "ops" } });
    a.grant_document("alice", "of-ops", &document);
    let rename = |id: &str| {
        let params = [("ResourceGroupId", id), ("NewDisplayName", "Mine")];
        alice.call(RM, "UpdateResourceGroup", &params).map(|_| ()).map_err(|failure| failure.code)
    };
    assert_eq!(rename(&ours), Ok(()));
    assert_eq!(rename(&theirs), Err("NoPermission".to_owned()));
    a.must(RM, "UntagResources", &[("ResourceId.1", ours.as_str()), ("All", "true")]);
    assert_eq!(rename(&ours), Err("NoPermission".to_owned()));
}
