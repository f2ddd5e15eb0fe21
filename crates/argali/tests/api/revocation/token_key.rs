//! The keys that seal tokens: sessions live through a succession, and end when all are revoked.

use argali_testkit::{Engine, Enterprise, Succession, TestServer, hours, minutes};
use serde_json::{Value, json};

use super::{MALFORMED, Story, ask};
use crate::process::Installation;

#[test]
fn sessions_live_through_a_succession_and_a_restart() {
    let story = Story::begin_on(TestServer::builder().engine(Engine::Embedded).start());
    story.server.core().rotate_token_key(Succession::Orderly).unwrap();
    story.lives();
    let later = story.alice.assume(&story.role_arn, "sealed-with-the-new-key").unwrap();
    let Story { server, session, .. } = story;
    let server = server.restart();
    for session in [session, later] {
        let again = server.client(session.credentials().clone());
        again.call("Sts", "GetCallerIdentity", &[]).unwrap();
    }
}

#[test]
fn revoking_all_ends_every_session_and_no_key() {
    let story = Story::begin();
    story.server.core().rotate_token_key(Succession::RevokeAll).unwrap();
    story.ended(MALFORMED);
    let again = story.alice.assume(&story.role_arn, "again").unwrap();
    again.call("Sts", "GetCallerIdentity", &[]).unwrap();
}

#[test]
fn the_operator_succeeds_the_token_key_whether_or_not_a_server_runs() {
    let installation = Installation::new();
    let process = installation.serve("info");
    let owner = process.client(installation.create_account("company-a", "11223344"));
    let owner = Enterprise { id: "11223344".to_owned(), alias: "company-a".to_owned(), client: owner };
    let role = owner.role("ops", &[&owner.root_arn()], &[]);
    let alice = owner.user("alice");
    owner.grant("alice", "AliyunSTSAssumeRoleAccess");
    let session = alice.assume(&role, "at-work").unwrap();
    let rotate = |options: &[&str]| -> Value {
        let output =
            installation.operate(&[&["admin", "token-key", "rotate", "-o", "json"], options].concat());
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap()
    };
    assert_eq!(rotate(&[]), json!({ "TokenKeyId": 2, "SessionsEnded": false }));
    assert_eq!(ask(&session), "good");
    assert_eq!(rotate(&["--revoke-all"]), json!({ "TokenKeyId": 3, "SessionsEnded": true }));
    assert_eq!(ask(&session), MALFORMED);
    process.kill();
    assert_eq!(rotate(&[]), json!({ "TokenKeyId": 4, "SessionsEnded": false }));
}

#[test]
fn an_old_token_key_is_succeeded_by_itself_and_goes_when_it_has_served() {
    let story = Story::begin();
    let core = story.server.core();
    let successions = || {
        let events = core.trail().events().unwrap();
        events.iter().filter(|event| event.action == "RotateTokenKey").count()
    };
    core.tidy().unwrap();
    assert_eq!(successions(), 0, "it is new");
    story.server.clock().advance(hours(30 * 24));
    core.tidy().unwrap();
    core.tidy().unwrap();
    assert_eq!(successions(), 1, "once");

    let session = story.alice.assume(&story.role_arn, "one").unwrap();
    story.server.clock().advance(hours(12) + minutes(16));
    core.rotate_token_key(Succession::Orderly).unwrap();
    let refused = session.call("Sts", "GetCallerIdentity", &[]).unwrap_err();
    assert_eq!(refused.code, "InvalidSecurityToken.Expired", "its key was still there to tell");
}
