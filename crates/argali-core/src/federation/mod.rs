//! Identity providers: others who know people and programs, and whose word an account takes for who they are.
//!
//! A token is read before anything is believed ([`OidcToken::unverified`]), to find out whose keys are needed; these
//! are got by an errand, outside of every transaction, and kept ([`WantedKeys`], [`Fetcher`]); then it is read again,
//! and only what its issuer signed counts ([`OidcToken::verified`]).

mod cache;
mod fetch;
mod keys;
mod metadata;
mod name;
mod signature;
mod token;

pub use crate::url::HttpsUrl;
pub(crate) use cache::KeyCache;
pub use cache::{KeysError, WantedKeys};
pub use fetch::{FetchError, Fetcher, Fetching, Offline};
pub use keys::KeySet;
pub use metadata::{BadMetadata, Metadata};
pub use name::{
    ClientId, Fingerprint, IssuerUrl, Listed, ProviderDescription, ProviderName, SignatureAlgorithm,
};
pub use token::{BadToken, OidcToken, TokenClaims};
