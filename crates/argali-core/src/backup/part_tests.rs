//! What is no whole backup is refused, wherever it is cut, flipped or put together anew.

use super::part::*;
use crate::time::Timestamp;
use crate::vault::SecretKey;

const KEY: SecretKey = SecretKey::new([1; 32]);

fn head() -> Head {
    Head::new(Timestamp::from_millis(1_750_000_000_123), &[5; 32], 41)
}

fn written(rows: usize, value: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut writer = PartWriter::begin(&mut bytes, &head()).unwrap();
    for number in 0..rows {
        writer.row(format!("key {number}").as_bytes(), value).unwrap();
    }
    let (count, length) = writer.end(&KEY).unwrap();
    assert_eq!((count, length), (rows as u64, bytes.len() as u64));
    bytes
}

fn read(bytes: &[u8], key: &SecretKey) -> Result<u64, BackupError> {
    let (found, mut reader) = PartReader::begin(bytes)?;
    while reader.next(Some(key))?.is_some() {}
    assert_eq!((found, reader.bytes()), (head(), bytes.len() as u64));
    Ok(reader.rows())
}

#[test]
fn what_is_written_is_read() {
    assert_eq!(read(&written(0, b""), &KEY).unwrap(), 0);
    assert_eq!(read(&written(3, b""), &KEY).unwrap(), 3);
    // Several parts.
    assert_eq!(read(&written(300, &[7; 4_000]), &KEY).unwrap(), 300);
    let longest = vec![7; argali_store::MAX_VALUE_BYTES];
    assert_eq!(read(&written(3, &longest), &KEY).unwrap(), 3);
}

#[test]
fn whatever_is_cut_or_flipped_is_refused() {
    let whole = written(3, b"value");
    for end in 0..whole.len() {
        let error = read(&whole[..end], &KEY).unwrap_err();
        assert!(matches!(error, BackupError::NoBackup | BackupError::Cut(_)), "{end}: {error}");
    }
    for at in 0..whole.len() {
        for bit in 0..8 {
            let mut bent = whole.clone();
            bent[at] ^= 1 << bit;
            read(&bent, &KEY).unwrap_err();
        }
    }
    let further = [whole.as_slice(), b"x"].concat();
    assert!(matches!(read(&further, &KEY).unwrap_err(), BackupError::Damaged(part) if part == "end"));
}

#[test]
fn a_damaged_part_is_named() {
    let whole = written(300, &[7; 4_000]);
    let third = FORMAT.len() + 200 + 2 * (PART_BYTES + 8_000);
    let mut bent = whole.clone();
    bent[third] ^= 1;
    assert!(matches!(read(&bent, &KEY).unwrap_err(), BackupError::Damaged(part) if part == "rows 3"));
    let error = read(&whole[..third], &KEY).unwrap_err();
    assert!(matches!(error, BackupError::Cut(part) if part == "rows 3"));
    let mut bent = whole;
    bent[FORMAT.len() + 20] ^= 1;
    assert!(matches!(read(&bent, &KEY).unwrap_err(), BackupError::Damaged(part) if part == "head"));
}

#[test]
fn parts_cannot_be_left_out_and_nobody_else_signs() {
    let whole = written(300, &[7; 4_000]);
    let (_, mut reader) = PartReader::begin(whole.as_slice()).unwrap();
    let start = whole.len() - reader.from.len();
    reader.next(Some(&KEY)).unwrap();
    let first = whole.len() - reader.from.len();
    let without = [&whole[..start], &whole[first..]].concat();
    assert!(matches!(read(&without, &KEY).unwrap_err(), BackupError::Damaged(_)));
    let twice = [&whole[..first], &whole[start..]].concat();
    assert!(matches!(read(&twice, &KEY).unwrap_err(), BackupError::Damaged(_)));
    assert!(matches!(read(&whole, &SecretKey::new([2; 32])).unwrap_err(), BackupError::NotSigned));
}

#[test]
fn what_is_something_else_is_told_from_what_is_of_another_version() {
    assert!(matches!(read(b"PK\x03\x04 and some more of it", &KEY), Err(BackupError::NoBackup)));
    assert!(matches!(read(b"argali backup 2\n...", &KEY), Err(BackupError::UnknownFormat)));
}
