//! Tokens: good as they were issued, with the key they were issued with, and in no other form.

use argali_testkit::{Client, Credentials, Signing};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

use super::{Story, ask};
use crate::expect::Calls;

fn with_token(session: &Client, token: &str) -> Client {
    session.with_credentials(Credentials {
        security_token: Some(token.to_owned()),
        ..session.credentials().clone()
    })
}

fn token(session: &Client) -> String {
    session.credentials().security_token.clone().unwrap()
}

/// Whether a token was told from a good one. What was sealed for another key and what was bent look alike.
#[track_caller]
fn refused(session: &Client, token: &str) {
    let code = ask(&with_token(session, token));
    let codes = ["InvalidSecurityToken.Malformed", "InvalidSecurityToken.MismatchWithAccessKey"];
    assert!(codes.contains(&code.as_str()), "{code}");
}

#[test]
fn no_character_and_no_bit_may_differ() {
    let story = Story::begin();
    let token = token(&story.session);
    let bytes = URL_SAFE_NO_PAD.decode(&token).unwrap();
    for index in 0..bytes.len() {
        let mut bent = bytes.clone();
        bent[index] ^= 1 << (index % 8);
        refused(&story.session, &URL_SAFE_NO_PAD.encode(bent));
    }
    for index in 0..token.len() {
        let mut bent = token.clone().into_bytes();
        bent[index] = if bent[index] == b'A' { b'B' } else { b'A' };
        refused(&story.session, &String::from_utf8(bent).unwrap());
    }
    story.lives();
}

#[test]
fn a_token_has_one_spelling() {
    let story = Story::begin();
    let token = token(&story.session);
    let bytes = URL_SAFE_NO_PAD.decode(&token).unwrap();
    refused(&story.session, &format!("{token}="));
    refused(&story.session, &format!("{token}A"));
    refused(&story.session, token.split_at(1).1);
    refused(&story.session, token.split_at(token.len() - 1).0);
    refused(&story.session, &STANDARD.encode(&bytes));
    refused(&story.session, &"A".repeat(12_001));
    refused(&story.session, "not a token");
}

#[test]
fn a_token_goes_with_its_own_key_alone() {
    let story = Story::begin();
    let another = story.alice.assume(&story.role_arn, "another").unwrap();
    let code = "InvalidSecurityToken.MismatchWithAccessKey";
    with_token(&another, &token(&story.session)).refused("Sts", "GetCallerIdentity", &[], code);
    with_token(&story.alice, &token(&story.session)).refused("Sts", "GetCallerIdentity", &[], code);
    let without = Credentials { security_token: None, ..story.session.credentials().clone() };
    for signing in Signing::ALL {
        let session = story.session.with_credentials(without.clone()).signing(signing);
        session.refused("Sts", "GetCallerIdentity", &[], "MissingSecurityToken");
    }
    // The key alone, with the right token and another secret.
    let secret = another.credentials().access_key_secret.clone();
    let forged = Credentials { access_key_secret: secret, ..story.session.credentials().clone() };
    let forged = story.session.with_credentials(forged);
    forged.refused("Sts", "GetCallerIdentity", &[], "SignatureDoesNotMatch");
}

#[test]
fn a_token_of_another_server_is_none() {
    let (story, elsewhere) = (Story::begin(), Story::begin());
    let foreign = story.server.client(elsewhere.session.credentials().clone());
    let code = ask(&foreign);
    assert!(code.starts_with("InvalidSecurityToken.M"), "{code}");
}

#[test]
fn a_session_signs_in_every_way() {
    let story = Story::begin();
    for signing in Signing::ALL {
        story.session.signing(signing).must("Sts", "GetCallerIdentity", &[]);
    }
}
