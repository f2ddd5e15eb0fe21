//! What must hold for any policies and any request.

use std::sync::Arc;

use argali_policy::{
    Attachment, Context, Decision, Document, DocumentKind, Explanation, Policies, PolicyLabel, PolicySet,
    Principal, Request, Resource, counted_length, evaluate, evaluate_assume_role, explain,
    explain_assume_role,
};
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::{Value, json};

use crate::oracle::{Asked, Condition, Everything, Rule};

const CALLER: &str = "1000000000000001";
const OTHER: &str = "1000000000000002";

const ACTIONS: &[&str] = &[
    "ecs:StopInstance",
    "ecs:StopInstances",
    "ecs:StartInstance",
    "oss:GetObject",
    "ram:GetRole",
    "sts:AssumeRole",
];

const NAMES: &[&str] = &[
    "acs:ecs:cn-hangzhou:1000000000000001:instance/i-1",
    "acs:ecs:cn-hangzhou:1000000000000001:instance/i-12",
    "acs:ecs:cn-beijing:1000000000000002:instance/i-1",
    "acs:oss:*:1000000000000001:bucket/a:b/部门.txt",
    "acs:oss:*:1000000000000001:bucket/a::::b:::::::c",
    "acs:ram:*:1000000000000001:role/Ops",
    "acs:ram::1000000000000002:role/ops",
    "acs:mns:cn-hangzhou:1000000000000001:/queues/q1",
    "*",
];

const TEXT_OPERATORS: &[&str] = &["StringEquals", "StringNotEquals", "StringLike", "StringNotLike"];

const KEYS: &[&str] = &["acs:ResourceTag/team", "k:n", "acs:MFAPresent"];

/// A name with some stretches replaced by wildcards.
fn pattern(names: &'static [&'static str]) -> impl Strategy<Value = String> {
    let holes = prop::collection::vec((any::<Index>(), 0..8_usize, prop::bool::weighted(0.3)), 0..3);
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

fn action() -> impl Strategy<Value = String> {
    let spelled = (pattern(ACTIONS), any::<bool>()).prop_map(|(pattern, upper)| {
        let halves = pattern
            .split_once(':')
            .is_some_and(|(service, operation)| !service.is_empty() && !operation.is_empty());
        match (halves, upper) {
            (false, _) => "*".to_owned(),
            (true, true) => pattern.to_uppercase(),
            (true, false) => pattern,
        }
    });
    prop_oneof![8 => spelled, 1 => Just("*".to_owned())]
}

fn name_pattern() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => pattern(NAMES),
        2 => Just("*".to_owned()),
        1 => Just("acs:ram::*:role/OPS".to_owned()),
        1 => Just("acs:ecs:*:*:instance/*".to_owned()),
        1 => Just("*:b/*".to_owned()),
        1 => Just("acs:oss:*:*:b:*".to_owned()),
    ]
}

fn condition() -> impl Strategy<Value = Condition> {
    let parts = prop_oneof![
        (select(TEXT_OPERATORS), Just("acs:ResourceTag/team"), prop::collection::vec("[ab*]{0,2}", 1..3)),
        (Just("NumericLessThan"), Just("k:n"), prop::collection::vec("[0-9]{1,2}", 1..3)),
        (
            Just("Bool"),
            Just("acs:MFAPresent"),
            prop::collection::vec(select(vec!["true".to_owned(), "False".to_owned()]), 1..2)
        ),
    ];
    parts.prop_map(|(operator, key, listed): (&str, &str, _)| Condition {
        operator: operator.to_owned(),
        key: key.to_owned(),
        listed,
    })
}

fn rule(principals: &'static [&'static str]) -> impl Strategy<Value = Rule> {
    (
        prop::bool::weighted(0.25),
        (prop::bool::weighted(0.1), prop::collection::vec(action(), 1..3)),
        (prop::bool::weighted(0.1), prop::collection::vec(name_pattern(), 1..3)),
        prop::option::weighted(0.3, condition()),
        prop::option::of(select(principals)),
    )
        .prop_map(move |(deny, actions, resources, condition, principal)| {
            let principal =
                principal.or(principals.first().copied()).filter(|one| !one.is_empty()).map(str::to_owned);
            let (except, names) = resources;
            let resources =
                (except, names.into_iter().map(|name| meaningful(deny != except, name)).collect());
            Rule { deny, actions, resources, principal, conditions: condition.into_iter().collect() }
        })
}

/// The pattern, or `*` if it is one that can match nothing where that would do harm.
fn meaningful(harmful: bool, name: String) -> String {
    let statement =
        json!({"Effect": if harmful { "Deny" } else { "Allow" }, "Action": "*", "Resource": name});
    let text = json!({"Version": "1", "Statement": [statement]}).to_string();
    if Document::parse(DocumentKind::Identity, &text).is_ok() { name } else { "*".to_owned() }
}

