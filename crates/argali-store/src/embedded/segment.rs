//! The bytes of a log segment: a header, then one record a group.
//!
//! ```text
//! segment   magic (8)  number (8)  salt (8)  sequence before it (8)  checksum (8)  record…
//! record    payload bytes (8)  sequence (8)  sequence before it (8)  payload's checksum (8)
//!           header's checksum (8)  payload, padded to 8 bytes
//! payload   rows, each: key bytes (4)  value bytes (4), all ones if deleted  key  value
//! ```
//!
//! Numbers are little-endian. The checksums are seeded with the salt of the segment, so that what
//! an earlier life of the file left behind, and what a tenant stores in a value, is never taken for
//! a record. The header has its own, so that looking for a record hashes no payload in vain.

use xxhash_rust::xxh3::xxh3_64_with_seed;

use crate::group::Changes;

/// The name and version of the format.
const MAGIC: u64 = u64::from_le_bytes(*b"ARGLOG\0\x01");

/// How many bytes the header of a segment has.
pub(super) const SEGMENT_HEADER_BYTES: usize = 40;

/// How many bytes the header of a record has.
pub(super) const RECORD_HEADER_BYTES: usize = 40;

/// Records begin at multiples of this.
pub(super) const ALIGNMENT: usize = 8;

const DELETED: u32 = u32::MAX;

/// What a segment says about itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct SegmentHeader {
    pub(super) number: u64,
    pub(super) salt: u64,
    /// The sequence of the last record of the segment before.
    pub(super) before: u64,
}

impl SegmentHeader {
    pub(super) fn encode(&self) -> [u8; SEGMENT_HEADER_BYTES] {
        let mut bytes = [0; SEGMENT_HEADER_BYTES];
        let words = [MAGIC, self.number, self.salt, self.before];
        let (fields, checksum) = bytes.split_at_mut(SEGMENT_HEADER_BYTES - 8);
        for (field, word) in fields.chunks_exact_mut(8).zip(words) {
            field.copy_from_slice(&word.to_le_bytes());
        }
        checksum.copy_from_slice(&xxh3_64_with_seed(fields, 0).to_le_bytes());
        bytes
    }

    /// Returns nothing if the bytes are not a header of this format.
    pub(super) fn decode(bytes: &[u8]) -> Option<SegmentHeader> {
        let (fields, _) = bytes.split_at_checked(SEGMENT_HEADER_BYTES - 8)?;
        let mut rest = bytes;
        let magic = take_u64(&mut rest)?;
        let header = SegmentHeader {
            number: take_u64(&mut rest)?,
            salt: take_u64(&mut rest)?,
            before: take_u64(&mut rest)?,
        };
        let checksum = take_u64(&mut rest)?;
        (magic == MAGIC && checksum == xxh3_64_with_seed(fields, 0)).then_some(header)
    }
}

/// A key, and its value unless it was deleted.
pub(super) type Row<'b> = (&'b [u8], Option<&'b [u8]>);

/// One group in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Record<'b> {
    pub(super) sequence: u64,
    pub(super) before: u64,
    payload: &'b [u8],
}

impl<'b> Record<'b> {
    /// Reads the record at the start of `bytes`, or nothing if there is none.
    pub(super) fn decode(bytes: &'b [u8], salt: u64) -> Option<Record<'b>> {
        let (header, rest) = bytes.split_at_checked(RECORD_HEADER_BYTES)?;
        let (fields, _) = header.split_at_checked(RECORD_HEADER_BYTES - 8)?;
        let mut header = header;
        let payload_bytes = take_u64(&mut header)?;
        let sequence = take_u64(&mut header)?;
        let before = take_u64(&mut header)?;
        let payload_checksum = take_u64(&mut header)?;
        // Sequences ascend, so most of what is not a record is sorted out before it is hashed.
        if sequence <= before || take_u64(&mut header)? != xxh3_64_with_seed(fields, salt) {
            return None;
        }
        let payload = rest.get(..usize::try_from(payload_bytes).ok()?)?;
        (payload_checksum == xxh3_64_with_seed(payload, salt)).then_some(Record { sequence, before, payload })
    }

    /// How many bytes the record takes in its segment.
    pub(super) fn len(&self) -> usize {
        RECORD_HEADER_BYTES + self.payload.len().next_multiple_of(ALIGNMENT)
    }

    /// The changes, the value missing where the key was deleted. Ends early if what the checksum
    /// vouches for is not rows, which only a bug could write.
    pub(super) fn rows(&self) -> Option<Vec<Row<'b>>> {
        let mut rows = Vec::new();
        let mut rest = self.payload;
        while !rest.is_empty() {
            let key_bytes = take_u32(&mut rest)?;
            let value_bytes = take_u32(&mut rest)?;
            let key = rest.split_off(..usize::try_from(key_bytes).ok()?)?;
            let value = match value_bytes {
                DELETED => None,
                bytes => Some(rest.split_off(..usize::try_from(bytes).ok()?)?),
            };
            rows.push((key, value));
        }
        Some(rows)
    }
}

