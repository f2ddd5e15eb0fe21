//! Reading the records of a folder that no server need have open: all from a number on.

use std::fs::File;
use std::io::{self, BufReader};
use std::path::Path;

use super::event::Event;
use super::{line, segment};
use crate::model::{GlobalTable, Key};

/// Hands over every record in `folder` from number `first` on, with its number. Lines that are no records are left out:
/// whether there are such is what [`verify`](super::verify) tells.
pub(crate) fn each_record_since(
    folder: &Path,
    first: u64,
    mut visit: impl FnMut(u64, Event),
) -> io::Result<()> {
    let files = segment::files(folder)?;
    // The last that begins at `first` or before holds it; those before it hold nothing that is wanted.
    let passed = files.iter().rposition(|file| segment::first_of(file) <= first).unwrap_or_default();
    for file in files.iter().skip(passed) {
        segment::each_line(BufReader::new(File::open(file)?), |_, text| {
            let Some(line) = line::read(text).filter(|line| line.seam.number >= first) else { return };
            if let Some(event) = Event::from_json(line.event) {
                visit(line.seam.number, event);
            }
        })?;
    }
    Ok(())
}

/// The number of the request whose record a row holds, if the row is one of the outbox: it waits to be written to the
/// trail.
pub(crate) fn request_in_outbox(key: &[u8], value: &[u8]) -> Option<String> {
    let outbox = Key::global(GlobalTable::AuditOutbox);
    let record = Some(value).filter(|_| key.starts_with(outbox.as_bytes()))?;
    Event::from_json(record).map(|event| event.request_id)
}
