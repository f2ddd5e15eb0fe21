//! Requests that say more than anybody needs: found by fuzzing, as policies that took seconds to be asked.

use std::sync::Arc;

use argali_policy::{
    Attachment, Context, Document, DocumentKind, Effect, Layer, Policies, PolicyLabel, PolicySet, Principal,
    Request, Resource, evaluate, evaluate_assume_role, explain,
};

const ACCOUNT: &str = "1000000000000001";
const USER: Principal<'_> = Principal::User { account: ACCOUNT, name: "alice", id: "1" };

fn pool(statement: &str) -> PolicySet {
    let text = format!(r#"{{"Version":"1","Statement":[{statement}]}}"#);
    let document = Document::parse(DocumentKind::Identity, &text).unwrap();
    PolicySet::new([(PolicyLabel::new("p", Attachment::User), Arc::new(document))])
}

/// What is decided on a name of a length, with a tag of a length.
fn decided(principal: Principal<'_>, name: usize, tag: usize, statement: &str) -> (Effect, Layer) {
    let set = pool(statement);
    let policies = Policies { account_scope: &set, ..Policies::default() };
    let start = format!("acs:ecs:cn-hangzhou:{ACCOUNT}:instance/");
    let arn = start.clone() + &"a".repeat(name - start.len());
    let mut context = Context::new();
    context.set("acs:RequestTag/team", "a".repeat(tag));
    let resource = Resource { arn: &arn, owner: ACCOUNT };
    let request = Request { principal, action: "ecs:StopInstance", resource, context: &context };
    let decision = evaluate(&policies, &request);
    assert_eq!(explain(&policies, &request).decision, decision);
    assert!(!evaluate_assume_role(&policies, &request).is_allowed());
    (decision.effect(), decision.layer())
}

#[test]
fn what_is_longer_than_anything_is_denied_unasked() {
    let allow = r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#;
    assert_eq!(decided(USER, 2_048, 4_096, allow), (Effect::Allow, Layer::AccountScope));
    assert_eq!(decided(USER, 2_049, 1, allow), (Effect::ImplicitDeny, Layer::Default));
    assert_eq!(decided(USER, 100, 4_097, allow), (Effect::ImplicitDeny, Layer::Default));
    // The account itself is asked for nothing, so nothing is slow.
    let owner = Principal::Account { account: ACCOUNT };
    assert_eq!(decided(owner, 1 << 20, 1 << 20, allow), (Effect::Allow, Layer::Owner));
}

/// With the whole pattern held against the whole name this would take minutes.
#[test]
fn no_pattern_makes_a_long_name_slow() {
    let pattern = format!("acs:ecs:*{}b*", "a".repeat(6_000));
    let condition =
        format!(r#""Condition":{{"StringLike":{{"acs:RequestTag/team":"*{}b*"}}}}"#, "a".repeat(6_000));
    let slow = format!(r#"{{"Effect":"Deny","Action":"*","Resource":"{pattern}"}},"#).repeat(20)
        + &format!(r#"{{"Effect":"Deny","Action":"*","Resource":"*",{condition}}},"#).repeat(20)
        + r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#;
    assert_eq!(decided(USER, 1 << 20, 1, &slow).0, Effect::ImplicitDeny);
    assert_eq!(decided(USER, 100, 1 << 20, &slow).0, Effect::ImplicitDeny);
}
