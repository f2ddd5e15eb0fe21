//! Switching to a role in the console, and back.

use argali_testkit::model::RecentRole;
use argali_testkit::{Delegation, TestServer, allow, hours, minutes, trust};
use serde_json::{Value, json};

use crate::expect::Calls;
use crate::person::{Person, bind_device};
use crate::shape::complete;
use crate::stage::text;

const ROLE: (&str, &str) = ("company-a", "ecs-admin");
const LIST: [(&str, &str); 1] = [("RegionId", "cn-hangzhou")];

/// The two enterprises, with alice at her browser.
struct Desk {
    server: TestServer,
    delegation: Delegation,
}

impl Desk {
    fn new() -> Self {
        let server = TestServer::start();
        let delegation = Delegation::set_up(&server);
        Self { server, delegation }
    }

    fn alice(&self) -> Person<'_> {
        Person::of(&self.server, &self.delegation.b, "alice")
    }

    /// Changes the role.
    fn role(&self, change: (&str, &str)) {
        self.delegation.a.must("Ram", "UpdateRole", &[("RoleName", "ecs-admin"), change]);
    }
}

#[test]
fn whoever_may_not_learns_only_its_own_half() {
    let Desk { server, delegation } = &Desk::new();
    let Delegation { a, b, alice, .. } = delegation;
    // Who signs has no logon, and nobody has none at all.
    let params = [("Account", "company-a"), ("RoleName", "ecs-admin")];
    alice.refused("Argali", "SwitchRole", &params, "Logon.Required");
    alice.refused("Argali", "ExtendRole", &params, "Logon.Required");
    alice.refused("Argali", "SwitchBack", &params, "Logon.Required");
    alice.refused("Argali", "ListSwitchedRoles", &[], "Logon.Required");

    // Bob's own side does not allow it: a role, none, and an account that nobody has read alike.
    b.user("bob");
    let bob = Person::of(server, b, "bob");
    let told = |account, role| {
        let failure = bob.switch((account, role)).unwrap_err();
        assert_eq!(failure.code, "NoPermission");
        let detail = failure.access_denied_detail.unwrap();
        assert_eq!(detail.auth_action, "sts:AssumeRole");
        failure.message
    };
    let message = told("company-a", "ecs-admin");
    assert_eq!(told("company-a", "nothing"), message);
    assert_eq!(told("nobody", "ecs-admin"), message);
    assert_eq!(told("99999999", "ecs-admin"), message);

    // Where it does, the other side may still not trust him.
    b.grant("bob", "AliyunSTSAssumeRoleAccess");
    a.role("another", &["acs:ram::12345678:user/alice"], &[]);
    assert_eq!(bob.switch(("company-a", "another")).unwrap_err().code, "NoPermission");
    for absent in [("company-a", "nothing"), ("nobody", "ecs-admin"), ("99999999", "ecs-admin")] {
        assert_eq!(bob.switch(absent).unwrap_err().code, "EntityNotExist.Role", "{absent:?}");
    }
    for (name, value, code) in [
        ("RoleName", "no role", "InvalidParameter.RoleName.InvalidChars"),
        ("DurationSeconds", "899", "InvalidParameter.DurationSeconds"),
        ("DurationSeconds", "3601", "InvalidParameter.DurationSeconds"),
        ("RoleSessionName", "b", "InvalidParameter.RoleSessionName"),
        ("Colour", "Infrared", "InvalidParameter.Colour"),
    ] {
        let mut params = params.to_vec();
        params.retain(|(other, _)| *other != name);
        params.push((name, value));
        bob.refused("Argali", "SwitchRole", &params, code);
    }
    // None of that left anything behind.
    assert_eq!(bob.must("Argali", "ListSwitchedRoles", &[])["SwitchedRoles"]["SwitchedRole"], json!([]));
    assert_eq!(bob.ask_in(ROLE), "Logon.NotSwitched");
}

