//! SAML providers: identity providers whose assertions an account takes for who somebody is.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use super::metadata::checked_metadata;
use crate::caller::Caller;
use crate::dispatch::Context;
use crate::error::{ApiError, ErrorCode};
use crate::federation::{ProviderDescription, ProviderName, SignatureAlgorithm};
use crate::identifier::{AccountId, ProviderId};
use crate::model::{Entity, Quota, SamlProvider};
use crate::name::PageSize;
use crate::operation::{Access, Entry, Operation, ResourceName, Resources};
use crate::time::Timestamp;

/// Everything that can be done to a SAML provider.
pub const OPERATIONS: &[Entry] = &[
    Entry::of::<CreateSamlProvider>(),
    Entry::of::<GetSamlProvider>(),
    Entry::of::<ListSamlProviders>(),
    Entry::of::<UpdateSamlProvider>(),
    Entry::of::<DeleteSamlProvider>(),
];

/// A provider as IMS shows it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct SamlProviderView {
    #[serde(rename = "SAMLProviderName")]
    name: ProviderName,
    arn: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<ProviderDescription>,
    /// Not in listings.
    #[serde(skip_serializing_if = "Option::is_none")]
    authn_sign_algo: Option<SignatureAlgorithm>,
    /// Only where one provider is asked for.
    #[serde(rename = "EncodedSAMLMetadataDocument", skip_serializing_if = "Option::is_none")]
    metadata: Option<String>,
    create_date: Timestamp,
    update_date: Timestamp,
}

impl SamlProviderView {
    fn whole(account: AccountId, provider: SamlProvider) -> Self {
        let metadata = provider.metadata.as_deref().map(|document| STANDARD.encode(document));
        Self { metadata, ..Self::changed(account, provider) }
    }

    fn changed(account: AccountId, provider: SamlProvider) -> Self {
        let authn_sign_algo = Some(provider.signature_algorithm);
        Self { authn_sign_algo, ..Self::listed(account, provider) }
    }

    fn listed(account: AccountId, provider: SamlProvider) -> Self {
        Self {
            arn: provider.arn(account),
            name: provider.name,
            description: provider.description,
            authn_sign_algo: None,
            metadata: None,
            create_date: provider.created_at,
            update_date: provider.updated_at,
        }
    }
}

/// An answer that holds one provider.
#[derive(Debug, Serialize)]
pub struct OneSamlProvider {
    #[serde(rename = "SAMLProvider")]
    provider: SamlProviderView,
}

/// Makes a provider. Nobody is let in by it until a role trusts it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreateSamlProvider {
    /// What the provider is called.
    #[serde(rename = "SAMLProviderName")]
    pub name: ProviderName,
    /// What it says of itself, as XML in base64.
    #[serde(rename = "EncodedSAMLMetadataDocument")]
    pub metadata: Option<String>,
    /// What it is for.
    pub description: Option<ProviderDescription>,
    /// How requests to it are signed.
    #[serde(default)]
    pub authn_sign_algo: SignatureAlgorithm,
}

impl Operation for CreateSamlProvider {
    const NAME: &'static str = "CreateSAMLProvider";
    const ACCESS: Access = Access::Identity;
    type Response = OneSamlProvider;

    fn resources(&self, caller: &Caller) -> Resources {
        saml_provider_resource(caller.account(), &self.name).into()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<OneSamlProvider, ApiError> {
        let account = cx.account();
        let metadata = checked_metadata("EncodedSAMLMetadataDocument", self.metadata.as_deref())?;
        if SamlProvider::find(cx.tx(), account, &self.name)?.is_some() {
            let message = format!(
                "The SAML provider `{}` already exists: choose another name; case makes no difference.",
                self.name
            );
            return Err(ApiError::new(ErrorCode::EntityAlreadyExistsSamlProvider, message));
        }
        let most = cx.limits().identity_providers;
        if Quota::SamlProviders.used(cx.tx(), account)? >= most {
            let message =
                format!("The account has {most} SAML providers, which is its limit: delete one first.");
            return Err(ApiError::new(ErrorCode::LimitExceededSamlProvider, message));
        }
        let provider = SamlProvider {
            id: ProviderId::generate(cx.env()),
            name: self.name,
            metadata,
            signature_algorithm: self.authn_sign_algo,
            description: self.description,
            created_at: cx.now(),
            updated_at: cx.now(),
        };
        provider.insert(cx.tx_mut(), account)?;
        Ok(OneSamlProvider { provider: SamlProviderView::changed(account, provider) })
    }
}

/// Shows a provider.
#[derive(Debug, Deserialize)]
pub struct GetSamlProvider {
    /// Which provider.
    #[serde(rename = "SAMLProviderName")]
    pub name: ProviderName,
}

impl Operation for GetSamlProvider {
    const NAME: &'static str = "GetSAMLProvider";
    const ACCESS: Access = Access::Read;
    type Response = OneSamlProvider;

