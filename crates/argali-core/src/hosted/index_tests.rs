//! The index by value agrees with the resources, whatever was done to them.

use argali_store::{Store, StoreError, Transaction};
use serde_json::Value;

use super::index;
use super::rows::RowsMut;
use super::span::read_members;
use super::*;
use crate::env::Env;
use crate::identifier::AccountId;
use crate::model::{AccountTable, Key, set_indexed_fields};
use crate::time::Timestamp;
use crate::vault::SecretKey;

const REGION: &str = "cn-hangzhou";
const IMAGE: &str = "ubuntu_22_04_x64_20G_alibase_20240710.vhd";
const ALL_ROWS: usize = usize::MAX - 1;

type Params<'a> = [(&'a str, &'a str)];

/// One account in a store of its own, with a clock and dice.
struct World {
    store: Store,
    catalog: Catalog,
    env: Env,
    marker_key: SecretKey,
    account: AccountId,
    now_ms: i64,
    dice: u32,
}

impl World {
    fn new(seed: u32) -> Self {
        let env = Env::system();
        let marker_key = SecretKey::generate(&env);
        Self {
            store: Store::memory(),
            catalog: Catalog::load(&[]).unwrap(),
            marker_key,
            env,
            account: "11223344".parse().unwrap(),
            now_ms: 1_700_000_000_000,
            dice: seed,
        }
    }

