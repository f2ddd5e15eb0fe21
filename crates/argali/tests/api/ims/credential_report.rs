//! The reports on what everybody in an account logs on and signs with.

use argali_testkit::{Authenticator, Enterprise, TestServer, hours, seconds};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::{logon_name, user};
use crate::expect::Calls;
use crate::shape::complete;
use crate::stage::text;
use crate::world::{tenant, tenant_on};

const GENERATE: &str = "GenerateCredentialReport";
const GET: &str = "GetCredentialReport";
const PRACTICE: &str = "GetAccountSecurityPracticeReport";
const DAY: u64 = 24;

/// The rows of a page by the names of their columns; `columns` are those of the first page.
fn rows(answer: &Value, columns: &mut Vec<String>) -> Vec<Value> {
    let content = String::from_utf8(STANDARD.decode(text(&answer["Content"])).unwrap()).unwrap();
    let mut lines = content.lines();
    if columns.is_empty() {
        columns.extend(lines.next().unwrap().split(',').map(str::to_owned));
    }
    let row = |line: &str| {
        let cells: Vec<_> = line.split(',').collect();
        assert_eq!(cells.len(), columns.len(), "{line}");
        columns.iter().zip(cells).map(|(column, cell)| (column.clone(), json!(cell))).collect()
    };
    lines.map(row).collect()
}

/// The whole report, made now.
fn report(a: &Enterprise) -> Vec<Value> {
    let made = a.must("Ims", GENERATE, &[]);
    complete("Ims", GENERATE, &made, &[]);
    assert_eq!(made["State"], "COMPLETED");
    let answer = a.must("Ims", GET, &[]);
    complete("Ims", GET, &answer, &["NextToken"]);
    assert_eq!(answer["IsTruncated"], "false");
    rows(&answer, &mut Vec::new())
}

/// Binds a device to somebody: the owner, if nobody is named.
fn bind(server: &TestServer, a: &Enterprise, name: &str, user: Option<&str>) {
    let made = a.must("Ims", "CreateVirtualMFADevice", &[("VirtualMFADeviceName", name)]);
    let device = &made["VirtualMFADevice"];
    let (serial, app) =
        (text(&device["SerialNumber"]), Authenticator::new(&text(&device["Base32StringSeed"])));
    let [first, second] = app.codes(server.clock().now());
    let mut params = vec![("SerialNumber", serial.as_str())];
    params.extend([("AuthenticationCode1", first.as_str()), ("AuthenticationCode2", &second)]);
    let user = user.map(|user| logon_name(a, user));
    params.extend(user.as_deref().map(|user| ("UserPrincipalName", user)));
    a.must("Ims", "BindMFADevice", &params);
}

#[test]
fn a_report_must_have_been_made() {
    let a = tenant();
    a.client.refused("Ims", GET, &[], "EntityNotExist.CredentialReport");
    report(&a);
    for size in ["0", "3502", "many"] {
        a.client.refused("Ims", GET, &[("MaxItems", size)], "InvalidParameter.MaxItems");
    }
    a.client.refused("Ims", GET, &[("NextToken", "no token")], "InvalidParameter.NextToken");
}

#[test]
fn the_report_has_a_row_for_everybody() {
    let server = TestServer::start();
    let a = tenant_on(&server);
    let began = server.clock().now().to_string();
    user(&a, "alice");
    server.clock().advance(hours(1));
    let made = server.clock().now().to_string();
    let alice = ("UserName", "alice");
    a.must("Ram", "SetPasswordPolicy", &[("MaxPasswordAge", "30")]);
    a.must("Ram", "CreateLoginProfile", &[alice, ("Password", "correct horse")]);
    let name = format!("alice@{}", a.alias);
    a.client
        .call_unsigned("Argali", "LogOn", &[("LogonName", &name), ("Password", "correct horse")])
        .unwrap();
    let key = text(&a.must("Ram", "CreateAccessKey", &[alice])["AccessKey"]["AccessKeyId"]);
    a.must("Ram", "UpdateAccessKey", &[alice, ("UserAccessKeyId", &key), ("Status", "Inactive")]);
    bind(&server, &a, "alices", Some("alice"));
    server.clock().advance(seconds(90));
    let bob = a.user("bob");
    let used = server.clock().now().to_string();
    bob.must("Sts", "GetCallerIdentity", &[]);

    let rows = report(&a);
    assert_eq!(rows.len(), 3);
    let [root, alice, bob] = [&rows[0], &rows[1], &rows[2]];
    assert_eq!((&root["user"], &root["user_creation_time"]), (&json!("<root>"), &json!(began)));
    assert_eq!((&root["access_key_1_exist"], &root["password_active"]), (&json!("TRUE"), &json!("N/A")));
    let next = server.clock().now().plus_seconds(30 * 24 * 3_600 - 90).to_string();
    for (column, value) in [
        ("user", logon_name(&a, "alice").as_str()),
        ("user_creation_time", &began),
        ("user_last_logon", &made),
        ("password_exist", "TRUE"),
        ("password_active", "TRUE"),
        ("password_last_changed", &made),
        ("password_next_rotation", &next),
        ("mfa_active", "TRUE"),
        ("access_key_1_exist", "TRUE"),
        ("access_key_1_active", "FALSE"),
        ("access_key_1_last_rotated", &made),
        ("access_key_1_last_used", "-"),
        ("access_key_2_exist", "FALSE"),
        ("access_key_2_active", "N/A"),
        ("additional_access_key_3_last_used", "N/A"),
    ] {
        assert_eq!(alice[column], value, "{column}");
    }
    for (column, value) in [
        ("user_last_logon", "-"),
        ("password_exist", "FALSE"),
        ("password_active", "N/A"),
        ("password_next_rotation", "N/A"),
        ("mfa_active", "FALSE"),
        ("access_key_1_active", "TRUE"),
        ("access_key_1_last_used", &used),
    ] {
        assert_eq!(bob[column], value, "{column}");
    }
}

