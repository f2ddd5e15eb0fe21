//! Pages: nothing is left out, nothing comes twice, and a marker is good for its own list alone.

use argali_testkit::{Enterprise, allow, trust};
use serde_json::Value;

use super::each;
use crate::expect::Calls;
use crate::world::tenant;

/// A list: its operation, where its entries stand, and what they are called by.
type List = (&'static str, [&'static str; 2], &'static str);
const LISTS: [List; 4] = [
    ("ListUsers", ["Users", "User"], "UserName"),
    ("ListGroups", ["Groups", "Group"], "GroupName"),
    ("ListRoles", ["Roles", "Role"], "RoleName"),
    ("ListPolicies", ["Policies", "Policy"], "PolicyName"),
];

/// Seven of each kind.
fn populated() -> Enterprise {
    let a = tenant();
    let (document, trust) = (allow(&["ecs:*"], &["*"]).to_string(), trust(&[]).to_string());
    for number in [3, 1, 4, 0, 5, 2, 6] {
        let name = format!("n{number}");
        let name = name.as_str();
        a.must("Ram", "CreateUser", &[("UserName", name)]);
        a.must("Ram", "CreateGroup", &[("GroupName", name)]);
        a.must("Ram", "CreateRole", &[("RoleName", name), ("AssumeRolePolicyDocument", &trust)]);
        a.must("Ram", "CreatePolicy", &[("PolicyName", name), ("PolicyDocument", &document)]);
    }
    a
}

/// Reads a list page by page; the pages' lengths, and all names in the order in which they came.
fn read(a: &Enterprise, list: List, besides: &[(&str, &str)], size: &str) -> (Vec<usize>, Vec<String>) {
    let (action, [outer, inner], member) = list;
    let (mut lengths, mut names, mut marker) = (Vec::new(), Vec::new(), None::<String>);
    loop {
        let mut params = [besides, &[("MaxItems", size)]].concat();
        params.extend(marker.as_deref().map(|marker| ("Marker", marker)));
        let page = a.must("Ram", action, &params);
        let entries = each(&page[outer][inner], member);
        lengths.push(entries.len());
        names.extend(entries.into_iter().map(str::to_owned));
        marker = page["Marker"].as_str().map(str::to_owned);
        assert_eq!(page["IsTruncated"], Value::from(marker.is_some()), "{action}");
        assert!(lengths.len() < 100, "{action} has no end");
        if marker.is_none() {
            return (lengths, names);
        }
    }
}

#[test]
fn pages_make_the_whole_list() {
    let a = populated();
    for list in LISTS {
        let besides: &[_] = if list.0 == "ListPolicies" { &[("PolicyType", "Custom")] } else { &[] };
        let expected: Vec<_> = (0..7).map(|number| format!("n{number}")).collect();
        assert_eq!(read(&a, list, besides, "3"), (vec![3, 3, 1], expected.clone()), "{}", list.0);
        assert_eq!(read(&a, list, besides, "7"), (vec![7], expected.clone()), "{}", list.0);
        assert_eq!(read(&a, list, besides, "1").1, expected, "{}", list.0);
    }
}

#[test]
fn policies_of_both_kinds_are_one_list() {
    let a = populated();
    let list = LISTS[3];
    let whole = read(&a, list, &[], "1000").1;
    assert_eq!(read(&a, list, &[], "5").1, whole);
    let custom = read(&a, list, &[("PolicyType", "Custom")], "1000").1;
    let system = read(&a, list, &[("PolicyType", "System")], "1000").1;
    assert_eq!(whole.len(), custom.len() + system.len());
    assert!(custom.iter().chain(&system).all(|name| whole.contains(name)));
}

#[test]
fn an_empty_list_is_one_empty_page() {
    let a = tenant();
    for list in &LISTS[..3] {
        assert_eq!(read(&a, *list, &[], "10"), (vec![0], Vec::new()), "{}", list.0);
    }
}

#[test]
fn a_marker_goes_on_after_what_was_deleted() {
    let a = populated();
    let page = a.must("Ram", "ListUsers", &[("MaxItems", "3")]);
    a.must("Ram", "DeleteUser", &[("UserName", "n2")]);
    a.must("Ram", "DeleteUser", &[("UserName", "n3")]);
    let params = [("MaxItems", "100"), ("Marker", page["Marker"].as_str().unwrap())];
    let rest = a.must("Ram", "ListUsers", &params);
    assert_eq!(each(&rest["Users"]["User"], "UserName"), ["n4", "n5", "n6"]);
}

#[test]
fn a_marker_is_good_for_its_list_and_account_alone() {
    let (a, b) = (populated(), populated());
    let marker_of = |owner: &Enterprise, action: &str| {
        let page = owner.must("Ram", action, &[("MaxItems", "2")]);
        page["Marker"].as_str().unwrap().to_owned()
    };
    let foreign = marker_of(&b, "ListUsers");
    let refused = |action: &str, marker: &str| {
        a.client.refused("Ram", action, &[("Marker", marker)], "InvalidParameter.Marker");
    };
    for (action, ..) in LISTS {
        refused(action, &foreign);
        refused(action, "n3");
        refused(action, "bm90IGEgbWFya2Vy");
        for (other, ..) in LISTS.iter().filter(|(other, ..)| *other != action) {
            refused(action, &marker_of(&a, other));
        }
        let mut bent = marker_of(&a, action).into_bytes();
        bent[10] ^= 1;
        refused(action, &String::from_utf8(bent).unwrap());
    }
    // Of members, each group has a list of its own.
    for group in ["n0", "n1"] {
        for user in ["n0", "n1", "n2"] {
            a.must("Ram", "AddUserToGroup", &[("UserName", user), ("GroupName", group)]);
        }
    }
    let page = a.must("Ram", "ListUsersForGroup", &[("GroupName", "n0"), ("MaxItems", "2")]);
    let marker = ("Marker", page["Marker"].as_str().unwrap());
    a.client.refused("Ram", "ListUsersForGroup", &[("GroupName", "n1"), marker], "InvalidParameter.Marker");
    let rest = a.must("Ram", "ListUsersForGroup", &[("GroupName", "n0"), marker]);
    let mut members = [&page, &rest].map(|page| each(&page["Users"]["User"], "UserName")).concat();
    members.sort_unstable();
    assert_eq!(members, ["n0", "n1", "n2"]);
}
