//! Old bytes of what Message Service keeps still read, as those of other records do in `golden`.

use std::collections::BTreeMap;

use super::backlog_order::{Lane, Line};
use super::golden::check;
use super::queue_tidy::QueueLook;
use super::{
    Message, MessageState, NotifyFormat, NotifyStrategy, Property, Queue, QueueSettings, Standing,
    Subscription, Topic,
};
use crate::message_name::Region;
use crate::time::Timestamp;

#[test]
fn what_every_format_wrote_of_messages_reads_as_the_same() {
    let at = Timestamp::from_millis(1_750_000_000_123);
    let region: Region = "cn-hangzhou".parse().unwrap();
    let settings = QueueSettings {
        visibility_timeout_s: 60,
        maximum_message_bytes: 2_048,
        retention_s: 3_600,
        delay_s: 5,
        polling_wait_s: 10,
        logging: true,
    };
    let queue = Queue {
        id: 7,
        region: region.clone(),
        name: "orders".parse().unwrap(),
        created_at: at,
        modified_at: at.plus_seconds(1),
        settings,
    };
    check("Queue", &queue);
    let line = Line {
        next: 9,
        oldest: 3,
        ready: BTreeMap::from([(8, Lane { count: 2, from: 4 })]),
        delayed: 1,
        inactive: 2,
        hidden_from: at,
        look_at: Some(at.plus_seconds(60)),
    };
    check("Line", &line);
    let look =
        QueueLook { owner: "11223344".parse().unwrap(), queue: 7, region: region.clone(), name: queue.name };
    check("QueueLook", &look);
    let property =
        |kind: &str| Property { name: "k".to_owned(), value: "v".to_owned(), kind: kind.to_owned() };
    let message = Message {
        id: "0000000000000001-1-2-0000000000000003".to_owned(),
        body: "x".to_owned(),
        body_md5: "9DD4E461268C8034F5C8564E155C67A6".to_owned(),
        group: "g".to_owned(),
        user_properties: vec![property("STRING")],
        system_properties: vec![property("STRING")],
    };
    check("Message", &message);
    let state = MessageState {
        number: 4,
        priority: 8,
        enqueued_at: at,
        standing: Standing::Inactive,
        visible_at: at.plus_seconds(30),
        dequeue_count: 2,
        first_dequeued_at: Some(at),
        receipt: 11,
    };
    check("MessageState", &state);
    let topic = Topic {
        id: 8,
        region: region.clone(),
        name: "news".parse().unwrap(),
        created_at: at,
        modified_at: at,
        maximum_message_bytes: 65_536,
        logging: false,
    };
    check("Topic", &topic);
    let subscription = Subscription {
        name: "to-orders".parse().unwrap(),
        queue_region: region,
        queue: "orders".parse().unwrap(),
        filter_tag: "important".to_owned(),
        strategy: NotifyStrategy::ExponentialDecayRetry,
        format: NotifyFormat::Json,
        created_at: at,
        modified_at: at,
    };
    check("Subscription", &subscription);
}
