//! Service credentials of a user or of everybody, a page at a time.

use serde::{Deserialize, Serialize};

use super::access_key::{owner, resources};
use super::service_credential::{CredentialView, own};
use super::user_key::Domain;
use crate::caller::Caller;
use crate::dispatch::Context;
use crate::error::ApiError;
use crate::logon_name::LogonName;
use crate::model::{Page, ServiceCredential};
use crate::name::{PageSize, ServiceName};
use crate::operation::{Access, Entry, Operation, ResourceName, Resources, SelfService};

/// How they are listed.
pub const OPERATIONS: &[Entry] = &[Entry::of::<ListServiceCredentials>()];

/// Lists service credentials, without their secrets.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListServiceCredentials {
    /// Whose; the caller's own if it is left out.
    pub user_principal_name: Option<LogonName>,
    /// Whether those of everybody in the account are meant.
    #[serde(default)]
    pub all_users: bool,
    /// Only those for this service.
    pub service_name: Option<ServiceName>,
    /// Where the previous page ended.
    pub next_token: Option<String>,
    /// How many a page holds at most.
    #[serde(default)]
    pub max_results: PageSize<100, 10>,
}

/// A page of service credentials.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct CredentialPage {
    service_credentials: Vec<CredentialView>,
    is_truncated: bool,
    max_results: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

impl Operation for ListServiceCredentials {
    const NAME: &'static str = "ListServiceCredentials";
    const ACCESS: Access = Access::Read;
    type Response = CredentialPage;

    fn resources(&self, caller: &Caller) -> Resources {
        match self.all_users {
            true => ResourceName::ram(caller.account(), "user/*").into(),
            false => resources(caller, self.user_principal_name.as_ref()),
        }
    }

    fn on_oneself(&self, caller: &Caller) -> Option<SelfService> {
        own(caller, self.user_principal_name.as_ref()).filter(|_| !self.all_users)
    }

    fn run(self, cx: &mut Context<'_>) -> Result<CredentialPage, ApiError> {
        let (account, size) = (cx.account(), self.max_results.get());
        let list = match (self.all_users, &self.user_principal_name) {
            (true, Some(_)) => {
                let message = "Send UserPrincipalName or AllUsers, not both.";
                return Err(ApiError::invalid("UserPrincipalName", message));
            }
            (true, None) => ServiceCredential::table(account),
            (false, user) => ServiceCredential::of(account, owner(cx, user.as_ref())?),
        };
        let token = self.next_token.as_deref();
        let mut after = token.map(|token| cx.open_marker(&list, token)).transpose().map_err(not_a_token)?;
        let mut found = Vec::new();
        // A page is full unless it is the last, however few of those that are read are wanted.
        let next = loop {
            let Page { records, next } =
                ServiceCredential::page(cx.tx(), &list, after.as_deref(), size - found.len())?;
            let wanted =
                |own: &ServiceCredential| self.service_name.as_ref().is_none_or(|name| own.service == *name);
            found.extend(records.into_iter().filter(wanted));
            if next.is_none() || found.len() >= size {
                break next;
            }
            after = next;
        };
        let domain = Domain::of(cx)?;
        let views = found.into_iter().map(|credential| CredentialView::of(cx, &domain, credential));
        Ok(CredentialPage {
            service_credentials: views.collect::<Result<_, ApiError>>()?,
            is_truncated: next.is_some(),
            max_results: size,
            next_token: next.map(|next| cx.seal_marker(&list, &next)),
        })
    }
}

fn not_a_token(error: ApiError) -> ApiError {
    ApiError::invalid("NextToken", error.message().to_owned())
}
