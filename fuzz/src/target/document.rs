//! What targets about documents share: the oracle, the questions, and documents as the oracle reads them.

use std::sync::{Arc, LazyLock};

use argali_policy::case::{CaseQuestion, read_cases};
use argali_policy::lint::{Granularity, Vocabulary, lint};
use argali_policy::{Attachment, Context, Document, DocumentKind, PolicyLabel, PolicySet, counted_length};
use serde_json::Value;

use super::gist;
use crate::engine::{Words, part};

#[path = "../../../crates/argali-policy/tests/policy/oracle.rs"]
pub(super) mod oracle;

use oracle::{Asked, Condition, Rule};

/// The account that asks, and that owns what is asked for.
pub(super) const ACCOUNT: &str = "1000000000000001";

/// What means something in documents.
pub(super) const WORDS: Words = Words {
    any: &[
        "Version",
        "1",
        "Statement",
        "Effect",
        "Allow",
        "Deny",
        "Action",
        "NotAction",
        "Resource",
        "NotResource",
        "Principal",
        "NotPrincipal",
        "Condition",
        "Sid",
        "RAM",
        "Service",
        "Federated",
        "*",
        "?",
        "**",
        "acs:",
        "StringEquals",
        "StringNotEquals",
        "StringLike",
        "StringNotLike",
        "StringEqualsIgnoreCase",
        "NumericLessThan",
        "NumericEquals",
        "DateLessThan",
        "DateGreaterThan",
        "Bool",
        "IpAddress",
        "NotIpAddress",
        "StringEqualsIfExists",
        "Null",
        "ForAnyValue:StringEquals",
        "acs:ResourceTag/team",
        "acs:SourceIp",
        "acs:CurrentTime",
        "acs:MFAPresent",
        "k:n",
        "true",
    ],
    of_members: &[
        ("Effect", &["Allow", "Deny"]),
        ("Action", ACTIONS),
        ("NotAction", ACTIONS),
        ("Resource", RESOURCES),
        ("NotResource", RESOURCES),
        ("Principal", PRINCIPALS),
        ("RAM", PRINCIPALS),
        ("Service", &["ecs.aliyuncs.com", "1000000000000001@ecs.aliyuncs.com", "fc.aliyuncs.com"]),
        (
            "Federated",
            &["acs:ram::1000000000000001:saml-provider/corp", "acs:ram::1000000000000001:oidc-provider/ci"],
        ),
        ("acs:ResourceTag/team", &["dev", "d?v", "*", "", "Dev"]),
        ("oss:Prefix", &["", "*", "a/"]),
        ("k:n", &["5", "6", "-0.5", "1e5", "05", "9223372036854775807"]),
        ("acs:MFAPresent", &["true", "False"]),
        ("acs:SourceIp", &["10.1.2.3", "10.0.0.0/8", "2001:db8::/32", "0.0.0.0/0", "::ffff:10.1.2.3"]),
        ("acs:CurrentTime", &["2026-12-01T08:00:00Z", "2026-12-01T16:00:00+08:00", "2026-12-01", "1e9"]),
    ],
};

const ACTIONS: &[&str] = &[
    "*",
    "*:*",
    "ecs:*",
    "ecs:StopInstance",
    "oss:GetObject",
    "ram:GetRole",
    "mns:SendMessage",
    "ecs:RunInstances",
    "sts:AssumeRole",
    "sts:*",
    "*:AssumeRole",
    "*:Get*",
];

const RESOURCES: &[&str] = &[
    "*",
    "acs:ecs:cn-hangzhou:1000000000000001:instance/i-1",
    "acs:oss:*:1000000000000001:bucket/a:b/部门.txt",
    "acs:oss::1000000000000001:bucket/a:b/部门.txt",
    "acs:ram:*:1000000000000001:role/Ops",
    "acs:ram::*:role/ops",
    "acs:mns:cn-hangzhou:1000000000000001:/queues/q1",
    "acs:*:*:*:*",
    "acs:ecs:*:*:*",
];

const PRINCIPALS: &[&str] = &[
    "*",
    "22",
    "1000000000000001",
    "acs:ram::1000000000000001:root",
    "acs:ram::1000000000000001:user/alice",
    "acs:ram::1000000000000001:role/ops",
    "acs:ram::1000000000000002:root",
    "acs:ram::*:root",
    "arn:sts::1000000000000001:assumed-role/ops/s",
    "arn:sts::*:*/*/*",
];

