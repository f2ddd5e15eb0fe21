//! The account's buckets.

use argali_core::error::ApiError;
use argali_core::model::Bucket;
use argali_core::services::oss::ListBuckets;
use argali_protocol::Dialect;
use serde::Serialize;

use crate::answer::{Answer, body_date, document};
use crate::storage::ObjectStorage;
use crate::visit::Visit;

/// An account as documents name it.
#[derive(Debug, Serialize)]
pub(crate) struct Owner {
    #[serde(rename = "ID")]
    pub(crate) id: String,
    #[serde(rename = "DisplayName")]
    pub(crate) display_name: String,
}

impl Owner {
    pub(crate) fn of(id: impl std::fmt::Display) -> Self {
        Self { id: id.to_string(), display_name: id.to_string() }
    }
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct BucketList {
    owner: Owner,
    buckets: Buckets,
    #[serde(skip_serializing_if = "Option::is_none")]
    prefix: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    marker: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_keys: Option<usize>,
    is_truncated: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_marker: Option<String>,
}

#[derive(Debug, Serialize)]
struct Buckets {
    #[serde(rename = "Bucket")]
    list: Vec<BucketEntry>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct BucketEntry {
    name: String,
    creation_date: String,
    location: String,
    extranet_endpoint: String,
    intranet_endpoint: String,
    storage_class: &'static str,
    region: String,
    resource_group_id: String,
}

/// Hosts of a region, as clients look them up.
#[derive(Debug)]
pub(crate) struct Endpoints {
    pub(crate) location: String,
    pub(crate) extranet: String,
    pub(crate) intranet: String,
}

impl Endpoints {
    pub(crate) fn of(storage: &ObjectStorage) -> Self {
        let region = &storage.settings().region;
        let domain = &storage.settings().domain;
        let own = (!domain.is_empty()).then(|| domain.clone());
        Self {
            location: format!("oss-{region}"),
            extranet: own.clone().unwrap_or_else(|| format!("oss-{region}.aliyuncs.com")),
            intranet: own.unwrap_or_else(|| format!("oss-{region}-internal.aliyuncs.com")),
        }
    }
}

fn entry(storage: &ObjectStorage, bucket: Bucket) -> BucketEntry {
    let endpoints = Endpoints::of(storage);
    BucketEntry {
        name: bucket.name.to_string(),
        creation_date: body_date(bucket.created_at),
        location: endpoints.location,
        extranet_endpoint: endpoints.extranet,
        intranet_endpoint: endpoints.intranet,
        storage_class: bucket.storage_class.as_str(),
        region: storage.settings().region.clone(),
        resource_group_id: bucket.group.to_string(),
    }
}

pub(crate) async fn list_buckets(visit: Visit<'_>) -> Result<Answer, ApiError> {
    // S3 knows no pages here.
    let default = if visit.request.dialect == Dialect::S3 { 1_000 } else { 100 };
    let operation = ListBuckets {
        prefix: visit.query("prefix").to_owned(),
        marker: visit.query("marker").to_owned(),
        max_keys: visit.number("max-keys", default, 1_000)?,
        resource_group: visit.request.header("resource-group-id").map(str::to_owned),
    };
    let page = visit.read(&operation).await?;
    let next = page.buckets.last().filter(|_| page.is_truncated).map(|bucket| bucket.name.to_string());
    let told = |text: String| page.is_truncated.then_some(text);
    document(
        "ListAllMyBucketsResult",
        &BucketList {
            owner: Owner::of(page.owner),
            prefix: told(operation.prefix),
            marker: told(operation.marker),
            max_keys: page.is_truncated.then_some(operation.max_keys),
            is_truncated: page.is_truncated,
            next_marker: next,
            buckets: Buckets {
                list: page.buckets.into_iter().map(|bucket| entry(visit.storage, bucket)).collect(),
            },
        },
    )
}
