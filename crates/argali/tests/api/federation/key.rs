//! How often keys are asked for, and how long they count.

use argali_testkit::{Document, Signer, Token, hours, minutes, seconds};

use super::{INVALID, Story};

/// So many calls at once, each on a thread of its own; how many of them succeed.
fn at_once(story: &Story, calls: usize, token: &Token) -> usize {
    std::thread::scope(|scope| {
        let calls: Vec<_> = (0..calls).map(|_| scope.spawn(|| story.assume(token).is_ok())).collect();
        calls.into_iter().map(|call| usize::from(call.join().unwrap())).sum()
    })
}

#[test]
fn fifty_calls_at_once_ask_for_the_keys_once() {
    let story = Story::begin();
    assert_eq!(at_once(&story, 50, &story.token()), 50);
    assert_eq!(story.issuer.key_requests(), 1);
    // So do fifty that an issuer fails.
    story.server.clock().advance(hours(2));
    story.issuer.shows_keys(Document::failure());
    assert_eq!(at_once(&story, 50, &story.token()), 0);
    assert_eq!(story.issuer.key_requests(), 2);
}

#[test]
fn keys_are_kept_for_ten_minutes_and_for_an_hour_if_there_are_no_new_ones() {
    let story = Story::begin();
    let good = || story.assume(&story.token()).is_ok();
    assert!(good());
    story.server.clock().advance(minutes(10) - seconds(1));
    assert!(good());
    assert_eq!(story.issuer.key_requests(), 1);
    story.server.clock().advance(seconds(1));
    assert!(good());
    assert_eq!(story.issuer.key_requests(), 2);

    story.issuer.shows_keys(Document::failure());
    story.server.clock().advance(minutes(10));
    assert!(good() && good(), "the keys of before are still good");
    assert_eq!(story.issuer.key_requests(), 3, "one attempt in ten seconds");
    story.server.clock().advance(minutes(50));
    assert!(!good(), "but not for ever");
    story.issuer.has_keys(&[Signer::Rsa]);
    story.server.clock().advance(seconds(9));
    assert!(!good(), "not yet asked again");
    story.server.clock().advance(seconds(1));
    assert!(good());
}

#[test]
fn a_key_that_is_not_known_is_looked_for_once_a_minute() {
    let story = Story::begin();
    story.issuer.has_keys(&[Signer::Rsa]);
    story.assume(&story.token()).unwrap();
    story.issuer.has_keys(&[Signer::Rsa, Signer::Curve]);
    let new = story.token().signed_by(Signer::Curve);
    for _ in 0..3 {
        story.refused(story.assume(&new), INVALID);
    }
    assert_eq!(story.issuer.key_requests(), 1, "the keys have only just been asked for");
    story.server.clock().advance(minutes(1));
    story.assume(&new).unwrap();
    assert_eq!(story.issuer.key_requests(), 2);
    // Tokens with invented keys cannot make it more.
    for id in ["a", "b", "c", "d"] {
        story.refused(story.assume(&new.clone().header("kid", id)), INVALID);
    }
    assert_eq!(story.issuer.key_requests(), 2);
}

#[test]
fn a_key_that_the_issuer_gives_up_counts_no_longer_than_it_is_kept() {
    let story = Story::begin();
    let old = story.token().signed_by(Signer::Curve);
    story.assume(&old).unwrap();
    story.issuer.has_keys(&[Signer::Rsa, Signer::Other]);
    story.server.clock().advance(minutes(10));
    story.refused(story.assume(&old), INVALID);
    story.assume(&old.signed_by(Signer::Other)).unwrap();
}
