//! Testing access: whether somebody may do something, and why, before anybody tries.

use std::borrow::Cow;

use argali_policy::Context as Conditions;
use serde::{Deserialize, Serialize};

use super::explanation::{StepView, effect_name};
use super::fix::Fix;
use super::judgement::{judge, owner_of};
use super::who::Who;
use crate::caller::{Caller, Identity};
use crate::dispatch::{Context, Subject};
use crate::error::ApiError;
use crate::model::ResourceGroupId;
use crate::operation::{Access, Check, Entry, Operation, Permission, ResourceName, Resources};
use crate::services::flat_list::FlatList;

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
        let check = asked(cx, &self.auth_action, &self.auth_resource, self.resource_group_id, conditions)?;
        let subject = match &self.auth_principal {
            Some(who) if !who.is(cx.caller()) => {
                who.check_account(cx.account())?;
                cx.authorize_on(who.resource(cx.account()))?;
                who.subject(cx)?
            }
            _ => Subject::caller(cx.standing())?,
        };
        let told = judge(cx, &subject, &check, real)?;
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
