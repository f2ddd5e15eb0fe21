//! Answers: a success with an operation's body, or an error.

use serde::Serialize;

use crate::format::Format;
use crate::xml::{self, Element};

/// An answer's body cannot be written. That is a mistake in its type.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EncodeError {
    /// The body is not a structure, a map with text keys, or the unit.
    #[error("body of an answer is not an object")]
    NotAnObject,
    /// The body cannot be written as JSON.
    #[error("cannot write the answer as JSON")]
    Json(#[source] serde_json::Error),
    /// The body cannot be written as XML.
    #[error("cannot write the answer as XML: {0}")]
    Xml(String),
}

/// Writes a success answer: `RequestId`, then the members of `body` in their order.
///
/// `body` is a structure, a map or the unit, and has no `RequestId` of its own, nor a `Code` that a client could
/// take for a failure. As XML the root element is `<ActionResponse>`; a list repeats its element; `None` and null
/// are left out; characters that XML cannot carry become U+FFFD.
///
/// Fails only on a type that is no object.
pub fn encode_success<T: Serialize + ?Sized>(
    format: Format,
    action: &str,
    request_id: &str,
    body: &T,
) -> Result<Vec<u8>, EncodeError> {
    match format {
        Format::Json => json_success(request_id, body),
        Format::Xml => xml_success(action, request_id, body),
    }
}

/// Writes an XML document whose root element is `root`, with the members of `body` in it.
///
/// Fails only on a type that is no object.
pub fn encode_document<T: Serialize + ?Sized>(root: &str, body: &T) -> Result<Vec<u8>, EncodeError> {
    let mut out = String::from(xml::DECLARATION);
    xml::enclose(&mut out, root, |out| body.serialize(Element::root(out)))?;
    Ok(out.into_bytes())
}

/// The same with elements in a namespace, whose name has nothing that would have to be escaped.
///
/// Fails only on a type that is no object.
pub fn encode_document_in<T: Serialize + ?Sized>(
    namespace: &str,
    root: &str,
    body: &T,
) -> Result<Vec<u8>, EncodeError> {
    let mut out = String::from(xml::DECLARATION);
    xml::enclose_in(&mut out, Some(namespace), root, |out| body.serialize(Element::root(out)))?;
    Ok(out.into_bytes())
}

fn json_success<T: Serialize + ?Sized>(request_id: &str, body: &T) -> Result<Vec<u8>, EncodeError> {
    const EXPECTED_BYTES: usize = 512;
    let mut out = Vec::with_capacity(EXPECTED_BYTES);
    out.extend_from_slice(br#"{"RequestId":"#);
    serde_json::to_writer(&mut out, request_id).map_err(EncodeError::Json)?;
    let start = out.len();
    serde_json::to_writer(&mut out, body).map_err(EncodeError::Json)?;
    match out.get_mut(start..).unwrap_or_default() {
        [b'n', ..] | [b'{', b'}'] => {
            out.truncate(start);
            out.push(b'}');
        }
        // The body's members follow the request id: its opening brace becomes the comma between them.
        [brace @ b'{', ..] => *brace = b',',
        _ => return Err(EncodeError::NotAnObject),
    }
    Ok(out)
}

fn xml_success<T: Serialize + ?Sized>(
    action: &str,
    request_id: &str,
    body: &T,
) -> Result<Vec<u8>, EncodeError> {
    let mut out = String::from(xml::DECLARATION);
    xml::enclose(&mut out, &format!("{action}Response"), |out| {
        request_id.serialize(Element::named(out, "RequestId"))?;
        body.serialize(Element::root(out))
    })?;
    Ok(out.into_bytes())
}

/// An error answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ErrorBody {
    /// The id under which the server remembers the request.
    pub request_id: String,
    /// The host that was called.
    pub host_id: String,
    /// For example `EntityNotExist.User`.
    pub code: String,
    /// What is wrong and what to do next.
    pub message: String,
    /// A link to help.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recommend: Option<String>,
    /// Why access was refused, if it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub access_denied_detail: Option<AccessDeniedDetail>,
}

/// Why access was refused, as far as the caller may know.
// SPEC: wire protocol, AccessDeniedDetail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, serde::Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AccessDeniedDetail {
    /// The action that was judged, for example `ecs:StopInstance`.
    pub auth_action: String,
    /// `RootUser`, `SubUser` or `AssumedRoleUser`.
    pub auth_principal_type: String,
    /// The account that owns the principal.
    pub auth_principal_owner_id: String,
    /// A user's id, or `RoleName:SessionName`.
    pub auth_principal_display_name: String,
    /// `ImplicitDeny` or `ExplicitDeny`.
    pub no_permission_type: String,
    /// The kind of policy that decided, for example `SessionPolicy`.
    pub policy_type: String,
    /// Opaque text that the server can turn into an explanation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encoded_diagnostic_message: Option<String>,
}

/// Writes an error answer; its content type is [`Format::content_type`].
#[expect(clippy::expect_used, reason = "`ErrorBody` is a structure of texts, which both formats can write")]
pub fn encode_error(format: Format, error: &ErrorBody) -> Vec<u8> {
    match format {
        Format::Json => serde_json::to_vec(error).expect("texts can be written as JSON"),
        Format::Xml => {
            let mut out = String::from(xml::DECLARATION);
            error.serialize(Element::named(&mut out, "Error")).expect("texts can be written as XML");
            out.into_bytes()
        }
    }
}
