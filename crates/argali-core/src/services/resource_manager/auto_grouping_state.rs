//! Whether an account's rules put resources into groups, and what they have moved.

use serde::{Deserialize, Serialize};

use super::auto_grouping::existing_rule;
use super::setting::{all_groups, change};
use crate::caller::Caller;
use crate::dispatch::Context;
use crate::error::ApiError;
use crate::model::{Regrouping, ResourceGroup, ResourceGroupId, ResourceGroupSettings};
use crate::operation::{Access, Entry, Operation, Resources};
use crate::time::{EastEightTime, Timestamp};

/// Everything that is said of all rules.
pub const OPERATIONS: &[Entry] = &[
    Entry::of::<EnableAutoGrouping>(),
    Entry::of::<DisableAutoGrouping>(),
    Entry::of::<GetAutoGroupingStatus>(),
    Entry::of::<UpdateAutoGroupingConfig>(),
    Entry::of::<ListAutoGroupingRemediations>(),
];

/// How many moves a page holds.
type MaxResults = crate::name::PageSize<100, 10>;
/// How many moves are read at once.
const AT_ONCE: usize = 500;

/// Lets the account's rules put resources into groups, from now on.
#[derive(Debug, Deserialize)]
pub struct EnableAutoGrouping {}

impl Operation for EnableAutoGrouping {
    const NAME: &'static str = "EnableAutoGrouping";
    const ACCESS: Access = Access::Identity;
    const ACTION: Option<&'static str> = Some("resourcemanager:EnableAutoGrouping");
    type Response = ();

    fn resources(&self, caller: &Caller) -> Resources {
        all_groups(caller)
    }

    fn run(self, cx: &mut Context<'_>) -> Result<(), ApiError> {
        change(cx, |settings| settings.auto_grouping = true)
    }
}

/// Lets resources be where they are put. The rules stay, without effect.
#[derive(Debug, Deserialize)]
pub struct DisableAutoGrouping {}

impl Operation for DisableAutoGrouping {
    const NAME: &'static str = "DisableAutoGrouping";
    const ACCESS: Access = Access::Identity;
    const ACTION: Option<&'static str> = Some("resourcemanager:DisableAutoGrouping");
    type Response = ();

    fn resources(&self, caller: &Caller) -> Resources {
        all_groups(caller)
    }

    fn run(self, cx: &mut Context<'_>) -> Result<(), ApiError> {
        change(cx, |settings| settings.auto_grouping = false)
    }
}

/// Shows whether the account's rules put resources into groups.
#[derive(Debug, Deserialize)]
pub struct GetAutoGroupingStatus {}

/// Whether they do.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Status {
    enable_status: &'static str,
    enable_existed_resources_transfer: bool,
}

impl Operation for GetAutoGroupingStatus {
    const NAME: &'static str = "GetAutoGroupingStatus";
    const ACCESS: Access = Access::Read;
    const ACTION: Option<&'static str> = Some("resourcemanager:GetAutoGroupingStatus");
    type Response = Status;

    fn resources(&self, caller: &Caller) -> Resources {
        all_groups(caller)
    }

    fn run(self, cx: &mut Context<'_>) -> Result<Status, ApiError> {
        let is_on = ResourceGroupSettings::of(cx.tx(), cx.account())?.auto_grouping;
        let enable_status = if is_on { "Enable" } else { "Disable" };
        Ok(Status { enable_status, enable_existed_resources_transfer: false })
    }
}

/// Says whether rules are about what is there already. They are not.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UpdateAutoGroupingConfig {
    /// Whether they are.
    #[serde(default)]
    pub enable_existing_resources_transfer: bool,
}

impl Operation for UpdateAutoGroupingConfig {
    const NAME: &'static str = "UpdateAutoGroupingConfig";
    const ACCESS: Access = Access::Identity;
    const ACTION: Option<&'static str> = Some("resourcemanager:UpdateAutoGroupingConfig");
    type Response = ();

    fn resources(&self, caller: &Caller) -> Resources {
        all_groups(caller)
    }

    fn run(self, _: &mut Context<'_>) -> Result<(), ApiError> {
        if self.enable_existing_resources_transfer {
            let message = "Rules are about what is made or labelled from now on: label it again, or move it \
                           with MoveResources.";
            return Err(ApiError::invalid("EnableExistingResourcesTransfer", message));
        }
        Ok(())
    }
}