/// Writes the record of a group over what is in `buffer`. Nothing is returned if the group is too
/// large for one record.
pub(super) fn encode_record(
    buffer: &mut Vec<u8>,
    salt: u64,
    sequence: u64,
    before: u64,
    group: &Changes,
) -> Option<()> {
    buffer.clear();
    buffer.resize(RECORD_HEADER_BYTES, 0);
    for (key, value) in group {
        let value_bytes = match value {
            Some(value) => u32::try_from(value.len()).ok().filter(|bytes| *bytes != DELETED)?,
            None => DELETED,
        };
        buffer.extend(u32::try_from(key.len()).ok()?.to_le_bytes());
        buffer.extend(value_bytes.to_le_bytes());
        buffer.extend(key);
        buffer.extend(value.iter().flatten());
    }
    let (header, payload) = buffer.split_at_mut_checked(RECORD_HEADER_BYTES)?;
    let payload_bytes = u64::from(u32::try_from(payload.len()).ok()?);
    let words = [payload_bytes, sequence, before, xxh3_64_with_seed(payload, salt)];
    let (fields, checksum) = header.split_at_mut_checked(RECORD_HEADER_BYTES - 8)?;
    for (field, word) in fields.chunks_exact_mut(8).zip(words) {
        field.copy_from_slice(&word.to_le_bytes());
    }
    checksum.copy_from_slice(&xxh3_64_with_seed(fields, salt).to_le_bytes());
    buffer.resize(buffer.len().next_multiple_of(ALIGNMENT), 0);
    Some(())
}

fn take_u64(bytes: &mut &[u8]) -> Option<u64> {
    let (number, rest) = bytes.split_first_chunk::<8>()?;
    *bytes = rest;
    Some(u64::from_le_bytes(*number))
}

fn take_u32(bytes: &mut &[u8]) -> Option<u32> {
    let (number, rest) = bytes.split_first_chunk::<4>()?;
    *bytes = rest;
    Some(u32::from_le_bytes(*number))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SALT: u64 = 0x5a17;

    fn group() -> Changes {
        let rows = [
            (b"a".to_vec(), Some(b"1".to_vec())),
            (b"b".to_vec(), None),
            (b"c".to_vec(), Some(vec![])),
            (vec![0xff; 300], Some(vec![7; 70_000])),
        ];
        rows.into_iter().collect()
    }

    fn encoded(group: &Changes) -> Vec<u8> {
        let mut bytes = vec![9; 3];
        encode_record(&mut bytes, SALT, 7, 3, group).unwrap();
        bytes
    }

    #[test]
    fn a_record_is_read_as_it_was_written() {
        for group in [group(), Changes::new()] {
            let bytes = encoded(&group);
            let record = Record::decode(&bytes, SALT).unwrap();
            assert_eq!((record.sequence, record.before, record.len()), (7, 3, bytes.len()));
            let rows = record.rows().unwrap().into_iter();
            let read: Changes = rows.map(|(key, value)| (key.to_vec(), value.map(<[u8]>::to_vec))).collect();
            assert_eq!(read, group);
        }
    }

    #[test]
    fn what_follows_a_record_does_not_matter() {
        let mut bytes = encoded(&group());
        let alone = bytes.clone();
        bytes.extend([0xff; 100]);
        assert_eq!(Record::decode(&bytes, SALT), Record::decode(&alone, SALT));
    }

    #[test]
    fn a_shortened_or_changed_record_is_none() {
        let intact = encoded(&group());
        let payload_end = intact.len() - (ALIGNMENT - 1);
        for bytes in (0..RECORD_HEADER_BYTES).chain([intact.len() / 2, payload_end - 1]) {
            assert_eq!(Record::decode(&intact[..bytes], SALT), None, "{bytes} bytes");
        }
        for at in (0..RECORD_HEADER_BYTES + 40).chain([payload_end - ALIGNMENT]) {
            let mut changed = intact.clone();
            changed[at] ^= 1;
            assert_eq!(Record::decode(&changed, SALT), None, "byte {at}");
        }
        assert_eq!(Record::decode(&intact, SALT + 1), None, "a record of another segment");
    }

    #[test]
    fn a_sequence_that_does_not_ascend_is_none() {
        let mut bytes = vec![];
        encode_record(&mut bytes, SALT, 3, 3, &group()).unwrap();
        assert_eq!(Record::decode(&bytes, SALT), None);
    }

    #[test]
    fn a_segment_header_is_read_as_it_was_written_or_not_at_all() {
        let header = SegmentHeader { number: 1, salt: 2, before: 3 };
        let intact = header.encode();
        assert_eq!(SegmentHeader::decode(&intact), Some(header));
        assert_eq!(SegmentHeader::decode(&intact[..SEGMENT_HEADER_BYTES - 1]), None);
        for at in 0..SEGMENT_HEADER_BYTES {
            let mut changed = intact;
            changed[at] ^= 1;
            assert_eq!(SegmentHeader::decode(&changed), None, "byte {at}");
        }
    }
}
