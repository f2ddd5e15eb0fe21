//! The way to operations of data planes, whose requests are no calls with parameters.

use argali_core::dispatch::{DataCall, DataCredential, DataRequest};
use argali_core::error::ApiError;
use argali_core::identifier::RequestId;
use argali_core::operation::DataOperation;
use argali_core::registry::OBJECT_STORAGE;
use argali_protocol::ApiFailure;

use crate::visit::Visit;

/// The longest name of a browser that policies are asked about, in bytes.
const LONGEST_AGENT: usize = 1 << 10;

/// What the record of a call keeps of what was asked for.
pub(crate) type Named<'p> = [(&'static str, &'p str)];

impl Visit<'_> {
    /// Begins a call of operation `O` in the API of this version, as whoever the address says.
    pub(crate) async fn enter_data_plane<O: DataOperation>(
        &self,
        api: &'static str,
        named: &Named<'_>,
    ) -> Result<DataCall, ApiFailure> {
        let credential = self.credential();
        let received = DataRequest {
            api,
            operation: O::NAME,
            credential: DataCredential::Logon(&credential),
            origin: self.origin(),
            host: self.host(),
            user_agent: self.header("user-agent").filter(|agent| agent.len() <= LONGEST_AGENT),
            parameters: named,
        };
        let entered = DataCall::enter(&self.console().core, &received).await;
        entered.map_err(|(id, error)| failure(number_in(api, id), &error))
    }
}

/// The number of a request as its API writes it, which is the one on record.
fn number_in(api: &str, id: RequestId) -> String {
    if api == OBJECT_STORAGE { id.to_short() } else { id.to_string() }
}

/// A failure as calls over the wire would have it, with the number of its request.
pub(crate) fn failure(number: String, error: &ApiError) -> ApiFailure {
    ApiFailure {
        request_id: Some(number),
        status: error.code().http_status(),
        access_denied_detail: error.detail().map(|detail| Box::new(detail.clone())),
        ..refused(&error.code().wire(), error.message())
    }
}

/// A failure that was found before any operation was called.
pub(crate) fn refused(code: &str, message: &str) -> ApiFailure {
    ApiFailure {
        code: code.to_owned(),
        message: message.to_owned(),
        request_id: None,
        status: 400,
        recommend: None,
        access_denied_detail: None,
    }
}
