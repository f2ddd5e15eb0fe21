//! Cases whose caller an identity provider stands for: a real token, from an issuer that runs in the test.

use argali_policy::case::{Answer, AttachedLayer, Situation};

use super::ask::{answer, last_part};
use crate::expect::Calls;
use crate::stage::federation::issuer;

/// Takes on the role with a token that says what the case says.
pub(super) fn assume(situation: &Situation<'_>) -> Result<Answer, String> {
    let (request, principal) = (&situation.request, &situation.principal);
    let audience = request.context.get("oidc:aud").first().ok_or("the case says nothing of the token")?;
    let server = crate::stage::builder().start();
    let owner = server.account("owner", &request.owner).client;
    let provider = [
        ("OIDCProviderName", last_part(&principal.name)),
        ("IssuerUrl", issuer().url()),
        ("ClientIds", audience),
    ];
    owner.must("Ims", "CreateOIDCProvider", &provider);
    let trust = situation.attached.iter().find(|one| one.layer == AttachedLayer::Trust);
    let trust = trust.ok_or("the role of the case trusts nobody")?.text;
    let name = last_part(&request.resources[0]);
    owner.must("Ram", "CreateRole", &[("RoleName", name), ("AssumeRolePolicyDocument", trust)]);
    let token = issuer().token(server.clock(), "somebody", audience).encode();
    let params = [
        ("RoleArn", format!("acs:ram::{}:role/{name}", request.owner)),
        ("OIDCProviderArn", principal.name.clone()),
        ("OIDCToken", token),
        ("RoleSessionName", "session".to_owned()),
    ];
    let params = params.each_ref().map(|(name, value)| (*name, value.as_str()));
    answer(owner.call_unsigned("Sts", "AssumeRoleWithOIDC", &params))
}
