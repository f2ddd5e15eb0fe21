//! Testing access: the answer is that of the engine that serves requests, and tells nobody another account's policies.
// SPEC: console, Test Access.

use argali_testkit::{Client, Delegation, Enterprise, Gate, Signing, TestServer, allow, trust};
use serde_json::{Value, json};

use crate::expect::Calls;
use crate::shape::{complete, known};
use crate::stage::text;
use crate::world::{tenant, tenant_on};

const STOP: &str = "ecs:StopInstance";

type Params<'a> = &'a [(&'a str, &'a str)];

/// What is answered about an action on a resource.
#[track_caller]
fn tested(by: &Client, action: &str, resource: &str, more: Params<'_>) -> Value {
    let params = [&[("AuthAction", action), ("AuthResource", resource)], more].concat();
    let answer = by.must("Argali", "TestAccess", &params);
    known("Argali", "TestAccess", &answer);
    assert_eq!(answer["Allowed"], answer["Effect"] == "Allow");
    assert_eq!(answer["Fix"].is_null(), answer["Allowed"] == true, "{answer}");
    answer
}

#[track_caller]
fn allowed(by: &Client, action: &str, resource: &str, more: Params<'_>) -> bool {
    tested(by, action, resource, more)["Allowed"] == true
}

/// Kinds of policies that were asked, with what they answered.
fn steps(answer: &Value) -> Vec<(String, String, String)> {
    let step = |step: &Value| (text(&step["PolicyType"]), text(&step["AccountId"]), text(&step["Effect"]));
    answer["Steps"].as_array().unwrap().iter().map(step).collect()
}

fn instance(account: &Enterprise, id: &str) -> String {
    format!("acs:ecs:cn-hangzhou:{}:instance/{id}", account.id)
}

#[test]
fn a_question_must_be_one() {
    let a = tenant();
    let refused = |params: Params<'_>, code: &str| a.client.refused("Argali", "TestAccess", params, code);
    refused(&[("AuthResource", "*")], "MissingAuthAction");
    refused(&[("AuthAction", STOP)], "MissingAuthResource");
    for wrong in ["StopInstance", "ecs:*", ":x", "ecs:", "*"] {
        refused(&[("AuthAction", wrong), ("AuthResource", "*")], "InvalidParameter.AuthAction");
    }
    for wrong in ["i-1", "acs:ecs:x", "arn:aws:ecs:x:y:z", "acs:ecs:cn-hangzhou:abc:instance/i"] {
        refused(&[("AuthAction", STOP), ("AuthResource", wrong)], "InvalidParameter.AuthResource");
    }
    let question = [("AuthAction", STOP), ("AuthResource", "*")];
    let with = |name, value| [&question[..], &[(name, value)]].concat();
    for wrong in ["a b", "group/x", "role/", "acs:ecs:x"] {
        let code = &a.client.call("Argali", "TestAccess", &with("AuthPrincipal", wrong)).unwrap_err().code;
        assert!(code.starts_with("InvalidParameter.AuthPrincipal"), "{wrong}: {code}");
    }
    refused(&with("AuthPrincipal", "role/absent"), "EntityNotExist.Role");
    refused(&with("AuthPrincipal", "absent"), "EntityNotExist.User");
    refused(&with("AuthPrincipal", "99887766/ops"), "InvalidParameter.AuthPrincipal");
    refused(&with("ResourceGroupId", "x"), "InvalidParameter.ResourceGroupId");
    refused(&with("Condition.1.Value", "x"), "MissingCondition.1.Key");
    let role = [("AuthAction", "sts:AssumeRole"), ("AuthResource", "*")];
    refused(&role, "InvalidParameter.AuthResource");
}

