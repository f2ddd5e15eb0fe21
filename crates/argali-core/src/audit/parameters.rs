//! Which parameters of a call its record keeps: none that could be a secret.
// SPEC: security, audit, A1 and A4.

use std::collections::BTreeMap;

use argali_protocol::Params;

use super::draft::shortened;

/// How many bytes the parameters of one record have at most, names included.
const MOST_BYTES: usize = 4_096;
/// What stands in place of a value that could be a secret.
const REDACTED: &str = "[redacted]";

/// Parameters that every call has: they say how it is signed and answered.
const COMMON: [&str; 11] = [
    "AccessKeyId",
    "Action",
    "Format",
    "SecurityToken",
    "Signature",
    "SignatureMethod",
    "SignatureNonce",
    "SignatureType",
    "SignatureVersion",
    "Timestamp",
    "Version",
];

/// A parameter with any of these in its name, in lower case, could be a secret, too, whether or not an operation knows
/// it: declared services have no types, and people send what no operation takes.
const SECRET: [&str; 12] = [
    "password",
    "secret",
    "token",
    "privatekey",
    "credential",
    "assertion",
    "authenticationcode",
    "verifycode",
    "mfacode",
    "passcode",
    "seed",
    "userdata",
];

/// Parameters that are called like secrets and are none.
const NO_SECRET: [&str; 20] = [
    "ClientToken",
    "HardExpire",
    "InitialPasswordAge",
    "MaxPasswordAge",
    "MinimumPasswordDifferentCharacter",
    "MinimumPasswordLength",
    "NextToken",
    "PasswordNotContainUserName",
    "PasswordResetRequired",
    "PasswordReusePrevention",
    "AllowUserToChangePassword",
    "NewPasswordResetRequired",
    "PasswordPolicy",
    "AccessTokenValidity",
    "RefreshTokenValidity",
    "NewAccessTokenValidity",
    "NewRefreshTokenValidity",
    "AppSecretId",
    "SecretRequired",
    "NewSecretRequired",
];

/// The parameters as a record keeps them: of those that the operation says are secrets, and of those that could be, the
/// name only; long values cut, and no more than fit.
pub(super) fn kept(params: &Params<'_>, secrets: &[&str]) -> BTreeMap<String, String> {
    let mut kept = BTreeMap::new();
    let mut room = MOST_BYTES;
    for (name, value) in params.iter().filter(|(name, _)| !COMMON.contains(name) && is_a_name(name)) {
        let is_secret = secrets.contains(&name) || could_be_secret(name);
        let value = if is_secret { REDACTED.to_owned() } else { shortened(value) };
        let Some(left) = room.checked_sub(name.len() + value.len()) else { continue };
        room = left;
        kept.insert(name.to_owned(), value);
    }
    kept
}

/// Whatever else somebody sends is not a parameter of any operation.
fn is_a_name(name: &str) -> bool {
    let letters = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
    name.len() <= 128
        && name.starts_with(|first: char| first.is_ascii_alphabetic())
        && name.bytes().all(letters)
}

fn could_be_secret(name: &str) -> bool {
    let folded = name.to_ascii_lowercase();
    SECRET.iter().any(|part| folded.contains(part)) && !NO_SECRET.contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        kept(&Params::from_pairs(pairs.iter().copied()).unwrap(), &["Attempt"])
    }

    #[test]
    fn secrets_are_kept_by_name_only() {
        for name in [
            "Attempt",
            "Password",
            "NewPassword",
            "OldPassword",
            "MasterUserPassword",
            "AuthenticationCode1",
            "OIDCToken",
            "SAMLAssertion",
            "Certificate.1.PrivateKey",
            "AppSecretValue",
            "UserData",
        ] {
            assert_eq!(of(&[(name, "hunter2")])[name], REDACTED, "{name}");
        }
        for name in ["ClientToken", "NextToken", "PasswordResetRequired", "UserName", "PolicyDocument"] {
            assert_eq!(of(&[(name, "plain")])[name], "plain", "{name}");
        }
        assert!(of(&[("SecurityToken", "t"), ("Signature", "s"), ("Action", "a")]).is_empty());
    }

    #[test]
    fn what_is_kept_has_bounds() {
        let long = "x".repeat(5_000);
        let many: Vec<_> = (0..20).map(|number| (format!("P{number}"), long.clone())).collect();
        let many: Vec<_> = many.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let kept = of(&many);
        assert!(kept.values().all(|value| value.len() <= 1_024));
        let bytes: usize = kept.iter().map(|(name, value)| name.len() + value.len()).sum();
        assert!((3_000..=MOST_BYTES).contains(&bytes), "{bytes}");
        assert!(of(&[("<x>", "1"), ("1a", "2"), ("a b", "3"), (&long, "4")]).is_empty());
    }
}
