//! What many tests begin with.

use argali_protocol::{Credentials, Secret};
use serde_json::{Value, json};

use crate::client::Client;
use crate::server::TestServer;

/// An account, and a client that signs with its own key.
#[derive(Clone, Debug)]
pub struct Enterprise {
    /// Its number.
    pub id: String,
    /// Its alias.
    pub alias: String,
    /// The owner.
    pub client: Client,
}

impl Enterprise {
    /// Calls an operation as the account itself, which must succeed.
    ///
    /// # Panics
    ///
    /// Panics if the call is refused.
    pub fn must(&self, product: &str, action: &str, params: &[(&str, &str)]) -> Value {
        let answer = self.client.call(product, action, params);
        answer.unwrap_or_else(|failure| panic!("{} {action} {params:?}: {failure}", self.alias))
    }

    /// Makes a user and returns a client that signs with its AccessKey.
    ///
    /// # Panics
    ///
    /// Panics if any of the calls is refused.
    pub fn user(&self, name: &str) -> Client {
        self.must("Ram", "CreateUser", &[("UserName", name)]);
        let key = self.must("Ram", "CreateAccessKey", &[("UserName", name)]);
        self.client.with_credentials(credentials(&key["AccessKey"]))
    }

    /// Attaches a system policy to a user.
    ///
    /// # Panics
    ///
    /// Panics if the call is refused.
    pub fn grant(&self, user: &str, system_policy: &str) {
        let params = [("UserName", user), ("PolicyName", system_policy), ("PolicyType", "System")];
        self.must("Ram", "AttachPolicyToUser", &params);
    }

    /// Makes a custom policy of this document and attaches it to a user.
    ///
    /// # Panics
    ///
    /// Panics if any of the calls is refused.
    pub fn grant_document(&self, user: &str, policy: &str, document: &Value) {
        let document = document.to_string();
        self.must("Ram", "CreatePolicy", &[("PolicyName", policy), ("PolicyDocument", &document)]);
        let params = [("UserName", user), ("PolicyName", policy), ("PolicyType", "Custom")];
        self.must("Ram", "AttachPolicyToUser", &params);
    }

    /// Makes a role that trusts `principals`, with system policies attached, and returns its ARN.
    ///
    /// # Panics
    ///
    /// Panics if any of the calls is refused.
    pub fn role(&self, name: &str, principals: &[&str], system_policies: &[&str]) -> String {
        let document = trust(principals).to_string();
        let role =
            self.must("Ram", "CreateRole", &[("RoleName", name), ("AssumeRolePolicyDocument", &document)]);
        for policy in system_policies {
            let params = [("RoleName", name), ("PolicyName", *policy), ("PolicyType", "System")];
            self.must("Ram", "AttachPolicyToRole", &params);
        }
        role["Role"]["Arn"].as_str().unwrap_or_default().to_owned()
    }

    /// How this account is named in trust policies.
    pub fn root_arn(&self) -> String {
        format!("acs:ram::{}:root", self.id)
    }
}

impl Client {
    /// Assumes a role and returns a client that signs with the session.
    ///
    /// # Errors
    ///
    /// Fails if `AssumeRole` is refused.
    pub fn assume(&self, role_arn: &str, session: &str) -> Result<Client, argali_protocol::ApiFailure> {
        let params = [("RoleArn", role_arn), ("RoleSessionName", session)];
        let answer = self.call("Sts", "AssumeRole", &params)?;
        Ok(self.with_credentials(credentials(&answer["Credentials"])))
    }
}

/// The two enterprises of the story: A owns, B is let in.
#[derive(Clone, Debug)]
pub struct Delegation {
    /// `company-a`, 11223344: it owns the resources and the role `ecs-admin`.
    pub a: Enterprise,
    /// `company-b`, 12345678: trusted by the role.
    pub b: Enterprise,
    /// `alice` of company-b, with an AccessKey and AliyunSTSAssumeRoleAccess.
    pub alice: Client,
    /// The ARN of the role.
    pub role_arn: String,
}

impl Delegation {
    /// Makes both enterprises, the role and the user on `server`.
    ///
    /// # Panics
    ///
    /// Panics if any of the calls is refused.
    pub fn set_up(server: &TestServer) -> Self {
        let a = server.account("company-a", "11223344");
        let b = server.account("company-b", "12345678");
        let role_arn = a.role("ecs-admin", &[&b.root_arn()], &["AliyunECSFullAccess"]);
        let alice = b.user("alice");
        b.grant("alice", "AliyunSTSAssumeRoleAccess");
        Self { a, b, alice, role_arn }
    }
}

/// A trust policy that lets `principals` in; with none, nobody.
pub fn trust(principals: &[&str]) -> Value {
    json!({
        "Version": "1",
        "Statement": [{ "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": { "RAM": principals } }],
    })
}

/// A policy that allows `actions` on `resources`.
pub fn allow(actions: &[&str], resources: &[&str]) -> Value {
    json!({ "Version": "1", "Statement": [{ "Effect": "Allow", "Action": actions, "Resource": resources }] })
}

/// The credentials in an answer of `CreateAccessKey` or `AssumeRole`.
pub fn credentials(answer: &Value) -> Credentials {
    let text = |name: &str| answer[name].as_str().map(str::to_owned);
    Credentials {
        access_key_id: text("AccessKeyId").unwrap_or_default(),
        access_key_secret: Secret::new(text("AccessKeySecret").unwrap_or_default()),
        security_token: text("SecurityToken"),
    }
}