#[test]
fn everybody_may_ask_about_oneself_and_about_others_with_permission() {
    let a = tenant();
    let (alice, bob) = (a.user("alice"), a.user("bob"));
    let about = |who| vec![("AuthAction", STOP), ("AuthResource", "*"), ("AuthPrincipal", who)];
    let own_arn = format!("acs:ram::{}:user/alice", a.id);
    for own in ["alice", "user/Alice", &own_arn] {
        alice.must("Argali", "TestAccess", &about(own));
    }
    for other in ["bob", "absent", "role/absent", "root"] {
        alice.refused("Argali", "TestAccess", &about(other), "NoPermission");
    }
    let bobs = format!("acs:ram:*:{}:user/bob", a.id);
    a.grant_document("alice", "ask", &allow(&["argali:TestAccess"], &[&bobs]));
    let answer = alice.must("Argali", "TestAccess", &about("bob"));
    assert_eq!(answer["AuthPrincipalArn"], format!("acs:ram::{}:user/bob", a.id));
    alice.refused("Argali", "TestAccess", &about("root"), "NoPermission");
    bob.refused("Argali", "TestAccess", &about("alice"), "NoPermission");
    assert!(allowed(&a.client, STOP, "*", &[]), "the account may do everything on what it owns");
    assert!(allowed(&a.client, STOP, "*", &[("AuthPrincipal", &a.id)]));
}

#[test]
fn the_answer_names_what_decided() {
    let a = tenant();
    let alice = a.user("alice");
    let web = instance(&a, "i-web");
    let answer = tested(&alice, STOP, &web, &[]);
    assert_eq!(answer["Effect"], "ImplicitDeny");
    assert!(text(&answer["Fix"]).ends_with("such as `AliyunECSFullAccess`."), "{}", answer["Fix"]);
    assert_eq!(
        (&answer["FixKind"], &answer["FixPolicies"]),
        (&json!("Attach"), &json!(["AliyunECSFullAccess"]))
    );

    let document = json!({ "Version": "1", "Statement": [
        { "Effect": "Allow", "Action": "ecs:*", "Resource": instance(&a, "i-db") },
        { "Effect": "Allow", "Action": "ecs:*", "Resource": "*",
          "Condition": { "IpAddress": { "acs:SourceIp": "10.0.0.0/8" } } },
    ] });
    a.grant_document("alice", "nearly", &document);
    let answer = tested(&alice, STOP, &web, &[]);
    complete(
        "Argali",
        "TestAccess",
        &answer,
        &[
            // A condition is to be met, which no policy needs to be attached for.
            "FixPolicies[]",
            "FixResourceGroups[]",
            // No statement made the answer, and none of the near misses is a group's.
            "Steps[].NearMisses[].Statement.AttachedEntityName",
            "Steps[].Statements[].AttachedEntityName",
            "Steps[].Statements[].AttachedEntityType",
            "Steps[].Statements[].AttachedScope",
            "Steps[].Statements[].PolicyName",
            "Steps[].Statements[].PolicyType",
            "Steps[].Statements[].PolicyVersion",
            "Steps[].Statements[].StatementIndex",
            "Steps[].Statements[].Text",
        ],
    );
    let misses = answer["Steps"][0]["NearMisses"].as_array().unwrap();
    let elements: Vec<_> = misses.iter().map(|miss| text(&miss["Element"])).collect();
    assert_eq!(elements, ["Condition", "Resource"]);
    assert_eq!(
        misses[0]["Conditions"],
        json!([{ "Operator": "IpAddress", "ConditionKey": "acs:SourceIp", "Expected": ["10.0.0.0/8"], "Actual": ["127.0.0.1"] }])
    );
    assert_eq!(misses[1]["Expected"], json!([instance(&a, "i-db")]));
    let shown: Value = serde_json::from_str(&text(&misses[1]["Statement"]["Text"])).unwrap();
    assert_eq!(shown, document["Statement"][0], "the statement itself");
    // The circumstances can be given.
    assert!(allowed(
        &alice,
        STOP,
        &web,
        &[("Condition.1.Key", "acs:SourceIp"), ("Condition.1.Value", "10.1.1.1")]
    ));
    assert!(allowed(&alice, STOP, &instance(&a, "i-db"), &[]));

    // A Deny of a group.
    a.must("Ram", "CreateGroup", &[("GroupName", "interns")]);
    a.must("Ram", "AddUserToGroup", &[("UserName", "alice"), ("GroupName", "interns")]);
    let mut careful = allow(&["ecs:Stop*"], &["*"]);
    careful["Statement"][0]["Effect"] = json!("Deny");
    a.must("Ram", "CreatePolicy", &[("PolicyName", "careful"), ("PolicyDocument", &careful.to_string())]);
    let attached = [("GroupName", "interns"), ("PolicyName", "careful"), ("PolicyType", "Custom")];
    a.must("Ram", "AttachPolicyToGroup", &attached);
    let answer = tested(&alice, STOP, &instance(&a, "i-db"), &[]);
    assert_eq!((&answer["Effect"], &answer["FixKind"]), (&json!("ExplicitDeny"), &json!("NarrowDeny")));
    let mut statement = answer["Steps"][0]["Statements"][0].clone();
    statement.as_object_mut().unwrap().remove("Text");
    assert_eq!(
        statement,
        json!({
            "PolicyName": "careful", "PolicyType": "Custom", "PolicyVersion": "v1", "StatementIndex": 0,
            "AttachedEntityType": "RamGroup", "AttachedEntityName": "interns", "AttachedScope": "Account",
        })
    );
    let arn = format!("acs:ram::{}:user/alice", a.id);
    assert_eq!(
        answer["Message"],
        format!(
            "`{arn}` may not do `{STOP}` on `{}`. Statement 1 of the custom policy `careful`, attached to the group \
             `interns`, denies it.",
            instance(&a, "i-db")
        )
    );
}

