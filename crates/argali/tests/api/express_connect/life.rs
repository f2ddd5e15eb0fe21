//! What physical connections, virtual border routers and router interfaces go through.

use argali_testkit::seconds;

use super::{HERE, border, connection, interface, stage, status};
use crate::expect::Calls;
use crate::shape::{complete, known};
use crate::stage::{borrowed, text};

#[test]
fn a_physical_connection_is_laid_enabled_and_terminated() {
    stage!(server, stage);
    let owner = &stage.owner;
    let refused = |params: &[(&str, &str)], code: &str| {
        owner.client.refused("Vpc", "CreatePhysicalConnection", params, code);
    };
    let (point, operator) = (("AccessPointId", "ap-cn-hangzhou-a"), ("LineOperator", "CT"));
    refused(&[point, operator], "MissingParameter");
    refused(&[HERE, operator], "MissingParameter");
    refused(&[HERE, point], "MissingParameter");
    refused(&[HERE, ("AccessPointId", "ap-none"), operator], "InvalidAccessPointId.NotFound");
    refused(&[HERE, ("AccessPointId", "ap-cn-beijing-a"), operator], "InvalidAccessPointId.NotFound");
    refused(&[HERE, point, ("LineOperator", "Pigeons")], "InvalidParameter");
    refused(&[HERE, point, operator, ("ResourceGroupId", "rg-none")], "ResourceGroupNotExist");
    let made = owner.must("Vpc", "CreatePhysicalConnection", &[HERE, point, operator, ("bandwidth", "100")]);
    complete("Vpc", "CreatePhysicalConnection", &made, &[]);
    let id = text(&made["PhysicalConnectionId"]);
    let this = [HERE, ("PhysicalConnectionId", id.as_str())];
    let state = || status(&connection(&owner.client, &id));
    let wrong = |action: &str, code: &str| {
        owner.client.refused("Vpc", action, &this, code);
    };
    for expected in ["Initial", "Approved", "Allocating", "Allocated", "Confirmed"] {
        assert_eq!(state(), expected);
        if expected != "Confirmed" {
            wrong("EnablePhysicalConnection", "Forbidden.NotAllowedInState");
            server.clock().advance(seconds(2));
        }
    }
    wrong("TerminatePhysicalConnection", "Forbidden.NotAllowedInState");
    complete("Vpc", "EnablePhysicalConnection", &owner.must("Vpc", "EnablePhysicalConnection", &this), &[]);
    assert_eq!(
        (state().as_str(), connection(&owner.client, &id)["Bandwidth"].as_i64()),
        ("Enabled", Some(100))
    );
    wrong("CancelPhysicalConnection", "Forbidden.NotAllowedInState");
    wrong("DeletePhysicalConnection", "Forbidden.NotInAllowDeleteStatus");
    let router = [this[0], this[1], ("VlanId", "5")];
    let vbr = text(&owner.must("Vpc", "CreateVirtualBorderRouter", &router)["VbrId"]);
    wrong("TerminatePhysicalConnection", "Forbidden.VBRExists");
    owner.must("Vpc", "DeleteVirtualBorderRouter", &[HERE, ("VbrId", &vbr)]);
    owner.must("Vpc", "TerminatePhysicalConnection", &this);
    assert_eq!(state(), "Terminating");
    server.clock().advance(seconds(2));
    complete("Vpc", "DeletePhysicalConnection", &owner.must("Vpc", "DeletePhysicalConnection", &this), &[]);
    for action in
        ["EnablePhysicalConnection", "DeletePhysicalConnection", "ModifyPhysicalConnectionAttribute"]
    {
        wrong(action, "InvalidPhysicalConnectionId.NotFound");
    }
}

