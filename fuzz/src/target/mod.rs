//! The parsers of untrusted bytes, a file each.

mod answer;
mod document;
mod form;
mod grouping;
mod head;
mod marker;
mod message;
mod network;
mod parameters;
mod passkey;
mod policy;
mod signature;
mod storage;
mod storage_document;
mod token;
mod trust;
mod wire;

use std::hash::{DefaultHasher, Hash, Hasher};

use crate::engine::{Shape, Words, folder};

/// All targets.
pub static TARGETS: &[&Target] = &[
    &head::TARGET,
    &parameters::TARGET,
    &signature::TARGET,
    &token::TARGET,
    &passkey::TARGET,
    &policy::TARGET,
    &trust::TARGET,
    &marker::TARGET,
    &network::TARGET,
    &grouping::TARGET,
    &form::TARGET,
    &answer::TARGET,
    &message::TARGET,
    &storage::TARGET,
    &storage_document::TARGET,
];

/// A parser, and what its inputs look like.
#[derive(Debug)]
pub struct Target {
    /// What it is called; its corpus and its findings are in folders of this name.
    pub name: &'static str,
    /// The form of its inputs.
    pub(crate) shape: Shape,
    /// Texts that mean something to it.
    pub(crate) words: Words,
    /// Inputs to begin with, besides those in the corpus.
    pub(crate) seeds: fn() -> Vec<Vec<u8>>,
    /// Makes it ready.
    pub(crate) start: fn() -> Box<dyn Probe>,
}

/// A parser that is ready.
pub trait Probe {
    /// Hands an input over, and checks what must hold. Inputs that come out in the same way give the same number.
    ///
    /// # Panics
    ///
    /// Panics if something does not hold.
    fn probe(&mut self, input: &[u8]) -> u64;
}

impl Target {
    /// What there is to begin with.
    pub(crate) fn all_seeds(&self) -> Vec<Vec<u8>> {
        let mut seeds = (self.seeds)();
        seeds.extend(self.files("corpus").into_iter().map(|(_, input)| input));
        assert!(!seeds.is_empty(), "{} has nothing to begin with", self.name);
        seeds
    }

    /// The inputs in its folder of `corpus` or `findings`, each with the name of its file.
    #[must_use]
    pub fn files(&self, kind: &str) -> Vec<(String, Vec<u8>)> {
        let Ok(listed) = std::fs::read_dir(folder(kind).join(self.name)) else { return Vec::new() };
        let mut files: Vec<_> = listed.map(|file| file.unwrap().path()).collect();
        files.sort();
        files.iter().map(|path| (path.display().to_string(), std::fs::read(path).unwrap())).collect()
    }
}

/// A number for an outcome.
fn outcome(of: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    of.hash(&mut hasher);
    hasher.finish()
}

/// A message without what differs from input to input: what stands in quotes, and numbers.
fn gist(message: &str) -> String {
    let outside = message.split('`').step_by(2);
    // A quote in what is quoted turns inside and outside around.
    outside.flat_map(str::chars).filter(|c| !c.is_ascii_digit()).take(48).collect()
}
