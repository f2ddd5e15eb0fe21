//! A client of Message Service that signs and sends like the official ones.

use std::net::SocketAddr;

use argali_protocol::{Credentials, MnsOutgoing, sign_mns};

use crate::clock::TestClock;
use crate::xml_answer::{XmlAnswer, exchange};

/// Somebody's credentials, or nobody's, and where to use them. Cheap to clone.
#[derive(Clone, Debug)]
pub struct MnsClient {
    address: SocketAddr,
    agent: ureq::Agent,
    clock: TestClock,
    credentials: Option<Credentials>,
    host: String,
}

/// A request to Message Service, to be sent.
#[derive(Clone, Debug)]
pub struct MnsCall<'c> {
    client: &'c MnsClient,
    method: &'c str,
    target: String,
    headers: Vec<(&'c str, &'c str)>,
    body: String,
}

impl MnsClient {
    pub(crate) fn new(
        address: SocketAddr,
        agent: ureq::Agent,
        clock: TestClock,
        credentials: Option<Credentials>,
    ) -> Self {
        let host = address.to_string();
        Self { address, agent, clock, credentials, host }
    }

    /// The same with other credentials, or none.
    #[must_use]
    pub fn with_credentials(&self, credentials: Option<&Credentials>) -> Self {
        Self { credentials: credentials.cloned(), ..self.clone() }
    }

    /// The same, calling another host at the same address.
    #[must_use]
    pub fn at_host(&self, host: &str) -> Self {
        Self { host: host.to_owned(), ..self.clone() }
    }

    /// A request for a path with its query, such as `/queues/orders`.
    pub fn call<'c>(&'c self, method: &'c str, target: &str) -> MnsCall<'c> {
        MnsCall { client: self, method, target: target.to_owned(), headers: Vec::new(), body: String::new() }
    }

    /// Makes a queue with these settings, or changes them with `?metaoverride=true` after its name.
    pub fn put_queue(&self, name: &str, settings: &[(&str, &str)]) -> XmlAnswer {
        self.call("PUT", &format!("/queues/{name}")).document("Queue", settings).send()
    }

    /// Sends a message.
    pub fn send_message(&self, queue: &str, body: &str) -> XmlAnswer {
        self.call("POST", &format!("/queues/{queue}/messages"))
            .document("Message", &[("MessageBody", body)])
            .send()
    }

    /// Receives a message, waiting for it as long as the query says, such as `?waitseconds=1`.
    pub fn receive(&self, queue: &str, query: &str) -> XmlAnswer {
        self.call("GET", &format!("/queues/{queue}/messages{query}")).send()
    }

    /// Deletes a message.
    pub fn delete_message(&self, queue: &str, receipt: &str) -> XmlAnswer {
        self.call("DELETE", &format!("/queues/{queue}/messages?ReceiptHandle={receipt}")).send()
    }
}

impl<'c> MnsCall<'c> {
    /// With a header, whose name is in lower case.
    #[must_use]
    pub fn header(mut self, name: &'c str, value: &'c str) -> Self {
        self.headers.push((name, value));
        self
    }

    /// With a body as it is.
    #[must_use]
    pub fn body(mut self, body: impl Into<String>) -> Self {
        self.body = body.into();
        self
    }

    /// With a document of members, whose values are escaped.
    #[must_use]
    pub fn document(self, root: &str, members: &[(&str, &str)]) -> Self {
        let mut text = format!(
            "<?xml version=\"1.0\" encoding=\"utf-8\"?><{root} xmlns=\"http://mns.aliyuncs.com/doc/v1/\">"
        );
        for (name, value) in members {
            let value = value.replace('&', "&amp;").replace('<', "&lt;");
            text.push_str(&format!("<{name}>{value}</{name}>"));
        }
        self.body(format!("{text}</{root}>"))
    }

    /// All headers as they would be sent.
    pub fn signed(&self) -> Vec<(String, String)> {
        let mut headers = self.headers.clone();
        if !self.body.is_empty() {
            headers.push(("content-type", "text/xml;charset=UTF-8"));
        }
        let outgoing = MnsOutgoing {
            method: self.method,
            host: &self.client.host,
            target: &self.target,
            headers: &headers,
            timestamp_unix_s: self.client.clock.now().as_seconds(),
        };
        match &self.client.credentials {
            Some(credentials) => sign_mns(&outgoing, credentials),
            None => {
                let given = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
                std::iter::once(("host".to_owned(), self.client.host.clone())).chain(given).collect()
            }
        }
    }

    /// Sends it.
    pub fn send(&self) -> XmlAnswer {
        let line = (&self.client.agent, self.client.address);
        exchange(line, (self.method, &self.target), &self.signed(), self.body.as_bytes())
    }
}
