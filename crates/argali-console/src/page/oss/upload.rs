//! Uploading a file into a folder of a bucket.

use std::collections::BTreeMap;

use argali_core::model::Description;
use argali_core::services::oss::PutObject;
use argali_core::storage_name::BucketName;
use maud::{Markup, html};

use super::{MIB, below, key, object_list, refused};
use crate::LONGEST_UPLOAD;
use crate::answer::Answer;
use crate::api::OSS;
use crate::need::{Need, submit};
use crate::page::Outcome;
use crate::part::show_api;
use crate::shell::token;
use crate::text::oss::*;
use crate::visit::Visit;

/// The form.
pub(super) fn form(visit: &Visit<'_>, bucket: &BucketName, prefix: &str) -> Markup {
    let most = (LONGEST_UPLOAD as u64 / MIB).to_string();
    html! {
        form.card.stack.narrow method="post" enctype="multipart/form-data" action=(visit.to(&below(bucket, "/upload", &[]))) {
            h2 { (visit.say(UPLOAD)) }
            (token(visit))
            div.row {
                div.field {
                    label for="file" { (visit.say(FILE)) }
                    input #file type="file" name="file" required aria-describedby="file-hint";
                    p.hint #file-hint { (visit.fill(UPLOAD_HINT, &[&most])) }
                }
                div.field {
                    label for="prefix" { (visit.say(FOLDER)) }
                    input #prefix type="text" name="prefix" value=(prefix) maxlength="1000" autocomplete="off" spellcheck="false";
                }
            }
            div.actions { (submit(visit, need(bucket, prefix), ("button main", UPLOAD))) (show_api(visit)) }
        }
    }
}

/// What storing something there needs: the policies of the viewer let it, or those of the bucket.
pub(super) fn need(bucket: &BucketName, prefix: &str) -> Need {
    let put = |key| PutObject {
        bucket: bucket.clone(),
        key,
        description: Description::default(),
        forbid_overwrite: false,
        bytes: None,
    };
    let there = key(&format!("{prefix}-")).ok().map(|key| Need::storage(put(key)));
    Need::any(there.into_iter().chain([Need::somehow(OSS, "PutObject")]))
}

/// Stores the file.
pub(super) async fn send(visit: &Visit<'_>, bucket: &BucketName) -> Outcome {
    let prefix = visit.form().get("prefix").trim();
    let Some(upload) = visit.upload() else {
        let failure = refused("MissingFile", visit.say(NO_FILE));
        return object_list::show(visit, bucket, Some(&failure)).await;
    };
    let slash = if prefix.is_empty() || prefix.ends_with('/') { "" } else { "/" };
    // Some browsers send the folders of their own system along.
    let file_name = upload.name.rsplit(['/', '\\']).next().unwrap_or_default();
    let name = format!("{prefix}{slash}{file_name}");
    let key = match key(&name) {
        Ok(key) => key,
        Err(failure) => return object_list::show(visit, bucket, Some(&failure)).await,
    };
    let content_type = upload.content_type.map(|kind| ("content-type".to_owned(), kind.to_owned()));
    let description = Description {
        headers: content_type.into_iter().collect::<BTreeMap<_, _>>(),
        ..Description::default()
    };
    let operation =
        PutObject { bucket: bucket.clone(), key, description, forbid_overwrite: false, bytes: None };
    let named = [("Bucket", bucket.as_str()), ("Key", name.as_str())];
    match visit.store(operation, upload.content, &named).await {
        Ok(()) => Ok(Answer::see(visit.to(&below(bucket, "", &[("prefix", &format!("{prefix}{slash}"))])))),
        Err(failure) => object_list::show(visit, bucket, Some(&failure)).await,
    }
}
