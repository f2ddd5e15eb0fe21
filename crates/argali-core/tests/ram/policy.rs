//! Policies.

use crate::world::{ACCOUNT, Params, World, allow, at, document};

#[test]
fn bad_requests_name_the_parameter_and_what_is_wrong() {
    let world = World::new();
    let (long, text) = ("a".repeat(129), "x".repeat(1_025));
    let good = document(&allow("ecs:*", "*"));
    world.policy("p", &allow("ecs:*", "*"));
    let create = |more: Params<'_>, status, code| {
        let mut params = vec![("PolicyDocument", good.as_str())];
        params.extend_from_slice(more);
        world.refused(&world.root, "CreatePolicy", &params, status, code);
    };
    create(&[], 400, "MissingPolicyName");
    create(&[("PolicyName", &long)], 400, "InvalidParameter.PolicyName.Length");
    create(&[("PolicyName", "a.b")], 400, "InvalidParameter.PolicyName.InvalidChars");
    create(&[("PolicyName", "a"), ("Description", &text)], 400, "InvalidParameter.Description.Length");
    create(&[("PolicyName", "P")], 409, "EntityAlreadyExists.Policy");
    let of = |kind| [("PolicyName", "none"), ("PolicyType", kind)];
    world.all_refused(&[
        ("CreatePolicy", &[("PolicyName", "a")], 400, "MissingPolicyDocument"),
        ("GetPolicy", &[("PolicyName", "p")], 400, "MissingPolicyType"),
        ("GetPolicy", &of("Own"), 400, "InvalidParameter.PolicyType"),
        ("GetPolicy", &of("Custom"), 404, "EntityNotExist.Policy"),
        ("GetPolicy", &of("System"), 404, "EntityNotExist.Policy"),
        ("GetPolicy", &[("PolicyName", "p"), ("PolicyType", "System")], 404, "EntityNotExist.Policy"),
        ("ListEntitiesForPolicy", &of("Custom"), 404, "EntityNotExist.Policy"),
        ("UpdatePolicyDescription", &[("PolicyName", "p")], 400, "MissingNewDescription"),
        (
            "UpdatePolicyDescription",
            &[("PolicyName", "none"), ("NewDescription", "x")],
            404,
            "EntityNotExist.Policy",
        ),
        ("DeletePolicy", &[("PolicyName", "none")], 404, "EntityNotExist.Policy"),
        ("DeletePolicy", &[("PolicyName", "AdministratorAccess")], 404, "EntityNotExist.Policy"),
        ("ListPolicies", &[("PolicyType", "Own")], 400, "InvalidParameter.PolicyType"),
        ("ListPolicies", &[("MaxItems", "0")], 400, "InvalidParameter.MaxItems"),
        ("ListPolicies", &[("Marker", "x")], 400, "InvalidParameter.Marker"),
    ]);
}

