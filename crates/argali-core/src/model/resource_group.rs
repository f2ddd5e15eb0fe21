//! Resource groups: parts of an account's resources that can be granted on their own.

use std::fmt;
use std::str::FromStr;

use argali_protocol::{Invalid, Reason};
use argali_store::{StoreError, Transaction};
use minicbor::{Decode, Encode};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::account::{Account, Quota};
use super::attachment::{Attachment, AttachmentScope};
use super::bucket::Bucket;
use super::key::{AccountTable, Key};
use super::record::{Record, damaged, page, read, write};
use super::tag::Tags;
use crate::env::Env;
use crate::identifier::AccountId;
use crate::name::{ResourceGroupDisplayName, ResourceGroupName};
use crate::time::Timestamp;

/// What the group that every account has from the start is called.
const DEFAULT_NAME: &str = "default";
/// What generated identifiers are made of.
const ID_ALPHABET: &[u8] = b"0123456789abcdefghijklmnopqrstuvwxyz";

/// The identifier of a resource group: `rg-` and up to fifteen letters and digits.
// SPEC: limits, names, resource group id.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
#[cbor(transparent)]
pub struct ResourceGroupId(#[n(0)] String);

impl ResourceGroupId {
    /// The group that every account has from the start, derived from the account's number.
    pub fn default_of(account: AccountId) -> Self {
        let mut number =
            account.as_str().bytes().fold(0_u128, |sum, digit| sum * 10 + u128::from(digit - b'0'));
        // Ids of up to twenty digits may begin with zeros; the length keeps `012345` and `12345` apart.
        number = number * 32 + account.as_str().len() as u128;
        let mut text = String::new();
        while number > 0 {
            let digit = u32::try_from(number % 36).unwrap_or_default();
            text.push(char::from_digit(digit, 36).unwrap_or('0'));
            number /= 36;
        }
        Self(format!("rg-{text}"))
    }

    /// A new identifier, never used before.
    pub fn generate(env: &Env) -> Self {
        Self(format!("rg-{}", env.random_text(ID_ALPHABET, 15)))
    }

    /// The identifier as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ResourceGroupId {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        match text.strip_prefix("rg-") {
            Some(rest)
                if (1..=15).contains(&rest.len()) && rest.bytes().all(|b| b.is_ascii_alphanumeric()) =>
            {
                Ok(Self(text.to_owned()))
            }
            _ => Err(Invalid::new(
                Reason::Value,
                "a resource group id is `rg-` and up to 15 letters and digits",
            )),
        }
    }
}

impl fmt::Display for ResourceGroupId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for ResourceGroupId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for ResourceGroupId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// A resource group. Every resource whose type supports groups is in exactly one.
#[derive(Clone, Debug, Encode, Decode)]
pub struct ResourceGroup {
    /// Its identifier, never used again.
    #[n(0)]
    pub id: ResourceGroupId,
    /// Its name; it never changes.
    #[n(1)]
    pub name: ResourceGroupName,
    /// A name for people to read.
    #[n(2)]
    pub display_name: ResourceGroupDisplayName,
    /// When it was made.
    #[n(3)]
    pub created_at: Timestamp,
    /// What it is labelled with.
    #[n(4)]
    pub tags: Tags,
}

impl Record for ResourceGroup {}

impl ResourceGroup {
    /// The group with this id. The default group is always there, though it has a row only once it was changed.
    pub fn find(
        tx: &dyn Transaction,
        account: AccountId,
        id: &ResourceGroupId,
    ) -> Result<Option<Self>, StoreError> {
        match read(tx, &Self::table(account).text(id.as_str()))? {
            Some(found) => Ok(Some(found)),
            None if *id == ResourceGroupId::default_of(account) => Self::untouched_default(tx, account),
            None => Ok(None),
        }
    }

    /// Whether the account has the group.
    pub fn exists(
        tx: &dyn Transaction,
        account: AccountId,
        id: &ResourceGroupId,
    ) -> Result<bool, StoreError> {
        Ok(*id == ResourceGroupId::default_of(account)
            || tx.get(Self::table(account).text(id.as_str()).as_bytes())?.is_some())
    }

