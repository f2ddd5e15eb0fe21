//! Which parameters of an operation are secrets: those whose fields are of a type that is one.
//!
//! The fields of a request say it themselves, so that nobody has to remember to list them: the request's type is asked
//! to read each of its fields alone, and what it asks for there tells whether the field is a
//! [`SecretText`](crate::vault::SecretText) or is made of one.

use std::fmt;

use serde::de::value::StrDeserializer;
use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, Error, IntoDeserializer, MapAccess, Visitor,
};
use serde::forward_to_deserialize_any;

/// The name under which secret texts read themselves.
const SECRET: &str = "SecretText";

/// The names of the parameters of a request.
pub(crate) fn parameters<T: DeserializeOwned>() -> &'static [&'static str] {
    let mut fields: &'static [&'static str] = &[];
    let names = |names| fields = names;
    // Nothing is ever read whole: the request is asked for its fields.
    drop(T::deserialize(FieldNames(names)));
    fields
}

/// The names of those parameters of a request that are secrets.
pub(crate) fn secret_parameters<T: DeserializeOwned>() -> Vec<&'static str> {
    parameters::<T>().iter().copied().filter(|field| is_secret::<T>(field)).collect()
}

fn is_secret<T: DeserializeOwned>(name: &'static str) -> bool {
    let mut found = false;
    drop(T::deserialize(OneField { name, found: &mut found }));
    found
}

/// Enough has been seen.
#[derive(Debug)]
struct Seen;

impl fmt::Display for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("enough has been seen")
    }
}

impl std::error::Error for Seen {}

impl Error for Seen {
    fn custom<T: fmt::Display>(_message: T) -> Self {
        Self
    }
}

/// Takes down the names of a request's fields.
struct FieldNames<F>(F);

impl<'de, F: FnMut(&'static [&'static str])> Deserializer<'de> for FieldNames<F> {
    type Error = Seen;

    fn deserialize_any<V: Visitor<'de>>(self, _visitor: V) -> Result<V::Value, Seen> {
        Err(Seen)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        mut self,
        _name: &'static str,
        fields: &'static [&'static str],
        _visitor: V,
    ) -> Result<V::Value, Seen> {
        (self.0)(fields);
        Err(Seen)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

/// A request of which one field was sent.
struct OneField<'a> {
    name: &'static str,
    found: &'a mut bool,
}

impl<'de> Deserializer<'de> for OneField<'_> {
    type Error = Seen;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Seen> {
        visitor.visit_map(self)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

impl<'de> MapAccess<'de> for OneField<'_> {
    type Error = Seen;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Seen> {
        let name: StrDeserializer<'_, Seen> = self.name.into_deserializer();
        seed.deserialize(name).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Seen> {
        seed.deserialize(Field(self.found))
    }
}

/// The value of a field, which is never there: only what is asked for matters.
struct Field<'a>(&'a mut bool);

impl<'de> Deserializer<'de> for Field<'_> {
    type Error = Seen;

    fn deserialize_any<V: Visitor<'de>>(self, _visitor: V) -> Result<V::Value, Seen> {
        Err(Seen)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Seen> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        _visitor: V,
    ) -> Result<V::Value, Seen> {
        *self.0 |= name == SECRET;
        Err(Seen)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct
        seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;
    use crate::federation::OidcToken;
    use crate::services::SERVICES;
    use crate::vault::SecretText;

    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    #[expect(dead_code, reason = "only its types matter")]
    struct Request {
        user_name: String,
        word: SecretText,
        #[serde(default)]
        maybe: Option<SecretText>,
        #[serde(rename = "OIDCToken")]
        token: OidcToken,
        number: Option<i64>,
    }

    #[test]
    fn fields_say_themselves_that_they_are_secret() {
        assert_eq!(secret_parameters::<Request>(), ["Word", "Maybe", "OIDCToken"]);
        assert!(secret_parameters::<()>().is_empty());
    }

    #[test]
    fn operations_know_their_secrets() {
        let entries = || SERVICES.iter().flat_map(|service| service.operations.iter().copied().flatten());
        let of = |name: &str| entries().find(|entry| entry.name == name).unwrap().secret_parameters();
        assert_eq!(of("LogOnWithNewPassword"), ["Attempt", "NewPassword"]);
        assert_eq!(of("LogOnWithCode"), ["Attempt", "AuthenticationCode"]);
        assert_eq!(of("BindMFADevice"), ["AuthenticationCode1", "AuthenticationCode2"]);
        assert_eq!(of("ChangePassword"), ["OldPassword", "NewPassword"]);
        assert_eq!(of("AssumeRoleWithOIDC"), ["OIDCToken"]);
        assert!(of("ListUsers").is_empty());
    }
}
