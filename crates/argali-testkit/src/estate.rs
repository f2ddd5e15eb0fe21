//! What the operator does, and ending the sessions that began before a moment.

use argali_core::error::ApiError;
use argali_core::model::{Account, AccountStatus, bump_generation, generation};

use crate::fixture::Enterprise;
use crate::server::TestServer;

impl TestServer {
    /// Closes an account.
    ///
    /// # Panics
    ///
    /// Panics if the store fails.
    pub fn close(&self, enterprise: &Enterprise) {
        self.set_status(enterprise, AccountStatus::Closed);
    }

    /// Opens a closed account again.
    ///
    /// # Panics
    ///
    /// Panics if the store fails.
    pub fn reopen(&self, enterprise: &Enterprise) {
        self.set_status(enterprise, AccountStatus::Open);
    }

    fn set_status(&self, enterprise: &Enterprise, status: AccountStatus) {
        let (_, recorded) = (self.core().set_account_status(&enterprise.id, status))
            .unwrap_or_else(|error| panic!("the account is not changed: {error}"));
        recorded.wait().unwrap_or_else(|error| panic!("the account is not changed: {error}"));
    }

    /// Sets an account's *sessions-not-before* mark: whatever was begun before ends, and nothing revives it.
    ///
    /// # Panics
    ///
    /// Panics if the store fails.
    pub fn end_sessions_of(&self, enterprise: &Enterprise) {
        let done = self.core().store().transact(|tx| {
            let id = enterprise.id.parse().map_err(|_| ApiError::internal("the account's id"))?;
            let mut account = Account::find(tx, id)?.ok_or_else(|| ApiError::internal("no such account"))?;
            account.sessions_not_before = generation(tx, id)?;
            account.save(tx);
            bump_generation(tx, id)?;
            Ok::<_, ApiError>(())
        });
        let ((), durable) = done.unwrap_or_else(|error| panic!("the account is not changed: {error}"));
        durable.wait().unwrap_or_else(|error| panic!("the account is not changed: {error}"));
    }
}
