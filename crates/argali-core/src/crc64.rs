//! The CRC-64 of two texts one after the other, from those of each: what an object in pieces has.
// SPEC: wire protocol, OSS, bodies: x-oss-hash-crc64ecma.

/// The polynomial of ECMA-182, its lowest coefficient in the highest bit.
const POLYNOMIAL: u64 = 0xC96C_5795_D787_0F42;

/// A linear map of 64 bits: what becomes of each.
type Map = [u64; 64];

/// The CRC-64 of a text and `length` bytes that follow it.
pub(crate) fn combine(first: u64, second: u64, length: u64) -> u64 {
    let mut result = first;
    // A zero bit, then a zero byte, and its powers by squaring.
    let mut map = one_bit();
    for _ in 0..3 {
        map = squared(&map);
    }
    let mut left = length;
    while left > 0 {
        if left & 1 == 1 {
            result = applied(&map, result);
        }
        map = squared(&map);
        left >>= 1;
    }
    result ^ second
}

/// What a zero bit does to the remainder.
fn one_bit() -> Map {
    let mut map = [0; 64];
    for (bit, row) in map.iter_mut().enumerate() {
        *row = if bit == 0 { POLYNOMIAL } else { 1 << (bit - 1) };
    }
    map
}

fn applied(map: &Map, to: u64) -> u64 {
    let bits = map.iter().enumerate().filter(|(bit, _)| to >> bit & 1 == 1);
    bits.fold(0, |sum, (_, row)| sum ^ row)
}

fn squared(map: &Map) -> Map {
    map.map(|row| applied(map, row))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Bit by bit, as the definition has it.
    fn crc64(bytes: &[u8]) -> u64 {
        let mut state = !0_u64;
        for byte in bytes {
            state ^= u64::from(*byte);
            for _ in 0..8 {
                state = if state & 1 == 1 { state >> 1 ^ POLYNOMIAL } else { state >> 1 };
            }
        }
        !state
    }

    #[test]
    fn two_texts_have_the_value_of_the_whole() {
        assert_eq!(crc64(b"123456789"), 0x995D_C9BB_DF19_39FA, "the check value of the catalogue of CRCs");
        let text: Vec<u8> = (0..=255).cycle().take(10_007).collect();
        for cut in [0, 1, 7, 8, 255, 4_096, 10_006, 10_007] {
            let (a, b) = text.split_at(cut);
            assert_eq!(combine(crc64(a), crc64(b), b.len() as u64), crc64(&text), "{cut}");
        }
    }
}
