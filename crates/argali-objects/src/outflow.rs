//! Bytes that go out, for as long as whoever asked for them may have them.
// SPEC: security, the promise, P6.

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use argali_core::dispatch::Vigil;
use argali_core::model::Piece;
use bytes::Bytes;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};

use crate::body::{Body, BrokenOff};
use crate::storage::ObjectStorage;

/// How many chunks wait for a client at most.
const WAITING: usize = 2;
/// How often it is asked whether the client may go on.
const ASK_EVERY: Duration = Duration::from_millis(400);
/// How long a client may take for a chunk.
const SLOWEST_CHUNK: Duration = Duration::from_secs(60);

/// A body of the bytes of `ranges`, which are `length` in all.
pub(crate) fn send(
    storage: &Arc<ObjectStorage>,
    ranges: Vec<(Piece, Range<u64>)>,
    length: u64,
    vigil: Vigil,
) -> Body {
    let (sender, chunks) = mpsc::channel(WAITING);
    let storage = Arc::clone(storage);
    // Held from here on: the record that speaks of these blobs was read a moment ago.
    let hold = storage.blobs().hold(ranges.iter().map(|(piece, _)| piece.blob));
    tokio::spawn(async move {
        let pump = Pump { sender, vigil, ask_at: Instant::now() + ASK_EVERY };
        pump.run(&storage, ranges).await;
        drop(hold);
    });
    Body::stream(chunks, length)
}

struct Pump {
    sender: mpsc::Sender<Result<Bytes, BrokenOff>>,
    vigil: Vigil,
    ask_at: Instant,
}

impl Pump {
    async fn run(mut self, storage: &ObjectStorage, ranges: Vec<(Piece, Range<u64>)>) {
        for (piece, range) in ranges {
            if let Err(broken) = self.send_range(storage, piece, range).await {
                // Whoever is no longer there needs not be told.
                drop(self.sender.try_send(Err(broken)));
                return;
            }
        }
    }

    async fn send_range(
        &mut self,
        storage: &ObjectStorage,
        piece: Piece,
        range: Range<u64>,
    ) -> Result<(), BrokenOff> {
        let unreadable = |error| {
            tracing::error!(error = &error as &dyn std::error::Error, "bytes of an object cannot be read");
            BrokenOff::Unreadable
        };
        let mut reading = storage.blobs().read(piece, range).await.map_err(unreadable)?;
        while let Some(bytes) = reading.next().await.map_err(unreadable)? {
            self.send(bytes).await?;
        }
        Ok(())
    }

    /// Hands on a chunk when the client is ready for it, asking all the while whether it still may have it.
    async fn send(&mut self, bytes: Bytes) -> Result<(), BrokenOff> {
        let latest = Instant::now() + SLOWEST_CHUNK;
        loop {
            if Instant::now() >= self.ask_at {
                if !self.vigil.holds() {
                    return Err(BrokenOff::Revoked);
                }
                self.ask_at = Instant::now() + ASK_EVERY;
            }
            tokio::select! {
                ready = self.sender.reserve() => {
                    ready.map_err(|_| BrokenOff::Unreadable)?.send(Ok(bytes));
                    return Ok(());
                }
                () = sleep_until(self.ask_at) => {}
                () = sleep_until(latest) => return Err(BrokenOff::Unreadable),
            }
        }
    }
}
