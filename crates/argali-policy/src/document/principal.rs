//! The `Principal` element of trust and bucket policies.
// SPEC: policy language, principal; security, R9: no accepted Deny is void by its spelling.

use super::DocumentKind;
use super::error::{DocumentError, Problem};
use super::grammar::{object, strings, unknown};
use super::json::Value;
use crate::pattern::Pattern;
use crate::principal::{BucketEntry, Principals, Trusted};
use crate::statement::Saying;

const RAM_FORMS: &str = "`acs:ram::<account-id>:root`, `acs:ram::<account-id>:user/<name>` or `acs:ram::<account-id>:role/<name>`";
const SERVICE_FORMS: &str =
    "a service in lower case such as `ecs.aliyuncs.com` or `<account-id>@ecs.aliyuncs.com`";
const PROVIDER_FORMS: &str =
    "`acs:ram::<account-id>:saml-provider/<name>` or `acs:ram::<account-id>:oidc-provider/<name>`";
const NO_WILDCARDS: &str =
    "wildcards have no meaning in it; write each name out, or `root` for a whole account";
const BUCKET_FORMS: &str =
    "write `*`, an account or user id, or `arn:sts::<account-id>:assumed-role/<role>/<session>`";

pub(super) fn principals(
    kind: DocumentKind,
    saying: Saying,
    value: Value<'_>,
) -> Result<Principals, DocumentError> {
    if kind == DocumentKind::Bucket {
        return bucket(saying, value).map(Principals::Bucket);
    }
    let members = object(value)?;
    if members.is_empty() {
        return Err(Problem::Empty("of `RAM`, `Service` and `Federated`").into());
    }
    let mut trusted = Trusted::default();
    for (name, value) in members {
        let (slot, fits, expected): (_, fn(&str) -> bool, _) = match name.as_ref() {
            "RAM" => (&mut trusted.ram, is_ram_principal, RAM_FORMS),
            "Service" => (&mut trusted.services, is_service, SERVICE_FORMS),
            "Federated" => (&mut trusted.providers, is_provider, PROVIDER_FORMS),
            _ => return Err(unknown(&name, &["RAM", "Service", "Federated"])),
        };
        *slot = entries(saying, value, fits, expected).map_err(|error| error.within(&name))?;
    }
    Ok(Principals::Trust(trusted))
}

/// An empty list admits nobody; taking the last trusted account from a role leaves one.
fn entries(
    saying: Saying,
    value: Value<'_>,
    fits: impl Fn(&str) -> bool,
    expected: &'static str,
) -> Result<Box<[Box<str>]>, DocumentError> {
    let check = |text: &str| match text {
        _ if !fits(text) => Err(Problem::Value { found: text.to_owned(), expected }.into()),
        // In an Allow such an entry names somebody who cannot exist, which is harmless.
        _ if saying == Saying::Deny && text.contains(['*', '?']) => {
            Err(Problem::Void { found: text.to_owned(), hint: NO_WILDCARDS }.into())
        }
        _ => Ok(Box::from(text)),
    };
    strings(value)?.iter().map(|text| check(text)).collect()
}

fn is_ram_principal(text: &str) -> bool {
    let who = |rest: &str| rest == "root" || is_named(rest, "user/") || is_named(rest, "role/");
    of_account(text).is_some_and(who)
}

fn is_provider(text: &str) -> bool {
    of_account(text).is_some_and(|rest| is_named(rest, "saml-provider/") || is_named(rest, "oidc-provider/"))
}

fn is_service(text: &str) -> bool {
    let name = match text.split_once('@') {
        Some((account, name)) if is_id(account) => name,
        Some(_) => return false,
        None => text,
    };
    !name.is_empty()
        && name.bytes().all(|byte| byte.is_ascii_graphic() && !byte.is_ascii_uppercase() && byte != b'@')
}

/// What follows `acs:ram::<account-id>:`.
fn of_account(text: &str) -> Option<&str> {
    let (account, rest) = text.strip_prefix("acs:ram::")?.split_once(':')?;
    (is_id(account) || account == "*").then_some(rest)
}

fn is_named(rest: &str, kind: &str) -> bool {
    rest.strip_prefix(kind)
        .is_some_and(|name| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_graphic()))
}

fn is_id(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn bucket(saying: Saying, value: Value<'_>) -> Result<Box<[BucketEntry]>, DocumentError> {
    let texts = strings(value)?;
    if texts.is_empty() {
        return Err(Problem::Empty("principal").into());
    }
    let entry = |text: &str| match text {
        "*" => Ok(BucketEntry::Everybody),
        _ if is_id(text) => Ok(BucketEntry::Id(text.into())),
        _ if is_sessions(text) => Ok(BucketEntry::Sessions(Pattern::new(text))),
        _ if saying == Saying::Allow => Ok(BucketEntry::Nobody),
        _ => Err(Problem::Void { found: text.to_owned(), hint: BUCKET_FORMS }.into()),
    };
    texts.iter().map(|text| entry(text)).collect()
}

/// Whether it is a pattern over `arn:sts::<account-id>:assumed-role/<role>/<session>`; `arn:sts::*:*/*/*` is
/// every session.
fn is_sessions(text: &str) -> bool {
    let Some((account, rest)) = text.strip_prefix("arn:sts::").and_then(|rest| rest.split_once(':')) else {
        return false;
    };
    let mut parts = rest.split('/');
    let kind = parts.next().unwrap_or_default();
    let named = |part: Option<&str>| part.is_some_and(|part| !part.is_empty());
    (is_id(account) || account == "*")
        && (kind == "assumed-role" || kind == "*")
        && named(parts.next())
        && named(parts.next())
        && parts.next().is_none()
}