#[test]
fn a_grant_in_a_resource_group_counts_in_it_alone() {
    let a = tenant();
    let alice = a.user("alice");
    let group = a.must("ResourceManager", "CreateResourceGroup", &[("Name", "web"), ("DisplayName", "web")]);
    let group = text(&group["ResourceGroup"]["Id"]);
    let grant = [
        ("UserName", "alice"),
        ("PolicyName", "AliyunECSFullAccess"),
        ("PolicyType", "System"),
        ("ResourceGroupId", &group),
    ];
    a.must("Ram", "AttachPolicyToUser", &grant);
    let web = instance(&a, "i-web");
    let answer = tested(&alice, STOP, &web, &[]);
    let expected = format!("It is granted in the resource group `{group}` only");
    assert!(text(&answer["Fix"]).starts_with(&expected), "{}", answer["Fix"]);
    let answer = tested(&alice, STOP, &web, &[("ResourceGroupId", &group)]);
    let kinds: Vec<_> = steps(&answer).into_iter().map(|(kind, _, effect)| (kind, effect)).collect();
    let step = |kind: &str, effect: &str| (kind.to_owned(), effect.to_owned());
    assert_eq!(
        kinds,
        [
            step("AccountLevelIdentityBasedPolicy", "ImplicitDeny"),
            step("ResourceGroupLevelIdentityBasedPolicy", "Allow"),
        ]
    );
}

#[test]
fn a_session_asks_with_its_session_policy_and_an_account_about_any_session() {
    let server = TestServer::start();
    let Delegation { a, alice, role_arn, .. } = Delegation::set_up(&server);
    let narrow = allow(&["ecs:Describe*"], &["*"]).to_string();
    let params = [("RoleArn", role_arn.as_str()), ("RoleSessionName", "narrow"), ("Policy", &narrow)];
    let narrowed = alice.must("Sts", "AssumeRole", &params);
    let narrowed = alice.with_credentials(crate::sts::credentials(&narrowed));
    let web = instance(&a, "i-web");
    let answer = tested(&narrowed, STOP, &web, &[]);
    assert_eq!(steps(&answer)[0].0, "SessionPolicy");
    let near = &answer["Steps"][0]["NearMisses"][0]["Statement"];
    assert_eq!(near["PolicyName"], "the session policy");
    assert!(text(&near["Text"]).contains("ecs:Describe*"));
    assert!(allowed(&narrowed, "ecs:DescribeInstances", &web, &[]));
    for role in ["role/ecs-admin", "role/ecs-admin/narrow", "11223344/ecs-admin"] {
        assert!(allowed(&a.client, STOP, &web, &[("AuthPrincipal", role)]), "{role}");
        assert!(!allowed(&a.client, "ram:ListUsers", "*", &[("AuthPrincipal", role)]), "{role}");
    }
    // What belongs to another account is reached through a role of it.
    let answer = tested(&alice, STOP, &web, &[]);
    assert_eq!(answer["Effect"], "ImplicitDeny");
    assert!(text(&answer["Fix"]).contains("assume a role of account 11223344"), "{}", answer["Fix"]);
}

