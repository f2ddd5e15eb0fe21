//! Tunnels: `CONNECT` to a host that official SDKs have built in, answered by Argali itself.
//!
//! Nothing is connected to. What comes through a tunnel is the handshake of a client that believes to talk to that
//! host, and Argali answers it under its own authority, as its https listener does. So a tool whose hosts are fixed
//! reaches Argali by `HTTPS_PROXY` alone.
//!
//! A tunnel stays the connection that it was: counted once, with the same limits. Whatever follows a `CONNECT` that
//! is granted belongs to the tunnel; after one that is refused the connection is closed, so that nothing meant for a
//! tunnel is ever read as a request.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use hyper::body::Incoming as Stream;
use hyper::header::{self, HeaderValue};
use hyper::upgrade::OnUpgrade;
use hyper::{Request, Response, StatusCode, Version};
use hyper_util::rt::TokioIo;
use parking_lot::Mutex;
use tokio::time::{Instant, timeout_at};

use crate::connection::{Face, Place, Transport, Way, converse};
use crate::health;
use crate::host;
use crate::rpc::Gate;
use crate::secure::shake_hands;
use crate::stop::Stop;

/// The only port that tunnels lead to.
const HTTPS: u16 = 443;

/// The answer to a `CONNECT`. One that is granted is left in `granted`.
pub(crate) fn answer(
    gate: &Gate,
    place: Place,
    mut request: Request<Stream>,
    granted: &Mutex<Option<OnUpgrade>>,
) -> Response<Full<Bytes>> {
    let began = Instant::now();
    let response = match refusal(gate, place, &request) {
        None => {
            *granted.lock() = Some(hyper::upgrade::on(&mut request));
            Response::new(Full::default())
        }
        Some((status, text)) => {
            let mut response = health::answer(status, health::TEXT, text.to_owned());
            if request.version() < Version::HTTP_2 {
                response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
            }
            response
        }
    };
    gate.metrics.count(None, response.status(), began.elapsed());
    response
}

/// Why a tunnel is refused, if it is.
// SPEC: security, requests, limits: no connection to an address that a client names.
fn refusal(gate: &Gate, place: Place, request: &Request<Stream>) -> Option<(StatusCode, &'static str)> {
    if gate.tunnels.is_none() {
        return Some((
            StatusCode::FORBIDDEN,
            "This is no proxy: start Argali with --proxy, or take its address out of HTTPS_PROXY.\n",
        ));
    }
    if place == Place::InTunnel || request.version() >= Version::HTTP_2 {
        return Some((StatusCode::FORBIDDEN, "Open a tunnel over HTTP/1.1, and not in a tunnel.\n"));
    }
    let framed = [header::CONTENT_LENGTH, header::TRANSFER_ENCODING];
    if framed.iter().any(|name| request.headers().contains_key(name)) {
        return Some((StatusCode::BAD_REQUEST, "CONNECT has no body.\n"));
    }
    let ours = request.uri().authority().is_some_and(|authority| {
        // A name with `user@` before it is none of these hosts.
        let named = authority.as_str().rsplit_once(':').map(|(host, _)| host.to_ascii_lowercase());
        authority.port_u16() == Some(HTTPS) && named.is_some_and(|host| host::is_of_the_cloud(&host))
    });
    (!ours).then_some((
        StatusCode::FORBIDDEN,
        "Argali leads to *.aliyuncs.com:443 only, and answers there itself: name other hosts in NO_PROXY.\n",
    ))
}

/// Serves what comes through a tunnel to its end.
pub(crate) async fn serve(gate: Arc<Gate>, upgrade: OnUpgrade, peer: IpAddr, mut stop: Stop) {
    let Some(tls) = &gate.tunnels else { return };
    let began = Instant::now();
    let latest = began + Duration::from_millis(gate.limits.head_timeout_ms);
    let stream = match timeout_at(latest, upgrade).await {
        Ok(Ok(stream)) => TokioIo::new(stream),
        Ok(Err(error)) => {
            tracing::debug!(%peer, %error, "a connection did not become a tunnel");
            return;
        }
        Err(_) => return,
    };
    let Some(stream) = shake_hands(&gate, tls, stream, latest, &mut stop).await else { return };
    let way = Way {
        peer,
        transport: Transport::Tls,
        place: Place::InTunnel,
        spent: began.elapsed(),
        face: Face::ByHost,
    };
    converse(&gate, stream, way, &mut stop).await;
}
