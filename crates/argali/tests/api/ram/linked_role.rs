//! Service-linked roles, through both products.

use argali_testkit::{Enterprise, TestServer, allow};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::each;
use crate::expect::Calls;
use crate::shape::complete;
use crate::stage::text;
use crate::world::{tenant, tenant_on};

const RM: &str = "ResourceManager";
const SERVICE: (&str, &str) = ("ServiceName", "actiontrail.aliyuncs.com");
const ROLE: (&str, &str) = ("RoleName", "AliyunServiceRoleForActionTrail");
const POLICY: (&str, &str) = ("PolicyName", "AliyunServiceRolePolicyForActionTrail");
const SYSTEM: (&str, &str) = ("PolicyType", "System");

/// What became of a deletion.
fn outcome(owner: &Enterprise, deleted: &Value) -> Value {
    let task = text(&deleted["DeletionTaskId"]);
    owner.must(RM, "GetServiceLinkedRoleDeletionStatus", &[("DeletionTaskId", &task)])
}

#[test]
fn what_no_service_declares_cannot_be_made() {
    let a = tenant();
    for product in ["Ram", RM] {
        let refused = |params: &[(&str, &str)], code: &str| {
            a.client.refused(product, "CreateServiceLinkedRole", params, code);
        };
        refused(&[], "MissingServiceName");
        refused(&[("ServiceName", "nobody.aliyuncs.com")], "InvalidParameter.ServiceName");
        refused(&[SERVICE, ("CustomSuffix", "second")], "InvalidParameter.CustomSuffix");
        refused(&[SERVICE, ("CustomSuffix", "a_b")], "InvalidParameter.CustomSuffix.InvalidChars");
        a.client.refused(product, "DeleteServiceLinkedRole", &[ROLE], "EntityNotExist.Role");
        a.client.refused(product, "DeleteServiceLinkedRole", &[], "MissingRoleName");
    }
    let template = |name: &str| [("ServiceName", name.to_owned())];
    let unknown = template("nobody.aliyuncs.com");
    let unknown = unknown.each_ref().map(|(name, value)| (*name, value.as_str()));
    a.client.refused("Ram", "GetServiceLinkedRoleTemplate", &unknown, "InvalidParameter.ServiceName");
    a.must("Ram", "CreateServiceLinkedRole", &[SERVICE]);
    a.client.refused(RM, "CreateServiceLinkedRole", &[SERVICE], "EntityAlreadyExists.Role");
    for task in ["task", "task/acs-service-role/a/b/c", "task/acs-service-role/actiontrail.aliyuncs.com/x"] {
        let task = [("DeletionTaskId", task)];
        let code = "EntityNotExist.DeletionTask";
        a.client.refused(RM, "GetServiceLinkedRoleDeletionStatus", &task, code);
    }
    a.role("ops", &[], &[]);
    let ordinary = [("RoleName", "ops")];
    a.client.refused("Ram", "DeleteServiceLinkedRole", &ordinary, "InvalidParameter.RoleName");
}

#[test]
fn a_role_of_ones_own_cannot_take_its_name() {
    let a = tenant();
    let document = argali_testkit::trust(&[&a.root_arn()]).to_string();
    for name in [ROLE.1, "aliyunserviceroleforNobody"] {
        let params = [("RoleName", name), ("AssumeRolePolicyDocument", document.as_str())];
        a.client.refused("Ram", "CreateRole", &params, "InvalidParameter.RoleName");
    }
}

#[test]
fn it_is_what_its_template_says_in_both_products() {
    let (a, b) = (tenant(), tenant());
    let template = a.must("Ram", "GetServiceLinkedRoleTemplate", &[SERVICE]);
    complete("Ram", "GetServiceLinkedRoleTemplate", &template, &[]);
    let template = &template["ServiceLinkedRoleTemplate"];
    assert_eq!(template["RoleNamePrefix"], ROLE.1);
    let made = a.must("Ram", "CreateServiceLinkedRole", &[SERVICE, ("Description", "not this")]);
    complete("Ram", "CreateServiceLinkedRole", &made, &[]);
    complete(RM, "CreateServiceLinkedRole", &b.must(RM, "CreateServiceLinkedRole", &[SERVICE]), &[]);
    assert_eq!(
        made["Role"]["Description"],
        template["RoleDescriptions"]["RoleDescription"][0]["Description"]
    );
    let trust: Value = serde_json::from_str(&text(&made["Role"]["AssumeRolePolicyDocument"])).unwrap();
    assert_eq!(trust["Statement"][0]["Principal"], json!({ "Service": [SERVICE.1] }));

    for product in ["Ram", RM] {
        let shown = a.must(product, "GetRole", &[ROLE]);
        assert_eq!(shown["Role"]["IsServiceLinkedRole"], true, "{shown}");
    }
    let listed = a.must(RM, "ListRoles", &[]);
    assert_eq!(listed["Roles"]["Role"][0]["IsServiceLinkedRole"], true, "{listed}");
    let policies = a.must("Ram", "ListPoliciesForRole", &[ROLE]);
    assert_eq!(
        each(&policies["Policies"]["Policy"], "PolicyName"),
        [template["SystemPolicyName"].as_str().unwrap()]
    );

    let gone = a.must("Ram", "DeleteServiceLinkedRole", &[ROLE]);
    complete("Ram", "DeleteServiceLinkedRole", &gone, &[]);
    let status = outcome(&a, &gone);
    assert_eq!(status["Status"], "SUCCEEDED");
    a.client.refused("Ram", "GetRole", &[ROLE], "EntityNotExist.Role");
    let entities = a.must("Ram", "ListEntitiesForPolicy", &[POLICY, SYSTEM]);
    assert_eq!(entities["Roles"]["Role"], json!([]), "the policy went with it");
    let task = text(&gone["DeletionTaskId"]);
    let elsewhere = [("DeletionTaskId", task.as_str())];
    b.client.refused(RM, "GetServiceLinkedRoleDeletionStatus", &elsewhere, "EntityNotExist.DeletionTask");
}

