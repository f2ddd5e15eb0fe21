//! Throws damaged input at every parser of untrusted bytes, and looks at what comes of it.
//!
//! A [`Target`] is a parser with what must hold of it. The engine takes an input that was interesting before, damages
//! it in ways that fit its form, and hands it over: no input may make the target panic, take longer than 50 ms or more
//! than 64 MiB, and each target checks what its parser promises besides, against a slow and obvious reading where
//! there is one. Inputs that lead to an outcome which was not seen before are kept to go on from.
//!
//! `cargo xtask fuzz` runs the targets for as long as one likes, CI for a minute each. What is found lies in
//! `findings/<target>`, and an ordinary test runs all of `findings` and `corpus` again.
// SPEC: security, tests that decide: fuzzing.

#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a panic is how a target says that something does not hold"
)]

mod dice;
mod engine;
mod target;

pub use engine::{Failure, Kind, Plan, Report, folder, replay, run};
pub use target::{Probe, TARGETS, Target};

/// Counts what is allocated, so that an input that takes too much is found.
#[global_allocator]
pub(crate) static MEMORY: peak_alloc::PeakAlloc = peak_alloc::PeakAlloc;
