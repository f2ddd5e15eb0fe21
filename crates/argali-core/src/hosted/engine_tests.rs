//! The engine with the built-in services, over rows in a map.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

use argali_store::StoreError;
use serde_json::{Value, json};

use super::span::read_members;
use super::*;

const HOUR_MS: i64 = 3_600_000;
const IMAGE: &str = "ubuntu_22_04_x64_20G_alibase_20240710.vhd";

/// An account with rows in a map, a clock that tests move, and numbers instead of randomness.
struct World {
    catalog: Catalog,
    rows: BTreeMap<(Shelf, Vec<String>), Vec<u8>>,
    now_ms: i64,
    numbers: Cell<u64>,
    groups: BTreeSet<String>,
}

/// The rows of a world, as the engine sees them during one call.
struct Account<'w> {
    world: &'w World,
    rows: BTreeMap<(Shelf, Vec<String>), Vec<u8>>,
}

impl Host for Account<'_> {
    fn account(&self) -> &str {
        "11223344"
    }

    fn now_ms(&self) -> i64 {
        self.world.now_ms
    }

    fn random(&self, alphabet: &[u8], length: usize) -> String {
        let number = self.world.numbers.get() + 1;
        self.world.numbers.set(number);
        let digits = format!("{number:0length$}");
        digits.bytes().map(|digit| char::from(alphabet[usize::from(digit - b'0')])).collect()
    }

    fn seal(&self, list: &str, place: &[u8]) -> String {
        format!("{list}|{}", String::from_utf8_lossy(place))
    }

    fn open(&self, list: &str, token: &str) -> Option<Vec<u8>> {
        Some(token.strip_prefix(list)?.strip_prefix('|')?.as_bytes().to_vec())
    }

    fn default_group(&self) -> Result<String, StoreError> {
        Ok("rg-default".to_owned())
    }

    fn has_group(&self, group: &str) -> Result<bool, StoreError> {
        Ok(group == "rg-default" || self.world.groups.contains(group))
    }

    fn get(&self, shelf: Shelf, path: &[&str]) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.rows.get(&(shelf, owned(path))).cloned())
    }

    fn scan(
        &self,
        shelf: Shelf,
        prefix: &[&str],
        after: Option<&[&str]>,
        limit: usize,
    ) -> Result<Vec<Row>, StoreError> {
        let prefix = owned(prefix);
        let after = after.map(|after| [prefix.clone(), owned(after)].concat());
        let rows = self
            .rows
            .range((shelf, prefix.clone())..)
            .take_while(|((s, path), _)| *s == shelf && path.starts_with(&prefix));
        let rows = rows.filter(|((_, path), _)| after.as_ref().is_none_or(|after| path > after));
        Ok(rows
            .take(limit)
            .map(|((_, path), value)| Row { rest: path[prefix.len()..].to_vec(), value: value.clone() })
            .collect())
    }

    fn count(&self, span: &Span) -> Result<usize, StoreError> {
        Ok(read_members(self, span, None)?.len())
    }

    fn members(
        &self,
        span: &Span,
        after: Option<&Member>,
        skip: usize,
        limit: usize,
    ) -> Result<Vec<Member>, StoreError> {
        Ok(read_members(self, span, after)?.into_iter().skip(skip).take(limit).collect())
    }
}

impl HostMut for Account<'_> {
    fn put(&mut self, shelf: Shelf, path: &[&str], value: &[u8]) {
        self.rows.insert((shelf, owned(path)), value.to_vec());
    }

    fn delete(&mut self, shelf: Shelf, path: &[&str]) {
        self.rows.remove(&(shelf, owned(path)));
    }

    fn enter(&mut self, path: [&str; 5]) -> Result<(), StoreError> {
        self.put(Shelf::Value, &path, b"");
        Ok(())
    }

    fn leave(&mut self, path: [&str; 5]) -> Result<(), StoreError> {
        self.delete(Shelf::Value, &path);
        Ok(())
    }
}

fn owned(path: &[&str]) -> Vec<String> {
    path.iter().map(|part| (*part).to_owned()).collect()
}

impl World {
    fn new() -> Self {
        let catalog = Catalog::load(&[]).unwrap();
        let groups = BTreeSet::from(["rg-team".to_owned()]);
        Self { catalog, rows: BTreeMap::new(), now_ms: 1_700_000_000_000, numbers: Cell::new(0), groups }
    }

