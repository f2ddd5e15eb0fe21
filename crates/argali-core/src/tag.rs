//! What tags may be: the rule that every service has in common, and how services differ.
//!
//! Services say it in their own words and with their own codes; what is judged is here. Object storage takes any words: its
//! tags are no names of the platform's, so that it has the lengths in common and no more (`services/oss/scope.rs`).
// SPEC: limits, names, tag key and value; tags and resource groups.

use std::collections::BTreeSet;

/// How many tags one thing has at most, and one call names.
pub const MOST_TAGS: usize = 20;
/// How many characters a key has at most; it has one at least.
pub const LONGEST_KEY: usize = 128;
/// How many characters a value has at most where it is no longer than a key.
pub const SHORT_VALUE: usize = 128;
/// The same of roles and policies, and in object storage.
pub const LONG_VALUE: usize = 256;
/// What keys do not begin with, in whatever case.
const RESERVED: [&str; 2] = ["aliyun", "acs:"];
/// What neither keys nor values hold, in whatever case.
const ADDRESSES: [&str; 2] = ["http://", "https://"];

/// What values may be; keys are the same everywhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Values {
    /// Of roles and policies: the RAM API has the longer ones, and reserves nothing.
    Long,
    /// Of resources of declared services: ECS reserves words for keys alone.
    Short,
    /// Of users and resource groups: the IMS and Resource Management APIs reserve the words for values, too.
    ShortUnreserved,
}

/// What is wrong with a key or a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// It has too many characters, or is a key without any.
    Length,
    /// It begins with this, which is reserved.
    Reserved(&'static str),
    /// It holds the beginning of an address.
    Address,
    /// It is a key that stands before.
    Twice,
}

/// Which half of a tag it is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Half {
    /// What it is called.
    Key,
    /// What it says.
    Value,
}

impl Values {
    /// What is wrong with a value by itself, if anything is.
    pub fn flaw_of_value(self, value: &str) -> Option<Flaw> {
        let most = if self == Self::Long { LONG_VALUE } else { SHORT_VALUE };
        let reserved = || if self == Self::ShortUnreserved { reserved(value) } else { None };
        length(value, 0, most).or_else(reserved).or_else(|| address(value))
    }

    /// The first thing that is wrong with the tags of one thing: which tag, and which half of it. How many there are is
    /// another matter.
    pub fn flaw<'t>(self, tags: impl IntoIterator<Item = (&'t str, &'t str)>) -> Option<(usize, Half, Flaw)> {
        let mut seen = BTreeSet::new();
        tags.into_iter().enumerate().find_map(|(at, (key, value))| {
            let is_new = seen.insert(key);
            let of_key = flaw_of_key(key).map(|flaw| (at, Half::Key, flaw));
            let of_value = || self.flaw_of_value(value).map(|flaw| (at, Half::Value, flaw));
            of_key.or_else(of_value).or((!is_new).then_some((at, Half::Key, Flaw::Twice)))
        })
    }
}

/// What is wrong with a key by itself, if anything is.
pub fn flaw_of_key(key: &str) -> Option<Flaw> {
    length(key, 1, LONGEST_KEY).or_else(|| reserved(key)).or_else(|| address(key))
}

fn length(text: &str, least: usize, most: usize) -> Option<Flaw> {
    (!(least..=most).contains(&text.chars().count())).then_some(Flaw::Length)
}

fn reserved(text: &str) -> Option<Flaw> {
    let folded = text.to_lowercase();
    RESERVED.into_iter().find(|word| folded.starts_with(word)).map(Flaw::Reserved)
}

fn address(text: &str) -> Option<Flaw> {
    let folded = text.to_lowercase();
    ADDRESSES.iter().any(|part| folded.contains(part)).then_some(Flaw::Address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_the_same_everywhere() {
        for (key, flaw) in [
            ("", Flaw::Length),
            (&"k".repeat(129), Flaw::Length),
            ("AliYun-team", Flaw::Reserved("aliyun")),
            ("acs:", Flaw::Reserved("acs:")),
            ("see http://x", Flaw::Address),
            ("HTTPS://x", Flaw::Address),
        ] {
            assert_eq!(flaw_of_key(key), Some(flaw), "{key}");
        }
        for key in ["team", "my-aliyun", "acs", "http:/", &"部".repeat(128)] {
            assert_eq!(flaw_of_key(key), None, "{key}");
        }
    }

    #[test]
    fn values_differ_by_what_they_are_of() {
        use Values::{Long, Short, ShortUnreserved};
        for (value, long, short, unreserved) in [
            ("", None, None, None),
            ("acs:x", None, None, Some(Flaw::Reserved("acs:"))),
            (&"v".repeat(128), None, None, None),
            (&"v".repeat(129), None, Some(Flaw::Length), Some(Flaw::Length)),
            (&"v".repeat(257), Some(Flaw::Length), Some(Flaw::Length), Some(Flaw::Length)),
            ("at Http://x", Some(Flaw::Address), Some(Flaw::Address), Some(Flaw::Address)),
        ] {
            let found = [Long, Short, ShortUnreserved].map(|values| values.flaw_of_value(value));
            assert_eq!(found, [long, short, unreserved], "{value}");
        }
    }

    #[test]
    fn the_first_flaw_of_several_tags_is_found() {
        let flaw = |tags: &[(&'static str, &'static str)]| Values::Short.flaw(tags.iter().copied());
        assert_eq!(flaw(&[("a", ""), ("A", ""), ("b", "")]), None, "keys differ by case");
        assert_eq!(flaw(&[("a", "1"), ("b", ""), ("a", "2")]), Some((2, Half::Key, Flaw::Twice)));
        assert_eq!(flaw(&[("a", "https://"), ("aliyun", "")]), Some((0, Half::Value, Flaw::Address)));
        assert_eq!(
            flaw(&[("a", ""), ("aliyun", "https://")]),
            Some((1, Half::Key, Flaw::Reserved("aliyun")))
        );
    }
}
