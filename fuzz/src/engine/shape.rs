//! What an input looks like, and damage that fits.

use super::{bytes, json};
use crate::dice::Dice;

/// The form of a target's inputs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// A JSON text.
    Json,
    /// Lines, of which the first has a query and the last is a form, such as an HTTP request.
    Request,
    /// Lines of words, such as tokens.
    Words,
}

/// How often damage is done to the bytes alone, whatever they mean.
const BLIND: usize = 4;

/// Texts that mean something to a target.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Words {
    /// Anywhere.
    pub(crate) any: &'static [&'static str],
    /// In the values of some members.
    pub(crate) of_members: &'static [(&'static str, &'static [&'static str])],
}

impl Words {
    /// Words that mean something anywhere.
    pub(crate) const fn anywhere(any: &'static [&'static str]) -> Self {
        Self { any, of_members: &[] }
    }

    /// One that fits into the value of a member, most of the time.
    pub(super) fn pick(self, dice: &mut Dice, member: &str) -> &'static str {
        let fitting = self.of_members.iter().find(|(name, _)| *name == member).map(|(_, words)| *words);
        let words = fitting.filter(|_| !dice.once_in(5)).unwrap_or(self.any);
        dice.pick::<&str>(words)
    }
}

impl Shape {
    /// One of the pool, damaged in one place or a few. The first `whole` of the pool are what nothing was wrong with.
    pub(crate) fn damage(self, dice: &mut Dice, pool: &[Vec<u8>], whole: usize, words: Words) -> Vec<u8> {
        let from = if dice.once_in(2) { &pool[..whole] } else { pool };
        let mut input = dice.pick(from).clone();
        loop {
            if dice.once_in(BLIND) {
                bytes::damage(dice, &mut input, pool, words.any);
            } else {
                match self {
                    Self::Json => match json::damage(dice, &input, pool, words) {
                        Some(damaged) => input = damaged,
                        None => bytes::damage(dice, &mut input, pool, words.any),
                    },
                    Self::Request => request(dice, &mut input, pool, words.any),
                    Self::Words => lines(dice, &mut input, pool, b'\n'),
                }
            }
            if dice.once_in(2) {
                return input;
            }
        }
    }
}

fn request(dice: &mut Dice, input: &mut Vec<u8>, pool: &[Vec<u8>], words: &[&str]) {
    match dice.below(5) {
        0 => lines(dice, input, pool, b'\n'),
        1 => lines(dice, input, pool, b'&'),
        2 | 3 => {
            // A header or a parameter that means something, with a value that it has elsewhere.
            let (name, value) = (in_some_case(dice, words), *dice.pick(words));
            let (separator, between) = if dice.once_in(2) { (b'\n', ": ") } else { (b'&', "=") };
            let mut all = split(input, separator);
            let at = 1 + dice.below(all.len());
            all.insert(at, format!("{name}{between}{value}").into_bytes());
            *input = all.join(&separator);
        }
        _ => escape(dice, input),
    }
}

/// A word as it is, or all in one case.
fn in_some_case(dice: &mut Dice, words: &[&str]) -> String {
    let word = *dice.pick(words);
    match dice.below(4) {
        0 => word.to_uppercase(),
        1 => word.to_lowercase(),
        _ => word.to_owned(),
    }
}

/// Writes a letter as its percent escape, or the other way round.
fn escape(dice: &mut Dice, input: &mut Vec<u8>) {
    if input.is_empty() {
        return;
    }
    let at = dice.below(input.len());
    let escaped = input.get(at..at + 3).and_then(|piece| match piece {
        [b'%', high, low] => hex::decode([*high, *low]).ok(),
        _ => None,
    });
    match escaped {
        Some(byte) => drop(input.splice(at..at + 3, byte)),
        None => {
            let upper = dice.once_in(2);
            let text = if upper { format!("%{:02X}", input[at]) } else { format!("%{:02x}", input[at]) };
            input.splice(at..=at, text.bytes());
        }
    }
}

/// Moves, repeats, leaves out or exchanges what stands between separators.
fn lines(dice: &mut Dice, input: &mut Vec<u8>, pool: &[Vec<u8>], separator: u8) {
    let mut all = split(input, separator);
    let (a, b) = (dice.below(all.len()), dice.below(all.len()));
    match dice.below(5) {
        0 => all.swap(a, b),
        1 => all.insert(b, all[a].clone()),
        2 if all.len() > 1 => drop(all.remove(a)),
        3 => all[a].make_ascii_uppercase(),
        _ => {
            let other = split(dice.pick::<Vec<u8>>(pool), separator);
            all[a].clone_from(dice.pick(&other));
        }
    }
    *input = all.join(&separator);
}

fn split(input: &[u8], separator: u8) -> Vec<Vec<u8>> {
    input.split(|byte| *byte == separator).map(<[u8]>::to_vec).collect()
}
