//! Instants as people read them: how long ago, with the date on hover.

use argali_core::time::Timestamp;
use maud::{Markup, html};

use crate::text::moment::*;
use crate::visit::Visit;

const MINUTE_S: i64 = 60;
const HOUR_S: i64 = 60 * MINUTE_S;
const DAY_S: i64 = 24 * HOUR_S;

/// An instant of an answer. A text that is none is shown as it is.
pub(crate) fn moment(visit: &Visit<'_>, iso: &str) -> Markup {
    let Ok(then) = iso.parse::<Timestamp>() else { return html! { (iso) } };
    let away_s = visit.now().as_seconds() - then.as_seconds();
    html! { time datetime=(iso) title=(iso) { (relative(visit, away_s)) } }
}

/// The day of an instant, for what is agreed upon for a long time.
pub(crate) fn day(iso: &str) -> Markup {
    let day = iso.split('T').next().unwrap_or_default();
    html! { time datetime=(iso) title=(iso) { (day) } }
}

/// How long something still lasts that ends then: `52 min`.
pub(crate) fn left(visit: &Visit<'_>, iso: &str) -> String {
    let Ok(then) = iso.parse::<Timestamp>() else { return iso.to_owned() };
    let left_s = (then.as_seconds() - visit.now().as_seconds()).max(0);
    amount(visit, left_s)
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
        _ => (seconds / DAY_S, DAYS),
    };
    visit.fill(unit, &[&count.to_string()])
}
