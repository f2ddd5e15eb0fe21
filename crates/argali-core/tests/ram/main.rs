//! RAM as callers meet it: signed requests through the dispatcher, on a store in memory.

#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "helpers of tests")]

mod access_key;
mod attachment;
mod group;
mod membership;
mod permission;
mod policy;
mod policy_version;
mod role;
mod tag;
mod user;
mod world;
