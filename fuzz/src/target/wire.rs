//! Requests as text, which is what targets about them take: as HTTP writes them, after framing.

use argali_protocol::{HttpRequest, SignedRequest};

/// What means something in requests.
pub(super) const WORDS: &[&str] = &[
    "AccessKeyId",
    "Action",
    "Format",
    "SecurityToken",
    "Signature",
    "SignatureMethod",
    "SignatureNonce",
    "SignatureType",
    "SignatureVersion",
    "Timestamp",
    "Version",
    "AccessKeyId=LTAIkey",
    "Action=GetUser",
    "Format=XML",
    "SignatureMethod=HMAC-SHA1",
    "SignatureVersion=1.0",
    "Version=2015-05-01",
    "&",
    "=",
    "?",
    "%",
    "+",
    ";",
    "authorization",
    "host",
    "content-type",
    "accept",
    "date",
    "x-acs-action",
    "x-acs-version",
    "x-acs-date",
    "x-acs-signature-nonce",
    "x-acs-content-sha256",
    "x-acs-security-token",
    "x-acs-accesskey-id",
    "x-forwarded-for",
    "application/x-www-form-urlencoded",
    "application/json",
    "text/xml",
    "2026-12-01T08:00:00Z",
    "2015-05-01",
    "ACS3-HMAC-SHA256 Credential=LTAIkey,SignedHeaders=host;x-acs-action,Signature=00",
    "acs LTAIkey:x",
    "GET",
    "POST",
    "http://127.0.0.1:2742/",
    "Tag.1.Key",
    "Tag.1.Value",
    "Name.1",
    "Name.1.Name.1",
    "Name.99999999999999999999",
    "UserName",
    "LTAIkey",
    "STS.key",
    "GetUser",
];

/// A request that was read from an input.
pub(super) struct Wire<'i> {
    method: &'i str,
    target: &'i str,
    headers: Vec<(String, &'i [u8])>,
    body: &'i [u8],
}

impl<'i> Wire<'i> {
    /// Reads an input: a line of method and target, lines of headers, an empty line, the body. None if it is nothing
    /// that HTTP could have carried.
    pub(super) fn read(input: &'i [u8]) -> Option<Self> {
        let (first, mut rest) = line(input);
        let (method, target) = std::str::from_utf8(first).ok()?.split_once(' ')?;
        let mut headers = Vec::new();
        let body = loop {
            let (header, more) = line(rest);
            rest = more;
            if header.is_empty() {
                break rest;
            }
            let colon = header.iter().position(|byte| *byte == b':')?;
            let name = std::str::from_utf8(&header[..colon]).ok()?.to_ascii_lowercase();
            headers.push((name, header[colon + 1..].trim_ascii()));
        };
        Some(Self { method, target, headers, body })
    }

    /// Hands it to `look` as the listener would.
    pub(super) fn with<T>(&self, look: impl FnOnce(&HttpRequest<'_>) -> T) -> T {
        let headers: Vec<(&str, &[u8])> =
            self.headers.iter().map(|(name, value)| (name.as_str(), *value)).collect();
        look(&HttpRequest { method: self.method, target: self.target, headers: &headers, body: self.body })
    }
}

/// A line, without its end, and what follows it.
fn line(input: &[u8]) -> (&[u8], &[u8]) {
    match input.iter().position(|byte| *byte == b'\n') {
        Some(end) => (input[..end].strip_suffix(b"\r").unwrap_or(&input[..end]), &input[end + 1..]),
        None => (input, &[]),
    }
}

/// A signed request as an input.
pub(super) fn write(request: &SignedRequest) -> Vec<u8> {
    let mut text = format!("{} {}\n", request.method, request.target);
    request.headers.iter().for_each(|(name, value)| text.push_str(&format!("{name}: {value}\n")));
    [text.as_bytes(), b"\n", &request.body].concat()
}

/// Requests that official clients have sent.
pub(super) fn samples() -> Vec<Vec<u8>> {
    let samples = include_str!("../../../crates/argali-protocol/tests/data/samples.http");
    let each = samples.split("### ").filter_map(|sample| Some(sample.split_once('\n')?.1));
    each.map(|sample| sample.replacen(" HTTP/1.1", "", 1).trim_end().as_bytes().to_vec()).collect()
}
