//! What a bucket is set to: ACL, policy, tags, resource group.

use argali_core::model::Acl;
use argali_core::services::oss::{
    BucketView, DeleteBucketPolicy, DeleteBucketTagging, GetBucketInfo, GetBucketPolicy, GetBucketStat,
    GetBucketTagging, PutBucketAcl, PutBucketPolicy, PutBucketResourceGroup, PutBucketTagging,
};
use argali_core::storage_name::BucketName;
use argali_protocol::ApiFailure;
use maud::{Markup, html};

use super::{acl_choice, acl_of, below, bucket_tabs};
use crate::answer::Answer;
use crate::api::{OSS, RESOURCE_MANAGER};
use crate::moment::moment;
use crate::need::{Need, submit};
use crate::page::resource_group::{group_options, path_of as path_of_group};
use crate::page::{Outcome, Refusal, new_tags};
use crate::pairs::{Pairs, encode};
use crate::part::{Field, Fields, Weight, denial, facts, heading, indented, notice, select, show_api, size};
use crate::shell::{self, token};
use crate::text::Text;
use crate::text::oss::*;
use crate::text::shell::SAVE;
use crate::visit::Visit;

const POLICY_FIELD: Field =
    Field::text("policy", POLICY).longest(20_000).hint(POLICY_HINT).kind("textarea", "off");
const TAGS_FIELD: Field = Field::text("tags", TAGS).longest(6_000).hint(TAGS_HINT).kind("textarea", "off");

/// The settings; `failed` is what came of a change.
pub(super) async fn show(visit: &Visit<'_>, bucket: &BucketName, failed: Option<&ApiFailure>) -> Outcome {
    let named = [("Bucket", bucket.as_str())];
    let info = visit.read_storage(&GetBucketInfo { bucket: bucket.clone() }, &named).await;
    let (status, part) = match info {
        Ok(view) => (200, forms(visit, bucket, &view, failed).await),
        Err(failure) if crate::api::is_denied(&failure) => (failure.status, denial(visit, &failure).await),
        Err(failure) => return Err(failure.into()),
    };
    let content = html! {
        (heading(&html! { (bucket) }, None, &html! {}))
        (bucket_tabs(visit, bucket, "/settings"))
        @if let Some(failure) = failed.filter(|_| is_new(visit)) { (denial(visit, failure).await) }
        (part)
    };
    let status = failed.map_or(status, |failure| failure.status);
    let title = format!("{} · {bucket}", visit.say(SETTINGS));
    Ok(Answer::page(status, shell::page(visit, &title, &content)))
}

/// The forms; the one whose change was refused says why, with what was entered.
async fn forms(
    visit: &Visit<'_>,
    bucket: &BucketName,
    view: &BucketView,
    failed: Option<&ApiFailure>,
) -> Markup {
    let entered =
        |what: &str| failed.and_then(|_| (visit.form().get("what") == what).then(|| visit.form().get(what)));
    let said = match failed {
        Some(failure) => denial(visit, failure).await,
        None => html! {},
    };
    let form = |what: &'static str, title, fields: &Markup| {
        let said = if entered(what).is_some() {
            said.clone()
        } else {
            html! {}
        };
        form(visit, (bucket, what, title), &html! { (said) (fields) })
    };
    let named = [("Bucket", bucket.as_str())];
    let policy = visit.read_storage(&GetBucketPolicy { bucket: bucket.clone() }, &named).await;
    let policy = or_nothing(policy, "NoSuchBucketPolicy").map(|policy| indented(&policy.unwrap_or_default()));
    let tags = visit.read_storage(&GetBucketTagging { bucket: bucket.clone() }, &named).await;
    let lines = |(key, value): (&String, &String)| format!("{key}={value}\n");
    let mut tags =
        or_nothing(tags, "NoSuchTagSet").map(|tags| tags.iter().flatten().map(lines).collect::<String>());
    if failed.is_some() && is_new(visit) {
        let typed = new_tags::entered(visit).into_iter().map(|(key, value)| format!("{key}={value}\n"));
        tags = Ok(typed.collect());
    }
    let stat = visit.read_storage(&GetBucketStat { bucket: bucket.clone() }, &named).await.ok();
    let groups = visit.call(RESOURCE_MANAGER, "ListResourceGroups", &[("PageSize", "100")]).await;
    let groups = groups.unwrap_or_default();
    let group = view.bucket.group.to_string();
    let options = group_options(&groups);
    html! {
        section.card { (about(visit, view, stat.as_ref())) }
        (form("acl", ACL, &html! {
            (notice(Weight::Warning, &html! { p { (visit.say(ACL_NOTE)) } }))
            (acl_choice(visit, entered("acl").map_or(view.bucket.acl, acl_of)))
        }))
        @match policy {
            Ok(policy) => (form("policy", POLICY, &field(visit, POLICY_FIELD, entered("policy").unwrap_or(&policy)))),
            Err(failure) => (denial(visit, &failure).await),
        }
        @match tags {
            Ok(tags) => (form("tags", TAGS, &field(visit, TAGS_FIELD, entered("tags").unwrap_or(&tags)))),
            Err(failure) => (denial(visit, &failure).await),
        }
        @if options.len() > 1 {
            (form("group", GROUP, &select(visit, ("group", GROUP), entered("group").unwrap_or(&group), &options)))
        }
    }
}

