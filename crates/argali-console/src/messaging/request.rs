//! Operations of Message Service as requests.
// SPEC: wire protocol, MNS and RocketMQ.

use argali_core::message_name::{QueueName, Region, TopicName};
use argali_core::operation::DataOperation;
use argali_core::services::mns::*;
use argali_protocol::encode_document_in;
use serde_json::{Map, Value};

use crate::pairs::encode;

/// How many characters of a value are shown of a request.
const MOST_SHOWN: usize = 2_000;

/// An operation that can be written as a request.
pub(crate) trait Requested: DataOperation {
    /// The request.
    fn request(&self) -> Request;
}

/// A request to Message Service.
#[derive(Debug)]
pub(crate) struct Request {
    region: Region,
    method: &'static str,
    /// The path, with its query.
    target: String,
    /// What it names, as the record of the call keeps it.
    pub(super) named: Vec<(&'static str, String)>,
    /// The document that it brings: its root, and what that holds.
    document: Option<(&'static str, Vec<Member>)>,
}

type Member = (&'static str, String);

impl Request {
    fn new(site: &Site, method: &'static str, target: impl Into<String>) -> Self {
        Self { region: site.region.clone(), method, target: target.into(), named: Vec::new(), document: None }
    }

    /// A request for a queue, or for what is `below` it.
    fn of_queue(site: &Site, method: &'static str, (queue, below): (&QueueName, &str)) -> Self {
        Self::new(site, method, format!("/queues/{queue}{below}")).naming("QueueName", queue)
    }

    /// A request for a topic, or for what is `below` it.
    fn of_topic(site: &Site, method: &'static str, (topic, below): (&TopicName, &str)) -> Self {
        Self::new(site, method, format!("/topics/{topic}{below}")).naming("TopicName", topic)
    }

    fn naming(mut self, name: &'static str, value: impl ToString) -> Self {
        self.named.push((name, value.to_string()));
        self
    }

    fn asking(mut self, query: &[(&str, &str)]) -> Self {
        self.target = format!("{}?{}", self.target, encode(query.iter().copied()));
        self
    }

    /// The same with a document of those members that are there.
    fn bringing<const N: usize>(
        self,
        root: &'static str,
        members: [(&'static str, Option<String>); N],
    ) -> Self {
        let members = members.into_iter().filter_map(|(name, value)| Some((name, value?)));
        Self { document: Some((root, members.collect())), ..self }
    }

    /// Everything that it says by a name.
    pub(super) fn params(&self) -> Vec<(&str, &str)> {
        let members = self.document.iter().flat_map(|(_, members)| members);
        self.named.iter().chain(members).map(|(name, value)| (*name, value.as_str())).collect()
    }

    /// The request as it is sent to the host of `account`, but for what signs it.
    pub(super) fn written(&self, account: &str) -> String {
        let Self { region, method, target, .. } = self;
        let mut text = format!(
            "{method} {target} HTTP/1.1\nhost: {account}.mns.{region}.aliyuncs.com\nx-mns-version: 2015-06-06\n"
        );
        if let Some((root, members)) = &self.document {
            let members = members.iter().map(|(name, value)| ((*name).to_owned(), Value::from(short(value))));
            let members: Map<String, Value> = members.collect();
            let document = encode_document_in(NAMESPACE, root, &members).unwrap_or_default();
            text.push_str("content-type: text/xml\n\n");
            text.push_str(&String::from_utf8_lossy(&document));
        }
        text
    }
}

fn short(value: &str) -> String {
    match value.char_indices().nth(MOST_SHOWN) {
        Some((end, _)) => format!("{}…", value.get(..end).unwrap_or_default()),
        None => value.to_owned(),
    }
}

fn number(value: Option<i64>) -> Option<String> {
    value.map(|value| value.to_string())
}

fn text(value: &str) -> Option<String> {
    Some(value.to_owned()).filter(|value| !value.is_empty())
}

/// Declares how operations are written.
macro_rules! requests {
    ($($name:ident => |$operation:ident| $request:expr;)*) => {$(
        impl Requested for $name {
            fn request(&self) -> Request {
                let $operation = self;
                $request
            }
        }
    )*};
}

requests! {
    ListQueue => |it| Request::new(&it.site, "GET", "/queues");
    CreateQueue => |it| queue_document(Request::of_queue(&it.site, "PUT", (&it.name, "")), it.settings);
    SetQueueAttributes => |it| {
        let request = Request::of_queue(&it.site, "PUT", (&it.name, "")).asking(&[("metaoverride", "true")]);
        queue_document(request, it.settings)
    };
    GetQueueAttributes => |it| Request::of_queue(&it.site, "GET", (&it.name, ""));
    DeleteQueue => |it| Request::of_queue(&it.site, "DELETE", (&it.name, ""));
    SendMessage => |it| Request::of_queue(&it.site, "POST", (&it.queue, "/messages")).bringing("Message", [
        ("MessageBody", text(&it.message.body)),
        ("DelaySeconds", number(it.message.delay_s)),
        ("Priority", number(it.message.priority)),
    ]);
    BatchReceiveMessage => |it| {
        let (many, wait_s) = (it.at_most.to_string(), it.wait_s.unwrap_or_default().to_string());
        Request::of_queue(&it.site, "GET", (&it.queue, "/messages"))
            .asking(&[("numOfMessages", &many), ("waitseconds", &wait_s)])
            .naming("NumOfMessages", &many)
    };
    BatchPeekMessage => |it| {
        let many = it.at_most.to_string();
        Request::of_queue(&it.site, "GET", (&it.queue, "/messages"))
            .asking(&[("peekonly", "true"), ("numOfMessages", &many)])
            .naming("NumOfMessages", &many)
    };
    DeleteMessage => |it| Request::of_queue(&it.site, "DELETE", (&it.queue, "/messages"))
        .asking(&[("ReceiptHandle", &it.receipt)]);
    ChangeMessageVisibility => |it| Request::of_queue(&it.site, "PUT", (&it.queue, "/messages"))
        .asking(&[("receiptHandle", &it.receipt), ("visibilityTimeout", &it.visibility_timeout_s.to_string())]);
    ListTopic => |it| Request::new(&it.site, "GET", "/topics");
    CreateTopic => |it| topic_document(Request::of_topic(&it.site, "PUT", (&it.name, "")), it.settings);
    SetTopicAttributes => |it| {
        let request = Request::of_topic(&it.site, "PUT", (&it.name, "")).asking(&[("metaoverride", "true")]);
        topic_document(request, it.settings)
    };
    GetTopicAttributes => |it| Request::of_topic(&it.site, "GET", (&it.name, ""));
    DeleteTopic => |it| Request::of_topic(&it.site, "DELETE", (&it.name, ""));
    PublishMessage => |it| Request::of_topic(&it.site, "POST", (&it.topic, "/messages")).bringing("Message", [
        ("MessageBody", text(&it.message.body)),
        ("MessageTag", text(&it.tag)),
    ]);
    ListSubscriptionByTopic => |it| Request::of_topic(&it.site, "GET", (&it.topic, "/subscriptions"));
    Subscribe => |it| subscription(&it.site, "PUT", (&it.topic, &it.name)).bringing("Subscription", [
        ("Endpoint", text(&it.endpoint)),
        ("FilterTag", text(&it.filter_tag)),
        ("NotifyStrategy", it.strategy.clone()),
        ("NotifyContentFormat", it.format.clone()),
    ]);
    SetSubscriptionAttributes => |it| subscription(&it.site, "PUT", (&it.topic, &it.name))
        .asking(&[("metaoverride", "true")])
        .bringing("Subscription", [("NotifyStrategy", it.strategy.clone())]);
    GetSubscriptionAttributes => |it| subscription(&it.site, "GET", (&it.topic, &it.name));
    Unsubscribe => |it| subscription(&it.site, "DELETE", (&it.topic, &it.name));
}

fn subscription(
    site: &Site,
    method: &'static str,
    (topic, name): (&TopicName, &argali_core::message_name::SubscriptionName),
) -> Request {
    Request::of_topic(site, method, (topic, &format!("/subscriptions/{name}")))
        .naming("SubscriptionName", name)
}

fn queue_document(request: Request, settings: WantedSettings) -> Request {
    request.bringing(
        "Queue",
        [
            ("VisibilityTimeout", number(settings.visibility_timeout_s)),
            ("MaximumMessageSize", number(settings.maximum_message_bytes)),
            ("MessageRetentionPeriod", number(settings.retention_s)),
            ("DelaySeconds", number(settings.delay_s)),
            ("PollingWaitSeconds", number(settings.polling_wait_s)),
        ],
    )
}

fn topic_document(request: Request, settings: WantedTopicSettings) -> Request {
    request.bringing("Topic", [("MaximumMessageSize", number(settings.maximum_message_bytes))])
}
