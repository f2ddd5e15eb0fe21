//! Showing password or code again before something sensitive.

use argali_testkit::{ApiFailure, Delegation, TestServer, minutes};
use serde_json::Value;

use crate::expect::Calls;
use crate::person::{PASSWORD, Person, bind_device};
use crate::shape::complete;
use crate::stage::{Stage, borrowed, text};
use crate::world::tenant_on;

const REQUIRED: &str = "Logon.VerificationRequired";

/// What asks for it whatever is sent. This list only grows.
// SPEC: console, security verification.
const SENSITIVE: &[(&str, &[&str])] = &[
    (
        "Ram",
        &[
            "BindMFADevice",
            "ClearAccountAlias",
            "CreateAccessKey",
            "CreateLoginProfile",
            "CreateUser",
            "DeletePolicy",
            "DeleteRole",
            "DeleteServiceLinkedRole",
            "DeleteUser",
            "DeleteVirtualMFADevice",
            "SetAccountAlias",
            "SetPasswordPolicy",
            "SetSecurityPreference",
            "UnbindMFADevice",
            "UpdateLoginProfile",
        ],
    ),
    (
        "Ims",
        &[
            "BindMFADevice",
            "CreateAccessKey",
            "CreateAppSecret",
            "CreateLoginProfile",
            "CreateServiceCredential",
            "CreateUser",
            "DeletePasskey",
            "DeleteUser",
            "DeleteUserInRecycleBin",
            "DeleteVirtualMFADevice",
            "DisableVirtualMFA",
            "GetAppSecret",
            "SetAccessKeyPolicy",
            "SetAccessKeyPolicyForAccount",
            "SetDefaultDomain",
            "SetPasswordPolicy",
            "SetSecurityPreference",
            "SetUserSsoSettings",
            "SetVerificationInfo",
            "UnbindMFADevice",
            "UnbindVerification",
            "UpdateLoginProfile",
        ],
    ),
    ("ResourceManager", &["DeletePolicy", "DeleteRole", "DeleteServiceLinkedRole"]),
];

/// An account with an administrator who has been logged on for a while.
fn administrator(server: &TestServer) -> (argali_testkit::Enterprise, Person<'_>) {
    let a = tenant_on(server);
    a.user("administrator");
    a.grant("administrator", "AdministratorAccess");
    a.must("Ram", "SetSecurityPreference", &[("LoginSessionDuration", "24")]);
    let person = Person::of(server, &a, "administrator");
    server.clock().advance(minutes(16));
    (a, person)
}

#[track_caller]
fn code(result: Result<Value, ApiFailure>) -> String {
    result.map_or_else(|failure| failure.code, |_| "ok".to_owned())
}

#[test]
fn what_is_sensitive_asks_for_it_and_nothing_else_does() {
    let server = crate::stage::builder().start();
    let (a, person) = administrator(&server);
    let stage = Stage::new(&server, a);
    for operation in server.core().registry().iter() {
        let (product, action) = (operation.product.as_str(), operation.name());
        let Some((_, sensitive)) = SENSITIVE.iter().find(|(its, _)| *its == product) else { continue };
        // It asks for the password itself, and ends every logon.
        if action == "ChangePassword" {
            continue;
        }
        let params = stage.params(product, action);
        let told = code(person.call(product, action, &borrowed(&params)));
        // What the stage changes is now and then the trust of a role, which is sensitive.
        let edits_trust = params.iter().any(|(name, _)| *name == "NewAssumeRolePolicyDocument");
        let expected = sensitive.contains(&action) || edits_trust;
        assert_eq!(told == REQUIRED, expected, "{product} {action} {params:?}: {told}");
    }
    person.must("Argali", "GetLogonSession", &[]);
}

#[test]
fn some_requests_of_an_operation_ask_for_it() {
    let server = TestServer::start();
    let (a, person) = administrator(&server);
    a.user("bob");
    a.role("ops", &[], &[]);
    let trust = argali_testkit::trust(&[&a.root_arn()]).to_string();
    for (change, expected) in [
        (("NewDescription", "for emergencies"), "ok"),
        (("NewAssumeRolePolicyDocument", trust.as_str()), REQUIRED),
    ] {
        assert_eq!(code(person.call("Ram", "UpdateRole", &[("RoleName", "ops"), change])), expected);
        let expected = if expected == "ok" { "ok" } else { REQUIRED };
        assert_eq!(
            code(person.call("ResourceManager", "UpdateRole", &[("RoleName", "ops"), change])),
            expected
        );
    }
    let custom = |name: &str, action: &str, condition: &str| {
        let document = format!(
            r#"{{"Version":"1","Statement":[{{"Effect":"Allow","Action":"{action}","Resource":"*"{condition}}}]}}"#
        );
        a.must("Ram", "CreatePolicy", &[("PolicyName", name), ("PolicyDocument", &document)]);
    };
    let mfa = r#","Condition":{"Bool":{"acs:MFAPresent":"true"}}"#;
    custom("reads", "ram:List*", "");
    custom("keys", "ram:CreateAccess*", mfa);
    for (policy, kind, expected) in [
        ("AliyunECSFullAccess", "System", "ok"),
        ("reads", "Custom", "ok"),
        ("AdministratorAccess", "System", REQUIRED),
        ("AliyunRAMFullAccess", "System", REQUIRED),
        ("keys", "Custom", REQUIRED),
        ("nothing", "Custom", "EntityNotExist.Policy"),
    ] {
        let params = [("UserName", "bob"), ("PolicyName", policy), ("PolicyType", kind)];
        assert_eq!(code(person.call("Ram", "AttachPolicyToUser", &params)), expected, "{policy}");
    }
    let bob = format!("bob@{}.onaliyun.com", a.alias);
    let params = [
        ("PolicyName", "AdministratorAccess"),
        ("PolicyType", "System"),
        ("PrincipalType", "IMSUser"),
        ("PrincipalName", &bob),
        ("ResourceGroupId", &a.id),
    ];
    assert_eq!(code(person.call("ResourceManager", "AttachPolicy", &params)), REQUIRED);
    person.must("Argali", "VerifyIdentity", &[("Password", PASSWORD)]);
    assert_eq!(code(person.call("ResourceManager", "AttachPolicy", &params)), "ok");
}

