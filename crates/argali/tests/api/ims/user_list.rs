//! Listings of users.

use argali_testkit::Enterprise;
use serde_json::json;

use super::{logon_name, user};
use crate::expect::Calls;
use crate::ram::each;
use crate::shape::complete;
use crate::world::tenant;

/// Seven users, of whom every other one is of the team `web`.
fn seven() -> Enterprise {
    let a = tenant();
    for number in 0..7 {
        let name = logon_name(&a, &format!("user{number}"));
        let team = if number % 2 == 0 { "web" } else { "db" };
        let params = [
            ("UserPrincipalName", name.as_str()),
            ("DisplayName", "x"),
            ("Tag.1.Key", "team"),
            ("Tag.1.Value", team),
        ];
        a.must("Ims", "CreateUser", &params);
    }
    a
}

#[test]
fn a_page_is_of_a_size_and_a_marker_of_its_list() {
    let a = seven();
    for (action, name) in [("ListUsers", "Users"), ("ListUserBasicInfos", "UserBasicInfos")] {
        for size in ["0", "1001", "-1", "x", "1.5"] {
            a.client.refused("Ims", action, &[("MaxItems", size)], "InvalidParameter.MaxItems");
        }
        a.client.refused("Ims", action, &[("Marker", "x")], "InvalidParameter.Marker");
        let foreign = seven().must("Ims", action, &[("MaxItems", "1")]);
        let foreign = foreign["Marker"].as_str().unwrap();
        a.client.refused("Ims", action, &[("Marker", foreign)], "InvalidParameter.Marker");
        a.client.refused("Ims", action, &[("Status", "asleep")], "InvalidParameter.Status");
        assert!(a.must("Ims", action, &[])[name].is_object());
    }
    let params = [("Status", "active"), ("Tag.1.Key", "team")];
    a.client.refused("Ims", "ListUserBasicInfos", &params, "InvalidParameter.Status");
}

#[test]
fn pages_are_full_even_where_few_are_wanted() {
    let a = seven();
    for (action, list, entry) in
        [("ListUsers", "Users", "User"), ("ListUserBasicInfos", "UserBasicInfos", "UserBasicInfo")]
    {
        let web = [("Tag.1.Key", "team"), ("Tag.1.Value", "web"), ("MaxItems", "3")];
        let first = a.must("Ims", action, &web);
        assert_eq!(first["IsTruncated"], true);
        let names = each(&first[list][entry], "UserPrincipalName");
        assert_eq!(names, ["user0", "user2", "user4"].map(|name| logon_name(&a, name)));
        let marker = first["Marker"].as_str().unwrap();
        let rest = a.must("Ims", action, &[&web[..], &[("Marker", marker)]].concat());
        assert_eq!(each(&rest[list][entry], "UserPrincipalName"), [logon_name(&a, "user6")]);
        assert_eq!((&rest["IsTruncated"], rest.get("Marker")), (&json!(false), None));
        let any_value = a.must("Ims", action, &[("Tag.1.Key", "team")]);
        assert_eq!(any_value[list][entry].as_array().unwrap().len(), 7);
        let frozen = a.must("Ims", action, &[("Status", "freeze")]);
        assert_eq!(frozen[list][entry], json!([]));
        assert_eq!(
            a.must("Ims", action, &[("Status", "active,freeze")])[list][entry].as_array().unwrap().len(),
            7
        );
    }
}

#[test]
fn listings_show_what_the_reference_has() {
    let a = seven();
    let name = logon_name(&a, "user0");
    let params = [
        ("UserPrincipalName", name.as_str()),
        ("NewComments", "x"),
        ("NewEmail", "a@example.com"),
        ("NewMobilePhone", "86-186"),
    ];
    a.must("Ims", "UpdateUser", &params);
    complete(
        "Ims",
        "ListUsers",
        &a.must("Ims", "ListUsers", &[("MaxItems", "1")]),
        &["Users.User[].LastLoginDate"],
    );
    complete("Ims", "ListUserBasicInfos", &a.must("Ims", "ListUserBasicInfos", &[("MaxItems", "1")]), &[]);
    user(&a, "zoe");
}
