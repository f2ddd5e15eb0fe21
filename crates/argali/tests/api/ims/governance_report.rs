//! The report on how an account keeps its identities.

use argali_testkit::{ApiFailure, Enterprise, TestServer, hours};
use serde_json::{Value, json};

use crate::expect::Calls;
use crate::person::Person;
use crate::shape::complete;
use crate::stage::federation::metadata;
use crate::stage::text;
use crate::world::{tenant, tenant_on};

const GENERATE: &str = "GenerateGovernanceReport";
const STATUS: &str = "GetGovernanceReportStatus";
const ITEM: &str = "GetGovernanceItemReport";
const METRICS: &str = "ListRecentGovernanceMetrics";
const ITEMS: [&str; 3] = ["SSOLoginEnabled", "AccountRecentUsingAccessKey", "RecentAccountLoginTimes"];
const DAY: u64 = 24;

fn generate(a: &Enterprise) {
    let made = a.must("Ims", GENERATE, &[]);
    complete("Ims", GENERATE, &made, &[]);
    assert_eq!(made["State"], "Completed");
}

fn item(a: &Enterprise, name: &str) -> Value {
    a.must("Ims", ITEM, &[("GovernanceItemType", name)])
}

/// The rows of an item: a value by the name of its column.
fn rows(answer: &Value) -> Vec<Value> {
    let columns = answer["ColumnsSchema"]["ColumnSchema"].as_array().unwrap();
    let row = |row: &Value| {
        let cells = row["ColumnValue"].as_array().unwrap();
        assert_eq!(cells.len(), columns.len(), "{answer}");
        columns.iter().zip(cells).map(|(column, cell)| (text(&column["ColumnName"]), cell.clone())).collect()
    };
    answer["ColumnsValue"]["ColumnRow"].as_array().unwrap().iter().map(row).collect()
}

/// The values of all items, in their order, with their kinds.
fn metrics(a: &Enterprise) -> Vec<(String, String, Value)> {
    let answer = a.must("Ims", METRICS, &[]);
    complete("Ims", METRICS, &answer, &[]);
    let metric = |metric: &Value| {
        (text(&metric["GovernanceItem"]), text(&metric["MetricType"]), metric["MetricValue"].clone())
    };
    answer["GovernanceMetrics"]["GovernanceMetric"].as_array().unwrap().iter().map(metric).collect()
}

/// Logs the owner on with its password.
fn log_on(a: &Enterprise, password: &str) -> Result<Value, ApiFailure> {
    a.client.call_unsigned("Argali", "LogOn", &[("Owner", &a.id), ("Password", password)])
}

#[test]
fn a_report_must_have_been_made() {
    let a = tenant();
    let sso = ("GovernanceItemType", "SSOLoginEnabled");
    for (action, params) in [(STATUS, &[][..]), (METRICS, &[]), (ITEM, &[sso])] {
        a.client.refused("Ims", action, params, "EntityNotExist.GovernanceReport");
    }
    generate(&a);
    a.client.refused("Ims", ITEM, &[], "MissingGovernanceItemType");
    for name in ["", "ssologinenabled", "UserMFABound"] {
        let params = [("GovernanceItemType", name)];
        let code =
            if name.is_empty() { "MissingGovernanceItemType" } else { "InvalidParameter.GovernanceItemType" };
        a.client.refused("Ims", ITEM, &params, code);
    }
    for size in ["0", "1001", "many"] {
        a.client.refused("Ims", ITEM, &[sso, ("MaxItems", size)], "InvalidParameter.MaxItems");
    }
    a.client.refused("Ims", ITEM, &[sso, ("Marker", "no marker")], "InvalidParameter.Marker");
}

#[test]
fn every_item_is_there_when_the_report_is_made() {
    let a = tenant();
    generate(&a);
    let status = a.must("Ims", STATUS, &[]);
    complete("Ims", STATUS, &status, &[]);
    assert_eq!(status["WholeReportStatus"], "Completed");
    let each = ITEMS.map(|item| json!({"GovernanceItem": item, "Status": "Completed"}));
    assert_eq!(status["GovernanceItemsStatus"]["GovernanceItemStatus"], json!(each));
    let known = metrics(&a);
    assert_eq!(known.iter().map(|(item, ..)| item.as_str()).collect::<Vec<_>>(), ITEMS);
    for (name, kind, value) in known {
        let answer = item(&a, &name);
        assert_eq!((&answer["MetricType"], &answer["MetricValue"]), (&json!(kind), &value), "{name}");
        assert_eq!(answer["IsTruncated"], false);
    }
}

