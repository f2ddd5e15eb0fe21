//! Sessions live as long as everything they stand on, and not a request longer.
// SPEC: security, sessions; design, sessions live as long as their whole chain.

mod chain;
mod condition;
mod link;
mod logon;
mod policy;
mod race;
mod term;
mod token;
mod token_key;

use argali_testkit::{Client, Delegation, Enterprise, TestServer};
use serde_json::Value;

const REVOKED: &str = "InvalidSecurityToken.Revoked";
const MALFORMED: &str = "InvalidSecurityToken.Malformed";
const EXPIRED: &str = "InvalidSecurityToken.Expired";

/// The delegation of the story with a live session.
struct Story {
    server: TestServer,
    a: Enterprise,
    b: Enterprise,
    alice: Client,
    role_arn: String,
    session: Client,
}

impl Story {
    fn begin() -> Self {
        Self::begin_on(TestServer::start())
    }

    fn begin_on(server: TestServer) -> Self {
        let Delegation { a, b, alice, role_arn } = Delegation::set_up(&server);
        let session = alice.assume(&role_arn, "alice-at-work").unwrap();
        let story = Self { server, a, b, alice, role_arn, session };
        story.lives();
        story
    }

    /// The session is good: a call that needs no permission succeeds.
    #[track_caller]
    fn lives(&self) {
        assert_eq!(ask(&self.session), "good");
    }

    /// The session is refused with this code, whatever it asks for.
    #[track_caller]
    fn ended(&self, code: &str) {
        assert_eq!(ask(&self.session), code);
        let refusal = self.session.call("Ecs", "DescribeInstances", &[("RegionId", "cn-hangzhou")]);
        assert_eq!(refusal.unwrap_err().code, code);
    }

    /// Replaces the role's trust policy.
    fn trust(&self, document: &Value) {
        let document = document.to_string();
        let params = [("RoleName", "ecs-admin"), ("NewAssumeRolePolicyDocument", document.as_str())];
        self.a.must("Ram", "UpdateRole", &params);
    }

    fn alices_key(&self) -> [(&str, &str); 2] {
        [("UserName", "alice"), ("UserAccessKeyId", &self.alice.credentials().access_key_id)]
    }
}

/// What a session is told when it asks who it is: `good`, or the code.
fn ask(session: &Client) -> String {
    match session.call("Sts", "GetCallerIdentity", &[]) {
        Ok(_) => "good".to_owned(),
        Err(failure) => {
            crate::expect::well_mannered("Sts", &failure);
            failure.code
        }
    }
}
