//! How often somebody may guess a password or a code: by name, by address and by account.
//!
//! A guess is counted before it is judged, so that no more are under way at once than may be made, and is taken back if
//! it was right. The counts are in the memory of the node.
//!
//! Strangers share what they may guess about a name, so that many addresses get no further than one; when they have used
//! it up the name is locked for them. Whoever is known to be close to the person (a browser that it has logged on with, a
//! logon, its AccessKey, a network that it has logged on from) is counted apart: strangers lock nobody out of what is
//! known, and what is known gets no more guesses than strangers do. How long a guess waits depends on how often the name
//! was guessed about, by whomever and whether there is such a user or not, so that time tells nothing.
// SPEC: security, console: 10 a user, 100 an address, 500 an account in 15 minutes; delay, then lock for 15 minutes.

use std::collections::VecDeque;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use quick_cache::sync::Cache;

use crate::error::{ApiError, ErrorCode};
use crate::identifier::{AccountId, RequestId};
use crate::name::{OwnerEmail, UserName};
use crate::time::Timestamp;

const WINDOW_S: i64 = 15 * 60;
const MOST_OF_PERSON: usize = 10;
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
    /// Which e-mail addresses owners have.
    Address,
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
    /// By what the person is known who may be guessing; nothing for a stranger.
    pub known: Option<KnownBy>,
    /// What guesses wait for one another by, where that is not the name: an e-mail address as it was typed.
    pub paced_by: Option<String>,
}

/// By what it is known that somebody is close to the person that is guessed about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KnownBy {
    /// Something that only this person was given: a browser's mark, a logon, an AccessKey; by its name.
    Credential(String),
    /// The network: the person has logged on from there.
    Network,
}

impl Guess {
    /// A guess about a user of an account, or about the account's owner.
    pub(crate) fn about(
        what: Guessed,
        (account, user): (AccountId, Option<&UserName>),
        address: IpAddr,
    ) -> Self {
        let user = user.map(UserName::folded).unwrap_or_default();
        let name = format!("{user}@{account}");
        Self { what, name, address, account: Some(account), attempt: None, known: None, paced_by: None }
    }

    /// A guess of a password of somebody in an account that there is not.
    pub(crate) fn about_nobody(user: Option<&UserName>, address: IpAddr) -> Self {
        let name = format!("{}@", user.map(UserName::folded).unwrap_or_default());
        let account = None;
        Self { what: Guessed::Password, name, address, account, attempt: None, known: None, paced_by: None }
    }

    /// A try to find out which e-mail addresses owners have, by somebody of an account.
    pub(crate) fn about_addresses(account: AccountId, address: IpAddr) -> Self {
        let guess = Self::about(Guessed::Address, (account, None), address);
        guess.known_by(Some(KnownBy::Credential(format!("account:{account}"))))
    }

    /// The same of whoever has this e-mail address, if there is somebody. Unlike aliases, addresses are told to nobody: how
    /// long guesses wait follows from what was typed, and not from whether an account has it.
    pub(crate) fn typed_as(self, email: &OwnerEmail) -> Self {
        Self { paced_by: Some(email.folded()), ..self }
    }

    /// The same of somebody who is known by something.
    pub(crate) fn known_by(self, known: Option<KnownBy>) -> Self {
        Self { known, ..self }
    }

    /// How it is refused when it is one too many.
    pub(crate) fn refused(&self) -> ApiError {
        match self.known {
            Some(KnownBy::Credential(_)) => locked(),
            Some(KnownBy::Network) | None => failed(),
        }
    }

