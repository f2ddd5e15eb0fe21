//! A client of object storage that signs and sends like the official ones.

use std::net::SocketAddr;

use argali_protocol::{Credentials, OssOutgoing, OssScheme, presign_oss, sign_oss};

use crate::clock::TestClock;

/// Somebody's credentials, or nobody's, and where to use them. Cheap to clone.
#[derive(Clone, Debug)]
pub struct OssClient {
    address: SocketAddr,
    agent: ureq::Agent,
    clock: TestClock,
    credentials: Option<Credentials>,
    scheme: OssScheme,
}

/// A request to object storage, to be sent.
#[derive(Clone, Debug)]
pub struct OssCall<'c> {
    client: &'c OssClient,
    method: &'c str,
    bucket: &'c str,
    key: &'c str,
    query: Vec<(&'c str, &'c str)>,
    headers: Vec<(&'c str, &'c str)>,
    body: Vec<u8>,
}

/// What came back.
#[derive(Clone, Debug)]
pub struct OssAnswer {
    /// The HTTP status.
    pub status: u16,
    /// Names in lower case, with their values.
    pub headers: Vec<(String, String)>,
    /// The body, as far as it came.
    pub body: Vec<u8>,
    /// Whether the body came to its end.
    pub is_whole: bool,
}

impl OssClient {
    pub(crate) fn new(
        address: SocketAddr,
        agent: ureq::Agent,
        clock: TestClock,
        credentials: Option<Credentials>,
    ) -> Self {
        Self { address, agent, clock, credentials, scheme: OssScheme::V4 }
    }

    /// The same, signing in another way.
    #[must_use]
    pub fn scheme(&self, scheme: OssScheme) -> Self {
        Self { scheme, ..self.clone() }
    }

    /// The same with other credentials, or none.
    #[must_use]
    pub fn with_credentials(&self, credentials: Option<&Credentials>) -> Self {
        Self { credentials: credentials.cloned(), ..self.clone() }
    }

    /// A request about a bucket, or about an object if `key` is not empty.
    pub fn call<'c>(&'c self, method: &'c str, bucket: &'c str, key: &'c str) -> OssCall<'c> {
        OssCall {
            client: self,
            method,
            bucket,
            key,
            query: Vec::new(),
            headers: Vec::new(),
            body: Vec::new(),
        }
    }

    /// Stores an object.
    pub fn put(&self, bucket: &str, key: &str, body: &[u8]) -> OssAnswer {
        self.call("PUT", bucket, key).body(body).send()
    }

    /// Reads an object.
    pub fn get(&self, bucket: &str, key: &str) -> OssAnswer {
        self.call("GET", bucket, key).send()
    }

    /// Where the server listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl<'c> OssCall<'c> {
    /// With a query parameter.
    #[must_use]
    pub fn query(mut self, name: &'c str, value: &'c str) -> Self {
        self.query.push((name, value));
        self
    }

    /// With a header, whose name is in lower case.
    #[must_use]
    pub fn header(mut self, name: &'c str, value: &'c str) -> Self {
        self.headers.push((name, value));
        self
    }

    /// With a body.
    #[must_use]
    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    fn outgoing<'o>(&'o self, host: &'o str) -> OssOutgoing<'o> {
        let named = |text: &'o str| (!text.is_empty()).then_some(text);
        OssOutgoing {
            method: self.method,
            host,
            bucket: named(self.bucket),
            key: named(self.key),
            query: &self.query,
            headers: &self.headers,
            timestamp_unix_s: self.client.clock.now().as_seconds(),
            region: "cn-hangzhou",
        }
    }

    /// The request as it would be sent: its target, and all its headers.
    ///
    /// # Panics
    ///
    /// Panics if it cannot be signed.
    pub fn signed(&self) -> (String, Vec<(String, String)>) {
        let host = self.client.address.to_string();
        let nobody = Credentials {
            access_key_id: "LTAInobody".to_owned(),
            access_key_secret: "none".into(),
            security_token: None,
        };
        let credentials = self.client.credentials.as_ref().unwrap_or(&nobody);
        let signed = sign_oss(&self.outgoing(&host), self.client.scheme, credentials);
        let (target, mut headers) = signed.unwrap_or_else(|error| panic!("cannot be signed: {error}"));
        if self.client.credentials.is_none() {
            let given = |name: &str| self.headers.iter().any(|(known, _)| *known == name) || name == "host";
            headers.retain(|(name, _)| given(name));
        }
        (target, headers)
    }

    /// An address that whoever has it can use for `lasts_s` seconds: its target.
    ///
    /// # Panics
    ///
    /// Panics if the client has no credentials.
    pub fn presigned(&self, lasts_s: i64) -> String {
        let host = self.client.address.to_string();
        let credentials = self.client.credentials.as_ref().unwrap_or_else(|| panic!("nobody signs"));
        let target = presign_oss(&self.outgoing(&host), self.client.scheme, credentials, lasts_s);
        target.unwrap_or_else(|error| panic!("cannot be signed: {error}"))
    }

    /// Sends it.
    pub fn send(&self) -> OssAnswer {
        let (target, headers) = self.signed();
        self.client.exchange(self.method, &target, &headers, &self.body)
    }
}

impl OssClient {
    /// Sends a request as it is.
    ///
    /// # Panics
    ///
    /// Panics if there is no answer.
    pub fn exchange(
        &self,
        method: &str,
        target: &str,
        headers: &[(String, String)],
        body: &[u8],
    ) -> OssAnswer {
        let uri = format!("http://{}{target}", self.address);
        let mut request = ureq::http::Request::builder().method(method).uri(uri);
        for (name, value) in headers {
            request = request.header(name, value);
        }
        let request = request.body(body).unwrap_or_else(|error| panic!("no request: {error}"));
        let answer = if body.is_empty() && !matches!(method, "PUT" | "POST") {
            self.agent.run(request.map(|_| ()))
        } else {
            self.agent.run(request)
        };
        let mut answer = answer.unwrap_or_else(|error| panic!("the server did not answer: {error}"));
        let text = |value: &ureq::http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        let headers = answer.headers().iter().map(|(name, value)| (name.to_string(), text(value))).collect();
        let mut body = Vec::new();
        let read = std::io::Read::read_to_end(&mut answer.body_mut().as_reader(), &mut body);
        OssAnswer { status: answer.status().as_u16(), headers, body, is_whole: read.is_ok() }
    }
}

impl OssAnswer {
    /// A header's value; empty if it is not there.
    pub fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The texts of all elements of a name, in order.
    pub fn elements(&self, name: &str) -> Vec<String> {
        let (open, close) = (format!("<{name}>"), format!("</{name}>"));
        let text = self.text();
        let parts = text.split(&open).skip(1);
        parts.filter_map(|part| part.split(&close).next()).map(str::to_owned).collect()
    }

    /// The text of the first element of a name; empty if there is none.
    pub fn element(&self, name: &str) -> String {
        self.elements(name).into_iter().next().unwrap_or_default()
    }

    /// The status, and the code of a failure: `200` or `404 NoSuchKey`.
    pub fn outcome(&self) -> String {
        match self.element("Code").as_str() {
            "" => self.status.to_string(),
            code => format!("{} {code}", self.status),
        }
    }

    /// The answer, which must be a success.
    ///
    /// # Panics
    ///
    /// Panics if it is none.
    #[track_caller]
    pub fn must(self) -> Self {
        assert!((200..300).contains(&self.status), "{}: {}", self.status, self.text());
        self
    }
}
