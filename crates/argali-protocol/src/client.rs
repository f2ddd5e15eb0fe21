//! The caller's side: signing.

use std::fmt;

use crate::format::Format;
use crate::headers::Headers;
use crate::params::Params;
use crate::percent::encode_into;
use crate::secret::Secret;
use crate::signature::{v1, v3};
use crate::{ProtocolError, time};

/// An AccessKey, or a session's three parts. `Debug` shows the key id alone.
#[derive(Clone)]
pub struct Credentials {
    /// `LTAI…`, or `STS.…` for a session.
    pub access_key_id: String,
    /// The secret that signs.
    pub access_key_secret: Secret,
    /// A session's token.
    pub security_token: Option<String>,
}

/// A call to be signed. Without a clock or randomness here, instant and nonce are the caller's to choose.
#[derive(Clone, Copy)]
pub struct Outgoing<'a> {
    /// Where to, with the port unless it is the default one.
    pub host: &'a str,
    /// The operation.
    pub action: &'a str,
    /// The API date.
    pub version: &'a str,
    /// The operation's parameters, each name once.
    pub params: &'a [(String, String)],
    /// Where the parameters go.
    pub placement: Placement,
    /// `GET` or `POST`.
    pub method: &'a str,
    /// The instant of signing, in Unix seconds.
    pub timestamp_unix_s: i64,
    /// Unique text, at most [`MAX_NONCE_CHARS`](crate::MAX_NONCE_CHARS) characters.
    pub nonce: &'a str,
    /// The form of the answer.
    pub format: Format,
    /// Further headers to send, such as `user-agent`: names in lower case, none of those that signing sets.
    /// Signature V3 covers them.
    pub headers: &'a [(String, String)],
}

/// Where parameters go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Placement {
    /// In the query string.
    Query,
    /// In a form body; under signature V1 together with the common parameters.
    Form,
}

/// A request ready to be sent. `Debug` leaves out all that may be secret.
#[derive(Clone, PartialEq, Eq)]
pub struct SignedRequest {
    /// `GET` or `POST`.
    pub method: String,
    /// `/`, and the query string if there is one.
    pub target: String,
    /// Names in lower case, `host` among them.
    pub headers: Vec<(String, String)>,
    /// The form, or nothing.
    pub body: Vec<u8>,
}

/// Signs with HMAC-SHA1 (`SignatureVersion` 1.0); the common parameters travel with the others.
///
/// Fails on parameters that a server would have to refuse, such as a name given twice.
pub fn sign_v1(call: &Outgoing<'_>, credentials: &Credentials) -> Result<SignedRequest, ProtocolError> {
    let timestamp = time::write(call.timestamp_unix_s);
    let format = match call.format {
        Format::Json => "JSON",
        Format::Xml => "XML",
    };
    let common = [
        ("AccessKeyId", credentials.access_key_id.as_str()),
        ("Action", call.action),
        ("Format", format),
        ("SignatureMethod", "HMAC-SHA1"),
        ("SignatureNonce", call.nonce),
        ("SignatureVersion", "1.0"),
        ("Timestamp", &timestamp),
        ("Version", call.version),
    ];
    let token = credentials.security_token.iter().map(|token| ("SecurityToken", token.as_str()));
    let params = Params::from_pairs(own_pairs(call).chain(common).chain(token))?;
    let canonical = v1::string_to_sign(call.method, &params);
    let signature = v1::signature(credentials.access_key_secret.expose().as_bytes(), &canonical);
    let mut text = encode(&params);
    text.push_str("&Signature=");
    let mut encoded = Vec::new();
    encode_into(&mut encoded, &String::from_utf8_lossy(&signature));
    text.push_str(&String::from_utf8_lossy(&encoded));

    let mut headers = vec![("host".to_owned(), call.host.to_owned())];
    headers.extend(call.headers.iter().cloned());
    Ok(place(call, text, headers))
}