    fn read<'w>(
        &'w self,
        product: &str,
        name: &str,
        parameters: &[(&str, &str)],
    ) -> Result<Call<'w>, Failure> {
        let mut operations = self.catalog.operations();
        let (service, operation) =
            operations.find(|(s, o)| s.product == product && o.name == name).expect(name);
        Call::read(&self.catalog, service, operation, parameters.iter().copied())
    }

    fn try_call(&mut self, product: &str, name: &str, parameters: &[(&str, &str)]) -> Result<Value, Failure> {
        let call = self.read(product, name, parameters)?;
        let mut account = Account { world: self, rows: self.rows.clone() };
        assert!(!call.checks(&account)?.is_empty());
        let answer = call.run(&mut account)?;
        let changed = account.rows;
        assert!(call.is_change() || changed == self.rows, "{name} changed something");
        self.rows = changed;
        Ok(answer)
    }

    fn call(&mut self, product: &str, name: &str, parameters: &[(&str, &str)]) -> Value {
        self.try_call(product, name, parameters).unwrap_or_else(|failure| panic!("{name}: {failure}"))
    }

    fn code(&mut self, product: &str, name: &str, parameters: &[(&str, &str)]) -> String {
        let before = self.rows.clone();
        let failure = self.try_call(product, name, parameters).expect_err(name);
        assert_eq!(self.rows, before, "a failed {name} changed something");
        failure.code().unwrap().to_owned()
    }

    fn permissions(&self, product: &str, name: &str, parameters: &[(&str, &str)]) -> Vec<Permission> {
        let call = self.read(product, name, parameters).unwrap();
        call.checks(&Account { world: self, rows: self.rows.clone() }).unwrap()
    }

    /// A VPC, a vSwitch and a security group.
    fn network(&mut self) -> Network {
        let vpc =
            self.call("Vpc", "CreateVpc", &[("RegionId", "cn-hangzhou"), ("CidrBlock", "192.168.0.0/16")]);
        let vpc = text(&vpc["VpcId"]);
        let vswitch = self.call(
            "Vpc",
            "CreateVSwitch",
            &[("VpcId", &vpc), ("ZoneId", "cn-hangzhou-b"), ("CidrBlock", "192.168.1.0/24")],
        );
        let group = self.call("Ecs", "CreateSecurityGroup", &[("RegionId", "cn-hangzhou"), ("VpcId", &vpc)]);
        Network { vpc, vswitch: text(&vswitch["VSwitchId"]), group: text(&group["SecurityGroupId"]) }
    }

    fn run(&mut self, network: &Network, more: &[(&str, &str)]) -> Vec<String> {
        let answer = self.call("Ecs", "RunInstances", &network.instance(more));
        answer["InstanceIdSets"]["InstanceIdSet"].as_array().unwrap().iter().map(text).collect()
    }

    /// The members of the instances that a description finds.
    fn instances(&mut self, member: &str, more: &[(&str, &str)]) -> Vec<String> {
        let parameters = [&[("RegionId", "cn-hangzhou")], more].concat();
        let answer = self.call("Ecs", "DescribeInstances", &parameters);
        answer["Instances"]["Instance"].as_array().unwrap().iter().map(|item| text(&item[member])).collect()
    }
}

struct Network {
    vpc: String,
    vswitch: String,
    group: String,
}

impl Network {
    fn instance<'a>(&'a self, more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
        let usual = [
            ("RegionId", "cn-hangzhou"),
            ("ImageId", IMAGE),
            ("InstanceType", "ecs.g6.large"),
            ("VSwitchId", self.vswitch.as_str()),
            ("SecurityGroupId", self.group.as_str()),
        ];
        let kept = usual.into_iter().filter(|(name, _)| !more.iter().any(|(other, _)| other == name));
        kept.chain(more.iter().copied()).filter(|(_, value)| *value != "-").collect()
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text")).to_owned()
}

#[test]
fn bad_requests_to_run_instances_are_refused_with_their_code() {
    let mut world = World::new();
    let network = world.network();
    let other = world.network();
    for (more, code) in [
        (&[("RegionId", "-")] as &[(&str, &str)], "MissingParameter"),
        (&[("RegionId", "mars-1")], "InvalidRegionId.NotFound"),
        (&[("RegionId", "cn-beijing")], "InvalidSecurityGroupId.NotFound"),
        (&[("ImageId", "-")], "MissingParameter"),
        (&[("ImageId", "")], "MissingParameter"),
        (&[("ImageId", "dos")], "InvalidImageId.NotFound"),
        (&[("InstanceType", "ecs.huge")], "InvalidInstanceType.ValueNotSupported"),
        (&[("VSwitchId", "vsw-1")], "InvalidVSwitchId.NotFound"),
        (&[("VSwitchId", "vsw\u{0}1")], "InvalidVSwitchId.NotFound"),
        (&[("SecurityGroupId", "-")], "MissingParameter"),
        (&[("SecurityGroupId", "sg-1")], "InvalidSecurityGroupId.NotFound"),
        (&[("SecurityGroupId", &other.group)], "InvalidParameter.Conflict"),
        (&[("ZoneId", "cn-hangzhou-g")], "InvalidParameter.Mismatch"),
        (&[("Amount", "0")], "InvalidMaxAmount.Malformed"),
        (&[("Amount", "many")], "InvalidMaxAmount.Malformed"),
        (&[("InstanceName", "x")], "InvalidInstanceName.Malformed"),
        (&[("InternetMaxBandwidthOut", "101")], "InvalidInternetMaxBandwidthOut.Malformed"),
        (&[("InstanceChargeType", "Free")], "InvalidParameter"),
        (&[("ResourceGroupId", "rg-none")], "InvalidResourceGroup.NotFound"),
        (&[("PrivateIpAddress", "10.0.0.1")], "InvalidPrivateIpAddress.Malformed"),
        (&[("Tag.1.Key", "acs:x"), ("Tag.1.Value", "y")], "InvalidTagKey.Malformed"),
        (&[("Tag.1.Key", "x"), ("Tag.1.Value", "http://y")], "InvalidTagValue.Malformed"),
        (&[("Tag.1.Key", "x"), ("Tag.1.Value", "HTTPS://y")], "InvalidTagValue.Malformed"),
        (&[("DryRun", "true")], "DryRunOperation"),
    ] {
        assert_eq!(world.code("Ecs", "RunInstances", &network.instance(more)), code, "{more:?}");
    }
}

