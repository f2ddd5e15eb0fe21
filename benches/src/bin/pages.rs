//! How long pages of the console take in an account with few users and in one with many, measured in the same run; then
//! how long every page takes that links lead to, and how large it is. Fails if one of those is over its budget.
//!
//! `cargo build --release -p argali -p argali-bench && target/release/pages`

use std::cmp::Reverse;

use anyhow::{Context, Result, ensure};
use argali_bench::call::{ARGALI, Call, RAM};
use argali_bench::compare::{Column, best, report};
use argali_bench::crawl::{Page, walk};
use argali_bench::filled::{furnish, make_users};
use argali_bench::world::World;
use clap::Parser;

/// Measures pages among 10 users and among many.
#[derive(Debug, Parser)]
struct Arguments {
    /// How many users are many.
    #[arg(long, default_value_t = 5_000)]
    users: usize,
    /// Requests in one round.
    #[arg(long, default_value_t = 100)]
    requests: usize,
    /// Connections that make the account.
    #[arg(long, default_value_t = 32)]
    connections: usize,
    /// Rounds; the best of each counts.
    #[arg(long, default_value_t = 3)]
    rounds: usize,
}

const FEW: usize = 10;
/// How long a page may take, in milliseconds.
// SPEC: console, budgets.
const LONGEST_MS: f64 = 50.0;
/// How large a page may be, in bytes of HTML.
// SPEC: console, budgets.
const LARGEST: usize = 60 << 10;
/// A person who looks at pages.
const PERSON: &str = "admin";
const PASSWORD: &str = "Correct-horse-7";

/// The pages: lists as they begin, lists of users for which something must be known of everybody, and others.
const PAGES: [(&str, &str); 14] = [
    ("users", "/console/ram/users"),
    ("users, 100 a page", "/console/ram/users?size=100"),
    ("roles", "/console/ram/roles"),
    ("groups", "/console/ram/groups"),
    ("policies", "/console/ram/policies"),
    ("grants", "/console/ram/grants"),
    ("users by text", "/console/ram/users?q=user-0042"),
    ("users by tag", "/console/ram/users?tag=team%3Dops"),
    ("users without MFA", "/console/ram/users?mfa=off"),
    ("users with AccessKey", "/console/ram/users?keys=yes"),
    ("unused users", "/console/ram/users?unused=30"),
    ("users by last logon", "/console/ram/users?sort=LastLogonDate&order=desc"),
    ("one user", "/console/ram/users/admin"),
    ("home", "/console"),
];

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    runtime.block_on(measure(&arguments))
}

async fn measure(arguments: &Arguments) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let world = World::set_up(folder.path(), 1).await?;
    let session = log_on(&world).await?;
    let (mut columns, mut made) = (Vec::new(), 0);
    for users in [FEW, arguments.users] {
        make_users(&world, made..users, arguments.connections).await?;
        made = users;
        world.server.settle().await?;
        let mut column = Column::new();
        for (name, path) in PAGES {
            // One after the other: what is measured is how long somebody waits.
            let measured = best(&world.server, (arguments.rounds, 1), |_| {
                Ok(vec![visit(path, &session, world.server.port); arguments.requests])
            });
            column.push((name, measured.await.context(name)?));
        }
        columns.push(column);
    }
    report((FEW, arguments.users), "users", &columns);
    waits(&columns, arguments.users);
    furnish(&world, arguments.connections).await?;
    world.server.settle().await?;
    let pages =
        walk(world.server.port, arguments.rounds, |path| visit(path, &session, world.server.port)).await?;
    world.server.stop().await?;
    keeps_to_budgets(pages)
}

#[expect(clippy::print_stdout, reason = "figures are what this program is for")]
fn waits(columns: &[Column], users: usize) {
    println!("\nwith {users} users, of {LONGEST_MS} ms:");
    for (name, figures) in columns.last().into_iter().flatten() {
        let (p50_ms, p99_ms) = (figures.p50_us / 1e3, figures.p99_us / 1e3);
        println!(
            "{name:<24} p50 {p50_ms:>6.1} ms  p99 {p99_ms:>6.1} ms  {:>4.0} %",
            100.0 * p99_ms / LONGEST_MS
        );
    }
}

/// Prints the slowest and the largest pages.
#[expect(clippy::print_stdout, reason = "figures are what this program is for")]
fn keeps_to_budgets(mut pages: Vec<Page>) -> Result<()> {
    const TOLD: usize = 5;
    let ms = |page: &Page| page.took.as_secs_f64() * 1e3;
    println!("\n{} pages, one of each kind; the slowest:", pages.len());
    pages.sort_by_key(|page| Reverse(page.took));
    for page in pages.iter().take(TOLD) {
        println!("{:>6.1} ms  {}", ms(page), page.path);
    }
    let slow = pages.iter().filter(|page| ms(page) > LONGEST_MS).count();
    println!("the largest:");
    pages.sort_by_key(|page| Reverse(page.bytes));
    for page in pages.iter().take(TOLD) {
        println!("{:>6.1} KB  {}", page.bytes as f64 / 1024.0, page.path);
    }
    let large = pages.iter().filter(|page| page.bytes > LARGEST).count();
    ensure!(
        slow + large == 0,
        "{slow} pages take longer than {LONGEST_MS} ms, {large} are larger than {LARGEST} bytes"
    );
    Ok(())
}

/// Lets a person see everything, and logs it on; returns what its browser holds.
async fn log_on(world: &World) -> Result<String> {
    let ask = async |action, version, params: &[(&str, &str)]| {
        let params: Vec<_> = params.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        world.ask(&world.partner, Call::new(action, version, &[]), &params).await
    };
    let user = ("UserName", PERSON);
    ask("CreateUser", RAM, &[user]).await?;
    ask("CreateLoginProfile", RAM, &[user, ("Password", PASSWORD)]).await?;
    let policy = [user, ("PolicyType", "System"), ("PolicyName", "AdministratorAccess")];
    ask("AttachPolicyToUser", RAM, &policy).await?;
    let name = format!("{PERSON}@company-b");
    let answer = ask("LogOn", ARGALI, &[("LogonName", &name), ("Password", PASSWORD)]).await?;
    let session = answer.get("Session").and_then(serde_json::Value::as_str);
    session.map(str::to_owned).context("a session")
}

/// The request of a page, as a browser sends it.
fn visit(path: &str, session: &str, port: u16) -> Vec<u8> {
    let cookies = format!("argali-session={session}; argali-browser=bench; argali-language=en");
    format!("GET {path} HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\ncookie: {cookies}\r\n\r\n").into_bytes()
}
