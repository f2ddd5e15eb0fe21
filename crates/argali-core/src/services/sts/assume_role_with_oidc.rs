//! Taking on a role with the token of an OIDC provider: the role's trust policy alone decides.
//!
//! Nobody signs such a call, so whoever makes it is a stranger until its token has been verified. Before that, all that
//! it learns is what follows from the token itself; whether there is such a provider, whose it is and what it takes is
//! the same refusal. The record of the call, which the role's account can read, says what was wrong.
// SPEC: evaluation, AssumeRole: role SSO; security, requests, R10.

use argali_policy::{Document, Policies, evaluate_assume_role};
use serde::{Deserialize, Serialize};

use super::arn::{OidcProviderArn, RoleArn};
use super::oidc_trust::FederatedQuestion;
use super::session::{AssumedRoleUser, Credentials, check_session_policy, issue, session_end};
use crate::audit::CallerRecord;
use crate::diagnosis::{PrincipalRecord, Refused};
use crate::dispatch::{Brought, Errand, OpenContext};
use crate::error::{ApiError, ErrorCode};
use crate::federation::{BadToken, ClientId, OidcToken, TokenClaims, WantedKeys};
use crate::identifier::AccountId;
use crate::model::{Account, AccountStatus, Entity, OidcProvider, Role, generation};
use crate::name::SessionName;
use crate::operation::{Access, Entry, OpenOperation};
use crate::session::{Circumstances, Claims, Federation, SessionId, Source};
use crate::time::Timestamp;

/// Everything that begins a session with a token.
pub const OPERATIONS: &[Entry] = &[Entry::open::<AssumeRoleWithOidc>()];

/// How such a caller is called in records and refusals.
// SPEC: wire protocol, AccessDeniedDetail.
const KIND: &str = "Federated";

/// Begins a session of a role.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AssumeRoleWithOidc {
    /// Which role.
    pub role_arn: RoleArn,
    /// Who stands for the caller: a provider of the role's account.
    #[serde(rename = "OIDCProviderArn")]
    pub provider_arn: OidcProviderArn,
    /// What the provider's issuer gave to the caller.
    #[serde(rename = "OIDCToken")]
    pub token: OidcToken,
    /// What the session is called in records.
    pub role_session_name: SessionName,
    /// How long it lasts, in seconds: 900 up to the role's longest.
    pub duration_seconds: Option<i64>,
    /// What the session may do at most, besides what the role may.
    pub policy: Option<String>,
}

/// A session that was begun.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct AssumedRoleWithOidc {
    assumed_role_user: AssumedRoleUser,
    credentials: Credentials,
    #[serde(rename = "OIDCTokenInfo")]
    token: TokenInfo,
}

/// What the token said.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct TokenInfo {
    issuer: String,
    subject: String,
    client_ids: String,
    issuance_time: Timestamp,
    expiration_time: Timestamp,
    verification_info: &'static str,
}

impl OpenOperation for AssumeRoleWithOidc {
    const NAME: &'static str = "AssumeRoleWithOIDC";
    const ACCESS: Access = Access::Session;
    const HAS_ERRAND: bool = true;
    type Response = AssumedRoleWithOidc;

    fn errand(&self, cx: &OpenContext<'_>) -> Result<Errand, ApiError> {
        // Whatever is wrong is found again, and recorded, when the operation runs.
        let Ok(claims) = self.plausible(cx) else { return Ok(Errand::Nothing) };
        match self.provider_of(cx, &claims) {
            Ok((provider, _)) => Ok(Errand::FetchKeys(WantedKeys {
                provider: provider.id,
                issuer: provider.issuer,
                pins: provider.fingerprints,
                key_id: self.token.key_id(),
                now: cx.now(),
            })),
            Err(Denial::Unproven(_)) => Ok(Errand::Nothing),
            Err(Denial::Failed(error)) => Err(error),
        }
    }

