//! Which tokens are taken.

use argali_testkit::{Signer, hours, seconds};
use serde_json::{Value, json};

use super::{CLIENT_ID, EXPIRED, INVALID, Story};
use crate::stage::text;

#[test]
fn what_is_no_token_is_refused_by_its_length_or_its_form() {
    let story = Story::begin();
    for token in ["abc", &"x".repeat(20_001)] {
        story.refused(story.assume_with(&[("OIDCToken", token)]), "InvalidParameter.OIDCToken");
    }
    story.refused(story.assume_with(&[("OIDCToken", "")]), "MissingOIDCToken");
    for token in ["abcd", "a.b.c", &"x".repeat(20_000), "....", "e30.e30.e30"] {
        story.refused(story.assume_with(&[("OIDCToken", token)]), INVALID);
    }
    assert_eq!(story.issuer.key_requests(), 0, "nothing is fetched for what cannot be a token");
}

#[test]
fn a_signature_that_proves_nothing_is_refused() {
    let story = Story::begin();
    for token in [
        story.token().signed_by(Signer::Nobody),
        story.token().signed_by(Signer::Nobody).header("alg", "NONE"),
        story.token().signed_by(Signer::PublicKey),
        story.token().signed_by(Signer::PublicKey).header("alg", "HS384"),
        story.token().header("crit", json!(["exp"])),
    ] {
        story.refused(story.assume(&token), INVALID);
    }
    assert_eq!(story.issuer.key_requests(), 0);
}

#[test]
fn a_signature_of_anybody_but_the_issuer_is_refused() {
    let story = Story::begin();
    // The public key as a shared secret, under an algorithm that the key is good for.
    let confused = story.token().signed_by(Signer::PublicKey).header("alg", "RS256");
    let signed_by_other = story.token().signed_by(Signer::Other);
    let other_algorithm = story.token().header("alg", "ES256");
    let unsigned = story.token().signed_by(Signer::Nobody).header("alg", "RS256");
    for (token, reason) in [
        (confused.encode(), "not signed by its issuer"),
        (signed_by_other.encode(), "not signed by its issuer"),
        (other_algorithm.encode(), "names no key"),
        (unsigned.encode(), "not signed by its issuer"),
        (story.token().header("kid", "another").encode(), "names no key"),
        (tampered(&story.token().encode()), "not signed by its issuer"),
    ] {
        let failure = story.refused(story.assume_with(&[("OIDCToken", &token)]), INVALID);
        let said = story.reason(&failure);
        assert!(said.contains(reason), "{reason}: {said}");
    }
}

/// The same token about somebody else.
fn tampered(token: &str) -> String {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    let parts: Vec<_> = token.split('.').collect();
    let claims = String::from_utf8(URL_SAFE_NO_PAD.decode(parts[1]).unwrap()).unwrap();
    let claims = claims.replace("repo:acme", "repo:evil");
    format!("{}.{}.{}", parts[0], URL_SAFE_NO_PAD.encode(claims), parts[2])
}

#[test]
fn a_token_of_another_issuer_or_for_another_client_is_refused() {
    let story = Story::begin();
    for (token, reason) in [
        (story.token().claim("iss", "https://evil.example"), "another issuer"),
        (story.token().claim("iss", format!("{}/", story.issuer.url())), "another issuer"),
        (story.token().claim("aud", "https://github.com/evil"), "client ids"),
        (story.token().claim("aud", json!([])), ""),
        (story.token().claim("aud", json!(["a", "b"])), "client ids"),
    ] {
        let failure = story.refused(story.assume(&token), INVALID);
        let said = story.reason(&failure);
        assert!(said.contains(reason), "{reason}: {said}");
    }
    assert_eq!(story.issuer.key_requests(), 0);
    // One of several is enough.
    let answer = story.assume(&story.token().claim("aud", json!(["other", CLIENT_ID]))).unwrap();
    assert_eq!(answer["OIDCTokenInfo"]["ClientIds"], CLIENT_ID, "the others count for nothing");
}

