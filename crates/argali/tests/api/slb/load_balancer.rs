//! Load balancers.

use argali_testkit::{allow, seconds};
use serde_json::json;

use super::{HERE, stage};
use crate::expect::Calls;
use crate::shape::{complete, known};
use crate::stage::{borrowed, text};

#[test]
fn bad_requests_make_no_load_balancer() {
    stage!(server, stage);
    let owner = &stage.owner;
    let refused = |params: &[(&str, &str)], code: &str| {
        owner.client.refused("Slb", "CreateLoadBalancer", params, code);
    };
    refused(&[], "MissingParameter");
    refused(&[("RegionId", "xx-nowhere")], "InvalidParameter");
    for (name, value) in [
        ("VSwitchId", "vsw-none"),
        ("AddressType", "both"),
        ("AddressIPVersion", "ipv6"),
        ("Bandwidth", "0"),
        ("LoadBalancerSpec", "slb.s9.huge"),
        ("DeleteProtection", "perhaps"),
        ("MasterZoneId", "cn-beijing-f"),
    ] {
        refused(
            &[HERE, (name, value)],
            if name == "VSwitchId" { "InvalidVSwitchId.NotFound" } else { "InvalidParameter" },
        );
    }
    refused(&[HERE, ("ResourceGroupId", "rg-none")], "InvalidResourceGroup.NotFound");
    refused(&[HERE, ("Tag.1.Key", "acs:team")], "InvalidParameter");
    let network = stage.network();
    refused(&[HERE, ("VSwitchId", &network.vswitch), ("VpcId", "vpc-another")], "InvalidParameter");
    let foreign =
        [HERE, ("VSwitchId", &network.vswitch), ("AddressType", "intranet"), ("Address", "192.168.0.1")];
    refused(&foreign, "InvalidParameter");
    assert_eq!(owner.must("Slb", "DescribeLoadBalancers", &[HERE])["TotalCount"], 0);
}

#[test]
fn a_load_balancer_is_shown_as_it_was_made_and_changed() {
    stage!(server, stage);
    let (owner, network) = (&stage.owner, stage.network());
    let params = [
        HERE,
        ("VSwitchId", network.vswitch.as_str()),
        ("AddressType", "intranet"),
        ("LoadBalancerName", "front"),
        ("Tag.1.Key", "team"),
        ("Tag.1.Value", "web"),
    ];
    let made = owner.must("Slb", "CreateLoadBalancer", &params);
    complete("Slb", "CreateLoadBalancer", &made, &[]);
    assert_eq!((&made["NetworkType"], &made["VpcId"]), (&json!("vpc"), &json!(network.vpc)));
    assert!(text(&made["Address"]).starts_with("10.0.1."), "{made}");
    let id = text(&made["LoadBalancerId"]);
    let this = [("LoadBalancerId", id.as_str())];
    for (action, params) in [
        ("SetLoadBalancerName", vec![("LoadBalancerName", "back")]),
        ("SetLoadBalancerStatus", vec![("LoadBalancerStatus", "inactive")]),
        ("SetLoadBalancerDeleteProtection", vec![HERE, ("DeleteProtection", "on")]),
        ("ModifyLoadBalancerInstanceSpec", vec![("LoadBalancerSpec", "slb.s2.small")]),
    ] {
        let params = [&this[..], &params].concat();
        complete("Slb", action, &owner.must("Slb", action, &params), &[]);
        owner.client.refused("Slb", action, &params[..1], "MissingParameter");
    }
    let shown = owner.must("Slb", "DescribeLoadBalancerAttribute", &this);
    known("Slb", "DescribeLoadBalancerAttribute", &shown);
    assert_eq!(shown["LoadBalancerName"], "back");
    assert_eq!(shown["LoadBalancerStatus"], "inactive");
    assert_eq!(shown["LoadBalancerSpec"], "slb.s2.small");
    owner.client.refused("Slb", "DeleteLoadBalancer", &this, "OperationDenied.DeleteProtectionIsOn");
    // What it has in the network keeps the network.
    let vswitch = [("VSwitchId", network.vswitch.as_str())];
    owner.client.refused("Vpc", "DeleteVSwitch", &vswitch, "DependencyViolation");
    owner.must("Slb", "SetLoadBalancerDeleteProtection", &[this[0], HERE, ("DeleteProtection", "off")]);
    complete("Slb", "DeleteLoadBalancer", &owner.must("Slb", "DeleteLoadBalancer", &this), &[]);
    for action in ["DescribeLoadBalancerAttribute", "DeleteLoadBalancer"] {
        owner.client.refused("Slb", action, &this, "InvalidLoadBalancerId.NotFound");
    }
    owner.must("Vpc", "DeleteVSwitch", &vswitch);
}

