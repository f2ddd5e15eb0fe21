//! Percent-coding as signatures want it, and its strict inverse.

use std::borrow::Cow;

/// Appends `text` encoded once: RFC 3986 unreserved characters stay, all else becomes `%XX`.
// SPEC: wire protocol, signature V1, rule 2.
pub(crate) fn encode_into(out: &mut Vec<u8>, text: &str) {
    encode(out, text, b"%");
}

/// Appends `text` encoded twice: what [`encode_into`] writes, with its own `%` escaped again.
pub(crate) fn encode_twice_into(out: &mut Vec<u8>, text: &str) {
    encode(out, text, b"%25");
}

/// Why a piece of a query or form cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Undecodable {
    /// A `%` without two hexadecimal digits.
    Escape,
    /// The decoded bytes are not UTF-8.
    Utf8,
    /// The decoded text holds a character that answers cannot carry.
    Character,
}

/// Decodes a name or value of a query or form; `+` is a space. Borrows where nothing was escaped.
pub(crate) fn decode(text: &str) -> Result<Cow<'_, str>, Undecodable> {
    let seen = Seen::of(text);
    let decoded = if seen.escape {
        let bytes = decode_bytes(text.as_bytes())?;
        Cow::Owned(String::from_utf8(bytes).map_err(|_| Undecodable::Utf8)?)
    } else {
        Cow::Borrowed(text)
    };
    let forbidden = (seen.suspicious || seen.escape) && has_forbidden_character(&decoded);
    if forbidden { Err(Undecodable::Character) } else { Ok(decoded) }
}

/// Decodes a path; unlike in a query, `+` is itself.
pub(crate) fn decode_path(text: &str) -> Result<Cow<'_, str>, Undecodable> {
    if text.contains('+') {
        return decode(&text.replace('+', "%2B")).map(|decoded| Cow::Owned(decoded.into_owned()));
    }
    decode(text)
}

/// Appends a path encoded: as [`encode_into`], and slashes stay.
// SPEC: wire protocol, OSS, signature V4.
pub(crate) fn encode_path_into(out: &mut Vec<u8>, path: &str) {
    for (at, segment) in path.split('/').enumerate() {
        if at > 0 {
            out.push(b'/');
        }
        encode_into(out, segment);
    }
}

/// Whether `text` holds a character that XML 1.0 cannot carry, not even escaped.
// SPEC: security requirements, R3 (NUL) and R11.
pub(crate) fn has_forbidden_character(text: &str) -> bool {
    Seen::of(text).suspicious && text.chars().any(is_forbidden)
}

/// What one look at all bytes tells.
struct Seen {
    /// A `%` or `+`.
    escape: bool,
    /// A control character, or a byte with which U+FFFE and U+FFFF begin.
    suspicious: bool,
}

impl Seen {
    fn of(text: &str) -> Self {
        // Without an early end, so that the compiler looks at many bytes together.
        let (mut escape, mut suspicious) = (0, 0);
        for byte in text.bytes() {
            escape |= u8::from(byte == b'%') | u8::from(byte == b'+');
            suspicious |= u8::from(byte < 0x20) | u8::from(byte == 0xEF);
        }
        Self { escape: escape != 0, suspicious: suspicious != 0 }
    }
}

/// Whether XML 1.0 cannot carry this character.
pub(crate) fn is_forbidden(character: char) -> bool {
    match character {
        '\t' | '\n' | '\r' => false,
        '\u{FFFE}' | '\u{FFFF}' => true,
        other => other < ' ',
    }
}

fn encode(out: &mut Vec<u8>, text: &str, escape: &[u8]) {
    let mut rest = text.as_bytes();
    loop {
        let plain = rest.iter().position(|&byte| !is_unreserved(byte)).unwrap_or(rest.len());
        let (run, tail) = rest.split_at(plain);
        out.extend_from_slice(run);
        let Some((&byte, tail)) = tail.split_first() else { return };
        out.extend_from_slice(escape);
        out.extend([upper_hex(byte >> 4), upper_hex(byte & 0xF)]);
        rest = tail;
    }
}