#[test]
fn an_instance_lives_from_pending_to_gone() {
    let mut world = World::new();
    let network = world.network();
    let ids = world.run(&network, &[("InstanceName", "web")]);
    let id = ids[0].as_str();
    assert_eq!(world.instances("Status", &[]), ["Pending"]);
    assert_eq!(world.code("Ecs", "StopInstance", &[("InstanceId", id)]), "IncorrectInstanceStatus");
    world.now_ms += 2_000;
    assert_eq!(world.instances("Status", &[("Status", "Running")]), ["Running"]);
    assert_eq!(world.code("Ecs", "StartInstance", &[("InstanceId", id)]), "IncorrectInstanceStatus");
    assert_eq!(world.code("Ecs", "DeleteInstance", &[("InstanceId", id)]), "IncorrectInstanceStatus");
    world.call("Ecs", "StopInstance", &[("InstanceId", id)]);
    assert_eq!(world.instances("Status", &[]), ["Stopping"]);
    world.now_ms += HOUR_MS;
    world.call("Ecs", "StartInstance", &[("InstanceId", id)]);
    world.now_ms += 1_000;
    world.call("Ecs", "RebootInstance", &[("InstanceId", id)]);
    assert_eq!(world.instances("Status", &[]), ["Starting"]);
    world.call("Ecs", "ModifyInstanceAttribute", &[("InstanceId", id), ("DeletionProtection", "true")]);
    let force = [("InstanceId", id), ("Force", "true")];
    assert_eq!(world.code("Ecs", "DeleteInstance", &force), "InvalidOperation.DeletionProtection");
    world.call("Ecs", "ModifyInstanceAttribute", &[("InstanceId", id), ("DeletionProtection", "False")]);
    world.call("Ecs", "DeleteInstance", &force);
    assert_eq!(world.instances("Status", &[]), [""; 0]);
    assert_eq!(world.code("Ecs", "StartInstance", &[("InstanceId", id)]), "InvalidInstanceId.NotFound");
    let disks = world.call("Ecs", "DescribeDisks", &[("RegionId", "cn-hangzhou")]);
    assert_eq!(disks["TotalCount"], 0, "its disks are gone with it");
}

#[test]
fn an_instance_is_shown_as_clients_read_it() {
    let mut world = World::new();
    let network = world.network();
    let data = [
        ("SystemDisk.Size", "60"),
        ("DataDisk.1.Size", "100"),
        ("DataDisk.1.Category", "cloud_essd"),
        ("Tag.1.Key", "env"),
        ("Tag.1.Value", "test"),
    ];
    let id = world.run(&network, &data)[0].clone();
    world.now_ms += 2_000;
    let answer = world.call("Ecs", "DescribeInstances", &[("RegionId", "cn-hangzhou")]);
    let instance = &answer["Instances"]["Instance"][0];
    let expected = json!({
        "InstanceId": id, "InstanceName": id, "Status": "Running", "RegionId": "cn-hangzhou", "ZoneId": "cn-hangzhou-b",
        "Cpu": 2, "Memory": 8192, "InstanceTypeFamily": "ecs.g6", "OSType": "linux", "CreationTime": "2023-11-14T22:13Z",
        "StartTime": "2023-11-14T22:13Z", "ResourceGroupId": "rg-default", "DeletionProtection": false,
        "VpcAttributes": {
            "VpcId": network.vpc, "VSwitchId": network.vswitch, "NatIpAddress": "",
            "PrivateIpAddress": { "IpAddress": ["192.168.1.1"] },
        },
        "SecurityGroupIds": { "SecurityGroupId": [network.group] },
        "Tags": { "Tag": [{ "TagKey": "env", "TagValue": "test" }] },
    });
    for (member, value) in expected.as_object().unwrap() {
        assert_eq!(instance[member], *value, "{member}");
    }
    assert_eq!(
        (&answer["TotalCount"], &answer["PageNumber"], &answer["PageSize"]),
        (&json!(1), &json!(1), &json!(10))
    );
    let disks = world.call("Ecs", "DescribeDisks", &[("RegionId", "cn-hangzhou"), ("InstanceId", &id)]);
    let disks: Vec<_> = disks["Disks"]["Disk"]
        .as_array()
        .unwrap()
        .iter()
        .map(|disk| {
            (text(&disk["Type"]), disk["Size"].clone(), text(&disk["Category"]), text(&disk["Status"]))
        })
        .collect();
    let disk = |kind: &str, size: i64, category: &str| {
        (kind.to_owned(), json!(size), category.to_owned(), "In_use".to_owned())
    };
    assert_eq!(disks, [disk("system", 60, "cloud_efficiency"), disk("data", 100, "cloud_essd")]);
    let tags =
        world.call("Ecs", "ListTagResources", &[("RegionId", "cn-hangzhou"), ("ResourceType", "disk")]);
    assert_eq!(tags["TagResources"]["TagResource"].as_array().unwrap().len(), 2, "disks carry the tags, too");
}

