//! The view of an operation that has a caller.

use std::ops::{Deref, DerefMut};

use argali_policy::{Context as Conditions, Decision};

use super::super::authorize::circumstances;
use super::super::standing::Standing;
use super::{ChangedAccounts, OpenContext};
use crate::caller::Caller;
use crate::error::ApiError;
use crate::identifier::AccountId;
use crate::model::{Account, Entity};
use crate::operation::SelfService;

/// [`OpenContext`] with a caller, who is allowed to call the operation.
///
/// Only the dispatcher makes one, after authorization, so that no operation can forget the check.
pub struct Context<'a> {
    open: OpenContext<'a>,
    pub(super) standing: &'a Standing,
    /// Condition keys that the request's parameters fill.
    pub(super) conditions: Conditions,
    pub(super) has_asked: bool,
    /// What the caller does to itself, where its account lets users do so without a policy.
    pub(super) own: Option<SelfService>,
}

impl<'a> Deref for Context<'a> {
    type Target = OpenContext<'a>;

    fn deref(&self) -> &OpenContext<'a> {
        &self.open
    }
}

impl<'a> DerefMut for Context<'a> {
    fn deref_mut(&mut self) -> &mut OpenContext<'a> {
        &mut self.open
    }
}

impl<'a> Context<'a> {
    pub(in crate::dispatch) fn new(mut open: OpenContext<'a>, standing: &'a Standing) -> Self {
        open.is_called_by(standing);
        Self { open, standing, conditions: Conditions::new(), has_asked: false, own: None }
    }

    /// Who is calling.
    pub fn caller(&self) -> &'a Caller {
        self.standing.caller()
    }

    /// The caller's account, whose things the operation works on.
    pub fn account(&self) -> AccountId {
        self.caller().account()
    }

    /// What the caller may do.
    pub(crate) fn standing(&self) -> &'a Standing {
        self.standing
    }

    /// Records what was decided about a resource, and notes which of the caller's grants was used for it.
    pub(crate) fn decided(&mut self, resource: &str, decision: &Decision) {
        self.open.note_use(self.standing, decision);
        self.open.decided(resource, decision);
    }

    /// The condition keys that every check of this request has.
    pub(crate) fn circumstances(&self) -> Conditions {
        circumstances(self.request, self.standing, &Conditions::new())
    }

    /// The record of the caller's account.
    pub fn account_record(&self) -> Result<Account, ApiError> {
        let record = Account::find(self.tx(), self.account())?;
        record.ok_or_else(|| ApiError::internal("the caller's account has no record"))
    }

    /// A page of the account's entities of one kind, and the marker of the next page if there is one.
    pub fn page<E: Entity>(
        &self,
        marker: Option<&str>,
        size: usize,
    ) -> Result<(Vec<E>, Option<String>), ApiError> {
        let list = E::table(self.account());
        let after = marker.map(|marker| self.open_marker(&list, marker)).transpose()?;
        let page = E::page(self.tx(), self.account(), after.as_deref(), size)?;
        Ok((page.records, page.next.map(|next| self.seal_marker(&list, &next))))
    }

    /// The same of those that are `wanted`: a page is full unless it is the last.
    pub fn page_where<E: Entity>(
        &self,
        marker: Option<&str>,
        size: usize,
        wanted: impl Fn(&E) -> bool,
    ) -> Result<(Vec<E>, Option<String>), ApiError> {
        let list = E::table(self.account());
        let after = marker.map(|marker| self.open_marker(&list, marker)).transpose()?;
        let page = E::page_where(self.tx(), self.account(), after.as_deref(), size, wanted)?;
        Ok((page.records, page.next.map(|next| self.seal_marker(&list, &next))))
    }

    pub(in crate::dispatch) fn into_changed_accounts(self) -> ChangedAccounts {
        self.open.into_changed_accounts()
    }
}

impl std::fmt::Debug for Context<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Context")
            .field("operation", self.operation)
            .field("caller", self.caller())
            .finish_non_exhaustive()
    }
}
