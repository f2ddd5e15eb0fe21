//! Instants as people read them: how long ago, with the date on hover.

use argali_core::time::Timestamp;
use maud::{Markup, html};

use crate::text::moment::*;
use crate::visit::Visit;

const MINUTE_S: i64 = 60;
const HOUR_S: i64 = 60 * MINUTE_S;
const DAY_S: i64 = 24 * HOUR_S;
/// From how long on days are too many to tell anybody anything: two months, and two years.
const LONG_S: i64 = 60 * DAY_S;
const VERY_LONG_S: i64 = 730 * DAY_S;

/// An instant of an answer. A text that is none is shown as it is.
pub(crate) fn moment(visit: &Visit<'_>, iso: &str) -> Markup {
    let Some(then) = instant(iso) else { return html! { (iso) } };
    let away_s = visit.now().as_seconds() - then.as_seconds();
    html! { time datetime=(iso) title=(iso) { (relative(visit, away_s)) } }
}

/// An instant to the second, where that is what matters: in the zone of the viewer, which the script knows, else in UTC.
pub(crate) fn exactly(iso: &str) -> Markup {
    html! { time datetime=(iso) title=(iso) data-exactly { (iso) } }
}

/// Whether a text of an answer tells an instant.
pub(crate) fn is_instant(text: &str) -> bool {
    text.contains('T') && instant(text).is_some()
}

/// The day of an instant, for what is agreed upon for a long time.
pub(crate) fn day(iso: &str) -> Markup {
    let day = iso.split('T').next().unwrap_or_default();
    html! { time datetime=(iso) title=(iso) { (day) } }
}

/// The instant that an answer tells, to the second or, as some services do, to the minute, or in the time of their home:
/// `2026-12-01T08:30:00Z`, `2026-12-01T08:30Z`, `2026-12-01T16:30:00+08:00`.
fn instant(iso: &str) -> Option<Timestamp> {
    if let Some(local) = iso.strip_suffix("+08:00") {
        return Some(format!("{local}Z").parse::<Timestamp>().ok()?.plus_seconds(-8 * HOUR_S));
    }
    match iso.strip_suffix('Z') {
        Some(minute) if minute.matches(':').count() == 1 => format!("{minute}:00Z").parse().ok(),
        _ => iso.parse().ok(),
    }
}

/// How long something still lasts that ends then: `52 min`.
pub(crate) fn left(visit: &Visit<'_>, iso: &str) -> String {
    left_s(visit, iso).map_or_else(|| iso.to_owned(), |left_s| amount(visit, left_s))
}

/// The same in seconds; nothing if the text tells no instant.
pub(crate) fn left_s(visit: &Visit<'_>, iso: &str) -> Option<i64> {
    let then: Timestamp = iso.parse().ok()?;
    Some((then.as_seconds() - visit.now().as_seconds()).max(0))
}

fn relative(visit: &Visit<'_>, away_s: i64) -> String {
    if away_s.abs() < MINUTE_S {
        return visit.say(NOW).to_owned();
    }
    let amount = amount(visit, away_s.abs());
    visit.fill(if away_s > 0 { AGO } else { AHEAD }, &[&amount])
}

fn amount(visit: &Visit<'_>, seconds: i64) -> String {
    let (count, unit) = match seconds {
        ..HOUR_S => (seconds / MINUTE_S, MINUTES),
        HOUR_S..DAY_S => (seconds / HOUR_S, HOURS),
        DAY_S..LONG_S => (seconds / DAY_S, DAYS),
        LONG_S..VERY_LONG_S => (seconds / (30 * DAY_S), MONTHS),
        _ => (seconds / (365 * DAY_S), YEARS),
    };
    visit.fill(unit, &[&count.to_string()])
}

/// How long something lasts, to the minute, without what is nothing: `2 d 3 h 15 min`; empty if that is less than one.
pub(crate) fn duration(visit: &Visit<'_>, seconds: i64) -> String {
    let parts =
        [(seconds / DAY_S, DAYS), (seconds % DAY_S / HOUR_S, HOURS), (seconds % HOUR_S / MINUTE_S, MINUTES)];
    let parts = parts.into_iter().filter(|(count, _)| *count > 0);
    let said: Vec<_> = parts.map(|(count, unit)| visit.fill(unit, &[&count.to_string()])).collect();
    said.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_instant_is_told_in_several_ways() {
        let told = ["2026-12-01T08:30:00Z", "2026-12-01T08:30Z", "2026-12-01T16:30:00+08:00"].map(instant);
        assert!(told[0].is_some() && told.iter().all(|other| *other == told[0]), "{told:?}");
        for other in ["", "soon", "2026-12-01", "16:30:00+08:00"] {
            assert_eq!(instant(other), None, "{other}");
        }
    }
}
