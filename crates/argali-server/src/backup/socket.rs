//! Backups through the operator's socket: one line asks, one answers, and then the backup follows.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use argali_core::Core;
use argali_core::backup::{self, BackupError, Made};
use serde_json::json;

use super::MakeError;
use crate::operator::{OperatorError, Reply, SOCKET};

/// What asks for a backup.
const ASKING: &str = r#"{"Command":"MakeBackup"}"#;
/// How long whoever asks may take for a piece.
const SLOWEST_PIECE: Duration = Duration::from_secs(60);
/// How long an answer may be, in bytes.
const LONGEST_ANSWER: u64 = 64 << 10;

/// Whether a line that came over the socket asks for a backup.
pub(crate) fn is_asked_for(line: &[u8]) -> bool {
    line.trim_ascii() == ASKING.as_bytes()
}

/// Sends a backup to whoever asked. What goes wrong shows at the other end: the backup is not whole.
pub(crate) async fn send(core: Arc<Core>, stream: tokio::net::UnixStream) {
    let sending = tokio::task::spawn_blocking(move || {
        let mut stream = stream.into_std()?;
        stream.set_nonblocking(false)?;
        stream.set_write_timeout(Some(SLOWEST_PIECE))?;
        writeln!(stream, "{}", serde_json::to_string(&Reply::Done(json!({})))?)?;
        let made = core.write_backup(&mut io::BufWriter::new(stream)).map_err(io::Error::other)?;
        tracing::info!(rows = made.rows, bytes = made.bytes, "a backup was made");
        Ok::<_, io::Error>(())
    });
    match sending.await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::warn!(%error, "a backup broke off"),
        Err(error) => tracing::error!(%error, "making a backup panicked"),
    }
}

/// Has the server that runs on `folder` make a backup, and writes it to `to`; nothing if none does.
pub(super) fn fetch(folder: &Path, to: &mut dyn Write) -> Result<Option<Made>, MakeError> {
    let Ok(stream) = UnixStream::connect(folder.join(SOCKET)) else { return Ok(None) };
    let broke_off = |source| OperatorError::BrokeOff { folder: folder.to_owned(), source };
    let mut stream = BufReader::new(stream);
    writeln!(stream.get_mut(), "{ASKING}").map_err(broke_off)?;
    let mut answer = String::new();
    (&mut stream).take(LONGEST_ANSWER).read_line(&mut answer).map_err(broke_off)?;
    match serde_json::from_str(&answer) {
        Ok(Reply::Done(_)) => {}
        // A server of an earlier version knows no backups.
        Ok(Reply::Refused { message, .. }) => return Err(broke_off(io::Error::other(message)).into()),
        Err(error) => return Err(broke_off(error.into()).into()),
    }
    let mut copied = Copied { from: stream, to, failed: None };
    let checked = backup::check(&mut copied);
    match copied.failed {
        Some(error) => Err(BackupError::Write(error).into()),
        None => Ok(Some(checked?)),
    }
}

/// What is read, and written as it is meanwhile.
struct Copied<'w, R> {
    from: R,
    to: &'w mut dyn Write,
    /// Why it can be written no more.
    failed: Option<io::Error>,
}

impl<R: Read> Read for Copied<'_, R> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let read = self.from.read(bytes)?;
        if let Err(error) = self.to.write_all(bytes.get(..read).unwrap_or_default()) {
            self.failed = Some(error);
            return Err(io::Error::other("what was read cannot be written"));
        }
        Ok(read)
    }
}
