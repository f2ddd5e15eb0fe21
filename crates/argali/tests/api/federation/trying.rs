//! Trying a provider: the checks that a token goes through, each told by itself to whoever may see the provider.

use argali_testkit::{Document, Signer, hours, seconds};
use serde_json::{Value, json};

use super::{CLIENT_ID, SUBJECT, Story, trusting};
use crate::expect::Calls;
use crate::shape::complete;
use crate::stage::text;

const OTHER: &str = "902ef2deeb3c5b13ea4c3d5193629309e231ae55";

/// What is answered of refusals, or of policies that have a name.
const OF_REFUSALS: [&str; 22] = [
    "Checks[].Reason",
    "Checks[].Message",
    "Roles[].Steps[].Statements[].PolicyType",
    "Roles[].Steps[].Statements[].PolicyVersion",
    "Roles[].Steps[].Statements[].AttachedEntityType",
    "Roles[].Steps[].Statements[].AttachedEntityName",
    "Roles[].Steps[].Statements[].AttachedScope",
    "Roles[].Steps[].NearMisses[].Statement.PolicyName",
    "Roles[].Steps[].NearMisses[].Statement.PolicyType",
    "Roles[].Steps[].NearMisses[].Statement.PolicyVersion",
    "Roles[].Steps[].NearMisses[].Statement.AttachedEntityType",
    "Roles[].Steps[].NearMisses[].Statement.AttachedEntityName",
    "Roles[].Steps[].NearMisses[].Statement.AttachedScope",
    "Roles[].Steps[].NearMisses[].Statement.StatementIndex",
    "Roles[].Steps[].NearMisses[].Statement.Text",
    "Roles[].Steps[].NearMisses[].Element",
    "Roles[].Steps[].NearMisses[].Expected[]",
    "Roles[].Steps[].NearMisses[].Conditions[].Operator",
    "Roles[].Steps[].NearMisses[].Conditions[].ConditionKey",
    "Roles[].Steps[].NearMisses[].Conditions[].Expected[]",
    "Roles[].Steps[].NearMisses[].Conditions[].Actual[]",
    "Roles[].Steps[].NearMisses[].Message",
];

impl Story {
    fn try_token(&self, token: &str) -> Value {
        self.a.must("Argali", "TestOIDCProvider", &[("OIDCProviderName", "github"), ("OIDCToken", token)])
    }

    fn try_issuer(&self) -> Value {
        self.a.must("Argali", "TestOIDCProvider", &[("OIDCProviderName", "github")])
    }
}

/// The reasons of the checks that were not passed, by check.
fn failures(answer: &Value) -> Vec<(String, String)> {
    let checks = answer["Checks"].as_array().unwrap().iter();
    let failed = checks.filter(|check| check["Result"] == "Failed");
    failed.map(|check| (text(&check["Check"]), text(&check["Reason"]))).collect()
}

fn fails(answer: &Value, check: &str, reason: &str) {
    assert_eq!(answer["Passed"], false, "{answer}");
    assert_eq!(failures(answer), [(check.to_owned(), reason.to_owned())], "{answer}");
}

#[test]
fn only_who_may_see_provider_and_roles_tries_one() {
    let story = Story::begin();
    let params = [("OIDCProviderName", "github")];
    let user = story.a.user("tester");
    user.refused("Argali", "TestOIDCProvider", &params, "NoPermission");
    // The provider alone is not enough: roles and what they trust are told, too.
    let provider = format!("acs:ram:*:{}:oidc-provider/github", story.a.id);
    story.a.grant_document(
        "tester",
        "Tests",
        &argali_testkit::allow(&["argali:TestOIDCProvider"], &[&provider]),
    );
    user.refused("Argali", "TestOIDCProvider", &params, "NoPermission");
    assert_eq!(story.issuer.key_requests(), 0, "nothing is fetched for whoever may not");
    let params = [("OIDCProviderName", "absent")];
    story.a.client.refused("Argali", "TestOIDCProvider", &params, "EntityNotExist.OIDCProvider");
}

