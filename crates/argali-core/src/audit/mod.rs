//! Records of calls: who did what, on whose behalf, and what came of it.
// SPEC: security, audit.

mod draft;
mod event;
mod flood;
mod head;
mod index;
mod index_file;
mod keeper;
mod line;
mod look_up;
#[cfg(test)]
mod look_up_tests;
mod parameters;
mod segment;
mod segments;
mod session;
mod since;
mod trail;
mod verify;
#[cfg(test)]
mod verify_tests;

pub use draft::Draft;
pub(crate) use draft::{LONGEST_FIELD, beginning, shortened};
pub use event::{CallerRecord, Event, GroupMove, Link, ResourceRecord};
pub use head::head_key;
pub use look_up::{By, Facets, Found, Keep, Order, Position, Query};
pub use session::SessionRecord;
pub(crate) use since::{each_record_since, request_in_outbox};
pub use trail::{Flush, NotWritten, Reader, Trail, TrailError, TrailOptions, Written};
pub use verify::{Damage, Verdict, verify};
