//! What lies in a bucket, in the order of the names.

use argali_policy::Context as Conditions;
use argali_store::Transaction;

use super::error::invalid_argument;
use super::scope::on_bucket;
use crate::dispatch::DataContext;
use crate::error::ApiError;
use crate::model::{AccountTable, Bucket, Key, Object, Start};
use crate::operation::{Access, DataOperation};
use crate::storage_name::BucketName;

/// How many rows are looked at in one go.
const AT_ONCE: usize = 1_000;

/// Some of a bucket's objects.
#[derive(Debug)]
pub struct Listing {
    /// The bucket.
    pub bucket: Bucket,
    /// Names with their objects.
    pub objects: Vec<(String, Object)>,
    /// What names up to the delimiter have in common, each once.
    pub common_prefixes: Vec<String>,
    /// Where the next page goes on, if there is one.
    pub next: Option<String>,
}

/// What of a bucket is listed.
#[derive(Clone, Debug, Default)]
struct Window {
    prefix: String,
    delimiter: String,
    after: String,
    max_keys: usize,
}

/// Lists objects; the next page goes on after a name.
#[derive(Clone, Debug)]
pub struct ListObjects {
    /// Of which bucket.
    pub bucket: BucketName,
    /// What their names begin with.
    pub prefix: String,
    /// Names that are the same up to here, after the prefix, are told once; nothing if empty.
    pub delimiter: String,
    /// The name after which the list goes on; from its beginning if empty.
    pub marker: String,
    /// How many names and common prefixes are told at most.
    pub max_keys: usize,
}

impl DataOperation for ListObjects {
    const NAME: &'static str = "ListObjects";
    const ACTION: &'static str = "oss:ListObjects";
    const ACCESS: Access = Access::Read;
    type Subject = Bucket;
    type Answer = Listing;

    fn authorize(&self, cx: &mut DataContext<'_>) -> Result<Bucket, ApiError> {
        on_bucket(cx, &self.bucket, Self::ACTION, conditions(&self.prefix, &self.delimiter))
    }

    fn run(&self, cx: &mut DataContext<'_>, bucket: Bucket) -> Result<Listing, ApiError> {
        let window = Window {
            prefix: self.prefix.clone(),
            delimiter: self.delimiter.clone(),
            after: self.marker.clone(),
            max_keys: self.max_keys,
        };
        walk(cx.tx(), bucket, &window)
    }
}

/// Lists objects; the next page goes on by a token of the one before.
#[derive(Clone, Debug)]
pub struct ListObjectsV2 {
    /// Of which bucket.
    pub bucket: BucketName,
    /// What their names begin with.
    pub prefix: String,
    /// Names that are the same up to here, after the prefix, are told once; nothing if empty.
    pub delimiter: String,
    /// The name after which the list begins.
    pub start_after: String,
    /// What the page before told.
    pub continuation_token: String,
    /// How many names and common prefixes are told at most.
    pub max_keys: usize,
}

impl DataOperation for ListObjectsV2 {
    const NAME: &'static str = "ListObjectsV2";
    const ACTION: &'static str = "oss:ListObjects";
    const ACCESS: Access = Access::Read;
    type Subject = Bucket;
    type Answer = Listing;

    fn authorize(&self, cx: &mut DataContext<'_>) -> Result<Bucket, ApiError> {
        on_bucket(cx, &self.bucket, Self::ACTION, conditions(&self.prefix, &self.delimiter))
    }

    // SPEC: security, requests, R10: page markers are sealed to account and list.
    fn run(&self, cx: &mut DataContext<'_>, bucket: Bucket) -> Result<Listing, ApiError> {
        let list = Key::account(bucket.owner, AccountTable::Object).number(bucket.id);
        let after = if self.continuation_token.is_empty() {
            self.start_after.clone()
        } else {
            let opened = cx.open_marker(&list, &self.continuation_token).ok();
            opened.and_then(|after| String::from_utf8(after).ok()).ok_or_else(|| {
                invalid_argument(
                    "The continuation-token is not one of this list: send what the page before told.",
                )
            })?
        };
        let (prefix, delimiter) = (self.prefix.clone(), self.delimiter.clone());
        let window = Window { prefix, delimiter, after, max_keys: self.max_keys };
        let mut listing = walk(cx.tx(), bucket, &window)?;
        listing.next = listing.next.map(|next| cx.seal_marker(&list, next.as_bytes()));
        Ok(listing)
    }
}

// SPEC: policy language, conditions: an empty prefix is one.
fn conditions(prefix: &str, delimiter: &str) -> Conditions {
    let mut conditions = Conditions::new();
    conditions.set("oss:Prefix", prefix);
    conditions.set("oss:Delimiter", delimiter);
    conditions
}

fn walk(tx: &dyn Transaction, bucket: Bucket, window: &Window) -> Result<Listing, ApiError> {
    let mut listing = Listing { bucket, objects: Vec::new(), common_prefixes: Vec::new(), next: None };
    if window.max_keys == 0 {
        return Ok(listing);
    }
    let mut start = beginning(window);
    let mut last = None;
    loop {
        let room = window.max_keys - listing.objects.len() - listing.common_prefixes.len();
        let limit = room.saturating_add(1).min(AT_ONCE);
        let rows = Object::scan(tx, &listing.bucket, &window.prefix, &start, limit)?;
        let is_end = rows.len() < limit;
        let mut room = room;
        for (name, object) in rows {
            if matches!(&start, Start::Past(told) if name.starts_with(told.as_str())) {
                continue;
            }
            if room == 0 {
                listing.next = last;
                return Ok(listing);
            }
            room -= 1;
            if let Some(common) = common_prefix(&name, window) {
                listing.common_prefixes.push(common.to_owned());
                last = Some(common.to_owned());
                start = Start::Past(common.to_owned());
            } else {
                last = Some(name.clone());
                start = Start::After(name.clone());
                listing.objects.push((name, object));
            }
        }
        if is_end {
            return Ok(listing);
        }
    }
}

/// Where a list begins: what was told as one before is not told again.
fn beginning(window: &Window) -> Start {
    match common_prefix(&window.after, window) {
        _ if window.after.is_empty() => Start::Beginning,
        Some(told) => Start::Past(told.to_owned()),
        None => Start::After(window.after.clone()),
    }
}

/// A name up to the first delimiter after the prefix, if there is one.
fn common_prefix<'n>(name: &'n str, window: &Window) -> Option<&'n str> {
    if window.delimiter.is_empty() {
        return None;
    }
    let rest = name.strip_prefix(window.prefix.as_str())?;
    let at = rest.find(window.delimiter.as_str())?;
    name.get(..window.prefix.len() + at + window.delimiter.len())
}
