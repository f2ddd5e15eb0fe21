//! What is said to whoever was refused.

use std::sync::Arc;

use argali_policy::{
    Attachment, Context, Document, DocumentKind, Policies, PolicyLabel, PolicySet, Principal, Request,
    Resource, explain, explain_assume_role,
};

const ACCOUNT: &str = "1000000000000001";
const INSTANCE: &str = "acs:ecs:cn-hangzhou:1000000000000001:instance/i-1";
const ROLE: &str = "acs:ram:*:1000000000000001:role/ops";

fn document(kind: DocumentKind, statements: &str) -> Document {
    Document::parse(kind, &format!(r#"{{"Version":"1","Statement":[{statements}]}}"#)).unwrap()
}

/// A policy that is attached to a user, or to the group `ops`.
fn held(name: &str, how: Attachment, statements: &str) -> PolicySet {
    let document = document(DocumentKind::Identity, statements);
    PolicySet::new([(PolicyLabel::new(name, how), Arc::new(document))])
}

fn own(statements: &str) -> PolicySet {
    held("acs:ram:*:1000000000000001:policy/own", Attachment::User, statements)
}

fn alice(account: &str) -> Principal<'_> {
    Principal::User { account, name: "alice", id: "2" }
}

/// What is said of stopping an instance.
fn of(principal: Principal<'_>, policies: &Policies<'_>) -> String {
    let mut context = Context::new();
    context.set("acs:SourceIp", "192.0.2.1");
    let resource = Resource { arn: INSTANCE, owner: ACCOUNT };
    let request = Request { principal, action: "ecs:StopInstance", resource, context: &context };
    explain(policies, &request).advice(&request).map(|advice| advice.to_string()).unwrap_or_default()
}

fn of_policies(account_scope: &PolicySet) -> String {
    of(alice(ACCOUNT), &Policies { account_scope, ..Policies::default() })
}

/// What is said of assuming a role by somebody whose own policies allow it.
fn of_trust(principal: Principal<'_>, statements: &str) -> String {
    let all = own(r#"{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"*"}"#);
    let trust = document(DocumentKind::Trust, statements);
    let policies = Policies { account_scope: &all, trust: Some(&trust), ..Policies::default() };
    let context = Context::new();
    let resource = Resource { arn: ROLE, owner: ACCOUNT };
    let request = Request { principal, action: "sts:AssumeRole", resource, context: &context };
    explain_assume_role(&policies, &request)
        .advice(&request)
        .map(|advice| advice.to_string())
        .unwrap_or_default()
}

#[test]
fn what_is_allowed_needs_no_advice() {
    assert_eq!(of_policies(&own(r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#)), "");
}

#[test]
fn what_no_policy_allows_wants_one_that_does() {
    assert_eq!(
        of_policies(PolicySet::none()),
        "Attach a policy that allows `ecs:StopInstance` on `acs:ecs:cn-hangzhou:1000000000000001:instance/i-1`."
    );
    let of_something_else = own(r#"{"Effect":"Allow","Action":"oss:*","Resource":"*"}"#);
    assert!(
        of_policies(&of_something_else).starts_with("Attach"),
        "another service's policy is not to be bent"
    );
}

#[test]
fn what_is_nearly_allowed_wants_a_small_change() {
    let cases = [
        (
            r#"{"Effect":"Allow","Action":"ecs:*","Resource":"acs:ecs:*:*:instance/i-2"}"#,
            "Add `acs:ecs:cn-hangzhou:1000000000000001:instance/i-1` to Resource of statement 1 of \
             `acs:ram:*:1000000000000001:policy/own`.",
        ),
        (
            r#"{"Effect":"Allow","Action":"ecs:*","NotResource":"acs:ecs:*:*:instance/*"}"#,
            "Take `acs:ecs:cn-hangzhou:1000000000000001:instance/i-1` out of NotResource of statement 1 of \
             `acs:ram:*:1000000000000001:policy/own`.",
        ),
        (
            r#"{"Effect":"Allow","Action":["ecs:Describe*","ecs:StartInstance"],"Resource":"*"}"#,
            "Add `ecs:StopInstance` to Action of statement 1 of `acs:ram:*:1000000000000001:policy/own`.",
        ),
        (
            r#"{"Effect":"Allow","NotAction":"ecs:Stop*","Resource":"*"}"#,
            "Take `ecs:StopInstance` out of NotAction of statement 1 of `acs:ram:*:1000000000000001:policy/own`.",
        ),
        (
            r#"{"Effect":"Allow","Action":"ecs:*","Resource":"*","Condition":{"IpAddress":{"acs:SourceIp":"10.0.0.0/8"}}}"#,
            "Meet the Condition of statement 1 of `acs:ram:*:1000000000000001:policy/own` \
             (call from an address that it lists), or change it.",
        ),
        (
            r#"{"Effect":"Allow","Action":"ecs:*","Resource":"*","Condition":{"Bool":{"acs:MFAPresent":"true"},
                "StringEquals":{"acs:ResourceTag/team":["web","db"]}}}"#,
            "Meet the Condition of statement 1 of `acs:ram:*:1000000000000001:policy/own` \
             (log on with a second factor and see to `acs:ResourceTag/team` `web` or `db`), or change it. \
             A call with an AccessKey never has `acs:MFAPresent`.",
        ),
    ];
    for (statement, advice) in cases {
        assert_eq!(of_policies(&own(statement)), advice);
    }
    let system = held(
        "acs:ram:*:system:policy/AliyunECSReadOnlyAccess",
        Attachment::User,
        r#"{"Effect":"Allow","Action":"ecs:Describe*","Resource":"*"}"#,
    );
    assert!(of_policies(&system).starts_with("Attach"), "nobody edits a system policy");
}

#[test]
fn a_deny_is_narrowed_or_done_without() {
    let denying =
        r#"{"Effect":"Deny","Action":"ecs:*","Resource":"*"},{"Effect":"Deny","Action":"*","Resource":"*"}"#;
    assert_eq!(
        of_policies(&own(denying)),
        "No Allow is stronger than a Deny: narrow statement 1 of `acs:ram:*:1000000000000001:policy/own` \
         (1 more deny it, too), or detach its policy."
    );
    let group = held("interns-only", Attachment::Group("interns".into()), denying);
    assert_eq!(
        of_policies(&group),
        "No Allow is stronger than a Deny: narrow statement 1 of `interns-only` (1 more deny it, too), \
         detach its policy from the group `interns`, or leave the group."
    );
}

#[test]
fn a_session_policy_is_given_anew() {
    let all = own(r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#);
    let session = |statement| {
        let session = document(DocumentKind::Session, statement);
        let policies = Policies { session: Some(&session), account_scope: &all, ..Policies::default() };
        let caller =
            Principal::RoleSession { account: ACCOUNT, role: "ops", session: "s", service_linked: false };
        of(caller, &policies)
    };
    assert_eq!(
        session(r#"{"Effect":"Allow","Action":"ecs:Describe*","Resource":"*"}"#),
        "Assume the role again without a session policy, or with one that allows `ecs:StopInstance` on \
         `acs:ecs:cn-hangzhou:1000000000000001:instance/i-1`."
    );
    assert_eq!(
        session(r#"{"Effect":"Deny","Action":"ecs:*","Resource":"*"}"#),
        "No Allow is stronger than a Deny: narrow statement 1 of the session policy, \
         or assume the role again with another session policy."
    );
}

#[test]
fn trust_is_asked_of_the_role() {
    let stranger = alice("1000000000000002");
    assert_eq!(
        of_trust(stranger, r#"{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"RAM":[]}}"#),
        "Name `acs:ram::1000000000000002:user/alice` in the Principal of the role's trust policy."
    );
    assert_eq!(
        of_trust(
            stranger,
            r#"{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"RAM":"acs:ram::1000000000000002:root"},
                "Condition":{"StringEquals":{"sts:ExternalId":"agreed"}}}"#
        ),
        "Meet the Condition of statement 1 of the trust policy (give the ExternalId that it asks for), or change it."
    );
    assert_eq!(
        of_trust(
            stranger,
            r#"{"Effect":"Deny","Action":"sts:AssumeRole","Principal":{"RAM":"acs:ram::1000000000000002:root"}}"#
        ),
        "No Allow is stronger than a Deny: narrow statement 1 of the trust policy, or take it out."
    );
    assert_eq!(
        of_trust(
            Principal::Account { account: ACCOUNT },
            r#"{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"RAM":[]}}"#
        ),
        "An account itself assumes no role: call as one of its users, or from a role."
    );
}

#[test]
fn other_accounts_are_reached_through_their_roles() {
    let all = own(r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#);
    assert_eq!(
        of(alice("1000000000000002"), &Policies { account_scope: &all, ..Policies::default() }),
        "Policies of one account do not reach the resources of another: assume a role of account 1000000000000001 \
         that may do it."
    );
}
