//! Signed calls over HTTP or https.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;

use argali_protocol::{
    ApiFailure, Credentials, Format, OssOutgoing, OssScheme, Outgoing, Placement, ProtocolError,
    decode_answer, sign_oss, sign_v3,
};
use argali_server::Env;
use serde_json::Value;

use crate::failure::{Exit, Failure};
use crate::seed::REGION;
use crate::trust;

/// How many random letters a nonce has.
const NONCE_CHARS: usize = 32;
/// The host that object storage answers to.
const OSS_HOST: &str = "oss-cn-hangzhou.aliyuncs.com";
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
pub(crate) const ARGALI: Api<'_> = Api { product: "Argali", version: "2026-12-01" };
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
    endpoint: Endpoint,
    credentials: Credentials,
    env: Env,
}

impl Client {
    /// A client for the server at `endpoint`, a URL or host and port.
    pub(crate) fn new(endpoint: &str, credentials: Credentials) -> Result<Self, Failure> {
        let endpoint: Endpoint = endpoint.parse()?;
        let mut config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .user_agent(concat!("argali/", env!("CARGO_PKG_VERSION")));
        if endpoint.scheme == "https" {
            config = config.tls_config(trust::config()?);
        }
        // What is on this machine is not reached over another.
        if endpoint.is_loopback() {
            config = config.proxy(None);
        }
        Ok(Self { agent: config.build().into(), endpoint, credentials, env: Env::system() })
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
            host: &self.endpoint.host,
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
        let uri = format!("{}{}", self.endpoint, signed.target);
        let mut request = ureq::http::Request::builder().method("POST").uri(uri);
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

    /// Makes a bucket, or stores an object in it if a key is named, at `address`: that of object storage.
    pub(crate) fn put(
        &self,
        address: SocketAddr,
        (bucket, key): (&str, Option<&str>),
        body: &[u8],
    ) -> Result<(), CallError> {
        let host = address.to_string();
        let request = OssOutgoing {
            method: "PUT",
            host: &host,
            bucket: Some(bucket),
            key,
            query: &[],
            headers: &[],
            timestamp_unix_s: self.env.now().as_seconds(),
            region: REGION,
        };
        let signed = sign_oss(&request, OssScheme::V4, &self.credentials);
        let (target, headers) = signed.map_err(|error| self.lost(error))?;
        let mut request = ureq::http::Request::builder().method("PUT").uri(format!("http://{host}{target}"));
        for (name, value) in headers.iter().filter(|(name, _)| name != "host") {
            request = request.header(name, value);
        }
        let request = request.body(body).map_err(|error| self.lost(error))?;
        let answer = self.agent.run(request).map_err(|error| self.lost(error))?;
        if answer.status().is_success() {
            return Ok(());
        }
        Err(self.lost(format!("object storage answered {}", answer.status())))
    }

    /// Calls object storage at the same endpoint, by the host that tells it apart there; answers what it says.
    pub(crate) fn oss(
        &self,
        method: &str,
        bucket: Option<&str>,
        query: &[(&str, &str)],
        headers: &[(&str, &str)],
    ) -> Result<String, CallError> {
        let request = OssOutgoing {
            method,
            host: OSS_HOST,
            bucket,
            key: None,
            query,
            headers,
            timestamp_unix_s: self.env.now().as_seconds(),
            region: REGION,
        };
        let signed = sign_oss(&request, OssScheme::V4, &self.credentials);
        let (target, headers) = signed.map_err(|error| self.lost(error))?;
        let mut request =
            ureq::http::Request::builder().method(method).uri(format!("{}{target}", self.endpoint));
        for (name, value) in &headers {
            request = request.header(name, value);
        }
        let request = request.body(&[][..]).map_err(|error| self.lost(error))?;
        let mut answer = self.agent.run(request).map_err(|error| self.lost(error))?;
        let text = answer.body_mut().read_to_string().map_err(|error| self.lost(error))?;
        if answer.status().is_success() {
            return Ok(text);
        }
        Err(CallError::Refused(decode_oss_error(answer.status().as_u16(), &text)))
    }

    fn lost(&self, error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> CallError {
        let endpoint = &self.endpoint;
        let advice = match endpoint.scheme {
            "https" => format!(
                "name another with --endpoint, or what signed its certificate with {}",
                trust::VARIABLE
            ),
            _ => "start a server with `argali serve`, or name another with --endpoint".to_owned(),
        };
        let message = format!("no answer from `{endpoint}`: {advice}");
        CallError::Lost(Failure::new(Exit::NotReachable, message).because(error))
    }
}

/// A refusal of object storage, which has a form of its own.
fn decode_oss_error(status: u16, text: &str) -> ApiFailure {
    let of = |name: &str| {
        let (_, rest) = text.split_once(&format!("<{name}>"))?;
        Some(rest.split_once(&format!("</{name}>"))?.0.to_owned())
    };
    ApiFailure {
        status,
        code: of("Code").unwrap_or_else(|| ApiFailure::UNREADABLE.to_owned()),
        message: of("Message").unwrap_or_default(),
        request_id: of("RequestId"),
        recommend: None,
        access_denied_detail: None,
    }
}

fn unsigned(error: &ProtocolError) -> Failure {
    Failure::new(Exit::Usage, format!("the call cannot be sent: {}", error.message()))
}

/// Where a server is.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Endpoint {
    scheme: &'static str,
    /// Name or address, and port.
    host: String,
}

impl Endpoint {
    fn is_loopback(&self) -> bool {
        let name = self.host.rsplit_once(':').map_or(self.host.as_str(), |(name, _)| name);
        let address = name.trim_matches(['[', ']']).parse::<IpAddr>();
        name == "localhost" || address.is_ok_and(|address| address.is_loopback())
    }
}

impl FromStr for Endpoint {
    type Err = Failure;

