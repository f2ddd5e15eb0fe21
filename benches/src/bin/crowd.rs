//! Whether calls cost more in an account with many users than in one with few, measured in the same run.
//!
//! `cargo build --release -p argali -p argali-bench && target/release/crowd`

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use argali_bench::call::{Call, RAM, STS};
use argali_bench::load::{Figures, run};
use argali_bench::world::World;
use clap::Parser;

/// Measures the same calls among 10 users and among many.
#[derive(Debug, Parser)]
struct Arguments {
    /// How many users are many.
    #[arg(long, default_value_t = 100_000)]
    users: usize,
    /// Requests in one round.
    #[arg(long, default_value_t = 20_000)]
    requests: usize,
    /// Connections at once.
    #[arg(long, default_value_t = 32)]
    connections: usize,
    /// Rounds; the best of each counts.
    #[arg(long, default_value_t = 3)]
    rounds: usize,
}

const FEW: usize = 10;

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    runtime.block_on(measure(&arguments))
}

async fn measure(arguments: &Arguments) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let world = World::set_up(folder.path(), 1).await?;
    let mut columns = Vec::new();
    let mut made = 0;
    for users in [FEW, arguments.users] {
        make_users(&world, made..users, arguments.connections).await?;
        made = users;
        settle(&world).await?;
        let mut column = Vec::new();
        for call in calls() {
            column.push((call.action, best(&world, call, users, arguments).await.context(call.action)?));
        }
        columns.push(column);
    }
    report(arguments.users, &columns);
    world.server.stop().await
}

fn calls() -> [Call<'static>; 3] {
    let role = &[("RoleArn", "acs:ram::11223344:role/ecs-admin"), ("RoleSessionName", "alice")];
    [
        Call::new("GetUser", RAM, &[]),
        Call::new("ListUsers", RAM, &[("MaxItems", "10")]),
        Call::new("AssumeRole", STS, role),
    ]
}

async fn make_users(world: &World, numbers: std::ops::Range<usize>, connections: usize) -> Result<()> {
    let create = Call::new("CreateUser", RAM, &[]);
    let request = |number| {
        let user = [("UserName", name(number))];
        create.request(&world.partner, world.server.port, &format!("create-{number}"), &user)
    };
    let requests = numbers.map(request).collect::<Result<Vec<_>>>()?;
    run(&world.server, Arc::new(requests), connections).await.context("CreateUser")?;
    Ok(())
}

/// Waits until the server has put away what was made: tables are merged and records indexed after the answers.
async fn settle(world: &World) -> Result<()> {
    const PAUSE: Duration = Duration::from_millis(500);
    const LONGEST: usize = 60;
    let mut before = world.server.cpu_time()?;
    for _ in 0..LONGEST {
        tokio::time::sleep(PAUSE).await;
        let now = world.server.cpu_time()?;
        if now.saturating_sub(before) < PAUSE / 50 {
            return Ok(());
        }
        before = now;
    }
    bail!("the server does not come to rest")
}

/// The best of some rounds. Each `GetUser` asks for another of the users, all over the account.
async fn best(world: &World, call: Call<'_>, users: usize, arguments: &Arguments) -> Result<Figures> {
    let mut best: Option<Figures> = None;
    for round in 0..arguments.rounds {
        let request = |number: usize| {
            let nonce = format!("{}-{users}-{round}-{number}", call.action);
            let who = (call.action == "GetUser").then(|| ("UserName", name(number * 7_919 % users)));
            call.request(&world.alice, world.server.port, &nonce, who.as_slice())
        };
        let requests = (0..arguments.requests).map(request).collect::<Result<Vec<_>>>()?;
        let figures = run(&world.server, Arc::new(requests), arguments.connections).await?;
        if best.is_none_or(|before| figures.rate > before.rate) {
            best = Some(figures);
        }
    }
    best.context("at least one round")
}

fn name(number: usize) -> String {
    format!("user-{number:06}")
}

#[expect(clippy::print_stdout, reason = "figures are what this program is for")]
fn report(users: usize, columns: &[Vec<(&str, Figures)>]) {
    let [few, many] = columns else { return };
    println!("{:<12}{:>16}{:>22}", "", format!("{FEW} users"), format!("{users} users"));
    for ((action, few), (_, many)) in few.iter().zip(many) {
        println!(
            "{action:<12}{:>14.0}/s{:>20.0}/s  {:.0} % of the rate, {:.2}× the CPU, p99 {:.2}×",
            few.rate,
            many.rate,
            100.0 * many.rate / few.rate,
            many.cpu_us / few.cpu_us,
            many.p99_us / few.p99_us,
        );
    }
}
