//! The loop itself: what it finds, and that a seed brings it back.

use super::*;

/// A target that fails in each way: on two letters, on one that makes it slow, on one that makes it take much.
struct Touchy;

impl Probe for Touchy {
    fn probe(&mut self, input: &[u8]) -> u64 {
        let has = |byte: u8| input.contains(&byte);
        assert!(!(has(b'\0') && has(b'&')), "two letters that do not go together");
        if has(b'\t') {
            let began = now();
            while began.elapsed() < 2 * LONGEST {
                std::hint::spin_loop();
            }
        }
        if has(b'@') {
            drop(std::hint::black_box(Vec::<u8>::with_capacity(2 * MOST_MEMORY)));
        }
        u64::from(has(b'&'))
    }
}

const TOUCHY: Target = Target {
    name: "touchy",
    shape: Shape::Words,
    words: Words::anywhere(&["&", "@"]),
    seeds: || vec![b"harmless".to_vec()],
    start: || Box::new(Touchy),
};

#[test]
fn whatever_must_not_happen_is_found_and_made_small() {
    let plan = Plan { time: Duration::from_secs(60), inputs: 1_500, seed: 3, keep: false, timed: true };
    let (report, kept) = search(&TOUCHY, &plan);
    let mut found: Vec<_> =
        report.failures.iter().map(|failure| (failure.kind, failure.input.clone())).collect();
    found.sort();
    let [(Kind::Panic, two), (Kind::Slow, slow), (Kind::Memory, much)] = found.as_slice() else {
        panic!("{found:?}");
    };
    assert!(two.len() == 2 && slow == b"\t" && much == b"@", "{found:?}");
    assert!(report.failures.iter().any(|failure| failure.message.contains("do not go together")));
    assert_eq!((report.outcomes, kept.len()), (2, 1), "one input was the first with `&`");
}

#[test]
fn a_seed_brings_everything_back() {
    let plan = Plan { time: Duration::from_secs(60), inputs: 500, seed: 9, keep: false, timed: false };
    let mut dice = [Dice::new(plan.seed), Dice::new(plan.seed)];
    for shape in [Shape::Json, Shape::Request, Shape::Words] {
        let pool = [br#"{"a":["b",{"c":1}]}"#.to_vec(), b"GET /?a=b&c=%20\nx: y\n\nd=e".to_vec()];
        for _ in 0..500 {
            let [one, other] =
                dice.each_mut().map(|dice| shape.damage(dice, &pool, 1, Words::anywhere(&["Version", "x"])));
            assert_eq!(one, other);
        }
    }
}
