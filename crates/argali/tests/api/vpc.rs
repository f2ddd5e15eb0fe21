//! VPC.

mod route;

use argali_testkit::{TestServer, seconds};
use serde_json::json;

use crate::expect::Calls;
use crate::shape::{complete, known};
use crate::stage::{REGION, Stage, ZONE, text};
use crate::world::tenant_on;

const HERE: (&str, &str) = ("RegionId", REGION);

#[test]
fn a_network_needs_a_block_that_is_one() {
    let server = TestServer::start();
    let a = tenant_on(&server);
    let refused = |params: &[(&str, &str)], code: &str| {
        a.client.refused("Vpc", "CreateVpc", params, code);
    };
    refused(&[], "MissingParameter");
    refused(&[("RegionId", "xx-nowhere")], "InvalidRegionId.NotFound");
    for block in
        ["10.0.0.0", "10.0.0.0/33", "10.0.0.0/7", "10.0.0.0/29", "10.0.0.1/8", "ten/8", "300.0.0.0/8"]
    {
        refused(&[HERE, ("CidrBlock", block)], "InvalidCidrBlock");
    }
    refused(&[HERE, ("VpcName", &"x".repeat(129))], "InvalidVpcName.Malformed");
    refused(&[HERE, ("ResourceGroupId", "rg-none")], "ResourceGroupNotExist");
    assert_eq!(a.must("Vpc", "DescribeVpcs", &[HERE])["TotalCount"], 0);
}

#[test]
fn a_network_is_shown_as_it_was_made_and_changed() {
    let server = TestServer::start();
    let a = tenant_on(&server);
    let params = [HERE, ("CidrBlock", "192.168.0.0/16"), ("VpcName", "office"), ("Description", "all of it")];
    let made = a.must("Vpc", "CreateVpc", &params);
    complete("Vpc", "CreateVpc", &made, &[]);
    let id = text(&made["VpcId"]);
    let this = [HERE, ("VpcId", id.as_str())];
    assert_eq!(a.must("Vpc", "DescribeVpcAttribute", &this)["Status"], "Pending");
    server.clock().advance(seconds(1));
    let shown = a.must("Vpc", "DescribeVpcAttribute", &this);
    known("Vpc", "DescribeVpcAttribute", &shown);
    assert_eq!(shown["Status"], "Available");
    assert_eq!(shown["CidrBlock"], "192.168.0.0/16");
    let answer = a.must("Vpc", "ModifyVpcAttribute", &[this[1], ("VpcName", "factory")]);
    complete("Vpc", "ModifyVpcAttribute", &answer, &[]);
    let listed = a.must("Vpc", "DescribeVpcs", &[HERE]);
    known("Vpc", "DescribeVpcs", &listed);
    assert_eq!(listed["Vpcs"]["Vpc"][0]["VpcName"], "factory");
    assert_eq!(listed["Vpcs"]["Vpc"][0]["Description"], "all of it");
    let tables = a.must("Vpc", "DescribeRouteTableList", &[HERE]);
    known("Vpc", "DescribeRouteTableList", &tables);
    assert_eq!(tables["RouterTableList"]["RouterTableListType"][0]["RouteTableId"], made["RouteTableId"]);
    complete("Vpc", "DeleteVpc", &a.must("Vpc", "DeleteVpc", &this[1..]), &[]);
    for action in ["DescribeVpcAttribute", "ModifyVpcAttribute", "DeleteVpc"] {
        a.client.refused("Vpc", action, &this, "InvalidVpcId.NotFound");
    }
}

