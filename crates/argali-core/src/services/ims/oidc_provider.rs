//! OIDC providers: issuers whose tokens an account takes for who somebody is.

use serde::{Deserialize, Serialize};

use crate::caller::Caller;
use crate::dispatch::Context;
use crate::error::{ApiError, ErrorCode};
use crate::federation::{ClientId, Fingerprint, IssuerUrl, Listed, ProviderDescription, ProviderName};
use crate::identifier::{AccountId, ProviderId};
use crate::model::{Entity, OidcProvider, Quota};
use crate::name::PageSize;
use crate::operation::{Access, Entry, Operation, ResourceName, Resources};
use crate::time::Timestamp;

/// Everything that can be done to an OIDC provider as a whole.
pub const OPERATIONS: &[Entry] = &[
    Entry::of::<CreateOidcProvider>(),
    Entry::of::<GetOidcProvider>(),
    Entry::of::<ListOidcProviders>(),
    Entry::of::<UpdateOidcProvider>(),
    Entry::of::<DeleteOidcProvider>(),
];

/// How long ago a token may have been issued unless told, in hours.
const DEFAULT_ISSUANCE_LIMIT_H: u32 = 12;
/// The longest that a provider may allow, in hours.
const LONGEST_ISSUANCE_LIMIT_H: i64 = 168;
/// How many client ids a provider may have.
const MOST_CLIENT_IDS: usize = 50;
/// How many fingerprints a provider may have.
const MOST_FINGERPRINTS: usize = 5;

/// A provider as IMS shows it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct OidcProviderView {
    #[serde(rename = "OIDCProviderName")]
    name: ProviderName,
    arn: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<ProviderDescription>,
    issuer_url: IssuerUrl,
    #[serde(skip_serializing_if = "String::is_empty")]
    client_ids: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    fingerprints: String,
    issuance_limit_time: u32,
    create_date: Timestamp,
    update_date: Timestamp,
    /// The same in milliseconds since 1970 UTC.
    gmt_create: String,
    gmt_modified: String,
}

impl OidcProviderView {
    fn of(account: AccountId, provider: OidcProvider) -> Self {
        let joined = |texts: Vec<&str>| texts.join(",");
        Self {
            arn: provider.arn(account),
            client_ids: joined(provider.client_ids.iter().map(ClientId::as_str).collect()),
            fingerprints: joined(provider.fingerprints.iter().map(Fingerprint::as_str).collect()),
            name: provider.name,
            description: provider.description,
            issuer_url: provider.issuer,
            issuance_limit_time: provider.issuance_limit_h,
            create_date: provider.created_at,
            update_date: provider.updated_at,
            gmt_create: provider.created_at.as_millis().to_string(),
            gmt_modified: provider.updated_at.as_millis().to_string(),
        }
    }
}

/// An answer that holds one provider.
#[derive(Debug, Serialize)]
pub struct OneOidcProvider {
    #[serde(rename = "OIDCProvider")]
    provider: OidcProviderView,
}

impl OneOidcProvider {
    pub(super) fn of(account: AccountId, provider: OidcProvider) -> Self {
        Self { provider: OidcProviderView::of(account, provider) }
    }
}

/// Makes a provider. Nobody is let in by it until a role trusts it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreateOidcProvider {
    /// What the provider is called.
    #[serde(rename = "OIDCProviderName")]
    pub name: ProviderName,
    /// Who issues the tokens.
    pub issuer_url: IssuerUrl,
    /// Whom tokens must be meant for, with commas between.
    #[serde(default)]
    pub client_ids: Listed<ClientId>,
    /// Certificates that the issuer's keys must be vouched for by, with commas between.
    #[serde(default)]
    pub fingerprints: Listed<Fingerprint>,
    /// How long ago a token may have been issued, in hours: 1 to 168, 12 unless told.
    pub issuance_limit_time: Option<i64>,
    /// What it is for.
    pub description: Option<ProviderDescription>,
}

impl Operation for CreateOidcProvider {
    const NAME: &'static str = "CreateOIDCProvider";
    const ACCESS: Access = Access::Identity;
    type Response = OneOidcProvider;

