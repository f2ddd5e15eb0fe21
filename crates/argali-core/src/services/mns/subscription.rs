//! Subscriptions: which queues are told of what is published in a topic.

use super::error::{invalid_argument, messaging_error, too_many};
use super::list::{ListPage, WantedPage};
use super::queue::Made;
use super::scope::{FoundSubscription, FoundTopic, Site, on_subscription, on_topic};
use super::value::tag;
use crate::dispatch::DataContext;
use crate::error::ApiError;
use crate::identifier::AccountId;
use crate::message_name::{QueueName, Region, SubscriptionName, TopicName};
use crate::model::{NotifyFormat, NotifyStrategy, Subscription};
use crate::operation::{Access, DataOperation};

/// How many subscriptions a topic has at most.
const MOST_SUBSCRIPTIONS: usize = 100;

/// Has a queue be told of what is published in a topic.
#[derive(Clone, Debug)]
pub struct Subscribe {
    /// Where the topic is.
    pub site: Site,
    /// Which topic.
    pub topic: TopicName,
    /// What the subscription is to be called.
    pub name: SubscriptionName,
    /// The queue: `acs:mns:<region>:<account>:queues/<name>`.
    pub endpoint: String,
    /// The tag that messages must have; any or none if empty.
    pub filter_tag: String,
    /// `NotifyStrategy`, as it was sent.
    pub strategy: Option<String>,
    /// `NotifyContentFormat`, as it was sent.
    pub format: Option<String>,
}

/// The queue that an endpoint names. Nothing outside is told: neither addresses nor people.
fn queue_of(endpoint: &str, owner: AccountId) -> Result<(Region, QueueName), ApiError> {
    let invalid = || {
        let message = format!(
            "The endpoint is not a queue of this account: write it as acs:mns:<region>:{owner}:queues/<name>."
        );
        messaging_error("EndpointInvalid", 400, message)
    };
    let rest = endpoint.strip_prefix("acs:mns:").ok_or_else(invalid)?;
    let mut parts = rest.splitn(3, ':');
    let (Some(region), Some(account), Some(path)) = (parts.next(), parts.next(), parts.next()) else {
        return Err(invalid());
    };
    let name = path.strip_prefix('/').unwrap_or(path).strip_prefix("queues/");
    match (region.parse(), name.map(str::parse)) {
        (Ok(region), Some(Ok(name))) if account == owner.as_str() => Ok((region, name)),
        _ => Err(invalid()),
    }
}

fn strategy_of(text: Option<&str>) -> Result<Option<NotifyStrategy>, ApiError> {
    let invalid = || invalid_argument("NotifyStrategy is BACKOFF_RETRY or EXPONENTIAL_DECAY_RETRY.");
    text.map(|text| NotifyStrategy::from_wire(text).ok_or_else(invalid)).transpose()
}

fn format_of(text: Option<&str>) -> Result<NotifyFormat, ApiError> {
    let invalid = || invalid_argument("NotifyContentFormat is XML, JSON or SIMPLIFIED.");
    text.map_or(Ok(NotifyFormat::default()), |text| NotifyFormat::from_wire(text).ok_or_else(invalid))
}

impl DataOperation for Subscribe {
    const NAME: &'static str = "Subscribe";
    const ACTION: &'static str = "mns:Subscribe";
    const ACCESS: Access = Access::Resource;
    type Subject = FoundTopic;
    type Answer = Made;

    fn authorize(&self, cx: &mut DataContext<'_>) -> Result<FoundTopic, ApiError> {
        on_topic(cx, (&self.site, &self.topic), &format!("/subscriptions/{}", self.name), Self::ACTION)
    }

    fn run(&self, cx: &mut DataContext<'_>, found: FoundTopic) -> Result<Made, ApiError> {
        let FoundTopic { owner, topic } = found;
        let (queue_region, queue) = queue_of(&self.endpoint, owner)?;
        tag("FilterTag", &self.filter_tag)?;
        let now = cx.now();
        let wanted = Subscription {
            name: self.name.clone(),
            queue_region,
            queue,
            filter_tag: self.filter_tag.clone(),
            strategy: strategy_of(self.strategy.as_deref())?.unwrap_or_default(),
            format: format_of(self.format.as_deref())?,
            created_at: now,
            modified_at: now,
        };
        if let Some(before) = Subscription::find(cx.tx(), owner, &topic, &self.name)? {
            let (created_at, modified_at) = (before.created_at, before.modified_at);
            if before == (Subscription { created_at, modified_at, ..wanted }) {
                return Ok(Made::Before);
            }
            let message = "The subscription you want to create already exists with other attributes: unsubscribe first, or choose another name.";
            return Err(messaging_error("SubscriptionAlreadyExist", 409, message));
        }
        if Subscription::all(cx.tx(), owner, &topic)?.len() >= MOST_SUBSCRIPTIONS {
            let most = MOST_SUBSCRIPTIONS as u64;
            return Err(too_many("SubscriptionNumExceededLimit", most, "subscriptions at this topic"));
        }
        wanted.save(cx.tx_mut(), owner, &topic);
        Ok(Made::New)
    }
}

