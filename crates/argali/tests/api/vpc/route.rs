//! Routes: what a route table says of where blocks of addresses are reached.

use argali_testkit::{Client, TestServer, allow, seconds};
use serde_json::{Value, json};

use crate::expect::Calls;
use crate::shape::{complete, known};
use crate::stage::{REGION, Stage, ZONE, borrowed, text};
use crate::world::tenant_on;

const HERE: (&str, &str) = ("RegionId", REGION);

/// The members that only a router interface with an opposite side has.
const OF_INTERFACES: [&str; 3] = [
    "RouteEntrys.RouteEntry[].NextHops.NextHop[].NextHopRelatedInfo.InstanceId",
    "RouteEntrys.RouteEntry[].NextHops.NextHop[].NextHopRelatedInfo.InstanceType",
    "RouteEntrys.RouteEntry[].NextHops.NextHop[].NextHopRelatedInfo.RegionId",
];

#[test]
fn a_route_needs_a_table_a_block_and_a_next_hop_that_there_are() {
    let server = TestServer::start();
    let stage = Stage::new(&server, tenant_on(&server));
    let (table, instance) = (stage.route_table(), stage.instance());
    let refused = |changes: &[(&'static str, &str)], code: &str| {
        let usual =
            [HERE, ("RouteTableId", &table), ("DestinationCidrBlock", "0.0.0.0/0"), ("NextHopId", &instance)];
        let kept = usual.iter().filter(|(name, _)| !changes.iter().any(|(changed, _)| changed == name));
        let params: Vec<_> = kept.chain(changes).copied().collect();
        stage.owner.client.refused("Vpc", "CreateRouteEntry", &params, code);
    };
    refused(&[("RouteTableId", "")], "MissingParameter");
    refused(&[("DestinationCidrBlock", "")], "MissingParameter");
    refused(&[("NextHopId", "")], "MissingParameter");
    refused(&[("RouteTableId", "vtb-none")], "InvalidRouteTable.NotFound");
    for block in ["10.0.0.1/8", "10.0.0.0/33", "ten", "::/0"] {
        refused(&[("DestinationCidrBlock", block)], "InvalidCidrBlock");
    }
    refused(&[("NextHopId", "i-none")], "InvalidInstanceId.NotFound");
    let interface = [("NextHopType", "RouterInterface"), ("NextHopId", "ri-none")];
    refused(&interface, "InvalidRouterInterfaceId.NotFound");
    refused(&[("NextHopType", "Moon")], "InvalidParameter");
    // What a vSwitch or the cloud itself reaches already.
    for block in ["10.0.1.0/24", "10.0.1.128/25", "10.0.1.7", "100.64.0.0/10", "100.100.0.0/16"] {
        refused(&[("DestinationCidrBlock", block)], "InvalidCIDRBlock.Duplicate");
    }
    refused(&[("RouteEntryName", &"x".repeat(129))], "InvalidParameter");
    let list = [("NextHopList.1.NextHopId", "ri-1"), ("NextHopList.2.NextHopId", "ri-2")];
    refused(&list, "InvalidRouterInterfaceId.NotFound");
    // An instance of another network is no next hop.
    let elsewhere = stage.new_vpc();
    let params = [HERE, ("VpcId", &elsewhere)];
    let tables = stage.owner.must("Vpc", "DescribeRouteTableList", &params);
    let other = text(&tables["RouterTableList"]["RouterTableListType"][0]["RouteTableId"]);
    refused(&[("RouteTableId", &other)], "InvalidParameter");
}

#[test]
fn a_route_is_shown_as_it_was_made_until_it_is_deleted() {
    let server = TestServer::start();
    let stage = Stage::new(&server, tenant_on(&server));
    let owner = &stage.owner;
    let (table, instance) = (stage.route_table(), stage.instance());
    let of_table = [HERE, ("RouteTableId", table.as_str())];
    let params = [
        of_table[0],
        of_table[1],
        ("DestinationCidrBlock", "0.0.0.0/0"),
        ("NextHopId", instance.as_str()),
        ("RouteEntryName", "out"),
    ];
    let made = owner.must("Vpc", "CreateRouteEntry", &params);
    complete("Vpc", "CreateRouteEntry", &made, &[]);
    let id = text(&made["RouteEntryId"]);
    owner.client.refused("Vpc", "CreateRouteEntry", &params, "RouterEntryConflict.Duplicated");
    let this = [HERE, ("RouteEntryId", id.as_str())];
    let one = || {
        let answer = owner.must("Vpc", "DescribeRouteEntryList", &[&of_table[..], &this[1..]].concat());
        complete("Vpc", "DescribeRouteEntryList", &answer, &OF_INTERFACES);
        answer["RouteEntrys"]["RouteEntry"][0].clone()
    };
    assert_eq!(one()["Status"], "Pending");
    owner.client.refused("Vpc", "DeleteRouteEntry", &this, "IncorrectRouteEntryStatus");
    server.clock().advance(seconds(1));
    let shown = one();
    assert_eq!(shown["Status"], "Available");
    assert_eq!(shown["RouteEntryName"], "out");
    let hop = &shown["NextHops"]["NextHop"][0];
    assert_eq!((&hop["NextHopType"], &hop["NextHopId"]), (&json!("Instance"), &json!(instance)));
    let stop = [("InstanceId", instance.as_str()), ("Force", "true")];
    owner.client.refused("Ecs", "DeleteInstance", &stop, "DependencyViolation.RouteEntry");
    complete("Vpc", "DeleteRouteEntry", &owner.must("Vpc", "DeleteRouteEntry", &this), &[]);
    owner.client.refused("Vpc", "DeleteRouteEntry", &this, "InvalidRouteEntry.NotFound");
    owner.must("Ecs", "DeleteInstance", &stop);
}

#[test]
fn routes_of_vswitches_come_and_go_with_them() {
    let server = TestServer::start();
    let stage = Stage::new(&server, tenant_on(&server));
    let owner = &stage.owner;
    let table = stage.route_table();
    let of_table = [HERE, ("RouteTableId", table.as_str())];
    assert_eq!(blocks(&owner.client, &of_table), ["100.64.0.0/10", "10.0.1.0/24"]);
    let vpc = stage.network().vpc.clone();
    let second = [("VpcId", vpc.as_str()), ("ZoneId", ZONE), ("CidrBlock", "10.0.2.0/24")];
    let made = owner.must("Vpc", "CreateVSwitch", &second);
    server.clock().advance(seconds(1));
    assert_eq!(blocks(&owner.client, &of_table).last().unwrap(), "10.0.2.0/24");
    let answer = owner.must("Vpc", "DescribeRouteEntryList", &of_table);
    let system = &answer["RouteEntrys"]["RouteEntry"][2];
    assert_eq!(
        (&system["Type"], &system["NextHops"]["NextHop"][0]["NextHopType"]),
        (&json!("System"), &json!("local"))
    );
    let delete = [HERE, ("RouteEntryId", system["RouteEntryId"].as_str().unwrap())];
    owner.client.refused("Vpc", "DeleteRouteEntry", &delete, "InvalidStatus.RouteEntry");
    let id = text(&made["VSwitchId"]);
    owner.must("Vpc", "DeleteVSwitch", &[("VSwitchId", id.as_str())]);
    assert_eq!(blocks(&owner.client, &of_table), ["100.64.0.0/10", "10.0.1.0/24"]);
    let custom = [&of_table[..], &[("RouteEntryType", "Custom")]].concat();
    assert_eq!(owner.must("Vpc", "DescribeRouteEntryList", &custom)["TotalCount"], 0);
}

#[test]
fn routes_are_found_by_what_they_say_a_page_at_a_time() {
    let server = TestServer::start();
    let stage = Stage::new(&server, tenant_on(&server));
    let owner = &stage.owner;
    let table = stage.route_table();
    let made: Vec<_> = (0..3).map(|_| stage.new_route()).collect();
    for params in &made {
        owner.must("Vpc", "CreateRouteEntry", &borrowed(params));
    }
    server.clock().advance(seconds(1));
    let of_table = [HERE, ("RouteTableId", table.as_str())];
    owner.client.refused("Vpc", "DescribeRouteEntryList", &of_table[..1], "MissingParameter");
    let absent = [HERE, ("RouteTableId", "vtb-none")];
    owner.client.refused("Vpc", "DescribeRouteEntryList", &absent, "InvalidRouteTable.NotFound");
    let first = owner.must("Vpc", "DescribeRouteEntryList", &[&of_table[..], &[("MaxResult", "4")]].concat());
    assert_eq!(
        (&first["TotalCount"], first["RouteEntrys"]["RouteEntry"].as_array().unwrap().len()),
        (&json!(5), 4)
    );
    let token = text(&first["NextToken"]);
    let next = [&of_table[..], &[("MaxResult", "4"), ("NextToken", &token)]].concat();
    assert_eq!(blocks(&owner.client, &next).len(), 1);
    // The block of an address is found with and without its mask.
    let (address, hop) = (made[1][2].1.as_str(), made[1][3].1.as_str());
    for (name, value) in [
        ("DestinationCidrBlock", address),
        ("DestCidrBlockList.1", &format!("{address}/32")),
        ("NextHopId", hop),
    ] {
        let found = blocks(&owner.client, &[&of_table[..], &[(name, value)]].concat());
        assert_eq!(found, [format!("{address}/32")], "{name}");
    }
    // One is deleted by what it says, if it says so.
    let by_values = |hop| [HERE, of_table[1], ("DestinationCidrBlock", address), ("NextHopId", hop)];
    owner.client.refused("Vpc", "DeleteRouteEntry", &by_values("i-other"), "InvalidRouteEntry.NotFound");
    owner.must("Vpc", "DeleteRouteEntry", &by_values(hop));
    owner.client.refused("Vpc", "DeleteRouteEntry", &by_values(hop), "InvalidRouteEntry.NotFound");
    owner.client.refused("Vpc", "DeleteRouteEntry", &of_table, "MissingParameter");
    owner.client.refused("Vpc", "DeleteRouteEntry", &[HERE], "MissingParameter");
}

#[test]
fn a_border_router_has_a_table_whose_routes_lead_to_its_interfaces() {
    let server = TestServer::start();
    let stage = Stage::new(&server, tenant_on(&server));
    let owner = &stage.owner;
    let interface = stage.router_interface();
    let shown = owner.must(
        "Vpc",
        "DescribeRouterInterfaces",
        &[HERE, ("Filter.1.Key", "RouterInterfaceId"), ("Filter.1.Value.1", &interface)],
    );
    let router = text(&shown["RouterInterfaceSet"]["RouterInterfaceType"][0]["RouterId"]);
    let of_router = [HERE, ("RouterType", "VBR"), ("RouterId", router.as_str())];
    let tables = owner.must("Vpc", "DescribeRouteTableList", &of_router);
    let table = text(&tables["RouterTableList"]["RouterTableListType"][0]["RouteTableId"]);
    let of_table = [HERE, ("RouteTableId", table.as_str()), ("DestinationCidrBlock", "10.1.0.0/16")];
    let to = |hop| [&of_table[..], &[("NextHopType", "RouterInterface"), ("NextHopId", hop)]].concat();
    let elsewhere = stage.router_interface();
    owner.client.refused("Vpc", "CreateRouteEntry", &to(&elsewhere), "InvalidParameter");
    owner.must("Vpc", "CreateRouteEntry", &to(&interface));
    let answer = owner.must("Vpc", "DescribeRouteEntryList", &of_table[..2]);
    known("Vpc", "DescribeRouteEntryList", &answer);
    let hop = &answer["RouteEntrys"]["RouteEntry"][0]["NextHops"]["NextHop"][0];
    assert_eq!(hop["NextHopRelatedInfo"]["RegionId"], REGION);
    let this = [HERE, ("RouterInterfaceId", interface.as_str())];
    let code = "DependencyViolation.RouterInterfaceReferedByRouteEntry";
    owner.client.refused("Vpc", "DeleteRouterInterface", &this, code);
    // The table goes with its router, and the routes with the table.
    server.clock().advance(seconds(1));
    owner.must("Vpc", "DeleteRouteEntry", &of_table);
    owner.must("Vpc", "DeleteRouterInterface", &this);
    for action in ["TerminateVirtualBorderRouter", "DeleteVirtualBorderRouter"] {
        owner.must("Vpc", action, &[HERE, ("VbrId", &router)]);
        server.clock().advance(seconds(4));
    }
    let tables = owner.must("Vpc", "DescribeRouteTableList", &of_router);
    assert_eq!(tables["TotalCount"], 0);
}

#[test]
fn a_route_may_lead_to_several_interfaces_at_once() {
    let server = TestServer::start();
    let stage = Stage::new(&server, tenant_on(&server));
    let owner = &stage.owner;
    let vpc = owner.must("Vpc", "DescribeVpcAttribute", &[HERE, ("VpcId", &stage.network().vpc)]);
    let router = text(&vpc["VRouterId"]);
    let interface = || {
        let params = [
            HERE,
            ("RouterType", "VRouter"),
            ("RouterId", router.as_str()),
            ("Role", "InitiatingSide"),
            ("Spec", "Small.1"),
            ("OppositeRegionId", REGION),
        ];
        text(&owner.must("Vpc", "CreateRouterInterface", &params)["RouterInterfaceId"])
    };
    let (first, second) = (interface(), interface());
    let table = stage.route_table();
    let of_table = [HERE, ("RouteTableId", table.as_str()), ("DestinationCidrBlock", "172.20.0.0/16")];
    let to = |second| {
        let hops = [("NextHopList.1.NextHopId", first.as_str()), ("NextHopList.2.NextHopId", second)];
        [&of_table[..], &hops].concat()
    };
    owner.client.refused("Vpc", "CreateRouteEntry", &to(&first), "Duplicated.VpcNextHop");
    let both = [&to(&second)[..], &[("NextHopId", first.as_str())]].concat();
    owner.client.refused("Vpc", "CreateRouteEntry", &both, "InvalidParameter");
    owner.client.refused("Vpc", "CreateRouteEntry", &to(&second)[..4], "InvalidParameter");
    owner.must("Vpc", "CreateRouteEntry", &to(&second));
    let answer = owner.must("Vpc", "DescribeRouteEntryList", &of_table);
    let hops = answer["RouteEntrys"]["RouteEntry"][0]["NextHops"]["NextHop"].as_array().unwrap();
    let ids: Vec<_> = hops.iter().map(|hop| text(&hop["NextHopId"])).collect();
    assert_eq!(ids, [first.clone(), second]);
    assert_eq!(hops[0]["Weight"], 100);
}

#[test]
fn permission_for_a_route_is_that_for_its_table() {
    let server = TestServer::start();
    let stage = Stage::new(&server, tenant_on(&server));
    let owner = &stage.owner;
    let alice = owner.user("alice");
    let table = stage.route_table();
    let arn = format!("acs:vpc:{REGION}:{}:routetable/{table}", owner.id);
    owner.grant_document("alice", "routes", &allow(&["vpc:*RouteEntry*"], &[&arn]));
    let params = stage.new_route();
    let made = alice.must("Vpc", "CreateRouteEntry", &borrowed(&params));
    server.clock().advance(seconds(1));
    let id = text(&made["RouteEntryId"]);
    let this = [HERE, ("RouteEntryId", id.as_str())];
    // Whoever may not cannot tell which routes there are.
    for other in ["rte-none", ""] {
        let absent = [
            HERE,
            ("RouteEntryId", other),
            ("RouteTableId", "vtb-other"),
            ("DestinationCidrBlock", "0.0.0.0/0"),
        ];
        alice.refused("Vpc", "DeleteRouteEntry", &absent, "Forbidden.RAM");
    }
    let tags = [
        HERE,
        ("ResourceType", "ROUTETABLE"),
        ("ResourceId.1", &table),
        ("Tag.1.Key", "env"),
        ("Tag.1.Value", "prod"),
    ];
    owner.must("Vpc", "TagResources", &tags);
    let mut document = allow(&["vpc:DeleteRouteEntry"], &["*"]);
    document["Statement"][0]["Effect"] = json!("Deny");
    document["Statement"][0]["Condition"] = json!({ "StringEquals": { "acs:ResourceTag/env": "prod" } });
    owner.grant_document("alice", "not-in-production", &document);
    alice.refused("Vpc", "DeleteRouteEntry", &this, "Forbidden.RAM");
    owner.must("Vpc", "UnTagResources", &[&tags[..3], &[("TagKey.1", "env")]].concat());
    alice.must("Vpc", "DeleteRouteEntry", &this);
}

/// The destinations of the routes that a list shows, in its order.
fn blocks(client: &Client, params: &[(&str, &str)]) -> Vec<String> {
    let answer = client.must("Vpc", "DescribeRouteEntryList", params);
    known("Vpc", "DescribeRouteEntryList", &answer);
    let entries: &Value = &answer["RouteEntrys"]["RouteEntry"];
    entries.as_array().unwrap().iter().map(|entry| text(&entry["DestinationCidrBlock"])).collect()
}