/// The documents of the policy cases, of a kind or of all others.
pub(super) fn of_the_corpus(wanted: impl Fn(DocumentKind) -> bool) -> Vec<Vec<u8>> {
    let files = [
        include_str!("../../../crates/argali-policy/corpus/reference.json"),
        include_str!("../../../crates/argali-policy/corpus/own.json"),
    ];
    let mut texts = Vec::new();
    for case in files.iter().flat_map(|file| read_cases(file).unwrap()) {
        match case.question {
            CaseQuestion::Validate(submission) if wanted(submission.kind) => {
                texts.push(submission.text.into_owned().into_bytes());
            }
            CaseQuestion::Validate(_) => {}
            CaseQuestion::Access(situation) | CaseQuestion::Assume(situation) => {
                let attached = situation.attached.iter().filter(|one| wanted(one.document.kind()));
                texts.extend(attached.map(|one| one.text.as_bytes().to_vec()));
            }
        }
    }
    texts.sort();
    texts.dedup();
    texts
}

/// Reads a document, and checks what must hold of any text.
pub(super) fn read(kind: DocumentKind, text: &str) -> Result<Document, String> {
    assert!(counted_length(text) <= text.chars().count());
    match part(|| Document::parse(kind, text)) {
        Err(refused) => {
            let said = refused.to_string();
            assert!(!said.is_empty());
            Err(gist(&said))
        }
        Ok(document) => {
            let value: Value = serde_json::from_str(text).expect("a document is JSON");
            let again = Document::parse(kind, &value.to_string()).expect("its layout plays no part");
            assert_eq!(again.statement_count(), document.statement_count());
            for warning in lint(&document, &VOCABULARY, "2026-12-01T08:00:00Z") {
                assert!(warning.path.starts_with("Statement["), "{warning}");
            }
            Ok(document)
        }
    }
}

static VOCABULARY: LazyLock<Vocabulary> = LazyLock::new(|| {
    let mut words = Vocabulary::default();
    words.add_action("ecs:StopInstance", Granularity::Resource);
    words.add_action("oss:GetObject", Granularity::Service);
    words.add_condition_key("ecs:tag/");
    words
});

/// What allows everything.
pub(super) static ALLOW_ALL: LazyLock<PolicySet> = LazyLock::new(|| {
    let text = r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#;
    let [pool, _] = pools(Document::parse(DocumentKind::Identity, text).unwrap(), text.len());
    pool
});

/// How long a document may be that is not only read but asked: what the API takes, in bytes.
const LONGEST: usize = 6_144;
/// How long a document may be that is asked through an index, which takes many copies of it.
const LONGEST_INDEXED: usize = 1_024;

/// Whether the document can be one that a server asks.
pub(super) fn is_asked(text: &str) -> bool {
    text.len() <= LONGEST
}

/// The document in a pool, and in one that is large enough to have an index.
pub(super) fn pools(document: Document, length: usize) -> [PolicySet; 2] {
    let copies = if length > LONGEST_INDEXED { 1 } else { 1 + 64 / document.statement_count() };
    let document = Arc::new(document);
    let label = PolicyLabel::new("policy", Attachment::Role);
    [1, copies]
        .map(|copies| PolicySet::new(std::iter::repeat_n((label.clone(), Arc::clone(&document)), copies)))
}

/// Circumstances in which much is known, and in which nothing is.
pub(super) fn circumstances() -> [Vec<(String, String)>; 2] {
    let known = [
        ("acs:ResourceTag/team", "dev"),
        ("k:n", "5"),
        ("acs:MFAPresent", "true"),
        ("acs:SourceIp", "10.1.2.3"),
        ("acs:CurrentTime", "2026-12-01T08:00:00Z"),
        ("oss:Prefix", ""),
    ];
    let owned = known.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
    [owned.collect(), Vec::new()]
}

/// The same as the engine takes it.
pub(super) fn context(circumstances: &[(String, String)]) -> Context {
    let mut context = Context::new();
    circumstances.iter().for_each(|(key, value)| context.set(key.clone(), value.clone()));
    context
}

