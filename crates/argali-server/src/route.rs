//! Where a request goes: its host decides, before anything else of it is looked at.
//!
//! A host of object storage is an origin of its own, so that what tenants store there never shares one with the
//! console or the API. All other hosts lead to the same API, which tells products apart by Action and Version.

use std::borrow::Cow;

use bytes::Bytes;
use http_body_util::Full;
use hyper::header::{self, HeaderName, HeaderValue};
use hyper::http::request;
use hyper::{Response, StatusCode};

use crate::host::is_object_storage;
use crate::rpc::Gate;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-oss-request-id");

/// The parts of Argali that requests go to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Destination {
    /// Signed calls, and the pages beside them.
    Api,
    /// Objects.
    ObjectStorage,
}

/// Where a request goes. Object storage gets only what names one of its hosts and no other; a request that names two
/// hosts goes to the API, which refuses it.
// SPEC: wire protocol, routing.
pub(crate) fn destination(head: &request::Parts, oss_domain: &str) -> Destination {
    let of_target = head.uri.authority().map(|authority| authority.as_str().as_bytes());
    let of_headers = head.headers.get_all(header::HOST).iter().map(HeaderValue::as_bytes);
    let mut named = of_target.into_iter().chain(of_headers).map(host);
    let Some(Some(first)) = named.next() else { return Destination::Api };
    if is_object_storage(&first, oss_domain) && named.all(|other| other.as_deref() == Some(&first)) {
        Destination::ObjectStorage
    } else {
        Destination::Api
    }
}

/// A host in lower case and without its port.
fn host(authority: &[u8]) -> Option<Cow<'_, str>> {
    let authority = std::str::from_utf8(authority).ok()?;
    let host = authority.rsplit_once(':').map_or(authority, |(host, _)| host);
    let is_lower = !host.bytes().any(|c| c.is_ascii_uppercase());
    Some(if is_lower { host.into() } else { host.to_ascii_lowercase().into() })
}

/// The answer of object storage, until there is one: an error in its own form, which its clients can show.
// SPEC: wire protocol, errors of object storage.
pub(crate) fn object_storage_is_not_here(gate: &Gate, head: &request::Parts) -> Response<Full<Bytes>> {
    let request_id = hex::encode_upper(gate.core.env().random::<12>());
    let host = head.uri.authority().map(|authority| authority.as_str());
    let host = host.or_else(|| head.headers.get(header::HOST)?.to_str().ok()).unwrap_or_default();
    let plain = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':');
    let host: String = host.chars().filter(plain).collect();
    let body = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error>\n  <Code>NotImplemented</Code>\n  \
         <Message>Argali does not serve object storage yet: this host has no API here.</Message>\n  \
         <RequestId>{request_id}</RequestId>\n  <HostId>{host}</HostId>\n</Error>\n"
    );
    let mut response = Response::new(Full::new(Bytes::from(body)));
    *response.status_mut() = StatusCode::NOT_IMPLEMENTED;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/xml"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if let Ok(id) = HeaderValue::from_maybe_shared(Bytes::from(request_id)) {
        headers.insert(REQUEST_ID, id);
    }
    response
}
