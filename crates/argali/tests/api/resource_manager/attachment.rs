//! Attachments with their scope: given, taken away, listed.

use argali_testkit::{Enterprise, allow};
use serde_json::{Value, json};

use super::resource_group;
use crate::expect::Calls;
use crate::shape::complete;
use crate::stage::text;
use crate::world::tenant;

const RM: &str = "ResourceManager";
const SYSTEM: (&str, &str) = ("PolicyType", "System");
const CUSTOM: (&str, &str) = ("PolicyType", "Custom");
const ECS: (&str, &str) = ("PolicyName", "AliyunECSFullAccess");
const KINDS: [(&str, &str); 3] = [("User", "IMSUser"), ("Group", "IMSGroup"), ("Role", "ServiceRole")];

/// An account with a user, a group and a role, all called `x`.
fn with_principals() -> Enterprise {
    let a = tenant();
    a.must("Ram", "CreateUser", &[("UserName", "x")]);
    a.must("Ram", "CreateGroup", &[("GroupName", "x")]);
    a.role("x", &[], &[]);
    a
}

/// How a principal is called, by its kind.
fn principal(a: &Enterprise, kind: &str, name: &str) -> String {
    match kind {
        "User" => format!("{name}@{}.onaliyun.com", a.alias),
        "Group" => format!("{name}@group.{}.onaliyun.com", a.alias),
        _ => format!("{name}@role.{}.onaliyunservice.com", a.alias),
    }
}

/// The members of listed attachments, each as one line.
fn lines(listed: &Value) -> Vec<String> {
    let attachments = listed["PolicyAttachments"]["PolicyAttachment"].as_array().unwrap();
    let line = |attachment: &Value| {
        ["PolicyName", "PrincipalType", "PrincipalName"].map(|name| text(&attachment[name])).join(" ")
    };
    attachments.iter().map(line).collect()
}

#[test]
fn everything_that_a_grant_names_must_be_there() {
    let (a, other) = (with_principals(), tenant());
    let (group, theirs) = (resource_group(&a), resource_group(&other));
    for (kind, word) in KINDS {
        let (x, nobody) = (principal(&a, kind, "x"), principal(&a, kind, "nobody"));
        let (x, nobody) = (("PrincipalName", x.as_str()), ("PrincipalName", nobody.as_str()));
        let (word, here) = (("PrincipalType", word), ("ResourceGroupId", group.as_str()));
        let absent = format!("EntityNotExist.{kind}");
        let stranger = principal(&other, kind, "x");
        for action in ["AttachPolicy", "DetachPolicy"] {
            let refused = |params: &[(&str, &str)], code: &str| {
                a.client.refused(RM, action, params, code);
            };
            refused(&[ECS, SYSTEM, nobody, word, here], &absent);
            refused(&[ECS, SYSTEM, ("PrincipalName", &stranger), word, here], &absent);
            refused(&[ECS, CUSTOM, x, word, here], "EntityNotExist.Policy");
            for elsewhere in ["rg-nosuchgroup1", &theirs, &other.id] {
                let params = [ECS, SYSTEM, x, word, ("ResourceGroupId", elsewhere)];
                refused(&params, "EntityNotExists.ResourceGroup");
            }
            refused(&[ECS, ("PolicyType", "Any"), x, word, here], "InvalidParameter.PolicyType");
            refused(&[ECS, SYSTEM, x, ("PrincipalType", "RAMUser"), here], "InvalidParameter.PrincipalType");
            refused(&[ECS, SYSTEM, x, word, ("ResourceGroupId", "all")], "InvalidParameter.ResourceGroupId");
            for malformed in ["x", "x@", "@company", "x y@company"] {
                let params = [ECS, SYSTEM, ("PrincipalName", malformed), word, here];
                refused(&params, "InvalidParameter.PrincipalName");
            }
            let all = [ECS, SYSTEM, x, word, here];
            for without in 0..all.len() {
                let (name, mut params) = (all[without].0, all.to_vec());
                params.remove(without);
                refused(&params, &format!("Missing{name}"));
            }
        }
    }
    // The form must be that of the kind.
    let user = principal(&a, "User", "x");
    for word in ["IMSGroup", "ServiceRole"] {
        let grant = [
            ECS,
            SYSTEM,
            ("PrincipalName", user.as_str()),
            ("PrincipalType", word),
            ("ResourceGroupId", &group),
        ];
        a.client.refused(RM, "AttachPolicy", &grant, "InvalidParameter.PrincipalName");
    }
}

