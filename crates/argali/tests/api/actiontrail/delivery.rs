//! Events of trails in buckets: all of them, once, of the own account, by a role that may.

use std::collections::BTreeSet;
use std::io::Read as _;

use argali_server::StoreError;
use argali_testkit::model::{GlobalTable, Key, TrailDelivery};
use argali_testkit::{Engine, TestServer, allow, minutes, seconds};
use flate2::read::GzDecoder;
use serde_json::{Value, json};

use crate::oss::Shop;
use crate::shape::known;

const TRAIL: (&str, &str) = ("Name", "everything");

/// A role that `service` may assume, with these rights; its ARN.
fn role(shop: &Shop, name: &str, service: &str, rights: &Value) -> String {
    let trust = json!({ "Version": "1", "Statement": [
        { "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": { "Service": [service] } }
    ] });
    let made = shop.owner.must(
        "Ram",
        "CreateRole",
        &[("RoleName", name), ("AssumeRolePolicyDocument", &trust.to_string())],
    );
    let policy = ("PolicyName", name);
    shop.owner.must("Ram", "CreatePolicy", &[policy, ("PolicyDocument", &rights.to_string())]);
    shop.owner.must("Ram", "AttachPolicyToRole", &[policy, ("PolicyType", "Custom"), ("RoleName", name)]);
    made["Role"]["Arn"].as_str().unwrap().to_owned()
}

/// A trail into the shop's bucket that writes as a role that may, and has been started.
fn start_trail(server: &TestServer, shop: &Shop, more: &[(&str, &str)]) {
    let rights = allow(&["oss:PutObject"], &[&format!("acs:oss:*:*:{}/audits/*", shop.bucket)]);
    let writer = role(shop, "writer", "actiontrail.aliyuncs.com", &rights);
    let target =
        [TRAIL, ("OssBucketName", &shop.bucket), ("OssKeyPrefix", "audits"), ("OssWriteRoleArn", &writer)];
    shop.owner.must("Actiontrail", "CreateTrail", &[&target[..], more].concat());
    // What is done in one instant is not told apart.
    server.clock().advance(seconds(1));
    shop.owner.must("Actiontrail", "StartLogging", &[TRAIL]);
}

fn status(shop: &Shop) -> Value {
    let answer = shop.owner.must("Actiontrail", "GetTrailStatus", &[TRAIL]);
    known("Actiontrail", "GetTrailStatus", &answer);
    answer
}

/// The names of the objects in the bucket.
fn keys(shop: &Shop) -> Vec<String> {
    let listed = shop.oss.call("GET", &shop.bucket, "").send().must();
    let text = String::from_utf8(listed.body).unwrap();
    let keys = text.split("<Key>").skip(1).map(|rest| rest.split("</Key>").next().unwrap().to_owned());
    keys.collect()
}

