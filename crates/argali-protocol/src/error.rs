//! What can be wrong with a request, as the wire says it.

use std::borrow::Cow;
use std::fmt;

use crate::{MAX_NONCE_CHARS, MAX_PARAMETERS};

/// A request that was refused before its signature was looked at.
///
/// `Display` is for the log; [`Self::message`] is what the caller reads. Neither repeats a value of the request,
/// which might be a secret; names are repeated in part.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProtocolError {
    /// The method is neither GET nor POST.
    #[error("method is neither `GET` nor `POST`")]
    Method,
    /// The path is not `/`.
    #[error("path is not `/`")]
    Path,
    /// A parameter of the protocol is absent or empty.
    #[error("`{parameter}` is missing")]
    Missing {
        /// The parameter's name, for example `Timestamp`.
        parameter: &'static str,
        /// How to send it under the scheme of this request.
        place: Place,
    },
    /// A parameter occurs more than once, in query and body together.
    #[error("parameter `{0}` occurs more than once")]
    RepeatedParameter(String),
    /// A header that must be unique occurs more than once.
    #[error("header `{0}` occurs more than once")]
    RepeatedHeader(String),
    /// Credentials of two schemes, or places, in one request.
    #[error("credentials are given twice: {0}")]
    TwoCredentials(&'static str),
    /// A `%` without two hexadecimal digits, or a parameter without a name.
    #[error("query or form is malformed: {0}")]
    Malformed(&'static str),
    /// Text that is not UTF-8.
    #[error("{0} is not UTF-8")]
    NotUtf8(&'static str),
    /// A character that no answer could carry, such as NUL.
    #[error("`{0}` holds a control character")]
    ForbiddenCharacter(String),
    /// More than [`MAX_PARAMETERS`] parameters.
    #[error("more than {MAX_PARAMETERS} parameters")]
    TooManyParameters,
    /// A body that is not a form. Ignoring it would ignore what the caller meant.
    #[error("body is not a form")]
    BodyNotForm,
    /// The target names another host than the `Host` header.
    #[error("target and `Host` header name different hosts")]
    HostConflict,
    /// `Format` is neither `JSON` nor `XML`.
    #[error("`Format` is neither `JSON` nor `XML`")]
    UnknownFormat,
    /// A nonce of more than [`MAX_NONCE_CHARS`] characters.
    #[error("nonce has more than {MAX_NONCE_CHARS} characters")]
    NonceTooLong,
    /// Signature fields are missing or malformed.
    #[error("signature is incomplete: {0}")]
    IncompleteSignature(Cow<'static, str>),
    /// A signing method that is not spoken here.
    #[error("signature method is not supported")]
    SignatureMethod,
    /// A bearer token, which is no key that could be found here.
    #[error("bearer tokens are not supported")]
    BearerToken,
}

/// Where a parameter of the protocol belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// In the query string or the form.
    Parameter,
    /// In the header of this name.
    Header(&'static str),
}

impl ProtocolError {
    /// The error code on the wire, for example `MissingTimestamp`.
    // SPEC: wire protocol, common error codes.
    pub fn code(&self) -> Cow<'static, str> {
        Cow::Borrowed(match self {
            Self::Method => "UnsupportedHTTPMethod",
            Self::Path => "InvalidAction.NotFound",
            Self::Missing { parameter, .. } => return Cow::Owned(format!("Missing{parameter}")),
            Self::RepeatedParameter(_)
            | Self::RepeatedHeader(_)
            | Self::Malformed(_)
            | Self::NotUtf8(_)
            | Self::ForbiddenCharacter(_)
            | Self::TooManyParameters
            | Self::BodyNotForm
            | Self::HostConflict => "InvalidParameter",
            Self::UnknownFormat => "InvalidParameter.Format",
            Self::NonceTooLong => "InvalidParameter.SignatureNonce",
            Self::TwoCredentials(_) | Self::IncompleteSignature(_) => "IncompleteSignature",
            Self::SignatureMethod => "InvalidSignatureMethod",
            Self::BearerToken => "InvalidAccessKeyId.NotFound",
        })
    }

    /// The HTTP status that goes with [`Self::code`].
    pub fn http_status(&self) -> u16 {
        match self {
            Self::Method => 403,
            Self::Path | Self::BearerToken => 404,
            _ => 400,
        }
    }

    /// What the caller reads: the form clients know, and what to do next.
    pub fn message(&self) -> String {
        match self {
            Self::Method => "The HTTP method is not supported. Send the call with GET or POST.".to_owned(),
            Self::Path => "Specified api is not found, please check your url and method. \
                           Every operation is served at the path /."
                .to_owned(),
            Self::Missing { parameter, place: Place::Parameter } => format!(
                "{parameter} is mandatory for this action. Send it as a parameter of the query string or the form."
            ),
            Self::Missing { parameter, place: Place::Header(header) } => {
                format!(
                    "{parameter} is mandatory for this action. Send it as the header {header} and sign it."
                )
            }
            Self::RepeatedParameter(name) => format!(
                "The specified parameter {name} occurs more than once. Send it once, in the query string or the form."
            ),
            Self::RepeatedHeader(name) => {
                format!("The specified header {name} occurs more than once. Send it once.")
            }
            Self::TwoCredentials(detail) => {
                incomplete(&format!("send the credentials of one scheme only; this request has {detail}"))
            }
            Self::Malformed(detail) => {
                format!(
                    "The specified parameters are not well formed: {detail}. Percent-encode names and values."
                )
            }
            Self::NotUtf8(what) => format!("The specified {what} is not UTF-8. Encode text as UTF-8."),
            Self::ForbiddenCharacter(name) => format!(
                "The specified parameter {name} holds a control character. \
                 Of these only tab, line feed and carriage return are accepted."
            ),
            Self::TooManyParameters => {
                format!("The request has too many parameters. Send at most {MAX_PARAMETERS}.")
            }
            Self::BodyNotForm => "The request body is not a form. \
                                  Send Content-Type: application/x-www-form-urlencoded, or no body."
                .to_owned(),
            Self::HostConflict => "The request target and the Host header name different hosts. \
                                   Send the same host in both."
                .to_owned(),
            Self::UnknownFormat => {
                "The specified parameter Format is not valid. Send JSON or XML, or leave it out.".to_owned()
            }
            Self::NonceTooLong => format!(
                "The specified signature nonce is too long. Send at most {MAX_NONCE_CHARS} characters, \
                 for example a UUID."
            ),
            Self::IncompleteSignature(detail) => incomplete(detail),
            Self::SignatureMethod => "The specified signature method is not supported. \
                                      Sign with HMAC-SHA1 (SignatureVersion 1.0) or ACS3-HMAC-SHA256."
                .to_owned(),
            Self::BearerToken => "Specified access key is not found. \
                                  Bearer tokens are not supported: sign with an AccessKey or an STS token."
                .to_owned(),
        }
    }

    /// A name from the request, cut short so that an error cannot be used to fill a log.
    pub(crate) fn shown(name: &str) -> String {
        const SHOWN_CHARS: usize = 64;
        name.chars().filter(|c| !c.is_control()).take(SHOWN_CHARS).collect()
    }
}

/// The message of `IncompleteSignature`. The colon matters: the classic Python client splits signature errors there.
fn incomplete(detail: &str) -> String {
    format!("The request signature does not conform to Aliyun standards. To fix it: {detail}.")
}

/// A parameter of an operation that cannot be read into the operation's type.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("parameter `{parameter}`: {message}")]
pub struct ParamError {
    /// The full name on the wire, for example `Tag.1.Key`; empty if several parameters disagree.
    pub parameter: String,
    /// What is wrong with it.
    pub reason: Reason,
    /// What was expected, in the words of the type that refused it.
    pub message: String,
}

/// In what way a parameter is wrong; the last part of codes like `InvalidParameter.RoleName.Length`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// Required, and absent or empty.
    Missing,
    /// Too short or too long.
    Length,
    /// Holds characters that are not allowed.
    InvalidChars,
    /// Not written in the form it must have.
    Format,
    /// Not acceptable for any other reason.
    Value,
}

impl Reason {
    const ALL: [Self; 5] = [Self::Missing, Self::Length, Self::InvalidChars, Self::Format, Self::Value];

    /// The word for it in error codes.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Missing => "Missing",
            Self::Length => "Length",
            Self::InvalidChars => "InvalidChars",
            Self::Format => "Format",
            Self::Value => "Value",
        }
    }
}

