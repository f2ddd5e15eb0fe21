//! One connection: served until its client leaves, is too slow, or the server stops.
//!
//! hyper decides framing. What it does not do is tell a connection that rests from one whose next request comes
//! in drops; here both are told apart by what was read since the last answer.

use std::io;
use std::net::IpAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use argali_objects::Body;
use hyper::Method;
use hyper::service::service_fn;
use hyper::upgrade::OnUpgrade;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use parking_lot::Mutex;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::runtime::Handle;

use crate::config::Limits;
use crate::rpc::{self, Gate};
use crate::stop::Stop;
use crate::tunnel;

/// What the head of a request may take, in bytes.
// SPEC: security, requests, limits.
const LARGEST_HEAD: u32 = 64 << 10;
/// How many requests one HTTP/2 connection may have open.
const MOST_STREAMS: u32 = 100;
/// How many streams a client may reset before it is cut off.
const MOST_RESETS: usize = 20;

/// Serves one connection in clear to its end, and the tunnel that it may become.
pub(crate) async fn serve(gate: Arc<Gate>, stream: TcpStream, peer: IpAddr, face: Face, mut stop: Stop) {
    let way = Way { peer, transport: Transport::Clear, place: Place::Outside, spent: Duration::ZERO, face };
    if let Some(upgrade) = converse(&gate, stream, way, &mut stop).await {
        // Few connections become tunnels; the others do not carry the room that one takes.
        Box::pin(tunnel::serve(gate, upgrade, peer, stop)).await;
    }
}

/// How a connection came about, before its first request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Way {
    /// The other end of the socket.
    pub(crate) peer: IpAddr,
    /// Who can read what goes over it.
    pub(crate) transport: Transport,
    /// Whether it may become a tunnel.
    pub(crate) place: Place,
    /// What has gone by of the time for the first head.
    pub(crate) spent: Duration,
    /// What is served there.
    pub(crate) face: Face,
}

/// What a listener serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Face {
    /// What the host of each request says.
    ByHost,
    /// Object storage.
    ObjectStorage,
}

/// Who can read what goes over a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Transport {
    /// Whoever carries it.
    Clear,
    /// Its ends alone.
    Tls,
}

/// Whether a connection runs in another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// It does not, and may become a tunnel.
    Outside,
    /// It does: there are no tunnels in tunnels.
    InTunnel,
}

/// Answers the requests of one connection to its end; what comes back is the tunnel that it has become.
pub(crate) async fn converse<S>(gate: &Arc<Gate>, stream: S, way: Way, stop: &mut Stop) -> Option<OnUpgrade>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let peer = way.peer;
    let activity = Arc::new(Activity::default());
    let io = TokioIo::new(Watched { stream, activity: Arc::clone(&activity) });
    let service = service_fn(|request| {
        let gate = Arc::clone(gate);
        let running = Running::start(&activity, request.version() == hyper::Version::HTTP_2);
        Finished(Some(Box::pin(async move {
            let answer = if request.method() == Method::CONNECT {
                tunnel::answer(&gate, way.place, request, &running.0.tunnel).map(Body::from)
            } else {
                rpc::answer(&gate, way, request).await
            };
            let mut answer = answer;
            // Bytes that are still to come are part of the request: the connection does not rest.
            if answer.body().is_stream() {
                answer.body_mut().hold(running);
            }
            Ok::<_, std::convert::Infallible>(answer)
        })))
    });
    let builder = builder();
    let mut connection = pin!(builder.serve_connection_with_upgrades(io, service));
    let mut overdue = pin!(overdue(&activity, &gate.limits, way.spent));
    let mut stopping = pin!(stop.told());
    let mut told = false;
    loop {
        tokio::select! {
            ended = connection.as_mut() => {
                if let Err(error) = ended {
                    tracing::debug!(%peer, error = error.to_string(), "a connection ended early");
                    return None;
                }
                return activity.tunnel.lock().take();
            }
            () = overdue.as_mut() => {
                tracing::debug!(%peer, "a connection was too slow or rested too long");
                return None;
            }
            () = stopping.as_mut(), if !told => {
                connection.as_mut().graceful_shutdown();
                told = true;
            }
        }
    }
}

fn builder() -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    let largest_head = usize::try_from(LARGEST_HEAD).unwrap_or(usize::MAX);
    // `overdue` watches heads and rest. A hundred headers are what hyper takes by itself, without allocating.
    // A client may say that it will send no more and still wait for its answer.
    let timer = TokioTimer::new();
    builder.http1().timer(timer).header_read_timeout(None).max_buf_size(largest_head).half_close(true);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(MOST_STREAMS)
        .max_header_list_size(LARGEST_HEAD)
        .max_pending_accept_reset_streams(MOST_RESETS)
        .max_local_error_reset_streams(MOST_RESETS);
    builder
}