    fn resources(&self, caller: &Caller) -> Resources {
        oidc_provider_resource(caller.account(), &self.name).into()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<OneOidcProvider, ApiError> {
        let account = cx.account();
        let issuance_limit_h = issuance_limit(self.issuance_limit_time)?.unwrap_or(DEFAULT_ISSUANCE_LIMIT_H);
        if OidcProvider::find(cx.tx(), account, &self.name)?.is_some() {
            let message = format!(
                "The OIDC provider `{}` already exists: choose another name; case makes no difference.",
                self.name
            );
            return Err(ApiError::new(ErrorCode::EntityAlreadyExistsOidcProvider, message));
        }
        require_new_issuer(cx, &self.issuer_url)?;
        let most = cx.limits().identity_providers;
        if Quota::OidcProviders.used(cx.tx(), account)? >= most {
            let message =
                format!("The account has {most} OIDC providers, which is its limit: delete one first.");
            return Err(ApiError::new(ErrorCode::LimitExceededOidcProvider, message));
        }
        let provider = OidcProvider {
            id: ProviderId::generate(cx.env()),
            name: self.name,
            issuer: self.issuer_url,
            client_ids: self.client_ids.0,
            fingerprints: self.fingerprints.0,
            issuance_limit_h,
            description: self.description,
            created_at: cx.now(),
            updated_at: cx.now(),
        };
        check_counts(&provider)?;
        provider.insert(cx.tx_mut(), account)?;
        Ok(OneOidcProvider::of(account, provider))
    }
}

/// Shows a provider.
#[derive(Debug, Deserialize)]
pub struct GetOidcProvider {
    /// Which provider.
    #[serde(rename = "OIDCProviderName")]
    pub name: ProviderName,
}

impl Operation for GetOidcProvider {
    const NAME: &'static str = "GetOIDCProvider";
    const ACCESS: Access = Access::Read;
    type Response = OneOidcProvider;

    fn resources(&self, caller: &Caller) -> Resources {
        oidc_provider_resource(caller.account(), &self.name).into()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<OneOidcProvider, ApiError> {
        Ok(OneOidcProvider::of(cx.account(), existing_oidc_provider(cx, &self.name)?))
    }
}

/// Lists the OIDC providers of the caller's account, in the order of their names.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListOidcProviders {
    /// Where the previous page ended.
    pub marker: Option<String>,
    /// How many providers a page holds at most: 1 to 100.
    #[serde(default)]
    pub max_items: PageSize<100>,
}

/// A page of providers.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct OidcProviderPage {
    #[serde(rename = "OIDCProviders")]
    providers: OidcProviderList,
    is_truncated: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    marker: Option<String>,
}

#[derive(Debug, Serialize)]
struct OidcProviderList {
    #[serde(rename = "OIDCProvider")]
    provider: Vec<OidcProviderView>,
}

impl Operation for ListOidcProviders {
    const NAME: &'static str = "ListOIDCProviders";
    const ACCESS: Access = Access::Read;
    type Response = OidcProviderPage;

    fn resources(&self, caller: &Caller) -> Resources {
        ResourceName::ram(caller.account(), "oidc-provider/*").into()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<OidcProviderPage, ApiError> {
        let account = cx.account();
        let (providers, marker) = cx.page::<OidcProvider>(self.marker.as_deref(), self.max_items.get())?;
        let provider =
            providers.into_iter().map(|provider| OidcProviderView::of(account, provider)).collect();
        Ok(OidcProviderPage {
            providers: OidcProviderList { provider },
            is_truncated: marker.is_some(),
            marker,
        })
    }
}

/// Changes a provider. What is left out stays as it is; sessions end that only a client id which goes stood for.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UpdateOidcProvider {
    /// Which provider.
    #[serde(rename = "OIDCProviderName")]
    pub name: ProviderName,
    /// Other client ids in place of those before, with commas between.
    pub client_ids: Option<Listed<ClientId>>,
    /// How long ago a token may have been issued, in hours: 1 to 168.
    pub issuance_limit_time: Option<i64>,
    /// What it is for.
    pub new_description: Option<ProviderDescription>,
}

impl Operation for UpdateOidcProvider {
    const NAME: &'static str = "UpdateOIDCProvider";
    const ACCESS: Access = Access::Identity;
    type Response = OneOidcProvider;

