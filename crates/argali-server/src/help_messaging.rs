//! What to do about the codes that Message Service has of its own.

/// Codes, or their beginnings, each with what to do.
pub(crate) const ADVICE: &[(&str, &str)] = &[
    (
        "EndpointInvalid",
        "Only queues of the topic's own account are told: write the endpoint as acs:mns:<region>:<account>:queues/<name>.",
    ),
    ("InvalidAuthorizationHeader", "Write the header as MNS <AccessKeyId>:<Signature>."),
    ("InvalidDateHeader", "Write Date as HTTP does: Thu, 02 Jan 2025 03:04:05 GMT."),
    ("InvalidDegist", "The body that came is not the one of the Content-MD5: send the request again."),
    (
        "InvalidQueryString",
        "The operation does not know a part of the query: the message names it; leave it out.",
    ),
    (
        "InvalidQueueName",
        "A queue's name has letters, digits and hyphens, and begins with a letter or digit.",
    ),
    (
        "InvalidRequestURL",
        "There is no operation of this method on this path: compare both with the reference.",
    ),
    (
        "MessageNotExist",
        "No message can be received now, or the receipt is good no longer: its time was over, or the message was received anew. Receive again.",
    ),
    (
        "QueueAlreadyExist",
        "A queue of this name is there with other attributes: set them, or choose another name.",
    ),
    ("QueueNameLengthError", "A queue's name has 1 to 120 characters."),
    ("QueueNotExist", "There is no queue of this name: check it, the account and the region, or create it."),
    (
        "QueueNumExceededLimit",
        "The account has as many queues as it may: delete one, or ask the operator for more.",
    ),
    ("ReceiptHandleError", "This is no receipt: send the one that receiving the message gave."),
    ("RequestBodyTooLarge", "The body is larger than the server takes: send less in one call."),
    (
        "SubscriptionAlreadyExist",
        "A subscription of this name is there with other attributes: unsubscribe first, or choose another name.",
    ),
    (
        "SubscriptionName",
        "A subscription's name has 1 to 120 letters, digits and hyphens, and begins with a letter or digit.",
    ),
    ("SubscriptionNotExist", "The topic has no subscription of this name: check it, or subscribe first."),
    ("SubscriptionNumExceededLimit", "The topic has as many subscriptions as it may: unsubscribe one first."),
    ("TimeExpired", "The request's time is more than 15 minutes from the server's: set your clock."),
    (
        "TopicAlreadyExist",
        "A topic of this name is there with other attributes: set them, or choose another name.",
    ),
    (
        "TopicName",
        "A topic's name has 1 to 120 letters, digits and hyphens, and begins with a letter or digit.",
    ),
    ("TopicNotExist", "There is no topic of this name: check it, the account and the region, or create it."),
    (
        "TopicNumExceededLimit",
        "The account has as many topics as it may: delete one, or ask the operator for more.",
    ),
];
