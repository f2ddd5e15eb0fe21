//! Looking up events: the conditions, times and pages of the reference, and each side's own half.
// SPEC: limits, ActionTrail; console, two-sided privacy.

use argali_testkit::{Client, Delegation, TestServer, allow, hours};
use serde_json::{Value, json};

use crate::expect::Calls;
use crate::shape::known;
use crate::stage::text;
use crate::world::tenant_on;

#[track_caller]
fn events(client: &Client, params: &[(&str, &str)]) -> Vec<Value> {
    let answer = client.must("Actiontrail", "LookupEvents", params);
    known("Actiontrail", "LookupEvents", &answer);
    answer["Events"].as_array().unwrap().clone()
}

/// The newest event of an operation.
#[track_caller]
fn event(client: &Client, action: &str) -> Value {
    let params = [("LookupAttribute.1.Key", "EventName"), ("LookupAttribute.1.Value", action)];
    let found = events(client, &params);
    found.first().unwrap_or_else(|| panic!("no event of {action}")).clone()
}

fn names(events: &[Value]) -> Vec<String> {
    events.iter().map(|event| text(&event["eventName"])).collect()
}

#[test]
fn what_cannot_be_looked_up_is_refused_with_the_code_of_the_reference() {
    let server = TestServer::start();
    let a = tenant_on(&server);
    a.user("alice").refused("Ram", "ListUsers", &[], "NoPermission");
    let at = |hours_ago: i64| server.clock().now().plus_seconds(-hours_ago * 3_600).to_string();
    let (now, day, month, season) = (at(0), at(24), at(24 * 31), at(24 * 91));
    let condition = |key: &'static str, value: &'static str| {
        vec![("LookupAttribute.1.Key", key), ("LookupAttribute.1.Value", value)]
    };
    let third = ["1", "2", "3"].map(|n| format!("LookupAttribute.{n}.Key"));
    let values = ["1", "2", "3"].map(|n| format!("LookupAttribute.{n}.Value"));
    let mut three = Vec::new();
    for (key, value) in third.iter().zip(&values) {
        three.extend([(key.as_str(), "EventName"), (value.as_str(), "x")]);
    }
    for (params, code) in [
        (vec![("StartTime", day.as_str())], "InvalidParameterCombination"),
        (vec![("EndTime", now.as_str())], "InvalidParameterCombination"),
        (vec![("StartTime", "yesterday"), ("EndTime", &now)], "InvalidParameterStartTime"),
        (vec![("StartTime", &day), ("EndTime", "2026-11-01T00:00:00+08:00")], "InvalidParameterEndTime"),
        (vec![("StartTime", &now), ("EndTime", &day)], "InvalidParameterCombination"),
        (vec![("StartTime", &now), ("EndTime", &now)], "InvalidParameterCombination"),
        (vec![("StartTime", &month), ("EndTime", &now)], "InvalidParameterCombination"),
        (vec![("StartTime", &season), ("EndTime", &month)], "InvalidParameterStartTime"),
        (vec![("MaxResults", "51")], "InvalidQueryParameter"),
        (vec![("MaxResults", "-1")], "InvalidQueryParameter"),
        (vec![("NextToken", "abc")], "InvalidQueryParameter"),
        (condition("Colour", "red"), "InvalidQueryParameter"),
        (condition("EventRW", "Both"), "InvalidQueryParameter"),
        (vec![("LookupAttribute.1.Key", "EventName")], "InvalidQueryParameter"),
        (three, "InvalidQueryParameter"),
        (vec![("Direction", "SIDEWAYS")], "InvalidParameter.Direction"),
    ] {
        a.client.refused("Actiontrail", "LookupEvents", &params, code);
    }
}

