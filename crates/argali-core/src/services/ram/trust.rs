//! Trust policies as they come in: who they name must exist, as far as the account can know.
// SPEC: policy language, principal.

use argali_policy::{Context as Conditions, Document, DocumentKind};

use super::document::{malformed, read_document};
use crate::dispatch::Context;
use crate::error::ApiError;
use crate::model::{Entity, Role, User};

/// Reads the trust policy that came as `parameter`.
///
/// A user or role of the own account must exist. Names of other accounts are accepted unseen, so that nobody
/// finds out who is there.
pub(in crate::services) fn read_trust(
    cx: &Context<'_>,
    parameter: &str,
    text: &str,
) -> Result<Document, ApiError> {
    let most = cx.limits().trust_policy_characters;
    let trust = read_document(DocumentKind::Trust, parameter, most, text)?;
    let own = format!("acs:ram::{}:", cx.account());
    for arn in trust.trusted_ram_principals() {
        let Some(named) = arn.strip_prefix(&own) else { continue };
        if !exists(cx, named)? {
            return Err(malformed(&format!("`{arn}` does not exist in this account")));
        }
    }
    Ok(trust)
}

/// Fills `ram:TrustedPrincipalTypes` and `ram:ServiceNames`. A text that is no trust policy fills nothing; it is
/// refused later.
// SPEC: service authorization, ram:CreateRole.
pub(super) fn trust_conditions(text: &str, conditions: &mut Conditions) {
    let Ok(trust) = Document::parse(DocumentKind::Trust, text) else { return };
    let kinds = [
        ("RAM", trust.trusted_ram_principals().next()),
        ("Service", trust.trusted_services().next()),
        ("Federated", trust.trusted_providers().next()),
    ];
    for (kind, _) in kinds.iter().filter(|(_, first)| first.is_some()) {
        conditions.add("ram:TrustedPrincipalTypes", *kind);
    }
    for service in trust.trusted_services() {
        conditions.add("ram:ServiceNames", service);
    }
}

/// Whether `named`, such as `user/alice`, is there. The account itself always is.
fn exists(cx: &Context<'_>, named: &str) -> Result<bool, ApiError> {
    let (tx, account) = (cx.tx(), cx.account());
    Ok(match named.split_once('/') {
        Some(("user", name)) => match name.parse() {
            Ok(name) => User::find(tx, account, &name)?.is_some(),
            Err(_) => false,
        },
        Some(("role", name)) => match name.parse() {
            Ok(name) => Role::find(tx, account, &name)?.is_some(),
            Err(_) => false,
        },
        _ => named == "root",
    })
}
