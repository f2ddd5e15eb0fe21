//! The bytes of objects, for callers inside of the process that hold them whole.

use std::fmt;
use std::future::Future;
use std::pin::Pin;

use super::put::NewBytes;
use crate::error::ApiError;
use crate::model::Object;

/// What comes of bytes once they were moved.
pub type Moving<'a, T> = Pin<Box<dyn Future<Output = Result<T, ApiError>> + Send + 'a>>;

/// Where the bytes of objects lie. It decides nothing: whoever asks has been allowed to.
pub trait ObjectBytes: fmt::Debug + Send + Sync {
    /// The host of object storage.
    fn host(&self) -> String;

    /// Takes bytes in, for an operation that makes them an object.
    fn take(&self, bytes: Vec<u8>) -> Moving<'_, NewBytes>;

    /// All bytes of an object.
    fn fetch<'a>(&'a self, object: &'a Object) -> Moving<'a, Vec<u8>>;
}
