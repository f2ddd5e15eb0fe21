//! Which policies people should be warned of before they grant them: what lists and forms mark.
// SPEC: console, grant permission: high-risk policies carry a badge.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::caller::Caller;
use crate::dispatch::Context;
use crate::error::ApiError;
use crate::model::{Entity, Policy};
use crate::name::{PolicyName, PolicyType};
use crate::operation::{Access, Entry, Operation, ResourceName, Resources};
use crate::services::flat_list::FlatList;
use crate::services::ram::found_policy::FoundPolicy;
use crate::services::ram::system_policy;

/// What tells of risks.
pub const OPERATIONS: &[Entry] = &[Entry::of::<ListHighRiskPolicies>()];

/// How many policies can be named at once.
const MOST_NAMED: usize = 200;

/// Lists the policies that let their holders change who may do what, or that are declared as such a risk: those of the
/// system, then those of the account. There are no more of them than the account may have policies.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListHighRiskPolicies {
    /// Only policies kept by this side.
    pub policy_type: Option<PolicyType>,
    /// Only policies of this name.
    pub policy_name: Option<PolicyName>,
    /// Only policies of these names: judging one takes reading its document.
    #[serde(default)]
    pub policy_names: FlatList<PolicyName, MOST_NAMED>,
}

/// The policies.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct HighRiskPolicyList {
    policies: Vec<HighRiskPolicy>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct HighRiskPolicy {
    policy_type: PolicyType,
    policy_name: PolicyName,
}

impl Operation for ListHighRiskPolicies {
    const NAME: &'static str = "ListHighRiskPolicies";
    const ACCESS: Access = Access::Read;
    // Whoever may see which policies there are sees of which to beware.
    const ACTION: Option<&'static str> = Some("ram:ListPolicies");
    type Response = HighRiskPolicyList;

    fn resources(&self, caller: &Caller) -> Resources {
        ResourceName::ram(caller.account(), "policy/*").into()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<HighRiskPolicyList, ApiError> {
        let (tx, own) = (cx.tx(), cx.account());
        let is_wanted = |kind| self.policy_type.is_none_or(|wanted| wanted == kind);
        let mut named = self.policy_names.into_vec();
        named.extend(self.policy_name);
        let names: BTreeMap<String, PolicyName> =
            named.into_iter().map(|name| (name.folded(), name)).collect();
        let mut found = Vec::new();
        if is_wanted(PolicyType::System) {
            let system: Vec<_> = if names.is_empty() {
                system_policy::all().collect()
            } else {
                names.values().filter_map(system_policy::find).collect()
            };
            found.extend(system.into_iter().map(FoundPolicy::System));
        }
        if is_wanted(PolicyType::Custom) {
            let mut custom = if names.is_empty() { Policy::all(tx, own)? } else { Vec::new() };
            for name in names.values() {
                custom.extend(Policy::find(tx, own, name)?);
            }
            found.extend(custom.into_iter().map(FoundPolicy::Custom));
        }
        let mut policies = Vec::new();
        for policy in found {
            if policy.is_high_risk_in(cx, cx.account())? {
                policies
                    .push(HighRiskPolicy { policy_type: policy.kind(), policy_name: policy.name().clone() });
            }
        }
        Ok(HighRiskPolicyList { policies })
    }
}