/// S4-20: trust on one side and permission on the other are both needed, and each is shown.
#[test]
fn both_sides_of_an_own_role_are_shown() {
    let a = tenant();
    let alice = a.user("alice");
    a.user("bob");
    a.role("ops", &[&format!("acs:ram::{}:user/bob", a.id)], &[]);
    let arn = format!("acs:ram:*:{}:role/ops", a.id);
    let answer = tested(&alice, "sts:AssumeRole", &arn, &[]);
    let effects: Vec<_> = steps(&answer).into_iter().map(|(kind, _, effect)| (kind, effect)).collect();
    let identity = ("AccountLevelIdentityBasedPolicy".to_owned(), "ImplicitDeny".to_owned());
    assert_eq!(effects, [identity, ("AssumeRolePolicy".to_owned(), "ImplicitDeny".to_owned())]);
    a.grant("alice", "AliyunSTSAssumeRoleAccess");
    let answer = tested(&alice, "sts:AssumeRole", &arn, &[]);
    assert!(text(&answer["Message"]).ends_with("The role's trust policy does not let the caller in."));
    let near = &answer["Steps"][1]["NearMisses"][0];
    assert_eq!(
        (&near["Element"], &near["Expected"][0]),
        (&json!("Principal"), &json!(format!("acs:ram::{}:user/bob", a.id)))
    );
    assert_eq!(
        answer["Fix"],
        format!("Name `acs:ram::{}:user/alice` in the Principal of the role's trust policy.", a.id)
    );
    let trusting = trust(&[&a.root_arn()]).to_string();
    a.must("Ram", "UpdateRole", &[("RoleName", "ops"), ("NewAssumeRolePolicyDocument", &trusting)]);
    assert!(allowed(&alice, "sts:AssumeRole", &arn, &[]));
    assert!(alice.assume(&format!("acs:ram::{}:role/ops", a.id), "really").is_ok());
    assert!(!allowed(&a.client, "sts:AssumeRole", &arn, &[]), "an account assumes no role");
    let absent = [("AuthAction", "sts:AssumeRole"), ("AuthResource", "acs:ram:*:*:role/absent")];
    let absent = absent.map(|(name, value)| (name, value.replacen("*:*", &format!("*:{}", a.id), 1)));
    let absent = absent.each_ref().map(|(name, value)| (*name, value.as_str()));
    alice.refused("Argali", "TestAccess", &absent, "EntityNotExist.Role");
}