/// Done when the client has taken longer than it may for a request's head, or rested too long.
///
/// It looks a few times per limit, so that requests pay two counters and no timer.
async fn overdue(activity: &Activity, limits: &Limits, spent: Duration) {
    let each_ms = (limits.head_timeout_ms.min(limits.idle_timeout_ms) / 4).max(1);
    let spent_ms = u64::try_from(spent.as_millis()).unwrap_or(u64::MAX);
    let (mut requests_before, mut quiet_ms, mut partial_ms) = (0, spent_ms, spent_ms);
    loop {
        tokio::time::sleep(Duration::from_millis(each_ms)).await;
        let requests = activity.requests.load(Ordering::Relaxed);
        if activity.running.load(Ordering::Relaxed) > 0 || requests != requests_before {
            (requests_before, quiet_ms, partial_ms) = (requests, 0, 0);
            continue;
        }
        quiet_ms += each_ms;
        // A new connection owes its first request at once. HTTP/2 has frames that belong to no request.
        let owes_head = !activity.http2.load(Ordering::Relaxed)
            && (requests == 0
                || activity.read.load(Ordering::Relaxed) != activity.read_at_rest.load(Ordering::Relaxed));
        partial_ms = if owes_head { partial_ms + each_ms } else { 0 };
        if quiet_ms >= limits.idle_timeout_ms || partial_ms >= limits.head_timeout_ms {
            return;
        }
    }
}

/// What a connection has done so far.
#[derive(Debug, Default)]
struct Activity {
    /// Bytes read.
    read: AtomicU64,
    /// The same when the last answer was made.
    read_at_rest: AtomicU64,
    /// Requests begun.
    requests: AtomicU64,
    /// Requests begun and not answered.
    running: AtomicU64,
    http2: AtomicBool,
    /// What the connection becomes once it has ended.
    tunnel: Mutex<Option<OnUpgrade>>,
}

/// A request that is being answered.
struct Running(Arc<Activity>);

impl Running {
    fn start(activity: &Arc<Activity>, http2: bool) -> Self {
        activity.requests.fetch_add(1, Ordering::Relaxed);
        activity.running.fetch_add(1, Ordering::Relaxed);
        if http2 {
            activity.http2.store(true, Ordering::Relaxed);
        }
        Self(Arc::clone(activity))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.0.read_at_rest.store(self.0.read.load(Ordering::Relaxed), Ordering::Relaxed);
        self.0.running.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A request that is answered to its end, whether or not its client stays to hear it.
///
/// A change that was made is on record only when its answer is ready. Were it dropped before, a client could keep
/// itself out of the record by hanging up.
// INVARIANT: once polled, the answer is computed, on a task of its own if its connection goes.
struct Finished<F: Future + Send + 'static>(Option<Pin<Box<F>>>)
where
    F::Output: Send;

impl<F: Future + Send + 'static> Future for Finished<F>
where
    F::Output: Send,
{
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let Some(answer) = &mut self.0 else { return Poll::Pending };
        let polled = answer.as_mut().poll(cx);
        if polled.is_ready() {
            self.0 = None;
        }
        polled
    }
}

impl<F: Future + Send + 'static> Drop for Finished<F>
where
    F::Output: Send,
{
    fn drop(&mut self) {
        // Without a runtime the process is at its end, and the record is found again at the next start.
        if let (Some(answer), Ok(runtime)) = (self.0.take(), Handle::try_current()) {
            runtime.spawn(answer);
        }
    }
}

/// A stream that counts what is read from it.
struct Watched<S> {
    stream: S,
    activity: Arc<Activity>,
}

impl<S: AsyncRead + Unpin> AsyncRead for Watched<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        let polled = Pin::new(&mut self.stream).poll_read(cx, buf);
        let came = u64::try_from(buf.filled().len() - before).unwrap_or_default();
        self.activity.read.fetch_add(came, Ordering::Relaxed);
        polled
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Watched<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, bufs)
    }
}

#[cfg(test)]
mod tests {
    use tokio::sync::oneshot;

    use super::*;

    #[tokio::test]
    async fn a_request_is_answered_to_its_end_though_its_client_hangs_up() {
        let (flushed, flush) = oneshot::channel::<()>();
        let (recorded, record) = oneshot::channel();
        let mut answer = Finished(Some(Box::pin(async move {
            flush.await.unwrap();
            recorded.send("recorded").unwrap();
        })));
        let waiting =
            std::future::poll_fn(|cx| Poll::Ready(Pin::new(&mut answer).poll(cx).is_pending())).await;
        assert!(waiting);
        drop(answer);
        flushed.send(()).unwrap();
        assert_eq!(record.await.unwrap(), "recorded");
    }
}
