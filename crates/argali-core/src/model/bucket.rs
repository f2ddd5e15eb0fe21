//! Buckets: what holds objects, and who may reach them from outside its account.

use std::collections::BTreeMap;

use argali_store::{StoreError, Transaction};
use minicbor::{Decode, Encode};

use super::account::Quota;
use super::key::{AccountTable, GlobalTable, Key};
use super::record::{Page, Record, damaged, page, read, write};
use super::resource_group::ResourceGroupId;
use crate::identifier::AccountId;
use crate::storage_name::BucketName;
use crate::time::Timestamp;

/// Who may reach objects without any policy.
// SPEC: wire protocol, OSS, bodies, ACL.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum Acl {
    /// The owner.
    #[n(0)]
    Private,
    /// Everybody may read.
    #[n(1)]
    PublicRead,
    /// Everybody may read and write.
    #[n(2)]
    PublicReadWrite,
}

impl Acl {
    /// The spelling on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Private => "private",
            Self::PublicRead => "public-read",
            Self::PublicReadWrite => "public-read-write",
        }
    }

    /// The one of this spelling.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Private, Self::PublicRead, Self::PublicReadWrite].into_iter().find(|acl| acl.as_str() == text)
    }
}

/// How often objects are expected to be read: kept and shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum StorageClass {
    /// Often.
    #[default]
    #[n(0)]
    Standard,
    /// Seldom.
    #[n(1)]
    Ia,
}

impl StorageClass {
    /// The spelling on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Standard => "Standard",
            Self::Ia => "IA",
        }
    }

    /// The one of this spelling.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Standard, Self::Ia].into_iter().find(|class| class.as_str() == text)
    }
}

/// In how many places a bucket's data is said to lie: kept and shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum Redundancy {
    /// In one zone.
    #[default]
    #[n(0)]
    Lrs,
    /// In several zones.
    #[n(1)]
    Zrs,
}

impl Redundancy {
    /// The spelling on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Lrs => "LRS",
            Self::Zrs => "ZRS",
        }
    }

    /// The one of this spelling.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Lrs, Self::Zrs].into_iter().find(|redundancy| redundancy.as_str() == text)
    }
}

/// Whom pages of other origins may ask on behalf of, as browsers see it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct CorsRule {
    /// Origins, with at most one `*` each.
    #[n(0)]
    pub allowed_origins: Vec<String>,
    /// Methods.
    #[n(1)]
    pub allowed_methods: Vec<String>,
    /// Headers that may be sent, with at most one `*` each.
    #[n(2)]
    pub allowed_headers: Vec<String>,
    /// Headers that may be looked at.
    #[n(3)]
    pub expose_headers: Vec<String>,
    /// For how long browsers may remember, in seconds.
    #[n(4)]
    pub max_age_s: Option<u32>,
}

/// A bucket.
#[derive(Clone, Debug, Encode, Decode)]
pub struct Bucket {
    /// What tells it from a later one of the same name. Never shown.
    #[n(0)]
    pub id: u64,
    /// Its name, unique among all accounts.
    #[n(1)]
    pub name: BucketName,
    /// Whose it is.
    #[n(2)]
    pub owner: AccountId,
    /// When it was made.
    #[n(3)]
    pub created_at: Timestamp,
    /// Who may reach its objects without any policy.
    #[n(4)]
    pub acl: Acl,
    /// What its objects are unless they say otherwise.
    #[n(5)]
    pub storage_class: StorageClass,
    /// In how many places its data is said to lie.
    #[n(6)]
    pub redundancy: Redundancy,
    /// The resource group that it is in.
    #[n(7)]
    pub group: ResourceGroupId,
    /// What it is labelled with.
    #[n(8)]
    pub tags: BTreeMap<String, String>,
    /// Its policy, if it has one.
    #[n(9)]
    pub policy: Option<String>,
    /// How often the policy was set.
    #[n(10)]
    pub policy_revision: u32,
    /// Whom pages of other origins may ask on behalf of.
    #[n(11)]
    pub cors: Vec<CorsRule>,
    /// Whether answers say that they depend on the origin.
    #[n(12)]
    pub cors_vary: bool,
}

