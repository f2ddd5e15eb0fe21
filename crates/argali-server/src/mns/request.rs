//! What documents of clients say.

use argali_core::error::ApiError;
use argali_core::model::Property;
use argali_core::services::mns::{NewMessage, invalid_argument, messaging_error};
use argali_protocol::XmlElement;

/// Reads a document whose root element has one of these names.
pub(super) fn document(body: &[u8], roots: &[&str]) -> Result<XmlElement, ApiError> {
    let message = "The XML you provided was not well-formed or is not the document of this operation.";
    let malformed = || messaging_error("MalformedXML", 400, message);
    let root = XmlElement::parse(body).map_err(|_| malformed())?;
    if roots.contains(&root.name.as_str()) { Ok(root) } else { Err(malformed()) }
}

/// The same, or nothing if there is no body.
pub(super) fn optional(body: &[u8], root: &str) -> Result<XmlElement, ApiError> {
    if body.is_empty() { Ok(XmlElement::default()) } else { document(body, &[root]) }
}

/// The text of a member; nothing if it is not there or empty.
pub(super) fn text<'e>(element: &'e XmlElement, name: &str) -> Option<&'e str> {
    element.child(name).map(|child| child.text.as_str()).filter(|text| !text.is_empty())
}

/// The same, on its own.
pub(super) fn owned(element: &XmlElement, name: &str) -> Option<String> {
    text(element, name).map(str::to_owned)
}

/// A member that is a number.
pub(super) fn number_of(element: &XmlElement, name: &str) -> Result<Option<i64>, ApiError> {
    text(element, name).map(|text| number(name, text)).transpose()
}

/// A number.
pub(super) fn number(name: &str, text: &str) -> Result<i64, ApiError> {
    text.trim()
        .parse()
        .map_err(|_| invalid_argument(format!("The value of {name} should be a whole number.")))
}

/// A member that is true or false.
pub(super) fn flag(element: &XmlElement, name: &str) -> Result<Option<bool>, ApiError> {
    let Some(text) = text(element, name) else { return Ok(None) };
    match text.trim() {
        text if text.eq_ignore_ascii_case("true") => Ok(Some(true)),
        text if text.eq_ignore_ascii_case("false") => Ok(Some(false)),
        _ => Err(invalid_argument(format!("The value of {name} should be True or False."))),
    }
}

/// A message that is to be sent.
pub(super) fn message(element: &XmlElement) -> Result<NewMessage, ApiError> {
    Ok(NewMessage {
        body: owned(element, "MessageBody").unwrap_or_default(),
        delay_s: number_of(element, "DelaySeconds")?,
        priority: number_of(element, "Priority")?,
        group: owned(element, "MessageGroupId").unwrap_or_default(),
        user_properties: properties(element, "UserProperties", "PropertyValue"),
        system_properties: properties(element, "SystemProperties", "SystemPropertyValue"),
    })
}

fn properties(element: &XmlElement, list: &str, member: &str) -> Vec<Property> {
    let members = element.child(list).into_iter().flat_map(|list| &list.children);
    let property = |member: &XmlElement| Property {
        name: owned(member, "Name").unwrap_or_default(),
        value: owned(member, "Value").unwrap_or_default(),
        kind: owned(member, "Type").unwrap_or_default(),
    };
    members.filter(|child| child.name == member).map(property).collect()
}
