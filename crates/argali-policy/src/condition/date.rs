//! Dates of ISO 8601, compared as instants.

use std::ops::RangeInclusive;

/// An instant, to the nanosecond.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Instant {
    /// Seconds since 1970, UTC.
    second: i64,
    nanosecond: u32,
}

impl Instant {
    /// Reads `YYYY-MM-DD`, optionally `T` and `hh:mm[:ss[.fraction]]`, optionally `Z` or an offset
    /// `±hh[[:]mm]`. Without either it is UTC.
    // SPEC: policy language, operators: dates.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut reader = Reader { rest: text };
        let year = reader.number(4, 0..=9999)?;
        reader.expect('-')?;
        let month = reader.number(2, 1..=12)?;
        reader.expect('-')?;
        let day = reader.number(2, 1..=days_in_month(year, month))?;
        let midnight = days_since_1970(year, month, day) * 86_400;
        if reader.rest.is_empty() {
            return Some(Self { second: midnight, nanosecond: 0 });
        }
        reader.expect('T')?;
        let hour = reader.number(2, 0..=23)?;
        reader.expect(':')?;
        let minute = reader.number(2, 0..=59)?;
        let (second, nanosecond) = match reader.expect(':') {
            Some(()) => (reader.number(2, 0..=59)?, reader.fraction()?),
            None => (0, 0),
        };
        let offset_s = reader.offset()?;
        let of_day = hour * 3600 + minute * 60 + second;
        Some(Self { second: midnight + of_day - offset_s, nanosecond })
    }

    /// Milliseconds since 1970, rounded down.
    pub(super) fn floor_ms(&self) -> i64 {
        self.second * 1000 + i64::from(self.nanosecond / 1_000_000)
    }
}

struct Reader<'t> {
    rest: &'t str,
}

impl Reader<'_> {
    fn expect(&mut self, character: char) -> Option<()> {
        self.rest = self.rest.strip_prefix(character)?;
        Some(())
    }

    /// Exactly so many digits, in a range.
    fn number(&mut self, digits: usize, range: RangeInclusive<i64>) -> Option<i64> {
        let (number, rest) = self.rest.split_at_checked(digits)?;
        if !number.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        self.rest = rest;
        number.parse().ok().filter(|number| range.contains(number))
    }

    /// Nanoseconds after a point, if there is one; further digits are cut off.
    fn fraction(&mut self) -> Option<u32> {
        if self.expect('.').is_none() {
            return Some(0);
        }
        let digits = self.rest.bytes().take_while(u8::is_ascii_digit).count();
        let (fraction, rest) = self.rest.split_at_checked(digits)?;
        self.rest = rest;
        let nine = fraction.bytes().chain(std::iter::repeat(b'0')).take(9);
        (digits > 0).then(|| nine.fold(0, |value, digit| value * 10 + u32::from(digit - b'0')))
    }

    /// Seconds by which the local time is ahead of UTC, up to the end of the text.
    fn offset(&mut self) -> Option<i64> {
        if matches!(self.rest, "" | "Z") {
            return Some(0);
        }
        let sign = match self.expect('+') {
            Some(()) => 1,
            None => self.expect('-').map(|()| -1)?,
        };
        let hour = self.number(2, 0..=23)?;
        let minute = match self.rest {
            "" => 0,
            _ => {
                self.rest = self.rest.strip_prefix(':').unwrap_or(self.rest);
                self.number(2, 0..=59)?
            }
        };
        self.rest.is_empty().then_some(sign * (hour * 3600 + minute * 60))
    }
}

fn days_in_month(year: i64, month: i64) -> i64 {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days from 1970-01-01 in the Gregorian calendar, counting years from March so that the leap day is last.
fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let month = (month + 9) % 12;
    let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    let day_of_year = (153 * month + 2) / 5 + day - 1;
    year * 365 + leap_days + day_of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_what_is_no_date() {
        let cases = [
            "",
            "2026",
            "2026-01",
            "2026-1-1",
            "20260101",
            "2026-00-01",
            "2026-13-01",
            "2026-02-29",
            "2026-04-31",
            "2026-01-01T",
            "2026-01-01T24:00:00Z",
            "2026-01-01T00:60:00Z",
            "2026-01-01T00:00:60Z",
            "2026-01-01T00:00:00.Z",
            "2026-01-01T00:00:00ZZ",
            "2026-01-01T00:00:00+",
            "2026-01-01T00:00:00+8",
            "2026-01-01T00:00:00+08:",
            "2026-01-01T00:00:00+08:00x",
            "2026-01-01T00:00:00+08:00Z",
            "2026-01-01 00:00:00Z",
            "2026-01-01Z",
            " 2026-01-01",
            "+026-01-01",
            "２026-01-01",
            "2026-01-01T+1:00:00Z",
            "1767225600",
        ];
        for text in cases {
            assert_eq!(Instant::parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn reads_instants() {
        let cases = [
            ("1970-01-01", 0),
            ("1969-12-31T23:59:59.999Z", -1),
            ("2000-02-29T00:00:00Z", 951_782_400_000),
            ("2019-08-12T17:00:00+08:00", 1_565_600_400_000),
            ("2019-08-12T09:00:00Z", 1_565_600_400_000),
            ("2019-08-12T09:00:00", 1_565_600_400_000),
            ("2019-08-12T09:00", 1_565_600_400_000),
            ("2019-08-12T04:30-0430", 1_565_600_400_000),
            ("2019-08-12T17:00:00.25+08", 1_565_600_400_250),
            ("2019-08-12T17:00:00.2509999999999+08", 1_565_600_400_250),
            ("9999-12-31T23:59:59Z", 253_402_300_799_000),
            ("0000-03-01", -62_162_035_200_000),
        ];
        for (text, milliseconds) in cases {
            assert_eq!(Instant::parse(text).unwrap().floor_ms(), milliseconds, "{text}");
        }
    }

    #[test]
    fn days_follow_one_another() {
        let mut expected = days_since_1970(1896, 1, 1);
        for year in 1896..2105 {
            for month in 1..=12 {
                for day in 1..=days_in_month(year, month) {
                    assert_eq!(days_since_1970(year, month, day), expected);
                    expected += 1;
                }
            }
        }
    }
}
