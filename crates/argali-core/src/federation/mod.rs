//! Identity providers: others who know people and programs, and whose word an account takes for who they are.

mod metadata;
mod name;
mod url;

pub use metadata::{BadMetadata, Metadata};
pub use name::{
    ClientId, Fingerprint, IssuerUrl, Listed, ProviderDescription, ProviderName, SignatureAlgorithm,
};
pub use url::HttpsUrl;