#[test]
fn user_sso_is_as_it_was_when_the_report_was_made() {
    let server = TestServer::start();
    let a = tenant_on(&server);
    let is_on = || item(&a, "SSOLoginEnabled")["MetricValue"].clone();
    generate(&a);
    let made = a.must("Ims", METRICS, &[])["GenerateTime"].clone();
    assert_eq!(made, server.clock().now().to_string());
    assert_eq!(is_on(), false);
    let document = metadata(1);
    a.must("Ims", "SetUserSsoSettings", &[("SsoEnabled", "true"), ("MetadataDocument", &document)]);
    server.clock().advance(hours(1));
    assert_eq!(is_on(), false, "the report is of its time");
    assert_eq!(item(&a, "SSOLoginEnabled")["GenerateTime"], made);
    generate(&a);
    assert_eq!(is_on(), true);
    assert_eq!(a.must("Ims", METRICS, &[])["GenerateTime"], server.clock().now().to_string());
}

#[test]
fn keys_of_the_account_itself_count_while_their_use_is_recent() {
    let server = TestServer::start();
    let a = tenant_on(&server);
    let (admin, bob) = (a.user("admin"), a.user("bob"));
    a.must(
        "Ram",
        "AttachPolicyToUser",
        &[("UserName", "admin"), ("PolicyType", "System"), ("PolicyName", "AdministratorAccess")],
    );
    let used = server.clock().now().to_string();
    a.must("Sts", "GetCallerIdentity", &[]);
    let report = |days: u64| {
        server.clock().advance(hours(days * DAY));
        bob.must("Sts", "GetCallerIdentity", &[]);
        admin.must("Ims", GENERATE, &[]);
        admin.must("Ims", ITEM, &[("GovernanceItemType", "AccountRecentUsingAccessKey")])
    };
    let recent = report(90);
    complete("Ims", ITEM, &recent, &["Marker"]);
    assert_eq!((&recent["MetricType"], &recent["MetricValue"]), (&json!("Boolean"), &json!(true)));
    let key = text(&a.must("Ims", "ListAccessKeys", &[])["AccessKeys"]["AccessKey"][0]["AccessKeyId"]);
    assert_eq!(rows(&recent), [json!({"AccessKeyId": key, "LastUsedTime": used})]);
    // It was used just now, to find out which it is.
    let later = report(91);
    assert_eq!(
        (&later["MetricValue"], rows(&later)),
        (&json!(false), Vec::new()),
        "users' keys do not count"
    );
}

#[test]
fn logons_of_the_owner_are_counted_and_shown_in_pages() {
    let server = TestServer::start();
    let a = tenant_on(&server);
    let password = server.give_owner_password(&a);
    a.must("Ram", "CreateUser", &[("UserName", "alice")]);
    Person::of(&server, &a, "alice");
    log_on(&a, &password).unwrap();
    let first_at = server.clock().now().to_string();
    server.clock().advance(hours(89 * DAY));
    log_on(&a, &password).unwrap();
    log_on(&a, "wrong").unwrap_err();
    server.clock().advance(hours(1));
    let last_at = server.clock().now().to_string();
    log_on(&a, &password).unwrap();
    generate(&a);
    let logons = item(&a, "RecentAccountLoginTimes");
    complete("Ims", ITEM, &logons, &["Marker"]);
    assert_eq!((&logons["MetricType"], &logons["MetricValue"]), (&json!("Number"), &json!(3)));
    let all = rows(&logons);
    let logon = |at: &str| json!({"LoginTime": at, "SourceIp": "127.0.0.1"});
    assert_eq!((&all[0], &all[2]), (&logon(&last_at), &logon(&first_at)));

    let named = ("GovernanceItemType", "RecentAccountLoginTimes");
    let first = a.must("Ims", ITEM, &[named, ("MaxItems", "2")]);
    complete("Ims", ITEM, &first, &[]);
    let marker = text(&first["Marker"]);
    let rest = a.must("Ims", ITEM, &[named, ("MaxItems", "2"), ("Marker", &marker)]);
    assert_eq!((&first["IsTruncated"], &rest["IsTruncated"]), (&json!(true), &json!(false)));
    assert_eq!([rows(&first), rows(&rest)].concat(), all);
    let other = ("GovernanceItemType", "AccountRecentUsingAccessKey");
    a.client.refused("Ims", ITEM, &[other, ("Marker", &marker)], "InvalidParameter.Marker");

    // A page of the report before is none of this one, and the first logon is too long ago by now.
    server.clock().advance(hours(2 * DAY));
    generate(&a);
    a.client.refused("Ims", ITEM, &[named, ("Marker", &marker)], "InvalidParameter.Marker");
    assert_eq!(item(&a, "RecentAccountLoginTimes")["MetricValue"], 2);
}

#[test]
fn a_report_is_its_accounts() {
    let server = TestServer::start();
    let (a, b) = (tenant_on(&server), tenant_on(&server));
    generate(&a);
    b.client.refused("Ims", METRICS, &[], "EntityNotExist.GovernanceReport");
}
