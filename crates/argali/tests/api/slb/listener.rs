//! Listeners, which are ports of load balancers.

use argali_testkit::{allow, seconds};

use super::{HERE, stage};
use crate::expect::Calls;
use crate::shape::{complete, known};
use crate::stage::{borrowed, text};

#[test]
fn bad_requests_make_no_listener() {
    stage!(server, stage);
    let owner = &stage.owner;
    let good = stage.params("Slb", "CreateLoadBalancerTCPListener");
    for (name, value, code) in [
        ("LoadBalancerId", None, "MissingParameter"),
        ("LoadBalancerId", Some("lb-none"), "InvalidLoadBalancerId.NotFound"),
        ("ListenerPort", None, "MissingParameter"),
        ("ListenerPort", Some("0"), "InvalidParameter"),
        ("ListenerPort", Some("65536"), "InvalidParameter"),
        ("ListenerPort", Some("http"), "InvalidParameter"),
        ("BackendServerPort", None, "InvalidParameter"),
        ("Bandwidth", None, "MissingParameter"),
        ("Scheduler", Some("best"), "InvalidParameter"),
    ] {
        let mut params = good.clone();
        params.retain(|(known, _)| *known != name);
        params.extend(value.map(|value| (name, value.to_owned())));
        owner.client.refused("Slb", "CreateLoadBalancerTCPListener", &borrowed(&params), code);
    }
    let good = borrowed(&good);
    owner.must("Slb", "CreateLoadBalancerTCPListener", &good);
    owner.client.refused("Slb", "CreateLoadBalancerTCPListener", &good, "ListenerAlreadyExists");
    let http = [good[0], good[1], good[2], ("HealthCheck", "off")];
    owner.client.refused("Slb", "CreateLoadBalancerHTTPListener", &http, "ListenerAlreadyExists");
}

#[test]
fn a_listener_lives_from_stopped_to_gone() {
    stage!(server, stage);
    let owner = &stage.owner;
    let params = stage.params("Slb", "CreateLoadBalancerTCPListener");
    let params = borrowed(&params);
    complete(
        "Slb",
        "CreateLoadBalancerTCPListener",
        &owner.must("Slb", "CreateLoadBalancerTCPListener", &params),
        &[],
    );
    let this = &params[..2];
    let state = || text(&owner.must("Slb", "DescribeLoadBalancerTCPListenerAttribute", this)["Status"]);
    assert_eq!(state(), "stopped");
    owner.client.refused("Slb", "StopLoadBalancerListener", this, "Operation.NotAllowed");
    let other = [this, &[("ListenerProtocol", "http")]].concat();
    owner.client.refused("Slb", "StartLoadBalancerListener", &other, "InvalidParameter");
    complete("Slb", "StartLoadBalancerListener", &owner.must("Slb", "StartLoadBalancerListener", this), &[]);
    assert_eq!(state(), "starting");
    server.clock().advance(seconds(1));
    assert_eq!(state(), "running");
    owner.must("Slb", "StopLoadBalancerListener", this);
    assert_eq!(state(), "stopping");
    complete(
        "Slb",
        "DeleteLoadBalancerListener",
        &owner.must("Slb", "DeleteLoadBalancerListener", this),
        &[],
    );
    for action in [
        "StartLoadBalancerListener",
        "DeleteLoadBalancerListener",
        "DescribeLoadBalancerTCPListenerAttribute",
    ] {
        owner.client.refused("Slb", action, this, "InvalidParameter");
    }
    // Listeners go with their load balancer.
    owner.must("Slb", "CreateLoadBalancerTCPListener", &params);
    owner.must("Slb", "DeleteLoadBalancer", &this[..1]);
    owner.client.refused("Slb", "StartLoadBalancerListener", this, "InvalidLoadBalancerId.NotFound");
}

