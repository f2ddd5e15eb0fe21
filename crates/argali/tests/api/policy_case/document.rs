//! Documents handed in through the operations that take them.

use std::sync::Mutex;

use argali_policy::DocumentKind;
use argali_policy::case::Submission;
use argali_testkit::{ApiFailure, Client, Enterprise, OssClient, TestServer, allow};
use serde_json::Value;

use super::{Obstacle, bucket};
use crate::stage::fresh;

/// The account that the cases speak of.
const ACCOUNT: &str = "1000000000000001";

/// The bucket that policies of buckets are given to.
const BUCKET: &str = "case-documents";

/// What stands in the way of handing in a document of a kind.
pub(super) fn obstacle(kind: DocumentKind) -> Option<Obstacle> {
    match kind {
        DocumentKind::Identity | DocumentKind::Trust | DocumentKind::Session | DocumentKind::Bucket => None,
        DocumentKind::Control => Some(Obstacle::ControlPolicy),
    }
}

/// Where documents are handed in.
pub(super) struct Desk {
    /// It answers as long as this lives.
    _server: TestServer,
    owner: Enterprise,
    /// Who may assume the role.
    source: Client,
    role_arn: String,
    /// The owner of the bucket, to object storage.
    oss: OssClient,
    /// Names that trust policies need are made once.
    known: Mutex<Vec<String>>,
}

impl Desk {
    pub(super) fn new() -> Self {
        let server = TestServer::start();
        let owner = server.account("company-a", ACCOUNT);
        let source = owner.user("source");
        owner.grant_document("source", "assume", &allow(&["sts:AssumeRole"], &["*"]));
        let role_arn = owner.role("session", &[&owner.root_arn()], &[]);
        let oss = server.oss_client(Some(owner.client.credentials()));
        oss.call("PUT", BUCKET, "").send().must();
        Self { _server: server, owner, source, role_arn, oss, known: Mutex::default() }
    }

    /// Hands a document in, which must be accepted, or refused with the code for its kind and the words wanted.
    pub(super) fn submit(&self, submission: &Submission<'_>, valid: bool) -> Result<(), String> {
        let text = submission.text.as_ref();
        let (answer, code) = match submission.kind {
            DocumentKind::Identity => (self.policy(text), "MalformedPolicyDocument"),
            DocumentKind::Trust => (self.role(text), "MalformedPolicyDocument"),
            DocumentKind::Bucket => (self.bucket_policy(text), "InvalidPolicyDocument"),
            _ => (self.session(text), "InvalidParameter.PolicyGrammar"),
        };
        match answer {
            Ok(_) if valid => Ok(()),
            Ok(_) => Err("expected Malformed, got Valid".to_owned()),
            Err(failure) if valid => Err(format!("expected Valid, got {failure}")),
            // A parameter without a value is none.
            Err(failure) if text.is_empty() && failure.code == "MissingPolicyDocument" => Ok(()),
            Err(failure) if failure.code != submission.error.as_deref().unwrap_or(code) => {
                Err(format!("refused with another code: {failure}"))
            }
            Err(failure) => match &submission.message {
                Some(words) if !failure.message.contains(words) => {
                    Err(format!("`{words}` is not in: {}", failure.message))
                }
                _ => Ok(()),
            },
        }
    }

    fn policy(&self, text: &str) -> Result<Value, ApiFailure> {
        let params = [("PolicyName", fresh("policy")), ("PolicyDocument", text.to_owned())];
        self.owner.client.call(
            "Ram",
            "CreatePolicy",
            &params.each_ref().map(|(name, value)| (*name, value.as_str())),
        )
    }

    fn role(&self, text: &str) -> Result<Value, ApiFailure> {
        make_trusted(&self.owner, text, &mut self.known.lock().unwrap());
        let params = [("RoleName", fresh("role")), ("AssumeRolePolicyDocument", text.to_owned())];
        self.owner.client.call(
            "Ram",
            "CreateRole",
            &params.each_ref().map(|(name, value)| (*name, value.as_str())),
        )
    }

    fn bucket_policy(&self, text: &str) -> Result<Value, ApiFailure> {
        bucket::read(&self.oss.call("PUT", BUCKET, "").query("policy", "").body(text).send())
    }

    fn session(&self, text: &str) -> Result<Value, ApiFailure> {
        let params = [("RoleArn", self.role_arn.as_str()), ("RoleSessionName", "s1"), ("Policy", text)];
        self.source.call("Sts", "AssumeRole", &params)
    }
}

/// Makes the users and roles of the own account that a trust policy names: it is refused without them.
pub(super) fn make_trusted(owner: &Enterprise, trust: &str, known: &mut Vec<String>) {
    for kind in ["user", "role"] {
        let start = format!("acs:ram::{}:{kind}/", owner.id);
        for rest in trust.split(&start).skip(1) {
            let name: String =
                rest.chars().take_while(|c| c.is_ascii_alphanumeric() || ".-_".contains(*c)).collect();
            let named = format!("{kind}/{}", name.to_ascii_lowercase());
            if name.is_empty() || known.contains(&named) {
                continue;
            }
            match kind {
                "user" => drop(owner.must("Ram", "CreateUser", &[("UserName", &name)])),
                _ => drop(owner.role(&name, &[], &[])),
            }
            known.push(named);
        }
    }
}