#[test]
fn instances_are_found_by_what_people_filter_by() {
    let mut world = World::new();
    let network = world.network();
    let web = world
        .run(
            &network,
            &[
                ("InstanceName", "web-1"),
                ("Tag.1.Key", "env"),
                ("Tag.1.Value", "test"),
                ("ResourceGroupId", "rg-team"),
            ],
        )
        .remove(0);
    world.now_ms += 1;
    let db = world
        .run(
            &network,
            &[
                ("InstanceName", "db-1"),
                ("InstanceType", "ecs.r6.large"),
                ("Tag.1.Key", "env"),
                ("Tag.1.Value", "prod"),
            ],
        )
        .remove(0);
    let both = format!("[\"{db}\",\"{web}\",\"i-none\"]");
    let quoted = format!("['{web}']");
    for (filter, expected) in [
        (&[] as &[(&str, &str)], vec!["web-1", "db-1"]),
        (&[("InstanceIds", both.as_str())], vec!["web-1", "db-1"]),
        (&[("InstanceIds", quoted.as_str())], vec!["web-1"]),
        (&[("InstanceIds", "[]")], vec!["web-1", "db-1"]),
        (&[("InstanceIds", "[\"i-none\"]")], vec![]),
        (&[("InstanceName", "web*")], vec!["web-1"]),
        (&[("InstanceName", "web")], vec![]),
        (&[("InstanceName", "")], vec!["web-1", "db-1"]),
        (&[("InstanceType", "ecs.r6.large")], vec!["db-1"]),
        (&[("VpcId", network.vpc.as_str())], vec!["web-1", "db-1"]),
        (&[("VpcId", "vpc-none")], vec![]),
        (&[("VSwitchId", network.vswitch.as_str()), ("InstanceName", "db*")], vec!["db-1"]),
        (&[("SecurityGroupId", network.group.as_str())], vec!["web-1", "db-1"]),
        (&[("ZoneId", "cn-hangzhou-g")], vec![]),
        (&[("Tag.1.Key", "env")], vec!["web-1", "db-1"]),
        (&[("Tag.1.Key", "env"), ("Tag.1.Value", "prod")], vec!["db-1"]),
        (&[("Tag.1.Key", "env"), ("Tag.1.Value", "prod"), ("Tag.2.Key", "x")], vec![]),
        (&[("ResourceGroupId", "rg-team")], vec!["web-1"]),
        (&[("PrivateIpAddresses", "[\"192.168.1.2\"]")], vec!["db-1"]),
        (&[("Status", "Stopped")], vec![]),
    ] {
        assert_eq!(world.instances("InstanceName", filter), expected, "{filter:?}");
    }
    let elsewhere = world.call("Ecs", "DescribeInstances", &[("RegionId", "cn-beijing")]);
    assert_eq!(elsewhere["TotalCount"], 0);
    for (parameter, value, code) in [
        ("InstanceIds", "i-1", "InvalidInstanceIds.Malformed"),
        ("InstanceIds", "[1]", "InvalidInstanceIds.Malformed"),
        ("Status", "Asleep", "InvalidStatus.NotFound"),
        ("PageSize", "101", "InvalidParameter"),
        ("PageNumber", "0", "InvalidParameter"),
        ("NextToken", "x", "InvalidParameter"),
    ] {
        assert_eq!(
            world.code("Ecs", "DescribeInstances", &[("RegionId", "cn-hangzhou"), (parameter, value)]),
            code,
            "{value}"
        );
    }
}

