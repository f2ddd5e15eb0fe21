//! A backup that somebody called for with `MakeBackup`, as the answer to a request: `/-/backup/NUMBER`.

use std::io::{self, BufWriter, Write};
use std::time::Duration;

use argali_core::backup::{Download, NoDownload};
use argali_objects::{Body, BrokenOff};
use bytes::Bytes;
use hyper::header::{self, HeaderValue};
use hyper::{Method, Response, StatusCode};
use tokio::runtime::Handle;
use tokio::sync::mpsc::error::SendTimeoutError;
use tokio::sync::mpsc::{Sender, channel};
use tokio::time::Instant;

use crate::health::{TEXT, answer};
use crate::rpc::Gate;

/// Under which path backups are fetched.
pub(crate) const PATH: &str = "/-/backup/";
/// How many bytes a chunk has about, and how many chunks wait for a client at most.
const CHUNK: usize = 256 << 10;
const WAITING: usize = 2;
/// How often it is asked whether the client may go on.
// SPEC: security, the promise, P6: within a second.
const ASK_EVERY: Duration = Duration::from_millis(400);
/// How long a client may take for a chunk.
const SLOWEST_CHUNK: Duration = Duration::from_secs(60);

/// The backup that `number` leads to, as it is read.
pub(crate) fn download(gate: &Gate, method: &Method, number: &str) -> Response<Body> {
    let refuse = |status, text: &str| answer(status, TEXT, format!("{text}\n")).map(Body::from);
    // Asking for the head alone would use up the number.
    if *method != Method::GET {
        return refuse(StatusCode::METHOD_NOT_ALLOWED, "Fetch the backup with GET.");
    }
    let download = match gate.core.fetch_backup(number) {
        Ok(download) => download,
        Err(NoDownload::Unknown) => {
            let text =
                "There is no such backup, or no longer: call MakeBackup, and fetch it within a minute.";
            return refuse(StatusCode::NOT_FOUND, text);
        }
        Err(NoDownload::Busy) => {
            let text = "Another backup is being fetched: try again when that is done.";
            return refuse(StatusCode::SERVICE_UNAVAILABLE, text);
        }
    };
    let name = file_name(&gate.core.env().now().to_string());
    let (sender, chunks) = channel(WAITING);
    let runtime = Handle::current();
    tokio::task::spawn_blocking(move || pump(&download, sender, runtime));
    let mut response = Response::new(Body::unmeasured(chunks));
    let headers = response.headers_mut();
    for (header, value) in [
        (header::CONTENT_TYPE, "application/octet-stream"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CACHE_CONTROL, "no-store"),
    ] {
        headers.insert(header, HeaderValue::from_static(value));
    }
    if let Ok(value) = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    response
}

/// What the file is called: `argali-20261201T101530Z.backup`.
fn file_name(made_at: &str) -> String {
    let stamp: String = made_at.chars().filter(char::is_ascii_alphanumeric).collect();
    format!("argali-{stamp}.backup")
}

/// Sends the backup, and says whether that was all of it.
fn pump(download: &Download, sender: Sender<Result<Bytes, BrokenOff>>, runtime: Handle) {
    let outgoing = Outgoing { download, sender, runtime, ask_at: Instant::now() + ASK_EVERY };
    let mut outgoing = BufWriter::with_capacity(CHUNK, outgoing);
    let written = download.write(&mut outgoing).map_err(io::Error::other);
    let (outgoing, _) = outgoing.into_parts();
    let sent = written.and_then(|made| outgoing.send(Ok(Bytes::new())).map(|()| made));
    match sent {
        Ok(made) => tracing::info!(rows = made.rows, bytes = made.bytes, "a backup was fetched"),
        Err(error) => {
            tracing::warn!(%error, "a backup broke off");
            // Whoever is no longer there needs not be told.
            drop(outgoing.sender.try_send(Err(BrokenOff::Revoked)));
        }
    }
}

/// Hands on chunks as the client is ready for them, asking all the while whether it still may have them.
struct Outgoing<'d> {
    download: &'d Download,
    sender: Sender<Result<Bytes, BrokenOff>>,
    runtime: Handle,
    ask_at: Instant,
}

impl Outgoing<'_> {
    fn send(&self, mut chunk: Result<Bytes, BrokenOff>) -> io::Result<()> {
        let latest = Instant::now() + SLOWEST_CHUNK;
        while Instant::now() < latest {
            match self.runtime.block_on(self.sender.send_timeout(chunk, ASK_EVERY)) {
                Ok(()) => return Ok(()),
                Err(SendTimeoutError::Closed(_)) => return Err(io::ErrorKind::BrokenPipe.into()),
                Err(SendTimeoutError::Timeout(unsent)) => chunk = unsent,
            }
            self.require_leave()?;
        }
        Err(io::ErrorKind::TimedOut.into())
    }

    fn require_leave(&self) -> io::Result<()> {
        if self.download.may_go_on() { Ok(()) } else { Err(io::ErrorKind::PermissionDenied.into()) }
    }
}

impl Write for Outgoing<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if Instant::now() >= self.ask_at {
            self.require_leave()?;
            self.ask_at = Instant::now() + ASK_EVERY;
        }
        self.send(Ok(Bytes::copy_from_slice(bytes)))?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_named_after_when_they_were_made() {
        assert_eq!(file_name("2026-12-01T10:15:30Z"), "argali-20261201T101530Z.backup");
    }
}
