//! One segment of the trail: lines in a file or in memory, with their index.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead, BufReader, Write};
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use parking_lot::Mutex;

use super::event::Event;
use super::index::{Index, Marks, Span, Wanted};
use super::index_file::IndexFile;
use super::line;

/// How much of a file is read to find one line: most are shorter.
const LINE: usize = 2_048;

/// The segment that is appended to.
#[derive(Debug)]
pub(super) struct Open {
    first: u64,
    body: Body,
    length: u64,
    index: Index,
}

#[derive(Debug)]
enum Body {
    File { file: Arc<File>, path: PathBuf },
    Memory(Vec<u8>),
}

/// A segment that changes no more.
#[derive(Debug)]
pub(super) struct Closed {
    first: u64,
    length: u64,
    lines: Lines,
    index: Mutex<Known>,
}

#[derive(Debug)]
enum Lines {
    File(PathBuf),
    Memory(Arc<Vec<u8>>),
}

/// What is known of the index of a closed segment.
#[derive(Clone, Debug)]
enum Known {
    /// It has not been looked for yet.
    Nothing,
    Memory(Arc<Index>),
    File(Arc<IndexFile>),
}

/// Records of one segment that may be what somebody looks for.
#[derive(Debug)]
pub(super) struct Part {
    /// The number of the segment's first record.
    pub(super) segment: u64,
    pub(super) source: Source,
    /// Where their lines begin, in ascending order.
    pub(super) offsets: Vec<u32>,
}

/// Where lines are read from.
#[derive(Debug)]
pub(super) enum Source {
    File(Arc<File>),
    Memory(Arc<Vec<u8>>),
}

impl Open {
    /// A new segment in memory.
    pub(super) fn in_memory(first: u64) -> Self {
        Self { first, body: Body::Memory(Vec::new()), length: 0, index: Index::default() }
    }

    /// A new segment in a file of `folder`.
    pub(super) fn create(folder: &Path, first: u64) -> io::Result<Self> {
        let path = folder.join(format!("{first:020}.jsonl"));
        let mut options = OpenOptions::new();
        let file = options.create_new(true).read(true).append(true).mode(0o600).open(&path)?;
        // A file that is not in its folder after a crash was never flushed.
        File::open(folder)?.sync_all()?;
        Ok(Self {
            first,
            body: Body::File { file: Arc::new(file), path },
            length: 0,
            index: Index::default(),
        })
    }

    /// Goes on with the segment at `path`, of which `length` bytes count and `index` is the index.
    pub(super) fn resume(path: PathBuf, length: u64, index: Index) -> io::Result<Self> {
        let file = OpenOptions::new().read(true).append(true).open(&path)?;
        file.set_len(length)?;
        Ok(Self { first: first_of(&path), body: Body::File { file: Arc::new(file), path }, length, index })
    }

    pub(super) fn first(&self) -> u64 {
        self.first
    }

    pub(super) fn length(&self) -> u64 {
        self.length
    }

    /// The file, to be flushed; nothing in memory.
    pub(super) fn file(&self) -> Option<Arc<File>> {
        match &self.body {
            Body::File { file, .. } => Some(Arc::clone(file)),
            Body::Memory(_) => None,
        }
    }

    /// Appends lines with one write. If it fails, none of them is there.
    pub(super) fn append<'m>(
        &mut self,
        text: &[u8],
        marks: impl Iterator<Item = (usize, &'m Marks)>,
    ) -> io::Result<()> {
        match &mut self.body {
            Body::Memory(lines) => lines.extend_from_slice(text),
            Body::File { file, .. } => {
                let mut file = file.as_ref();
                if let Err(error) = file.write_all(text) {
                    // Half a line would break the chain. What is appended next goes to the end, wherever that is.
                    file.set_len(self.length)?;
                    return Err(error);
                }
            }
        }
        for (offset, marks) in marks {
            let offset = u32::try_from(self.length.saturating_add(offset as u64)).unwrap_or(u32::MAX);
            self.index.add(offset, marks);
        }
        self.length += text.len() as u64;
        Ok(())
    }