/// S3-63: an owner may not switch, and is told what to do instead.
#[test]
fn the_owner_of_an_account_cannot_switch() {
    let Desk { server, delegation: Delegation { b, .. } } = &Desk::new();
    let password = server.give_owner_password(b);
    let params = [("Owner", "company-b"), ("Password", password.as_str())];
    let answer = b.client.call_unsigned("Argali", "LogOn", &params).unwrap();
    let owner = Person::holding(server, b, &text(&answer["Session"]));
    let failure = owner.switch(ROLE).unwrap_err();
    assert_eq!(failure.code, "NoPermission");
    assert!(failure.message.contains("create a RAM user"), "{failure}");
    assert!(failure.access_denied_detail.is_some());
    owner.must("Argali", "ListSwitchedRoles", &[]);
}

/// S1-28, S2-33, S3-62: after switching, operations act on A's resources, and on one's own after switching back.
#[test]
fn whoever_switches_acts_in_the_role_and_as_itself() {
    let desk = Desk::new();
    let alice = desk.alice();
    let Delegation { a, b, .. } = &desk.delegation;
    assert_eq!(alice.call("Ecs", "DescribeInstances", &LIST).unwrap_err().code, "Forbidden.RAM");
    let before = alice.session();
    let answer = alice.switch(ROLE).unwrap();
    complete("Argali", "SwitchRole", &answer, &[]);
    assert_eq!((&answer["AccountId"], &answer["RoleName"]), (&json!("11223344"), &json!("ecs-admin")));
    assert_eq!(answer["AssumedRoleUser"]["Arn"], "acs:ram::11223344:role/ecs-admin/alice");
    // The browser holds another value from now on, and nothing of the role.
    assert_ne!(alice.session(), before);
    let old = Person::holding(&desk.server, b, &before);
    old.refused("Argali", "GetLogonSession", &[], "Logon.Ended");
    assert!(!answer.to_string().contains("STS."), "{answer}");

    // By alias, default domain and number, it is the same role.
    for account in ["company-a", "company-a.onaliyun.com", "11223344"] {
        let who = alice.call_in((account, "ECS-Admin"), "Sts", "GetCallerIdentity", &[]).unwrap();
        assert_eq!(who["Arn"], "acs:ram::11223344:assumed-role/ecs-admin/alice");
        assert_eq!(who["AccountId"], "11223344");
    }
    alice.call_in(ROLE, "Ecs", "DescribeInstances", &LIST).unwrap();
    // As itself she has her own rights, and in the role only the role's.
    assert_eq!(alice.must("Sts", "GetCallerIdentity", &[])["IdentityType"], "RAMUser");
    assert_eq!(alice.call_in(ROLE, "Ram", "ListUsers", &[]).unwrap_err().code, "NoPermission");
    assert_eq!(alice.ask_in(("company-b", "ecs-admin")), "Logon.NotSwitched");
    assert_eq!(alice.ask_in(("nobody", "ecs-admin")), "Logon.NotSwitched");

    let shown = alice.must("Argali", "GetLogonSession", &[]);
    complete(
        "Argali",
        "GetLogonSession",
        &shown,
        &[
            "Preferences.Language",
            "Preferences.Shortcuts",
            "Preferences.Theme",
            "SwitchedRoles.SwitchedRole[].Colour",
            "SwitchedRoles.SwitchedRole[].DisplayName",
            "SwitchedRoles.SwitchedRole[].FromAccountId",
            "SwitchedRoles.SwitchedRole[].FromRoleName",
        ],
    );
    let role = &shown["SwitchedRoles"]["SwitchedRole"][0];
    assert_eq!((&role["Account"], &role["RoleName"]), (&json!("company-a"), &json!("ecs-admin")));

    // Both sides see the session and who is behind it.
    for side in [a, b] {
        let listed = side.must("Argali", "ListSessions", &[]);
        let session = &listed["Sessions"]["Session"][0];
        assert_eq!(session["SessionId"], answer["SessionId"]);
        assert_eq!(
            (&session["Status"], &session["SourceArn"]),
            (&json!("Live"), &json!("acs:ram::12345678:user/alice"))
        );
    }

    let back = [("Account", ROLE.0), ("RoleName", ROLE.1)];
    let answer = alice.must("Argali", "SwitchBack", &back);
    complete("Argali", "SwitchBack", &answer, &[]);
    assert_eq!(alice.ask_in(ROLE), "Logon.NotSwitched");
    alice.refused("Argali", "SwitchBack", &back, "EntityNotExist.Session");
    alice.must("Sts", "GetCallerIdentity", &[]);
    assert_eq!(a.must("Argali", "ListSessions", &[])["Sessions"]["Session"][0]["Status"], "Ended");
}

