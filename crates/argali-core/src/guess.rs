//! How often somebody may guess a password or a code: by name, by address and by account.
//!
//! A guess is counted before it is judged, so that no more are under way at once than may be made, and is taken back if
//! it was right. The counts are in the memory of the node.
// SPEC: security, console: 10 a user, 100 an address, 500 an account in 15 minutes; delay, then lock for 15 minutes.

use std::collections::VecDeque;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use quick_cache::sync::Cache;

use crate::error::{ApiError, ErrorCode};
use crate::identifier::{AccountId, RequestId};
use crate::name::UserName;
use crate::time::Timestamp;

const WINDOW_S: i64 = 15 * 60;
const MOST_OF_NAME: usize = 10;
const MOST_OF_ADDRESS: usize = 100;
const MOST_OF_ACCOUNT: usize = 500;
/// How many wrong codes end a logon that was begun.
const MOST_OF_ATTEMPT: usize = 5;
/// How many guesses are judged without a delay.
const AT_ONCE: usize = 3;
/// The first delay; each one after it is twice as long, up to the longest.
const FIRST_DELAY_MS: u64 = 100;
const LONGEST_DELAY_MS: u64 = 2_000;

/// What is guessed. Passwords and codes are counted apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Guessed {
    /// A password.
    Password,
    /// A code of an MFA device.
    Code,
}

/// Who guesses what about whom.
#[derive(Clone, Debug)]
pub struct Guess {
    /// What is guessed.
    pub what: Guessed,
    /// About whom: the name as it was typed, folded, whether there is such a user or not.
    pub name: String,
    /// From where.
    pub address: IpAddr,
    /// In which account, if there is one.
    pub account: Option<AccountId>,
    /// In which attempt to log on, where one was begun.
    pub attempt: Option<[u8; 16]>,
}

impl Guess {
    /// A guess about a user of an account, or about the account's owner.
    pub(crate) fn about(
        what: Guessed,
        (account, user): (AccountId, Option<&UserName>),
        address: IpAddr,
    ) -> Self {
        let user = user.map(UserName::folded).unwrap_or_default();
        Self { what, name: format!("{user}@{account}"), address, account: Some(account), attempt: None }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Counted {
    Name(Guessed, String),
    Address(Guessed, IpAddr),
    Account(Guessed, AccountId),
    Attempt([u8; 16]),
}

impl Counted {
    /// What becomes of a guess when there were too many.
    fn verdict(&self) -> Verdict {
        match self {
            Self::Address(..) => Verdict::Refuse,
            Self::Name(..) | Self::Account(..) | Self::Attempt(_) => Verdict::Waste,
        }
    }
}

/// What becomes of a guess.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Verdict {
    /// It is judged after a while.
    Judge(Duration),
    /// It is one too many and never right, but costs the work of another, so that nobody can tell.
    Waste,
    /// It comes from an address that sent too many, and costs nothing.
    Refuse,
}

#[derive(Debug, Default)]
struct Count {
    /// When each guess was made, and by which request.
    guesses: VecDeque<(Timestamp, [u8; 16])>,
    locked_until: Timestamp,
}

/// All counts.
#[derive(Debug)]
pub(crate) struct Guesses(Cache<Counted, Arc<Mutex<Count>>>);

impl Guesses {
    /// Room for about `entries` names, addresses and accounts.
    pub(crate) fn new(entries: usize) -> Self {
        Self(Cache::new(entries))
    }

    /// Counts a guess, and says what is to become of it.
    pub(crate) fn count(
        &self,
        guess: &Guess,
        request: RequestId,
        now: Timestamp,
    ) -> Result<Verdict, ApiError> {
        let mut verdict = None;
        let mut before = 0;
        for (counted, most) in Self::keys(guess) {
            let count = self.0.get_or_insert_with(&counted, || Ok::<_, ApiError>(Arc::default()))?;
            let mut count = count.lock();
            // A lock is not prolonged by what is tried while it lasts.
            if now < count.locked_until {
                verdict = verdict.max(Some(counted.verdict()));
                continue;
            }
            while count.guesses.front().is_some_and(|(at, _)| now >= at.plus_seconds(WINDOW_S)) {
                count.guesses.pop_front();
            }
            if matches!(counted, Counted::Name(..)) {
                before = count.guesses.len();
            }
            count.guesses.push_back((now, *request.as_bytes()));
            if count.guesses.len() > most {
                count.guesses.clear();
                count.locked_until = now.plus_seconds(WINDOW_S);
                verdict = verdict.max(Some(counted.verdict()));
            }
        }
        Ok(verdict.unwrap_or(Verdict::Judge(delay(before))))
    }

    /// Takes a guess back, because it was right.
    pub(crate) fn forgive(&self, guess: &Guess, request: RequestId) {
        for (counted, _) in Self::keys(guess) {
            if let Some(count) = self.0.get(&counted) {
                count.lock().guesses.retain(|(_, by)| by != request.as_bytes());
            }
        }
    }