#[test]
fn listeners_are_shown_alone_and_in_lists() {
    stage!(server, stage);
    let owner = &stage.owner;
    let balancer = stage.load_balancer();
    let this = ("LoadBalancerId", balancer.as_str());
    let tcp = [this, ("ListenerPort", "443"), ("BackendServerPort", "8443"), ("Bandwidth", "5")];
    owner.must("Slb", "CreateLoadBalancerTCPListener", &tcp);
    let http =
        [this, ("ListenerPort", "80"), ("BackendServerPort", "8080"), ("HealthCheck", "on"), ("Gzip", "off")];
    owner.must("Slb", "CreateLoadBalancerHTTPListener", &http);
    for (action, port, other) in [
        ("DescribeLoadBalancerTCPListenerAttribute", "443", "80"),
        ("DescribeLoadBalancerHTTPListenerAttribute", "80", "443"),
    ] {
        let shown = owner.must("Slb", action, &[this, ("ListenerPort", port)]);
        known("Slb", action, &shown);
        owner.client.refused("Slb", action, &[this, ("ListenerPort", other)], "InvalidParameter");
    }
    let shown = owner.must("Slb", "DescribeLoadBalancerHTTPListenerAttribute", &http[..2]);
    assert_eq!((shown["Gzip"].as_str(), shown["IdleTimeout"].as_i64()), (Some("off"), Some(15)));
    let listed = owner.must("Slb", "DescribeLoadBalancerListeners", &[HERE, ("LoadBalancerId.1", &balancer)]);
    known("Slb", "DescribeLoadBalancerListeners", &listed);
    assert_eq!(listed["TotalCount"], 2);
    let first = [("LoadBalancerId.1", balancer.as_str()), ("MaxResults", "1")];
    let page = owner.must("Slb", "DescribeLoadBalancerListeners", &first);
    assert_eq!((page["TotalCount"].as_i64(), page["Listeners"].as_array().unwrap().len()), (Some(2), 1));
    let token = text(&page["NextToken"]);
    let next =
        owner.must("Slb", "DescribeLoadBalancerListeners", &[&first[..], &[("NextToken", &token)]].concat());
    assert_eq!(next["Listeners"][0]["ListenerPort"], 80);
    let only = [("LoadBalancerId.1", balancer.as_str()), ("ListenerProtocol", "http")];
    assert_eq!(owner.must("Slb", "DescribeLoadBalancerListeners", &only)["TotalCount"], 1);
    let whole = owner.must("Slb", "DescribeLoadBalancerAttribute", &[this]);
    known("Slb", "DescribeLoadBalancerAttribute", &whole);
    let ports: Vec<_> =
        whole["ListenerPorts"]["ListenerPort"].as_array().unwrap().iter().map(|p| p.as_i64()).collect();
    assert_eq!(ports, [Some(443), Some(80)]);
}

#[test]
fn a_listener_is_judged_as_its_load_balancer() {
    stage!(server, stage);
    let (mine, other) = (stage.load_balancer(), stage.load_balancer());
    let owner = &stage.owner;
    let alice = owner.user("alice");
    let arn = format!("acs:slb:{}:{}:loadbalancer/{mine}", HERE.1, owner.id);
    owner.grant_document("alice", "one", &allow(&["slb:*Listener*"], &[&arn]));
    let listener = |id| {
        [("LoadBalancerId", id), ("ListenerPort", "80"), ("BackendServerPort", "8080"), ("Bandwidth", "-1")]
    };
    alice.must("Slb", "CreateLoadBalancerTCPListener", &listener(&mine));
    alice.must("Slb", "StartLoadBalancerListener", &listener(&mine)[..2]);
    alice.must("Slb", "DescribeLoadBalancerListeners", &[("LoadBalancerId.1", &mine)]);
    for id in [other.as_str(), "lb-none"] {
        alice.refused("Slb", "CreateLoadBalancerTCPListener", &listener(id), "Forbidden.RAM");
        alice.refused("Slb", "DeleteLoadBalancerListener", &listener(id)[..2], "Forbidden.RAM");
        alice.refused("Slb", "DescribeLoadBalancerListeners", &[("LoadBalancerId.1", id)], "Forbidden.RAM");
    }
    alice.refused("Slb", "DescribeLoadBalancerListeners", &[], "Forbidden.RAM");
}
