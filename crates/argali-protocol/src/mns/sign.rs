//! The caller's side: signing requests to Message Service.

use super::{OWN, SCHEME, string_to_sign};
use crate::Credentials;
use crate::oss::http_date;
use crate::signature::oss_v1;

/// A request to be signed.
#[derive(Clone, Copy, Debug)]
pub struct MnsOutgoing<'a> {
    /// The method.
    pub method: &'a str,
    /// Where to, with the port unless it is the default one.
    pub host: &'a str,
    /// Path and query.
    pub target: &'a str,
    /// Headers, names in lower case, none of those that signing sets.
    pub headers: &'a [(&'a str, &'a str)],
    /// The instant of signing, in Unix seconds.
    pub timestamp_unix_s: i64,
}

/// Signs a request: all its headers, `host` among them, sorted.
#[must_use]
pub fn sign_mns(request: &MnsOutgoing<'_>, credentials: &Credentials) -> Vec<(String, String)> {
    let date = http_date(request.timestamp_unix_s);
    let set = [("host", request.host), ("date", &date), ("x-mns-version", "2015-06-06")];
    let given = request.headers.iter().copied();
    let mut headers: Vec<(String, String)> =
        set.into_iter().chain(given).map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    headers.sort();
    let text = |wanted: &str| {
        headers.iter().find(|(name, _)| name == wanted).map_or("", |(_, value)| value.as_str())
    };
    let own = headers.iter().filter(|(name, _)| name.starts_with(OWN[0]));
    let own = own.map(|(name, value)| (name.as_str(), value.as_str()));
    let first = [request.method, text("content-md5"), text("content-type"), &date];
    let signed = string_to_sign(first, own, request.target);
    let secret = credentials.access_key_secret.expose().as_bytes();
    let signature = oss_v1::signature(secret, &signed);
    headers.push(("authorization".to_owned(), format!("{SCHEME}{}:{signature}", credentials.access_key_id)));
    if let Some(token) = &credentials.security_token {
        headers.push(("security-token".to_owned(), token.clone()));
    }
    headers.sort();
    headers
}
