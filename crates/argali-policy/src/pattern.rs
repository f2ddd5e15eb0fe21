//! Patterns with `*` (any run of characters) and `?` (one character).
//!
//! Matching goes over the text once for each run between two stars, so it costs at most the length of
//! the pattern times that of the text, and ordinary patterns far less. Patterns work on UTF-8 bytes, which
//! finds the same matches as working on characters as long as `?` steps over whole characters.

/// Whether upper and lower case of ASCII letters are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Case {
    Keep,
    Ignore,
}

/// A pattern, taken apart as far as it speeds up matching.
// SPEC: policy language, element by element: wildcards, no escape, the whole string is covered.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Pattern {
    text: Box<str>,
    /// Bytes before the first wildcard; all of them if there is none.
    head: usize,
    /// Where the literal end begins: after the last star, if no `?` follows it; else at the very end.
    tail: usize,
}

impl Pattern {
    pub(crate) fn new(text: impl Into<Box<str>>) -> Self {
        let text = text.into();
        let head = text.find(['*', '?']).unwrap_or(text.len());
        let tail = match text.rfind(['*', '?']) {
            Some(last) if text.as_bytes().get(last) == Some(&b'*') => last + 1,
            _ => text.len(),
        };
        Self { text, head, tail }
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether the pattern covers the whole of `text`.
    #[inline]
    pub(crate) fn matches(&self, text: &[u8], case: Case) -> bool {
        match case {
            Case::Keep => self.covers::<false>(text),
            Case::Ignore => self.covers::<true>(text),
        }
    }

    /// Whether any resource's name could match: it begins with `acs:` and a service in lower case, and has four
    /// colons, as far as the pattern's wildcards leave that open.
    pub(crate) fn can_name_a_resource(&self) -> bool {
        let (fixed, open) = match self.text.split_once('*') {
            Some((fixed, _)) => (fixed, true),
            None => (self.as_str(), false),
        };
        let scheme_fits = fixed.bytes().zip(*b"acs:").all(|(found, wanted)| found == wanted || found == b'?');
        let service = fixed.split(':').nth(1).unwrap_or_default();
        let colons = fixed.bytes().filter(|byte| matches!(byte, b':' | b'?')).count();
        scheme_fits && !service.bytes().any(|byte| byte.is_ascii_uppercase()) && (open || colons >= 4)
    }

    #[inline]
    fn covers<const FOLD: bool>(&self, text: &[u8]) -> bool {
        let pattern = self.text.as_bytes();
        let Some((head, pattern)) = pattern.split_at_checked(self.head) else { return false };
        let Some((start, text)) = text.split_at_checked(head.len()) else { return false };
        if !same::<FOLD>(head, start) {
            return false;
        }
        let Some((pattern, tail)) = pattern.split_at_checked(self.tail.saturating_sub(self.head)) else {
            return false;
        };
        let Some(middle) = text.len().checked_sub(tail.len()) else { return false };
        let Some((text, end)) = text.split_at_checked(middle) else { return false };
        same::<FOLD>(tail, end) && (pattern == b"*" || glob::<FOLD>(pattern, text))
    }
}

fn same<const FOLD: bool>(a: &[u8], b: &[u8]) -> bool {
    if FOLD { a.eq_ignore_ascii_case(b) } else { a == b }
}

/// Matches from left to right. After a failure only the latest star takes one more byte: an earlier star
/// could find no match that a later one does not.
fn glob<const FOLD: bool>(pattern: &[u8], text: &[u8]) -> bool {
    let (mut p, mut t) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    loop {
        match (pattern.get(p), text.get(t)) {
            (None, None) => return true,
            (Some(b'*'), _) => {
                p += 1;
                if p == pattern.len() {
                    return true;
                }
                star = Some((p, t));
                continue;
            }
            // What is left of the pattern needs a character, and a longer star leaves even fewer.
            (Some(_), None) => return false,
            (Some(b'?'), Some(first)) if is_first_byte(*first) => {
                p += 1;
                t += character_length(*first);
                continue;
            }
            (Some(a), Some(b)) if *a != b'?' && same::<FOLD>(&[*a], &[*b]) => {
                p += 1;
                t += 1;
                continue;
            }
            _ => {}
        }
        let Some((after, taken)) = star else { return false };
        star = Some((after, taken + 1));
        (p, t) = (after, taken + 1);
    }
}

/// Whether a byte of UTF-8 begins a character.
fn is_first_byte(byte: u8) -> bool {
    byte & 0xC0 != 0x80
}

/// Length of the character that begins with this byte.
fn character_length(first: u8) -> usize {
    match first {
        0..=0xBF => 1,
        0xC0..=0xDF => 2,
        0xE0..=0xEF => 3,
        0xF0..=0xFF => 4,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn patterns_cover_the_whole_text() {
        let cases: &[(&str, &str, bool)] = &[
            ("", "", true),
            ("", "a", false),
            ("*", "", true),
            ("*", "any:thing/at all", true),
            ("**", "", true),
            ("?", "", false),
            ("?", "a", true),
            ("?", "部", true),
            ("?", "部门", false),
            ("??", "部", false),
            ("*?", "部", true),
            ("*?*", "", false),
            ("?*?", "é", false),
            ("?*?", "éa", true),
            ("*部?", "x部门", true),
            ("a", "A", false),
            ("ab", "abc", false),
            ("b", "ab", false),
            ("a*c", "abc", true),
            ("a*c", "ac", true),
            ("a*c", "acd", false),
            ("a*bc*d", "abcbcd", true),
            ("a*a", "a", false),
            ("*ab*ab", "ab", false),
            ("*ab*ab", "abab", true),
            ("*a?", "aab", true),
            ("a*b?c*d", "axxb1cyyd", true),
            ("*x?", "xx", true),
            ("*x?", "ax", false),
            ("acs:*:*cn-hk*:*:*", "acs:ecs:cn-hk-b:1:i/2", true),
            ("a?c", "a*c", true),
            ("a*", "a*", true),
        ];
        for (pattern, text, expected) in cases {
            let pattern = Pattern::new(*pattern);
            assert_eq!(pattern.matches(text.as_bytes(), Case::Keep), *expected, "{pattern:?} on {text:?}");
        }
    }

    #[test]
    fn case_is_ignored_on_demand() {
        let pattern = Pattern::new("acs:RAM:*:1:role/Op?s*X");
        assert!(pattern.matches(b"acs:ram::1:Role/oP1S-x", Case::Ignore));
        assert!(!pattern.matches(b"acs:ram::1:Role/oP1S-x", Case::Keep));
    }

    /// The definition, written down.
    fn oracle(pattern: &[char], text: &[char]) -> bool {
        match pattern.split_first() {
            None => text.is_empty(),
            Some(('*', rest)) => (0..=text.len()).any(|taken| oracle(rest, &text[taken..])),
            Some(('?', rest)) => !text.is_empty() && oracle(rest, &text[1..]),
            Some((first, rest)) => text.first() == Some(first) && oracle(rest, &text[1..]),
        }
    }

    proptest! {
        #[test]
        fn agrees_with_the_definition(pattern in "[ab部é*?]{0,8}", text in "[ab部é*?]{0,10}") {
            let characters = |text: &str| text.chars().collect::<Vec<_>>();
            let expected = oracle(&characters(&pattern), &characters(&text));
            prop_assert_eq!(Pattern::new(pattern).matches(text.as_bytes(), Case::Keep), expected);
        }
    }
}
