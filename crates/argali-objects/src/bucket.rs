//! Buckets: made, shown and deleted.

use argali_core::error::ApiError;
use argali_core::model::{Acl, Redundancy, StorageClass};
use argali_core::services::oss::{
    DeleteBucket, GetBucketInfo, GetBucketLocation, GetBucketStat, PutBucket, invalid_argument,
};
use bytes::Bytes;
use hyper::StatusCode;
use serde::{Deserialize, Serialize};

use crate::answer::{Answer, body_date, document, empty, set, with_type};
use crate::description::class_of;
use crate::service::{Endpoints, Owner};
use crate::visit::Visit;
use crate::xml;

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct CreateBucketConfiguration {
    storage_class: Option<String>,
    data_redundancy_type: Option<String>,
}

pub(crate) async fn put<B>(visit: Visit<'_>, body: B) -> Result<Answer, ApiError>
where
    B: http_body::Body<Data = Bytes> + Send + Unpin,
    B::Error: std::fmt::Display,
{
    let bucket = visit.bucket()?;
    let text = xml::read_whole(body).await?;
    let wanted: CreateBucketConfiguration = match text.is_empty() {
        true => CreateBucketConfiguration::default(),
        false => xml::parse("CreateBucketConfiguration", &text)?,
    };
    let class = wanted.storage_class.as_deref().map(class_of).transpose()?;
    let redundancy = wanted.data_redundancy_type.as_deref().map(|text| {
        Redundancy::parse(text).ok_or_else(|| invalid_argument("DataRedundancyType is LRS or ZRS."))
    });
    let operation = PutBucket {
        acl: bucket_acl(&visit)?,
        storage_class: class.unwrap_or(StorageClass::Standard),
        redundancy: redundancy.transpose()?.unwrap_or_default(),
        resource_group: visit.request.header("resource-group-id").map(str::to_owned),
        bucket,
    };
    visit.change(&operation).await?;
    let mut answer = empty(StatusCode::OK);
    set(answer.headers_mut(), "location", &format!("/{}", operation.bucket))?;
    Ok(answer)
}

/// The ACL that a header gives a bucket.
pub(crate) fn bucket_acl(visit: &Visit<'_>) -> Result<Option<Acl>, ApiError> {
    let parse = |text| {
        let message = "The bucket ACL is one of private, public-read and public-read-write.";
        Acl::parse(text).ok_or_else(|| invalid_argument(message))
    };
    visit.request.header("acl").map(parse).transpose()
}

pub(crate) async fn delete(visit: Visit<'_>) -> Result<Answer, ApiError> {
    visit.change(&DeleteBucket { bucket: visit.bucket()? }).await?;
    Ok(empty(StatusCode::NO_CONTENT))
}

/// S3 clients ask so whether there is a bucket.
pub(crate) async fn head(visit: Visit<'_>) -> Result<Answer, ApiError> {
    visit.read(&GetBucketInfo { bucket: visit.bucket()? }).await?;
    let mut answer = empty(StatusCode::OK);
    set(answer.headers_mut(), "x-oss-bucket-region", &visit.storage.settings().region)?;
    Ok(answer)
}

#[derive(Debug, Serialize)]
struct BucketInfo {
    #[serde(rename = "Bucket")]
    bucket: Info,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Info {
    name: String,
    location: String,
    creation_date: String,
    extranet_endpoint: String,
    intranet_endpoint: String,
    storage_class: &'static str,
    data_redundancy_type: &'static str,
    owner: Owner,
    access_control_list: Grant,
    comment: &'static str,
    resource_group_id: String,
}

/// What an ACL grants, as documents have it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Grant {
    pub(crate) grant: &'static str,
}

pub(crate) async fn info(visit: Visit<'_>) -> Result<Answer, ApiError> {
    let bucket = visit.read(&GetBucketInfo { bucket: visit.bucket()? }).await?.bucket;
    let endpoints = Endpoints::of(visit.storage);
    let info = Info {
        name: bucket.name.to_string(),
        location: endpoints.location,
        creation_date: body_date(bucket.created_at),
        extranet_endpoint: endpoints.extranet,
        intranet_endpoint: endpoints.intranet,
        storage_class: bucket.storage_class.as_str(),
        data_redundancy_type: bucket.redundancy.as_str(),
        owner: Owner::of(bucket.owner),
        access_control_list: Grant { grant: bucket.acl.as_str() },
        comment: "",
        resource_group_id: bucket.group.to_string(),
    };
    document("BucketInfo", &BucketInfo { bucket: info })
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Stat {
    storage: u64,
    object_count: u64,
    multipart_upload_count: u64,
}

pub(crate) async fn stat(visit: Visit<'_>) -> Result<Answer, ApiError> {
    let usage = visit.read(&GetBucketStat { bucket: visit.bucket()? }).await?.usage;
    let stat =
        Stat { storage: usage.bytes, object_count: usage.objects, multipart_upload_count: usage.uploads };
    document("BucketStat", &stat)
}

pub(crate) async fn location(visit: Visit<'_>) -> Result<Answer, ApiError> {
    visit.read(&GetBucketLocation { bucket: visit.bucket()? }).await?;
    let location = Endpoints::of(visit.storage).location;
    let text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><LocationConstraint>{location}</LocationConstraint>"
    );
    Ok(with_type(text.into_bytes(), "application/xml"))
}

/// Objects have one version here; the document that says so has no members.
pub(crate) async fn versioning(visit: Visit<'_>) -> Result<Answer, ApiError> {
    visit.read(&GetBucketInfo { bucket: visit.bucket()? }).await?;
    document("VersioningConfiguration", &())
}
