//! Secrets of OAuth applications. They are sealed where they are kept, and can be read again, as the reference has it.

use serde::{Deserialize, Serialize};

use super::application::own_application;
use crate::caller::Caller;
use crate::dispatch::Context;
use crate::env::ALPHANUMERIC;
use crate::error::{ApiError, ErrorCode};
use crate::identifier::ApplicationId;
use crate::model::AppSecret;
use crate::operation::{Access, Entry, Operation, Resources};
use crate::services::ram::access_key_life::shown_once;
use crate::services::ram::password_policy::settings_resource;
use crate::time::Timestamp;
use crate::vault::SecretText;

/// Everything that can be done to a secret.
pub const OPERATIONS: &[Entry] = &[
    Entry::of::<CreateAppSecret>(),
    Entry::of::<GetAppSecret>(),
    Entry::of::<ListAppSecretIds>(),
    Entry::of::<DeleteAppSecret>(),
];

/// How many secrets an application has at most: one in use and one that takes its place. The reference gives no number.
const MOST_SECRETS: usize = 2;
const ID_LENGTH: usize = 16;
const VALUE_LENGTH: usize = 64;

/// A secret with its value.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct WholeSecret {
    app_secret: WholeSecretView,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct WholeSecretView {
    #[serde(flatten)]
    listed: ListedSecret,
    #[serde(serialize_with = "shown_once")]
    app_secret_value: SecretText,
}

impl WholeSecret {
    fn of(secret: AppSecret, app_secret_value: SecretText) -> Self {
        Self { app_secret: WholeSecretView { listed: secret.into(), app_secret_value } }
    }
}

/// A secret without its value.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct ListedSecret {
    app_id: ApplicationId,
    app_secret_id: String,
    create_date: Timestamp,
}

impl From<AppSecret> for ListedSecret {
    fn from(secret: AppSecret) -> Self {
        Self { app_id: secret.application, app_secret_id: secret.id, create_date: secret.created_at }
    }
}

/// Makes a secret.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreateAppSecret {
    /// For which application.
    pub app_id: ApplicationId,
}

impl Operation for CreateAppSecret {
    const NAME: &'static str = "CreateAppSecret";
    const ACCESS: Access = Access::Identity;
    const IS_SENSITIVE: bool = true;
    type Response = WholeSecret;

    fn resources(&self, caller: &Caller) -> Resources {
        settings_resource(caller.account()).into()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<WholeSecret, ApiError> {
        let account = cx.account();
        let application = own_application(cx, self.app_id)?.id;
        if AppSecret::all(cx.tx(), account, application)?.len() >= MOST_SECRETS {
            let message =
                format!("The application has {MOST_SECRETS} secrets, which is its limit: delete one first.");
            return Err(ApiError::new(ErrorCode::LimitExceededAppSecret, message));
        }
        let data_key = cx.core().data_key(&cx.account_record()?)?;
        let id = cx.env().random_text(ALPHANUMERIC, ID_LENGTH);
        let value = SecretText::new(cx.env().random_text(ALPHANUMERIC, VALUE_LENGTH));
        let mut secret = AppSecret::seal(cx.env(), &data_key, id, application, &value);
        secret.created_at = cx.now();
        secret.save(cx.tx_mut(), account);
        cx.note("appSecretId", secret.id.as_str());
        Ok(WholeSecret::of(secret, value))
    }
}

/// Shows a secret with its value.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetAppSecret {
    /// Of which application.
    pub app_id: ApplicationId,
    /// Which secret.
    pub app_secret_id: String,
}

impl Operation for GetAppSecret {
    const NAME: &'static str = "GetAppSecret";
    const ACCESS: Access = Access::Read;
    const IS_SENSITIVE: bool = true;
    type Response = WholeSecret;

    fn resources(&self, caller: &Caller) -> Resources {
        settings_resource(caller.account()).into()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<WholeSecret, ApiError> {
        let secret = existing_secret(cx, self.app_id, &self.app_secret_id)?;
        let data_key = cx.core().data_key(&cx.account_record()?)?;
        let value = secret.value(&data_key)?;
        Ok(WholeSecret::of(secret, value))
    }
}

/// Lists the secrets of an application, without their values.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListAppSecretIds {
    /// Of which application.
    pub app_id: ApplicationId,
}

/// All secrets of an application.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct SecretIds {
    app_secrets: SecretList,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct SecretList {
    app_secret: Vec<ListedSecret>,
}

impl Operation for ListAppSecretIds {
    const NAME: &'static str = "ListAppSecretIds";
    const ACCESS: Access = Access::Read;
    type Response = SecretIds;

    fn resources(&self, caller: &Caller) -> Resources {
        settings_resource(caller.account()).into()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<SecretIds, ApiError> {
        let application = own_application(cx, self.app_id)?.id;
        let all = AppSecret::all(cx.tx(), cx.account(), application)?;
        let app_secret = all.into_iter().map(ListedSecret::from).collect();
        Ok(SecretIds { app_secrets: SecretList { app_secret } })
    }
}

/// Removes a secret.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeleteAppSecret {
    /// Of which application.
    pub app_id: ApplicationId,
    /// Which secret.
    pub app_secret_id: String,
}

impl Operation for DeleteAppSecret {
    const NAME: &'static str = "DeleteAppSecret";
    const ACCESS: Access = Access::Identity;
    type Response = ();

    fn resources(&self, caller: &Caller) -> Resources {
        settings_resource(caller.account()).into()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<(), ApiError> {
        let account = cx.account();
        let secret = existing_secret(cx, self.app_id, &self.app_secret_id)?;
        secret.delete(cx.tx_mut(), account);
        Ok(())
    }
}

fn existing_secret(cx: &Context<'_>, application: ApplicationId, id: &str) -> Result<AppSecret, ApiError> {
    let application = own_application(cx, application)?.id;
    AppSecret::find(cx.tx(), cx.account(), application, id)?.ok_or_else(|| {
        let message = "The application has no secret of this id: check AppSecretId.";
        ApiError::new(ErrorCode::EntityNotExistAppSecret, message)
    })
}
