//! What is found on a disk after power was lost, bits have flipped, or files are gone.
//!
//! A log is copied while the store is open, which is what a crash leaves behind.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use argali_store::{Embedded, EmbeddedOptions, Store, StoreError};

use crate::{Dice, change, folder, get, little_room, one_segment, open};

/// What a disk writes at once.
const SECTOR_BYTES: usize = 512;

#[test]
fn a_torn_write_is_there_as_a_whole_or_not_at_all() {
    let dir = folder();
    let store = open(dir.path(), &one_segment());
    for number in 0..3 {
        change(&store, |transaction| transaction.put(&[number], &[number; 700])).unwrap();
    }
    let before = fs::read(segment(dir.path(), 1)).unwrap();
    change(&store, |transaction| (10..20).for_each(|number| transaction.put(&[number], &[number; 700])))
        .unwrap();
    let after = fs::read(segment(dir.path(), 1)).unwrap();

    let changed: Vec<_> = (0..after.len())
        .step_by(SECTOR_BYTES)
        .filter(|start| before[*start..][..SECTOR_BYTES] != after[*start..][..SECTOR_BYTES])
        .collect();
    assert!(changed.len() > 10);
    let (mut whole, mut none) = (0, 0);
    for seed in 0..60 {
        let mut torn = before.clone();
        let mut dice = Dice::new(seed);
        let kept_of_16 = dice.below(17);
        for start in &changed {
            if dice.below(16) < kept_of_16 {
                torn[*start..][..SECTOR_BYTES].copy_from_slice(&after[*start..][..SECTOR_BYTES]);
            }
        }
        let copy = folder();
        write_segment(copy.path(), 1, &torn);
        let store = open(copy.path(), &one_segment());
        for number in 0..3 {
            assert_eq!(get(&store, &[number]).unwrap(), [number; 700], "seed {seed}");
        }
        let found = store.read().unwrap().scan(&[10], &[20], 99).unwrap();
        assert!(found.is_empty() || found.len() == 10, "seed {seed}: {} of 10", found.len());
        if found.is_empty() {
            none += 1
        } else {
            whole += 1
        }
        // What was cut does not come back, whatever is written over it.
        change(&store, |transaction| transaction.put(b"later", b"1")).unwrap();
        drop(store);
        let again = open(copy.path(), &one_segment()).read().unwrap().scan(&[10], &[20], 99).unwrap();
        assert_eq!(again, found, "seed {seed}");
    }
    assert!(whole > 0 && none > 0, "{whole} whole, {none} none");
}

#[test]
fn a_flipped_bit_in_the_log_is_found_and_named() {
    let dir = folder();
    let store = open(dir.path(), &one_segment());
    for number in 0..4 {
        change(&store, |transaction| transaction.put(&[number], &[number; 50])).unwrap();
    }
    let crashed = fs::read(segment(dir.path(), 1)).unwrap();
    drop(store);
    let closed = fs::read(segment(dir.path(), 1)).unwrap();

    // A header of 40 bytes, and records of 40 and a payload of 59, padded.
    let record = 40 + 64;
    for at in (0..40 + 4 * record).step_by(7) {
        let is_padding = at >= 40 && (at - 40) % record >= 40 + 59;
        let is_last_record = at >= 40 + 3 * record;
        for (image, is_closed) in [(&crashed, false), (&closed, true)] {
            let mut flipped = image.clone();
            flipped[at] ^= 1 << (at % 8);
            let copy = folder();
            write_segment(copy.path(), 1, &flipped);
            match Store::embedded(copy.path(), &one_segment()) {
                Ok(store) if is_padding => assert_eq!(rows(&store), 4),
                // Nothing tells it from a torn tail, unless the store was closed.
                Ok(store) => {
                    assert!(is_last_record && !is_closed, "byte {at} is not missed");
                    assert_eq!(rows(&store), 3);
                }
                Err(StoreError::Damaged { file, offset, .. }) => {
                    assert_eq!(file, segment(copy.path(), 1));
                    let start = if at < 40 { 0 } else { at - (at - 40) % record };
                    assert_eq!(offset, Some(start as u64), "byte {at}");
                }
                Err(error) => panic!("byte {at}: {error}"),
            }
        }
    }
}

#[test]
fn a_missing_or_short_segment_is_found_and_named() {
    let image = several_segments();
    let numbers: Vec<u64> = image.keys().filter_map(|path| number(path)).collect();
    assert!(numbers.len() >= 3, "{numbers:?}");
    let (first, second, last) = (numbers[0], numbers[1], numbers[numbers.len() - 1]);

    for missing in [first, second] {
        let mut image = image.clone();
        image.remove(&PathBuf::from(name(missing)));
        assert_eq!(damaged_file(&image), name(missing));
    }
    for short in [first, second] {
        let mut image = image.clone();
        let bytes = image.get_mut(&PathBuf::from(name(short))).unwrap();
        bytes.truncate(bytes.len() / 3);
        assert_eq!(damaged_file(&image), name(short));
    }
    for emptied in [first, second, last] {
        let mut image = image.clone();
        image.insert(PathBuf::from(name(emptied)), vec![]);
        assert_eq!(damaged_file(&image), name(emptied));
    }
}

