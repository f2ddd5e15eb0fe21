//! Resource groups: made, shown, listed, renamed, deleted.

use serde_json::{Value, json};

use super::{default_group, resource_group};
use crate::expect::Calls;
use crate::shape::{complete, known};
use crate::stage::text;
use crate::world::tenant;

const RM: &str = "ResourceManager";

/// The names of listed groups.
fn names(listed: &Value) -> Vec<&str> {
    let groups = listed["ResourceGroups"]["ResourceGroup"].as_array().unwrap();
    groups.iter().map(|group| group["Name"].as_str().unwrap()).collect()
}

#[test]
fn bad_requests_make_no_group() {
    let a = tenant();
    let long = "g".repeat(51);
    let refused = |name: &str, display_name: &str, code: &str| {
        a.client.refused(RM, "CreateResourceGroup", &[("Name", name), ("DisplayName", display_name)], code);
    };
    refused("g", "Team", "InvalidParameter.Name.Length");
    refused(&long, "Team", "InvalidParameter.Name.Length");
    refused("team_a", "Team", "InvalidParameter.Name.InvalidChars");
    refused("1team", "Team", "InvalidParameter.Name.InvalidChars");
    refused("-team", "Team", "InvalidParameter.Name.InvalidChars");
    refused("team", &long, "InvalidParameter.DisplayName.Length");
    a.client.refused(RM, "CreateResourceGroup", &[("DisplayName", "Team")], "MissingName");
    a.client.refused(RM, "CreateResourceGroup", &[("Name", "team")], "MissingParameter.DisplayName");
    let tagged = |key: &str, value: &str| {
        let tag = [("Name", "team"), ("DisplayName", "Team"), ("Tag.1.Key", key), ("Tag.1.Value", value)];
        a.client.refused(RM, "CreateResourceGroup", &tag, "InvalidParameter.Tag");
    };
    tagged("acs:team", "ops");
    tagged("team", "aliyun-ops");
    tagged("team", "https://ops");
    tagged("team", &"o".repeat(129));
    refused("Default", "Team", "EntityAlreadyExists.ResourceGroup");
    a.must(RM, "CreateResourceGroup", &[("Name", "team"), ("DisplayName", "Team")]);
    refused("TEAM", "Another", "EntityAlreadyExists.ResourceGroup");
    let listed = a.must(RM, "ListResourceGroups", &[]);
    assert_eq!((names(&listed), &listed["TotalCount"]), (vec!["default", "team"], &json!(2)));
}

#[test]
fn what_is_not_there_is_not_found() {
    let (a, other) = (tenant(), tenant());
    let theirs = resource_group(&other);
    for id in ["rg-nosuchgroup1", theirs.as_str(), default_group(&other).as_str()] {
        let this = ("ResourceGroupId", id);
        a.client.refused(RM, "GetResourceGroup", &[this], "EntityNotExists.ResourceGroup");
        a.client.refused(RM, "DeleteResourceGroup", &[this], "EntityNotExists.ResourceGroup");
        let renamed = [this, ("NewDisplayName", "Mine")];
        a.client.refused(RM, "UpdateResourceGroup", &renamed, "EntityNotExists.ResourceGroup");
        let listed = a.must(RM, "ListResourceGroups", &[this]);
        assert_eq!(names(&listed), Vec::<&str>::new());
    }
    for action in ["GetResourceGroup", "DeleteResourceGroup"] {
        a.client.refused(RM, action, &[], "MissingResourceGroupId");
        let malformed = [("ResourceGroupId", "group-1")];
        a.client.refused(RM, action, &malformed, "InvalidParameter.ResourceGroupId");
    }
    other.must(RM, "GetResourceGroup", &[("ResourceGroupId", &theirs)]);
}

#[test]
fn a_group_lives_until_it_is_deleted() {
    let a = tenant();
    let params =
        [("Name", "Project-A"), ("DisplayName", "Project A"), ("Tag.1.Key", "team"), ("Tag.1.Value", "ops")];
    let made = a.must(RM, "CreateResourceGroup", &params);
    complete(RM, "CreateResourceGroup", &made, &[]);
    let group = &made["ResourceGroup"];
    let id = text(&group["Id"]);
    assert!(id.starts_with("rg-") && id.len() == 18, "{id}");
    assert_eq!((&group["Status"], &group["AccountId"]), (&json!("OK"), &json!(a.id)));
    assert!(text(&group["CreateDate"]).ends_with("+08:00"), "{group}");
    let regions = group["RegionStatuses"]["RegionStatus"].as_array().unwrap();
    assert!(regions.contains(&json!({ "RegionId": "cn-hangzhou", "Status": "OK" })), "{group}");

    let this = ("ResourceGroupId", id.as_str());
    let shown = a.must(RM, "GetResourceGroup", &[this]);
    complete(
        RM,
        "GetResourceGroup",
        &shown,
        &["ResourceGroup.Tags.Tag[].TagKey", "ResourceGroup.Tags.Tag[].TagValue"],
    );
    let tagged = a.must(RM, "GetResourceGroup", &[this, ("IncludeTags", "true")]);
    complete(RM, "GetResourceGroup", &tagged, &[]);
    assert_eq!(tagged["ResourceGroup"]["Tags"]["Tag"], json!([{ "TagKey": "team", "TagValue": "ops" }]));

    a.client.refused(RM, "UpdateResourceGroup", &[this], "MissingNewDisplayName");
    let long = "x".repeat(51);
    let too_long = [this, ("NewDisplayName", long.as_str())];
    a.client.refused(RM, "UpdateResourceGroup", &too_long, "InvalidParameter.NewDisplayName.Length");
    let renamed = a.must(RM, "UpdateResourceGroup", &[this, ("NewDisplayName", "项目 A")]);
    complete(RM, "UpdateResourceGroup", &renamed, &[]);
    let shown = a.must(RM, "GetResourceGroup", &[this]);
    assert_eq!(
        (&shown["ResourceGroup"]["Name"], &shown["ResourceGroup"]["DisplayName"]),
        (&json!("Project-A"), &json!("项目 A"))
    );

    let deleted = a.must(RM, "DeleteResourceGroup", &[this]);
    complete(RM, "DeleteResourceGroup", &deleted, &[]);
    assert_eq!(deleted["ResourceGroup"]["Status"], "PendingDelete");
    a.client.refused(RM, "GetResourceGroup", &[this], "EntityNotExists.ResourceGroup");
    a.client.refused(RM, "DeleteResourceGroup", &[this], "EntityNotExists.ResourceGroup");
    // The name is free again, and means another group.
    let again = a.must(RM, "CreateResourceGroup", &params);
    assert_ne!(again["ResourceGroup"]["Id"], json!(id));
}

