//! What webhooks tell: what the account's own trail shows, in its order.

use argali_testkit::{Enterprise, Receiver, TestServer, seconds};
use serde_json::Value;

use super::{hook, server, told};
use crate::expect::Calls;
use crate::stage::text;
use crate::world::tenant_on;

/// What the account's trail shows of an event.
fn looked_up(of: &Enterprise, id: &str) -> Value {
    let params = [("LookupAttribute.1.Key", "EventId"), ("LookupAttribute.1.Value", id)];
    of.must("Actiontrail", "LookupEvents", &params)["Events"][0].clone()
}

/// Changes, a refusal and a session of the account, beside what is not told: reads, and what fails for other reasons.
fn act(server: &TestServer, a: &Enterprise) {
    let alice = a.user("alice");
    a.must("Ram", "ListUsers", &[]);
    a.client.refused("Ram", "GetUser", &[("UserName", "absent")], "EntityNotExist.User");
    alice.refused("Ecs", "StopInstance", &[("InstanceId", "i-1")], "Forbidden.RAM");
    a.grant("alice", "AliyunSTSAssumeRoleAccess");
    let role = a.role("ops", &[&a.root_arn()], &[]);
    server.clock().advance(seconds(1));
    alice.assume(&role, "night").unwrap();
    a.must("Argali", "EndSessions", &[("RoleName", "ops")]);
}

#[test]
fn what_the_trail_shows_is_told_in_its_order() {
    let (server, receiver) = (server(), Receiver::start());
    let a = tenant_on(&server);
    hook(&server, &a, &receiver, &[]);
    act(&server, &a);
    server.tell_webhooks();
    let changes = ["CreateWebhook", "CreateUser", "CreateAccessKey", "AttachPolicyToUser", "CreateRole"];
    let others = ["Refusal StopInstance", "Session AssumeRole", "Session EndSessions"];
    let all = told(&receiver);
    // In the trail a refusal may come before a change that was acknowledged a hundredth of a second earlier.
    let is_change = |event: &&String| event.starts_with("Change ");
    assert!(all.iter().filter_map(|event| event.strip_prefix("Change ")).eq(changes), "{all:?}");
    assert_eq!(all.iter().filter(|event| !is_change(event)).count(), others.len(), "{all:?}");
    assert!(others.iter().all(|event| all.iter().any(|told| told == event)), "{all:?}");
    for told in receiver.taken() {
        let event = &told["event"];
        assert_eq!(*event, looked_up(&a, &text(&event["eventId"])));
    }
    let first = &receiver.received()[0];
    assert_eq!((&first.body["type"], &first.body["accountId"]), (&"events".into(), &a.id.as_str().into()));
    assert_eq!(first.headers["content-type"], "application/json");
    assert!(first.headers["webhook-signature"].starts_with("v1,"));
    server.tell_webhooks();
    server.clock().advance(seconds(100));
    server.tell_webhooks();
    assert_eq!(told(&receiver), all, "nothing is told twice");
}

#[test]
fn both_sides_of_a_delegation_are_told_what_each_may_see() {
    let (server, receivers) = (server(), [Receiver::start(), Receiver::start()]);
    let (a, b) = (tenant_on(&server), tenant_on(&server));
    let role = a.role("ops", &[&b.root_arn()], &[]);
    let bob = b.user("bob");
    b.grant("bob", "AliyunSTSAssumeRoleAccess");
    for (of, receiver) in [(&a, &receivers[0]), (&b, &receivers[1])] {
        hook(&server, of, receiver, &[("Events", "Session,Refusal")]);
    }
    let session = bob.assume(&role, "night").unwrap();
    session.refused("Ram", "ListUsers", &[], "NoPermission");
    let outsider = tenant_on(&server);
    outsider.user("noise");
    server.tell_webhooks();
    for (of, receiver) in [(&a, &receivers[0]), (&b, &receivers[1])] {
        assert_eq!(told(receiver), ["Session AssumeRole", "Refusal ListUsers"]);
        for told in receiver.taken() {
            assert_eq!(told["event"], looked_up(of, &text(&told["event"]["eventId"])));
        }
    }
    // What decided is shown to whose policy it is.
    let trust = |receiver: &Receiver| receiver.taken()[0]["event"].to_string().contains("AssumeRolePolicy");
    assert!(trust(&receivers[0]) && !trust(&receivers[1]));
}

#[test]
fn only_what_is_asked_for_is_told() {
    let (server, receivers) = (server(), [Receiver::start(), Receiver::start(), Receiver::start()]);
    let a = tenant_on(&server);
    for (receiver, more) in receivers.iter().zip([
        [("Events", "Refusal"), ("AuthActions", "*")],
        [("Events", "Change,Refusal"), ("AuthActions", "ecs:*,ram:Attach*")],
        [("Events", "Change"), ("AuthActions", "oss:*")],
    ]) {
        hook(&server, &a, receiver, &more);
    }
    act(&server, &a);
    server.tell_webhooks();
    assert_eq!(told(&receivers[0]), ["Refusal StopInstance"]);
    assert_eq!(told(&receivers[1]), ["Refusal StopInstance", "Change AttachPolicyToUser"]);
    assert_eq!(told(&receivers[2]), [""; 0]);
    server
        .oss_client(Some(a.client.credentials()))
        .call("PUT", &format!("bucket-{}", a.id), "")
        .send()
        .must();
    server.tell_webhooks();
    assert_eq!(told(&receivers[2]), ["Change PutBucket"]);
}

#[test]
fn many_events_are_many_messages() {
    let (server, receiver) = (server(), Receiver::start());
    let a = tenant_on(&server);
    hook(&server, &a, &receiver, &[("AuthActions", "ram:CreateGroup")]);
    for number in 0..150 {
        a.must("Ram", "CreateGroup", &[("GroupName", &format!("g-{number}"))]);
        a.must("Ram", "DeleteGroup", &[("GroupName", &format!("g-{number}"))]);
    }
    server.tell_webhooks();
    let groups = receiver.taken();
    let groups = groups.iter().map(|told| text(&told["event"]["requestParameters"]["GroupName"]));
    assert!(groups.eq((0..150).map(|number| format!("g-{number}"))));
    assert!(receiver.received().iter().all(|received| received.events().len() <= 20));
}
