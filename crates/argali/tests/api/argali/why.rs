//! Why: each side reads its own half of what became of a call, and nobody else reads anything.
// SPEC: console, two-sided privacy.

use argali_testkit::{Client, Delegation, TestServer, allow, trust};
use serde_json::{Value, json};

use crate::expect::Calls;
use crate::shape::known;
use crate::stage::{REGION, Stage, text};
use crate::world::{tenant, tenant_on};

/// The number of a call, whatever came of it.
#[track_caller]
fn call(by: &Client, product: &str, action: &str, params: &[(&str, &str)]) -> String {
    match by.call(product, action, params) {
        Ok(answer) => text(&answer["RequestId"]),
        Err(failure) => failure.request_id.unwrap(),
    }
}

#[track_caller]
fn why(by: &Client, id: &str) -> Value {
    let answer = by.must("Argali", "Why", &[("RequestId", id)]);
    known("Argali", "Why", &answer);
    assert_eq!(answer["Call"]["RequestId"], id);
    answer
}

/// Kinds of policies that were asked, with what they answered.
fn steps(now: &Value) -> Vec<(String, String)> {
    let step = |step: &Value| (text(&step["PolicyType"]), text(&step["Effect"]));
    now["Steps"].as_array().unwrap().iter().map(step).collect()
}

fn step(kind: &str, effect: &str) -> (String, String) {
    (kind.to_owned(), effect.to_owned())
}

#[test]
fn only_an_account_s_own_calls_are_explained_and_to_those_who_made_them_or_may_ask() {
    let (a, stranger) = (tenant(), tenant());
    let (alice, bob) = (a.user("alice"), a.user("bob"));
    let refused = call(&alice, "Ram", "ListUsers", &[]);
    let ask = |who: &Client, id: &str, code: &str| who.refused("Argali", "Why", &[("RequestId", id)], code);
    assert_eq!(why(&alice, &refused)["Outcome"], "Denied");
    assert_eq!(why(&alice, &refused.to_lowercase().to_uppercase())["Outcome"], "Denied");
    // Whether there is such a call is not told either.
    ask(&bob, &refused, "NoPermission");
    ask(&bob, "00000000-0000-4000-8000-000000000000", "NoPermission");
    ask(&alice, "00000000-0000-4000-8000-000000000000", "NoPermission");
    ask(&stranger.client, &refused, "EntityNotExist.Request");
    ask(&a.client, "anything", "EntityNotExist.Request");
    a.client.refused("Argali", "Why", &[], "MissingRequestId");
    a.grant_document("bob", "ask", &allow(&["argali:Why"], &["*"]));
    assert_eq!(why(&bob, &refused)["Outcome"], "Denied");
    // A user of the same name that is made later is somebody else.
    let policy = [("PolicyName", "ask"), ("PolicyType", "Custom"), ("UserName", "bob")];
    let of_bob = call(&bob, "Ram", "ListUsers", &[]);
    a.must("Ram", "DetachPolicyFromUser", &policy);
    let key = bob.credentials().access_key_id.clone();
    a.must("Ram", "DeleteAccessKey", &[("UserName", "bob"), ("UserAccessKeyId", &key)]);
    a.must("Ram", "DeleteUser", &[("UserName", "bob")]);
    let bob = a.user("bob");
    ask(&bob, &of_bob, "NoPermission");
    let answer = why(&a.client, &of_bob);
    assert_eq!(answer["Now"]["Message"], "Whoever asked no longer exists.");
}

