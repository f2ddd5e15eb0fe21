//! The parameters of a call: decoded once, each name once, in the order of their names.

use std::borrow::Cow;
use std::fmt;

use serde::de::DeserializeOwned;

use crate::percent::{self, Undecodable};
use crate::{ParamError, ProtocolError, de};

/// How many parameters a call may have, common ones included.
pub const MAX_PARAMETERS: usize = 300;

/// The parameters of a call.
///
/// `Debug` prints names only, because values may be passwords or tokens.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Params<'a> {
    /// INVARIANT: sorted by name in byte order, no name twice.
    list: Vec<Param<'a>>,
}

#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Param<'a> {
    pub(crate) name: Cow<'a, str>,
    pub(crate) value: Cow<'a, str>,
    pub(crate) source: Source,
}

/// Where a parameter came from; signature V3 covers the two differently.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Source {
    Query,
    Form,
}

impl<'a> Params<'a> {
    /// Parameters of a caller inside this process, under the rules for parameters from the wire.
    ///
    /// Fails on a repeated or empty name, on control characters, and above [`MAX_PARAMETERS`].
    pub fn from_pairs<N, V>(pairs: impl IntoIterator<Item = (N, V)>) -> Result<Self, ProtocolError>
    where
        N: Into<Cow<'a, str>>,
        V: Into<Cow<'a, str>>,
    {
        let mut list = Vec::new();
        for (name, value) in pairs {
            let (name, value) = (name.into(), value.into());
            if percent::has_forbidden_character(&name) || percent::has_forbidden_character(&value) {
                return Err(ProtocolError::ForbiddenCharacter(ProtocolError::shown(&name)));
            }
            push(&mut list, Param { name, value, source: Source::Query })?;
        }
        Self::sorted(list)
    }

    /// Reads a text that is written like a query string.
    ///
    /// Fails as [`Params::from_pairs`] does, and on what is not percent-encoded UTF-8.
    pub fn from_query(query: &'a str) -> Result<Self, ProtocolError> {
        Self::read(query, "")
    }

    /// Reads query string and form body.
    pub(crate) fn read(query: &'a str, form: &'a str) -> Result<Self, ProtocolError> {
        let pieces = |text: &str| text.bytes().filter(|&byte| byte == b'&').count() + 1;
        let expected = (pieces(query) + pieces(form)).min(MAX_PARAMETERS);
        let mut list = Vec::with_capacity(expected);
        read_into(&mut list, query, Source::Query)?;
        read_into(&mut list, form, Source::Form)?;
        Self::sorted(list)
    }

    fn sorted(mut list: Vec<Param<'a>>) -> Result<Self, ProtocolError> {
        // SPEC: security requirements, R2: a name occurs once in query and body together.
        list.sort_unstable_by(|a, b| a.name.cmp(&b.name));
        for pair in list.windows(2) {
            if let [first, second] = pair
                && first.name == second.name
            {
                return Err(ProtocolError::RepeatedParameter(ProtocolError::shown(&first.name)));
            }
        }
        Ok(Self { list })
    }

    /// The value of `name`; an empty value is not an absent one.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.find(name).map(|param| param.value.as_ref())
    }

    /// Names and values in the byte order of the names.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &str)> {
        self.list.iter().map(|param| (param.name.as_ref(), param.value.as_ref()))
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Reads them into an operation's type, usually `#[derive(Deserialize)] #[serde(rename_all = "PascalCase")]`.
    ///
    /// - Scalars are decimal text; booleans are `true` or `false` in any case.
    /// - `Vec<T>` reads `Name.1`, `Name.2`, …: numbered from 1, in the order of the numbers, gaps closed.
    /// - A struct reads `Name.Field`; a list of structs `Name.1.Field`.
    /// - Unknown parameters are ignored.
    /// - An empty value counts as absent: as missing where the field is required, as its default where it has
    ///   one. But an `Option` whose type accepts the empty text, like `Option<String>`, is `Some("")`, and the
    ///   elements of a list are never dropped.
    /// - Avoid `#[serde(flatten)]`: serde then reads numbers as text, and errors lose their parameter's name.
    ///
    /// Fails with the first parameter that is missing or unreadable, by its full name on the wire.
    pub fn deserialize<T: DeserializeOwned>(&self) -> Result<T, ParamError> {
        de::from_params(&self.list)
    }

    /// The same parameters, free of the request they were read from.
    pub fn into_owned(self) -> Params<'static> {
        let owned = |param: Param<'a>| Param {
            name: Cow::Owned(param.name.into_owned()),
            value: Cow::Owned(param.value.into_owned()),
            source: param.source,
        };
        Params { list: self.list.into_iter().map(owned).collect() }
    }

    pub(crate) fn as_slice(&self) -> &[Param<'a>] {
        &self.list
    }

    fn find(&self, name: &str) -> Option<&Param<'a>> {
        let at = self.list.binary_search_by(|param| param.name.as_ref().cmp(name)).ok()?;
        self.list.get(at)
    }
}

