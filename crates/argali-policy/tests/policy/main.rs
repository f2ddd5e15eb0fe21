//! Decisions as callers of the crate see them.

#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod advice;
mod case;
mod corpus;
mod explanation;
mod length;
mod lint;
mod oracle;
mod property;
