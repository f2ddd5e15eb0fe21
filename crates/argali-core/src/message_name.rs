//! Names of queues, topics, subscriptions and regions, parsed once where they come in.

use std::fmt;
use std::str::FromStr;

use argali_protocol::{Invalid, Reason};
use minicbor::{Decode, Encode};

/// The longest name, in characters. The reference says 120 in one place and 256 in another.
const LONGEST_NAME: usize = 120;
/// The longest region.
const LONGEST_REGION: usize = 32;

/// Declares kinds of names that have the same form.
macro_rules! names {
    ($($(#[$doc:meta])* $name:ident, $what:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
        #[cbor(transparent)]
        pub struct $name(#[n(0)] String);

        impl $name {
            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = Invalid;

            fn from_str(text: &str) -> Result<Self, Invalid> {
                check(text, concat!("the name of a ", $what))?;
                Ok(Self(text.to_owned()))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )*};
}

names! {
    /// What a queue is called in its account and region.
    QueueName, "queue";
    /// What a topic is called in its account and region.
    TopicName, "topic";
    /// What a subscription is called at its topic.
    SubscriptionName, "subscription";
}

fn check(text: &str, what: &str) -> Result<(), Invalid> {
    if !(1..=LONGEST_NAME).contains(&text.chars().count()) {
        return Err(Invalid::new(Reason::Length, format!("{what} has 1 to {LONGEST_NAME} characters")));
    }
    let fits = text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    if !fits || text.starts_with('-') {
        let message = format!("{what} is of letters, digits and `-`, and begins with a letter or digit");
        return Err(Invalid::new(Reason::InvalidChars, message));
    }
    Ok(())
}

/// Where queues and topics are, such as `cn-hangzhou`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
#[cbor(transparent)]
pub struct Region(#[n(0)] String);

impl Region {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Region {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let letters = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if (1..=LONGEST_REGION).contains(&text.len()) && text.bytes().all(letters) {
            return Ok(Self(text.to_owned()));
        }
        let message = "a region is of small letters, digits and `-`, such as cn-hangzhou";
        Err(Invalid::new(Reason::Format, message))
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_of_letters_digits_and_hyphens() {
        for name in ["a", "0", "a-b", "Orders-2026", &"x".repeat(120)] {
            assert!(name.parse::<QueueName>().is_ok(), "{name}");
        }
        for name in ["", "-a", "a_b", "a.b", "a/b", "a b", "队列", "a\0", &"x".repeat(121)] {
            assert!(name.parse::<TopicName>().is_err(), "{name}");
        }
        for region in ["cn-hangzhou", "x"] {
            assert!(region.parse::<Region>().is_ok(), "{region}");
        }
        for region in ["", "CN", "a:b", "*", &"x".repeat(33)] {
            assert!(region.parse::<Region>().is_err(), "{region}");
        }
    }
}
