//! Objects: stored, read and deleted.

use argali_core::error::ApiError;
use argali_core::model::Object;
use argali_core::services::oss::{
    AppendObject, Appended, DeleteMultipleObjects, DeleteObject, GetObject, GetObjectMeta, HeadObject,
    PutObject, invalid_argument, storage_error,
};
use argali_core::storage_name::ObjectKey;
use argali_protocol::Credential;
use bytes::Bytes;
use hyper::{HeaderMap, StatusCode};
use serde::{Deserialize, Serialize};

use crate::answer::{Answer, describe, describe_briefly, document, empty, quoted, set};
use crate::body::Body;
use crate::condition::{Condition, Conditions, range};
use crate::description::description;
use crate::intake::Claims;
use crate::list::Writing;
use crate::outflow;
use crate::visit::{Visit, must_sign, object_key};
use crate::xml;

/// How many objects one request deletes at most.
const MOST_DELETED: usize = 1_000;

/// What a request claims about its bytes.
pub(crate) fn claims(visit: &Visit<'_>) -> Result<Claims, ApiError> {
    let request = visit.request;
    let payload = request.header("content-sha256");
    Claims::of(request.plain_header("content-length"), request.plain_header("content-md5"), payload)
}

/// Whether what is stored may not replace anything.
pub(crate) fn forbids_overwrite(visit: &Visit<'_>) -> bool {
    visit.request.header("forbid-overwrite").is_some_and(|text| text.eq_ignore_ascii_case("true"))
}

/// The answer to whoever stored an object or a part.
pub(crate) fn stored(etag: &str, crc64: u64) -> Result<Answer, ApiError> {
    let mut answer = empty(StatusCode::OK);
    set(answer.headers_mut(), "etag", &quoted(etag))?;
    set(answer.headers_mut(), "x-oss-hash-crc64ecma", &crc64.to_string())?;
    Ok(answer)
}

pub(crate) async fn put<B>(visit: Visit<'_>, body: B) -> Result<Answer, ApiError>
where
    B: http_body::Body<Data = Bytes> + Send + Unpin,
    B::Error: std::fmt::Display,
{
    let mut operation = PutObject {
        bucket: visit.bucket()?,
        key: visit.key()?,
        description: description(visit.request)?,
        forbid_overwrite: forbids_overwrite(&visit),
        bytes: None,
    };
    let claims = claims(&visit)?;
    let mut call = visit.enter::<PutObject>().await?;
    call.admit(&operation).await?;
    match visit.storage.take_in(body, &claims).await {
        Ok(bytes) => operation.bytes = Some(bytes),
        Err(error) => return Err(call.refuse(error).await),
    }
    let object = call.change(&operation).await?.object;
    stored(&object.etag, object.crc64)
}

pub(crate) async fn append<B>(visit: Visit<'_>, body: B) -> Result<Answer, ApiError>
where
    B: http_body::Body<Data = Bytes> + Send + Unpin,
    B::Error: std::fmt::Display,
{
    let position = visit.query("position").parse();
    let mut operation = AppendObject {
        bucket: visit.bucket()?,
        key: visit.key()?,
        position: position
            .map_err(|_| invalid_argument("position is the length of the object: send a number."))?,
        description: description(visit.request)?,
        bytes: None,
    };
    let claims = claims(&visit)?;
    let mut call = visit.enter::<AppendObject>().await?;
    call.admit(&operation).await?;
    match visit.storage.take_in(body, &claims).await {
        Ok(bytes) => operation.bytes = Some(bytes),
        Err(error) => return Err(call.refuse(error).await),
    }
    match call.change(&operation).await? {
        Appended::Done(object) => {
            let mut answer = stored(&object.etag, object.crc64)?;
            set(answer.headers_mut(), "x-oss-next-append-position", &object.size.to_string())?;
            Ok(answer)
        }
        Appended::Elsewhere(length) => elsewhere(&visit, length),
    }
}

/// The refusal to append where the object does not end, with where it does.
fn elsewhere(visit: &Visit<'_>, length: u64) -> Result<Answer, ApiError> {
    #[derive(Serialize)]
    #[serde(rename_all = "PascalCase")]
    struct Refusal<'r> {
        code: &'static str,
        message: &'static str,
        host_id: &'r str,
    }
    let refusal = Refusal {
        code: "PositionNotEqualToLength",
        message: "Position is not equal to file length: append where x-oss-next-append-position says.",
        host_id: visit.request.host,
    };
    let mut answer = document("Error", &refusal)?;
    *answer.status_mut() = StatusCode::CONFLICT;
    set(answer.headers_mut(), "x-oss-next-append-position", &length.to_string())?;
    Ok(answer)
}

fn conditions<'v>(visit: &Visit<'v>) -> Conditions<'v> {
    Conditions {
        if_match: visit.request.plain_header("if-match"),
        if_none_match: visit.request.plain_header("if-none-match"),
        if_modified_since: visit.request.plain_header("if-modified-since"),
        if_unmodified_since: visit.request.plain_header("if-unmodified-since"),
    }
}

