//! The console's pages: what they are handed of a request, and what goes back.

use std::net::SocketAddr;

use argali_console::UploadRoom;
use argali_protocol::HttpRequest;
use bytes::Bytes;
use http_body_util::Full;
use hyper::body::Incoming as Stream;
use hyper::header::{self, HeaderName, HeaderValue};
use hyper::http::request;
use hyper::{Method, Response, StatusCode};
use tokio::time::Instant;

use crate::connection::Way;
use crate::health;
use crate::rpc::{self, Gate, LONGEST_BODY, LONGEST_TARGET, headers, is_compressed, read_body_up_to, target};

/// Sends a browser that comes to `/` on to the console.
// SPEC: console, rules that hold everywhere.
pub(crate) fn landing() -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::default());
    *response.status_mut() = StatusCode::SEE_OTHER;
    response.headers_mut().insert(header::LOCATION, HeaderValue::from_static("/console"));
    response
}

/// Where a browser on this machine opens the console, if the port is known.
pub(crate) fn origin(http: SocketAddr, https: Option<SocketAddr>) -> Option<String> {
    // Browsers trust loopback in clear, and no certificate of ours without being told to.
    let (scheme, address) = match https {
        Some(https) if !(http.ip().is_loopback() || http.ip().is_unspecified()) => ("https", https),
        _ => ("http", http),
    };
    if address.port() == 0 {
        None
    } else if address.ip().is_unspecified() {
        Some(format!("{scheme}://localhost:{}", address.port()))
    } else {
        Some(format!("{scheme}://{address}"))
    }
}

/// A page of the console.
pub(crate) async fn page(
    gate: &Gate,
    way: Way,
    head: &request::Parts,
    body: Stream,
) -> Response<Full<Bytes>> {
    let began = Instant::now();
    let response = answer(gate, way, head, body).await;
    gate.metrics.count(None, response.status(), began.elapsed());
    response
}

async fn answer(gate: &Gate, way: Way, head: &request::Parts, body: Stream) -> Response<Full<Bytes>> {
    let refuse = |status, text: &str| health::answer(status, health::TEXT, format!("{text}\n"));
    if !matches!(head.method, Method::GET | Method::HEAD | Method::POST) {
        return refuse(
            StatusCode::METHOD_NOT_ALLOWED,
            "Pages are read with GET and forms are sent with POST.",
        );
    }
    // Whoever asks with a target of another form is no browser.
    let target = target(head);
    if target.len() > LONGEST_TARGET || !target.starts_with('/') {
        return refuse(StatusCode::URI_TOO_LONG, "The address is too long or no path.");
    }
    if is_compressed(&head.headers) {
        return refuse(StatusCode::UNSUPPORTED_MEDIA_TYPE, "Send the form as it is, not compressed.");
    }
    let headers = headers(head);
    let origin = rpc::origin(gate, way, head);
    let bare = HttpRequest { method: head.method.as_str(), target: &target, headers: &headers, body: &[] };
    // Held for as long as the file is in memory.
    let room = gate.console.room_for_upload(&bare, origin).await;
    let longest = room.as_ref().map_or(LONGEST_BODY, UploadRoom::longest);
    let body = match read_body_up_to(longest, body, &gate.limits).await {
        Ok(body) => body,
        Err(refusal) => {
            let status = StatusCode::from_u16(refusal.status).unwrap_or(StatusCode::BAD_REQUEST);
            return refuse(status, &refusal.message);
        }
    };
    let http = HttpRequest { body: &body, ..bare };
    let answer = gate.console.answer(&http, origin).await;
    drop(room);
    respond(answer)
}

fn respond(answer: argali_console::Answer) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from(answer.body)));
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    for (name, value) in answer.headers {
        // What is no value is left out rather than sent in part.
        if let Ok(value) = HeaderValue::from_maybe_shared(Bytes::from(value)) {
            response.headers_mut().append(HeaderName::from_static(name), value);
        }
    }
    response
}
