//! Roles, and which accounts they trust.

use std::collections::BTreeSet;

use argali_policy::Document;
use argali_store::{StoreError, Transaction};
use minicbor::{Decode, Encode};

use super::account::Quota;
use super::entity::Entity;
use super::key::{AccountTable, Key};
use super::last_two::LastTwo;
use super::record::{Page, Record, damaged};
use super::tag::Tags;
use crate::identifier::{AccountId, RoleId};
use crate::name::{Description, RoleName, RoleVisibility};
use crate::time::Timestamp;

/// An identity that is assumed: it has neither password nor AccessKey.
#[derive(Clone, Debug, Encode, Decode)]
pub struct Role {
    /// Its identifier, never used again: sessions name it, so a role of the same name revives none.
    #[n(0)]
    pub id: RoleId,
    /// Its name; it never changes.
    #[n(1)]
    pub name: RoleName,
    /// What it is for.
    #[n(2)]
    pub description: Option<Description>,
    /// Who may assume it, as given.
    #[n(3)]
    pub trust_policy: String,
    /// The longest session, in seconds.
    #[n(4)]
    pub max_session_duration_s: u32,
    /// Whether people may switch to it in the console.
    #[n(5)]
    pub allow_console_login: bool,
    /// When it was made.
    #[n(6)]
    pub created_at: Timestamp,
    /// When it was changed last.
    #[n(7)]
    pub updated_at: Timestamp,
    /// Sessions issued at this generation or before are refused.
    #[n(8)]
    pub sessions_not_before: u64,
    /// The accounts that the trust policy names.
    #[n(9)]
    trusted_accounts: Vec<AccountId>,
    /// How often the trust policy has been written: with the id it names a text that never changes.
    #[n(10)]
    pub trust_revision: u32,
    /// What it is labelled with.
    #[cbor(n(11), default)]
    pub tags: Tags,
    /// The service that it is linked to: that alone may assume it, and nobody changes it.
    #[cbor(n(12), default)]
    pub linked_to: Option<String>,
    /// Whether the accounts that it trusts find it.
    #[cbor(n(13), default)]
    visibility: RoleVisibility,
    /// When its sessions were ended by hand, all at once.
    #[cbor(n(14), default)]
    pub sessions_ended: Option<LastTwo>,
    /// When the trust policy was written anew.
    #[cbor(n(15), default)]
    pub(super) trust_written: Option<LastTwo>,
    /// Since when people may not switch to it in the console.
    #[cbor(n(16), default)]
    pub(super) closed_to_people_at: Option<Timestamp>,
}

impl Record for Role {}

/// What a new role is made of.
#[derive(Debug)]
pub struct NewRole<'a> {
    /// Its identifier.
    pub id: RoleId,
    /// Its name.
    pub name: RoleName,
    /// What it is for.
    pub description: Option<Description>,
    /// Who may assume it, as given and as parsed.
    pub trust: (String, &'a Document),
    /// The longest session, in seconds.
    pub max_session_duration_s: u32,
    /// Whether people may switch to it in the console.
    pub allow_console_login: bool,
    /// What it is labelled with.
    pub tags: Tags,
    /// The service that it is linked to.
    pub linked_to: Option<String>,
    /// Now.
    pub at: Timestamp,
}

impl From<NewRole<'_>> for Role {
    fn from(new: NewRole<'_>) -> Self {
        Self {
            id: new.id,
            name: new.name,
            description: new.description,
            trusted_accounts: trusted_accounts(new.trust.1),
            trust_policy: new.trust.0,
            trust_revision: 1,
            max_session_duration_s: new.max_session_duration_s,
            allow_console_login: new.allow_console_login,
            created_at: new.at,
            updated_at: new.at,
            sessions_not_before: 0,
            tags: new.tags,
            linked_to: new.linked_to,
            visibility: RoleVisibility::Shown,
            sessions_ended: None,
            trust_written: None,
            closed_to_people_at: None,
        }
    }
}