    fn run(self, cx: &mut OpenContext<'_>) -> Result<AssumedRoleWithOidc, ApiError> {
        let account = self.role_arn.account;
        cx.concerns(account);
        cx.note("roleArn", self.role_arn.to_string());
        cx.note("roleSessionName", self.role_session_name.as_str());
        cx.note("oidcProviderArn", self.provider_arn.to_string());
        let unverified = self.plausible(cx)?;
        let (provider, audiences, claims) = match self.verified(cx, &unverified) {
            Ok(verified) => verified,
            Err(Denial::Unproven(reason)) => return Err(unproven(cx, &reason)),
            Err(Denial::Failed(error)) => return Err(error),
        };
        let federation = Federation {
            provider: provider.id,
            provider_name: provider.name.clone(),
            issuer: provider.issuer.clone(),
            subject: claims.subject.clone(),
            audiences,
        };
        cx.acts_as(caller_record(account, &provider, &claims));
        cx.note("oidcIssuer", claims.issuer.as_str());
        cx.note("oidcSubject", claims.subject.as_str());
        // What is told from here on, the issuer's own people learn.
        claims.check_age(cx.now(), provider.issuance_limit_h).map_err(refused)?;
        let origin = cx.origin();
        let circumstances = Circumstances {
            source_ip: origin.source_ip,
            secure_transport: origin.secure_transport,
            mfa_present: None,
            external_id: None,
        };
        let role = self.trusting_role(cx, &provider, &federation, &circumstances)?;
        let token = TokenInfo::new(&claims, &federation.audiences);
        let claims = Claims {
            session_id: SessionId::generate(cx.env()),
            account,
            role_id: role.id,
            session_name: self.role_session_name,
            source_identity: None,
            issued_at: cx.now(),
            issue_revision: vec![(account, generation(cx.tx(), account)?)],
            ends_at: session_end(cx, &role, self.duration_seconds)?,
            role_name: role.name,
            policy: self.policy,
            circumstances,
            source: Source::Federated(Box::new(federation)),
            in_console: false,
        };
        let (assumed_role_user, credentials) = issue(cx, &claims)?;
        Ok(AssumedRoleWithOidc { assumed_role_user, credentials, token })
    }
}

/// Why a token that could be good is not taken.
enum Denial {
    /// Nothing shows that it is, for a reason that is for the record alone.
    Unproven(String),
    /// That cannot be found out.
    Failed(ApiError),
}

impl<E: Into<ApiError>> From<E> for Denial {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

impl AssumeRoleWithOidc {
    /// What the token says, if the call and the token could be good, whatever there is in any account.
    fn plausible(&self, cx: &OpenContext<'_>) -> Result<TokenClaims, ApiError> {
        check_session_policy(cx, self.policy.as_deref())?;
        if self.provider_arn.account != self.role_arn.account {
            let message = "The OIDC provider must belong to the account of the role: check OIDCProviderArn.";
            return Err(ApiError::invalid("OIDCProviderArn", message));
        }
        let claims = self.token.unverified().map_err(refused)?;
        claims.check_times(cx.now()).map_err(refused)?;
        Ok(claims)
    }

    /// The provider that the token belongs to, with those of its clients that the token is meant for.
    fn provider_of(
        &self,
        cx: &OpenContext<'_>,
        claims: &TokenClaims,
    ) -> Result<(OidcProvider, Vec<ClientId>), Denial> {
        let unproven = |reason: &str| Denial::Unproven(reason.to_owned());
        let account = self.provider_arn.account;
        let open = Account::find(cx.tx(), account)?.is_some_and(|found| found.status == AccountStatus::Open);
        let provider =
            if open { OidcProvider::find(cx.tx(), account, &self.provider_arn.name)? } else { None };
        let provider = provider.ok_or_else(|| unproven("there is no such provider"))?;
        if claims.issuer != provider.issuer.as_str() {
            return Err(unproven("the token is of another issuer than the provider's"));
        }
        let audiences = claims.audiences_among(&provider.client_ids);
        if audiences.is_empty() {
            return Err(unproven("the token is meant for none of the provider's client ids"));
        }
        Ok((provider, audiences))
    }

