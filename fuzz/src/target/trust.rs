//! Trust policies: read or refused, and whoever they let in is whoever they name.

use argali_policy::{
    DocumentKind, Policies, Principal, Request, Resource, evaluate_assume_role, explain_assume_role,
};
use serde_json::Value;

use super::document::oracle::Everything;
use super::document::{
    ACCOUNT, ALLOW_ALL, WORDS, asked, circumstances, context, is_asked, of_the_corpus, read, rules, strings,
};
use super::{Probe, Target, outcome};
use crate::engine::{Shape, part};

pub(super) static TARGET: Target = Target {
    name: "trust",
    shape: Shape::Json,
    words: WORDS,
    seeds: || of_the_corpus(|kind| kind == DocumentKind::Trust),
    start: || Box::new(Trust),
};

const ROLE: &str = "acs:ram:*:1000000000000001:role/Ops";
const ALLOW: &str =
    r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"*"}]}"#;

/// Who tries: each as the engine and as the oracle tell them.
const CALLERS: [(Principal<'_>, &str); 6] = [
    (Principal::User { account: ACCOUNT, name: "Alice", id: "22" }, "user/alice"),
    (
        Principal::RoleSession { account: ACCOUNT, role: "ops", session: "s", service_linked: false },
        "role/ops",
    ),
    (Principal::User { account: "1000000000000002", name: "alice", id: "23" }, ""),
    (Principal::Account { account: ACCOUNT }, ""),
    (Principal::Service { account: ACCOUNT, name: "ecs.aliyuncs.com" }, ""),
    (
        Principal::Federated {
            account: ACCOUNT,
            provider_arn: "acs:ram::1000000000000001:saml-provider/corp",
        },
        "",
    ),
];

struct Trust;

impl Probe for Trust {
    fn probe(&mut self, input: &[u8]) -> u64 {
        let Ok(text) = std::str::from_utf8(input) else { return 0 };
        let document = match read(DocumentKind::Trust, text) {
            Err(gist) => return outcome(gist),
            Ok(_) if !is_asked(text) => return outcome("long"),
            Ok(document) => document,
        };
        let named = document.trusted_ram_principals().count()
            + document.trusted_services().count()
            + document.trusted_providers().count();
        let policies = Policies { account_scope: &ALLOW_ALL, trust: Some(&document), ..Policies::default() };
        let mut decided = Vec::new();
        for circumstances in circumstances() {
            let context = context(&circumstances);
            for (principal, whose) in CALLERS {
                let resource = Resource { arn: ROLE, owner: ACCOUNT };
                let request = Request { principal, action: "sts:AssumeRole", resource, context: &context };
                let decision = part(|| evaluate_assume_role(&policies, &request));
                let explained = explain_assume_role(&policies, &request).decision;
                assert_eq!((explained.effect(), explained.layer()), (decision.effect(), decision.layer()));
                let is_account = matches!(principal, Principal::Account { .. });
                assert!(!(decision.is_allowed() && is_account), "an account assumes no role");
                assert!(!decision.is_allowed() || named > 0, "somebody is let in whom nobody names");
                if !whose.is_empty()
                    && let Some(trust) = rules(text, |principal| concerns(principal, whose))
                {
                    let rule = rules(ALLOW, |_| None).unwrap_or_default();
                    let both = Everything { trust, account_scope: rule, ..Everything::default() };
                    let asked = asked("sts:AssumeRole", ROLE, &circumstances);
                    let wanted = both.assume_role(&asked);
                    assert_eq!(decision.effect(), wanted, "the oracle decides otherwise on {principal:?}");
                }
                decided.push(decision.effect() as u8);
            }
        }
        outcome((decided, named.min(4)))
    }
}

/// Whether a `Principal` names the account `ACCOUNT`, or this user or role of it.
fn concerns(principal: &Value, whose: &str) -> Option<bool> {
    let Some(listed) = principal.as_object()?.get("RAM") else { return Some(false) };
    let account = format!("acs:ram::{ACCOUNT}:");
    let (kind, name) = whose.split_once('/')?;
    let names = |entry: &String| {
        entry.strip_prefix(&account).is_some_and(|who| {
            let this = who.split_once('/').is_some_and(|(k, n)| k == kind && n.eq_ignore_ascii_case(name));
            who == "root" || this
        })
    };
    Some(strings(listed)?.iter().any(names))
}
