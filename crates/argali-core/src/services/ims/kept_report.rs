//! What reports that are kept have in common: how far one has come, and its pages, whose tokens lead to the row that a
//! page begins with, in that report and in no other.

use serde::Serialize;

use crate::dispatch::Context;
use crate::error::ApiError;
use crate::model::Key;

/// How far a report has come: it is there when this is answered.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ReportState {
    pub(super) state: &'static str,
}

/// A report as its pages see it.
#[derive(Debug)]
pub(super) struct ReportPages {
    /// What tokens are sealed to: this very report.
    pub(super) list: Key,
    /// How many rows it has.
    pub(super) rows: u64,
}

impl ReportPages {
    /// How many rows come before the page that was asked for by the token in `parameter`; none without a token.
    pub(super) fn skip(
        &self,
        cx: &Context<'_>,
        (parameter, token): (&str, Option<&str>),
    ) -> Result<u64, ApiError> {
        let Some(token) = token.filter(|token| !token.is_empty()) else { return Ok(0) };
        let wrong = || {
            let message = "The token leads to no page of the present report: begin with the first page.";
            ApiError::invalid(parameter, message)
        };
        let place = cx.open_marker(&self.list, token).map_err(|_| wrong())?;
        place.try_into().map(u64::from_be_bytes).map_err(|_| wrong())
    }

    /// The token that leads to what follows the first `end` rows; nothing if that is all.
    pub(super) fn next(&self, cx: &Context<'_>, end: u64) -> Option<String> {
        (end < self.rows).then(|| cx.seal_marker(&self.list, &end.to_be_bytes()))
    }
}
