//! Identity, session, control and bucket policies: read or refused, and decided as the oracle decides.

use argali_policy::{DocumentKind, Effect, Policies, Principal, Request, Resource, evaluate, explain};
use serde_json::Value;

use super::document::oracle::{Everything, Rule};
use super::document::{
    ACCOUNT, ALLOW_ALL, WORDS, asked, circumstances, context, is_asked, of_the_corpus, own_questions, pools,
    read, rules, strings,
};
use super::{Probe, Target, outcome};
use crate::engine::{Shape, part};

pub(super) static TARGET: Target = Target {
    name: "policy",
    shape: Shape::Json,
    words: WORDS,
    seeds: || of_the_corpus(|kind| kind != DocumentKind::Trust),
    start: || Box::new(Policy),
};

const KINDS: [DocumentKind; 4] =
    [DocumentKind::Identity, DocumentKind::Session, DocumentKind::Control, DocumentKind::Bucket];

/// The user that asks, by its number.
const USER: &str = "22";

const QUESTIONS: [(&str, &str); 5] = [
    ("ecs:StopInstance", "acs:ecs:cn-hangzhou:1000000000000001:instance/i-1"),
    ("oss:GetObject", "acs:oss:*:1000000000000001:bucket/a:b/部门.txt"),
    ("ram:GetRole", "acs:ram:*:1000000000000001:role/Ops"),
    ("mns:SendMessage", "acs:mns:cn-hangzhou:1000000000000001:/queues/q1"),
    ("ecs:RunInstances", "*"),
];

struct Policy;

impl Probe for Policy {
    fn probe(&mut self, input: &[u8]) -> u64 {
        let Ok(text) = std::str::from_utf8(input) else { return 0 };
        outcome(KINDS.map(|kind| match read(kind, text) {
            Err(gist) => outcome(gist),
            Ok(_) if !is_asked(text) => outcome("long"),
            Ok(document) => {
                let rules = rules(text, bucket_concerns);
                let pools = pools(document, text.len());
                let mut decided = Vec::new();
                let own = own_questions(text);
                let own = own.iter().map(|(action, arn)| (action.as_str(), arn.as_str()));
                let questions: Vec<(&str, &str)> = QUESTIONS.into_iter().chain(own).collect();
                for circumstances in circumstances() {
                    let context = context(&circumstances);
                    for &(action, arn) in &questions {
                        let request = Request {
                            principal: caller(kind),
                            action,
                            resource: Resource { arn, owner: ACCOUNT },
                            context: &context,
                        };
                        let effects = pools.each_ref().map(|pool| decide(kind, pool, &request));
                        assert_eq!(effects[0], effects[1], "the index decides otherwise on {action} {arn}");
                        if let Some(rules) = &rules {
                            let asked = asked(action, arn, &circumstances);
                            let wanted = everything(kind, rules).ordinary(&asked);
                            assert_eq!(effects[0], wanted, "the oracle decides otherwise on {action} {arn}");
                        }
                        decided.push(effects[0] as u8);
                    }
                }
                outcome((decided, rules.is_some()))
            }
        }))
    }
}

/// Who asks: session policies concern sessions alone.
fn caller(kind: DocumentKind) -> Principal<'static> {
    match kind {
        DocumentKind::Session => {
            Principal::RoleSession { account: ACCOUNT, role: "ops", session: "s", service_linked: false }
        }
        _ => Principal::User { account: ACCOUNT, name: "alice", id: USER },
    }
}

/// What a document of a kind makes of a request, where all else allows it.
fn decide(kind: DocumentKind, pool: &argali_policy::PolicySet, request: &Request<'_>) -> Effect {
    let (_, document) = pool.iter().next().unwrap();
    let level = [pool];
    let mut policies = Policies { account_scope: &ALLOW_ALL, ..Policies::default() };
    match kind {
        DocumentKind::Identity => policies.account_scope = pool,
        DocumentKind::Session => policies.session = Some(document),
        DocumentKind::Control => policies.control = Some(&level),
        DocumentKind::Bucket | DocumentKind::Trust => {
            policies.account_scope = argali_policy::PolicySet::none();
            policies.bucket = Some(document);
        }
    }
    let decision = part(|| evaluate(&policies, request));
    let explained = explain(&policies, request).decision;
    assert_eq!((explained.effect(), explained.layer()), (decision.effect(), decision.layer()));
    decision.effect()
}

fn everything(kind: DocumentKind, rules: &[Rule]) -> Everything {
    let all = vec![Rule {
        deny: false,
        actions: (false, vec!["*".to_owned()]),
        resources: (false, vec!["*".to_owned()]),
        principal: None,
        conditions: Vec::new(),
    }];
    let rules = rules.to_vec();
    match kind {
        DocumentKind::Identity => Everything { account_scope: rules, ..Everything::default() },
        DocumentKind::Session => {
            Everything { session: Some(rules), account_scope: all, ..Everything::default() }
        }
        DocumentKind::Control => {
            Everything { control: vec![rules], account_scope: all, ..Everything::default() }
        }
        DocumentKind::Bucket | DocumentKind::Trust => {
            Everything { bucket: Some(rules), ..Everything::default() }
        }
    }
}

/// Whether a bucket policy's principals include the user, as far as they are everybody or numbers.
fn bucket_concerns(principal: &Value) -> Option<bool> {
    let names = strings(principal)?;
    let known = |name: &String| name == "*" || name.bytes().all(|byte| byte.is_ascii_digit());
    names.iter().all(known).then(|| names.iter().any(|name| name == "*" || name == USER))
}