#[test]
fn a_document_must_be_valid_and_short_enough() {
    let world = World::with_limits(|limits| limits.policy_document_characters = 120);
    world.policy("p", &allow("ecs:*", "*"));
    let long = document(&allow("ecs:*", &"x".repeat(80)));
    let spaced = document(&allow("ecs:*", "*")).replace(',', &format!(",{}", " ".repeat(50)));
    assert!(spaced.len() > 120);
    for action in ["CreatePolicy", "CreatePolicyVersion"] {
        let with = |text: &str, code| {
            let name = if action == "CreatePolicy" { "new" } else { "p" };
            let params = [("PolicyName", name), ("PolicyDocument", text)];
            world.refused(&world.root, action, &params, 400, code)
        };
        with(&long, "InvalidParameter.PolicyDocument.Length");
        with("[]", "MalformedPolicyDocument");
        let no_effect = document(r#"{"Action":"a:b","Resource":"*"}"#);
        let message = with(&no_effect, "MalformedPolicyDocument");
        assert!(message.contains("Statement[0]") && message.contains("Effect"), "{message}");
        let trusting = document(r#"{"Effect":"Allow","Action":"a:b","Principal":{"RAM":[]},"Resource":"*"}"#);
        with(&trusting, "MalformedPolicyDocument");
    }
    world.ok(&world.root, "CreatePolicy", &[("PolicyName", "spaced"), ("PolicyDocument", &spaced)]);
}

#[test]
fn a_policy_shows_what_it_was_made_of() {
    let world = World::new();
    let text = document(&allow("ecs:*", "*"));
    let made = world.ok(
        &world.root,
        "CreatePolicy",
        &[("PolicyName", "Ops"), ("PolicyDocument", &text), ("Description", "d")],
    );
    assert_eq!(at(&made, "/Policy/DefaultVersion"), "v1");
    assert_eq!(at(&made, "/Policy/PolicyType"), "Custom");
    world.advance_s(5);
    let changed = [("PolicyName", "ops"), ("NewDescription", "other")];
    let changed = world.ok(&world.root, "UpdatePolicyDescription", &changed);
    assert_eq!(at(&changed, "/Policy/UpdateDate"), "2025-06-15T15:06:45Z");
    let shown = world.ok(&world.root, "GetPolicy", &[("PolicyName", "OPS"), ("PolicyType", "Custom")]);
    assert_eq!(at(&shown, "/Policy/PolicyName"), "Ops");
    assert_eq!(at(&shown, "/Policy/Description"), "other");
    assert_eq!(at(&shown, "/Policy/AttachmentCount"), 0);
    assert_eq!(at(&shown, "/DefaultPolicyVersion/PolicyDocument"), &text);
    assert_eq!(at(&shown, "/DefaultPolicyVersion/IsDefaultVersion"), true);
}

#[test]
fn a_custom_policy_may_have_the_name_of_a_system_policy() {
    let world = World::new();
    world.policy("ReadOnlyAccess", &allow("ecs:*", "*"));
    let of =
        |kind| world.ok(&world.root, "GetPolicy", &[("PolicyName", "ReadOnlyAccess"), ("PolicyType", kind)]);
    assert_eq!(at(&of("Custom"), "/Policy/PolicyType"), "Custom");
    assert_eq!(at(&of("System"), "/Policy/PolicyType"), "System");
    assert_ne!(of("System")["DefaultPolicyVersion"], of("Custom")["DefaultPolicyVersion"]);
}

#[test]
fn an_attached_policy_stays_and_says_to_what() {
    let world = World::new();
    world.policy("p", &allow("ecs:*", "*"));
    world.ok(&world.root, "CreateUser", &[("UserName", "alice")]);
    world.groups(1);
    world.role("ops", ACCOUNT);
    for (kind, parameter, name) in
        [("User", "UserName", "alice"), ("Group", "GroupName", "g00"), ("Role", "RoleName", "ops")]
    {
        let params = [(parameter, name), ("PolicyType", "Custom"), ("PolicyName", "p")];
        world.ok(&world.root, &format!("AttachPolicyTo{kind}"), &params);
        let code = format!("DeleteConflict.Policy.{kind}");
        world.all_refused(&[(
            "DeletePolicy",
            &[("PolicyName", "p"), ("CascadingDelete", "true")],
            409,
            &code,
        )]);
        world.ok(&world.root, &format!("DetachPolicyFrom{kind}"), &params);
    }
    world.ok(&world.root, "DeletePolicy", &[("PolicyName", "p")]);
    world.all_refused(&[("DeletePolicy", &[("PolicyName", "p")], 404, "EntityNotExist.Policy")]);
}

#[test]
fn versions_go_with_the_policy_only_if_asked() {
    let world = World::new();
    world.policy("p", &allow("ecs:*", "*"));
    let text = document(&allow("slb:*", "*"));
    world.ok(&world.root, "CreatePolicyVersion", &[("PolicyName", "p"), ("PolicyDocument", &text)]);
    world.all_refused(&[("DeletePolicy", &[("PolicyName", "p")], 409, "DeleteConflict.Policy.Version")]);
    world.ok(&world.root, "DeletePolicy", &[("PolicyName", "p"), ("CascadingDelete", "true")]);
    world.policy("p", &allow("ecs:*", "*"));
    let versions =
        world.ok(&world.root, "ListPolicyVersions", &[("PolicyName", "p"), ("PolicyType", "Custom")]);
    assert_eq!(at(&versions, "/PolicyVersions/PolicyVersion").as_array().unwrap().len(), 1, "none came back");
}

#[test]
fn an_account_has_only_so_many_policies() {
    let world = World::with_limits(|limits| limits.policies = 1);
    world.policy("p", &allow("ecs:*", "*"));
    let text = document(&allow("ecs:*", "*"));
    let second = [("PolicyName", "q"), ("PolicyDocument", text.as_str())];
    world.all_refused(&[("CreatePolicy", &second, 409, "LimitExceeded.Policy")]);
    world.ok(&world.root, "DeletePolicy", &[("PolicyName", "p")]);
    world.ok(&world.root, "CreatePolicy", &second);
}

#[test]
fn policies_are_listed_in_pages_across_both_kinds() {
    let world = World::new();
    for name in ["b", "A", "c"] {
        world.policy(name, &allow("ecs:*", "*"));
    }
    let all = |params, size| world.pages("ListPolicies", params, size, "/Policies/Policy", "PolicyName");
    let custom = all(&[("PolicyType", "Custom")], 1000);
    let system = all(&[("PolicyType", "System")], 1000);
    assert_eq!(custom, ["A", "b", "c"]);
    assert!(system.len() > 30 && system.contains(&"AdministratorAccess".to_owned()));
    let both = [system.clone(), custom.clone()].concat();
    for size in [1, 2, 7, system.len() - 1, system.len(), system.len() + 1, both.len(), both.len() + 1] {
        assert_eq!(all(&[], size), both, "{size}");
        assert_eq!(all(&[("PolicyType", "Custom")], size), custom, "{size}");
        assert_eq!(all(&[("PolicyType", "System")], size), system, "{size}");
    }
    let page = world.ok(&world.root, "ListPolicies", &[("MaxItems", "1")]);
    let marker = [("Marker", page["Marker"].as_str().unwrap()), ("PolicyType", "Custom")];
    world.all_refused(&[("ListPolicies", &marker, 400, "InvalidParameter.Marker")]);
}

#[test]
fn a_policy_counts_and_lists_who_has_it() {
    let world = World::new();
    world.ok(&world.root, "CreateUser", &[("UserName", "alice"), ("DisplayName", "Alice A.")]);
    world.groups(1);
    world.role("ops", ACCOUNT);
    let policy = [("PolicyType", "System"), ("PolicyName", "ReadOnlyAccess")];
    for (kind, parameter, name) in
        [("User", "UserName", "alice"), ("Group", "GroupName", "g00"), ("Role", "RoleName", "ops")]
    {
        world.ok(&world.root, &format!("AttachPolicyTo{kind}"), &[(parameter, name), policy[0], policy[1]]);
    }
    let shown = world.ok(&world.root, "GetPolicy", &policy);
    assert_eq!(at(&shown, "/Policy/AttachmentCount"), 3);
    let listed = world.ok(&world.root, "ListPolicies", &[]);
    let count = |name: &str| {
        let entries = at(&listed, "/Policies/Policy").as_array().unwrap().clone();
        entries.into_iter().find(|entry| entry["PolicyName"] == name).unwrap()["AttachmentCount"].clone()
    };
    assert_eq!((count("ReadOnlyAccess"), count("AdministratorAccess")), (3.into(), 0.into()));
    let entities = world.ok(&world.root, "ListEntitiesForPolicy", &policy);
    assert_eq!(at(&entities, "/Users/User/0/UserName"), "alice");
    assert_eq!(at(&entities, "/Users/User/0/DisplayName"), "Alice A.");
    assert_eq!(at(&entities, "/Groups/Group/0/GroupName"), "g00");
    assert_eq!(at(&entities, "/Roles/Role/0/Arn"), &format!("acs:ram::{ACCOUNT}:role/ops"));
    assert_eq!(at(&entities, "/Roles/Role/0/AttachDate"), "2025-06-15T15:06:40Z");
    // What other accounts do with a system policy is theirs to know.
    let other = world.other_account();
    let entities = world.ok(&other, "ListEntitiesForPolicy", &policy);
    assert_eq!(at(&entities, "/Users/User").as_array().unwrap().len(), 0);
}
