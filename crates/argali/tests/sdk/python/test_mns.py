"""S1-03: messaging across accounts, with aliyun-mns-sdk: what a role lets in may what the role may."""

import socket
import threading
import time

import pytest
import roles
from mns.account import Account
from mns.message_property import MessagePropertyValue
from mns.mns_client import MNSClient
from mns.mns_common import TopicHelper
from mns.mns_exception import MNSServerException
from mns.mns_request import SendMessageRequest, SendMessageResponse
from mns.queue import Message, QueueMeta
from mns.subscription import SubscriptionMeta, SubscriptionNotifyContentFormat
from mns.topic import Base64TopicMessage, TopicMessage, TopicMeta

ONE_TOPIC = "acs:mns:cn-hangzhou:11223344:/topics/news/messages"
ONE_QUEUE = "acs:mns:cn-hangzhou:11223344:/queues/orders"


def allow(actions, resources):
    return {"Version": "1", "Statement": [{"Effect": "Allow", "Action": actions, "Resource": resources}]}


ROLES = {
    "mns-admin": "AliyunMNSFullAccess",
    "mns-reader": "AliyunMNSReadOnlyAccess",
    "mns-publisher": allow(["mns:PublishMessage"], [ONE_TOPIC]),
    "mns-worker": allow(["mns:ReceiveMessage", "mns:DeleteMessage"], [f"{ONE_QUEUE}/messages"]),
    "oss-admin": "AliyunOSSFullAccess",
}


def account(story, key, host=None):
    return Account(f"http://{host or story.endpoint}", key.id, key.secret, key.token or "")


@pytest.fixture(scope="module")
def keys(story):
    """Sessions of alice of company-b in roles of company-a."""
    alice = roles.set_up(story, ROLES)
    return {role: roles.assume(story, alice, role) for role in ROLES}


@pytest.fixture
def by(story, keys):
    return lambda role: account(story, keys[role])


def test_opening_the_service_needs_permission_for_it(by):
    assert by("mns-admin").open_service().oder_id
    with pytest.raises(MNSServerException) as refused:
        by("mns-reader").open_service()
    assert refused.value.type == "AccessDenied"


@pytest.fixture
def queue(by):
    """A queue of company-a, for all that it may."""
    queue = by("mns-admin").get_queue("orders")
    queue.create(QueueMeta(vis_timeout=30))
    yield queue
    queue.delete()


def refused(call, code="AccessDenied"):
    with pytest.raises(MNSServerException) as caught:
        call()
    assert caught.value.type == code, caught.value
    return caught.value


def test_queues(by, queue):
    admin = by("mns-admin")
    assert queue.create(QueueMeta(vis_timeout=30)).endswith("/queues/orders")
    refused(lambda: queue.create(QueueMeta(vis_timeout=31)), "QueueAlreadyExist")
    queue.set_attributes(QueueMeta(delay_sec=0, polling_wait_sec=1, logging_enabled=True))
    meta = queue.get_attributes()
    assert (meta.visibility_timeout, meta.polling_wait_seconds, meta.logging_enabled) == (30, 1, True)
    assert (meta.maximum_message_size, meta.message_retention_period) == (65536, 345600)
    for name in ["list-1", "list-2"]:
        admin.get_queue(name).create(QueueMeta())
    urls, marker = admin.list_queue(prefix="list-", ret_number=1)
    assert [url.rsplit("/", 1)[1] for url in urls] == ["list-1"]
    urls, marker = admin.list_queue(prefix="list-", ret_number=1, marker=marker)
    assert [url.rsplit("/", 1)[1] for url in urls] == ["list-2"] and marker == ""
    for name in ["list-1", "list-2"]:
        admin.get_queue(name).delete()
    refused(admin.get_queue("list-1").get_attributes, "QueueNotExist")