    /// What of it may be wanted.
    pub(super) fn candidates(&self, wanted: &Wanted) -> Option<Part> {
        let offsets = Some(self.index.candidates(wanted)).filter(|offsets| !offsets.is_empty())?;
        let source = match &self.body {
            Body::File { file, .. } => Source::File(Arc::clone(file)),
            // Segments in memory are small.
            Body::Memory(lines) => Source::Memory(Arc::new(lines.clone())),
        };
        Some(Part { segment: self.first, source, offsets })
    }

    /// Nothing will be appended any more.
    pub(super) fn close(self) -> Closed {
        let lines = match self.body {
            Body::File { path, .. } => Lines::File(path),
            Body::Memory(lines) => Lines::Memory(Arc::new(lines)),
        };
        let index = Mutex::new(Known::Memory(Arc::new(self.index)));
        Closed { first: self.first, length: self.length, lines, index }
    }

    /// Calls `visit` with each line, as far as it has been appended.
    pub(super) fn lines(&self, visit: impl FnMut(u64, &[u8])) -> io::Result<()> {
        match &self.body {
            Body::File { path, .. } => each_line(BufReader::new(File::open(path)?), visit).map(drop),
            Body::Memory(lines) => each_line(lines.as_slice(), visit).map(drop),
        }
    }
}

impl Closed {
    /// The segment at `path`.
    pub(super) fn at(path: PathBuf) -> io::Result<Self> {
        let length = fs::metadata(&path)?.len();
        let index = Mutex::new(Known::Nothing);
        Ok(Self { first: first_of(&path), length, lines: Lines::File(path), index })
    }

    /// The number of its first record.
    pub(super) fn first(&self) -> u64 {
        self.first
    }

