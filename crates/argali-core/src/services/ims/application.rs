//! OAuth applications: programs that would log people on. They are kept and shown; nobody logs on through one.
//!
//! Permission is needed for the account as a whole: the reference tells no applications apart in policies.

use serde::{Deserialize, Serialize};

use super::application_settings::{
    access_token_validity, checked_redirect_uris, default_refresh_token_validity, granted_scopes,
    is_multi_tenant_unless_told, needs_secret, refresh_token_validity, require,
};
use super::application_view::{ApplicationView, OneApplication, PredefinedScope, PredefinedScopes};
use crate::application::{OAuthVersion, RedirectUri, Scope};
use crate::caller::Caller;
use crate::dispatch::Context;
use crate::error::{ApiError, ErrorCode};
use crate::federation::Listed;
use crate::identifier::ApplicationId;
use crate::model::{Application, Entity, Quota};
use crate::name::{AppName, AppType, ShortDisplayName};
use crate::operation::{Access, Entry, Operation, Resources};
use crate::services::ram::password_policy::settings_resource;

/// Everything that can be done to an application.
pub const OPERATIONS: &[Entry] = &[
    Entry::of::<CreateApplication>(),
    Entry::of::<GetApplication>(),
    Entry::of::<ListApplications>(),
    Entry::of::<UpdateApplication>(),
    Entry::of::<DeleteApplication>(),
    Entry::of::<ListPredefinedScopes>(),
];

/// How many applications an account has at most. The reference gives no number.
const MOST_APPLICATIONS: u64 = 100;

/// Makes an application. It has no secret until one is made.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreateApplication {
    /// What the application is called in its account; its id if it is left out.
    pub app_name: Option<AppName>,
    /// What it is called for people.
    pub display_name: ShortDisplayName,
    /// What kind of program it is.
    pub app_type: AppType,
    /// What it speaks.
    #[serde(default)]
    pub protocol_version: OAuthVersion,
    /// Where it takes people back to, with semicolons between.
    #[serde(default)]
    pub redirect_uris: Listed<RedirectUri, ';'>,
    /// What it may learn besides `openid`, with semicolons between.
    #[serde(default)]
    pub predefined_scopes: Listed<Scope, ';'>,
    /// Which of these cannot be left out, with semicolons between.
    #[serde(default)]
    pub required_scopes: Listed<Scope, ';'>,
    /// For how many seconds access tokens would hold: 900 to 10,800.
    pub access_token_validity: Option<i64>,
    /// For how many seconds refresh tokens would hold: 7,200 to 31,536,000.
    pub refresh_token_validity: Option<i64>,
    /// Whether other accounts may install it; if it is not told, only what is no web application.
    pub is_multi_tenant: Option<bool>,
    /// Whether it must show a secret: a native application's choice, the others must.
    pub secret_required: Option<bool>,
}

impl Operation for CreateApplication {
    const NAME: &'static str = "CreateApplication";
    const ACCESS: Access = Access::Identity;
    type Response = OneApplication;

    fn resources(&self, caller: &Caller) -> Resources {
        settings_resource(caller.account()).into()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<OneApplication, ApiError> {
        let (account, kind) = (cx.account(), self.app_type);
        let access = access_token_validity("AccessTokenValidity", self.access_token_validity)?;
        let refresh = refresh_token_validity("RefreshTokenValidity", self.refresh_token_validity)?;
        let redirect_uris = checked_redirect_uris("RedirectUris", self.redirect_uris)?;
        let id = ApplicationId::generate(cx.env());
        let name = match self.app_name {
            Some(name) => name,
            None => id.to_string().parse().map_err(|_| ApiError::internal("an id is no name"))?,
        };
        if Application::find(cx.tx(), account, &name)?.is_some() {
            let message = format!(
                "The application `{name}` already exists: choose another AppName; case makes no difference."
            );
            return Err(ApiError::new(ErrorCode::EntityAlreadyExistsApplication, message));
        }
        if Quota::Applications.used(cx.tx(), account)? >= MOST_APPLICATIONS {
            let message = format!(
                "The account has {MOST_APPLICATIONS} applications, which is its limit: delete one first."
            );
            return Err(ApiError::new(ErrorCode::LimitExceededApplication, message));
        }
        let application = Application {
            id,
            name,
            display_name: self.display_name,
            kind,
            protocol: self.protocol_version,
            redirect_uris,
            scopes: granted_scopes(&self.predefined_scopes.0, |scope| {
                self.required_scopes.0.contains(&scope)
            }),
            access_token_validity_s: access.unwrap_or(3_600),
            refresh_token_validity_s: refresh.unwrap_or(default_refresh_token_validity(kind)),
            is_multi_tenant: self.is_multi_tenant.unwrap_or(is_multi_tenant_unless_told(kind)),
            secret_required: needs_secret(kind, self.secret_required.unwrap_or_default()),
            created_at: cx.now(),
            updated_at: cx.now(),
        };
        application.insert(cx.tx_mut(), account)?;
        cx.note("appId", application.id.to_string());
        Ok(OneApplication { application: ApplicationView::of(account, application) })
    }
}

/// Shows an application of the caller's account.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetApplication {
    /// Which application.
    pub app_id: ApplicationId,
}

impl Operation for GetApplication {
    const NAME: &'static str = "GetApplication";
    const ACCESS: Access = Access::Read;
    type Response = OneApplication;