#[test]
fn two_roles_are_held_at_once_and_history_is_kept() {
    let desk = Desk::new();
    let alice = desk.alice();
    let Delegation { a, b, .. } = &desk.delegation;
    a.role("auditor", &[&b.root_arn()], &[]);
    let auditor = ("11223344", "auditor");
    alice.switch(ROLE).unwrap();
    desk.server.clock().advance(minutes(1));
    let look = [("DisplayName", "Audit of A"), ("Colour", "Teal")];
    let params = [&[("Account", auditor.0), ("RoleName", auditor.1)][..], &look].concat();
    alice.must("Argali", "SwitchRole", &params);
    assert_eq!((alice.ask_in(ROLE).as_str(), alice.ask_in(auditor).as_str()), ("good", "good"));
    alice.call_in(ROLE, "Ecs", "DescribeInstances", &LIST).unwrap();
    assert_eq!(alice.call_in(auditor, "Ecs", "DescribeInstances", &LIST).unwrap_err().code, "Forbidden.RAM");

    let names = |answer: &Value| -> Vec<String> {
        let roles = answer["SwitchedRoles"]["SwitchedRole"].as_array().unwrap();
        roles.iter().map(|role| text(&role["RoleName"])).collect()
    };
    let recent = || alice.must("Argali", "ListSwitchedRoles", &[]);
    complete(
        "Argali",
        "ListSwitchedRoles",
        &alice.must("Argali", "ListSwitchedRoles", &[("MaxItems", "1")]),
        &[],
    );
    assert_eq!(names(&recent()), ["auditor", "ecs-admin"], "the latest first");
    let first = &recent()["SwitchedRoles"]["SwitchedRole"][0];
    assert_eq!((&first["DisplayName"], &first["Colour"]), (&json!("Audit of A"), &json!("Teal")));
    // Switching again moves a role to the front; it is there once.
    desk.server.clock().advance(minutes(1));
    alice.switch(("company-a.onaliyun.com", "Ecs-Admin")).unwrap();
    assert_eq!(names(&recent()), ["ecs-admin", "auditor"]);
    let page = alice.must("Argali", "ListSwitchedRoles", &[("MaxItems", "1")]);
    let marker = text(&page["Marker"]);
    let page = alice.must("Argali", "ListSwitchedRoles", &[("Marker", &marker)]);
    assert_eq!((names(&page), &page["IsTruncated"]), (vec!["auditor".to_owned()], &json!(false)));

    // The history outlives the logon, and is hers alone.
    alice.must("Argali", "LogOff", &[]);
    assert_eq!(alice.ask_in(ROLE), "Logon.Ended");
    let again = Person::log_on(&desk.server, b, "alice");
    assert_eq!(names(&again.must("Argali", "ListSwitchedRoles", &[])), ["ecs-admin", "auditor"]);
    assert_eq!(again.ask_in(ROLE), "Logon.NotSwitched", "another logon switches for itself");
    b.user("bob");
    let bob = Person::of(&desk.server, b, "bob");
    assert!(names(&bob.must("Argali", "ListSwitchedRoles", &[])).is_empty());
    bob.refused("Argali", "ListSwitchedRoles", &[("Marker", &marker)], "InvalidParameter.Marker");
}