#[test]
fn a_policy_counts_once_in_each_scope() {
    let a = with_principals();
    let group = resource_group(&a);
    for (kind, word) in KINDS {
        let x = principal(&a, kind, "x");
        for scope in [group.as_str(), a.id.as_str()] {
            let grant =
                [ECS, SYSTEM, ("PrincipalName", &x), ("PrincipalType", word), ("ResourceGroupId", scope)];
            a.client.refused(RM, "DetachPolicy", &grant, &format!("EntityNotExist.{kind}.Policy"));
            complete(RM, "AttachPolicy", &a.must(RM, "AttachPolicy", &grant), &[]);
            a.client.refused(RM, "AttachPolicy", &grant, &format!("EntityAlreadyExists.{kind}.Policy"));
        }
    }
    assert_eq!(a.must(RM, "ListPolicyAttachments", &[])["TotalCount"], 6);
    // One store: what RAM lists and takes away is the same.
    let listed = a.must("Ram", "ListPoliciesForUser", &[("UserName", "x")]);
    assert_eq!(listed["Policies"]["Policy"][0]["PolicyName"], "AliyunECSFullAccess");
    let of_group = [("UserName", "x"), ECS, SYSTEM, ("ResourceGroupId", group.as_str())];
    a.must("Ram", "DetachPolicyFromUser", &of_group);
    a.must("Ram", "DetachPolicyFromUser", &of_group[..3]);
    for (kind, word) in &KINDS[1..] {
        let x = principal(&a, kind, "x");
        for scope in [group.as_str(), a.id.as_str()] {
            let grant =
                [ECS, SYSTEM, ("PrincipalName", &x), ("PrincipalType", word), ("ResourceGroupId", scope)];
            complete(RM, "DetachPolicy", &a.must(RM, "DetachPolicy", &grant), &[]);
        }
    }
    assert_eq!(a.must(RM, "ListPolicyAttachments", &[])["TotalCount"], 0);
}

#[test]
fn a_principal_is_known_under_each_form_of_its_domain() {
    let a = with_principals();
    let (id, alias) = (a.id.as_str(), a.alias.as_str());
    for (kind, word, forms) in [
        ("User", "IMSUser", vec![format!("x@{id}"), format!("x@{alias}"), format!("X@{id}.onaliyun.com")]),
        ("Group", "IMSGroup", vec![format!("x@group.{alias}"), format!("x@group.{id}.onaliyun.com")]),
        (
            "Role",
            "ServiceRole",
            vec![format!("x@role.{id}.onaliyunservice.com"), format!("x@role.{alias}.onaliyun.com")],
        ),
    ] {
        for form in forms {
            let grant = [
                ECS,
                SYSTEM,
                ("PrincipalName", form.as_str()),
                ("PrincipalType", word),
                ("ResourceGroupId", id),
            ];
            a.must(RM, "AttachPolicy", &grant);
            let listed = a.must(RM, "ListPolicyAttachments", &[("PrincipalName", &form)]);
            assert_eq!(lines(&listed), [format!("AliyunECSFullAccess {word} {}", principal(&a, kind, "x"))]);
            a.must(RM, "DetachPolicy", &grant);
        }
    }
}

#[test]
fn each_scope_has_its_own_quota() {
    let a = with_principals();
    let (one, two) = (resource_group(&a), resource_group(&a));
    let document = allow(&["ecs:*"], &["*"]).to_string();
    let x = principal(&a, "User", "x");
    let attach = |policy: &str, scope: &str| {
        let grant = [
            ("PolicyName", policy),
            CUSTOM,
            ("PrincipalName", &x),
            ("PrincipalType", "IMSUser"),
            ("ResourceGroupId", scope),
        ];
        a.client.call(RM, "AttachPolicy", &grant).map_err(|failure| failure.code)
    };
    for number in 0..=10 {
        let name = format!("p{number}");
        a.must("Ram", "CreatePolicy", &[("PolicyName", &name), ("PolicyDocument", &document)]);
        for scope in [&one, &two, &a.id] {
            let done = attach(&name, scope).map(|_| ());
            let expected = if number < 10 { Ok(()) } else { Err("LimitExceeded.User.Policy".to_owned()) };
            assert_eq!(done, expected, "{number} {scope}");
        }
    }
}

