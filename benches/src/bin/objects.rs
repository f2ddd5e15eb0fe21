//! How fast objects of 1 MiB go in and out beside nginx and a plain copy of files, and how much memory a large one
//! takes, all in one run.
//!
//! `cargo build --release -p argali -p argali-bench && target/release/objects`, with nginx installed.

use std::fs::File;
use std::net::TcpListener;
use std::path::Path;
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use argali_bench::call::now_s;
use argali_bench::server::Server;
use argali_bench::transfer::{Throughput, Transfer, run};
use argali_bench::world::World;
use argali_protocol::{OssOutgoing, OssScheme, sign_oss};
use clap::Parser;
use tokio::net::TcpStream;

/// Measures objects beside nginx and files.
#[derive(Debug, Parser)]
struct Arguments {
    /// How many objects of 1 MiB one round has.
    #[arg(long, default_value_t = 300)]
    objects: usize,
    /// Connections at once.
    #[arg(long, default_value_t = 8)]
    connections: usize,
    /// Rounds; the best of each counts.
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// How large the large object is, in MiB.
    #[arg(long, default_value_t = 5_120)]
    large_mib: u64,
}

const MIB: u64 = 1 << 20;
const BUCKET: &str = "bench-objects";

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    runtime.block_on(measure(&arguments))
}

async fn measure(arguments: &Arguments) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let world = World::set_up(folder.path(), 1).await?;
    once(&world, &signed(&world, "PUT", None, 0)?).await?;
    let nginx = start_nginx(&folder.path().join("nginx")).await?;
    let files = folder.path().join("files");
    std::fs::create_dir(&files)?;
    let mut table = Table::default();
    for round in 0..arguments.rounds {
        let numbers = || (0..arguments.objects).map(move |number| format!("{round}-{number}"));
        for method in ["PUT", "GET"] {
            let ours = numbers().map(|key| signed(&world, method, Some(&key), MIB));
            let ours = ours.collect::<Result<Vec<_>>>()?;
            let before = world.server.cpu_time()?;
            let measured = run(world.server.oss_port, ours, arguments.connections).await.context("argali")?;
            let cpu = world.server.cpu_time()?.saturating_sub(before);
            table.add(format!("{method} argali"), measured);
            table.cpu(method, cpu.as_secs_f64() * 1e3 / arguments.objects as f64);
            let host = [("host".to_owned(), "localhost".to_owned())];
            let theirs = numbers().map(|key| Transfer::new(method, &format!("/put/{key}"), &host, MIB));
            let measured = run(nginx.port, theirs.collect(), arguments.connections).await.context("nginx")?;
            table.add(format!("{method} nginx"), measured);
        }
        for (name, flush) in [("copy", Flush::No), ("copy, flushed", Flush::Each)] {
            let place = files.join(format!("{name} {round}"));
            std::fs::create_dir(&place)?;
            let names: Vec<String> = numbers().collect();
            table.add(name.to_owned(), copy(&place, &names, arguments.connections, flush)?);
        }
    }
    table.print();
    world.server.stop().await?;
    nginx.stop().await?;
    large(arguments.large_mib).await
}

/// The best of each, in the order in which they were measured first.
#[derive(Default)]
struct Table {
    rows: Vec<(String, Throughput)>,
    cpu_ms: Vec<(&'static str, f64)>,
}

impl Table {
    fn add(&mut self, name: String, measured: Throughput) {
        match self.rows.iter_mut().find(|(known, _)| *known == name) {
            Some((_, best)) if best.rate >= measured.rate => {}
            Some((_, best)) => *best = measured,
            None => self.rows.push((name, measured)),
        }
    }

    fn cpu(&mut self, method: &'static str, ms: f64) {
        match self.cpu_ms.iter_mut().find(|(known, _)| *known == method) {
            Some((_, best)) => *best = best.min(ms),
            None => self.cpu_ms.push((method, ms)),
        }
    }

