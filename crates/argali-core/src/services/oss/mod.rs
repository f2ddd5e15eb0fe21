//! Object storage: buckets, objects, and who may reach them.
//!
//! Its operations have a protocol of their own, which the crate `argali-objects` speaks; bytes lie there too. Here are
//! the records and the decisions: what is asked for, of whom, and what changes.
// SPEC: wire protocol, OSS, operations that matter.

mod append;
mod bucket;
mod bucket_acl;
mod bucket_cors;
pub(in crate::services) mod bucket_group;
mod bucket_policy;
mod bucket_tag;
mod bytes;
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
pub use bytes::{Moving, ObjectBytes};
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
    Entry::of_data_plane::<AbortMultipartUpload>(),
    Entry::of_data_plane::<AppendObject>(),
    Entry::of_data_plane::<CompleteMultipartUpload>(),
    Entry::of_data_plane::<CopyObject>(),
    Entry::of_data_plane::<DeleteBucket>(),
    Entry::of_data_plane::<DeleteBucketCors>(),
    Entry::of_data_plane::<DeleteBucketPolicy>(),
    Entry::of_data_plane::<DeleteBucketTagging>(),
    Entry::of_data_plane::<DeleteMultipleObjects>(),
    Entry::of_data_plane::<DeleteObject>(),
    Entry::of_data_plane::<DeleteObjectTagging>(),
    Entry::of_data_plane::<GetBucketAcl>(),
    Entry::of_data_plane::<GetBucketCors>(),
    Entry::of_data_plane::<GetBucketInfo>(),
    Entry::of_data_plane::<GetBucketLocation>(),
    Entry::of_data_plane::<GetBucketPolicy>(),
    Entry::of_data_plane::<GetBucketResourceGroup>(),
    Entry::of_data_plane::<GetBucketStat>(),
    Entry::of_data_plane::<GetBucketTagging>(),
    Entry::of_data_plane::<GetObject>(),
    Entry::of_data_plane::<GetObjectAcl>(),
    Entry::of_data_plane::<GetObjectMeta>(),
    Entry::of_data_plane::<GetObjectTagging>(),
    Entry::of_data_plane::<HeadObject>(),
    Entry::of_data_plane::<InitiateMultipartUpload>(),
    Entry::of_data_plane::<ListBuckets>(),
    Entry::of_data_plane::<ListMultipartUploads>(),
    Entry::of_data_plane::<ListObjects>(),
    Entry::of_data_plane::<ListObjectsV2>(),
    Entry::of_data_plane::<ListParts>(),
    Entry::of_data_plane::<PutBucket>(),
    Entry::of_data_plane::<PutBucketAcl>(),
    Entry::of_data_plane::<PutBucketCors>(),
    Entry::of_data_plane::<PutBucketPolicy>(),
    Entry::of_data_plane::<PutBucketResourceGroup>(),
    Entry::of_data_plane::<PutBucketTagging>(),
    Entry::of_data_plane::<PutObject>(),
    Entry::of_data_plane::<PutObjectAcl>(),
    Entry::of_data_plane::<PutObjectTagging>(),
    Entry::of_data_plane::<UploadPart>(),
    Entry::of_data_plane::<UploadPartCopy>(),
]];
