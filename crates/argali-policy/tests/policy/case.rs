//! Files of cases: what is understood, and what is said of the rest.

use argali_policy::case::{Answer, AttachedLayer, CaseQuestion, Via, read_cases};

const PRINCIPAL: &str = r#""principal": {"type": "RAMUser", "account": "1", "name": "alice"}"#;
const REQUEST: &str =
    r#""request": {"action": "ecs:StopInstance", "resource": "*", "owner": "1", "context": {}}"#;

fn file(cases: &[String]) -> String {
    format!("{{\"format\": \"argali-policy-cases/1\", \"cases\": [\n{}\n]}}\n", cases.join(",\n"))
}

/// A case about access, with `members` besides who and what.
fn access(id: &str, members: &str) -> String {
    format!(r#"{{"id": "{id}", "kind": "access", {PRINCIPAL}, {REQUEST}, "attached": [], {members}}}"#)
}

/// What is said of a file, a line each.
fn mistakes(text: &str) -> Vec<String> {
    let mistakes = read_cases(text).unwrap_err();
    mistakes.iter().map(|mistake| format!("{}: {mistake}", mistake.line)).collect()
}

#[test]
fn a_file_of_another_form_is_refused_with_its_line() {
    for (text, said) in [
        ("", "1: EOF while parsing a value"),
        ("{\n \"format\": \"argali-policy-cases/1\",\n}", "3: trailing comma"),
        ("\n[]", "1: expected an object with `format` and `cases`"),
        (r#"{"format": "argali-policy-cases/1"}"#, "1: missing field `cases`"),
        (
            r#"{"format": "other/1", "cases": []}"#,
            "1: `format` is `other/1`: expected `argali-policy-cases/1`",
        ),
        (
            r#"{"format": "argali-policy-cases/1", "count": 2, "cases": []}"#,
            "1: `count` is 2 and there are 0 cases: mend the one or the other",
        ),
    ] {
        assert_eq!(mistakes(text), [said], "{text}");
    }
}

#[test]
fn what_a_case_lacks_or_says_wrongly_is_told_with_its_name() {
    let policy = |members: &str, effect: &str| {
        format!(
            r#"{{"id": "a", "kind": "access", {PRINCIPAL}, {REQUEST}, "expect": "Allow", "attached": [{{{members}, "policy":
               {{"Version": "1", "Statement": [{{"Effect": "{effect}", "Action": "*", "Resource": "*"}}]}}}}]}}"#
        )
    };
    for (case, said) in [
        (r#"{"kind": "access"}"#.to_owned(), "2: missing field `id`"),
        (access("a", r#""expect": "allow""#), "unknown variant `allow`, expected one of `Allow`"),
        (access("a", r#""expect": "Valid""#), "`expect` is `Valid`, which its kind cannot come to"),
        (
            format!(r#"{{"id": "a", "kind": "access", {REQUEST}, "expect": "Allow"}}"#),
            "`principal` is missing",
        ),
        (
            format!(r#"{{"id": "a", "kind": "access", {PRINCIPAL}, {REQUEST}, "expect": "Allow"}}"#),
            "`attached` is missing",
        ),
        (policy(r#""layer": "identity", "via": "user:alice""#, "Allow"), "`attached[0]`: `scope` is missing"),
        (
            policy(r#""layer": "identity", "scope": "account", "via": "alice""#, "Allow"),
            "`via` must say whom",
        ),
        (policy(r#""layer": "control""#, "Allow"), "`level` is missing"),
        (policy(r#""layer": "identity", "scop": "account""#, "Allow"), "unknown field `scop`"),
        (
            policy(r#""layer": "session""#, "allow"),
            "`attached[0]`: `Statement[0].Effect`: `allow` is not allowed here",
        ),
        (
            r#"{"id": "a", "kind": "validate", "expect": "Valid", "document": {}}"#.to_owned(),
            "`document_kind` is missing",
        ),
        (
            r#"{"id": "a", "kind": "validate", "expect": "Valid", "document_kind": "trust"}"#.to_owned(),
            "expected either `document` or `document_text`",
        ),
    ] {
        let found = mistakes(&file(std::slice::from_ref(&case)));
        assert!(found.len() == 1 && found[0].contains(said), "{said}: {found:?}");
        assert!(found[0].starts_with("2: case `a`: ") || said.ends_with("`id`"), "{found:?}");
    }
}

#[test]
fn all_mistakes_are_told_at_once() {
    let found = mistakes(&file(&[
        access("a", r#""expect": "Allow""#),
        access("b", "\n\"reason\": 7"),
        access("a", r#""expect": "Allow""#),
    ]));
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(found[0].starts_with("4: case `b`: invalid type: integer `7`"), "{found:?}");
    assert_eq!(found[1], "5: case `a`: the name is taken by the case in line 2: give it another");
}

#[test]
fn a_case_comes_to_an_answer_with_its_reasons() {
    let attached = r#"[{"layer": "identity", "via": "group:ops", "scope": "account",
        "policy": {"Version": "1", "Statement": [{"Effect": "Deny", "Action": "ecs:*", "Resource": "*"}]}}]"#;
    let text = file(&[format!(
        r#"{{"id": "a", "kind": "access", {PRINCIPAL}, {REQUEST}, "attached": {attached}, "expect": "Allow", "note": 1}}"#
    )]);
    let cases = read_cases(&text).unwrap();
    let outcome = cases[0].run();
    assert_eq!((outcome.answer, outcome.passed), (Answer::ExplicitDeny, false));
    let deciding = outcome.decided[0].decision.deciding().unwrap();
    assert_eq!((deciding.policy.as_ref().unwrap().policy(), deciding.statement), ("attached[0]", 0));
    let CaseQuestion::Access(situation) = &cases[0].question else { panic!("{cases:?}") };
    let via = AttachedLayer::Identity { via: Via::Group("ops".to_owned()), group: None };
    assert_eq!(situation.attached[0].layer, via);
}

#[test]
fn documents_are_read_as_they_are_written() {
    let document = |member: &str, expect: &str| {
        format!(
            r#"{{"id": "{member}", "kind": "validate", "expect": "{expect}", "document_kind": "identity", {member}}}"#
        )
    };
    let twice = r#"{"Version": "1", "Version": "1", "Statement": []}"#;
    for (member, message) in [
        (r#""document": null"#.to_owned(), "expected an object"),
        (format!(r#""document": {twice}"#), "occurs twice"),
        (r#""document_text": "{""#.to_owned(), "EOF"),
    ] {
        let text =
            file(
                &[document(&member, "Malformed").replace(&format!("\"id\": \"{member}\""), "\"id\": \"a\"")],
            );
        let outcome = read_cases(&text).unwrap()[0].run();
        assert!(outcome.passed, "{member}");
        assert!(outcome.refused.unwrap().to_string().contains(message), "{member}");
    }
    let text = file(&[document(r#""message": "elsewhere", "document": 7"#, "Malformed").replacen(
        r#""id": ""message": "elsewhere", "document": 7""#,
        r#""id": "a""#,
        1,
    )]);
    assert!(!read_cases(&text).unwrap()[0].run().passed, "refused, but not for this reason");
}