    fn resources(&self, caller: &Caller) -> Resources {
        saml_provider_resource(caller.account(), &self.name).into()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<OneSamlProvider, ApiError> {
        let provider = existing_saml_provider(cx, &self.name)?;
        Ok(OneSamlProvider { provider: SamlProviderView::whole(cx.account(), provider) })
    }
}

/// Lists the SAML providers of the caller's account, in the order of their names.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListSamlProviders {
    /// Where the previous page ended.
    pub marker: Option<String>,
    /// How many providers a page holds at most: 1 to 100.
    #[serde(default)]
    pub max_items: PageSize<100>,
}

/// A page of providers.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct SamlProviderPage {
    #[serde(rename = "SAMLProviders")]
    providers: SamlProviderList,
    is_truncated: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    marker: Option<String>,
}

#[derive(Debug, Serialize)]
struct SamlProviderList {
    #[serde(rename = "SAMLProvider")]
    provider: Vec<SamlProviderView>,
}

impl Operation for ListSamlProviders {
    const NAME: &'static str = "ListSAMLProviders";
    const ACCESS: Access = Access::Read;
    type Response = SamlProviderPage;

    fn resources(&self, caller: &Caller) -> Resources {
        ResourceName::ram(caller.account(), "saml-provider/*").into()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<SamlProviderPage, ApiError> {
        let account = cx.account();
        let (providers, marker) = cx.page::<SamlProvider>(self.marker.as_deref(), self.max_items.get())?;
        let provider =
            providers.into_iter().map(|provider| SamlProviderView::listed(account, provider)).collect();
        Ok(SamlProviderPage {
            providers: SamlProviderList { provider },
            is_truncated: marker.is_some(),
            marker,
        })
    }
}

/// Changes a provider. What is left out stays as it is.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UpdateSamlProvider {
    /// Which provider.
    #[serde(rename = "SAMLProviderName")]
    pub name: ProviderName,
    /// What it says of itself now, as XML in base64.
    #[serde(rename = "NewEncodedSAMLMetadataDocument")]
    pub metadata: Option<String>,
    /// What it is for.
    pub new_description: Option<ProviderDescription>,
    /// How requests to it are signed.
    pub authn_sign_algo: Option<SignatureAlgorithm>,
}

impl Operation for UpdateSamlProvider {
    const NAME: &'static str = "UpdateSAMLProvider";
    const ACCESS: Access = Access::Identity;
    type Response = OneSamlProvider;

    fn resources(&self, caller: &Caller) -> Resources {
        saml_provider_resource(caller.account(), &self.name).into()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<OneSamlProvider, ApiError> {
        let account = cx.account();
        let metadata = checked_metadata("NewEncodedSAMLMetadataDocument", self.metadata.as_deref())?;
        let mut provider = existing_saml_provider(cx, &self.name)?;
        provider.metadata = metadata.or(provider.metadata);
        provider.description = self.new_description.or(provider.description);
        provider.signature_algorithm = self.authn_sign_algo.unwrap_or(provider.signature_algorithm);
        provider.updated_at = cx.now();
        provider.save(cx.tx_mut(), account);
        Ok(OneSamlProvider { provider: SamlProviderView::changed(account, provider) })
    }
}

/// Removes a provider.
#[derive(Debug, Deserialize)]
pub struct DeleteSamlProvider {
    /// Which provider.
    #[serde(rename = "SAMLProviderName")]
    pub name: ProviderName,
}

impl Operation for DeleteSamlProvider {
    const NAME: &'static str = "DeleteSAMLProvider";
    const ACCESS: Access = Access::Identity;
    type Response = ();

    fn resources(&self, caller: &Caller) -> Resources {
        saml_provider_resource(caller.account(), &self.name).into()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<(), ApiError> {
        let account = cx.account();
        let provider = existing_saml_provider(cx, &self.name)?;
        Ok(provider.delete(cx.tx_mut(), account)?)
    }
}

fn saml_provider_resource(account: AccountId, name: &ProviderName) -> ResourceName {
    ResourceName::ram(account, format!("saml-provider/{name}"))
}

fn existing_saml_provider(cx: &Context<'_>, name: &ProviderName) -> Result<SamlProvider, ApiError> {
    SamlProvider::find(cx.tx(), cx.account(), name)?.ok_or_else(|| {
        let message = format!("The SAML provider `{name}` does not exist: check SAMLProviderName.");
        ApiError::new(ErrorCode::EntityNotExistSamlProvider, message)
    })
}
