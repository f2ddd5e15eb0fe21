//! Whether a caller wants JSON or XML.

use crate::headers::{Headers, is_form};
use crate::{HttpRequest, ProtocolError, percent};

/// The form of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// One JSON object.
    Json,
    /// One XML element, without attributes.
    Xml,
}

impl Format {
    /// The `Content-Type` of answers; clients compare it byte for byte.
    pub fn content_type(self) -> &'static str {
        match self {
            Self::Json => "application/json;charset=utf-8",
            Self::Xml => "text/xml;charset=utf-8",
        }
    }

    /// Reads the `Format` parameter.
    fn named(value: &str) -> Option<Self> {
        if value.eq_ignore_ascii_case("json") {
            Some(Self::Json)
        } else if value.eq_ignore_ascii_case("xml") {
            Some(Self::Xml)
        } else {
            None
        }
    }

    /// The format of a decoded call. Fails only if `Format` is given and means nothing.
    pub(crate) fn choose(parameter: Option<&str>, default: Self) -> Result<Self, ProtocolError> {
        match parameter.filter(|value| !value.is_empty()) {
            None => Ok(default),
            Some(value) => Self::named(value).ok_or(ProtocolError::UnknownFormat),
        }
    }

    /// What V3 clients want, who have no `Format`: JSON, unless they accept XML alone.
    // SPEC: wire protocol, success responses.
    pub(crate) fn accepted(accept: Option<&str>) -> Self {
        let is_xml = |range: &str| {
            let media_type = range.split(';').next().unwrap_or_default().trim();
            media_type.eq_ignore_ascii_case("text/xml") || media_type.eq_ignore_ascii_case("application/xml")
        };
        match accept {
            Some(accept) if accept.split(',').all(is_xml) => Self::Xml,
            _ => Self::Json,
        }
    }
}

/// The format in which to refuse a request, also one that cannot be decoded.
///
/// For a request that can be decoded this is the format of its [`Call`](crate::Call).
pub fn format_of(request: &HttpRequest<'_>) -> Format {
    let query = request.target.split_once('?').map_or("", |(_, query)| query);
    let header = |name: &str| {
        let value = request.headers.iter().find(|(header, _)| *header == name)?.1;
        str::from_utf8(value).ok().map(str::trim_ascii)
    };
    let form = match str::from_utf8(request.body) {
        Ok(form) if header("content-type").is_some_and(is_form) => form,
        _ => "",
    };
    let parameter = |name: &str| {
        let mut pieces = query.split('&').chain(form.split('&'));
        pieces.find_map(|piece| {
            let (key, value) = piece.split_once('=').unwrap_or((piece, ""));
            if percent::decode(key).ok()? == name { percent::decode(value).ok() } else { None }
        })
    };
    let by_parameter = parameter("Format").and_then(|value| Format::named(&value));
    let is_v3 = header("authorization").is_some_and(|text| text.starts_with("ACS3-"))
        || (header(Headers::ACTION).is_some() && parameter("Action").is_none());
    by_parameter.unwrap_or_else(|| if is_v3 { Format::accepted(header("accept")) } else { Format::Xml })
}
