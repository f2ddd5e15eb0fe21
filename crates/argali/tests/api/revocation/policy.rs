//! Session policies: what a session may do at most, besides what its role may.

use argali_testkit::{ApiFailure, Client, Enterprise, allow};
use serde_json::{Value, json};

use crate::expect::Calls;
use crate::stage::text;
use crate::sts::credentials;
use crate::world::tenant;

struct Bounded {
    a: Enterprise,
    alice: Client,
    role: String,
}

impl Bounded {
    fn begin() -> Self {
        let a = tenant();
        let role = a.role("reader", &[&a.root_arn()], &["AliyunRAMReadOnlyAccess"]);
        let alice = a.user("alice");
        a.grant("alice", "AliyunSTSAssumeRoleAccess");
        Self { a, alice, role }
    }

    fn assume(&self, policy: &str) -> Result<Client, ApiFailure> {
        let params = [("RoleArn", self.role.as_str()), ("RoleSessionName", "bounded"), ("Policy", policy)];
        let answer = self.alice.call("Sts", "AssumeRole", &params)?;
        Ok(self.alice.with_credentials(credentials(&answer)))
    }
}

#[test]
fn a_session_may_do_what_both_policies_allow() {
    let bounded = Bounded::begin();
    let session = bounded.assume(&allow(&["ram:ListUsers", "ram:CreateUser"], &["*"]).to_string()).unwrap();
    session.must("Ram", "ListUsers", &[]);
    let by_session = session.refused("Ram", "ListGroups", &[], "NoPermission");
    let detail = by_session.access_denied_detail.unwrap();
    assert_eq!(
        (detail.policy_type.as_str(), detail.no_permission_type.as_str()),
        ("SessionPolicy", "ImplicitDeny")
    );
    let by_role = session.refused("Ram", "CreateUser", &[("UserName", "eve")], "NoPermission");
    assert_eq!(by_role.access_denied_detail.unwrap().policy_type, "AccountLevelIdentityBasedPolicy");
    // Who one is can always be asked.
    session.must("Sts", "GetCallerIdentity", &[]);
}

#[test]
fn a_session_policy_can_deny() {
    let bounded = Bounded::begin();
    let mut document = allow(&["ram:*"], &["*"]);
    let mut deny = document["Statement"][0].clone();
    (deny["Effect"], deny["Action"]) = (json!("Deny"), json!("ram:ListGroups"));
    document["Statement"].as_array_mut().unwrap().push(deny);
    let session = bounded.assume(&document.to_string()).unwrap();
    session.must("Ram", "ListUsers", &[]);
    let refusal = session.refused("Ram", "ListGroups", &[], "NoPermission");
    let detail = refusal.access_denied_detail.unwrap();
    assert_eq!(
        (detail.policy_type.as_str(), detail.no_permission_type.as_str()),
        ("SessionPolicy", "ExplicitDeny")
    );
}

#[test]
fn a_session_policy_that_is_none_is_refused() {
    let bounded = Bounded::begin();
    let code = |policy: &str| bounded.assume(policy).unwrap_err().code;
    for wrong in ["not json", "{}", "[]", r#"{"Version":"1","Statement":[]}"#] {
        assert_eq!(code(wrong), "InvalidParameter.PolicyGrammar", "{wrong}");
    }
    let mut trusting = argali_testkit::trust(&[]);
    assert_eq!(code(&trusting.to_string()), "InvalidParameter.PolicyGrammar");
    trusting["Version"] = Value::Null;
    assert_eq!(code(&trusting.to_string()), "InvalidParameter.PolicyGrammar");
    let many: Vec<_> = (0..300).map(|number| format!("ecs:R{number:04}")).collect();
    let long = allow(&many.iter().map(String::as_str).collect::<Vec<_>>(), &["*"]).to_string();
    assert_eq!(code(&long), "InvalidParameter.PolicySize");
}

#[test]
fn a_session_policy_bounds_the_sessions_that_follow() {
    let bounded = Bounded::begin();
    let params =
        [("RoleName", "reader"), ("PolicyName", "AliyunSTSAssumeRoleAccess"), ("PolicyType", "System")];
    bounded.a.must("Ram", "AttachPolicyToRole", &params);
    let next = bounded.a.role("next", &[&bounded.a.root_arn()], &[]);
    let params = [("RoleArn", next.as_str()), ("RoleSessionName", "next")];
    let narrow = bounded.assume(&allow(&["ram:*"], &["*"]).to_string()).unwrap();
    narrow.refused("Sts", "AssumeRole", &params, "NoPermission");
    let wide = bounded.assume(&allow(&["sts:AssumeRole"], &["*"]).to_string()).unwrap();
    let identity = wide.assume(&next, "next").unwrap().must("Sts", "GetCallerIdentity", &[]);
    assert_eq!(text(&identity["Arn"]), format!("acs:ram::{}:assumed-role/next/next", bounded.a.id));
}
