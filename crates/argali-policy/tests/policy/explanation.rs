//! What a refusal says.

use std::sync::Arc;

use argali_policy::{
    Attachment, Context, Document, DocumentKind, Effect, Explanation, Layer, Mismatch, Policies, PolicyLabel,
    PolicySet, Principal, Request, Resource, evaluate, explain, explain_assume_role,
};

const ACCOUNT: &str = "1000000000000001";
const INSTANCE: &str = "acs:ecs:cn-hangzhou:1000000000000001:instance/i-1";
const ALICE: Principal<'_> = Principal::User { account: ACCOUNT, name: "alice", id: "2000000000000001" };

fn set(policies: &[(&str, &str)]) -> PolicySet {
    PolicySet::new(policies.iter().map(|(name, statements)| {
        let text = format!(r#"{{"Version":"1","Statement":[{statements}]}}"#);
        let document = Document::parse(DocumentKind::Identity, &text).unwrap();
        (PolicyLabel::new(*name, Attachment::Group("ops".into())), Arc::new(document))
    }))
}

fn request<'a>(action: &'a str, context: &'a Context) -> Request<'a> {
    Request { principal: ALICE, action, resource: Resource { arn: INSTANCE, owner: ACCOUNT }, context }
}

/// One line a step: layer, effect, deciding statements, near misses.
fn show(explanation: &Explanation) -> Vec<String> {
    let statement = |one: &argali_policy::StatementRef| {
        let policy = one.policy.as_ref().map_or("document", |label| label.policy());
        format!("{policy}[{}]", one.statement)
    };
    let step = |step: &argali_policy::Step| {
        let decided: Vec<String> = step.decided_by.iter().map(statement).collect();
        let near = step.near_misses.iter();
        let near = near.map(|miss| format!("{}, but {}", statement(&miss.statement), miss.mismatch));
        let near: Vec<String> = near.collect();
        format!("{:?}: {:?} by {decided:?} near {near:?}", step.layer, step.effect)
    };
    explanation.steps.iter().map(step).collect()
}

#[test]
fn a_refusal_names_what_nearly_allowed_it() {
    let set = set(&[
        (
            "a",
            r#"{"Effect":"Allow","Action":"ecs:Start*","Resource":"*"},
                 {"Effect":"Allow","Action":"ecs:Stop*","Resource":"acs:ecs:*:*:instance/i-2"}"#,
        ),
        (
            "b",
            r#"{"Effect":"Allow","Action":"ecs:*","Resource":"*","Condition":{"Bool":{"acs:MFAPresent":"true"},
                  "IpAddress":{"acs:SourceIp":"10.0.0.0/8"}}},
                 {"Effect":"Allow","Action":"oss:*","Resource":"acs:oss:*"},
                 {"Effect":"Deny","Action":"ecs:Stop*","Resource":"acs:ecs:*:*:disk/*"}"#,
        ),
    ]);
    let policies = Policies { account_scope: &set, ..Policies::default() };
    let mut context = Context::new();
    context.set("acs:SourceIp", "10.1.2.3");
    let explained = explain(&policies, &request("ecs:StopInstance", &context));
    assert_eq!(
        show(&explained),
        [
            r#"AccountScope: ImplicitDeny by [] near ["b[0], but its Condition Bool `acs:MFAPresent` `true` does not hold: the request has no such key", "a[1], but its Resource is `acs:ecs:*:*:instance/i-2`", "a[0], but its Action is `ecs:start*`"]"#
        ]
    );
    context.set("acs:MFAPresent", "true");
    let explained = explain(&policies, &request("ecs:StopInstance", &context));
    assert_eq!(show(&explained), [r#"AccountScope: Allow by ["b[0]"] near []"#]);
    context.set("acs:SourceIp", "192.0.2.1");
    context.set("acs:MFAPresent", "false");
    let explained = explain(&policies, &request("ecs:StopInstance", &context));
    assert_eq!(
        show(&explained)[0].split("near ").nth(1).unwrap().split("\", \"").next().unwrap(),
        "[\"b[0], but its Condition Bool `acs:MFAPresent` `true` does not hold: the request has `false`, and its \
         Condition IpAddress `acs:SourceIp` `10.0.0.0/8` does not hold: the request has `192.0.2.1`",
        "several conditions are one element"
    );
}

#[test]
fn a_denial_names_every_statement_that_denies() {
    let set = set(&[
        (
            "a",
            r#"{"Effect":"Allow","Action":"*","Resource":"*"},{"Effect":"Deny","Action":"ecs:*","Resource":"*"}"#,
        ),
        ("b", r#"{"Effect":"Deny","Action":"*:Stop*","Resource":"*"}"#),
    ]);
    let policies = Policies { account_scope: &set, ..Policies::default() };
    let context = Context::new();
    let explained = explain(&policies, &request("ecs:StopInstance", &context));
    assert_eq!(show(&explained), [r#"AccountScope: ExplicitDeny by ["a[1]", "b[0]"] near []"#]);
    let label = explained.decision.deciding().unwrap().policy.as_ref().unwrap();
    assert_eq!(*label.attachment(), Attachment::Group("ops".into()));
}

#[test]
fn steps_come_in_the_order_in_which_policies_are_asked() {
    let all = set(&[("all", r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#)]);
    let nothing = set(&[("oss", r#"{"Effect":"Allow","Action":"oss:*","Resource":"*"}"#)]);
    let context = Context::new();
    let request = request("ecs:StopInstance", &context);
    let policies = Policies {
        control: Some(&[&all, &all]),
        account_scope: &nothing,
        group_scope: Some(&all),
        ..Policies::default()
    };
    let layers =
        |explanation: &Explanation| explanation.steps.iter().map(|step| step.layer).collect::<Vec<_>>();
    let explained = explain(&policies, &request);
    assert_eq!(layers(&explained), [Layer::Control, Layer::Control, Layer::AccountScope, Layer::GroupScope]);
    assert_eq!((explained.decision.effect(), explained.decision.layer()), (Effect::Allow, Layer::GroupScope));

    let policies = Policies { control: Some(&[&all, &nothing, &all]), ..policies };
    let explained = explain(&policies, &request);
    assert_eq!(layers(&explained), [Layer::Control, Layer::Control]);
    assert_eq!(
        (explained.decision.effect(), explained.decision.layer()),
        (Effect::ImplicitDeny, Layer::Control)
    );
}

#[test]
fn both_sides_of_assuming_a_role_are_explained() {
    let trust = r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole",
        "Principal":{"RAM":"acs:ram::1000000000000001:user/bob"}}]}"#;
    let trust = Document::parse(DocumentKind::Trust, trust).unwrap();
    let set = set(&[("a", r#"{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"*"}"#)]);
    let policies = Policies { account_scope: &set, trust: Some(&trust), ..Policies::default() };
    let context = Context::new();
    let resource = Resource { arn: "acs:ram:*:1000000000000001:role/ops", owner: ACCOUNT };
    let request = Request { principal: ALICE, action: "sts:AssumeRole", resource, context: &context };
    let explained = explain_assume_role(&policies, &request);
    assert_eq!(explained.decision.layer(), Layer::Trust);
    assert_eq!(
        show(&explained),
        [
            r#"AccountScope: Allow by ["a[0]"] near []"#,
            r#"Trust: ImplicitDeny by [] near ["document[0], but its Principal is `acs:ram::1000000000000001:user/bob`"]"#,
        ]
    );
}

#[test]
fn decisions_know_until_when_they_hold() {
    let timed = |date: &str| {
        format!(
            r#"{{"Effect":"Allow","Action":"ecs:*","Resource":"*","Condition":{{"DateLessThan":{{"acs:CurrentTime":"{date}"}}}}}}"#
        )
    };
    let set = set(&[
        ("late", &timed("1970-01-01T00:00:30Z")),
        ("other", &timed("1970-01-01T00:00:10Z").replace("ecs:*", "oss:*")),
    ]);
    let policies = Policies { account_scope: &set, ..Policies::default() };
    let at = |now: &'static str| {
        let mut context = Context::new();
        context.set("acs:CurrentTime", now);
        evaluate(&policies, &request("ecs:StopInstance", &context))
    };
    let early = at("1970-01-01T00:00:05Z");
    assert!(early.is_allowed() && early.depends_on_time());
    assert_eq!(
        early.next_change_ms(),
        Some(30_000),
        "conditions of statements that do not match play no part"
    );
    let late = at("1970-01-01T00:00:30Z");
    assert!(!late.is_allowed());
    assert_eq!(late.next_change_ms(), Some(30_000));
    assert_eq!(at("1970-01-01T00:00:31Z").next_change_ms(), Some(i64::MAX));
    let untimed = evaluate(&Policies::default(), &request("ecs:StopInstance", &Context::new()));
    assert!(!untimed.depends_on_time());
    assert_eq!(untimed.clone().and_also(early).next_change_ms(), Some(30_000));
}

#[test]
fn long_lists_of_near_misses_are_cut() {
    let one = r#"{"Effect":"Allow","Action":"ecs:Start","Resource":"*"}"#;
    let near = r#"{"Effect":"Allow","Action":"ecs:*","Resource":"*","Condition":{"Bool":{"acs:MFAPresent":"true"}}}"#;
    let many = vec![one; 100].join(",");
    let set = set(&[("many", &many), ("near", near)]);
    let policies = Policies { account_scope: &set, ..Policies::default() };
    let explained = explain(&policies, &request("ecs:StopInstance", &Context::new()));
    let misses = &explained.steps[0].near_misses;
    assert_eq!(misses.len(), 20);
    assert!(matches!(misses[0].mismatch, Mismatch::Condition(_)), "the nearest comes first");
}