    fn keys(guess: &Guess) -> impl Iterator<Item = (Counted, usize)> {
        let name = (Counted::Name(guess.what, guess.name.clone()), MOST_OF_NAME);
        let address = (Counted::Address(guess.what, network(guess.address)), MOST_OF_ADDRESS);
        let account = guess.account.map(|account| (Counted::Account(guess.what, account), MOST_OF_ACCOUNT));
        let attempt = guess.attempt.map(|attempt| (Counted::Attempt(attempt), MOST_OF_ATTEMPT));
        [Some(name), Some(address), account, attempt].into_iter().flatten()
    }
}

/// The one refusal of whoever does not get in, whatever is wrong.
// SPEC: security, console: unknown user, wrong password and locked user read alike.
pub(crate) fn failed() -> ApiError {
    let message =
        "The logon failed: check name, password and code, or wait a quarter of an hour after too many tries.";
    ApiError::new(ErrorCode::LogonFailed, message)
}

/// Whoever has an address of IPv6 has 2⁶⁴ of them.
fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(address) => IpAddr::V6((address.to_bits() >> 64 << 64).into()),
    }
}

fn delay(before: usize) -> Duration {
    match before.checked_sub(AT_ONCE) {
        None => Duration::ZERO,
        Some(doublings) => {
            let factor = 1_u64.checked_shl(u32::try_from(doublings).unwrap_or(u32::MAX)).unwrap_or(u64::MAX);
            Duration::from_millis(FIRST_DELAY_MS.saturating_mul(factor).min(LONGEST_DELAY_MS))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::env::Env;

    fn guess(name: &str, address: [u8; 4]) -> Guess {
        let account = Some("11223344".parse().unwrap());
        Guess {
            what: Guessed::Password,
            name: name.to_owned(),
            address: address.into(),
            account,
            attempt: None,
        }
    }

    #[test]
    fn a_name_has_ten_guesses_in_a_quarter_of_an_hour() {
        let (env, guesses, start) = (Env::system(), Guesses::new(100), Timestamp::from_seconds(1_000_000));
        let count = |name: &str, at: Timestamp| {
            guesses.count(&guess(name, [10, 0, 0, 1]), RequestId::generate(&env), at).unwrap()
        };
        let at_once = Verdict::Judge(Duration::ZERO);
        for delay_ms in [0, 0, 0, 100, 200, 400, 800, 1_600, 2_000, 2_000] {
            assert_eq!(count("alice", start), Verdict::Judge(Duration::from_millis(delay_ms)));
        }
        assert_eq!(count("alice", start), Verdict::Waste);
        assert_eq!(count("bob", start), at_once, "another user");
        let code = Guess { what: Guessed::Code, ..guess("alice", [10, 0, 0, 1]) };
        assert_eq!(guesses.count(&code, RequestId::generate(&env), start).unwrap(), at_once, "counted apart");
        // What is tried while the lock lasts does not prolong it.
        assert_eq!(count("alice", start.plus_seconds(WINDOW_S - 1)), Verdict::Waste);
        assert_eq!(count("alice", start.plus_seconds(WINDOW_S)), at_once);
    }

    #[test]
    fn right_guesses_do_not_count() {
        let (env, guesses, now) = (Env::system(), Guesses::new(100), Timestamp::from_seconds(1_000_000));
        for _ in 0..30 {
            let request = RequestId::generate(&env);
            let verdict = guesses.count(&guess("alice", [10, 0, 0, 1]), request, now).unwrap();
            assert_eq!(verdict, Verdict::Judge(Duration::ZERO));
            guesses.forgive(&guess("alice", [10, 0, 0, 1]), request);
        }
    }

    #[test]
    fn an_address_has_a_hundred_guesses_and_an_attempt_five() {
        let (env, guesses, now) = (Env::system(), Guesses::new(1_000), Timestamp::from_seconds(1_000_000));
        let count = |guess: &Guess| guesses.count(guess, RequestId::generate(&env), now).unwrap();
        for number in 0..100 {
            let verdict = count(&guess(&number.to_string(), [10, 0, 0, 1]));
            assert_eq!(verdict, Verdict::Judge(Duration::ZERO), "{number}");
        }
        assert_eq!(count(&guess("another", [10, 0, 0, 1])), Verdict::Refuse);
        assert_eq!(count(&guess("another", [10, 0, 0, 2])), Verdict::Judge(Duration::ZERO));
        let attempt = Guess { what: Guessed::Code, attempt: Some([1; 16]), ..guess("alice", [10, 0, 0, 3]) };
        let judged = |verdict| matches!(verdict, Verdict::Judge(_));
        assert_eq!((0..6).filter(|_| judged(count(&attempt))).count(), 5);
    }
}
