//! From parameters to an operation's type: a serde deserializer over the sorted list.
//!
//! The list is sorted by name, so whatever lies below a name (`Tag.1.Key` below `Tag.1`, that below `Tag`) is one
//! range of it. A [`Scope`] is such a range; its members are found by bisection, and no name is ever copied
//! except into an error.

mod access;
mod failure;

use std::ops::Range;

use serde::de::{DeserializeOwned, Visitor};
use serde::forward_to_deserialize_any;

use self::access::{Elements, Fields, Variant};
use self::failure::{Failure, empty};
use crate::params::Param;
use crate::{Invalid, ParamError, Reason};

/// Reads the whole list into a `T`.
pub(crate) fn from_params<T: DeserializeOwned>(list: &[Param<'_>]) -> Result<T, ParamError> {
    // Only the type can tell whether it takes an empty value, and serde asks it once. So an empty value is
    // offered first; if the type refuses it, all is read again as if that parameter were not there.
    let mut absent = Vec::new();
    loop {
        let source = Source { list, absent: &absent };
        match T::deserialize(Scope { source, range: 0..list.len(), skip: 0 }) {
            Ok(value) => return Ok(value),
            Err(failure) => match failure.refused_empty() {
                Some(at) if !absent.contains(&at) => absent.push(at),
                _ => return Err(failure.into_error()),
            },
        }
    }
}

/// The list, and which of its empty values are treated as absent.
#[derive(Clone, Copy)]
struct Source<'p> {
    list: &'p [Param<'p>],
    absent: &'p [usize],
}

impl<'p> Source<'p> {
    /// The name at `at` beyond its first `skip` bytes.
    fn tail(self, at: usize, skip: usize) -> &'p str {
        self.list.get(at).and_then(|param| param.name.get(skip..)).unwrap_or_default()
    }

    /// The first place in `range` for which `before` no longer holds.
    fn bisect(self, range: Range<usize>, skip: usize, before: impl Fn(&str) -> bool) -> usize {
        let entries = self.list.get(range.clone()).unwrap_or_default();
        range.start + entries.partition_point(|param| before(param.name.get(skip..).unwrap_or_default()))
    }
}

/// What lies below one name: entries whose names agree in their first `skip` bytes.
#[derive(Clone)]
struct Scope<'p> {
    source: Source<'p>,
    range: Range<usize>,
    skip: usize,
}

impl<'p> Scope<'p> {
    /// The value called `name` in this scope.
    fn member(&self, name: &str) -> Option<Value<'p>> {
        let Self { source, range, skip } = self;
        let start = source.bisect(range.clone(), *skip, |tail| tail < name);
        if start >= range.end || !source.tail(start, *skip).starts_with(name) {
            return None;
        }
        let scalar = (source.tail(start, *skip) == name).then_some(start);
        // What lies below begins with `name` and a dot; `name-x` would sort between the two.
        let below = |tail: &'_ str, fits: fn(&str) -> bool| tail.strip_prefix(name).is_some_and(fits);
        let nested_start = source.bisect(start..range.end, *skip, |tail| below(tail, |rest| rest < "."));
        let nested_end =
            source.bisect(nested_start..range.end, *skip, |tail| below(tail, |rest| rest.starts_with('.')));
        let scalar = scalar.filter(|at| !source.absent.contains(at));
        let value = Value {
            source: *source,
            scalar,
            nested: nested_start..nested_end,
            end: skip + name.len(),
            role: Role::Field,
        };
        (value.scalar.is_some() || !value.nested.is_empty()).then_some(value)
    }

    /// All values in this scope: each entry's name up to its next dot.
    fn members(&self) -> Vec<(&'p str, Value<'p>)> {
        let mut members = Vec::new();
        for at in self.range.clone() {
            let head = self.source.tail(at, self.skip).split('.').next().unwrap_or_default();
            // Several entries may share a head; the first of them stands for all.
            if let Some(value) = self.member(head).filter(|value| value.first() == at) {
                members.push((head, value));
            }
        }
        members
    }

    /// What the names in this scope begin with, dot included.
    fn prefix(&self) -> &'p str {
        let name = self.source.list.get(self.range.start).map_or("", |param| param.name.as_ref());
        name.get(..self.skip).unwrap_or_default()
    }
}

/// What a value is to the type that reads it; decides what an empty text means.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    Field,
    OptionalField,
    Element,
}

/// One value: the text under its name, or what lies below it, or (mistakenly) both.
#[derive(Clone)]
struct Value<'p> {
    source: Source<'p>,
    scalar: Option<usize>,
    nested: Range<usize>,
    /// How many bytes its wire name has.
    end: usize,
    role: Role,
}

impl<'p> Value<'p> {
    /// The place of its first entry in the list.
    fn first(&self) -> usize {
        self.scalar.unwrap_or(self.nested.start)
    }

