//! All segments of a trail: one that is appended to, and those that are closed.

use std::collections::VecDeque;
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::event::Event;
use super::head::Head;
use super::index::{Index, Marks, Wanted};
use super::line::{self, Seam};
use super::look_up::Position;
use super::segment::{self, Closed, Ending, Open, Part};

/// How long a segment in memory becomes, in bytes, and how many there are at most.
const SEGMENT_IN_MEMORY: u64 = 4 << 20;
const MOST_IN_MEMORY: usize = 12;

/// Records, one a line, in files or in memory.
#[derive(Debug)]
pub(super) struct Segments {
    /// Nothing in memory.
    folder: Option<PathBuf>,
    /// A segment is left for the next one when it has this many bytes.
    longest: u64,
    closed: VecDeque<Arc<Closed>>,
    open: Option<Open>,
    head: Head,
    /// Files that were written and not flushed.
    unflushed: Vec<Arc<File>>,
    /// Closed segments without an index beside them.
    unindexed: VecDeque<Arc<Closed>>,
}

/// A record to be appended.
#[derive(Debug)]
pub(super) struct Record {
    /// As JSON.
    pub(super) text: Vec<u8>,
    pub(super) marks: Marks,
    /// Whether it may have been appended before the process ended: its number is given then.
    pub(super) again: Option<String>,
}

impl Default for Segments {
    /// In memory.
    fn default() -> Self {
        Self::new(None, SEGMENT_IN_MEMORY, Head { first: Seam::default(), next: Seam::default() })
    }
}

impl Segments {
    fn new(folder: Option<PathBuf>, longest: u64, head: Head) -> Self {
        Self {
            folder,
            longest,
            closed: VecDeque::new(),
            open: None,
            head,
            unflushed: Vec::new(),
            unindexed: VecDeque::new(),
        }
    }

    /// Opens the files in `folder`, which is made if it is not there. `head` is what was signed last.
    ///
    /// A last line that was torn is cut off. Where the files are not what was signed they are left as they are, and
    /// the chain goes on from what was signed, so that the damage shows for as long as they are kept.
    pub(super) fn open(folder: &Path, longest: u64, head: Option<Head>) -> io::Result<Self> {
        fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
        let mut files = segment::files(folder)?;
        forget_removed(&mut files, head)?;
        let (last, index, ending) = last_with_lines(&mut files)?;
        let first = match files.first().or(last.as_ref()) {
            Some(oldest) => first_seam(oldest)?.unwrap_or_default(),
            None => Seam::default(),
        };
        let reached = last.as_deref().map_or(first, |last| reached(last, &ending));
        let next = next_seam(reached, head, last.is_some());
        let head = Head { first: head.map_or(first, |head| head.first), next };
        let mut segments = Self::new(Some(folder.to_owned()), longest, head);
        for file in files {
            segments.closed.push_back(Arc::new(Closed::at(file)?));
        }
        match last {
            Some(last) if next == reached && ending.strange == 0 => {
                segments.open = Some(Open::resume(last, ending.length, index)?);
            }
            Some(last) => segments.closed.push_back(Arc::new(Closed::at(last)?)),
            None => {}
        }
        segments.unindexed = segments.closed.iter().filter(|closed| closed.lacks_index()).cloned().collect();
        Ok(segments)
    }

