//! How what webhooks tell gets to its receivers: core says what to send and where, whoever runs core brings the network.

use std::error::Error;
use std::fmt;
use std::pin::Pin;

use crate::identifier::AccountId;
use crate::url::WebUrl;

/// What is sent to a receiver.
#[derive(Clone)]
pub struct Letter {
    /// For whom. Whoever sends bounds how much is under way for each.
    pub account: AccountId,
    /// Where to.
    pub url: WebUrl,
    /// What stands above it, besides what every request has.
    pub headers: Vec<(&'static str, String)>,
    /// JSON.
    pub body: Vec<u8>,
}

impl fmt::Debug for Letter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Letter")
            .field("account", &self.account)
            .field("url", &self.url)
            .finish_non_exhaustive()
    }
}

/// The status that a receiver answers with.
pub type Posting<'a> = Pin<Box<dyn Future<Output = Result<u16, PostError>> + Send + 'a>>;

/// Posts letters.
///
/// It follows no redirects, connects to public addresses alone unless the operator lists others, and gives up on what is
/// slow. Of an answer only its status is read.
pub trait Poster: Send + Sync + fmt::Debug {
    /// Why nothing is ever sent to a URL, in a sentence for whoever gave it, as far as the URL alone tells.
    fn refuses(&self, url: &WebUrl) -> Option<&'static str>;

    /// Posts a letter, once.
    fn post<'a>(&'a self, letter: &'a Letter) -> Posting<'a>;
}

/// Why there is no status.
#[derive(Debug, thiserror::Error)]
pub enum PostError {
    /// The host has no address that may be connected to.
    #[error("it has no address that may be connected to")]
    Forbidden,
    /// The host cannot be reached, or broke off.
    #[error("it cannot be reached")]
    Unreachable(#[source] Box<dyn Error + Send + Sync>),
    /// The host's certificate is not to be believed.
    #[error("its certificate is not trusted")]
    NotTrusted(#[source] Box<dyn Error + Send + Sync>),
    /// The host takes too long.
    #[error("it did not answer in time")]
    TooSlow,
    /// Nothing was tried: as much is under way as may be.
    #[error("too much is under way")]
    Busy,
}

/// Nobody: for where nothing is to be told.
#[derive(Clone, Copy, Debug)]
pub struct NoPoster;

impl Poster for NoPoster {
    fn refuses(&self, _: &WebUrl) -> Option<&'static str> {
        None
    }

    fn post<'a>(&'a self, _: &'a Letter) -> Posting<'a> {
        Box::pin(async { Err(PostError::Busy) })
    }
}
