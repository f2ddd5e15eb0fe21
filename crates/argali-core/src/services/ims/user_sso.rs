//! Whether and how the users of an account come in through an identity provider of theirs.

use argali_protocol::{Invalid, Reason};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Deserializer, Serialize};

use super::metadata::checked_metadata;
use crate::caller::Caller;
use crate::dispatch::Context;
use crate::error::ApiError;
use crate::federation::SignatureAlgorithm;
use crate::model::UserSso;
use crate::operation::{Access, Entry, Operation, ResourceName, Resources};

/// Everything that can be done to the settings.
pub const OPERATIONS: &[Entry] = &[Entry::of::<GetUserSsoSettings>(), Entry::of::<SetUserSsoSettings>()];

/// The settings as IMS shows them.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct UserSsoView {
    sso_enabled: bool,
    sso_login_with_domain: bool,
    authn_sign_algo: SignatureAlgorithm,
    #[serde(skip_serializing_if = "Option::is_none")]
    metadata_document: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    auxiliary_domain: Option<String>,
}

/// An answer that holds the settings.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct OneUserSso {
    user_sso_settings: UserSsoView,
}

impl From<UserSso> for OneUserSso {
    fn from(settings: UserSso) -> Self {
        let user_sso_settings = UserSsoView {
            sso_enabled: settings.enabled,
            sso_login_with_domain: settings.login_with_domain,
            authn_sign_algo: settings.signature_algorithm,
            metadata_document: settings.metadata.map(|document| STANDARD.encode(document)),
            auxiliary_domain: settings.auxiliary_domain,
        };
        Self { user_sso_settings }
    }
}

/// Shows the settings.
#[derive(Debug, Deserialize)]
pub struct GetUserSsoSettings {}

impl Operation for GetUserSsoSettings {
    const NAME: &'static str = "GetUserSsoSettings";
    const ACCESS: Access = Access::Read;
    type Response = OneUserSso;

    fn resources(&self, caller: &Caller) -> Resources {
        ResourceName::ram(caller.account(), "*").into()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<OneUserSso, ApiError> {
        Ok(UserSso::of(cx.tx(), cx.account())?.into())
    }
}

/// Makes the settings. What is left out becomes its default; a metadata document and a domain stay.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SetUserSsoSettings {
    /// What the identity provider says of itself, as XML in base64.
    pub metadata_document: Option<String>,
    /// Whether users come in through the provider.
    #[serde(default)]
    pub sso_enabled: bool,
    /// Whether the provider names users with their domain; it does unless told.
    pub sso_login_with_domain: Option<bool>,
    /// A domain that may stand for the account's own; an empty one removes it.
    pub auxiliary_domain: Option<AuxiliaryDomain>,
    /// How requests to the provider are signed.
    #[serde(default)]
    pub authn_sign_algo: SignatureAlgorithm,
}

/// A domain such as `example.com`, or nothing.
#[derive(Debug)]
pub struct AuxiliaryDomain(Option<String>);

impl<'de> Deserialize<'de> for AuxiliaryDomain {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        if text.is_empty() {
            return Ok(Self(None));
        }
        let in_label = |c: char| c.is_ascii_alphanumeric() || c == '-';
        let is_label = |label: &str| {
            (1..=63).contains(&label.len())
                && label.chars().all(in_label)
                && !label.starts_with('-')
                && !label.ends_with('-')
        };
        if text.len() > 253 || !text.contains('.') || !text.split('.').all(is_label) {
            let message = "write a domain such as `example.com`";
            return Err(serde::de::Error::custom(Invalid::new(Reason::Value, message)));
        }
        Ok(Self(Some(text)))
    }
}

impl Operation for SetUserSsoSettings {
    const NAME: &'static str = "SetUserSsoSettings";
    const ACCESS: Access = Access::Identity;
    const IS_SENSITIVE: bool = true;
    type Response = OneUserSso;

    fn resources(&self, caller: &Caller) -> Resources {
        ResourceName::ram(caller.account(), "*").into()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<OneUserSso, ApiError> {
        let account = cx.account();
        let metadata = checked_metadata("MetadataDocument", self.metadata_document.as_deref())?;
        let before = UserSso::of(cx.tx(), account)?;
        let settings = UserSso {
            enabled: self.sso_enabled,
            login_with_domain: self.sso_login_with_domain.unwrap_or(true),
            metadata: metadata.or(before.metadata),
            auxiliary_domain: self.auxiliary_domain.map_or(before.auxiliary_domain, |domain| domain.0),
            signature_algorithm: self.authn_sign_algo,
        };
        if settings.enabled && settings.metadata.is_none() {
            let message =
                "Users can come in through a provider only once its MetadataDocument is known: send it.";
            return Err(ApiError::invalid("MetadataDocument", message));
        }
        settings.save(cx.tx_mut(), account);
        Ok(settings.into())
    }
}
