//! What a call must come to, said in one line.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use argali_testkit::{ApiFailure, Client};
use serde_json::Value;

/// Calls as tests make them: they know what comes of it.
pub(crate) trait Calls {
    /// Calls an operation, which must succeed.
    #[track_caller]
    fn must(&self, product: &str, action: &str, params: &[(&str, &str)]) -> Value;

    /// Calls an operation, which must be refused with this code and the HTTP status that belongs to it.
    #[track_caller]
    fn refused(&self, product: &str, action: &str, params: &[(&str, &str)], code: &str) -> ApiFailure;
}

impl Calls for Client {
    fn must(&self, product: &str, action: &str, params: &[(&str, &str)]) -> Value {
        match self.call(product, action, params) {
            Ok(answer) => answer,
            Err(failure) => panic!("{action} {params:?}: {failure}"),
        }
    }

    fn refused(&self, product: &str, action: &str, params: &[(&str, &str)], code: &str) -> ApiFailure {
        match self.call(product, action, params) {
            Ok(answer) => panic!("{action} {params:?} must be refused with {code}, but: {answer}"),
            Err(failure) => {
                assert_eq!(failure.code, code, "{action} {params:?}: {}", failure.message);
                well_mannered(product, &failure);
                failure
            }
        }
    }
}

/// Whatever is refused, the refusal has the status of its code, says something, and can be found again.
#[track_caller]
pub(crate) fn well_mannered(product: &str, failure: &ApiFailure) {
    let ApiFailure { code, message, request_id, status, .. } = failure;
    assert_eq!(Some(*status), status_of(product, code), "{failure}");
    let sentence = message.ends_with('.') || code == "SignatureDoesNotMatch";
    assert!(message.len() > 10 && sentence, "{code} must say in a sentence what to do: {message:?}");
    let id = request_id.as_deref().unwrap_or_default();
    assert!(is_request_id(id), "{code}: the request id `{id}`");
}

/// A UUID in upper case.
pub(crate) fn is_request_id(id: &str) -> bool {
    let parts: Vec<_> = id.split('-').collect();
    let digits =
        |part: &&str| part.bytes().all(|byte| byte.is_ascii_digit() || (b'A'..=b'F').contains(&byte));
    parts.iter().map(|part| part.len()).eq([8, 4, 4, 4, 12]) && parts.iter().all(digits)
}

/// The HTTP status that the reference gives a code, by the product's own table or by the pattern of the code.
// SPEC: wire protocol, common error codes.
fn status_of(product: &str, code: &str) -> Option<u16> {
    type Tables = BTreeMap<String, BTreeMap<String, u16>>;
    static TABLES: LazyLock<Tables> =
        LazyLock::new(|| serde_json::from_str(include_str!("shape/code.json")).unwrap());
    const PATTERNS: &[(&str, u16)] = &[
        ("EntityNotExist", 404),
        ("EntityAlreadyExists", 409),
        ("DeleteConflict.", 409),
        ("LimitExceeded.", 409),
        ("MalformedPolicyDocument", 400),
        ("InvalidAccessKeyId.NotFound", 404),
        ("InvalidAccessKeyId.Inactive", 400),
        ("InvalidSecurityToken.Revoked", 403),
        ("InvalidSecurityToken.", 400),
        ("InvalidTimeStamp.", 400),
        ("InvalidAction.NotFound", 404),
        ("InvalidVersion", 400),
        ("InvalidSignatureMethod", 400),
        ("InvalidParameter", 400),
        ("IdempotentParameterMismatch", 400),
        ("IncompleteSignature", 400),
        ("Missing", 400),
        ("Signature", 400),
        ("NoPermission", 403),
        ("NotSupport.", 400),
        ("Logon.", 403),
        ("CheckAuthenticationCodeFail", 403),
        ("Forbidden.RAM", 403),
        ("QuotaExceeded.", 400),
        ("Throttling", 400),
        ("UnsupportedHTTPMethod", 403),
        ("UnsupportedOperation.", 400),
        ("UnsupportedResourceType", 400),
        ("ServiceTimeout", 504),
        ("ServiceUnavailable", 503),
        ("InternalError", 500),
    ];
    let own = TABLES.get(&product.to_ascii_lowercase()).and_then(|table| table.get(code)).copied();
    let pattern =
        || PATTERNS.iter().find(|(pattern, _)| code.starts_with(pattern)).map(|(_, status)| *status);
    let not_found = || (code.starts_with("Invalid") && code.ends_with(".NotFound")).then_some(404);
    own.or_else(pattern).or_else(not_found)
}
