//! Uploads that are under way, and their parts.

use argali_core::error::ApiError;
use argali_core::model::{Part, Upload, UploadId};
use argali_core::services::oss::{ListMultipartUploads, ListParts, invalid_argument};
use serde::Serialize;

use crate::answer::{Answer, body_date, document, quoted};
use crate::list::{CommonPrefix, Writing, bounded};
use crate::multipart::upload_id;
use crate::visit::Visit;

const LARGEST_PAGE: usize = 1_000;

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct PartList {
    #[serde(skip_serializing_if = "Option::is_none")]
    encoding_type: Option<&'static str>,
    bucket: String,
    key: String,
    upload_id: String,
    storage_class: &'static str,
    part_number_marker: u32,
    next_part_number_marker: u32,
    max_parts: usize,
    is_truncated: bool,
    #[serde(rename = "Part")]
    parts: Vec<PartEntry>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct PartEntry {
    part_number: u32,
    last_modified: String,
    #[serde(rename = "ETag")]
    etag: String,
    #[serde(rename = "HashCrc64ecma")]
    crc64: u64,
    size: u64,
}

pub(crate) async fn parts(visit: Visit<'_>) -> Result<Answer, ApiError> {
    let after = match visit.query("part-number-marker") {
        "" => 0,
        text => text.parse().map_err(|_| invalid_argument("part-number-marker is a number: send one."))?,
    };
    let operation = ListParts {
        bucket: visit.bucket()?,
        key: visit.key()?,
        upload: upload_id(&visit)?,
        after,
        max_parts: visit.number("max-parts", LARGEST_PAGE, LARGEST_PAGE)?,
    };
    let writing = Writing::of(&visit)?;
    let page = visit.read(&operation).await?;
    let entry = |part: &Part| PartEntry {
        part_number: part.number,
        last_modified: body_date(part.modified_at),
        etag: quoted(&hex::encode_upper(part.md5)),
        crc64: part.crc64,
        size: part.piece.size,
    };
    document(
        "ListPartsResult",
        &PartList {
            encoding_type: writing.encoding_type(),
            bucket: operation.bucket.to_string(),
            key: writing.write(operation.key.as_str()),
            upload_id: operation.upload.to_wire(),
            storage_class: "Standard",
            part_number_marker: after,
            next_part_number_marker: page.parts.last().map_or(after, |part| part.number),
            max_parts: operation.max_parts,
            is_truncated: page.is_truncated,
            parts: page.parts.iter().map(entry).collect(),
        },
    )
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct UploadList {
    #[serde(skip_serializing_if = "Option::is_none")]
    encoding_type: Option<&'static str>,
    bucket: String,
    prefix: String,
    delimiter: String,
    key_marker: String,
    upload_id_marker: String,
    next_key_marker: String,
    next_upload_id_marker: String,
    max_uploads: usize,
    is_truncated: bool,
    #[serde(rename = "Upload")]
    uploads: Vec<UploadEntry>,
    common_prefixes: Vec<CommonPrefix>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct UploadEntry {
    key: String,
    upload_id: String,
    storage_class: &'static str,
    initiated: String,
}

pub(crate) async fn uploads(visit: Visit<'_>) -> Result<Answer, ApiError> {
    let marker = visit.query("upload-id-marker");
    let operation = ListMultipartUploads {
        bucket: visit.bucket()?,
        prefix: bounded(&visit, "prefix")?,
        delimiter: bounded(&visit, "delimiter")?,
        key_marker: bounded(&visit, "key-marker")?,
        upload_marker: UploadId::from_wire(marker),
        max_uploads: visit.number("max-uploads", LARGEST_PAGE, LARGEST_PAGE)?,
    };
    let writing = Writing::of(&visit)?;
    let page = visit.read(&operation).await?;
    let entry = |upload: &Upload| UploadEntry {
        key: writing.write(upload.key.as_str()),
        upload_id: upload.id.to_wire(),
        storage_class: upload.description.storage_class.as_str(),
        initiated: body_date(upload.begun_at),
    };
    let is_truncated = page.next.is_some();
    let (next_key, next_upload) = page.next.unwrap_or_default();
    document(
        "ListMultipartUploadsResult",
        &UploadList {
            encoding_type: writing.encoding_type(),
            bucket: operation.bucket.to_string(),
            prefix: writing.write(&operation.prefix),
            delimiter: writing.write(&operation.delimiter),
            key_marker: writing.write(&operation.key_marker),
            upload_id_marker: marker.to_owned(),
            next_key_marker: writing.write(&next_key),
            next_upload_id_marker: next_upload.map(UploadId::to_wire).unwrap_or_default(),
            max_uploads: operation.max_uploads,
            is_truncated,
            uploads: page.uploads.iter().map(entry).collect(),
            common_prefixes: writing.common(&page.common_prefixes),
        },
    )
}
