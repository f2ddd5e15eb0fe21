//! Numbers that requests bring, within what they may be.

use std::ops::RangeInclusive;

use super::error::invalid_argument;
use crate::error::ApiError;

/// How long a message may be at most, in bytes.
pub(super) const LONGEST_MESSAGE: u32 = 65_536;

/// The bounds of `MaximumMessageSize`.
pub(super) const MESSAGE_SIZES: RangeInclusive<u32> = 1_024..=LONGEST_MESSAGE;

/// A number of a request, if it is there.
pub(super) fn within(
    name: &str,
    value: Option<i64>,
    bounds: &RangeInclusive<u32>,
) -> Result<Option<u32>, ApiError> {
    let Some(value) = value else { return Ok(None) };
    let fitting = u32::try_from(value).ok().filter(|value| bounds.contains(value));
    let (low, high) = (bounds.start(), bounds.end());
    let message = || invalid_argument(format!("The value of {name} should be between {low} and {high}."));
    fitting.map(Some).ok_or_else(message)
}

/// The tag of a message or a subscription; empty if there is none.
pub(super) fn tag(name: &str, text: &str) -> Result<(), ApiError> {
    if text.chars().count() <= 16 && !text.chars().any(char::is_control) {
        return Ok(());
    }
    Err(invalid_argument(format!("{name} has at most 16 characters, none of them a control character.")))
}
