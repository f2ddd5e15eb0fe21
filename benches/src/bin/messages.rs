//! How fast messages are sent, received and deleted in a queue of few and in one of many, by one receiver and by several
//! at once, beside bytes that are appended to a file and flushed, all in one run.
//!
//! `cargo build --release -p argali -p argali-bench && target/release/messages`

use std::collections::BTreeSet;
use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use argali_bench::call::now_s;
use argali_bench::line::Line;
use argali_bench::load::quantile;
use argali_bench::world::World;
use argali_protocol::{Credentials, MnsOutgoing, sign_mns};
use clap::Parser;

/// Measures messages among 10 and among many, beside appended bytes.
#[derive(Debug, Parser)]
struct Arguments {
    /// How many messages are many.
    #[arg(long, default_value_t = 100_000)]
    messages: usize,
    /// How many are sent, received and deleted in one round.
    #[arg(long, default_value_t = 5_000)]
    cycles: usize,
    /// How many bytes a message has, at most 4,096.
    #[arg(long, default_value_t = 1_024, value_parser = clap::value_parser!(u16).range(1..=4_096))]
    bytes: u16,
    /// Connections of those who send and receive at once.
    #[arg(long, default_value_t = 32)]
    connections: usize,
    /// Rounds; the best of each counts.
    #[arg(long, default_value_t = 3)]
    rounds: usize,
}

const FEW: usize = 10;
/// How many messages one request sends at most.
const AT_ONCE: usize = 16;
/// What is done with each message.
const DEEDS: [&str; 3] = ["send", "receive", "delete"];

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    runtime.block_on(measure(&arguments))
}

async fn measure(arguments: &Arguments) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let world = World::set_up(folder.path(), 1).await?;
    let body = "x".repeat(arguments.bytes.into());
    let mut rows = Vec::new();
    for messages in [FEW, arguments.messages] {
        let queue =
            Queue { port: world.server.port, who: world.owner.clone(), name: format!("of-{messages}") };
        fill(&queue, messages, &body).await.context("fill a queue")?;
        world.server.settle().await?;
        for connections in [1, arguments.connections] {
            let mut best: Option<Cycles> = None;
            for _ in 0..arguments.rounds {
                let cpu_before = world.server.cpu_time()?;
                let mut round = cycles(&queue, &body, arguments.cycles, connections).await?;
                let cpu = world.server.cpu_time()?.saturating_sub(cpu_before);
                round.cpu_us = cpu.as_secs_f64() * 1e6 / arguments.cycles as f64;
                if best.as_ref().is_none_or(|before| round.rate > before.rate) {
                    best = Some(round);
                }
            }
            rows.push((messages, connections, best.context("at least one round")?));
        }
    }
    let [alone, grouped] = [1, arguments.connections].map(|group| {
        append(folder.path(), body.as_bytes(), arguments.cycles, group).context("append to a file")
    });
    report(&rows, (alone?, grouped?), arguments.connections);
    world.server.stop().await
}

/// A queue, and whose it is.
#[derive(Clone)]
struct Queue {
    port: u16,
    who: Credentials,
    name: String,
}

impl Queue {
    /// A signed request about the queue, or about what is `below` it.
    fn request(&self, method: &str, below: &str, document: &str) -> Result<Vec<u8>> {
        let (host, target) = (format!("127.0.0.1:{}", self.port), format!("/queues/{}{below}", self.name));
        let headers: &[_] = if document.is_empty() { &[] } else { &[("content-type", "text/xml")] };
        let outgoing =
            MnsOutgoing { method, host: &host, target: &target, headers, timestamp_unix_s: now_s()? };
        let lines = sign_mns(&outgoing, &self.who).into_iter();
        let lines: String = lines.map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        let length = document.len();
        let head = format!("{method} {target} HTTP/1.1\r\n{lines}content-length: {length}\r\n\r\n");
        Ok([head.as_bytes(), document.as_bytes()].concat())
    }
}

fn message(body: &str) -> String {
    format!("<Message><MessageBody>{body}</MessageBody></Message>")
}

/// Makes a queue with some messages.
async fn fill(queue: &Queue, messages: usize, body: &str) -> Result<()> {
    let mut line = Line::open(queue.port).await?;
    line.ask(&queue.request("PUT", "", "<Queue></Queue>")?).await?;
    let mut left = messages;
    while left > 0 {
        let many = left.min(AT_ONCE);
        let document = format!("<Messages>{}</Messages>", message(body).repeat(many));
        line.ask(&queue.request("POST", "/messages", &document)?).await?;
        left -= many;
    }
    Ok(())
}

/// What some cycles came to.
struct Cycles {
    /// Messages sent, received and deleted in a second.
    rate: f64,
    /// Processor time of the server for each, in microseconds.
    cpu_us: f64,
    /// How long each deed took, in the order of [`DEEDS`]: the median and the 99th percentile, in microseconds.
    latencies_us: [(f64, f64); 3],
}