    fn resources(&self, caller: &Caller) -> Resources {
        oidc_provider_resource(caller.account(), &self.name).into()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<OneOidcProvider, ApiError> {
        let issuance_limit_h = issuance_limit(self.issuance_limit_time)?;
        changed(cx, &self.name, |provider| {
            if let Some(Listed(client_ids)) = self.client_ids {
                provider.client_ids = client_ids;
            }
            if let Some(hours) = issuance_limit_h {
                provider.issuance_limit_h = hours;
            }
            if let Some(description) = self.new_description {
                provider.description = Some(description);
            }
        })
    }
}

/// Removes a provider, and ends the sessions that began with its tokens.
#[derive(Debug, Deserialize)]
pub struct DeleteOidcProvider {
    /// Which provider.
    #[serde(rename = "OIDCProviderName")]
    pub name: ProviderName,
}

impl Operation for DeleteOidcProvider {
    const NAME: &'static str = "DeleteOIDCProvider";
    const ACCESS: Access = Access::Identity;
    type Response = ();

    fn resources(&self, caller: &Caller) -> Resources {
        oidc_provider_resource(caller.account(), &self.name).into()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<(), ApiError> {
        let account = cx.account();
        let provider = existing_oidc_provider(cx, &self.name)?;
        Ok(provider.delete(cx.tx_mut(), account)?)
    }
}

/// The provider as something that permission is needed for.
pub(in crate::services) fn oidc_provider_resource(account: AccountId, name: &ProviderName) -> ResourceName {
    ResourceName::ram(account, format!("oidc-provider/{name}"))
}

/// Changes the provider of this name, within its limits, and shows it.
pub(super) fn changed(
    cx: &mut Context<'_>,
    name: &ProviderName,
    change: impl FnOnce(&mut OidcProvider),
) -> Result<OneOidcProvider, ApiError> {
    let account = cx.account();
    let mut provider = existing_oidc_provider(cx, name)?;
    change(&mut provider);
    check_counts(&provider)?;
    provider.updated_at = cx.now();
    provider.save(cx.tx_mut(), account);
    Ok(OneOidcProvider::of(account, provider))
}

/// The provider of this name, or `EntityNotExist.OIDCProvider`.
pub(in crate::services) fn existing_oidc_provider(
    cx: &Context<'_>,
    name: &ProviderName,
) -> Result<OidcProvider, ApiError> {
    OidcProvider::find(cx.tx(), cx.account(), name)?.ok_or_else(|| {
        let message = format!("The OIDC provider `{name}` does not exist: check OIDCProviderName.");
        ApiError::new(ErrorCode::EntityNotExistOidcProvider, message)
    })
}

/// An issuer has one provider in an account, so that a token belongs to one.
// SPEC: limits, names: the issuer URL is unique in its account.
fn require_new_issuer(cx: &Context<'_>, issuer: &IssuerUrl) -> Result<(), ApiError> {
    let all = OidcProvider::page(cx.tx(), cx.account(), None, usize::MAX - 1)?;
    match all.records.iter().find(|provider| provider.issuer == *issuer) {
        None => Ok(()),
        Some(provider) => {
            let message = format!(
                "The issuer `{issuer}` already has the OIDC provider `{}`: use or delete that one.",
                provider.name
            );
            Err(ApiError::new(ErrorCode::EntityAlreadyExistsOidcProvider, message))
        }
    }
}

fn issuance_limit(asked_h: Option<i64>) -> Result<Option<u32>, ApiError> {
    let Some(asked_h) = asked_h else { return Ok(None) };
    match u32::try_from(asked_h) {
        Ok(hours) if (1..=LONGEST_ISSUANCE_LIMIT_H).contains(&asked_h) => Ok(Some(hours)),
        _ => {
            let message = format!("IssuanceLimitTime must be 1 to {LONGEST_ISSUANCE_LIMIT_H} hours.");
            Err(ApiError::invalid("IssuanceLimitTime", message))
        }
    }
}

fn check_counts(provider: &OidcProvider) -> Result<(), ApiError> {
    let refuse = |code, most: usize, what: &str| {
        let message = format!("An OIDC provider has at most {most} {what}: remove one first.");
        Err(ApiError::new(code, message))
    };
    if provider.client_ids.len() > MOST_CLIENT_IDS {
        return refuse(ErrorCode::LimitExceededOidcProviderClientId, MOST_CLIENT_IDS, "client ids");
    }
    if provider.fingerprints.len() > MOST_FINGERPRINTS {
        return refuse(ErrorCode::LimitExceededOidcProviderFingerprint, MOST_FINGERPRINTS, "fingerprints");
    }
    Ok(())
}
