//! The protocol from outside: official signatures, captured requests, refusals, answers.

#![cfg(test)]

mod answer;
mod oss;
mod param;
mod property;
mod refusal;
mod sample;
mod vector;

use argali_protocol::{Call, HttpRequest, ProtocolError, SignedRequest, decode, format_of};

/// A request that can be edited and then read.
#[derive(Clone)]
pub(crate) struct Sent {
    pub(crate) method: String,
    pub(crate) target: String,
    pub(crate) headers: Vec<(String, Vec<u8>)>,
    pub(crate) body: Vec<u8>,
}

impl Sent {
    pub(crate) fn get(target: &str) -> Self {
        Self { method: "GET".into(), target: target.into(), headers: Vec::new(), body: Vec::new() }
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    pub(crate) fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(header, _)| header != name);
        self
    }

    pub(crate) fn form(mut self, body: &str) -> Self {
        self.method = "POST".into();
        self.body = body.into();
        self.header("content-type", "application/x-www-form-urlencoded")
    }

    /// Changes the value of a header that is there.
    pub(crate) fn edit(mut self, name: &str, change: impl FnOnce(&str) -> String) -> Self {
        let (_, value) = self.headers.iter_mut().find(|(header, _)| header == name).expect(name);
        *value = change(str::from_utf8(value).unwrap()).into();
        self
    }

    /// Reads it as a server would.
    pub(crate) fn read<T>(&self, look: impl FnOnce(Result<Call<'_>, ProtocolError>) -> T) -> T {
        self.with(|request| look(decode(request)))
    }

    pub(crate) fn with<T>(&self, look: impl FnOnce(&HttpRequest<'_>) -> T) -> T {
        let headers: Vec<_> =
            self.headers.iter().map(|(name, value)| (name.as_str(), value.as_slice())).collect();
        look(&HttpRequest { method: &self.method, target: &self.target, headers: &headers, body: &self.body })
    }

    /// Why it is refused; such a request still has a format.
    pub(crate) fn refusal(&self) -> ProtocolError {
        self.with(format_of);
        self.read(|call| call.expect_err("must be refused"))
    }
}

impl From<SignedRequest> for Sent {
    fn from(request: SignedRequest) -> Self {
        let headers = request.headers.into_iter().map(|(name, value)| (name, value.into())).collect();
        Self { method: request.method, target: request.target, headers, body: request.body }
    }
}
