//! Signed calls over HTTP.

use argali_protocol::{
    ApiFailure, Credentials, Format, Outgoing, Placement, ProtocolError, decode_answer, sign_v3,
};
use argali_server::Env;
use serde_json::Value;

use crate::failure::{Exit, Failure};

/// How many random letters a nonce has.
const NONCE_CHARS: usize = 32;
const NONCE_ALPHABET: &[u8] = b"abcdefghijklmnopqrstuvwxyz0123456789";

/// An API: a product and its version.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Api<'a> {
    pub(crate) product: &'a str,
    pub(crate) version: &'a str,
}

pub(crate) const RAM: Api<'_> = Api { product: "Ram", version: "2015-05-01" };
pub(crate) const STS: Api<'_> = Api { product: "Sts", version: "2015-04-01" };
pub(crate) const ECS: Api<'_> = Api { product: "Ecs", version: "2014-05-26" };
pub(crate) const VPC: Api<'_> = Api { product: "Vpc", version: "2016-04-28" };

/// Why a call has no answer.
#[derive(Debug)]
pub(crate) enum CallError {
    /// The server refused it.
    Refused(ApiFailure),
    /// It was not sent, or nothing came back.
    Lost(Failure),
}

impl From<CallError> for Failure {
    fn from(error: CallError) -> Self {
        match error {
            CallError::Refused(failure) => failure.into(),
            CallError::Lost(failure) => failure,
        }
    }
}

/// Somebody's credentials and where to use them.
#[derive(Clone, Debug)]
pub(crate) struct Client {
    agent: ureq::Agent,
    host: String,
    credentials: Credentials,
    env: Env,
}

impl Client {
    /// A client for the server at `endpoint`, a URL or host and port.
    pub(crate) fn new(endpoint: &str, credentials: Credentials) -> Result<Self, Failure> {
        let host = host(endpoint)?;
        let agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .user_agent(concat!("argali/", env!("CARGO_PKG_VERSION")))
            .build();
        Ok(Self { agent: agent.into(), host, credentials, env: Env::system() })
    }

    /// The same, going by another clock.
    pub(crate) fn with_env(mut self, env: Env) -> Self {
        self.env = env;
        self
    }

    /// The same with other credentials.
    pub(crate) fn with_credentials(&self, credentials: Credentials) -> Self {
        Self { credentials, ..self.clone() }
    }

    /// What it signs with.
    pub(crate) fn credentials(&self) -> &Credentials {
        &self.credentials
    }

    /// Calls an operation, its parameters in the form body.
    pub(crate) fn call(
        &self,
        api: Api<'_>,
        action: &str,
        params: &[(String, String)],
    ) -> Result<Value, CallError> {
        let call = Outgoing {
            host: &self.host,
            action,
            version: api.version,
            params,
            placement: Placement::Form,
            method: "POST",
            timestamp_unix_s: self.env.now().as_seconds(),
            nonce: &self.env.random_text(NONCE_ALPHABET, NONCE_CHARS),
            format: Format::Json,
            headers: &[],
        };
        let signed = sign_v3(&call, &self.credentials).map_err(|error| CallError::Lost(unsigned(&error)))?;
        let mut request = ureq::http::Request::builder()
            .method("POST")
            .uri(format!("http://{}{}", self.host, signed.target));
        for (name, value) in signed.headers.iter().filter(|(name, _)| name != "host") {
            request = request.header(name, value);
        }
        let request = request.body(&signed.body[..]).map_err(|error| self.lost(error))?;
        let mut answer = self.agent.run(request).map_err(|error| self.lost(error))?;
        let content_type = answer.headers().get("content-type").and_then(|value| value.to_str().ok());
        let content_type = content_type.unwrap_or_default().to_owned();
        let body = answer.body_mut().read_to_vec().map_err(|error| self.lost(error))?;
        decode_answer(answer.status().as_u16(), &content_type, &body).map_err(CallError::Refused)
    }

    fn lost(&self, error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> CallError {
        let message = format!(
            "no answer from `{}`: start a server with `argali serve`, or name another with --endpoint",
            self.host
        );
        CallError::Lost(Failure::new(Exit::NotReachable, message).because(error))
    }
}

fn unsigned(error: &ProtocolError) -> Failure {
    Failure::new(Exit::Usage, format!("the call cannot be sent: {}", error.message()))
}

/// Host and port of an endpoint.
fn host(endpoint: &str) -> Result<String, Failure> {
    let wrong = |why: &str| Failure::new(Exit::Usage, format!("the endpoint `{endpoint}` {why}"));
    if endpoint.starts_with("https://") {
        return Err(wrong("wants https, which this version does not speak: use http:// on this machine"));
    }
    let host = endpoint.strip_prefix("http://").unwrap_or(endpoint).trim_end_matches('/');
    let is_host = !host.is_empty() && host.chars().all(|c| c.is_ascii_alphanumeric() || ".:-[]".contains(c));
    if is_host { Ok(host.to_owned()) } else { Err(wrong("is no address: write it as http://HOST:PORT")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endpoints_are_hosts_with_or_without_a_scheme() {
        for good in ["http://127.0.0.1:2742", "127.0.0.1:2742", "http://127.0.0.1:2742/"] {
            assert_eq!(host(good).unwrap(), "127.0.0.1:2742");
        }
        assert_eq!(host("http://[::1]:1").unwrap(), "[::1]:1");
        for wrong in ["", "http://", "https://a", "http://a/b", "a b", "ftp://a", "http://user@a"] {
            assert!(host(wrong).is_err(), "{wrong}");
        }
    }
}
