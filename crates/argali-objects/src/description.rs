//! What a request says of the object that it stores, besides its bytes.

use std::collections::BTreeMap;

use argali_core::error::ApiError;
use argali_core::model::{Acl, Description, StorageClass};
use argali_core::services::oss::{invalid_argument, storage_error};
use argali_protocol::{OssRequest, Params};

use crate::answer::DESCRIBING;

/// How much an owner's own headers may be in all, names included, in bytes.
const MOST_METADATA: usize = 8 << 10;
const MOST_TAGS: usize = 10;

/// What the headers of a request describe an object with.
pub(crate) fn description(request: &OssRequest<'_>) -> Result<Description, ApiError> {
    let mut description = Description { storage_class: storage_class(request)?, ..Description::default() };
    for name in DESCRIBING {
        if let Some(value) = request.plain_header(name).filter(|value| !value.is_empty()) {
            description.headers.insert(name.to_owned(), value.to_owned());
        }
    }
    let own = request.own_headers().filter_map(|(name, value)| Some((name.strip_prefix("meta-")?, value)));
    for (name, value) in own.filter(|(name, _)| !name.is_empty()) {
        description.metadata.insert(name.to_owned(), value.to_owned());
    }
    let length: usize = description.metadata.iter().map(|(name, value)| name.len() + value.len()).sum();
    if length > MOST_METADATA {
        return Err(invalid_argument("The metadata headers are longer than 8 KiB in all: send less."));
    }
    description.tags = tags(request.header("tagging"))?;
    let acl = request.header("object-acl").or_else(|| request.header("acl"));
    description.acl = acl.map(object_acl).transpose()?.flatten();
    Ok(description)
}

/// The ACL of an object; none if it is to be that of its bucket.
pub(crate) fn object_acl(text: &str) -> Result<Option<Acl>, ApiError> {
    match text {
        "default" => Ok(None),
        _ => Acl::parse(text).map(Some).ok_or_else(|| {
            invalid_argument("The object ACL is one of default, private, public-read and public-read-write.")
        }),
    }
}

/// The storage class of an object or a bucket.
pub(crate) fn storage_class(request: &OssRequest<'_>) -> Result<StorageClass, ApiError> {
    match request.header("storage-class") {
        None => Ok(StorageClass::Standard),
        Some(text) => class_of(text),
    }
}

pub(crate) fn class_of(text: &str) -> Result<StorageClass, ApiError> {
    // What S3 calls its ordinary class is upper-case.
    let text = if text == "STANDARD" { "Standard" } else { text };
    StorageClass::parse(text)
        .ok_or_else(|| invalid_argument("The storage class is Standard or IA: others are not offered here."))
}

/// Labels that are written like a query string.
fn tags(text: Option<&str>) -> Result<BTreeMap<String, String>, ApiError> {
    let Some(text) = text else { return Ok(BTreeMap::new()) };
    let invalid = |message| storage_error("InvalidTag", 400, message);
    let read = Params::from_query(text)
        .map_err(|_| invalid("The tags are not written as k1=v1&k2=v2, percent-encoded, each key once."))?;
    let tags: BTreeMap<_, _> = read.iter().map(|(key, value)| (key.to_owned(), value.to_owned())).collect();
    let fits = |(key, value): (&String, &String)| {
        (1..=128).contains(&key.chars().count()) && value.chars().count() <= 256
    };
    if tags.len() > MOST_TAGS || !tags.iter().all(fits) {
        return Err(invalid(
            "An object has up to 10 tags, with keys of 1 to 128 and values of up to 256 characters.",
        ));
    }
    Ok(tags)
}
