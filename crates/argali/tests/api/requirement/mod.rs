//! The requirements, each with the test that holds it.
//!
//! `rows.txt` has them all. A test says in its documentation which it holds; what has neither a test nor a line in
//! `docs/deviations.md` is found here.

mod delegation;
mod identity;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// The ids of all requirements.
fn rows() -> impl Iterator<Item = &'static str> {
    let lines = include_str!("rows.txt").lines().filter(|line| line.starts_with('S'));
    lines.filter_map(|line| line.split_whitespace().next())
}

/// Collects the ids that are named in documentation of the sources below `folder`.
fn collect(folder: &Path, named: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            if !path.ends_with("node_modules") {
                collect(&path, named);
            }
        } else if path.extension().is_some_and(|kind| ["rs", "py", "js"].iter().any(|known| kind == *known)) {
            named.extend(ids(&fs::read_to_string(&path).unwrap()));
        }
    }
}

/// Whatever looks like an id: `S`, a digit, a dash, two digits.
fn ids(text: &str) -> impl Iterator<Item = String> + '_ {
    let is_id = |word: &&str| {
        let bytes = word.as_bytes();
        let digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
        bytes.len() == 5 && bytes[0] == b'S' && bytes[2] == b'-' && [1, 3, 4].into_iter().all(digit)
    };
    let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-'));
    words.filter(is_id).map(str::to_owned)
}

/// Everything that a test or a deviation names.
fn named() -> BTreeSet<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut named = BTreeSet::new();
    for entry in fs::read_dir(root.join("crates")).unwrap() {
        let tests = entry.unwrap().path().join("tests");
        if tests.is_dir() {
            collect(&tests, &mut named);
        }
    }
    named.extend(ids(&fs::read_to_string(root.join("docs/deviations.md")).unwrap()));
    named
}

#[test]
fn each_has_a_test_or_a_deviation() {
    let named = named();
    let known: BTreeSet<_> = rows().map(str::to_owned).collect();
    assert_eq!(known.len(), 228);
    let unknown: Vec<_> = named.difference(&known).collect();
    assert!(unknown.is_empty(), "tests name requirements that do not exist: {unknown:?}");
    let open: Vec<_> = rows().filter(|id| !named.contains(*id)).collect();
    assert!(open.is_empty(), "requirements without a test and without a deviation: {open:?}");
}
