//! One object: what is told of it, and its bytes.

use argali_core::model::Object;
use argali_core::services::oss::{GetObject, HeadObject};
use argali_core::storage_name::BucketName;
use argali_protocol::encode_object_name;
use maud::{Markup, html};

use super::object_list;
use super::{MIB, MOST_FETCHED, below, key, refused};
use crate::answer::Answer;
use crate::moment::moment;
use crate::need::{Need, way};
use crate::page::{Outcome, result};
use crate::part::list::{CHOSEN, SEVERAL};
use crate::part::{Weight, card, copyable, denial, facts, heading, notice, select, size};
use crate::shell::{self, token};
use crate::text::oss::*;
use crate::text::shell::CLOSE;
use crate::visit::Visit;

/// For how many minutes a link may be good. It ends with the session in any case.
const LASTS_MIN: [&str; 3] = ["5", "15", "60"];

/// The page of an object.
pub(super) async fn show(visit: &Visit<'_>, bucket: &BucketName) -> Outcome {
    let name = visit.query().get("key");
    let operation = HeadObject { bucket: bucket.clone(), key: key(name)? };
    let named = [("Bucket", bucket.as_str()), ("Key", name)];
    let (status, part) = match visit.read_storage(&operation, &named).await {
        Ok(object) => (200, about(visit, bucket, name, &object)),
        Err(failure) if crate::api::is_denied(&failure) => (failure.status, denial(visit, &failure).await),
        Err(failure) => return Err(failure.into()),
    };
    let content = html! {
        (heading(&html! { bdi { (name.rsplit('/').find(|part| !part.is_empty()).unwrap_or(name)) } }, None, &html! {}))
        (part)
    };
    Ok(Answer::page(status, shell::page(visit, name, &content)))
}

fn about(visit: &Visit<'_>, bucket: &BucketName, name: &str, object: &Object) -> Markup {
    let is_small = object.size <= MOST_FETCHED;
    let download = key(name).ok().map(|key| Need::storage(GetObject { bucket: bucket.clone(), key }));
    let told = object.description.headers.iter().chain(&object.description.metadata);
    let told: Vec<(&str, Markup)> =
        told.map(|(name, value)| (name.as_str(), html! { bdi { (value) } })).collect();
    html! {
        div.actions {
            @if is_small {
                (way(visit, Need::any(download), &below(bucket, "/download", &[("key", name)]), ("button main", DOWNLOAD)))
            } @else {
                span.muted { (visit.fill(TOO_LARGE, &[&(MOST_FETCHED / MIB).to_string()])) }
            }
            (way(visit, Need::any(object_list::removal(bucket, name)), &below(bucket, &format!("/{SEVERAL}"), &[(CHOSEN, name)]), ("button grave", DELETE_ONE)))
        }
        div.columns {
            section.card {
                (facts(&[
                    (visit.say(SIZE), html! { (size(visit, object.size)) }),
                    (visit.say(MODIFIED), moment(visit, &object.modified_at.to_string())),
                    (visit.say(CLASS), html! { (object.description.storage_class.as_str()) }),
                    (visit.say(KIND), html! { (object.kind.as_str()) }),
                    (visit.say(ETAG), html! { code { (object.etag) } }),
                ]))
            }
            @if !told.is_empty() { (card(visit.say(METADATA), &facts(&told))) }
        }
        (link_form(visit, bucket, name))
    }
}

/// The form that makes a link for whoever has no account here.
fn link_form(visit: &Visit<'_>, bucket: &BucketName, name: &str) -> Markup {
    let minutes = LASTS_MIN.map(|minutes| (minutes, minutes.to_owned()));
    html! {
        section.card.stack.narrow {
            h2 { (visit.say(LINK)) }
            @if visit.acting().is_none() {
                p.muted { (visit.say(LINK_ROLE)) }
            } @else {
                (notice(Weight::Warning, &html! { p { (visit.say(LINK_WHAT)) } }))
                form.stack method="post" action=(visit.to(&below(bucket, "/link", &[]))) {
                    (token(visit))
                    input type="hidden" name="key" value=(name);
                    (select(visit, ("minutes", LINK_MINUTES), LASTS_MIN[1], &minutes))
                    div.actions { button.button { (visit.say(LINK_MAKE)) } }
                }
            }
        }
    }
}

/// Makes a link, and shows it this once.
pub(super) async fn link(visit: &Visit<'_>, bucket: &BucketName) -> Outcome {
    let form = visit.form();
    let name = form.get("key");
    let asked = form.get("minutes");
    let minutes = LASTS_MIN.into_iter().find(|minutes| *minutes == asked).unwrap_or(LASTS_MIN[1]);
    let lasts_s = minutes.parse::<i64>().unwrap_or(15) * 60;
    let operation = HeadObject { bucket: bucket.clone(), key: key(name)? };
    let named = [("Bucket", bucket.as_str()), ("Key", name)];
    let link = visit.presign(&operation, lasts_s, &named).await?;
    let content = html! {
        div.narrow {
            (heading(&html! { (visit.say(LINK)) }, Some(name), &html! {}))
            (notice(Weight::Warning, &html! { p { (visit.say(LINK_WHAT)) } }))
            section.card { (copyable(visit, &link)) }
            div.actions { a.button.main href=(visit.to(&below(bucket, "/object", &[("key", name)]))) { (visit.say(CLOSE)) } }
        }
    };
    Ok(result::keep(visit, visit.say(LINK), content))
}

/// The bytes of an object, as a file to be kept: never shown as a page of this site.
pub(super) async fn download(visit: &Visit<'_>, bucket: &BucketName) -> Outcome {
    let name = visit.query().get("key");
    let operation = GetObject { bucket: bucket.clone(), key: key(name)? };
    let named = [("Bucket", bucket.as_str()), ("Key", name)];
    let (_, bytes) = visit.fetch(&operation, MOST_FETCHED, &named).await?;
    let Some(bytes) = bytes else {
        let message = visit.fill(TOO_LARGE, &[&(MOST_FETCHED / MIB).to_string()]);
        return Err(refused("EntityTooLarge", &message).into());
    };
    let file = name.rsplit('/').find(|part| !part.is_empty()).unwrap_or("object");
    Ok(Answer::file(&encode_object_name(file), bytes))
}
