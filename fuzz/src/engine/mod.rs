//! The loop: damage, hand over, look, keep.

mod bytes;
mod json;
mod shape;
mod watch;

use std::collections::BTreeSet;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use sha2::{Digest, Sha256};

use crate::MEMORY;
use crate::dice::Dice;
use crate::target::{Probe, Target};
use watch::{Panic, Watch};

pub(crate) use shape::{Shape, Words};

/// How long one input may take.
const LONGEST: Duration = Duration::from_millis(50);
/// How often a slow input is tried again: other programs may have had the processor.
const SECOND_LOOKS: usize = 4;
/// How much one input may allocate, in bytes.
const MOST_MEMORY: usize = 64 << 20;
/// How many interesting inputs are kept to go on from.
const MOST_KEPT: usize = 4_096;
/// How many of them are written to the corpus after one run.
const MOST_FILES: usize = 8;
/// How long an input may become, in bytes.
const MOST_BYTES: usize = 64 << 10;
/// How many tries it may take to make a finding smaller.
const SHRINKING: usize = 5_000;
/// How many findings end a run.
const ENOUGH: usize = 5;

/// How to run a target.
#[derive(Debug, Clone)]
pub struct Plan {
    /// For how long.
    pub time: Duration,
    /// At most so many inputs.
    pub inputs: u64,
    /// What the damage follows from.
    pub seed: u64,
    /// Whether inputs that led to something new are written to the target's corpus.
    pub keep: bool,
    /// Whether slow inputs are found: not in a build without optimization, where all are.
    pub timed: bool,
}

/// What a run did.
#[derive(Debug)]
pub struct Report {
    /// How many inputs were handed over.
    pub inputs: u64,
    /// How long that took.
    pub time: Duration,
    /// How many different outcomes there were.
    pub outcomes: usize,
    /// What must not be.
    pub failures: Vec<Failure>,
}

/// An input that made something happen which must not.
#[derive(Debug)]
pub struct Failure {
    /// What happened.
    pub kind: Kind,
    /// File and line, of a panic.
    pub place: String,
    /// What was said.
    pub message: String,
    /// The input, as small as it could be made.
    pub input: Vec<u8>,
}

/// What must not happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A panic, or something that a target checks.
    Panic,
    /// More than 50 ms.
    Slow,
    /// More than 64 MiB.
    Memory,
}

impl Kind {
    /// What files of such findings begin with.
    fn name(self) -> &'static str {
        match self {
            Self::Panic => "panic",
            Self::Slow => "slow",
            Self::Memory => "memory",
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kind, place, message, input } = self;
        write!(f, "{} {place}: {message}\n    input: {}", kind.name(), input.escape_ascii())
    }
}

/// A folder of this crate: `corpus` or `findings`.
#[must_use]
pub fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

/// Runs a target and writes down what it finds.
#[must_use]
pub fn run(target: &Target, plan: &Plan) -> Report {
    let (report, kept) = search(target, plan);
    for failure in &report.failures {
        write(&folder("findings").join(target.name), failure.kind.name(), &failure.input);
    }
    if plan.keep {
        // The smallest are the ones to look at, and quick to hand over again.
        let mut kept = kept;
        kept.sort_by_key(Vec::len);
        kept.iter()
            .take(MOST_FILES)
            .for_each(|input| write(&folder("corpus").join(target.name), "new", input));
    }
    report
}

/// Runs a target; what it did, and the inputs that led to something new.
fn search(target: &Target, plan: &Plan) -> (Report, Vec<Vec<u8>>) {
    let mut running = Running::new(target, plan.seed, plan.timed);
    let seeds = target.all_seeds();
    for seed in &seeds {
        running.look_at(seed);
    }
    let first = seeds.len();
    let mut pool = seeds;
    let began = now();
    let mut inputs = 0;
    while inputs < plan.inputs && began.elapsed() < plan.time && running.failures.len() < ENOUGH {
        let input = target.shape.damage(&mut running.dice, &pool, first, target.words);
        if input.len() > MOST_BYTES {
            continue;
        }
        inputs += 1;
        if running.look_at(&input) && pool.len() < MOST_KEPT {
            pool.push(input);
        }
    }
    let time = began.elapsed();
    let Running { outcomes, failures, .. } = running;
    (Report { inputs, time, outcomes: outcomes.len(), failures }, pool.split_off(first))
}

/// Hands one input to a target.
///
/// # Errors
///
/// Fails if something happens that must not.
pub fn replay(target: &Target, input: &[u8]) -> Result<(), Failure> {
    let mut running = Running::new(target, 0, false);
    running.look_at(input);
    running.failures.pop().map_or(Ok(()), Err)
}

/// A target at work.
struct Running<'t> {
    target: &'t Target,
    probe: Box<dyn Probe>,
    watch: Watch,
    dice: Dice,
    outcomes: BTreeSet<u64>,
    failures: Vec<Failure>,
    timed: bool,
}