    fn name(&self) -> &'p str {
        let name = self.source.list.get(self.first()).map_or("", |param| param.name.as_ref());
        name.get(..self.end).unwrap_or(name)
    }

    /// The text, also an empty one.
    fn text(&self) -> Result<(usize, &'p str), Failure> {
        let found = self.scalar.and_then(|at| Some((at, self.source.list.get(at)?.value.as_ref())));
        found.ok_or_else(|| {
            Failure::of(Invalid::new(Reason::Format, "one value is expected, not a list or a structure"))
        })
    }

    /// Hands the text to `read`. An empty text that is refused counts as absent, except in a list.
    fn read<T>(&self, read: impl FnOnce(&'p str) -> Result<T, Failure>) -> Result<T, Failure> {
        let result = self.text().and_then(|(at, text)| match (text.is_empty(), self.role) {
            (false, _) | (true, Role::Element) => read(text),
            (true, Role::OptionalField) => read(text).map_err(|_| empty(at)),
            (true, Role::Field) => Err(empty(at)),
        });
        result.map_err(|failure| failure.at(self.name()))
    }

    /// Reads what [`str::parse`] reads, such as a number.
    fn parse<T: std::str::FromStr>(&self, expected: &str) -> Result<T, Failure> {
        self.read(|text| text.parse().map_err(|_| Failure::of(Invalid::new(Reason::Value, expected))))
    }

    /// What lies below this name. A text under the name itself is no such thing.
    fn below(&self) -> Result<Scope<'p>, Failure> {
        match self.scalar {
            Some(at) if self.text()?.1.is_empty() => Err(empty(at)),
            Some(_) => {
                let name = self.name();
                let message = format!("a list or a structure is expected: send {name}.1 or {name}.Field");
                Err(Failure::of(Invalid::new(Reason::Format, message)))
            }
            None => Ok(Scope { source: self.source, range: self.nested.clone(), skip: self.end + 1 }),
        }
        .map_err(|failure| failure.at(self.name()))
    }
}

impl<'de> serde::Deserializer<'de> for Scope<'_> {
    type Error = Failure;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        visitor.visit_map(Fields::all(&self.members())).map_err(|failure| failure.below(self.prefix()))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Failure> {
        visitor.visit_map(Fields::named(&self, fields)).map_err(|failure| failure.below(self.prefix()))
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Failure> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        visitor.visit_some(self)
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        visitor.visit_unit()
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Failure> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf seq tuple tuple_struct
        map enum identifier ignored_any
    }
}

macro_rules! parsed {
    ($($method:ident $visit:ident $type:ty, $expected:expr;)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
            let value = self.parse::<$type>($expected)?;
            visitor.$visit(value).map_err(|failure: Failure| failure.at(self.name()))
        }
    )*};
}

impl<'de> serde::Deserializer<'de> for Value<'_> {
    type Error = Failure;

    parsed! {
        deserialize_i8 visit_i8 i8, "a whole number from -128 to 127 is expected";
        deserialize_i16 visit_i16 i16, "a whole number from -32768 to 32767 is expected";
        deserialize_i32 visit_i32 i32, "a whole number from -2147483648 to 2147483647 is expected";
        deserialize_i64 visit_i64 i64, "a whole number of at most 64 bits is expected";
        deserialize_u8 visit_u8 u8, "a whole number from 0 to 255 is expected";
        deserialize_u16 visit_u16 u16, "a whole number from 0 to 65535 is expected";
        deserialize_u32 visit_u32 u32, "a whole number from 0 to 4294967295 is expected";
        deserialize_u64 visit_u64 u64, "a whole number from 0 and of at most 64 bits is expected";
        deserialize_f32 visit_f32 f32, "a number is expected";
        deserialize_f64 visit_f64 f64, "a number is expected";
        deserialize_char visit_char char, "one character is expected";
    }

    // SPEC: wire protocol, value encoding: Python clients send `True`.
    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        let value = self.read(|text| match text {
            _ if text.eq_ignore_ascii_case("true") => Ok(true),
            _ if text.eq_ignore_ascii_case("false") => Ok(false),
            _ => Err(Failure::of(Invalid::new(Reason::Value, "true or false is expected"))),
        })?;
        visitor.visit_bool(value).map_err(|failure: Failure| failure.at(self.name()))
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        self.read(|text| visitor.visit_str(text))
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        self.deserialize_str(visitor)
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        self.deserialize_str(visitor)
    }

    fn deserialize_bytes<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        self.read(|text| visitor.visit_bytes(text.as_bytes()))
    }

    fn deserialize_byte_buf<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        self.deserialize_bytes(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Failure> {
        self.read(|text| visitor.visit_enum(Variant(text)))
    }

    fn deserialize_option<V: Visitor<'de>>(mut self, visitor: V) -> Result<V::Value, Failure> {
        if self.role == Role::Field {
            self.role = Role::OptionalField;
        }
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Failure> {
        // The type around it may refuse the whole, and knows no name.
        let name = self.name();
        visitor.visit_newtype_struct(self).map_err(|failure| failure.at(name))
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        let elements = Elements::of(&self.below()?).map_err(|failure| failure.at(self.name()))?;
        visitor.visit_seq(elements).map_err(|failure: Failure| failure.at(self.name()))
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _len: usize, visitor: V) -> Result<V::Value, Failure> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _len: usize,
        visitor: V,
    ) -> Result<V::Value, Failure> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        self.below()?.deserialize_any(visitor).map_err(|failure| failure.at(self.name()))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Failure> {
        self.below()?.deserialize_struct(name, fields, visitor).map_err(|failure| failure.at(self.name()))
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        if self.scalar.is_some() {
            return self.deserialize_str(visitor);
        }
        if Elements::of(&self.below()?).is_ok() {
            self.deserialize_seq(visitor)
        } else {
            self.deserialize_map(visitor)
        }
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        visitor.visit_unit()
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Failure> {
        visitor.visit_unit()
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! { i128 u128 }
}
