//! Requests byte by byte, and answers header by header: for what no client sends or shows.

use argali_protocol::SignedRequest;
use argali_testkit::{ApiFailure, TestServer};
use serde_json::Value;

/// An answer as it came.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Reply {
    /// The value of a header that occurs once.
    #[track_caller]
    pub(crate) fn header(&self, name: &str) -> &str {
        let mut values = self.headers.iter().filter(|(known, _)| known == name).map(|(_, value)| value);
        let value = values.next().unwrap_or_else(|| panic!("no header `{name}`: {self:?}"));
        assert_eq!(values.next(), None, "`{name}` occurs twice");
        value
    }

    /// The answer as a client reads it.
    pub(crate) fn decoded(&self) -> Result<Value, ApiFailure> {
        let content_type = self.header("content-type");
        argali_protocol::decode_answer(self.status, content_type, self.body.as_bytes())
    }

    /// The error code.
    #[track_caller]
    pub(crate) fn code(&self) -> String {
        match self.decoded() {
            Ok(answer) => panic!("the request must be refused, but: {answer}"),
            Err(failure) => failure.code,
        }
    }
}

/// A request as bytes. Its connection is closed after the answer.
pub(crate) fn bytes(request: &SignedRequest) -> Vec<u8> {
    let mut text = format!("{} {} HTTP/1.1\r\n", request.method, request.target);
    for (name, value) in &request.headers {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    if !request.body.is_empty() {
        text.push_str(&format!("content-length: {}\r\n", request.body.len()));
    }
    text.push_str("connection: close\r\n\r\n");
    [text.as_bytes(), &request.body].concat()
}

/// Sends a request over a connection of its own.
#[track_caller]
pub(crate) fn send(server: &TestServer, request: &SignedRequest) -> Reply {
    send_bytes(server, &bytes(request))
}

/// Sends bytes over a connection of their own.
#[track_caller]
pub(crate) fn send_bytes(server: &TestServer, bytes: &[u8]) -> Reply {
    let answer = server.raw(bytes).text();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no answer: {answer:?}"));
    let mut lines = head.lines();
    let status = lines.next().and_then(|line| line.split(' ').nth(1)).and_then(|status| status.parse().ok());
    let headers = lines.filter_map(|line| line.split_once(':'));
    let headers = headers.map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()));
    Reply { status: status.unwrap(), headers: headers.collect(), body: body.to_owned() }
}