#[test]
fn the_history_of_a_user_goes_with_it() {
    let desk = Desk::new();
    let Delegation { b, alice: key, .. } = &desk.delegation;
    let name = ("UserName", "alice");
    let id = text(&b.must("Ram", "GetUser", &[name])["User"]["UserId"]);
    desk.alice().switch(ROLE).unwrap();
    let remembered = || {
        let (account, user) = ("12345678".parse().unwrap(), id.parse().unwrap());
        let tx = desk.server.core().store().read().unwrap();
        RecentRole::page(tx.as_ref(), account, user, None, 10).unwrap().records.len()
    };
    assert_eq!(remembered(), 1);
    b.must("Ram", "DeleteAccessKey", &[name, ("UserAccessKeyId", &key.credentials().access_key_id)]);
    let policy = [("PolicyName", "AliyunSTSAssumeRoleAccess"), ("PolicyType", "System")];
    b.must("Ram", "DetachPolicyFromUser", &[&[name], &policy[..]].concat());
    b.must("Ram", "DeleteLoginProfile", &[name]);
    b.must("Ram", "DeleteUser", &[name]);
    assert_eq!(remembered(), 0);
}

#[test]
fn a_logon_holds_ten_roles_and_forgets_the_first() {
    let desk = Desk::new();
    let alice = desk.alice();
    let Delegation { a, b, .. } = &desk.delegation;
    for number in 0..11 {
        let name = format!("role-{number}");
        a.role(&name, &[&b.root_arn()], &[]);
        alice.switch(("company-a", &name)).unwrap();
    }
    assert_eq!(alice.ask_in(("company-a", "role-0")), "Logon.NotSwitched");
    assert_eq!(alice.ask_in(("company-a", "role-1")), "good");
    assert_eq!(alice.ask_in(("company-a", "role-10")), "good");
}

#[test]
fn a_role_lasts_as_long_as_it_may_the_wish_says_and_the_logon_does() {
    let desk = Desk::new();
    desk.role(("NewMaxSessionDuration", "43200"));
    let alice = desk.alice();
    let began = desk.server.clock().now();
    let switch = |wish: &[(&str, &str)]| {
        let params = [&[("Account", ROLE.0), ("RoleName", ROLE.1)][..], wish].concat();
        alice.must("Argali", "SwitchRole", &params)
    };
    let ends = |answer: Value| text(&answer["Expiration"]);
    let in_seconds = |seconds| began.plus_seconds(seconds).to_string();
    assert_eq!(ends(switch(&[])), in_seconds(6 * 3_600), "no longer than the logon");
    assert_eq!(ends(switch(&[("DurationSeconds", "900")])), in_seconds(900));
    desk.server.clock().advance(minutes(16));
    assert_eq!(alice.ask_in(ROLE), "InvalidSecurityToken.Expired");
    switch(&[]);
    assert_eq!(alice.ask_in(ROLE), "good", "extended");
    desk.role(("NewMaxSessionDuration", "3600"));
    assert_eq!(ends(switch(&[])), in_seconds(16 * 60 + 3_600));
    desk.server.clock().advance(hours(6));
    assert_eq!(alice.ask_in(ROLE), "Logon.Ended");
}

