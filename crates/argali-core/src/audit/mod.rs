//! Records of calls: who did what, on whose behalf, and what came of it.
// SPEC: security, audit.

mod draft;
mod event;
mod flood;
mod look_up;
mod segment;
mod session;
mod trail;

pub use draft::Draft;
pub(crate) use draft::{LONGEST_FIELD, shortened};
pub use event::{CallerRecord, Event, Link, ResourceRecord};
pub use look_up::{Found, Order, Position, Query};
pub use session::SessionRecord;
pub use trail::{NotWritten, Reader, Trail, TrailError, Written};
