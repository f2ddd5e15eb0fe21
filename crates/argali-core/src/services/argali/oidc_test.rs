//! Trying an OIDC provider: whether its issuer's keys can be had, and what would become of a token, without a session.
//!
//! The checks are those of `AssumeRoleWithOIDC`, in its order and by its code, but whoever may see provider and roles is
//! told of each by itself, where a stranger is told nothing.
// SPEC: console, SSO: test logon.

use std::sync::Arc;

use argali_policy::{Document, Layer, Policies, explain_assume_role};
use serde::{Deserialize, Serialize};

use super::explanation::StepView;
use super::oidc_check::{CheckView, KeysView, TokenView, checks};
use super::statement::Texts;
use crate::caller::Caller;
use crate::dispatch::{Brought, Context, Errand};
use crate::error::ApiError;
use crate::federation::{OidcToken, ProviderName, TokenClaims, WantedKeys};
use crate::model::{Entity, OidcProvider, Role};
use crate::operation::{Access, Entry, Operation, ResourceName, Resources};
use crate::services::ims::oidc_provider::{existing_oidc_provider, oidc_provider_resource};
use crate::services::sts::oidc_trust::FederatedQuestion;
use crate::session::{Circumstances, Federation};

/// How providers are tried.
pub const OPERATIONS: &[Entry] = &[Entry::of::<TestOidcProvider>()];

/// How many of the roles that trust a provider are asked.
const MOST_ROLES: usize = 50;

/// Gets the keys of a provider's issuer and, with a token, says of each check what comes of it, and of each role that
/// trusts the provider whether it would let the token in. No session begins, and the token is not kept.
#[derive(Debug, Deserialize)]
pub struct TestOidcProvider {
    /// Which provider.
    #[serde(rename = "OIDCProviderName")]
    pub name: ProviderName,
    /// What its issuer gave to somebody.
    #[serde(rename = "OIDCToken")]
    pub token: Option<OidcToken>,
}

/// What came of it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct TestedOidcProvider {
    /// Whether every check was passed: of a token, before any role was asked.
    passed: bool,
    /// In the order in which `AssumeRoleWithOIDC` makes them.
    checks: Vec<CheckView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    keys: Option<KeysView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<TokenView>,
    /// The roles that trust the provider.
    roles: Vec<RoleAnswer>,
    /// Whether more roles than these trust it.
    is_truncated: bool,
}

/// Whether a role would let the token in.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct RoleAnswer {
    role_name: String,
    arn: String,
    /// Whether its trust policy does; the checks must be passed besides.
    trusts: bool,
    /// How that was decided, as in `TestAccess`.
    steps: Vec<StepView>,
}

impl Operation for TestOidcProvider {
    const NAME: &'static str = "TestOIDCProvider";
    const ACCESS: Access = Access::Read;
    const HAS_ERRAND: bool = true;
    type Response = TestedOidcProvider;

    /// The provider, and the roles whose trust policies are told.
    fn resources(&self, caller: &Caller) -> Resources {
        let account = caller.account();
        [oidc_provider_resource(account, &self.name), ResourceName::ram(account, "role/*")]
            .into_iter()
            .collect()
    }

    fn errand(&self, cx: &Context<'_>) -> Result<Errand, ApiError> {
        let provider = existing_oidc_provider(cx, &self.name)?;
        Ok(Errand::FetchKeys(WantedKeys {
            provider: provider.id,
            issuer: provider.issuer,
            pins: provider.fingerprints,
            key_id: self.token.as_ref().and_then(OidcToken::key_id),
            now: cx.now(),
        }))
    }

    fn run(self, cx: &mut Context<'_>) -> Result<TestedOidcProvider, ApiError> {
        let provider = existing_oidc_provider(cx, &self.name)?;
        let Some(Brought::Keys(keys)) = cx.brought() else {
            return Err(ApiError::internal("a provider is tried without its keys"));
        };
        let keys = keys.clone();
        let claims = self.token.as_ref().map(OidcToken::unverified);
        let checks = checks(&provider, keys.as_ref(), self.token.as_ref(), claims.as_ref(), cx.now());
        let claims = claims.and_then(Result::ok);
        let (roles, is_truncated) = match &claims {
            Some(claims) => roles(cx, &provider, claims)?,
            None => (Vec::new(), false),
        };
        Ok(TestedOidcProvider {
            passed: checks.iter().all(CheckView::is_passed),
            checks,
            keys: keys.ok().map(|keys| KeysView::of(&keys)),
            token: claims
                .map(|claims| TokenView::of(&claims, self.token.as_ref().and_then(OidcToken::key_id))),
            roles,
            is_truncated,
        })
    }
}

/// What the roles that trust the provider say of whom the token is about, and whether there are more of them.
fn roles(
    cx: &Context<'_>,
    provider: &OidcProvider,
    claims: &TokenClaims,
) -> Result<(Vec<RoleAnswer>, bool), ApiError> {
    let account = cx.account();
    let origin = cx.origin();
    let circumstances = Circumstances {
        source_ip: origin.source_ip,
        secure_transport: origin.secure_transport,
        mfa_present: None,
        external_id: None,
    };
    let federation = Federation {
        provider: provider.id,
        provider_name: provider.name.clone(),
        issuer: provider.issuer.clone(),
        subject: claims.subject.clone(),
        audiences: claims.audiences_among(&provider.client_ids),
    };
    let provider_arn = provider.arn(account);
    let mut answers = Vec::new();
    for role in Role::page(cx.tx(), account, None, usize::MAX - 1)?.records {
        let trust = cx.core().permissions().trust(&role)?;
        if !trust.trusted_providers().any(|trusted| trusted.eq_ignore_ascii_case(&provider_arn)) {
            continue;
        }
        if answers.len() == MOST_ROLES {
            return Ok((answers, true));
        }
        let question =
            FederatedQuestion::new((account, &role.name), provider, &federation, &circumstances, cx.now());
        answers.push(answer(cx, &role, &trust, &question)?);
    }
    Ok((answers, false))
}

fn answer(
    cx: &Context<'_>,
    role: &Role,
    trust: &Arc<Document>,
    question: &FederatedQuestion,
) -> Result<RoleAnswer, ApiError> {
    let policies = Policies { trust: Some(trust.as_ref()), ..Policies::default() };
    let explanation = explain_assume_role(&policies, &question.ask());
    let texts = Texts { session: None, trust: Some(&role.trust_policy) };
    let steps = explanation.steps.iter().filter(|step| step.layer == Layer::Trust);
    Ok(RoleAnswer {
        role_name: role.name.to_string(),
        arn: format!("acs:ram::{}:role/{}", cx.account(), role.name),
        trusts: explanation.decision.is_allowed(),
        steps: steps.map(|step| StepView::of(cx, step, texts)).collect::<Result<_, _>>()?,
    })
}
