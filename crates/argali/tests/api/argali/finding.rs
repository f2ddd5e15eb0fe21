//! Findings: what there is to look at, and that it can be put away.

use argali_testkit::{Delegation, Enterprise, TestServer, days, trust};
use serde_json::{Value, json};

use crate::expect::Calls;
use crate::shape::{complete, known};
use crate::stage::text;
use crate::world::tenant_on;

/// The kinds of findings about something of the account, by the end of its ARN.
#[track_caller]
fn kinds(of: &Enterprise, resource: &str) -> Vec<String> {
    let answer = of.must("Argali", "ListFindings", &[("Status", "Active")]);
    known("Argali", "ListFindings", &answer);
    let about = |finding: &&Value| text(&finding["Resource"]).ends_with(resource);
    answer["Findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter(about)
        .map(|finding| text(&finding["Kind"]))
        .collect()
}

#[test]
fn nobody_but_those_who_may_sees_or_archives_findings() {
    let server = TestServer::start();
    let a = tenant_on(&server);
    a.role("open", &["acs:ram::87654321:root"], &[]);
    let nobody = a.user("nobody");
    nobody.refused("Argali", "ListFindings", &[], "NoPermission");
    let found = a.must("Argali", "ListFindings", &[("Kind", "OutsideWholeAccount")]);
    let id = text(&found["Findings"][0]["FindingId"]);
    nobody.refused("Argali", "ArchiveFinding", &[("FindingId", &id), ("Reason", "mine")], "NoPermission");
    let stranger = tenant_on(&server);
    let of_another = [("FindingId", id.as_str()), ("Reason", "not mine")];
    stranger.client.refused("Argali", "ArchiveFinding", &of_another, "EntityNotExist.Finding");
    a.client.refused("Argali", "UnarchiveFinding", &[("FindingId", &id)], "EntityNotExist.Finding");
    for (reason, code) in [
        ("", "MissingReason"),
        ("  ", "InvalidParameter.Reason"),
        (&"x".repeat(257), "InvalidParameter.Reason"),
    ] {
        a.client.refused("Argali", "ArchiveFinding", &[("FindingId", &id), ("Reason", reason)], code);
    }
    a.client.refused("Argali", "ListFindings", &[("FindingId", "ABC")], "InvalidParameter.FindingId");
    a.client.refused("Argali", "ListFindings", &[("Kind", "Nice")], "InvalidParameter.Kind");
}

#[test]
fn a_finding_stays_archived_until_it_is_taken_out() {
    let server = TestServer::start();
    let a = tenant_on(&server);
    a.role("open", &["acs:ram::87654321:root"], &[]);
    let of_kind = [("Kind", "OutsideWholeAccount")];
    let list = |more: &[(&str, &str)]| {
        a.must("Argali", "ListFindings", &of_kind.iter().chain(more).copied().collect::<Vec<_>>())
    };
    let id = text(&list(&[])["Findings"][0]["FindingId"]);
    a.must("Argali", "ArchiveFinding", &[("FindingId", &id), ("Reason", " the auditor ")]);
    assert_eq!(list(&[("Status", "Active")])["TotalCount"], 0);
    let archived = list(&[("Status", "Archived")]);
    assert_eq!(archived["Counts"], json!([{ "Kind": "OutsideWholeAccount", "Count": 1 }]));
    complete("Argali", "ListFindings", &archived, &["Marker"]);
    let finding = &archived["Findings"][0];
    assert_eq!(
        (&finding["Archive"]["Reason"], &finding["Status"]),
        (&json!("the auditor"), &json!("Archived"))
    );
    a.must("Argali", "UnarchiveFinding", &[("FindingId", &id)]);
    a.role("open-too", &["acs:ram::87654321:root"], &[]);
    let few = list(&[("MostOfKind", "1")]);
    assert_eq!((few["TotalCount"].as_u64(), few["Counts"][0]["Count"].as_u64()), (Some(1), Some(2)));
    let first = list(&[("MaxItems", "1")]);
    let marker = text(&first["Marker"]);
    assert_ne!(list(&[("MaxItems", "1"), ("Marker", &marker)])["Findings"], first["Findings"]);
    assert_eq!(list(&[("Status", "Active"), ("FindingId", &id)])["TotalCount"], 1);
}

#[test]
fn access_from_outside_is_found() {
    let server = TestServer::start();
    let Delegation { a, b, .. } = Delegation::set_up(&server);
    assert_eq!(
        kinds(&a, "role/ecs-admin"),
        ["OutsideAccessNew", "OutsideWholeAccount", "OutsideNoExternalId"]
    );
    let set = |document: &Value| {
        let params = [("RoleName", "ecs-admin"), ("NewAssumeRolePolicyDocument", &*document.to_string())];
        a.must("Ram", "UpdateRole", &params);
    };
    let mut careful = trust(&[&format!("acs:ram::{}:user/alice", b.id)]);
    let end = server.clock().now().plus_seconds(10 * 86_400).to_string();
    careful["Statement"][0]["Condition"] = json!({
        "StringEquals": { "sts:ExternalId": "secret-42" }, "DateLessThan": { "acs:CurrentTime": end },
    });
    set(&careful);
    assert_eq!(kinds(&a, "role/ecs-admin"), ["OutsideAccessNew", "DelegationExpiring"]);
    server.clock().advance(days(8));
    assert_eq!(kinds(&a, "role/ecs-admin"), ["DelegationExpiring"]);
    set(&trust(&["acs:ram::87654321:role/ops"]));
    assert!(kinds(&a, "role/ecs-admin").contains(&"UnknownAccountTrusted".to_owned()));
    set(&trust(&[&a.root_arn()]));
    assert!(kinds(&a, "role/ecs-admin").is_empty(), "the own account is not outside");
    assert!(kinds(&b, "role/ecs-admin").is_empty(), "it is the other side's");
}

#[test]
fn administrators_and_credentials_are_found() {
    let server = TestServer::start();
    let a = tenant_on(&server);
    a.user("alice");
    a.grant("alice", "AdministratorAccess");
    a.user("bob");
    let broad =
        json!({ "Version": "1", "Statement": [{ "Effect": "Allow", "Action": "*", "Resource": "*" }] });
    a.grant_document("bob", "broad", &broad);
    a.must("Ram", "CreateLoginProfile", &[("UserName", "bob"), ("Password", "Correct-horse-7")]);
    assert_eq!(kinds(&a, "user/alice"), ["Administrator"]);
    assert_eq!(kinds(&a, "user/bob"), ["Administrator", "UserWithoutMfa", "UserWithBothModes"]);
    server.clock().advance(days(91));
    let old = kinds(&a, "user/alice");
    for kind in ["UnusedUser", "UnusedKey", "OldKey", "UnusedPermission"] {
        assert!(old.contains(&kind.to_owned()), "{kind}: {old:?}");
    }
}

#[test]
fn what_is_used_is_not_found_unused() {
    let server = TestServer::start();
    let Delegation { a, b, alice, role_arn } = Delegation::set_up(&server);
    a.role("idle", &[&a.root_arn()], &["AliyunECSFullAccess"]);
    server.clock().advance(days(91));
    let session = alice.assume(&role_arn, "at-work").unwrap();
    session.must("Ecs", "DescribeInstances", &[("RegionId", "cn-hangzhou")]);
    assert_eq!(kinds(&a, "role/idle"), ["UnusedRole", "UnusedPermission"]);
    let used = kinds(&a, "role/ecs-admin");
    assert!(!used.iter().any(|kind| kind.starts_with("Unused")), "{used:?}");
    let used = kinds(&b, "user/alice");
    assert_eq!(used, ["OldKey"], "she signed, and her policy let her");
    // Nothing is called unused before it could have been used for long.
    server.clock().advance(days(1));
    a.role("young", &[&a.root_arn()], &["AliyunECSFullAccess"]);
    assert!(kinds(&a, "role/young").is_empty());
}

#[test]
fn who_looks_again_sees_what_was_used_since_and_what_has_gone_unused_since() {
    let server = TestServer::start();
    let Delegation { a, alice, role_arn, .. } = Delegation::set_up(&server);
    let unused = || {
        kinds(&a, "role/ecs-admin").into_iter().filter(|kind| kind.starts_with("Unused")).collect::<Vec<_>>()
    };
    let use_it = || {
        let session = alice.assume(&role_arn, "at-work").unwrap();
        session.must("Ecs", "DescribeInstances", &[("RegionId", "cn-hangzhou")]);
    };
    server.clock().advance(days(91));
    assert_eq!(unused(), ["UnusedRole", "UnusedPermission"]);
    use_it();
    assert!(unused().is_empty(), "{:?}", unused());
    server.clock().advance(days(89));
    assert!(unused().is_empty(), "{:?}", unused());
    server.clock().advance(days(2));
    assert_eq!(unused(), ["UnusedRole", "UnusedPermission"]);
}