#[test]
fn a_refusal_is_asked_again_of_the_policies_as_they_are_now() {
    let a = tenant();
    let alice = a.user("alice");
    let document = json!({ "Version": "1", "Statement": [
        { "Effect": "Allow", "Action": "ram:List*", "Resource": "*",
          "Condition": { "Bool": { "acs:MFAPresent": "true" } } },
    ] });
    a.grant_document("alice", "nearly", &document);
    let id = call(&alice, "Ram", "ListUsers", &[]);
    let answer = why(&alice, &id);
    assert_eq!(answer["Message"], "It was refused. No policy attached in the account's scope allows it.");
    assert_eq!(answer["Caller"]["Arn"], format!("acs:ram::{}:user/alice", a.id));
    let refusal = &answer["Refusal"];
    assert_eq!(
        (&refusal["AuthAction"], &refusal["Effect"]),
        (&json!("ram:ListUsers"), &json!("ImplicitDeny"))
    );
    assert_eq!(refusal["AccountId"], a.id);
    let now = &answer["Now"];
    assert_eq!((&now["Changed"], &now["Effect"]), (&json!(false), &json!("ImplicitDeny")));
    assert_eq!(
        now["Steps"][0]["NearMisses"][0]["Message"],
        "Statement 1 of the custom policy `nearly` would allow it, but its Condition Bool `acs:MFAPresent` `true` does \
         not hold: the request has no such key."
    );
    assert!(text(&now["Fix"]).contains("log on with a second factor"), "{}", now["Fix"]);

    a.grant("alice", "AliyunRAMReadOnlyAccess");
    let now = &why(&alice, &id)["Now"];
    assert_eq!((&now["Changed"], &now["Effect"]), (&json!(true), &json!("Allow")));
    assert!(now["Fix"].is_null());

    // A Deny, and another version of it.
    let deny = |action: &str| {
        let mut document = allow(&[action], &["*"]);
        document["Statement"][0]["Effect"] = json!("Deny");
        document
    };
    a.grant_document("alice", "careful", &deny("ram:ListUsers"));
    let id = call(&alice, "Ram", "ListUsers", &[]);
    let answer = why(&alice, &id);
    let denied = "It was refused: statement 1 of the custom policy `careful` denied it.";
    assert_eq!((&answer["Message"], &answer["Now"]["Changed"]), (&json!(denied), &json!(false)));
    let then = answer["Refusal"]["Statement"].clone();
    assert_eq!(then["PolicyVersion"], "v1");
    let shown: Value = serde_json::from_str(&text(&then["Text"])).unwrap();
    assert_eq!(shown, deny("ram:ListUsers")["Statement"][0]);
    let version = deny("ram:List*").to_string();
    let version = [("PolicyName", "careful"), ("PolicyDocument", version.as_str()), ("SetAsDefault", "true")];
    a.must("Ram", "CreatePolicyVersion", &version);
    let answer = why(&alice, &id);
    assert_eq!(answer["Refusal"]["Statement"], then, "what was then stays");
    assert_eq!(answer["Now"]["Changed"], true);
    assert_eq!(answer["Now"]["Steps"][0]["Statements"][0]["PolicyVersion"], "v2");
}

#[test]
fn the_text_of_a_policy_is_that_of_then_or_none() {
    let server = TestServer::start();
    let a = tenant_on(&server);
    let alice = a.user("alice");
    let deny = |action: &str| {
        let mut document = allow(&[action], &["*"]);
        document["Statement"][0]["Effect"] = json!("Deny");
        document
    };
    a.grant_document("alice", "careful", &deny("ram:ListUsers"));
    let id = call(&alice, "Ram", "ListUsers", &[]);
    let policy = [("PolicyName", "careful"), ("PolicyType", "Custom"), ("UserName", "alice")];
    a.must("Ram", "DetachPolicyFromUser", &policy);
    a.must("Ram", "DeletePolicy", &policy[..1]);
    assert!(why(&alice, &id)["Refusal"]["Statement"]["Text"].is_null(), "gone");
    server.clock().advance(argali_testkit::seconds(1));
    a.grant_document("alice", "careful", &deny("ram:*"));
    let statement = &why(&alice, &id)["Refusal"]["Statement"];
    assert_eq!(
        (&statement["PolicyName"], &statement["Text"]),
        (&json!("careful"), &Value::Null),
        "another policy"
    );
}

