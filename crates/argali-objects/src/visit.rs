//! One request on its way through: what it says, who calls, and how it is answered.

use std::sync::{Arc, OnceLock};

use argali_core::caller::Origin;
use argali_core::dispatch::{DataCall, DataCredential, DataRequest};
use argali_core::error::ApiError;
use argali_core::identifier::RequestId;
use argali_core::operation::DataOperation;
use argali_core::registry::OBJECT_STORAGE;
use argali_core::services::oss::{access_denied, invalid_argument, storage_error};
use argali_core::storage_name::{BucketName, ObjectKey};
use argali_protocol::OssRequest;

use crate::storage::ObjectStorage;

/// The longest `User-Agent` that policies are asked about, in bytes.
const LONGEST_AGENT: usize = 1 << 10;

/// A request that is being answered.
#[derive(Clone, Copy)]
pub(crate) struct Visit<'v> {
    pub(crate) storage: &'v Arc<ObjectStorage>,
    pub(crate) request: &'v OssRequest<'v>,
    pub(crate) method: &'v str,
    pub(crate) origin: Origin,
    /// The number of the request, once it has one.
    pub(crate) id: &'v OnceLock<RequestId>,
    /// The operation that it calls, once that is known.
    pub(crate) called: &'v OnceLock<&'static str>,
}

impl<'v> Visit<'v> {
    /// The bucket that is named.
    pub(crate) fn bucket(&self) -> Result<BucketName, ApiError> {
        bucket_name(self.request.bucket.as_deref().unwrap_or_default())
    }

    /// The object that is named.
    pub(crate) fn key(&self) -> Result<ObjectKey, ApiError> {
        object_key(self.request.key.as_deref().unwrap_or_default())
    }

    /// A query parameter; empty if it is not there.
    pub(crate) fn query(&self, name: &str) -> &'v str {
        self.request.query.get(name).unwrap_or_default()
    }

    /// A number in the query, at most `most`; `default` if it is not there.
    pub(crate) fn number(&self, name: &str, default: usize, most: usize) -> Result<usize, ApiError> {
        let text = self.query(name);
        if text.is_empty() {
            return Ok(default);
        }
        let number = text.parse::<usize>().ok().filter(|number| *number <= most);
        number.ok_or_else(|| invalid_argument(format!("{name} is a number from 0 to {most}: send one.")))
    }

    /// Whether names in the answer are to be percent-encoded.
    pub(crate) fn wants_url_encoding(&self) -> Result<bool, ApiError> {
        match self.query("encoding-type") {
            "" => Ok(false),
            "url" => Ok(true),
            _ => Err(invalid_argument("encoding-type is url or nothing.")),
        }
    }

    /// Finds out who calls operation `O`.
    pub(crate) async fn enter<O: DataOperation>(&self) -> Result<DataCall, ApiError> {
        self.called.get_or_init(|| O::NAME);
        let user_agent = self.request.plain_header("user-agent");
        if user_agent.is_some_and(|agent| agent.len() > LONGEST_AGENT) {
            return Err(invalid_argument("The User-Agent header is longer than 1 KiB: send less."));
        }
        let named = [("Bucket", self.request.bucket.as_deref()), ("Key", self.request.key.as_deref())];
        let by_query = ["prefix", "delimiter", "uploadId", "partNumber"];
        let by_query = by_query.map(|name| (name, self.request.query.get(name)));
        let given = |(name, value): (&'static str, Option<&'v str>)| Some((name, value?));
        let parameters: Vec<_> = named.into_iter().chain(by_query).filter_map(given).collect();
        let received = DataRequest {
            api: OBJECT_STORAGE,
            operation: O::NAME,
            credential: DataCredential::Wire(&self.request.credential),
            origin: self.origin,
            host: self.request.host,
            user_agent,
            parameters: &parameters,
        };
        let entered = DataCall::enter(self.storage.core(), &received).await;
        match entered {
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

    /// Does an operation that changes nothing.
    pub(crate) async fn read<O: DataOperation>(&self, operation: &O) -> Result<O::Answer, ApiError> {
        self.enter::<O>().await?.read(operation).await
    }

    /// Does an operation that changes something, and for which no bytes must be taken in.
    pub(crate) async fn change<O: DataOperation>(&self, operation: &O) -> Result<O::Answer, ApiError> {
        self.enter::<O>().await?.change(operation).await
    }
}

pub(crate) fn bucket_name(text: &str) -> Result<BucketName, ApiError> {
    text.parse().map_err(|invalid: argali_protocol::Invalid| {
        storage_error("InvalidBucketName", 400, format!("The specified bucket is not valid: {invalid}."))
    })
}

pub(crate) fn object_key(text: &str) -> Result<ObjectKey, ApiError> {
    text.parse().map_err(|invalid: argali_protocol::Invalid| {
        storage_error("InvalidObjectName", 400, format!("The specified object is not valid: {invalid}."))
    })
}

/// The refusal of a method that what is named does not have.
pub(crate) fn method_not_allowed() -> ApiError {
    storage_error("MethodNotAllowed", 405, "The specified method is not allowed against this resource.")
}

/// The refusal of whoever must sign and did not.
pub(crate) fn must_sign() -> ApiError {
    access_denied("Anonymous access is forbidden for this operation: sign the request.")
}
