//! The list of buckets.

use argali_core::model::{Acl, Bucket};
use argali_core::services::oss::{GetBucketTagging, ListBuckets};
use argali_protocol::ApiFailure;
use maud::{Markup, html};
use serde_json::{Value, json};

use super::bucket::{MOST_SHOWN, creation, removal};
use super::{ACLS, LIST, path_to};
use crate::api::{RESOURCE_MANAGER, text};
use crate::icon::{self, icon};
use crate::need::{Need, needing, open};
use crate::page::resource_group::{group_options, path_of as path_of_group};
use crate::page::tags;
use crate::part::denial;
use crate::part::list::{About, Act, Column, Filter, Found, List, Wanted, Width, by_member, whole};
use crate::text::Text;
use crate::text::list::{ANY, TAG};
use crate::text::oss::*;
use crate::text::resource::REGION;
use crate::text::shell::{DELETE, SEARCH_NAMES};
use crate::visit::Visit;

const WORDS: &[(&str, Text)] =
    &[("", ANY), ("private", ACL_PRIVATE), ("public-read", ACL_READ), ("public-read-write", ACL_WRITE)];

/// The list, with what it can be narrowed to.
pub(super) struct Buckets {
    groups: Vec<(String, String)>,
    regions: Vec<(String, String)>,
    new: Markup,
}

const COLUMNS: &[Column<'_>] = &[
    Column::drawn(NAME, "Name", &|visit, bucket| {
        let name = text(bucket, "Name");
        html! { a href=(visit.to(&path_to(name).unwrap_or_default())) { (name) } }
    }),
    Column::drawn(ACL, "Acl", &acl),
    Column::of(CLASS, "StorageClass"),
    Column::of(REGION, "Region").where_room(Width::Roomy),
    Column::drawn(GROUP, "ResourceGroupId", &|visit, bucket| {
        let (id, name) = (text(bucket, "ResourceGroupId"), text(bucket, "ResourceGroup"));
        html! { a href=(visit.to(&path_of_group(id))) { bdi { (if name.is_empty() { id } else { name }) } } }
    })
    .where_room(Width::Roomy),
    Column::moment(CREATED, "CreationDate"),
    tags::COLUMN,
];

/// The resource groups of the account, as far as the viewer sees them.
pub(super) async fn groups(visit: &Visit<'_>) -> Vec<(String, String)> {
    let answer = visit.call(RESOURCE_MANAGER, "ListResourceGroups", &[("PageSize", "100")]).await;
    let answer = answer.unwrap_or_default();
    group_options(&answer).into_iter().map(|(id, name)| (id.to_owned(), name)).collect()
}

impl Buckets {
    pub(super) async fn of(visit: &Visit<'_>) -> Self {
        let region = region(visit).to_owned();
        let new = html! {
            a.button.main href=(visit.to("/oss/new")) data-new { (icon(icon::LuPlus)) (visit.say(CREATE)) }
        };
        Self {
            groups: groups(visit).await,
            regions: vec![(region.clone(), region)],
            new: needing(visit, creation(), &new),
        }
    }
}

/// The region that all buckets of this server are in.
fn region<'v>(visit: &'v Visit<'_>) -> &'v str {
    &visit.console().core.settings().bucket_region
}

impl List for Buckets {
    fn about(&self) -> About<'_> {
        About {
            path: LIST,
            title: TITLE.into(),
            lede: LEDE.into(),
            file: "buckets",
            search: Some(SEARCH_NAMES),
            filters: vec![
                Filter::Choice("acl", ACL, WORDS),
                Filter::Named("region", REGION, &self.regions),
                Filter::Named("group", GROUP, &self.groups),
                Filter::Words("tag", TAG, "team=ops"),
            ],
            columns: COLUMNS.to_vec(),
            acts: vec![Act::new("delete", DELETE, &|bucket| {
                Need::any(text(bucket, "Name").parse().ok().as_ref().map(removal))
            })],
            key: &|bucket| text(bucket, "Name").to_owned(),
            empty: (icon::LuDatabase, EMPTY),
            onward: self.new.clone(),
            ..About::default()
        }
    }

    async fn fetch(&self, visit: &Visit<'_>, wanted: &Wanted<'_>) -> Result<Found, ApiFailure> {
        let page =
            visit.read_storage(&ListBuckets { max_keys: MOST_SHOWN, ..ListBuckets::default() }, &[]).await?;
        let tagging = |bucket: &Bucket| Need::storage(GetBucketTagging { bucket: bucket.name.clone() });
        // Labels are for whoever may read them.
        let shows_tags = open(visit, page.buckets.iter().map(tagging).collect());
        let rows = page
            .buckets
            .iter()
            .zip(shows_tags)
            .map(|(bucket, shows_tags)| self.row(visit, bucket, shows_tags));
        let query = wanted.query;
        let keeps = |bucket: &Value| {
            let is = |member: &str, name: &str| {
                query.filled(name).is_none_or(|wanted| text(bucket, member) == wanted)
            };
            text(bucket, "Name").contains(&query.get("q").trim().to_lowercase())
                && is("Acl", "acl")
                && is("Region", "region")
                && is("ResourceGroupId", "group")
                && query.filled("tag").is_none_or(|tag| tags::has(bucket, tag))
        };
        let name = |bucket: &Value| text(bucket, "Name").to_owned();
        Ok(whole(wanted, rows.collect(), keeps, (by_member(wanted), name)))
    }

    fn actions(&self, _: &Visit<'_>) -> Markup {
        self.new.clone()
    }

    async fn refused(&self, visit: &Visit<'_>, failure: &ApiFailure) -> Option<Markup> {
        Some(denial(visit, failure).await)
    }
}

impl Buckets {
    fn row(&self, visit: &Visit<'_>, bucket: &Bucket, shows_tags: bool) -> Value {
        let group = bucket.group.to_string();
        let called = self.groups.iter().find(|(id, _)| *id == group).map(|(_, name)| name);
        let tags = bucket.tags.iter().filter(|_| shows_tags);
        json!({
            "Name": bucket.name.as_str(),
            "Acl": bucket.acl.as_str(),
            "StorageClass": bucket.storage_class.as_str(),
            "Region": region(visit),
            "ResourceGroup": called,
            "ResourceGroupId": group,
            "CreationDate": bucket.created_at.to_string(),
            "Tags": tags::of_pairs(tags),
        })
    }
}

fn acl(visit: &Visit<'_>, bucket: &Value) -> Markup {
    let acl = Acl::parse(text(bucket, "Acl")).unwrap_or(Acl::Private);
    let label = ACLS.iter().find(|(known, _)| *known == acl).map(|(_, label)| visit.say(*label));
    html! { span.badge.warning[acl != Acl::Private] { (label.unwrap_or_default()) } }
}