impl Record for Bucket {}

impl Bucket {
    /// The bucket of this name, whosesoever it is.
    pub fn find(tx: &dyn Transaction, name: &BucketName) -> Result<Option<Self>, StoreError> {
        let Some(owner) = read::<AccountId>(tx, &Self::place(name))? else { return Ok(None) };
        let found = read(tx, &Self::table(owner).text(name.as_str()))?;
        found.map(Some).ok_or_else(|| damaged(format!("the bucket `{name}` is not with its owner")))
    }

    /// At most `size` buckets of an account in the order of their names, after the one called `after`.
    pub fn page(
        tx: &dyn Transaction,
        owner: AccountId,
        after: Option<&str>,
        size: usize,
    ) -> Result<Page<Self>, StoreError> {
        let after = after.map(|name| [name.as_bytes(), &[0]].concat());
        page(tx, &Self::table(owner), after.as_deref(), size)
    }

    /// All buckets of an account in the order of their names: it has so few.
    pub fn all(tx: &dyn Transaction, owner: AccountId) -> Result<Vec<Self>, StoreError> {
        Ok(Self::page(tx, owner, None, usize::MAX - 1)?.records)
    }

    /// Adds a new bucket, whose name must be free.
    pub fn insert(&self, tx: &mut dyn Transaction) -> Result<(), StoreError> {
        write(tx, &Self::place(&self.name), &self.owner);
        self.save(tx);
        Quota::Buckets.add(tx, self.owner)
    }

    /// Writes the bucket as it is now.
    pub fn save(&self, tx: &mut dyn Transaction) {
        write(tx, &Self::table(self.owner).text(self.name.as_str()), self);
    }

    /// Removes the bucket, which must hold nothing.
    pub fn delete(&self, tx: &mut dyn Transaction) -> Result<(), StoreError> {
        tx.delete(Self::place(&self.name).as_bytes());
        tx.delete(Self::table(self.owner).text(self.name.as_str()).as_bytes());
        tx.delete(BucketUsage::key(self).as_bytes());
        Quota::Buckets.remove(tx, self.owner)
    }

    /// Whether it holds an object, or part of one.
    pub fn holds_anything(&self, tx: &dyn Transaction) -> Result<bool, StoreError> {
        for table in [AccountTable::Object, AccountTable::Upload] {
            let key = Key::account(self.owner, table).number(self.id);
            if !tx.scan(key.as_bytes(), key.end().as_bytes(), 1)?.is_empty() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn table(owner: AccountId) -> Key {
        Key::account(owner, AccountTable::Bucket)
    }

    /// Where it is written whose bucket has a name.
    fn place(name: &BucketName) -> Key {
        Key::global(GlobalTable::BucketOwner).text(name.as_str())
    }
}

/// How much lies in a bucket.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct BucketUsage {
    /// Bytes of its objects.
    #[n(0)]
    pub bytes: u64,
    /// Its objects.
    #[n(1)]
    pub objects: u64,
    /// Uploads in parts that have begun and not ended.
    #[n(2)]
    pub uploads: u64,
}

impl Record for BucketUsage {}

impl BucketUsage {
    /// What lies in `bucket`.
    pub fn of(tx: &dyn Transaction, bucket: &Bucket) -> Result<Self, StoreError> {
        Ok(read(tx, &Self::key(bucket))?.unwrap_or_default())
    }

    /// Counts a change.
    pub fn change(
        tx: &mut dyn Transaction,
        bucket: &Bucket,
        change: impl FnOnce(&mut Self),
    ) -> Result<(), StoreError> {
        let mut usage = Self::of(tx, bucket)?;
        change(&mut usage);
        write(tx, &Self::key(bucket), &usage);
        Ok(())
    }

    fn key(bucket: &Bucket) -> Key {
        Key::account(bucket.owner, AccountTable::BucketUsage).number(bucket.id)
    }
}