#[test]
fn of_another_account_s_half_only_the_answer_is_told() {
    let server = TestServer::start();
    let (a, b) = (tenant_on(&server), tenant_on(&server));
    let alice = b.user("alice");
    let role = |name: &str| format!("acs:ram:*:{}:role/{name}", a.id);
    a.role("trusting", &[&b.root_arn()], &[]);
    a.role("closed", &[&a.root_arn()], &[]);
    let mut document = trust(&[&b.root_arn()]);
    document["Statement"][0]["Condition"] = json!({ "StringEquals": { "sts:ExternalId": "agreed" }, "IpAddress": { "acs:SourceIp": "127.0.0.0/8" } });
    let guarded = [("RoleName", "guarded"), ("AssumeRolePolicyDocument", &document.to_string())];
    a.must("Ram", "CreateRole", &guarded);

    // Without B's own permission A's half is not even asked.
    let asked = |name: &str, more: Params<'_>| tested(&alice, "sts:AssumeRole", &role(name), more);
    for name in ["trusting", "closed", "absent"] {
        let answer = asked(name, &[]);
        assert_eq!(steps(&answer).len(), 1, "{answer}");
        assert_eq!(answer["Steps"][0]["AccountId"], b.id);
    }
    b.grant("alice", "AliyunSTSAssumeRoleAccess");
    let answer = asked("trusting", &[]);
    let half = |effect: &str| ("AssumeRolePolicy".to_owned(), a.id.clone(), effect.to_owned());
    assert_eq!((answer["Allowed"].clone(), &steps(&answer)[1]), (json!(true), &half("Allow")));
    // A role that does not trust B is as good as absent.
    let without_names = |name: &str| {
        let mut answer = asked(name, &[]);
        answer.as_object_mut().unwrap().remove("RequestId");
        answer.to_string().replace(name, "ROLE")
    };
    assert_eq!(without_names("closed"), without_names("absent"));
    let answer = asked("closed", &[]);
    assert_eq!(steps(&answer)[1], half("ImplicitDeny"));
    assert_eq!(answer["Steps"][1]["NearMisses"], json!([]));
    assert_eq!(answer["Steps"][1]["Statements"], json!([]));
    // What a caller says counts, what the server sees for itself cannot be made up.
    let id = [("Condition.1.Key", "sts:ExternalId"), ("Condition.1.Value", "agreed")];
    let elsewhere = [("Condition.2.Key", "acs:SourceIp"), ("Condition.2.Value", "192.0.2.1")];
    assert_eq!(asked("guarded", &[])["Allowed"], false);
    assert_eq!(asked("guarded", &id)["Allowed"], true);
    assert_eq!(asked("guarded", &[id, elsewhere].concat())["Allowed"], true);

    // A finds in its records who asked.
    let records = server.core().trail().events().unwrap();
    let of_a = records.iter().filter(|event| event.action == "TestAccess" && event.accounts.len() == 2);
    let names: Vec<_> =
        of_a.map(|event| event.notes["roleArn"].rsplit('/').next().unwrap().to_owned()).collect();
    assert_eq!(names, ["trusting", "closed", "absent", "closed", "guarded", "guarded", "guarded"]);
}

#[test]
fn the_answer_is_what_a_call_would_come_to() {
    let a = tenant();
    let (reader, writer, nobody) = (a.user("reader"), a.user("writer"), a.user("nobody"));
    a.grant("reader", "AliyunRAMReadOnlyAccess");
    a.grant("writer", "AliyunRAMFullAccess");
    let mut but = allow(&["ram:ListGroups"], &["*"]);
    but["Statement"][0]["Effect"] = json!("Deny");
    a.grant_document("writer", "but", &but);
    for (name, client) in [("reader", &reader), ("writer", &writer), ("nobody", &nobody)] {
        for (action, resource) in
            [("ListUsers", "user/*"), ("ListGroups", "group/*"), ("ListRoles", "role/*")]
        {
            let really = client.signing(Signing::V1Form).call("Ram", action, &[]).is_ok();
            let arn = format!("acs:ram:*:{}:{resource}", a.id);
            let action = format!("ram:{action}");
            assert_eq!(allowed(client, &action, &arn, &[]), really, "{name} {action}");
            assert_eq!(
                allowed(&a.client, &action, &arn, &[("AuthPrincipal", name)]),
                really,
                "{name} {action}"
            );
        }
    }
}

