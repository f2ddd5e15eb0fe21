//! What came into resource groups and left them, looked up; and whether somebody is to be told.

use argali_testkit::{Delegation, Enterprise, TestServer, hours};
use serde_json::{Value, json};

use super::{default_group, resource_group};
use crate::expect::Calls;
use crate::oss::Shop;
use crate::shape::{complete, known};
use crate::stage::{REGION, text};
use crate::world::tenant;

const RM: &str = "ResourceManager";
const LOOK_UP: &str = "LookupResourceGroupEvents";
const CATEGORY: (&str, &str) = ("EventCategory", "MemberShipChange");

fn vpc(a: &Enterprise) -> String {
    text(&a.must("Vpc", "CreateVpc", &[("RegionId", REGION)])["VpcId"])
}

fn move_vpcs(a: &Enterprise, ids: &[&str], group: &str) {
    let names: Vec<_> = (1..=ids.len()).map(|number| format!("Resources.{number}.")).collect();
    let mut params = vec![("ResourceGroupId".to_owned(), group)];
    for (name, id) in names.iter().zip(ids) {
        let of = [("Service", "vpc"), ("ResourceType", "vpc"), ("ResourceId", *id)];
        params.extend(of.map(|(member, value)| (format!("{name}{member}"), value)));
    }
    let params: Vec<_> = params.iter().map(|(name, value)| (name.as_str(), *value)).collect();
    known(RM, "MoveResources", &a.must(RM, "MoveResources", &params));
}

#[track_caller]
fn events(a: &Enterprise, params: &[(&str, &str)]) -> Vec<Value> {
    let answer = a.must(RM, LOOK_UP, &[&[CATEGORY], params].concat());
    known(RM, LOOK_UP, &answer);
    answer["Events"].as_array().unwrap().clone()
}

/// What happened to which resource, and in which group.
fn told(events: &[Value]) -> Vec<[String; 3]> {
    let told =
        |event: &Value| ["ChangeType", "ResourceId", "ResourceGroupId"].map(|member| text(&event[member]));
    events.iter().map(told).collect()
}

fn change(kind: &str, id: &str, group: &str) -> [String; 3] {
    [kind, id, group].map(str::to_owned)
}

#[test]
fn what_cannot_be_looked_up_is_refused() {
    let a = tenant();
    a.client.refused(RM, LOOK_UP, &[], "MissingEventCategory");
    for (parameter, value) in [
        ("EventCategory", "Everything"),
        ("StartTime", "yesterday"),
        ("StartTime", "2999-01-01 00:00:00"),
        ("EndTime", "2025-11-30"),
        ("MaxResults", "0"),
        ("MaxResults", "101"),
        ("NextToken", "nonsense"),
    ] {
        let params = if parameter == "EventCategory" { vec![] } else { vec![CATEGORY] };
        let params = [params, vec![(parameter, value)]].concat();
        a.client.refused(RM, LOOK_UP, &params, &format!("InvalidParameter.{parameter}"));
    }
    let attribute = [CATEGORY, ("LookupAttributes.1.Key", "Colour"), ("LookupAttributes.1.Value", "red")];
    a.client.refused(RM, LOOK_UP, &attribute, "InvalidParameter.LookupAttributes");
    a.client.refused(RM, LOOK_UP, &attribute[..2], "InvalidParameter.LookupAttributes");
}

#[test]
fn a_move_is_an_event_of_the_group_that_gained_and_of_the_one_that_lost() {
    let a = tenant();
    let (group, default, moved) = (resource_group(&a), default_group(&a), vpc(&a));
    assert!(events(&a, &[]).is_empty(), "what is made somewhere has not moved");
    move_vpcs(&a, &[&moved], &group);
    // To where it is already.
    move_vpcs(&a, &[&moved], &group);
    let back = [
        ("ResourceId", moved.as_str()),
        ("NewResourceGroupId", &default),
        ("RegionId", REGION),
        ("ResourceType", "vpc"),
    ];
    a.must("Vpc", "MoveResourceGroup", &back);
    let found = a.must(RM, LOOK_UP, &[CATEGORY]);
    complete(RM, LOOK_UP, &found, &["NextToken"]);
    let found = found["Events"].as_array().unwrap();
    let expected = [
        change("Add", &moved, &default),
        change("Remove", &moved, &group),
        change("Add", &moved, &group),
        change("Remove", &moved, &default),
    ];
    assert_eq!(told(found), expected, "the newest first");
    let first = &found[2];
    assert_eq!([&first["Service"], &first["ResourceType"], &first["RegionId"]], ["vpc", "vpc", REGION]);
    assert_eq!(first["SourceResourceGroupInfo"]["ResourceGroupId"], default);
    assert_eq!(first["TargetResourceGroupInfo"]["ResourceGroupId"], group);
    assert_eq!(
        first["TargetResourceGroupInfo"]["ResourceGroupDisplayName"],
        first["ResourceGroupDisplayName"]
    );
    let of_group = told(&events(&a, &[("ResourceGroupId", &group)]));
    assert_eq!(of_group, [expected[1].clone(), expected[2].clone()]);
    let named = first["ResourceGroupDisplayName"].as_str().unwrap();
    assert_eq!(told(&events(&a, &[("ResourceGroupDisplayName", named)])), of_group);
    let by = |key: &str, value: &str| {
        events(&a, &[("LookupAttributes.1.Key", key), ("LookupAttributes.1.Value", value)]).len()
    };
    assert_eq!((by("ChangeType", "Add"), by("ResourceId", &moved), by("Service", "ecs")), (2, 4, 0));
}