/// Rules of an identity, session or control policy.
fn rules(most: usize) -> impl Strategy<Value = Vec<Rule>> {
    prop::collection::vec(rule(&[""]), 0..most)
}

/// Bucket policies: everybody, the caller's id, somebody else's.
fn bucket_rules() -> impl Strategy<Value = Vec<Rule>> {
    prop::collection::vec(rule(&["*", "22", "33"]), 1..4)
}

/// Trust policies: the caller's account, the caller, another user.
fn trust_rules() -> impl Strategy<Value = Vec<Rule>> {
    let principals = &[
        "acs:ram::1000000000000001:root",
        "acs:ram::1000000000000001:role/ops",
        "acs:ram::1000000000000001:user/ops",
    ];
    let trust = (rule(principals), select(vec!["sts:AssumeRole", "sts:*", "*", "sts:Set*"]));
    let trust = trust.prop_map(|(rule, action)| Rule {
        actions: (false, vec![if rule.deny { "sts:*" } else { action }.to_owned()]),
        resources: (false, vec!["*".to_owned()]),
        ..rule
    });
    prop::collection::vec(trust, 1..4)
}

fn everything() -> impl Strategy<Value = Everything> {
    (
        prop::collection::vec(rules(4), 0..3),
        prop::option::weighted(
            0.3,
            rules(5).prop_filter("a document has statements", |rules| !rules.is_empty()),
        ),
        prop_oneof![rules(8), rules(200)],
        prop::option::of(rules(8)),
        prop::option::of(bucket_rules()),
        trust_rules(),
    )
        .prop_map(|(control, session, account_scope, group_scope, bucket, trust)| Everything {
            // An empty level denies everything, and then nothing else would be tried.
            control: control.into_iter().filter(|level| !level.is_empty()).collect(),
            session,
            account_scope,
            group_scope,
            bucket,
            trust,
        })
}

fn asked() -> impl Strategy<Value = Asked> {
    let context =
        (prop::option::of("[ab]{0,2}"), prop::option::of("[0-9]{1,2}"), prop::option::of(any::<bool>()));
    (select(ACTIONS), select(NAMES), any::<bool>(), context).prop_map(
        |(action, resource, own_resource, context)| {
            let (team, number, mfa) = context;
            let values = [team, number, mfa.map(|mfa| mfa.to_string())];
            Asked {
                own_resource,
                action: action.to_owned(),
                resource: resource.to_owned(),
                context: KEYS
                    .iter()
                    .zip(values)
                    .filter_map(|(key, value)| Some(((*key).to_owned(), value?)))
                    .collect(),
                principals: vec![
                    "*".to_owned(),
                    "acs:ram::1000000000000001:root".to_owned(),
                    "acs:ram::1000000000000001:role/ops".to_owned(),
                ],
            }
        },
    )
}

fn text(kind: DocumentKind, rules: &[Rule]) -> Value {
    let statements = rules.iter().map(|rule| {
        let name = |(except, _): &(bool, Vec<String>), name: &str| {
            if *except { format!("Not{name}") } else { name.to_owned() }
        };
        let mut statement = json!({"Effect": if rule.deny { "Deny" } else { "Allow" }});
        statement[name(&rule.actions, "Action")] = json!(rule.actions.1);
        match (&rule.principal, kind) {
            (Some(principal), DocumentKind::Trust) => statement["Principal"] = json!({"RAM": principal}),
            (Some(principal), _) => statement["Principal"] = json!([principal]),
            (None, _) => {}
        }
        if kind != DocumentKind::Trust {
            statement[name(&rule.resources, "Resource")] = json!(rule.resources.1);
        }
        for Condition { operator, key, listed } in &rule.conditions {
            statement["Condition"][operator.as_str()][key.as_str()] = json!(listed);
        }
        statement
    });
    json!({"Version": "1", "Statement": statements.collect::<Vec<_>>()})
}

fn parse(kind: DocumentKind, rules: &[Rule]) -> Document {
    Document::parse(kind, &text(kind, rules).to_string()).unwrap()
}

/// A pool of documents with three statements each.
fn pool(rules: &[Rule]) -> PolicySet {
    PolicySet::new(rules.chunks(3).map(|rules| {
        (PolicyLabel::new("policy", Attachment::Role), Arc::new(parse(DocumentKind::Identity, rules)))
    }))
}

