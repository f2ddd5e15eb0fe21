//! Roles: RAM's own, as Resource Management shows them.

use argali_testkit::trust;
use serde_json::{Value, json};

use crate::expect::Calls;
use crate::shape::complete;
use crate::stage::text;
use crate::world::tenant;

const RM: &str = "ResourceManager";
/// Members of roles that are linked to services.
const LINKED: [&str; 2] = ["LatestDeletionTask.CreateDate", "LatestDeletionTask.DeletionTaskId"];

fn names(listed: &Value) -> Vec<String> {
    listed["Roles"]["Role"].as_array().unwrap().iter().map(|role| text(&role["RoleName"])).collect()
}

#[test]
fn what_ram_refuses_is_refused() {
    let a = tenant();
    let document = trust(&[&a.root_arn()]).to_string();
    let (ops, trusting) = (("RoleName", "ops"), ("AssumeRolePolicyDocument", document.as_str()));
    let refused = |action: &str, params: &[(&str, &str)], code: &str| {
        a.client.refused(RM, action, params, code);
    };
    refused("CreateRole", &[ops], "MissingAssumeRolePolicyDocument");
    refused("CreateRole", &[("RoleName", "o_p"), trusting], "InvalidParameter.RoleName.InvalidChars");
    refused("CreateRole", &[ops, ("AssumeRolePolicyDocument", "{}")], "MalformedPolicyDocument");
    let short = [ops, trusting, ("MaxSessionDuration", "60")];
    refused("CreateRole", &short, "InvalidParameter.MaxSessionDuration");
    for action in ["GetRole", "UpdateRole", "DeleteRole"] {
        refused(action, &[ops], "EntityNotExist.Role");
        refused(action, &[], "MissingRoleName");
    }
    a.must(RM, "CreateRole", &[ops, trusting]);
    refused("CreateRole", &[ops, trusting], "EntityAlreadyExists.Role");
}

#[test]
fn one_role_is_seen_through_both_products() {
    let a = tenant();
    let document = trust(&[&a.root_arn()]).to_string();
    let ops = ("RoleName", "ops");
    let params = [ops, ("AssumeRolePolicyDocument", document.as_str()), ("Description", "on call")];
    let made = a.must(RM, "CreateRole", &params);
    complete(RM, "CreateRole", &made, &[]);
    let principal = format!("ops@role.{}.onaliyunservice.com", a.alias);
    assert_eq!(made["Role"]["RolePrincipalName"], json!(principal));
    assert!(text(&made["Role"]["CreateDate"]).ends_with("+08:00"), "{made}");
    assert_eq!(a.must("Ram", "GetRole", &[ops])["Role"]["RoleId"], made["Role"]["RoleId"]);
    let shown = a.must(RM, "GetRole", &[ops]);
    complete(
        RM,
        "GetRole",
        &shown,
        &LINKED.map(|name| format!("Role.{name}")).each_ref().map(String::as_str),
    );
    let changed = [ops, ("NewMaxSessionDuration", "7200"), ("NewDescription", "off duty")];
    let changed = a.must(RM, "UpdateRole", &changed);
    complete(RM, "UpdateRole", &changed, &[]);
    assert_eq!(a.must("Ram", "GetRole", &[ops])["Role"]["MaxSessionDuration"], 7_200);

    let grant = [
        ("PolicyName", "AliyunECSFullAccess"),
        ("PolicyType", "System"),
        ("PrincipalName", principal.as_str()),
        ("PrincipalType", "ServiceRole"),
        ("ResourceGroupId", a.id.as_str()),
    ];
    a.must(RM, "AttachPolicy", &grant);
    a.client.refused(RM, "DeleteRole", &[ops], "DeleteConflict.Role.Policy");
    a.must(RM, "DetachPolicy", &grant);
    complete(RM, "DeleteRole", &a.must(RM, "DeleteRole", &[ops]), &[]);
    a.client.refused("Ram", "GetRole", &[ops], "EntityNotExist.Role");
}

#[test]
fn roles_are_listed_by_page() {
    let a = tenant();
    for number in (0..23).rev() {
        a.role(&format!("r{number:02}"), &[], &[]);
    }
    a.must(RM, "DeleteRole", &[("RoleName", "r07")]);
    let list = |params: &[(&str, &str)]| a.must(RM, "ListRoles", params);
    let first = list(&[]);
    assert_eq!((names(&first).len(), &first["TotalCount"]), (10, &json!(22)));
    let second = list(&[("PageNumber", "2"), ("PageSize", "20")]);
    assert_eq!(names(&second), ["r21", "r22"]);
    assert_eq!(names(&list(&[("PageNumber", "3"), ("PageSize", "20")])), Vec::<String>::new());
    let paged: Vec<String> = (1..=4)
        .flat_map(|page| names(&list(&[("PageSize", "6"), ("PageNumber", &page.to_string())])))
        .collect();
    assert_eq!(paged, names(&a.must("Ram", "ListRoles", &[])));
    for (name, value) in [("PageNumber", "-1"), ("PageSize", "0")] {
        a.client.refused(RM, "ListRoles", &[(name, value)], &format!("InvalidParameter.{name}"));
    }
}
