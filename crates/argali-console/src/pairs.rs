//! Names and values as queries and forms carry them.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// What stands for itself in addresses and forms.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
/// How many a form or query may hold: the form of a policy has one for each action.
const MOST: usize = 2_000;

/// The names and values of a query or a form, in their order. A name may occur several times.
#[derive(Clone, Debug, Default)]
pub(crate) struct Pairs(Vec<(String, String)>);

impl Pairs {
    /// Reads them. What is not UTF-8 holds replacement characters, and control characters other than line breaks and
    /// tabs are left out: no field of a page has any.
    pub(crate) fn read(text: &str) -> Self {
        let pieces = text.split('&').filter(|piece| !piece.is_empty()).take(MOST);
        Self(pieces.map(|piece| piece.split_once('=').unwrap_or((piece, ""))).map(decoded).collect())
    }

    /// Names and values that were read before.
    pub(crate) fn of(pairs: impl IntoIterator<Item = (String, String)>) -> Self {
        Self(
            pairs.into_iter().take(MOST).map(|(name, value)| (printable(&name), printable(&value))).collect(),
        )
    }

    /// The first value of `name`; empty if there is none.
    pub(crate) fn get(&self, name: &str) -> &str {
        self.all(name).next().unwrap_or_default()
    }

    /// The first value of `name` without the space around it; nothing if that is empty.
    pub(crate) fn filled(&self, name: &str) -> Option<&str> {
        Some(self.get(name).trim()).filter(|value| !value.is_empty())
    }

    /// Whether a box of this name is ticked.
    pub(crate) fn is_ticked(&self, name: &str) -> bool {
        !self.get(name).is_empty()
    }

    /// Whether there are none.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Every value of `name`.
    pub(crate) fn all<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    /// The same without those of these names.
    pub(crate) fn without(&self, names: &[&str]) -> Self {
        Self(self.0.iter().filter(|(name, _)| !names.contains(&name.as_str())).cloned().collect())
    }

    /// The same as an address carries them, with `name` set to `value`, or left out if that is empty.
    pub(crate) fn with(&self, name: &str, value: &str) -> String {
        let others =
            self.0.iter().filter(|(own, _)| own != name).map(|(own, value)| (own.as_str(), value.as_str()));
        let new = (!value.is_empty()).then_some((name, value));
        encode(others.chain(new))
    }
}

/// Writes names and values as a form or a query.
pub(crate) fn encode<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let mut text = String::new();
    for (name, value) in pairs {
        if !text.is_empty() {
            text.push('&');
        }
        text.extend(utf8_percent_encode(name, ENCODED));
        text.push('=');
        text.extend(utf8_percent_encode(value, ENCODED));
    }
    text
}

/// A text as one part of a path.
pub(crate) fn segment(text: &str) -> String {
    utf8_percent_encode(text, ENCODED).to_string()
}

/// What one part of a path says.
pub(crate) fn from_segment(text: &str) -> String {
    printable(&percent_decode_str(text).decode_utf8_lossy())
}

fn decoded((name, value): (&str, &str)) -> (String, String) {
    let decode = |text: &str| {
        let text = text.replace('+', " ");
        printable(&percent_decode_str(&text).decode_utf8_lossy())
    };
    (decode(name), decode(value))
}

fn printable(text: &str) -> String {
    let text = text.replace("\r\n", "\n");
    text.chars().filter(|c| matches!(c, '\n' | '\t') || !c.is_control()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_read_as_browsers_send_them() {
        let form = Pairs::read("name=a+b%2Bc&box=1&box=2&empty=&%E7%94%A8=%E6%88%B7&bad=%FF%00x");
        assert_eq!(form.get("name"), "a b+c");
        assert_eq!(form.all("box").collect::<Vec<_>>(), ["1", "2"]);
        assert_eq!((form.get("empty"), form.filled("empty"), form.get("absent")), ("", None, ""));
        assert_eq!(form.get("用"), "户");
        assert_eq!(form.get("bad"), "\u{fffd}x");
    }

    #[test]
    fn what_is_written_is_read_again() {
        let text = encode([("a b", "c&d=e"), ("用", "户/\u{202e}")]);
        let read = Pairs::read(&text);
        assert_eq!((read.get("a b"), read.get("用")), ("c&d=e", "户/\u{202e}"));
    }
}