#[test]
fn pages_by_number_and_by_token_hold_everything_once() {
    let mut world = World::new();
    let network = world.network();
    let mut ids = world.run(&network, &[("Amount", "25")]);
    ids.sort_unstable();
    let mut paged = Vec::new();
    for (number, held) in [("1", 10), ("2", 10), ("3", 5), ("4", 0)] {
        let page = [("RegionId", "cn-hangzhou"), ("PageNumber", number), ("PageSize", "10")];
        let answer = world.call("Ecs", "DescribeInstances", &page);
        assert_eq!(answer["TotalCount"], 25);
        let items = answer["Instances"]["Instance"].as_array().unwrap();
        assert_eq!(items.len(), held);
        paged.extend(items.iter().map(|item| text(&item["InstanceId"])));
    }
    assert_eq!(paged, ids);
    for narrowing in [("VpcId", network.vpc.as_str()), ("InstanceType", "ecs.g6.large")] {
        let mut by_token = Vec::new();
        let mut token = String::new();
        loop {
            let page =
                [("RegionId", "cn-hangzhou"), ("MaxResults", "10"), ("NextToken", token.as_str()), narrowing];
            let answer = world.call("Ecs", "DescribeInstances", &page);
            by_token.extend(
                answer["Instances"]["Instance"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|item| text(&item["InstanceId"])),
            );
            token = text(&answer["NextToken"]);
            if token.is_empty() {
                break;
            }
        }
        assert_eq!(by_token, ids);
    }
}

#[test]
fn batches_succeed_together_or_one_by_one_as_asked() {
    let mut world = World::new();
    let network = world.network();
    let ids = world.run(&network, &[("Amount", "2")]);
    world.now_ms += 2_000;
    world.call("Ecs", "StopInstance", &[("InstanceId", &ids[0])]);
    world.now_ms += 1_000;
    let both =
        [("RegionId", "cn-hangzhou"), ("InstanceId.1", ids[0].as_str()), ("InstanceId.2", ids[1].as_str())];
    assert_eq!(world.code("Ecs", "StopInstances", &both), "IncorrectInstanceStatus");
    let single = [&both[..], &[("BatchOptimization", "SuccessFirst")]].concat();
    let answer = world.call("Ecs", "StopInstances", &single);
    let results = &answer["InstanceResponses"]["InstanceResponse"];
    assert_eq!(
        (text(&results[0]["Code"]), text(&results[0]["CurrentStatus"])),
        ("IncorrectInstanceStatus".into(), "Stopped".into())
    );
    assert_eq!(
        results[1],
        json!({ "InstanceId": ids[1], "Code": "200", "Message": "success", "PreviousStatus": "Running", "CurrentStatus": "Stopping" })
    );
    world.now_ms += 1_000;
    world.call("Ecs", "DeleteInstances", &both);
    assert_eq!(world.instances("InstanceId", &[]), [""; 0]);
    assert_eq!(world.code("Ecs", "StopInstances", &[("RegionId", "cn-hangzhou")]), "MissingParameter");
}

#[test]
fn what_is_still_used_is_not_deleted() {
    let mut world = World::new();
    let network = world.network();
    let id = world.run(&network, &[]).remove(0);
    let region = ("RegionId", "cn-hangzhou");
    assert_eq!(world.code("Vpc", "DeleteVSwitch", &[("VSwitchId", &network.vswitch)]), "DependencyViolation");
    assert_eq!(
        world.code("Ecs", "DeleteSecurityGroup", &[region, ("SecurityGroupId", &network.group)]),
        "DependencyViolation"
    );
    world.call("Ecs", "DeleteInstance", &[("InstanceId", &id), ("Force", "true")]);
    assert_eq!(
        world.code("Vpc", "DeleteVpc", &[("VpcId", &network.vpc)]),
        "DependencyViolation.SecurityGroup"
    );
    world.call("Ecs", "DeleteSecurityGroup", &[region, ("SecurityGroupId", &network.group)]);
    assert_eq!(world.code("Vpc", "DeleteVpc", &[("VpcId", &network.vpc)]), "DependencyViolation.VSwitch");
    world.call("Vpc", "DeleteVSwitch", &[("VSwitchId", &network.vswitch)]);
    world.call("Vpc", "DeleteVpc", &[("VpcId", &network.vpc)]);
    assert!(world.rows.is_empty(), "nothing is left behind: {:?}", world.rows.keys());
}

