//! How documents of identity providers are got: the one connection that Argali opens to an address a client names.
//!
//! Core says which document it wants and what must vouch for it; whoever runs core brings the network.
// SPEC: security, requests, the last of the limits.

use std::error::Error;
use std::fmt;
use std::pin::Pin;

use super::name::Fingerprint;
use crate::url::HttpsUrl;

/// A document that is being got.
pub type Fetching<'a> = Pin<Box<dyn Future<Output = Result<Vec<u8>, FetchError>> + Send + 'a>>;

/// Gets documents under https.
///
/// It follows no redirects, connects to public addresses alone unless the operator lists others, and gives up on what
/// is large or slow.
pub trait Fetcher: Send + Sync + fmt::Debug {
    /// The document at `url`, from a host whose certificate is trusted, and vouched for by one of `pins` if there are
    /// any.
    fn fetch<'a>(&'a self, url: &'a HttpsUrl, pins: &'a [Fingerprint]) -> Fetching<'a>;
}

/// Why a document cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// Its host has no address that may be connected to.
    #[error(
        "`{0}` has no address that may be connected to: only public ones, and those in federation.allowed_addresses"
    )]
    Forbidden(String),
    /// Its host cannot be reached, or not be trusted.
    #[error("`{host}` cannot be reached")]
    Unreachable {
        /// The host.
        host: String,
        /// What went wrong.
        source: Box<dyn Error + Send + Sync>,
    },
    /// Its host answers something else.
    #[error("`{host}` answers with the status {status}, not 200; redirects are not followed")]
    Status {
        /// The host.
        host: String,
        /// The HTTP status.
        status: u16,
    },
    /// It is too large.
    #[error("`{0}` answers with more than 256 KiB")]
    TooLarge(String),
    /// It takes too long.
    #[error("`{0}` did not answer in time")]
    TooSlow(String),
    /// There is no network.
    #[error("this server opens no connections")]
    Offline,
}

/// A fetcher that gets nothing, for where no provider is to be reached.
#[derive(Clone, Copy, Debug)]
pub struct Offline;

impl Fetcher for Offline {
    fn fetch<'a>(&'a self, _: &'a HttpsUrl, _: &'a [Fingerprint]) -> Fetching<'a> {
        Box::pin(async { Err(FetchError::Offline) })
    }
}