#[test]
fn each_side_of_a_delegation_reads_its_own_half() {
    let server = TestServer::start();
    let Delegation { a, b, alice, role_arn } = Delegation::set_up(&server);
    let session = alice.assume(&role_arn, "at-work").unwrap();
    let id = call(&session, "Ram", "ListUsers", &[]);
    let of_a = why(&a.client, &id);
    assert_eq!(of_a["Caller"]["Chain"][1]["AccountId"], b.id, "the original person stays visible");
    assert_eq!(steps(&of_a["Now"]), [step("AccountLevelIdentityBasedPolicy", "ImplicitDeny")]);
    assert!(text(&of_a["Now"]["Fix"]).contains("`AliyunRAMReadOnlyAccess`"), "{}", of_a["Now"]["Fix"]);
    assert_eq!(of_a["Refusal"]["AuthConditions"].as_array().unwrap().len(), 3);
    // Alice made the call; in her own account she is told whose decision it was, and no more.
    for side in [&alice, &b.client] {
        let of_b = why(side, &id);
        assert_eq!(of_b["Message"], "It was refused; that was decided by account 11223344.");
        assert_eq!(of_b["Refusal"]["AuthConditions"], json!([]));
        assert_eq!((&of_b["Refusal"]["Statement"], &of_b["Now"]), (&Value::Null, &Value::Null));
    }
    // The session itself is in A, and the call is its own.
    assert_eq!(steps(&why(&session, &id)["Now"]).len(), 1);
    let used = call(&session, "Ecs", "DescribeInstances", &[("RegionId", REGION)]);
    let of_a = why(&a.client, &used);
    assert_eq!(of_a["Message"], "It was allowed by statement 1 of the system policy `AliyunECSFullAccess`.");
    let of_b = why(&b.client, &used);
    assert_eq!(of_b["Message"], "It was allowed; that was decided by account 11223344.");
    assert!(of_b["Permissions"][0]["Statement"].is_null());
}

#[test]
fn a_role_that_could_not_be_assumed_is_explained_by_halves() {
    let (a, b) = (tenant(), tenant());
    let alice = b.user("alice");
    a.role("ops", &[&a.root_arn()], &[]);
    let arn = format!("acs:ram::{}:role/ops", a.id);
    let assume = || call(&alice, "Sts", "AssumeRole", &[("RoleArn", &arn), ("RoleSessionName", "at-work")]);

    let by_b = assume();
    let of_b = why(&alice, &by_b);
    assert_eq!(steps(&of_b["Now"]), [step("AccountLevelIdentityBasedPolicy", "ImplicitDeny")]);
    assert_eq!(of_b["Now"]["Changed"], false);
    assert!(
        text(&of_b["Now"]["Fix"]).ends_with("such as `AliyunSTSAssumeRoleAccess`."),
        "{}",
        of_b["Now"]["Fix"]
    );
    let of_a = why(&a.client, &by_b);
    assert_eq!(of_a["Message"], format!("It was refused; that was decided by account {}.", b.id));
    assert_eq!(steps(&of_a["Now"]), [step("AssumeRolePolicy", "ImplicitDeny")]);

    b.grant("alice", "AliyunSTSAssumeRoleAccess");
    let by_a = assume();
    let of_b = why(&alice, &by_a);
    assert_eq!(of_b["Message"], format!("It was refused; that was decided by account {}.", a.id));
    let message = format!("Your policies allow it now; the other half is decided by account {}.", a.id);
    assert_eq!((&of_b["Now"]["Message"], &of_b["Now"]["Effect"]), (&json!(message), &Value::Null));
    let of_a = why(&a.client, &by_a);
    assert_eq!(of_a["Message"], "It was refused. The role's trust policy does not let the caller in.");
    let near = &of_a["Now"]["Steps"][0]["NearMisses"][0];
    assert_eq!((&near["Element"], &near["Expected"]), (&json!("Principal"), &json!([a.root_arn()])));
    let fix = format!("Name `acs:ram::{}:user/alice` in the Principal of the role's trust policy.", b.id);
    assert_eq!(of_a["Now"]["Fix"], fix);

    let trusting = trust(&[&b.root_arn()]).to_string();
    a.must("Ram", "UpdateRole", &[("RoleName", "ops"), ("NewAssumeRolePolicyDocument", &trusting)]);
    let now = &why(&a.client, &by_a)["Now"];
    assert_eq!((&now["Changed"], steps(now)), (&json!(true), vec![step("AssumeRolePolicy", "Allow")]));
    let assumed = assume();
    let of_a = why(&a.client, &assumed);
    assert_eq!(of_a["Message"], "It was allowed by statement 1 of the trust policy.");
    assert_eq!(
        why(&alice, &assumed)["Message"],
        format!("It was allowed; that was decided by account {}.", a.id)
    );
    a.must("Ram", "DeleteRole", &[("RoleName", "ops")]);
    assert_eq!(why(&a.client, &by_a)["Now"]["Message"], "The role no longer exists.");
}

