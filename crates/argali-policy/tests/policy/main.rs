//! Decisions as callers of the crate see them.

#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod corpus;
