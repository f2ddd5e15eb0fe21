//! Damage to bytes, whatever they mean.

use crate::dice::Dice;

/// Bytes that parsers treat in a way of their own.
const SPECIAL: &[u8] = b"\0\t\r\n \"%&'()*+,-./0:;<=>?@AZ[\\]_az{|}~\x7f\x80\xc0\xc3\xe9\xed\xef\xf4\xff";

/// Texts that are longer than a byte and still special.
const CHARACTERS: &[&str] = &[
    "é",
    "部",
    "\u{1F600}",
    "\u{FEFF}",
    "\u{0}",
    "\u{85}",
    "\u{2028}",
    "\u{FFFF}",
    "İ",
    "ß",
    "%00",
    "%C3",
    "%ff",
];

/// Numbers at which something turns over.
const NUMBERS: &[&str] = &[
    "0",
    "-1",
    "1",
    "127",
    "128",
    "255",
    "256",
    "65536",
    "2147483648",
    "4294967296",
    "9223372036854775808",
    "1e999",
    "0.5",
];

/// How long an inserted run may be.
const LONGEST_RUN: usize = 64;

/// Damages an input in one place.
pub(super) fn damage(dice: &mut Dice, input: &mut Vec<u8>, pool: &[Vec<u8>], words: &[&str]) {
    let at = dice.below(input.len() + 1);
    match dice.below(12) {
        0 if !input.is_empty() => {
            let at = dice.below(input.len());
            input[at] ^= 1 << dice.below(8);
        }
        1 if !input.is_empty() => {
            let at = dice.below(input.len());
            input[at] = if dice.once_in(3) { dice.byte() } else { *dice.pick(SPECIAL) };
        }
        2 => insert(input, at, &[*dice.pick(SPECIAL)]),
        3 => insert(input, at, dice.pick(CHARACTERS).as_bytes()),
        4 => insert(input, at, dice.pick(NUMBERS).as_bytes()),
        5 | 6 if !words.is_empty() => insert(input, at, dice.pick(words).as_bytes()),
        7 => {
            let (start, end) = dice.stretch(input.len(), LONGEST_RUN);
            input.drain(start..end);
        }
        8 => {
            let (start, end) = dice.stretch(input.len(), LONGEST_RUN);
            let piece = input[start..end].to_vec();
            insert(input, at, &piece);
        }
        9 => {
            // The same again and again finds what grows faster than its input.
            let (start, end) = dice.stretch(input.len(), 8);
            let piece = input[start..end].repeat(1 << dice.below(10));
            insert(input, at, &piece);
        }
        10 => {
            let other = dice.pick(pool);
            let (start, end) = dice.stretch(other.len(), 4 * LONGEST_RUN);
            let piece = other[start..end].to_vec();
            insert(input, at, &piece);
        }
        _ => {
            // One input's beginning, and another's end.
            let other = dice.pick(pool);
            let from = dice.below(other.len() + 1);
            input.truncate(at);
            input.extend_from_slice(&other[from..]);
        }
    }
}

/// The same on characters, so that what comes of it is text.
pub(super) fn damage_text(dice: &mut Dice, text: &str, words: &[&str]) -> String {
    let mut bytes = text.as_bytes().to_vec();
    damage(dice, &mut bytes, &[text.as_bytes().to_vec()], words);
    String::from_utf8_lossy(&bytes).into_owned()
}

fn insert(input: &mut Vec<u8>, at: usize, piece: &[u8]) {
    input.splice(at..at, piece.iter().copied());
}
