//! Damage to JSON that leaves it JSON, mostly: members that occur twice, values in places of others.

use serde_json::Value;

use super::bytes;
use super::shape::Words;
use crate::dice::Dice;

/// A value as it is written, members in order and as often as they occur.
#[derive(Clone, Debug)]
enum Tree {
    Text(String),
    /// A number, boolean or null.
    Other(String),
    List(Vec<Tree>),
    Object(Vec<(String, Tree)>),
}

/// Things that stand in for a text.
const OTHERS: &[&str] = &["null", "true", "false", "0", "1", "-1", "1e400", "18446744073709551616"];

/// How often a member or element is repeated.
const MANY: usize = 40;

/// Damages a JSON text; none if it is none.
pub(super) fn damage(dice: &mut Dice, input: &[u8], pool: &[Vec<u8>], words: Words) -> Option<Vec<u8>> {
    let mut tree = Tree::read(input)?;
    for _ in 0..=dice.below(2) {
        let other = Tree::read(dice.pick::<Vec<u8>>(pool)).unwrap_or_else(|| Tree::List(Vec::new()));
        let graft = other.part(dice.below(other.count())).clone();
        let at = dice.below(tree.count());
        let (part, member) = tree.part_mut(at, "");
        part.damage(dice, graft, &member, words);
    }
    let mut text = String::new();
    tree.write(&mut text);
    Some(text.into_bytes())
}

impl Tree {
    fn read(input: &[u8]) -> Option<Self> {
        serde_json::from_slice::<Value>(input).ok().map(Self::from)
    }

    /// How many values there are, this one and all in it.
    fn count(&self) -> usize {
        match self {
            Self::Text(_) | Self::Other(_) => 1,
            Self::List(list) => 1 + list.iter().map(Self::count).sum::<usize>(),
            Self::Object(members) => 1 + members.iter().map(|(_, value)| value.count()).sum::<usize>(),
        }
    }

    /// The value with a number, counted from the outermost.
    fn part(&self, number: usize) -> &Self {
        let children: Vec<&Self> = match self {
            Self::List(list) => list.iter().collect(),
            Self::Object(members) => members.iter().map(|(_, value)| value).collect(),
            _ => Vec::new(),
        };
        let mut left = number;
        for child in children {
            let count = child.count();
            match left {
                0 => return self,
                left if left <= count => return child.part(left - 1),
                _ => left -= count,
            }
        }
        self
    }

    /// The same to be changed, with the name of the member that it is the value of, or in the value of.
    fn part_mut(&mut self, number: usize, member: &str) -> (&mut Self, String) {
        if number == 0 || matches!(self, Self::Text(_) | Self::Other(_)) {
            return (self, member.to_owned());
        }
        let children: Vec<(String, &mut Self)> = match self {
            Self::List(list) => list.iter_mut().map(|value| (member.to_owned(), value)).collect(),
            Self::Object(members) => members.iter_mut().map(|(name, value)| (name.clone(), value)).collect(),
            Self::Text(_) | Self::Other(_) => Vec::new(),
        };
        let mut left = number;
        for (member, child) in children {
            let count = child.count();
            if left <= count {
                return child.part_mut(left - 1, &member);
            }
            left -= count;
        }
        unreachable!("numbers are below the count")
    }

    fn damage(&mut self, dice: &mut Dice, graft: Self, member: &str, words: Words) {
        let whole = std::mem::replace(self, Self::List(Vec::new()));
        *self = match (whole, dice.below(10)) {
            (_, 0) => graft,
            (_, 1) => Self::Text(words.pick(dice, member).to_owned()),
            (_, 2) => Self::Other((*dice.pick(OTHERS)).to_owned()),
            (whole, 3) => Self::List(vec![whole]),
            (whole, 4) => Self::List(vec![whole, graft]),
            (Self::Text(text), _) => Self::Text(damaged(dice, &text, member, words)),
            (Self::List(mut list), kind) => {
                let at = dice.below(list.len() + 1);
                match kind {
                    5 => list.insert(at, graft),
                    6 => list.extend(std::iter::repeat_n(graft, dice.below(MANY))),
                    7 if at < list.len() => drop(list.remove(at)),
                    _ if at < list.len() => list.insert(at, list[at].clone()),
                    _ => list.clear(),
                }
                Self::List(list)
            }
            (Self::Object(mut members), kind) => {
                let at = dice.below(members.len() + 1);
                match kind {
                    5 => members.insert(at, (words.pick(dice, "").to_owned(), graft)),
                    6 if at < members.len() => drop(members.remove(at)),
                    7 if at < members.len() => members.push(members[at].clone()),
                    8 if at < members.len() => members[at].0 = words.pick(dice, "").to_owned(),
                    _ if at < members.len() => {
                        members[at].0 = damaged(dice, &members[at].0.clone(), "", words)
                    }
                    _ => members.reverse(),
                }
                Self::Object(members)
            }
            (other, _) => Self::Object(vec![(words.pick(dice, "").to_owned(), other)]),
        };
    }

    fn write(&self, out: &mut String) {
        let quoted = |text: &str| Value::from(text).to_string();
        match self {
            Self::Text(text) => out.push_str(&quoted(text)),
            Self::Other(text) => out.push_str(text),
            Self::List(list) => {
                out.push('[');
                for (at, value) in list.iter().enumerate() {
                    out.push_str(if at > 0 { "," } else { "" });
                    value.write(out);
                }
                out.push(']');
            }
            Self::Object(members) => {
                out.push('{');
                for (at, (name, value)) in members.iter().enumerate() {
                    out.push_str(if at > 0 { "," } else { "" });
                    out.push_str(&quoted(name));
                    out.push(':');
                    value.write(out);
                }
                out.push('}');
            }
        }
    }
}

fn damaged(dice: &mut Dice, text: &str, member: &str, words: Words) -> String {
    match dice.below(6) {
        0 => text.to_uppercase(),
        1 => words.pick(dice, member).to_owned(),
        2 => wild(dice, text),
        3 => {
            let word = words.pick(dice, member);
            wild(dice, word)
        }
        _ => bytes::damage_text(dice, text, words.any),
    }
}

/// Some stretches replaced by wildcards, of which a pattern for the text has to do with.
fn wild(dice: &mut Dice, text: &str) -> String {
    let mut letters: Vec<char> = text.chars().collect();
    for _ in 0..=dice.below(3) {
        let single = dice.once_in(2);
        let (start, end) = dice.stretch(letters.len(), if single { 1 } else { 12 });
        letters.splice(start..end, [if single { '?' } else { '*' }]);
    }
    letters.into_iter().collect()
}

impl From<Value> for Tree {
    fn from(value: Value) -> Self {
        match value {
            Value::String(text) => Self::Text(text),
            Value::Array(list) => Self::List(list.into_iter().map(Self::from).collect()),
            Value::Object(members) => {
                Self::Object(members.into_iter().map(|(name, value)| (name, value.into())).collect())
            }
            other => Self::Other(other.to_string()),
        }
    }
}
