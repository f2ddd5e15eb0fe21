//! Calls as they are measured: signed and written out beforehand, so that sending them costs the load little.

use std::time::SystemTime;

use anyhow::Result;
use argali_protocol::{Credentials, Format, Outgoing, Placement, SignedRequest, sign_v1, sign_v3};

/// The API versions that are called.
pub const RAM: &str = "2015-05-01";
/// STS.
pub const STS: &str = "2015-04-01";
/// ECS.
pub const ECS: &str = "2014-05-26";
/// IMS.
pub const IMS: &str = "2019-08-15";
/// Argali's own operations.
pub const ARGALI: &str = "2026-12-01";
/// VPC.
pub const VPC: &str = "2016-04-28";

/// One operation with its parameters.
#[derive(Clone, Copy, Debug)]
pub struct Call<'a> {
    /// Where it is sent: `/`, or a path of the ceilings.
    pub path: &'static str,
    /// The operation.
    pub action: &'static str,
    /// The API's version.
    pub version: &'static str,
    /// Its parameters.
    pub params: &'a [(&'static str, &'static str)],
    /// How it is signed.
    pub signing: Signing,
}

/// How a call is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signing {
    /// HMAC-SHA1.
    V1,
    /// ACS3-HMAC-SHA256.
    V3,
}

impl<'a> Call<'a> {
    /// A call of Argali, signed with V3.
    pub const fn new(
        action: &'static str,
        version: &'static str,
        params: &'a [(&'static str, &'static str)],
    ) -> Self {
        Self { path: "/", action, version, params, signing: Signing::V3 }
    }

    /// The request as bytes, with some parameters more.
    ///
    /// # Errors
    ///
    /// Fails if the parameters cannot be signed.
    pub fn request(
        &self,
        who: &Credentials,
        port: u16,
        nonce: &str,
        more: &[(&str, String)],
    ) -> Result<Vec<u8>> {
        let own = self.params.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let more = more.iter().map(|(name, value)| ((*name).to_owned(), value.clone()));
        let params: Vec<_> = own.chain(more).collect();
        let host = format!("127.0.0.1:{port}");
        let outgoing = Outgoing {
            host: &host,
            action: self.action,
            version: self.version,
            params: &params,
            placement: Placement::Query,
            method: "POST",
            timestamp_unix_s: now_s()?,
            nonce,
            format: Format::Json,
            headers: &[],
        };
        let signed = match self.signing {
            Signing::V1 => sign_v1(&outgoing, who)?,
            Signing::V3 => sign_v3(&outgoing, who)?,
        };
        Ok(write_out(&signed, self.path))
    }
}

fn write_out(request: &SignedRequest, path: &str) -> Vec<u8> {
    let query = request.target.strip_prefix('/').unwrap_or_default();
    let mut text = format!("{} {path}{query} HTTP/1.1\r\n", request.method);
    for (name, value) in &request.headers {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    text.push_str(&format!("content-length: {}\r\n\r\n", request.body.len()));
    let mut bytes = text.into_bytes();
    bytes.extend_from_slice(&request.body);
    bytes
}

/// The present second.
///
/// # Errors
///
/// Fails before 1970.
#[expect(clippy::disallowed_methods, reason = "a bench signs with the real time")]
pub fn now_s() -> Result<i64> {
    Ok(i64::try_from(SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?.as_secs())?)
}