/// Judges the request of a role session, explained and not.
fn judge(
    everything: &Everything,
    asked: &Asked,
    evaluate: fn(&Policies<'_>, &Request<'_>) -> Decision,
    explain: fn(&Policies<'_>, &Request<'_>) -> Explanation,
) -> Decision {
    let control: Vec<PolicySet> = everything.control.iter().map(|rules| pool(rules)).collect();
    let control: Vec<&PolicySet> = control.iter().collect();
    let session = everything.session.as_ref().map(|rules| parse(DocumentKind::Session, rules));
    let account_scope = pool(&everything.account_scope);
    let group_scope = everything.group_scope.as_ref().map(|rules| pool(rules));
    let bucket = everything.bucket.as_ref().map(|rules| parse(DocumentKind::Bucket, rules));
    let trust = parse(DocumentKind::Trust, &everything.trust);
    let policies = Policies {
        control: Some(&control),
        session: session.as_ref(),
        account_scope: &account_scope,
        group_scope: group_scope.as_ref(),
        bucket: bucket.as_ref(),
        trust: Some(&trust),
    };
    let mut context = Context::new();
    for (key, value) in &asked.context {
        context.set(key.clone(), value);
    }
    let request = Request {
        principal: Principal::RoleSession {
            account: CALLER,
            role: "Ops",
            session: "s",
            service_linked: false,
        },
        action: &asked.action,
        resource: Resource { arn: &asked.resource, owner: if asked.own_resource { CALLER } else { OTHER } },
        context: &context,
    };
    let decision = evaluate(&policies, &request);
    let explained = explain(&policies, &request);
    assert_eq!(
        (explained.decision.effect(), explained.decision.layer()),
        (decision.effect(), decision.layer())
    );
    decision
}

fn ordinary(everything: &Everything, asked: &Asked) -> Decision {
    judge(everything, asked, evaluate, explain)
}

fn assume_role(everything: &Everything, asked: &Asked) -> Decision {
    judge(everything, asked, evaluate_assume_role, explain_assume_role)
}

/// A list of rules, wherever they stand.
fn somewhere(everything: &mut Everything, place: Index) -> &mut Vec<Rule> {
    let mut places: Vec<&mut Vec<Rule>> = Vec::new();
    places.extend(&mut everything.control);
    places.extend(&mut everything.session);
    places.push(&mut everything.account_scope);
    places.extend(&mut everything.group_scope);
    let place = place.index(places.len());
    places.swap_remove(place)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn the_engine_equals_the_oracle(everything in everything(), asked in asked()) {
        prop_assert_eq!(ordinary(&everything, &asked).effect(), everything.ordinary(&asked));
    }

    #[test]
    fn the_engine_equals_the_oracle_in_assuming_roles(everything in everything(), asked in asked()) {
        let asked = Asked { action: "sts:AssumeRole".to_owned(), ..asked };
        prop_assert_eq!(assume_role(&everything, &asked).effect(), everything.assume_role(&asked));
    }

    /// Not even where a Deny is not read: in the scope of a group behind an Allow in that of the account.
    #[test]
    fn adding_a_deny_never_allows(
        mut everything in everything(), asked in asked(), extra in rule(&[""]), place: Index,
    ) {
        let before = ordinary(&everything, &asked);
        let (except, names) = extra.resources;
        let resources = (except, names.into_iter().map(|name| meaningful(!except, name)).collect());
        somewhere(&mut everything, place).push(Rule { deny: true, resources, ..extra });
        let after = ordinary(&everything, &asked);
        prop_assert!(before.is_allowed() || !after.is_allowed());
    }

    #[test]
    fn order_plays_no_part(mut everything in everything(), asked in asked(), turn: Index, place: Index) {
        let before = ordinary(&everything, &asked);
        let rules = somewhere(&mut everything, place);
        if !rules.is_empty() {
            let turn = turn.index(rules.len());
            rules.rotate_left(turn);
            rules.reverse();
        }
        let after = ordinary(&everything, &asked);
        prop_assert_eq!((before.effect(), before.layer()), (after.effect(), after.layer()));
    }

    #[test]
    fn layout_plays_no_part(rules in prop::collection::vec(rule(&[""]), 1..4)) {
        let value = text(DocumentKind::Identity, &rules);
        let (narrow, wide) = (value.to_string(), serde_json::to_string_pretty(&value).unwrap());
        prop_assert_eq!(counted_length(&wide), narrow.chars().count());
        prop_assert_eq!(counted_length(&narrow), narrow.chars().count());
        let parsed = Document::parse(DocumentKind::Identity, &wide).unwrap();
        prop_assert_eq!(parsed.statement_count(), rules.len());
    }

    #[test]
    fn any_text_is_read_or_refused(text in "\\PC{0,40}") {
        if let Err(error) = Document::parse(DocumentKind::Identity, &text) {
            prop_assert!(!error.to_string().is_empty());
        }
    }

    #[test]
    fn damaged_documents_are_read_or_refused(
        rules in prop::collection::vec(rule(&["*"]), 1..3), place: Index, letter in "[\\[\\]{}\":,\\\\a1*]", length in 0..3_usize,
    ) {
        let mut text: Vec<char> = text(DocumentKind::Bucket, &rules).to_string().chars().collect();
        let start = place.index(text.len());
        let end = (start + length).min(text.len());
        text.splice(start..end, letter.chars());
        let text: String = text.into_iter().collect();
        for kind in [DocumentKind::Identity, DocumentKind::Trust, DocumentKind::Bucket] {
            if let Err(error) = Document::parse(kind, &text) {
                prop_assert!(!error.to_string().is_empty());
            }
        }
    }
}
