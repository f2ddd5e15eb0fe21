//! Calls that are signed rightly with what is refused: the accounts concerned read of them, and nobody can fill their
//! trails so.
// SPEC: security, audit, A4.

use argali_protocol::Secret;
use argali_testkit::{Client, Credentials, Delegation, Enterprise, TestServer, hours, trust};
use serde_json::{Value, json};

use super::{record, records};
use crate::expect::Calls;
use crate::shape::known;
use crate::stage::text;
use crate::world::tenant_on;

const REVOKED: &str = "InvalidSecurityToken.Revoked";

/// A delegation with a live session of company B's `alice` in the role of company A.
struct Story {
    server: TestServer,
    sides: Delegation,
    session: Client,
}

impl Story {
    fn begin() -> Self {
        let server = TestServer::start();
        let sides = Delegation::set_up(&server);
        let session = sides.alice.assume(&sides.role_arn, "at-work").unwrap();
        Self { server, sides, session }
    }

    /// The owner of the role trusts nobody any more.
    fn revoke(&self) {
        let nobody = trust(&[]).to_string();
        let params = [("RoleName", "ecs-admin"), ("NewAssumeRolePolicyDocument", nobody.as_str())];
        self.sides.a.must("Ram", "UpdateRole", &params);
    }

    fn refused(&self, by: &Client, code: &str) -> Value {
        record(&self.server, &by.refused("Sts", "GetCallerIdentity", &[], code).request_id.unwrap())
    }
}

fn accounts(record: &Value) -> Vec<String> {
    let mut accounts: Vec<_> = record["accounts"].as_array().unwrap().iter().map(text).collect();
    accounts.sort();
    accounts
}

/// What an account is told of a call.
fn why(by: &Enterprise, record: &Value) -> Value {
    let answer = by.must("Argali", "Why", &[("RequestId", record["requestId"].as_str().unwrap())]);
    known("Argali", "Why", &answer);
    answer
}

#[test]
fn both_sides_read_that_a_revoked_session_was_tried() {
    let story = Story::begin();
    let Delegation { a, b, alice, .. } = &story.sides;
    story.revoke();
    let tried = story.refused(&story.session, REVOKED);
    assert_eq!(accounts(&tried), [a.id.clone(), b.id.clone()]);
    assert_eq!(tried["refusedSigner"], true);
    for side in [a, b] {
        let told = why(side, &tried);
        assert_eq!(told["Outcome"], "Failed");
        let message = text(&told["Message"]);
        assert!(
            message.contains(REVOKED) && message.contains("by the account that owns the role"),
            "{message}"
        );
        assert!(text(&told["Caller"]["Arn"]).ends_with("/at-work"), "{told}");
        let wanted =
            [("LookupAttribute.1.Key", "EventName"), ("LookupAttribute.1.Value", "GetCallerIdentity")];
        let found = side.must("Actiontrail", "LookupEvents", &wanted);
        assert!(found["Events"].to_string().contains(REVOKED), "{found}");
    }
    // The person that the session began with may ask about it without permission.
    let asked = alice.must("Argali", "Why", &[("RequestId", tried["requestId"].as_str().unwrap())]);
    assert_eq!(asked["Outcome"], "Failed");
}

#[test]
fn a_key_that_is_switched_off_is_its_accounts() {
    let server = TestServer::start();
    let a = tenant_on(&server);
    let alice = a.user("alice");
    let key = alice.credentials().access_key_id.clone();
    let off = [("UserName", "alice"), ("UserAccessKeyId", key.as_str()), ("Status", "Inactive")];
    a.must("Ram", "UpdateAccessKey", &off);
    let failure = alice.refused("Ram", "ListUsers", &[], "InvalidAccessKeyId.Inactive");
    let tried = record(&server, &failure.request_id.unwrap());
    assert_eq!(tried["accounts"], json!([a.id]));
    assert!(text(&why(&a, &tried)["Message"]).contains("its owner must activate it"));
    // It was not used.
    let used = a.must("Ram", "GetAccessKeyLastUsed", &[off[0], off[1]]);
    assert_eq!(used["AccessKeyLastUsed"]["LastUsedDate"], "");
    let used = a.must("Actiontrail", "GetAccessKeyLastUsedInfo", &[("AccessKey", &key)]);
    assert!(!used.to_string().contains("ListUsers"), "{used}");
}

#[test]
fn whoever_never_had_what_is_refused_is_in_nobodys_trail() {
    let story = Story::begin();
    story.revoke();
    let credentials = story.session.credentials();
    // The token and the key's id are known, and the secret is not.
    let wrong = Secret::new("wrong".to_owned());
    let forger = Credentials { access_key_secret: wrong, ..credentials.clone() };
    let forged = story.refused(&story.session.with_credentials(forger), REVOKED);
    assert_eq!((&forged["accounts"], forged.get("caller")), (&json!([]), None));
    // A request that was overheard is sent again.
    let overheard = story.session.sign("Sts", "GetCallerIdentity", &[]);
    let told = |_| record(&story.server, &story.session.send(&overheard).unwrap_err().request_id.unwrap());
    let [first, again] = [1, 2].map(told);
    assert_eq!((accounts(&first).len(), accounts(&again).len()), (2, 0));
    // What has ended by itself is nobody's any more.
    story.server.clock().advance(hours(13));
    let late = story.refused(&story.session, "InvalidSecurityToken.Expired");
    assert_eq!(late["accounts"], json!([]));
}

#[test]
fn a_flood_of_what_is_refused_fills_nobodys_trail() {
    let story = Story::begin();
    story.revoke();
    for _ in 0..100 {
        story.session.refused("Sts", "GetCallerIdentity", &[], REVOKED);
    }
    let tried = records(&story.server).iter().filter(|record| record["errorCode"] == REVOKED).count();
    assert!((1..=20).contains(&tried), "{tried} records of 100 refusals within a second");
}
