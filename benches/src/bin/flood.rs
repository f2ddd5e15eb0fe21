//! What one account's flood costs another: the other's latency alone and beside 64 busy connections, in the same run.
//!
//! `cargo build --release -p argali -p argali-bench && target/release/flood`
// SPEC: security, tests that decide: another's p99 at most three times what it is alone.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, anyhow};
use argali_bench::call::{Call, RAM};
use argali_bench::load::{Figures, run};
use argali_bench::world::World;
use clap::Parser;

const WARM_UP: Duration = Duration::from_millis(300);

/// Lets one account flood the server while another calls now and then.
#[derive(Debug, Parser)]
struct Arguments {
    /// Connections of the flood.
    #[arg(long, default_value_t = 64)]
    connections: usize,
    /// Requests of the flood.
    #[arg(long, default_value_t = 400_000)]
    flood: usize,
    /// Requests of the other account, on one connection, one after the other.
    #[arg(long, default_value_t = 2_000)]
    requests: usize,
    /// Worker threads of the server.
    #[arg(long, default_value_t = 1)]
    workers: usize,
    /// The operation that floods.
    #[arg(long, default_value = "ListUsers")]
    action: String,
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let folder = tempfile::tempdir()?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let world = runtime.block_on(World::set_up(folder.path(), arguments.workers))?;
    let alone = honest(&world, "alone", arguments.requests)?;
    let requests = Arc::new(flood(&world, &arguments)?);
    let (beside, flooded) = std::thread::scope(|scope| {
        let flood = scope.spawn(|| runtime.block_on(run(&world.server, requests, arguments.connections)));
        let beside = honest(&world, "beside", arguments.requests);
        let flooded = flood.join().map_err(|_| anyhow!("the flood panicked"));
        Ok::<_, anyhow::Error>((beside?, flooded??))
    })?;
    report(&alone, &beside, &flooded);
    runtime.block_on(world.server.stop())
}

fn flood(world: &World, arguments: &Arguments) -> Result<Vec<Vec<u8>>> {
    let call = Call::new(arguments.action.clone().leak(), RAM, &[]);
    let request = |n| call.request(&world.alice, world.server.port, &format!("flood-{n}"), &[]);
    (0..arguments.flood).map(request).collect()
}

/// Calls in a thread of its own, so that the flood costs the honest account nothing on this side.
fn honest(world: &World, when: &str, count: usize) -> Result<Figures> {
    let call = Call::new("ListRoles", RAM, &[]);
    let request = |n| call.request(&world.owner, world.server.port, &format!("{when}-{n}"), &[]);
    let requests = (0..count).map(request).collect::<Result<Vec<_>>>()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        // Until the flood runs high.
        tokio::time::sleep(WARM_UP).await;
        run(&world.server, Arc::new(requests), 1).await.context("the honest account")
    })
}

#[expect(clippy::print_stdout, reason = "figures are what this program is for")]
fn report(alone: &Figures, beside: &Figures, flooded: &Figures) {
    println!("alone       p50 {:>6.0} µs   p99 {:>6.0} µs", alone.p50_us, alone.p99_us);
    println!("beside it   p50 {:>6.0} µs   p99 {:>6.0} µs", beside.p50_us, beside.p99_us);
    println!("the flood   {:>6.0} requests/s", flooded.rate);
    println!("p99 {:.1} times what it is alone", beside.p99_us / alone.p99_us);
}
