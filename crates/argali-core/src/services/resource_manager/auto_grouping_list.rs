//! Auto-grouping rules as Resource Management shows them.

use serde::{Deserialize, Serialize};

use super::auto_grouping::{RuleType, existing_rule};
use super::setting::all_groups;
use crate::caller::Caller;
use crate::dispatch::Context;
use crate::error::ApiError;
use crate::model::{AutoGroupingRule, RuleContent};
use crate::operation::{Access, Entry, Operation, Resources};
use crate::services::token_page::token_page;
use crate::time::EastEightTime;

/// One rule, and all of them.
pub const OPERATIONS: &[Entry] = &[Entry::of::<GetAutoGroupingRule>(), Entry::of::<ListAutoGroupingRules>()];

/// How many rules a page holds.
// SPEC: the Resource Management API, ListAutoGroupingRules.
type MaxResults = crate::name::PageSize<50, 10>;

/// A rule as Resource Management shows it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct RuleView {
    rule_id: String,
    rule_name: String,
    rule_type: RuleType,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule_desc: Option<String>,
    rule_contents: Vec<ContentView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    region_ids_scope: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    resource_group_ids_scope: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    resource_ids_scope: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    resource_types_scope: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    exclude_region_ids_scope: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    exclude_resource_group_ids_scope: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    exclude_resource_ids_scope: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    exclude_resource_types_scope: Option<String>,
    create_time: EastEightTime,
    modify_time: EastEightTime,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct ContentView {
    rule_content_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    auto_grouping_scope_condition: Option<String>,
    target_resource_group_condition: String,
}

impl From<AutoGroupingRule> for RuleView {
    fn from(rule: AutoGroupingRule) -> Self {
        let content = |content: RuleContent| ContentView {
            rule_content_id: content.id,
            auto_grouping_scope_condition: content.condition,
            target_resource_group_condition: content.target,
        };
        Self {
            rule_id: rule.id,
            rule_name: rule.name,
            rule_type: RuleType::CustomCondition,
            rule_desc: rule.description,
            rule_contents: rule.contents.into_iter().map(content).collect(),
            region_ids_scope: rule.within.regions,
            resource_group_ids_scope: rule.within.groups,
            resource_ids_scope: rule.within.ids,
            resource_types_scope: rule.within.types,
            exclude_region_ids_scope: rule.without.regions,
            exclude_resource_group_ids_scope: rule.without.groups,
            exclude_resource_ids_scope: rule.without.ids,
            exclude_resource_types_scope: rule.without.types,
            create_time: EastEightTime(rule.created_at),
            modify_time: EastEightTime(rule.updated_at),
        }
    }
}

/// Shows a rule.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetAutoGroupingRule {
    /// Which rule.
    pub rule_id: String,
}

/// An answer that holds one rule.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct OneRule {
    rule: RuleView,
}

impl Operation for GetAutoGroupingRule {
    const NAME: &'static str = "GetAutoGroupingRule";
    const ACCESS: Access = Access::Read;
    const ACTION: Option<&'static str> = Some("resourcemanager:GetAutoGroupingRule");
    type Response = OneRule;

    fn resources(&self, caller: &Caller) -> Resources {
        all_groups(caller)
    }

    fn run(self, cx: &mut Context<'_>) -> Result<OneRule, ApiError> {
        Ok(OneRule { rule: existing_rule(cx, &self.rule_id)?.into() })
    }
}

/// Lists the rules of the caller's account, in the order of their ids.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListAutoGroupingRules {
    /// Only this rule.
    pub rule_id: Option<String>,
    /// Only rules of this name.
    pub rule_name: Option<String>,
    /// Only rules of this kind.
    pub rule_type: Option<RuleType>,
    /// Where the previous page ended.
    pub next_token: Option<String>,
    /// How many rules a page holds at most.
    #[serde(default)]
    pub max_results: MaxResults,
}

/// A page of rules.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct RulePage {
    rules: Vec<RuleView>,
    max_results: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

impl Operation for ListAutoGroupingRules {
    const NAME: &'static str = "ListAutoGroupingRules";
    const ACCESS: Access = Access::Read;
    const ACTION: Option<&'static str> = Some("resourcemanager:ListAutoGroupingRules");
    type Response = RulePage;

    fn resources(&self, caller: &Caller) -> Resources {
        all_groups(caller)
    }

    fn run(self, cx: &mut Context<'_>) -> Result<RulePage, ApiError> {
        let account = cx.account();
        let wanted = |rule: &AutoGroupingRule| {
            self.rule_id.as_ref().is_none_or(|id| *id == rule.id)
                && self.rule_name.as_ref().is_none_or(|name| *name == rule.name)
                && self.rule_type.is_none_or(|kind| kind == RuleType::CustomCondition)
        };
        let rules = AutoGroupingRule::all(cx.tx(), account)?.into_iter().filter(wanted);
        let rules = rules.map(|rule| (rule.id.clone().into_bytes(), RuleView::from(rule)));
        let (list, max_results) = (AutoGroupingRule::table(account), self.max_results.get());
        let (rules, next_token) = token_page(cx, &list, self.next_token.as_deref(), max_results, rules)?;
        Ok(RulePage { rules, max_results, next_token })
    }
}
