//! One connection, over which requests go one after the other, with what is answered.

use std::borrow::Cow;

use anyhow::{Context, Result, ensure};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// A connection to a server.
#[derive(Debug)]
pub struct Line {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Line {
    /// Connects to a port of this machine.
    ///
    /// # Errors
    ///
    /// Fails if nobody listens.
    pub async fn open(port: u16) -> Result<Self> {
        let stream = TcpStream::connect(("127.0.0.1", port)).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: vec![0; 64 << 10] })
    }

    /// Sends a request; returns the body of its answer.
    ///
    /// # Errors
    ///
    /// Fails if it is not answered with success.
    pub async fn ask(&mut self, request: &[u8]) -> Result<Cow<'_, str>> {
        let (head, body) = self.exchange(request).await?;
        ensure!(head.starts_with("http/1.1 20"), "not answered with success: {head}\n{body}");
        Ok(body)
    }

    /// Sends a request; returns the head of its answer in lower case, and its body.
    ///
    /// # Errors
    ///
    /// Fails if there is no answer, or one of more than 64 KiB.
    pub async fn exchange(&mut self, request: &[u8]) -> Result<(String, Cow<'_, str>)> {
        self.stream.write_all(request).await?;
        let mut filled = 0;
        let (head, start, end) = loop {
            let room = self.buffer.get_mut(filled..).filter(|room| !room.is_empty());
            let read = self.stream.read(room.context("the answer is longer than 64 KiB")?).await?;
            ensure!(read > 0, "the server closed the connection");
            filled += read;
            let text = self.buffer.get(..filled).unwrap_or_default();
            let Some(end) = text.windows(4).position(|four| four == b"\r\n\r\n") else { continue };
            let head = String::from_utf8_lossy(text.get(..end).unwrap_or_default()).to_ascii_lowercase();
            let length = head.split("content-length: ").nth(1).and_then(|rest| rest.split("\r\n").next());
            // An answer that cannot have a body says no length.
            let length: usize = length.map_or(Ok(0), |length| length.trim().parse())?;
            let end = end + 4;
            if filled < end + length {
                continue;
            }
            break (head, end, end + length);
        };
        Ok((head, String::from_utf8_lossy(self.buffer.get(start..end).unwrap_or_default())))
    }
}