#[test]
fn networks_keep_their_blocks_apart() {
    let mut world = World::new();
    let network = world.network();
    for (block, zone, code) in [
        ("192.168.1.128/25", "cn-hangzhou-b", "InvalidCidrBlock.Overlapped"),
        ("10.0.0.0/24", "cn-hangzhou-b", "InvalidCidrBlock.Malformed"),
        ("192.168.0.0/16", "cn-hangzhou-b", "InvalidCidrBlock.Malformed"),
        ("192.168.2.0/30", "cn-hangzhou-b", "InvalidCidrBlock"),
        ("192.168.2.1/24", "cn-hangzhou-b", "InvalidCidrBlock"),
        ("192.168.2.0/24", "cn-beijing-f", "InvalidZoneId.NotFound"),
        ("192.168.2.0/24", "moon-a", "InvalidZoneId.NotFound"),
    ] {
        let parameters = [("VpcId", network.vpc.as_str()), ("ZoneId", zone), ("CidrBlock", block)];
        assert_eq!(world.code("Vpc", "CreateVSwitch", &parameters), code, "{block} {zone}");
    }
    let attribute = [("RegionId", "cn-hangzhou"), ("VpcId", network.vpc.as_str())];
    let vpc = world.call("Vpc", "DescribeVpcAttribute", &attribute);
    assert_eq!(vpc["VSwitchIds"]["VSwitchId"], json!([network.vswitch]));
    assert_eq!((&vpc["OwnerId"], text(&vpc["Status"])), (&json!(11_223_344), "Pending".to_owned()));
    world.call("Vpc", "ModifyVpcAttribute", &[("VpcId", &network.vpc), ("VpcName", "prod")]);
    let vpcs = world.call("Vpc", "DescribeVpcs", &[("RegionId", "cn-hangzhou"), ("VpcName", "prod")]);
    assert_eq!(vpcs["TotalCount"], 1);
}

#[test]
fn addresses_are_given_out_once_and_run_out() {
    let mut world = World::new();
    let network = world.network();
    let small =
        [("VpcId", network.vpc.as_str()), ("ZoneId", "cn-hangzhou-b"), ("CidrBlock", "192.168.2.0/29")];
    let small = text(&world.call("Vpc", "CreateVSwitch", &small)["VSwitchId"]);
    world.run(&network, &[("VSwitchId", &small), ("PrivateIpAddress", "192.168.2.2")]);
    let taken = network.instance(&[("VSwitchId", &small), ("PrivateIpAddress", "192.168.2.2")]);
    assert_eq!(world.code("Ecs", "RunInstances", &taken), "InvalidPrivateIpAddress.Malformed");
    world.run(&network, &[("VSwitchId", &small), ("Amount", "3")]);
    let addresses =
        world.call("Ecs", "DescribeInstances", &[("RegionId", "cn-hangzhou"), ("VSwitchId", &small)]);
    let mut addresses: Vec<_> = addresses["Instances"]["Instance"]
        .as_array()
        .unwrap()
        .iter()
        .map(|i| text(&i["VpcAttributes"]["PrivateIpAddress"]["IpAddress"][0]))
        .collect();
    addresses.sort_unstable();
    assert_eq!(addresses, ["192.168.2.1", "192.168.2.2", "192.168.2.3", "192.168.2.4"]);
    assert_eq!(
        world.code("Ecs", "RunInstances", &network.instance(&[("VSwitchId", &small)])),
        "QuotaExceeded.PrivateIpAddress"
    );
}

#[test]
fn every_resource_of_a_request_needs_permission() {
    let mut world = World::new();
    let network = world.network();
    let request =
        network.instance(&[("Tag.1.Key", "env"), ("Tag.1.Value", "test"), ("ResourceGroupId", "rg-team")]);
    let arns = |permissions: &[Permission]| permissions.iter().map(|p| p.arn.clone()).collect::<Vec<_>>();
    let asked = world.permissions("Ecs", "RunInstances", &request);
    let image = format!("acs:ecs:cn-hangzhou:11223344:image/{IMAGE}");
    assert_eq!(
        arns(&asked),
        [
            "acs:ecs:cn-hangzhou:11223344:instance/*".to_owned(),
            image,
            format!("acs:ecs:cn-hangzhou:11223344:securitygroup/{}", network.group),
            format!("acs:vpc:cn-hangzhou:11223344:vswitch/{}", network.vswitch),
        ]
    );
    assert!(asked.iter().all(|p| p.action == "ecs:RunInstances" && p.gate.is_none()));
    assert_eq!(asked[0].group.as_deref(), Some("rg-team"));
    assert_eq!(asked[0].conditions, [("acs:RequestTag/env".to_owned(), "test".to_owned())]);
    let id = world
        .run(&network, &[("Tag.1.Key", "env"), ("Tag.1.Value", "test"), ("ResourceGroupId", "rg-team")])
        .remove(0);

    let stop = &world.permissions("Ecs", "StopInstance", &[("InstanceId", &id)])[0];
    assert_eq!(stop.arn, format!("acs:ecs:cn-hangzhou:11223344:instance/{id}"));
    assert_eq!(stop.group.as_deref(), Some("rg-team"));
    let tags = ["acs:ResourceTag/env", "ecs:tag/env"].map(|key| (key.to_owned(), "test".to_owned()));
    assert_eq!(stop.conditions, tags);

    let absent = &world.permissions("Ecs", "StopInstance", &[("InstanceId", "i-none")])[0];
    assert_eq!((absent.arn.as_str(), &absent.group), ("acs:ecs:cn-hangzhou:11223344:instance/i-none", &None));

    let list = &world.permissions(
        "Ecs",
        "DescribeInstances",
        &[("RegionId", "cn-hangzhou"), ("ResourceGroupId", "rg-team")],
    )[0];
    assert_eq!(
        (list.arn.as_str(), list.group.as_deref()),
        ("acs:ecs:cn-hangzhou:11223344:instance/*", Some("rg-team"))
    );
    let ids = format!("[\"{id}\"]");
    let named =
        &world.permissions("Ecs", "DescribeInstances", &[("RegionId", "cn-hangzhou"), ("InstanceIds", &ids)])
            [0];
    assert_eq!((&named.arn, named.conditions.len()), (&stop.arn, 0), "lists carry no resource tags");

    let join = [("ResourceType", "instance"), ("ResourceId", id.as_str()), ("ResourceGroupId", "rg-default")];
    let groups: Vec<_> =
        world.permissions("Ecs", "JoinResourceGroup", &join).into_iter().filter_map(|p| p.group).collect();
    assert_eq!(groups, ["rg-default", "rg-team"], "both the old group and the new");
    world.call("Ecs", "JoinResourceGroup", &join);
    assert_eq!(world.instances("ResourceGroupId", &[]), ["rg-default"]);
    assert_eq!(world.permissions("Ecs", "DescribeRegions", &[])[0].arn, "acs:ecs:*:11223344:*");
}

