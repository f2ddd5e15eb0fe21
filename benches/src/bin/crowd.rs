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
    /// Only calls whose name contains this.
    #[arg(long, default_value = "")]
    only: String,
}

const FEW: usize = 10;
/// So few users a page that among few there is more than one full page, too.
const LIST_USERS: Call<'static> = Call::new("ListUsers", RAM, &[("MaxItems", "5")]);
/// Asks for another of the users each time, all over the account.
const GET_USER: &str = "GetUser";
/// Asks for another page each time, all over the account.
const LATER_PAGES: &str = "ListUsers, later pages";

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
        let markers = markers(&world).await?;
        let mut column = Column::new();
        for (name, call) in calls().into_iter().filter(|(name, _)| name.contains(&arguments.only)) {
            let measured = best(&world.server, (arguments.rounds, arguments.connections), |round| {
                let more = |number: usize| match name {
                    GET_USER => Some(("UserName", user_name(number * 7_919 % users))),
                    LATER_PAGES => markers.get(number % markers.len()).map(|at| ("Marker", at.clone())),
                    _ => None,
                };
                requests(&world, (name, call), more, (users, round), arguments.requests)
            });
            column.push((name, measured.await.context(name)?));
        }
        columns.push(column);
    }
    report((FEW, arguments.users), "users", &columns);
    world.server.stop().await
}

fn calls() -> [(&'static str, Call<'static>); 4] {
    let role = &[("RoleArn", "acs:ram::11223344:role/ecs-admin"), ("RoleSessionName", "alice")];
    [
        (GET_USER, Call::new("GetUser", RAM, &[])),
        ("ListUsers, the first", LIST_USERS),
        (LATER_PAGES, LIST_USERS),
        ("AssumeRole", Call::new("AssumeRole", STS, role)),
    ]
}

/// Where full pages begin after the first, all over the account, one after the other.
async fn markers(world: &World) -> Result<Vec<String>> {
    let mut markers: Vec<String> = Vec::new();
    loop {
        let after = markers.last().map(|marker| ("Marker", marker.clone()));
        let answer = world.ask(&world.alice, LIST_USERS, after.as_slice()).await?;
        match answer.get("Marker").and_then(serde_json::Value::as_str) {
            Some(marker) => markers.push(marker.to_owned()),
            None => break,
        }
    }
    // The last page may have fewer.
    markers.pop();
    Ok(markers)
}

async fn make_users(world: &World, numbers: std::ops::Range<usize>, connections: usize) -> Result<()> {
    let create = Call::new("CreateUser", RAM, &[]);
    let request = |number| {
        let user = [("UserName", user_name(number))];
        create.request(&world.partner, world.server.port, &format!("create-{number}"), &user)
    };
    let requests = numbers.map(request).collect::<Result<Vec<_>>>()?;
    run(&world.server, Arc::new(requests), connections).await.context("CreateUser")?;
    Ok(())
}

/// The requests of a round, each with what `more` says of its number.
fn requests(
    world: &World,
    (name, call): (&str, Call<'_>),
    more: impl Fn(usize) -> Option<(&'static str, String)>,
    (users, round): (usize, usize),
    count: usize,
) -> Result<Vec<Vec<u8>>> {
    let request = |number: usize| {
        let nonce = format!("{name}-{users}-{round}-{number}");
        call.request(&world.alice, world.server.port, &nonce, more(number).as_slice())
    };
    (0..count).map(request).collect()
}

fn user_name(number: usize) -> String {
    format!("user-{number:06}")
}
