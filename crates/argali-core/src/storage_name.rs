//! Names of buckets and objects, parsed once where they come in.

use argali_protocol::{Invalid, Reason};

use crate::text_type::texts;

/// The longest name of an object, in bytes.
// SPEC: limits, names: OSS object key.
const LONGEST_KEY: usize = 1_023;

texts! {
    /// What a bucket is called: unique among all accounts, and good as part of a host.
    // SPEC: limits, names: OSS bucket name.
    BucketName |text| check_bucket(text);
    /// What an object is called in its bucket. It is never the name of a file.
    // SPEC: security, requests, R12; limits, names: OSS object key.
    ObjectKey |text| check_key(text);
}

fn check_bucket(text: &str) -> Result<(), Invalid> {
    let alphanumeric = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    if !(3..=63).contains(&text.len()) {
        return Err(Invalid::new(Reason::Length, "a bucket's name has 3 to 63 characters"));
    }
    let fits = text.chars().all(|c| alphanumeric(c) || c == '-')
        && text.starts_with(alphanumeric)
        && text.ends_with(alphanumeric);
    if fits {
        return Ok(());
    }
    let message =
        "a bucket's name is of small letters, digits and `-`, and begins and ends with a letter or digit";
    Err(Invalid::new(Reason::InvalidChars, message))
}

fn check_key(text: &str) -> Result<(), Invalid> {
    if text.is_empty() || text.len() > LONGEST_KEY {
        return Err(Invalid::new(Reason::Length, "an object's name has 1 to 1023 bytes"));
    }
    let invalid = |message| Err(Invalid::new(Reason::InvalidChars, message));
    if text.starts_with(['/', '\\']) {
        return invalid("an object's name does not begin with `/` or `\\`");
    }
    let controls =
        |c: char| (c < ' ' && !matches!(c, '\t' | '\n' | '\r')) || matches!(c, '\u{FFFE}' | '\u{FFFF}');
    if text.chars().any(controls) {
        return invalid("an object's name has no control characters");
    }
    if text.split('/').any(|segment| matches!(segment, "." | "..")) {
        return invalid("no part of an object's name is `.` or `..`");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_buckets_are_good_as_parts_of_hosts() {
        for name in ["abc", "a-b", "0123", "company-a-logs", &"x".repeat(63)] {
            assert!(name.parse::<BucketName>().is_ok(), "{name}");
        }
        for name in ["", "ab", "Abc", "a_b", "-abc", "abc-", "a.b", "a/b", "运维运维", &"x".repeat(64)] {
            assert!(name.parse::<BucketName>().is_err(), "{name}");
        }
    }

    #[test]
    fn names_of_objects_lead_nowhere_else() {
        for key in [
            "a",
            "dir/",
            "a//b",
            "...",
            "a/...",
            "运维 1.txt",
            "a\\b",
            "%2e%2e/x",
            "tab\there",
            &"k".repeat(1_023),
        ] {
            assert!(key.parse::<ObjectKey>().is_ok(), "{key}");
        }
        for key in [
            "",
            "/a",
            "\\a",
            "..",
            ".",
            "a/..",
            "../a",
            "a/./b",
            "a\0b",
            "a\u{1}",
            "\u{FFFF}",
            &"k".repeat(1_024),
        ] {
            assert!(key.parse::<ObjectKey>().is_err(), "{key:?}");
        }
    }
}
