//! The index finds every statement that matches.

use proptest::prelude::*;
use proptest::sample::{Index as Choice, select};

use super::*;
use crate::{Attachment, Context, DocumentKind, Principal, Request, Resource};

const ACTIONS: &[&str] = &["ecs:StopInstance", "ecs:StopInstances", "oss:GetObject", "ram:GetRole"];

const NAMES: &[&str] = &[
    "acs:ecs:cn-hangzhou:1:instance/i-1",
    "acs:ecs:cn-hangzhou:1:instance/i-12",
    "acs:ecs:cn-beijing:2:disk/d-1",
    "acs:oss:*:1:bucket/a:b:c",
    "acs:oss:*:1:bucket:1:bucket:1:bucket",
    "acs:oss:*:1::::::::::::::::b",
    "acs:ram:*:1:role/Ops",
    "acs:ram::2:role/ops",
    "*",
];

/// A name with some stretches replaced by wildcards.
fn pattern(names: &'static [&'static str]) -> impl Strategy<Value = String> {
    let holes = prop::collection::vec((any::<Choice>(), 0..8_usize, prop::bool::weighted(0.3)), 0..3);
    (select(names), holes).prop_map(|(name, holes)| {
        let mut letters: Vec<char> = name.chars().collect();
        for (start, length, single) in holes {
            let start = start.index(letters.len());
            let end = (start + length).min(letters.len());
            letters.splice(start..end, [if single { '?' } else { '*' }]);
        }
        letters.into_iter().collect()
    })
}

fn statement() -> impl Strategy<Value = String> {
    let action = pattern(ACTIONS).prop_filter("a service and an operation", |action| {
        action
            .split_once(':')
            .is_some_and(|(service, operation)| !service.is_empty() && !operation.is_empty())
    });
    let lists = (prop::collection::vec(action, 1..3), prop::collection::vec(pattern(NAMES), 1..3));
    (lists, prop::bool::weighted(0.1), prop::bool::weighted(0.1)).prop_map(
        |((actions, names), not_action, not_resource)| {
            let element = |except: bool, name: &str, values: &[String]| {
                format!("\"{}{name}\":[\"{}\"]", if except { "Not" } else { "" }, values.join("\",\""))
            };
            let (actions, names) =
                (element(not_action, "Action", &actions), element(not_resource, "Resource", &names));
            // Of a Deny, an exception may match nothing, and of an Allow, what it names.
            let effect = if not_resource { "Deny" } else { "Allow" };
            format!("{{\"Effect\":\"{effect}\",{actions},{names}}}")
        },
    )
}

proptest! {
    #[test]
    fn finds_whatever_matches(
        statements in prop::collection::vec(statement(), 1..60), action in select(ACTIONS), arn in select(NAMES),
    ) {
        let policies: Vec<(PolicyLabel, Arc<Document>)> = statements
            .chunks(3)
            .map(|statements| {
                let text = format!("{{\"Version\":\"1\",\"Statement\":[{}]}}", statements.join(","));
                let document = Document::parse(DocumentKind::Identity, &text).unwrap();
                (PolicyLabel::new("policy", Attachment::User), Arc::new(document))
            })
            .collect();
        let context = Context::new();
        let principal = Principal::User { account: "1", name: "a", id: "2" };
        let resource = Resource { arn, owner: "1" };
        let question = Question::new(&Request { principal, action, resource, context: &context });
        let index = Index::new(&policies);
        match index.find(&question) {
            None => prop_assert!(arn.matches(':').count() > 12),
            Some(buckets) => {
                let found: Vec<(u32, u32)> = buckets
                    .iter()
                    .flat_map(|bucket| &index.postings[bucket.start as usize..bucket.end as usize])
                    .map(|posting| (posting.policy, posting.statement))
                    .collect();
                for (policy, (_, document)) in (0..).zip(&policies) {
                    for (number, statement) in (0..).zip(document.statements()) {
                        let matches = statement.matches(&question, &mut None);
                        prop_assert!(!matches || found.contains(&(policy, number)), "{policy}.{number}");
                    }
                }
            }
        }
    }
}

/// What the index is for: in a large pool only what could match is looked at.
#[test]
fn passes_over_what_others_are_about() {
    let policies: Vec<(PolicyLabel, Arc<Document>)> = (0..500)
        .map(|n| {
            let text = format!(
                r#"{{"Version":"1","Statement":[
                    {{"Effect":"Allow","Action":"ecs:*","Resource":"acs:ecs:*:*:instance/i-{n}"}},
                    {{"Effect":"Allow","Action":["ecs:Operation{n}*"],"Resource":"*"}},
                    {{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"acs:ram:*:{n}:role/ops"}},
                    {{"Effect":"Deny","Action":"oss:*","Resource":["acs:oss:*:*:b/{n}/*","acs:oss:*:*:c/{n}/*"]}}]}}"#
            );
            let document = Document::parse(DocumentKind::Identity, &text).unwrap();
            (PolicyLabel::new("policy", Attachment::User), Arc::new(document))
        })
        .collect();
    let index = Index::new(&policies);
    let context = Context::new();
    let principal = Principal::User { account: "1", name: "a", id: "2" };
    for (action, arn) in [
        ("ecs:StopInstance", "acs:ecs:cn-hangzhou:1:instance/i-77"),
        ("ecs:Operation77X", "acs:ecs:cn-hangzhou:1:instance/x"),
        ("sts:AssumeRole", "acs:ram:*:77:role/ops"),
        ("oss:GetObject", "acs:oss:*:1:c/77/k"),
    ] {
        let request =
            Request { principal, action, resource: Resource { arn, owner: "1" }, context: &context };
        let found = index.find(&Question::new(&request)).unwrap();
        let looked_at: u32 = found.iter().map(|bucket| bucket.end - bucket.start).sum();
        assert!((1..=3).contains(&looked_at), "{looked_at} statements for {action}");
    }
}