/// Whether the bucket was just made by a form whose tags it did not take.
fn is_new(visit: &Visit<'_>) -> bool {
    visit.is_post() && visit.form().filled("what").is_none()
}

/// That there is none is no failure.
fn or_nothing<T>(answer: Result<T, ApiFailure>, absent: &str) -> Result<Option<T>, ApiFailure> {
    match answer {
        Ok(found) => Ok(Some(found)),
        Err(failure) if failure.code == absent => Ok(None),
        Err(failure) => Err(failure),
    }
}

fn about(visit: &Visit<'_>, view: &BucketView, stat: Option<&BucketView>) -> Markup {
    let bucket = &view.bucket;
    let held = stat.map(|stat| {
        let values = [stat.usage.objects.to_string(), size(visit, stat.usage.bytes)];
        (visit.say(USAGE), html! { (visit.fill(USAGE_IS, &values.each_ref().map(String::as_str))) })
    });
    let known = [
        (visit.say(CLASS), html! { (bucket.storage_class.as_str()) }),
        (visit.say(CREATED), moment(visit, &bucket.created_at.to_string())),
        (
            visit.say(GROUP),
            html! { a href=(visit.to(&path_of_group(&bucket.group.to_string()))) { (bucket.group) } },
        ),
    ];
    facts(&known.into_iter().chain(held).collect::<Vec<_>>())
}

fn field(visit: &Visit<'_>, field: Field, value: &str) -> Markup {
    Fields::of(visit, Pairs::read(&encode([(field.name, value)]))).show(field)
}

fn form(visit: &Visit<'_>, (bucket, what, title): (&BucketName, &str, Text), fields: &Markup) -> Markup {
    html! {
        form.card.stack.narrow.sole.code[what == "policy"] method="post" action=(visit.to(&below(bucket, "/settings", &[]))) {
            h2 { (visit.say(title)) }
            (token(visit))
            input type="hidden" name="what" value=(what);
            (fields)
            div.actions { (submit(visit, need(bucket, what), ("button", SAVE))) (show_api(visit)) }
        }
    }
}

/// What changing one of them needs.
fn need(bucket: &BucketName, what: &str) -> Need {
    let bucket = bucket.clone();
    match what {
        "acl" => Need::storage(PutBucketAcl { bucket, acl: Acl::Private }),
        "policy" => Need::storage(PutBucketPolicy { bucket, policy: String::new() }),
        "tags" => Need::storage(PutBucketTagging { bucket, tags: Vec::new() }),
        _ => Need::somehow(OSS, "PutBucketResourceGroup"),
    }
}

/// Changes one of them.
pub(super) async fn change(visit: &Visit<'_>, bucket: &BucketName) -> Outcome {
    let form = visit.form();
    let named = [("Bucket", bucket.as_str())];
    let name = || bucket.clone();
    let tags = || -> Vec<(String, String)> {
        let lines = form.get("tags").lines().map(str::trim).filter(|line| !line.is_empty());
        let pair = |line: &str| {
            let (key, value) = line.split_once('=').unwrap_or((line, ""));
            (key.trim().to_owned(), value.trim().to_owned())
        };
        lines.map(pair).collect()
    };
    let changed = match form.get("what") {
        "acl" => {
            let acl = acl_of(form.get("acl"));
            visit.change_storage(&PutBucketAcl { bucket: name(), acl }, &named).await
        }
        "policy" if form.filled("policy").is_none() => {
            visit.change_storage(&DeleteBucketPolicy { bucket: name() }, &named).await
        }
        "policy" => {
            let policy = form.get("policy").to_owned();
            visit.change_storage(&PutBucketPolicy { bucket: name(), policy }, &named).await
        }
        "tags" if form.filled("tags").is_none() => {
            visit.change_storage(&DeleteBucketTagging { bucket: name() }, &named).await
        }
        "tags" => visit.change_storage(&PutBucketTagging { bucket: name(), tags: tags() }, &named).await,
        "group" => {
            let resource_group = form.get("group").to_owned();
            visit.change_storage(&PutBucketResourceGroup { bucket: name(), resource_group }, &named).await
        }
        _ => return Err(Refusal::NoPage),
    };
    match changed {
        Ok(()) => Ok(Answer::see(visit.to(&below(bucket, "/settings", &[])))),
        Err(failure) => show(visit, bucket, Some(&failure)).await,
    }
}
