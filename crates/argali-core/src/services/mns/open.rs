//! Opening Message Service to an account. It is open to all, so that nothing is ordered; who asks is told that it is done.

use super::scope::{Site, ask};
use crate::dispatch::DataContext;
use crate::error::ApiError;
use crate::identifier::AccountId;
use crate::operation::{Access, DataOperation};

/// Opens the service.
#[derive(Clone, Debug)]
pub struct OpenService {
    /// Where.
    pub site: Site,
}

impl DataOperation for OpenService {
    const NAME: &'static str = "OpenService";
    const ACTION: &'static str = "mns:OpenService";
    const ACCESS: Access = Access::Session;
    type Subject = AccountId;
    type Answer = ();

    fn authorize(&self, cx: &mut DataContext<'_>) -> Result<AccountId, ApiError> {
        ask(cx, &self.site, Self::ACTION, "commonbuy/openservice")
    }

    fn run(&self, _cx: &mut DataContext<'_>, _owner: AccountId) -> Result<(), ApiError> {
        Ok(())
    }
}
