//! How long sessions last.

use argali_testkit::{minutes, seconds};

use super::{EXPIRED, Story, ask};
use crate::expect::Calls;
use crate::stage::text;
use crate::sts::credentials;

fn params<'p>(story: &'p Story, seconds: &'p str) -> [(&'p str, &'p str); 3] {
    [("RoleArn", &story.role_arn), ("RoleSessionName", "named"), ("DurationSeconds", seconds)]
}

#[test]
fn a_session_ends_at_its_second() {
    let story = Story::begin();
    let answer = story.alice.must("Sts", "AssumeRole", &params(&story, "900"));
    let ends = story.server.clock().now().plus_seconds(900).to_string();
    assert_eq!(text(&answer["Credentials"]["Expiration"]), ends);
    let session = story.alice.with_credentials(credentials(&answer));
    story.server.clock().advance(seconds(899));
    assert_eq!(ask(&session), "good");
    story.server.clock().advance(seconds(1));
    assert_eq!(ask(&session), EXPIRED);
    // The one of an hour goes on.
    story.lives();
    story.server.clock().advance(minutes(45));
    story.ended(EXPIRED);
}

#[test]
fn a_session_lasts_no_longer_than_its_role_lets_it() {
    let story = Story::begin();
    let code = "InvalidParameter.DurationSeconds";
    for wrong in ["899", "3601", "0", "-900", "43201", "an hour"] {
        story.alice.refused("Sts", "AssumeRole", &params(&story, wrong), code);
    }
    story.a.must("Ram", "UpdateRole", &[("RoleName", "ecs-admin"), ("NewMaxSessionDuration", "7200")]);
    let answer = story.alice.must("Sts", "AssumeRole", &params(&story, "7200"));
    let session = story.alice.with_credentials(credentials(&answer));
    // A shorter limit is for new sessions: those that there are keep their end.
    story.a.must("Ram", "UpdateRole", &[("RoleName", "ecs-admin"), ("NewMaxSessionDuration", "3600")]);
    story.alice.refused("Sts", "AssumeRole", &params(&story, "7200"), code);
    story.server.clock().advance(minutes(119));
    assert_eq!(ask(&session), "good");
    story.server.clock().advance(minutes(1));
    assert_eq!(ask(&session), EXPIRED);
}

#[test]
fn unless_told_a_session_lasts_an_hour() {
    let story = Story::begin();
    story.server.clock().advance(seconds(3_599));
    story.lives();
    story.server.clock().advance(seconds(1));
    story.ended(EXPIRED);
}
