//! Clients of a server that runs in another process, and may end at any moment.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use argali_core::env::Env;
use argali_core::services::SERVICES;
use argali_protocol::{ApiFailure, Credentials, SignedRequest, decode_answer};
use serde_json::Value;

use crate::client::{Client, Line, agent, http_request};
use crate::clock::TestClock;

/// The server went away: whether it did what it was asked is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gone;

impl Client {
    /// A client of the server at `endpoint`, host and port, that goes by the real time. It knows the products whose
    /// operations are written in Rust.
    pub fn remote(endpoint: &str, credentials: Credentials) -> Self {
        let versions: BTreeMap<_, _> = SERVICES
            .iter()
            .map(|service| (service.product.to_ascii_lowercase(), service.version.to_owned()))
            .collect();
        let line = Line {
            agent: agent(),
            tls: None,
            host: endpoint.to_owned(),
            clock: TestClock::real(),
            versions,
            // Nonces of clients before and beside this one must not come again.
            nonces: AtomicU64::new(u64::from_le_bytes(Env::system().random()) >> 1),
        };
        Self::new(Arc::new(line), credentials)
    }

    /// Calls an operation of a server that may be gone.
    ///
    /// # Errors
    ///
    /// Fails if there was no whole answer.
    pub fn attempt(
        &self,
        product: &str,
        action: &str,
        params: &[(&str, &str)],
    ) -> Result<Result<Value, ApiFailure>, Gone> {
        self.attempt_signed(&self.sign(product, action, params))
    }

    /// Sends a request as it is to a server that may be gone.
    ///
    /// # Errors
    ///
    /// Fails if there was no whole answer.
    pub fn attempt_signed(&self, signed: &SignedRequest) -> Result<Result<Value, ApiFailure>, Gone> {
        let mut answer = self.line.agent.run(http_request(&self.line.host, signed)).map_err(|_| Gone)?;
        let content_type = answer.headers().get("content-type").and_then(|value| value.to_str().ok());
        let content_type = content_type.unwrap_or_default().to_owned();
        let body = answer.body_mut().read_to_vec().map_err(|_| Gone)?;
        Ok(decode_answer(answer.status().as_u16(), &content_type, &body))
    }
}
