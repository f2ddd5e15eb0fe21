//! Trying an OIDC provider by its page.

use argali_testkit::{Issuer, Page, Signer, TestServer, Token, Visitor, trust};

use crate::stage::Stage;

const PAGE: &str = "/console/sso/oidc/ci";
const TEST: &str = "/console/sso/oidc/ci/test";

/// An account with a provider whose issuer runs here, and a role that trusts it.
fn begin(issuer: &Issuer) -> Stage {
    let server = TestServer::builder().configure(|config| issuer.reachable_from(config)).start();
    let stage = Stage::on(server);
    let params = [("OIDCProviderName", "ci"), ("IssuerUrl", issuer.url()), ("ClientIds", "deploy")];
    stage.a.must("Ims", "CreateOIDCProvider", &params);
    let mut document = trust(&[]);
    document["Statement"][0]["Principal"] =
        serde_json::json!({ "Federated": [format!("acs:ram::{}:oidc-provider/ci", stage.a.id)] });
    document["Statement"][0]["Condition"] =
        serde_json::json!({ "StringEquals": { "oidc:aud": "deploy", "oidc:sub": "builder" } });
    let params = [("RoleName", "deployer"), ("AssumeRolePolicyDocument", &document.to_string())];
    stage.a.must("Ram", "CreateRole", &params);
    stage
}

fn tried(owner: &Visitor, token: &Token) -> Page {
    owner.follow(owner.submit(&owner.get(TEST), TEST, &[("OIDCToken", &token.encode())]))
}

#[test]
fn the_keys_of_an_issuer_are_checked_from_the_page_of_the_provider() {
    let issuer = Issuer::start();
    let stage = begin(&issuer);
    let owner = stage.owner(&stage.a);
    let page = owner.follow(owner.submit(&owner.get(PAGE), TEST, &[]));
    for words in ["The issuer&#39;s keys were fetched", &format!("{}/keys", issuer.url()), "RS256"] {
        assert!(
            page.body.contains(words) || page.body.contains(&words.replace("&#39;", "'")),
            "{words}: {}",
            page.body
        );
    }
    assert!(page.body.len() < crate::every_page::LARGEST);
    let alice = stage.logged_on("alice");
    assert_eq!(
        [PAGE, TEST].map(|path| alice.get(path).status),
        [403; 2],
        "whoever may not see it tries nothing"
    );
}

#[test]
fn a_token_is_told_check_by_check_and_no_session_begins() {
    let issuer = Issuer::start();
    let stage = begin(&issuer);
    let owner = stage.owner(&stage.a);
    let clock = stage.server.clock();
    let page = tried(&owner, &issuer.token(clock, "builder", "deploy"));
    assert!(page.body.contains("The token is good, and 1 role lets it in."), "{}", page.body);
    assert_eq!(page.body.matches("> Passed").count(), 7, "{}", page.body);
    let page = tried(&owner, &issuer.token(clock, "somebody", "deploy"));
    assert!(page.body.contains("The token is good, and no role lets it in."), "{}", page.body);
    assert!(page.body.contains("oidc:sub") && page.body.contains("Does not let it in"), "{}", page.body);
    let page = tried(&owner, &issuer.token(clock, "builder", "deploy").signed_by(Signer::Other));
    assert!(page.body.contains("The token would be refused."), "{}", page.body);
    assert!(page.body.contains("The token is not signed by its issuer."), "{}", page.body);
    let page = tried(&owner.reading("zh-CN"), &issuer.token(clock, "builder", "other"));
    assert!(page.body.contains("令牌的受众不包含该提供商的任何客户端 ID。"), "{}", page.body);
    let sessions = stage.a.must("Argali", "ListSessions", &[]);
    assert_eq!(sessions["Sessions"]["Session"], serde_json::json!([]));
}

#[test]
fn a_token_is_never_shown_again() {
    let issuer = Issuer::start();
    let stage = begin(&issuer);
    let owner = stage.owner(&stage.a);
    let form = owner.get(TEST);
    let token = "x".repeat(20_001);
    let page = owner.submit(&form, TEST, &[("OIDCToken", &token)]);
    assert!(page.status == 400 && page.body.contains("role=\"alert\""), "{}", page.body);
    assert!(!page.body.contains(&"x".repeat(100)), "{}", page.body);
    // The call that a page shows leaves it out.
    let token = issuer.token(stage.server.clock(), "builder", "deploy").encode();
    let call = owner.submit(&form, TEST, &[("OIDCToken", token.as_str()), ("show-api", "true")]);
    let call = owner.follow(call);
    assert!(call.body.contains("TestOIDCProvider") && !call.body.contains(&token), "{}", call.body);
}
