//! From a request to the operation that it asks for, and back to an answer.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use argali_core::caller::Origin;
use argali_core::error::ApiError;
use argali_core::identifier::RequestId;
use argali_core::services::oss::storage_error;
use argali_core::time::Timestamp;
use argali_protocol::{Credential, HttpRequest, OssRequest, decode_oss, encode_document, http_date};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http_body_util::BodyExt as _;
use hyper::StatusCode;
use hyper::header::{self, HeaderValue};
use hyper::http::request;
use smallvec::SmallVec;
use tokio::time::{Instant, timeout_at};

use crate::answer::{self, Answer, set};
use crate::body::Body;
use crate::failure::Failure;
use crate::selector::selector;
use crate::storage::ObjectStorage;
use crate::visit::{Visit, method_not_allowed};
use crate::{
    bucket, bucket_setting, copy, cors, list, multipart, multipart_list, object, object_setting, service,
};

/// How long a request's target may be, in bytes.
// SPEC: security, requests, limits.
const LONGEST_TARGET: usize = 32 << 10;

/// How much of a body that nobody wants is read, and for how long.
const MOST_UNWANTED: usize = 256 << 10;
const TIME_TO_END: Duration = Duration::from_secs(1);

/// The operation that a request called, as its answer knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Called(pub &'static str);

type HeaderLines<'a> = SmallVec<[(&'a str, &'a [u8]); 24]>;