#[test]
fn an_issuer_is_checked_without_a_token() {
    let story = Story::begin();
    let answer = story.try_issuer();
    assert_eq!(answer["Passed"], true);
    assert_eq!(answer["Keys"]["Url"], format!("{}/keys", story.issuer.url()));
    assert!(!answer["Keys"]["Keys"].as_array().unwrap().is_empty(), "{answer}");
    assert!(answer["Token"].is_null() && answer["Roles"] == json!([]));
    story.update("AddFingerprintToOIDCProvider", "Fingerprint", OTHER);
    let answer = story.try_issuer();
    fails(&answer, "Keys", "Unreachable");
    assert!(text(&answer["Checks"][0]["Message"]).contains("fingerprint"), "{answer}");
    assert_eq!(answer["Checks"][0]["Expected"], json!([story.issuer.url(), OTHER]));
    story.update("RemoveFingerprintFromOIDCProvider", "Fingerprint", OTHER);
    story.issuer.describes_itself_as(Document::text("not JSON"));
    fails(&story.try_issuer(), "Keys", "Discovery");
}

#[test]
fn a_good_token_is_told_whole_and_begins_no_session() {
    let story = Story::begin();
    let answer = story.try_token(&story.token().encode());
    complete("Argali", "TestOIDCProvider", &answer, &OF_REFUSALS);
    assert_eq!(answer["Passed"], true, "{answer}");
    let checks = answer["Checks"].as_array().unwrap();
    let names: Vec<_> = checks.iter().map(|check| text(&check["Check"])).collect();
    assert_eq!(names, ["Form", "Times", "Issuer", "Audience", "Keys", "Signature", "Age"]);
    assert_eq!(answer["Token"]["Subject"], SUBJECT);
    assert_eq!(
        (&answer["Roles"][0]["RoleName"], &answer["Roles"][0]["Trusts"]),
        (&json!("deployer"), &json!(true))
    );
    assert_eq!(story.a.must("Argali", "ListSessions", &[])["Sessions"]["Session"], json!([]));
}

#[test]
fn each_check_is_told_by_itself() {
    let story = Story::begin();
    let token = || story.token();
    for (token, check, reason) in [
        ("a.b.c".to_owned(), "Form", "Malformed"),
        (token().signed_by(Signer::PublicKey).encode(), "Form", "Algorithm"),
        (token().signed_by(Signer::Other).encode(), "Signature", "Signature"),
        (token().header("kid", "another").encode(), "Signature", "UnknownKey"),
        (token().claim("iss", "https://evil.example").encode(), "Issuer", "OtherIssuer"),
        (token().claim("aud", "https://other.example").encode(), "Audience", "OtherClient"),
    ] {
        fails(&story.try_token(&token), check, reason);
    }
    // What cannot be read leaves nothing to look at.
    let answer = story.try_token("a.b.c");
    assert_eq!(
        (&answer["Checks"][1]["Result"], &answer["Checks"][5]["Result"]),
        (&json!("NotReached"), &json!("NotReached"))
    );
    assert!(answer["Token"].is_null() && answer["Roles"] == json!([]), "{answer}");
    let old = token().encode();
    story.server.clock().advance(hours(1) + seconds(60));
    fails(&story.try_token(&old), "Times", "Expired");
}

#[test]
fn a_role_that_would_not_let_a_token_in_says_what_it_lacks() {
    let story = Story::begin();
    story.trust(&trusting(&story.provider, &json!({ "StringEquals": { "oidc:sub": "repo:acme/other" } })));
    let answer = story.try_token(&story.token().encode());
    let role = &answer["Roles"][0];
    assert_eq!((&answer["Passed"], &role["Trusts"]), (&json!(true), &json!(false)), "{answer}");
    let unmet = &role["Steps"][0]["NearMisses"][0]["Conditions"][0];
    assert_eq!(
        (&unmet["ConditionKey"], &unmet["Actual"]),
        (&json!("oidc:sub"), &json!([SUBJECT])),
        "{answer}"
    );
    // The same token is refused by the call itself.
    story.refused(story.assume(&story.token()), "NoPermission");
    story.trust(&trusting(&format!("acs:ram::{}:oidc-provider/other", story.a.id), &json!({})));
    assert_eq!(story.try_token(&story.token().encode())["Roles"], json!([]), "it does not name the provider");
    assert!(story.issuer.token(story.server.clock(), SUBJECT, CLIENT_ID).encode().len() > 100);
}

#[test]
fn a_token_is_never_on_record() {
    let story = Story::begin();
    let token = story.token().encode();
    let answer = story.try_token(&token);
    let record = crate::audit::record(&story.server, answer["RequestId"].as_str().unwrap()).to_string();
    assert!(!record.contains(&token) && record.contains("TestOIDCProvider"), "{record}");
}
