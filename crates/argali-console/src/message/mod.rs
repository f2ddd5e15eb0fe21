//! What the server says, in Chinese.
//!
//! Operations answer in English, as their callers' programs expect. A sentence of theirs is its own name: it is looked
//! up as a whole, its values are taken out, and they are set into the same sentence in Chinese. So identifiers, codes
//! and actions stay as they are. A test reads what the server can say from its source and fails where that is missing
//! here.
// SPEC: console, languages: labels, validation and explanations are complete in both.

/// Declares sentences in English and in Chinese. `{0}` stands for a value that stays as it is, `{0~}` for words that
/// are sentences of their own.
macro_rules! messages {
    ($($english:literal => $chinese:literal;)*) => {
        pub(super) const ALL: &[(&str, &str)] = &[$(($english, $chinese)),*];
    };
}

mod data;
mod identity;
mod own;
mod policy;
mod service;
#[cfg(test)]
mod tests;
mod wire;
mod word;

use std::sync::LazyLock;

/// How many sentences may lie within each other.
const DEEPEST: usize = 4;

/// A sentence: its fixed words, with a place after each but the last.
struct Sentence {
    words: Vec<&'static str>,
    places: Vec<Place>,
    chinese: &'static str,
}

/// Where a value stands in a sentence.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Place {
    number: usize,
    /// Whether what stands there is said in Chinese, too.
    is_words: bool,
}

/// All sentences, those with the most fixed words first: what says more is meant.
static SENTENCES: LazyLock<Vec<Sentence>> = LazyLock::new(|| {
    let lists = [wire::ALL, identity::ALL, own::ALL, data::ALL, service::ALL, policy::ALL, word::ALL];
    let mut sentences: Vec<_> =
        lists.into_iter().flatten().map(|(english, chinese)| Sentence::new(english, chinese)).collect();
    sentences.sort_by_key(|sentence| std::cmp::Reverse(sentence.weight()));
    sentences
});

/// What the server says, in Chinese, if it is one of its sentences.
pub(crate) fn in_chinese(message: &str) -> Option<String> {
    said(message, DEEPEST)
}

fn said(message: &str, depth: usize) -> Option<String> {
    let depth = depth.checked_sub(1)?;
    SENTENCES.iter().find_map(|sentence| sentence.fill(&sentence.values(message)?, depth)).or_else(|| {
        // Within another a sentence ends without its full stop.
        let sentence = (!message.ends_with('.')).then(|| format!("{message}."))?;
        let filled = |known: &Sentence| known.fill(&known.values(&sentence)?, depth);
        SENTENCES.iter().find_map(filled).map(|said| said.trim_end_matches('。').to_owned())
    })
}

impl Sentence {
    fn new(english: &'static str, chinese: &'static str) -> Self {
        let (mut words, mut places) = (Vec::new(), Vec::new());
        for piece in pieces(english) {
            match piece {
                Piece::Words(text) => words.push(text),
                Piece::Value(place) => places.push(place),
            }
        }
        Self { words, places, chinese }
    }

    /// How many fixed characters it has.
    fn weight(&self) -> usize {
        self.words.iter().map(|words| words.len()).sum()
    }

    /// The values that a message of this form has, in the order of their places.
    fn values<'m>(&self, message: &'m str) -> Option<Vec<&'m str>> {
        let (first, others) = self.words.split_first()?;
        let mut rest = message.strip_prefix(first)?;
        let Some((last, between)) = others.split_last() else { return rest.is_empty().then(Vec::new) };
        let mut values = Vec::new();
        for words in between {
            let (value, after) = rest.split_once(words)?;
            values.push(value);
            rest = after;
        }
        values.push(rest.strip_suffix(last)?);
        let quoted = self
            .words
            .windows(2)
            .map(|pair| matches!(pair, [before, after] if before.ends_with('`') && after.starts_with('`')));
        // What is quoted is one name: with a second quote in it, this is another sentence.
        let is_one = quoted.zip(&values).all(|(is_quoted, value)| !is_quoted || !value.contains('`'));
        is_one.then_some(values)
    }

    /// The sentence in Chinese with these values; nothing where a value is no words that are known.
    fn fill(&self, values: &[&str], depth: usize) -> Option<String> {
        let mut whole = String::new();
        for piece in pieces(self.chinese) {
            match piece {
                Piece::Words(words) => whole.push_str(words),
                Piece::Value(place) => {
                    let at = self.places.iter().position(|known| known.number == place.number)?;
                    let value = values.get(at)?;
                    if place.is_words { whole.push_str(&said(value, depth)?) } else { whole.push_str(value) }
                }
            }
        }
        Some(whole)
    }
}

/// A part of a sentence.
enum Piece {
    Words(&'static str),
    Value(Place),
}

/// Words and places in turn: words come first and last, if need be empty.
fn pieces(text: &'static str) -> impl Iterator<Item = Piece> {
    let mut pieces = Vec::new();
    let (mut words, mut from) = (text, 0);
    while let Some(at) = words.get(from..).and_then(|rest| rest.find('{')).map(|at| at + from) {
        let (before, after) = (words.get(..at).unwrap_or_default(), words.get(at + 1..).unwrap_or_default());
        let place = after.split_once('}').and_then(|(place, rest)| Some((Place::named(place)?, rest)));
        match place {
            Some((place, rest)) => {
                pieces.extend([Piece::Words(before), Piece::Value(place)]);
                (words, from) = (rest, 0);
            }
            // A brace of JSON, as it is.
            None => from = at + 1,
        }
    }
    pieces.push(Piece::Words(words));
    pieces.into_iter()
}

impl Place {
    fn named(name: &str) -> Option<Self> {
        let number = name.strip_suffix('~');
        Some(Self { number: number.unwrap_or(name).parse().ok()?, is_words: number.is_some() })
    }
}
