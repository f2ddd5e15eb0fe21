//! Federated sessions live as long as what they stand on: the provider, the client id, and the role's trust.

use argali_server::config::Revocation;
use argali_testkit::{Client, TestServerBuilder, minutes, trust};
use serde_json::{Value, json};

use super::{CLIENT_ID, INVALID, SUBJECT, Story, trusting};
use crate::expect::Calls;
use crate::stage::text;

const REVOKED: &str = "InvalidSecurityToken.Revoked";
const GONE: &str = "InvalidSecurityToken.Malformed";

#[track_caller]
fn lives(session: &Client) {
    session.must("Sts", "GetCallerIdentity", &[]);
}

#[track_caller]
fn ended(session: &Client, code: &str) {
    session.refused("Sts", "GetCallerIdentity", &[], code);
}

fn condition(operator: &str, key: &str, value: &str) -> Value {
    json!({ operator: { key: value } })
}

#[test]
fn only_a_role_that_trusts_the_provider_is_assumed() {
    let story = Story::begin();
    let refused = |role: &str| {
        let role = format!("acs:ram::{}:role/{role}", story.a.id);
        story.refused(story.assume_with(&[("RoleArn", &role)]), "NoPermission")
    };
    // The account of the provider is not the provider.
    story.a.role("for-users", &[&story.a.root_arn()], &[]);
    let deny = json!({
        "Version": "1",
        "Statement": [{
            "Effect": "Deny",
            "Action": "sts:AssumeRole",
            "Principal": { "Federated": [story.provider.as_str()] },
        }],
    });
    let params = [("RoleName", "denying"), ("AssumeRolePolicyDocument", &deny.to_string())];
    story.a.must("Ram", "CreateRole", &params);
    let failures = ["for-users", "denying", "absent"].map(refused);
    for failure in &failures {
        let detail = failure.access_denied_detail.as_ref().unwrap();
        assert_eq!(detail.auth_action, "sts:AssumeRole");
        assert_eq!(detail.auth_principal_type, "Federated");
        assert_eq!(detail.auth_principal_owner_id, story.a.id);
        assert_eq!(detail.auth_principal_display_name, "oidc-provider/github");
        assert_eq!(detail.policy_type, "AssumeRolePolicy");
        // A role that denies it cannot be told from one that is not there.
        assert_eq!(detail.no_permission_type, "ImplicitDeny");
        assert_eq!(failure.message, failures[0].message);
    }
    let id = failures[1].request_id.clone().unwrap();
    let record = crate::audit::record(&story.server, &id);
    assert_eq!(record["refusal"]["explicit"], true, "the account itself is told");
    story.trust(&trust(&[]));
    refused("deployer");
}

#[test]
fn trust_may_depend_on_what_the_token_says() {
    let story = Story::begin();
    for (operator, key, value, good) in [
        ("StringEquals", "oidc:sub", SUBJECT, true),
        ("StringEquals", "oidc:sub", "repo:acme/site:ref:refs/heads/dev", false),
        ("StringLike", "oidc:sub", "repo:acme/*", true),
        ("StringEquals", "oidc:aud", CLIENT_ID, true),
        ("StringEquals", "oidc:aud", "another", false),
        ("StringNotEquals", "oidc:aud", CLIENT_ID, false),
        ("StringEquals", "oidc:iss", story.issuer.url(), true),
        ("StringEquals", "oidc:iss", "https://evil.example", false),
        ("IpAddress", "acs:SourceIp", "127.0.0.1", true),
        ("Bool", "acs:SecureTransport", "true", false),
        ("StringEquals", "saml:recipient", SUBJECT, false),
        ("Bool", "acs:MFAPresent", "true", false),
    ] {
        story.trust(&trusting(&story.provider, &condition(operator, key, value)));
        let result = story.assume(&story.token());
        if good {
            result.unwrap_or_else(|failure| panic!("{operator} {key} {value}: {failure}"));
        } else {
            story.refused(result, "NoPermission");
        }
    }
    // What the token says, but the provider does not stand for, counts for nothing.
    story.trust(&trusting(&story.provider, &condition("StringEquals", "oidc:aud", "another")));
    let two = story.token().claim("aud", json!([CLIENT_ID, "another"]));
    story.refused(story.assume(&two), "NoPermission");
}

