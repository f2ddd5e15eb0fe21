//! Object storage: buckets, objects, and who may reach them.
//!
//! Its operations have a protocol of their own, which the crate `argali-objects` speaks; bytes lie there too. Here are
//! the records and the decisions: what is asked for, of whom, and what changes.
// SPEC: wire protocol, OSS, operations that matter.

mod append;
mod bucket;
mod bucket_acl;
mod bucket_cors;
mod bucket_group;
mod bucket_policy;
mod bucket_tag;
mod copy;
mod delete;
mod error;
mod list;
mod multipart;
mod multipart_list;
mod object;
mod object_acl;
mod object_tag;
mod put;
mod scope;
mod service;

pub use append::{AppendObject, Appended};
pub use bucket::{BucketView, DeleteBucket, GetBucketInfo, GetBucketLocation, GetBucketStat, PutBucket};
pub use bucket_acl::{GetBucketAcl, PutBucketAcl};
pub use bucket_cors::{DeleteBucketCors, GetBucketCors, PutBucketCors, cors_rules};
pub use bucket_group::{GetBucketResourceGroup, PutBucketResourceGroup};
pub use bucket_policy::{DeleteBucketPolicy, GetBucketPolicy, PutBucketPolicy};
pub use bucket_tag::{DeleteBucketTagging, GetBucketTagging, PutBucketTagging};
pub use copy::{CopyObject, CopySource, UploadPartCopy};
pub use delete::{DeleteMultipleObjects, DeleteObject};
pub use error::*;
pub use list::{ListObjects, ListObjectsV2, Listing};
pub use multipart::{
    AbortMultipartUpload, CompleteMultipartUpload, CompletedPart, InitiateMultipartUpload, UploadPart,
};
pub use multipart_list::{ListMultipartUploads, ListParts, PartPage, UploadPage};
pub use object::{GetObject, GetObjectMeta, HeadObject};
pub use object_acl::{GetObjectAcl, PutObjectAcl};
pub use object_tag::{DeleteObjectTagging, GetObjectTagging, PutObjectTagging};
pub use put::{NewBytes, PutObject, Stored};
pub use scope::Found;
pub use service::{BucketPage, ListBuckets};

use crate::operation::Entry;

/// Every operation of object storage.
pub const OPERATIONS: &[&[Entry]] = &[&[
    Entry::of_object_storage::<AbortMultipartUpload>(),
    Entry::of_object_storage::<AppendObject>(),
    Entry::of_object_storage::<CompleteMultipartUpload>(),
    Entry::of_object_storage::<CopyObject>(),
    Entry::of_object_storage::<DeleteBucket>(),
    Entry::of_object_storage::<DeleteBucketCors>(),
    Entry::of_object_storage::<DeleteBucketPolicy>(),
    Entry::of_object_storage::<DeleteBucketTagging>(),
    Entry::of_object_storage::<DeleteMultipleObjects>(),
    Entry::of_object_storage::<DeleteObject>(),
    Entry::of_object_storage::<DeleteObjectTagging>(),
    Entry::of_object_storage::<GetBucketAcl>(),
    Entry::of_object_storage::<GetBucketCors>(),
    Entry::of_object_storage::<GetBucketInfo>(),
    Entry::of_object_storage::<GetBucketLocation>(),
    Entry::of_object_storage::<GetBucketPolicy>(),
    Entry::of_object_storage::<GetBucketResourceGroup>(),
    Entry::of_object_storage::<GetBucketStat>(),
    Entry::of_object_storage::<GetBucketTagging>(),
    Entry::of_object_storage::<GetObject>(),
    Entry::of_object_storage::<GetObjectAcl>(),
    Entry::of_object_storage::<GetObjectMeta>(),
    Entry::of_object_storage::<GetObjectTagging>(),
    Entry::of_object_storage::<HeadObject>(),
    Entry::of_object_storage::<InitiateMultipartUpload>(),
    Entry::of_object_storage::<ListBuckets>(),
    Entry::of_object_storage::<ListMultipartUploads>(),
    Entry::of_object_storage::<ListObjects>(),
    Entry::of_object_storage::<ListObjectsV2>(),
    Entry::of_object_storage::<ListParts>(),
    Entry::of_object_storage::<PutBucket>(),
    Entry::of_object_storage::<PutBucketAcl>(),
    Entry::of_object_storage::<PutBucketCors>(),
    Entry::of_object_storage::<PutBucketPolicy>(),
    Entry::of_object_storage::<PutBucketResourceGroup>(),
    Entry::of_object_storage::<PutBucketTagging>(),
    Entry::of_object_storage::<PutObject>(),
    Entry::of_object_storage::<PutObjectAcl>(),
    Entry::of_object_storage::<PutObjectTagging>(),
    Entry::of_object_storage::<UploadPart>(),
    Entry::of_object_storage::<UploadPartCopy>(),
]];
