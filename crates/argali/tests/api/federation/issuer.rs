//! How the issuer is reached: what is connected to, and what is believed of it.

use argali_testkit::{Document, Issuer, SelfSigned};
use serde_json::json;

use super::{INVALID, Story};

/// The token is refused, and the record says this of why.
#[track_caller]
fn refused_because(story: &Story, reason: &str) {
    let failure = story.refused(story.assume(&story.token()), INVALID);
    let said = story.reason(&failure);
    assert!(said.contains(reason), "{reason}: {said}");
}

#[test]
fn addresses_that_are_not_public_are_connected_to_only_if_the_operator_says_so() {
    let story = Story::begin_with(|builder| {
        builder.configure(|config| {
            config.federation.allowed_addresses = vec!["10.0.0.0/8".parse().unwrap()];
        })
    });
    refused_because(&story, "`localhost` has no address that may be connected to");
    assert_eq!(story.issuer.key_requests(), 0);
}

#[test]
fn an_issuer_is_believed_only_under_an_authority_that_is_trusted() {
    let folder = tempfile::tempdir().unwrap();
    let other = folder.path().join("other.pem");
    std::fs::write(&other, SelfSigned::new("localhost").certificate).unwrap();
    let story =
        Story::begin_with(|builder| builder.configure(|config| config.federation.ca_file = other.clone()));
    refused_because(&story, "leads to no trusted root");
    // With its own authority beside that one, it is.
    let story = Story::begin_with(|builder| {
        builder.configure(|config| {
            let both =
                [&other, &config.federation.ca_file].map(|file| std::fs::read_to_string(file).unwrap());
            std::fs::write(&other, both.concat()).unwrap();
            config.federation.ca_file = other.clone();
        })
    });
    story.assume(&story.token()).unwrap();
}

#[test]
fn fingerprints_narrow_what_is_believed() {
    let story = Story::begin();
    let set = |action: &str, fingerprint: &str| story.update(action, "Fingerprint", fingerprint);
    let other = "902ef2deeb3c5b13ea4c3d5193629309e231ae55";
    set("AddFingerprintToOIDCProvider", other);
    refused_because(&story, "fingerprint");
    // Keys that were got before do not count once other certificates are registered.
    let [own, authority] = story.issuer.sha1_fingerprints();
    let [own_256, authority_256] = story.issuer.sha256_fingerprints();
    for fingerprint in [own, authority, own_256.to_uppercase(), authority_256] {
        set("AddFingerprintToOIDCProvider", &fingerprint);
        story.assume(&story.token()).unwrap();
        set("RemoveFingerprintFromOIDCProvider", &fingerprint);
        refused_because(&story, "fingerprint");
    }
    set("RemoveFingerprintFromOIDCProvider", other);
    story.assume(&story.token()).unwrap();
}

#[test]
fn a_document_must_be_where_the_issuer_says_it_is() {
    let elsewhere = Issuer::start();
    let story = Story::begin();
    let url = story.issuer.url();
    let keys = format!("{url}/keys");
    let redirect = || Document::redirect(&format!("{}/keys", elsewhere.url()));
    for (document, reason) in [
        (Document::redirect(&format!("{url}/other")), "status 302"),
        (Document::failure(), "status 500"),
        (Document::text("not JSON"), "openid-configuration"),
        (Document::json(&json!({ "issuer": "https://evil.example", "jwks_uri": keys })), "another issuer"),
        (Document::json(&json!({ "issuer": format!("{url}/"), "jwks_uri": keys })), "another issuer"),
        (Document::json(&json!({ "issuer": url })), "jwks_uri"),
        (Document::json(&json!({ "issuer": url, "jwks_uri": "http://localhost/keys" })), "jwks_uri"),
        (Document::json(&json!({ "issuer": url, "jwks_uri": "https://a@localhost/keys" })), "jwks_uri"),
        (
            Document::json(&json!({ "issuer": url, "jwks_uri": "https://10.0.0.1/keys" })),
            "may be connected to",
        ),
        (Document::json(&json!({ "issuer": url, "jwks_uri": "https://[::1]/keys" })), "may be connected to"),
        (Document::json(&json!({ "issuer": url, "jwks_uri": format!("{url}/absent") })), "status 404"),
    ] {
        story.issuer.describes_itself_as(document);
        refused_because(&story, reason);
        story.server.clock().advance(argali_testkit::seconds(10));
    }
    assert_eq!(story.issuer.key_requests(), 0);
    story.issuer.describes_itself_as(Document::json(&json!({ "issuer": url, "jwks_uri": keys })));
    for (document, reason) in [
        (redirect(), "status 302"),
        (Document::text("not JSON"), "JSON Web Key Set"),
        (Document::json(&json!([])), "JSON Web Key Set"),
        (Document::of_size((256 << 10) + 1), "more than 256 KiB"),
    ] {
        story.issuer.shows_keys(document);
        refused_because(&story, reason);
        story.server.clock().advance(argali_testkit::seconds(10));
    }
    assert_eq!(elsewhere.key_requests(), 0, "nobody is led anywhere else");
    // A set without any key that fits is no failure of the issuer.
    story.issuer.shows_keys(Document::json(&json!({ "keys": [] })));
    refused_because(&story, "names no key");
}

#[test]
fn an_issuer_that_is_slow_is_given_up() {
    let story = Story::begin_with(|builder| builder.configure(|config| config.federation.timeout_ms = 200));
    story.issuer.shows_keys(Document::without_end());
    refused_because(&story, "did not answer in time");
}