#[test]
fn an_event_has_the_members_of_the_reference() {
    let server = TestServer::start();
    let a = tenant_on(&server);
    let alice = a.user("alice");
    let user_id = a.must("Ram", "GetUser", &[("UserName", "alice")])["User"]["UserId"].clone();
    alice.refused("Ram", "DeleteUser", &[("UserName", "bob")], "NoPermission");
    let refused = event(&a.client, "DeleteUser");
    for (member, value) in [
        ("eventVersion", json!("1")),
        ("eventType", json!("ApiCall")),
        ("eventRW", json!("Write")),
        ("serviceName", json!("Ram")),
        ("apiVersion", json!("2015-05-01")),
        ("acsRegion", json!("cn-hangzhou")),
        ("isGlobal", json!(true)),
        ("sourceIpAddress", json!("127.0.0.1")),
        ("errorCode", json!("NoPermission")),
        ("requestParameters", json!({ "UserName": "bob" })),
        ("resourceType", json!("ACS::RAM::User")),
        ("resourceName", json!("bob")),
        ("referencedResources", json!({ "ACS::RAM::User": ["bob"] })),
        ("eventSource", json!(server.endpoint())),
        ("eventTime", json!(server.clock().now().to_string())),
        (
            "userIdentity",
            json!({
                "type": "ram-user", "accountId": a.id, "principalId": user_id, "userName": "alice",
                "accessKeyId": alice.credentials().access_key_id,
            }),
        ),
    ] {
        assert_eq!(refused[member], value, "{member}: {refused}");
    }
    assert_eq!(refused["eventId"], refused["requestId"]);
    assert!(text(&refused["errorMessage"]).contains("ram:DeleteUser"));
    assert!(text(&refused["userAgent"]).starts_with("ureq"), "{refused}");

    let made = event(&a.client, "CreateUser");
    assert_eq!(made["userIdentity"]["type"], "root-account");
    assert_eq!((&made["resourceName"], made.get("errorCode")), (&json!("alice"), None));
    let read = event(&a.client, "GetUser");
    assert_eq!(read["eventRW"], "Read");
}

#[test]
fn each_condition_picks_its_events() {
    let server = TestServer::start();
    let a = tenant_on(&server);
    let alice = a.user("alice");
    a.grant("alice", "AliyunRAMFullAccess");
    alice.must("Ram", "CreateGroup", &[("GroupName", "ops")]);
    alice.must("Ram", "ListUsers", &[]);
    alice.must("Sts", "GetCallerIdentity", &[]);
    let looked_up = |conditions: &[(&str, &str)]| {
        let mut params = vec![("MaxResults".to_owned(), "50".to_owned())];
        for (at, (key, value)) in conditions.iter().enumerate() {
            params.push((format!("LookupAttribute.{}.Key", at + 1), (*key).to_owned()));
            params.push((format!("LookupAttribute.{}.Value", at + 1), (*value).to_owned()));
        }
        let params: Vec<_> = params.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        names(&events(&a.client, &params))
    };
    let key = alice.credentials().access_key_id.clone();
    assert_eq!(looked_up(&[("ServiceName", "Sts")]), ["GetCallerIdentity"]);
    assert_eq!(looked_up(&[("EventName", "ListUsers")]), ["ListUsers"]);
    assert_eq!(looked_up(&[("User", "alice")]), ["GetCallerIdentity", "ListUsers", "CreateGroup"]);
    assert_eq!(looked_up(&[("EventAccessKeyId", &key)]), ["GetCallerIdentity", "ListUsers", "CreateGroup"]);
    assert_eq!(looked_up(&[("User", "alice"), ("EventRW", "Write")]), ["CreateGroup"]);
    assert_eq!(looked_up(&[("User", "alice"), ("EventRW", "Read")]), ["GetCallerIdentity", "ListUsers"]);
    assert_eq!(looked_up(&[("ResourceType", "ACS::RAM::Group")]), ["CreateGroup"]);
    assert_eq!(looked_up(&[("ResourceName", "ops"), ("EventRW", "Write")]), ["CreateGroup"]);
    assert!(looked_up(&[("User", "nobody")]).is_empty());
    let id = text(&event(&a.client, "CreateGroup")["eventId"]);
    assert_eq!(looked_up(&[("EventId", &id)]), ["CreateGroup"]);
    // What is another account's is nobody else's.
    let stranger = tenant_on(&server);
    let theirs = [("LookupAttribute.1.Key", "EventId"), ("LookupAttribute.1.Value", id.as_str())];
    assert!(events(&stranger.client, &theirs).is_empty());
    let theirs = [("LookupAttribute.1.Key", "EventAccessKeyId"), ("LookupAttribute.1.Value", key.as_str())];
    assert!(events(&stranger.client, &theirs).is_empty());
}

