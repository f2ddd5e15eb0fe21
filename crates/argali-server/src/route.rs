//! Where a request goes: its host decides, before anything else of it is looked at.
//!
//! A host of object storage is an origin of its own, so that what tenants store there never shares one with the
//! console or the API. Messaging has hosts of its own, too, and is known by its signature besides. All other hosts lead to the same API, which tells products apart by Action and Version.

use std::borrow::Cow;

use argali_protocol::{is_mns_authorization, mns_site};
use hyper::header::{self, HeaderValue};
use hyper::http::request;

use crate::connection::Face;
use crate::host::is_object_storage;

/// The parts of Argali that requests go to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Destination {
    /// Signed calls, and the pages beside them.
    Api,
    /// Objects.
    ObjectStorage,
    /// Queues and topics.
    Messaging,
}

/// Where a request goes. Object storage gets only what names one of its hosts and no other, and messaging what names one
/// of its hosts or is signed for it; a request that names two hosts goes to the API, which refuses it.
// SPEC: wire protocol, routing.
pub(crate) fn destination(head: &request::Parts, face: Face, oss_domain: &str) -> Destination {
    if face == Face::ObjectStorage {
        return Destination::ObjectStorage;
    }
    let of_target = head.uri.authority().map(|authority| authority.as_str().as_bytes());
    let of_headers = head.headers.get_all(header::HOST).iter().map(HeaderValue::as_bytes);
    let mut named = of_target.into_iter().chain(of_headers).map(host);
    let Some(Some(first)) = named.next() else { return Destination::Api };
    if named.any(|other| other.as_deref() != Some(&first)) {
        return Destination::Api;
    }
    let authorization = head.headers.get(header::AUTHORIZATION);
    if is_object_storage(&first, oss_domain) {
        Destination::ObjectStorage
    } else if mns_site(&first).is_some()
        || authorization.is_some_and(|value| is_mns_authorization(value.as_bytes()))
    {
        Destination::Messaging
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