#[test]
fn attachments_are_listed_by_what_is_asked_for() {
    let a = with_principals();
    let group = resource_group(&a);
    let document = allow(&["ecs:*"], &["*"]).to_string();
    // A policy of the account that is called as one of the system.
    for name in ["p", "AliyunECSFullAccess"] {
        let made =
            [("PolicyName", name), ("PolicyDocument", document.as_str()), ("Description", "all of ECS")];
        a.must("Ram", "CreatePolicy", &made);
    }
    let names = KINDS.map(|(kind, _)| principal(&a, kind, "x"));
    for (policy, scope) in
        [([ECS, SYSTEM], &a.id), ([ECS, CUSTOM], &a.id), ([("PolicyName", "p"), CUSTOM], &group)]
    {
        for ((_, word), name) in KINDS.iter().zip(&names) {
            let grant = [
                policy[0],
                policy[1],
                ("PrincipalName", name),
                ("PrincipalType", word),
                ("ResourceGroupId", scope),
            ];
            a.must(RM, "AttachPolicy", &grant);
        }
    }
    let list = |params: &[(&str, &str)]| a.must(RM, "ListPolicyAttachments", params);
    complete(RM, "ListPolicyAttachments", &list(&[]), &[]);
    let in_group = ("ResourceGroupId", group.as_str());
    let shown = list(&[in_group, ("PrincipalType", "ServiceRole")])["PolicyAttachments"]["PolicyAttachment"]
        [0]
    .clone();
    let mut expected = json!({
        "PolicyName": "p", "PolicyType": "Custom", "Description": "all of ECS", "PrincipalType": "ServiceRole",
        "PrincipalName": names[2], "ResourceGroupId": group,
    });
    expected["AttachDate"] = shown["AttachDate"].clone();
    assert_eq!(shown, expected);
    let everywhere = ("ResourceGroupId", a.id.as_str());
    let p = ("PolicyName", "p");
    for (narrowed, total) in [
        (vec![], 9),
        (vec![in_group], 3),
        (vec![everywhere], 6),
        (vec![SYSTEM], 3),
        (vec![CUSTOM], 6),
        (vec![p], 3),
        (vec![p, SYSTEM], 0),
        (vec![ECS], 6),
        (vec![ECS, SYSTEM], 3),
        (vec![ECS, in_group], 0),
        (vec![ECS, everywhere, ("PrincipalType", "IMSGroup")], 2),
        (vec![CUSTOM, everywhere], 3),
        (vec![("PrincipalType", "IMSUser")], 3),
        (vec![("PrincipalType", "IMSUser"), CUSTOM], 2),
        (vec![("PrincipalName", names[1].as_str())], 3),
        (vec![("PrincipalName", names[1].as_str()), ("PrincipalType", "IMSGroup"), in_group], 1),
        (vec![("PrincipalName", names[1].as_str()), ECS, CUSTOM], 1),
        (vec![("PrincipalName", "nobody@company"), ("PrincipalType", "IMSUser")], 0),
    ] {
        if narrowed == [p, SYSTEM] {
            a.client.refused(RM, "ListPolicyAttachments", &narrowed, "EntityNotExist.Policy");
            continue;
        }
        assert_eq!(list(&narrowed)["TotalCount"], total, "{narrowed:?}");
        // Page by page it is the same list.
        let paged: Vec<String> = (1..=total + 1)
            .flat_map(|page| {
                let page = page.to_string();
                lines(&list(&[&narrowed[..], &[("PageSize", "1"), ("PageNumber", &page)]].concat()))
            })
            .collect();
        assert_eq!(paged, lines(&list(&narrowed)), "{narrowed:?}");
    }
    a.client.refused(RM, "ListPolicyAttachments", &[("PolicyName", "none")], "EntityNotExist.Policy");
    let elsewhere = [("ResourceGroupId", "rg-nosuchgroup1")];
    a.client.refused(RM, "ListPolicyAttachments", &elsewhere, "EntityNotExists.ResourceGroup");
}

