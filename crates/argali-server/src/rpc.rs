//! One request: where it goes, how much of it is read, and what goes back.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use argali_console::Console;
use argali_core::Core;
use argali_core::caller::Origin;
use argali_core::dispatch::Incoming;
use argali_core::identifier::RequestId;
use argali_core::message_name::Region;
use argali_core::registry::OBJECT_STORAGE;
use argali_objects::{Body as Content, Called, ObjectStorage};
use argali_protocol::{ErrorBody, Format, HttpRequest, ProtocolError, encode_error, format_of};
use bytes::{Bytes, BytesMut};
use http_body_util::{BodyExt, Full};
use hyper::body::{Body, Incoming as Stream};
use hyper::header::{self, HeaderName, HeaderValue};
use hyper::http::request;
use hyper::{HeaderMap, Method, Request, Response, StatusCode, Uri, Version};
use smallvec::SmallVec;
use tokio::time::{Instant, timeout_at};

use crate::backup;
use crate::config::Limits;
use crate::connection::{Transport, Way};
use crate::console;
use crate::health;
use crate::metrics::Metrics;
use crate::mns;
use crate::proxy::{self, Network};
use crate::route::{self, Destination};
use crate::tls::Tls;

/// How long a request's target may be, in bytes.
// SPEC: security, requests, limits; also the next.
pub(crate) const LONGEST_TARGET: usize = 32 << 10;
/// How long the body of a call may be, in bytes.
pub(crate) const LONGEST_BODY: usize = 1 << 20;
/// How fast a body must come at least, in bytes a second, once it has had time to start.
const SLOWEST_BODY: usize = 1 << 10;
const TIME_TO_START: Duration = Duration::from_secs(5);

const REQUEST_ID: HeaderName = HeaderName::from_static("x-acs-request-id");

/// What every request needs.
#[derive(Debug)]
pub(crate) struct Gate {
    pub(crate) core: Arc<Core>,
    /// The pages under `/logon` and `/console`.
    pub(crate) console: Console,
    pub(crate) limits: Limits,
    pub(crate) trusted_proxies: Vec<Network>,
    pub(crate) metrics: Metrics,
    /// Buckets and objects.
    pub(crate) objects: Arc<ObjectStorage>,
    /// The domain of object storage besides the built-in ones; none if empty.
    pub(crate) oss_domain: String,
    /// Where queues and topics are, if the host that is called does not say.
    pub(crate) messaging_region: Region,
    /// What is spoken in tunnels; there are none without it.
    pub(crate) tunnels: Option<Tls>,
    /// Whether the server is about to end, and should be sent nothing more.
    pub(crate) stopping: AtomicBool,
}

/// The answer to one request.
pub(crate) async fn answer(gate: &Gate, way: Way, request: Request<Stream>) -> Response<Content> {
    let began = Instant::now();
    let (head, body) = request.into_parts();
    match route::destination(&head, way.face, &gate.oss_domain) {
        Destination::ObjectStorage => {
            let origin = origin(gate, way, &head);
            let response = gate.objects.answer(&head, &target(&head), body, origin).await;
            let called = response.extensions().get::<Called>();
            let operation = called.and_then(|called| gate.metrics.of_data_plane(OBJECT_STORAGE, called.0));
            gate.metrics.count(operation, response.status(), began.elapsed());
            return response;
        }
        Destination::Messaging => {
            let origin = origin(gate, way, &head);
            let response = Box::pin(mns::answer(gate, origin, &head, body)).await;
            gate.metrics.count(None, response.status(), began.elapsed());
            return response.map(Content::from);
        }
        Destination::Api => {}
    }
    if let Some(number) = head.uri.path().strip_prefix(backup::PATH) {
        let response = backup::download(gate, &head.method, number);
        gate.metrics.count(None, response.status(), began.elapsed());
        return response;
    }
    // Few requests are of the other kind; these do not carry the room that one takes.
    Box::pin(call(gate, way, (&head, body), began)).await.map(Content::from)
}

/// Where a request came from.
pub(crate) fn origin(gate: &Gate, way: Way, head: &request::Parts) -> Origin {
    proxy::origin(way.peer, way.transport == Transport::Tls, &head.headers, &gate.trusted_proxies)
}

