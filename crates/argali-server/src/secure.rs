//! A connection under TLS: the handshake, then the same as in clear.

use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout_at};
use tokio_rustls::server::TlsStream;

use crate::connection::{Face, Place, Transport, Way, converse};
use crate::rpc::Gate;
use crate::stop::Stop;
use crate::tls::Tls;
use crate::tunnel;

/// The first byte of a handshake, and of nothing in HTTP.
const HANDSHAKE: u8 = 0x16;
/// What a client hears who speaks HTTP in clear.
const SPEAK_TLS: &[u8] = b"HTTP/1.1 400 Bad Request\r\n\
    content-type: text/plain;charset=utf-8\r\n\
    connection: close\r\n\
    \r\n\
    This port speaks TLS: write https:// URLs.\n";
/// How much of what a client says in clear is read, so that closing does not take the answer away. It means nothing.
const READ_IN_CLEAR: usize = 4 << 10;

/// Serves one connection under TLS to its end, and the tunnel that it may become.
pub(crate) async fn serve(gate: Arc<Gate>, mut stream: TcpStream, tls: Tls, peer: IpAddr, mut stop: Stop) {
    let began = Instant::now();
    let latest = began + Duration::from_millis(gate.limits.head_timeout_ms);
    let speaks_tls = tokio::select! {
        speaks_tls = timeout_at(latest, speaks_tls(&mut stream)) => speaks_tls,
        () = stop.told() => return,
    };
    if !matches!(speaks_tls, Ok(Ok(true))) {
        gate.metrics.handshakes_failed.fetch_add(1, Ordering::Relaxed);
        tracing::debug!(%peer, "a client of the TLS port does not speak TLS");
        return;
    }
    let Some(stream) = shake_hands(&gate, &tls, stream, latest, &mut stop).await else { return };
    let way = Way {
        peer,
        transport: Transport::Tls,
        place: Place::Outside,
        spent: began.elapsed(),
        face: Face::ByHost,
    };
    if let Some(upgrade) = converse(&gate, stream, way, &mut stop).await {
        Box::pin(tunnel::serve(gate, upgrade, peer, stop)).await;
    }
}

/// Whether a client begins as TLS does. One that does not is told so.
async fn speaks_tls(stream: &mut TcpStream) -> io::Result<bool> {
    let mut first = [0];
    if stream.peek(&mut first).await? == 0 {
        return Ok(false);
    }
    if first == [HANDSHAKE] {
        return Ok(true);
    }
    _ = stream.read(&mut vec![0; READ_IN_CLEAR]).await?;
    stream.write_all(SPEAK_TLS).await?;
    stream.shutdown().await?;
    Ok(false)
}

/// A stream under TLS, unless the handshake fails, is not done by `latest`, or the server stops before.
pub(crate) async fn shake_hands<S>(
    gate: &Gate,
    tls: &Tls,
    stream: S,
    latest: Instant,
    stop: &mut Stop,
) -> Option<TlsStream<S>>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let shaken = tokio::select! {
        shaken = timeout_at(latest, tls.accept(stream)) => shaken,
        () = stop.told() => return None,
    };
    let reason = match shaken {
        Ok(Ok(stream)) => return Some(stream),
        Ok(Err(error)) => error.to_string(),
        Err(_) => "it took too long".to_owned(),
    };
    gate.metrics.handshakes_failed.fetch_add(1, Ordering::Relaxed);
    tracing::debug!(reason, "a TLS handshake failed");
    None
}
