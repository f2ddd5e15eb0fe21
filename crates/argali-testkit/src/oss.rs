//! A client of object storage that signs and sends like the official ones.

use std::net::SocketAddr;

use argali_protocol::{Credentials, OssOutgoing, OssScheme, presign_oss, sign_oss};

use crate::client::agent;
use crate::clock::TestClock;
use crate::xml_answer::{XmlAnswer, exchange};

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

impl OssClient {
    pub(crate) fn new(
        address: SocketAddr,
        agent: ureq::Agent,
        clock: TestClock,
        credentials: Option<Credentials>,
    ) -> Self {
        Self { address, agent, clock, credentials, scheme: OssScheme::V4 }
    }

    /// A client of a server that runs in another process, whose object storage listens at `address`.
    pub fn remote(address: SocketAddr, credentials: Credentials) -> Self {
        Self::new(address, agent(), TestClock::real(), Some(credentials))
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
    pub fn put(&self, bucket: &str, key: &str, body: &[u8]) -> XmlAnswer {
        self.call("PUT", bucket, key).body(body).send()
    }

    /// Reads an object.
    pub fn get(&self, bucket: &str, key: &str) -> XmlAnswer {
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
    pub fn send(&self) -> XmlAnswer {
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
    ) -> XmlAnswer {
        exchange((&self.agent, self.address), (method, target), headers, body)
    }
}
