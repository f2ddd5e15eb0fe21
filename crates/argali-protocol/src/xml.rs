//! XML as answers use it: elements and text, no attributes; at most one namespace for all.

use std::fmt::Display;

use serde::ser::{self, Serialize, SerializeMap, SerializeSeq, SerializeStruct, SerializeTuple};

use crate::EncodeError;
use crate::percent::is_forbidden;

/// What every document begins with.
pub(crate) const DECLARATION: &str = r#"<?xml version="1.0" encoding="UTF-8"?>"#;

/// Writes `content` inside an element.
pub(crate) fn enclose(
    out: &mut String,
    name: &str,
    content: impl FnOnce(&mut String) -> Result<(), EncodeError>,
) -> Result<(), EncodeError> {
    enclose_in(out, None, name, content)
}

/// The same with a namespace for everything inside, if there is one.
pub(crate) fn enclose_in(
    out: &mut String,
    namespace: Option<&str>,
    name: &str,
    content: impl FnOnce(&mut String) -> Result<(), EncodeError>,
) -> Result<(), EncodeError> {
    let name = element_name(name);
    match namespace {
        Some(namespace) => open(out, &format!("{name} xmlns=\"{namespace}\"")),
        None => open(out, &name),
    }
    content(out)?;
    close(out, &name);
    Ok(())
}

/// Writes one value as an element; a list as several elements of the same name; nothing for `None` and null.
///
/// Variants with several fields are not supported, nor are bytes: no answer has them.
pub(crate) struct Element<'o> {
    out: &'o mut String,
    /// `None` for the members of an element that is already open.
    name: Option<String>,
}

impl<'o> Element<'o> {
    pub(crate) fn named(out: &'o mut String, name: &str) -> Self {
        Self { out, name: Some(element_name(name)) }
    }

    /// Writes the members of an object into an element that is already open.
    pub(crate) fn root(out: &'o mut String) -> Self {
        Self { out, name: None }
    }

    fn text(self, text: &str) -> Result<(), EncodeError> {
        let name = self.name.ok_or(EncodeError::NotAnObject)?;
        open(self.out, &name);
        escape_into(self.out, text);
        close(self.out, &name);
        Ok(())
    }

    fn members(self) -> Members<'o> {
        if let Some(name) = &self.name {
            open(self.out, name);
        }
        Members { out: self.out, name: self.name, key: None }
    }

    fn elements(self) -> Result<Elements<'o>, EncodeError> {
        let name = self.name.ok_or(EncodeError::NotAnObject)?;
        Ok(Elements { out: self.out, name })
    }
}

/// The members of an object, inside its element.
pub(crate) struct Members<'o> {
    out: &'o mut String,
    name: Option<String>,
    key: Option<String>,
}

impl Members<'_> {
    fn member<T: Serialize + ?Sized>(&mut self, name: &str, value: &T) -> Result<(), EncodeError> {
        value.serialize(Element::named(self.out, name))
    }

    fn close(self) {
        if let Some(name) = &self.name {
            close(self.out, name);
        }
    }
}

/// The elements of a list, each under the list's name.
pub(crate) struct Elements<'o> {
    out: &'o mut String,
    name: String,
}

fn open(out: &mut String, name: &str) {
    out.push('<');
    out.push_str(name);
    out.push('>');
}

fn close(out: &mut String, name: &str) {
    out.push_str("</");
    out.push_str(name);
    out.push('>');
}

// SPEC: security requirements, R11.
fn escape_into(out: &mut String, text: &str) {
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            // A parser would turn it into a line feed.
            '\r' => out.push_str("&#13;"),
            other if is_forbidden(other) => out.push('\u{FFFD}'),
            other => out.push(other),
        }
    }
}

/// A member's name as an element's name. Names that we choose are fine as they are; the keys of a map may be
/// anything, and what cannot stand in a name becomes `_`.
fn element_name(name: &str) -> String {
    let starts = |c: char| c.is_ascii_alphabetic() || c == '_';
    let follows = |c: char| starts(c) || c.is_ascii_digit() || matches!(c, '-' | '.');
    let mut out: String = name.chars().map(|c| if follows(c) { c } else { '_' }).collect();
    if !out.starts_with(starts) {
        out.insert(0, '_');
    }
    out
}

macro_rules! texts {
    ($($method:ident $type:ty;)*) => {$(
        fn $method(self, value: $type) -> Result<(), EncodeError> {
            self.text(&value.to_string())
        }
    )*};
}