    fn from_str(text: &str) -> Result<Self, Failure> {
        let (scheme, host) = match text.strip_prefix("https://") {
            Some(host) => ("https", host),
            None => ("http", text.strip_prefix("http://").unwrap_or(text)),
        };
        let host = host.trim_end_matches('/');
        let is_host =
            !host.is_empty() && host.chars().all(|c| c.is_ascii_alphanumeric() || ".:-[]".contains(c));
        if is_host {
            return Ok(Self { scheme, host: host.to_owned() });
        }
        let message =
            format!("the endpoint `{text}` is no address: write it as http://HOST:PORT or https://HOST:PORT");
        Err(Failure::new(Exit::Usage, message))
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", self.scheme, self.host)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endpoints_are_hosts_with_or_without_a_scheme() {
        for (text, expected) in [
            ("http://127.0.0.1:2742", "http://127.0.0.1:2742"),
            ("127.0.0.1:2742", "http://127.0.0.1:2742"),
            ("http://127.0.0.1:2742/", "http://127.0.0.1:2742"),
            ("https://argali.example/", "https://argali.example"),
            ("http://[::1]:1", "http://[::1]:1"),
        ] {
            assert_eq!(text.parse::<Endpoint>().unwrap().to_string(), expected);
        }
        for wrong in ["", "http://", "https://", "http://a/b", "a b", "ftp://a", "http://user@a"] {
            assert!(wrong.parse::<Endpoint>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn loopback_is_told_from_other_machines() {
        for (text, expected) in [
            ("127.0.0.1:2742", true),
            ("http://[::1]:1", true),
            ("https://localhost:2743", true),
            ("https://localhost", true),
            ("https://ram.aliyuncs.com", false),
            ("10.0.0.1:2742", false),
            ("localhost.example:1", false),
        ] {
            assert_eq!(text.parse::<Endpoint>().unwrap().is_loopback(), expected, "{text}");
        }
    }
}
