//! The headers of a request to object storage, each once where it means something.

use super::OssError;
use crate::headers::trimmed;

/// Headers that may occur once; so may all that are the protocol's own.
// SPEC: security requirements, R2.
const UNIQUE: [&str; 10] = [
    "authorization",
    "content-length",
    "content-md5",
    "content-type",
    "date",
    "host",
    "if-match",
    "if-none-match",
    "range",
    "security-token",
];

/// Names in lower case with trimmed values, in the order of the names.
#[derive(Debug)]
pub(super) struct OssHeaders<'a>(Vec<(&'a str, &'a str)>);

impl<'a> OssHeaders<'a> {
    pub(super) fn read(headers: &[(&'a str, &'a [u8])]) -> Result<Self, OssError> {
        let mut list = Vec::with_capacity(headers.len());
        for &(name, value) in headers {
            let value = trimmed(name, value).map_err(|error| OssError::argument(error.message()))?;
            match std::str::from_utf8(value) {
                Ok(value) => list.push((name, value)),
                // What nobody reads may say what it likes.
                Err(_) if !matters(name) => {}
                Err(_) => {
                    return Err(OssError::argument(format!(
                        "The header {name} is not UTF-8: encode its value."
                    )));
                }
            }
        }
        list.sort_by_key(|(name, _)| *name);
        for pair in list.windows(2) {
            if let [(first, _), (second, _)] = pair
                && first == second
                && matters(first)
            {
                return Err(OssError::argument(format!("The header {first} occurs twice: send it once.")));
            }
        }
        Ok(Self(list))
    }

    pub(super) fn get(&self, name: &str) -> Option<&'a str> {
        let at = self.0.binary_search_by_key(&name, |(known, _)| known).ok()?;
        self.0.get(at).map(|(_, value)| *value)
    }

    /// The header whose name is `prefix` and `name`.
    pub(super) fn own(&self, prefix: &str, name: &str) -> Option<&'a str> {
        let find = |(known, _): &&(&str, &str)| known.strip_prefix(prefix) == Some(name);
        self.0.iter().find(find).map(|(_, value)| *value)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.0.iter().copied()
    }
}

fn matters(name: &str) -> bool {
    UNIQUE.contains(&name) || name.starts_with("x-oss-") || name.starts_with("x-amz-")
}