pub(crate) async fn get(visit: Visit<'_>) -> Result<Answer, ApiError> {
    let operation = GetObject { bucket: visit.bucket()?, key: visit.key()? };
    let mut call = visit.enter::<GetObject>().await?;
    let object = call.read(&operation).await?;
    if conditions(&visit).check(&object)? == Condition::NotModified {
        return not_modified(&object);
    }
    let wanted = range(visit.request.plain_header("range"), object.size)?;
    let bytes = wanted.clone().unwrap_or(0..object.size);
    let length = bytes.end.saturating_sub(bytes.start);
    let body = if length == 0 {
        Body::default()
    } else {
        let ranges = object.cut(bytes.start, bytes.end);
        outflow::send(visit.storage, ranges, length, call.vigil(operation))
    };
    let mut answer = Answer::new(body);
    describe(answer.headers_mut(), &object, visit.request.dialect)?;
    override_headers(&visit, answer.headers_mut())?;
    if wanted.is_some() {
        *answer.status_mut() = StatusCode::PARTIAL_CONTENT;
        let last = bytes.end.saturating_sub(1);
        let told = format!("bytes {}-{last}/{}", bytes.start, object.size);
        set(answer.headers_mut(), "content-range", &told)?;
    }
    Ok(answer)
}

fn not_modified(object: &Object) -> Result<Answer, ApiError> {
    let mut answer = empty(StatusCode::NOT_MODIFIED);
    set(answer.headers_mut(), "etag", &quoted(&object.etag))?;
    Ok(answer)
}

/// Headers that a reader wants in place of those that were stored. Whoever presigned an address has signed them.
fn override_headers(visit: &Visit<'_>, headers: &mut HeaderMap) -> Result<(), ApiError> {
    const NAMES: [(&str, &str); 6] = [
        ("response-cache-control", "cache-control"),
        ("response-content-disposition", "content-disposition"),
        ("response-content-encoding", "content-encoding"),
        ("response-content-language", "content-language"),
        ("response-content-type", "content-type"),
        ("response-expires", "expires"),
    ];
    for (parameter, header) in NAMES {
        let Some(value) = visit.request.query.get(parameter).filter(|value| !value.is_empty()) else {
            continue;
        };
        if matches!(visit.request.credential, Credential::Anonymous) {
            return Err(must_sign());
        }
        set(headers, header, value)?;
    }
    Ok(())
}

pub(crate) async fn head(visit: Visit<'_>) -> Result<Answer, ApiError> {
    let object = visit.read(&HeadObject { bucket: visit.bucket()?, key: visit.key()? }).await?;
    if conditions(&visit).check(&object)? == Condition::NotModified {
        return not_modified(&object);
    }
    let mut answer = empty(StatusCode::OK);
    describe(answer.headers_mut(), &object, visit.request.dialect)?;
    set(answer.headers_mut(), "content-length", &object.size.to_string())?;
    Ok(answer)
}

pub(crate) async fn meta(visit: Visit<'_>) -> Result<Answer, ApiError> {
    let object = visit.read(&GetObjectMeta { bucket: visit.bucket()?, key: visit.key()? }).await?;
    let mut answer = empty(StatusCode::OK);
    describe_briefly(answer.headers_mut(), &object)?;
    if visit.method == "HEAD" {
        set(answer.headers_mut(), "content-length", &object.size.to_string())?;
    }
    Ok(answer)
}

pub(crate) async fn delete(visit: Visit<'_>) -> Result<Answer, ApiError> {
    visit.change(&DeleteObject { bucket: visit.bucket()?, key: visit.key()? }).await?;
    Ok(empty(StatusCode::NO_CONTENT))
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Delete {
    #[serde(default)]
    quiet: bool,
    #[serde(default)]
    object: Vec<Named>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Named {
    key: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct DeleteResult {
    #[serde(skip_serializing_if = "Option::is_none")]
    encoding_type: Option<&'static str>,
    deleted: Vec<Deleted>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Deleted {
    key: String,
}

pub(crate) async fn delete_many<B>(visit: Visit<'_>, body: B) -> Result<Answer, ApiError>
where
    B: http_body::Body<Data = Bytes> + Send + Unpin,
    B::Error: std::fmt::Display,
{
    let text = xml::read_whole(body).await?;
    claims(&visit)?.check(&text)?;
    let wanted: Delete = xml::parse("Delete", &text)?;
    if wanted.object.is_empty() || wanted.object.len() > MOST_DELETED {
        return Err(storage_error("MalformedXML", 400, "A request deletes 1 to 1000 objects: name as many."));
    }
    let keys: Vec<ObjectKey> =
        wanted.object.iter().map(|named| object_key(&named.key)).collect::<Result<_, _>>()?;
    let writing = Writing::of(&visit)?;
    let operation = DeleteMultipleObjects { bucket: visit.bucket()?, keys };
    visit.change(&operation).await?;
    if wanted.quiet {
        return Ok(empty(StatusCode::OK));
    }
    let deleted = operation.keys.iter().map(|key| Deleted { key: writing.write(key.as_str()) }).collect();
    document("DeleteResult", &DeleteResult { encoding_type: writing.encoding_type(), deleted })
}
