//! Tags of roles and policies.

use serde_json::Value;

use crate::world::{OTHER, World, allow, at, document, names, trust};

const ROLE: (&str, &str) = ("ResourceType", "role");
const POLICY: (&str, &str) = ("ResourceType", "policy");

fn labels(listed: &Value) -> Vec<String> {
    let of = |entry: &Value| {
        let text = |name: &str| entry[name].as_str().unwrap().to_owned();
        format!("{} {}={}", text("ResourceName"), text("TagKey"), text("TagValue"))
    };
    at(listed, "/TagResources").as_array().unwrap().iter().map(of).collect()
}

#[test]
fn bad_requests_name_the_parameter_and_what_is_wrong() {
    let world = World::new();
    world.role("ops", OTHER);
    let ops = ("ResourceNames", r#"["ops"]"#);
    let many = format!("[{}]", (0..21).map(|n| format!(r#"{{"Key":"k{n}"}}"#)).collect::<Vec<_>>().join(","));
    let long = format!(r#"[{{"Key":"{}"}}]"#, "k".repeat(129));
    let names = format!("[{}]", vec![r#""ops""#; 51].join(","));
    let tag = ("Tag", r#"[{"Key":"team","Value":"x"}]"#);
    for bad in [
        "team",
        "{}",
        r#"["team"]"#,
        r#"[{"Value":"x"}]"#,
        r#"[{"Key":""}]"#,
        r#"[{"Key":"a\u0000"}]"#,
        r#"[{"Key":"a","Value":"\uffff"}]"#,
        r#"[{"Key":"acs:x"}]"#,
        r#"[{"Key":"Aliyun"}]"#,
        r#"[{"Key":"a","Value":"see http://x"}]"#,
        r#"[{"Key":"a"},{"Key":"a"}]"#,
        &many,
        &long,
    ] {
        let document = trust(&format!("acs:ram::{OTHER}:root"));
        let role = [("RoleName", "new"), ("AssumeRolePolicyDocument", document.as_str()), ("Tag", bad)];
        let document = crate::world::document(&allow("ecs:*", "*"));
        let policy = [("PolicyName", "new"), ("PolicyDocument", document.as_str()), ("Tag", bad)];
        world.all_refused(&[
            ("TagResources", &[ROLE, ops, ("Tag", bad)], 400, "InvalidParameter.Tag"),
            ("CreateRole", &role, 400, "InvalidParameter.Tag"),
            ("CreatePolicy", &policy, 400, "InvalidParameter.Tag"),
        ]);
    }
    world.all_refused(&[
        ("TagResources", &[ops, tag], 400, "MissingResourceType"),
        ("TagResources", &[("ResourceType", "user"), ops, tag], 400, "InvalidParameter.ResourceType"),
        ("TagResources", &[ROLE, tag], 400, "MissingResourceNames"),
        ("TagResources", &[ROLE, tag, ("ResourceNames", "[]")], 400, "MissingResourceNames"),
        ("TagResources", &[ROLE, tag, ("ResourceNames", &names)], 400, "InvalidParameter.ResourceNames"),
        ("TagResources", &[ROLE, tag, ("ResourceNames", r#"["*"]"#)], 400, "InvalidParameter.ResourceNames"),
        (
            "TagResources",
            &[POLICY, tag, ("ResourceNames", r#"["a.b"]"#)],
            400,
            "InvalidParameter.ResourceNames",
        ),
        ("TagResources", &[ROLE, ops], 400, "MissingTag"),
        ("TagResources", &[ROLE, ops, ("Tag", "[]")], 400, "MissingTag"),
        ("TagResources", &[ROLE, tag, ("ResourceNames", r#"["ops","none"]"#)], 404, "EntityNotExist.Role"),
        ("TagResources", &[POLICY, tag, ops], 404, "EntityNotExist.Policy"),
        ("UntagResources", &[ROLE, ops], 400, "MissingTagKeys"),
        ("UntagResources", &[ROLE, ops, ("TagKeys", "[]")], 400, "MissingTagKeys"),
        (
            "UntagResources",
            &[ROLE, ("ResourceNames", r#"["none"]"#), ("All", "true")],
            404,
            "EntityNotExist.Role",
        ),
        ("ListTagResources", &[ROLE, ("ResourceNames", r#"["none"]"#)], 404, "EntityNotExist.Role"),
        ("ListTagResources", &[ROLE, ("PageSize", "101")], 400, "InvalidParameter.PageSize"),
        ("ListTagResources", &[ROLE, ("NextToken", "x")], 400, "InvalidParameter.NextToken"),
    ]);
    let none = world.ok(&world.root, "ListTagResources", &[ROLE]);
    assert_eq!(labels(&none), Vec::<String>::new(), "a call that is refused for one of two labels neither");
}

#[test]
fn things_are_labelled_when_made_and_later() {
    let world = World::new();
    let text = document(&allow("ecs:*", "*"));
    let tag = ("Tag", r#"[{"Key":"team","Value":"运维 <&>"},{"Key":"Team"}]"#);
    world.ok(&world.root, "CreatePolicy", &[("PolicyName", "P"), ("PolicyDocument", &text), tag]);
    world.policy("q", &allow("ecs:*", "*"));
    let both = ("ResourceNames", r#"["q","p"]"#);
    world.ok(
        &world.root,
        "TagResources",
        &[POLICY, both, ("Tag", r#"[{"Key":"team","Value":"b"},{"Key":"z"}]"#)],
    );
    let listed = world.ok(&world.root, "ListTagResources", &[POLICY]);
    assert_eq!(labels(&listed), ["P Team=", "P team=b", "P z=", "q team=b", "q z="]);
    world.ok(&world.root, "UntagResources", &[POLICY, both, ("TagKeys", r#"["team","none"]"#)]);
    let listed = world.ok(&world.root, "ListTagResources", &[POLICY]);
    assert_eq!(labels(&listed), ["P Team=", "P z=", "q z="]);
    let with_z = world.ok(&world.root, "ListPolicies", &[("Tag", r#"[{"Key":"z"}]"#)]);
    assert_eq!(names(&with_z, "/Policies/Policy", "PolicyName"), ["P", "q"]);
    assert_eq!(at(&with_z, "/Policies/Policy/1/Tags/Tag/0/TagKey"), "z");
    world.ok(&world.root, "UntagResources", &[POLICY, ("ResourceNames", r#"["P"]"#), ("All", "true")]);
    assert_eq!(labels(&world.ok(&world.root, "ListTagResources", &[POLICY])), ["q z="]);
    assert_eq!(labels(&world.ok(&world.root, "ListTagResources", &[ROLE])), Vec::<String>::new());
}

#[test]
fn a_thing_has_only_so_many_labels() {
    let world = World::new();
    world.role("ops", OTHER);
    let ops = ("ResourceNames", r#"["ops"]"#);
    let twenty =
        format!("[{}]", (0..20).map(|n| format!(r#"{{"Key":"k{n}"}}"#)).collect::<Vec<_>>().join(","));
    world.ok(&world.root, "TagResources", &[ROLE, ops, ("Tag", &twenty)]);
    world.ok(&world.root, "TagResources", &[ROLE, ops, ("Tag", r#"[{"Key":"k7","Value":"new"}]"#)]);
    let more = [ROLE, ops, ("Tag", r#"[{"Key":"k20"}]"#)];
    world.all_refused(&[("TagResources", &more, 400, "InvalidParameter.Tag")]);
}

#[test]
fn labels_are_listed_in_pages_and_choose_what_is_listed() {
    let world = World::new();
    for name in ["b", "A", "c"] {
        world.role(name, OTHER);
    }
    let tag =
        |names, tags| world.ok(&world.root, "TagResources", &[ROLE, ("ResourceNames", names), ("Tag", tags)]);
    tag(r#"["A","b"]"#, r#"[{"Key":"team","Value":"x"},{"Key":"env","Value":"prod"}]"#);
    tag(r#"["c"]"#, r#"[{"Key":"team","Value":"y"}]"#);
    let all = ["A env=prod", "A team=x", "b env=prod", "b team=x", "c team=y"];
    for size in ["1", "2", "4", "5", "100"] {
        let (mut found, mut token) = (Vec::new(), None::<String>);
        loop {
            let mut params = vec![ROLE, ("PageSize", size)];
            params.extend(token.as_deref().map(|token| ("NextToken", token)));
            let page = world.ok(&world.root, "ListTagResources", &params);
            found.extend(labels(&page));
            token = page["NextToken"].as_str().map(str::to_owned);
            if token.is_none() {
                break;
            }
        }
        assert_eq!(found, all, "{size}");
    }
    let with = |wanted| world.ok(&world.root, "ListTagResources", &[ROLE, ("Tag", wanted)]);
    assert_eq!(labels(&with(r#"[{"Key":"team","Value":"y"}]"#)), ["c team=y"]);
    let roles = |wanted| {
        let listed = world.ok(&world.root, "ListRoles", &[("Tag", wanted)]);
        names(&listed, "/Roles/Role", "RoleName")
    };
    assert_eq!(roles(r#"[{"Key":"team"}]"#), ["A", "b", "c"]);
    assert_eq!(roles(r#"[{"Key":"team","Value":"x"},{"Key":"env"}]"#), ["A", "b"]);
    assert_eq!(roles(r#"[{"Key":"none"}]"#), Vec::<String>::new());
    let listed = world.ok(&world.root, "ListRoles", &[]);
    assert_eq!(at(&listed, "/Roles/Role/2/Tags/Tag/0/TagValue"), "y");
}