#[test]
fn a_group_administrator_manages_the_grants_of_the_group_alone() {
    let a = with_principals();
    let (ours, theirs) = (resource_group(&a), resource_group(&a));
    let admin = a.user("admin");
    let administrator = principal(&a, "User", "admin");
    let grant = |policy: &'static str, name: &'static str, scope: &str| -> Vec<(String, String)> {
        [
            ("PolicyName", policy),
            SYSTEM,
            ("PrincipalName", &principal(&a, "User", name)),
            ("PrincipalType", "IMSUser"),
            ("ResourceGroupId", scope),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec()
    };
    let with = |action: &str, grant: Vec<(String, String)>| {
        let params: Vec<_> = grant.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        admin.call(RM, action, &params).map(|_| ()).map_err(|failure| failure.code)
    };
    let refused = Err("NoPermission".to_owned());
    assert_eq!(with("AttachPolicy", grant("AliyunECSFullAccess", "x", &ours)), refused);
    let everything = [
        ("PolicyName", "AdministratorAccess"),
        SYSTEM,
        ("PrincipalName", administrator.as_str()),
        ("PrincipalType", "IMSUser"),
        ("ResourceGroupId", &ours),
    ];
    a.must(RM, "AttachPolicy", &everything);
    assert_eq!(with("AttachPolicy", grant("AliyunECSFullAccess", "x", &ours)), Ok(()));
    assert_eq!(with("DetachPolicy", grant("AliyunECSFullAccess", "x", &ours)), Ok(()));
    for scope in [theirs.as_str(), a.id.as_str(), "rg-nosuchgroup1"] {
        assert_eq!(with("AttachPolicy", grant("AliyunECSFullAccess", "x", scope)), refused, "{scope}");
        assert_eq!(with("AttachPolicy", grant("AdministratorAccess", "admin", scope)), refused, "{scope}");
    }
    // The same in RAM's words.
    let user = [("UserName", "x"), ECS, SYSTEM, ("ResourceGroupId", ours.as_str())];
    admin.must("Ram", "AttachPolicyToUser", &user);
    admin.refused("Ram", "AttachPolicyToUser", &user[..3], "NoPermission");
    // It may look at the group and at who may do what there, and not at others, nor undo the group itself.
    let this = [("ResourceGroupId", ours.as_str())];
    assert_eq!(admin.must(RM, "ListPolicyAttachments", &this)["TotalCount"], 2);
    admin.must(RM, "GetResourceGroup", &this);
    assert_eq!(admin.must(RM, "ListResourceGroups", &this)["TotalCount"], 1);
    for action in ["ListPolicyAttachments", "ListResourceGroups"] {
        admin.refused(RM, action, &[], "NoPermission");
        admin.refused(RM, action, &[("ResourceGroupId", &theirs)], "NoPermission");
    }
    admin.refused(RM, "GetResourceGroup", &[("ResourceGroupId", &theirs)], "NoPermission");
    admin.refused(RM, "DeleteResourceGroup", &this, "NoPermission");
    admin.refused(RM, "UpdateResourceGroup", &[this[0], ("NewDisplayName", "Mine")], "NoPermission");
}

#[test]
fn a_grant_needs_permission_on_policy_principal_and_scope() {
    let a = with_principals();
    let group = resource_group(&a);
    let alice = a.user("alice");
    let name = principal(&a, "Group", "x");
    let grant = [
        ECS,
        SYSTEM,
        ("PrincipalName", name.as_str()),
        ("PrincipalType", "IMSGroup"),
        ("ResourceGroupId", &group),
    ];
    let parts = [
        format!("acs:ram:*:system:policy/{}", ECS.1),
        format!("acs:ram:*:{}:group/x", a.id),
        format!("acs:ram:*:{}:resourcegroup/{group}", a.id),
    ];
    for (number, part) in parts.iter().enumerate() {
        alice.refused(RM, "AttachPolicy", &grant, "NoPermission");
        a.grant_document("alice", &format!("part-{number}"), &allow(&["ram:AttachPolicy"], &[part]));
    }
    alice.must(RM, "AttachPolicy", &grant);
}