/// What a session policy leaves out is not allowed, and where the text is wrong is told.
#[test]
fn a_session_of_a_role_is_narrowed_by_a_session_policy() {
    let a = tenant();
    a.role("ops", &[&a.root_arn()], &["AliyunECSFullAccess"]);
    a.user("alice");
    let of = |who: &'static str, policy: &str| {
        let question = [("AuthAction", STOP), ("AuthResource", "*"), ("AuthPrincipal", who)];
        let policy = policy.to_owned();
        let params: Vec<(&str, &str)> =
            question.into_iter().chain([("SessionPolicy", policy.as_str())]).collect();
        a.client.call("Argali", "TestAccess", &params)
    };
    let start = allow(&["ecs:StartInstance"], &["*"]).to_string();
    for who in ["alice", "root"] {
        assert_eq!(of(who, &start).unwrap_err().code, "InvalidParameter.SessionPolicy", "{who}");
    }
    for (wrong, said) in [("{\n  broken", "line 2 column 3"), ("", "1 to 2048"), ("[]", "not valid")] {
        let refused = of("role/ops", wrong).unwrap_err();
        assert_eq!(refused.code, "InvalidParameter.SessionPolicy", "{wrong}");
        assert!(refused.message.contains(said), "{}", refused.message);
    }
    let long = allow(&[&"x".repeat(2_100)], &["*"]).to_string();
    assert_eq!(of("role/ops", &long).unwrap_err().code, "InvalidParameter.SessionPolicy");
    let answer = of("role/ops", &start).unwrap();
    assert_eq!((&answer["Allowed"], &answer["FixKind"]), (&json!(false), &json!("WidenSession")), "{answer}");
    let kinds: Vec<_> = steps(&answer).into_iter().map(|(kind, _, effect)| (kind, effect)).collect();
    assert!(kinds.contains(&("SessionPolicy".to_owned(), "ImplicitDeny".to_owned())), "{kinds:?}");
    let session =
        answer["Steps"].as_array().unwrap().iter().find(|step| step["PolicyType"] == "SessionPolicy");
    let near = &session.unwrap()["NearMisses"][0];
    assert_eq!(near["Element"], "Action", "{near}");
    assert_eq!(of("role/ops", &allow(&[STOP], &["*"]).to_string()).unwrap()["Allowed"], true);
}

/// A service that is closed to other accounts refuses whatever the policies say, as it does when it is called.
#[test]
fn gates_have_the_last_word() {
    let server = TestServer::start();
    let Delegation { a, b, alice, .. } = Delegation::set_up(&server);
    let arn = a.role("connect", &[&b.root_arn()], &["AliyunExpressConnectFullAccess"]);
    let connections = format!("acs:vpc:cn-hangzhou:{}:physicalconnection/*", a.id);
    let action = "vpc:DescribePhysicalConnections";
    let of = |origin: &str| {
        let more = [("AuthPrincipal", "role/connect"), ("OriginAccountId", origin)];
        tested(&a.client, action, &connections, &more)
    };
    let gate =
        |answer: &Value| steps(answer).into_iter().find(|(kind, ..)| kind == "Gate").map(|step| step.2);
    let question = [("AuthAction", action), ("AuthResource", connections.as_str())];
    let nobody = [("AuthPrincipal", "role/connect"), ("OriginAccountId", "99887766")];
    let oneself = [("OriginAccountId", b.id.as_str())];
    for more in [&nobody[..], &oneself[..]] {
        let params = [&question[..], more].concat();
        a.client.refused("Argali", "TestAccess", &params, "InvalidParameter.OriginAccountId");
    }
    let session = alice.assume(&arn, "alice").unwrap();
    let closed = of(&b.id);
    assert_eq!((&closed["Allowed"], &closed["FixKind"]), (&json!(false), &json!("OpenGate")), "{closed}");
    assert!(text(&closed["Message"]).contains("Express Connect resources cannot be accessed"), "{closed}");
    assert_eq!(gate(&closed).as_deref(), Some("ExplicitDeny"));
    session.refused("Vpc", "DescribePhysicalConnections", &[("RegionId", "cn-hangzhou")], "Forbidden.RAM");
    let own = tested(&session, action, &connections, &[]);
    assert_eq!(own["Effect"], "ExplicitDeny", "of oneself, too");
    // Those of the account itself pass, and other services have no gate.
    assert_eq!(gate(&of(&a.id)).as_deref(), Some("Allow"));
    let other = tested(
        &a.client,
        "vpc:DescribeVpcs",
        "*",
        &[("AuthPrincipal", "role/connect"), ("OriginAccountId", &b.id)],
    );
    assert_eq!(gate(&other), None);
    server.gate(&a.id, "expressconnect", Gate::Open);
    let open = of(&b.id);
    assert_eq!((&open["Allowed"], gate(&open).as_deref()), (&json!(true), Some("Allow")), "{open}");
    session.must("Vpc", "DescribePhysicalConnections", &[("RegionId", "cn-hangzhou")]);
    assert_eq!(tested(&session, action, &connections, &[])["Allowed"], true);
}