impl Entity for Role {
    type Name = RoleName;
    const TABLE: AccountTable = AccountTable::Role;
    const NAMES_BY_ID: AccountTable = AccountTable::RoleById;
    const QUOTA: Quota = Quota::Roles;
    const COUNTED: bool = true;

    fn id_number(&self) -> u64 {
        self.id.number()
    }

    fn name(&self) -> &RoleName {
        &self.name
    }

    fn fold(name: &RoleName) -> String {
        name.folded()
    }

    /// Under each account that the role trusts lies a row that leads to it, unless it is hidden from them.
    fn index(&self, tx: &mut dyn Transaction, account: AccountId) {
        if self.visibility == RoleVisibility::Hidden {
            return;
        }
        for trusted in &self.trusted_accounts {
            tx.put(self.trust_key(account, *trusted).as_bytes(), self.name.as_str().as_bytes());
        }
    }

    fn unindex(&self, tx: &mut dyn Transaction, account: AccountId) -> Result<(), StoreError> {
        self.leave_the_trusted(tx, account);
        Ok(())
    }
}

impl Role {
    /// Lets people switch to it in the console from `at` on, or no longer.
    pub fn allow_console_login(&mut self, allow: bool, at: Timestamp) {
        if allow != self.allow_console_login {
            self.allow_console_login = allow;
            self.closed_to_people_at = (!allow).then_some(at);
        }
    }

    /// Since when people may not switch to it in the console, if that is known.
    pub fn closed_to_people_at(&self) -> Option<Timestamp> {
        self.closed_to_people_at
    }

    /// Whether nothing of it has ended a session from `since` on until before `until`, so that what ended one then was the
    /// first to do so. Dates in its trust policy may pass at any time.
    pub fn was_quiet(&self, since: Timestamp, until: Timestamp) -> bool {
        let written = [self.trust_written, self.sessions_ended].into_iter().flatten();
        !self.trusts_by_date()
            && written.into_iter().all(|written| written.spares(since, until))
            && self.closed_to_people_at.is_none_or(|at| at < since || at >= until)
    }

    /// Since when [`was_quiet`](Self::was_quiet) holds at `now`.
    pub fn quiet_since(&self, now: Timestamp) -> Option<Timestamp> {
        let dates = self.trusts_by_date().then_some(now);
        let written = [self.trust_written, self.sessions_ended].map(|written| written.map(LastTwo::last));
        written.into_iter().chain([self.closed_to_people_at, dates]).flatten().max()
    }

    fn trusts_by_date(&self) -> bool {
        self.trust_policy.to_ascii_lowercase().contains("acs:currenttime")
    }

    /// When the trust policy was written anew.
    pub fn trust_written(&self) -> Option<LastTwo> {
        self.trust_written
    }

    /// Replaces the trust policy, at `at`.
    pub fn set_trust(
        &mut self,
        tx: &mut dyn Transaction,
        account: AccountId,
        (text, trust): (String, &Document),
        at: Timestamp,
    ) {
        self.trust_written = Some(LastTwo::and(self.trust_written, at));
        self.leave_the_trusted(tx, account);
        self.trusted_accounts = trusted_accounts(trust);
        self.trust_policy = text;
        self.trust_revision = self.trust_revision.saturating_add(1);
        self.save(tx, account);
    }

    /// Whether the accounts that it trusts find it.
    pub fn visibility(&self) -> RoleVisibility {
        self.visibility
    }

    /// Shows it to the accounts that it trusts, or hides it from them.
    pub fn set_visibility(
        &mut self,
        tx: &mut dyn Transaction,
        account: AccountId,
        visibility: RoleVisibility,
    ) {
        self.leave_the_trusted(tx, account);
        self.visibility = visibility;
        self.save(tx, account);
    }

    /// Whether the trust policy names the account, or a user or role of it.
    pub fn names(&self, account: AccountId) -> bool {
        self.trusted_accounts.contains(&account)
    }

