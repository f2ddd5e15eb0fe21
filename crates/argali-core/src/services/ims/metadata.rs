//! SAML metadata as it comes in.

use crate::error::ApiError;
use crate::federation::Metadata;

/// The document that came as `parameter`, if one did and it describes one identity provider.
pub(super) fn checked_metadata(parameter: &str, encoded: Option<&str>) -> Result<Option<String>, ApiError> {
    let Some(encoded) = encoded.filter(|encoded| !encoded.is_empty()) else { return Ok(None) };
    match Metadata::decode(encoded) {
        Ok((document, _)) => Ok(Some(document)),
        Err(bad) => Err(ApiError::invalid(parameter, format!("The metadata document {bad}."))),
    }
}
