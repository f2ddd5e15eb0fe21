//! Files of records: numbered lines, each with the hash of the one before it.

use std::collections::BTreeSet;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead, BufReader, Seek, SeekFrom, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::event::Event;

/// A file is left for the next one when it has this many bytes.
const LONGEST_SEGMENT: u64 = 64 << 20;
/// How many records are kept when there are no files.
const MOST_IN_MEMORY: usize = 100_000;

/// Records, one a line, in files or in memory.
#[derive(Debug, Default)]
pub(super) struct Segments {
    folder: Option<PathBuf>,
    open: Option<Open>,
    memory: Vec<Vec<u8>>,
    next_number: u64,
    last_hash: [u8; 32],
    /// Numbers of requests that may come again from the outbox.
    known_requests: BTreeSet<String>,
}

#[derive(Debug)]
struct Open {
    file: Arc<File>,
    length: u64,
}

/// A record to be appended.
#[derive(Debug)]
pub(super) struct Line {
    text: Vec<u8>,
    once: bool,
}

impl Line {
    /// A record that comes but once.
    pub(super) fn new(text: Vec<u8>) -> Self {
        Self { text, once: false }
    }

    /// A record from the outbox, which may have been appended before the process ended.
    pub(super) fn once(text: Vec<u8>) -> Self {
        Self { text, once: true }
    }
}

/// A line as it is read back.
#[derive(Deserialize)]
struct Numbered {
    n: u64,
    event: Event,
}

impl Segments {
    /// Opens the files in `folder`, or the folder. A last line that was torn is cut off.
    pub(super) fn open(folder: &Path) -> io::Result<Self> {
        fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
        let mut segments = Self { folder: Some(folder.to_owned()), ..Self::default() };
        if let Some(last) = segment_files(folder)?.pop() {
            segments.resume(&last)?;
        }
        Ok(segments)
    }

    /// Appends `lines` with one write. If it fails, none of them is there.
    pub(super) fn append(&mut self, lines: Vec<Line>) -> io::Result<()> {
        let (mut number, mut hash) = (self.next_number, self.last_hash);
        let mut text = Vec::with_capacity(lines.iter().map(|line| line.text.len() + 128).sum());
        for line in lines {
            if line.once && !self.known_requests.is_empty() && self.is_known(&line.text) {
                continue;
            }
            let start = text.len();
            write!(text, "{{\"n\":{number},\"prev\":\"")?;
            let digits =
                |byte: u8| [byte >> 4, byte & 0xf].map(|d| if d < 10 { b'0' + d } else { b'a' + d - 10 });
            text.extend(hash.into_iter().flat_map(digits));
            text.extend_from_slice(b"\",\"event\":");
            text.extend_from_slice(&line.text);
            text.extend_from_slice(b"}");
            hash = Sha256::digest(text.get(start..).unwrap_or_default()).into();
            text.push(b'\n');
            number += 1;
        }
        if self.folder.is_some() {
            self.write(&text)?
        } else {
            self.keep(&text)
        }
        (self.next_number, self.last_hash) = (number, hash);
        Ok(())
    }

    /// The file that is being written, to be flushed.
    pub(super) fn file(&self) -> Option<Arc<File>> {
        self.open.as_ref().map(|open| Arc::clone(&open.file))
    }

    /// Every record, oldest first.
    pub(super) fn events(&self) -> io::Result<Vec<Event>> {
        let mut events = Vec::new();
        for line in &self.memory {
            events.push(parse(line)?.event);
        }
        for path in self.folder.as_deref().map(segment_files).transpose()?.unwrap_or_default() {
            for line in BufReader::new(File::open(path)?).split(b'\n') {
                events.push(parse(&line?)?.event);
            }
        }
        Ok(events)
    }

    /// Prepares for records from the outbox: those of the last two files are not appended again.
    pub(super) fn remember_last_requests(&mut self) {
        let files = self.folder.as_deref().map(segment_files).and_then(Result::ok).unwrap_or_default();
        for path in files.iter().rev().take(2) {
            let Ok(file) = File::open(path) else { continue };
            let lines = BufReader::new(file).split(b'\n').map_while(Result::ok);
            let known = lines.filter_map(|line| parse(&line).ok()).map(|line| line.event.request_id);
            self.known_requests.extend(known);
        }
    }

