//! One request on its way through: what it says, who calls, and where it looks.

use std::sync::OnceLock;

use argali_core::caller::Origin;
use argali_core::dispatch::{Awaited, DataCall, DataCredential, DataRequest};
use argali_core::error::ApiError;
use argali_core::identifier::RequestId;
use argali_core::message_name::{QueueName, SubscriptionName, TopicName};
use argali_core::operation::DataOperation;
use argali_core::registry::MESSAGING;
use argali_core::services::mns::{Site, WantedPage, invalid_name, messaging_error};
use argali_protocol::{MnsRequest, mns_site};
use bytes::Bytes;

use super::request::number;
use crate::rpc::Gate;

/// What the record of a call keeps of what was asked for: names, never what a message says.
pub(super) type Kept<'k> = [(&'static str, &'k str)];

/// A request that is being answered.
#[derive(Clone, Copy)]
pub(super) struct Visit<'v> {
    pub(super) gate: &'v Gate,
    pub(super) origin: Origin,
    pub(super) request: &'v MnsRequest<'v>,
    pub(super) body: &'v Bytes,
    /// The number of the request, once it has one.
    pub(super) id: &'v OnceLock<RequestId>,
}

impl<'v> Visit<'v> {
    /// Where the request looks: in the account and region that its host names, or in the caller's own.
    pub(super) fn site(&self) -> Site {
        let region = self.gate.messaging_region.clone();
        let Some(named) = mns_site(self.request.host) else { return Site { owner: None, region } };
        Site { owner: named.account.parse().ok(), region: named.region.parse().unwrap_or(region) }
    }

    /// A query parameter.
    pub(super) fn query(&self, name: &str) -> Option<&'v str> {
        self.request.query.get(name)
    }

    /// A number in the query.
    pub(super) fn query_number(&self, name: &str) -> Result<Option<i64>, ApiError> {
        self.query(name).map(|text| number(name, text)).transpose()
    }

    /// Refuses parameters that the operation does not know, because they may ask for something else.
    pub(super) fn knows(&self, known: &[&str]) -> Result<(), ApiError> {
        match self.request.query.iter().find(|(name, _)| !known.contains(name)) {
            None => Ok(()),
            Some((name, _)) => {
                let name: String = name.chars().take(64).collect();
                let message =
                    format!("Http request URL contains invalid querystring item \"{name}\": leave it out.");
                Err(messaging_error("InvalidQueryString", 400, message))
            }
        }
    }

    /// Whether settings are to be changed rather than made.
    pub(super) fn overrides(&self) -> Result<bool, ApiError> {
        self.knows(&["metaoverride"])?;
        Ok(self.query("metaoverride").is_some_and(|value| value.eq_ignore_ascii_case("true")))
    }

    /// Which part of a list is wanted.
    pub(super) fn page(&self) -> Result<WantedPage, ApiError> {
        self.knows(&[])?;
        let text = |name| self.request.header(name).unwrap_or_default();
        let size = Some(text("x-mns-ret-number")).filter(|size| !size.is_empty());
        Ok(WantedPage {
            prefix: text("x-mns-prefix").to_owned(),
            marker: text("x-mns-marker").to_owned(),
            size: size.map(|size| number("x-mns-ret-number", size)).transpose()?,
        })
    }

    /// Whether a list is to tell more than addresses.
    pub(super) fn wants_meta(&self) -> bool {
        self.request.header("x-mns-with-meta").is_some_and(|value| value.eq_ignore_ascii_case("true"))
    }

    /// The address of something, as clients use it.
    pub(super) fn address(&self, relative: &str) -> String {
        let scheme = if self.origin.secure_transport { "https" } else { "http" };
        format!("{scheme}://{}/{relative}", self.request.host)
    }

    /// Finds out who calls operation `O`.
    async fn enter<O: DataOperation>(&self, kept: &Kept<'_>) -> Result<DataCall, ApiError> {
        let received = DataRequest {
            api: MESSAGING,
            operation: O::NAME,
            credential: DataCredential::Wire(&self.request.credential),
            origin: self.origin,
            host: self.request.host,
            user_agent: self.request.header("user-agent"),
            parameters: kept,
        };
        match DataCall::enter(&self.gate.core, &received).await {
            Ok(call) => {
                self.id.get_or_init(|| call.request_id());
                Ok(call)
            }
            Err((id, error)) => {
                self.id.get_or_init(|| id);
                Err(error)
            }
        }
    }

    /// The same with the operation itself. What cannot be read of the request is told to callers who are known.
    async fn begin<O: DataOperation>(
        &self,
        kept: &Kept<'_>,
        operation: Result<O, ApiError>,
    ) -> Result<(DataCall, O), ApiError> {
        let mut call = self.enter::<O>(kept).await?;
        match operation {
            Ok(operation) => Ok((call, operation)),
            Err(error) => Err(call.refuse(error).await),
        }
    }

    /// Does an operation that changes nothing.
    pub(super) async fn read<O: DataOperation>(
        &self,
        kept: &Kept<'_>,
        operation: Result<O, ApiError>,
    ) -> Result<O::Answer, ApiError> {
        let (mut call, operation) = self.begin(kept, operation).await?;
        call.read(&operation).await
    }

    /// Does an operation that changes something.
    pub(super) async fn change<O: DataOperation>(
        &self,
        kept: &Kept<'_>,
        operation: Result<O, ApiError>,
    ) -> Result<O::Answer, ApiError> {
        let (mut call, operation) = self.begin(kept, operation).await?;
        call.change(&operation).await
    }

    /// The same of an operation that waits for something.
    pub(super) async fn change_when_there<O: Awaited>(
        &self,
        kept: &Kept<'_>,
        operation: Result<O, ApiError>,
    ) -> Result<O::Answer, ApiError> {
        let (mut call, operation) = self.begin(kept, operation).await?;
        call.change_when_there(&operation).await
    }
}

pub(super) fn queue_name(text: &str) -> Result<QueueName, ApiError> {
    text.parse().map_err(|invalid| invalid_name(&invalid, ["QueueNameLengthError", "InvalidQueueName"]))
}

pub(super) fn topic_name(text: &str) -> Result<TopicName, ApiError> {
    text.parse().map_err(|invalid| invalid_name(&invalid, ["TopicNameLengthError", "TopicNameInvalid"]))
}

pub(super) fn subscription_name(text: &str) -> Result<SubscriptionName, ApiError> {
    let codes = ["SubscriptionNameLengthError", "SubscriptionNameInvalid"];
    text.parse().map_err(|invalid| invalid_name(&invalid, codes))
}
