//! OAuth applications and their scopes as answers show them.

use serde::Serialize;

use crate::application::{OAuthVersion, RedirectUri, Scope};
use crate::identifier::{AccountId, ApplicationId};
use crate::model::{Application, GrantedScope};
use crate::name::{AppName, AppType, ShortDisplayName};
use crate::time::Timestamp;

/// An application as whoever owns it sees it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ApplicationView {
    app_id: ApplicationId,
    app_name: AppName,
    display_name: ShortDisplayName,
    app_type: AppType,
    account_id: AccountId,
    protocol_version: OAuthVersion,
    redirect_uris: RedirectUris,
    delegated_scope: DelegatedScope,
    access_token_validity: u32,
    refresh_token_validity: u32,
    is_multi_tenant: bool,
    secret_required: bool,
    create_date: Timestamp,
    update_date: Timestamp,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct RedirectUris {
    redirect_uri: Vec<RedirectUri>,
}

impl ApplicationView {
    pub(super) fn of(account: AccountId, application: Application) -> Self {
        let of_scope = |granted: GrantedScope| PredefinedScope {
            required: Some(granted.required),
            ..PredefinedScope::of(granted.scope)
        };
        Self {
            app_id: application.id,
            app_name: application.name,
            display_name: application.display_name,
            app_type: application.kind,
            account_id: account,
            protocol_version: application.protocol,
            redirect_uris: RedirectUris { redirect_uri: application.redirect_uris },
            delegated_scope: DelegatedScope::of(application.scopes.into_iter().map(of_scope)),
            access_token_validity: application.access_token_validity_s,
            refresh_token_validity: application.refresh_token_validity_s,
            is_multi_tenant: application.is_multi_tenant,
            secret_required: application.secret_required,
            create_date: application.created_at,
            update_date: application.updated_at,
        }
    }
}

/// An answer that holds one application.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct OneApplication {
    pub(super) application: ApplicationView,
}

/// What an application may learn.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct DelegatedScope {
    predefined_scopes: PredefinedScopes,
}

impl DelegatedScope {
    pub(super) fn of(scopes: impl IntoIterator<Item = PredefinedScope>) -> Self {
        Self { predefined_scopes: PredefinedScopes::of(scopes) }
    }
}

/// Scopes, in the order in which they are shown.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct PredefinedScopes {
    predefined_scope: Vec<PredefinedScope>,
}

impl PredefinedScopes {
    pub(super) fn of(scopes: impl IntoIterator<Item = PredefinedScope>) -> Self {
        Self { predefined_scope: scopes.into_iter().collect() }
    }
}

/// A scope.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct PredefinedScope {
    name: &'static str,
    description: &'static str,
    /// Only where an application of one's own is shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    required: Option<bool>,
}

impl PredefinedScope {
    pub(super) fn of(scope: Scope) -> Self {
        Self { name: scope.name(), description: scope.description(), required: None }
    }
}
