//! Groups.

use serde_json::json;

use crate::expect::Calls;
use crate::ram::{each, state};
use crate::shape::complete;
use crate::world::tenant;

const OPS: (&str, &str) = ("GroupName", "ops");

#[test]
fn a_group_has_a_name_that_is_free() {
    let a = tenant();
    a.must("Ram", "CreateGroup", &[OPS]);
    let before = state(&a);
    let long = "x".repeat(65);
    for (params, code) in [
        (vec![], "MissingGroupName"),
        (vec![("GroupName", "OPS")], "EntityAlreadyExists.Group"),
        (vec![("GroupName", "a b")], "InvalidParameter.GroupName.InvalidChars"),
        (vec![("GroupName", long.as_str())], "InvalidParameter.GroupName.Length"),
        (vec![("GroupName", "dev"), ("DisplayName", &long)], "InvalidParameter.DisplayName.Length"),
    ] {
        a.client.refused("Ims", "CreateGroup", &params, code);
    }
    for action in ["GetGroup", "UpdateGroup", "DeleteGroup"] {
        a.client.refused("Ims", action, &[("GroupName", "nobody")], "EntityNotExist.Group");
        a.client.refused("Ims", action, &[], "MissingGroupName");
    }
    assert_eq!(state(&a), before);
}

#[test]
fn ram_and_ims_show_one_group() {
    let a = tenant();
    let made = a.must("Ims", "CreateGroup", &[OPS, ("DisplayName", "Operations"), ("Comments", "on call")]);
    complete("Ims", "CreateGroup", &made, &[]);
    let shown = a.must("Ims", "GetGroup", &[("GroupName", "Ops")]);
    complete("Ims", "GetGroup", &shown, &[]);
    assert_eq!(shown["Group"], made["Group"]);
    let in_ram = a.must("Ram", "GetGroup", &[OPS]);
    for member in ["GroupId", "GroupName", "Comments", "CreateDate"] {
        assert_eq!(in_ram["Group"][member], made["Group"][member], "{member}");
    }
    // What RAM does not know it leaves as it is.
    a.must("Ram", "UpdateGroup", &[OPS, ("NewComments", "off call")]);
    let updated = a.must("Ims", "UpdateGroup", &[OPS, ("NewGroupName", "dev")]);
    complete("Ims", "UpdateGroup", &updated, &[]);
    assert_eq!(updated["Group"]["DisplayName"], "Operations");
    assert_eq!(updated["Group"]["Comments"], "off call");
    let listed = a.must("Ims", "ListGroups", &[]);
    complete("Ims", "ListGroups", &listed, &["Marker"]);
    assert_eq!(each(&listed["Groups"]["Group"], "GroupName"), ["dev"]);
    complete("Ims", "DeleteGroup", &a.must("Ims", "DeleteGroup", &[("GroupName", "dev")]), &[]);
    assert_eq!(a.must("Ram", "ListGroups", &[])["Groups"]["Group"], json!([]));
}

#[test]
fn a_page_of_groups_holds_a_hundred_at_most() {
    let a = tenant();
    a.client.refused("Ims", "ListGroups", &[("MaxItems", "101")], "InvalidParameter.MaxItems");
    for name in ["a", "b", "c"] {
        a.must("Ims", "CreateGroup", &[("GroupName", name)]);
    }
    let page = a.must("Ims", "ListGroups", &[("MaxItems", "2")]);
    let rest = a.must("Ims", "ListGroups", &[("Marker", page["Marker"].as_str().unwrap())]);
    assert_eq!(each(&rest["Groups"]["Group"], "GroupName"), ["c"]);
}
