//! What a refusal tells its caller, and what each side can have opened of it.
// SPEC: wire protocol, AccessDeniedDetail.

use std::fmt::Write;

use argali_testkit::{
    AccessDeniedDetail, ApiFailure, Client, Delegation, Enterprise, Format, TestServer, allow, trust,
};
use serde_json::{Value, json};

use crate::expect::Calls;
use crate::shape::{complete, known};
use crate::stage::text;
use crate::world::tenant;

const DECODE: &str = "DecodeDiagnosticMessage";

fn detail(failure: ApiFailure) -> AccessDeniedDetail {
    *failure.access_denied_detail.expect("a refusal has its detail")
}

fn message(failure: ApiFailure) -> String {
    detail(failure).encoded_diagnostic_message.expect("a refusal has its message")
}

/// What an account is told of a message.
#[track_caller]
fn opened(by: &Client, message: &str) -> Value {
    let answer = by.must("Ram", DECODE, &[("EncodedDiagnosticMessage", message)]);
    known("Ram", DECODE, &answer);
    answer["DecodedDiagnosticMessage"].clone()
}

fn deny(actions: &[&str]) -> Value {
    let mut document = allow(actions, &["*"]);
    document["Statement"][0]["Effect"] = json!("Deny");
    document
}

/// A statement of a trust policy that shuts an account out.
fn shut_out(account: &Enterprise) -> Value {
    let mut document = trust(&[&account.root_arn()]);
    let mut statement = document["Statement"][0].clone();
    statement["Effect"] = json!("Deny");
    document["Statement"].as_array_mut().unwrap().push(statement);
    document
}

fn session(role: &str) -> Vec<(&str, &str)> {
    vec![("RoleArn", role), ("RoleSessionName", "at-work")]
}

#[test]
fn each_kind_of_refusal_says_who_was_refused_what_and_what_decided() {
    let server = TestServer::start();
    let Delegation { a, b, alice, role_arn } = Delegation::set_up(&server);
    let mut told = String::new();
    let mut tell = |situation: &str, who: &Client, product: &str, action: &str, params: &[(&str, &str)]| {
        let refused = |format| detail(who.format(format).call(product, action, params).unwrap_err());
        let (json, xml) = (refused(Format::Json), refused(Format::Xml));
        for detail in [&json, &xml] {
            let message = detail.encoded_diagnostic_message.as_deref().unwrap_or_default();
            assert!(message.starts_with("AQEAAAAA"), "{situation}: {message}");
        }
        let without_message = |detail| AccessDeniedDetail { encoded_diagnostic_message: None, ..detail };
        let json = without_message(json);
        assert_eq!(json, without_message(xml), "{situation}: JSON and XML");
        let value = serde_json::to_value(json).unwrap();
        writeln!(told, "{situation}").unwrap();
        for (name, value) in value.as_object().unwrap() {
            writeln!(told, "  {name}: {}", text(value)).unwrap();
        }
    };

    tell("a user whom no policy allows", &alice, "Ram", "ListUsers", &[]);
    b.grant_document("alice", "no-listing", &deny(&["ram:List*"]));
    tell("a user whom a policy denies", &alice, "Ram", "ListUsers", &[]);
    let region = [("RegionId", "cn-hangzhou")];
    tell("the same at a resource service", &alice, "Ecs", "DescribeInstances", &region);

    let admin = alice.assume(&role_arn, "at-work").unwrap();
    tell("a session whose role allows it not", &admin, "Ram", "ListUsers", &[]);
    let narrow = allow(&["ecs:Describe*"], &["*"]).to_string();
    let params = [session(&role_arn), vec![("Policy", narrow.as_str())]].concat();
    let narrowed = alice.must("Sts", "AssumeRole", &params);
    let narrowed = alice.with_credentials(crate::sts::credentials(&narrowed));
    tell(
        "a session whose session policy leaves it out",
        &narrowed,
        "Ecs",
        "StopInstance",
        &[("InstanceId", "i-1")],
    );

    let bert = b.user("bert");
    let bert_role = session(&role_arn);
    tell("a user who may not assume a role elsewhere", &bert, "Sts", "AssumeRole", &bert_role);
    let closed = a.role("closed", &[], &[]);
    tell("a user whom a role does not trust", &alice, "Sts", "AssumeRole", &session(&closed));
    let document = shut_out(&b).to_string();
    let hostile = [("RoleName", "hostile"), ("AssumeRolePolicyDocument", document.as_str())];
    let hostile = text(&a.must("Ram", "CreateRole", &hostile)["Role"]["Arn"]);
    tell("a user whom a role shuts out", &alice, "Sts", "AssumeRole", &session(&hostile));
    tell("an account that assumes a role", &b.client, "Sts", "AssumeRole", &bert_role);

    let carol = a.user("carol");
    let vpc = a.must("Vpc", "CreateVpc", &[region[0], ("CidrBlock", "10.0.0.0/16")]);
    let group = text(&vpc["ResourceGroupId"]);
    let no_reading = deny(&["ecs:Describe*"]).to_string();
    a.must("Ram", "CreatePolicy", &[("PolicyName", "no-reading"), ("PolicyDocument", &no_reading)]);
    let grant = [
        ("UserName", "carol"),
        ("PolicyName", "no-reading"),
        ("PolicyType", "Custom"),
        ("ResourceGroupId", &group),
    ];
    a.must("Ram", "AttachPolicyToUser", &grant);
    let params = [region[0], ("ResourceGroupId", group.as_str())];
    tell("a user whom a policy denies in a resource group", &carol, "Ecs", "DescribeInstances", &params);

    for (name, user) in [("alice", &b), ("bert", &b), ("carol", &a)] {
        let id = text(&user.must("Ram", "GetUser", &[("UserName", name)])["User"]["UserId"]);
        told = told.replace(&id, &format!("<{name}>"));
    }
    insta::assert_snapshot!(told);
}