impl fmt::Debug for Params<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Params")?;
        f.debug_set().entries(self.list.iter().map(|param| &param.name)).finish()
    }
}

fn read_into<'a>(list: &mut Vec<Param<'a>>, text: &'a str, source: Source) -> Result<(), ProtocolError> {
    // SPEC: security requirements, R3: `;` separates nothing.
    for piece in text.split('&').filter(|piece| !piece.is_empty()) {
        let (name, value) = piece.split_once('=').unwrap_or((piece, ""));
        let name = percent::decode(name).map_err(|why| refused(why, "a name"))?;
        let value = percent::decode(value).map_err(|why| refused(why, &name))?;
        push(list, Param { name, value, source })?;
    }
    Ok(())
}

fn push<'a>(list: &mut Vec<Param<'a>>, param: Param<'a>) -> Result<(), ProtocolError> {
    if param.name.is_empty() {
        return Err(ProtocolError::Malformed("a parameter has no name"));
    }
    if list.len() == MAX_PARAMETERS {
        return Err(ProtocolError::TooManyParameters);
    }
    list.push(param);
    Ok(())
}

fn refused(why: Undecodable, name: &str) -> ProtocolError {
    match why {
        Undecodable::Escape => ProtocolError::Malformed("a % is not followed by two hexadecimal digits"),
        Undecodable::Utf8 => ProtocolError::NotUtf8("query or form"),
        Undecodable::Character => ProtocolError::ForbiddenCharacter(ProtocolError::shown(name)),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn refuses_what_is_ambiguous() {
        let too_many: String = (0..=MAX_PARAMETERS).map(|n| format!("P{n}=&")).collect();
        for (query, form, refusal) in [
            ("A=1&A=1", "", ProtocolError::RepeatedParameter("A".into())),
            ("A=1", "A=2", ProtocolError::RepeatedParameter("A".into())),
            ("A=1&%41=2", "", ProtocolError::RepeatedParameter("A".into())),
            ("A=1&B=2&A", "", ProtocolError::RepeatedParameter("A".into())),
            ("=1", "", ProtocolError::Malformed("a parameter has no name")),
            ("A=%zz", "", ProtocolError::Malformed("a % is not followed by two hexadecimal digits")),
            ("", "A=%ff", ProtocolError::NotUtf8("query or form")),
            ("A=%00", "", ProtocolError::ForbiddenCharacter("A".into())),
            ("A%01=1", "", ProtocolError::ForbiddenCharacter("a name".into())),
            (&too_many, "", ProtocolError::TooManyParameters),
        ] {
            assert_eq!(Params::read(query, form), Err(refusal), "{query} {form}");
        }
    }

    #[test]
    fn an_error_shows_little_of_a_long_name() {
        let name = "N".repeat(10_000);
        let Err(ProtocolError::RepeatedParameter(shown)) = Params::read(&format!("{name}=1&{name}=2"), "")
        else {
            panic!("must be refused");
        };
        assert_eq!(shown.len(), 64);
    }

    #[test]
    fn reads_query_and_form() {
        let params = Params::read("B=2&A=x+y&&E=&F&a;b=1", "C=%2B&").unwrap();
        let pairs: Vec<_> = params.iter().collect();
        assert_eq!(pairs, [("A", "x y"), ("B", "2"), ("C", "+"), ("E", ""), ("F", ""), ("a;b", "1")]);
        assert_eq!((params.get("A"), params.get("E"), params.get("D")), (Some("x y"), Some(""), None));
        assert_eq!(format!("{params:?}"), r#"Params{"A", "B", "C", "E", "F", "a;b"}"#);
        assert_eq!(params.clone().into_owned(), params);
    }

    #[test]
    fn pairs_obey_the_same_rules() {
        assert!(Params::from_pairs([("A", "1"), ("A", "2")]).is_err());
        assert!(Params::from_pairs([("", "1")]).is_err());
        assert!(Params::from_pairs([("A", "\u{1}")]).is_err());
        assert_eq!(Params::from_pairs([("B", "2"), ("A", "1")]), Params::read("A=1&B=2", ""));
    }

    proptest! {
        #[test]
        fn decoding_undoes_encoding(pairs in proptest::collection::btree_map(
            "[a-zA-Z0-9.& =%+;é运-]{1,8}", "[^\\x00-\\x08\\x0B\\x0C\\x0E-\\x1F\u{FFFE}\u{FFFF}]{0,12}", 0..20,
        )) {
            let mut query = Vec::new();
            for (name, value) in &pairs {
                percent::encode_into(&mut query, name);
                query.push(b'=');
                percent::encode_into(&mut query, value);
                query.push(b'&');
            }
            let query = String::from_utf8(query).unwrap();
            let params = Params::read("", &query).unwrap();
            prop_assert!(params.iter().eq(pairs.iter().map(|(name, value)| (name.as_str(), value.as_str()))));
        }
    }
}