    /// Appends `records` with one write, and says how many. If it fails, none of them is there.
    pub(super) fn append<'r>(&mut self, records: impl IntoIterator<Item = &'r Record>) -> io::Result<usize> {
        let is_new = |record: &&Record| record.again.as_ref().is_none_or(|id| !self.holds(id));
        let records: Vec<_> = records.into_iter().filter(is_new).collect();
        if records.is_empty() {
            return Ok(0);
        }
        let mut next = self.head.next;
        let mut text = Vec::with_capacity(records.iter().map(|record| record.text.len() + 128).sum());
        let mut offsets = Vec::with_capacity(records.len());
        for record in &records {
            offsets.push(text.len());
            next.write(&mut text, &record.text);
        }
        let open = self.open_segment()?;
        open.append(&text, offsets.into_iter().zip(records.iter().map(|record| &record.marks)))?;
        if let Some(file) = open.file()
            && !self.unflushed.iter().any(|known| Arc::ptr_eq(known, &file))
        {
            self.unflushed.push(file);
        }
        self.head.next = next;
        Ok(records.len())
    }

    /// From where to where it reaches.
    pub(super) fn head(&self) -> Head {
        self.head
    }

    /// A place behind every record, and before whatever is appended; nothing if there is no record.
    pub(super) fn end(&self) -> Option<Position> {
        // The last byte of the last line: the next line begins after it.
        let place = |first: u64, length: u64| {
            let offset = u32::try_from(length.saturating_sub(1)).unwrap_or(u32::MAX);
            Position { segment: first, offset }
        };
        match (&self.open, self.closed.back()) {
            (Some(open), _) if open.length() > 0 => Some(place(open.first(), open.length())),
            (_, Some(closed)) => Some(place(closed.first(), u64::from(u32::MAX))),
            _ => None,
        }
    }

    /// The files to be flushed, which are then no longer known to need it.
    pub(super) fn take_unflushed(&mut self) -> Vec<Arc<File>> {
        std::mem::take(&mut self.unflushed)
    }

    /// A closed segment whose index is to be written.
    pub(super) fn take_unindexed(&mut self) -> Option<Arc<Closed>> {
        self.unindexed.pop_front()
    }

    /// Whether no index is to be written.
    pub(super) fn is_indexed(&self) -> bool {
        self.unindexed.is_empty()
    }

    /// What look-ups go through: the closed segments, and what is wanted of the open one.
    pub(super) fn parts(&self, wanted: &Wanted) -> (Vec<Arc<Closed>>, Option<Part>) {
        (self.closed(), self.open.as_ref().and_then(|open| open.candidates(wanted)))
    }

    /// The closed segments, the oldest first.
    pub(super) fn closed(&self) -> Vec<Arc<Closed>> {
        self.closed.iter().cloned().collect()
    }

    /// Forgets the oldest segments up to the one that begins with record `first`; says from where it reaches now.
    pub(super) fn forget_before(&mut self, first: Seam) -> Head {
        while self.closed.front().is_some_and(|oldest| oldest.first() < first.number) {
            self.closed.pop_front();
        }
        self.head.first = first;
        self.head
    }

    /// What joins the segment after the closed one at `index` to the lines before it. Nothing if there is none, or
    /// if it does not begin with a line.
    pub(super) fn seam_after(&self, index: usize) -> io::Result<Option<Seam>> {
        let mut found = None;
        let mut first_line = |_: u64, text: &[u8]| {
            if found.is_none() {
                found = Some(line::read(text).map(|line| line.seam));
            }
        };
        match (self.closed.get(index + 1), &self.open) {
            (Some(closed), _) => closed.lines(&mut first_line)?,
            (None, Some(open)) => open.lines(&mut first_line)?,
            (None, None) => {}
        }
        Ok(found.flatten())
    }

    /// Every record, the oldest first. Fails if one cannot be read.
    pub(super) fn events(&self) -> io::Result<Vec<Event>> {
        let (mut events, mut strange) = (Vec::new(), false);
        let mut collect = |_: u64, text: &[u8]| {
            let event = line::read(text).and_then(|line| Event::from_json(line.event));
            strange |= event.is_none();
            events.extend(event);
        };
        for closed in &self.closed {
            closed.lines(&mut collect)?;
        }
        if let Some(open) = &self.open {
            open.lines(&mut collect)?;
        }
        if strange { Err(io::Error::other("a record cannot be read")) } else { Ok(events) }
    }

    /// Whether the record of a request is in one of the last segments. What cannot be read holds nothing.
    fn holds(&self, request_id: &str) -> bool {
        let wanted = Wanted::request(request_id);
        let open = self.open.as_ref().and_then(|open| open.candidates(&wanted));
        let last = self.closed.iter().rev().take(2);
        let closed = last.filter_map(|closed| closed.candidates(&wanted).ok().flatten());
        open.into_iter().chain(closed).any(|part| {
            part.offsets.iter().any(|offset| {
                let text = part.source.line_at(*offset).unwrap_or_default();
                let event = line::read(&text).and_then(|line| Event::from_json(line.event));
                event.is_some_and(|event| event.request_id == request_id)
            })
        })
    }

    /// The segment to append to: another one when the last is full.
    fn open_segment(&mut self) -> io::Result<&mut Open> {
        if self.open.as_ref().is_none_or(|open| open.length() >= self.longest) {
            let first = self.head.next.number;
            let new = match &self.folder {
                Some(folder) => Open::create(folder, first)?,
                None => Open::in_memory(first),
            };
            if let Some(full) = self.open.replace(new) {
                let closed = Arc::new(full.close());
                self.closed.push_back(Arc::clone(&closed));
                if self.folder.is_some() {
                    self.unindexed.push_back(closed);
                } else if self.closed.len() >= MOST_IN_MEMORY {
                    self.closed.pop_front();
                }
            }
        }
        self.open.as_mut().ok_or_else(|| io::Error::other("there is no segment to append to"))
    }
}

/// Removes files that should have been removed for their age when the process ended.
fn forget_removed(files: &mut Vec<PathBuf>, head: Option<Head>) -> io::Result<()> {
    let Some(head) = head else { return Ok(()) };
    while let [_, second, ..] = files.as_slice()
        && segment::first_of(second) <= head.first.number
    {
        Closed::at(files.remove(0))?.remove()?;
    }
    Ok(())
}

/// The last file that has lines, taken from `files`. Empty ones after it were never written to, and go.
fn last_with_lines(files: &mut Vec<PathBuf>) -> io::Result<(Option<PathBuf>, Index, Ending)> {
    while let Some(last) = files.pop() {
        let (index, ending) = segment::index_of(&last)?;
        if ending.length > 0 {
            return Ok((Some(last), index, ending));
        }
        fs::remove_file(last)?;
    }
    Ok((None, Index::default(), Ending::default()))
}