/// Actions and resources that a document's first statements are about, with something in the place of each wildcard.
pub(super) fn own_questions(text: &str) -> Vec<(String, String)> {
    const MOST: usize = 3;
    // Longer names are denied unasked.
    const LONGEST_NAME: usize = 2_048;
    let value: Value = serde_json::from_str(text).unwrap_or_default();
    let statements = value.get("Statement").and_then(Value::as_array).into_iter().flatten();
    let first = |statement: &Value, name: &str| {
        let patterns = statement.get(name).or_else(|| statement.get(format!("Not{name}")))?;
        strings(patterns)?.into_iter().next_back()
    };
    let question = |statement: &Value| {
        let action = first(statement, "Action")?.replace('*', "AnyThing").replace('?', "x");
        let resource = first(statement, "Resource").unwrap_or_else(|| "*".to_owned());
        Some((action, resource.replace('*', "a:部/b").replace('?', "部")))
    };
    let fits = |(action, name): &(String, String)| action.len().max(name.len()) <= LONGEST_NAME;
    statements.take(MOST).filter_map(question).filter(fits).collect()
}

/// A question as the oracle takes it. Rules say of themselves whether they concern the caller.
pub(super) fn asked(action: &str, resource: &str, circumstances: &[(String, String)]) -> Asked {
    Asked {
        own_resource: true,
        action: action.to_owned(),
        resource: resource.to_owned(),
        context: circumstances.to_vec(),
        principals: vec![CONCERNED.to_owned()],
    }
}

/// How a rule says that it concerns the caller.
const CONCERNED: &str = "the caller";

/// A document's rules as the oracle takes them; none if it says what the oracle does not know. `concerns` tells
/// whether a `Principal` includes the caller, if the oracle can know.
pub(super) fn rules(text: &str, concerns: impl Fn(&Value) -> Option<bool>) -> Option<Vec<Rule>> {
    let value: Value = serde_json::from_str(text).ok()?;
    let statements = value.get("Statement")?.as_array()?;
    let rule = |statement: &Value| {
        let selection = |name: &str| {
            let except = statement.get(format!("Not{name}"));
            let texts = strings(except.or_else(|| statement.get(name))?)?;
            Some((except.is_some(), texts))
        };
        let everything = || (false, vec!["*".to_owned()]);
        let concerned = statement.get("Principal").map(&concerns);
        let principal = match concerned {
            None => None,
            Some(known) => Some(if known? { CONCERNED } else { "somebody else" }.to_owned()),
        };
        Some(Rule {
            deny: statement.get("Effect")? == "Deny",
            actions: selection("Action")?,
            resources: selection("Resource").unwrap_or_else(everything),
            principal,
            conditions: conditions(statement.get("Condition"))?,
        })
    };
    statements.iter().map(rule).collect()
}

/// Conditions, under the keys as the circumstances spell them.
fn conditions(value: Option<&Value>) -> Option<Vec<Condition>> {
    const KNOWN: [&str; 6] =
        ["StringEquals", "StringNotEquals", "StringLike", "StringNotLike", "NumericLessThan", "Bool"];
    let mut conditions = Vec::new();
    for (operator, keys) in value.and_then(Value::as_object).into_iter().flatten() {
        for (key, listed) in keys.as_object()? {
            let listed = strings(listed)?;
            let [known, _] = circumstances();
            let key = known.iter().map(|(known, _)| known).find(|known| same_key(known, key)).unwrap_or(key);
            let numbers = operator != "NumericLessThan"
                || (key == "k:n" && listed.iter().all(|one| one.parse::<i64>().is_ok()));
            if !KNOWN.contains(&operator.as_str()) || !numbers {
                return None;
            }
            conditions.push(Condition { operator: operator.clone(), key: key.clone(), listed });
        }
    }
    Some(conditions)
}

/// Whether two keys differ in case at most, and not in that of a tag.
fn same_key(a: &str, b: &str) -> bool {
    match (a.split_once('/'), b.split_once('/')) {
        (Some((a, a_tag)), Some((b, b_tag))) => a.eq_ignore_ascii_case(b) && a_tag == b_tag,
        (None, None) => a.eq_ignore_ascii_case(b),
        _ => false,
    }
}

/// A string, or a list of them.
pub(super) fn strings(value: &Value) -> Option<Vec<String>> {
    match value {
        Value::String(one) => Some(vec![one.clone()]),
        Value::Array(list) => list.iter().map(|one| one.as_str().map(str::to_owned)).collect(),
        _ => None,
    }
}