#[test]
fn an_account_has_a_default_group_that_stays() {
    let a = tenant();
    let id = default_group(&a);
    let this = ("ResourceGroupId", id.as_str());
    a.client.refused(RM, "DeleteResourceGroup", &[this], "DeleteConflict.ResourceGroup.Status");
    a.must(RM, "UpdateResourceGroup", &[this, ("NewDisplayName", "The rest")]);
    let shown = a.must(RM, "GetResourceGroup", &[this]);
    assert_eq!(
        (&shown["ResourceGroup"]["Name"], &shown["ResourceGroup"]["DisplayName"]),
        (&json!("default"), &json!("The rest"))
    );
    assert_eq!(a.must(RM, "ListResourceGroups", &[])["TotalCount"], 1);
    a.client.refused(RM, "DeleteResourceGroup", &[this], "DeleteConflict.ResourceGroup.Status");
}

#[test]
fn thirty_groups_besides_the_default_one_are_the_limit() {
    let a = tenant();
    for _ in 0..30 {
        resource_group(&a);
    }
    let one_more = [("Name", "one-more"), ("DisplayName", "Team")];
    a.client.refused(RM, "CreateResourceGroup", &one_more, "LimitExceeded.ResourceGroup");
    let first = a.must(RM, "ListResourceGroups", &[("Name", "group-")]);
    let id = text(&first["ResourceGroups"]["ResourceGroup"][0]["Id"]);
    a.must(RM, "DeleteResourceGroup", &[("ResourceGroupId", &id)]);
    a.must(RM, "CreateResourceGroup", &one_more);
}

#[test]
fn groups_are_listed_by_page_and_by_what_is_asked_for() {
    let a = tenant();
    let mut ids = Vec::new();
    for name in ["web-test", "Web-live", "data"] {
        let tag = [
            ("Name", name),
            ("DisplayName", "The Team"),
            ("Tag.1.Key", "kind"),
            ("Tag.1.Value", name.get(..3).unwrap()),
        ];
        ids.push(text(&a.must(RM, "CreateResourceGroup", &tag)["ResourceGroup"]["Id"]));
    }
    let list = |params: &[(&str, &str)]| a.must(RM, "ListResourceGroups", params);
    let all = list(&[("IncludeTags", "true")]);
    complete(RM, "ListResourceGroups", &all, &[]);
    assert_eq!(names(&all), ["default", "data", "Web-live", "web-test"]);
    assert_eq!((&all["PageNumber"], &all["PageSize"]), (&json!(1), &json!(10)));
    let page = list(&[("PageNumber", "2"), ("PageSize", "3")]);
    known(RM, "ListResourceGroups", &page);
    assert_eq!((names(&page), &page["TotalCount"]), (vec!["web-test"], &json!(4)));
    assert_eq!(names(&list(&[("PageNumber", "3"), ("PageSize", "3")])), Vec::<&str>::new());
    for (narrowed, expected) in [
        (vec![("Name", "web")], vec!["Web-live", "web-test"]),
        (vec![("DisplayName", "the t")], vec!["data", "Web-live", "web-test"]),
        (vec![("ResourceGroupId", ids[2].as_str())], vec!["data"]),
        (
            vec![("ResourceGroupIds.1", ids[2].as_str()), ("ResourceGroupIds.2", &ids[0])],
            vec!["data", "web-test"],
        ),
        (vec![("Tag.1.Key", "kind")], vec!["data", "Web-live", "web-test"]),
        (vec![("Tag.1.Key", "kind"), ("Tag.1.Value", "Web")], vec!["Web-live"]),
        (vec![("Status", "OK")], vec!["default", "data", "Web-live", "web-test"]),
        (vec![("Status", "PendingDelete")], vec![]),
        (vec![("Name", "nothing")], vec![]),
    ] {
        assert_eq!(names(&list(&narrowed)), expected, "{narrowed:?}");
    }
    for (name, value) in [("PageNumber", "0"), ("PageSize", "0"), ("PageSize", "101"), ("Status", "Lost")] {
        let code = format!("InvalidParameter.{name}");
        a.client.refused(RM, "ListResourceGroups", &[(name, value)], &code);
    }
}