#[test]
fn tables_without_their_log_are_damage() {
    let dir = folder();
    fill(&open(dir.path(), &little_room()), 50);
    fs::remove_dir_all(dir.path().join("log")).unwrap();
    let refused = Store::embedded(dir.path(), &little_room());
    assert!(matches!(refused, Err(StoreError::Damaged { .. })), "{refused:?}");
}

#[test]
fn a_flipped_bit_in_a_table_is_never_read_as_data() {
    let dir = folder();
    fill(&open(dir.path(), &little_room()), 50);
    let tables: Vec<_> = fs::read_dir(dir.path().join("tables/tables")).unwrap().collect();
    let table = tables.into_iter().map(|entry| entry.unwrap().path()).next().unwrap();
    let intact = fs::read(&table).unwrap();
    let mut found_by_verify = 0;
    for at in (0..intact.len()).step_by(intact.len() / 60 + 1) {
        let mut flipped = intact.clone();
        flipped[at] ^= 0x10;
        fs::write(&table, &flipped).unwrap();
        match Embedded::open(dir.path(), &one_segment()) {
            Err(error) => assert!(matches!(error, StoreError::Damaged { .. }), "byte {at}: {error}"),
            Ok(engine) => {
                if let Err(error) = engine.verify() {
                    assert!(matches!(&error, StoreError::Damaged { file, .. } if *file == table), "{error}");
                    found_by_verify += 1;
                }
                let store = Store::with_engine(engine);
                let reader = store.read().unwrap();
                for number in 0..50_u32 {
                    match reader.get(&number.to_be_bytes()) {
                        Ok(value) => assert_eq!(value.unwrap(), value_of(number), "byte {at}"),
                        Err(error) => assert!(matches!(error, StoreError::Damaged { .. }), "{error}"),
                    }
                }
            }
        }
    }
    assert!(found_by_verify > 10);
    fs::write(&table, &intact).unwrap();
    Embedded::open(dir.path(), &one_segment()).unwrap().verify().unwrap();
}

#[test]
fn a_store_is_open_once() {
    let dir = folder();
    let store = open(dir.path(), &one_segment());
    let second = Store::embedded(dir.path(), &one_segment());
    assert!(matches!(second, Err(StoreError::InUse(_))), "{second:?}");
    drop(store);
    open(dir.path(), &one_segment());
}

#[test]
fn only_the_owner_may_look() {
    let parent = folder();
    let dir = parent.path().join("made/data");
    let store = open(&dir, &one_segment());
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    for folder in [&dir, &dir.join("log"), &dir.join("tables")] {
        assert_eq!(mode(folder), 0o700, "{}", folder.display());
    }
    assert_eq!(mode(&segment(&dir, 1)), 0o600);
    assert_eq!(mode(&dir.join("lock")), 0o600);
    drop(store);
}

#[test]
fn what_cannot_be_opened_says_why() {
    let dir = folder();
    let file = dir.path().join("file");
    fs::write(&file, b"").unwrap();
    let refused = Store::embedded(&file, &EmbeddedOptions::default()).unwrap_err();
    assert!(refused.to_string().contains("cannot make the folder"), "{refused}");
}

/// The log as a crash leaves it before the keeper has given anything back.
fn several_segments() -> BTreeMap<PathBuf, Vec<u8>> {
    // A lone keeper may be fast, so the image is put together from one that is not asked for room.
    let dir = folder();
    let store = open(dir.path(), &little_room());
    let mut image = BTreeMap::new();
    for number in 0..200_u32 {
        change(&store, |transaction| transaction.put(&number.to_be_bytes(), &value_of(number))).unwrap();
        for entry in fs::read_dir(dir.path().join("log")).unwrap() {
            let path = entry.unwrap().path();
            // One that was given back meanwhile is as it was when it was read before.
            if let (Some(_), Ok(bytes)) = (crate::damage::number(&path), fs::read(&path)) {
                image.insert(PathBuf::from(path.file_name().unwrap()), bytes);
            }
        }
        if image.len() >= 4 {
            break;
        }
    }
    image
}

/// Opens a log and returns the name of the file that is said to be damaged.
fn damaged_file(image: &BTreeMap<PathBuf, Vec<u8>>) -> String {
    let copy = folder();
    for (name, bytes) in image {
        write_segment(copy.path(), number(name).unwrap(), bytes);
    }
    match Store::embedded(copy.path(), &little_room()) {
        Err(StoreError::Damaged { file, .. }) => file.file_name().unwrap().to_str().unwrap().to_owned(),
        other => panic!("{other:?}"),
    }
}

/// Enough for several tables and segments.
fn fill(store: &Store, rows: u32) {
    for number in 0..rows {
        change(store, |transaction| transaction.put(&number.to_be_bytes(), &value_of(number))).unwrap();
    }
}

fn value_of(number: u32) -> Vec<u8> {
    number.to_be_bytes().repeat(40)
}

fn rows(store: &Store) -> usize {
    store.read().unwrap().scan(&[0], &[9], 99).unwrap().len()
}

fn name(number: u64) -> String {
    format!("{number:010}.log")
}

fn number(path: &Path) -> Option<u64> {
    path.file_name()?.to_str()?.strip_suffix(".log")?.parse().ok()
}

fn segment(dir: &Path, number: u64) -> PathBuf {
    dir.join("log").join(name(number))
}

fn write_segment(dir: &Path, number: u64, bytes: &[u8]) {
    fs::create_dir_all(dir.join("log")).unwrap();
    fs::write(segment(dir, number), bytes).unwrap();
}
