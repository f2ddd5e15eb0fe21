//! Express Connect.

use argali_testkit::seconds;

use super::{Params, REGION, Stage, text};

/// An access point of the region.
pub(crate) const ACCESS_POINT: &str = "ap-cn-hangzhou-a";

impl Stage<'_> {
    pub(super) fn express_connect(&self, action: &str) -> Option<Params> {
        let with = |name: &'static str, id: String| vec![("RegionId", REGION.to_owned()), (name, id)];
        let connection = || with("PhysicalConnectionId", self.connection());
        let border = || with("VbrId", self.border_router());
        let interface = || with("RouterInterfaceId", self.router_interface());
        let this = || {
            let mut params = with("ResourceId.1", self.connection());
            params.push(("ResourceType", "PHYSICALCONNECTION".to_owned()));
            params
        };
        let and = |mut params: Params, name, value: &str| {
            params.push((name, value.to_owned()));
            params
        };
        Some(match action {
            "DescribeAccessPoints"
            | "DescribePhysicalConnections"
            | "DescribeVirtualBorderRouters"
            | "DescribeRouterInterfaces" => vec![("RegionId", REGION.to_owned())],
            "CreatePhysicalConnection" => {
                and(with("AccessPointId", ACCESS_POINT.to_owned()), "LineOperator", "CT")
            }
            "ModifyPhysicalConnectionAttribute" => and(connection(), "Name", "renamed"),
            "EnablePhysicalConnection" | "CancelPhysicalConnection" | "DeletePhysicalConnection" => {
                connection()
            }
            "TerminatePhysicalConnection" | "DescribeVirtualBorderRoutersForPhysicalConnection" => {
                with("PhysicalConnectionId", self.enabled_connection())
            }
            "CreateVirtualBorderRouter" => {
                and(with("PhysicalConnectionId", self.enabled_connection()), "VlanId", "10")
            }
            "ModifyVirtualBorderRouterAttribute" => and(border(), "Name", "renamed"),
            "TerminateVirtualBorderRouter" | "DeleteVirtualBorderRouter" => border(),
            "RecoverVirtualBorderRouter" => {
                let params = border();
                self.call("Vpc", "TerminateVirtualBorderRouter", params.clone());
                self.server.clock().advance(seconds(2));
                params
            }
            "CreateRouterInterface" => self.new_router_interface("AcceptingSide", "Negative"),
            "ModifyRouterInterfaceAttribute" => and(interface(), "Name", "renamed"),
            "ModifyRouterInterfaceSpec" => and(interface(), "Spec", "Small.1"),
            "DeleteRouterInterface" => interface(),
            "ConnectRouterInterface" => self.initiating_interface(),
            "DeactivateRouterInterface" => self.connected_interface(),
            "ActivateRouterInterface" => {
                let params = self.connected_interface();
                self.call("Vpc", "DeactivateRouterInterface", params.clone());
                self.server.clock().advance(seconds(2));
                params
            }
            "TagResourcesForExpressConnect" => and(and(this(), "Tag.1.Key", "team"), "Tag.1.Value", "web"),
            "UntagResourcesForExpressConnect" => and(this(), "TagKey.1", "team"),
            "ListTagResourcesForExpressConnect" => this(),
            _ => return None,
        })
    }

    /// A new physical connection that only waits to be enabled.
    pub(crate) fn connection(&self) -> String {
        let params = self.params("Vpc", "CreatePhysicalConnection");
        let made = self.call("Vpc", "CreatePhysicalConnection", params);
        self.server.clock().advance(seconds(8));
        text(&made["PhysicalConnectionId"])
    }

    /// A new physical connection in use.
    pub(crate) fn enabled_connection(&self) -> String {
        let params = self.params("Vpc", "EnablePhysicalConnection");
        self.call("Vpc", "EnablePhysicalConnection", params.clone());
        params[1].1.clone()
    }

    /// A new virtual border router on a new physical connection.
    pub(crate) fn border_router(&self) -> String {
        let made =
            self.call("Vpc", "CreateVirtualBorderRouter", self.params("Vpc", "CreateVirtualBorderRouter"));
        text(&made["VbrId"])
    }

    /// What `CreateRouterInterface` needs on a new virtual border router.
    pub(crate) fn new_router_interface(&self, role: &str, spec: &str) -> Params {
        vec![
            ("RegionId", REGION.to_owned()),
            ("RouterType", "VBR".to_owned()),
            ("RouterId", self.border_router()),
            ("Role", role.to_owned()),
            ("Spec", spec.to_owned()),
            ("OppositeRegionId", REGION.to_owned()),
        ]
    }

    /// A new router interface that accepts connections.
    pub(crate) fn router_interface(&self) -> String {
        let made = self.call("Vpc", "CreateRouterInterface", self.params("Vpc", "CreateRouterInterface"));
        text(&made["RouterInterfaceId"])
    }

    /// A new router interface that is about to be connected with another.
    pub(crate) fn initiating_interface(&self) -> Params {
        let mut params = self.new_router_interface("InitiatingSide", "Small.1");
        params.push(("OppositeInterfaceId", self.router_interface()));
        let made = self.call("Vpc", "CreateRouterInterface", params);
        vec![("RegionId", REGION.to_owned()), ("RouterInterfaceId", text(&made["RouterInterfaceId"]))]
    }

    fn connected_interface(&self) -> Params {
        let params = self.initiating_interface();
        self.call("Vpc", "ConnectRouterInterface", params.clone());
        self.server.clock().advance(seconds(2));
        params
    }
}
