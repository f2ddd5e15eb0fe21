//! The OAuth applications that the caller's account has installed.

use serde::{Deserialize, Serialize};

use super::application_view::DelegatedScope;
use super::installation::{Installed, Whose, all_installed, installed};
use crate::caller::Caller;
use crate::dispatch::Context;
use crate::error::ApiError;
use crate::identifier::{AccountId, ApplicationId};
use crate::name::{AppName, ShortDisplayName};
use crate::operation::{Access, Entry, Operation, Resources};
use crate::services::ram::password_policy::settings_resource;

/// Everything that shows installed applications.
pub const OPERATIONS: &[Entry] =
    &[Entry::of::<GetApplicationProvisionInfo>(), Entry::of::<ListApplicationProvisionInfos>()];

/// An installed application.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct ProvisionInfo {
    account_id: AccountId,
    app_category: &'static str,
    app_id: ApplicationId,
    app_name: AppName,
    assignment_type: &'static str,
    display_name: ShortDisplayName,
    delegated_scope: DelegatedScope,
    need_principal_consent: bool,
    create_date: String,
    update_date: String,
}

impl ProvisionInfo {
    fn of(tenant: AccountId, installed: Installed) -> Self {
        Self {
            account_id: installed.installation.owner,
            // Nothing comes from the vendor, and whom an application is open to cannot be narrowed.
            app_category: "ThirdParty",
            assignment_type: "AllowAll",
            // SPEC: the reference's overview of OAuth applications: those of the own account need nobody's consent.
            need_principal_consent: installed.installation.owner != tenant,
            app_id: installed.application.id,
            delegated_scope: installed.delegated_scope(),
            create_date: installed.created_at_ms(),
            update_date: installed.updated_at_ms(),
            app_name: installed.application.name,
            display_name: installed.application.display_name,
        }
    }
}

/// An answer that holds one installed application.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct OneProvisionInfo {
    application_provision_info: ProvisionInfo,
}

/// Shows an installed application.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetApplicationProvisionInfo {
    /// Which application.
    pub app_id: ApplicationId,
}

impl Operation for GetApplicationProvisionInfo {
    const NAME: &'static str = "GetApplicationProvisionInfo";
    const ACCESS: Access = Access::Read;
    type Response = OneProvisionInfo;

    fn resources(&self, caller: &Caller) -> Resources {
        settings_resource(caller.account()).into()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<OneProvisionInfo, ApiError> {
        let found = installed(cx, self.app_id, Whose::Anybodys)?;
        Ok(OneProvisionInfo { application_provision_info: ProvisionInfo::of(cx.account(), found) })
    }
}

/// Where an installed application comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SourceType {
    /// The account itself.
    Inner,
    /// Another account.
    External,
}

/// Lists the installed applications, in the order of their ids.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListApplicationProvisionInfos {
    /// Only those from there; all if it is left out.
    pub source_type: Option<SourceType>,
}

/// Installed applications.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ProvisionInfos {
    application_provision_infos: ProvisionInfoList,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct ProvisionInfoList {
    application_provision_info: Vec<ProvisionInfo>,
}

impl Operation for ListApplicationProvisionInfos {
    const NAME: &'static str = "ListApplicationProvisionInfos";
    const ACCESS: Access = Access::Read;
    type Response = ProvisionInfos;

    fn resources(&self, caller: &Caller) -> Resources {
        settings_resource(caller.account()).into()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<ProvisionInfos, ApiError> {
        let tenant = cx.account();
        let is_wanted = |found: &Installed| match self.source_type {
            None => true,
            Some(source) => (source == SourceType::Inner) == (found.installation.owner == tenant),
        };
        let all = all_installed(cx, Whose::Anybodys)?.into_iter().filter(is_wanted);
        let application_provision_info = all.map(|found| ProvisionInfo::of(tenant, found)).collect();
        Ok(ProvisionInfos { application_provision_infos: ProvisionInfoList { application_provision_info } })
    }
}
