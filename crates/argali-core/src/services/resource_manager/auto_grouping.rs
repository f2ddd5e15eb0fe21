//! Rules that put resources into groups by their tags, as soon as they are made or labelled.

use serde::{Deserialize, Serialize};

use super::resource_group::existing_group;
use super::setting::all_groups;
use crate::caller::Caller;
use crate::dispatch::Context;
use crate::env::Env;
use crate::error::{ApiError, ErrorCode};
use crate::model::{AutoGroupingRule, RuleContent, RuleScope, TagCondition, parse_target};
use crate::name::{Description, DisplayName};
use crate::operation::{Access, Entry, Operation, Resources};
use crate::services::flat_list::FlatList;

/// How rules come, change and go.
pub const OPERATIONS: &[Entry] = &[
    Entry::of::<CreateAutoGroupingRule>(),
    Entry::of::<UpdateAutoGroupingRule>(),
    Entry::of::<DeleteAutoGroupingRule>(),
];

/// More characters than a list of regions, groups, resources or types has.
const LONGEST_LIST: usize = 4_096;

/// The kinds of rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RuleType {
    /// One that is about resources by what they are.
    CustomCondition,
    /// One that has resources follow others.
    AssociatedTransfer,
}

/// What a rule says.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Wishes {
    /// Which rule, if it is to be changed.
    pub rule_id: Option<String>,
    /// Of which kind, if it is new.
    pub rule_type: Option<RuleType>,
    /// A name for people.
    pub rule_name: DisplayName,
    /// What it is for.
    pub rule_desc: Option<Description>,
    /// What it says, in the order in which it is tried.
    #[serde(default)]
    pub rule_contents: FlatList<ContentWish, { AutoGroupingRule::MOST }>,
    /// Only resources in these regions; as the others, a list with commas.
    pub region_ids_scope: Option<String>,
    /// Only resources that are in these groups.
    pub resource_group_ids_scope: Option<String>,
    /// Only these resources.
    pub resource_ids_scope: Option<String>,
    /// Only resources of these types, such as `ecs.instance`.
    pub resource_types_scope: Option<String>,
    /// No resources in these regions.
    pub exclude_region_ids_scope: Option<String>,
    /// No resources that are in these groups.
    pub exclude_resource_group_ids_scope: Option<String>,
    /// None of these resources.
    pub exclude_resource_ids_scope: Option<String>,
    /// No resources of these types.
    pub exclude_resource_types_scope: Option<String>,
}

/// One sentence of a rule.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ContentWish {
    /// What it was known by, if it was there before.
    pub rule_content_id: Option<String>,
    /// Which resources it is about.
    pub auto_grouping_scope_condition: Option<String>,
    /// Which group they go into.
    pub target_resource_group_condition: String,
}

/// Makes a rule. It counts for what is made or labelled from now on, while the account has such rules on.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
pub struct CreateAutoGroupingRule(Wishes);

/// By what a rule is known.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct NewRule {
    rule_id: String,
}

impl Operation for CreateAutoGroupingRule {
    const NAME: &'static str = "CreateAutoGroupingRule";
    const ACCESS: Access = Access::Identity;
    const ACTION: Option<&'static str> = Some("resourcemanager:CreateAutoGroupingRule");
    type Response = NewRule;

    fn resources(&self, caller: &Caller) -> Resources {
        all_groups(caller)
    }

    fn run(self, cx: &mut Context<'_>) -> Result<NewRule, ApiError> {
        if self.0.rule_type.ok_or_else(|| missing("RuleType"))? == RuleType::AssociatedTransfer {
            let message = "Which resources follow others is said with EnableAssociatedTransfer and \
                           UpdateAssociatedTransferSetting.";
            return Err(ApiError::invalid("RuleType", message));
        }
        let (account, most) = (cx.account(), AutoGroupingRule::MOST);
        if AutoGroupingRule::all(cx.tx(), account)?.len() >= most {
            let message = format!("The account has {most} rules, which is its limit: delete one first.");
            return Err(ApiError::new(ErrorCode::LimitExceededAutoGroupingRule, message));
        }
        let mut rule = AutoGroupingRule {
            id: fresh_id(cx.env(), "gr"),
            name: String::new(),
            description: None,
            contents: Vec::new(),
            within: RuleScope::default(),
            without: RuleScope::default(),
            created_at: cx.now(),
            updated_at: cx.now(),
        };
        self.0.apply(cx, &mut rule)?;
        rule.save(cx.tx_mut(), account);
        Ok(NewRule { rule_id: rule.id })
    }
}

/// Replaces all that a rule says. What it has moved stays where it is.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
pub struct UpdateAutoGroupingRule(Wishes);

impl Operation for UpdateAutoGroupingRule {
    const NAME: &'static str = "UpdateAutoGroupingRule";
    const ACCESS: Access = Access::Identity;
    const ACTION: Option<&'static str> = Some("resourcemanager:UpdateAutoGroupingRule");
    type Response = ();

