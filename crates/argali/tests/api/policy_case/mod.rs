//! The policy cases over HTTP: principals and policies are set up, and the request is made, with real signed calls.
//!
//! Before its policies are attached the principal makes the same request and must be refused for exactly the action
//! and resource of the case: so it is known that the call asks what the case asks, and that the policies alone make
//! the difference. Actions of services that Argali does not have are asked for by operations that a service file of
//! the case declares, and condition keys that nothing fills are carried by tags. Buckets and objects are asked for over
//! object storage's own protocol. What no call can bring about, such as most resources of another account, is asked
//! about with `TestAccess`. What cannot be asked over HTTP at all is in a list, which only shrinks.

mod ask;
mod bucket;
mod document;
mod federation;
mod question;
mod scene;
mod translation;

use std::collections::BTreeMap;
use std::fmt::{self, Write};
use std::path::Path;
use std::sync::Mutex;

use argali_policy::case::{Answer, AttachedLayer, Case, CaseQuestion, PrincipalKind, Situation, read_cases};

/// How many cases cannot be asked over HTTP. Lower it when there are fewer; it is never raised for old cases.
const NOT_EXPRESSED: usize = 18;

/// Why a case cannot be asked over HTTP.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Obstacle {
    ControlPolicy,
    OtherSideUntold,
    SamlCaller,
    ServiceCaller,
}

impl fmt::Display for Obstacle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ControlPolicy => "there are no resource directories",
            Self::OtherSideUntold => {
                "whoever its own account does not allow learns nothing of the other's trust policy"
            }
            Self::SamlCaller => "nobody comes in with a SAML assertion (decision 6)",
            Self::ServiceCaller => "no service of ours assumes roles",
        })
    }
}

/// All cases of the corpus.
fn with_corpus(look: impl Fn(&[Case<'_>])) {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../argali-policy/corpus");
    let files = std::fs::read_dir(corpus).unwrap();
    let mut texts: Vec<String> =
        files.map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap()).collect();
    texts.sort();
    let cases: Vec<Case<'_>> = texts.iter().flat_map(|text| read_cases(text).unwrap()).collect();
    look(&cases);
}

/// What stands in the way of a case, if anything does.
fn obstacle(case: &Case<'_>) -> Option<Obstacle> {
    let denied = case.expect == Answer::ExplicitDeny;
    match &case.question {
        CaseQuestion::Access(situation) => of_layers(situation),
        CaseQuestion::Assume(situation) => of_layers(situation).or_else(|| of_assuming(situation, denied)),
        CaseQuestion::Validate(submission) => document::obstacle(submission.kind),
    }
}

fn of_layers(situation: &Situation<'_>) -> Option<Obstacle> {
    let of_layer = |layer: &AttachedLayer| match layer {
        AttachedLayer::Control(_) => Some(Obstacle::ControlPolicy),
        _ => None,
    };
    let of_kind = match situation.principal.kind {
        PrincipalKind::Federated if situation.principal.name.contains(":saml-provider/") => {
            Some(Obstacle::SamlCaller)
        }
        PrincipalKind::Service => Some(Obstacle::ServiceCaller),
        _ => None,
    };
    situation.attached.iter().find_map(|one| of_layer(&one.layer)).or(of_kind)
}

/// Whoever assumes a role of another account without permission of its own is not told that the role denies it.
fn of_assuming(situation: &Situation<'_>, denied: bool) -> Option<Obstacle> {
    let is_own = situation.request.owner == situation.principal.account;
    let told = |one: &AttachedLayer| matches!(one, AttachedLayer::Identity { .. });
    let own_side_is_silent = !situation.attached.iter().any(|one| told(&one.layer));
    (!is_own && own_side_is_silent && denied).then_some(Obstacle::OtherSideUntold)
}

/// Runs `ask` for each case, several at a time, and returns what went wrong.
fn ask_each(cases: &[&Case<'_>], ask: impl Fn(&Case<'_>) -> Result<(), String> + Sync) -> Vec<String> {
    const AT_ONCE: usize = 4;
    let (next, wrong) = (Mutex::new(cases.iter()), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                loop {
                    let Some(case) = next.lock().unwrap().next() else { return };
                    if let Err(message) = ask(case) {
                        wrong.lock().unwrap().push(format!("{}: {message} ({})", case.id, case.reason));
                    }
                }
            });
        }
    });
    let mut wrong = wrong.into_inner().unwrap();
    wrong.sort();
    wrong
}

#[test]
fn requests_are_decided_over_http_as_in_the_library() {
    with_corpus(|cases| {
        let asked = |case: &&Case<'_>| {
            obstacle(case).is_none() && !matches!(case.question, CaseQuestion::Validate(_))
        };
        let cases: Vec<&Case<'_>> = cases.iter().filter(asked).collect();
        let wrong = ask_each(&cases, |case| {
            let answer = ask::ask(case)?;
            if answer == case.expect {
                Ok(())
            } else {
                Err(format!("expected {}, got {answer}", case.expect))
            }
        });
        assert!(wrong.is_empty(), "{} of {} cases:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
    });
}

#[test]
fn documents_are_accepted_over_http_as_in_the_library() {
    with_corpus(|cases| {
        let asked =
            |case: &&Case<'_>| obstacle(case).is_none() && matches!(case.question, CaseQuestion::Validate(_));
        let cases: Vec<&Case<'_>> = cases.iter().filter(asked).collect();
        let desk = document::Desk::new();
        let wrong = ask_each(&cases, |case| {
            let CaseQuestion::Validate(submission) = &case.question else { return Ok(()) };
            desk.submit(submission, case.expect == Answer::Valid)
        });
        assert!(wrong.is_empty(), "{} of {} cases:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
    });
}

#[test]
fn what_cannot_be_asked_over_http_only_shrinks() {
    with_corpus(|cases| {
        let (mut listed, mut how) = (BTreeMap::<_, Vec<&str>>::new(), BTreeMap::<_, usize>::new());
        for case in cases {
            match obstacle(case) {
                Some(obstacle) => listed.entry(obstacle).or_default().push(&case.id),
                None => *how.entry(ask::how(case)).or_default() += 1,
            }
        }
        let count: usize = listed.values().map(Vec::len).sum();
        let mut text = format!("{} of {} cases are asked over HTTP:\n", cases.len() - count, cases.len());
        how.iter().for_each(|(how, count)| writeln!(text, "  {count} {how}").unwrap());
        text.push_str("\nThe others are not:\n");
        for (obstacle, ids) in listed {
            write!(text, "\n{obstacle}: {}\n  {}\n", ids.len(), ids.join(" ")).unwrap();
        }
        assert_eq!(count, NOT_EXPRESSED, "\n{text}");
        insta::assert_snapshot!("not_over_http", text);
    });
}
