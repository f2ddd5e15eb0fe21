//! Timestamps of signed calls: UTC, to the second, `2025-01-02T03:04:05Z`.

use jiff::Timestamp;

/// The call's timestamp is not written as `yyyy-MM-ddTHH:mm:ssZ`, or names no real instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("timestamp is not of the form `yyyy-MM-ddTHH:mm:ssZ`")]
pub struct BadTimestamp;

impl BadTimestamp {
    /// The error code on the wire.
    pub fn code(self) -> &'static str {
        "InvalidTimeStamp.Format"
    }

    /// The HTTP status that goes with [`Self::code`].
    pub fn http_status(self) -> u16 {
        400
    }

    /// What the caller reads, with what to do next.
    pub fn message(self) -> &'static str {
        "Specified time stamp or date value is not well formatted. \
         Write it in UTC as yyyy-MM-ddTHH:mm:ssZ, for example 2025-01-02T03:04:05Z."
    }
}

/// Reads a timestamp into Unix seconds; a fraction of a second is accepted and dropped.
// SPEC: wire protocol, common parameters of V1: some clients send fractional seconds.
pub(crate) fn parse(text: &str) -> Result<i64, BadTimestamp> {
    if !has_the_form(text.as_bytes()) {
        return Err(BadTimestamp);
    }
    let instant: Timestamp = text.parse().map_err(|_| BadTimestamp)?;
    Ok(instant.as_millisecond().div_euclid(1000))
}

/// Writes Unix seconds as a timestamp. Instants outside the calendar (years −9999 to 9999) are moved to its end.
pub(crate) fn write(unix_s: i64) -> String {
    let end = if unix_s < 0 { Timestamp::MIN } else { Timestamp::MAX };
    let instant = Timestamp::from_second(unix_s).unwrap_or(end);
    instant.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// Whether every byte is what the form wants in its place. The parser behind would also take offsets, lower-case
/// letters, blanks for `T` and leap seconds.
fn has_the_form(text: &[u8]) -> bool {
    const FORM: &[u8] = b"0000-00-00T00:00:00";
    let Some((whole, rest)) = text.split_at_checked(FORM.len()) else { return false };
    let fits = |(&form, byte): (&u8, &u8)| if form == b'0' { byte.is_ascii_digit() } else { form == *byte };
    let fraction_fits =
        |digits: &[u8]| matches!(digits.len(), 1..=9) && digits.iter().all(u8::is_ascii_digit);
    FORM.iter().zip(whole).all(fits)
        && !whole.ends_with(b"60")
        && match rest {
            b"Z" => true,
            [b'.', digits @ .., b'Z'] => fraction_fits(digits),
            _ => false,
        }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_other_forms() {
        for text in [
            "",
            "Z",
            "2025-01-02",
            "2025-01-02T03:04:05",
            "2025-01-02T03:04:05z",
            "2025-01-02t03:04:05Z",
            "2025-01-02 03:04:05Z",
            "2025-01-02T03:04:05+00:00",
            "2025-01-02T03:04:05.Z",
            "2025-01-02T03:04:05.1234567890Z",
            "2025-01-02T03:04:60Z",
            "2025-01-02T03:60:05Z",
            "2025-01-02T24:04:05Z",
            "2025-13-02T03:04:05Z",
            "2025-02-29T03:04:05Z",
            "+002025-01-02T03:04:05Z",
            " 2025-01-02T03:04:05Z",
            "1735787045",
            "Thu, 02 Jan 2025 03:04:05 GMT",
        ] {
            assert_eq!(parse(text), Err(BadTimestamp), "{text}");
        }
    }

    #[test]
    fn reads_and_writes_utc_seconds() {
        for (text, unix_s) in [
            ("2025-01-02T03:04:05Z", 1_735_787_045),
            ("1970-01-01T00:00:00Z", 0),
            ("1969-12-31T23:59:59Z", -1),
            ("2024-02-29T12:00:00Z", 1_709_208_000),
        ] {
            assert_eq!(parse(text), Ok(unix_s), "{text}");
            assert_eq!(write(unix_s), text);
        }
        assert_eq!(parse("2026-11-22T03:22:12.638Z"), parse("2026-11-22T03:22:12Z"));
        assert_eq!(parse("1969-12-31T23:59:59.5Z"), Ok(-1));
    }
}