    fn resources(&self, caller: &Caller) -> Resources {
        all_groups(caller)
    }

    fn run(self, cx: &mut Context<'_>) -> Result<(), ApiError> {
        let id = self.0.rule_id.as_ref().ok_or_else(|| missing("RuleId"))?;
        let mut rule = existing_rule(cx, id)?;
        rule.updated_at = cx.now();
        self.0.apply(cx, &mut rule)?;
        let account = cx.account();
        rule.save(cx.tx_mut(), account);
        Ok(())
    }
}

/// Removes a rule. What it has moved stays where it is.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeleteAutoGroupingRule {
    /// Which rule.
    pub rule_id: String,
}

impl Operation for DeleteAutoGroupingRule {
    const NAME: &'static str = "DeleteAutoGroupingRule";
    const ACCESS: Access = Access::Identity;
    const ACTION: Option<&'static str> = Some("resourcemanager:DeleteAutoGroupingRule");
    type Response = ();

    fn resources(&self, caller: &Caller) -> Resources {
        all_groups(caller)
    }

    fn run(self, cx: &mut Context<'_>) -> Result<(), ApiError> {
        let account = cx.account();
        existing_rule(cx, &self.rule_id)?.delete(cx.tx_mut(), account);
        Ok(())
    }
}

impl Wishes {
    /// Has a rule say what is wished, if that can be.
    fn apply(self, cx: &Context<'_>, rule: &mut AutoGroupingRule) -> Result<(), ApiError> {
        if self.rule_contents.is_empty() {
            return Err(missing("RuleContents"));
        }
        let contents = self.rule_contents.into_vec().into_iter();
        let contents = contents.map(|wish| wish.check(cx, &rule.contents)).collect::<Result<_, _>>()?;
        rule.contents = contents;
        rule.name = self.rule_name.as_str().to_owned();
        rule.description = self.rule_desc.map(|text| text.as_str().to_owned());
        rule.within = RuleScope {
            regions: list("RegionIdsScope", self.region_ids_scope)?,
            groups: list("ResourceGroupIdsScope", self.resource_group_ids_scope)?,
            ids: list("ResourceIdsScope", self.resource_ids_scope)?,
            types: list("ResourceTypesScope", self.resource_types_scope)?,
        };
        rule.without = RuleScope {
            regions: list("ExcludeRegionIdsScope", self.exclude_region_ids_scope)?,
            groups: list("ExcludeResourceGroupIdsScope", self.exclude_resource_group_ids_scope)?,
            ids: list("ExcludeResourceIdsScope", self.exclude_resource_ids_scope)?,
            types: list("ExcludeResourceTypesScope", self.exclude_resource_types_scope)?,
        };
        Ok(())
    }
}

impl ContentWish {
    /// The sentence as it is kept: its conditions are understood, and the group is there.
    fn check(self, cx: &Context<'_>, before: &[RuleContent]) -> Result<RuleContent, ApiError> {
        let invalid = |what: &str, reason: String| {
            ApiError::invalid(
                &format!("RuleContents.{what}"),
                format!("The condition is not valid: {reason}."),
            )
        };
        if let Some(condition) = &self.auto_grouping_scope_condition {
            TagCondition::parse(condition).map_err(|why| invalid("AutoGroupingScopeCondition", why))?;
        }
        let target = parse_target(&self.target_resource_group_condition)
            .map_err(|why| invalid("TargetResourceGroupCondition", why))?;
        existing_group(cx, &target)?;
        let known = self.rule_content_id.filter(|id| before.iter().any(|content| content.id == *id));
        Ok(RuleContent {
            id: known.unwrap_or_else(|| fresh_id(cx.env(), "rc")),
            condition: self.auto_grouping_scope_condition,
            target: self.target_resource_group_condition,
        })
    }
}

fn missing(parameter: &str) -> ApiError {
    ApiError::new(
        ErrorCode::Missing(parameter.to_owned()),
        format!("{parameter} is mandatory for this action."),
    )
}

fn list(parameter: &str, text: Option<String>) -> Result<Option<String>, ApiError> {
    if text.as_ref().is_some_and(|text| text.len() > LONGEST_LIST) {
        let message = format!("{parameter} has at most {LONGEST_LIST} characters.");
        return Err(ApiError::invalid(&format!("{parameter}.Length"), message));
    }
    Ok(text)
}

/// The rule with this id, or `EntityNotExists.AutoGroupingRule`.
pub(super) fn existing_rule(cx: &Context<'_>, id: &str) -> Result<AutoGroupingRule, ApiError> {
    AutoGroupingRule::find(cx.tx(), cx.account(), id)?.ok_or_else(|| {
        let message = format!("The rule `{id}` does not exist: look at ListAutoGroupingRules.");
        ApiError::new(ErrorCode::EntityNotExistsAutoGroupingRule, message)
    })
}

fn fresh_id(env: &Env, prefix: &str) -> String {
    format!("{prefix}-{}", env.random_text(crate::env::ALPHANUMERIC, 15).to_lowercase())
}
