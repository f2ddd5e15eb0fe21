//! The forms in which clients send such a call: none of them signs it.

use argali_testkit::{Format, Signing};
use serde_json::Value;

use super::{CLIENT_ID, SUBJECT, Story};
use crate::expect::Calls;
use crate::shape::complete;
use crate::stage::text;
use crate::wire::send_bytes;

#[test]
fn a_session_is_answered_whole() {
    let story = Story::begin();
    let answer = story.assume(&story.token()).unwrap();
    complete("Sts", "AssumeRoleWithOIDC", &answer, &["SourceIdentity"]);
    let id = &story.a.id;
    assert_eq!(answer["AssumedRoleUser"]["Arn"], format!("acs:ram::{id}:role/deployer/build-17"));
    let token = &answer["OIDCTokenInfo"];
    assert_eq!(
        [&token["Issuer"], &token["Subject"], &token["ClientIds"]].map(text),
        [story.issuer.url(), SUBJECT, CLIENT_ID]
    );
    assert_eq!(text(&token["IssuanceTime"]), "2026-12-01T08:00:00Z");
    assert_eq!(text(&token["ExpirationTime"]), "2026-12-01T09:00:00Z");
    assert_eq!(text(&answer["Credentials"]["Expiration"]), "2026-12-01T09:00:00Z");
    let session = story.a.client.with_credentials(crate::sts::credentials(&answer));
    let who = session.must("Sts", "GetCallerIdentity", &[]);
    complete("Sts", "GetCallerIdentity", &who, &["UserId"]);
    assert_eq!(who["IdentityType"], "AssumedRoleUser");
    assert_eq!(who["Arn"], format!("acs:ram::{id}:assumed-role/deployer/build-17"));
}

#[test]
fn the_rules_of_assume_role_hold() {
    let story = Story::begin();
    let refused = |name: &str, value: &str, code: &str| {
        story.refused(story.assume_with(&[(name, value)]), code);
    };
    refused("RoleArn", "", "MissingRoleArn");
    refused("RoleArn", "deployer", "InvalidParameter.RoleArn");
    refused("RoleSessionName", "", "MissingRoleSessionName");
    refused("RoleSessionName", "a b", "InvalidParameter.RoleSessionName");
    refused("DurationSeconds", "899", "InvalidParameter.DurationSeconds");
    refused("DurationSeconds", "3601", "InvalidParameter.DurationSeconds");
    refused("Policy", "{}", "InvalidParameter.PolicyGrammar");
    refused("Policy", &"x".repeat(9_000), "InvalidParameter.PolicySize");
    let answer = story.assume_with(&[("DurationSeconds", "900")]).unwrap();
    assert_eq!(text(&answer["Credentials"]["Expiration"]), "2026-12-01T08:15:00Z");
}

#[test]
fn a_session_policy_narrows_the_role() {
    let story = Story::begin();
    let grant =
        [("RoleName", "deployer"), ("PolicyName", "AliyunRAMReadOnlyAccess"), ("PolicyType", "System")];
    story.a.must("Ram", "AttachPolicyToRole", &grant);
    story.session().must("Ram", "ListUsers", &[]);
    let policy = argali_testkit::allow(&["ram:ListRoles"], &["*"]).to_string();
    let answer = story.assume_with(&[("Policy", &policy)]).unwrap();
    let session = story.a.client.with_credentials(crate::sts::credentials(&answer));
    session.must("Ram", "ListRoles", &[]);
    let failure = session.refused("Ram", "ListUsers", &[], "NoPermission");
    let detail = failure.access_denied_detail.unwrap();
    assert_eq!(
        (detail.auth_principal_type.as_str(), detail.auth_principal_display_name.as_str()),
        ("AssumedRoleUser", "deployer:build-17")
    );
    assert_eq!(detail.policy_type, "SessionPolicy");
}

#[test]
fn assertions_are_refused_with_the_reason() {
    let story = Story::begin();
    let params = [("SAMLAssertion", "PGEvPg=="), ("RoleArn", story.role.as_str())];
    let failure = story.a.client.refused("Sts", "AssumeRoleWithSAML", &params, "InvalidAction.NotFound");
    assert!(failure.message.contains("XML signatures"), "{failure}");
}

/// Percent-encodes everything that may not stand as it is.
fn encoded(params: &[(&str, &str)]) -> String {
    let escape = |text: &str| {
        let bytes = text.bytes().map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' => char::from(byte).to_string(),
            other => format!("%{other:02X}"),
        });
        bytes.collect::<String>()
    };
    let pairs: Vec<_> = params.iter().map(|(name, value)| format!("{name}={}", escape(value))).collect();
    pairs.join("&")
}

/// Current SDKs send V1's common parameters without a key or signature, everything in the query of a POST; the
/// credentials SDKs do so without a nonce; others send a form.
#[test]
fn calls_in_the_old_form_are_understood_without_a_signature() {
    let story = Story::begin();
    let token = story.token().encode();
    let own = [
        ("RoleArn", story.role.as_str()),
        ("OIDCProviderArn", &story.provider),
        ("OIDCToken", &token),
        ("RoleSessionName", "build-17"),
    ];
    let common = [
        ("Action", "AssumeRoleWithOIDC"),
        ("Version", "2015-04-01"),
        ("Format", "json"),
        ("Timestamp", "2026-12-01T08:00:00Z"),
    ];
    let nonce = [("SignatureNonce", "a-nonce")];
    let host = story.server.endpoint();
    let headers = format!("host: {host}\r\nconnection: close\r\n");
    let with_version = "x-acs-version: 2015-04-01\r\nx-acs-action: AssumeRoleWithOIDC\r\n";
    let all = encoded(&[&common[..], &nonce, &own].concat());
    let few = encoded(&[&common[..], &own].concat());
    let form = "content-type: application/x-www-form-urlencoded\r\n";
    let apart = encoded(&common);
    let own = encoded(&own);
    for request in [
        format!("POST /?{all} HTTP/1.1\r\n{headers}{with_version}content-length: 0\r\n\r\n"),
        format!("GET /?{few} HTTP/1.1\r\n{headers}\r\n"),
        format!("POST /?{few} HTTP/1.1\r\n{headers}content-length: 0\r\n\r\n"),
        format!("POST / HTTP/1.1\r\n{headers}{form}content-length: {}\r\n\r\n{all}", all.len()),
        format!("POST /?{apart} HTTP/1.1\r\n{headers}{form}content-length: {}\r\n\r\n{own}", own.len()),
    ] {
        let reply = send_bytes(&story.server, request.as_bytes());
        let answer = reply.decoded().unwrap_or_else(|failure| panic!("{failure}: {request}"));
        complete("Sts", "AssumeRoleWithOIDC", &answer, &["SourceIdentity"]);
    }
}

#[test]
fn it_may_be_signed_all_the_same_and_answered_in_xml() {
    let story = Story::begin();
    let anybody = story.a.user("anybody");
    let token = story.token().encode();
    let params = [
        ("RoleArn", story.role.as_str()),
        ("OIDCProviderArn", &story.provider),
        ("OIDCToken", &token),
        ("RoleSessionName", "build-17"),
    ];
    let told = |answer: Value| text(&answer["OIDCTokenInfo"]["Subject"]);
    for signing in Signing::ALL {
        let answer = anybody.signing(signing).must("Sts", "AssumeRoleWithOIDC", &params);
        assert_eq!(told(answer), SUBJECT);
    }
    let xml = anybody.format(Format::Xml).must("Sts", "AssumeRoleWithOIDC", &params);
    assert_eq!(told(xml), SUBJECT);
}
