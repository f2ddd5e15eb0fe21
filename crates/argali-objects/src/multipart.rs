//! Storing an object in parts.

use argali_core::error::ApiError;
use argali_core::model::UploadId;
use argali_core::services::oss::{
    AbortMultipartUpload, CompleteMultipartUpload, CompletedPart, InitiateMultipartUpload, UploadPart,
    invalid_argument, no_such_upload,
};
use bytes::Bytes;
use hyper::StatusCode;
use serde::{Deserialize, Serialize};

use crate::answer::{Answer, document, empty, quoted, set};
use crate::description::description;
use crate::list::Writing;
use crate::object::{claims, forbids_overwrite, stored};
use crate::visit::Visit;
use crate::xml;

/// The upload that is named.
pub(crate) fn upload_id(visit: &Visit<'_>) -> Result<UploadId, ApiError> {
    UploadId::from_wire(visit.query("uploadId")).ok_or_else(no_such_upload)
}

/// The part that is named.
pub(crate) fn part_number(visit: &Visit<'_>) -> Result<u32, ApiError> {
    let message = "Part number must be an integer between 1 and 10000, inclusive.";
    visit.query("partNumber").parse().map_err(|_| invalid_argument(message))
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Initiated {
    #[serde(skip_serializing_if = "Option::is_none")]
    encoding_type: Option<&'static str>,
    bucket: String,
    key: String,
    upload_id: String,
}

pub(crate) async fn initiate(visit: Visit<'_>) -> Result<Answer, ApiError> {
    let operation = InitiateMultipartUpload {
        bucket: visit.bucket()?,
        key: visit.key()?,
        description: description(visit.request)?,
        forbid_overwrite: forbids_overwrite(&visit),
    };
    let writing = Writing::of(&visit)?;
    let upload = visit.change(&operation).await?;
    document(
        "InitiateMultipartUploadResult",
        &Initiated {
            encoding_type: writing.encoding_type(),
            bucket: operation.bucket.to_string(),
            key: writing.write(operation.key.as_str()),
            upload_id: upload.to_wire(),
        },
    )
}

pub(crate) async fn upload_part<B>(visit: Visit<'_>, body: B) -> Result<Answer, ApiError>
where
    B: http_body::Body<Data = Bytes> + Send + Unpin,
    B::Error: std::fmt::Display,
{
    let mut operation = UploadPart {
        bucket: visit.bucket()?,
        key: visit.key()?,
        upload: upload_id(&visit)?,
        number: part_number(&visit)?,
        bytes: None,
    };
    let claims = claims(&visit)?;
    let mut call = visit.enter::<UploadPart>().await?;
    call.admit(&operation).await?;
    match visit.storage.take_in(body, &claims).await {
        Ok(bytes) => operation.bytes = Some(bytes),
        Err(error) => return Err(call.refuse(error).await),
    }
    let part = call.change(&operation).await?;
    stored(&hex::encode_upper(part.md5), part.crc64)
}

#[derive(Debug, Deserialize)]
struct Complete {
    #[serde(rename = "Part", default)]
    parts: Vec<NamedPart>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct NamedPart {
    part_number: u32,
    #[serde(rename = "ETag")]
    etag: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Completed {
    #[serde(skip_serializing_if = "Option::is_none")]
    encoding_type: Option<&'static str>,
    location: String,
    bucket: String,
    key: String,
    #[serde(rename = "ETag")]
    etag: String,
}

pub(crate) async fn complete<B>(visit: Visit<'_>, body: B) -> Result<Answer, ApiError>
where
    B: http_body::Body<Data = Bytes> + Send + Unpin,
    B::Error: std::fmt::Display,
{
    let text = xml::read_whole(body).await?;
    let all = visit.request.header("complete-all").is_some_and(|text| text.eq_ignore_ascii_case("yes"));
    let parts = if all {
        None
    } else {
        let wanted: Complete = xml::parse("CompleteMultipartUpload", &text)?;
        let named = |part: NamedPart| CompletedPart {
            number: part.part_number,
            etag: part.etag.trim().trim_matches('"').to_owned(),
        };
        Some(wanted.parts.into_iter().map(named).collect())
    };
    let operation = CompleteMultipartUpload {
        bucket: visit.bucket()?,
        key: visit.key()?,
        upload: upload_id(&visit)?,
        parts,
        forbid_overwrite: forbids_overwrite(&visit),
    };
    let writing = Writing::of(&visit)?;
    let object = visit.change(&operation).await?.object;
    let key = writing.write(operation.key.as_str());
    let mut answer = document(
        "CompleteMultipartUploadResult",
        &Completed {
            encoding_type: writing.encoding_type(),
            location: format!("http://{}/{}/{key}", visit.request.host, operation.bucket),
            bucket: operation.bucket.to_string(),
            key,
            etag: quoted(&object.etag),
        },
    )?;
    set(answer.headers_mut(), "etag", &quoted(&object.etag))?;
    set(answer.headers_mut(), "x-oss-hash-crc64ecma", &object.crc64.to_string())?;
    Ok(answer)
}

pub(crate) async fn abort(visit: Visit<'_>) -> Result<Answer, ApiError> {
    let operation =
        AbortMultipartUpload { bucket: visit.bucket()?, key: visit.key()?, upload: upload_id(&visit)? };
    visit.change(&operation).await?;
    Ok(empty(StatusCode::NO_CONTENT))
}