#[test]
fn nobody_changes_it_or_assumes_it() {
    let a = tenant();
    a.must("Ram", "CreateServiceLinkedRole", &[SERVICE]);
    let refused = |product: &str, action: &str, params: &[(&str, &str)]| {
        a.client.refused(product, action, params, "NotSupport.ServiceLinkedRole");
    };
    for product in ["Ram", RM] {
        refused(product, "UpdateRole", &[ROLE, ("NewMaxSessionDuration", "7200")]);
        refused(product, "DeleteRole", &[ROLE]);
    }
    let trust = argali_testkit::trust(&[&a.root_arn()]).to_string();
    refused("Ram", "UpdateRole", &[ROLE, ("NewAssumeRolePolicyDocument", &trust)]);
    refused("Ram", "AttachPolicyToRole", &[ROLE, ("PolicyName", "AliyunECSFullAccess"), SYSTEM]);
    refused("Ram", "DetachPolicyFromRole", &[ROLE, POLICY, SYSTEM]);
    let principal = format!("{}@role.{}.onaliyunservice.com", ROLE.1, a.alias);
    let account = a.id.clone();
    let grant = [
        ("PolicyName", "AliyunECSFullAccess"),
        SYSTEM,
        ("PrincipalName", principal.as_str()),
        ("PrincipalType", "ServiceRole"),
        ("ResourceGroupId", account.as_str()),
    ];
    refused(RM, "AttachPolicy", &grant);
    let alice = a.user("alice");
    a.grant("alice", "AdministratorAccess");
    let arn = format!("acs:ram::{}:role/{}", a.id, ROLE.1);
    alice.refused("Sts", "AssumeRole", &[("RoleArn", &arn), ("RoleSessionName", "me")], "NoPermission");
}

#[test]
fn permission_can_be_for_one_service_alone() {
    let a = tenant();
    let alice = a.user("alice");
    let rights = |service: &str| {
        let mut document = allow(&["ram:*ServiceLinkedRole*"], &["*"]);
        document["Statement"][0]["Condition"] = json!({ "StringEquals": { "ram:ServiceName": service } });
        document
    };
    a.grant_document("alice", "another", &rights("nas.aliyuncs.com"));
    a.must("Ram", "CreateServiceLinkedRole", &[SERVICE]);
    for (action, params) in [
        ("CreateServiceLinkedRole", SERVICE),
        ("DeleteServiceLinkedRole", ROLE),
        ("DeleteServiceLinkedRole", ("RoleName", "nobody")),
        ("GetServiceLinkedRoleTemplate", SERVICE),
    ] {
        alice.refused("Ram", action, &[params], "NoPermission");
    }
    a.grant_document("alice", "this-one", &rights(SERVICE.1));
    let deleted = alice.must("Ram", "DeleteServiceLinkedRole", &[ROLE]);
    let task = text(&deleted["DeletionTaskId"]);
    alice.must(RM, "GetServiceLinkedRoleDeletionStatus", &[("DeletionTaskId", &task)]);
    alice.must("Ram", "CreateServiceLinkedRole", &[SERVICE]);
}

#[test]
fn who_administers_a_service_makes_the_role_of_that_service() {
    let a = tenant();
    let alice = a.user("alice");
    a.grant("alice", "AliyunRDSFullAccess");
    alice.refused("Ram", "CreateServiceLinkedRole", &[SERVICE], "NoPermission");
    let made = alice.must("Ram", "CreateServiceLinkedRole", &[("ServiceName", "rds.aliyuncs.com")]);
    assert_eq!(made["Role"]["RoleName"], "AliyunServiceRoleForRds");
}

