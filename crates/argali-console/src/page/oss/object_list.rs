//! The objects of a bucket, a folder at a time.

use argali_core::services::oss::{DeleteMultipleObjects, ListObjects, Listing};
use argali_core::storage_name::BucketName;
use argali_protocol::ApiFailure;
use maud::{Markup, html};
use serde_json::{Value, json};

use super::{below, bucket_tabs, key, path_of};
use crate::answer::Answer;
use crate::api::{number, text};
use crate::icon::{self, icon};
use crate::need::{Need, needing, way};
use crate::page::Outcome;
use crate::page::several::{Deed, names};
use crate::part::list::{
    self as lists, About, Act, Column, Draws, Found, List, Needs, Part, Parts, SEVERAL, Wanted, chosen,
    in_parts,
};
use crate::part::{Weight, denial, heading, size};
use crate::shell;
use crate::text::oss::*;
use crate::text::resource::ASK_DELETE;
use crate::text::shell::DELETE;
use crate::visit::Visit;

/// The objects and folders of a folder.
struct Objects<'b> {
    bucket: &'b BucketName,
    path: String,
    prefix: &'b str,
    columns: Vec<Column<'static>>,
    draws: Draws<'b>,
    needs: Needs<'b>,
    upload: Markup,
}

const COLUMNS: &[Column<'_>] = &[
    Column::drawn(SIZE, "Size", &|visit, object| {
        let bytes = u64::try_from(number(object, "Size")).unwrap_or_default();
        html! { @if !is_folder(object) { span.nowrap { (size(visit, bytes)) } } }
    }),
    Column::of(CLASS, "StorageClass"),
    Column::moment(MODIFIED, "LastModified"),
];

fn is_folder(row: &Value) -> bool {
    row.get("Size").is_none()
}

impl<'b> Objects<'b> {
    fn of(visit: &Visit<'_>, bucket: &'b BucketName, prefix: &'b str) -> Self {
        Self {
            bucket,
            path: path_of(bucket),
            prefix,
            columns: COLUMNS.to_vec(),
            draws: Box::new(move |visit, row| link(visit, (bucket, prefix), row)),
            needs: Box::new(move |row| Need::any(removal(bucket, text(row, "Key")))),
            upload: needing(
                visit,
                super::upload::need(bucket, prefix),
                &html! {
                    a.button.main href="#file" { (icon(icon::LuUpload)) (visit.say(UPLOAD)) }
                },
            ),
        }
    }
}

impl Parts for Objects<'_> {
    async fn part(
        &self,
        visit: &Visit<'_>,
        wanted: &Wanted<'_>,
        (marker, max_keys): (&str, usize),
    ) -> Result<Found, ApiFailure> {
        let prefix = format!("{}{}", self.prefix, wanted.query.get("q"));
        let operation = ListObjects {
            bucket: self.bucket.clone(),
            prefix: prefix.clone(),
            delimiter: "/".to_owned(),
            marker: marker.to_owned(),
            max_keys,
        };
        let named = [("Bucket", self.bucket.as_str()), ("prefix", &prefix), ("delimiter", "/")];
        let listing = visit.read_storage(&operation, &named).await?;
        let next = listing.next.clone().unwrap_or_default();
        Ok(Found { rows: rows(&listing), next, ..Found::default() })
    }
}

/// Folders first, then objects.
fn rows(listing: &Listing) -> Vec<Value> {
    let folders = listing.common_prefixes.iter().map(|name| json!({ "Key": name }));
    let objects = listing.objects.iter().map(|(name, object)| {
        json!({
            "Key": name.as_str(),
            "Size": object.size,
            "StorageClass": object.description.storage_class.as_str(),
            "LastModified": object.modified_at.to_string(),
        })
    });
    folders.chain(objects).collect()
}

/// A folder or an object; what its name has before this folder is not said again.
fn link(visit: &Visit<'_>, (bucket, prefix): (&BucketName, &str), row: &Value) -> Markup {
    let name = text(row, "Key");
    let short = name.strip_prefix(folder_of(prefix)).filter(|short| !short.is_empty()).unwrap_or(name);
    html! {
        @if is_folder(row) {
            a.folder href=(visit.to(&below(bucket, "", &[("prefix", name)]))) { (icon(icon::LuFolder)) bdi { (short) } }
        } @else {
            a href=(visit.to(&below(bucket, "/object", &[("key", name)]))) { bdi.long { (short) } }
        }
    }
}