#[test]
fn a_message_opens_to_what_decided() {
    let b = tenant();
    let alice = b.user("alice");
    b.must("Ram", "CreateGroup", &[("GroupName", "interns")]);
    b.must("Ram", "AddUserToGroup", &[("UserName", "alice"), ("GroupName", "interns")]);
    b.grant("alice", "AdministratorAccess");
    let (first, second) = (deny(&["oss:*"]).to_string(), deny(&["ram:ListUsers"]).to_string());
    b.must("Ram", "CreatePolicy", &[("PolicyName", "careful"), ("PolicyDocument", &first)]);
    let version = [("PolicyName", "careful"), ("PolicyDocument", &second), ("SetAsDefault", "true")];
    b.must("Ram", "CreatePolicyVersion", &version);
    let attached = [("GroupName", "interns"), ("PolicyName", "careful"), ("PolicyType", "Custom")];
    b.must("Ram", "AttachPolicyToGroup", &attached);

    let refused = alice.refused("Ram", "ListUsers", &[], "NoPermission");
    let message = message(refused);
    let answer = b.client.must("Ram", DECODE, &[("EncodedDiagnosticMessage", &message)]);
    complete("Ram", DECODE, &answer, &[]);
    let mut opened = answer["DecodedDiagnosticMessage"].clone();
    let conditions = opened.as_object_mut().unwrap().remove("AuthConditions").unwrap();
    let id = b.must("Ram", "GetUser", &[("UserName", "alice")])["User"]["UserId"].clone();
    assert_eq!(
        opened,
        json!({
            "ExplicitDeny": true,
            "NoPermissionPolicyType": "AccountLevelIdentityBasedPolicy",
            "AuthAction": "ram:ListUsers",
            "AuthResource": format!("acs:ram:*:{}:user/*", b.id),
            "AuthPrincipal": {
                "AuthPrincipalType": "SubUser",
                "AuthPrincipalOwnerId": b.id,
                "AuthPrincipalDisplayName": id,
            },
            "MatchedPolicies": [{
                "Effect": "Deny",
                "PolicyIdentifier": "careful",
                "PolicyType": "Custom",
                "PolicyVersion": "v2",
                "AttachedEntityType": "RamGroup",
                "AttachedScope": "Account",
            }],
        })
    );
    let keys: Vec<_> =
        conditions.as_array().unwrap().iter().map(|condition| text(&condition["ConditionKey"])).collect();
    assert_eq!(keys, ["acs:CurrentTime", "acs:SecureTransport", "acs:SourceIp"]);
    assert_eq!(conditions[2]["ConditionValues"], json!(["127.0.0.1"]));
    // What is not denied by a statement has none to show.
    b.must("Ram", "RemoveUserFromGroup", &[("UserName", "alice"), ("GroupName", "interns")]);
    let policy = [("UserName", "alice"), ("PolicyName", "AdministratorAccess"), ("PolicyType", "System")];
    b.must("Ram", "DetachPolicyFromUser", &policy);
    let refused = alice.refused("Ram", "ListUsers", &[], "NoPermission");
    let opened = self::opened(&b.client, &self::message(refused));
    assert_eq!((&opened["ExplicitDeny"], &opened["MatchedPolicies"]), (&json!(false), &json!([])));
}

