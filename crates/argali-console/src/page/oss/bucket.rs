//! Buckets: listed, made and deleted.

use argali_core::model::{Bucket, Redundancy, StorageClass};
use argali_core::services::oss::{DeleteBucket, ListBuckets, PutBucket, PutBucketTagging};
use argali_core::storage_name::BucketName;
use argali_protocol::{ApiFailure, Invalid};
use maud::{Markup, html};

use super::bucket_list::groups;
use super::{LIST, acl_choice, acl_of, path_of, refused, setting};
use crate::answer::Answer;
use crate::api::OSS;
use crate::need::{Need, open, submit};
use crate::page::several::{Came, Deed, names, results};
use crate::page::{Outcome, confirm, new_tags};
use crate::part::list::{SEVERAL, chosen};
use crate::part::{Field, Fields, Weight, denial, notice, select, show_api};
use crate::shell::{self, token};
use crate::text::oss::*;
use crate::text::shell::{CANCEL, DELETE, OK};
use crate::visit::Visit;

/// How many buckets the list shows at most: an account has no more.
pub(super) const MOST_SHOWN: usize = 100;
const NAME_FIELD: Field = Field::text("bucket", NAME).required().longest(63).hint(NAME_HINT);

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

/// What making a bucket needs.
pub(super) fn creation() -> Need {
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
    let groups = groups(visit).await;
    let groups: Vec<_> = groups.iter().map(|(id, name)| (id.as_str(), name.clone())).collect();
    let content = html! {
        div.narrow {
            h1 { (visit.say(CREATE)) }
            @if let Some(failure) = failure { (denial(visit, failure).await) }
            form.card.stack method="post" action=(visit.to("/oss/new")) {
                (token(visit))
                (Fields::new(visit).show(NAME_FIELD))
                (acl_choice(visit, acl_of(entered.get("acl"))))
                (notice(Weight::Info, &html! { p { (visit.say(ACL_NOTE)) } }))
                (select(visit, ("class", CLASS), entered.get("class"), &classes))
                @if groups.len() > 1 { (select(visit, ("group", GROUP), entered.get("group"), &groups)) }
                (new_tags::fields(visit))
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
    if entered.filled("add-tag").is_some() {
        return Ok(form(visit, None).await);
    }
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
        resource_group: entered.filled("group").map(str::to_owned),
    };
    let made = visit.change_storage(&operation, &[("Bucket", name)]).await;
    let tags = new_tags::entered(visit);
    if tags.is_empty() || (made.is_err() && !visit.is_rehearsed()) {
        return match made {
            Ok(()) => Ok(Answer::see(visit.to(&path_of(&bucket)))),
            Err(failure) => Ok(form(visit, Some(&failure)).await),
        };
    }
    let tags = tags.into_iter().map(|(key, value)| (key.to_owned(), value.to_owned())).collect();
    let tagging = PutBucketTagging { bucket: bucket.clone(), tags };
    match visit.change_storage(&tagging, &[("Bucket", name)]).await {
        Ok(()) => Ok(Answer::see(visit.to(&path_of(&bucket)))),
        // It is made: what is left is entered where its tags are.
        Err(failure) => setting::show(visit, &bucket, Some(&failure)).await,
    }
}

/// Asks whether those that are chosen are really to be deleted.
pub(super) fn ask_to_delete_several(visit: &Visit<'_>) -> Outcome {
    Ok(several(visit, &chosen(visit.query())?).ask(visit))
}

fn several<'a>(visit: &Visit<'_>, buckets: &'a [&'a str]) -> Deed<'a> {
    let needs = buckets.iter().filter_map(|bucket| Some(removal(&bucket.parse().ok()?)));
    Deed {
        title: visit.fill(DELETE_SEVERAL, &[&buckets.len().to_string()]),
        what: (Weight::Warning, DELETE_SEVERAL_WHAT),
        word: "delete",
        button: ("button danger", visit.say(DELETE)),
        to: format!("{LIST}/{SEVERAL}"),
        back: LIST.to_owned(),
        need: Need::any(needs),
        chosen: buckets,
        seen: html! { section.card { (names(buckets)) } },
        fields: html! {},
        is_counted: true,
    }
}

/// Deletes them once their number was typed, and tells what came of each: one that holds something stays.
pub(super) async fn delete_several(visit: &Visit<'_>) -> Outcome {
    let buckets = chosen(visit.form())?;
    if let Some(answer) = several(visit, &buckets).objection(visit) {
        return Ok(answer);
    }
    let mut rows = Vec::new();
    for name in &buckets {
        let Ok(bucket) = name.parse() else { continue };
        let called = visit.change_storage(&DeleteBucket { bucket }, &[("Bucket", name)]).await;
        rows.push((html! { (name) }, Came::of_removing(called)?));
    }
    Ok(results(visit, &visit.fill(DELETED_SEVERAL, &[&buckets.len().to_string()]), &rows, LIST))
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
