//! Dates as HTTP has them: `Thu, 02 Jan 2025 03:04:05 GMT`.

use jiff::fmt::rfc2822;

/// Unix seconds as HTTP writes them. Instants outside the calendar are written as its start.
#[must_use]
pub fn http_date(unix_s: i64) -> String {
    let instant = jiff::Timestamp::from_second(unix_s).unwrap_or_default();
    instant.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

/// The Unix seconds of a date that HTTP has written; nothing if it is none.
#[must_use]
pub fn parse_http_date(text: &str) -> Option<i64> {
    rfc2822::parse(text).ok().map(|zoned| zoned.timestamp().as_second())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_as_they_are_written() {
        assert_eq!(http_date(1_735_787_045), "Thu, 02 Jan 2025 03:04:05 GMT");
        for unix_s in [0, 1_735_787_045, 4_102_444_799] {
            assert_eq!(parse_http_date(&http_date(unix_s)), Some(unix_s));
        }
        for text in ["", "yesterday", "2025-01-02T03:04:05Z", "Thu, 32 Jan 2025 03:04:05 GMT"] {
            assert_eq!(parse_http_date(text), None, "{text}");
        }
    }
}