def test_messages(queue):
    message = Message("运维 <1> & more", priority=1)
    message.add_user_property("team", MessagePropertyValue.create_string("ops"))
    message.add_user_property("raw", MessagePropertyValue.create_binary(b"\x00\xff"))
    sent = queue.send_message(message)
    peeked = queue.peek_message_with_str_body()
    assert (peeked.message_id, peeked.message_body, peeked.dequeue_count) == (sent.message_id, "运维 <1> & more", 0)
    got = queue.receive_message_with_str_body()
    assert (got.message_body, got.dequeue_count, got.priority) == ("运维 <1> & more", 1, 1)
    assert got.get_user_properties()["team"].get_string_value_by_type() == "ops"
    assert got.get_user_properties()["raw"].get_binary_value() == b"\x00\xff"
    changed = queue.change_message_visibility(got.receipt_handle, 60)
    refused(lambda: queue.delete_message(got.receipt_handle), "MessageNotExist")
    queue.delete_message(changed.receipt_handle)
    refused(queue.receive_message, "MessageNotExist")
    delayed = queue.send_message(Message("late", delay_seconds=600))
    refused(queue.receive_message, "MessageNotExist")
    queue.delete_message(delayed.receipt_handle)


def test_batches(queue):
    sent = queue.batch_send_message([Message(f"{number}") for number in range(16)])
    assert len({message.message_id for message in sent}) == 16
    assert len(queue.batch_peek_message(16)) == 16
    got = queue.batch_receive_message_with_str_body(16)
    assert [message.message_body for message in got] == [f"{number}" for number in range(16)]
    handles = [message.receipt_handle for message in got]
    queue.batch_delete_message(handles[:8])
    error = refused(lambda: queue.batch_delete_message(handles[7:]), "MessageNotExist")
    assert [sub["ReceiptHandle"] for sub in error.sub_errors] == [handles[7]]
    refused(lambda: queue.batch_receive_message(16), "MessageNotExist")
    refused(lambda: queue.batch_send_message([Message("x")] * 17), "InvalidArgument")


def test_long_polling(by, queue):
    began = time.monotonic()
    refused(lambda: queue.receive_message(1), "MessageNotExist")
    assert time.monotonic() - began >= 1
    other = by("mns-admin").get_queue("orders")
    sender = threading.Timer(0.5, lambda: other.send_message(Message("awaited")))
    sender.start()
    began = time.monotonic()
    got = queue.receive_message_with_str_body(30)
    assert got.message_body == "awaited" and time.monotonic() - began < 10
    sender.join()
    queue.delete_message(got.receipt_handle)


def test_topics(by, queue):
    admin = by("mns-admin")
    topic = admin.get_topic("news")
    assert topic.create(TopicMeta(maximum_message_size=2048)).endswith("/topics/news")
    topic.set_attributes(TopicMeta(maximum_message_size=4096, logging_enabled=True))
    assert (topic.get_attributes().maximum_message_size, topic.get_attributes().logging_enabled) == (4096, True)
    assert [url.rsplit("/", 1)[1] for url in admin.list_topic()[0]] == ["news"]
    endpoint = TopicHelper.generate_queue_endpoint("cn-hangzhou", "11223344", "orders")
    simplified = SubscriptionNotifyContentFormat.SIMPLIFIED
    subscription = topic.get_subscription("to-orders")
    subscription.subscribe(SubscriptionMeta(endpoint, notify_content_format=simplified, filter_tag="important"))
    meta = subscription.get_attributes()
    assert (meta.endpoint, meta.filter_tag, meta.topic_owner) == (endpoint, "important", "11223344")
    subscription.set_attributes(SubscriptionMeta(notify_strategy="EXPONENTIAL_DECAY_RETRY"))
    assert subscription.get_attributes().notify_strategy == "EXPONENTIAL_DECAY_RETRY"
    assert [url.rsplit("/", 1)[1] for url in topic.list_subscription()[0]] == ["to-orders"]
    topic.publish_message(TopicMessage("not for you", "other"))
    published = by("mns-publisher").get_topic("news").publish_message(Base64TopicMessage("for you", "important"))
    assert published.message_id
    got = by("mns-worker").get_queue("orders").receive_message_with_str_body()
    assert got.message_body == "for you"
    by("mns-worker").get_queue("orders").delete_message(got.receipt_handle)
    xml = topic.get_subscription("as-xml")
    xml.subscribe(SubscriptionMeta(endpoint))
    topic.publish_message(TopicMessage("a<b"))
    queue.set_encoding(False)
    text = queue.receive_message().message_body
    assert "<TopicName>news</TopicName>" in text and "<Message>a&lt;b</Message>" in text
    refused(lambda: topic.get_subscription("mail").subscribe(SubscriptionMeta("mail:directmail:a@b.c")), "EndpointInvalid")


