//! Testing access: whether somebody may do something, and why, before anybody tries.

use std::borrow::Cow;

use argali_policy::{Context as Conditions, Document, DocumentKind, counted_length};
use serde::{Deserialize, Serialize};

use super::explanation::{StepView, effect_name};
use super::fix::Fix;
use super::judgement::{judge, owner_of};
use super::who::Who;
use crate::caller::{Caller, Identity};
use crate::dispatch::{Context, Subject};
use crate::error::ApiError;
use crate::identifier::AccountId;
use crate::model::ResourceGroupId;
use crate::operation::{Access, Check, Entry, Operation, Permission, ResourceName, Resources};
use crate::services::flat_list::FlatList;
use crate::services::ram::role_life::existing_role;

/// How access is tested.
pub const OPERATIONS: &[Entry] = &[Entry::of::<TestAccess>()];

/// How many condition keys can be given.
pub(super) const MOST_CONDITIONS: usize = 50;
/// The longest action, resource or value that is looked at, in bytes.
const LONGEST: usize = 2_048;

/// Says whether somebody may do something, with the policies that are in force and the engine that serves requests.
///
/// Everybody may ask about oneself; to ask about another identity of the account permission is needed on it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct TestAccess {
    /// The action, such as `ecs:StopInstance`.
    pub auth_action: String,
    /// The ARN of the resource, or `*`.
    pub auth_resource: String,
    /// Who: the caller unless told.
    pub auth_principal: Option<Who>,
    /// What a session of the role that is asked about may do at most: the text of a session policy.
    pub session_policy: Option<String>,
    /// The account that such a session began in, where that is another: services may be closed to it.
    pub origin_account_id: Option<AccountId>,
    /// The resource group that the resource is in.
    pub resource_group_id: Option<ResourceGroupId>,
    /// Condition keys of the request; a key that is given again has several values. What is not given is as in the
    /// call that asks.
    #[serde(default)]
    pub condition: FlatList<GivenCondition, MOST_CONDITIONS>,
}

/// A condition key with a value.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GivenCondition {
    /// The key, such as `acs:SourceIp`.
    pub key: String,
    /// The value.
    #[serde(default)]
    pub value: String,
}

/// What was found.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct TestedAccess {
    /// Whether it is allowed.
    allowed: bool,
    /// `Allow`, `ExplicitDeny` or `ImplicitDeny`.
    effect: &'static str,
    auth_principal_type: &'static str,
    auth_principal_arn: String,
    auth_action: String,
    auth_resource: String,
    /// What decided, in a sentence.
    message: String,
    /// What was asked, in order.
    steps: Vec<StepView>,
    #[serde(flatten)]
    fix: Option<Fix>,
}

impl Operation for TestAccess {
    const NAME: &'static str = "TestAccess";
    const ACCESS: Access = Access::Read;
    const PERMISSION: Permission = Permission::OperationDecides;
    type Response = TestedAccess;

