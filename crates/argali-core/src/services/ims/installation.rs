//! Installing OAuth applications in the caller's account: its own, and those of other accounts that let others install
//! them. An application of another account that does not is as absent as one that never was.

use serde::{Deserialize, Serialize};

use super::application::no_application;
use super::application_view::{DelegatedScope, PredefinedScope};
use crate::application::Scope;
use crate::caller::Caller;
use crate::dispatch::Context;
use crate::error::{ApiError, ErrorCode};
use crate::federation::Listed;
use crate::identifier::{AccountId, ApplicationId};
use crate::model::{Account, AccountStatus, Application, Installation, Quota};
use crate::name::{AppName, ShortDisplayName};
use crate::operation::{Access, Entry, Operation, Resources};
use crate::services::ram::password_policy::settings_resource;

/// Everything that can be done to an installed application.
pub const OPERATIONS: &[Entry] =
    &[Entry::of::<ProvisionApplication>(), Entry::of::<DeprovisionApplication>()];

/// How many applications an account has installed at most. The reference gives no number.
const MOST_INSTALLATIONS: u64 = 1_000;

/// An installed application, and the application.
#[derive(Debug)]
pub(super) struct Installed {
    pub(super) installation: Installation,
    pub(super) application: Application,
}

impl Installed {
    /// What the application may learn, as answers show it: never more than it asks for now.
    pub(super) fn delegated_scope(&self) -> DelegatedScope {
        let asked = |scope: &Scope| self.application.scopes.iter().any(|granted| granted.scope == *scope);
        let scopes = self.installation.scopes.iter().copied().filter(asked);
        DelegatedScope::of(scopes.map(PredefinedScope::of))
    }

    /// By which name the application would act in the account that it is installed in.
    pub(super) fn principal_name(&self, suffix: &str) -> String {
        format!("{}@app.{}.{suffix}", self.application.name, self.installation.owner)
    }

    pub(super) fn created_at_ms(&self) -> String {
        self.installation.created_at.as_millis().to_string()
    }

    pub(super) fn updated_at_ms(&self) -> String {
        self.installation.updated_at.as_millis().to_string()
    }
}

/// Whose applications are meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Whose {
    /// The account's own, and those of others.
    Anybodys,
    /// Those of others.
    Others,
}

/// Installs an application, or gives an installed one other scopes; all that it asks for if none are named.
pub(super) fn install(
    cx: &mut Context<'_>,
    (id, whose): (ApplicationId, Whose),
    asked: Option<&[Scope]>,
) -> Result<Installed, ApiError> {
    let (tenant, now) = (cx.account(), cx.now());
    let (owner, application) = installable(cx, id, whose)?;
    let scopes = scopes(&application, asked)?;
    let installation = match Installation::find(cx.tx(), tenant, id)? {
        Some(before) => {
            let changed = Installation { scopes, updated_at: now, ..before };
            changed.save(cx.tx_mut(), tenant);
            changed
        }
        None => {
            require_room(cx)?;
            let new = Installation { application: id, owner, scopes, created_at: now, updated_at: now };
            new.insert(cx.tx_mut(), tenant)?;
            new
        }
    };
    Ok(Installed { installation, application })
}

/// What an application gets of what it asks for: what it requires in any case.
fn scopes(application: &Application, asked: Option<&[Scope]>) -> Result<Vec<Scope>, ApiError> {
    let has = |scope: &Scope| application.scopes.iter().any(|granted| granted.scope == *scope);
    if let Some(scope) = asked.unwrap_or_default().iter().find(|scope| !has(scope)) {
        let message = format!("The application does not ask for the scope `{}`: leave it out.", scope.name());
        return Err(ApiError::invalid("Scopes", message));
    }
    let granted = application
        .scopes
        .iter()
        .filter(|granted| granted.required || asked.is_none_or(|asked| asked.contains(&granted.scope)));
    Ok(granted.map(|granted| granted.scope).collect())
}

/// The application, if the caller's account may install it.
fn installable(
    cx: &Context<'_>,
    id: ApplicationId,
    whose: Whose,
) -> Result<(AccountId, Application), ApiError> {
    let found = Application::find_anywhere(cx.tx(), id)?.ok_or_else(|| no_application(id))?;
    let (owner, application) = &found;
    let may = if *owner == cx.account() {
        whose == Whose::Anybodys
    } else {
        let is_open = |account: Account| account.status == AccountStatus::Open;
        application.is_multi_tenant && Account::find(cx.tx(), *owner)?.is_some_and(is_open)
    };
    if may { Ok(found) } else { Err(no_application(id)) }
}

