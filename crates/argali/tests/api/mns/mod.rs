//! Message Service over its own protocol: queues, messages, topics, and who may reach them.

mod access;
mod hostile;
mod kill;
mod message;
mod permission;
mod queue;
mod topic;
mod wait;

use argali_testkit::{Client, Enterprise, MnsClient, TestServer, XmlAnswer};

use crate::stage::fresh;
use crate::world::{shared, tenant_on};

/// An account with a queue, and the account's owner as a client of Message Service.
pub(crate) struct Post {
    pub(crate) owner: Enterprise,
    pub(crate) mns: MnsClient,
    pub(crate) queue: String,
}

impl Post {
    /// One on the server that tests share.
    pub(crate) fn open() -> Self {
        Self::on(shared())
    }

    pub(crate) fn on(server: &TestServer) -> Self {
        let owner = tenant_on(server);
        let mns = server.mns_client(Some(owner.client.credentials()));
        let queue = fresh("queue-");
        mns.put_queue(&queue, &[]).must();
        Self { owner, mns, queue }
    }

    /// A client with somebody else's credentials.
    pub(crate) fn by(&self, who: &Client) -> MnsClient {
        self.mns.with_credentials(Some(who.credentials()))
    }

    /// A client that does not sign.
    pub(crate) fn anonymous(&self) -> MnsClient {
        self.mns.with_credentials(None)
    }

    pub(crate) fn send(&self, body: &str) -> XmlAnswer {
        self.mns.send_message(&self.queue, body).must()
    }

    pub(crate) fn receive(&self) -> XmlAnswer {
        self.mns.receive(&self.queue, "")
    }

    /// How many messages can be received, were received, and are delayed.
    pub(crate) fn counts(&self) -> [String; 3] {
        let shown = self.mns.call("GET", &format!("/queues/{}", self.queue)).send().must();
        ["ActiveMessages", "InactiveMessages", "DelayMessages"].map(|name| shown.element(name))
    }

    /// Makes a topic.
    pub(crate) fn topic(&self) -> String {
        let topic = fresh("topic-");
        self.mns.call("PUT", &format!("/topics/{topic}")).document("Topic", &[]).send().must();
        topic
    }

    /// Has the queue be told of what is published in a topic.
    pub(crate) fn subscribe(&self, topic: &str, name: &str, more: &[(&str, &str)]) -> XmlAnswer {
        let endpoint = format!("acs:mns:cn-hangzhou:{}:queues/{}", self.owner.id, self.queue);
        let members = [&[("Endpoint", endpoint.as_str())], more].concat();
        self.mns
            .call("PUT", &format!("/topics/{topic}/subscriptions/{name}"))
            .document("Subscription", &members)
            .send()
    }

    pub(crate) fn publish(&self, topic: &str, body: &str, tag: &str) -> XmlAnswer {
        let members = [("MessageBody", body), ("MessageTag", tag)];
        self.mns.call("POST", &format!("/topics/{topic}/messages")).document("Message", &members).send()
    }
}
