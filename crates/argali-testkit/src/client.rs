//! A client that signs and sends like the official ones, and returns decoded answers.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use argali_protocol::{
    ApiFailure, Credentials, Format, Outgoing, Placement, SignedRequest, decode_answer, sign_v1, sign_v3,
};
use serde_json::Value;

use crate::clock::TestClock;
use crate::tls::TlsClient;

/// How a client signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signing {
    /// HMAC-SHA1, everything in the query string of a GET.
    V1Query,
    /// HMAC-SHA1, everything in the form of a POST.
    V1Form,
    /// ACS3-HMAC-SHA256, parameters in the query string of a POST.
    V3Query,
    /// ACS3-HMAC-SHA256, parameters in the form of a POST.
    V3Form,
}

impl Signing {
    /// All of them, for tests that must pass with each.
    pub const ALL: [Self; 4] = [Self::V1Query, Self::V1Form, Self::V3Query, Self::V3Form];
}

/// What all clients of one server share.
#[derive(Debug)]
pub(crate) struct Line {
    pub(crate) agent: ureq::Agent,
    /// How requests are sent, if not by the agent.
    pub(crate) tls: Option<TlsClient>,
    pub(crate) host: String,
    pub(crate) clock: TestClock,
    /// API versions by product, in lower case.
    pub(crate) versions: BTreeMap<String, String>,
    pub(crate) nonces: AtomicU64,
}

/// Somebody's credentials and where to use them. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Client {
    pub(crate) line: Arc<Line>,
    credentials: Credentials,
    signing: Signing,
    format: Format,
}

impl Client {
    pub(crate) fn new(line: Arc<Line>, credentials: Credentials) -> Self {
        Self { line, credentials, signing: Signing::V3Query, format: Format::Json }
    }

    /// `host:port` of the server.
    pub fn host(&self) -> &str {
        &self.line.host
    }

    /// The same with other credentials.
    #[must_use]
    pub fn with_credentials(&self, credentials: Credentials) -> Self {
        Self { credentials, ..self.clone() }
    }

    /// The same, signing in another way.
    #[must_use]
    pub fn signing(&self, signing: Signing) -> Self {
        Self { signing, ..self.clone() }
    }

    /// The same, asking for answers in another form.
    #[must_use]
    pub fn format(&self, format: Format) -> Self {
        Self { format, ..self.clone() }
    }

    /// The same over `tls`, to a server that it calls `host`: a name, with a port or without.
    #[must_use]
    pub fn over(&self, tls: &TlsClient, host: &str) -> Self {
        self.calling(host, Some(tls.clone()))
    }

    /// The same to the server by the name that it has on this machine, in place of its number.
    #[must_use]
    pub fn by_name(&self) -> Self {
        self.calling(&self.line.host.replace("127.0.0.1", "localhost"), None)
    }

    fn calling(&self, host: &str, tls: Option<TlsClient>) -> Self {
        let line = Line {
            agent: self.line.agent.clone(),
            tls,
            host: host.to_owned(),
            clock: self.line.clock.clone(),
            versions: self.line.versions.clone(),
            // Far from those that were and will be used beside it.
            nonces: AtomicU64::new(self.line.nonces.fetch_add(1, Ordering::Relaxed) << 16),
        };
        Self { line: Arc::new(line), ..self.clone() }
    }

    /// What it signs with.
    pub fn credentials(&self) -> &Credentials {
        &self.credentials
    }

    /// Calls an operation of a product, such as `Ram`, by the version that the server has of it.
    pub fn call(&self, product: &str, action: &str, params: &[(&str, &str)]) -> Result<Value, ApiFailure> {
        self.send(&self.sign(product, action, params))
    }

    /// The request of such a call, signed and not sent.
    pub fn sign(&self, product: &str, action: &str, params: &[(&str, &str)]) -> SignedRequest {
        let version = self.line.versions.get(&product.to_ascii_lowercase());
        let version = version.unwrap_or_else(|| panic!("the server has no product `{product}`"));
        let nonce = self.line.nonces.fetch_add(1, Ordering::Relaxed);
        let params: Vec<_> =
            params.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let (method, placement) = match self.signing {
            Signing::V1Query => ("GET", Placement::Query),
            Signing::V3Query => ("POST", Placement::Query),
            Signing::V1Form | Signing::V3Form => ("POST", Placement::Form),
        };
        let call = Outgoing {
            host: &self.line.host,
            action,
            version,
            params: &params,
            placement,
            method,
            timestamp_unix_s: self.line.clock.now().as_seconds(),
            nonce: &format!("test-{nonce}"),
            format: self.format,
            headers: &[],
        };
        let signed = match self.signing {
            Signing::V1Query | Signing::V1Form => sign_v1(&call, &self.credentials),
            Signing::V3Query | Signing::V3Form => sign_v3(&call, &self.credentials),
        };
        signed.unwrap_or_else(|error| panic!("the call `{action}` cannot be signed: {error}"))
    }

    /// Sends a request as it is.
    pub fn send(&self, signed: &SignedRequest) -> Result<Value, ApiFailure> {
        let (status, content_type, body) = self.exchange(signed);
        decode_answer(status, &content_type, &body)
    }

    /// Sends a request as it is and returns status, content type and body as they came.
    pub fn exchange(&self, signed: &SignedRequest) -> (u16, String, Vec<u8>) {
        if let Some(tls) = &self.line.tls {
            return tls.exchange(&self.line.host, signed);
        }
        let answer = self.line.agent.run(http_request(&self.line.host, signed));
        let mut answer = answer.unwrap_or_else(|error| panic!("the server did not answer: {error}"));
        let content_type = answer.headers().get("content-type").and_then(|value| value.to_str().ok());
        let content_type = content_type.unwrap_or_default().to_owned();
        let body = answer.body_mut().read_to_vec().unwrap_or_else(|error| panic!("half an answer: {error}"));
        (answer.status().as_u16(), content_type, body)
    }
}

/// A signed request as the agent takes it.
pub(crate) fn http_request<'s>(host: &str, signed: &'s SignedRequest) -> ureq::http::Request<&'s [u8]> {
    let uri = format!("http://{host}{}", signed.target);
    let mut request = ureq::http::Request::builder().method(signed.method.as_str()).uri(uri);
    for (name, value) in signed.headers.iter().filter(|(name, _)| name != "host") {
        request = request.header(name, value);
    }
    request.body(&signed.body[..]).unwrap_or_else(|error| panic!("no request: {error}"))
}

/// An agent that returns refusals as answers and goes through no proxy.
pub(crate) fn agent() -> ureq::Agent {
    ureq::Agent::config_builder().http_status_as_error(false).proxy(None).build().into()
}