fn require_room(cx: &Context<'_>) -> Result<(), ApiError> {
    if Quota::Installations.used(cx.tx(), cx.account())? < MOST_INSTALLATIONS {
        return Ok(());
    }
    let message = format!(
        "The account has installed {MOST_INSTALLATIONS} applications, which is its limit: remove one first."
    );
    Err(ApiError::new(ErrorCode::LimitExceededApplication, message))
}

/// The installed application with this id.
pub(super) fn installed(cx: &Context<'_>, id: ApplicationId, whose: Whose) -> Result<Installed, ApiError> {
    let installation = Installation::find(cx.tx(), cx.account(), id)?;
    let installation = installation.filter(|found| is_meant(cx, found, whose));
    let not_installed = || {
        let message = format!("The application `{id}` is not installed: check AppId.");
        ApiError::new(ErrorCode::EntityNotExistApplication, message)
    };
    with_application(cx, installation.ok_or_else(not_installed)?)
}

/// The installed applications, in the order of their ids.
pub(super) fn all_installed(cx: &Context<'_>, whose: Whose) -> Result<Vec<Installed>, ApiError> {
    let all = Installation::all(cx.tx(), cx.account())?.into_iter();
    all.filter(|found| is_meant(cx, found, whose)).map(|found| with_application(cx, found)).collect()
}

fn is_meant(cx: &Context<'_>, found: &Installation, whose: Whose) -> bool {
    whose == Whose::Anybodys || found.owner != cx.account()
}

fn with_application(cx: &Context<'_>, installation: Installation) -> Result<Installed, ApiError> {
    match Application::find_anywhere(cx.tx(), installation.application)? {
        Some((_, application)) => Ok(Installed { installation, application }),
        None => Err(ApiError::internal("an application is installed that does not exist")),
    }
}

/// An installed application as it is shown when it has just been installed.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct ProvisionedView {
    account_id: AccountId,
    app_id: ApplicationId,
    app_name: AppName,
    app_principal_name: String,
    display_name: ShortDisplayName,
    tenant_id: AccountId,
    delegated_scope: DelegatedScope,
    create_date: String,
    update_date: String,
}

/// An answer that holds an application that has just been installed.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ProvisionedApplication {
    application_provision_info: ProvisionedView,
}

/// Installs an application; one that is installed gets other scopes.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ProvisionApplication {
    /// Which application.
    pub app_id: ApplicationId,
    /// What it may learn, with semicolons between; all that it asks for if this is left out.
    pub scopes: Option<Listed<Scope, ';'>>,
}

impl Operation for ProvisionApplication {
    const NAME: &'static str = "ProvisionApplication";
    const ACCESS: Access = Access::Identity;
    type Response = ProvisionedApplication;

    fn resources(&self, caller: &Caller) -> Resources {
        settings_resource(caller.account()).into()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<ProvisionedApplication, ApiError> {
        let asked = self.scopes.as_ref().map(|scopes| scopes.0.as_slice());
        let installed = install(cx, (self.app_id, Whose::Anybodys), asked)?;
        let application_provision_info = ProvisionedView {
            account_id: installed.installation.owner,
            app_id: self.app_id,
            app_principal_name: installed.principal_name(&cx.settings().domain_suffix),
            tenant_id: cx.account(),
            delegated_scope: installed.delegated_scope(),
            create_date: installed.created_at_ms(),
            update_date: installed.updated_at_ms(),
            app_name: installed.application.name,
            display_name: installed.application.display_name,
        };
        Ok(ProvisionedApplication { application_provision_info })
    }
}

/// Removes an installed application from the caller's account.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeprovisionApplication {
    /// Which application.
    pub app_id: ApplicationId,
}

impl Operation for DeprovisionApplication {
    const NAME: &'static str = "DeprovisionApplication";
    const ACCESS: Access = Access::Identity;
    type Response = ();

    fn resources(&self, caller: &Caller) -> Resources {
        settings_resource(caller.account()).into()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<(), ApiError> {
        remove(cx, self.app_id, Whose::Anybodys)
    }
}

/// Removes an installed application.
pub(super) fn remove(cx: &mut Context<'_>, id: ApplicationId, whose: Whose) -> Result<(), ApiError> {
    let tenant = cx.account();
    let found = installed(cx, id, whose)?;
    Ok(found.installation.delete(cx.tx_mut(), tenant)?)
}
