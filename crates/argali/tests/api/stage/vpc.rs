//! VPC.

use argali_testkit::seconds;

use super::{Network, Params, REGION, Stage, ZONE, fresh, text};

impl Stage<'_> {
    pub(super) fn vpc(&self, action: &str) -> Option<Params> {
        let region = || ("RegionId", REGION.to_owned());
        let vpc = || ("VpcId", self.new_vpc());
        let tag = || [("Tag.1.Key", "team".to_owned()), ("Tag.1.Value", "web".to_owned())];
        let this = |id: String| vec![region(), ("ResourceType", "VPC".to_owned()), ("ResourceId.1", id)];
        Some(match action {
            "DescribeRegions" | "DescribeVSwitches" => Vec::new(),
            "DescribeZones" | "DescribeVpcs" | "DescribeRouteTableList" => vec![region()],
            "CreateVpc" => vec![region(), ("CidrBlock", "10.0.0.0/8".to_owned())],
            "DescribeVpcAttribute" => vec![region(), vpc()],
            "ModifyVpcAttribute" => vec![vpc(), ("VpcName", "renamed".to_owned())],
            "DeleteVpc" => vec![vpc()],
            "CreateVSwitch" => {
                vec![vpc(), ("ZoneId", ZONE.to_owned()), ("CidrBlock", "10.0.1.0/24".to_owned())]
            }
            "DescribeVSwitchAttributes" | "DeleteVSwitch" => {
                vec![("VSwitchId", self.new_vswitch(&self.new_vpc()))]
            }
            "ModifyVSwitchAttribute" => {
                vec![("VSwitchId", self.new_vswitch(&self.new_vpc())), ("VSwitchName", "renamed".to_owned())]
            }
            "CreateRouteEntry" => self.new_route(),
            "DescribeRouteEntryList" => vec![region(), ("RouteTableId", self.route_table())],
            "DeleteRouteEntry" => {
                let made = self.call("Vpc", "CreateRouteEntry", self.new_route());
                self.server.clock().advance(seconds(2));
                vec![region(), ("RouteEntryId", text(&made["RouteEntryId"]))]
            }
            "MoveResourceGroup" => {
                let (_, vpc) = vpc();
                let shown = self.call("Vpc", "DescribeVpcAttribute", vec![region(), ("VpcId", vpc.clone())]);
                vec![
                    region(),
                    ("ResourceType", "Vpc".to_owned()),
                    ("ResourceId", vpc),
                    ("NewResourceGroupId", text(&shown["ResourceGroupId"])),
                ]
            }
            "TagResources" => [this(self.new_vpc()), tag().to_vec()].concat(),
            "UnTagResources" => {
                let params = this(self.new_vpc());
                self.call("Vpc", "TagResources", [params.clone(), tag().to_vec()].concat());
                [params, vec![("TagKey.1", "team".to_owned())]].concat()
            }
            "ListTagResources" => this(self.new_vpc()),
            _ => return None,
        })
    }

    /// The network of the account, with room for many instances.
    pub(crate) fn network(&self) -> &Network {
        self.network.get_or_init(|| {
            let vpc = self.new_vpc();
            let params = vec![("RegionId", REGION.to_owned()), ("VpcId", vpc.clone())];
            let group = self.call("Ecs", "CreateSecurityGroup", params);
            let vswitch = self.new_vswitch(&vpc);
            Network { vpc, vswitch, security_group: text(&group["SecurityGroupId"]) }
        })
    }

    /// The route table of the network.
    pub(crate) fn route_table(&self) -> String {
        let params = vec![("RegionId", REGION.to_owned()), ("VpcId", self.network().vpc.clone())];
        let tables = self.call("Vpc", "DescribeRouteTableList", params);
        text(&tables["RouterTableList"]["RouterTableListType"][0]["RouteTableId"])
    }

    /// What `CreateRouteEntry` needs for a route to a new instance, to where no route leads yet.
    pub(crate) fn new_route(&self) -> Params {
        let number: u64 = fresh("").parse().unwrap();
        vec![
            ("RegionId", REGION.to_owned()),
            ("RouteTableId", self.route_table()),
            ("DestinationCidrBlock", format!("172.16.{}.{}", number / 256, number % 256)),
            ("NextHopId", self.instance()),
        ]
    }

    pub(crate) fn new_vpc(&self) -> String {
        let made = self.call("Vpc", "CreateVpc", self.params("Vpc", "CreateVpc"));
        self.server.clock().advance(seconds(2));
        text(&made["VpcId"])
    }

    pub(super) fn new_vswitch(&self, vpc: &str) -> String {
        let params = vec![
            ("VpcId", vpc.to_owned()),
            ("ZoneId", ZONE.to_owned()),
            ("CidrBlock", "10.0.1.0/24".to_owned()),
        ];
        let made = self.call("Vpc", "CreateVSwitch", params);
        self.server.clock().advance(seconds(2));
        text(&made["VSwitchId"])
    }
}
