//! A load: the same signed requests over a number of connections, each sent when the one before was answered.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::Result;

use crate::line::Line;
use crate::server::Server;

/// What a load came to.
#[derive(Clone, Copy, Debug)]
pub struct Figures {
    /// Requests answered in a second.
    pub rate: f64,
    /// Processor time of the server for each, in microseconds.
    pub cpu_us: f64,
    /// Half of the answers took no longer, in microseconds.
    pub p50_us: f64,
    /// All but one in a hundred took no longer, in microseconds.
    pub p99_us: f64,
}

/// Sends every one of `requests` once, over `connections`. Fails if an answer is no success.
#[expect(clippy::disallowed_methods, reason = "a bench measures real time")]
pub async fn run(server: &Server, requests: Arc<Vec<Vec<u8>>>, connections: usize) -> Result<Figures> {
    let next = Arc::new(AtomicUsize::new(0));
    let cpu_before = server.cpu_time()?;
    let start = Instant::now();
    let tasks = (0..connections)
        .map(|_| tokio::spawn(connection(server.port, Arc::clone(&requests), Arc::clone(&next))));
    let mut latencies = Vec::with_capacity(requests.len());
    for task in tasks.collect::<Vec<_>>() {
        latencies.extend(task.await??);
    }
    let elapsed = start.elapsed();
    let cpu = server.cpu_time()?.saturating_sub(cpu_before);
    latencies.sort_unstable();
    let count = requests.len() as f64;
    Ok(Figures {
        rate: count / elapsed.as_secs_f64(),
        cpu_us: cpu.as_secs_f64() * 1e6 / count,
        p50_us: quantile(&latencies, 50),
        p99_us: quantile(&latencies, 99),
    })
}

#[expect(clippy::disallowed_methods, reason = "a bench measures real time")]
async fn connection(port: u16, requests: Arc<Vec<Vec<u8>>>, next: Arc<AtomicUsize>) -> Result<Vec<Duration>> {
    let (mut line, mut latencies) = (Line::open(port).await?, Vec::new());
    while let Some(request) = requests.get(next.fetch_add(1, Ordering::Relaxed)) {
        let sent = Instant::now();
        line.ask(request).await?;
        latencies.push(sent.elapsed());
    }
    Ok(latencies)
}

/// How long `percent` of some latencies took at most, in microseconds.
#[must_use]
pub fn quantile(sorted: &[Duration], percent: usize) -> f64 {
    let index = (sorted.len() * percent / 100).min(sorted.len().saturating_sub(1));
    sorted.get(index).map_or(0.0, |latency| latency.as_secs_f64() * 1e6)
}
