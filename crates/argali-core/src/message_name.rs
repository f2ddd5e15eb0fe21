//! Names of queues, topics, subscriptions and regions, parsed once where they come in.

use argali_protocol::{Invalid, Reason};

use crate::text_type::texts;

/// The longest name, in characters. The reference says 120 in one place and 256 in another.
const LONGEST_NAME: usize = 120;
/// The longest region.
const LONGEST_REGION: usize = 32;

texts! {
    /// What a queue is called in its account and region.
    QueueName |text| check(text, "the name of a queue");
    /// What a topic is called in its account and region.
    TopicName |text| check(text, "the name of a topic");
    /// What a subscription is called at its topic.
    SubscriptionName |text| check(text, "the name of a subscription");
    /// Where queues and topics are, such as `cn-hangzhou`.
    Region |text| check_region(text);
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

fn check_region(text: &str) -> Result<(), Invalid> {
    let letters = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if (1..=LONGEST_REGION).contains(&text.len()) && text.bytes().all(letters) {
        return Ok(());
    }
    Err(Invalid::new(Reason::Format, "a region is of small letters, digits and `-`, such as cn-hangzhou"))
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
