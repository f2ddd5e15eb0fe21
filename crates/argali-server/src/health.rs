//! Pages for people and machines that look after the server: `/-/…`.

use std::sync::atomic::Ordering;

use argali_core::Unready;
use bytes::Bytes;
use http_body_util::Full;
use hyper::header::{self, HeaderValue};
use hyper::{Method, Response, StatusCode};

use crate::help;
use crate::rpc::Gate;

pub(crate) const TEXT: &str = "text/plain;charset=utf-8";
/// The text form that Prometheus reads.
const METRICS: &str = "text/plain;version=0.0.4;charset=utf-8";

/// A page under `/-/`.
pub(crate) fn page(gate: &Gate, method: &Method, page: &str) -> Response<Full<Bytes>> {
    if !matches!(*method, Method::GET | Method::HEAD) {
        return answer(StatusCode::METHOD_NOT_ALLOWED, TEXT, "Read this page with GET.\n".to_owned());
    }
    match page {
        "healthz" => answer(StatusCode::OK, TEXT, "ok\n".to_owned()),
        "readyz" => match unready(gate) {
            None => answer(StatusCode::OK, TEXT, "ready\n".to_owned()),
            Some(reason) => answer(StatusCode::SERVICE_UNAVAILABLE, TEXT, format!("not ready: {reason}\n")),
        },
        "metrics" => answer(StatusCode::OK, METRICS, gate.metrics.render()),
        _ => match page.strip_prefix("help/").and_then(help::page) {
            Some(text) => answer(StatusCode::OK, TEXT, text),
            None => {
                let text = "There is no such page. There are /-/healthz, /-/readyz, /-/metrics and /-/help/<error code>.\n";
                answer(StatusCode::NOT_FOUND, TEXT, text.to_owned())
            }
        },
    }
}

/// Why no requests should be sent here now, if they should not.
fn unready(gate: &Gate) -> Option<&'static str> {
    if gate.stopping.load(Ordering::Relaxed) {
        return Some("the server is stopping");
    }
    gate.core.unready().map(|unready| match unready {
        Unready::Store => "the store has failed",
        Unready::Trail => "calls cannot be recorded",
    })
}

/// A short text of the server's own.
pub(crate) fn answer(status: StatusCode, content_type: &'static str, text: String) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from(text)));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
