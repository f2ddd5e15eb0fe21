//! How many guesses there are, for whom, and what becomes of those that are too many.

use super::*;
use crate::env::Env;

fn guess(name: &str, address: [u8; 4]) -> Guess {
    let account = Some("11223344".parse().unwrap());
    Guess {
        what: Guessed::Password,
        name: name.to_owned(),
        address: address.into(),
        account,
        attempt: None,
        known: None,
        paced_by: None,
    }
}

#[test]
fn a_name_has_ten_guesses_in_a_quarter_of_an_hour() {
    let (env, guesses, start) = (Env::system(), Guesses::new(100), Timestamp::from_seconds(1_000_000));
    let count = |name: &str, at: Timestamp| {
        guesses.count(&guess(name, [10, 0, 0, 1]), RequestId::generate(&env), at).unwrap()
    };
    let at_once = Verdict::Judge(Duration::ZERO);
    for delay_ms in [0, 0, 0, 100, 200, 400, 800, 1_600, 2_000, 2_000] {
        assert_eq!(count("alice", start), Verdict::Judge(Duration::from_millis(delay_ms)));
    }
    let wasted = Verdict::Waste(Duration::from_millis(2_000));
    assert_eq!(count("alice", start), wasted, "after the same time");
    assert_eq!(count("bob", start), at_once, "another user");
    let code = Guess { what: Guessed::Code, ..guess("alice", [10, 0, 0, 1]) };
    assert_eq!(guesses.count(&code, RequestId::generate(&env), start).unwrap(), at_once, "counted apart");
    // What is tried while the lock lasts does not prolong it.
    assert_eq!(count("alice", start.plus_seconds(WINDOW_S - 1)), wasted);
    assert_eq!(count("alice", start.plus_seconds(WINDOW_S)), at_once);
}

#[test]
fn right_guesses_do_not_count() {
    let (env, guesses, now) = (Env::system(), Guesses::new(100), Timestamp::from_seconds(1_000_000));
    for _ in 0..30 {
        let request = RequestId::generate(&env);
        let verdict = guesses.count(&guess("alice", [10, 0, 0, 1]), request, now).unwrap();
        assert_eq!(verdict, Verdict::Judge(Duration::ZERO));
        guesses.forgive(&guess("alice", [10, 0, 0, 1]), request);
    }
}

#[test]
fn an_address_has_a_hundred_guesses_and_an_attempt_five() {
    let (env, guesses, now) = (Env::system(), Guesses::new(1_000), Timestamp::from_seconds(1_000_000));
    let count = |guess: &Guess| guesses.count(guess, RequestId::generate(&env), now).unwrap();
    for number in 0..100 {
        let verdict = count(&guess(&number.to_string(), [10, 0, 0, 1]));
        assert_eq!(verdict, Verdict::Judge(Duration::ZERO), "{number}");
    }
    assert_eq!(count(&guess("another", [10, 0, 0, 1])), Verdict::Refuse);
    assert_eq!(count(&guess("another", [10, 0, 0, 2])), Verdict::Judge(Duration::ZERO));
    let attempt = Guess { what: Guessed::Code, attempt: Some([1; 16]), ..guess("alice", [10, 0, 0, 3]) };
    let judged = |verdict| matches!(verdict, Verdict::Judge(_));
    assert_eq!((0..6).filter(|_| judged(count(&attempt))).count(), 5);
}

#[test]
fn strangers_lock_nobody_out_of_what_is_known() {
    let (env, guesses, now) = (Env::system(), Guesses::new(1_000), Timestamp::from_seconds(1_000_000));
    let count = |guess: &Guess| guesses.count(guess, RequestId::generate(&env), now).unwrap();
    let judged = |verdict| matches!(verdict, Verdict::Judge(_));
    let browser = |name: &str| {
        let known = Some(KnownBy::Credential(name.to_owned()));
        guess("alice", [10, 0, 0, 1]).known_by(known)
    };
    let office = |last| guess("alice", [192, 168, 0, last]).known_by(Some(KnownBy::Network));
    // From everywhere strangers have ten guesses together.
    let strangers = (0..40).map(|last| count(&guess("alice", [10, 0, 0, last])));
    assert_eq!(strangers.filter(|verdict| judged(*verdict)).count(), 10);
    assert!(!judged(count(&guess("alice", [10, 0, 1, 1]))));
    // Whoever is known has as many of its own, and no more.
    assert_eq!((0..12).filter(|_| judged(count(&browser("laptop")))).count(), 10);
    assert_eq!(count(&browser("laptop")), Verdict::Refuse);
    assert_eq!(count(&browser("telephone")), Verdict::Judge(Duration::ZERO));
    assert_eq!((0..12).filter(|_| judged(count(&office(1)))).count(), 10);
    // But it waits as long as anybody who guesses about the name.
    assert_eq!(count(&office(2)), Verdict::Judge(Duration::from_millis(2_000)), "another network");
    // What is known used up nothing of the strangers'.
    let later = now.plus_seconds(WINDOW_S);
    let again = guesses.count(&guess("alice", [10, 0, 0, 1]), RequestId::generate(&env), later);
    assert_eq!(again.unwrap(), Verdict::Judge(Duration::ZERO));
}

#[test]
fn neither_an_account_nor_an_address_is_locked_for_who_has_a_credential() {
    let (env, guesses, now) = (Env::system(), Guesses::new(1_000), Timestamp::from_seconds(1_000_000));
    let count = |guess: &Guess| guesses.count(guess, RequestId::generate(&env), now).unwrap();
    for number in 0..600_u16 {
        let [high, low] = number.to_be_bytes();
        count(&guess(&number.to_string(), [10, 0, high, low]));
    }
    let stranger = guess("alice", [10, 1, 0, 1]);
    assert!(matches!(count(&stranger), Verdict::Waste(_)), "five hundred were made in the account");
    assert!(matches!(count(&stranger.clone().known_by(Some(KnownBy::Network))), Verdict::Judge(_)));
    for number in 0..200 {
        count(&guess(&format!("other-{number}"), [10, 2, 0, 1]));
    }
    let neighbour = guess("alice", [10, 2, 0, 1]);
    assert_eq!(count(&neighbour.clone().known_by(Some(KnownBy::Network))), Verdict::Refuse);
    let browser = neighbour.known_by(Some(KnownBy::Credential("laptop".to_owned())));
    assert!(matches!(count(&browser), Verdict::Judge(_)));
}
