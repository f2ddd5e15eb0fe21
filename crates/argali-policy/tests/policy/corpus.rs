//! Runs the corpus: policies, requests and expected decisions, as data.

use std::path::Path;

use argali_policy::Effect;
use argali_policy::case::{Outcome, read_cases};

#[test]
fn every_case_comes_out_as_expected() {
    let mut failures = Vec::new();
    let mut count = 0;
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    for entry in std::fs::read_dir(corpus).unwrap() {
        let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        for case in read_cases(&text).unwrap() {
            count += 1;
            let outcome = case.run();
            check_explanation(&case.id, &outcome);
            if !outcome.passed {
                let told = outcome.refused.map(|refused| refused.to_string()).unwrap_or_default();
                let (expected, found) = (case.expect, outcome.answer);
                failures
                    .push(format!("{}: expected {expected}, found {found} {told}: {}", case.id, case.reason));
            }
        }
    }
    assert!(failures.is_empty(), "{} of {count} cases:\n{}", failures.len(), failures.join("\n"));
    assert!(count >= 300, "the corpus is incomplete");
}

/// The explanation comes to the same decision, and its steps bear it out.
fn check_explanation(case: &str, outcome: &Outcome) {
    for one in &outcome.decided {
        let explained = &one.explanation;
        assert_eq!(explained.decision, one.decision, "{case}: the explanation differs");
        for step in &explained.steps {
            assert_eq!(step.decided_by.is_empty(), step.effect == Effect::ImplicitDeny, "{case}");
            assert!(step.near_misses.is_empty() || step.effect == Effect::ImplicitDeny, "{case}");
        }
        let decided_by_a_step = explained.decision.deciding().is_none_or(|deciding| {
            explained
                .steps
                .iter()
                .any(|step| step.layer == explained.decision.layer() && step.decided_by.contains(deciding))
        });
        assert!(decided_by_a_step, "{case}");
    }
}
