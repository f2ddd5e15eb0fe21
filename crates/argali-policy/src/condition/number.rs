//! Decimal numbers of any length, compared exactly: account ids have more digits than a float holds.

use std::borrow::Cow;
use std::cmp::Ordering;

/// A decimal number; borrows its digits while a request is judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Number<'t> {
    negative: bool,
    /// Digits before the point, without leading zeros.
    whole: Cow<'t, str>,
    /// Digits after the point, without trailing zeros.
    fraction: Cow<'t, str>,
}

impl<'t> Number<'t> {
    /// Reads an optional sign, digits, and optionally a point and digits.
    pub(super) fn parse(text: &'t str) -> Option<Self> {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(digits) => (true, digits),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
        let all_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        if !all_digits(whole) || !all_digits(fraction) {
            return None;
        }
        let whole = whole.trim_start_matches('0');
        let fraction = fraction.trim_end_matches('0');
        let zero = whole.is_empty() && fraction.is_empty();
        Some(Self { negative: negative && !zero, whole: whole.into(), fraction: fraction.into() })
    }

    /// The same number with digits of its own.
    pub(super) fn into_owned(self) -> Number<'static> {
        Number {
            negative: self.negative,
            whole: Cow::Owned(self.whole.into_owned()),
            fraction: Cow::Owned(self.fraction.into_owned()),
        }
    }

    fn cmp_magnitude(&self, other: &Self) -> Ordering {
        let longer = self.whole.len().cmp(&other.whole.len());
        longer.then_with(|| self.whole.cmp(&other.whole)).then_with(|| self.fraction.cmp(&other.fraction))
    }
}

impl Ord for Number<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self.negative, other.negative) {
            (false, false) => self.cmp_magnitude(other),
            (true, true) => other.cmp_magnitude(self),
            (false, true) => Ordering::Greater,
            (true, false) => Ordering::Less,
        }
    }
}

impl PartialOrd for Number<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn refuses_what_is_no_decimal() {
        for text in [
            "", "-", "+", ".", "1.", ".5", "1e3", "0x1", "--1", "+-1", "1,000", " 1", "1 ", "١", "NaN",
            "1.2.3",
        ] {
            assert_eq!(Number::parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn compares_by_value() {
        let ascending = [
            "-10000000000000000000000000000001",
            "-10",
            "-9.5",
            "-9.25",
            "-0.01",
            "0",
            "0.009",
            "0.01",
            "0.1",
            "9",
            "10.0",
            "10.25",
            "99",
            "100",
            "1000000000000000001",
            "1000000000000000002",
        ];
        for (i, a) in ascending.iter().enumerate() {
            for (j, b) in ascending.iter().enumerate() {
                let (a, b) = (Number::parse(a).unwrap(), Number::parse(b).unwrap());
                assert_eq!(a.cmp(&b), i.cmp(&j), "{a:?} and {b:?}");
            }
        }
        for (a, b) in [("10", "10.0"), ("10", "+010.00"), ("0", "-0.0"), ("-1.50", "-01.5")] {
            assert_eq!(Number::parse(a), Number::parse(b));
        }
    }

    proptest! {
        #[test]
        fn agrees_with_integers(a: i32, b: i32) {
            let (one, other) = (a.to_string(), b.to_string());
            prop_assert_eq!(Number::parse(&one).cmp(&Number::parse(&other)), a.cmp(&b));
        }
    }
}