impl ObjectStorage {
    /// Answers one request. It never fails: what goes wrong is the answer.
    ///
    /// `target` is the request target as it was sent.
    pub async fn answer<B>(
        self: &Arc<Self>,
        head: &request::Parts,
        target: &str,
        mut body: B,
        origin: Origin,
    ) -> hyper::Response<Body>
    where
        B: http_body::Body<Data = Bytes> + Send + Unpin,
        B::Error: std::fmt::Display,
    {
        let began = self.core().env().now();
        let authority = head.uri.authority().map(|authority| authority.as_str());
        let lines = header_lines(head, authority);
        let http = HttpRequest { method: head.method.as_str(), target, headers: &lines, body: &[] };
        let (id, called) = (OnceLock::new(), OnceLock::new());
        let is_head = head.method == hyper::Method::HEAD;
        let decoded = if target.len() > LONGEST_TARGET {
            let message = "The request target is longer than 32 KiB: say less in the query.";
            Err(Failure::new(414, "RequestTargetTooLong", message, "0002-00000201"))
        } else {
            decode_oss(&http, &self.settings().domain).map_err(|error| {
                Failure::new(error.http_status(), error.code(), error.message(), "0002-00000201")
            })
        };
        let (mut answer, request) = match &decoded {
            Err(failure) => {
                let host = lines.iter().find(|(name, _)| *name == "host").map(|(_, host)| *host);
                let host = String::from_utf8_lossy(host.unwrap_or_default());
                (self.fail(failure, &id, &host, None, is_head), None)
            }
            Ok(request) => {
                let (method, id, called) = (request.method, &id, &called);
                let visit = Visit { storage: self, request, method, origin, id, called };
                let answer = visit.answer(&mut body).await.unwrap_or_else(|error| {
                    self.fail(&Failure::from(&error), id, request.host, Some(&request.credential), is_head)
                });
                (answer, Some(request))
            }
        };
        if !is_read(head, &mut body).await {
            answer.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        if let Some(name) = called.get() {
            answer.extensions_mut().insert(Called(name));
        }
        let id = self.request_id(&id);
        let finished = self.finish(&mut answer, request, id, began);
        finished.map_or_else(|_| answer::empty(StatusCode::INTERNAL_SERVER_ERROR), |()| answer)
    }

    fn request_id(&self, id: &OnceLock<RequestId>) -> RequestId {
        *id.get_or_init(|| RequestId::generate(self.core().env()))
    }

    /// The answer that tells of a failure. To HEAD, which has no body, it is told in a header.
    // SPEC: wire protocol, OSS, errors.
    fn fail(
        &self,
        failure: &Failure,
        id: &OnceLock<RequestId>,
        host: &str,
        credential: Option<&Credential<'_>>,
        is_head: bool,
    ) -> Answer {
        let id = self.request_id(id).to_short();
        let text = encode_document("Error", &failure.body(&id, host, credential)).unwrap_or_default();
        let status = StatusCode::from_u16(failure.http_status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut answer = if is_head || status == StatusCode::NOT_MODIFIED {
            answer::empty(status)
        } else {
            answer::with_type(text.clone(), "application/xml")
        };
        *answer.status_mut() = status;
        let headers = answer.headers_mut();
        if is_head && let Ok(value) = HeaderValue::from_str(&STANDARD.encode(&text)) {
            headers.insert("x-oss-err", value);
        }
        headers.insert("x-oss-ec", HeaderValue::from_static(failure.ec));
        answer
    }

    /// What every answer carries.
    // SPEC: security, console: bucket downloads; wire protocol, OSS, errors.
    fn finish(
        &self,
        answer: &mut Answer,
        request: Option<&OssRequest<'_>>,
        id: RequestId,
        began: Timestamp,
    ) -> Result<(), ApiError> {
        let now = self.core().env().now();
        let length = http_body::Body::size_hint(answer.body()).exact();
        let is_told = answer.headers().contains_key(header::CONTENT_LENGTH);
        let headers = answer.headers_mut();
        set(headers, "server", "AliyunOSS")?;
        set(headers, "x-oss-request-id", &id.to_short())?;
        set(headers, "date", &http_date(now.as_seconds()))?;
        set(headers, "x-content-type-options", "nosniff")?;
        set(headers, "content-security-policy", "sandbox")?;
        if let Some(length) = length.filter(|_| !is_told) {
            set(headers, "content-length", &length.to_string())?;
        }
        let took_ms = now.as_millis().saturating_sub(began.as_millis());
        set(headers, "x-oss-server-time", &took_ms.to_string())?;
        match request {
            Some(request) => cors::allow(self, headers, request),
            None => Ok(()),
        }
    }
}

impl Visit<'_> {
    async fn answer<B>(self, body: B) -> Result<Answer, ApiError>
    where
        B: http_body::Body<Data = Bytes> + Send + Unpin,
        B::Error: std::fmt::Display,
    {
        if self.method == "OPTIONS" {
            return cors::preflight(self);
        }
        let is_change = !matches!(self.method, "GET" | "HEAD");
        let selected = selector(&self.request.query, is_change)?;
        match (&self.request.bucket, &self.request.key) {
            (None, _) if self.method == "GET" && selected.is_none() => service::list_buckets(self).await,
            (None, _) => Err(method_not_allowed()),
            (Some(_), None) => self.on_bucket(selected, body).await,
            (Some(_), Some(_)) => self.on_object(selected, body).await,
        }
    }

    async fn on_bucket<B>(self, selected: Option<&str>, body: B) -> Result<Answer, ApiError>
    where
        B: http_body::Body<Data = Bytes> + Send + Unpin,
        B::Error: std::fmt::Display,
    {
        match (self.method, selected) {
            ("GET", None) => list::list_objects(self).await,
            ("PUT", None) => bucket::put(self, body).await,
            ("HEAD", None) => bucket::head(self).await,
            ("DELETE", None) => bucket::delete(self).await,
            ("GET", Some("bucketInfo")) => bucket::info(self).await,
            ("GET", Some("stat")) => bucket::stat(self).await,
            ("GET", Some("location")) => bucket::location(self).await,
            ("GET", Some("versioning")) => bucket::versioning(self).await,
            ("GET", Some("acl")) => bucket_setting::get_acl(self).await,
            ("PUT", Some("acl")) => bucket_setting::put_acl(self).await,
            ("GET", Some("policy")) => bucket_setting::get_policy(self).await,
            ("PUT", Some("policy")) => bucket_setting::put_policy(self, body).await,
            ("DELETE", Some("policy")) => bucket_setting::delete_policy(self).await,
            ("GET", Some("tagging")) => bucket_setting::get_tags(self).await,
            ("PUT", Some("tagging")) => bucket_setting::put_tags(self, body).await,
            ("DELETE", Some("tagging")) => bucket_setting::delete_tags(self).await,
            ("GET", Some("resourceGroup")) => bucket_setting::get_group(self).await,
            ("PUT", Some("resourceGroup")) => bucket_setting::put_group(self, body).await,
            ("GET", Some("cors")) => cors::get(self).await,
            ("PUT", Some("cors")) => cors::put(self, body).await,
            ("DELETE", Some("cors")) => cors::delete(self).await,
            ("GET", Some("uploads")) => multipart_list::uploads(self).await,
            ("POST", Some("delete")) => object::delete_many(self, body).await,
            ("POST", None) => {
                let message = "Forms that browsers post are not taken here: presign a PUT instead.";
                Err(storage_error("NotImplemented", 501, message))
            }
            _ => Err(method_not_allowed()),
        }
    }

    async fn on_object<B>(self, selected: Option<&str>, body: B) -> Result<Answer, ApiError>
    where
        B: http_body::Body<Data = Bytes> + Send + Unpin,
        B::Error: std::fmt::Display,
    {
        let copies = self.request.header("copy-source").is_some();
        match (self.method, selected) {
            ("GET", None) => object::get(self).await,
            ("HEAD", None) => object::head(self).await,
            ("GET" | "HEAD", Some("objectMeta")) => object::meta(self).await,
            ("PUT", None) if copies => copy::object(self).await,
            ("PUT", None) => object::put(self, body).await,
            ("DELETE", None) => object::delete(self).await,
            ("POST", Some("append")) => object::append(self, body).await,
            ("POST", Some("uploads")) => multipart::initiate(self).await,
            ("PUT", Some("uploadId")) if copies => copy::part(self).await,
            ("PUT", Some("uploadId")) => multipart::upload_part(self, body).await,
            ("POST", Some("uploadId")) => multipart::complete(self, body).await,
            ("DELETE", Some("uploadId")) => multipart::abort(self).await,
            ("GET", Some("uploadId")) => multipart_list::parts(self).await,
            ("GET", Some("acl")) => object_setting::get_acl(self).await,
            ("PUT", Some("acl")) => object_setting::put_acl(self).await,
            ("GET", Some("tagging")) => object_setting::get_tags(self).await,
            ("PUT", Some("tagging")) => object_setting::put_tags(self, body).await,
            ("DELETE", Some("tagging")) => object_setting::delete_tags(self).await,
            _ => Err(method_not_allowed()),
        }
    }
}

/// Whether a body is read to its end, or little enough of it is left to be read now.
///
/// Whoever was refused before may still be sending. A connection that is closed meanwhile takes the answer with it.
async fn is_read<B>(head: &request::Parts, body: &mut B) -> bool
where
    B: http_body::Body<Data = Bytes> + Send + Unpin,
{
    // Under HTTP/2 each request has a stream of its own; and who waits to be told to go on has not begun.
    if body.is_end_stream() || head.version == hyper::Version::HTTP_2 {
        return true;
    }
    if head.headers.contains_key(header::EXPECT) {
        return false;
    }
    let latest = Instant::now() + TIME_TO_END;
    let mut read = 0;
    while read < MOST_UNWANTED {
        match timeout_at(latest, body.frame()).await {
            Ok(None) => return true,
            Ok(Some(Ok(frame))) => read += frame.data_ref().map_or(0, Bytes::len),
            Ok(Some(Err(_))) | Err(_) => return false,
        }
    }
    false
}

/// The headers as they came. Under HTTP/2 the host is in the target.
fn header_lines<'h>(head: &'h request::Parts, authority: Option<&'h str>) -> HeaderLines<'h> {
    let mut lines: HeaderLines<'h> =
        head.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
    if let Some(authority) = authority.filter(|_| head.version == hyper::Version::HTTP_2) {
        lines.push(("host", authority.as_bytes()));
    }
    lines
}
