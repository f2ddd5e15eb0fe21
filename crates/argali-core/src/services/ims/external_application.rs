//! Installed OAuth applications of other accounts, in the reference's older form.

use serde::{Deserialize, Serialize};

use super::application_view::DelegatedScope;
use super::installation::{Installed, Whose, all_installed, install, installed, remove};
use crate::application::Scope;
use crate::caller::Caller;
use crate::dispatch::Context;
use crate::error::ApiError;
use crate::federation::Listed;
use crate::identifier::{AccountId, ApplicationId};
use crate::name::ShortDisplayName;
use crate::operation::{Access, Entry, Operation, Resources};
use crate::services::ram::password_policy::settings_resource;

/// Everything that can be done to an application of another account.
pub const OPERATIONS: &[Entry] = &[
    Entry::of::<ProvisionExternalApplication>(),
    Entry::of::<DeprovisionExternalApplication>(),
    Entry::of::<GetExternalApplication>(),
    Entry::of::<ListExternalApplications>(),
];

/// An installed application of another account.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct ExternalApplicationView {
    app_principal_name: String,
    display_name: ShortDisplayName,
    foreign_app_id: ApplicationId,
    tenant_id: AccountId,
    delegated_scope: DelegatedScope,
    create_date: String,
    update_date: String,
}

impl ExternalApplicationView {
    fn of(cx: &Context<'_>, installed: Installed) -> Self {
        Self {
            app_principal_name: installed.principal_name(&cx.settings().domain_suffix),
            foreign_app_id: installed.application.id,
            tenant_id: cx.account(),
            delegated_scope: installed.delegated_scope(),
            create_date: installed.created_at_ms(),
            update_date: installed.updated_at_ms(),
            display_name: installed.application.display_name,
        }
    }
}

/// An answer that holds one application.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct OneExternalApplication {
    external_application: ExternalApplicationView,
}

/// Installs an application of another account; one that is installed gets other scopes.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ProvisionExternalApplication {
    /// Which application.
    pub app_id: ApplicationId,
    /// What it may learn, with semicolons between; all that it asks for if this is left out.
    pub scopes: Option<Listed<Scope, ';'>>,
}

impl Operation for ProvisionExternalApplication {
    const NAME: &'static str = "ProvisionExternalApplication";
    const ACCESS: Access = Access::Identity;
    type Response = OneExternalApplication;

    fn resources(&self, caller: &Caller) -> Resources {
        settings_resource(caller.account()).into()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<OneExternalApplication, ApiError> {
        let asked = self.scopes.as_ref().map(|scopes| scopes.0.as_slice());
        let installed = install(cx, (self.app_id, Whose::Others), asked)?;
        Ok(OneExternalApplication { external_application: ExternalApplicationView::of(cx, installed) })
    }
}

/// Removes an application of another account from the caller's.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeprovisionExternalApplication {
    /// Which application.
    pub app_id: ApplicationId,
}

impl Operation for DeprovisionExternalApplication {
    const NAME: &'static str = "DeprovisionExternalApplication";
    const ACCESS: Access = Access::Identity;
    type Response = ();

    fn resources(&self, caller: &Caller) -> Resources {
        settings_resource(caller.account()).into()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<(), ApiError> {
        remove(cx, self.app_id, Whose::Others)
    }
}

/// Shows an installed application of another account.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetExternalApplication {
    /// Which application.
    pub app_id: ApplicationId,
}

impl Operation for GetExternalApplication {
    const NAME: &'static str = "GetExternalApplication";
    const ACCESS: Access = Access::Read;
    type Response = OneExternalApplication;

    fn resources(&self, caller: &Caller) -> Resources {
        settings_resource(caller.account()).into()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<OneExternalApplication, ApiError> {
        let installed = installed(cx, self.app_id, Whose::Others)?;
        Ok(OneExternalApplication { external_application: ExternalApplicationView::of(cx, installed) })
    }
}

/// Lists the installed applications of other accounts, in the order of their ids: all at once, since the request has
/// no place for a marker.
#[derive(Debug, Deserialize)]
pub struct ListExternalApplications {}

/// Installed applications of other accounts.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ExternalApplications {
    external_applications: ExternalApplicationList,
    is_truncated: bool,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct ExternalApplicationList {
    external_application: Vec<ExternalApplicationView>,
}

impl Operation for ListExternalApplications {
    const NAME: &'static str = "ListExternalApplications";
    const ACCESS: Access = Access::Read;
    type Response = ExternalApplications;

    fn resources(&self, caller: &Caller) -> Resources {
        settings_resource(caller.account()).into()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<ExternalApplications, ApiError> {
        let all = all_installed(cx, Whose::Others)?.into_iter();
        let external_application = all.map(|found| ExternalApplicationView::of(cx, found)).collect();
        let external_applications = ExternalApplicationList { external_application };
        Ok(ExternalApplications { external_applications, is_truncated: false })
    }
}