#[test]
fn events_come_in_pages_of_either_direction_within_their_time() {
    let server = TestServer::start();
    let a = tenant_on(&server);
    for number in 0..7 {
        a.must("Ram", "CreateUser", &[("UserName", &format!("user-{number}"))]);
        server.clock().advance(hours(1));
    }
    let write = [("LookupAttribute.1.Key", "EventName"), ("LookupAttribute.1.Value", "CreateUser")];
    let pages = |direction: &str| {
        let mut seen = Vec::new();
        let mut token = None::<String>;
        loop {
            let mut params = vec![write[0], write[1], ("Direction", direction), ("MaxResults", "3")];
            params.extend(token.as_deref().map(|token| ("NextToken", token)));
            let page = a.must("Actiontrail", "LookupEvents", &params);
            seen.extend(page["Events"].as_array().unwrap().iter().map(|event| text(&event["resourceName"])));
            match page["NextToken"].as_str() {
                Some(next) => token = Some(next.to_owned()),
                None => return seen,
            }
        }
    };
    let forward: Vec<_> = (0..7).map(|number| format!("user-{number}")).collect();
    let backward: Vec<_> = forward.iter().rev().cloned().collect();
    assert_eq!((pages("FORWARD"), pages("BACKWARD")), (forward, backward));

    let page = a.must("Actiontrail", "LookupEvents", &[write[0], write[1], ("MaxResults", "3")]);
    let token = text(&page["NextToken"]);
    let other = [("NextToken", token.as_str()), ("MaxResults", "3")];
    a.client.refused("Actiontrail", "LookupEvents", &other, "InvalidQueryParameter");
    let stranger = tenant_on(&server);
    let same = [write[0], write[1], ("NextToken", token.as_str())];
    stranger.client.refused("Actiontrail", "LookupEvents", &same, "InvalidQueryParameter");

    let at = |hours_ago: i64| server.clock().now().plus_seconds(-hours_ago * 3_600).to_string();
    let (start, end) = (at(6), at(4));
    let span = [write[0], write[1], ("StartTime", start.as_str()), ("EndTime", end.as_str())];
    let found = a.must("Actiontrail", "LookupEvents", &span);
    assert_eq!((&found["StartTime"], &found["EndTime"]), (&json!(start), &json!(end)));
    assert_eq!(found["Events"].as_array().unwrap().len(), 3, "both ends are among them");
    server.clock().advance(hours(24 * 8));
    assert!(events(&a.client, &write).is_empty(), "unless told, the last seven days");
}