#[test]
fn whoever_is_refused_does_not_learn_what_a_resource_is_like() {
    let server = TestServer::start();
    let owner = tenant_on(&server);
    let stage = Stage::new(&server, owner);
    let (instance, owner) = (stage.instance(), &stage.owner);
    let tag = [
        ("RegionId", REGION),
        ("ResourceType", "instance"),
        ("ResourceId.1", instance.as_str()),
        ("Tag.1.Key", "team"),
        ("Tag.1.Value", "secret-project"),
    ];
    owner.must("Ecs", "TagResources", &tag);
    let alice = owner.user("alice");
    let mut document = allow(&["ecs:StopInstance"], &["*"]);
    document["Statement"][0]["Condition"] = json!({ "StringEquals": { "acs:ResourceTag/team": "web" } });
    owner.grant_document("alice", "team-web", &document);
    let id = call(&alice, "Ecs", "StopInstance", &[("InstanceId", &instance)]);
    let absent = call(&alice, "Ecs", "StopInstance", &[("InstanceId", "i-00000000000000000000")]);
    let to_alice = why(&alice, &id);
    assert!(!to_alice.to_string().contains("secret-project"), "{to_alice}");
    let without = |answer: Value, instance: &str| {
        let (refusal, now) = (answer["Refusal"].to_string(), answer["Now"].to_string());
        (refusal.replace(instance, "ID"), now.replace(instance, "ID"))
    };
    let expected = without(why(&alice, &absent), "i-00000000000000000000");
    assert_eq!(without(to_alice, &instance), expected, "an instance that is there, and one that is not");
    let to_owner = why(&owner.client, &id);
    assert_eq!(
        to_owner["Now"]["Steps"][0]["NearMisses"][0]["Conditions"][0]["Actual"],
        json!(["secret-project"]),
        "whoever may ask about all calls may know"
    );
}

#[test]
fn calls_that_no_policy_refused_are_explained_too() {
    let a = tenant();
    let of = |id: &str| why(&a.client, id);
    let made = of(&call(&a.client, "Ram", "CreateUser", &[("UserName", "alice")]));
    assert_eq!((&made["Outcome"], &made["Refusal"]), (&json!("Succeeded"), &Value::Null));
    assert_eq!(made["Message"], "It was allowed: an account may do everything on what it owns.");
    let absent = of(&call(&a.client, "Ram", "DeleteUser", &[("UserName", "bob")]));
    assert_eq!(absent["Message"], "It was allowed, and failed for another reason: EntityNotExist.User.");
    let wrong = of(&call(&a.client, "Ram", "DeleteUser", &[]));
    assert_eq!(wrong["Message"], "It failed before permission was asked for: MissingUserName.");
    let told = wrong["Call"]["ErrorMessage"].as_str().unwrap();
    assert!(told.starts_with("UserName is mandatory"), "{told}");
    let who = of(&call(&a.client, "Sts", "GetCallerIdentity", &[]));
    assert_eq!(who["Message"], "It needed no permission.");
    let user = a.user("carol");
    a.grant("carol", "AliyunRAMReadOnlyAccess");
    let read = why(&user, &call(&user, "Ram", "ListUsers", &[]));
    assert_eq!(
        read["Message"],
        "It was allowed by statement 1 of the system policy `AliyunRAMReadOnlyAccess`."
    );
}