#[test]
fn a_virtual_border_router_stands_on_an_enabled_connection() {
    stage!(server, stage);
    let owner = &stage.owner;
    let (waiting, enabled) = (stage.connection(), stage.enabled_connection());
    let create = |params: &[(&str, &str)]| owner.client.call("Vpc", "CreateVirtualBorderRouter", params);
    for (params, code) in [
        (vec![HERE, ("VlanId", "10")], "MissingParameter"),
        (vec![HERE, ("PhysicalConnectionId", enabled.as_str())], "MissingParameter"),
        (
            vec![HERE, ("PhysicalConnectionId", "pc-none"), ("VlanId", "10")],
            "InvalidPhysicalConnectionId.NotFound",
        ),
        (vec![HERE, ("PhysicalConnectionId", &waiting), ("VlanId", "10")], "Forbidden.NotAllowedInState"),
        (vec![HERE, ("PhysicalConnectionId", &enabled), ("VlanId", "3000")], "InvalidParameter"),
        (
            vec![HERE, ("PhysicalConnectionId", &enabled), ("VlanId", "10"), ("VbrOwnerId", "999")],
            "Forbbiden",
        ),
    ] {
        assert_eq!(create(&params).unwrap_err().code, code, "{params:?}");
    }
    let good = [
        HERE,
        ("PhysicalConnectionId", enabled.as_str()),
        ("VlanId", "10"),
        ("Tags.1.Key", "team"),
        ("Tags.1.Value", "web"),
    ];
    let made = create(&good).unwrap();
    complete("Vpc", "CreateVirtualBorderRouter", &made, &[]);
    assert_eq!(create(&good).unwrap_err().code, "InvalidVlanId.Duplicated");
    let id = text(&made["VbrId"]);
    let this = [HERE, ("VbrId", id.as_str())];
    owner.must(
        "Vpc",
        "ModifyVirtualBorderRouterAttribute",
        &[HERE, this[1], ("Name", "office"), ("VlanId", "11")],
    );
    let shown = border(&owner.client, &id);
    assert_eq!((text(&shown["Name"]), shown["VlanId"].as_i64()), ("office".to_owned(), Some(11)));
    let tagged = [HERE, ("Tags.1.Key", "team"), ("Tags.1.Value", "web")];
    assert_eq!(owner.must("Vpc", "DescribeVirtualBorderRouters", &tagged)["TotalCount"], 1);
    let of_connection = [HERE, ("PhysicalConnectionId", enabled.as_str())];
    let answer = owner.must("Vpc", "DescribeVirtualBorderRoutersForPhysicalConnection", &of_connection);
    known("Vpc", "DescribeVirtualBorderRoutersForPhysicalConnection", &answer);
    assert_eq!(answer["TotalCount"], 1);
    owner.client.refused(
        "Vpc",
        "RecoverVirtualBorderRouter",
        &this,
        "InvalidOperation.OperationNotAllowedInState",
    );
    for (action, during, after) in [
        ("TerminateVirtualBorderRouter", "terminating", "terminated"),
        ("RecoverVirtualBorderRouter", "recovering", "active"),
    ] {
        complete("Vpc", action, &owner.must("Vpc", action, &this), &[]);
        assert_eq!(status(&border(&owner.client, &id)), during);
        owner.client.refused(
            "Vpc",
            "DeleteVirtualBorderRouter",
            &this,
            "InvalidOperation.OperationNotAllowedInState",
        );
        server.clock().advance(seconds(2));
        assert_eq!(status(&border(&owner.client, &id)), after);
    }
    complete("Vpc", "DeleteVirtualBorderRouter", &owner.must("Vpc", "DeleteVirtualBorderRouter", &this), &[]);
    owner.client.refused("Vpc", "DeleteVirtualBorderRouter", &this, "InvalidVbrId.NotFound");
}

