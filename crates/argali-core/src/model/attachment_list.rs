//! Attachments by what is asked for, a page at a time.

use argali_store::{StoreError, Transaction};

use super::attachment::{
    Attachment, AttachmentScope, BY_POLICY, BY_SCOPE, PolicyRef, Principal, PrincipalKind,
};
use super::key::{AccountTable, Key};
use super::record::page;
use super::stretch::Stretches;
use crate::identifier::AccountId;
use crate::name::PolicyType;

/// How many attachments are read at once where all must be looked at.
const BATCH: usize = 1_000;

/// Which attachments are asked for. What is left out narrows nothing.
#[derive(Clone, Debug, Default)]
pub struct WantedAttachments {
    /// Of whom.
    pub principal: Option<Principal>,
    /// Of which kind of principals.
    pub principal_kind: Option<PrincipalKind>,
    /// In which scope.
    pub scope: Option<AttachmentScope>,
    /// Of one of these policies; of any if there are none.
    pub policies: Vec<PolicyRef>,
    /// Of policies kept by this side.
    pub policy_kind: Option<PolicyType>,
}

impl WantedAttachments {
    /// At most `size` of them after the first `skip`, and how many there are in all.
    ///
    /// Only where nothing but the kind of principal narrows the list must all be looked at.
    pub fn page(
        &self,
        tx: &dyn Transaction,
        account: AccountId,
        skip: usize,
        size: usize,
    ) -> Result<(Vec<Attachment>, usize), StoreError> {
        if let Some(principal) = self.principal {
            // The quotas keep them few.
            let mut all = Attachment::of_principal(tx, account, principal)?;
            all.retain(|attachment| self.matches(attachment));
            let total = all.len();
            return Ok((all.into_iter().skip(skip).take(size).collect(), total));
        }
        let (table, parts) = self.parts(account);
        if self.principal_kind.is_some() && self.policies.is_empty() {
            return self.look_through(tx, &parts, skip, size);
        }
        let stretches = Stretches::of(account, table);
        let (mut found, mut total) = (Vec::new(), 0);
        for part in &parts {
            let skip = skip.saturating_sub(total);
            found.extend(stretches.page::<Attachment>(tx, part, skip, size - found.len())?);
            total += stretches.count(tx, part)?;
        }
        Ok((found, total))
    }

    /// The smallest parts of a table known to hold all that are wanted.
    fn parts(&self, account: AccountId) -> (AccountTable, Vec<Key>) {
        let (table, start) = match &self.scope {
            Some(scope) => (BY_SCOPE, Attachment::of_scope_key(account, scope)),
            None if self.policies.is_empty() && self.policy_kind.is_none() => {
                (BY_SCOPE, Key::account(account, BY_SCOPE))
            }
            None => (BY_POLICY, Key::account(account, BY_POLICY)),
        };
        let parts = match (self.policies.as_slice(), self.policy_kind) {
            ([], None) => vec![start],
            ([], Some(kind)) => vec![start.bytes(&[kind as u8])],
            (policies, _) => {
                let part = |policy: &PolicyRef| {
                    let part = policy.append_to(start.clone());
                    self.principal_kind.map_or(part.clone(), |kind| kind.append_to(part))
                };
                policies.iter().map(part).collect()
            }
        };
        (table, parts)
    }

    fn look_through(
        &self,
        tx: &dyn Transaction,
        parts: &[Key],
        skip: usize,
        size: usize,
    ) -> Result<(Vec<Attachment>, usize), StoreError> {
        let (mut found, mut total) = (Vec::new(), 0);
        for part in parts {
            let mut after: Option<Vec<u8>> = None;
            loop {
                let batch = page::<Attachment>(tx, part, after.as_deref(), BATCH)?;
                for attachment in batch.records.into_iter().filter(|attachment| self.matches(attachment)) {
                    if total >= skip && found.len() < size {
                        found.push(attachment);
                    }
                    total += 1;
                }
                match batch.next {
                    Some(next) => after = Some(next),
                    None => break,
                }
            }
        }
        Ok((found, total))
    }

    fn matches(&self, attachment: &Attachment) -> bool {
        let policy = &attachment.policy;
        let named =
            |wanted: &PolicyRef| wanted.kind == policy.kind && wanted.name.folded() == policy.name.folded();
        self.principal.is_none_or(|principal| attachment.principal == principal)
            && self.principal_kind.is_none_or(|kind| attachment.principal.kind() == kind)
            && self.scope.as_ref().is_none_or(|scope| attachment.scope == *scope)
            && self.policy_kind.is_none_or(|kind| policy.kind == kind)
            && (self.policies.is_empty() || self.policies.iter().any(named))
    }
}
