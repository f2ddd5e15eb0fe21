//! Who signed: whatever is wrong with key, time, nonce or signature is told from what is right.
// SPEC: wire protocol, signatures, time and nonce; security, requests, R2 to R7.

mod nonce;

use argali_protocol::{Secret, SignedRequest};
use argali_testkit::{Client, Credentials, Signing};

use crate::expect::Calls;
use crate::ram::state;
use crate::stage::fresh;
use crate::wire::send;
use crate::world::{shared, tenant};

/// The code to which a request comes; `ok` if there is none.
fn code(client: &Client, request: &SignedRequest) -> String {
    client.send(request).map_or_else(|failure| failure.code, |_| "ok".to_owned())
}

/// A signed `CreateUser`, and the name of the user.
fn create_user(client: &Client) -> (SignedRequest, String) {
    let name = fresh("signed");
    (client.sign("Ram", "CreateUser", &[("UserName", &name)]), name)
}

fn header<'r>(request: &'r mut SignedRequest, name: &str) -> &'r mut String {
    let found = request.headers.iter_mut().find(|(known, _)| known == name);
    &mut found.unwrap_or_else(|| panic!("no header `{name}`")).1
}

/// Where the parameters of a request are.
fn params(request: &mut SignedRequest, change: impl FnOnce(String) -> String) {
    if request.body.is_empty() {
        request.target = change(std::mem::take(&mut request.target));
    } else {
        request.body = change(String::from_utf8(std::mem::take(&mut request.body)).unwrap()).into_bytes();
    }
}

#[test]
fn a_wrong_secret_is_told_with_the_string_to_sign() {
    let a = tenant();
    let wrong =
        Credentials { access_key_secret: Secret::new("wrong".to_owned()), ..a.client.credentials().clone() };
    let before = state(&a);
    for signing in Signing::ALL {
        let forger = a.client.with_credentials(wrong.clone()).signing(signing);
        let failure = forger.refused("Ram", "CreateUser", &[("UserName", "eve")], "SignatureDoesNotMatch");
        let (_, to_sign) =
            failure.message.split_once("server string to sign is:").expect("the form clients split");
        let begins = match signing {
            Signing::V1Query => "GET&%2F&AccessKeyId%3D",
            Signing::V1Form => "POST&%2F&AccessKeyId%3D",
            Signing::V3Query | Signing::V3Form => "ACS3-HMAC-SHA256\n",
        };
        assert!(to_sign.starts_with(begins), "{signing:?}: {to_sign}");
        assert!(!failure.message.contains(a.client.credentials().access_key_secret.expose()));
    }
    assert_eq!(state(&a), before);
}

#[test]
fn a_key_must_be_there_and_active() {
    let a = tenant();
    let alice = a.user("alice");
    let id = alice.credentials().access_key_id.clone();
    let with_id = |id: &str| {
        alice.with_credentials(Credentials { access_key_id: id.to_owned(), ..alice.credentials().clone() })
    };
    for signing in Signing::ALL {
        for unknown in ["LTAI5tNoSuchKeyAtAll", "x", "../key", "LTAI\u{e4}"] {
            // A header holds no other than ASCII characters.
            if unknown.is_ascii() || matches!(signing, Signing::V1Query | Signing::V1Form) {
                let client = with_id(unknown).signing(signing);
                client.refused("Sts", "GetCallerIdentity", &[], "InvalidAccessKeyId.NotFound");
            }
        }
        let set = |status| {
            let params = [("UserName", "alice"), ("UserAccessKeyId", id.as_str()), ("Status", status)];
            a.must("Ram", "UpdateAccessKey", &params);
        };
        set("Inactive");
        alice.signing(signing).refused("Sts", "GetCallerIdentity", &[], "InvalidAccessKeyId.Inactive");
        set("Active");
        alice.signing(signing).must("Sts", "GetCallerIdentity", &[]);
    }
    // The id is read exactly.
    with_id(&id.to_lowercase()).refused("Sts", "GetCallerIdentity", &[], "InvalidAccessKeyId.NotFound");
    with_id("").call("Sts", "GetCallerIdentity", &[]).unwrap_err();
}