fn decode_bytes(text: &[u8]) -> Result<Vec<u8>, Undecodable> {
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.iter().copied();
    while let Some(byte) = bytes.next() {
        out.push(match byte {
            b'+' => b' ',
            b'%' => match (bytes.next().and_then(hex_digit), bytes.next().and_then(hex_digit)) {
                (Some(high), Some(low)) => high << 4 | low,
                _ => return Err(Undecodable::Escape),
            },
            other => other,
        });
    }
    Ok(out)
}

fn is_unreserved(byte: u8) -> bool {
    UNRESERVED.get(usize::from(byte)).copied().unwrap_or_default()
}

/// RFC 3986's unreserved characters, by byte.
const UNRESERVED: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0_u8;
    while byte < 0x80 {
        #[expect(clippy::indexing_slicing, reason = "evaluated by the compiler")]
        {
            table[byte as usize] = byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~');
        }
        byte += 1;
    }
    table
};

fn upper_hex(nibble: u8) -> u8 {
    if nibble < 10 { b'0' + nibble } else { b'A' + nibble - 10 }
}

fn hex_digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn refuses_what_cannot_be_read_in_one_way() {
        for (text, why) in [
            ("%", Undecodable::Escape),
            ("a%2", Undecodable::Escape),
            ("%g0", Undecodable::Escape),
            ("%+1", Undecodable::Escape),
            ("%%41", Undecodable::Escape),
            ("%FF", Undecodable::Utf8),
            ("%C3%28", Undecodable::Utf8),
            ("%ED%A0%80", Undecodable::Utf8),
            ("%C0%80", Undecodable::Utf8),
            ("%00", Undecodable::Character),
            ("\0", Undecodable::Character),
            ("a%1Fb", Undecodable::Character),
            ("%EF%BF%BE", Undecodable::Character),
            ("\u{FFFF}", Undecodable::Character),
        ] {
            assert_eq!(decode(text), Err(why), "{text:?}");
        }
    }

    #[test]
    fn reads_what_clients_write() {
        for (text, decoded) in [
            ("", ""),
            ("A+role", "A role"),
            ("A%20role%2B", "A role+"),
            ("a;b", "a;b"),
            ("%e8%BF%90", "运"),
            ("tab%09nl%0Acr%0D", "tab\tnl\ncr\r"),
            ("%EF%BF%BD%EF%BC%81", "\u{FFFD}！"),
            ("~*%2A", "~**"),
        ] {
            assert_eq!(decode(text).as_deref(), Ok(decoded), "{text:?}");
        }
        assert!(matches!(decode("plain"), Ok(Cow::Borrowed("plain"))));
    }

    #[test]
    fn encodes_all_but_unreserved() {
        let mut once = Vec::new();
        encode_into(&mut once, "运 *~+/&=%a-_.Z0");
        assert_eq!(String::from_utf8(once).unwrap(), "%E8%BF%90%20%2A~%2B%2F%26%3D%25a-_.Z0");
    }

    proptest! {
        #[test]
        fn decoding_undoes_encoding(text in "[^\\x00-\\x08\\x0B\\x0C\\x0E-\\x1F\u{FFFE}\u{FFFF}]*") {
            let mut once = Vec::new();
            encode_into(&mut once, &text);
            let once = String::from_utf8(once).unwrap();
            prop_assert_eq!(decode(&once).unwrap(), text.as_str());

            let (mut twice, mut again) = (Vec::new(), Vec::new());
            encode_twice_into(&mut twice, &text);
            encode_into(&mut again, &once);
            prop_assert_eq!(twice, again);
        }

        #[test]
        fn decoding_never_panics(text in ".*") {
            drop(decode(&text));
        }
    }
}