#[test]
fn one_without_a_network_has_a_public_address() {
    stage!(server, stage);
    let made = stage.owner.must("Slb", "CreateLoadBalancer", &[HERE]);
    assert_eq!(made["NetworkType"], "Classic");
    assert!(text(&made["Address"]).starts_with("198."), "{made}");
    let listed = stage.owner.must("Slb", "DescribeLoadBalancers", &[HERE]);
    known("Slb", "DescribeLoadBalancers", &listed);
    let first = &listed["LoadBalancers"]["LoadBalancer"][0];
    assert_eq!(
        (&first["MasterZoneId"], &first["AddressType"]),
        (&json!("cn-hangzhou-h"), &json!("internet"))
    );
    for action in ["DescribeRegions", "DescribeZones"] {
        let answer = stage.owner.must("Slb", action, &[HERE]);
        complete("Slb", action, &answer, &[]);
    }
}

#[test]
fn lists_are_narrowed_and_cut_in_pages() {
    stage!(server, stage);
    let owner = &stage.owner;
    for name in ["a", "b", "c"] {
        // The list is in the order of making.
        server.clock().advance(seconds(1));
        let tags = [HERE, ("LoadBalancerName", name), ("Tag.1.Key", "name"), ("Tag.1.Value", name)];
        owner.must("Slb", "CreateLoadBalancer", &tags);
    }
    let names = |params: &[(&str, &str)]| -> Vec<String> {
        let found = owner.must("Slb", "DescribeLoadBalancers", &[&[HERE], params].concat());
        let list = found["LoadBalancers"]["LoadBalancer"].as_array().unwrap().clone();
        list.iter().map(|one| text(&one["LoadBalancerName"])).collect()
    };
    assert_eq!(names(&[("LoadBalancerName", "a,c")]), ["a", "c"]);
    assert_eq!(names(&[("Tag.1.Key", "name"), ("Tag.1.Value", "b")]), ["b"]);
    assert_eq!(names(&[("Tags", r#"[{"TagKey":"name","TagValue":"c"}]"#)]), ["c"]);
    assert_eq!(names(&[("AddressType", "intranet")]), [""; 0]);
    assert_eq!(names(&[("PageSize", "2"), ("PageNumber", "2")]), ["c"]);
    assert_eq!(names(&[("ServerId", "i-none")]), [""; 0]);
    let too_many = [HERE, ("PageSize", "101")];
    owner.client.refused("Slb", "DescribeLoadBalancers", &too_many, "InvalidParameter");
}

#[test]
fn a_policy_can_name_one_load_balancer_or_its_tag() {
    stage!(server, stage);
    let (mine, tagged, other) = (stage.load_balancer(), stage.load_balancer(), stage.load_balancer());
    let owner = &stage.owner;
    let tag = [
        HERE,
        ("ResourceType", "instance"),
        ("ResourceId.1", &tagged),
        ("Tag.1.Key", "team"),
        ("Tag.1.Value", "web"),
    ];
    owner.must("Slb", "TagResources", &tag);
    let listed = owner.must("Slb", "ListTagResources", &tag[..3]);
    known("Slb", "ListTagResources", &listed);
    let alice = owner.user("alice");
    let arn = format!("acs:slb:{}:{}:loadbalancer/{mine}", HERE.1, owner.id);
    let mut document = allow(&["slb:SetLoadBalancerName"], &[&arn]);
    let mut by_tag = allow(&["slb:SetLoadBalancerName"], &["*"])["Statement"][0].clone();
    by_tag["Condition"] = json!({ "StringEquals": { "slb:tag/team": "web" } });
    document["Statement"].as_array_mut().unwrap().push(by_tag);
    owner.grant_document("alice", "some", &document);
    let rename = |id: &str| [("LoadBalancerId", id.to_owned()), ("LoadBalancerName", "renamed".to_owned())];
    for id in [&mine, &tagged] {
        alice.must("Slb", "SetLoadBalancerName", &borrowed(&rename(id).to_vec()));
    }
    for id in [&other, "lb-none"] {
        let params = rename(id).to_vec();
        alice.refused("Slb", "SetLoadBalancerName", &borrowed(&params), "Forbidden.RAM");
    }
}
