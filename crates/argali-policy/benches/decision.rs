//! How long decisions take, by number and shape of policies, next to a plain scan in the same run.
//!
//! Goals: 10 policies of 5 statements in 500 ns (better 250 ns); 1,000 policies in three times that and
//! never over 1 µs; worst-shaped policies in 1.2 times a plain scan; a statement compiled in 1 µs.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a bench")]

use std::fmt::{self, Display, Formatter};
use std::sync::Arc;

use argali_policy::{
    Attachment, Context, Decision, Document, DocumentKind, Policies, PolicyLabel, PolicySet, Principal,
    Request, Resource, evaluate,
};
use divan::counter::{BytesCount, ItemsCount};
use divan::{Bencher, black_box};

const ACCOUNT: &str = "1000000000000001";

/// One statement's effect, action and resource.
type Rule = (&'static str, String, String);

/// A shape of policies, and a request that only the last policy is about.
struct Shape {
    name: &'static str,
    /// The rule at this place in a pool of so many.
    rule: fn(usize, usize) -> Rule,
    action: &'static str,
    arn: &'static str,
}

const SERVICES: [&str; 8] = ["ecs", "oss", "slb", "rds", "vpc", "log", "ram", "fc"];

const SHAPES: &[Shape] = &[
    Shape {
        name: "mixed",
        rule: |n, of| {
            let service = SERVICES[n % 8];
            let resource = if n + 1 == of {
                format!("acs:{service}:*:*:instance/i-last")
            } else {
                format!("acs:{service}:*:{ACCOUNT}:instance/i-{n:05}")
            };
            match n % 5 {
                0 => ("Allow", format!("{service}:Describe*"), "*".to_owned()),
                1 => ("Deny", format!("{service}:Delete*"), resource),
                2 => ("Allow", format!("{service}:Start{n}"), "*".to_owned()),
                3 => ("Deny", format!("{service}:Stop*"), format!("acs:{service}:cn-{n}:*:*")),
                _ => ("Allow", format!("{service}:*"), resource),
            }
        },
        action: "oss:StopInstance",
        arn: "acs:oss:cn-hangzhou:1000000000000001:instance/i-last",
    },
    Shape {
        name: "one service, many instances",
        rule: |n, of| {
            let id = if n + 1 == of { "last".to_owned() } else { format!("{n:05}") };
            ("Allow", "ecs:*".to_owned(), format!("acs:ecs:*:*:instance/i-{id}"))
        },
        action: "ecs:StopInstance",
        arn: "acs:ecs:cn-hangzhou:1000000000000001:instance/i-last",
    },
    Shape {
        name: "many operations on anything",
        rule: |n, of| {
            let id = if n + 1 == of { "Last".to_owned() } else { format!("{n:05}") };
            ("Allow", format!("ecs:Operation{id}*"), "*".to_owned())
        },
        action: "ecs:OperationLastOne",
        arn: "acs:ecs:cn-hangzhou:1000000000000001:instance/i-1",
    },
    Shape {
        name: "one role in many accounts",
        rule: |n, of| {
            let account = if n + 1 == of { 0 } else { n + 1 };
            ("Allow", "sts:AssumeRole".to_owned(), format!("acs:ram:*:10000000000{account:05}:role/ops"))
        },
        action: "sts:AssumeRole",
        arn: "acs:ram:*:1000000000000000:role/ops",
    },
    Shape {
        name: "folders of one bucket",
        rule: |n, of| {
            let id = if n + 1 == of { "last".to_owned() } else { format!("{n:05}") };
            ("Allow", "oss:GetObject".to_owned(), format!("acs:oss:*:*:bucket/teams/{id}/*"))
        },
        action: "oss:GetObject",
        arn: "acs:oss:*:1000000000000001:bucket/teams/last/2026/report.pdf",
    },
    Shape {
        name: "worst: leading wildcards",
        rule: |n, of| {
            let id = if n + 1 == of { "last".to_owned() } else { format!("{n:05}") };
            ("Deny", format!("*:*Stop{id}*"), format!("*instance/i-{id}"))
        },
        action: "ecs:ForceStopLastInstance",
        arn: "acs:ecs:cn-hangzhou:1000000000000001:instance/i-none",
    },
    Shape {
        name: "worst: all alike but for a wildcard",
        rule: |n, _| ("Deny", "*:Stop*Instance".to_owned(), format!("*:instance/*-{}", n % 7)),
        action: "ecs:StopOneInstance",
        arn: "acs:ecs:cn-hangzhou:1000000000000001:instance/i-9",
    },
];

fn rules(shape: &Shape, policies: usize) -> Vec<Rule> {
    (0..policies * 5).map(|n| (shape.rule)(n, policies * 5)).collect()
}

fn text(rules: &[Rule]) -> String {
    let statements: Vec<String> = rules
        .iter()
        .map(|(effect, action, resource)| {
            format!(r#"{{"Effect":"{effect}","Action":["{action}"],"Resource":["{resource}"]}}"#)
        })
        .collect();
    format!(r#"{{"Version":"1","Statement":[{}]}}"#, statements.join(","))
}

fn pool(rules: &[Rule]) -> PolicySet {
    PolicySet::new(rules.chunks(5).map(|rules| {
        let document = Document::parse(DocumentKind::Identity, &text(rules)).unwrap();
        (PolicyLabel::new("acs:ram:*:system:policy/Some", Attachment::User), Arc::new(document))
    }))
}

fn decide(set: &PolicySet, action: &str, arn: &str, context: &Context) -> Decision {
    let principal = Principal::User { account: ACCOUNT, name: "alice", id: "2000000000000001" };
    let policies = Policies { account_scope: set, ..Policies::default() };
    evaluate(&policies, &Request { principal, action, resource: Resource { arn, owner: ACCOUNT }, context })
}

/// What anybody would write first: all statements in order, glob on both patterns.
fn scan(rules: &[Rule], action: &str, arn: &str) -> u8 {
    let action = action.to_ascii_lowercase();
    let mut answer = 0;
    for (effect, actions, resources) in rules {
        if glob(actions.as_bytes(), action.as_bytes()) && glob(resources.as_bytes(), arn.as_bytes()) {
            if *effect == "Deny" {
                return 2;
            }
            answer = 1;
        }
    }
    answer
}

fn glob(pattern: &[u8], text: &[u8]) -> bool {
    let (mut p, mut t, mut star, mut mark) = (0, 0, usize::MAX, 0);
    while t < text.len() {
        if p < pattern.len() && (pattern[p] == text[t] || pattern[p] == b'?') && pattern[p] != b'*' {
            (p, t) = (p + 1, t + 1);
        } else if p < pattern.len() && pattern[p] == b'*' {
            (star, mark) = (p, t);
            p += 1;
        } else if star != usize::MAX {
            mark += 1;
            (p, t) = (star + 1, mark);
        } else {
            return false;
        }
    }
    pattern[p..].iter().all(|byte| *byte == b'*')
}

/// A shape with so many policies of five statements.
struct Case {
    shape: &'static Shape,
    policies: usize,
}

impl Case {
    fn all() -> impl Iterator<Item = Self> {
        SHAPES.iter().flat_map(|shape| [1, 10, 100, 1000].map(|policies| Self { shape, policies }))
    }
}

impl Display for Case {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}, {}", self.shape.name, self.policies)
    }
}

fn main() {
    divan::main();
}

#[divan::bench(args = Case::all(), max_time = 0.5)]
fn decision(bencher: Bencher<'_, '_>, case: &Case) {
    let mut context = Context::new();
    context.set("acs:CurrentTime", "2026-01-31T17:00:00Z");
    context.set("acs:SecureTransport", "true");
    context.set("acs:SourceIp", "192.0.2.1");
    let set = pool(&rules(case.shape, case.policies));
    bencher.bench(|| decide(&set, black_box(case.shape.action), black_box(case.shape.arn), &context));
}

#[divan::bench(args = Case::all(), max_time = 0.5)]
fn plain_scan(bencher: Bencher<'_, '_>, case: &Case) {
    let mut rules = rules(case.shape, case.policies);
    rules.iter_mut().for_each(|(_, action, _)| action.make_ascii_lowercase());
    bencher.bench(|| scan(&rules, black_box(case.shape.action), black_box(case.shape.arn)));
}

/// A pattern that exponential matchers choke on: time must grow with the text, no faster.
#[divan::bench(args = [64, 256, 1024], max_time = 0.5)]
fn pathological_pattern(bencher: Bencher<'_, '_>, length: usize) {
    let rule = [("Allow", "oss:*".to_owned(), "*a*a*a*a*a*a*a*a*a*a*ba*b*c".to_owned())];
    let set = pool(&rule);
    let arn = format!("acs:oss:*:{ACCOUNT}:b/ba{}bxc", "a".repeat(length));
    bencher
        .counter(BytesCount::new(length))
        .bench(|| decide(&set, "oss:GetObject", black_box(&arn), &Context::new()));
}

#[divan::bench(args = [100], max_time = 0.5)]
fn compile_statements(bencher: Bencher<'_, '_>, statements: usize) {
    let document = text(&rules(&SHAPES[0], statements / 5));
    bencher
        .counter(ItemsCount::new(statements))
        .bench(|| Document::parse(DocumentKind::Identity, black_box(&document)).unwrap());
}

#[divan::bench(args = [10, 1000], max_time = 0.5)]
fn pool_policies(bencher: Bencher<'_, '_>, policies: usize) {
    let set = pool(&rules(&SHAPES[0], policies));
    bencher
        .counter(ItemsCount::new(policies * 5))
        .bench(|| PolicySet::new(set.iter().map(|(label, document)| (label.clone(), Arc::clone(document)))));
}
