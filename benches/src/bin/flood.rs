//! What one account's flood costs another: the other's latency alone and beside 64 busy connections, in the same run.
//!
//! `cargo build --release -p argali -p argali-bench && target/release/flood`
// SPEC: security, tests that decide: another's p99 at most three times what it is alone.

use std::sync::Arc;

use anyhow::{Context, Result};
use argali_bench::call::{Call, RAM};
use argali_bench::load::{Figures, run};
use argali_bench::world::World;
use clap::Parser;

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
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    runtime.block_on(measure(arguments))
}

async fn measure(arguments: Arguments) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let world = World::set_up(folder.path(), arguments.workers).await?;
    let world = Arc::new(world);
    let alone = honest(&world, "alone", arguments.requests).await?;
    let flood = {
        let call = Call::new(arguments.action.leak(), RAM, &[]);
        let request = |n| call.request(&world.alice, world.server.port, &format!("flood-{n}"), &[]);
        let requests = Arc::new((0..arguments.flood).map(request).collect::<Result<Vec<_>>>()?);
        let world = Arc::clone(&world);
        tokio::spawn(async move { run(&world.server, requests, arguments.connections).await })
    };
    let beside = honest(&world, "beside", arguments.requests).await?;
    let flooded = flood.await??;
    report(&alone, &beside, &flooded);
    Ok(())
}

async fn honest(world: &World, when: &str, count: usize) -> Result<Figures> {
    let call = Call::new("ListRoles", RAM, &[]);
    let request = |n| call.request(&world.owner, world.server.port, &format!("{when}-{n}"), &[]);
    let requests = (0..count).map(request).collect::<Result<Vec<_>>>()?;
    run(&world.server, Arc::new(requests), 1).await.context("the honest account")
}

#[expect(clippy::print_stdout, reason = "figures are what this program is for")]
fn report(alone: &Figures, beside: &Figures, flooded: &Figures) {
    println!("alone       p50 {:>6.0} µs   p99 {:>6.0} µs", alone.p50_us, alone.p99_us);
    println!("beside it   p50 {:>6.0} µs   p99 {:>6.0} µs", beside.p50_us, beside.p99_us);
    println!("the flood   {:>6.0} requests/s", flooded.rate);
    println!("p99 {:.1} times what it is alone", beside.p99_us / alone.p99_us);
}