/// Lists what a rule has moved in the last 90 days, the oldest first. What is left out narrows nothing.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListAutoGroupingRemediations {
    /// Which rule.
    pub rule_id: String,
    /// Only resources of this service.
    pub service: Option<String>,
    /// Only resources of this type.
    pub resource_type: Option<String>,
    /// Only this resource.
    pub resource_id: Option<String>,
    /// Only what went into this group.
    pub target_resource_group_id: Option<ResourceGroupId>,
    /// Only what was moved then or later: `2022-01-01 00:00:00`.
    pub earliest_remediation_time: Option<LocalTime>,
    /// Only what was moved then or before.
    pub latest_remediation_time: Option<LocalTime>,
    /// Where the previous page ended.
    pub next_token: Option<String>,
    /// How many moves a page holds at most.
    #[serde(default)]
    pub max_results: MaxResults,
}

/// An instant as `2022-01-01 00:00:00`, where Resource Management is at home.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(try_from = "String")]
pub struct LocalTime(Timestamp);

impl TryFrom<String> for LocalTime {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        const AHEAD_S: i64 = 8 * 3_600;
        let there = format!("{}Z", text.replacen(' ', "T", 1)).parse::<Timestamp>();
        there.map(|there| Self(there.plus_seconds(-AHEAD_S))).map_err(|_| "write it as 2022-01-01 00:00:00")
    }
}

/// A page of moves.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct RemediationPage {
    remediations: Vec<Remediation>,
    max_results: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Remediation {
    remediation_id: String,
    remediation_time: EastEightTime,
    service: String,
    resource_type: String,
    resource_id: String,
    region_id: String,
    target_resource_group_info: Target,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Target {
    resource_group_id: ResourceGroupId,
    #[serde(skip_serializing_if = "Option::is_none")]
    resource_group_display_name: Option<String>,
}

impl Operation for ListAutoGroupingRemediations {
    const NAME: &'static str = "ListAutoGroupingRemediations";
    const ACCESS: Access = Access::Read;
    const ACTION: Option<&'static str> = Some("resourcemanager:ListAutoGroupingRemediations");
    type Response = RemediationPage;

    fn resources(&self, caller: &Caller) -> Resources {
        all_groups(caller)
    }

    fn run(self, cx: &mut Context<'_>) -> Result<RemediationPage, ApiError> {
        let rule = existing_rule(cx, &self.rule_id)?.id;
        let list = Regrouping::table(cx.account(), &rule);
        let after = self.next_token.as_deref().map(|token| cx.open_marker(&list, token)).transpose();
        let after = after.map_err(|error| ApiError::invalid("NextToken", error.message().to_owned()))?;
        let max_results = self.max_results.get();
        let mut found = self.wanted(cx, &rule, after, max_results)?;
        let more = found.len() > max_results;
        found.truncate(max_results);
        let next_token = found.last().filter(|_| more).map(|last| cx.seal_marker(&list, &last.place()));
        let remediations =
            found.into_iter().map(|moved| Remediation::of(cx, moved)).collect::<Result<_, _>>()?;
        Ok(RemediationPage { remediations, max_results, next_token })
    }
}

impl ListAutoGroupingRemediations {
    /// The moves that are asked for, and one more than `size` if there are more.
    fn wanted(
        &self,
        cx: &Context<'_>,
        rule: &str,
        mut after: Option<Vec<u8>>,
        size: usize,
    ) -> Result<Vec<Regrouping>, ApiError> {
        let mut found = Vec::new();
        loop {
            let part = Regrouping::page(cx.tx(), cx.account(), rule, after.as_deref(), AT_ONCE)?;
            found.extend(part.records.into_iter().filter(|moved| self.wants(moved)));
            match part.next {
                Some(next) if found.len() <= size => after = Some(next),
                _ => return Ok(found),
            }
        }
    }

    fn wants(&self, moved: &Regrouping) -> bool {
        let same = |wanted: &Option<String>, value: &str| {
            wanted.as_ref().is_none_or(|wanted| wanted.eq_ignore_ascii_case(value))
        };
        same(&self.service, &moved.service)
            && same(&self.resource_type, &moved.resource_type)
            && same(&self.resource_id, &moved.resource_id)
            && self.target_resource_group_id.as_ref().is_none_or(|target| *target == moved.target)
            && self.earliest_remediation_time.is_none_or(|LocalTime(earliest)| moved.at >= earliest)
            && self.latest_remediation_time.is_none_or(|LocalTime(latest)| moved.at <= latest)
    }
}

impl Remediation {
    fn of(cx: &Context<'_>, moved: Regrouping) -> Result<Self, ApiError> {
        let group = ResourceGroup::find(cx.tx(), cx.account(), &moved.target)?;
        Ok(Self {
            remediation_id: format!("{}-{}-{}", moved.rule, moved.at.as_millis(), moved.resource_id),
            remediation_time: EastEightTime(moved.at),
            service: moved.service,
            resource_type: moved.resource_type,
            resource_id: moved.resource_id,
            region_id: moved.region,
            target_resource_group_info: Target {
                resource_group_id: moved.target,
                resource_group_display_name: group.map(|group| group.display_name.to_string()),
            },
        })
    }
}
