//! Sessions for those whom an OIDC provider stands for: real tokens, from an issuer that runs in the test.
// SPEC: evaluation, AssumeRole: role SSO; security, requests, the last of the limits.

mod form;
mod issuer;
mod key;
mod session;
mod token;
mod trying;

use argali_testkit::{ApiFailure, Client, Enterprise, Issuer, TestServer, TestServerBuilder, Token};
use serde_json::{Value, json};

use crate::expect::well_mannered;
use crate::sts::credentials;
use crate::world::tenant_on;

const INVALID: &str = "AuthenticationFail.OIDCToken.Invalid";
const EXPIRED: &str = "AuthenticationFail.OIDCToken.Expired";
const SUBJECT: &str = "repo:acme/site:ref:refs/heads/main";
const CLIENT_ID: &str = "https://github.com/acme";

/// An account whose role trusts a provider, and the provider's issuer.
struct Story {
    issuer: Issuer,
    server: TestServer,
    a: Enterprise,
    role: String,
    provider: String,
}

impl Story {
    fn begin() -> Self {
        Self::begin_with(|builder| builder)
    }

    fn begin_with(change: impl FnOnce(TestServerBuilder) -> TestServerBuilder) -> Self {
        let issuer = Issuer::start();
        let builder = TestServer::builder().configure(|config| issuer.reachable_from(config));
        let server = change(builder).start();
        let a = tenant_on(&server);
        let params = [("OIDCProviderName", "github"), ("IssuerUrl", issuer.url()), ("ClientIds", CLIENT_ID)];
        let made = a.must("Ims", "CreateOIDCProvider", &params);
        let provider = crate::stage::text(&made["OIDCProvider"]["Arn"]);
        let document = trusting(&provider, &json!({})).to_string();
        let params = [("RoleName", "deployer"), ("AssumeRolePolicyDocument", document.as_str())];
        let role = crate::stage::text(&a.must("Ram", "CreateRole", &params)["Role"]["Arn"]);
        Self { issuer, server, a, role, provider }
    }

    /// A token that is good.
    fn token(&self) -> Token {
        self.issuer.token(self.server.clock(), SUBJECT, CLIENT_ID)
    }

    /// What comes of a token.
    fn assume(&self, token: &Token) -> Result<Value, ApiFailure> {
        self.assume_with(&[("OIDCToken", &token.encode())])
    }

    /// What comes of a call with these parameters, and otherwise good ones.
    fn assume_with(&self, changed: &[(&str, &str)]) -> Result<Value, ApiFailure> {
        let token = self.token().encode();
        let mut params = vec![
            ("RoleArn", self.role.as_str()),
            ("OIDCProviderArn", &self.provider),
            ("OIDCToken", &token),
            ("RoleSessionName", "build-17"),
        ];
        params.retain(|(name, _)| !changed.iter().any(|(other, _)| other == name));
        params.extend(changed.iter().filter(|(_, value)| !value.is_empty()));
        // Nobody signs it.
        let mut request = self.a.client.sign("Sts", "AssumeRoleWithOIDC", &params);
        request.headers.retain(|(name, _)| name != "authorization");
        self.a.client.send(&request)
    }

    /// The call must be refused with this code.
    #[track_caller]
    fn refused(&self, result: Result<Value, ApiFailure>, code: &str) -> ApiFailure {
        match result {
            Ok(answer) => panic!("the token must be refused with {code}, but: {answer}"),
            Err(failure) => {
                assert_eq!(failure.code, code, "{failure}");
                well_mannered("Sts", &failure);
                failure
            }
        }
    }

    /// A client that signs with the session that a token begins.
    #[track_caller]
    fn session(&self) -> Client {
        let answer = self.assume(&self.token()).unwrap_or_else(|failure| panic!("{failure}"));
        self.a.client.with_credentials(credentials(&answer))
    }

    /// Replaces the role's trust policy.
    fn trust(&self, document: &Value) {
        let document = document.to_string();
        let params = [("RoleName", "deployer"), ("NewAssumeRolePolicyDocument", document.as_str())];
        self.a.must("Ram", "UpdateRole", &params);
    }

    fn update(&self, action: &str, name: &str, value: &str) {
        self.a.must("Ims", action, &[("OIDCProviderName", "github"), (name, value)]);
    }

    /// What the record of a refused call says was wrong.
    fn reason(&self, failure: &ApiFailure) -> String {
        let record = crate::audit::record(&self.server, failure.request_id.as_deref().unwrap_or_default());
        assert_eq!(record["errorCode"], failure.code.as_str());
        assert_eq!(record["accounts"], json!([self.a.id]), "the role's account can read it");
        record["notes"]["oidcRefusal"].as_str().unwrap_or_default().to_owned()
    }
}

/// A trust policy that lets those in for whom a provider stands.
fn trusting(provider: &str, condition: &Value) -> Value {
    json!({
        "Version": "1",
        "Statement": [{
            "Effect": "Allow",
            "Action": "sts:AssumeRole",
            "Principal": { "Federated": [provider] },
            "Condition": condition,
        }],
    })
}