/// What is extended is begun anew just as it was, by whoever switched, and both sides are asked again.
#[test]
fn a_role_is_extended_as_it_was_switched_to() {
    let desk = Desk::new();
    let Delegation { a, b, .. } = &desk.delegation;
    let mut document = trust(&[&b.root_arn()]);
    document["Statement"][0]["Condition"] = json!({ "StringEquals": { "sts:ExternalId": "agreed" } });
    desk.role(("NewAssumeRolePolicyDocument", &document.to_string()));
    let alice = desk.alice();
    let named = [("Account", ROLE.0), ("RoleName", ROLE.1)];
    alice.refused("Argali", "ExtendRole", &named, "EntityNotExist.Session");
    alice.refused(
        "Argali",
        "ExtendRole",
        &[named[0], ("RoleName", "no role")],
        "InvalidParameter.RoleName.InvalidChars",
    );
    alice.refused("Argali", "ExtendRole", &[("Account", "nobody"), named[1]], "EntityNotExist.Session");

    let wish = [("RoleSessionName", "night-shift"), ("DurationSeconds", "900"), ("ExternalId", "agreed")];
    let looks = [("DisplayName", "Servers"), ("Colour", "Teal")];
    let began = alice.must("Argali", "SwitchRole", &[&named[..], &wish, &looks].concat());
    desk.server.clock().advance(minutes(10));
    let extended = alice.must("Argali", "ExtendRole", &named);
    complete("Argali", "ExtendRole", &extended, &[]);
    let ends = desk.server.clock().now().plus_seconds(900).to_string();
    assert_eq!(extended["Expiration"], ends);
    assert_eq!(extended["AssumedRoleUser"], began["AssumedRoleUser"], "it is called as before");
    let held = &alice.must("Argali", "GetLogonSession", &[])["SwitchedRoles"]["SwitchedRole"];
    assert_eq!(held.as_array().unwrap().len(), 1);
    assert_eq!((&held[0]["DisplayName"], &held[0]["Expiration"]), (&json!("Servers"), &json!(ends)));
    assert_eq!(held[0]["SessionId"], extended["SessionId"]);

    desk.server.clock().advance(minutes(10));
    assert_eq!(alice.ask_in(ROLE), "good", "the first would be over");
    desk.role(("NewAssumeRolePolicyDocument", &trust(&[&a.root_arn()]).to_string()));
    alice.refused("Argali", "ExtendRole", &named, "NoPermission");
}

#[test]
fn the_owner_of_a_role_may_keep_it_out_of_the_console() {
    let desk = Desk::new();
    let alice = desk.alice();
    desk.role(("NewAllowConsoleLogin", "false"));
    let failure = alice.switch(ROLE).unwrap_err();
    assert_eq!(failure.code, "NoPermission");
    assert!(failure.message.contains("console"), "{failure}");
    // By the API it can be assumed, also by whoever is logged on.
    let arn = desk.delegation.role_arn.as_str();
    alice.must("Sts", "AssumeRole", &[("RoleArn", arn), ("RoleSessionName", "at-work")]);
}

#[test]
fn trust_may_ask_for_a_second_factor() {
    let desk = Desk::new();
    let Delegation { a, b, .. } = &desk.delegation;
    let mut document = trust(&[&b.root_arn()]);
    document["Statement"][0]["Condition"] = json!({ "Bool": { "acs:MFAPresent": "true" } });
    desk.role(("NewAssumeRolePolicyDocument", &document.to_string()));
    let mut policy = allow(&["ecs:DescribeInstances"], &["*"]);
    policy["Statement"][0]["Condition"] = json!({ "Bool": { "acs:MFAPresent": "true" } });
    a.must("Ram", "CreatePolicy", &[("PolicyName", "with-mfa"), ("PolicyDocument", &policy.to_string())]);
    let both = [("RoleName", "ecs-admin"), ("PolicyName", "with-mfa"), ("PolicyType", "Custom")];
    a.must("Ram", "AttachPolicyToRole", &both);
    let full = [("RoleName", "ecs-admin"), ("PolicyName", "AliyunECSFullAccess"), ("PolicyType", "System")];
    a.must("Ram", "DetachPolicyFromRole", &full);

    let alice = desk.alice();
    assert_eq!(alice.switch(ROLE).unwrap_err().code, "NoPermission");
    let app = bind_device(&desk.server, b, "alice");
    let alice = Person::log_on_with(&desk.server, b, "alice", &app);
    alice.switch(ROLE).unwrap();
    alice.call_in(ROLE, "Ecs", "DescribeInstances", &LIST).unwrap();
    // A device that is taken away takes with it what it had shown.
    b.must("Ram", "UnbindMFADevice", &[("UserName", "alice")]);
    assert_eq!(alice.ask_in(ROLE), "InvalidSecurityToken.Revoked");
}

