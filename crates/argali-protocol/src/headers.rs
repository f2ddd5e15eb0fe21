//! The headers that mean something, each read once.

use crate::ProtocolError;

/// The headers of one request that mean something to the protocol, trimmed.
#[derive(Default)]
pub(crate) struct Headers<'a> {
    pub(crate) host: Option<&'a str>,
    pub(crate) authorization: Option<&'a str>,
    pub(crate) content_type: Option<&'a str>,
    pub(crate) accept: Option<&'a str>,
    pub(crate) action: Option<&'a str>,
    pub(crate) version: Option<&'a str>,
    pub(crate) date: Option<&'a str>,
    pub(crate) nonce: Option<&'a str>,
    pub(crate) content_sha256: Option<&'a str>,
    pub(crate) security_token: Option<&'a str>,
    pub(crate) access_key_id: Option<&'a str>,
    pub(crate) bearer_token: Option<&'a str>,
}

impl<'a> Headers<'a> {
    pub(crate) const ACTION: &'static str = "x-acs-action";
    pub(crate) const VERSION: &'static str = "x-acs-version";
    pub(crate) const DATE: &'static str = "x-acs-date";
    pub(crate) const NONCE: &'static str = "x-acs-signature-nonce";
    pub(crate) const CONTENT_SHA256: &'static str = "x-acs-content-sha256";
    pub(crate) const SECURITY_TOKEN: &'static str = "x-acs-security-token";
    pub(crate) const ACCESS_KEY_ID: &'static str = "x-acs-accesskey-id";

    /// Reads the headers, whose names are in lower case. Fails on a repeated header that must be unique and on a
    /// value that is not plain text.
    // SPEC: security requirements, R2.
    pub(crate) fn read(headers: &'a [(&'a str, &'a [u8])]) -> Result<Self, ProtocolError> {
        let mut read = Self::default();
        for (at, &(name, value)) in headers.iter().enumerate() {
            let place = match name {
                "host" => &mut read.host,
                "authorization" => &mut read.authorization,
                "content-type" => &mut read.content_type,
                "accept" => {
                    // Harmless when repeated: it chooses the form of the answer and nothing else.
                    read.accept = read.accept.or(str::from_utf8(value).ok());
                    continue;
                }
                Self::ACTION => &mut read.action,
                Self::VERSION => &mut read.version,
                Self::DATE => &mut read.date,
                Self::NONCE => &mut read.nonce,
                Self::CONTENT_SHA256 => &mut read.content_sha256,
                Self::SECURITY_TOKEN => &mut read.security_token,
                Self::ACCESS_KEY_ID => &mut read.access_key_id,
                "x-acs-bearer-token" => &mut read.bearer_token,
                other => {
                    let unique = other == "date" || other.starts_with("x-acs-");
                    if unique && headers.iter().take(at).any(|(earlier, _)| *earlier == other) {
                        return Err(ProtocolError::RepeatedHeader(ProtocolError::shown(other)));
                    }
                    continue;
                }
            };
            if place.replace(text(name, value)?).is_some() {
                return Err(ProtocolError::RepeatedHeader(ProtocolError::shown(name)));
            }
        }
        Ok(read)
    }
}

/// A header's value as trimmed text.
fn text<'a>(name: &str, value: &'a [u8]) -> Result<&'a str, ProtocolError> {
    str::from_utf8(trimmed(name, value)?).map_err(|_| ProtocolError::NotUtf8("header"))
}

/// A header's value without blanks around it. Fails on control characters, which could end a canonical line.
pub(crate) fn trimmed<'a>(name: &str, value: &'a [u8]) -> Result<&'a [u8], ProtocolError> {
    let is_control = |byte: u8| (byte < 0x20 && byte != b'\t') || byte == 0x7F;
    // Without an early end, so that the compiler looks at many bytes together.
    if value.iter().fold(false, |seen, &byte| seen | is_control(byte)) {
        return Err(ProtocolError::ForbiddenCharacter(ProtocolError::shown(name)));
    }
    Ok(value.trim_ascii())
}

/// Whether a `Content-Type` says that the body is a form.
pub(crate) fn is_form(content_type: &str) -> bool {
    let media_type = content_type.split(';').next().unwrap_or_default().trim();
    media_type.eq_ignore_ascii_case("application/x-www-form-urlencoded")
}
