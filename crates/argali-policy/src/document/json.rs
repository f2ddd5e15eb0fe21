//! Strict JSON: what the standard allows, without what readers of it disagree on.
// SPEC: security, R9: no duplicate members, no control characters, bounded depth.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

/// How many objects and lists may stand in one another. A policy document needs six.
const MAX_DEPTH: usize = 10;

/// A JSON value; what no policy document may contain is only named.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Value<'t> {
    String(Cow<'t, str>),
    List(Vec<Value<'t>>),
    Object(Vec<(Cow<'t, str>, Value<'t>)>),
    /// A number, boolean or null, by its kind.
    Other(&'static str),
}

impl Value<'_> {
    /// What the value is, for messages.
    pub(super) fn describe(&self) -> &'static str {
        match self {
            Self::String(_) => "a string",
            Self::List(_) => "a list",
            Self::Object(_) => "an object",
            Self::Other(kind) => kind,
        }
    }
}

/// Reads the whole of `text`.
pub(super) fn read(text: &str) -> Result<Value<'_>, serde_json::Error> {
    let mut reader = serde_json::Deserializer::from_str(text);
    let value = AnyValue { depth: 0 }.deserialize(&mut reader)?;
    reader.end()?;
    Ok(value)
}

/// Reads any value that stands in `depth` others.
struct AnyValue {
    depth: usize,
}

impl AnyValue {
    fn inside<E: Error>(&self) -> Result<Self, E> {
        if self.depth >= MAX_DEPTH {
            return Err(E::custom(format!("nested more than {MAX_DEPTH} deep")));
        }
        Ok(Self { depth: self.depth + 1 })
    }
}

impl<'t> DeserializeSeed<'t> for AnyValue {
    type Value = Value<'t>;

    fn deserialize<D: Deserializer<'t>>(self, reader: D) -> Result<Value<'t>, D::Error> {
        reader.deserialize_any(self)
    }
}

impl<'t> Visitor<'t> for AnyValue {
    type Value = Value<'t>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_borrowed_str<E: Error>(self, text: &'t str) -> Result<Value<'t>, E> {
        checked(Cow::Borrowed(text)).map(Value::String)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Value<'t>, E> {
        checked(Cow::Owned(text.to_owned())).map(Value::String)
    }

    fn visit_seq<A: SeqAccess<'t>>(self, mut access: A) -> Result<Value<'t>, A::Error> {
        let mut list = Vec::new();
        while let Some(value) = access.next_element_seed(self.inside()?)? {
            list.push(value);
        }
        Ok(Value::List(list))
    }

    fn visit_map<A: MapAccess<'t>>(self, mut access: A) -> Result<Value<'t>, A::Error> {
        let mut members = Vec::new();
        while let Some(name) = access.next_key_seed(Name)? {
            let value = access.next_value_seed(self.inside()?)?;
            members.push((name, value));
        }
        match repeated(&members) {
            Some(name) => Err(A::Error::custom(format!("`{name}` occurs twice in one object"))),
            None => Ok(Value::Object(members)),
        }
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<Value<'t>, E> {
        Ok(Value::Other("a boolean"))
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<Value<'t>, E> {
        Ok(Value::Other("a number"))
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<Value<'t>, E> {
        Ok(Value::Other("a number"))
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Value<'t>, E> {
        Ok(Value::Other("a number"))
    }

    fn visit_unit<E: Error>(self) -> Result<Value<'t>, E> {
        Ok(Value::Other("null"))
    }
}

/// Reads the name of a member.
struct Name;

impl<'t> DeserializeSeed<'t> for Name {
    type Value = Cow<'t, str>;

    fn deserialize<D: Deserializer<'t>>(self, reader: D) -> Result<Cow<'t, str>, D::Error> {
        reader.deserialize_str(self)
    }
}

impl<'t> Visitor<'t> for Name {
    type Value = Cow<'t, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a member name")
    }

    fn visit_borrowed_str<E: Error>(self, text: &'t str) -> Result<Cow<'t, str>, E> {
        checked(Cow::Borrowed(text))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Cow<'t, str>, E> {
        checked(Cow::Owned(text.to_owned()))
    }
}

/// Refuses control characters, which an escape can bring into any string.
fn checked<E: Error>(text: Cow<'_, str>) -> Result<Cow<'_, str>, E> {
    // All control characters but the ASCII ones begin with the byte C2; most texts need no second look. The
    // first look goes to the end, which is faster than stopping early.
    let suspicious =
        text.bytes().fold(false, |any, byte| any | (byte < 0x20) | (byte == 0x7F) | (byte == 0xC2));
    if suspicious && text.chars().any(char::is_control) {
        return Err(E::custom("a string contains a control character"));
    }
    Ok(text)
}

/// A name that two members share.
fn repeated<'v>(members: &'v [(Cow<'_, str>, Value<'_>)]) -> Option<&'v str> {
    let mut names: smallvec::SmallVec<[&str; 8]> = members.iter().map(|(name, _)| name.as_ref()).collect();
    names.sort_unstable();
    names.windows(2).find_map(|pair| match pair {
        [a, b] if a == b => Some(*a),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_what_readers_disagree_on() {
        let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        let cases: &[(&str, &str)] = &[
            ("", "EOF"),
            (" ", "EOF"),
            ("{", "EOF"),
            ("{}{}", "trailing characters"),
            ("{} x", "trailing characters"),
            (r#"{"a":1,}"#, "trailing comma"),
            (r#"[1,]"#, "trailing comma"),
            (r#"{'a':1}"#, "key must be a string"),
            (r#"{a:1}"#, "key must be a string"),
            ("// note\n{}", "expected value"),
            ("[01]", "invalid number"),
            ("[NaN]", "expected value"),
            ("[.5]", "expected value"),
            ("[1e999]", "number out of range"),
            ("\u{FEFF}{}", "expected value"),
            ("[\u{00A0}]", "expected value"),
            (r#"["\ud800"]"#, "hex escape"),
            (r#"["\ud800\u0041"]"#, "surrogate"),
            (r#"["\x41"]"#, "invalid escape"),
            ("[\"a\nb\"]", "control character"),
            (r#"["a\nb"]"#, "control character"),
            (r#"["a\u0000b"]"#, "control character"),
            ("[\"a\u{7F}b\"]", "control character"),
            ("[\"a\u{85}b\"]", "control character"),
            (r#"{"a\tb":""}"#, "control character"),
            (r#"{"a":"1","a":"2"}"#, "`a` occurs twice"),
            (r#"{"a":"1","\u0061":"2"}"#, "`a` occurs twice"),
            (r#"[{"b":{"x":"","y":"","x":""}}]"#, "`x` occurs twice"),
        ];
        for (text, expected) in cases {
            let message = read(text).expect_err(text).to_string();
            assert!(message.contains(expected), "{text:?}: {message}");
        }
        assert!(read(&nested(MAX_DEPTH)).is_ok());
        assert!(read(&nested(MAX_DEPTH + 1)).unwrap_err().to_string().contains("nested more than 10"));
        assert!(read(&nested(100_000)).is_err());
    }

    #[test]
    fn reads_the_rest() {
        let value = read("{\"a\\u0062\":[\"\u{C2}\u{A0}部\", 1, -1, 1.5, true, null]}").unwrap();
        let number = || Value::Other("a number");
        let list = vec![
            Value::String("\u{C2}\u{A0}部".into()),
            number(),
            number(),
            number(),
            Value::Other("a boolean"),
            Value::Other("null"),
        ];
        assert_eq!(value, Value::Object(vec![("ab".into(), Value::List(list))]));
    }
}