    fn roll(&mut self, sides: usize) -> usize {
        self.dice = self.dice.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (self.dice >> 8) as usize % sides
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.roll(from.len())]
    }

    fn try_call(&self, product: &str, name: &str, params: &Params<'_>) -> Result<Value, Failure> {
        let mut operations = self.catalog.operations();
        let (service, operation) =
            operations.find(|(s, o)| s.product == product && o.name == name).expect(name);
        let call = Call::read(&self.catalog, service, operation, params.iter().copied())?;
        let place = (self.account, Timestamp::from_millis(self.now_ms));
        let done =
            self.store.transact(|tx| call.run(&mut RowsMut::at(tx, (&self.env, &self.marker_key), place)))?;
        Ok(done.0)
    }

    fn call(&self, product: &str, name: &str, params: &Params<'_>) -> Value {
        self.try_call(product, name, params).unwrap_or_else(|failure| panic!("{name}: {failure}"))
    }

    /// A vSwitch and a security group to make instances in.
    fn network(&self) -> (String, String) {
        let vpc = self.call("Vpc", "CreateVpc", &[("RegionId", REGION), ("CidrBlock", "192.168.0.0/16")]);
        let vpc = text(&vpc["VpcId"]);
        let zone = [("VpcId", vpc.as_str()), ("ZoneId", "cn-hangzhou-b"), ("CidrBlock", "192.168.0.0/20")];
        let vswitch = self.call("Vpc", "CreateVSwitch", &zone);
        let group = self.call("Ecs", "CreateSecurityGroup", &[("RegionId", REGION), ("VpcId", &vpc)]);
        (text(&vswitch["VSwitchId"]), text(&group["SecurityGroupId"]))
    }

    /// Does something or other to instances, `ids` among them.
    fn change_something(&mut self, network: &(String, String), ids: &mut Vec<String>) {
        let name = self.pick(&["web-1", "web-2", "db-1", "worker", "W\u{e9}b-1"]);
        let (key, value) = (self.pick(&["env", "team"]), self.pick(&["prod", "test", "x"]));
        self.now_ms += [0, 0, 300, 700, 2_500][self.roll(5)];
        let at = self.roll(ids.len().max(1));
        let id = ids.get(at).cloned().unwrap_or_default();
        let one = [("RegionId", REGION), ("InstanceId", id.as_str())];
        let named = [("RegionId", REGION), ("ResourceType", "instance"), ("ResourceId.1", id.as_str())];
        let kind = self.pick(&["ecs.g6.large", "ecs.c7.large"]);
        match self.roll(12) {
            0..=3 => {
                let params = [
                    ("RegionId", REGION),
                    ("ImageId", IMAGE),
                    ("InstanceType", kind),
                    ("VSwitchId", &network.0),
                    ("SecurityGroupId", &network.1),
                    ("InstanceName", name),
                    ("Tag.1.Key", key),
                    ("Tag.1.Value", value),
                ];
                let operation = self.pick(&["RunInstances", "CreateInstance"]);
                let made = self.call("Ecs", operation, &params);
                let made =
                    made["InstanceIdSets"]["InstanceIdSet"][0].as_str().or(made["InstanceId"].as_str());
                ids.push(made.unwrap().to_owned());
            }
            4 => _ = self.try_call("Ecs", "StartInstance", &one[1..]),
            5 => _ = self.try_call("Ecs", "StopInstance", &one[1..]),
            6 => _ = self.try_call("Ecs", "RebootInstance", &one[1..]),
            7 => {
                let renamed = [one[1], ("InstanceName", name)];
                _ = self.try_call("Ecs", "ModifyInstanceAttribute", &renamed);
            }
            8 => {
                let tag = [("Tag.1.Key", key), ("Tag.1.Value", value)];
                _ = self.try_call("Ecs", "TagResources", &[&named[..], &tag].concat());
            }
            9 => _ = self.try_call("Ecs", "UntagResources", &[&named[..], &[("TagKey.1", key)]].concat()),
            10 if ids.len() > 30 => {
                let force = [one[1], ("Force", "true")];
                if self.try_call("Ecs", "DeleteInstance", &force).is_ok() {
                    ids.remove(at);
                }
            }
            _ => {}
        }
    }

    fn page(&self, params: &Params<'_>, more: &Params<'_>) -> (Vec<Value>, Value) {
        let all = [&[("RegionId", REGION)], params, more].concat();
        let answer = self.call("Ecs", "DescribeInstances", &all);
        (answer["Instances"]["Instance"].as_array().unwrap().clone(), answer)
    }

    /// All that a list shows, token by token.
    fn by_token(&self, params: &Params<'_>, size: &str) -> Vec<Value> {
        let (mut found, mut token) = (Vec::new(), String::new());
        loop {
            let next = [("MaxResults", size), ("NextToken", token.as_str())];
            let (items, answer) = self.page(params, if token.is_empty() { &next[..1] } else { &next });
            found.extend(items);
            token = answer["NextToken"].as_str().unwrap_or_default().to_owned();
            if token.is_empty() {
                return found;
            }
        }
    }

    /// All that a list shows, page by page; each says how many there are.
    fn by_number(&self, params: &Params<'_>, total: usize) -> Vec<Value> {
        let mut found = Vec::new();
        for number in 1..=total.div_ceil(7) + 1 {
            let (items, answer) =
                self.page(params, &[("PageSize", "7"), ("PageNumber", &number.to_string())]);
            assert_eq!(answer["TotalCount"], total, "{params:?} {number}");
            found.extend(items);
        }
        found
    }

    /// Every list must show what a plain look at all instances finds.
    fn check_lists(&self) {
        let all = self.by_token(&[], "100");
        let ids: Vec<&Value> = all.iter().map(|item| &item["InstanceId"]).collect();
        assert!(ids.is_sorted_by_key(|id| id.as_str()), "{ids:?}");
        let created = all.get(all.len() / 2).map_or(Value::Null, |item| item["CreationTime"].clone());
        let since = created.as_str().unwrap_or("2023-11-14T22:13Z").replace('Z', ":00Z");
        for (params, holds) in questions(&since) {
            let mut expected: Vec<&Value> = all.iter().filter(|item| holds(item)).collect();
            expected.sort_by_key(|item| item["InstanceId"].as_str());
            for mut found in [self.by_number(&params, expected.len()), self.by_token(&params, "9")] {
                found.sort_by_key(|item| item["InstanceId"].as_str().map(str::to_owned));
                assert_eq!(found.iter().collect::<Vec<_>>(), expected, "{params:?}");
            }
        }
    }

    /// What is kept must be what is made anew, and what is counted must be there.
    fn check_index(&self) {
        let kept = self.index_rows();
        let counted = self.store.transact(|tx| self.check_counts(tx));
        assert!(counted.is_ok());
        let stale = self.store.transact(|tx| {
            set_indexed_fields(tx, "ecs.instance", "something else");
            Ok::<_, StoreError>(())
        });
        assert!(stale.is_ok());
        self.catalog.reindex(&self.store, &self.env, &self.marker_key).unwrap();
        assert_eq!(self.index_rows(), kept);
    }

    fn check_counts(&self, tx: &mut dyn Transaction) -> Result<(), StoreError> {
        let place = (self.account, Timestamp::from_millis(self.now_ms));
        let rows = RowsMut::at(tx, (&self.env, &self.marker_key), place);
        let mut values = vec![(index::CREATED, Values::Between(index::instant(0), index::instant(i64::MAX)))];
        for field in ["InstanceName", index::STATE, "ZoneId", "tag:env"] {
            values.push((field, Values::Beginning(String::new())));
            values.push((field, Values::Beginning("we".to_owned())));
            let one = ["web-1", "Running", "cn-hangzhou-b", "prod", "nothing"];
            values.extend(one.map(|value| (field, Values::One(value.to_owned()))));
        }
        for (field, values) in values {
            let span = Span {
                type_name: "ecs.instance".to_owned(),
                region: REGION.to_owned(),
                field: field.to_owned(),
                values,
            };
            let members = read_members(&rows, &span, None)?;
            assert_eq!(rows.count(&span)?, members.len(), "{span:?}");
            for skip in [0, 1, members.len() / 2, members.len()] {
                let found = rows.members(&span, None, skip, 5)?;
                assert_eq!(found, members.iter().skip(skip).take(5).cloned().collect::<Vec<_>>());
            }
        }
        Ok(())
    }

    fn index_rows(&self) -> Vec<argali_store::Pair> {
        let tx = self.store.read().unwrap();
        let mut rows = Vec::new();
        for table in
            [AccountTable::ResourceByValue, AccountTable::ResourceCount, AccountTable::ResourceInTransit]
        {
            let table = Key::account(self.account, table);
            rows.extend(tx.scan(table.as_bytes(), table.end().as_bytes(), ALL_ROWS).unwrap());
        }
        rows
    }
}