    fn resources(&self, caller: &Caller) -> Resources {
        settings_resource(caller.account()).into()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<OneApplication, ApiError> {
        let application = own_application(cx, self.app_id)?;
        Ok(OneApplication { application: ApplicationView::of(cx.account(), application) })
    }
}

/// Lists the applications of the caller's account, in the order of their names.
#[derive(Debug, Deserialize)]
pub struct ListApplications {}

/// All applications.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Applications {
    applications: ApplicationList,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct ApplicationList {
    application: Vec<ApplicationView>,
}

impl Operation for ListApplications {
    const NAME: &'static str = "ListApplications";
    const ACCESS: Access = Access::Read;
    type Response = Applications;

    fn resources(&self, caller: &Caller) -> Resources {
        settings_resource(caller.account()).into()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<Applications, ApiError> {
        let account = cx.account();
        let all = Application::page(cx.tx(), account, None, usize::MAX - 1)?.records.into_iter();
        let application = all.map(|application| ApplicationView::of(account, application)).collect();
        Ok(Applications { applications: ApplicationList { application } })
    }
}

/// Changes an application. What is left out stays as it is.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UpdateApplication {
    /// Which application.
    pub app_id: ApplicationId,
    /// What it is called for people.
    pub new_display_name: Option<ShortDisplayName>,
    /// Where it takes people back to, in place of all before, with semicolons between.
    pub new_redirect_uris: Option<Listed<RedirectUri, ';'>>,
    /// What it may learn besides `openid`, in place of all before, with semicolons between.
    pub new_predefined_scopes: Option<Listed<Scope, ';'>>,
    /// Which of these cannot be left out, in place of all before, with semicolons between.
    pub new_required_scopes: Option<Listed<Scope, ';'>>,
    /// For how many seconds access tokens would hold: 900 to 10,800.
    pub new_access_token_validity: Option<i64>,
    /// For how many seconds refresh tokens would hold: 7,200 to 31,536,000.
    pub new_refresh_token_validity: Option<i64>,
    /// Whether other accounts may install it. Where it is installed it stays.
    pub new_is_multi_tenant: Option<bool>,
    /// Whether a native application must show a secret.
    pub new_secret_required: Option<bool>,
}

impl Operation for UpdateApplication {
    const NAME: &'static str = "UpdateApplication";
    const ACCESS: Access = Access::Identity;
    type Response = OneApplication;

    fn resources(&self, caller: &Caller) -> Resources {
        settings_resource(caller.account()).into()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<OneApplication, ApiError> {
        let account = cx.account();
        let access = access_token_validity("NewAccessTokenValidity", self.new_access_token_validity)?;
        let refresh = refresh_token_validity("NewRefreshTokenValidity", self.new_refresh_token_validity)?;
        let redirect_uris = self.new_redirect_uris.map(|uris| checked_redirect_uris("NewRedirectUris", uris));
        let redirect_uris = redirect_uris.transpose()?;
        let mut application = own_application(cx, self.app_id)?;
        if let Some(Listed(scopes)) = self.new_predefined_scopes {
            let before = application.scopes;
            application.scopes = granted_scopes(&scopes, |scope| {
                before.iter().any(|granted| granted.scope == scope && granted.required)
            });
        }
        if let Some(Listed(required)) = self.new_required_scopes {
            require(&mut application.scopes, &required);
        }
        let kind = application.kind;
        application.display_name = self.new_display_name.unwrap_or(application.display_name);
        application.redirect_uris = redirect_uris.unwrap_or(application.redirect_uris);
        application.access_token_validity_s = access.unwrap_or(application.access_token_validity_s);
        application.refresh_token_validity_s = refresh.unwrap_or(application.refresh_token_validity_s);
        application.is_multi_tenant = self.new_is_multi_tenant.unwrap_or(application.is_multi_tenant);
        let wants_secret = self.new_secret_required.unwrap_or(application.secret_required);
        application.secret_required = needs_secret(kind, wants_secret);
        application.updated_at = cx.now();
        application.save(cx.tx_mut(), account);
        Ok(OneApplication { application: ApplicationView::of(account, application) })
    }
}

/// Removes an application with its secrets, here and wherever it is installed.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeleteApplication {
    /// Which application.
    pub app_id: ApplicationId,
}

impl Operation for DeleteApplication {
    const NAME: &'static str = "DeleteApplication";
    const ACCESS: Access = Access::Identity;
    type Response = ();

    fn resources(&self, caller: &Caller) -> Resources {
        settings_resource(caller.account()).into()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<(), ApiError> {
        let account = cx.account();
        let application = own_application(cx, self.app_id)?;
        Ok(application.delete(cx.tx_mut(), account)?)
    }
}

/// Lists the scopes that applications can have: the same for all types of them.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListPredefinedScopes {
    /// For which type of application.
    pub app_type: Option<AppType>,
}

/// All scopes.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct AllScopes {
    predefined_scopes: PredefinedScopes,
}

impl Operation for ListPredefinedScopes {
    const NAME: &'static str = "ListPredefinedScopes";
    const ACCESS: Access = Access::Read;
    type Response = AllScopes;

    fn resources(&self, caller: &Caller) -> Resources {
        settings_resource(caller.account()).into()
    }

    fn run(self, _cx: &mut Context<'_>) -> Result<AllScopes, ApiError> {
        let all = Scope::ALL.iter().copied().map(PredefinedScope::of);
        Ok(AllScopes { predefined_scopes: PredefinedScopes::of(all) })
    }
}

/// The application of the caller's account with this id.
pub(super) fn own_application(cx: &Context<'_>, id: ApplicationId) -> Result<Application, ApiError> {
    Application::find_by_id(cx.tx(), cx.account(), id.number())?.ok_or_else(|| no_application(id))
}

/// That there is no such application, as far as the caller may know.
pub(super) fn no_application(id: ApplicationId) -> ApiError {
    let message = format!("The application `{id}` does not exist: check AppId.");
    ApiError::new(ErrorCode::EntityNotExistApplication, message)
}
