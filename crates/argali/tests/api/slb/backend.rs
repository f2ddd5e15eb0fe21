//! Backend servers: instances behind load balancers.

use argali_testkit::{allow, seconds};
use serde_json::{Value, json};

use super::{HERE, stage};
use crate::expect::Calls;
use crate::shape::{complete, known};
use crate::stage::text;

fn servers(of: Value) -> (&'static str, String) {
    ("BackendServers", of.to_string())
}

#[test]
fn only_instances_become_backend_servers() {
    stage!(server, stage);
    let balancer = stage.load_balancer();
    let owner = &stage.owner;
    let this = ("LoadBalancerId", balancer.as_str());
    for (value, code) in [
        ("", "MissingParameter"),
        ("[]", "InvalidParameter"),
        ("i-1", "InvalidParameter"),
        ("[1]", "InvalidParameter"),
        (r#"[{"Weight":1}]"#, "InvalidParameter"),
        (r#"[{"ServerId":"i-1","Weight":101}]"#, "InvalidParameter"),
        (r#"[{"ServerId":"i-1","Type":"lamp"}]"#, "InvalidParameter"),
        (r#"[{"ServerId":"i-none"}]"#, "InvalidInstanceId.NotFound"),
    ] {
        owner.client.refused("Slb", "AddBackendServers", &[this, ("BackendServers", value)], code);
    }
    let absent = [("LoadBalancerId", "lb-none"), ("BackendServers", r#"[{"ServerId":"i-none"}]"#)];
    owner.client.refused("Slb", "AddBackendServers", &absent, "InvalidInstanceId.NotFound");
}

#[test]
fn weights_change_and_servers_come_and_go() {
    stage!(server, stage);
    let (balancer, instance, other) = (stage.load_balancer(), stage.instance(), stage.instance());
    let owner = &stage.owner;
    let call = |action: &str, (name, value): (&str, String)| {
        let answer = owner.must("Slb", action, &[("LoadBalancerId", &balancer), (name, &value)]);
        known("Slb", action, &answer);
        answer["BackendServers"]["BackendServer"].clone()
    };
    let added = call(
        "AddBackendServers",
        servers(json!([{ "ServerId": instance, "Weight": "50", "Description": "first" }])),
    );
    assert_eq!(
        added,
        json!([{ "ServerId": instance, "Weight": "50", "Type": "ecs", "Description": "first" }])
    );
    let changed = call("SetBackendServers", servers(json!([{ "ServerId": instance, "Weight": 10 }])));
    assert_eq!(
        changed,
        json!([{ "ServerId": instance, "Weight": "10", "Type": "ecs", "Description": "first" }])
    );
    let (name, stranger) = servers(json!([{ "ServerId": other, "Weight": 10 }]));
    let params = [("LoadBalancerId", balancer.as_str()), (name, &stranger)];
    owner.client.refused("Slb", "SetBackendServers", &params, "InvalidParameter");
    call("AddBackendServers", servers(json!([{ "ServerId": other }])));
    let by_server = owner.must("Slb", "DescribeLoadBalancers", &[HERE, ("ServerId", &other)]);
    assert_eq!(by_server["TotalCount"], 1);
    let left = call("RemoveBackendServers", servers(json!([{ "ServerId": instance }])));
    assert_eq!(left, json!([{ "ServerId": other, "Weight": 100, "Type": "ecs", "Description": "" }]));
    let shown = owner.must("Slb", "DescribeLoadBalancerAttribute", &[("LoadBalancerId", &balancer)]);
    let listed =
        owner.must("Ecs", "DescribeInstances", &[HERE, ("InstanceIds", &json!([other]).to_string())]);
    let address = &listed["Instances"]["Instance"][0]["VpcAttributes"]["PrivateIpAddress"]["IpAddress"][0];
    assert_eq!(&shown["BackendServers"]["BackendServer"][0]["ServerIp"], address);
    // An instance that is deleted is no backend server any more.
    owner.must("Ecs", "DeleteInstance", &[("InstanceId", &other), ("Force", "true")]);
    let shown = owner.must("Slb", "DescribeLoadBalancerAttribute", &[("LoadBalancerId", &balancer)]);
    assert_eq!(shown["BackendServers"]["BackendServer"], json!([]));
}

#[test]
fn health_follows_the_listener_and_the_instance() {
    stage!(server, stage);
    let (balancer, instance) = (stage.load_balancer(), stage.instance());
    let owner = &stage.owner;
    let this = ("LoadBalancerId", balancer.as_str());
    owner.client.refused(
        "Slb",
        "DescribeHealthStatus",
        &[("LoadBalancerId", "lb-none")],
        "InvalidLoadBalancerId.NotFound",
    );
    owner.must(
        "Slb",
        "AddBackendServers",
        &[this, ("BackendServers", &json!([{ "ServerId": instance }]).to_string())],
    );
    let listener = [this, ("ListenerPort", "80"), ("BackendServerPort", "8080"), ("Bandwidth", "-1")];
    owner.must("Slb", "CreateLoadBalancerTCPListener", &listener);
    let health = || {
        let answer = owner.must("Slb", "DescribeHealthStatus", &[this]);
        complete("Slb", "DescribeHealthStatus", &answer, &[]);
        text(&answer["BackendServers"]["BackendServer"][0]["ServerHealthStatus"])
    };
    assert_eq!(health(), "unavailable");
    owner.must("Slb", "StartLoadBalancerListener", &listener[..2]);
    server.clock().advance(seconds(2));
    assert_eq!(health(), "normal");
    owner.must("Ecs", "StopInstance", &[("InstanceId", &instance)]);
    assert_eq!(health(), "abnormal");
}

#[test]
fn adding_an_instance_needs_both_the_load_balancer_and_the_instance() {
    stage!(server, stage);
    let (balancer, instance) = (stage.load_balancer(), stage.instance());
    let owner = &stage.owner;
    let arn =
        |service: &str, kind: &str, id: &str| format!("acs:{service}:{}:{}:{kind}/{id}", HERE.1, owner.id);
    let (lb, server_arn) = (arn("slb", "loadbalancer", &balancer), arn("ecs", "instance", &instance));
    let value = json!([{ "ServerId": instance }]).to_string();
    let params = [("LoadBalancerId", balancer.as_str()), ("BackendServers", &value)];
    for (user, resources, allowed) in [
        ("both", vec![lb.as_str(), server_arn.as_str()], true),
        ("balancer", vec![lb.as_str()], false),
        ("instance", vec![server_arn.as_str()], false),
    ] {
        let client = owner.user(user);
        owner.grant_document(user, user, &allow(&["slb:*BackendServers"], &resources));
        for action in ["AddBackendServers", "SetBackendServers", "RemoveBackendServers"] {
            if allowed {
                client.must("Slb", action, &params);
            } else {
                let refusal = client.refused("Slb", action, &params, "Forbidden.RAM");
                assert_eq!(refusal.access_denied_detail.unwrap().auth_action, format!("slb:{action}"));
            }
        }
    }
}
