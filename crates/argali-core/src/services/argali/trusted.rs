//! Whom a role trusts, in short: accounts, services and identity providers.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::account_name::alias_of;
use crate::analysis::many;
use crate::dispatch::Context;
use crate::error::ApiError;
use crate::identifier::AccountId;
use crate::name::AccountAlias;

/// The kinds of those whom roles trust.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
pub enum TrustedKind {
    /// An account, or users or roles of it.
    Account,
    /// A service.
    Service,
    /// An identity provider.
    IdentityProvider,
}

/// Somebody whom a role trusts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Trusted {
    pub(super) kind: TrustedKind,
    /// The account's number, the service, or the provider's ARN.
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    account_alias: Option<AccountAlias>,
}

/// The same with what the accounts are called, as far as that is known here.
pub(super) fn with_aliases(cx: &Context<'_>, trusts: Vec<Trusted>) -> Result<Vec<Trusted>, ApiError> {
    let named = |trusted: Trusted| {
        let account = trusted.name.parse::<AccountId>().ok().filter(|_| trusted.kind == TrustedKind::Account);
        let account_alias = account.map(|account| alias_of(cx, account)).transpose()?.flatten();
        Ok(Trusted { account_alias, ..trusted })
    };
    trusts.into_iter().map(named).collect()
}

/// Whom a trust policy lets in, each once, in the order of kinds and names.
pub(super) fn trusted(document: &str) -> Vec<Trusted> {
    let document: Value = serde_json::from_str(document).unwrap_or_default();
    let allows = |statement: &&Value| statement.get("Effect").and_then(Value::as_str) == Some("Allow");
    let mut found = Vec::new();
    for statement in many(document.get("Statement")).filter(allows) {
        let Some(principal) = statement.get("Principal") else { continue };
        let names = |kind: &str| many(principal.get(kind)).filter_map(Value::as_str);
        // `acs:ram::<account>:root`, or a user or role of it.
        found.extend(names("RAM").filter_map(|arn| Some((TrustedKind::Account, arn.split(':').nth(3)?))));
        found.extend(names("Service").map(|name| (TrustedKind::Service, name)));
        found.extend(names("Federated").map(|arn| (TrustedKind::IdentityProvider, arn)));
    }
    found.sort_unstable();
    found.dedup();
    let one = |(kind, name): (_, &str)| Trusted { kind, name: name.to_owned(), account_alias: None };
    found.into_iter().map(one).collect()
}

/// Whether a trust policy lets somebody in who is called one of these there, if its conditions hold.
pub(super) fn lets_in(document: &str, arns: &[String]) -> bool {
    let document: Value = serde_json::from_str(document).unwrap_or_default();
    let allows = |statement: &&Value| statement.get("Effect").and_then(Value::as_str) == Some("Allow");
    let principals = many(document.get("Statement")).filter(allows).filter_map(|it| it.get("Principal"));
    let mut named = principals.flat_map(|principal| many(principal.get("RAM"))).filter_map(Value::as_str);
    named.any(|named| arns.iter().any(|arn| arn.eq_ignore_ascii_case(named)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn everybody_who_is_let_in_is_named_once() {
        let statement = |effect: &str, principal: Value| json!({ "Effect": effect, "Action": "sts:AssumeRole", "Principal": principal });
        let document = json!({ "Version": "1", "Statement": [
            statement("Allow", json!({ "Service": "ecs.aliyuncs.com", "RAM": ["acs:ram::12345678:root"] })),
            statement("Allow", json!({ "RAM": "acs:ram::12345678:user/alice" })),
            statement("Allow", json!({ "Federated": ["acs:ram::11223344:oidc-provider/idp"] })),
            statement("Deny", json!({ "RAM": "acs:ram::99999999:root" })),
        ] });
        let found = trusted(&document.to_string());
        let found: Vec<_> = found.iter().map(|one| (one.kind, one.name.as_str())).collect();
        let expected = [
            (TrustedKind::Account, "12345678"),
            (TrustedKind::Service, "ecs.aliyuncs.com"),
            (TrustedKind::IdentityProvider, "acs:ram::11223344:oidc-provider/idp"),
        ];
        assert_eq!(found, expected);
        assert!(trusted("no JSON").is_empty());
    }
}
