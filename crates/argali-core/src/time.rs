//! Instants, and the one form in which the identity API writes them.

use std::fmt;

/// An instant, in milliseconds since 1970 UTC.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, minicbor::Encode, minicbor::Decode)]
#[cbor(transparent)]
pub struct Timestamp(#[n(0)] i64);

impl Timestamp {
    /// The instant `millis` milliseconds after the start of 1970 UTC.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// The instant `seconds` seconds after the start of 1970 UTC.
    pub const fn from_seconds(seconds: i64) -> Self {
        Self(seconds.saturating_mul(1_000))
    }

    /// Milliseconds since the start of 1970 UTC.
    pub const fn as_millis(self) -> i64 {
        self.0
    }

    /// Whole seconds since the start of 1970 UTC.
    pub const fn as_seconds(self) -> i64 {
        self.0.div_euclid(1_000)
    }

    /// The instant `seconds` seconds later.
    #[must_use]
    pub const fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds.saturating_mul(1_000)))
    }

    fn civil(self) -> jiff::civil::DateTime {
        let instant = jiff::Timestamp::from_millisecond(self.0).unwrap_or_default();
        jiff::tz::Offset::UTC.to_datetime(instant)
    }
}

/// `2015-01-23T12:33:18Z`, as RAM, IMS and STS write dates.
// SPEC: forms of identifiers and dates, dates.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let t = self.civil();
        let mut text = *b"0000-00-00T00:00:00Z";
        let parts = [
            (0..4, i32::from(t.year())),
            (5..7, i32::from(t.month())),
            (8..10, i32::from(t.day())),
            (11..13, i32::from(t.hour())),
            (14..16, i32::from(t.minute())),
            (17..19, i32::from(t.second())),
        ];
        for (place, number) in parts {
            let mut rest = number.unsigned_abs();
            for digit in text.get_mut(place).unwrap_or_default().iter_mut().rev() {
                *digit = b'0' + u8::try_from(rest % 10).unwrap_or_default();
                rest /= 10;
            }
        }
        f.write_str(std::str::from_utf8(&text).unwrap_or_default())
    }
}

/// Reads what [`Display`](fmt::Display) writes, and no other form.
impl std::str::FromStr for Timestamp {
    type Err = NotADate;

    fn from_str(text: &str) -> Result<Self, NotADate> {
        let instant = text.parse::<jiff::Timestamp>().map_err(|_| NotADate)?;
        let read = Self::from_seconds(instant.as_second());
        if read.to_string() == text { Ok(read) } else { Err(NotADate) }
    }
}

/// A text that is no instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a time is written as 2015-01-23T12:33:18Z")]
pub struct NotADate;

impl serde::Serialize for Timestamp {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// An instant as Resource Management writes dates: `2015-01-23T20:33:18+08:00`.
// SPEC: forms of identifiers and dates, dates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EastEightTime(pub Timestamp);

impl fmt::Display for EastEightTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const AHEAD_S: i64 = 8 * 60 * 60;
        let there = self.0.plus_seconds(AHEAD_S).to_string();
        write!(f, "{}+08:00", there.trim_end_matches('Z'))
    }
}

impl serde::Serialize for EastEightTime {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_written_in_whole_seconds_of_utc() {
        let instant = Timestamp::from_millis(1_422_016_398_999);
        assert_eq!(instant.to_string(), "2015-01-23T12:33:18Z");
        assert_eq!("2015-01-23T12:33:18Z".parse(), Ok(Timestamp::from_seconds(1_422_016_398)));
        for other in
            ["", "2015-01-23", "2015-01-23T12:33:18+00:00", "2015-02-30T00:00:00Z", "2015-01-23T12:33:18.5Z"]
        {
            assert_eq!(other.parse::<Timestamp>(), Err(NotADate), "{other}");
        }
        assert_eq!(EastEightTime(instant).to_string(), "2015-01-23T20:33:18+08:00");
    }
}
