//! The zone of time that the viewer is in: the script tells it, once a page; before that, and without script, it is UTC.
// SPEC: console, accessibility and language: times in the viewer's zone.

use argali_core::time::Timestamp;

/// How far a zone may be from UTC, in minutes.
const FURTHEST: i64 = 14 * 60;
const HOUR: i64 = 60;

/// How far a viewer's clock is ahead of UTC at present, in minutes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Zone {
    ahead: i64,
}

impl Zone {
    /// The zone that a cookie tells: `+08:00`, `-03:30`. Anything else is as good as none.
    pub(crate) fn of(told: Option<&str>) -> Self {
        Self { ahead: told.and_then(ahead).unwrap_or_default() }
    }

    /// What people call it: `UTC+08:00`, or `UTC`.
    pub(crate) fn name(self) -> String {
        let sign = if self.ahead < 0 { '-' } else { '+' };
        let away = self.ahead.abs();
        if away == 0 { "UTC".to_owned() } else { format!("UTC{sign}{:02}:{:02}", away / HOUR, away % HOUR) }
    }

    /// What a field for a date and a time says in this zone, as operations take it; it may leave out the seconds. What is
    /// no such text, or says its zone itself, stays as it is.
    pub(crate) fn instant(self, local: &str) -> String {
        let whole = if local.len() == 16 { format!("{local}:00Z") } else { format!("{local}Z") };
        match whole.parse::<Timestamp>() {
            Ok(read) => read.plus_seconds(-self.ahead * 60).to_string(),
            Err(_) => local.to_owned(),
        }
    }
}

fn ahead(told: &str) -> Option<i64> {
    let (sign, rest) = match told.split_at_checked(1)? {
        ("+", rest) => (1, rest),
        ("-", rest) => (-1, rest),
        _ => return None,
    };
    let (hours, minutes) = rest.split_once(':')?;
    let number = |digits: &str| {
        let is_two = digits.len() == 2 && digits.bytes().all(|byte| byte.is_ascii_digit());
        is_two.then(|| digits.parse::<i64>().ok()).flatten()
    };
    let (hours, minutes) = (number(hours)?, number(minutes).filter(|minutes| *minutes < HOUR)?);
    let away = hours * HOUR + minutes;
    (away <= FURTHEST).then_some(sign * away)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones_are_as_the_script_tells_them_and_else_utc() {
        let name = |told: &str| Zone::of(Some(told)).name();
        assert_eq!(
            ["+08:00", "-03:30", "+14:00", "+00:00"].map(name),
            ["UTC+08:00", "UTC-03:30", "UTC+14:00", "UTC"]
        );
        for other in ["", "8", "+8:00", "+08:60", "+14:01", "-99:00", "Europe/Berlin", "+0a:00", "é"] {
            assert_eq!(Zone::of(Some(other)), Zone::default(), "{other}");
        }
        assert_eq!(Zone::of(None).name(), "UTC");
    }

    #[test]
    fn times_are_taken_as_browsers_write_them() {
        for (zone, local, taken) in [
            ("", "", ""),
            ("", "2026-12-01T08:30", "2026-12-01T08:30:00Z"),
            ("", "2026-12-01T08:30:15", "2026-12-01T08:30:15Z"),
            ("+08:00", "2026-12-01T07:30", "2026-11-30T23:30:00Z"),
            ("-03:30", "2026-12-31T22:00:05", "2027-01-01T01:30:05Z"),
            ("+08:00", "2026-12-01T08:30:15Z", "2026-12-01T08:30:15Z"),
            ("+08:00", "soon", "soon"),
        ] {
            assert_eq!(Zone::of(Some(zone)).instant(local), taken, "{zone} {local}");
        }
    }
}
