//! Codes of authenticator apps: RFC 6238 with its defaults, six digits of HMAC-SHA-1 every thirty seconds.
// SPEC: limits, MFA.

use std::str::FromStr;

use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use subtle::ConstantTimeEq;
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::env::Env;
use crate::time::Timestamp;

/// How long a code is shown, in seconds.
const STEP_S: i64 = 30;
/// How many steps a device's clock may be off.
const DRIFT: i64 = 1;
const LENGTH: usize = 20;
const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// What a device and the server share.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub(crate) struct Seed([u8; LENGTH]);

/// Six digits as somebody typed them.
#[derive(Clone, Copy)]
pub(crate) struct Code(u32);

/// The number of a period of thirty seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, minicbor::Encode, minicbor::Decode)]
#[cbor(transparent)]
pub(crate) struct Step(#[n(0)] i64);

impl Seed {
    /// A random seed.
    pub(crate) fn generate(env: &Env) -> Self {
        Self(env.random())
    }

    /// The seed of these bytes, if they are as many as a seed has.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// The bytes, to be sealed.
    pub(crate) fn expose(&self) -> &[u8] {
        &self.0
    }

    /// The seed as people type it: base 32 without padding.
    pub(crate) fn to_base32(&self) -> String {
        let mut text = String::with_capacity(LENGTH * 8 / 5);
        for five in self.0.chunks(5) {
            let bits = five.iter().fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte));
            for place in (0..8).rev() {
                let index = usize::try_from(bits >> (5 * place) & 31).unwrap_or_default();
                text.push(BASE32.get(index).map_or('A', |byte| char::from(*byte)));
            }
        }
        text
    }

    /// The step whose code this is: one near `now`, and after `last`, so that no code is used twice.
    pub(crate) fn step(&self, code: Code, now: Timestamp, last: Option<Step>) -> Option<Step> {
        let now = Step::at(now).0;
        let mut steps = (now - DRIFT..=now + DRIFT).map(Step);
        steps.find(|step| last.is_none_or(|last| *step > last) && self.has(*step, code))
    }

    /// The second of two steps that follow one another and whose codes these are, the second one near `now`.
    pub(crate) fn steps(&self, first: Code, second: Code, now: Timestamp) -> Option<Step> {
        let now = Step::at(now).0;
        let mut steps = (now - DRIFT..=now + DRIFT).map(Step);
        steps.find(|step| self.has(Step(step.0 - 1), first) && self.has(*step, second))
    }

    fn has(&self, step: Step, code: Code) -> bool {
        self.code(step).0.to_be_bytes().ct_eq(&code.0.to_be_bytes()).into()
    }

    // SPEC: RFC 4226, section 5.3.
    fn code(&self, step: Step) -> Code {
        let Ok(mut mac) = Hmac::<Sha1>::new_from_slice(&self.0) else { return Code(u32::MAX) };
        mac.update(&step.0.to_be_bytes());
        let digest = mac.finalize().into_bytes();
        let offset = usize::from(digest.last().copied().unwrap_or_default() & 0xf);
        let bits = digest.iter().skip(offset).take(4).fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte));
        Code((bits & 0x7fff_ffff) % 1_000_000)
    }
}

impl Step {
    /// The step at an instant.
    fn at(now: Timestamp) -> Self {
        Self(now.as_seconds().div_euclid(STEP_S))
    }
}

impl FromStr for Code {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let digits = text.len() == 6 && text.bytes().all(|byte| byte.is_ascii_digit());
        if digits { text.parse().map(Self).map_err(drop) } else { Err(()) }
    }
}

impl std::fmt::Debug for Seed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[redacted]")
    }
}

impl std::fmt::Debug for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[redacted]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The seed of the examples in RFC 6238.
    fn seed() -> Seed {
        Seed::from_bytes(b"12345678901234567890").unwrap()
    }

    fn code(text: &str) -> Code {
        text.parse().unwrap()
    }

    #[test]
    fn codes_are_those_of_the_rfc() {
        // SPEC: RFC 6238, appendix B, SHA1, the last six of eight digits.
        for (seconds, expected) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            let now = Timestamp::from_seconds(seconds);
            assert_eq!(seed().step(code(expected), now, None), Some(Step::at(now)), "{seconds}");
        }
        assert_eq!(seed().to_base32(), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        assert!(Seed::from_bytes(b"short").is_none());
    }

    #[test]
    fn a_clock_may_be_one_step_off_and_a_code_counts_once() {
        let now = Timestamp::from_seconds(1_111_111_109);
        let typed = code("081804");
        for (off_s, found) in [(-60, false), (-30, true), (30, true), (60, false)] {
            let step = seed().step(typed, now.plus_seconds(off_s), None);
            assert_eq!(step, found.then_some(Step::at(now)), "{off_s} s off");
        }
        let used = Step::at(now);
        assert_eq!(seed().step(typed, now, Some(used)), None, "used");
        assert_eq!(seed().step(typed, now, Some(Step(used.0 + 1))), None, "older than the one used last");
        assert_eq!(seed().step(typed, now, Some(Step(used.0 - 1))), Some(used));
    }

    #[test]
    fn two_codes_must_follow_one_another() {
        let now = Timestamp::from_seconds(1_111_111_111);
        let (first, second) = (code("081804"), code("050471"));
        for off_s in [-30, 0, 30] {
            assert_eq!(seed().steps(first, second, now.plus_seconds(off_s)), Some(Step::at(now)), "{off_s}");
        }
        assert_eq!(seed().steps(first, second, now.plus_seconds(60)), None);
        assert_eq!(seed().steps(second, first, now), None);
        assert_eq!(seed().steps(second, second, now), None);
    }

    #[test]
    fn a_code_is_six_digits() {
        for bad in ["", "12345", "1234567", "12345a", "+12345", " 12345", "１２３４５６"] {
            assert!(bad.parse::<Code>().is_err(), "{bad}");
        }
    }
}