#[test]
fn services_that_policies_cannot_divide_are_judged_as_a_whole_and_gates_are_named() {
    let text = "service = \"sofa\"\ntitle = \"x\"\nproduct = \"SOFA\"\nversion = \"2019-08-15\"\nram_code = \"sofa\"\n\
        authorization = \"service\"\nother_accounts = \"closed\"\n\
        [resource.app]\narn = \"acs:sofa:{region}:{account}:app/{id}\"\nid = { parameter = \"AppId\" }\nview = { AppId = \"{id}\" }\n\
        [operation.CreateApp]\ncreates = \"app\"\nanswer = { AppId = \"{self.id}\" }\n";
    let catalog = Catalog::read([("sofa.toml", text)]).unwrap();
    let mut world = World { catalog, ..World::new() };
    let asked = world.permissions("SOFA", "CreateApp", &[]).remove(0);
    assert_eq!((asked.arn.as_str(), asked.gate.as_deref()), ("*", Some("sofa")));
    assert!(world.call("SOFA", "CreateApp", &[])["AppId"].is_string());
}

#[test]
fn tags_are_set_listed_and_removed() {
    let mut world = World::new();
    let network = world.network();
    let id = world.run(&network, &[]).remove(0);
    let region = ("RegionId", "cn-hangzhou");
    let this = [region, ("ResourceType", "instance"), ("ResourceId.1", id.as_str())];
    let tag = |more: &[(&'static str, &'static str)]| [&this[..], more].concat();
    let list = |world: &mut World, more: &[(&str, &str)]| -> Vec<(String, String)> {
        let parameters = [&[region, ("ResourceType", "instance")], more].concat();
        let answer = world.call("Ecs", "ListTagResources", &parameters);
        answer["TagResources"]["TagResource"]
            .as_array()
            .unwrap()
            .iter()
            .map(|t| (text(&t["TagKey"]), text(&t["TagValue"])))
            .collect()
    };
    let pair = |key: &str, value: &str| (key.to_owned(), value.to_owned());
    world.call(
        "Ecs",
        "TagResources",
        &tag(&[("Tag.1.Key", "env"), ("Tag.1.Value", "test"), ("Tag.2.Key", "team")]),
    );
    world.call("Ecs", "TagResources", &tag(&[("Tag.1.Key", "env"), ("Tag.1.Value", "prod")]));
    for more in [&[] as &[(&str, &str)], &[("ResourceId.1", id.as_str())]] {
        assert_eq!(list(&mut world, more), [pair("env", "prod"), pair("team", "")]);
    }
    assert_eq!(list(&mut world, &[("Tag.1.Key", "env"), ("Tag.1.Value", "test")]), []);
    let page =
        world.call("Ecs", "ListTagResources", &[region, ("ResourceType", "instance"), ("MaxResults", "1")]);
    let token = text(&page["NextToken"]);
    assert_eq!(list(&mut world, &[("NextToken", &token)]), [pair("team", "")]);
    world.call("Ecs", "UntagResources", &tag(&[("TagKey.1", "env")]));
    assert_eq!(list(&mut world, &[]), [pair("team", "")]);
    world.call("Ecs", "UntagResources", &tag(&[("All", "true")]));
    assert_eq!(list(&mut world, &[]), []);

    let many: Vec<(String, String)> = (1..=21).map(|n| (format!("Tag.{n}.Key"), format!("k{n}"))).collect();
    let many: Vec<(&str, &str)> =
        this.into_iter().chain(many.iter().map(|(n, k)| (n.as_str(), k.as_str()))).collect();
    for (parameters, code) in [
        (many.as_slice(), "QuotaExceed.Tags"),
        (&this[..], "MissingParameter"),
        (
            &[region, ("ResourceType", "moon"), ("ResourceId.1", "x"), ("Tag.1.Key", "a")],
            "InvalidResourceType.NotFound",
        ),
        (
            &[region, ("ResourceType", "disk"), ("ResourceId.1", "d-1"), ("Tag.1.Key", "a")],
            "InvalidDiskId.NotFound",
        ),
    ] {
        assert_eq!(world.code("Ecs", "TagResources", parameters), code);
    }
    let vpc = [region, ("ResourceType", "vpc"), ("ResourceId.1", network.vpc.as_str()), ("Tag.1.Key", "a")];
    world.call("Vpc", "TagResources", &vpc);
    world.call(
        "Vpc",
        "MoveResourceGroup",
        &[region, ("ResourceType", "Vpc"), ("ResourceId", &network.vpc), ("NewResourceGroupId", "rg-team")],
    );
    let vpcs =
        world.call("Vpc", "DescribeVpcs", &[region, ("ResourceGroupId", "rg-team"), ("Tag.1.Key", "a")]);
    assert_eq!(vpcs["Vpcs"]["Vpc"][0]["Tags"]["Tag"], json!([{ "Key": "a", "Value": "" }]));
}