    #[expect(clippy::print_stdout, reason = "figures are what this program is for")]
    fn print(&self) {
        for (name, Throughput { rate, p50_ms, p99_ms }) in &self.rows {
            println!("{name:<16}{rate:>8.0} MiB/s   p50 {p50_ms:>6.1} ms   p99 {p99_ms:>6.1} ms");
        }
        for (method, ms) in &self.cpu_ms {
            println!("{method} argali: {ms:.2} ms of the server's time for each");
        }
    }
}

fn signed(world: &World, method: &'static str, key: Option<&str>, sent: u64) -> Result<Transfer> {
    let host = format!("127.0.0.1:{}", world.server.oss_port);
    let request = OssOutgoing {
        method,
        host: &host,
        bucket: Some(BUCKET),
        key,
        query: &[],
        headers: &[],
        timestamp_unix_s: now_s()?,
        region: "cn-hangzhou",
    };
    let (target, headers) = sign_oss(&request, OssScheme::V4, &world.owner)?;
    Ok(Transfer::new(method, &target, &headers, sent))
}

async fn once(world: &World, transfer: &Transfer) -> Result<u64> {
    let mut stream = TcpStream::connect(("127.0.0.1", world.server.oss_port)).await?;
    transfer.run(&mut stream, &mut Vec::new()).await
}

/// nginx that serves files and takes them, as one process.
async fn start_nginx(folder: &Path) -> Result<Server> {
    for made in ["put", "body"] {
        std::fs::create_dir_all(folder.join(made))?;
    }
    let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
    let root = folder.display();
    let configuration = format!(
        "daemon off; master_process off; pid {root}/pid; error_log stderr crit; events {{}}\n\
         http {{ access_log off; sendfile on; tcp_nopush on; client_max_body_size 0;\n\
         client_body_temp_path {root}/body; keepalive_requests 1000000;\n\
         server {{ listen 127.0.0.1:{port}; root {root}; location /put/ {{ dav_methods PUT; }} }} }}\n"
    );
    let file = folder.join("nginx.conf");
    std::fs::write(&file, configuration)?;
    Server::nginx(&file, port).await
}

/// Whether what is copied is on disk before the next is.
#[derive(Clone, Copy)]
enum Flush {
    No,
    Each,
}

/// Copies a file of 1 MiB to each of some names, by as many threads as there are connections.
#[expect(clippy::disallowed_methods, reason = "a bench measures real time")]
fn copy(folder: &Path, names: &[String], threads: usize, flush: Flush) -> Result<Throughput> {
    let source = folder.join("source");
    std::fs::write(&source, vec![b'x'; usize::try_from(MIB)?])?;
    let start = Instant::now();
    let one = |name: &String| {
        let (began, to) = (Instant::now(), folder.join(name));
        std::fs::copy(&source, &to)?;
        if matches!(flush, Flush::Each) {
            File::open(&to)?.sync_all()?;
            File::open(folder)?.sync_all()?;
        }
        Ok::<_, anyhow::Error>(began.elapsed())
    };
    let copied = std::thread::scope(|scope| {
        let shares = names.chunks(names.len().div_ceil(threads));
        let workers = shares.map(|share| scope.spawn(|| share.iter().map(one).collect::<Result<Vec<_>>>()));
        let workers: Vec<_> = workers.collect();
        workers.into_iter().map(|worker| worker.join().ok().context("a copier panicked")?).collect()
    });
    let copied: Result<Vec<Vec<_>>> = copied;
    Ok(Throughput::of(copied?.concat(), start.elapsed()))
}

/// One large object in and out of a server that has done nothing else.
#[expect(clippy::disallowed_methods, reason = "a bench measures real time")]
#[expect(clippy::print_stdout, reason = "figures are what this program is for")]
async fn large(mib: u64) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let world = World::set_up(folder.path(), 1).await?;
    once(&world, &signed(&world, "PUT", None, 0)?).await?;
    println!("one object of {mib} MiB; before it, {:.0} MiB in memory", world.server.most_memory_mib()?);
    for method in ["PUT", "GET"] {
        let start = Instant::now();
        let came = once(&world, &signed(&world, method, Some("large"), mib * MIB)?).await?;
        ensure!(method == "PUT" || came == mib * MIB, "the object has another length");
        let rate = mib as f64 / start.elapsed().as_secs_f64();
        println!("{method}: {rate:.0} MiB/s, at most {:.0} MiB in memory", world.server.most_memory_mib()?);
    }
    world.server.stop().await
}
