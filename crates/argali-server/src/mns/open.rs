//! Opening the service on the wire.

use argali_core::error::ApiError;
use argali_core::services::mns::OpenService;
use hyper::StatusCode;
use serde::Serialize;

use super::answer::{Answer, document};
use super::visit::Visit;

/// What is told of having opened the service.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Opened {
    /// There is no order: what was done is on record under the number of the request.
    order_id: String,
}

pub(super) async fn open(visit: Visit<'_>) -> Result<Answer, ApiError> {
    let operation = || {
        visit.knows(&[])?;
        Ok(OpenService { site: visit.site() })
    };
    visit.read(&[], operation()).await?;
    let order_id = visit.id.get().map(ToString::to_string).unwrap_or_default();
    document(StatusCode::OK, "OpenService", &Opened { order_id })
}