def test_a_publisher_does_not_receive(by, queue):
    publisher = by("mns-publisher")
    publisher.get_topic("news").publish_message(TopicMessage("x", "important"))
    refused(publisher.get_queue("orders").receive_message)
    refused(publisher.get_queue("orders").peek_message)
    refused(lambda: publisher.get_queue("orders").send_message(Message("x")))
    refused(lambda: publisher.get_topic("other").publish_message(TopicMessage("x")))
    worker = by("mns-worker")
    refused(lambda: worker.get_queue("orders").send_message(Message("x")))
    refused(worker.get_queue("other").receive_message)


def test_a_reader_changes_nothing(story, keys, by, queue):
    reader = by("mns-reader")
    orders, news = reader.get_queue("orders"), reader.get_topic("news")
    assert orders.get_attributes().queue_name == "orders" and news.get_attributes().topic_name == "news"
    assert reader.list_queue()[0] and reader.list_topic()[0]
    subscription = news.get_subscription("to-orders")
    assert subscription.get_attributes().subscription_name == "to-orders"
    for write in [
        lambda: reader.get_queue("new").create(QueueMeta()),
        lambda: orders.set_attributes(QueueMeta(delay_sec=1)),
        orders.delete,
        lambda: orders.send_message(Message("x")),
        lambda: orders.batch_send_message([Message("x")]),
        orders.receive_message,
        lambda: orders.batch_receive_message(2),
        orders.peek_message,
        lambda: orders.delete_message("1-" + "0" * 32),
        lambda: orders.batch_delete_message(["1-" + "0" * 32]),
        lambda: orders.change_message_visibility("1-" + "0" * 32, 1),
        lambda: reader.get_topic("new").create(TopicMeta()),
        lambda: news.set_attributes(TopicMeta(2048)),
        news.delete,
        lambda: news.publish_message(TopicMessage("x")),
        lambda: news.get_subscription("new").subscribe(SubscriptionMeta("acs:mns:cn-hangzhou:11223344:queues/orders")),
        lambda: subscription.set_attributes(SubscriptionMeta()),
        subscription.unsubscribe,
    ]:
        assert "mns:" in refused(write).message
    # The client keeps what it does not know in the answer as it came.
    key, answer = keys["mns-reader"], SendMessageResponse()
    client = MNSClient(f"http://{story.endpoint}", key.id, key.secret, security_token=key.token)
    refused(lambda: client.send_message(SendMessageRequest("orders", "x"), answer))
    assert "<AccessDeniedDetail>" in answer.error_data and "<AuthAction>mns:SendMessage</AuthAction>" in answer.error_data


def test_rights_in_another_service_are_none_here(by, queue):
    other = by("oss-admin")
    refused(other.list_queue)
    refused(lambda: other.get_queue("orders").send_message(Message("x")))
    refused(other.get_queue("orders").receive_message)


def test_a_host_names_account_and_region(story, keys, queue, monkeypatch):
    """The usual endpoint, where names of hosts lead to the server."""
    resolve = socket.getaddrinfo
    monkeypatch.setattr(socket, "getaddrinfo", lambda host, *rest: resolve("127.0.0.1", *rest))
    port = story.endpoint.rsplit(":", 1)[1]
    admin = account(story, keys["mns-admin"], f"11223344.mns.cn-hangzhou.localhost:{port}")
    assert admin.list_queue()[0] == [f"http://11223344.mns.cn-hangzhou.localhost:{port}/queues/orders"]
    stranger = account(story, story.company_b, f"11223344.mns.cn-hangzhou.localhost:{port}")
    refused(stranger.list_queue)
    assert account(story, story.company_b).list_queue()[0] == []


def test_wrong_secrets_and_old_tokens(story, keys):
    from dataclasses import replace

    key = keys["mns-admin"]
    refused(account(story, replace(key, secret="wrong")).list_queue, "SignatureDoesNotMatch")
    refused(account(story, replace(key, token=None)).list_queue, "InvalidSecurityToken")
    refused(account(story, replace(key, id="LTAInobody", token=None)).list_queue, "InvalidAccessKeyId")
