//! What is said of documents that are valid and hardly meant.

use argali_policy::lint::{Granularity, Vocabulary, lint};
use argali_policy::{Document, DocumentKind};

const NOW: &str = "2026-12-01T08:00:00Z";

fn words() -> Vocabulary {
    let mut words = Vocabulary::default();
    for action in ["ecs:StopInstance", "ecs:DescribeInstances", "ram:GetUser", "sts:AssumeRole"] {
        words.add_action(action, Granularity::Resource);
    }
    words.add_action("sofa:DescribeApps", Granularity::Service);
    words.add_condition_key("sts:ExternalId");
    words.add_condition_key("ecs:tag/");
    words
}

fn warnings(kind: DocumentKind, statements: &str) -> Vec<String> {
    let text = format!(r#"{{"Version":"1","Statement":[{statements}]}}"#);
    let document = Document::parse(kind, &text).unwrap();
    lint(&document, &words(), NOW).iter().map(|warning| warning.to_string()).collect()
}

/// What is said of one statement of an identity policy: the only thing.
#[track_caller]
fn said(statement: &str, path: &str, words: &str, rule: &str) {
    let found = warnings(DocumentKind::Identity, statement);
    assert_eq!(found.len(), 1, "{statement}: {found:?}");
    let fits = found[0].starts_with(&format!("`{path}`: ")) && found[0].ends_with(&format!(" ({rule})"));
    assert!(fits && found[0].contains(words), "{statement}: {found:?}");
}

#[test]
fn ordinary_documents_are_passed_in_silence() {
    for statement in [
        r#"{"Effect":"Allow","Action":"ecs:Stop*","Resource":"acs:ecs:*:*:instance/*"}"#,
        r#"{"Effect":"Allow","Action":["oss:GetObject","slb:Describe*","*:Describe*"],"Resource":"*"}"#,
        r#"{"Effect":"Deny","Action":"*","Resource":"*"}"#,
        r#"{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"IpAddress":{"acs:SourceIp":"10.0.0.0/8"}}}"#,
        r#"{"Effect":"Deny","NotAction":"ecs:*","Resource":"*"}"#,
        r#"{"Effect":"Allow","Action":"sofa:*","Resource":["acs:sofa:*:*:app/1","*"]}"#,
        r#"{"Effect":"Allow","Action":"*:Describe*","Resource":"acs:ecs:*:*:*"}"#,
        r#"{"Effect":"Allow","Action":"ecs:*","Resource":"*","Condition":{"StringEquals":{"ecs:tag/team":"a","acs:resourcetag/Team":"b","oss:Prefix":"c"}}}"#,
        r#"{"Effect":"Allow","Action":"ecs:*","Resource":"*"},{"Effect":"Deny","Action":"ecs:Stop*","Resource":"*"}"#,
        r#"{"Effect":"Allow","Action":"ecs:Stop*","Resource":"acs:ecs:*:*:*"},{"Effect":"Deny","Action":"ecs:Stop?*","Resource":"*"}"#,
    ] {
        assert_eq!(warnings(DocumentKind::Identity, statement), [""; 0], "{statement}");
    }
    let everything = r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#;
    assert_eq!(warnings(DocumentKind::Control, everything), [""; 0]);
    let trust = r#"{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"RAM":"acs:ram::1:root"}}"#;
    assert_eq!(warnings(DocumentKind::Trust, trust), [""; 0]);
}

#[test]
fn grants_of_everything_stand_out() {
    for pair in [r#""Action":"*","Resource":"*""#, r#""Action":"*:*","Resource":"acs:*:*:*:*""#] {
        said(
            &format!(r#"{{"Effect":"Allow",{pair}}}"#),
            "Statement[0]",
            "everything on everything",
            "too-broad",
        );
    }
    let except = r#"{"Effect":"Allow","NotAction":"ram:*","Resource":"*"}"#;
    said(except, "Statement[0].NotAction", "everything but these", "too-broad");
}

#[test]
fn names_that_nothing_has_stand_out() {
    let action = |action: &str| format!(r#"{{"Effect":"Allow","Action":"{action}","Resource":"*"}}"#);
    let path = "Statement[0].Action";
    said(&action("ecs:StopInstanse"), path, "did you mean `ecs:StopInstance`?", "unknown-action");
    said(&action("ram:Delete*"), path, "no operation of `ram` is `ram:delete*`", "unknown-action");
    let key = |operator: &str, key: &str| {
        let condition = format!(r#"{{"{operator}":{{"{key}":"x"}}}}"#);
        format!(r#"{{"Effect":"Allow","Action":"ecs:*","Resource":"*","Condition":{condition}}}"#)
    };
    let path = "Statement[0].Condition.StringEquals";
    said(&key("StringEquals", "acs:SourceIP4"), path, "did you mean `acs:SourceIp`?", "unknown-key");
    said(&key("StringEquals", "sts:Whatever"), path, "never holds", "unknown-key");
    said(
        &key("StringEquals", "acs:ResourceTags/team"),
        path,
        "did you mean `acs:ResourceTag/`?",
        "unknown-key",
    );
    said(
        &key("StringNotLike", "ecs:tag"),
        "Statement[0].Condition.StringNotLike",
        "always holds",
        "unknown-key",
    );
}

#[test]
fn what_cannot_take_effect_stands_out() {
    let narrow = r#"{"Effect":"Deny","Action":"sofa:*","Resource":"acs:sofa:*:*:app/1"}"#;
    said(narrow, "Statement[0].Resource", "tells no resources apart", "too-narrow");
    let nothing = r#"{"Effect":"Allow","Action":"ecs:*","Resource":"instance/i-1"}"#;
    said(nothing, "Statement[0].Resource", "is no resource's name", "never-matches");
    let nothing = r#"{"Effect":"Deny","NotAction":"*","Resource":"*"}"#;
    said(nothing, "Statement[0].NotAction", "leaves out everything", "never-matches");
    let both = r#"{"Effect":"Deny","Action":"ecs:*","Resource":"*"},{"Effect":"Allow","Action":"ecs:Stop*","Resource":"acs:ecs:*"}"#;
    said(both, "Statement[1]", "`Statement[0]` denies all", "never-matches");
}

#[test]
fn conditions_that_cannot_hold_stand_out() {
    let when = |condition: &str| {
        format!(r#"{{"Effect":"Allow","Action":"ecs:*","Resource":"*","Condition":{{{condition}}}}}"#)
    };
    let past = when(r#""DateLessThan":{"acs:CurrentTime":"2026-11-01"}"#);
    said(&past, "Statement[0].Condition.DateLessThan", "is past", "never-matches");
    for condition in [
        r#""StringEquals":{"acs:ResourceTag/a":"x"},"StringNotEquals":{"acs:ResourceTag/a":["x","y"]}"#,
        r#""StringEquals":{"acs:SourceVpc":["a","b"]},"StringLike":{"acs:sourcevpc":"vpc-*"}"#,
        r#""DateLessThan":{"acs:CurrentTime":"2027-01-01"},"DateGreaterThan":{"acs:CurrentTime":"2028-01-01"}"#,
    ] {
        said(&when(condition), "Statement[0].Condition", "never both met", "never-matches");
    }
    for condition in [
        r#""DateGreaterThan":{"acs:CurrentTime":"2026-11-01"},"DateLessThan":{"acs:CurrentTime":"2027-01-01"}"#,
        r#""StringEquals":{"acs:ResourceTag/a":["x","z"]},"StringNotEquals":{"acs:ResourceTag/a":"x"}"#,
        r#""StringEquals":{"k:many":"x"},"StringLike":{"k:many":"y*"}"#,
    ] {
        assert_eq!(warnings(DocumentKind::Identity, &when(condition)), [""; 0], "{condition}");
    }
}

#[test]
fn trust_in_nobody_stands_out() {
    for (principal, action, words) in [
        (r#"{"RAM":[]}"#, "sts:AssumeRole", "names nobody"),
        (r#"{"RAM":"acs:ram::*:root"}"#, "sts:AssumeRole", "is nobody: principals have no wildcards"),
        (r#"{"RAM":"acs:ram::1:root"}"#, "sts:AssumeRoleWithSAML", "grants nothing"),
    ] {
        let statement = format!(r#"{{"Effect":"Allow","Action":"{action}","Principal":{principal}}}"#);
        let found = warnings(DocumentKind::Trust, &statement);
        assert!(found.len() == 1 && found[0].contains(words), "{found:?}");
    }
}