/// What joins the last line of a segment to the next, as far as can be told.
fn reached(last: &Path, ending: &Ending) -> Seam {
    let number = ending.number.map_or_else(|| segment::first_of(last), |number| number.saturating_add(1));
    Seam { number: number.saturating_add(ending.strange), hash: ending.hash }
}

/// Where the chain goes on. If what was signed says otherwise than the files, it counts; if nothing was signed, a
/// number is left out, so that it shows.
fn next_seam(reached: Seam, head: Option<Head>, has_lines: bool) -> Seam {
    match head {
        Some(head) if head.next == reached => reached,
        // More was written than was signed before the process ended.
        Some(head) if head.next.number < reached.number => reached,
        Some(head) => {
            tracing::error!("the audit trail was cut or changed: run `argali audit verify`");
            head.next
        }
        None if has_lines => {
            tracing::error!("the audit trail has no signed head: run `argali audit verify`");
            Seam { number: reached.number.saturating_add(1), hash: reached.hash }
        }
        None => reached,
    }
}

fn first_seam(path: &Path) -> io::Result<Option<Seam>> {
    let mut reader = io::BufReader::new(File::open(path)?);
    let mut text = Vec::new();
    io::BufRead::read_until(&mut reader, b'\n', &mut text)?;
    Ok(line::read(text.strip_suffix(b"\n").unwrap_or_default()).map(|line| line.seam))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn record(request_id: &str) -> Record {
        let event = Event { request_id: request_id.to_owned(), ..Event::default() };
        let text = serde_json::to_vec(&event).unwrap();
        Record { text, marks: Marks::of(&event), again: None }
    }

    fn again(request_id: &str) -> Record {
        Record { again: Some(request_id.to_owned()), ..record(request_id) }
    }

    fn requests(segments: &Segments) -> Vec<String> {
        segments.events().unwrap().into_iter().map(|event| event.request_id).collect()
    }

    /// As after the end of the process: nothing was signed since the start.
    fn open(folder: &Path) -> Segments {
        let head = Head { first: Seam::default(), next: Seam::default() };
        Segments::open(folder, 1_000, Some(head)).unwrap()
    }

    #[test]
    fn a_torn_line_is_cut_and_the_chain_goes_on() {
        let folder = tempfile::tempdir().unwrap();
        let mut segments = open(folder.path());
        segments.append(&[record("a"), record("b")]).unwrap();
        let head = segments.head();
        let path = segment::files(folder.path()).unwrap().remove(0);
        File::options().append(true).open(&path).unwrap().write_all(b"{\"n\":2,\"pr").unwrap();
        let mut segments = open(folder.path());
        assert_eq!(segments.head(), head);
        segments.append(&[record("c")]).unwrap();
        assert_eq!(requests(&segments), ["a", "b", "c"]);
    }

    #[test]
    fn a_line_that_cannot_be_read_is_kept_with_all_that_follow() {
        let folder = tempfile::tempdir().unwrap();
        let mut segments = open(folder.path());
        segments.append(&[record("a"), record("b"), record("c")]).unwrap();
        let path = segment::files(folder.path()).unwrap().remove(0);
        let text =
            fs::read_to_string(&path).unwrap().replacen("\"b\"", "\"b", 1).replacen("\"n\":2", "n:2", 1);
        fs::write(&path, &text).unwrap();
        let mut segments = open(folder.path());
        assert_eq!(segments.head().next.number, 3);
        segments.append(&[record("d")]).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), text, "it is left as it is");
        assert_eq!(segment::files(folder.path()).unwrap().len(), 2);
    }

    #[test]
    fn what_comes_again_from_the_outbox_is_appended_once() {
        let folder = tempfile::tempdir().unwrap();
        open(folder.path()).append(&[record("a"), record("b")]).unwrap();
        let mut segments = open(folder.path());
        segments.append(&[again("b"), again("c")]).unwrap();
        assert_eq!(requests(&segments), ["a", "b", "c"]);
    }

    #[test]
    fn a_full_segment_is_left_for_the_next() {
        let folder = tempfile::tempdir().unwrap();
        let mut segments = open(folder.path());
        for number in 0..30 {
            segments.append(&[record(&number.to_string())]).unwrap();
        }
        let files = segment::files(folder.path()).unwrap();
        assert!(files.len() > 3, "{files:?}");
        while let Some(closed) = segments.take_unindexed() {
            assert!(closed.lacks_index());
            closed.keep_index().unwrap();
            assert!(!closed.lacks_index());
        }
        let in_order: Vec<_> = (0..30).map(|number| number.to_string()).collect();
        assert_eq!(requests(&segments), in_order);
        let segments = open(folder.path());
        assert!(segments.is_indexed());
        assert_eq!(requests(&segments), in_order);
        assert!(segments.holds("29") && segments.holds("25") && !segments.holds("30"));
    }
}