#[test]
fn a_page_ends_anywhere_and_the_next_goes_on_there() {
    let a = tenant();
    let (group, ids) = (resource_group(&a), [vpc(&a), vpc(&a), vpc(&a)]);
    for id in &ids {
        move_vpcs(&a, &[id], &group);
    }
    let all = told(&events(&a, &[]));
    assert_eq!(all.len(), 6);
    for size in ["1", "2", "4", "6"] {
        let (mut token, mut seen) = (None::<String>, Vec::new());
        for _ in 0..8 {
            let page = [CATEGORY, ("MaxResults", size)];
            let page =
                [&page[..], token.as_ref().map(|token| ("NextToken", token.as_str())).as_slice()].concat();
            let answer = a.must(RM, LOOK_UP, &page);
            let found = answer["Events"].as_array().unwrap();
            assert!(found.len() <= size.parse().unwrap());
            seen.extend(told(found));
            token = answer["NextToken"].as_str().map(str::to_owned);
            if token.is_none() {
                break;
            }
            // What comes meanwhile is not of these pages.
            if seen.len() == 1 {
                a.must("ResourceManager", "EnableResourceGroupNotification", &[]);
            }
        }
        assert_eq!((token, &seen), (None, &all), "{size} a page");
    }
    let one = a.must(RM, LOOK_UP, &[CATEGORY, ("MaxResults", "1")]);
    let other = [CATEGORY, ("MaxResults", "2"), ("NextToken", one["NextToken"].as_str().unwrap())];
    a.client.refused(RM, LOOK_UP, &other, "InvalidParameter.NextToken");
}

/// Whoever moved them, what is moved is an event of the account that owns it, and of no other.
#[test]
fn events_are_of_the_account_that_owns_what_moved() {
    let server = TestServer::start();
    let Delegation { a, b, alice, .. } = Delegation::set_up(&server);
    let (group, moved) = (resource_group(&a), vpc(&a));
    let role = a.role("mover", &[&b.root_arn()], &["AdministratorAccess"]);
    let session = alice.assume(&role, "alice").unwrap();
    let params = [
        ("ResourceGroupId", group.as_str()),
        ("Resources.1.Service", "vpc"),
        ("Resources.1.ResourceType", "vpc"),
        ("Resources.1.ResourceId", &moved),
    ];
    assert_eq!(session.must(RM, "MoveResources", &params)["Responses"][0]["Status"], "SUCCESS");
    assert_eq!((events(&a, &[]).len(), events(&b, &[]).len()), (2, 0));
    server.clock().advance(hours(24 * 8));
    assert!(events(&a, &[]).is_empty(), "seven days unless told");
    let since = server.clock().now().plus_seconds(-9 * 86_400).to_string();
    assert_eq!(events(&a, &[("StartTime", &since)]).len(), 2);
}

#[test]
fn buckets_move_like_everything_else() {
    let server = TestServer::start();
    let shop = Shop::on(&server);
    let (a, bucket) = (&shop.owner, shop.bucket.as_str());
    let (group, default) = (resource_group(a), default_group(a));
    let move_to = |group: &str, bucket: &str| {
        let of = [("Service", "oss"), ("ResourceType", "bucket"), ("ResourceId", bucket)];
        let of = of.map(|(member, value)| (format!("Resources.1.{member}"), value));
        let of = of.iter().map(|(name, value)| (name.as_str(), *value));
        let params: Vec<_> = of.chain([("ResourceGroupId", group)]).collect();
        text(&a.must(RM, "MoveResources", &params)["Responses"][0]["Status"])
    };
    assert_eq!(move_to(&group, "no-such-bucket-here"), "FAIL");
    assert!(events(a, &[]).is_empty(), "what failed has not moved");
    assert_eq!(move_to(&group, bucket), "SUCCESS");
    assert_eq!(move_to(&group, bucket), "SUCCESS");
    let found = events(a, &[]);
    assert_eq!(told(&found), [change("Add", bucket, &group), change("Remove", bucket, &default)]);
    assert_eq!([&found[0]["Service"], &found[0]["ResourceType"]], ["oss", "bucket"]);
}

#[test]
fn whether_somebody_is_told_is_kept() {
    let a = tenant();
    let shown = || {
        let answer = a.must(RM, "GetResourceGroupNotificationSetting", &[]);
        complete(RM, "GetResourceGroupNotificationSetting", &answer, &[]);
        answer["ResourceGroupNotificationEnableStatus"].clone()
    };
    assert_eq!(shown(), json!(false));
    a.must(RM, "EnableResourceGroupNotification", &[]);
    assert_eq!(shown(), json!(true));
    a.must(RM, "DisableResourceGroupNotification", &[]);
    assert_eq!(shown(), json!(false));
}
