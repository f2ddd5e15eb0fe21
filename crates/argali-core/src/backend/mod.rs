//! Real services behind declared ones: what they are asked, in whose name, and what their answers come to.
//!
//! Argali authenticates, authorizes and records a call; then the backend is asked, which keeps the resources and does
//! the work. What it is sent says who calls and is signed ([`Passage`]), so that it need not trust the network between.

mod answer;
mod passage;

use std::error::Error;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

pub use answer::{Heard, Reply};
pub use passage::Passage;
pub(crate) use passage::{Asking, escaped, is_unreserved};

use crate::url::WebUrl;

/// Where a service's calls are passed on to, and how long that may take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Backend {
    /// Where.
    pub url: WebUrl,
    /// How long a connection may take.
    pub connect_timeout: Duration,
    /// How long all of a call may take, the connection included.
    pub timeout: Duration,
}

impl Backend {
    /// How long a connection may take unless the file says otherwise.
    pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);
    /// How long a call may take unless the file says otherwise.
    pub const TIMEOUT: Duration = Duration::from_secs(10);
    /// The longest that a file may allow either.
    pub const LONGEST_TIMEOUT: Duration = Duration::from_secs(60);
    /// The largest answer, in bytes.
    pub const LARGEST_ANSWER: usize = 4 << 20;
}

/// Why a backend did not answer.
#[derive(Debug, thiserror::Error)]
pub enum BackendError {
    /// There is no connection: nothing was sent.
    #[error("it cannot be reached")]
    Away(#[source] Box<dyn Error + Send + Sync>),
    /// As many calls wait for it already as may.
    #[error("too many calls wait for it already")]
    TooMany,
    /// It takes too long.
    #[error("it did not answer in time")]
    TooSlow,
    /// The connection broke off, or what came is not HTTP.
    #[error("it broke off")]
    BrokeOff(#[source] Box<dyn Error + Send + Sync>),
    /// Its answer is too large.
    #[error("it answered with more than {} MiB", Backend::LARGEST_ANSWER >> 20)]
    TooLarge,
}

/// An answer on its way.
pub type Asked<'a> = Pin<Box<dyn Future<Output = Result<Reply, BackendError>> + Send + 'a>>;

/// Whoever carries calls to backends.
pub trait Backends: fmt::Debug + Send + Sync {
    /// Asks `backend`; within its time-outs there is an answer or an error.
    fn ask<'a>(&'a self, backend: &'a Backend, passage: &'a Passage) -> Asked<'a>;
}

/// Nobody: for where no backend is to be asked.
#[derive(Clone, Copy, Debug)]
pub struct NoBackends;

impl Backends for NoBackends {
    fn ask<'a>(&'a self, _: &'a Backend, _: &'a Passage) -> Asked<'a> {
        Box::pin(async { Err(BackendError::Away("this process opens no connections".into())) })
    }
}