    /// The provider and what its issuer said, if it is the issuer who said it.
    fn verified(
        &self,
        cx: &OpenContext<'_>,
        unverified: &TokenClaims,
    ) -> Result<(OidcProvider, Vec<ClientId>, TokenClaims), Denial> {
        let (provider, audiences) = self.provider_of(cx, unverified)?;
        let keys = match cx.brought() {
            Some(Brought::Keys(Ok(keys))) => keys,
            Some(Brought::Keys(Err(error))) => return Err(Denial::Unproven(error.in_full())),
            _ => return Err(Denial::Unproven("the provider has only just come to be so".to_owned())),
        };
        match self.token.verified(keys) {
            Ok(claims) => Ok((provider, audiences, claims)),
            Err(bad) => Err(Denial::Unproven(format!("the token {bad}"))),
        }
    }

    /// The role, if it trusts the provider under what the token says. A role that is not there trusts nobody.
    fn trusting_role(
        &self,
        cx: &mut OpenContext<'_>,
        provider: &OidcProvider,
        federation: &Federation,
        circumstances: &Circumstances,
    ) -> Result<Role, ApiError> {
        let account = self.role_arn.account;
        let role = Role::find(cx.tx(), account, &self.role_arn.name)?;
        let trust = role.as_ref().map(|role| cx.core().permissions().trust(role)).transpose()?;
        let name = role.as_ref().map_or(&self.role_arn.name, |role| &role.name);
        let asked = FederatedQuestion::new((account, name), provider, federation, circumstances, cx.now());
        let question = asked.ask();
        let trust: Option<&Document> = trust.as_deref();
        let decision = evaluate_assume_role(&Policies { trust, ..Policies::default() }, &question);
        cx.decided(&asked.arn, &decision);
        if let (true, Some(role)) = (decision.is_allowed(), role) {
            return Ok(role);
        }
        let principal = PrincipalRecord {
            account,
            kind: KIND.into(),
            id: federation.subject.clone(),
            display_name: format!("oidc-provider/{}", provider.name),
        };
        let refused = Refused {
            principal,
            question: &question,
            resource_group: None,
            decision: &decision,
            session_policy: None,
        };
        let mut detail = cx.diagnose(refused);
        // The caller has no part in the trust policy, so that a role which denies it is like one that is not there.
        "ImplicitDeny".clone_into(&mut detail.no_permission_type);
        let message = "You are not authorized to do this action. You should be authorized by RAM.";
        Err(ApiError::new(ErrorCode::NoPermission, message).with_detail(detail))
    }
}

impl TokenInfo {
    fn new(claims: &TokenClaims, audiences: &[ClientId]) -> Self {
        let clients: Vec<_> = audiences.iter().map(ClientId::as_str).collect();
        Self {
            issuer: claims.issuer.clone(),
            subject: claims.subject.clone(),
            client_ids: clients.join(","),
            issuance_time: claims.issued_at,
            expiration_time: claims.expires_at,
            verification_info: "Success",
        }
    }
}

fn caller_record(account: AccountId, provider: &OidcProvider, claims: &TokenClaims) -> CallerRecord {
    CallerRecord {
        account,
        kind: KIND.into(),
        principal_id: claims.subject.clone(),
        arn: provider.arn(account),
        began_ms: None,
        mfa_present: None,
        chain: Vec::new(),
    }
}

/// A refusal that follows from the token alone.
fn refused(bad: BadToken) -> ApiError {
    let (code, remedy) = match bad {
        BadToken::Expired | BadToken::TooOld => {
            (ErrorCode::OidcTokenExpired, "get a new one from the issuer")
        }
        BadToken::NotYet => (ErrorCode::OidcTokenInvalid, "compare the issuer's clock with this server's"),
        _ => (ErrorCode::OidcTokenInvalid, "send the ID token exactly as the issuer gave it"),
    };
    ApiError::new(code, format!("The OIDC token {bad}: {remedy}."))
}

/// The refusal of a token that could be good, with the reason in the record alone.
fn unproven(cx: &mut OpenContext<'_>, reason: &str) -> ApiError {
    cx.note("oidcRefusal", reason);
    let message = "The OIDC token cannot be verified: check OIDCProviderArn, and that the provider's issuer gave the \
                   token to one of its client ids; the record of this call says what was wrong.";
    ApiError::new(ErrorCode::OidcTokenInvalid, message)
}