#[test]
fn a_token_is_good_at_its_time_alone() {
    let story = Story::begin();
    let now_s = story.server.clock().now().as_seconds();
    let at = |name: &str, seconds: i64| story.token().claim(name, now_s + seconds);
    story.refused(story.assume(&at("exp", -60)), EXPIRED);
    story.refused(story.assume(&at("nbf", 61)), INVALID);
    story.refused(story.assume(&at("iat", 61)), INVALID);
    for name in ["exp", "iat", "sub"] {
        story.refused(story.assume(&story.token().claim(name, Value::Null)), INVALID);
    }
    story.refused(story.assume(&story.token().claim("exp", "2040-01-01")), INVALID);
    for token in [at("exp", -59), at("nbf", 60), at("iat", 60), at("iat", -12 * 3_600 - 60)] {
        story.assume(&token).unwrap();
    }
    // As old as the provider allows, and a second older.
    story.refused(story.assume(&at("iat", -12 * 3_600 - 61)), EXPIRED);
    story.update("UpdateOIDCProvider", "IssuanceLimitTime", "1");
    story.refused(story.assume(&at("iat", -3_600 - 61)), EXPIRED);
    story.assume(&at("iat", -3_600)).unwrap();
    let token = story.token();
    story.server.clock().advance(hours(1) + seconds(60));
    story.refused(story.assume(&token), EXPIRED);
}

#[test]
fn every_algorithm_that_proves_something_is_taken() {
    let story = Story::begin();
    for algorithm in ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"] {
        story.assume(&story.token().header("alg", algorithm)).unwrap();
    }
    story.assume(&story.token().signed_by(Signer::Curve)).unwrap();
    // A token names its key, unless there is no choice.
    story.assume(&story.token().signed_by(Signer::Curve).header("kid", Value::Null)).unwrap();
    story.server.clock().advance(hours(1));
    story.issuer.has_keys(&[Signer::Curve, Signer::Other]);
    story.refused(story.assume(&story.token().signed_by(Signer::Curve).header("kid", Value::Null)), INVALID);
}

#[test]
fn a_stranger_cannot_tell_what_there_is() {
    let story = Story::begin();
    let elsewhere = |account: &str, name: &str| {
        let provider = format!("acs:ram::{account}:oidc-provider/{name}");
        let role = format!("acs:ram::{account}:role/deployer");
        let token = story.token().signed_by(Signer::Other).encode();
        let params = [("OIDCProviderArn", provider.as_str()), ("RoleArn", &role), ("OIDCToken", &token)];
        story.refused(story.assume_with(&params), INVALID).message
    };
    let there = elsewhere(&story.a.id, "github");
    assert_eq!(there, elsewhere(&story.a.id, "gitlab"), "no such provider");
    assert_eq!(there, elsewhere("99999999999", "github"), "no such account");
    story.server.close(&story.a);
    assert_eq!(there, elsewhere(&story.a.id, "github"), "a closed account");
    story.server.reopen(&story.a);
    // A provider of another account has no say here.
    let other = "acs:ram::99999999999:oidc-provider/github";
    let code = "InvalidParameter.OIDCProviderArn";
    story.refused(story.assume_with(&[("OIDCProviderArn", other)]), code);
    for wrong in ["github", "acs:ram::1:oidc-provider/", "acs:ram::11223344:saml-provider/github"] {
        story.refused(story.assume_with(&[("OIDCProviderArn", wrong)]), code);
    }
    story.refused(story.assume_with(&[("OIDCProviderArn", "")]), "MissingOIDCProviderArn");
}

#[test]
fn a_token_is_in_no_record() {
    let story = Story::begin();
    let token = story.token().encode();
    let answer = story.assume_with(&[("OIDCToken", &token)]).unwrap();
    let record = crate::audit::record(&story.server, &text(&answer["RequestId"]));
    assert_eq!(record["caller"]["type"], "Federated");
    assert_eq!(record["caller"]["arn"], story.provider.as_str());
    assert_eq!(record["caller"]["principalId"], super::SUBJECT);
    assert_eq!(record["notes"]["oidcIssuer"], story.issuer.url());
    assert_eq!(record["resources"][0]["allowed"], true);
    let records = format!("{:?}", story.server.core().trail().events().unwrap());
    let signature = token.rsplit('.').next().unwrap();
    assert!(!records.contains(signature) && !records.contains(&token));
}