/// The events that an object holds.
fn events(shop: &Shop, key: &str) -> Vec<Value> {
    let body = shop.oss.get(&shop.bucket, key).must().body;
    let mut text = String::new();
    GzDecoder::new(body.as_slice()).read_to_string(&mut text).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// All that was delivered, in the order of the objects' names: the name of each event, and whom it made.
fn delivered(shop: &Shop) -> Vec<String> {
    let events = keys(shop).into_iter().flat_map(|key| events(shop, &key));
    let said = |event: Value| {
        let name = event["eventName"].as_str().unwrap().to_owned();
        let user = event["requestParameters"]["UserName"].as_str().map(str::to_owned);
        user.map_or(name.clone(), |user| format!("{name} {user}"))
    };
    events.map(said).collect()
}

fn make_user(shop: &Shop, name: &str) {
    shop.owner.must("Ram", "CreateUser", &[("UserName", name)]);
}

#[test]
fn events_are_gathered_and_each_is_delivered_once() {
    let server = TestServer::builder().engine(Engine::Embedded).start();
    let mut shop = Shop::on(&server);
    start_trail(&server, &shop, &[]);
    let began = server.clock().now().to_string();
    make_user(&shop, "alice");
    shop.owner.must("Ram", "ListUsers", &[]);
    server.deliver_trails();
    assert_eq!(keys(&shop), [""; 0], "events are gathered for five minutes");
    assert!(status(&shop)["LatestDeliveryTime"].is_null());
    server.clock().advance(minutes(5));
    server.deliver_trails();
    let all = keys(&shop);
    let [key] = all.as_slice() else { panic!("{all:?}") };
    let (day, _) = began.split_once('T').unwrap();
    let (day, time) = (day.replace('-', "/"), began.replace(|c: char| !c.is_ascii_digit(), ""));
    let size = shop.oss.get(&shop.bucket, key).must().body.len();
    let start = format!(
        "audits/AliyunLogs/Actiontrail/cn-hangzhou/{day}/Actiontrail_cn-hangzhou_{time}_1002_2_{size}_"
    );
    assert!(key.starts_with(&start) && key.ends_with(".gz"), "{key} {start}");
    assert_eq!(delivered(&shop), ["StartLogging", "CreateUser alice"], "reads are not wanted");
    let now = status(&shop);
    assert_eq!(
        (&now["LatestDeliveryTime"], &now["OssBucketStatus"]),
        (&server.clock().now().to_string().into(), &true.into())
    );
    assert!(now["LatestDeliveryError"].is_null(), "{now}");
    // What delivery itself did is on record, and is not delivered in turn.
    let put = [("LookupAttribute.1.Key", "EventName"), ("LookupAttribute.1.Value", "PutObject")];
    let put = shop.owner.must("Actiontrail", "LookupEvents", &put)["Events"][0].clone();
    assert_eq!(
        (&put["userIdentity"]["type"], &put["sourceIpAddress"]),
        (&json!("system"), &json!("Internal"))
    );
    server.clock().advance(minutes(10));
    server.deliver_trails();
    assert_eq!(keys(&shop).len(), 1);
    // It goes on where it was after a restart.
    make_user(&shop, "bob");
    let server = server.restart();
    shop.oss = server.oss_client(Some(shop.owner.client.credentials()));
    shop.owner.client = server.client(shop.owner.client.credentials().clone());
    make_user(&shop, "carol");
    server.clock().advance(minutes(5));
    server.deliver_trails();
    server.deliver_trails();
    let all = delivered(&shop);
    assert_eq!(all, ["StartLogging", "CreateUser alice", "CreateUser bob", "CreateUser carol"]);
}

#[test]
fn what_is_in_the_way_is_said_until_it_is_not() {
    let server = TestServer::start();
    let shop = Shop::on(&server);
    let stranger = Shop::on(&server);
    let a = &shop.owner;
    let (absent, theirs) = (format!("{}-none", shop.bucket), stranger.bucket.clone());
    a.must("Actiontrail", "CreateTrail", &[TRAIL, ("OssBucketName", &absent)]);
    a.must("Actiontrail", "StartLogging", &[TRAIL]);
    let after = |changes: &[(&str, &str)]| {
        if !changes.is_empty() {
            a.must("Actiontrail", "UpdateTrail", &[&[TRAIL], changes].concat());
        }
        server.clock().advance(minutes(5));
        server.deliver_trails();
        let answer = status(&shop);
        (
            answer["OssBucketStatus"] == true,
            answer["LatestDeliveryError"].as_str().unwrap_or_default().to_owned(),
        )
    };
    let says = |(there, error): (bool, String), expected: bool, code: &str| {
        assert!(there == expected && error.starts_with(&format!("{code}: ")), "{there} {error}, not {code}");
    };
    says(after(&[]), false, "NoSuchBucket");
    says(after(&[("OssBucketName", &theirs)]), false, "NoSuchBucket");
    // No role is named: it writes as its own, which there must be.
    says(after(&[("OssBucketName", &shop.bucket)]), true, "EntityNotExist.Role");
    let rights = allow(&["oss:PutObject"], &["*"]);
    let wrong = role(&shop, "of-others", "ecs.aliyuncs.com", &rights);
    says(after(&[("OssWriteRoleArn", &wrong)]), true, "NoPermission");
    let reader = role(&shop, "reader", "actiontrail.aliyuncs.com", &allow(&["oss:GetObject"], &["*"]));
    says(after(&[("OssWriteRoleArn", &reader)]), true, "AccessDenied");
    assert_eq!((keys(&shop).len(), keys(&stranger).len()), (0, 0));
    // A policy of the bucket has its say, too; without it everything since the start is delivered.
    let writer = role(&shop, "writer", "actiontrail.aliyuncs.com", &rights);
    shop.set_policy(&json!({ "Version": "1", "Statement": [
        { "Effect": "Deny", "Action": ["oss:PutObject"], "Principal": ["*"], "Resource": [format!("acs:oss:*:*:{}/*", shop.bucket)] }
    ] }));
    says(after(&[("OssWriteRoleArn", &writer)]), true, "AccessDenied");
    shop.oss.call("DELETE", &shop.bucket, "").query("policy", "").send().must();
    assert_eq!(after(&[]), (true, String::new()));
    let all = delivered(&shop);
    assert_eq!(all.iter().filter(|name| *name == "UpdateTrail").count(), 5, "{all:?}");
    // What a role may no longer do is refused at the next delivery.
    a.must(
        "Ram",
        "DetachPolicyFromRole",
        &[("PolicyName", "writer"), ("PolicyType", "Custom"), ("RoleName", "writer")],
    );
    says(after(&[]), true, "AccessDenied");
    assert_eq!(keys(&stranger).len(), 0);
}

#[test]
fn a_trail_delivers_as_the_role_of_the_service_where_it_names_none() {
    let server = TestServer::start();
    let shop = Shop::on(&server);
    shop.owner.must("Ram", "CreateServiceLinkedRole", &[("ServiceName", "actiontrail.aliyuncs.com")]);
    shop.owner.must(
        "Actiontrail",
        "CreateTrail",
        &[TRAIL, ("OssBucketName", &shop.bucket), ("EventRW", "Read")],
    );
    shop.owner.must("Actiontrail", "StartLogging", &[TRAIL]);
    make_user(&shop, "alice");
    shop.owner.must("Ram", "ListUsers", &[]);
    server.clock().advance(minutes(5));
    server.deliver_trails();
    assert_eq!(delivered(&shop), ["ListUsers"]);
    assert!(keys(&shop)[0].starts_with("AliyunLogs/Actiontrail/cn-hangzhou/"));
}

#[test]
fn each_account_gets_its_own_events_by_region_while_its_trail_is_started() {
    let server = TestServer::start();
    let (shop, other) = (Shop::on(&server), Shop::on(&server));
    start_trail(&server, &shop, &[("EventRW", "All")]);
    start_trail(&server, &other, &[("EventRW", "All"), ("TrailRegion", "cn-beijing")]);
    make_user(&shop, "alice");
    make_user(&other, "bob");
    for region in ["cn-beijing", "../../other"] {
        for caller in [&shop, &other] {
            let answer = caller.owner.client.call("Ecs", "DescribeInstances", &[("RegionId", region)]);
            assert_eq!(answer.is_ok(), region == "cn-beijing", "{answer:?}");
        }
    }
    server.clock().advance(seconds(1));
    shop.owner.must("Actiontrail", "StopLogging", &[TRAIL]);
    server.clock().advance(seconds(1));
    make_user(&shop, "too-late");
    // What came before the stop is not waited for, and nothing comes after.
    server.deliver_trails();
    server.clock().advance(minutes(6));
    make_user(&shop, "far-too-late");
    server.deliver_trails();
    let mine: BTreeSet<String> = delivered(&shop).into_iter().collect();
    let expected = ["CreateUser alice", "DescribeInstances", "StartLogging", "StopLogging"];
    assert_eq!(mine.iter().map(String::as_str).collect::<Vec<_>>(), expected);
    let regions: BTreeSet<String> =
        keys(&shop).iter().map(|key| key.split('/').nth(3).unwrap().to_owned()).collect();
    assert_eq!(regions.into_iter().collect::<Vec<_>>(), ["cn-beijing", "cn-hangzhou"]);
    // Events of no region belong to all; those of another region do not.
    let theirs = delivered(&other);
    assert!(
        theirs.contains(&"CreateUser bob".to_owned()) && !theirs.contains(&"CreateUser alice".to_owned())
    );
    assert_eq!(theirs.iter().filter(|name| *name == "DescribeInstances").count(), 1, "{theirs:?}");
    // Started again, it delivers what comes then.
    server.clock().advance(seconds(1));
    shop.owner.must("Actiontrail", "StartLogging", &[TRAIL]);
    make_user(&shop, "again");
    server.clock().advance(minutes(5));
    server.deliver_trails();
    let mine = delivered(&shop);
    assert!(
        mine.contains(&"CreateUser again".to_owned()) && !mine.iter().any(|name| name.contains("late")),
        "{mine:?}"
    );
    shop.owner.must("Actiontrail", "DeleteTrail", &[TRAIL]);
    make_user(&shop, "without-a-trail");
    server.clock().advance(minutes(5));
    server.deliver_trails();
    assert!(!delivered(&shop).iter().any(|name| name.contains("without")));
}

#[test]
fn many_events_are_many_files_and_none_is_lost() {
    let server = TestServer::start();
    let shop = Shop::on(&server);
    start_trail(&server, &shop, &[("EventRW", "Read")]);
    for _ in 0..2_100 {
        shop.owner.must("Ram", "GetAccountAlias", &[]);
    }
    // A full batch does not wait.
    server.deliver_trails();
    let counts = || keys(&shop).iter().map(|key| events(&shop, key).len()).collect::<Vec<_>>();
    assert_eq!(counts(), [1_000, 1_000]);
    server.clock().advance(minutes(5));
    server.deliver_trails();
    let all = keys(&shop).into_iter().flat_map(|key| events(&shop, &key));
    let aliases = all.filter(|event| event["eventName"] == "GetAccountAlias");
    let ids: Vec<String> = aliases.map(|event| event["requestId"].as_str().unwrap().to_owned()).collect();
    assert_eq!((ids.len(), ids.iter().collect::<BTreeSet<_>>().len()), (2_100, 2_100));
}

/// In stores from before events were delivered there are trails that were started, and nothing that delivers them.
#[test]
fn a_trail_that_was_started_before_there_was_delivery_delivers_from_the_next_start_on() {
    let server = TestServer::builder().engine(Engine::Embedded).start();
    let mut shop = Shop::on(&server);
    start_trail(&server, &shop, &[]);
    make_user(&shop, "alice");
    let account = shop.owner.id.parse().unwrap();
    let older = server.core().store().transact(|tx| {
        TrailDelivery::delete(tx, account, TRAIL.1);
        tx.delete(Key::global(GlobalTable::Setting).text("trails are delivered").as_bytes());
        Ok::<_, StoreError>(())
    });
    older.unwrap().1.wait().unwrap();
    server.clock().advance(minutes(5));
    server.deliver_trails();
    assert_eq!(keys(&shop), [""; 0]);
    let server = server.restart();
    shop.oss = server.oss_client(Some(shop.owner.client.credentials()));
    server.deliver_trails();
    assert_eq!(delivered(&shop), ["StartLogging", "CreateUser alice"]);
}
