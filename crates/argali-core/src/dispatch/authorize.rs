//! Whether the caller's policies allow what an operation needs, and how a refusal reads.

use argali_policy::{
    Attachment as How, Context as Conditions, Decision, Effect, Layer, Policies, PolicyLabel,
    Request as Question, Resource, StatementRef, evaluate,
};

use super::Request;
use super::standing::Standing;
use crate::audit::{LONGEST_FIELD, beginning};
use crate::diagnosis::policy_type;
use crate::error::{ApiError, ErrorCode};
use crate::operation::Check;
use crate::registry::Refusal;

/// What the policies say of one check.
pub(super) fn decide(request: &Request, standing: &Standing, check: &Check) -> Decision {
    let conditions = circumstances(request, standing, &check.conditions);
    let permissions = standing.permissions();
    evaluate(
        &Policies {
            session: standing.session_policy(),
            account_scope: &permissions.account_scope,
            group_scope: permissions.in_group(check.resource.group.as_ref()),
            ..Policies::default()
        },
        &question(standing, check, &conditions),
    )
}

/// A check as it is put to the policies.
pub(super) fn question<'a>(
    standing: &'a Standing,
    check: &'a Check,
    conditions: &'a Conditions,
) -> Question<'a> {
    Question {
        principal: standing.principal(),
        action: &check.action,
        resource: Resource { arn: &check.resource.arn, owner: check.resource.owner.as_str() },
        context: conditions,
    }
}

/// The condition keys of a check: its own, and those that every request has.
// SPEC: policy language, global condition keys: `acs:MFAPresent` is absent on AccessKey calls.
pub(super) fn circumstances(request: &Request, standing: &Standing, own: &Conditions) -> Conditions {
    let mut conditions = own.clone();
    if let Some(mfa_present) = standing.mfa_present() {
        conditions.set("acs:MFAPresent", mfa_present.to_string());
    }
    circumstances_of(request, &conditions)
}

/// The same of a request that nobody signed.
pub(super) fn circumstances_of(request: &Request, own: &Conditions) -> Conditions {
    let mut conditions = own.clone();
    conditions.set("acs:CurrentTime", request.now.to_string());
    conditions.set("acs:SourceIp", request.origin.source_ip.to_string());
    conditions.set("acs:SecureTransport", if request.origin.secure_transport { "true" } else { "false" });
    conditions
}

/// The refusal that follows from a decision, as its caller reads it.
pub(super) fn refusal(refusal: Refusal, check: &Check, decision: &Decision) -> ApiError {
    // A resource may be called as the caller likes, and what comes after it is to be read, too.
    let (arn, action, why) =
        (beginning(&check.resource.arn, LONGEST_FIELD), &check.action, explain(decision));
    let (code, message) = match refusal {
        Refusal::NoPermission => {
            let message =
                format!("You are not authorized to do this action. Resource: {arn} Action: {action}. {why}");
            (ErrorCode::NoPermission, message)
        }
        Refusal::ForbiddenRam => {
            let message = format!(
                "User not authorized to operate on the specified resource, or this API doesn't support RAM. \
                 Resource: {arn} Action: {action}. {why}"
            );
            (ErrorCode::ForbiddenRam, message)
        }
        // SPEC: wire protocol, OSS, errors: the texts seen.
        Refusal::AccessDenied => {
            let message = match (decision.effect(), decision.layer()) {
                (Effect::ExplicitDeny, Layer::Bucket) => "Access denied by bucket policy.".to_owned(),
                (_, Layer::Session) => "Access denied by authorizer's policy.".to_owned(),
                _ if action == "oss:ListBuckets" => format!("You are forbidden to list buckets. {why}"),
                _ if action.starts_with("mns:") => {
                    format!(
                        "You are not authorized to do this action. Resource: {arn} Action: {action}. {why}"
                    )
                }
                _ => format!(
                    "You have no right to access this object. Resource: {arn} Action: {action}. {why}"
                ),
            };
            (ErrorCode::Declared("AccessDenied".into(), 403), message)
        }
    };
    ApiError::new(code, message)
}

/// The statement that decided, as records keep it.
pub(super) fn deciding(decision: &Decision) -> Option<String> {
    let StatementRef { policy, statement } = decision.deciding()?;
    let policy = policy.as_ref().map_or_else(|| policy_type(decision.layer()), PolicyLabel::policy);
    Some(format!("{policy}#{statement}"))
}

/// One sentence on why, for the caller: it speaks of nothing but what the caller itself holds.
fn explain(decision: &Decision) -> String {
    match (decision.effect(), decision.deciding()) {
        (Effect::ExplicitDeny, Some(StatementRef { policy: Some(label), statement })) => {
            let through = match label.attachment() {
                How::Group(name) => format!(", attached to the group `{name}`"),
                _ => String::new(),
            };
            format!("Statement {} of policy `{}`{through} denies it.", statement + 1, label.policy())
        }
        (Effect::ExplicitDeny, _) => "A policy denies it.".to_owned(),
        _ if decision.layer() == Layer::Session => "The session policy does not allow it.".to_owned(),
        _ => "No policy of the caller allows it.".to_owned(),
    }
}
