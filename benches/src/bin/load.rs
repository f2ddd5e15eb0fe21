//! Measures Argali beside the ceilings, in the same run, and prints ratios.
//!
//! `cargo build --release -p argali -p argali-bench && target/release/load`

use std::sync::Arc;

use anyhow::{Context, Result};
use argali_bench::call::{Call, ECS, RAM, STS, Signing};
use argali_bench::load::{Figures, run};
use argali_bench::server::Server;
use argali_bench::world::{World, program};
use argali_protocol::Credentials;
use clap::Parser;

/// Sends the same load to the ceilings and to Argali.
#[derive(Debug, Parser)]
struct Arguments {
    /// Requests in one round.
    #[arg(long, default_value_t = 60_000)]
    requests: usize,
    /// Connections at once.
    #[arg(long, default_value_t = 32)]
    connections: usize,
    /// Rounds; the best of each counts.
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// Only what has this in its name.
    #[arg(long, default_value = "")]
    only: String,
    /// Worker threads of each server.
    #[arg(long, default_value_t = 1)]
    workers: usize,
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    runtime.block_on(measure(&arguments))
}

async fn measure(arguments: &Arguments) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let world = World::set_up(folder.path(), arguments.workers).await?;
    let secret = world.alice.access_key_secret.expose();
    let ceiling = Server::ceiling(&program("ceiling")?, secret, arguments.workers).await?;
    let rows = rows(&world, &ceiling);
    let mut best: Vec<Option<Figures>> = vec![None; rows.len()];
    for round in 0..arguments.rounds {
        for (row, best) in rows.iter().zip(&mut best).filter(|(row, _)| row.name.contains(&arguments.only)) {
            let requests = row.requests(arguments.requests, round)?;
            let figures = run(row.at, Arc::new(requests), arguments.connections).await.context(row.name)?;
            if best.is_none_or(|before| figures.rate > before.rate) {
                *best = Some(figures);
            }
        }
    }
    report(&rows, &best);
    drop(rows);
    ceiling.stop().await?;
    world.server.stop().await
}

/// One thing that is measured.
struct Row<'a> {
    name: &'static str,
    at: &'a Server,
    who: &'a Credentials,
    call: Call<'a>,
    /// The row that it is compared with.
    of: Option<&'static str>,
}

fn rows<'a>(world: &'a World, ceiling: &'a Server) -> Vec<Row<'a>> {
    let get_user = Call::new("GetUser", RAM, &[("UserName", "alice")]);
    let role = &[("RoleArn", "acs:ram::11223344:role/ecs-admin"), ("RoleSessionName", "alice")];
    let assume = Call::new("AssumeRole", STS, role);
    let describe = Call::new("DescribeInstances", ECS, &[("RegionId", "cn-hangzhou")]);
    let create = Call::new("CreateUser", RAM, &[]);
    let (alice, server) = (&world.alice, &world.server);
    let of_ceiling =
        |name, path, call| Row { name, at: ceiling, who: alice, call: Call { path, ..call }, of: None };
    let ours = |name, who, call, of| Row { name, at: server, who, call, of };
    vec![
        of_ceiling("hello", "/hello", get_user),
        of_ceiling("verify", "/verify", get_user),
        of_ceiling("mint", "/mint", assume),
        ours("GetUser V3", alice, get_user, Some("verify")),
        ours("GetUser V1", alice, Call { signing: Signing::V1, ..get_user }, Some("verify")),
        ours("AssumeRole V3", alice, assume, Some("mint")),
        ours("DescribeInstances V3", &world.owner, describe, Some("verify")),
        ours("CreateUser V3", &world.owner, create, None),
    ]
}

impl Row<'_> {
    /// The requests of a round.
    fn requests(&self, count: usize, round: usize) -> Result<Vec<Vec<u8>>> {
        let creates = self.call.action == "CreateUser";
        // An account holds 5,000 users; a round makes fewer, so that none is refused.
        let count = if creates { count.min(1_500) } else { count };
        let request = |number| {
            let nonce = format!("{}-{round}-{number}", self.name);
            let user = creates.then(|| ("UserName", format!("user-{round}-{number}")));
            self.call.request(self.who, self.at.port, &nonce, user.as_slice())
        };
        (0..count).map(request).collect()
    }
}

#[expect(clippy::print_stdout, reason = "figures are what this program is for")]
fn report(rows: &[Row<'_>], best: &[Option<Figures>]) {
    println!("{:<22}  requests/s    CPU µs    p50 µs    p99 µs  of its ceiling", "");
    for (row, figures) in rows.iter().zip(best) {
        let Some(figures) = figures else { continue };
        let ceiling = row.of.and_then(|of| rows.iter().zip(best).find(|(row, _)| row.name == of)?.1.as_ref());
        let ratio = ceiling.zip(row.of).map(|(ceiling, of)| {
            let (rate, p50) = (100.0 * figures.rate / ceiling.rate, figures.p50_us / ceiling.p50_us);
            format!("{rate:.0} % of {of}, p50 {p50:.2}×, p99 {:.2}×", figures.p99_us / ceiling.p99_us)
        });
        println!(
            "{:<22}{:>12.0}{:>10.1}{:>10.0}{:>10.0}  {}",
            row.name,
            figures.rate,
            figures.cpu_us,
            figures.p50_us,
            figures.p99_us,
            ratio.unwrap_or_default()
        );
    }
}