    /// What of it may be wanted. Nothing either if it has been removed.
    pub(super) fn candidates(&self, wanted: &Wanted) -> io::Result<Option<Part>> {
        let known = match self.known() {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            known => known?,
        };
        let offsets = match &known {
            Known::Memory(index) if wanted.meets(index.span) => index.candidates(wanted),
            Known::File(file) if wanted.meets(file.span()) => file.candidates(wanted)?,
            _ => Vec::new(),
        };
        if offsets.is_empty() {
            return Ok(None);
        }
        let source = match &self.lines {
            Lines::Memory(lines) => Source::Memory(Arc::clone(lines)),
            Lines::File(path) => match File::open(path) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
                file => Source::File(Arc::new(file?)),
            },
        };
        Ok(Some(Part { segment: self.first, source, offsets }))
    }

    /// The earliest and the latest second of its records.
    pub(super) fn span(&self) -> io::Result<Span> {
        Ok(match self.known()? {
            Known::Nothing => Span::default(),
            Known::Memory(index) => index.span,
            Known::File(file) => file.span(),
        })
    }

    /// Whether it is in a file and its index is not, or not in one that fits.
    pub(super) fn lacks_index(&self) -> bool {
        match &self.lines {
            Lines::File(path) => !IndexFile::is_there(&index_path(path), self.length),
            Lines::Memory(_) => false,
        }
    }

    /// Sees to it that its index lies in a file beside it.
    pub(super) fn keep_index(&self) -> io::Result<()> {
        self.known().map(drop)
    }

    /// Removes its files.
    pub(super) fn remove(&self) -> io::Result<()> {
        let Lines::File(path) = &self.lines else { return Ok(()) };
        fs::remove_file(path)?;
        match fs::remove_file(index_path(path)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    /// Calls `visit` with each line.
    pub(super) fn lines(&self, visit: impl FnMut(u64, &[u8])) -> io::Result<()> {
        match &self.lines {
            Lines::File(path) => each_line(BufReader::new(File::open(path)?), visit).map(drop),
            Lines::Memory(lines) => each_line(lines.as_slice(), visit).map(drop),
        }
    }

    /// The index, from its file if there is one that fits, and else made anew and written there.
    fn known(&self) -> io::Result<Known> {
        let mut known = self.index.lock();
        let Lines::File(path) = &self.lines else { return Ok(known.clone()) };
        if matches!(*known, Known::File(_)) {
            return Ok(known.clone());
        }
        let at = index_path(path);
        let mut file = match *known {
            Known::Nothing => IndexFile::open(&at, self.length)?,
            _ => None,
        };
        if file.is_none() {
            let index = match &*known {
                Known::Memory(index) => Arc::clone(index),
                _ => Arc::new(index_of(path)?.0),
            };
            *known = Known::Memory(Arc::clone(&index));
            file = match index.save(&at, self.length) {
                Ok(()) => IndexFile::open(&at, self.length)?,
                Err(error) => {
                    tracing::warn!(file = %at.display(), %error, "an index of the audit trail is kept in memory");
                    None
                }
            };
        }
        if let Some(file) = file {
            *known = Known::File(Arc::new(file));
        }
        Ok(known.clone())
    }
}

impl Source {
    /// The line that begins at `offset`, without its line feed.
    pub(super) fn line_at(&self, offset: u32) -> io::Result<Vec<u8>> {
        let file = match self {
            Self::Memory(lines) => {
                let rest = lines.get(offset as usize..).unwrap_or_default();
                let line = rest.split(|byte| *byte == b'\n').next().unwrap_or_default();
                return Ok(line.to_vec());
            }
            Self::File(file) => file,
        };
        let mut line = vec![0; LINE];
        let mut filled = 0;
        loop {
            let rest = line.get_mut(filled..).unwrap_or_default();
            let read = file.read_at(rest, u64::from(offset) + filled as u64)?;
            let end = rest.get(..read).unwrap_or_default().iter().position(|byte| *byte == b'\n');
            if let Some(end) = end {
                line.truncate(filled + end);
                return Ok(line);
            }
            filled += read;
            if read == 0 {
                line.truncate(filled);
                return Ok(line);
            }
            line.resize(line.len() * 2, 0);
        }
    }
}

/// The index of the segment at `path`, and what must be known to go on with it.
pub(super) fn index_of(path: &Path) -> io::Result<(Index, Ending)> {
    let mut index = Index::default();
    let mut ending = Ending::default();
    let terminated = each_line(BufReader::new(File::open(path)?), |offset, text| {
        ending.hash = line::hash(text);
        let Some(read) = line::read(text) else {
            ending.strange += 1;
            return;
        };
        (ending.number, ending.strange) = (Some(read.seam.number), 0);
        if let (Ok(offset), Some(event)) = (u32::try_from(offset), Event::from_json(read.event)) {
            index.add(offset, &Marks::of(&event));
        }
    })?;
    ending.length = terminated;
    Ok((index, ending))
}

/// How a segment ends.
#[derive(Debug, Default)]
pub(super) struct Ending {
    /// The number of the last line that could be read.
    pub(super) number: Option<u64>,
    /// How many lines that could not be read follow it.
    pub(super) strange: u64,
    /// The hash of the last line.
    pub(super) hash: line::Hash,
    /// How many bytes there are up to the last line feed.
    pub(super) length: u64,
}

/// Calls `visit` with each line that ends with a line feed, and where it begins; returns where the last one ends.
pub(super) fn each_line(mut reader: impl BufRead, mut visit: impl FnMut(u64, &[u8])) -> io::Result<u64> {
    let (mut offset, mut text) = (0, Vec::new());
    loop {
        text.clear();
        let read = reader.read_until(b'\n', &mut text)?;
        let Some(line) = text.strip_suffix(b"\n") else { return Ok(offset) };
        visit(offset, line);
        offset += read as u64;
    }
}

/// The files of segments in `folder`, the oldest first.
pub(super) fn files(folder: &Path) -> io::Result<Vec<PathBuf>> {
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

/// The number of the first record, which the file is named after.
pub(super) fn first_of(path: &Path) -> u64 {
    path.file_stem().and_then(|name| name.to_str()).and_then(|name| name.parse().ok()).unwrap_or_default()
}

fn index_path(path: &Path) -> PathBuf {
    path.with_extension("index")
}