/// What the `FromStr` or `Deserialize` of a parameter's type fails with.
///
/// serde carries only text from a type to the deserializer. So `Display` writes the reason's word, a colon, a
/// space and the message (`Length: 1 to 64 characters`), and the deserializer reads it back into a
/// [`ParamError`]. A failure of any other type arrives as [`Reason::Value`] with its text as message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invalid {
    /// What is wrong.
    pub reason: Reason,
    /// What was expected.
    pub message: String,
}

impl Invalid {
    /// A failure for `reason`, saying what was expected.
    pub fn new(reason: Reason, message: impl Into<String>) -> Self {
        Self { reason, message: message.into() }
    }

    /// Reads what `Display` wrote.
    pub(crate) fn from_text(text: String) -> Self {
        let told = text.split_once(": ").and_then(|(word, message)| {
            let reason = Reason::ALL.into_iter().find(|reason| reason.as_str() == word)?;
            Some(Self::new(reason, message))
        });
        told.unwrap_or(Self { reason: Reason::Value, message: text })
    }
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.reason.as_str(), self.message)
    }
}

impl std::error::Error for Invalid {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_survives_its_text() {
        for reason in Reason::ALL {
            for message in ["1 to 64 characters", "", "one: two", "Length: nested"] {
                let invalid = Invalid::new(reason, message);
                assert_eq!(Invalid::from_text(invalid.to_string()), invalid);
            }
        }
    }

    #[test]
    fn other_text_is_a_value() {
        for text in ["", "no reason", "Length:no blank", "length: lower case", "Else: text"] {
            assert_eq!(Invalid::from_text(text.to_owned()), Invalid::new(Reason::Value, text));
        }
    }
}