#[test]
fn each_side_has_its_own_half_opened_and_others_nothing() {
    let (a, b, stranger) = (tenant(), tenant(), tenant());
    let alice = b.user("alice");
    let document = shut_out(&b).to_string();
    let role =
        a.must("Ram", "CreateRole", &[("RoleName", "hostile"), ("AssumeRolePolicyDocument", &document)]);
    let arn = text(&role["Role"]["Arn"]);
    let refused = || message(alice.refused("Sts", "AssumeRole", &session(&arn), "NoPermission"));

    // As long as B does not allow it, A has no say.
    let by_b = refused();
    for side in [&a, &b] {
        let opened = opened(&side.client, &by_b);
        assert_eq!(opened["NoPermissionPolicyType"], "AccountLevelIdentityBasedPolicy");
        assert_eq!((&opened["ExplicitDeny"], &opened["MatchedPolicies"]), (&json!(false), &json!([])));
    }
    b.grant("alice", "AliyunSTSAssumeRoleAccess");
    let by_a = refused();
    let of_a = opened(&a.client, &by_a);
    assert_eq!(of_a["AuthPrincipal"]["AuthPrincipalOwnerId"], b.id);
    assert_eq!(of_a["NoPermissionPolicyType"], "AssumeRolePolicy");
    let policy_arn = format!("acs:ram:*:{}:role/hostile", a.id);
    assert_eq!(of_a["MatchedPolicies"], json!([{ "Effect": "Deny", "PolicyIdentifier": policy_arn }]));
    assert_eq!(opened(&b.client, &by_a)["MatchedPolicies"], json!([]));

    // B denies it: that is not A's to know.
    b.grant_document("alice", "stay-home", &deny(&["sts:*"]));
    let by_b = refused();
    assert_eq!(opened(&a.client, &by_b)["MatchedPolicies"], json!([]));
    assert_eq!(opened(&b.client, &by_b)["MatchedPolicies"][0]["PolicyIdentifier"], "stay-home");

    for message in [&by_a, &by_b] {
        let params = [("EncodedDiagnosticMessage", message.as_str())];
        stranger.client.refused("Ram", DECODE, &params, "InvalidParameter.EncodedDiagnosticMessage");
    }
}

#[test]
fn whoever_may_not_assume_a_role_learns_nothing_of_it() {
    let (a, b) = (tenant(), tenant());
    let alice = b.user("alice");
    let document = shut_out(&b).to_string();
    a.must("Ram", "CreateRole", &[("RoleName", "hostile"), ("AssumeRolePolicyDocument", &document)]);
    let told = |name: &str| {
        let arn = format!("acs:ram::{}:role/{name}", a.id);
        let failure = alice.refused("Sts", "AssumeRole", &session(&arn), "NoPermission");
        let message = failure.message.clone();
        let detail = AccessDeniedDetail { encoded_diagnostic_message: None, ..detail(failure) };
        (message, detail)
    };
    assert_eq!(told("hostile"), told("absent"));
}

#[test]
fn what_is_no_message_of_ours_is_refused() {
    let b = tenant();
    let alice = b.user("alice");
    let message = message(alice.refused("Ram", "ListUsers", &[], "NoPermission"));
    let swapped = |at: usize| {
        let mut bent = message.clone().into_bytes();
        bent[at] = if bent[at] == b'A' { b'B' } else { b'A' };
        String::from_utf8(bent).unwrap()
    };
    let foreign = "AQEAAAAAZBgxr0U1MjA1NTM1LUM4BBktMzE5RS1CODgxLUU1QTI0RDNFQTM1";
    let suspects = [
        swapped(0),
        swapped(7),
        swapped(20),
        swapped(message.len() - 8),
        message.chars().take(40).collect(),
        format!("{message}AAAA"),
        foreign.to_owned(),
        "no message".to_owned(),
        "A".repeat(30_000),
    ];
    for suspect in &suspects {
        let params = [("EncodedDiagnosticMessage", suspect.as_str())];
        b.client.refused("Ram", DECODE, &params, "InvalidParameter.EncodedDiagnosticMessage");
    }
    b.client.refused("Ram", DECODE, &[], "MissingEncodedDiagnosticMessage");
    // Whoever was refused may not have it opened just for that.
    alice.refused("Ram", DECODE, &[("EncodedDiagnosticMessage", &message)], "NoPermission");
}

/// SPEC: security, audit, A4: what is repeated of a caller's text has bounds, in answers as in records.
#[test]
fn a_refusal_repeats_no_more_than_the_beginning_of_what_was_sent() {
    let a = tenant();
    let alice = a.user("alice");
    let long = "i-".to_owned() + &"x".repeat(25_000);
    let signed = alice.sign("Ecs", "StopInstance", &[("InstanceId", &long)]);
    let (status, _, body) = alice.exchange(&signed);
    assert!(status == 403 && body.len() < 16_384, "{status}: {} bytes", body.len());
    let failure = alice.send(&alice.sign("Ecs", "StopInstance", &[("InstanceId", &long)])).unwrap_err();
    assert!(
        failure.message.ends_with("Action: ecs:StopInstance. No policy of the caller allows it."),
        "{failure}"
    );
    for (product, action, params) in [
        ("Ram", "GetPolicy", [("PolicyName", long.as_str()), ("PolicyType", "Custom")]),
        ("Sts", "AssumeRole", [("RoleArn", &long), ("RoleSessionName", "s1")]),
        ("Argali", "TestAccess", [("AuthAction", &long), ("AuthResource", "*")]),
        ("Argali", "Why", [("RequestId", &long), ("Nothing", "")]),
    ] {
        let failure = a.client.call(product, action, &params).unwrap_err();
        assert!(failure.message.len() <= 4_200, "{action}: {} bytes", failure.message.len());
    }
}