impl List for Objects<'_> {
    fn about(&self) -> About<'_> {
        let first = Column::of(OBJECT, "Key");
        let first = Column { cell: lists::Cell::Drawn(&self.draws), ..first };
        About {
            path: &self.path,
            kept: vec![("prefix", self.prefix)],
            title: OBJECTS.into(),
            file: self.bucket.as_str(),
            search: Some(PREFIX),
            columns: [first].into_iter().chain(self.columns.iter().copied()).collect(),
            acts: vec![Act::new("delete", DELETE, &self.needs)],
            // Folders are no objects that could be chosen.
            key: &|row| if is_folder(row) { String::new() } else { text(row, "Key").to_owned() },
            empty: (icon::LuFolder, OBJECTS_EMPTY),
            onward: self.upload.clone(),
            ..About::default()
        }
    }

    async fn fetch(&self, visit: &Visit<'_>, wanted: &Wanted<'_>) -> Result<Found, ApiFailure> {
        // Folders come first.
        in_parts(visit, self, wanted, |row| format!("{}{}", u8::from(!is_folder(row)), text(row, "Key")))
            .await
    }

    fn actions(&self, visit: &Visit<'_>) -> Markup {
        html! {
            (self.upload)
            (way(visit, super::bucket::removal(self.bucket), &below(self.bucket, "/delete", &[]), ("button", DELETE)))
        }
    }

    async fn refused(&self, visit: &Visit<'_>, failure: &ApiFailure) -> Option<Markup> {
        Some(denial(visit, failure).await)
    }
}

/// The list; `failed` is what came of something that was to be done.
pub(super) async fn show(visit: &Visit<'_>, bucket: &BucketName, failed: Option<&ApiFailure>) -> Outcome {
    let from = if visit.is_post() { visit.form() } else { visit.query() };
    let prefix = from.get("prefix");
    let list = Objects::of(visit, bucket, prefix);
    let (status, actions, content) = match lists::part(visit, &list).await? {
        Part::Instead(answer) => return Ok(answer),
        Part::Shown { status, actions, content } => (status, actions, content),
    };
    let status = failed.map_or(status, |failure| failure.status);
    let content = html! {
        (heading(&html! { (bucket) }, None, &actions))
        (bucket_tabs(visit, bucket, ""))
        @if let Some(failure) = failed { (denial(visit, failure).await) }
        @if !prefix.is_empty() { (trail(visit, bucket, prefix)) }
        (content)
        (super::upload::form(visit, bucket, prefix))
    };
    Ok(Answer::page(status, shell::page(visit, bucket.as_str(), &content)))
}

/// The folders that lead to this one.
fn trail(visit: &Visit<'_>, bucket: &BucketName, prefix: &str) -> Markup {
    let ends: Vec<usize> = prefix.match_indices('/').map(|(at, _)| at + 1).collect();
    let mut begin = 0;
    html! {
        nav.crumbs aria-label=(visit.say(FOLDER)) {
            (icon(icon::LuFolder))
            a href=(visit.to(&path_of(bucket))) { (bucket) }
            @for end in ends {
                @let name = prefix.get(begin..end.saturating_sub(1)).unwrap_or_default();
                " / " a href=(visit.to(&below(bucket, "", &[("prefix", prefix.get(..end).unwrap_or_default())]))) { bdi { (name) } }
                @let () = begin = end;
            }
        }
    }
}

/// What deleting an object needs.
pub(super) fn removal(bucket: &BucketName, name: &str) -> Option<Need> {
    let keys = vec![key(name).ok()?];
    Some(Need::storage(DeleteMultipleObjects { bucket: bucket.clone(), keys }))
}

/// The folder that a prefix lies in: up to its last slash.
fn folder_of(prefix: &str) -> &str {
    prefix
        .rsplit_once('/')
        .map(|(folder, _)| prefix.get(..=folder.len()).unwrap_or_default())
        .unwrap_or_default()
}

/// Asks whether these objects are really to be deleted.
pub(super) fn ask_to_delete(visit: &Visit<'_>, bucket: &BucketName) -> Outcome {
    let query = visit.query();
    let keys = chosen(query)?;
    let prefix = query.get("prefix");
    let deed = Deed {
        title: visit.fill(DELETE_ASK, &[&keys.len().to_string()]),
        what: (Weight::Warning, ASK_DELETE),
        word: "delete",
        button: ("button danger", visit.say(DELETE)),
        to: below(bucket, &format!("/{SEVERAL}"), &[]),
        back: below(bucket, "", &[("prefix", prefix)]),
        need: Need::any(keys.iter().filter_map(|name| removal(bucket, name))),
        chosen: &keys,
        seen: html! { section.card { (names(&keys)) } },
        fields: html! { input type="hidden" name="prefix" value=(prefix); },
        is_counted: false,
    };
    Ok(deed.ask(visit))
}

/// Deletes them, all or none.
pub(super) async fn delete(visit: &Visit<'_>, bucket: &BucketName) -> Outcome {
    let form = visit.form();
    let keys = chosen(form)?.into_iter().map(key).collect::<Result<Vec<_>, _>>()?;
    let operation = DeleteMultipleObjects { bucket: bucket.clone(), keys };
    match visit.change_storage(&operation, &[("Bucket", bucket.as_str())]).await {
        Ok(()) => Ok(Answer::see(visit.to(&below(bucket, "", &[("prefix", form.get("prefix"))])))),
        Err(failure) => show(visit, bucket, Some(&failure)).await,
    }
}