/// Signs with ACS3-HMAC-SHA256; the common parameters travel as headers.
///
/// Fails on parameters or headers that a server would have to refuse, such as a name given twice.
pub fn sign_v3(call: &Outgoing<'_>, credentials: &Credentials) -> Result<SignedRequest, ProtocolError> {
    let params = Params::from_pairs(own_pairs(call))?;
    let (query_params, body) = match call.placement {
        Placement::Query => (params.clone(), String::new()),
        Placement::Form => (Params::default(), encode(&params)),
    };
    let payload = v3::payload_hash(body.as_bytes());
    let mut headers = v3_headers(call, credentials, &String::from_utf8_lossy(&payload));
    if !body.is_empty() {
        headers.push(("content-type".to_owned(), FORM.to_owned()));
    }
    let mut names: Vec<_> = headers.iter().map(|(name, _)| name.as_str()).collect();
    names.sort_unstable();
    let signed_headers = names.join(";");

    let lines: Vec<(&str, &[u8])> =
        headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
    let canonical = v3::canonical_request(call.method, &query_params, &signed_headers, &lines, &payload)?;
    let secret = credentials.access_key_secret.expose().as_bytes();
    let signature = v3::signature(secret, &v3::string_to_sign(&canonical));
    let authorization = format!(
        "{} Credential={},SignedHeaders={signed_headers},Signature={}",
        v3::ALGORITHM,
        credentials.access_key_id,
        String::from_utf8_lossy(&signature)
    );
    headers.push(("authorization".to_owned(), authorization));
    if !headers.iter().any(|(name, _)| name == "accept") {
        headers.push(("accept".to_owned(), accept(call.format).to_owned()));
    }
    Ok(place(call, encode(&params), headers))
}

const FORM: &str = "application/x-www-form-urlencoded";

fn own_pairs<'a>(call: &Outgoing<'a>) -> impl Iterator<Item = (&'a str, &'a str)> {
    call.params.iter().map(|(name, value)| (name.as_str(), value.as_str()))
}

/// The headers that are signed, but for `content-type`.
fn v3_headers(call: &Outgoing<'_>, credentials: &Credentials, payload: &str) -> Vec<(String, String)> {
    let date = time::write(call.timestamp_unix_s);
    let own = [
        ("host", call.host),
        (Headers::ACTION, call.action),
        (Headers::VERSION, call.version),
        (Headers::DATE, &date),
        (Headers::NONCE, call.nonce),
        (Headers::CONTENT_SHA256, payload),
    ];
    let session = credentials.security_token.iter().flat_map(|token| {
        [(Headers::ACCESS_KEY_ID, credentials.access_key_id.as_str()), (Headers::SECURITY_TOKEN, token)]
    });
    let owned = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
    own.into_iter().chain(session).map(owned).chain(call.headers.iter().cloned()).collect()
}

fn accept(format: Format) -> &'static str {
    match format {
        Format::Json => "application/json",
        Format::Xml => "text/xml",
    }
}

fn encode(params: &Params<'_>) -> String {
    let mut out = Vec::new();
    for (name, value) in params.iter() {
        if !out.is_empty() {
            out.push(b'&');
        }
        encode_into(&mut out, name);
        out.push(b'=');
        encode_into(&mut out, value);
    }
    String::from_utf8(out).unwrap_or_default()
}

fn place(call: &Outgoing<'_>, text: String, mut headers: Vec<(String, String)>) -> SignedRequest {
    let method = call.method.to_owned();
    match call.placement {
        Placement::Query if text.is_empty() => {
            SignedRequest { method, target: "/".to_owned(), headers, body: Vec::new() }
        }
        Placement::Query => SignedRequest { method, target: format!("/?{text}"), headers, body: Vec::new() },
        Placement::Form => {
            if !text.is_empty() && !headers.iter().any(|(name, _)| name == "content-type") {
                headers.push(("content-type".to_owned(), FORM.to_owned()));
            }
            SignedRequest { method, target: "/".to_owned(), headers, body: text.into_bytes() }
        }
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials").field("access_key_id", &self.access_key_id).finish_non_exhaustive()
    }
}

impl fmt::Debug for Outgoing<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outgoing")
            .field("host", &self.host)
            .field("action", &self.action)
            .field("version", &self.version)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for SignedRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignedRequest").field("method", &self.method).finish_non_exhaustive()
    }
}