#[test]
fn who_is_not_allowed_is_not_asked_and_who_signs_neither() {
    let server = TestServer::start();
    let (a, _) = administrator(&server);
    a.user("bob");
    let bob = Person::of(&server, &a, "bob");
    server.clock().advance(minutes(16));
    bob.refused("Ram", "CreateUser", &[("UserName", "eve")], "NoPermission");
    a.must("Ram", "CreateUser", &[("UserName", "eve")]);
    a.client.refused("Argali", "VerifyIdentity", &[("Password", PASSWORD)], "Logon.Required");
}

#[test]
fn a_password_opens_it_for_a_quarter_of_an_hour() {
    let server = TestServer::start();
    let (a, person) = administrator(&server);
    let create = |name| code(person.call("Ram", "CreateUser", &[("UserName", name)]));
    assert_eq!(create("bob"), REQUIRED);
    person.refused("Argali", "VerifyIdentity", &[], "MissingPassword");
    let both = [("Password", PASSWORD), ("AuthenticationCode", "123456")];
    person.refused("Argali", "VerifyIdentity", &both, "MissingPassword");
    person.refused("Argali", "VerifyIdentity", &[("Password", "wrong")], "Logon.Failed");
    person.refused("Argali", "VerifyIdentity", &[("AuthenticationCode", "123456")], "Logon.Failed");
    assert_eq!(create("bob"), REQUIRED);
    let before = person.session();
    let answer = person.must("Argali", "VerifyIdentity", &[("Password", PASSWORD)]);
    complete("Argali", "VerifyIdentity", &answer, &[]);
    let until = server.clock().now().plus_seconds(15 * 60).to_string();
    assert_eq!(answer["VerificationExpiration"], until.as_str());
    // The browser holds another value from now on, of the same logon.
    assert_ne!(person.session(), before);
    Person::holding(&server, &a, &before).refused("Argali", "GetLogonSession", &[], "Logon.Ended");
    let shown = person.must("Argali", "GetLogonSession", &[]);
    assert_eq!(
        (&shown["VerificationExpiration"], &shown["MFAPresent"]),
        (&until.as_str().into(), &false.into())
    );
    assert_eq!(create("bob"), "ok");
    server.clock().advance(minutes(15));
    assert_eq!(create("eve"), REQUIRED);
    // Secrets are in no record.
    let events = serde_json::to_string(&server.core().trail().events().unwrap()).unwrap();
    assert!(!events.contains(PASSWORD) && !events.contains(&person.session()));
}

#[test]
fn a_code_opens_it_and_is_a_second_factor_from_then_on() {
    let server = TestServer::start();
    let (a, person) = administrator(&server);
    let app = bind_device(&server, &a, "administrator");
    let good = app.code(server.clock().now());
    let wrong = if good == "000000" { "000001" } else { "000000" };
    let verify = |code: &str| person.call("Argali", "VerifyIdentity", &[("AuthenticationCode", code)]);
    assert_eq!(code(verify("12345")), "InvalidParameter.AuthenticationCode.Format");
    assert_eq!(code(verify(wrong)), "Logon.Failed");
    assert_eq!(code(verify(&good)), "ok");
    assert_eq!(code(verify(&good)), "Logon.Failed", "a code counts once");
    assert_eq!(person.must("Argali", "GetLogonSession", &[])["MFAPresent"], true);
    assert_eq!(code(person.call("Ram", "CreateUser", &[("UserName", "bob")])), "ok");
    // Five wrong ones end it, whatever comes then.
    server.clock().advance(minutes(16));
    for _ in 0..5 {
        assert_eq!(code(verify(wrong)), "Logon.Failed");
    }
    assert_eq!(code(verify(&app.code(server.clock().now()))), "Logon.Locked");
}

#[test]
fn passwords_cannot_be_tried_without_end() {
    let server = TestServer::start();
    let (_, person) = administrator(&server);
    for _ in 0..5 {
        person.refused("Argali", "VerifyIdentity", &[("Password", "wrong")], "Logon.Failed");
    }
    person.refused("Argali", "VerifyIdentity", &[("Password", PASSWORD)], "Logon.Failed");
    server.clock().advance(minutes(15));
    person.must("Argali", "VerifyIdentity", &[("Password", PASSWORD)]);
}

#[test]
fn in_a_role_it_is_asked_of_whoever_is_behind_it() {
    let server = TestServer::start();
    let Delegation { a, b, .. } = Delegation::set_up(&server);
    a.role("admin", &[&b.root_arn()], &["AdministratorAccess"]);
    let (alice, role) = (Person::of(&server, &b, "alice"), ("company-a", "admin"));
    alice.switch(role).unwrap();
    let create = |name| code(alice.call_in(role, "Ram", "CreateUser", &[("UserName", name)]));
    assert_eq!(create("first"), "ok");
    server.clock().advance(minutes(16));
    assert_eq!(create("second"), REQUIRED);
    // Of the person, in the role or as itself.
    let shown = alice.call_in(role, "Argali", "VerifyIdentity", &[("Password", PASSWORD)]).unwrap();
    assert_eq!(text(&shown["Session"]), alice.session());
    assert_eq!(create("second"), "ok");
}
