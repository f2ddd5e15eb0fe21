//! What an error code means and what to do: the pages that error answers point to.

use argali_core::error::ErrorCode;
use argali_core::services::{mns, oss};

use crate::{help_messaging, help_storage};

/// The page about a code; `None` if there is no such code.
pub(crate) fn page(code: &str) -> Option<String> {
    // A code has one status in each protocol.
    let mut statuses: Vec<_> =
        all_codes().filter(|(wire, _)| *wire == code).map(|(_, status)| status.to_string()).collect();
    statuses.sort_unstable();
    statuses.dedup();
    if statuses.is_empty() && is_parameter_code(code) {
        statuses.push("400".to_owned());
    }
    // Declared services have codes of their own; only what looks like one is repeated to the reader.
    if statuses.is_empty() && !is_code(code) {
        return None;
    }
    let status = match statuses.join(" or ") {
        unknown if unknown.is_empty() => unknown,
        statuses => format!("HTTP status: {statuses}\n"),
    };
    Some(format!("{code}\n{status}\n{}\n", advice(code)))
}

fn is_parameter_code(code: &str) -> bool {
    is_code(code) && (code.starts_with("Missing") || code.starts_with("InvalidParameter."))
}

fn is_code(code: &str) -> bool {
    const LONGEST: usize = 96;
    code.len() <= LONGEST
        && code.starts_with(|first: char| first.is_ascii_uppercase())
        && code.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'))
}

/// What to do about a code: the first line whose beginning fits, so the longer come before the shorter.
fn advice(code: &str) -> &'static str {
    let found = all_advice().find(|(start, _)| code.starts_with(start));
    found.map_or("The message of the answer says what is wrong with the call.", |(_, advice)| advice)
}

fn all_advice() -> impl Iterator<Item = &'static (&'static str, &'static str)> {
    ADVICE.iter().chain(help_storage::ADVICE).chain(help_messaging::ADVICE)
}

/// Codes with their status, as each protocol has them.
fn all_codes() -> impl Iterator<Item = &'static (&'static str, u16)> {
    ErrorCode::FIXED.iter().chain(oss::CODES).chain(mns::CODES)
}

