//! Message Service: its protocol, from a request to the operation that it asks for and back to an answer.
//!
//! Records and decisions are core's (`argali_core::services::mns`).
// SPEC: wire protocol, MNS and RocketMQ.

mod answer;
mod failure;
mod message;
mod open;
mod queue;
mod request;
mod subscription;
mod topic;
mod visit;

use std::sync::OnceLock;

use argali_core::caller::Origin;
use argali_core::error::ApiError;
use argali_core::identifier::RequestId;
use argali_core::services::mns::{is_md5_of, messaging_error};
use argali_protocol::{HttpRequest, MnsRequest, decode_mns};
use bytes::Bytes;
use http_body_util::Full;
use hyper::Response;
use hyper::body::Incoming as Stream;
use hyper::header::{HeaderName, HeaderValue};
use hyper::http::request::Parts;

use crate::rpc::{Gate, LONGEST_TARGET, headers, read_body, target};
use failure::Failure;
use visit::Visit;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-mns-request-id");
const VERSION: HeaderName = HeaderName::from_static("x-mns-version");

/// The answer to one request. It never fails: what goes wrong is the answer.
pub(crate) async fn answer(gate: &Gate, origin: Origin, head: &Parts, body: Stream) -> Response<Full<Bytes>> {
    let (target, lines, id) = (target(head), headers(head), OnceLock::new());
    let http = HttpRequest { method: head.method.as_str(), target: &target, headers: &lines, body: &[] };
    let decoded = if target.len() > LONGEST_TARGET {
        Err(Failure::new(414, "RequestTargetTooLong", "The request target is longer than 32 KiB: say less."))
    } else {
        decode_mns(&http).map_err(|error| Failure::new(400, error.code(), error.message()))
    };
    let answered = match &decoded {
        Ok(request) => serve(gate, origin, request, body, &id).await,
        Err(failure) => Err(failure.clone()),
    };
    let id = *id.get_or_init(|| RequestId::generate(gate.core.env()));
    let mut response = answered.unwrap_or_else(|failure| {
        let host = lines.iter().find(|(name, _)| *name == "host").map(|(_, host)| *host);
        failure.into_answer(&id.to_string(), &String::from_utf8_lossy(host.unwrap_or_default()))
    });
    let headers = response.headers_mut();
    if let Ok(id) = HeaderValue::from_maybe_shared(Bytes::from(id.to_string())) {
        headers.insert(REQUEST_ID, id);
    }
    headers.insert(VERSION, HeaderValue::from_static("2015-06-06"));
    headers.insert(hyper::header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

async fn serve(
    gate: &Gate,
    origin: Origin,
    request: &MnsRequest<'_>,
    body: Stream,
    id: &OnceLock<RequestId>,
) -> Result<Response<Full<Bytes>>, Failure> {
    let body = read_body(body, &gate.limits)
        .await
        .map_err(|refusal| Failure::new(refusal.status, &refusal.code, &refusal.message))?;
    if let Some(digest) = request.header("content-md5")
        && !is_md5_of(digest, &body)
    {
        let message = "The Content-MD5 you specified is invalid: it is not that of the body.";
        return Err(Failure::new(400, "InvalidDegist", message));
    }
    let visit = Visit { gate, origin, request, body: &body, id };
    route(visit).await.map_err(|error| Failure::from(&error))
}

/// Finds what is asked for, by method and path.
async fn route(visit: Visit<'_>) -> Result<Response<Full<Bytes>>, ApiError> {
    let path = visit.request.path.strip_prefix('/').unwrap_or_default();
    let segments: Vec<&str> = path.split('/').collect();
    match (visit.request.method, segments.as_slice()) {
        ("GET", ["queues"]) => queue::list(visit).await,
        ("PUT", ["queues", name]) if visit.overrides()? => queue::set(visit, name).await,
        ("PUT", ["queues", name]) => queue::create(visit, name).await,
        ("GET", ["queues", name]) => queue::get(visit, name).await,
        ("DELETE", ["queues", name]) => queue::delete(visit, name).await,
        ("POST", ["queues", name, "messages"]) => message::send(visit, name).await,
        ("GET", ["queues", name, "messages"]) => message::receive(visit, name).await,
        ("DELETE", ["queues", name, "messages"]) => message::delete(visit, name).await,
        ("PUT", ["queues", name, "messages"]) => message::change_visibility(visit, name).await,
        ("GET", ["topics"]) => topic::list(visit).await,
        ("PUT", ["topics", name]) if visit.overrides()? => topic::set(visit, name).await,
        ("PUT", ["topics", name]) => topic::create(visit, name).await,
        ("GET", ["topics", name]) => topic::get(visit, name).await,
        ("DELETE", ["topics", name]) => topic::delete(visit, name).await,
        ("POST", ["topics", name, "messages"]) => topic::publish(visit, name).await,
        ("GET", ["topics", topic, "subscriptions"]) => subscription::list(visit, topic).await,
        ("PUT", ["topics", topic, "subscriptions", name]) if visit.overrides()? => {
            subscription::set(visit, topic, name).await
        }
        ("PUT", ["topics", topic, "subscriptions", name]) => subscription::create(visit, topic, name).await,
        ("GET", ["topics", topic, "subscriptions", name]) => subscription::get(visit, topic, name).await,
        ("DELETE", ["topics", topic, "subscriptions", name]) => {
            subscription::delete(visit, topic, name).await
        }
        ("POST", ["commonbuy", "openservice"]) => open::open(visit).await,
        _ => {
            let message = "Http request URL format invalid: there is no such operation on such a path.";
            Err(messaging_error("InvalidRequestURL", 400, message))
        }
    }
}
