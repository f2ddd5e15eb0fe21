//! A line of the trail: a number, the hash of the line before, and a record.
//!
//! ```text
//! {"n":41,"prev":"<64 hexadecimal digits>","event":{…}}
//! ```

use std::io::Write;

use sha2::{Digest, Sha256};

/// SHA-256 of a line without its line feed.
pub(super) type Hash = [u8; 32];

const BEFORE_NUMBER: &[u8] = b"{\"n\":";
const BEFORE_HASH: &[u8] = b",\"prev\":\"";
const BEFORE_EVENT: &[u8] = b"\",\"event\":";
const AFTER_EVENT: &[u8] = b"}";

/// What joins two lines: the number of the one that follows, and the hash of the one before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Seam {
    pub(super) number: u64,
    pub(super) hash: Hash,
}

/// A line as it is read back.
#[derive(Debug)]
pub(super) struct Line<'a> {
    /// What joins it to the line before.
    pub(super) seam: Seam,
    /// The record, as JSON.
    pub(super) event: &'a [u8],
}

impl Seam {
    /// Appends the line that follows here, with its line feed.
    pub(super) fn write(&mut self, out: &mut Vec<u8>, event: &[u8]) {
        let start = out.len();
        out.extend_from_slice(BEFORE_NUMBER);
        // A vector takes any bytes.
        write!(out, "{}", self.number).unwrap_or_default();
        out.extend_from_slice(BEFORE_HASH);
        out.extend(self.hash.into_iter().flat_map(|byte| [byte >> 4, byte & 0xf].map(hex_digit)));
        out.extend_from_slice(BEFORE_EVENT);
        out.extend_from_slice(event);
        out.extend_from_slice(AFTER_EVENT);
        *self = self.after(out.get(start..).unwrap_or_default());
        out.push(b'\n');
    }

    /// What joins `line`, which follows here, to the one after it.
    pub(super) fn after(&self, line: &[u8]) -> Self {
        Self { number: self.number.saturating_add(1), hash: hash(line) }
    }
}

/// Reads a line, given without its line feed. Nothing if it is not written exactly as [`Seam::write`] writes.
pub(super) fn read(line: &[u8]) -> Option<Line<'_>> {
    let rest = line.strip_prefix(BEFORE_NUMBER)?;
    let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (digits, rest) = rest.split_at_checked(digits)?;
    let number: u64 = std::str::from_utf8(digits).ok()?.parse().ok()?;
    let canonical = number == 0 || digits.first() != Some(&b'0');
    let (hash, rest) = rest.strip_prefix(BEFORE_HASH)?.split_first_chunk::<64>()?;
    let event = rest.strip_prefix(BEFORE_EVENT)?.strip_suffix(AFTER_EVENT)?;
    let seam = Seam { number, hash: parse_hash(hash)? };
    (canonical && (number > 0 || digits == b"0")).then_some(Line { seam, event })
}

/// The hash of a line without its line feed.
pub(super) fn hash(line: &[u8]) -> Hash {
    Sha256::digest(line).into()
}

/// A hash as 64 hexadecimal digits.
pub(super) fn hash_text(hash: &Hash) -> String {
    hash.iter().flat_map(|byte| [byte >> 4, byte & 0xf]).map(|digit| char::from(hex_digit(digit))).collect()
}

/// The hash that 64 hexadecimal digits in lower case stand for.
pub(super) fn parse_hash(digits: &[u8; 64]) -> Option<Hash> {
    let mut hash = [0; 32];
    for (byte, pair) in hash.iter_mut().zip(digits.chunks_exact(2)) {
        for digit in pair {
            let value = match digit {
                b'0'..=b'9' => digit - b'0',
                b'a'..=b'f' => digit - b'a' + 10,
                _ => return None,
            };
            *byte = *byte << 4 | value;
        }
    }
    Some(hash)
}

fn hex_digit(value: u8) -> u8 {
    if value < 10 { b'0' + value } else { b'a' + value - 10 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_read_as_they_are_written_and_in_no_other_form() {
        let mut seam = Seam { number: 9, hash: [0xa5; 32] };
        let before = seam;
        let mut text = Vec::new();
        seam.write(&mut text, b"{\"a\":1}");
        let line = text.strip_suffix(b"\n").unwrap();
        let read_back = read(line).unwrap();
        assert_eq!((read_back.seam, read_back.event), (before, &b"{\"a\":1}"[..]));
        assert_eq!(seam, Seam { number: 10, hash: hash(line) });
        assert_eq!(parse_hash(hash_text(&before.hash).as_bytes().try_into().unwrap()), Some(before.hash));
        let text = String::from_utf8(line.to_vec()).unwrap();
        for (part, other) in
            [("9", "09"), ("a5", "A5"), ("{\"n\"", " {\"n\""), ("prev", "Prev"), ("a5a5", "a5")]
        {
            assert!(read(text.replacen(part, other, 1).as_bytes()).is_none(), "{other}");
        }
        assert!(read(b"{\"n\":,\"prev\":\"").is_none());
    }
}