/// Has a queue no longer be told.
#[derive(Clone, Debug)]
pub struct Unsubscribe {
    /// Where the topic is.
    pub site: Site,
    /// Which topic.
    pub topic: TopicName,
    /// Which subscription.
    pub name: SubscriptionName,
}

impl DataOperation for Unsubscribe {
    const NAME: &'static str = "Unsubscribe";
    const ACTION: &'static str = "mns:Unsubscribe";
    const ACCESS: Access = Access::Resource;
    type Subject = FoundSubscription;
    type Answer = ();

    fn authorize(&self, cx: &mut DataContext<'_>) -> Result<FoundSubscription, ApiError> {
        on_subscription(cx, (&self.site, &self.topic, &self.name), Self::ACTION)
    }

    fn run(&self, cx: &mut DataContext<'_>, found: FoundSubscription) -> Result<(), ApiError> {
        found.subscription.delete(cx.tx_mut(), found.owner, &found.topic);
        Ok(())
    }
}

/// Shows a subscription.
#[derive(Clone, Debug)]
pub struct GetSubscriptionAttributes {
    /// Where the topic is.
    pub site: Site,
    /// Which topic.
    pub topic: TopicName,
    /// Which subscription.
    pub name: SubscriptionName,
}

impl DataOperation for GetSubscriptionAttributes {
    const NAME: &'static str = "GetSubscriptionAttributes";
    const ACTION: &'static str = "mns:GetSubscriptionAttributes";
    const ACCESS: Access = Access::Read;
    type Subject = FoundSubscription;
    type Answer = FoundSubscription;

    fn authorize(&self, cx: &mut DataContext<'_>) -> Result<FoundSubscription, ApiError> {
        on_subscription(cx, (&self.site, &self.topic, &self.name), Self::ACTION)
    }

    fn run(
        &self,
        _cx: &mut DataContext<'_>,
        found: FoundSubscription,
    ) -> Result<FoundSubscription, ApiError> {
        Ok(found)
    }
}

/// Changes what is tried again if a queue cannot be told.
#[derive(Clone, Debug)]
pub struct SetSubscriptionAttributes {
    /// Where the topic is.
    pub site: Site,
    /// Which topic.
    pub topic: TopicName,
    /// Which subscription.
    pub name: SubscriptionName,
    /// `NotifyStrategy`, as it was sent.
    pub strategy: Option<String>,
}

impl DataOperation for SetSubscriptionAttributes {
    const NAME: &'static str = "SetSubscriptionAttributes";
    const ACTION: &'static str = "mns:SetSubscriptionAttributes";
    const ACCESS: Access = Access::Resource;
    type Subject = FoundSubscription;
    type Answer = ();

    fn authorize(&self, cx: &mut DataContext<'_>) -> Result<FoundSubscription, ApiError> {
        on_subscription(cx, (&self.site, &self.topic, &self.name), Self::ACTION)
    }

    fn run(&self, cx: &mut DataContext<'_>, found: FoundSubscription) -> Result<(), ApiError> {
        let FoundSubscription { owner, topic, mut subscription } = found;
        subscription.strategy = strategy_of(self.strategy.as_deref())?.unwrap_or(subscription.strategy);
        subscription.modified_at = cx.now();
        subscription.save(cx.tx_mut(), owner, &topic);
        Ok(())
    }
}

/// Lists the subscriptions of a topic, in the order of their names.
#[derive(Clone, Debug)]
pub struct ListSubscriptionByTopic {
    /// Where the topic is.
    pub site: Site,
    /// Which topic.
    pub topic: TopicName,
    /// Which part of the list.
    pub page: WantedPage,
}

impl DataOperation for ListSubscriptionByTopic {
    const NAME: &'static str = "ListSubscriptionByTopic";
    const ACTION: &'static str = "mns:ListSubscriptionByTopic";
    const ACCESS: Access = Access::Read;
    type Subject = FoundTopic;
    type Answer = ListPage<Subscription>;

    fn authorize(&self, cx: &mut DataContext<'_>) -> Result<FoundTopic, ApiError> {
        on_topic(cx, (&self.site, &self.topic), "/subscriptions", Self::ACTION)
    }

    fn run(&self, cx: &mut DataContext<'_>, found: FoundTopic) -> Result<ListPage<Subscription>, ApiError> {
        self.page.check()?;
        let FoundTopic { owner, topic } = &found;
        let (prefix, tx) = (self.page.prefix.as_str(), cx.tx());
        let list = Subscription::names(*owner, topic, prefix);
        self.page.of(cx, &list, |after, size| Subscription::page(tx, (*owner, topic), prefix, after, size))
    }
}
