//! What can go wrong in Message Service, in its own words.
// SPEC: wire protocol, MNS and RocketMQ, codes; further ones are those that its clients know.

use std::borrow::Cow;

use argali_protocol::{Invalid, Reason};

use crate::error::{ApiError, ErrorCode};

/// Every code that Message Service answers with, and its HTTP status: its own, and those into which others are put.
pub const CODES: &[(&str, u16)] = &[
    ("AccessDenied", 403),
    ("EndpointInvalid", 400),
    ("IncompleteBody", 400),
    ("InternalError", 500),
    ("InvalidAccessKeyId", 403),
    ("InvalidArgument", 400),
    ("InvalidAuthorizationHeader", 400),
    ("InvalidDateHeader", 400),
    ("InvalidDegist", 400),
    ("InvalidQueryString", 400),
    ("InvalidQueueName", 400),
    ("InvalidRequestURL", 400),
    ("InvalidSecurityToken", 403),
    ("MalformedXML", 400),
    ("MessageNotExist", 404),
    ("MissingAuthorizationHeader", 400),
    ("MissingDateHeader", 400),
    ("MissingReceiptHandle", 400),
    ("MissingVisibilityTimeout", 400),
    ("QpsLimitExceeded", 400),
    ("QueueAlreadyExist", 409),
    ("QueueNameLengthError", 400),
    ("QueueNotExist", 404),
    ("QueueNumExceededLimit", 403),
    ("ReceiptHandleError", 400),
    ("RequestBodyTooLarge", 413),
    ("RequestTargetTooLong", 414),
    ("RequestTimeout", 408),
    ("ServiceUnavailable", 503),
    ("SignatureDoesNotMatch", 403),
    ("SubscriptionAlreadyExist", 409),
    ("SubscriptionNameInvalid", 400),
    ("SubscriptionNameLengthError", 400),
    ("SubscriptionNotExist", 404),
    ("SubscriptionNumExceededLimit", 403),
    ("TimeExpired", 408),
    ("TopicAlreadyExist", 409),
    ("TopicNameInvalid", 400),
    ("TopicNameLengthError", 400),
    ("TopicNotExist", 404),
    ("TopicNumExceededLimit", 403),
];

/// A failure under one of Message Service's own codes.
pub fn messaging_error(
    code: &'static str,
    http_status: u16,
    message: impl Into<Cow<'static, str>>,
) -> ApiError {
    debug_assert!(CODES.contains(&(code, http_status)), "{code} is not among CODES");
    ApiError::new(ErrorCode::Declared(code.into(), http_status), message)
}

/// Something of a request that cannot be accepted.
pub fn invalid_argument(message: impl Into<Cow<'static, str>>) -> ApiError {
    messaging_error("InvalidArgument", 400, message)
}

/// A name that is none, under the code for names that are too long or the one for all others.
pub fn invalid_name(invalid: &Invalid, [length, other]: [&'static str; 2]) -> ApiError {
    let code = if invalid.reason == Reason::Length { length } else { other };
    messaging_error(code, 400, format!("The name is not valid: {}.", invalid.message))
}

/// There is no such queue.
pub fn no_such_queue() -> ApiError {
    let message = "The queue name you provided is not exist: check it and the region, or create the queue.";
    messaging_error("QueueNotExist", 404, message)
}

/// There is no such topic.
pub fn no_such_topic() -> ApiError {
    let message = "The topic name you provided is not exist: check it and the region, or create the topic.";
    messaging_error("TopicNotExist", 404, message)
}

/// There is no such subscription.
pub fn no_such_subscription() -> ApiError {
    let message = "The subscription name you provided is not exist: check it, or subscribe first.";
    messaging_error("SubscriptionNotExist", 404, message)
}

/// No message can be received, or it is not the receipt's any more.
pub fn no_such_message() -> ApiError {
    messaging_error("MessageNotExist", 404, "Message not exist: wait for one, or receive it again.")
}

/// A receipt that is none.
pub fn bad_receipt() -> ApiError {
    let message = "The receipt handle you provide is not valid: send the one that receiving gave.";
    messaging_error("ReceiptHandleError", 400, message)
}

/// There are as many of something as there may be.
pub(super) fn too_many(code: &'static str, most: u64, what: &str) -> ApiError {
    messaging_error(
        code,
        403,
        format!("The account has {most} {what}, which is as many as it may: delete one first."),
    )
}
