//! Calls that nobody signs: of anybody over HTTP, and of the console within the process.

use std::net::IpAddr;

use argali_core::caller::Origin;
use argali_core::dispatch::{Incoming, LogonCredential};
use argali_core::vault::SecretText;
use argali_protocol::{ApiFailure, HttpRequest, decode_answer};
use serde_json::Value;

use crate::client::Client;
use crate::server::TestServer;

impl Client {
    /// Calls an operation over HTTP without a signature.
    ///
    /// # Errors
    ///
    /// Fails if the call is refused.
    pub fn call_unsigned(
        &self,
        product: &str,
        action: &str,
        params: &[(&str, &str)],
    ) -> Result<Value, ApiFailure> {
        let mut request = self.sign(product, action, params);
        request.headers.retain(|(name, _)| name != "authorization");
        self.send(&request)
    }
}

impl TestServer {
    /// Calls an operation as the console does for somebody who is logged on.
    ///
    /// # Errors
    ///
    /// Fails if the call is refused.
    pub fn call_as_logon(
        &self,
        client: &Client,
        session: &str,
        (product, action): (&str, &str),
        params: &[(&str, &str)],
    ) -> Result<Value, ApiFailure> {
        let mut request = client.sign(product, action, params);
        request.headers.retain(|(name, _)| name != "authorization");
        let headers: Vec<_> =
            request.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
        let http = HttpRequest {
            method: &request.method,
            target: &request.target,
            headers: &headers,
            body: &request.body,
        };
        let origin = Origin { source_ip: IpAddr::from([127, 0, 0, 1]), secure_transport: true };
        let logon = LogonCredential::new(SecretText::new(session.to_owned()));
        let answer = self.block_on(self.core().dispatch_as_logon(&Incoming { http, origin }, &logon));
        decode_answer(answer.status, answer.content_type, &answer.body)
    }
}