impl<'t> Running<'t> {
    fn new(target: &'t Target, seed: u64, timed: bool) -> Self {
        Self {
            target,
            probe: (target.start)(),
            watch: Watch::start(target.name),
            dice: Dice::new(seed),
            outcomes: BTreeSet::new(),
            failures: Vec::new(),
            timed,
        }
    }

    /// Whether an input leads to something new. A failure is made small and kept.
    fn look_at(&mut self, input: &[u8]) -> bool {
        match self.hand_over(input) {
            Ok(outcome) => self.outcomes.insert(outcome),
            Err((kind, panic)) => {
                let known = |known: &Failure| known.kind == kind && known.place == panic.place;
                if !self.failures.iter().any(known) {
                    let (input, Panic { place, message }) = self.shrink(input, kind, panic);
                    self.failures.push(Failure { kind, place, message, input });
                }
                false
            }
        }
    }

    fn hand_over(&mut self, input: &[u8]) -> Result<u64, (Kind, Panic)> {
        let (mut outcome, mut took, mut peak) = self.once(input);
        let known_slow = self.failures.iter().any(|known| known.kind == Kind::Slow);
        for _ in 0..SECOND_LOOKS {
            if took <= LONGEST || !self.timed || outcome.is_err() || known_slow {
                break;
            }
            let again = self.once(input);
            (outcome, took, peak) = (again.0, took.min(again.1), peak.max(again.2));
        }
        match outcome {
            Err(panic) => {
                // Whatever it was in the middle of, it begins anew.
                self.probe = (self.target.start)();
                Err((Kind::Panic, panic))
            }
            Ok(_) if took > LONGEST && self.timed => {
                Err((Kind::Slow, Panic::without_place(format!("takes {} ms", took.as_millis()))))
            }
            Ok(_) if peak > MOST_MEMORY => {
                Err((Kind::Memory, Panic::without_place(format!("takes {} MiB", peak >> 20))))
            }
            Ok(outcome) => Ok(outcome),
        }
    }

    /// What comes of an input, how long it takes, and how much is allocated at once.
    fn once(&mut self, input: &[u8]) -> (Result<u64, Panic>, Duration, usize) {
        let before = MEMORY.current_usage();
        MEMORY.reset_peak_usage();
        LONGEST_PART_NS.store(0, Ordering::Relaxed);
        let began = now();
        let outcome = self.watch.over(input, || self.probe.probe(input));
        let took = match LONGEST_PART_NS.load(Ordering::Relaxed) {
            0 => began.elapsed(),
            longest => Duration::from_nanos(longest),
        };
        let peak = MEMORY.peak_usage().saturating_sub(before);
        (outcome, took, peak)
    }

    /// A part of the input that fails in the same way, and how.
    fn shrink(&mut self, input: &[u8], kind: Kind, panic: Panic) -> (Vec<u8>, Panic) {
        let (mut smallest, mut how) = (input.to_vec(), panic);
        let mut tries = 0;
        let mut piece = smallest.len().div_ceil(2);
        while piece > 0 && tries < SHRINKING {
            let mut start = 0;
            while start < smallest.len() && tries < SHRINKING {
                let end = (start + piece).min(smallest.len());
                let less = [&smallest[..start], &smallest[end..]].concat();
                tries += 1;
                match self.hand_over(&less) {
                    Err((k, panic)) if k == kind && panic.place == how.place => {
                        (smallest, how) = (less, panic)
                    }
                    _ => start = end,
                }
            }
            piece /= 2;
        }
        (smallest, how)
    }
}

/// The longest that a part took, in nanoseconds; 0 if the target names no parts.
static LONGEST_PART_NS: AtomicU64 = AtomicU64::new(0);

/// Does what a server does in one request. A target that hands its input over in several ways, or asks an oracle
/// besides, is measured by the slowest of its parts.
pub(crate) fn part<T>(work: impl FnOnce() -> T) -> T {
    let began = now();
    let done = work();
    let took = u64::try_from(began.elapsed().as_nanos()).unwrap_or(u64::MAX);
    LONGEST_PART_NS.fetch_max(took, Ordering::Relaxed);
    done
}

/// Writes an input to a file that is named after its content.
fn write(folder: &Path, kind: &str, input: &[u8]) {
    let hash = hex::encode(&Sha256::digest(input)[..8]);
    let file = folder.join(format!("{kind}-{hash}.input"));
    let written = std::fs::create_dir_all(folder).and_then(|()| std::fs::write(&file, input));
    written.unwrap_or_else(|error| panic!("cannot write `{}`: {error}", file.display()));
}

#[expect(clippy::disallowed_methods, reason = "how long an input takes is what is measured")]
pub(crate) fn now() -> Instant {
    Instant::now()
}

#[cfg(test)]
mod tests;
