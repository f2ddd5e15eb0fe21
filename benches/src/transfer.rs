//! Bytes on their way to and from a server, with as much of them in memory as a connection needs.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// How many bytes are sent or received at once.
const CHUNK: usize = 256 << 10;

/// A request for bytes, or with bytes.
#[derive(Clone, Debug)]
pub struct Transfer {
    /// Method, target and headers, without a length.
    head: String,
    /// How many bytes are sent; the same again and again.
    sent: u64,
}

/// What some transfers came to.
#[derive(Clone, Copy, Debug)]
pub struct Throughput {
    /// Transfers in a second.
    pub rate: f64,
    /// Half of them took no longer, in milliseconds.
    pub p50_ms: f64,
    /// All but one in a hundred took no longer, in milliseconds.
    pub p99_ms: f64,
}

impl Transfer {
    /// A request with headers, and with `sent` bytes if it is a PUT.
    pub fn new(method: &str, target: &str, headers: &[(String, String)], sent: u64) -> Self {
        let sent = if method == "PUT" { sent } else { 0 };
        let lines = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect::<String>();
        let length = if method == "PUT" { format!("content-length: {sent}\r\n") } else { String::new() };
        Self { head: format!("{method} {target} HTTP/1.1\r\n{lines}{length}\r\n"), sent }
    }

    /// Makes the transfer; answers how many bytes came.
    ///
    /// # Errors
    ///
    /// Fails if it is not answered with success.
    pub async fn run(&self, stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Result<u64> {
        stream.write_all(self.head.as_bytes()).await?;
        buffer.resize(CHUNK, b'x');
        let mut left = self.sent;
        while left > 0 {
            let length = buffer.len().min(usize::try_from(left).unwrap_or(usize::MAX));
            stream.write_all(buffer.get(..length).context("bytes to send")?).await?;
            left -= length as u64;
        }
        receive(stream, buffer).await
    }
}

/// Reads an answer to its end, and drops what it brings.
async fn receive(stream: &mut TcpStream, buffer: &mut [u8]) -> Result<u64> {
    let mut filled = 0;
    let end = loop {
        let room = buffer.get_mut(filled..).context("room for a head")?;
        let read = stream.read(room).await?;
        ensure!(read > 0, "the server closed the connection");
        filled += read;
        let head = buffer.get(..filled).unwrap_or_default();
        if let Some(end) = head.windows(4).position(|four| four == b"\r\n\r\n") {
            break end;
        }
    };
    let head = String::from_utf8_lossy(buffer.get(..end).unwrap_or_default()).to_ascii_lowercase();
    ensure!(head.starts_with("http/1.1 20"), "not answered with success: {head}");
    let length = head.split("content-length: ").nth(1).and_then(|rest| rest.split("\r\n").next());
    let length: u64 = length.map_or(Ok(0), |length| length.trim().parse())?;
    let mut left = length.saturating_sub((filled - end - 4) as u64);
    while left > 0 {
        let read = stream.read(buffer).await?;
        ensure!(read > 0, "the server closed the connection");
        left = left.saturating_sub(read as u64);
    }
    Ok(length)
}

/// Makes every one of some transfers once, over `connections`.
///
/// # Errors
///
/// Fails if one is not answered with success.
#[expect(clippy::disallowed_methods, reason = "a bench measures real time")]
pub async fn run(port: u16, transfers: Vec<Transfer>, connections: usize) -> Result<Throughput> {
    let (transfers, next) = (Arc::new(transfers), Arc::new(AtomicUsize::new(0)));
    let start = Instant::now();
    let connection = |_| {
        let (transfers, next) = (Arc::clone(&transfers), Arc::clone(&next));
        tokio::spawn(async move {
            let mut stream = TcpStream::connect(("127.0.0.1", port)).await?;
            stream.set_nodelay(true)?;
            let (mut latencies, mut buffer) = (Vec::new(), Vec::new());
            while let Some(transfer) = transfers.get(next.fetch_add(1, Ordering::Relaxed)) {
                let sent = Instant::now();
                transfer.run(&mut stream, &mut buffer).await?;
                latencies.push(sent.elapsed());
            }
            Ok::<_, anyhow::Error>(latencies)
        })
    };
    let mut latencies = Vec::with_capacity(transfers.len());
    for task in (0..connections).map(connection).collect::<Vec<_>>() {
        latencies.extend(task.await??);
    }
    Ok(Throughput::of(latencies, start.elapsed()))
}

impl Throughput {
    /// Of transfers that took so long each, and all together.
    pub fn of(mut latencies: Vec<Duration>, elapsed: Duration) -> Self {
        latencies.sort_unstable();
        let at = |percent: usize| {
            let index = (latencies.len() * percent / 100).min(latencies.len().saturating_sub(1));
            latencies.get(index).map_or(0.0, |latency| latency.as_secs_f64() * 1e3)
        };
        Self { rate: latencies.len() as f64 / elapsed.as_secs_f64(), p50_ms: at(50), p99_ms: at(99) }
    }
}
