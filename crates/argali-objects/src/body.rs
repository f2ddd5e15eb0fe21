//! The bodies of answers: in one piece, or as their bytes come from where they lie.

use std::any::Any;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body as HttpBody, Frame, SizeHint};
use http_body_util::Full;
use tokio::sync::mpsc;

/// The body of an answer.
pub struct Body {
    content: Content,
    /// What is dropped when the body is.
    held: Vec<Box<dyn Any + Send>>,
}

enum Content {
    Whole(Full<Bytes>),
    Stream {
        chunks: Chunks,
        left: u64,
    },
    /// As many as come until an empty chunk says that those were all.
    Unmeasured {
        chunks: Chunks,
        ended: bool,
    },
}

type Chunks = mpsc::Receiver<Result<Bytes, BrokenOff>>;

/// Bytes that are no longer sent: the connection ends before what was promised is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BrokenOff {
    /// They cannot be read.
    #[error("the bytes cannot be read")]
    Unreadable,
    /// Whoever asked for them may no longer have them.
    #[error("the authority under which they were read has ended")]
    Revoked,
}

impl Body {
    /// Bytes in one piece.
    pub fn whole(bytes: impl Into<Bytes>) -> Self {
        Self { content: Content::Whole(Full::new(bytes.into())), held: Vec::new() }
    }

    /// `length` bytes that come as they can be had.
    pub(crate) fn stream(chunks: Chunks, length: u64) -> Self {
        Self { content: Content::Stream { chunks, left: length }, held: Vec::new() }
    }

    /// Bytes that come as they can be had, of which nobody knows yet how many they are. An empty chunk is the last: what
    /// ends without one has broken off.
    pub fn unmeasured(chunks: Chunks) -> Self {
        Self { content: Content::Unmeasured { chunks, ended: false }, held: Vec::new() }
    }

    /// Whether its bytes are still to come.
    pub fn is_stream(&self) -> bool {
        !matches!(self.content, Content::Whole(_))
    }

    /// Keeps something until the last byte is on its way, or nobody wants it any more.
    pub fn hold(&mut self, held: impl Any + Send) {
        self.held.push(Box::new(held));
    }
}

impl From<Full<Bytes>> for Body {
    fn from(body: Full<Bytes>) -> Self {
        Self { content: Content::Whole(body), held: Vec::new() }
    }
}

impl Default for Body {
    fn default() -> Self {
        Self::whole(Bytes::new())
    }
}

impl HttpBody for Body {
    type Data = Bytes;
    type Error = BrokenOff;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BrokenOff>>> {
        match &mut self.content {
            Content::Whole(body) => Pin::new(body)
                .poll_frame(cx)
                .map(|frame| frame.map(|frame| frame.map_err(|never| match never {}))),
            Content::Stream { left: 0, .. } => Poll::Ready(None),
            Content::Stream { chunks, left } => match chunks.poll_recv(cx) {
                Poll::Pending => Poll::Pending,
                Poll::Ready(Some(Ok(chunk))) => {
                    *left = left.saturating_sub(chunk.len() as u64);
                    Poll::Ready(Some(Ok(Frame::data(chunk))))
                }
                Poll::Ready(Some(Err(broken))) => Poll::Ready(Some(Err(broken))),
                Poll::Ready(None) => Poll::Ready(Some(Err(BrokenOff::Unreadable))),
            },
            Content::Unmeasured { ended: true, .. } => Poll::Ready(None),
            Content::Unmeasured { chunks, ended } => chunks.poll_recv(cx).map(|chunk| match chunk {
                Some(Ok(last)) if last.is_empty() => {
                    *ended = true;
                    None
                }
                Some(chunk) => Some(chunk.map(Frame::data)),
                None => Some(Err(BrokenOff::Unreadable)),
            }),
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.content {
            Content::Whole(body) => body.is_end_stream(),
            Content::Stream { left, .. } => *left == 0,
            Content::Unmeasured { ended, .. } => *ended,
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.content {
            Content::Whole(body) => body.size_hint(),
            Content::Stream { left, .. } => SizeHint::with_exact(*left),
            Content::Unmeasured { .. } => SizeHint::default(),
        }
    }
}

impl std::fmt::Debug for Body {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Body").field("size", &self.size_hint()).finish_non_exhaustive()
    }
}
