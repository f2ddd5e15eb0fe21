//! The objects of a bucket, a folder at a time.

use argali_core::model::Object;
use argali_core::services::oss::{DeleteMultipleObjects, ListObjects, Listing};
use argali_core::storage_name::BucketName;
use argali_protocol::ApiFailure;
use maud::{Markup, html};

use super::{below, bucket_tabs, key, path_of};
use crate::answer::Answer;
use crate::icon::{self, icon};
use crate::moment::moment;
use crate::need::{Need, needing, submit, way};
use crate::page::Outcome;
use crate::part::list::tick_all;
use crate::part::{
    Table, Weight, denial, empty, heading, notice, page_size, pager, show_api, size, unmatched,
};
use crate::shell::{self, token};
use crate::text::oss::*;
use crate::text::resource::{ASK_DELETE, SELECT};
use crate::text::shell::{CANCEL, DELETE};
use crate::visit::Visit;

/// How many objects one form deletes at most.
const MOST_DELETED: usize = 100;

/// The list; `failed` is what came of something that was to be done.
pub(super) async fn show(visit: &Visit<'_>, bucket: &BucketName, failed: Option<&ApiFailure>) -> Outcome {
    let from = if visit.is_post() { visit.form() } else { visit.query() };
    let prefix = from.get("prefix");
    let operation = ListObjects {
        bucket: bucket.clone(),
        prefix: prefix.to_owned(),
        delimiter: "/".to_owned(),
        marker: visit.query().get("marker").to_owned(),
        max_keys: page_size(visit).parse().unwrap_or(20),
    };
    let named = [("Bucket", bucket.as_str()), ("prefix", prefix), ("delimiter", "/")];
    let (status, part) = match visit.read_storage(&operation, &named).await {
        Ok(listing) => (200, table(visit, bucket, prefix, &listing)),
        Err(failure) => (failure.status, denial(visit, &failure).await),
    };
    let status = failed.map_or(status, |failure| failure.status);
    let actions = html! {
        (needing(visit, super::upload::need(bucket, prefix), &html! {
            a.button.main href="#file" { (icon(icon::LuUpload)) (visit.say(UPLOAD)) }
        }))
        (way(visit, super::bucket::removal(bucket), &below(bucket, "/delete", &[]), ("button", DELETE)))
    };
    let content = html! {
        (heading(&html! { (bucket) }, None, &actions))
        (bucket_tabs(visit, bucket, ""))
        @if let Some(failure) = failed { (denial(visit, failure).await) }
        @if !prefix.is_empty() { (trail(visit, bucket, prefix)) }
        (finder(visit, bucket, prefix))
        (part)
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

fn finder(visit: &Visit<'_>, bucket: &BucketName, prefix: &str) -> Markup {
    html! {
        form.toolbar method="get" action=(visit.to(&path_of(bucket))) role="search" {
            div.search {
                (icon(icon::LuSearch))
                input type="search" name="prefix" value=(prefix) maxlength="1023" placeholder=(visit.say(PREFIX)) aria-label=(visit.say(PREFIX));
            }
            button.button { (visit.say(FIND)) }
        }
    }
}

fn table(visit: &Visit<'_>, bucket: &BucketName, prefix: &str, listing: &Listing) -> Markup {
    // What a name has before the folder is not said again.
    let short = |name: &str| name.strip_prefix(folder_of(prefix)).unwrap_or(name).to_owned();
    let folders = listing.common_prefixes.iter().map(|name| {
        let path = below(bucket, "", &[("prefix", name)]);
        vec![
            html! { a.folder href=(visit.to(&path)) { (icon(icon::LuFolder)) bdi { (short(name)) } } },
            html! { bdi {} },
            html! { bdi {} },
            html! { bdi {} },
        ]
    });
    let objects =
        listing.objects.iter().map(|(name, object)| row(visit, bucket, (name, &short(name)), object));
    let rows: Vec<_> = folders.chain(objects).collect();
    let names = listing.objects.iter().map(|(name, _)| name.as_str());
    let removals: Vec<_> = names.filter_map(|name| removal(bucket, name)).collect();
    if rows.is_empty() {
        return html! {
            section.card {
                @if prefix.is_empty() {
                    (empty(visit, icon::LuFolder, visit.say(OBJECTS_EMPTY), &html! { a.button.main href="#file" { (visit.say(UPLOAD)) } }))
                } @else {
                    (unmatched(visit, &path_of(bucket)))
                }
            }
        };
    }
    html! {
        (Table { caption: OBJECTS, columns: &[OBJECT, SIZE, CLASS, MODIFIED], rows }.show(visit))
        @if !removals.is_empty() {
            form.bulk #bulk method="get" action=(visit.to(&below(bucket, "/delete-objects", &[]))) {
                input type="hidden" name="prefix" value=(prefix);
                (tick_all(visit))
                (submit(visit, Need::any(removals), ("button small", DELETE_SELECTED)))
            }
        }
        (pager(visit, &path_of(bucket), listing.next.as_deref().unwrap_or_default()))
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

fn row(visit: &Visit<'_>, bucket: &BucketName, (name, short): (&str, &str), object: &Object) -> Vec<Markup> {
    vec![
        html! {
            input type="checkbox" name="key" value=(name) form="bulk" aria-label=(visit.fill(SELECT, &[short]));
            " " a href=(visit.to(&below(bucket, "/object", &[("key", name)]))) { bdi.long { (if short.is_empty() { name } else { short }) } }
        },
        html! { span.nowrap { (size(visit, object.size)) } },
        html! { (object.description.storage_class.as_str()) },
        moment(visit, &object.modified_at.to_string()),
    ]
}

/// Asks whether these objects are really to be deleted.
pub(super) fn ask_to_delete(visit: &Visit<'_>, bucket: &BucketName) -> Outcome {
    let query = visit.query();
    let keys: Vec<&str> = query.all("key").take(MOST_DELETED).collect();
    let back = below(bucket, "", &[("prefix", query.get("prefix"))]);
    let removals: Vec<_> = keys.iter().filter_map(|name| removal(bucket, name)).collect();
    let title = visit.fill(DELETE_ASK, &[&keys.len().to_string()]);
    let content = html! {
        div.narrow {
            h1 { (title) }
            @if keys.is_empty() {
                (notice(Weight::Warning, &html! { p { (visit.say(CHOOSE)) } }))
                div.actions { a.button href=(visit.to(&back)) { (visit.say(CANCEL)) } }
            } @else {
                (notice(Weight::Warning, &html! { p { (visit.say(ASK_DELETE)) } }))
                form.card.stack method="post" action=(visit.to(&below(bucket, "/delete-objects", &[]))) {
                    (token(visit))
                    input type="hidden" name="prefix" value=(query.get("prefix"));
                    ul.plain {
                        @for key in &keys { li { input type="hidden" name="key" value=(key); bdi { (key) } } }
                    }
                    div.actions {
                        (submit(visit, Need::any(removals), ("button danger", DELETE)))
                        a.button href=(visit.to(&back)) { (visit.say(CANCEL)) }
                        (show_api(visit))
                    }
                }
            }
        }
    };
    Ok(Answer::page(200, shell::page(visit, &title, &content)))
}

/// Deletes them, all or none.
pub(super) async fn delete(visit: &Visit<'_>, bucket: &BucketName) -> Outcome {
    let form = visit.form();
    let keys = form.all("key").take(MOST_DELETED).map(key).collect::<Result<Vec<_>, _>>()?;
    let operation = DeleteMultipleObjects { bucket: bucket.clone(), keys };
    match visit.change_storage(&operation, &[("Bucket", bucket.as_str())]).await {
        Ok(()) => Ok(Answer::see(visit.to(&below(bucket, "", &[("prefix", form.get("prefix"))])))),
        Err(failure) => show(visit, bucket, Some(&failure)).await,
    }
}
