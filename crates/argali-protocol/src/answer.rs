//! The caller's side: reading answers.

use quick_xml::Reader;
use quick_xml::events::Event;
use serde_json::{Map, Value};

use crate::AccessDeniedDetail;
use crate::xml_element::predefined;

/// A call that the server refused, or an answer that is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code} ({status}): {message}")]
pub struct ApiFailure {
    /// The error code, for example `NoPermission`; [`Self::UNREADABLE`] if the answer is not one of this protocol.
    pub code: String,
    /// What the server says.
    pub message: String,
    /// The request's id, if the answer has one.
    pub request_id: Option<String>,
    /// The HTTP status.
    pub status: u16,
    /// A link to help.
    pub recommend: Option<String>,
    /// Why access was refused, if the server says so.
    pub access_denied_detail: Option<Box<AccessDeniedDetail>>,
}

impl ApiFailure {
    /// The code of an answer that cannot be read, such as a proxy's page.
    pub const UNREADABLE: &'static str = "UnreadableAnswer";
}

/// Reads an answer: the body's object, or why there is none.
///
/// From XML all values come as text, an element that occurs once as a value and one that repeats as a list.
pub fn decode_answer(status: u16, content_type: &str, body: &[u8]) -> Result<Value, ApiFailure> {
    let is_xml = content_type.split(';').next().is_some_and(|media_type| media_type.trim().ends_with("/xml"));
    let object = if is_xml { from_xml(body) } else { serde_json::from_slice(body).ok() };
    match object {
        Some(Value::Object(object)) if (200..300).contains(&status) => Ok(Value::Object(object)),
        Some(Value::Object(object)) if object.contains_key("Code") => Err(failure(status, &object)),
        _ => Err(unreadable(status)),
    }
}

fn failure(status: u16, object: &Map<String, Value>) -> ApiFailure {
    let text = |name: &str| object.get(name).and_then(Value::as_str).map(str::to_owned);
    let detail = object.get("AccessDeniedDetail").cloned();
    ApiFailure {
        code: text("Code").unwrap_or_default(),
        message: text("Message").unwrap_or_default(),
        request_id: text("RequestId"),
        status,
        recommend: text("Recommend"),
        access_denied_detail: detail.and_then(|detail| serde_json::from_value(detail).ok()),
    }
}

fn unreadable(status: u16) -> ApiFailure {
    ApiFailure {
        code: ApiFailure::UNREADABLE.to_owned(),
        message: "the answer is not one of this protocol: check the endpoint".to_owned(),
        request_id: None,
        status,
        recommend: None,
        access_denied_detail: None,
    }
}

/// The content of the root element; `None` if the text is not well-formed or nests too deeply.
fn from_xml(body: &[u8]) -> Option<Value> {
    const MAX_DEPTH: usize = 64;
    let mut reader = Reader::from_str(str::from_utf8(body).ok()?);
    let mut open = vec![Node::default()];
    loop {
        match reader.read_event().ok()? {
            Event::Start(_) if open.len() > MAX_DEPTH => return None,
            Event::Start(_) => open.push(Node::default()),
            Event::Empty(tag) => {
                open.last_mut()?.add(tag.name().as_ref(), Value::String(String::new()));
            }
            Event::End(tag) => {
                let node = open.pop()?;
                open.last_mut()?.add(tag.name().as_ref(), node.into_value());
            }
            Event::Text(text) => open.last_mut()?.text.push_str(&text.xml10_content()),
            Event::CData(text) => open.last_mut()?.text.push_str(&text.xml10_content()),
            Event::GeneralRef(reference) => {
                let character = match reference.resolve_char_ref().ok()? {
                    Some(character) => character,
                    None => predefined(&reference)?,
                };
                open.last_mut()?.text.push(character);
            }
            Event::Eof => break,
            Event::Decl(_) | Event::Comment(_) => {}
            // Neither answers nor errors have them.
            Event::PI(_) | Event::DocType(_) => return None,
        }
    }
    let document = open.pop().filter(|_| open.is_empty())?;
    let mut roots = document.children.into_iter();
    match (roots.next(), roots.next()) {
        (Some((_, root)), None) => Some(root),
        _ => None,
    }
}

/// An element being read.
#[derive(Default)]
struct Node {
    text: String,
    children: Map<String, Value>,
}

impl Node {
    fn add(&mut self, name: &str, value: Value) {
        match self.children.get_mut(name) {
            None => {
                self.children.insert(name.to_owned(), value);
            }
            Some(Value::Array(list)) => list.push(value),
            Some(earlier) => *earlier = Value::Array(vec![earlier.take(), value]),
        }
    }

    fn into_value(self) -> Value {
        if self.children.is_empty() { Value::String(self.text) } else { Value::Object(self.children) }
    }
}
