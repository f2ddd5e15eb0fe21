//! Copying objects, whole or as parts of others.

use argali_core::error::ApiError;
use argali_core::model::Description;
use argali_core::services::oss::{
    CopyObject, CopySource, UploadPartCopy, invalid_argument, precondition_failed,
};
use argali_protocol::decode_object_name;
use serde::Serialize;

use crate::answer::{Answer, body_date, document, quoted, set};
use crate::condition::{Condition, Conditions, range};
use crate::description::description;
use crate::multipart::{part_number, upload_id};
use crate::object::forbids_overwrite;
use crate::visit::{Visit, bucket_name, object_key};

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct CopyResult {
    #[serde(rename = "ETag")]
    etag: String,
    last_modified: String,
}

/// What is copied: `/bucket/key`, percent-encoded.
fn source(visit: &Visit<'_>) -> Result<CopySource, ApiError> {
    let text = visit.request.header("copy-source").unwrap_or_default();
    let message = "The header x-oss-copy-source is not /bucket/key, percent-encoded.";
    let invalid = || invalid_argument(message);
    let named = text.split_once('?').map_or(text, |(name, _)| name);
    let name = decode_object_name(named).ok_or_else(invalid)?;
    let name = name.strip_prefix('/').unwrap_or(&name);
    let (bucket, key) = name.split_once('/').ok_or_else(invalid)?;
    Ok(CopySource { bucket: bucket_name(bucket)?, key: object_key(key)? })
}

/// What whoever copies says of the source.
fn conditions<'v>(visit: &Visit<'v>) -> Conditions<'v> {
    let header = |name: &str| visit.request.header(name);
    Conditions {
        if_match: header("copy-source-if-match"),
        if_none_match: header("copy-source-if-none-match"),
        if_modified_since: header("copy-source-if-modified-since"),
        if_unmodified_since: header("copy-source-if-unmodified-since"),
    }
}

pub(crate) async fn object(visit: Visit<'_>) -> Result<Answer, ApiError> {
    let given = description(visit.request)?;
    let replaces = match visit.request.header("metadata-directive") {
        None | Some("COPY") => false,
        Some("REPLACE") => true,
        Some(_) => return Err(invalid_argument("The metadata directive is COPY or REPLACE.")),
    };
    let mut operation = CopyObject {
        source: source(&visit)?,
        bucket: visit.bucket()?,
        key: visit.key()?,
        description: given.clone(),
        forbid_overwrite: forbids_overwrite(&visit),
        bytes: None,
    };
    let mut call = visit.enter::<CopyObject>().await?;
    let (source, _) = call.admit(&operation).await?;
    let checked = conditions(&visit).check(&source);
    if !matches!(checked, Ok(Condition::Holds)) {
        return Err(call.refuse(checked.err().unwrap_or_else(precondition_failed)).await);
    }
    operation.description = merged(&visit, given, source.description.clone(), replaces);
    match visit.storage.copy(source.cut(0, source.size)).await {
        Ok(bytes) => operation.bytes = Some(bytes),
        Err(error) => return Err(call.refuse(error).await),
    }
    let object = call.change(&operation).await?.object;
    let result = CopyResult { etag: quoted(&object.etag), last_modified: body_date(object.modified_at) };
    let mut answer = document("CopyObjectResult", &result)?;
    set(answer.headers_mut(), "x-oss-hash-crc64ecma", &object.crc64.to_string())?;
    Ok(answer)
}

/// What is told with a copy's bytes. An ACL is never copied; labels are, unless the request has some.
fn merged(visit: &Visit<'_>, given: Description, of_source: Description, replaces: bool) -> Description {
    let replaces_tags = visit.request.header("tagging").is_some()
        || visit.request.header("tagging-directive").is_some_and(|text| text.eq_ignore_ascii_case("replace"));
    let tags = if replaces_tags { given.tags.clone() } else { of_source.tags.clone() };
    if replaces {
        return Description { tags, ..given };
    }
    let asked = visit.request.header("storage-class").is_some();
    let storage_class = if asked { given.storage_class } else { of_source.storage_class };
    Description { acl: given.acl, tags, storage_class, ..of_source }
}

pub(crate) async fn part(visit: Visit<'_>) -> Result<Answer, ApiError> {
    let mut operation = UploadPartCopy {
        source: source(&visit)?,
        bucket: visit.bucket()?,
        key: visit.key()?,
        upload: upload_id(&visit)?,
        number: part_number(&visit)?,
        bytes: None,
    };
    let mut call = visit.enter::<UploadPartCopy>().await?;
    let (source, _) = call.admit(&operation).await?;
    let checked = conditions(&visit).check(&source);
    if !matches!(checked, Ok(Condition::Holds)) {
        return Err(call.refuse(checked.err().unwrap_or_else(precondition_failed)).await);
    }
    let wanted = match range(visit.request.header("copy-source-range"), source.size) {
        Ok(wanted) => wanted.unwrap_or(0..source.size),
        Err(error) => return Err(call.refuse(error).await),
    };
    match visit.storage.copy(source.cut(wanted.start, wanted.end)).await {
        Ok(bytes) => operation.bytes = Some(bytes),
        Err(error) => return Err(call.refuse(error).await),
    }
    let part = call.change(&operation).await?;
    let etag = quoted(&hex::encode_upper(part.md5));
    document("CopyPartResult", &CopyResult { etag, last_modified: body_date(part.modified_at) })
}