#[test]
fn what_was_signed_cannot_be_changed() {
    let a = tenant();
    let before = state(&a);
    for signing in Signing::ALL {
        let client = a.client.signing(signing);
        let mut other_value = create_user(&client).0;
        params(&mut other_value, |text| text.replace("signed", "forged"));
        let mut more = create_user(&client).0;
        params(&mut more, |text| format!("{text}&Comments=forged"));
        let mut in_query = create_user(&client).0;
        let joint = if in_query.target.contains('?') { '&' } else { '?' };
        in_query.target.push_str(&format!("{joint}Comments=forged"));
        let mut other_signature = create_user(&client).0;
        match signing {
            Signing::V1Query | Signing::V1Form => {
                params(&mut other_signature, |text| text.replace("Signature=", "Signature=A"))
            }
            Signing::V3Query | Signing::V3Form => {
                let line = header(&mut other_signature, "authorization");
                let last = line.pop().unwrap();
                line.push(if last == '0' { '1' } else { '0' });
            }
        }
        for request in [other_value, more, in_query, other_signature] {
            assert_eq!(code(&client, &request), "SignatureDoesNotMatch", "{signing:?}");
        }
    }
    for (name, value) in [
        ("x-acs-action", "DeleteUser"),
        ("x-acs-version", "2015-04-01"),
        ("x-acs-date", "2026-12-01T08:00:01Z"),
        ("x-acs-signature-nonce", "another"),
        ("x-acs-content-sha256", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b856"),
    ] {
        let mut request = create_user(&a.client).0;
        *header(&mut request, name) = value.to_owned();
        let expected =
            if name == "x-acs-version" { "InvalidAction.NotFound" } else { "SignatureDoesNotMatch" };
        assert_eq!(code(&a.client, &request), expected, "{name}");
    }
    let mut elsewhere = create_user(&a.client).0;
    *header(&mut elsewhere, "host") = "ram.example.com".to_owned();
    assert_eq!(send(shared(), &elsewhere).code(), "SignatureDoesNotMatch");
    // By the other method.
    let mut got = create_user(&a.client).0;
    got.method = "GET".to_owned();
    assert_eq!(code(&a.client, &got), "SignatureDoesNotMatch");
    assert_eq!(state(&a), before);
}

#[test]
fn a_signature_in_parameters_has_all_its_parts() {
    let a = tenant();
    let v1 = a.client.signing(Signing::V1Query);
    let without = |name: &str| {
        let mut request = create_user(&v1).0;
        params(&mut request, |text| {
            let kept = text
                .trim_start_matches("/?")
                .split('&')
                .filter(|pair| !pair.starts_with(&format!("{name}=")));
            format!("/?{}", kept.collect::<Vec<_>>().join("&"))
        });
        code(&v1, &request)
    };
    for (name, expected) in [
        ("Signature", "IncompleteSignature"),
        ("AccessKeyId", "MissingAccessKeyId"),
        ("SignatureMethod", "MissingSignatureMethod"),
        ("SignatureVersion", "MissingSignatureVersion"),
        ("SignatureNonce", "MissingSignatureNonce"),
        ("Timestamp", "MissingTimestamp"),
        ("Version", "MissingVersion"),
    ] {
        assert_eq!(without(name), expected, "without {name}");
    }
    for (from, to, expected) in [
        ("SignatureMethod=HMAC-SHA1", "SignatureMethod=HMAC-SHA256", "InvalidSignatureMethod"),
        ("SignatureMethod=HMAC-SHA1", "SignatureMethod=hmac-sha1", "InvalidSignatureMethod"),
        ("SignatureVersion=1.0", "SignatureVersion=2.0", "IncompleteSignature"),
    ] {
        let mut request = create_user(&v1).0;
        params(&mut request, |text| text.replace(from, to));
        assert_eq!(code(&v1, &request), expected, "{to}");
    }
}

#[test]
fn a_signature_in_headers_has_all_its_parts() {
    let a = tenant();
    for (name, expected) in [
        ("x-acs-action", "MissingAction"),
        ("x-acs-version", "MissingVersion"),
        ("x-acs-date", "MissingTimestamp"),
        ("x-acs-signature-nonce", "MissingSignatureNonce"),
    ] {
        let mut request = create_user(&a.client).0;
        request.headers.retain(|(known, _)| known != name);
        assert_eq!(code(&a.client, &request), expected, "without {name}");
    }
    for name in [
        "host",
        "x-acs-action",
        "x-acs-version",
        "x-acs-date",
        "x-acs-signature-nonce",
        "x-acs-content-sha256",
    ] {
        let mut request = create_user(&a.client).0;
        let line = header(&mut request, "authorization");
        *line = line.replace(&format!("{name};"), "").replace(&format!(";{name},"), ",");
        assert_eq!(code(&a.client, &request), "IncompleteSignature", "{name} is not signed");
    }
    for (authorization, expected) in [
        ("ACS3-HMAC-SHA256", "IncompleteSignature"),
        ("ACS3-HMAC-SHA256 Credential=x", "IncompleteSignature"),
        ("ACS3-HMAC-SM3 Credential=x,SignedHeaders=host,Signature=00", "InvalidSignatureMethod"),
        ("ACS3-RSA-SHA256 Credential=x,SignedHeaders=host,Signature=00", "InvalidSignatureMethod"),
    ] {
        let mut request = create_user(&a.client).0;
        *header(&mut request, "authorization") = authorization.to_owned();
        assert_eq!(code(&a.client, &request), expected, "{authorization}");
    }
}

#[test]
fn nothing_may_be_said_twice() {
    let a = tenant();
    let before = state(&a);
    for signing in Signing::ALL {
        let client = a.client.signing(signing);
        let mut twice = create_user(&client).0;
        let name = "UserName=eve";
        params(&mut twice, |text| {
            if text.contains('?') { format!("{text}&{name}") } else { format!("{name}&{text}") }
        });
        assert_eq!(code(&client, &twice), "InvalidParameter", "{signing:?}");
        let mut across = create_user(&client).0;
        if across.body.is_empty() {
            across.method = "POST".to_owned();
            across.headers.push(("content-type".to_owned(), "application/x-www-form-urlencoded".to_owned()));
            across.body = name.as_bytes().to_vec();
        } else {
            across.target = format!("/?{name}");
        }
        assert_eq!(code(&client, &across), "InvalidParameter", "{signing:?}");
    }
    for name in [
        "authorization",
        "x-acs-date",
        "x-acs-action",
        "x-acs-version",
        "x-acs-signature-nonce",
        "host",
        "x-acs-other",
    ] {
        let mut request = create_user(&a.client).0;
        let value = request
            .headers
            .iter()
            .find(|(known, _)| known == name)
            .map_or("x", |(_, value)| value)
            .to_owned();
        request.headers.push((name.to_owned(), value.clone()));
        request.headers.push((name.to_owned(), value));
        let reply = send(shared(), &request);
        assert_eq!(reply.status, 400, "{name}");
        if name != "host" {
            assert_eq!(reply.code(), "InvalidParameter", "{name}");
        }
    }
    // Credentials of two schemes.
    let mut both = create_user(&a.client.signing(Signing::V1Query)).0;
    let v3 = create_user(&a.client).0;
    both.headers.extend(v3.headers.into_iter().filter(|(name, _)| name != "host"));
    assert_eq!(code(&a.client, &both), "IncompleteSignature");
    let mut bearer = create_user(&a.client).0;
    bearer.headers.push(("x-acs-bearer-token".to_owned(), "token".to_owned()));
    assert_eq!(code(&a.client, &bearer), "IncompleteSignature");
    assert_eq!(state(&a), before);
}
