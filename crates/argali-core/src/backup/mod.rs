//! Backups: all records at one commit, in one file that shows whether it is whole and who made it.
//!
//! ```text
//! backup   name and version of the format (16)  part…
//! part     kind (1)  number of bytes (4)  bytes  sum (32)
//! head     JSON: when it was made, by which version, under which master key, from which record of calls on
//! rows     rows, each: key bytes (4)  value bytes (4)  key  value
//! end      JSON: how many rows there are, and a signature under the master key
//! ```
//!
//! Numbers are little-endian. A sum is SHA-256 of the sum before it and of the part, so whatever is cut, flipped, left
//! out, doubled or exchanged shows at the part where it begins. The last sum before the end is signed: whoever has no
//! master key can destroy a backup, and make none. Secrets in it are sealed as they are in the store.
//!
//! It is written and read as a stream, a part at a time: neither its length nor the number of rows counts for memory.
// SPEC: security, keys and secrets, K5 and K6.

mod change;
mod make;
mod part;
#[cfg(test)]
mod part_tests;
mod reset;
mod restore;

pub use change::{Change, ChangeKind, ChangeList, changes_since};
pub(crate) use make::BackupRequests;
pub use make::{Download, Made, NoDownload, check, check_with_seal};
pub use part::{BackupError, Head, Seal};
pub(crate) use reset::Seed;
pub use restore::{OldRecords, Restored, restore};
