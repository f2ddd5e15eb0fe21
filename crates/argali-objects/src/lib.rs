//! Stores objects for OSS clients.
//!
//! [`ObjectStorage::answer`] reads a request of the protocol, has core authenticate, judge and record it, and moves the
//! bytes: in, before core is asked to make them visible, and out, for as long as core lets them. Records and decisions
//! are core's (`argali_core::services::oss`); bytes lie behind OpenDAL, under numbers that nobody chooses.
// SPEC: wire protocol, OSS.

mod answer;
mod blobs;
mod body;
mod bucket;
mod bucket_setting;
mod condition;
mod copy;
mod cors;
mod delivery;
mod description;
mod failure;
mod intake;
mod list;
mod multipart;
mod multipart_list;
mod object;
mod object_setting;
mod outflow;
mod route;
mod selector;
mod service;
mod storage;
mod visit;
mod whole;
mod xml;

pub use blobs::{BlobError, Place};
pub use body::{Body, BrokenOff};
pub use route::Called;
pub use storage::{ObjectStorage, OpenError, Settings};
