//! Turns: how many changes of one account may wait at once.
// SPEC: security, requests, limits: 256 requests of an account at once, beyond that `Throttling`.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use quick_cache::sync::Cache;

use crate::error::{ApiError, ErrorCode};
use crate::identifier::AccountId;

/// The changes of every account that are under way.
#[derive(Debug)]
pub(crate) struct Turns {
    by_account: Cache<AccountId, Arc<AtomicUsize>>,
    most_at_once: usize,
}

/// One change that is under way; dropping it makes room for another.
#[derive(Debug)]
pub(super) struct Turn(Arc<AtomicUsize>);

impl Turns {
    /// Room for about `accounts` accounts, and `most_at_once` changes of each.
    pub(crate) fn new(accounts: usize, most_at_once: usize) -> Self {
        Self { by_account: Cache::new(accounts), most_at_once }
    }

    /// Lets one more change of `account` in.
    pub(super) fn take(&self, account: AccountId) -> Result<Turn, ApiError> {
        let made = self.by_account.get_or_insert_with(&account, || Ok::<_, ApiError>(Arc::default()))?;
        // Counted before it is compared, so that no two can take the last place.
        let turn = Turn(made);
        if turn.0.fetch_add(1, Ordering::Relaxed) < self.most_at_once {
            return Ok(turn);
        }
        let message = format!(
            "Request was denied due to flow control: the account has {} changes under way; wait for some.",
            self.most_at_once
        );
        Err(ApiError::new(ErrorCode::Throttling, message))
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_has_so_many_turns_and_gets_them_back() {
        let turns = Turns::new(10, 256);
        let (a, b) = ("11223344".parse().unwrap(), "12345678".parse().unwrap());
        let mut taken: Vec<_> = (0..256).map(|_| turns.take(a).unwrap()).collect();
        assert_eq!(turns.take(a).unwrap_err().code(), &ErrorCode::Throttling);
        assert!(turns.take(b).is_ok(), "another account");
        taken.pop();
        assert!(turns.take(a).is_ok());
    }
}