#[test]
fn it_stays_while_a_trail_delivers_as_it() {
    let a = tenant();
    a.must("Ram", "CreateServiceLinkedRole", &[SERVICE]);
    let other = a.role("writer", &[], &[]);
    let trail = |name: &str, role: Option<&str>| {
        let role = role.map(|role| ("OssWriteRoleArn", role));
        let params: Vec<_> =
            [("Name", name), ("OssBucketName", "events-of-a")].into_iter().chain(role).collect();
        a.must("Actiontrail", "CreateTrail", &params);
    };
    trail("with-another", Some(&other));
    trail("with-none", None);
    let status = outcome(&a, &a.must(RM, "DeleteServiceLinkedRole", &[ROLE]));
    complete(RM, "GetServiceLinkedRoleDeletionStatus", &status, &[]);
    assert_eq!(status["Status"], "FAILED");
    let uses = &status["Reason"]["RoleUsages"]["RoleUsage"];
    let arn = format!("acs:actiontrail:cn-hangzhou:{}:trail/with-none", a.id);
    assert_eq!(*uses, json!([{ "Region": "cn-hangzhou", "Resources": { "Resource": [arn] } }]));
    for product in ["Ram", RM] {
        let shown = a.must(product, "GetRole", &[ROLE]);
        complete(
            product,
            "GetRole",
            &shown,
            if product == "Ram" { &["Role.RolePrincipalName"] } else { &[] },
        );
    }
    a.must("Actiontrail", "DeleteTrail", &[("Name", "with-none")]);
    let status = outcome(&a, &a.must(RM, "DeleteServiceLinkedRole", &[ROLE]));
    assert_eq!(status["Status"], "SUCCEEDED", "{status}");
    let made = a.must("Ram", "CreateServiceLinkedRole", &[SERVICE]);
    let shown = a.must("Ram", "GetRole", &[ROLE]);
    assert_eq!(shown["Role"]["LatestDeletionTask"], Value::Null, "that was another role: {made}");
}

/// A service of an operator's own, whose shares use its role.
const STORAGE: &str = r#"
service = "shares"
title = "Shares"
product = "Shares"
version = "2026-11-01"
ram_code = "shares"

[linked_role."shares.example.com"]
name = "AliyunServiceRoleForShares"
policy = "AliyunECSReadOnlyAccess"
suffixes = true
used_by = ["share"]
descriptions = { en = "Lets shares find instances." }

[resource.share]
arn = "acs:shares:{region}:{account}:share/{id}"
id = { parameter = "ShareId", prefix = "sh-", length = 12 }
view = { ShareId = "{id}" }

[operation.CreateShare]
creates = "share"
answer = { ShareId = "{self.id}" }

[operation.DeleteShare]
deletes = "share"
"#;

#[test]
fn a_service_of_ones_own_declares_its_role_and_what_uses_it() {
    let folder = TempDir::new().unwrap();
    std::fs::write(folder.path().join("shares.toml"), STORAGE).unwrap();
    let server = TestServer::builder().configure(|config| config.services.dir = folder.path().into()).start();
    let a = tenant_on(&server);
    let service = ("ServiceName", "shares.example.com");
    let suffixed = |suffix| [service, ("CustomSuffix", suffix), ("Description", "for the lab")];
    a.must("Ram", "CreateServiceLinkedRole", &[service]);
    let made = a.must("Ram", "CreateServiceLinkedRole", &suffixed("lab"));
    assert_eq!(made["Role"]["RoleName"], "AliyunServiceRoleForShares-lab");
    assert_eq!(made["Role"]["Description"], "for the lab");
    let long = suffixed("a-suffix-that-makes-the-whole-name-longer-than-names-are");
    a.client.refused("Ram", "CreateServiceLinkedRole", &long, "InvalidParameter.CustomSuffix.Length");

    let share = a.must("Shares", "CreateShare", &[]);
    let role = ("RoleName", "AliyunServiceRoleForShares-lab");
    let status = outcome(&a, &a.must("Ram", "DeleteServiceLinkedRole", &[role]));
    assert_eq!(status["Status"], "FAILED");
    let used = text(&status["Reason"]["RoleUsages"]["RoleUsage"][0]["Resources"]["Resource"][0]);
    assert!(used.ends_with(&text(&share["ShareId"])), "{used}");
    let share = text(&share["ShareId"]);
    a.must("Shares", "DeleteShare", &[("ShareId", &share)]);
    let status = outcome(&a, &a.must("Ram", "DeleteServiceLinkedRole", &[role]));
    assert_eq!(status["Status"], "SUCCEEDED");
}