type Question<'a> = (Vec<(&'a str, &'a str)>, Box<dyn Fn(&Value) -> bool + 'a>);

/// Ways to narrow the list, each with what it must find.
fn questions(since: &str) -> Vec<Question<'_>> {
    fn is<'a>(member: &'a str, value: &'a str) -> impl Fn(&Value) -> bool + 'a {
        move |item| item[member] == value
    }
    fn name(fits: impl Fn(&str) -> bool) -> impl Fn(&Value) -> bool {
        move |item| fits(item["InstanceName"].as_str().unwrap_or_default())
    }
    fn tag(key: &'static str, value: Option<&'static str>) -> impl Fn(&Value) -> bool {
        move |item| {
            let tags = item["Tags"]["Tag"].as_array().map(Vec::as_slice).unwrap_or_default();
            tags.iter().any(|tag| tag["TagKey"] == key && value.is_none_or(|value| tag["TagValue"] == value))
        }
    }
    let made_since = move |item: &Value| item["CreationTime"].as_str() >= since.get(..16);
    let mut all: Vec<Question<'_>> = vec![
        (vec![("InstanceName", "web-1")], Box::new(name(|name| name == "web-1"))),
        (vec![("InstanceName", "w*")], Box::new(name(|name| name.starts_with('w')))),
        (vec![("InstanceName", "*-1")], Box::new(name(|name| name.ends_with("-1")))),
        (vec![("InstanceName", "w*b-*1")], Box::new(name(|name| name == "web-1"))),
        (vec![("InstanceName", "nobody*")], Box::new(|_| false)),
        (vec![("Tag.1.Key", "env"), ("Tag.1.Value", "prod")], Box::new(tag("env", Some("prod")))),
        (vec![("Tag.1.Key", "env")], Box::new(tag("env", None))),
        (vec![("ZoneId", "cn-hangzhou-b")], Box::new(is("ZoneId", "cn-hangzhou-b"))),
        (vec![("InstanceType", "ecs.c7.large")], Box::new(is("InstanceType", "ecs.c7.large"))),
        (
            vec![("InstanceType", "ecs.c7.large"), ("InstanceName", "w*")],
            Box::new(move |item| {
                is("InstanceType", "ecs.c7.large")(item) && name(|name| name.starts_with('w'))(item)
            }),
        ),
        (
            vec![("Status", "Running"), ("Tag.1.Key", "team"), ("Tag.1.Value", "x")],
            Box::new(move |item| is("Status", "Running")(item) && tag("team", Some("x"))(item)),
        ),
        (vec![("Filter.1.Key", "CreationStartTime"), ("Filter.1.Value", since)], Box::new(made_since)),
    ];
    for state in ["Pending", "Starting", "Running", "Stopping", "Stopped"] {
        all.push((vec![("Status", state)], Box::new(is("Status", state))));
    }
    all
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text")).to_owned()
}

#[test]
fn lists_show_what_is_there_whatever_was_done() {
    for seed in [7, 2_026] {
        let mut world = World::new(seed);
        let network = world.network();
        let mut ids = Vec::new();
        for _ in 0..8 {
            for _ in 0..30 {
                world.change_something(&network, &mut ids);
            }
            world.check_lists();
        }
        world.check_index();
        assert!(ids.len() > 30, "{} instances", ids.len());
    }
}

#[test]
fn values_are_found_by_what_the_index_keeps_of_them() {
    let long = "n".repeat(300);
    assert_eq!(index::text("web-1"), "web-1");
    assert!(index::is_cut(&index::text(&long)) && index::text(&long).len() < long.len());
    assert!(index::is_cut(&index::text("a\0b")) && index::text("a\0b").starts_with('a'));
    assert!(index::text(&long).starts_with(index::beginning(&long)));
    assert!(index::text(&"\u{4e2d}".repeat(100)).len() <= 257);
}