impl<'o> ser::Serializer for Element<'o> {
    type Ok = ();
    type Error = EncodeError;
    type SerializeSeq = Elements<'o>;
    type SerializeTuple = Elements<'o>;
    type SerializeTupleStruct = Elements<'o>;
    type SerializeTupleVariant = ser::Impossible<(), EncodeError>;
    type SerializeMap = Members<'o>;
    type SerializeStruct = Members<'o>;
    type SerializeStructVariant = ser::Impossible<(), EncodeError>;

    texts! {
        serialize_bool bool;
        serialize_i8 i8;
        serialize_i16 i16;
        serialize_i32 i32;
        serialize_i64 i64;
        serialize_u8 u8;
        serialize_u16 u16;
        serialize_u32 u32;
        serialize_u64 u64;
        serialize_f32 f32;
        serialize_f64 f64;
        serialize_char char;
    }

    fn serialize_str(self, text: &str) -> Result<(), EncodeError> {
        self.text(text)
    }

    fn serialize_bytes(self, _bytes: &[u8]) -> Result<(), EncodeError> {
        Err(unsupported("bytes"))
    }

    fn serialize_none(self) -> Result<(), EncodeError> {
        Ok(())
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), EncodeError> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), EncodeError> {
        Ok(())
    }

    fn serialize_unit_struct(self, _name: &'static str) -> Result<(), EncodeError> {
        Ok(())
    }

    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
    ) -> Result<(), EncodeError> {
        self.text(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        value: &T,
    ) -> Result<(), EncodeError> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<(), EncodeError> {
        let mut members = self.members();
        members.member(variant, value)?;
        members.close();
        Ok(())
    }

    fn serialize_seq(self, _len: Option<usize>) -> Result<Elements<'o>, EncodeError> {
        self.elements()
    }

    fn serialize_tuple(self, _len: usize) -> Result<Elements<'o>, EncodeError> {
        self.elements()
    }

    fn serialize_tuple_struct(self, _name: &'static str, _len: usize) -> Result<Elements<'o>, EncodeError> {
        self.elements()
    }

    fn serialize_tuple_variant(
        self,
        _name: &'static str,
        _index: u32,
        _variant: &'static str,
        _len: usize,
    ) -> Result<Self::SerializeTupleVariant, EncodeError> {
        Err(unsupported("variants with unnamed fields"))
    }

    fn serialize_map(self, _len: Option<usize>) -> Result<Members<'o>, EncodeError> {
        Ok(self.members())
    }

    fn serialize_struct(self, _name: &'static str, _len: usize) -> Result<Members<'o>, EncodeError> {
        Ok(self.members())
    }

    fn serialize_struct_variant(
        self,
        _name: &'static str,
        _index: u32,
        _variant: &'static str,
        _len: usize,
    ) -> Result<Self::SerializeStructVariant, EncodeError> {
        Err(unsupported("variants with fields"))
    }
}

impl SerializeStruct for Members<'_> {
    type Ok = ();
    type Error = EncodeError;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        name: &'static str,
        value: &T,
    ) -> Result<(), EncodeError> {
        self.member(name, value)
    }

    fn end(self) -> Result<(), EncodeError> {
        self.close();
        Ok(())
    }
}

impl SerializeMap for Members<'_> {
    type Ok = ();
    type Error = EncodeError;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), EncodeError> {
        // serde_json already knows which keys are text.
        let key = key.serialize(serde_json::value::Serializer).map_err(EncodeError::Json)?;
        self.key = Some(key.as_str().map_or_else(|| key.to_string(), str::to_owned));
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), EncodeError> {
        let key = self.key.take().ok_or_else(|| unsupported("a value before its key"))?;
        self.member(&key, value)
    }

    fn end(self) -> Result<(), EncodeError> {
        self.close();
        Ok(())
    }
}

impl Elements<'_> {
    fn element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), EncodeError> {
        value.serialize(Element::named(self.out, &self.name))
    }
}

impl SerializeSeq for Elements<'_> {
    type Ok = ();
    type Error = EncodeError;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), EncodeError> {
        self.element(value)
    }

    fn end(self) -> Result<(), EncodeError> {
        Ok(())
    }
}

impl SerializeTuple for Elements<'_> {
    type Ok = ();
    type Error = EncodeError;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), EncodeError> {
        self.element(value)
    }

    fn end(self) -> Result<(), EncodeError> {
        Ok(())
    }
}

impl ser::SerializeTupleStruct for Elements<'_> {
    type Ok = ();
    type Error = EncodeError;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), EncodeError> {
        self.element(value)
    }

    fn end(self) -> Result<(), EncodeError> {
        Ok(())
    }
}

impl ser::Error for EncodeError {
    fn custom<T: Display>(text: T) -> Self {
        Self::Xml(text.to_string())
    }
}

fn unsupported(what: &str) -> EncodeError {
    EncodeError::Xml(format!("{what} cannot be written"))
}
