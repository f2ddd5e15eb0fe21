//! Calling operations, and reading what they answer.

use argali_core::Core;
use argali_core::caller::Origin;
use argali_core::dispatch::{Incoming, LogonCredential};
use argali_protocol::{ApiFailure, HttpRequest, decode_answer};
use serde_json::Value;

use crate::pairs::encode;
use argali_core::registry::{MESSAGING, OBJECT_STORAGE};

/// A product with the version of its API.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Product<'v> {
    pub(crate) version: &'v str,
}

impl<'v> Product<'v> {
    /// The product whose API has this version.
    pub(crate) const fn of_version(version: &'v str) -> Self {
        Self { version }
    }
}

pub(crate) const IMS: Product<'static> = Product { version: "2019-08-15" };
pub(crate) const RAM: Product<'static> = Product { version: "2015-05-01" };
pub(crate) const STS: Product<'static> = Product { version: "2015-04-01" };
pub(crate) const RESOURCE_MANAGER: Product<'static> = Product { version: "2020-03-31" };
pub(crate) const ARGALI: Product<'static> = Product { version: "2026-12-01" };
pub(crate) const OSS: Product<'static> = Product { version: OBJECT_STORAGE };
pub(crate) const MNS: Product<'static> = Product { version: MESSAGING };
pub(crate) const ACTIONTRAIL: Product<'static> = Product { version: "2020-07-06" };

/// Where a call comes from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct From<'a> {
    /// The browser's address.
    pub(crate) origin: Origin,
    /// The host that it asked.
    pub(crate) host: &'a str,
    /// What it calls itself.
    pub(crate) agent: Option<&'a str>,
}

/// Calls an operation as `logon`, or as nobody.
pub(crate) async fn call(
    core: &Core,
    logon: Option<&LogonCredential>,
    from: From<'_>,
    (version, action): (&str, &str),
    params: &[(&str, &str)],
) -> Result<Value, ApiFailure> {
    let common = [("Action", action), ("Version", version), ("Format", "JSON")];
    let body = encode(common.into_iter().chain(params.iter().copied()));
    let mut headers: Vec<(&str, &[u8])> =
        vec![("host", from.host.as_bytes()), ("content-type", b"application/x-www-form-urlencoded")];
    if let Some(agent) = from.agent {
        headers.push(("user-agent", agent.as_bytes()));
    }
    let http = HttpRequest { method: "POST", target: "/", headers: &headers, body: body.as_bytes() };
    let incoming = Incoming { http, origin: from.origin };
    let answer = match logon {
        Some(logon) => core.dispatch_as_logon(&incoming, logon).await,
        None => core.dispatch(&incoming).await,
    };
    decode_answer(answer.status, answer.content_type, &answer.body)
}

/// The items of a list, which answers wrap as `Users.User`.
pub(crate) fn list<'v>(
    answer: &'v Value,
    plural: &str,
    singular: &str,
) -> impl Iterator<Item = &'v Value> + use<'v> {
    let items = answer.get(plural).and_then(|wrapped| wrapped.get(singular)).and_then(Value::as_array);
    items.into_iter().flatten()
}

/// The items of a list that an answer has as it is.
pub(crate) fn items<'v>(answer: &'v Value, name: &str) -> impl Iterator<Item = &'v Value> + use<'v> {
    answer.get(name).and_then(Value::as_array).into_iter().flatten()
}

/// The texts of a list of an answer.
pub(crate) fn texts<'v>(answer: &'v Value, name: &str) -> Vec<&'v str> {
    items(answer, name).filter_map(Value::as_str).collect()
}

/// What stands at `path` in an answer.
pub(crate) fn at<'v>(answer: &'v Value, path: &[String]) -> Option<&'v Value> {
    path.iter().try_fold(answer, |value, name| value.get(name))
}

/// One or several: policies write both.
pub(crate) fn many(value: Option<&Value>) -> impl Iterator<Item = &Value> {
    let slice = match value {
        Some(Value::Array(values)) => values.as_slice(),
        Some(one) => std::slice::from_ref(one),
        None => &[],
    };
    slice.iter()
}

/// A text of an answer; empty if it is not there.
pub(crate) fn text<'v>(answer: &'v Value, name: &str) -> &'v str {
    answer.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// A number of an answer.
pub(crate) fn number(answer: &Value, name: &str) -> i64 {
    answer.get(name).and_then(Value::as_i64).unwrap_or_default()
}

/// Whether something of an answer is true.
pub(crate) fn holds(answer: &Value, name: &str) -> bool {
    answer.get(name).and_then(Value::as_bool).unwrap_or_default()
}

/// What a failure says whose caller must show that it is still the same.
pub(crate) const VERIFICATION_REQUIRED: &str = "Logon.VerificationRequired";

/// Whether a failure says that something is not there.
pub(crate) fn is_absent(failure: &ApiFailure) -> bool {
    failure.code.starts_with("EntityNotExist")
        || matches!(
            failure.code.as_str(),
            "NoSuchBucket" | "NoSuchKey" | "QueueNotExist" | "TopicNotExist" | "SubscriptionNotExist"
        )
}

/// Whether a failure says that the caller may not.
pub(crate) fn is_denied(failure: &ApiFailure) -> bool {
    matches!(failure.code.as_str(), "NoPermission" | "AccessDenied") || failure.code.starts_with("Forbidden")
}