#[test]
fn vswitches_keep_apart_and_within_their_network() {
    let server = TestServer::start();
    let stage = Stage::new(&server, tenant_on(&server));
    let network = stage.network().clone();
    let owner = &stage.owner;
    let vpc = ("VpcId", network.vpc.as_str());
    let make = |zone, block, code: &str| {
        let params = [vpc, ("ZoneId", zone), ("CidrBlock", block)];
        owner.client.refused("Vpc", "CreateVSwitch", &params, code);
    };
    make(ZONE, "10.0.1.128/25", "InvalidCidrBlock.Overlapped");
    make(ZONE, "10.0.0.0/16", "InvalidCidrBlock.Overlapped");
    make(ZONE, "192.168.1.0/24", "InvalidCidrBlock.Malformed");
    make(ZONE, "10.0.2.0/30", "InvalidCidrBlock");
    make("cn-beijing-f", "10.0.2.0/24", "InvalidZoneId.NotFound");
    make("xx", "10.0.2.0/24", "InvalidZoneId.NotFound");
    let missing = [vpc, ("ZoneId", ZONE)];
    owner.client.refused("Vpc", "CreateVSwitch", &missing, "MissingParameter");
    let absent = [("VpcId", "vpc-none"), ("ZoneId", ZONE), ("CidrBlock", "10.0.2.0/24")];
    owner.client.refused("Vpc", "CreateVSwitch", &absent, "InvalidVpcId.NotFound");

    let made = owner.must(
        "Vpc",
        "CreateVSwitch",
        &[vpc, ("ZoneId", ZONE), ("CidrBlock", "10.0.2.0/24"), ("VSwitchName", "second")],
    );
    complete("Vpc", "CreateVSwitch", &made, &[]);
    let id = text(&made["VSwitchId"]);
    let this = [("VSwitchId", id.as_str())];
    let shown = owner.must("Vpc", "DescribeVSwitchAttributes", &this);
    known("Vpc", "DescribeVSwitchAttributes", &shown);
    assert_eq!(shown["AvailableIpAddressCount"], 252);
    owner.must("Vpc", "ModifyVSwitchAttribute", &[this[0], ("VSwitchName", "renamed")]);
    let listed = owner.must("Vpc", "DescribeVSwitches", &[vpc]);
    known("Vpc", "DescribeVSwitches", &listed);
    assert_eq!(listed["TotalCount"], 2);
    server.clock().advance(seconds(1));
    owner.must("Vpc", "DeleteVSwitch", &this);
    owner.client.refused("Vpc", "DescribeVSwitchAttributes", &this, "InvalidVSwitchId.NotFound");
    owner.client.refused("Vpc", "DeleteVpc", &[vpc], "DependencyViolation.SecurityGroup");
    owner.must("Ecs", "DeleteSecurityGroup", &[HERE, ("SecurityGroupId", &network.security_group)]);
    owner.client.refused("Vpc", "DeleteVpc", &[vpc], "DependencyViolation.VSwitch");
    owner.must("Vpc", "DeleteVSwitch", &[("VSwitchId", &network.vswitch)]);
    owner.must("Vpc", "DeleteVpc", &[vpc]);
}

#[test]
fn networks_carry_tags() {
    let server = TestServer::start();
    let stage = Stage::new(&server, tenant_on(&server));
    let owner = &stage.owner;
    let vpc = stage.network().vpc.clone();
    let this = [HERE, ("ResourceType", "VPC"), ("ResourceId.1", vpc.as_str())];
    let tag = [&this[..], &[("Tag.1.Key", "team"), ("Tag.1.Value", "web")]].concat();
    complete("Vpc", "TagResources", &owner.must("Vpc", "TagResources", &tag), &[]);
    let tags = owner.must("Vpc", "ListTagResources", &this);
    known("Vpc", "ListTagResources", &tags);
    assert_eq!(tags["TagResources"]["TagResource"][0]["TagValue"], "web");
    let found = owner.must("Vpc", "DescribeVpcs", &[HERE, ("Tag.1.Key", "team"), ("Tag.1.Value", "web")]);
    assert_eq!(found["Vpcs"]["Vpc"][0]["VpcId"], vpc);
    let untag = [&this[..], &[("TagKey.1", "team")]].concat();
    complete("Vpc", "UnTagResources", &owner.must("Vpc", "UnTagResources", &untag), &[]);
    assert_eq!(owner.must("Vpc", "ListTagResources", &this)["TagResources"]["TagResource"], json!([]));
    let wrong = [HERE, ("ResourceType", "PLANET"), ("ResourceId.1", vpc.as_str()), tag[3], tag[4]];
    owner.client.refused("Vpc", "TagResources", &wrong, "InvalidResourceType.NotFound");
    let absent = [HERE, this[1], ("ResourceId.1", "vpc-none"), tag[3], tag[4]];
    owner.client.refused("Vpc", "TagResources", &absent, "InvalidVpcId.NotFound");
}

#[test]
fn regions_and_zones_are_listed() {
    let a = crate::world::tenant();
    for (action, params) in [("DescribeRegions", &[][..]), ("DescribeZones", &[HERE])] {
        known("Vpc", action, &a.must("Vpc", action, params));
    }
    let regions = a.must("Vpc", "DescribeRegions", &[]);
    assert!(regions["Regions"]["Region"].as_array().unwrap().len() > 10);
}
