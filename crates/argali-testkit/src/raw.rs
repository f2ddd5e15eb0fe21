//! Bytes sent as they are, for requests that no client makes.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// How long a test waits for a server that says nothing. Reached only when something is wrong.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// What came back before the server closed the connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawAnswer(pub Vec<u8>);

impl RawAnswer {
    /// The status of the first answer; `None` if the connection was closed without one.
    pub fn status(&self) -> Option<u16> {
        let line = self.0.split(|byte| *byte == b'\n').next()?;
        std::str::from_utf8(line).ok()?.split(' ').nth(1)?.parse().ok()
    }

    /// Everything as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.0).into_owned()
    }
}

/// Sends `bytes`, ends the sending side, and reads until the server closes.
pub(crate) fn exchange(address: SocketAddr, bytes: &[u8]) -> RawAnswer {
    let mut answer = Vec::new();
    let mut stream = TcpStream::connect(address).unwrap_or_else(|error| panic!("no connection: {error}"));
    let patience = stream.set_read_timeout(Some(PATIENCE));
    patience.unwrap_or_else(|error| panic!("no patience: {error}"));
    // A server that refuses early closes while it is still being sent to: what it said counts, and is read.
    let sent = stream.write_all(bytes).and_then(|()| stream.shutdown(std::net::Shutdown::Write));
    let heard = stream.read_to_end(&mut answer);
    for error in [sent.err(), heard.err()].into_iter().flatten() {
        let timed_out = matches!(error.kind(), std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut);
        assert!(!timed_out, "the server neither answered nor closed within {PATIENCE:?}");
    }
    RawAnswer(answer)
}