/// The answer to a call, or to somebody who looks at a page.
async fn call(
    gate: &Gate,
    way: Way,
    (head, body): (&request::Parts, Stream),
    began: Instant,
) -> Response<Full<Bytes>> {
    let path = head.uri.path();
    if let Some(page) = path.strip_prefix("/-/") {
        return health::page(gate, &head.method, page);
    }
    if is_visit(head) {
        return console::landing();
    }
    if Console::has(path) {
        return console::page(gate, way, head, body).await;
    }
    let target = target(head);
    let headers = headers(head);
    let mut http =
        HttpRequest { method: head.method.as_str(), target: &target, headers: &headers, body: &[] };
    let operation = gate.metrics.operation(&http);
    let body = match admit(head, &target, path) {
        Ok(()) => read_body(body, &gate.limits).await,
        Err(refusal) => Err(refusal),
    };
    let (response, operation) = match &body {
        Err(refusal) => (refuse(gate, &http, refusal), operation),
        Ok(body) => {
            http.body = body;
            let operation = operation.or_else(|| gate.metrics.operation(&http));
            let origin = origin(gate, way, head);
            let answer = gate.core.dispatch(&Incoming { http, origin }).await;
            let sent = respond(answer.status, answer.content_type, answer.request_id, answer.body);
            (sent, operation)
        }
    };
    gate.metrics.count(operation, response.status(), began.elapsed());
    response
}

/// Whether somebody looks at `/` rather than calling an operation.
// SPEC: wire protocol, routing.
fn is_visit(head: &request::Parts) -> bool {
    let names_action = |query: &str| query.split('&').any(|pair| pair.starts_with("Action="));
    head.uri.path() == "/"
        && matches!(head.method, Method::GET | Method::HEAD)
        && !head.uri.query().is_some_and(names_action)
        && !head.headers.contains_key("x-acs-action")
        && !head.headers.contains_key(header::AUTHORIZATION)
}

/// The target as it was sent. hyper has split it into parts; only absolute ones must be put together again.
pub(crate) fn target(head: &request::Parts) -> std::borrow::Cow<'_, str> {
    let uri: &Uri = &head.uri;
    match uri.path_and_query() {
        Some(_) if uri.scheme().is_some() && head.version != Version::HTTP_2 => uri.to_string().into(),
        Some(path_and_query) => path_and_query.as_str().into(),
        None => uri.to_string().into(),
    }
}

pub(crate) type HeaderLines<'a> = SmallVec<[(&'a str, &'a [u8]); 24]>;

pub(crate) fn headers(head: &request::Parts) -> HeaderLines<'_> {
    let mut lines: HeaderLines<'_> =
        head.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
    if head.version == Version::HTTP_2
        && let Some(authority) = head.uri.authority()
    {
        lines.push(("host", authority.as_str().as_bytes()));
    }
    lines
}

/// A request that core never sees.
pub(crate) struct Refusal {
    pub(crate) status: u16,
    pub(crate) code: String,
    pub(crate) message: String,
}

impl Refusal {
    fn new(status: StatusCode, code: &str, message: &str) -> Self {
        Self { status: status.as_u16(), code: code.to_owned(), message: message.to_owned() }
    }
}

impl From<ProtocolError> for Refusal {
    fn from(error: ProtocolError) -> Self {
        Self { status: error.http_status(), code: error.code().into_owned(), message: error.message() }
    }
}

/// Refuses what no call looks like, before its body is read and before it costs a record.
fn admit(head: &request::Parts, target: &str, path: &str) -> Result<(), Refusal> {
    if !matches!(head.method, Method::GET | Method::POST) {
        return Err(ProtocolError::Method.into());
    }
    if path != "/" {
        return Err(ProtocolError::Path.into());
    }
    if target.len() > LONGEST_TARGET {
        let message = "The request target is longer than 32 KiB: send the parameters as a form.";
        return Err(Refusal::new(StatusCode::URI_TOO_LONG, "RequestTargetTooLong", message));
    }
    if is_compressed(&head.headers) {
        let message = "The body is compressed, which is not supported: send it as it is.";
        return Err(Refusal::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "UnsupportedContentEncoding", message));
    }
    Ok(())
}