    fn resources(&self, _caller: &Caller) -> Resources {
        Resources::new()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<TestedAccess, ApiError> {
        let real = real_circumstances(cx);
        let mut conditions = real.clone();
        give(&mut conditions, self.condition.as_slice())?;
        let check =
            asked(cx, &self.auth_action, &self.auth_resource, self.resource_group_id.clone(), conditions)?;
        let subject = match &self.auth_principal {
            Some(who) if !who.is(cx.caller()) => {
                who.check_account(cx.account())?;
                cx.authorize_on(who.resource(cx.account()))?;
                self.of_another(cx, who)?
            }
            _ if self.session_policy.is_some() => return Err(no_session("SessionPolicy")),
            _ if self.origin_account_id.is_some() => return Err(no_session("OriginAccountId")),
            _ => Subject::caller(cx.standing())?,
        };
        let told = judge(cx, &subject, &check, real)?.at_the_gates(cx, &subject, &check)?;
        let (arn, verb) = (subject.arn(), if told.effect.is_allow() { "may" } else { "may not" });
        Ok(TestedAccess {
            allowed: told.effect.is_allow(),
            effect: effect_name(told.effect),
            auth_principal_type: subject.kind(),
            message: format!(
                "`{arn}` {verb} do `{}` on `{}`. {}",
                self.auth_action, self.auth_resource, told.message
            ),
            auth_principal_arn: arn,
            auth_action: self.auth_action,
            auth_resource: self.auth_resource,
            steps: told.steps,
            fix: told.fix,
        })
    }
}

impl TestAccess {
    /// Somebody else, in a session as it is described.
    fn of_another(&self, cx: &Context<'_>, who: &Who) -> Result<Subject, ApiError> {
        let (policy, origin) = (self.session_policy.as_deref(), self.origin_account_id);
        let subject = who.subject(cx, policy.map(|policy| narrowing(cx, policy)).transpose()?)?;
        let Some(name) = who.role() else {
            return match (policy, origin) {
                (Some(_), _) => Err(no_session("SessionPolicy")),
                (_, Some(_)) => Err(no_session("OriginAccountId")),
                _ => Ok(subject),
            };
        };
        let Some(origin) = origin.filter(|origin| *origin != cx.account()) else { return Ok(subject) };
        // Whether an account is closed is for those to know who deal with it.
        if !existing_role(cx, name)?.names(origin) {
            let message = format!(
                "The role `{name}` trusts nobody of account {origin}: name an account that it trusts."
            );
            return Err(ApiError::invalid("OriginAccountId", message));
        }
        Ok(subject.begun_in(origin))
    }
}

/// What is answered where something is said of a session, and none is asked about.
fn no_session(parameter: &str) -> ApiError {
    let message = "Only sessions of roles have this: name one in AuthPrincipal, as `role/NAME`.";
    ApiError::invalid(parameter, message)
}

/// A session policy as a call that begins a session would take it.
fn narrowing(cx: &Context<'_>, policy: &str) -> Result<String, ApiError> {
    let invalid = |message: String| ApiError::invalid("SessionPolicy", message);
    let longest = cx.limits().session_policy_characters;
    if policy.is_empty() || counted_length(policy) > longest || policy.chars().count() > 4 * longest {
        return Err(invalid(format!("The session policy must have 1 to {longest} characters.")));
    }
    match Document::parse(DocumentKind::Session, policy) {
        Ok(_) => Ok(policy.to_owned()),
        Err(error) => Err(invalid(format!("The session policy is not valid: {error}."))),
    }
}

/// The condition keys that the present request would have, whatever it asked for.
pub(super) fn real_circumstances(cx: &Context<'_>) -> Conditions {
    let mut conditions = cx.circumstances();
    if let Identity::Session(claims) = cx.caller().identity()
        && let Some(source_identity) = &claims.source_identity
    {
        conditions.set("sts:SourceIdentity", source_identity.as_str());
    }
    conditions
}

/// A question, if it can be one.
pub(super) fn asked(
    cx: &Context<'_>,
    action: &str,
    resource: &str,
    group: Option<ResourceGroupId>,
    conditions: Conditions,
) -> Result<Check, ApiError> {
    let named = action.split_once(':').is_some_and(|(service, name)| !service.is_empty() && !name.is_empty());
    if !named || action.contains(['*', '?']) || action.len() > LONGEST {
        let message = "An action is `<service>:<operation>`, such as `ecs:StopInstance`, without wildcards.";
        return Err(ApiError::invalid("AuthAction", message));
    }
    let owner = owner_of(resource, cx.account()).filter(|_| resource.len() <= LONGEST);
    let owner = owner.ok_or_else(|| {
        let message = "A resource is `*` or `acs:<service>:<region>:<account>:<relative id>`.";
        ApiError::invalid("AuthResource", message)
    })?;
    let resource = ResourceName::new(owner, resource.to_owned()).in_group(group);
    Ok(Check { action: Cow::Owned(action.to_owned()), resource, conditions })
}

/// Puts the given keys in place of what there was.
pub(super) fn give(conditions: &mut Conditions, given: &[GivenCondition]) -> Result<(), ApiError> {
    for (index, GivenCondition { key, value }) in given.iter().enumerate() {
        if key.is_empty() || key.len() > LONGEST || value.len() > LONGEST {
            let message = "A condition is a key such as `acs:SourceIp` with a value of at most 2,048 bytes.";
            return Err(ApiError::invalid("Condition", message));
        }
        let again = given.iter().take(index).any(|earlier| earlier.key.eq_ignore_ascii_case(key));
        if again {
            conditions.add(key.clone(), value.as_str());
        } else {
            conditions.set(key.clone(), value.as_str());
        }
    }
    Ok(())
}