    /// What it is counted under, and how many there may be of each.
    fn counted(&self) -> impl Iterator<Item = (Counted, usize)> {
        let network = network(self.address);
        let person = match &self.known {
            Some(KnownBy::Credential(name)) => Counted::Credential(self.what, name.clone()),
            Some(KnownBy::Network) => Counted::NameFrom(self.what, self.name.clone(), network),
            None => Counted::Name(self.what, self.name.clone()),
        };
        // What others do concerns nobody who has a credential, not even behind the same address.
        let has_credential = matches!(self.known, Some(KnownBy::Credential(_)));
        let paced_by = self.paced_by.as_ref().unwrap_or(&self.name);
        let pace = (Counted::Pace(self.what, paced_by.clone()), MOST_OF_PERSON);
        let address = (Counted::Address(self.what, network), MOST_OF_ADDRESS);
        let account = self.account.filter(|_| self.known.is_none());
        let account = account.map(|account| (Counted::Account(self.what, account), MOST_OF_ACCOUNT));
        let attempt = self.attempt.map(|attempt| (Counted::Attempt(attempt), MOST_OF_ATTEMPT));
        let shared = (!has_credential).then_some([pace, address]).into_iter().flatten();
        shared.chain([(person, MOST_OF_PERSON)]).chain(account).chain(attempt)
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Counted {
    /// Guesses about a name without a credential: they wait for one another.
    Pace(Guessed, String),
    /// Strangers' guesses about a name.
    Name(Guessed, String),
    /// Guesses about a name from a network that its person has logged on from.
    NameFrom(Guessed, String, IpAddr),
    Credential(Guessed, String),
    Address(Guessed, IpAddr),
    Account(Guessed, AccountId),
    Attempt([u8; 16]),
}

impl Counted {
    /// Whether guesses wait the longer the more of them there were.
    fn sets_pace(&self) -> bool {
        matches!(self, Self::Pace(..) | Self::Credential(..))
    }

    /// What becomes of a guess when there were too many.
    fn fate(&self) -> Option<Fate> {
        match self {
            Self::Pace(..) => None,
            Self::Address(..) | Self::Credential(..) => Some(Fate::Refuse),
            Self::Name(..) | Self::NameFrom(..) | Self::Account(..) | Self::Attempt(_) => Some(Fate::Waste),
        }
    }
}

/// What becomes of a guess that is one too many.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Fate {
    Waste,
    Refuse,
}

/// What becomes of a guess.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It is judged after a while.
    Judge(Duration),
    /// It is one too many and never right, but costs the time and work of another, so that nobody can tell.
    Waste(Duration),
    /// It comes from where too many came from, whoever is guessed about, and costs nothing.
    Refuse,
}

#[derive(Debug, Default)]
struct Count {
    /// When each guess was made, and by which request.
    guesses: VecDeque<(Timestamp, [u8; 16])>,
    locked_until: Timestamp,
}

impl Count {
    /// Counts a guess, and says how many there were before it; nothing if it is one too many.
    fn make(&mut self, guess: (Timestamp, [u8; 16]), most: usize) -> Option<usize> {
        let (now, _) = guess;
        // A lock is not prolonged by what is tried while it lasts.
        if now < self.locked_until {
            return None;
        }
        while self.guesses.front().is_some_and(|(at, _)| now >= at.plus_seconds(WINDOW_S)) {
            self.guesses.pop_front();
        }
        let before = self.guesses.len();
        if before >= most {
            self.guesses.clear();
            self.locked_until = now.plus_seconds(WINDOW_S);
            return None;
        }
        self.guesses.push_back(guess);
        Some(before)
    }
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
        let mut fate = None;
        let mut before = 0;
        for (counted, most) in guess.counted() {
            let count = self.0.get_or_insert_with(&counted, || Ok::<_, ApiError>(Arc::default()))?;
            let mut count = count.lock();
            let made = count.make((now, *request.as_bytes()), most);
            if counted.sets_pace() {
                before = made.unwrap_or(most);
            }
            if made.is_none() {
                fate = fate.max(counted.fate());
            }
        }
        Ok(match fate {
            None => Verdict::Judge(delay(before)),
            Some(Fate::Waste) => Verdict::Waste(delay(before)),
            Some(Fate::Refuse) => Verdict::Refuse,
        })
    }

    /// Takes a guess back, because it was right.
    pub(crate) fn forgive(&self, guess: &Guess, request: RequestId) {
        for (counted, _) in guess.counted() {
            if let Some(count) = self.0.get(&counted) {
                count.lock().guesses.retain(|(_, by)| by != request.as_bytes());
            }
        }
    }
}

/// The one refusal of whoever does not get in, whatever is wrong.
// SPEC: security, console: unknown user, wrong password and locked user read alike.
pub(crate) fn failed() -> ApiError {
    let message =
        "The logon failed: check name, password and code, or wait a quarter of an hour after too many tries.";
    ApiError::new(ErrorCode::LogonFailed, message)
}

/// The refusal of whoever is locked and no stranger, such as a browser that the person has logged on with before: to
/// that it tells nothing new. Strangers read [`failed`].
// SPEC: console, log on: locked has its own message; security, console: not for whoever may be guessing who there is.
pub(crate) fn locked() -> ApiError {
    let message = "Too many wrong passwords or codes were sent: wait a quarter of an hour, or an hour where your \
                   administrator limits how many there may be.";
    ApiError::new(ErrorCode::LogonLocked, message)
}

/// What counts as one address: whoever has one of IPv6 has 2⁶⁴ of them.
pub(crate) fn network(address: IpAddr) -> IpAddr {
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
mod tests;
