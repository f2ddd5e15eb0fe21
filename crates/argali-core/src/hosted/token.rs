//! Page tokens: where a page ended, as text that clients hand back unchanged.

use std::fmt::Write;

/// A token for the path of the last row of a page.
pub(super) fn write(path: &[&str]) -> String {
    let mut token = String::new();
    for byte in path.join("\0").bytes() {
        // Writing to a string cannot fail.
        if write!(token, "{byte:02x}").is_err() {
            break;
        }
    }
    token
}

/// The path in a token, or `None` if it is no token.
pub(super) fn read(token: &str) -> Option<Vec<String>> {
    let digits: Vec<u8> = token
        .chars()
        .map(|digit| digit.to_digit(16).and_then(|d| u8::try_from(d).ok()))
        .collect::<Option<_>>()?;
    let (pairs, []) = digits.as_chunks::<2>() else { return None };
    let text = String::from_utf8(pairs.iter().map(|[high, low]| high << 4 | low).collect()).ok()?;
    Some(text.split('\0').map(str::to_owned).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_and_nothing_else() {
        assert_eq!(
            read(&write(&["环境", "", "i-1"])),
            Some(vec!["环境".into(), String::new(), "i-1".into()])
        );
        for bad in ["abc", "zz", "ff", "é0"] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }
}
