//! Subscriptions on the wire.

use argali_core::error::ApiError;
use argali_core::services::mns::{
    FoundSubscription, GetSubscriptionAttributes, ListSubscriptionByTopic, SetSubscriptionAttributes,
    Subscribe, Unsubscribe,
};
use hyper::StatusCode;
use serde::Serialize;

use super::answer::{Answer, document, empty, made};
use super::request::{self, optional, owned};
use super::visit::{Visit, subscription_name, topic_name};

/// What is shown of a subscription.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Attributes {
    topic_owner: String,
    topic_name: String,
    subscriber: String,
    subscription_name: String,
    endpoint: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    filter_tag: String,
    notify_strategy: &'static str,
    notify_content_format: &'static str,
    create_time: i64,
    last_modify_time: i64,
}

#[derive(Debug, Serialize)]
struct SubscriptionList {
    #[serde(rename = "Subscription")]
    list: Vec<Listed>,
    #[serde(rename = "NextMarker", skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

#[derive(Debug, Serialize)]
struct Listed {
    #[serde(rename = "SubscriptionURL")]
    url: String,
}

impl From<FoundSubscription> for Attributes {
    fn from(FoundSubscription { owner, topic, subscription }: FoundSubscription) -> Self {
        let (region, queue) = (&subscription.queue_region, &subscription.queue);
        Self {
            topic_owner: owner.to_string(),
            topic_name: topic.name.to_string(),
            subscriber: owner.to_string(),
            subscription_name: subscription.name.to_string(),
            endpoint: format!("acs:mns:{region}:{owner}:queues/{queue}"),
            filter_tag: subscription.filter_tag,
            notify_strategy: subscription.strategy.as_str(),
            notify_content_format: subscription.format.as_str(),
            create_time: subscription.created_at.as_seconds(),
            last_modify_time: subscription.modified_at.as_seconds(),
        }
    }
}

pub(super) async fn create(visit: Visit<'_>, topic: &str, name: &str) -> Result<Answer, ApiError> {
    let operation = || {
        let root = request::document(visit.body, &["Subscription"])?;
        Ok(Subscribe {
            site: visit.site(),
            topic: topic_name(topic)?,
            name: subscription_name(name)?,
            endpoint: owned(&root, "Endpoint").unwrap_or_default(),
            filter_tag: owned(&root, "FilterTag").unwrap_or_default(),
            strategy: owned(&root, "NotifyStrategy"),
            format: owned(&root, "NotifyContentFormat"),
        })
    };
    let done = visit.change(&[("TopicName", topic), ("SubscriptionName", name)], operation()).await?;
    made(done, &visit.address(&format!("topics/{topic}/subscriptions/{name}")))
}

pub(super) async fn set(visit: Visit<'_>, topic: &str, name: &str) -> Result<Answer, ApiError> {
    let operation = || {
        let root = optional(visit.body, "Subscription")?;
        Ok(SetSubscriptionAttributes {
            site: visit.site(),
            topic: topic_name(topic)?,
            name: subscription_name(name)?,
            strategy: owned(&root, "NotifyStrategy"),
        })
    };
    visit.change(&[("TopicName", topic), ("SubscriptionName", name)], operation()).await?;
    Ok(empty(StatusCode::NO_CONTENT))
}

pub(super) async fn get(visit: Visit<'_>, topic: &str, name: &str) -> Result<Answer, ApiError> {
    let operation = || {
        visit.knows(&[])?;
        let (topic, name) = (topic_name(topic)?, subscription_name(name)?);
        Ok(GetSubscriptionAttributes { site: visit.site(), topic, name })
    };
    let found = visit.read(&[("TopicName", topic), ("SubscriptionName", name)], operation()).await?;
    document(StatusCode::OK, "Subscription", &Attributes::from(found))
}

pub(super) async fn delete(visit: Visit<'_>, topic: &str, name: &str) -> Result<Answer, ApiError> {
    let operation = || {
        visit.knows(&[])?;
        let (topic, name) = (topic_name(topic)?, subscription_name(name)?);
        Ok(Unsubscribe { site: visit.site(), topic, name })
    };
    visit.change(&[("TopicName", topic), ("SubscriptionName", name)], operation()).await?;
    Ok(empty(StatusCode::NO_CONTENT))
}

pub(super) async fn list(visit: Visit<'_>, topic: &str) -> Result<Answer, ApiError> {
    let operation =
        || Ok(ListSubscriptionByTopic { site: visit.site(), topic: topic_name(topic)?, page: visit.page()? });
    let page = visit.read(&[("TopicName", topic)], operation()).await?;
    let listed = |found: argali_core::model::Subscription| Listed {
        url: visit.address(&format!("topics/{topic}/subscriptions/{}", found.name)),
    };
    let list = page.entries.into_iter().map(listed).collect();
    document(StatusCode::OK, "Subscriptions", &SubscriptionList { list, next: page.next })
}
