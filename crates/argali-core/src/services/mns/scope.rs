//! What an operation is about, and how it asks for permission on it.

use argali_policy::Context as Conditions;

use super::error::{messaging_error, no_such_queue, no_such_subscription, no_such_topic};
use crate::dispatch::{Ask, DataContext, OpenTo};
use crate::error::ApiError;
use crate::identifier::AccountId;
use crate::message_name::{QueueName, Region, SubscriptionName, TopicName};
use crate::model::{Queue, Subscription, Topic};
use crate::operation::ResourceName;

/// Where a request looks for queues and topics.
#[derive(Clone, Debug)]
pub struct Site {
    /// Whose they are; the caller's account's if nobody is named.
    pub owner: Option<AccountId>,
    /// Where they are.
    pub region: Region,
}

/// A queue, and whose it is.
#[derive(Clone, Debug)]
pub struct FoundQueue {
    /// Whose it is.
    pub owner: AccountId,
    /// The queue.
    pub queue: Queue,
}

/// A topic, and whose it is.
#[derive(Clone, Debug)]
pub struct FoundTopic {
    /// Whose it is.
    pub owner: AccountId,
    /// The topic.
    pub topic: Topic,
}

/// A subscription with its topic, and whose they are.
#[derive(Clone, Debug)]
pub struct FoundSubscription {
    /// Whose it is.
    pub owner: AccountId,
    /// The topic.
    pub topic: Topic,
    /// The subscription.
    pub subscription: Subscription,
}

/// Asks for permission for something in a site, and says whose it is.
///
/// Policies of one account do not reach another's queues and topics, so that whoever names another account is refused
/// whether or not there is such a thing.
// SPEC: evaluation, service notes: the resource begins with a slash.
pub(super) fn ask(
    cx: &mut DataContext<'_>,
    site: &Site,
    action: &'static str,
    relative: &str,
) -> Result<AccountId, ApiError> {
    let Some(caller) = cx.account() else {
        let message = "Authorization header is required: sign the request.";
        return Err(messaging_error("MissingAuthorizationHeader", 400, message));
    };
    let owner = site.owner.unwrap_or(caller);
    let arn = format!("acs:mns:{}:{owner}:/{relative}", site.region);
    let resource = ResourceName::new(owner, arn);
    let conditions = Conditions::new();
    cx.authorize(Ask { action, resource, bucket: None, open_to: OpenTo::Nobody, conditions })?;
    Ok(owner)
}

/// Asks for permission for something that is done to a queue, and returns the queue.
pub(super) fn on_queue(
    cx: &mut DataContext<'_>,
    (site, name): (&Site, &QueueName),
    action: &'static str,
) -> Result<FoundQueue, ApiError> {
    let owner = ask(cx, site, action, &format!("queues/{name}"))?;
    existing_queue(cx, owner, (site, name))
}

/// Asks for permission for something that is done to the messages of a queue, and returns the queue.
pub(super) fn on_messages(
    cx: &mut DataContext<'_>,
    (site, name): (&Site, &QueueName),
    action: &'static str,
) -> Result<FoundQueue, ApiError> {
    let owner = ask(cx, site, action, &format!("queues/{name}/messages"))?;
    existing_queue(cx, owner, (site, name))
}

fn existing_queue(
    cx: &DataContext<'_>,
    owner: AccountId,
    (site, name): (&Site, &QueueName),
) -> Result<FoundQueue, ApiError> {
    let queue = Queue::find(cx.tx(), owner, &site.region, name)?.ok_or_else(no_such_queue)?;
    Ok(FoundQueue { owner, queue })
}

/// Asks for permission for something that is done to a topic, or to what is `below` it, and returns the topic.
pub(super) fn on_topic(
    cx: &mut DataContext<'_>,
    (site, name): (&Site, &TopicName),
    below: &str,
    action: &'static str,
) -> Result<FoundTopic, ApiError> {
    let owner = ask(cx, site, action, &format!("topics/{name}{below}"))?;
    let topic = Topic::find(cx.tx(), owner, &site.region, name)?.ok_or_else(no_such_topic)?;
    Ok(FoundTopic { owner, topic })
}

/// Asks for permission for something that is done to a subscription, and returns it.
pub(super) fn on_subscription(
    cx: &mut DataContext<'_>,
    (site, topic, name): (&Site, &TopicName, &SubscriptionName),
    action: &'static str,
) -> Result<FoundSubscription, ApiError> {
    let FoundTopic { owner, topic } = on_topic(cx, (site, topic), &format!("/subscriptions/{name}"), action)?;
    let subscription = Subscription::find(cx.tx(), owner, &topic, name)?.ok_or_else(no_such_subscription)?;
    Ok(FoundSubscription { owner, topic, subscription })
}
