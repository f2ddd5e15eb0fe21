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
use crate::page::conflict::{self, Changed, Conflict};
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
    page(visit, bucket, (failed, None)).await
}

/// What came of a form that was sent: a refusal, or that somebody else changed the same meanwhile.
type CameOfIt<'a> = (Option<&'a ApiFailure>, Option<&'a Conflict>);

async fn page(visit: &Visit<'_>, bucket: &BucketName, (failed, conflict): CameOfIt<'_>) -> Outcome {
    let named = [("Bucket", bucket.as_str())];
    let info = visit.read_storage(&GetBucketInfo { bucket: bucket.clone() }, &named).await;
    let (status, part) = match info {
        Ok(view) => (200, forms(visit, bucket, &view, (failed, conflict)).await),
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
    (failed, conflict): CameOfIt<'_>,
) -> Markup {
    let was_sent = failed.is_some() || conflict.is_some();
    let entered = |what: &str| (was_sent && visit.form().get("what") == what).then(|| visit.form().get(what));
    let said = match failed {
        Some(failure) => denial(visit, failure).await,
        None => conflict::said(conflict),
    };
    // The form that was sent goes on from what it was filled in with, the others from what there is.
    let form = |what: &'static str, title, now: &str, fields: &Markup| {
        let (said, base) = if entered(what).is_some() {
            (said.clone(), conflict::base_in(visit, conflict, &[now]))
        } else {
            (html! {}, conflict::base_anew(&[now]))
        };
        // The button beside both versions sends this one.
        let id = entered(what).is_some().then_some(conflict::FORM);
        form(visit, (bucket, what, title), id, &html! { (said) (base) (fields) })
    };
    let named = [("Bucket", bucket.as_str())];
    let (policy, tags) = (policy_now(visit, bucket).await, tags_now(visit, bucket).await);
    let typed = (failed.is_some() && is_new(visit)).then(|| {
        let typed = new_tags::entered(visit).into_iter().map(|(key, value)| format!("{key}={value}\n"));
        typed.collect::<String>()
    });
    let stat = visit.read_storage(&GetBucketStat { bucket: bucket.clone() }, &named).await.ok();
    let groups = visit.call(RESOURCE_MANAGER, "ListResourceGroups", &[("PageSize", "100")]).await;
    let groups = groups.unwrap_or_default();
    let group = view.bucket.group.to_string();
    let options = group_options(&groups);
    html! {
        section.card { (about(visit, view, stat.as_ref())) }
        (form("acl", ACL, view.bucket.acl.as_str(), &html! {
            (notice(Weight::Warning, &html! { p { (visit.say(ACL_NOTE)) } }))
            (acl_choice(visit, entered("acl").map_or(view.bucket.acl, acl_of)))
        }))
        @match policy {
            Ok(policy) => (form("policy", POLICY, &policy, &field(visit, POLICY_FIELD, entered("policy").unwrap_or(&policy)))),
            Err(failure) => (denial(visit, &failure).await),
        }
        @match tags {
            Ok(tags) => (form("tags", TAGS, &tags, &field(visit, TAGS_FIELD, entered("tags").or(typed.as_deref()).unwrap_or(&tags)))),
            Err(failure) => (denial(visit, &failure).await),
        }
        @if options.len() > 1 {
            (form("group", GROUP, &group, &select(visit, ("group", GROUP), entered("group").unwrap_or(&group), &options)))
        }
    }
}

/// Whether the bucket was just made by a form whose tags it did not take.
fn is_new(visit: &Visit<'_>) -> bool {
    visit.is_post() && visit.form().filled("what").is_none()
}

/// The policy of a bucket, laid out; empty if it has none.
async fn policy_now(visit: &Visit<'_>, bucket: &BucketName) -> Result<String, ApiFailure> {
    let named = [("Bucket", bucket.as_str())];
    let policy = visit.read_storage(&GetBucketPolicy { bucket: bucket.clone() }, &named).await;
    or_nothing(policy, "NoSuchBucketPolicy").map(|policy| indented(&policy.unwrap_or_default()))
}

/// Its tags, a line each.
async fn tags_now(visit: &Visit<'_>, bucket: &BucketName) -> Result<String, ApiFailure> {
    let named = [("Bucket", bucket.as_str())];
    let tags = visit.read_storage(&GetBucketTagging { bucket: bucket.clone() }, &named).await;
    let lines = |(key, value): (&String, &String)| format!("{key}={value}\n");
    or_nothing(tags, "NoSuchTagSet").map(|tags| tags.iter().flatten().map(lines).collect())
}

/// Somebody else's change of what a form changes.
async fn conflicting(visit: &Visit<'_>, bucket: &BucketName) -> Option<Conflict> {
    let named = [("Bucket", bucket.as_str())];
    let what = visit.form().get("what");
    let (label, operations, now): (_, &[&str], _) = match what {
        "policy" => {
            (POLICY, &["PutBucketPolicy", "DeleteBucketPolicy"], policy_now(visit, bucket).await.ok()?)
        }
        "tags" => (TAGS, &["PutBucketTagging", "DeleteBucketTagging"], tags_now(visit, bucket).await.ok()?),
        _ => {
            let view = visit.read_storage(&GetBucketInfo { bucket: bucket.clone() }, &named).await.ok()?;
            match what {
                "acl" => (ACL, &["PutBucketAcl"], view.bucket.acl.as_str().to_owned()),
                _ => (GROUP, &["PutBucketResourceGroup"], view.bucket.group.to_string()),
            }
        }
    };
    let entered = visit.form().get(what);
    let mine = if what == "policy" { indented(entered) } else { entered.to_owned() };
    // The last line of tags may end with its break or without.
    let is_same = now.trim_end() == mine.trim_end();
    let (resource, theirs) = (format!(":{bucket}"), below(bucket, "/settings", &[]));
    let changed = Changed { operations, resource: &resource, theirs: &theirs, save: "" };
    let mine = if is_same { &now } else { &mine };
    Conflict::of(visit, &changed, &[(visit.say(label), &now, mine)]).await
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

fn form(
    visit: &Visit<'_>,
    (bucket, what, title): (&BucketName, &str, Text),
    id: Option<&str>,
    fields: &Markup,
) -> Markup {
    html! {
        form.card.stack.narrow.sole.code[what == "policy"] id=[id] method="post" action=(visit.to(&below(bucket, "/settings", &[]))) {
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
    if let Some(conflict) = conflicting(visit, bucket).await {
        return Ok(page(visit, bucket, (None, Some(&conflict))).await?.of_status(409));
    }
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
