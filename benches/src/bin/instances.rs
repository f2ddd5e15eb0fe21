//! Whether a list of instances costs more in an account with many than in one with few, measured in the same run.
//!
//! `cargo build --release -p argali -p argali-bench && target/release/instances`

use anyhow::{Context, Result};
use argali_bench::call::{Call, ECS, VPC};
use argali_bench::compare::{Column, best, report};
use argali_bench::load::run;
use argali_bench::world::World;
use clap::Parser;

/// Measures lists of instances among 10 and among many.
#[derive(Debug, Parser)]
struct Arguments {
    /// How many instances are many.
    #[arg(long, default_value_t = 100_000)]
    instances: usize,
    /// Requests in one round.
    #[arg(long, default_value_t = 5_000)]
    requests: usize,
    /// Connections at once.
    #[arg(long, default_value_t = 32)]
    connections: usize,
    /// Rounds; the best of each counts.
    #[arg(long, default_value_t = 3)]
    rounds: usize,
}

const FEW: usize = 10;
const REGION: (&str, &str) = ("RegionId", "cn-hangzhou");
/// How many instances one call makes at most.
const AT_ONCE: usize = 100;
/// Over how many vSwitches they are spread: each has 4,092 addresses.
const VSWITCHES: usize = 128;

/// Where instances are made.
struct Network {
    vswitches: Vec<String>,
    security_group: String,
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    runtime.block_on(measure(&arguments))
}

async fn measure(arguments: &Arguments) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let world = World::set_up(folder.path(), 1).await?;
    let network = make_network(&world).await?;
    let (mut columns, mut made) = (Vec::new(), Vec::new());
    for instances in [FEW, arguments.instances] {
        make_instances(&world, &network, instances - made.len(), arguments.connections).await?;
        world.server.settle().await?;
        made = ids(&world).await?;
        let mut column = Column::new();
        for (name, params) in lists(&made, instances) {
            let measured = best(&world.server, (arguments.rounds, arguments.connections), |round| {
                let request = |number: usize| {
                    let nonce = format!("{name}-{instances}-{round}-{number}");
                    let call = Call::new("DescribeInstances", ECS, &[REGION]);
                    call.request(&world.owner, world.server.port, &nonce, &params)
                };
                (0..arguments.requests).map(request).collect()
            });
            column.push((name, measured.await.context(name)?));
        }
        columns.push(column);
        made = vec![String::new(); instances];
    }
    report((FEW, arguments.instances), "instances", &columns);
    world.server.stop().await
}

/// Ways to narrow the list; each page has ten instances.
fn lists(ids: &[String], instances: usize) -> Vec<(&'static str, Vec<(&'static str, String)>)> {
    let last_page = instances.div_ceil(10).to_string();
    let filter = |name, value: &str| vec![(name, value.to_owned())];
    let tag = |value: &str| vec![("Tag.1.Key", "env".to_owned()), ("Tag.1.Value", value.to_owned())];
    vec![
        ("ten by id", vec![("InstanceIds", serde_json::json!(ids).to_string())]),
        ("by name", filter("InstanceName", "web-0")),
        ("by the name's beginning", filter("InstanceName", "web-*")),
        ("by status", filter("Status", "Running")),
        ("by tag", tag("prod")),
        ("by type of instance", filter("InstanceType", "ecs.g6.large")),
        ("all", Vec::new()),
        ("all, the last page", filter("PageNumber", &last_page)),
    ]
}

async fn make_network(world: &World) -> Result<Network> {
    let ask = async |call: Call<'static>, more: &[(&str, String)]| -> Result<serde_json::Value> {
        world.ask(&world.owner, call, more).await
    };
    let text = |answer: &serde_json::Value, name: &str| {
        answer.get(name).and_then(serde_json::Value::as_str).map(str::to_owned).context("an id")
    };
    let vpc = Call::new("CreateVpc", VPC, &[REGION, ("CidrBlock", "10.0.0.0/8")]);
    let vpc = text(&ask(vpc, &[]).await?, "VpcId")?;
    let mut vswitches = Vec::new();
    for number in 0..VSWITCHES {
        let block = format!("10.{}.{}.0/20", number / 16, number % 16 * 16);
        let call = Call::new("CreateVSwitch", VPC, &[REGION, ("ZoneId", "cn-hangzhou-b")]);
        let made = ask(call, &[("VpcId", vpc.clone()), ("CidrBlock", block)]).await?;
        vswitches.push(text(&made, "VSwitchId")?);
    }
    let group = ask(Call::new("CreateSecurityGroup", ECS, &[REGION]), &[("VpcId", vpc)]).await?;
    Ok(Network { vswitches, security_group: text(&group, "SecurityGroupId")? })
}

async fn make_instances(world: &World, network: &Network, count: usize, connections: usize) -> Result<()> {
    const COMMON: &[(&str, &str)] = &[
        REGION,
        ("InstanceType", "ecs.g6.large"),
        ("ImageId", "ubuntu_22_04_x64_20G_alibase_20240710.vhd"),
        ("Tag.1.Key", "env"),
        ("Tag.1.Value", "prod"),
    ];
    let request = |number: usize| {
        let vswitch = network.vswitches.get(number % VSWITCHES).context("a vSwitch")?;
        let more = [
            ("VSwitchId", vswitch.clone()),
            ("SecurityGroupId", network.security_group.clone()),
            ("InstanceName", format!("web-{number}")),
            ("Amount", AT_ONCE.min(count - number * AT_ONCE).to_string()),
        ];
        let nonce = format!("make-{count}-{number}");
        Call::new("RunInstances", ECS, COMMON).request(&world.owner, world.server.port, &nonce, &more)
    };
    let requests = (0..count.div_ceil(AT_ONCE)).map(request).collect::<Result<Vec<_>>>()?;
    let made = run(&world.server, requests.into(), connections).await.context("RunInstances")?;
    note(count, made.cpu_us * count.div_ceil(AT_ONCE) as f64 / count as f64);
    Ok(())
}

#[expect(clippy::print_stdout, reason = "figures are what this program is for")]
fn note(count: usize, cpu_us: f64) {
    println!("made {count} instances, each with its disk, in {cpu_us:.0} µs of the server's time each");
}

/// The identifiers of ten instances.
async fn ids(world: &World) -> Result<Vec<String>> {
    let call = Call::new("DescribeInstances", ECS, &[REGION, ("PageSize", "10")]);
    let answer = world.ask(&world.owner, call, &[]).await?;
    let items = answer.pointer("/Instances/Instance").and_then(serde_json::Value::as_array);
    let id = |item: &serde_json::Value| Some(item.get("InstanceId")?.as_str()?.to_owned());
    Ok(items.context("instances")?.iter().filter_map(id).collect())
}
