//! Versions of policies.

use crate::world::{World, allow, at, document, names};

fn versions(world: &World) -> Vec<String> {
    let listed =
        world.ok(&world.root, "ListPolicyVersions", &[("PolicyName", "p"), ("PolicyType", "Custom")]);
    let of = |entry: &serde_json::Value| {
        let mark = if entry["IsDefaultVersion"] == true { "*" } else { "" };
        format!("{}{mark}", entry["VersionId"].as_str().unwrap())
    };
    at(&listed, "/PolicyVersions/PolicyVersion").as_array().unwrap().iter().map(of).collect()
}

#[test]
fn bad_requests_name_the_parameter_and_what_is_wrong() {
    let world = World::new();
    world.policy("p", &allow("ecs:*", "*"));
    let text = document(&allow("ecs:*", "*"));
    for action in ["GetPolicyVersion", "SetDefaultPolicyVersion", "DeletePolicyVersion"] {
        let with = |name, version, status, code| {
            let params = [("PolicyName", name), ("PolicyType", "Custom"), ("VersionId", version)];
            world.refused(&world.root, action, &params, status, code);
        };
        with("none", "v1", 404, "EntityNotExist.Policy");
        with("p", "v2", 404, "EntityNotExist.Policy.Version");
        for version in ["1", "v", "v0", "v01", "V1", "v99999999999"] {
            with("p", version, 400, "InvalidParameter.VersionId.Format");
        }
        with("p", "", 400, "MissingVersionId");
        with("a.b", "v1", 400, "InvalidParameter.PolicyName.InvalidChars");
    }
    let create = |more: (&'static str, &str), status, code| {
        let params = [("PolicyName", "p"), ("PolicyDocument", text.as_str()), more];
        world.refused(&world.root, "CreatePolicyVersion", &params, status, code);
    };
    create(("RotateStrategy", "Always"), 400, "InvalidParameter.RotateStrategy");
    create(("SetAsDefault", "2"), 400, "InvalidParameter.SetAsDefault");
    world.all_refused(&[
        (
            "CreatePolicyVersion",
            &[("PolicyName", "none"), ("PolicyDocument", &text)],
            404,
            "EntityNotExist.Policy",
        ),
        (
            "ListPolicyVersions",
            &[("PolicyName", "p"), ("PolicyType", "System")],
            404,
            "EntityNotExist.Policy",
        ),
        (
            "DeletePolicyVersion",
            &[("PolicyName", "p"), ("VersionId", "v1")],
            409,
            "DeleteConflict.Policy.Version.Default",
        ),
    ]);
    assert_eq!(versions(&world), ["v1*"]);
}

#[test]
fn numbers_are_never_used_again_and_room_is_made_only_if_asked() {
    let world = World::with_limits(|limits| limits.policy_versions = 3);
    world.policy("p", &allow("ecs:*", "*"));
    let text = document(&allow("slb:*", "*"));
    let new = [("PolicyName", "p"), ("PolicyDocument", text.as_str())];
    let rotate = ("RotateStrategy", "DeleteOldestNonDefaultVersionWhenLimitExceeded");
    let now = ("SetAsDefault", "true");
    world.ok(&world.root, "CreatePolicyVersion", &new);
    world.ok(&world.root, "DeletePolicyVersion", &[("PolicyName", "p"), ("VersionId", "v2")]);
    let made = world.ok(&world.root, "CreatePolicyVersion", &[new[0], new[1], now]);
    assert_eq!(at(&made, "/PolicyVersion/VersionId"), "v3");
    assert_eq!(at(&made, "/PolicyVersion/IsDefaultVersion"), true);
    world.ok(&world.root, "CreatePolicyVersion", &new);
    assert_eq!(versions(&world), ["v1", "v3*", "v4"]);
    world.all_refused(&[
        ("CreatePolicyVersion", &new, 409, "LimitExceeded.Policy.Version"),
        (
            "CreatePolicyVersion",
            &[new[0], new[1], ("RotateStrategy", "None")],
            409,
            "LimitExceeded.Policy.Version",
        ),
    ]);
    world.ok(&world.root, "CreatePolicyVersion", &[new[0], new[1], rotate]);
    assert_eq!(versions(&world), ["v3*", "v4", "v5"]);
    world.ok(&world.root, "CreatePolicyVersion", &[new[0], new[1], rotate, now]);
    assert_eq!(versions(&world), ["v3", "v5", "v6*"]);
}

#[test]
fn without_a_version_to_drop_there_is_no_room() {
    let world = World::with_limits(|limits| limits.policy_versions = 1);
    world.policy("p", &allow("ecs:*", "*"));
    let text = document(&allow("slb:*", "*"));
    let rotate = ("RotateStrategy", "DeleteOldestNonDefaultVersionWhenLimitExceeded");
    let new = [("PolicyName", "p"), ("PolicyDocument", text.as_str()), rotate];
    world.all_refused(&[("CreatePolicyVersion", &new, 409, "LimitExceeded.Policy.Version")]);
}

#[test]
fn the_default_version_counts_from_the_next_request_on() {
    let world = World::new();
    let alice = world.user("alice");
    world.policy("p", &allow("ram:ListUsers", "*"));
    world.grant("alice", "Custom", "p");
    world.ok(&alice, "ListUsers", &[]);
    let text = document(&allow("ram:ListRoles", "*"));
    world.ok(&world.root, "CreatePolicyVersion", &[("PolicyName", "p"), ("PolicyDocument", &text)]);
    world.ok(&alice, "ListUsers", &[]);
    world.ok(&world.root, "SetDefaultPolicyVersion", &[("PolicyName", "p"), ("VersionId", "v2")]);
    world.refused(&alice, "ListUsers", &[], 403, "NoPermission");
    world.ok(&alice, "ListRoles", &[]);
    let of = |version| [("PolicyName", "p"), ("PolicyType", "Custom"), ("VersionId", version)];
    assert_eq!(
        at(&world.ok(&world.root, "GetPolicyVersion", &of("v1")), "/PolicyVersion/IsDefaultVersion"),
        false
    );
    assert_eq!(
        at(&world.ok(&world.root, "GetPolicyVersion", &of("v2")), "/PolicyVersion/PolicyDocument"),
        &text
    );
}

#[test]
fn a_system_policy_has_its_own_version() {
    let world = World::new();
    let policy = [("PolicyName", "administratoraccess"), ("PolicyType", "System")];
    let listed = world.ok(&world.root, "ListPolicyVersions", &policy);
    let ids = names(&listed, "/PolicyVersions/PolicyVersion", "VersionId");
    assert_eq!(ids.len(), 1);
    let one = [policy[0], policy[1], ("VersionId", ids[0].as_str())];
    let version = world.ok(&world.root, "GetPolicyVersion", &one);
    assert!(at(&version, "/PolicyVersion/PolicyDocument").as_str().unwrap().contains("Allow"));
    let none = [policy[0], policy[1], ("VersionId", "v99")];
    world.all_refused(&[
        ("GetPolicyVersion", &none, 404, "EntityNotExist.Policy.Version"),
        ("SetDefaultPolicyVersion", &none, 404, "EntityNotExist.Policy"),
    ]);
}