pub(crate) fn is_compressed(headers: &HeaderMap) -> bool {
    let codings = headers.get_all(header::CONTENT_ENCODING).iter().any(|coding| coding != "identity");
    let transfer = headers.get_all(header::TRANSFER_ENCODING).iter();
    codings || transfer.into_iter().any(|coding| !coding.as_bytes().eq_ignore_ascii_case(b"chunked"))
}

/// The whole body, in the one piece that it came in if it did.
pub(crate) async fn read_body(body: Stream, limits: &Limits) -> Result<Bytes, Refusal> {
    read_body_up_to(LONGEST_BODY, body, limits).await
}

/// The same of a body that may have `longest` bytes.
pub(crate) async fn read_body_up_to(
    longest: usize,
    mut body: Stream,
    limits: &Limits,
) -> Result<Bytes, Refusal> {
    let too_large = || {
        let message = format!("The body is larger than {} MiB: send less in one call.", longest >> 20);
        Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, "RequestBodyTooLarge", &message)
    };
    if body.is_end_stream() {
        return Ok(Bytes::new());
    }
    if body.size_hint().lower() > longest as u64 {
        return Err(too_large());
    }
    let began = Instant::now();
    let latest = Duration::from_millis(limits.body_timeout_ms);
    let mut first = Bytes::new();
    let mut more = BytesMut::new();
    loop {
        let received = first.len() + more.len();
        let owed = TIME_TO_START + Duration::from_secs((received / SLOWEST_BODY) as u64);
        let frame = match timeout_at(began + owed.min(latest), body.frame()).await {
            Ok(None) => break,
            Ok(Some(Ok(frame))) => frame,
            Ok(Some(Err(error))) => {
                tracing::debug!(%error, "a body broke off");
                let message = "The body broke off or is not framed as HTTP wants it: send the call again.";
                return Err(Refusal::new(StatusCode::BAD_REQUEST, "IncompleteBody", message));
            }
            Err(_) => {
                let message = "The body came too slowly: send the call again.";
                return Err(Refusal::new(StatusCode::REQUEST_TIMEOUT, "RequestTimeout", message));
            }
        };
        let Ok(data) = frame.into_data() else { continue };
        if received + data.len() > longest {
            return Err(too_large());
        }
        if first.is_empty() {
            first = data;
        } else {
            more.extend_from_slice(&data);
        }
        if body.is_end_stream() {
            break;
        }
    }
    if more.is_empty() {
        return Ok(first);
    }
    let mut whole = BytesMut::with_capacity(first.len() + more.len());
    whole.extend_from_slice(&first);
    whole.extend_from_slice(&more);
    Ok(whole.freeze())
}

fn refuse(gate: &Gate, http: &HttpRequest<'_>, refusal: &Refusal) -> Response<Full<Bytes>> {
    let request_id = RequestId::generate(gate.core.env());
    let format: Format = format_of(http);
    let host = http.headers.iter().find(|(name, _)| *name == "host").map(|(_, value)| *value);
    let body = encode_error(
        format,
        &ErrorBody {
            request_id: request_id.to_string(),
            host_id: String::from_utf8_lossy(host.unwrap_or_default()).into_owned(),
            code: refusal.code.clone(),
            message: refusal.message.clone(),
            recommend: None,
            access_denied_detail: None,
        },
    );
    tracing::debug!(request = %request_id, code = refusal.code, "a request was refused unread");
    respond(refusal.status, format.content_type(), request_id, body)
}

// SPEC: wire protocol, success responses: the headers that answers carry.
fn respond(status: u16, content_type: &'static str, id: RequestId, body: Vec<u8>) -> Response<Full<Bytes>> {
    let any = HeaderValue::from_static("*");
    let mut response = Response::new(Full::new(Bytes::from(body)));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    headers.reserve(6);
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    if let Ok(id) = HeaderValue::from_maybe_shared(Bytes::from(id.to_string())) {
        headers.insert(REQUEST_ID, id);
    }
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, any.clone());
    headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, any);
    response
}
