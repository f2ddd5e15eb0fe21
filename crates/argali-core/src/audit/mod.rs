//! Records of calls: who did what, on whose behalf, and what came of it.
// SPEC: security, audit.

mod draft;
mod flood;
mod segment;
mod trail;

pub use draft::{CallerRecord, Draft, Event, Link, ResourceRecord};
pub use trail::{NotWritten, Trail, TrailError, Written};