#[test]
fn both_sides_see_a_delegated_call_with_its_person_and_none_of_the_other_s_policies() {
    let server = TestServer::start();
    let Delegation { a, b, alice, role_arn } = Delegation::set_up(&server);
    let policy = allow(&["ecs:Describe*"], &["*"]).to_string();
    let params =
        [("RoleArn", role_arn.as_str()), ("RoleSessionName", "at-work"), ("Policy", policy.as_str())];
    let answer = alice.must("Sts", "AssumeRole", &params);
    let session = alice.with_credentials(crate::sts::credentials(&answer));
    session.must("Ecs", "DescribeInstances", &[("RegionId", "cn-beijing")]);
    session.refused(
        "Ram",
        "CreatePolicy",
        &[("PolicyName", "p"), ("PolicyDocument", &policy)],
        "NoPermission",
    );
    let alice_id = b.must("Ram", "GetUser", &[("UserName", "alice")])["User"]["UserId"].clone();
    let role_id = a.must("Ram", "GetRole", &[("RoleName", "ecs-admin")])["Role"]["RoleId"].clone();

    for (side, other) in [(&a, &b), (&b, &a)] {
        let used = event(&side.client, "DescribeInstances");
        let identity = &used["userIdentity"];
        assert_eq!((&identity["type"], &identity["accountId"]), (&json!("assumed-role"), &json!(a.id)));
        assert_eq!(identity["userName"], "ecs-admin:at-work");
        assert_eq!(identity["principalId"], format!("{}:at-work", role_id.as_str().unwrap()));
        assert_eq!(identity["sessionContext"]["attributes"]["mfaAuthenticated"], "false");
        assert_eq!(used["requestParameters"]["stsTokenPrincipalName"], "ecs-admin/at-work");
        assert_eq!(used["requestParameters"]["stsTokenPlayerUid"], b.id.as_str());
        assert_eq!(used["additionalEventData"]["originalPrincipalId"], alice_id);
        assert_eq!((&used["acsRegion"], &used["isGlobal"]), (&json!("cn-beijing"), &json!(false)));
        // Whose policies decided is told to nobody but who holds them.
        let decided = used["additionalEventData"]["decisions"][0].get("decidedBy").is_some();
        assert_eq!(decided, side.id == a.id, "{used}");

        let refused = event(&side.client, "CreatePolicy");
        let own = side.id == a.id;
        assert_eq!(refused["requestParameters"].get("PolicyDocument").is_some(), own, "{refused}");
        assert_eq!(
            (&refused["errorCode"], refused.get("errorMessage").is_some()),
            (&json!("NoPermission"), own)
        );

        let assumed = event(&side.client, "AssumeRole");
        assert_eq!(assumed["userIdentity"]["userName"], "alice");
        assert_eq!(assumed["requestParameters"].get("Policy").is_some(), side.id == b.id, "{assumed}");
        let key = &answer["Credentials"]["AccessKeyId"];
        assert_eq!(&assumed["responseElements"]["Credentials"]["AccessKeyId"], key);
        assert!(!assumed.to_string().contains(answer["Credentials"]["SecurityToken"].as_str().unwrap()));
        assert_ne!(side.id, other.id);
    }
    // What B does at home is none of A's business.
    let params = [("LookupAttribute.1.Key", "EventName"), ("LookupAttribute.1.Value", "CreateUser")];
    assert!(events(&a.client, &params).is_empty());
}

#[test]
fn a_chain_of_roles_leads_to_the_person_it_began_with() {
    let server = TestServer::start();
    let (a, b) = (server.account("company-a", "11111"), server.account("company-b", "22222"));
    let c = server.account("company-c", "33333");
    let first = a.role("first", &[&b.root_arn()], &["AliyunSTSAssumeRoleAccess"]);
    let second = c.role("second", &["acs:ram::11111:role/first"], &["AliyunRAMReadOnlyAccess"]);
    let alice = b.user("alice");
    b.grant("alice", "AliyunSTSAssumeRoleAccess");
    let session = alice.assume(&first, "one").unwrap().assume(&second, "two").unwrap();
    session.must("Ram", "ListUsers", &[]);
    let alice_id = b.must("Ram", "GetUser", &[("UserName", "alice")])["User"]["UserId"].clone();
    for side in [&a, &b, &c] {
        let used = event(&side.client, "ListUsers");
        assert_eq!(used["userIdentity"]["accountId"], "33333");
        assert_eq!(used["requestParameters"]["stsTokenPlayerUid"], "22222");
        assert_eq!(used["additionalEventData"]["originalPrincipalId"], alice_id);
        assert_eq!(used["additionalEventData"]["chain"].as_array().unwrap().len(), 3);
    }
}

#[test]
fn no_secret_parameter_is_in_an_event() {
    let server = TestServer::start();
    let a = tenant_on(&server);
    a.must("Ram", "CreateUser", &[("UserName", "alice")]);
    let password = "aB3$planted-password";
    let params = [("UserName", "alice"), ("Password", password), ("PasswordResetRequired", "true")];
    a.must("Ram", "CreateLoginProfile", &params);
    let made = event(&a.client, "CreateLoginProfile");
    let expected = json!({ "UserName": "alice", "Password": "[redacted]", "PasswordResetRequired": "true" });
    assert_eq!(made["requestParameters"], expected);
    let all = serde_json::to_string(&server.core().trail().events().unwrap()).unwrap();
    assert!(!all.contains(password));
}
