//! The keys that seal tokens: sessions live through a succession, and end when all are revoked.

use argali_testkit::{Engine, Succession, TestServer, hours, minutes};

use super::{MALFORMED, Story};

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