const ADVICE: &[(&str, &str)] = &[
    (
        "AuthenticationFail.OIDCToken.Expired",
        "The token is past its end, or was issued longer ago than the provider's IssuanceLimitTime allows: get a new one from its issuer.",
    ),
    (
        "AuthenticationFail",
        "What was presented does not show who you are: the token must be one that the provider's issuer signed, for one of the provider's client ids. The record of the call, which the role's account can read, says what was wrong.",
    ),
    (
        "CheckAuthenticationCodeFail",
        "The codes are not the device's for this moment: set its clock, and send two codes that follow each other.",
    ),
    (
        "DeleteConflict",
        "Something still uses or belongs to what you delete: remove that first; the message names it.",
    ),
    (
        "EntityAlreadyExists",
        "The name is taken, whatever the case of its letters: choose another, or use what is there.",
    ),
    (
        "EntityNotExist",
        "There is nothing of this name in the account that you call: check the name and the account.",
    ),
    (
        "Forbidden",
        "Your policies do not allow this. AccessDeniedDetail names the action, the resource and what is missing; the owner of the account can attach a policy that allows it. Without AccessDeniedDetail, the resources of the service cannot be accessed from another account by default: ask the operator of this service.",
    ),
    ("Inactive", "The service is not open to you on this account: its operator can open it."),
    (
        "InternalError",
        "A fault in the server. Nothing that you sent is wrong: report the request id to the operator, whose log has the cause.",
    ),
    (
        "InvalidAccessKeyId.Inactive",
        "The AccessKey is disabled, or its network policy does not name the address that you call from: use another, have it made active, or call from where it may be used.",
    ),
    ("InvalidAccessKeyId", "There is no such AccessKey here: check the key and the endpoint."),
    (
        "InvalidAction",
        "The API version has no operation of this name: check the spelling of Action, case matters.",
    ),
    (
        "InvalidParameter",
        "A parameter is not acceptable: the code names it, the message says what is expected.",
    ),
    ("InvalidSecurityToken.Expired", "The session is past its end: call AssumeRole again."),
    (
        "InvalidSecurityToken.Revoked",
        "The session no longer stands: the trust policy, a permission, a key or a role that it was built on has been taken away. Call AssumeRole again; if that is refused, ask the side that the message names.",
    ),
    (
        "InvalidSecurityToken",
        "The token is not one of ours or does not belong to the AccessKey: send key, secret and token from the same answer of AssumeRole.",
    ),
    (
        "InvalidTimeStamp.Expired",
        "The request's time is more than 15 minutes from the server's: set your clock.",
    ),
    ("InvalidTimeStamp", "The time must be written as 2015-01-23T12:33:18Z, in UTC."),
    ("InvalidVersion", "No service here has this API version: check Version."),
    (
        "LimitExceeded",
        "The account has as many of these as it may: delete one first, or ask the operator for more.",
    ),
    ("Logon.Ended", "You have logged off, or what the logon stood on is gone: log on again."),
    (
        "Logon.Failed",
        "Name, password or code is wrong, or there were too many tries: check them, or wait 15 minutes.",
    ),
    (
        "Logon.Forbidden",
        "The account does not let this user log on, or not from here: ask its administrator.",
    ),
    (
        "Logon.Locked",
        "Too many wrong passwords or codes were sent: wait 15 minutes, or an hour where the password policy limits them.",
    ),
    ("Logon.NotSwitched", "Switch to the role first: this logon has not, or has switched back."),
    ("Logon.Required", "Log on first, or finish the step that the message names."),
    (
        "Logon.VerificationRequired",
        "The operation is sensitive: show your password or a code with VerifyIdentity, then send it again.",
    ),
    ("MalformedPolicyDocument", "The policy document is not valid: the message says what and where."),
    ("MissingSecurityToken", "A key that begins with STS. is used together with its SecurityToken."),
    ("Missing", "A required parameter is missing: the code or the message names it."),
    (
        "NoPermission",
        "Your policies, or the role's trust policy, do not allow this. AccessDeniedDetail names the action, the resource and what is missing. An account itself cannot assume roles: make a user for that.",
    ),
    (
        "ServiceTimeout",
        "What does the work behind this service did not answer in time: look what it has done, then try again.",
    ),
    (
        "ServiceUnavailable",
        "The server cannot do this now: try again in a moment. If the message says that the outcome is unknown, look first.",
    ),
    (
        "SignatureDoesNotMatch",
        "The signature is wrong: check the secret, and compare your string to sign with the one in the message.",
    ),
    (
        "SignatureNonceUsed",
        "Each request needs a nonce of its own: sign it again rather than sending it twice.",
    ),
    (
        "NotSupport.Account",
        "Only RAM users do this for themselves: an account is looked after by its operator, and a role has no logon.",
    ),
    ("NotSupport.Server", "Only a server for trying does this: start one with `argali dev`."),
    (
        "NotSupport.Passkey",
        "Passkeys need https and a host that has a name, or localhost, and an account that accepts them (AllowUserToLoginWithPasskey).",
    ),
    (
        "NotSupport.ServiceLinkedRole",
        "The role belongs to a service, which alone assumes it: its trust, its policies and its name stay as they are. DeleteServiceLinkedRole removes it once the service uses it no more.",
    ),
    ("Throttling", "Too many requests: wait a moment and send fewer at once."),
    (
        "UnsupportedOperation",
        "This is done only after something else: the message names the operation to call first.",
    ),
    (
        "UnsupportedResourceType",
        "Resources of this type are in no resource group: ListResourceGroupCapability names those that are.",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_a_page_with_advice_of_its_own() {
        for (code, status) in all_codes() {
            let page = page(code).unwrap();
            let statuses = page.lines().nth(1).and_then(|line| line.strip_prefix("HTTP status: ")).unwrap();
            assert!(page.starts_with(&format!("{code}\n")), "{page}");
            assert!(statuses.split(" or ").any(|shown| shown == status.to_string()), "{page}");
            assert!(all_advice().any(|(start, _)| code.starts_with(start)), "no advice about {code}");
        }
    }

    #[test]
    fn no_advice_hides_behind_a_shorter_one() {
        for (at, (longer, _)) in all_advice().enumerate() {
            let hidden_by = all_advice().take(at).find(|(shorter, _)| longer.starts_with(shorter));
            assert_eq!(hidden_by, None, "{longer}");
        }
    }

    #[test]
    fn only_what_looks_like_a_code_is_repeated() {
        for wrong in ["", "nonsense", "<b>", "A<b>", "A%3C", &"A".repeat(97), "A b"] {
            assert_eq!(page(wrong), None, "{wrong}");
        }
        assert!(page("InvalidParameter.UserName.Length").unwrap().contains("HTTP status: 400"));
        assert!(!page("InvalidInstanceId.NotFound").unwrap().contains("HTTP status"));
    }
}