/// What one connection did: how long each deed took, and which messages it received.
#[derive(Default)]
struct Done {
    latencies: [Vec<Duration>; 3],
    received: Vec<String>,
}

/// Sends a message, receives one and deletes it, again and again over each of some connections.
#[expect(clippy::disallowed_methods, reason = "a bench measures real time")]
async fn cycles(queue: &Queue, body: &str, cycles: usize, connections: usize) -> Result<Cycles> {
    let start = Instant::now();
    let share = cycles.div_ceil(connections);
    let mut workers = tokio::task::JoinSet::new();
    for _ in 0..connections {
        let send = queue.request("POST", "/messages", &message(body))?;
        let receive = queue.request("GET", "/messages?waitseconds=5", "")?;
        let queue = queue.clone();
        workers.spawn(async move { one(&queue, &send, &receive, share).await });
    }
    let mut all = Done::default();
    while let Some(done) = workers.join_next().await {
        let done = done??;
        all.received.extend(done.received);
        for (all, own) in all.latencies.iter_mut().zip(done.latencies) {
            all.extend(own);
        }
    }
    let count = all.received.len();
    let rate = count as f64 / start.elapsed().as_secs_f64();
    let different = all.received.into_iter().collect::<BTreeSet<_>>().len();
    ensure!(different == count, "a message was received twice");
    Ok(Cycles { rate, cpu_us: 0.0, latencies_us: all.latencies.map(quantiles) })
}

#[expect(clippy::disallowed_methods, reason = "a bench measures real time")]
async fn one(queue: &Queue, send: &[u8], receive: &[u8], cycles: usize) -> Result<Done> {
    let mut line = Line::open(queue.port).await?;
    let Done { latencies: [mut sends, mut receives, mut deletes], mut received } = Done::default();
    for _ in 0..cycles {
        let began = Instant::now();
        line.ask(send).await.context("send")?;
        sends.push(began.elapsed());
        let began = Instant::now();
        let answer = line.ask(receive).await.context("receive")?;
        receives.push(began.elapsed());
        let member = |name: &str| {
            let (_, rest) = answer.split_once(&format!("<{name}>"))?;
            Some(rest.split_once('<')?.0.to_owned())
        };
        received.push(member("MessageId").context("a message")?);
        let receipt = member("ReceiptHandle").context("a receipt")?;
        let delete = queue.request("DELETE", &format!("/messages?ReceiptHandle={receipt}"), "")?;
        let began = Instant::now();
        line.ask(&delete).await.context("delete")?;
        deletes.push(began.elapsed());
    }
    Ok(Done { latencies: [sends, receives, deletes], received })
}

fn quantiles(mut latencies: Vec<Duration>) -> (f64, f64) {
    latencies.sort_unstable();
    (quantile(&latencies, 50), quantile(&latencies, 99))
}

/// How many times a second the same bytes are appended to a file, flushed whenever `group` of them are there.
#[expect(clippy::disallowed_methods, reason = "a bench measures real time")]
fn append(folder: &Path, bytes: &[u8], times: usize, group: usize) -> Result<f64> {
    let mut file = OpenOptions::new().append(true).create(true).open(folder.join("appended"))?;
    let (start, groups) = (Instant::now(), times.div_ceil(group));
    for _ in 0..groups {
        file.write_all(&bytes.repeat(group))?;
        file.sync_data()?;
    }
    Ok((groups * group) as f64 / start.elapsed().as_secs_f64())
}

/// Prints what was measured, each beside what it is compared with: few messages, and bytes that are only appended. A
/// message is three changes: it comes, it is hidden, it goes.
#[expect(clippy::print_stdout, reason = "figures are what this program is for")]
fn report(rows: &[(usize, usize, Cycles)], (alone, grouped): (f64, f64), connections: usize) {
    for (messages, at_once, measured) in rows {
        let few = rows.iter().find(|(few, same, _)| *few == FEW && same == at_once);
        let of_few = few.map_or(100.0, |(.., few)| 100.0 * measured.rate / few.rate);
        let cpu = few.map_or(1.0, |(.., few)| measured.cpu_us / few.cpu_us);
        let ceiling = if *at_once == 1 { alone } else { grouped };
        println!(
            "{messages} messages, {at_once} at once: {:.0}/s, {:.0} µs of the server's time each; {of_few:.0} % of the rate \
             among {FEW}, {cpu:.2}× the CPU; its changes {:.0} % of what is appended",
            measured.rate,
            measured.cpu_us,
            300.0 * measured.rate / ceiling,
        );
        for (deed, (p50, p99)) in DEEDS.iter().zip(measured.latencies_us) {
            println!("    {deed:<8} p50 {p50:>7.0} µs   p99 {p99:>7.0} µs");
        }
    }
    println!(
        "the same bytes appended and flushed: {alone:.0}/s one by one, {grouped:.0}/s in groups of {connections}"
    );
}
