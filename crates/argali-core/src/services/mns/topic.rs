//! Topics: made, set, shown, deleted, listed.

use super::error::{messaging_error, too_many};
use super::list::{ListPage, WantedPage};
use super::queue::Made;
use super::scope::{FoundTopic, Site, ask, on_topic};
use super::value::{LONGEST_MESSAGE, MAXIMUM_MESSAGE_SIZE};
use crate::dispatch::DataContext;
use crate::error::ApiError;
use crate::identifier::AccountId;
use crate::message_name::TopicName;
use crate::model::{Quota, Topic};
use crate::operation::{Access, DataOperation};

/// Settings that a request brings. Numbers are as they were sent.
#[derive(Clone, Copy, Debug, Default)]
pub struct WantedTopicSettings {
    /// `MaximumMessageSize`, in bytes.
    pub maximum_message_bytes: Option<i64>,
    /// `LoggingEnabled`.
    pub logging: Option<bool>,
}

impl WantedTopicSettings {
    fn maximum_message_bytes(self) -> Result<Option<u32>, ApiError> {
        MAXIMUM_MESSAGE_SIZE.read(self.maximum_message_bytes)
    }
}

/// Makes a topic.
#[derive(Clone, Debug)]
pub struct CreateTopic {
    /// Where.
    pub site: Site,
    /// What it is to be called.
    pub name: TopicName,
    /// How it is to treat its messages.
    pub settings: WantedTopicSettings,
}

impl DataOperation for CreateTopic {
    const NAME: &'static str = "CreateTopic";
    const ACTION: &'static str = "mns:CreateTopic";
    const ACCESS: Access = Access::Resource;
    type Subject = AccountId;
    type Answer = Made;

    fn authorize(&self, cx: &mut DataContext<'_>) -> Result<AccountId, ApiError> {
        ask(cx, &self.site, Self::ACTION, &format!("topics/{}", self.name))
    }

    fn run(&self, cx: &mut DataContext<'_>, owner: AccountId) -> Result<Made, ApiError> {
        let maximum_message_bytes = self.settings.maximum_message_bytes()?.unwrap_or(LONGEST_MESSAGE);
        let logging = self.settings.logging.unwrap_or(false);
        if let Some(before) = Topic::find(cx.tx(), owner, &self.site.region, &self.name)? {
            if before.maximum_message_bytes == maximum_message_bytes && before.logging == logging {
                return Ok(Made::Before);
            }
            let message = "The topic you want to create already exists with other attributes: set them, or choose another name.";
            return Err(messaging_error("TopicAlreadyExist", 409, message));
        }
        let most = cx.limits().topics;
        if Quota::Topics.used(cx.tx(), owner)? >= most {
            return Err(too_many("TopicNumExceededLimit", most, "topics"));
        }
        let now = cx.now();
        let topic = Topic {
            id: u64::from_be_bytes(cx.env().random()),
            region: self.site.region.clone(),
            name: self.name.clone(),
            created_at: now,
            modified_at: now,
            maximum_message_bytes,
            logging,
        };
        topic.insert(cx.tx_mut(), owner)?;
        Ok(Made::New)
    }
}

/// Changes how a topic treats its messages; what is not given stays.
#[derive(Clone, Debug)]
pub struct SetTopicAttributes {
    /// Where.
    pub site: Site,
    /// Which.
    pub name: TopicName,
    /// How it is to treat its messages.
    pub settings: WantedTopicSettings,
}

impl DataOperation for SetTopicAttributes {
    const NAME: &'static str = "SetTopicAttributes";
    const ACTION: &'static str = "mns:SetTopicAttributes";
    const ACCESS: Access = Access::Resource;
    type Subject = FoundTopic;
    type Answer = ();

    fn authorize(&self, cx: &mut DataContext<'_>) -> Result<FoundTopic, ApiError> {
        on_topic(cx, (&self.site, &self.name), "", Self::ACTION)
    }

    fn run(&self, cx: &mut DataContext<'_>, found: FoundTopic) -> Result<(), ApiError> {
        let FoundTopic { owner, mut topic } = found;
        topic.maximum_message_bytes =
            self.settings.maximum_message_bytes()?.unwrap_or(topic.maximum_message_bytes);
        topic.logging = self.settings.logging.unwrap_or(topic.logging);
        topic.modified_at = cx.now();
        topic.save(cx.tx_mut(), owner);
        Ok(())
    }
}

/// Shows a topic.
#[derive(Clone, Debug)]
pub struct GetTopicAttributes {
    /// Where.
    pub site: Site,
    /// Which.
    pub name: TopicName,
}

impl DataOperation for GetTopicAttributes {
    const NAME: &'static str = "GetTopicAttributes";
    const ACTION: &'static str = "mns:GetTopicAttributes";
    const ACCESS: Access = Access::Read;
    type Subject = FoundTopic;
    type Answer = Topic;

    fn authorize(&self, cx: &mut DataContext<'_>) -> Result<FoundTopic, ApiError> {
        on_topic(cx, (&self.site, &self.name), "", Self::ACTION)
    }

    fn run(&self, _cx: &mut DataContext<'_>, found: FoundTopic) -> Result<Topic, ApiError> {
        Ok(found.topic)
    }
}

/// Deletes a topic with its subscriptions.
#[derive(Clone, Debug)]
pub struct DeleteTopic {
    /// Where.
    pub site: Site,
    /// Which.
    pub name: TopicName,
}

impl DataOperation for DeleteTopic {
    const NAME: &'static str = "DeleteTopic";
    const ACTION: &'static str = "mns:DeleteTopic";
    const ACCESS: Access = Access::Resource;
    type Subject = FoundTopic;
    type Answer = ();

    fn authorize(&self, cx: &mut DataContext<'_>) -> Result<FoundTopic, ApiError> {
        on_topic(cx, (&self.site, &self.name), "", Self::ACTION)
    }

    fn run(&self, cx: &mut DataContext<'_>, found: FoundTopic) -> Result<(), ApiError> {
        Ok(found.topic.delete(cx.tx_mut(), found.owner)?)
    }
}

/// Lists the topics of a site, in the order of their names.
#[derive(Clone, Debug)]
pub struct ListTopic {
    /// Where.
    pub site: Site,
    /// Which part of the list.
    pub page: WantedPage,
}

impl DataOperation for ListTopic {
    const NAME: &'static str = "ListTopic";
    const ACTION: &'static str = "mns:ListTopic";
    const ACCESS: Access = Access::Read;
    type Subject = AccountId;
    type Answer = ListPage<Topic>;

    fn authorize(&self, cx: &mut DataContext<'_>) -> Result<AccountId, ApiError> {
        ask(cx, &self.site, Self::ACTION, "topics")
    }

    fn run(&self, cx: &mut DataContext<'_>, owner: AccountId) -> Result<ListPage<Topic>, ApiError> {
        self.page.check()?;
        let (region, prefix, tx) = (&self.site.region, self.page.prefix.as_str(), cx.tx());
        let list = Topic::names(owner, region, prefix);
        self.page.of(cx, &list, |after, size| Topic::page(tx, (owner, region), prefix, after, size))
    }
}