#[test]
fn two_router_interfaces_are_connected_from_one_side() {
    stage!(server, stage);
    let owner = &stage.owner;
    let good = stage.new_router_interface("InitiatingSide", "Small.1");
    for (name, value, code) in [
        ("RouterId", Some("vbr-none"), "InvalidRouterId.NotFound"),
        ("RouterType", Some("VRouter"), "InvalidRouterId.NotFound"),
        ("Spec", Some("Huge"), "InvalidSpec.ValueNotSupported"),
        ("OppositeRegionId", Some("xx-nowhere"), "InvalidRegionId.NotFound"),
        ("OppositeInterfaceId", Some("ri-none"), "InvalidRouterInterfaceId.NotFound"),
        ("Role", None, "MissingParameter"),
    ] {
        let mut params = good.clone();
        params.retain(|(known, _)| *known != name);
        params.extend(value.map(|value| (name, value.to_owned())));
        owner.client.refused("Vpc", "CreateRouterInterface", &borrowed(&params), code);
    }
    // The other side is the router of a VPC.
    let vpc = owner.must("Vpc", "DescribeVpcAttribute", &[HERE, ("VpcId", &stage.network().vpc)]);
    let mut accepting = stage.new_router_interface("AcceptingSide", "Negative");
    accepting[1].1 = "VRouter".to_owned();
    accepting[2].1 = text(&vpc["VRouterId"]);
    let made = owner.must("Vpc", "CreateRouterInterface", &borrowed(&accepting));
    complete("Vpc", "CreateRouterInterface", &made, &[]);
    let acceptor = text(&made["RouterInterfaceId"]);
    assert_eq!(text(&interface(&owner.client, &acceptor)["VpcInstanceId"]), stage.network().vpc);
    let initiator = text(&owner.must("Vpc", "CreateRouterInterface", &borrowed(&good))["RouterInterfaceId"]);
    let this = [HERE, ("RouterInterfaceId", initiator.as_str())];
    owner.client.refused("Vpc", "ConnectRouterInterface", &this, "InvalidOppositeInterfaceInfo.NotSet");
    owner.must(
        "Vpc",
        "ModifyRouterInterfaceAttribute",
        &[this[0], this[1], ("OppositeInterfaceId", &acceptor)],
    );
    owner.client.refused("Vpc", "DeactivateRouterInterface", &this, "IncorrectStatus");
    let step = |action: &str, during: &str, after: &str, opposite: &str| {
        complete("Vpc", action, &owner.must("Vpc", action, &this), &[]);
        assert_eq!(status(&interface(&owner.client, &initiator)), during);
        server.clock().advance(seconds(2));
        assert_eq!(status(&interface(&owner.client, &initiator)), after);
        assert_eq!(status(&interface(&owner.client, &acceptor)), opposite);
    };
    step("ConnectRouterInterface", "Connecting", "Active", "Active");
    owner.client.refused("Vpc", "DeleteRouterInterface", &this, "IncorrectStatus");
    let router = [HERE, ("VbrId", good[2].1.as_str())];
    owner.client.refused(
        "Vpc",
        "DeleteVirtualBorderRouter",
        &router,
        "InvalidOperation.RouterInterfaceNotDeleted",
    );
    step("DeactivateRouterInterface", "Deactivating", "Inactive", "Inactive");
    step("ActivateRouterInterface", "Activating", "Active", "Active");
    let spec = owner.must("Vpc", "ModifyRouterInterfaceSpec", &[this[0], this[1], ("Spec", "Large.1")]);
    complete("Vpc", "ModifyRouterInterfaceSpec", &spec, &[]);
    assert_eq!(interface(&owner.client, &initiator)["Bandwidth"], 1000);
    owner.must("Vpc", "DeactivateRouterInterface", &this);
    server.clock().advance(seconds(2));
    // What remains has no opposite any more.
    owner.must("Vpc", "DeleteRouterInterface", &[HERE, ("RouterInterfaceId", &acceptor)]);
    assert_eq!(text(&interface(&owner.client, &initiator)["OppositeInterfaceId"]), "");
    owner.must("Vpc", "DeleteRouterInterface", &this);
    owner.must("Vpc", "DeleteVirtualBorderRouter", &router);
    known("Vpc", "DescribeAccessPoints", &owner.must("Vpc", "DescribeAccessPoints", &[HERE]));
}
