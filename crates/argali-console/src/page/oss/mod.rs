//! Object storage: buckets, and the objects in them, with prefixes as folders.
//!
//! Every page calls the operations that clients of the protocol call, and is judged as they are.
// SPEC: console, resources, OSS.

mod bucket;
mod bucket_list;
mod object;
mod object_list;
mod setting;
mod upload;

pub(super) use bucket::found;

use argali_core::model::Acl;
use argali_core::storage_name::{BucketName, ObjectKey};
use argali_protocol::{ApiFailure, Invalid};
use maud::{Markup, html};

use super::trail::Above;
use super::{Outcome, Refusal};
use crate::data_plane::refused;
use crate::pairs::{encode, segment};
use crate::part::list::{self as lists, SEVERAL};
use crate::part::select;
use crate::text::Text;
use crate::text::oss::*;
use crate::visit::Visit;

const LIST: &str = "/oss";
const ACLS: [(Acl, Text); 3] =
    [(Acl::Private, ACL_PRIVATE), (Acl::PublicRead, ACL_READ), (Acl::PublicReadWrite, ACL_WRITE)];
/// How many bytes of an object are sent through the console at most.
const MOST_FETCHED: u64 = 32 << 20;
const MIB: u64 = 1 << 20;

/// Answers a visit to an address below that of object storage.
pub(super) async fn answer(visit: &Visit<'_>, path: &[&str]) -> Outcome {
    let [bucket, rest @ ..] = path else {
        return lists::show(visit, &bucket_list::Buckets::of(visit).await).await;
    };
    if *bucket == "new" {
        return if visit.is_post() {
            bucket::create(visit).await
        } else {
            Ok(bucket::form(visit, None).await)
        };
    }
    if path == [SEVERAL] {
        return if visit.is_post() {
            bucket::delete_several(visit).await
        } else {
            bucket::ask_to_delete_several(visit)
        };
    }
    let bucket: BucketName = bucket.parse().map_err(|_| Refusal::NoPage)?;
    match (visit.is_post(), rest) {
        (false, []) => object_list::show(visit, &bucket, None).await,
        (true, ["upload"]) => upload::send(visit, &bucket).await,
        (false, [SEVERAL]) => object_list::ask_to_delete(visit, &bucket),
        (true, [SEVERAL]) => object_list::delete(visit, &bucket).await,
        (false, ["object"]) => object::show(visit, &bucket).await,
        (true, ["link"]) => object::link(visit, &bucket).await,
        (false, ["download"]) => object::download(visit, &bucket).await,
        (false, ["settings"]) => setting::show(visit, &bucket, None).await,
        (true, ["settings"]) => setting::change(visit, &bucket).await,
        (false, ["delete"]) => Ok(bucket::ask_to_delete(visit, &bucket)),
        (true, ["delete"]) => bucket::delete(visit, &bucket).await,
        _ => Err(Refusal::NoPage),
    }
}

/// The pages above one of these: the buckets, then the bucket, then the folder.
pub(super) fn above(visit: &Visit<'_>, path: &[&str]) -> Vec<Above> {
    let [bucket, below @ ..] = path else { return Vec::new() };
    let list = (LIST.to_owned(), visit.say(TITLE).to_owned());
    // Both tabs of a bucket are the bucket.
    let ([first, ..], Ok(name)) = (below, bucket.parse::<BucketName>()) else { return vec![list] };
    if *first == "settings" {
        return vec![list];
    }
    let folder = visit.query().get("name").rsplit_once('/').map(|(folder, _)| format!("{folder}/"));
    let folder = folder.map(|folder| (self::below(&name, "", &[("prefix", &folder)]), folder));
    [list, (path_of(&name), (*bucket).to_owned())].into_iter().chain(folder).collect()
}

/// The page of a bucket that is named so.
pub(super) fn path_to(bucket: &str) -> Option<String> {
    bucket.parse().ok().map(|bucket| path_of(&bucket))
}

/// The page of a bucket.
fn path_of(bucket: &BucketName) -> String {
    format!("{LIST}/{}", segment(bucket.as_str()))
}

/// An address below that of a bucket.
fn below(bucket: &BucketName, rest: &str, query: &[(&str, &str)]) -> String {
    let query = encode(query.iter().copied().filter(|(_, value)| !value.is_empty()));
    let mark = if query.is_empty() { "" } else { "?" };
    format!("{}{rest}{mark}{query}", path_of(bucket))
}

fn bucket_tabs(visit: &Visit<'_>, bucket: &BucketName, chosen: &str) -> Markup {
    html! {
        nav.tabs aria-label=(bucket) {
            @for (rest, label) in [("", OBJECTS), ("/settings", SETTINGS)] {
                a href=(visit.to(&below(bucket, rest, &[]))) aria-current=[(rest == chosen).then_some("page")] { (visit.say(label)) }
            }
        }
    }
}

/// The name of an object that an address or a form gives.
fn key(text: &str) -> Result<ObjectKey, ApiFailure> {
    text.parse().map_err(|invalid: Invalid| {
        refused("InvalidObjectName", &format!("The name is not valid: {}.", invalid.message))
    })
}

fn acl_of(word: &str) -> Acl {
    Acl::parse(word).unwrap_or(Acl::Private)
}

fn acl_choice(visit: &Visit<'_>, chosen: Acl) -> Markup {
    let options = ACLS.map(|(acl, label)| (acl.as_str(), visit.say(label).to_owned()));
    select(visit, ("acl", ACL), chosen.as_str(), &options)
}