    fn is_known(&mut self, text: &[u8]) -> bool {
        serde_json::from_slice::<Event>(text).is_ok_and(|event| self.known_requests.remove(&event.request_id))
    }

    fn keep(&mut self, text: &[u8]) {
        self.memory.extend(text.split_inclusive(|byte| *byte == b'\n').map(<[u8]>::to_vec));
        let surplus = self.memory.len().saturating_sub(MOST_IN_MEMORY);
        self.memory.drain(..surplus);
    }

    fn write(&mut self, text: &[u8]) -> io::Result<()> {
        if self.open.as_ref().is_none_or(|open| open.length >= LONGEST_SEGMENT) {
            self.open = Some(self.next_segment()?);
        }
        let Some(open) = &mut self.open else { return Ok(()) };
        let written = (&*open.file).write_all(text);
        if written.is_err() {
            // Half a line would break the chain.
            open.file.set_len(open.length)?;
            (&*open.file).seek(SeekFrom::End(0))?;
            return written;
        }
        open.length += text.len() as u64;
        Ok(())
    }

    fn next_segment(&self) -> io::Result<Open> {
        let folder = self.folder.clone().unwrap_or_default();
        let path = folder.join(format!("{:020}.jsonl", self.next_number));
        let file = OpenOptions::new().create_new(true).append(true).mode(0o600).open(path)?;
        // A file that is not in its folder after a crash was never flushed.
        File::open(folder)?.sync_all()?;
        Ok(Open { file: Arc::new(file), length: 0 })
    }

    fn resume(&mut self, last: &Path) -> io::Result<()> {
        let mut length = 0;
        let mut reader = BufReader::new(File::open(last)?);
        let mut line = Vec::new();
        loop {
            line.clear();
            let read = reader.read_until(b'\n', &mut line)?;
            let whole = line.strip_suffix(b"\n").and_then(|text| Some((text, parse(text).ok()?)));
            let Some((text, numbered)) = whole else { break };
            length += read as u64;
            self.next_number = numbered.n + 1;
            self.last_hash = Sha256::digest(text).into();
        }
        let file = OpenOptions::new().append(true).open(last)?;
        file.set_len(length)?;
        self.open = Some(Open { file: Arc::new(file), length });
        Ok(())
    }
}

fn parse(line: &[u8]) -> io::Result<Numbered> {
    serde_json::from_slice(line).map_err(io::Error::from)
}

fn segment_files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "jsonl") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(request: &str) -> Line {
        let event = Event { request_id: request.to_owned(), ..Event::default() };
        Line::once(serde_json::to_vec(&event).unwrap())
    }

    fn requests(segments: &Segments) -> Vec<String> {
        segments.events().unwrap().into_iter().map(|event| event.request_id).collect()
    }

    #[test]
    fn a_torn_line_is_cut_and_the_chain_goes_on() {
        let folder = tempfile::tempdir().unwrap();
        let mut segments = Segments::open(folder.path()).unwrap();
        segments.append(vec![line("a"), line("b")]).unwrap();
        let hash = segments.last_hash;
        let path = segment_files(folder.path()).unwrap().remove(0);
        OpenOptions::new().append(true).open(&path).unwrap().write_all(b"{\"n\":2,\"pr").unwrap();
        let mut segments = Segments::open(folder.path()).unwrap();
        assert_eq!((segments.next_number, segments.last_hash), (2, hash));
        segments.append(vec![line("c")]).unwrap();
        assert_eq!(requests(&segments), ["a", "b", "c"]);
        assert!(fs::read_to_string(path).unwrap().lines().all(|line| parse(line.as_bytes()).is_ok()));
    }

    #[test]
    fn what_comes_again_from_the_outbox_is_appended_once() {
        let folder = tempfile::tempdir().unwrap();
        let mut segments = Segments::open(folder.path()).unwrap();
        segments.append(vec![line("a"), line("b")]).unwrap();
        let mut segments = Segments::open(folder.path()).unwrap();
        segments.remember_last_requests();
        segments.append(vec![line("b"), line("c")]).unwrap();
        assert_eq!(requests(&segments), ["a", "b", "c"]);
    }
}