#[test]
fn an_edited_trust_policy_ends_sessions_and_a_restored_one_lets_them_go_on() {
    let story = Story::begin();
    let session = story.session();
    lives(&session);
    story.trust(&trusting(&story.provider, &condition("StringLike", "oidc:sub", "repo:other/*")));
    ended(&session, REVOKED);
    story.trust(&trusting(&story.provider, &condition("StringLike", "oidc:sub", "repo:acme/*")));
    lives(&session);
    story.trust(&trust(&[&story.a.root_arn()]));
    ended(&session, REVOKED);
}

#[test]
fn a_deleted_provider_ends_sessions_and_one_of_the_same_name_revives_none() {
    let story = Story::begin();
    let session = story.session();
    story.a.must("Ims", "DeleteOIDCProvider", &[("OIDCProviderName", "github")]);
    ended(&session, GONE);
    story.refused(story.assume(&story.token()), INVALID);
    let params =
        [("OIDCProviderName", "github"), ("IssuerUrl", story.issuer.url()), ("ClientIds", CLIENT_ID)];
    story.a.must("Ims", "CreateOIDCProvider", &params);
    ended(&session, GONE);
    lives(&story.session());
}

#[test]
fn a_removed_client_id_ends_the_sessions_that_it_stood_for() {
    let story = Story::begin();
    story.update("AddClientIdToOIDCProvider", "ClientId", "another");
    let one = story.session();
    let answer = story.assume(&story.token().claim("aud", json!([CLIENT_ID, "another"]))).unwrap();
    let both = story.a.client.with_credentials(crate::sts::credentials(&answer));
    story.update("RemoveClientIdFromOIDCProvider", "ClientId", CLIENT_ID);
    ended(&one, REVOKED);
    lives(&both);
    // Trust is judged by those that are left.
    story.trust(&trusting(&story.provider, &condition("StringEquals", "oidc:aud", CLIENT_ID)));
    ended(&both, REVOKED);
    story.update("UpdateOIDCProvider", "ClientIds", CLIENT_ID);
    lives(&one);
    lives(&both);
}

#[test]
fn sessions_end_with_their_time_their_role_and_their_account() {
    let story = Story::begin();
    let session = story.session();
    story.server.close(&story.a);
    ended(&session, REVOKED);
    story.server.reopen(&story.a);
    lives(&session);
    story.server.clock().advance(minutes(60));
    ended(&session, "InvalidSecurityToken.Expired");
    let session = story.session();
    story.server.end_sessions_of(&story.a);
    ended(&session, REVOKED);
    let session = story.session();
    story.a.must("Ram", "DeleteRole", &[("RoleName", "deployer")]);
    ended(&session, GONE);
}

#[test]
fn a_chain_ends_with_the_provider_that_it_began_with() {
    let story = Story::begin();
    let first = format!("acs:ram::{}:role/deployer", story.a.id);
    let second = story.a.role("second", &[&first], &[]);
    let grant =
        [("RoleName", "deployer"), ("PolicyName", "AliyunSTSAssumeRoleAccess"), ("PolicyType", "System")];
    story.a.must("Ram", "AttachPolicyToRole", &grant);
    let chained = story.session().assume(&second, "onward").unwrap();
    lives(&chained);
    let call = chained.must("Sts", "GetCallerIdentity", &[]);
    let record = crate::audit::record(&story.server, &text(&call["RequestId"]));
    let origin = record["caller"]["chain"].as_array().unwrap().last().unwrap().clone();
    assert_eq!(origin["principalId"], SUBJECT, "the one it began with stays visible");
    assert_eq!(origin["provider"], story.provider.as_str());
    assert_eq!(origin["issuer"], story.issuer.url());
    story.update("RemoveClientIdFromOIDCProvider", "ClientId", CLIENT_ID);
    ended(&chained, REVOKED);
    story.update("AddClientIdToOIDCProvider", "ClientId", CLIENT_ID);
    lives(&chained);
    story.a.must("Ims", "DeleteOIDCProvider", &[("OIDCProviderName", "github")]);
    ended(&chained, GONE);
}

#[test]
fn as_upstream_issued_tokens_run_on() {
    let upstream = |builder: TestServerBuilder| {
        builder.configure(|config| {
            config.identity.session_revocation = Revocation::Upstream;
        })
    };
    let story = Story::begin_with(upstream);
    let session = story.session();
    story.trust(&trust(&[]));
    lives(&session);
    story.a.must("Ims", "DeleteOIDCProvider", &[("OIDCProviderName", "github")]);
    lives(&session);
    story.server.end_sessions_of(&story.a);
    ended(&session, REVOKED);
}
