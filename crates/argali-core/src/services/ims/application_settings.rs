//! What an OAuth application may be told to be: its limits, and what it is unless told.
// SPEC: the reference's CreateApplication and UpdateApplication.

use std::ops::RangeInclusive;

use crate::application::{RedirectUri, Scope};
use crate::error::ApiError;
use crate::federation::Listed;
use crate::model::GrantedScope;
use crate::name::AppType;

/// How many addresses an application has at most. The reference gives no number.
const MOST_REDIRECT_URIS: usize = 50;
const DAY_S: u32 = 24 * 60 * 60;

/// For how many seconds access tokens hold, as given in `parameter`.
pub(super) fn access_token_validity(parameter: &str, asked: Option<i64>) -> Result<Option<u32>, ApiError> {
    seconds(parameter, asked, 900..=10_800)
}

/// For how many seconds refresh tokens hold, as given in `parameter`.
pub(super) fn refresh_token_validity(parameter: &str, asked: Option<i64>) -> Result<Option<u32>, ApiError> {
    seconds(parameter, asked, 7_200..=365 * DAY_S)
}

fn seconds(parameter: &str, asked: Option<i64>, range: RangeInclusive<u32>) -> Result<Option<u32>, ApiError> {
    let Some(asked) = asked else { return Ok(None) };
    match u32::try_from(asked) {
        Ok(seconds) if range.contains(&seconds) => Ok(Some(seconds)),
        _ => {
            let message = format!("{parameter} must be {} to {} seconds.", range.start(), range.end());
            Err(ApiError::invalid(parameter, message))
        }
    }
}

/// For how many seconds refresh tokens hold unless told.
pub(super) const fn default_refresh_token_validity(kind: AppType) -> u32 {
    match kind {
        AppType::WebApp => 90 * DAY_S,
        AppType::NativeApp | AppType::ServerApp => 30 * DAY_S,
    }
}

/// Whether other accounts may install an application unless told.
pub(super) const fn is_multi_tenant_unless_told(kind: AppType) -> bool {
    match kind {
        AppType::WebApp => false,
        AppType::NativeApp | AppType::ServerApp => true,
    }
}

/// Whether an application must show a secret: what runs on people's own machines could not keep one, so it has the
/// choice.
pub(super) const fn needs_secret(kind: AppType, wanted: bool) -> bool {
    match kind {
        AppType::WebApp | AppType::ServerApp => true,
        AppType::NativeApp => wanted,
    }
}

/// The addresses that came as `parameter`, if they are not too many.
pub(super) fn checked_redirect_uris(
    parameter: &str,
    uris: Listed<RedirectUri, ';'>,
) -> Result<Vec<RedirectUri>, ApiError> {
    match uris.0.len() {
        0..=MOST_REDIRECT_URIS => Ok(uris.0),
        _ => {
            let message =
                format!("An application has at most {MOST_REDIRECT_URIS} addresses: leave some out.");
            Err(ApiError::invalid(parameter, message))
        }
    }
}

/// What an application may learn: `openid`, which is always required, and what it asks for.
pub(super) fn granted_scopes(asked: &[Scope], is_required: impl Fn(Scope) -> bool) -> Vec<GrantedScope> {
    let granted = |scope| GrantedScope { scope, required: scope == Scope::OpenId || is_required(scope) };
    let has = |scope: &Scope| *scope == Scope::OpenId || asked.contains(scope);
    Scope::ALL.iter().copied().filter(has).map(granted).collect()
}

/// Makes these of an application's scopes the required ones, besides `openid`.
pub(super) fn require(scopes: &mut [GrantedScope], required: &[Scope]) {
    for granted in scopes {
        granted.required = granted.scope == Scope::OpenId || required.contains(&granted.scope);
    }
}
