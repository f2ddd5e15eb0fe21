//! Buckets: listed, made and deleted.

use argali_core::model::{Acl, Bucket, Redundancy, StorageClass};
use argali_core::services::oss::{DeleteBucket, ListBuckets, PutBucket};
use argali_core::storage_name::BucketName;
use argali_protocol::{ApiFailure, Invalid};
use maud::{Markup, html};

use super::{ACLS, LIST, acl_choice, acl_of, path_of, refused};
use crate::answer::Answer;
use crate::api::OSS;
use crate::icon::{self, icon};
use crate::moment::moment;
use crate::need::{Need, needing, open, submit};
use crate::page::{Outcome, confirm};
use crate::part::{Field, Fields, Table, Weight, denial, heading, narrowing, nothing, notice, show_api};
use crate::shell::{self, token};
use crate::text::oss::*;
use crate::text::shell::{CANCEL, OK};
use crate::visit::Visit;

/// How many buckets the list shows at most: an account has no more.
const MOST_SHOWN: usize = 100;
const NAME_FIELD: Field = Field::text("bucket", NAME).required().longest(63).hint(NAME_HINT);

/// The list.
pub(super) async fn show_list(visit: &Visit<'_>) -> Outcome {
    let prefix = visit.query().get("q").trim();
    let operation = ListBuckets { prefix: prefix.to_owned(), max_keys: MOST_SHOWN, ..ListBuckets::default() };
    let new = html! {
        a.button.main href=(visit.to("/oss/new")) data-new { (icon(icon::LuPlus)) (visit.say(CREATE)) }
    };
    let new = needing(visit, creation(), &new);
    let (status, part) = match visit.read_storage(&operation, &[("prefix", prefix)]).await {
        Ok(page) => {
            let rows: Vec<_> = page.buckets.iter().map(|bucket| row(visit, bucket)).collect();
            let table = Table { caption: BUCKETS, columns: &[NAME, ACL, CLASS, CREATED], rows };
            let part = html! {
                @if table.rows.is_empty() {
                    section.card { (nothing(visit, LIST, (icon::LuDatabase, EMPTY, new.clone()))) }
                } @else {
                    (table.show(visit))
                }
            };
            (200, part)
        }
        Err(failure) => (failure.status, denial(visit, &failure).await),
    };
    let content = html! {
        (heading(&html! { (visit.say(TITLE)) }, Some(visit.say(LEDE)), &new))
        div.toolbar { (narrowing(visit, &[], LIST)) }
        div.stack data-list { (part) }
    };
    Ok(Answer::page(status, shell::page(visit, visit.say(TITLE), &content)))
}

/// Links to the buckets whose names begin so.
pub(in crate::page) async fn found(visit: &Visit<'_>, prefix: &str) -> Vec<Markup> {
    let operation =
        || ListBuckets { prefix: prefix.to_owned(), max_keys: MOST_SHOWN, ..ListBuckets::default() };
    if open(visit, vec![Need::storage(operation())]) != [true] {
        return Vec::new();
    }
    let page = visit.read_storage(&operation(), &[("prefix", prefix)]).await;
    let link = |bucket: &Bucket| html! { a href=(visit.to(&path_of(&bucket.name))) { (bucket.name) } };
    page.map(|page| page.buckets.iter().map(link).collect()).unwrap_or_default()
}

fn row(visit: &Visit<'_>, bucket: &Bucket) -> Vec<Markup> {
    let acl = ACLS.iter().find(|(acl, _)| *acl == bucket.acl).map(|(_, label)| visit.say(*label));
    let is_open = bucket.acl != Acl::Private;
    vec![
        html! { a href=(visit.to(&path_of(&bucket.name))) { (bucket.name) } },
        html! { span.badge.warning[is_open] { (acl.unwrap_or_default()) } },
        html! { (bucket.storage_class.as_str()) },
        moment(visit, &bucket.created_at.to_string()),
    ]
}

/// What making a bucket needs.
fn creation() -> Need {
    Need::somehow(OSS, "PutBucket")
}

/// What deleting one needs.
pub(super) fn removal(bucket: &BucketName) -> Need {
    Need::storage(DeleteBucket { bucket: bucket.clone() })
}

/// The form that makes one.
pub(super) async fn form(visit: &Visit<'_>, failure: Option<&ApiFailure>) -> Answer {
    let entered = visit.form();
    let classes =
        [StorageClass::Standard, StorageClass::Ia].map(|class| (class.as_str(), class.as_str().to_owned()));
    let content = html! {
        div.narrow {
            h1 { (visit.say(CREATE)) }
            @if let Some(failure) = failure { (denial(visit, failure).await) }
            form.card.stack method="post" action=(visit.to("/oss/new")) {
                (token(visit))
                (Fields::new(visit).show(NAME_FIELD))
                (acl_choice(visit, acl_of(entered.get("acl"))))
                (notice(Weight::Info, &html! { p { (visit.say(ACL_NOTE)) } }))
                (crate::part::select(visit, ("class", CLASS), entered.get("class"), &classes))
                div.actions {
                    (submit(visit, creation(), ("button main", OK)))
                    a.button href=(visit.to(LIST)) { (visit.say(CANCEL)) }
                    (show_api(visit))
                }
            }
        }
    };
    let status = failure.map_or(200, |failure| failure.status);
    Answer::page(status, shell::page(visit, visit.say(CREATE), &content))
}

/// Makes one.
pub(super) async fn create(visit: &Visit<'_>) -> Outcome {
    let entered = visit.form();
    let name = entered.get("bucket").trim();
    let bucket: BucketName = match name.parse() {
        Ok(bucket) => bucket,
        Err(invalid) => {
            let invalid: Invalid = invalid;
            let failure =
                refused("InvalidBucketName.bucket", &format!("The name is not valid: {}.", invalid.message));
            return Ok(form(visit, Some(&failure)).await);
        }
    };
    let operation = PutBucket {
        bucket: bucket.clone(),
        acl: Some(acl_of(entered.get("acl"))),
        storage_class: StorageClass::parse(entered.get("class")).unwrap_or_default(),
        redundancy: Redundancy::default(),
        resource_group: None,
    };
    match visit.change_storage(&operation, &[("Bucket", name)]).await {
        Ok(()) => Ok(Answer::see(visit.to(&path_of(&bucket)))),
        Err(failure) => Ok(form(visit, Some(&failure)).await),
    }
}

/// Asks whether a bucket is really to be deleted.
pub(super) fn ask_to_delete(visit: &Visit<'_>, bucket: &BucketName) -> Answer {
    confirm::page(visit, &deletion(bucket), None)
}

/// Deletes a bucket.
pub(super) async fn delete(visit: &Visit<'_>, bucket: &BucketName) -> Outcome {
    let deletion = deletion(bucket);
    if let Some(answer) = confirm::objection(visit, &deletion) {
        return Ok(answer);
    }
    let operation = DeleteBucket { bucket: bucket.clone() };
    match visit.change_storage(&operation, &[("Bucket", bucket.as_str())]).await {
        Ok(()) => Ok(Answer::see(visit.to(LIST))),
        Err(failure) => Ok(confirm::explained_page(visit, &deletion, &failure).await),
    }
}

fn deletion(bucket: &BucketName) -> confirm::Deletion<'_> {
    confirm::Deletion {
        name: bucket.as_str(),
        title: DELETE_TITLE,
        what: DELETE_WHAT,
        path: path_of(bucket),
        more: html! {},
        need: removal(bucket),
    }
}
