//! Rates: how many requests a second an account, one of its principals, or one operation may make.
// SPEC: security, requests, limits: a fixed rate, off unless configured; limits, rates and times of the gateway.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use quick_cache::sync::Cache;

use crate::caller::{Caller, Identity};
use crate::error::{ApiError, ErrorCode};
use crate::identifier::AccountId;
use crate::model::Principal;
use crate::registry::Registered;
use crate::settings::Rates;
use crate::time::Timestamp;

const MICROS: i64 = 1_000_000;

/// The rate of one operation, for all callers of an account together: `Sts.AssumeRole=100`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OperationRate {
    product: String,
    name: String,
    per_second: u32,
}

/// What a rate is counted for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Counted {
    Account(AccountId),
    Principal(Principal),
    Operation(AccountId, usize),
}

/// When whoever is counted may send the next request, in microseconds since 1970.
type NextAt = Arc<AtomicI64>;

/// How far everybody has used up its rate.
#[derive(Debug)]
pub(crate) struct RateMemory(Cache<Counted, NextAt>);

impl RateMemory {
    /// Room for about `entries` accounts and principals.
    pub(crate) fn new(entries: usize) -> Self {
        Self(Cache::new(entries))
    }

    /// Counts a request; refuses it if its account, its caller or its operation has sent too many.
    ///
    /// A second's worth may come at once.
    pub(super) fn admit(
        &self,
        rates: &Rates,
        caller: &Caller,
        operation: &Registered,
        now: Timestamp,
    ) -> Result<(), ApiError> {
        let account = caller.account();
        self.count(rates.account, || Some(Counted::Account(account)), now)?;
        self.count(rates.principal, || principal(caller).map(Counted::Principal), now)?;
        for (place, rate) in rates.operations.iter().enumerate() {
            if rate.product == operation.product && rate.name == operation.name() {
                self.count(rate.per_second, || Some(Counted::Operation(account, place)), now)?;
            }
        }
        Ok(())
    }

    fn count(
        &self,
        per_second: u32,
        counted: impl FnOnce() -> Option<Counted>,
        now: Timestamp,
    ) -> Result<(), ApiError> {
        if per_second == 0 {
            return Ok(());
        }
        let Some(counted) = counted() else { return Ok(()) };
        let next_at = self.0.get_or_insert_with(&counted, || Ok::<_, ApiError>(NextAt::default()))?;
        let (now, each) = (now.as_millis().saturating_mul(1_000), MICROS / i64::from(per_second));
        // Each request moves the next one back; nobody may be more than a second ahead.
        let moved = next_at.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |next_at| {
            let next_at = next_at.max(now).saturating_add(each);
            (next_at <= now.saturating_add(MICROS)).then_some(next_at)
        });
        match moved {
            Ok(_) => Ok(()),
            Err(_) => {
                let message = format!(
                    "Request was denied due to user flow control: at most {per_second} a second are served; \
                     send fewer."
                );
                Err(ApiError::new(ErrorCode::ThrottlingUser, message))
            }
        }
    }
}

/// A user with all its keys, or a role with all its sessions; an account's own keys count for the account alone.
fn principal(caller: &Caller) -> Option<Principal> {
    match caller.identity() {
        Identity::Account => None,
        Identity::User { id, .. } => Some(Principal::User(*id)),
        Identity::Session(claims) => Some(Principal::Role(claims.role_id)),
    }
}

/// Why a text is no [`OperationRate`].
#[derive(Clone, Debug, thiserror::Error)]
#[error("`{0}` is no rate of an operation: write it as `Sts.AssumeRole=100`, in requests a second")]
pub struct NotARate(String);

impl FromStr for OperationRate {
    type Err = NotARate;

    fn from_str(text: &str) -> Result<Self, NotARate> {
        let parsed = || {
            let (operation, per_second) = text.split_once('=')?;
            let (product, name) = operation.trim().split_once('.')?;
            let per_second = per_second.trim().parse().ok()?;
            Some(Self { product: product.to_owned(), name: name.to_owned(), per_second })
        };
        parsed().ok_or_else(|| NotARate(text.to_owned()))
    }
}

impl fmt::Display for OperationRate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}={}", self.product, self.name, self.per_second)
    }
}

impl serde::Serialize for OperationRate {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for OperationRate {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_may_come_at_once_and_then_each_in_its_turn() {
        let memory = RateMemory::new(10);
        let at = Timestamp::from_millis;
        let count = |now| memory.count(10, || Some(Counted::Account("11223344".parse().unwrap())), at(now));
        for n in 0..10 {
            assert!(count(1_000_000).is_ok(), "request {n}");
        }
        assert_eq!(count(1_000_000).unwrap_err().code(), &ErrorCode::ThrottlingUser);
        assert!(count(1_000_099).is_err(), "a tenth of a second has not passed");
        assert!(count(1_000_100).is_ok());
        assert!(count(1_000_100).is_err());
        let other = || Some(Counted::Account("12345678".parse().unwrap()));
        assert!(memory.count(10, other, at(1_000_100)).is_ok(), "others have their own");
        assert!((0..10).all(|_| count(1_010_000).is_ok()), "what was not used does not pile up");
        assert!(count(1_010_000).is_err());
    }

    #[test]
    fn a_rate_names_an_operation() {
        let rate: OperationRate = "Sts.AssumeRole=100".parse().unwrap();
        assert_eq!(rate.to_string(), "Sts.AssumeRole=100");
        for bad in ["", "AssumeRole=100", "Sts.AssumeRole", "Sts.AssumeRole=-1", "Sts.AssumeRole=many"] {
            assert!(bad.parse::<OperationRate>().is_err(), "{bad}");
        }
    }
}
