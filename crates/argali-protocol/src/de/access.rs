//! How serde walks fields, list elements and variants.

use serde::de::value::StrDeserializer;
use serde::de::{
    DeserializeSeed, EnumAccess, IntoDeserializer, MapAccess, SeqAccess, VariantAccess, Visitor,
};

use super::failure::Failure;
use super::{Role, Scope, Value};
use crate::{Invalid, Reason};

/// The members of a scope, as a structure's fields or as a map.
pub(super) struct Fields<'s, 'p> {
    rest: Rest<'s, 'p>,
    value: Option<Value<'p>>,
}

enum Rest<'s, 'p> {
    /// Only what the structure asks for is looked up; all else is ignored.
    Named {
        scope: &'s Scope<'p>,
        fields: &'static [&'static str],
    },
    All(&'s [(&'p str, Value<'p>)]),
}

impl<'s, 'p> Fields<'s, 'p> {
    pub(super) fn named(scope: &'s Scope<'p>, fields: &'static [&'static str]) -> Self {
        Self { rest: Rest::Named { scope, fields }, value: None }
    }

    pub(super) fn all(members: &'s [(&'p str, Value<'p>)]) -> Self {
        Self { rest: Rest::All(members), value: None }
    }

    fn next(&mut self) -> Option<(&'p str, Value<'p>)> {
        match &mut self.rest {
            Rest::Named { scope, fields } => loop {
                let (field, rest) = fields.split_first()?;
                *fields = rest;
                if let Some(value) = scope.member(field) {
                    return Some((field, value));
                }
            },
            Rest::All(members) => {
                let (member, rest) = members.split_first()?;
                *members = rest;
                Some(member.clone())
            }
        }
    }
}

impl<'de> MapAccess<'de> for Fields<'_, '_> {
    type Error = Failure;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Failure> {
        let Some((name, value)) = self.next() else { return Ok(None) };
        self.value = Some(value);
        let name: StrDeserializer<'_, Failure> = name.into_deserializer();
        seed.deserialize(name).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Failure> {
        let misuse = || Failure::of(Invalid::new(Reason::Value, "a value was asked for before its name"));
        let value = self.value.take().ok_or_else(misuse)?;
        // A type that reads text and then refuses it does so outside our methods and knows no name.
        let name = value.name();
        let empty = value.scalar.filter(|_| value.text().is_ok_and(|(_, text)| text.is_empty()));
        seed.deserialize(value).map_err(|failure| match empty {
            Some(at) => super::empty(at).at(name),
            None => failure.at(name),
        })
    }
}

/// The elements of a list, in the order of their numbers.
pub(super) struct Elements<'p> {
    rest: std::vec::IntoIter<(u32, Value<'p>)>,
}

impl<'p> Elements<'p> {
    /// Fails if a name below the list is not a number from 1.
    pub(super) fn of(list: &Scope<'p>) -> Result<Self, Failure> {
        let mut elements = Vec::new();
        for (head, value) in list.members() {
            let number = element_number(head).ok_or_else(|| {
                let message = "elements of a list are numbered from 1, without leading zeros";
                Failure::of(Invalid::new(Reason::Format, message)).at(value.name())
            })?;
            elements.push((number, Value { role: Role::Element, ..value }));
        }
        elements.sort_unstable_by_key(|(number, _)| *number);
        Ok(Self { rest: elements.into_iter() })
    }
}

fn element_number(head: &str) -> Option<u32> {
    let canonical = head.bytes().all(|byte| byte.is_ascii_digit()) && !head.starts_with('0');
    if canonical { head.parse().ok() } else { None }
}

impl<'de> SeqAccess<'de> for Elements<'_> {
    type Error = Failure;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Failure> {
        let Some((_, value)) = self.rest.next() else { return Ok(None) };
        let name = value.name();
        seed.deserialize(value).map(Some).map_err(|failure| failure.at(name))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.rest.len())
    }
}

/// A variant that is named by a text and holds nothing.
pub(super) struct Variant<'p>(pub(super) &'p str);

impl<'de> EnumAccess<'de> for Variant<'_> {
    type Error = Failure;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), Failure> {
        let name: StrDeserializer<'_, Failure> = self.0.into_deserializer();
        Ok((seed.deserialize(name)?, self))
    }
}

impl<'de> VariantAccess<'de> for Variant<'_> {
    type Error = Failure;

    fn unit_variant(self) -> Result<(), Failure> {
        Ok(())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, _seed: T) -> Result<T::Value, Failure> {
        Err(no_content())
    }

    fn tuple_variant<V: Visitor<'de>>(self, _len: usize, _visitor: V) -> Result<V::Value, Failure> {
        Err(no_content())
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _fields: &'static [&'static str],
        _visitor: V,
    ) -> Result<V::Value, Failure> {
        Err(no_content())
    }
}

fn no_content() -> Failure {
    Failure::of(Invalid::new(Reason::Value, "a plain word is expected"))
}
