//! The headers of a request in a protocol of headers, each once where it means something.

use crate::headers::trimmed;

/// Names in lower case with trimmed values, in the order of the names.
#[derive(Debug)]
pub(crate) struct OnceHeaders<'a>(Vec<(&'a str, &'a str)>);

impl<'a> OnceHeaders<'a> {
    /// Reads headers of which those in `unique`, and those that begin with one of `own`, may occur once. Fails with a
    /// sentence for the sender.
    // SPEC: security requirements, R2.
    pub(crate) fn read(
        headers: &[(&'a str, &'a [u8])],
        unique: &[&str],
        own: &[&str],
    ) -> Result<Self, String> {
        let matters =
            |name: &str| unique.contains(&name) || own.iter().any(|prefix| name.starts_with(prefix));
        let mut list = Vec::with_capacity(headers.len());
        for &(name, value) in headers {
            let value = trimmed(name, value).map_err(|error| error.message())?;
            match std::str::from_utf8(value) {
                Ok(value) => list.push((name, value)),
                // What nobody reads may say what it likes.
                Err(_) if !matters(name) => {}
                Err(_) => return Err(format!("The header {name} is not UTF-8: encode its value.")),
            }
        }
        list.sort_by_key(|(name, _)| *name);
        for pair in list.windows(2) {
            if let [(first, _), (second, _)] = pair
                && first == second
                && matters(first)
            {
                return Err(format!("The header {first} occurs twice: send it once."));
            }
        }
        Ok(Self(list))
    }

    pub(crate) fn get(&self, name: &str) -> Option<&'a str> {
        let at = self.0.binary_search_by_key(&name, |(known, _)| known).ok()?;
        self.0.get(at).map(|(_, value)| *value)
    }

    /// The header whose name is `prefix` and `name`.
    pub(crate) fn own(&self, prefix: &str, name: &str) -> Option<&'a str> {
        let find = |(known, _): &&(&str, &str)| known.strip_prefix(prefix) == Some(name);
        self.0.iter().find(find).map(|(_, value)| *value)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.0.iter().copied()
    }
}
