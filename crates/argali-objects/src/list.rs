//! What lies in a bucket.

use argali_core::error::ApiError;
use argali_core::model::Object;
use argali_core::services::oss::{ListObjects, ListObjectsV2, Listing, invalid_argument};
use argali_protocol::encode_object_name;
use serde::Serialize;

use crate::answer::{Answer, body_date, document, quoted};
use crate::service::Owner;
use crate::visit::Visit;

/// How many entries a page has unless its caller says.
// SPEC: limits, paging: OSS ListObjects.
const DEFAULT_PAGE: usize = 100;
const LARGEST_PAGE: usize = 1_000;

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct ListBucketResult {
    name: String,
    prefix: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    marker: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    start_after: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    continuation_token: Option<String>,
    max_keys: usize,
    delimiter: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    encoding_type: Option<&'static str>,
    is_truncated: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_marker: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_continuation_token: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    key_count: Option<usize>,
    contents: Vec<Entry>,
    common_prefixes: Vec<CommonPrefix>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Entry {
    key: String,
    last_modified: String,
    #[serde(rename = "ETag")]
    etag: String,
    #[serde(rename = "Type")]
    kind: &'static str,
    size: u64,
    storage_class: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    owner: Option<Owner>,
}

/// What several names have in common.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct CommonPrefix {
    pub(crate) prefix: String,
}

/// How names are written in an answer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Writing {
    pub(crate) encodes: bool,
}

impl Writing {
    pub(crate) fn of(visit: &Visit<'_>) -> Result<Self, ApiError> {
        Ok(Self { encodes: visit.wants_url_encoding()? })
    }

    pub(crate) fn write(self, name: &str) -> String {
        if self.encodes { encode_object_name(name) } else { name.to_owned() }
    }

    pub(crate) fn encoding_type(self) -> Option<&'static str> {
        self.encodes.then_some("url")
    }

    pub(crate) fn common(self, prefixes: &[String]) -> Vec<CommonPrefix> {
        prefixes.iter().map(|prefix| CommonPrefix { prefix: self.write(prefix) }).collect()
    }
}

pub(crate) async fn list_objects(visit: Visit<'_>) -> Result<Answer, ApiError> {
    match visit.query("list-type") {
        "" | "1" => by_name(visit).await,
        "2" => by_token(visit).await,
        _ => Err(invalid_argument("list-type is 1 or 2.")),
    }
}

async fn by_name(visit: Visit<'_>) -> Result<Answer, ApiError> {
    let operation = ListObjects {
        bucket: visit.bucket()?,
        prefix: bounded(&visit, "prefix")?,
        delimiter: bounded(&visit, "delimiter")?,
        marker: bounded(&visit, "marker")?,
        max_keys: visit.number("max-keys", DEFAULT_PAGE, LARGEST_PAGE)?,
    };
    let writing = Writing::of(&visit)?;
    let listing = visit.read(&operation).await?;
    let result = ListBucketResult {
        marker: Some(writing.write(&operation.marker)),
        next_marker: listing.next.as_ref().map(|next| writing.write(next)),
        ..shared(&listing, writing, (&operation.prefix, &operation.delimiter, operation.max_keys), true)
    };
    document("ListBucketResult", &result)
}

async fn by_token(visit: Visit<'_>) -> Result<Answer, ApiError> {
    let operation = ListObjectsV2 {
        bucket: visit.bucket()?,
        prefix: bounded(&visit, "prefix")?,
        delimiter: bounded(&visit, "delimiter")?,
        start_after: bounded(&visit, "start-after")?,
        continuation_token: visit.query("continuation-token").to_owned(),
        max_keys: visit.number("max-keys", DEFAULT_PAGE, LARGEST_PAGE)?,
    };
    let writing = Writing::of(&visit)?;
    let owner = visit.query("fetch-owner") == "true";
    let listing = visit.read(&operation).await?;
    let token = Some(operation.continuation_token).filter(|token| !token.is_empty());
    let result = ListBucketResult {
        start_after: Some(writing.write(&operation.start_after)).filter(|text| !text.is_empty()),
        continuation_token: token,
        next_continuation_token: listing.next.clone(),
        key_count: Some(listing.objects.len() + listing.common_prefixes.len()),
        ..shared(&listing, writing, (&operation.prefix, &operation.delimiter, operation.max_keys), owner)
    };
    document("ListBucketResult", &result)
}

fn shared(
    listing: &Listing,
    writing: Writing,
    (prefix, delimiter, max_keys): (&str, &str, usize),
    with_owner: bool,
) -> ListBucketResult {
    let owner = || with_owner.then(|| Owner::of(listing.bucket.owner));
    let entry = |(name, object): &(String, Object)| Entry {
        key: writing.write(name),
        last_modified: body_date(object.modified_at),
        etag: quoted(&object.etag),
        kind: object.kind.as_str(),
        size: object.size,
        storage_class: object.description.storage_class.as_str(),
        owner: owner(),
    };
    ListBucketResult {
        name: listing.bucket.name.to_string(),
        prefix: writing.write(prefix),
        marker: None,
        start_after: None,
        continuation_token: None,
        max_keys,
        delimiter: writing.write(delimiter),
        encoding_type: writing.encoding_type(),
        is_truncated: listing.next.is_some(),
        next_marker: None,
        next_continuation_token: None,
        key_count: None,
        contents: listing.objects.iter().map(entry).collect(),
        common_prefixes: writing.common(&listing.common_prefixes),
    }
}

/// A text in the query that names are compared with: no longer than a name can be.
pub(crate) fn bounded(visit: &Visit<'_>, name: &str) -> Result<String, ApiError> {
    let text = visit.query(name);
    if text.len() > 1_023 {
        return Err(invalid_argument(format!("{name} is longer than 1023 bytes: no name is.")));
    }
    Ok(text.to_owned())
}
