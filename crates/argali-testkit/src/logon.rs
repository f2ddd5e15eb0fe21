//! Calls that nobody signs: of anybody over HTTP, and of the console within the process.

use std::net::IpAddr;

use argali_core::caller::Origin;
use argali_core::dispatch::{Incoming, LogonCredential};
use argali_core::vault::SecretText;
use argali_protocol::{ApiFailure, HttpRequest, decode_answer};
use serde_json::Value;

use crate::client::Client;
use crate::fixture::Enterprise;
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
        operation: (&str, &str),
        params: &[(&str, &str)],
    ) -> Result<Value, ApiFailure> {
        self.call_presenting(client, &credential(session), operation, params)
    }

    /// The same in a role that the logon has switched to, of the account of this alias or number.
    ///
    /// # Errors
    ///
    /// Fails if the call is refused.
    ///
    /// # Panics
    ///
    /// Panics if that is no name of a role.
    pub fn call_in_role(
        &self,
        client: &Client,
        session: &str,
        (account, role): (&str, &str),
        operation: (&str, &str),
        params: &[(&str, &str)],
    ) -> Result<Value, ApiFailure> {
        let role = role.parse().unwrap_or_else(|_| panic!("`{role}` is no name of a role"));
        self.call_presenting(client, &credential(session).in_role(account, role), operation, params)
    }

    /// Gives the owner of an account another password, as the operator does, and returns it.
    ///
    /// # Panics
    ///
    /// Panics if the store fails.
    pub fn give_owner_password(&self, enterprise: &Enterprise) -> String {
        let made = self.block_on(self.core().new_owner_password());
        let (password, hash) = made.unwrap_or_else(|error| panic!("no password is made: {error}"));
        let replaced = self.core().replace_owner_password(
            &enterprise.id,
            &hash,
            argali_core::operator::OwnerDevice::Kept,
        );
        let (_, recorded) = replaced.unwrap_or_else(|error| panic!("the password is not set: {error}"));
        recorded.wait().unwrap_or_else(|error| panic!("the password is not set: {error}"));
        password.expose().to_owned()
    }

    /// Calls an operation without a signature, as if from another address.
    ///
    /// # Errors
    ///
    /// Fails if the call is refused.
    pub fn call_unsigned_from(
        &self,
        client: &Client,
        source_ip: impl Into<IpAddr>,
        operation: (&str, &str),
        params: &[(&str, &str)],
    ) -> Result<Value, ApiFailure> {
        self.dispatch(client, (source_ip.into(), None), operation, params)
    }

    fn call_presenting(
        &self,
        client: &Client,
        logon: &LogonCredential,
        operation: (&str, &str),
        params: &[(&str, &str)],
    ) -> Result<Value, ApiFailure> {
        self.dispatch(client, (IpAddr::from([127, 0, 0, 1]), Some(logon)), operation, params)
    }

    fn dispatch(
        &self,
        client: &Client,
        (source_ip, logon): (IpAddr, Option<&LogonCredential>),
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
        let incoming = Incoming { http, origin: Origin { source_ip, secure_transport: true } };
        let answer = match logon {
            Some(logon) => self.block_on(self.core().dispatch_as_logon(&incoming, logon)),
            None => self.block_on(self.core().dispatch(&incoming)),
        };
        decode_answer(answer.status, answer.content_type, &answer.body)
    }
}

fn credential(session: &str) -> LogonCredential {
    LogonCredential::new(SecretText::new(session.to_owned()))
}
