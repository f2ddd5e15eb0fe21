//! Whether calls cost more in an account with many users than in one with few, measured in the same run.
//!
//! `cargo build --release -p argali -p argali-bench && target/release/crowd`

use std::sync::Arc;

use anyhow::{Context, Result};
use argali_bench::call::{Call, RAM, STS};
use argali_bench::compare::{Column, best, report};
use argali_bench::load::run;
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
        world.server.settle().await?;
        let mut column = Column::new();
        for call in calls() {
            let measured = best(&world.server, (arguments.rounds, arguments.connections), |round| {
                requests(&world, call, (users, round), arguments.requests)
            });
            column.push((call.action, measured.await.context(call.action)?));
        }
        columns.push(column);
    }
    report((FEW, arguments.users), "users", &columns);
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

/// The requests of a round. Each `GetUser` asks for another of the users, all over the account.
fn requests(
    world: &World,
    call: Call<'_>,
    (users, round): (usize, usize),
    count: usize,
) -> Result<Vec<Vec<u8>>> {
    let request = |number: usize| {
        let nonce = format!("{}-{users}-{round}-{number}", call.action);
        let who = (call.action == "GetUser").then(|| ("UserName", name(number * 7_919 % users)));
        call.request(&world.alice, world.server.port, &nonce, who.as_slice())
    };
    (0..count).map(request).collect()
}

fn name(number: usize) -> String {
    format!("user-{number:06}")
}
