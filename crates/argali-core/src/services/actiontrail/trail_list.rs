//! Trails as they are listed.

use serde::{Deserialize, Serialize};

use super::trail::TargetsView;
use super::{HOME_REGION, trail_resource};
use crate::caller::Caller;
use crate::dispatch::Context;
use crate::error::ApiError;
use crate::identifier::AccountId;
use crate::model::Trail;
use crate::operation::{Access, Entry, Operation, Resources};
use crate::time::Timestamp;

/// How trails are looked at.
pub const OPERATIONS: &[Entry] = &[Entry::of::<DescribeTrails>()];

/// Lists the trails of the caller's account, in the order of their names.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeTrails {
    /// Only those of these names, with commas between.
    pub name_list: Option<String>,
}

/// Trails.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct TrailList {
    trail_list: Vec<ListedTrail>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct ListedTrail {
    name: String,
    trail_arn: String,
    status: &'static str,
    #[serde(rename = "EventRW")]
    event_rw: String,
    home_region: &'static str,
    region: &'static str,
    trail_region: String,
    is_organization_trail: bool,
    create_time: Timestamp,
    update_time: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    start_logging_time: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stop_logging_time: Option<Timestamp>,
    #[serde(flatten)]
    targets: TargetsView,
}

impl ListedTrail {
    fn new(account: AccountId, trail: Trail) -> Self {
        Self {
            trail_arn: format!("acs:actiontrail:{HOME_REGION}:{account}:trail/{}", trail.name),
            status: match (trail.is_logging, trail.started_at) {
                (true, _) => "Enable",
                (false, Some(_)) => "Disable",
                (false, None) => "Fresh",
            },
            name: trail.name,
            event_rw: trail.event_rw,
            home_region: HOME_REGION,
            region: HOME_REGION,
            trail_region: trail.region,
            is_organization_trail: false,
            create_time: trail.created_at,
            update_time: trail.updated_at,
            start_logging_time: trail.started_at,
            stop_logging_time: trail.stopped_at,
            targets: trail.targets.into(),
        }
    }
}

impl Operation for DescribeTrails {
    const NAME: &'static str = "DescribeTrails";
    const ACCESS: Access = Access::Read;
    type Response = TrailList;

    fn resources(&self, caller: &Caller) -> Resources {
        trail_resource(caller.account(), "*").into()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<TrailList, ApiError> {
        let account = cx.account();
        let names: Option<Vec<_>> =
            self.name_list.as_deref().map(|list| list.split(',').map(str::trim).collect());
        let wanted = |trail: &Trail| names.as_ref().is_none_or(|names| names.contains(&trail.name.as_str()));
        let trails = Trail::all(cx.tx(), account)?.into_iter().filter(wanted);
        Ok(TrailList { trail_list: trails.map(|trail| ListedTrail::new(account, trail)).collect() })
    }
}
