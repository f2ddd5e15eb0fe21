//! Roles assumed from roles: a chain holds while each of its links does.

use argali_testkit::{Client, Enterprise, TestServer, hours, minutes, seconds, trust};
use serde_json::Value;

use super::{EXPIRED, MALFORMED, REVOKED, ask};
use crate::expect::Calls;
use crate::stage::text;

/// Alice of `company-b` assumes `first` of `company-a`, and from there `second` of `company-c`.
struct Chain {
    server: TestServer,
    a: Enterprise,
    b: Enterprise,
    c: Enterprise,
    alice: Client,
    first: Client,
    second: Client,
}

const SECOND: &str = "acs:ram::33333:role/second";

impl Chain {
    fn begin() -> Self {
        let server = TestServer::start();
        let (a, b) = (server.account("company-a", "11111"), server.account("company-b", "22222"));
        let c = server.account("company-c", "33333");
        let first = a.role("first", &[&b.root_arn()], &["AliyunSTSAssumeRoleAccess"]);
        c.role("second", &["acs:ram::11111:role/first"], &["AliyunRAMReadOnlyAccess"]);
        let alice = b.user("alice");
        b.grant("alice", "AliyunSTSAssumeRoleAccess");
        let first = alice.assume(&first, "one").unwrap();
        let second = first.assume(SECOND, "two").unwrap();
        second.must("Ram", "ListUsers", &[]);
        Self { server, a, b, c, alice, first, second }
    }

    fn set_trust(owner: &Enterprise, role: &str, principals: &[&str]) {
        let document = trust(principals).to_string();
        let params = [("RoleName", role), ("NewAssumeRolePolicyDocument", document.as_str())];
        owner.must("Ram", "UpdateRole", &params);
    }

    /// What the two sessions of the chain come to.
    #[track_caller]
    fn expect(&self, first: &str, second: &str) {
        assert_eq!((ask(&self.first).as_str(), ask(&self.second).as_str()), (first, second));
    }
}

#[test]
fn each_link_that_breaks_ends_all_that_hangs_on_it() {
    let chain = Chain::begin();
    let permission = [("PolicyName", "AliyunSTSAssumeRoleAccess"), ("PolicyType", "System")];
    let first_role = [("RoleName", "first"), permission[0], permission[1]];

    Chain::set_trust(&chain.c, "second", &[]);
    chain.expect("good", REVOKED);
    Chain::set_trust(&chain.c, "second", &["acs:ram::11111:root"]);
    chain.expect("good", "good");

    chain.a.must("Ram", "DetachPolicyFromRole", &first_role);
    chain.expect("good", REVOKED);
    chain.a.must("Ram", "AttachPolicyToRole", &first_role);
    chain.expect("good", "good");

    Chain::set_trust(&chain.a, "first", &[]);
    chain.expect(REVOKED, REVOKED);
    Chain::set_trust(&chain.a, "first", &["acs:ram::22222:root"]);
    chain.expect("good", "good");

    let alice = [("UserName", "alice"), permission[0], permission[1]];
    chain.b.must("Ram", "DetachPolicyFromUser", &alice);
    chain.expect(REVOKED, REVOKED);
    chain.b.must("Ram", "AttachPolicyToUser", &alice);
    chain.expect("good", "good");

    for (enterprise, first) in [(&chain.b, REVOKED), (&chain.a, REVOKED), (&chain.c, "good")] {
        chain.server.close(enterprise);
        chain.expect(first, REVOKED);
        chain.server.reopen(enterprise);
        chain.expect("good", "good");
    }
}

#[test]
fn a_link_that_is_gone_ends_the_chain_for_good() {
    let chain = Chain::begin();
    let permission = [("PolicyName", "AliyunSTSAssumeRoleAccess"), ("PolicyType", "System")];
    chain.a.must("Ram", "DetachPolicyFromRole", &[("RoleName", "first"), permission[0], permission[1]]);
    chain.a.must("Ram", "DeleteRole", &[("RoleName", "first")]);
    chain.expect(MALFORMED, MALFORMED);
    chain.a.role("first", &["acs:ram::22222:root"], &["AliyunSTSAssumeRoleAccess"]);
    chain.expect(MALFORMED, MALFORMED);
}

#[test]
fn a_key_that_is_gone_ends_the_chain() {
    let chain = Chain::begin();
    let id = chain.alice.credentials().access_key_id.clone();
    chain.b.must("Ram", "DeleteAccessKey", &[("UserName", "alice"), ("UserAccessKeyId", &id)]);
    chain.expect(REVOKED, REVOKED);
}

fn assume(client: &Client, arn: &str, seconds: &str) -> Value {
    let params = [("RoleArn", arn), ("RoleSessionName", "named"), ("DurationSeconds", seconds)];
    client.must("Sts", "AssumeRole", &params)
}

#[test]
fn a_child_never_outlives_its_parent() {
    let chain = Chain::begin();
    let parent_ends = chain.server.clock().now().plus_seconds(3_600).to_string();
    chain.server.clock().advance(minutes(50));
    // Ten minutes are left: less than the shortest session that can be asked for, and no error.
    let child = assume(&chain.first, SECOND, "3600");
    assert_eq!(child["Credentials"]["Expiration"], parent_ends);
    chain.server.clock().advance(seconds(599));
    chain.expect("good", "good");
    chain.server.clock().advance(seconds(1));
    chain.expect(EXPIRED, EXPIRED);
}

#[test]
fn a_child_may_end_before_its_parent() {
    let chain = Chain::begin();
    let child = assume(&chain.first, SECOND, "900");
    let ends = chain.server.clock().now().plus_seconds(900).to_string();
    assert_eq!(text(&child["Credentials"]["Expiration"]), ends);
    chain.server.clock().advance(hours(1));
    chain.expect(EXPIRED, EXPIRED);
}

#[test]
fn a_chain_has_four_roles_at_most() {
    let server = TestServer::start();
    let a = server.account("company-a", "11111");
    let alice = a.user("alice");
    a.grant("alice", "AliyunSTSAssumeRoleAccess");
    let mut last = alice;
    for number in 1..=4 {
        let role = a.role(&format!("r{number}"), &[&a.root_arn()], &["AliyunSTSAssumeRoleAccess"]);
        last = last.assume(&role, "next").unwrap();
    }
    let fifth = a.role("r5", &[&a.root_arn()], &[]);
    let params = [("RoleArn", fifth.as_str()), ("RoleSessionName", "next")];
    last.refused("Sts", "AssumeRole", &params, "NoPermission");
    last.must("Sts", "GetCallerIdentity", &[]);
}

#[test]
fn the_source_identity_stays_along_the_chain() {
    let chain = Chain::begin();
    let first = [
        ("RoleArn", "acs:ram::11111:role/first"),
        ("RoleSessionName", "one"),
        ("SourceIdentity", "alice@example.com"),
    ];
    let answer = chain.alice.must("Sts", "AssumeRole", &first);
    assert_eq!(answer["SourceIdentity"], "alice@example.com");
    let first = chain.first.with_credentials(crate::sts::credentials(&answer));
    let second = [("RoleArn", SECOND), ("RoleSessionName", "two")];
    assert_eq!(first.must("Sts", "AssumeRole", &second)["SourceIdentity"], "alice@example.com");
    let another = [second[0], second[1], ("SourceIdentity", "bob@example.com")];
    first.refused("Sts", "AssumeRole", &another, "InvalidParameter.SourceIdentity");
}