    /// The accounts that the trust policy names, or a user or role of each.
    pub fn trusted_accounts(&self) -> &[AccountId] {
        &self.trusted_accounts
    }

    /// The role of this account and name, if it is shown to `trusted`.
    pub fn shown_to(
        tx: &dyn Transaction,
        trusted: AccountId,
        account: AccountId,
        name: &RoleName,
    ) -> Result<Option<Self>, StoreError> {
        let is_shown = |role: &Self| role.visibility == RoleVisibility::Shown && role.names(trusted);
        Ok(Self::find(tx, account, name)?.filter(|role| account != trusted && is_shown(role)))
    }

    /// At most `size` roles of other accounts that are shown to `trusted`, because their trust policies name it, in the
    /// order of account and name, each with its account.
    pub fn of_others_shown_to(
        tx: &dyn Transaction,
        trusted: AccountId,
        after: Option<&[u8]>,
        size: usize,
    ) -> Result<Page<(AccountId, Self)>, StoreError> {
        const AT_ONCE: usize = 1_000;
        let table = Key::account(trusted, AccountTable::RoleTrusting);
        let mut found = Vec::new();
        let mut after = after.map(<[u8]>::to_vec);
        loop {
            let start = match &after {
                // A NUL after a key makes the first key that follows it.
                Some(after) => table.clone().bytes(after).bytes(&[0]),
                None => table.clone(),
            };
            let rows = tx.scan(start.as_bytes(), table.end().as_bytes(), AT_ONCE)?;
            let is_last = rows.len() < AT_ONCE;
            for (key, name) in rows {
                let place = key.strip_prefix(table.as_bytes()).unwrap_or_default();
                let (account, name) = trusting_role(place, &name)?;
                if account != trusted
                    && let Some(role) = Self::find(tx, account, &name)?
                {
                    if found.len() == size {
                        return Ok(Page { records: found, next: after });
                    }
                    found.push((account, role));
                }
                after = Some(place.to_vec());
            }
            if is_last {
                return Ok(Page { records: found, next: None });
            }
        }
    }

    /// `acs:ram::<account>:role/<name>`
    pub fn arn(&self, account: AccountId) -> String {
        format!("acs:ram::{account}:role/{}", self.name)
    }

    /// `acs:ram:*:<account>:role/<name>`, as policies name it.
    pub fn policy_arn(&self, account: AccountId) -> String {
        format!("acs:ram:*:{account}:role/{}", self.name)
    }

    /// Removes the rows that lead to it from accounts that it trusts.
    fn leave_the_trusted(&self, tx: &mut dyn Transaction, account: AccountId) {
        for trusted in &self.trusted_accounts {
            tx.delete(self.trust_key(account, *trusted).as_bytes());
        }
    }

    fn trust_key(&self, account: AccountId, trusted: AccountId) -> Key {
        let table = Key::account(trusted, AccountTable::RoleTrusting);
        table.text(account.as_str()).text(&self.name.folded())
    }
}

/// The role to which a row of an account that it trusts leads.
fn trusting_role(place: &[u8], name: &[u8]) -> Result<(AccountId, RoleName), StoreError> {
    let text = |bytes| std::str::from_utf8(bytes).ok();
    let account = place.split(|byte| *byte == 0).next().and_then(text).and_then(|text| text.parse().ok());
    let name = text(name).and_then(|text| text.parse().ok());
    account
        .zip(name)
        .ok_or_else(|| damaged("a row of an account that is trusted leads to no role".to_owned()))
}

/// The accounts of which a trust policy names the root, a user or a role.
fn trusted_accounts(trust: &Document) -> Vec<AccountId> {
    let named = trust.trusted_ram_principals().filter_map(|arn| arn.split(':').nth(3)?.parse().ok());
    named.collect::<BTreeSet<_>>().into_iter().collect()
}
