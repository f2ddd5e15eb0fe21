//! Numbers that requests bring, within what they may be.

use super::error::invalid_argument;
use crate::error::ApiError;

/// How long a message may be at most, in bytes.
pub const LONGEST_MESSAGE: u32 = 65_536;

/// A number that requests bring: what it is called there, and within what it must be.
#[derive(Clone, Copy, Debug)]
pub struct Figure {
    /// What it is called.
    pub name: &'static str,
    /// The least that it may be.
    pub least: u32,
    /// The most that it may be.
    pub most: u32,
}

/// For how long a message that was received is invisible, in seconds.
pub const VISIBILITY_TIMEOUT: Figure = Figure::of("VisibilityTimeout", 1, 43_200);
/// The same for one message alone, which may be visible at once.
pub const OWN_VISIBILITY_TIMEOUT: Figure = Figure { least: 0, ..VISIBILITY_TIMEOUT };
/// How long a message may be, in bytes.
pub const MAXIMUM_MESSAGE_SIZE: Figure = Figure::of("MaximumMessageSize", 1_024, LONGEST_MESSAGE);
/// After how long a message goes, received or not, in seconds.
pub const MESSAGE_RETENTION_PERIOD: Figure = Figure::of("MessageRetentionPeriod", 60, 604_800);
/// After how many seconds a message can be received.
pub const DELAY_SECONDS: Figure = Figure::of("DelaySeconds", 0, 604_800);
/// How long whoever receives waits for a message, in seconds.
pub const POLLING_WAIT_SECONDS: Figure = Figure::of("PollingWaitSeconds", 0, 30);
/// The same for one request alone.
pub const WAIT_SECONDS: Figure = Figure { name: "WaitSeconds", ..POLLING_WAIT_SECONDS };
/// How urgent a message is: the least comes first.
pub const PRIORITY: Figure = Figure::of("Priority", 1, 16);

impl Figure {
    const fn of(name: &'static str, least: u32, most: u32) -> Self {
        Self { name, least, most }
    }

    /// What a request says, if it says something.
    pub(super) fn read(self, value: Option<i64>) -> Result<Option<u32>, ApiError> {
        let Self { name, least, most } = self;
        let Some(value) = value else { return Ok(None) };
        let fitting = u32::try_from(value).ok().filter(|value| (least..=most).contains(value));
        let message =
            || invalid_argument(format!("The value of {name} should be between {least} and {most}."));
        fitting.map(Some).ok_or_else(message)
    }
}

/// The tag of a message or a subscription; empty if there is none.
pub(super) fn tag(name: &str, text: &str) -> Result<(), ApiError> {
    if text.chars().count() <= 16 && !text.chars().any(char::is_control) {
        return Ok(());
    }
    Err(invalid_argument(format!("{name} has at most 16 characters, none of them a control character.")))
}