#[test]
fn fixed_tables_are_listed_and_filtered() {
    let mut world = World::new();
    let regions = world.call("Ecs", "DescribeRegions", &[]);
    let hangzhou = json!({ "RegionId": "cn-hangzhou", "LocalName": "China (Hangzhou)", "RegionEndpoint": "ecs.cn-hangzhou.aliyuncs.com", "Status": "available" });
    assert!(regions["Regions"]["Region"].as_array().unwrap().contains(&hangzhou));
    let zones = world.call("Vpc", "DescribeZones", &[("RegionId", "us-west-1")]);
    let zones: Vec<_> =
        zones["Zones"]["Zone"].as_array().unwrap().iter().map(|zone| text(&zone["ZoneId"])).collect();
    assert_eq!(zones, ["us-west-1a", "us-west-1b"]);
    let big = [("MinimumCpuCoreCount", "8"), ("InstanceTypeFamily", "ecs.g6")];
    let types = world.call("Ecs", "DescribeInstanceTypes", &big);
    assert_eq!(types["InstanceTypes"]["InstanceType"].as_array().unwrap().len(), 1);
    let page = world.call("Ecs", "DescribeInstanceTypes", &[("MaxResults", "2")]);
    let next = world.call(
        "Ecs",
        "DescribeInstanceTypes",
        &[("MaxResults", "2"), ("NextToken", &text(&page["NextToken"]))],
    );
    assert_ne!(page["InstanceTypes"]["InstanceType"][1], next["InstanceTypes"]["InstanceType"][0]);
    for (filter, count) in [
        (("OSType", "windows"), 1),
        (("ImageId", IMAGE), 1),
        (("ImageOwnerAlias", "self"), 0),
        (("ImageOwnerAlias", "system"), 8),
    ] {
        let images = world.call("Ecs", "DescribeImages", &[("RegionId", "cn-hangzhou"), filter]);
        assert_eq!(images["TotalCount"], count, "{filter:?}");
    }
    let asked =
        world.permissions("Ecs", "DescribeImages", &[("RegionId", "cn-hangzhou"), ("ImageId", IMAGE)]);
    assert_eq!(asked[0].arn, format!("acs:ecs:cn-hangzhou:11223344:image/{IMAGE}"));
}

#[test]
fn security_groups_of_an_instance_can_be_changed_within_its_network() {
    let mut world = World::new();
    let network = world.network();
    let other = world.network();
    let id = world.run(&network, &[]).remove(0);
    let more =
        world.call("Ecs", "CreateSecurityGroup", &[("RegionId", "cn-hangzhou"), ("VpcId", &network.vpc)]);
    let more = text(&more["SecurityGroupId"]);
    let change = |group: &str| {
        vec![("InstanceId".to_owned(), id.clone()), ("SecurityGroupIds.1".to_owned(), group.to_owned())]
    };
    for (group, code) in
        [(other.group.as_str(), "InvalidParameter.Conflict"), ("sg-none", "InvalidSecurityGroupId.NotFound")]
    {
        let parameters = change(group);
        let parameters: Vec<_> = parameters.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        assert_eq!(world.code("Ecs", "ModifyInstanceAttribute", &parameters), code);
    }
    let parameters = change(&more);
    let parameters: Vec<_> = parameters.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    world.call("Ecs", "ModifyInstanceAttribute", &parameters);
    world.call(
        "Ecs",
        "DeleteSecurityGroup",
        &[("RegionId", "cn-hangzhou"), ("SecurityGroupId", &network.group)],
    );
    assert_eq!(world.instances("InstanceId", &[("SecurityGroupId", &more)]), [id]);
}