#[test]
fn a_report_is_of_its_time_and_made_anew_after_four_hours() {
    let server = TestServer::start();
    let a = tenant_on(&server);
    assert_eq!(report(&a).len(), 1);
    let made = a.must("Ims", GET, &[])["GeneratedTime"].clone();
    user(&a, "alice");
    server.clock().advance(hours(3));
    assert_eq!(report(&a).len(), 1, "alice came later");
    assert_eq!(a.must("Ims", GET, &[])["GeneratedTime"], made);
    server.clock().advance(hours(1));
    assert_eq!(report(&a).len(), 2);
    assert_eq!(a.must("Ims", GET, &[])["GeneratedTime"], server.clock().now().to_string());
}

#[test]
fn pages_make_up_the_whole_report() {
    let server = TestServer::start();
    let a = tenant_on(&server);
    (0..6).for_each(|number| drop(user(&a, &format!("user-{number}"))));
    let whole = report(&a);
    let (mut columns, mut found, mut token) = (Vec::new(), Vec::new(), None::<String>);
    loop {
        let mut params = vec![("MaxItems", "3")];
        params.extend(token.as_deref().map(|token| ("NextToken", token)));
        let page = a.must("Ims", GET, &params);
        found.extend(rows(&page, &mut columns));
        if page["IsTruncated"] == "false" {
            break;
        }
        token = Some(text(&page["NextToken"]));
    }
    assert_eq!(found, whole);
    // A page of an earlier report is none of the present one.
    server.clock().advance(hours(4));
    report(&a);
    let token = token.unwrap();
    a.client.refused("Ims", GET, &[("NextToken", &token)], "InvalidParameter.NextToken");
}

#[test]
fn practice_is_told_in_figures() {
    let server = TestServer::start();
    let a = tenant_on(&server);
    let practice = || {
        let answer = a.must("Ims", PRACTICE, &[]);
        complete("Ims", PRACTICE, &answer, &[]);
        let info = answer["AccountSecurityPracticeInfo"].clone();
        (info["Score"].as_u64().unwrap(), info["AccountSecurityPracticeUserInfo"].clone())
    };
    let (score, figures) = practice();
    let expected = json!({
        "BindMfa": false, "RootWithAccessKey": 1, "OldAkNum": 0, "UnusedAkNum": 0,
        "SubUser": 0, "SubUserBindMfa": 0, "SubUserPwdLevel": figures["SubUserPwdLevel"].clone(),
        "SubUserWithOldAccessKey": 0, "SubUserWithUnusedAccessKey": 0,
    });
    assert_eq!(figures, expected);
    a.user("alice");
    let bob = a.user("bob");
    bind(&server, &a, "alices", Some("alice"));
    server.clock().advance(hours(89 * DAY));
    bob.must("Sts", "GetCallerIdentity", &[]);
    a.must("Ims", "GetAccountMFAInfo", &[]);
    server.clock().advance(hours(2 * DAY));
    let (later, figures) = practice();
    let counted = |what: &str| figures[what].as_u64().unwrap();
    assert_eq!((counted("SubUser"), counted("SubUserBindMfa")), (2, 1));
    assert_eq!((counted("SubUserWithOldAccessKey"), counted("SubUserWithUnusedAccessKey")), (2, 1));
    assert_eq!((counted("OldAkNum"), counted("UnusedAkNum")), (1, 0));
    assert!(later < score, "{later} {score}");
    assert_eq!(figures["SubUserPwdLevel"], "low");
    let required =
        ["RequireLowercaseCharacters", "RequireUppercaseCharacters", "RequireNumbers", "RequireSymbols"];
    let strict: Vec<_> = required.iter().map(|name| (*name, "true")).collect();
    a.must("Ims", "SetPasswordPolicy", &strict);
    assert_eq!(practice().1["SubUserPwdLevel"], "mid");
    a.must("Ims", "SetPasswordPolicy", &[("MinimumPasswordLength", "12")]);
    assert_eq!(practice().1["SubUserPwdLevel"], "high");
}
