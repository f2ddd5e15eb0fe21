//! What is set of a single object: ACL and labels.

use argali_core::error::ApiError;
use argali_core::model::Acl;
use argali_core::services::oss::{
    DeleteObjectTagging, GetObjectAcl, GetObjectTagging, PutObjectAcl, PutObjectTagging, invalid_argument,
};
use bytes::Bytes;
use hyper::StatusCode;

use crate::answer::{Answer, document, empty};
use crate::bucket::Grant;
use crate::bucket_setting::{AccessControlPolicy, Tagging};
use crate::description::object_acl;
use crate::service::Owner;
use crate::visit::Visit;

pub(crate) async fn get_acl(visit: Visit<'_>) -> Result<Answer, ApiError> {
    let operation = GetObjectAcl { bucket: visit.bucket()?, key: visit.key()? };
    let (owner, acl) = visit.read(&operation).await?;
    let access_control_list = Grant { grant: acl.map_or("default", Acl::as_str) };
    document("AccessControlPolicy", &AccessControlPolicy { owner: Owner::of(owner), access_control_list })
}

pub(crate) async fn put_acl(visit: Visit<'_>) -> Result<Answer, ApiError> {
    let text = visit.request.header("object-acl").or_else(|| visit.request.header("acl"));
    let message =
        "The header x-oss-object-acl is missing: say default, private, public-read or public-read-write.";
    let acl = object_acl(text.ok_or_else(|| invalid_argument(message))?)?;
    visit.change(&PutObjectAcl { bucket: visit.bucket()?, key: visit.key()?, acl }).await?;
    Ok(empty(StatusCode::OK))
}

pub(crate) async fn get_tags(visit: Visit<'_>) -> Result<Answer, ApiError> {
    let operation = GetObjectTagging { bucket: visit.bucket()?, key: visit.key()? };
    Tagging::answer(visit.read(&operation).await?)
}

pub(crate) async fn put_tags<B>(visit: Visit<'_>, body: B) -> Result<Answer, ApiError>
where
    B: http_body::Body<Data = Bytes> + Send + Unpin,
    B::Error: std::fmt::Display,
{
    let tags = Tagging::read(body).await?;
    visit.change(&PutObjectTagging { bucket: visit.bucket()?, key: visit.key()?, tags }).await?;
    Ok(empty(StatusCode::OK))
}

pub(crate) async fn delete_tags(visit: Visit<'_>) -> Result<Answer, ApiError> {
    visit.change(&DeleteObjectTagging { bucket: visit.bucket()?, key: visit.key()? }).await?;
    Ok(empty(StatusCode::NO_CONTENT))
}