    /// Whether a group has this name, whatever the case of its letters.
    pub fn is_taken(
        tx: &dyn Transaction,
        account: AccountId,
        name: &ResourceGroupName,
    ) -> Result<bool, StoreError> {
        Ok(name.folded() == DEFAULT_NAME || tx.get(Self::name_key(account, name).as_bytes())?.is_some())
    }

    /// All groups of the account: the default group, then the others in the order of their names.
    pub fn all(tx: &dyn Transaction, account: AccountId) -> Result<Vec<Self>, StoreError> {
        let mut all = page::<Self>(tx, &Self::table(account), None, MOST_GROUPS)?.records;
        let default = ResourceGroupId::default_of(account);
        if !all.iter().any(|group| group.id == default) {
            all.extend(Self::untouched_default(tx, account)?);
        }
        all.sort_by_cached_key(|group| (group.id != default, group.name.folded()));
        Ok(all)
    }

    /// Adds a new group, whose name must be free.
    pub fn insert(&self, tx: &mut dyn Transaction, account: AccountId) -> Result<(), StoreError> {
        self.save(tx, account);
        tx.put(Self::name_key(account, &self.name).as_bytes(), self.id.as_str().as_bytes());
        Quota::ResourceGroups.add(tx, account)
    }

    /// Writes the group as it is now.
    pub fn save(&self, tx: &mut dyn Transaction, account: AccountId) {
        write(tx, &Self::table(account).text(self.id.as_str()), self);
    }

    /// Removes the group, which must not be the default one nor hold anything, with the grants that count in it.
    // INVARIANT: no attachment counts in a group that is not there.
    pub fn delete(&self, tx: &mut dyn Transaction, account: AccountId) -> Result<(), StoreError> {
        let scope = AttachmentScope::ResourceGroup(self.id.clone());
        for attachment in Attachment::of_scope(tx, account, &scope)? {
            attachment.delete(tx, account)?;
        }
        tx.delete(Self::table(account).text(self.id.as_str()).as_bytes());
        tx.delete(Self::name_key(account, &self.name).as_bytes());
        Quota::ResourceGroups.remove(tx, account)
    }

    /// Whether it holds any resource.
    pub fn holds_anything(&self, tx: &dyn Transaction, account: AccountId) -> Result<bool, StoreError> {
        let members = Key::account(account, AccountTable::ResourceByGroup).text(self.id.as_str());
        if !tx.scan(members.as_bytes(), members.end().as_bytes(), 1)?.is_empty() {
            return Ok(true);
        }
        Ok(Bucket::all(tx, account)?.iter().any(|bucket| bucket.group == self.id))
    }

    /// Whether it is the group that the account has from the start.
    pub fn is_default(&self, account: AccountId) -> bool {
        self.id == ResourceGroupId::default_of(account)
    }

    /// What the keys of all groups of an account begin with.
    pub fn table(account: AccountId) -> Key {
        Key::account(account, AccountTable::ResourceGroup)
    }

    fn name_key(account: AccountId, name: &ResourceGroupName) -> Key {
        Key::account(account, AccountTable::ResourceGroupByName).text(&name.folded())
    }

    /// The default group as long as nothing of it was changed: as old as its account.
    fn untouched_default(tx: &dyn Transaction, account: AccountId) -> Result<Option<Self>, StoreError> {
        let unnamed = |_| damaged(format!("`{DEFAULT_NAME}` is no name of a group"));
        let Some(found) = Account::find(tx, account)? else { return Ok(None) };
        Ok(Some(Self {
            id: ResourceGroupId::default_of(account),
            name: DEFAULT_NAME.parse().map_err(unnamed)?,
            display_name: DEFAULT_NAME.parse().map_err(unnamed)?,
            created_at: found.created_at,
            tags: Tags::new(),
        }))
    }
}

/// More groups than any account may have.
const MOST_GROUPS: usize = 1_000_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_account_has_a_default_group_of_its_own() {
        let ids = ["11223344", "12345678", "00012345", "12345", "12345678901234567890", "1234567890123456"];
        let groups: Vec<_> = ids.iter().map(|id| ResourceGroupId::default_of(id.parse().unwrap())).collect();
        for (index, group) in groups.iter().enumerate() {
            assert!(
                group.as_str().len() <= 18 && group.as_str().parse::<ResourceGroupId>().is_ok(),
                "{group}"
            );
            assert!(!groups[index + 1..].contains(group), "{group}");
        }
    }
}