#[test]
fn in_a_role_the_role_itself_switches() {
    let desk = Desk::new();
    let Delegation { a, b, .. } = &desk.delegation;
    a.role("first", &[&b.root_arn()], &["AliyunSTSAssumeRoleAccess"]);
    a.role("second", &["acs:ram::11223344:role/first"], &[]);
    let alice = desk.alice();
    let (first, second) = (("company-a", "first"), ("company-a", "second"));
    assert_eq!(alice.switch(second).unwrap_err().code, "NoPermission");
    let params = [("Account", "company-a"), ("RoleName", "first"), ("RoleSessionName", "alice-at-work")];
    alice.must("Argali", "SwitchRole", &params);
    let params = [("Account", "company-a"), ("RoleName", "second")];
    let answer = alice.call_in(first, "Argali", "SwitchRole", &params).unwrap();
    assert_eq!(answer["AssumedRoleUser"]["Arn"], "acs:ram::11223344:role/second/alice-at-work");
    assert_eq!((alice.ask_in(first).as_str(), alice.ask_in(second).as_str()), ("good", "good"));
    // And extends.
    let held = &alice.must("Argali", "GetLogonSession", &[])["SwitchedRoles"]["SwitchedRole"];
    let from = |at: usize| (held[at]["FromAccountId"].clone(), held[at]["FromRoleName"].clone());
    assert_eq!((from(0), from(1)), ((json!(null), json!(null)), (json!("11223344"), json!("first"))));
    alice.refused("Argali", "ExtendRole", &params, "NoPermission");
    alice.call_in(first, "Argali", "ExtendRole", &params).unwrap();
    assert_eq!(alice.ask_in(second), "good");
    // What hangs on a role goes with it.
    alice.must("Argali", "SwitchBack", &[("Account", "company-a"), ("RoleName", "first")]);
    assert_eq!(alice.ask_in(second), "InvalidSecurityToken.Revoked");
    // A role logs off whoever is behind it.
    alice.switch(first).unwrap();
    alice.call_in(first, "Argali", "LogOff", &[]).unwrap();
    alice.refused("Sts", "GetCallerIdentity", &[], "Logon.Ended");
}

#[test]
fn records_name_the_person_and_the_logon_and_hold_no_token() {
    let desk = Desk::new();
    let alice = desk.alice();
    let answer = alice.switch(ROLE).unwrap();
    alice.call_in(ROLE, "Ecs", "DescribeInstances", &LIST).unwrap();
    let events = desk.server.core().trail().events().unwrap();
    let text = serde_json::to_string(&events).unwrap();
    assert!(!text.contains(&alice.session()));
    let switched = events.iter().find(|event| event.action == "SwitchRole").unwrap();
    let mut accounts: Vec<_> = switched.accounts.iter().map(ToString::to_string).collect();
    accounts.sort();
    assert_eq!(accounts, ["11223344", "12345678"]);
    assert_eq!(switched.session.as_ref().unwrap().id.to_string(), answer["SessionId"]);
    let call = events.iter().find(|event| event.action == "DescribeInstances").unwrap();
    let caller = serde_json::to_value(call.caller.as_ref().unwrap()).unwrap();
    assert_eq!(caller["arn"], "acs:ram::11223344:assumed-role/ecs-admin/alice");
    assert_eq!(caller["chain"][1]["account"], "12345678");
    assert!(caller["chain"][1]["logonId"].is_string(), "{caller}");
    assert!(call.access_key_id.as_ref().unwrap().starts_with("STS."));
}
