//! The regions that can be named.

use serde::{Deserialize, Serialize};

use super::{HOME_REGION, all_records};
use crate::caller::Caller;
use crate::dispatch::Context;
use crate::error::ApiError;
use crate::operation::{Access, Entry, Operation, Resources};

/// How regions are looked at.
pub const OPERATIONS: &[Entry] = &[Entry::of::<DescribeRegions>()];

/// Shows the regions in which trails are at home: one, since records of all regions lie in one place.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeRegions {
    /// The language of names.
    #[serde(default)]
    pub accept_language: Language,
}

/// A language.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub enum Language {
    /// English.
    #[default]
    #[serde(rename = "en-US")]
    English,
    /// Chinese.
    #[serde(rename = "zh-CN")]
    Chinese,
}

/// The regions.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct RegionList {
    regions: Regions,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Regions {
    region: [Region; 1],
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Region {
    region_id: &'static str,
    region_endpoint: String,
    local_name: &'static str,
}

impl Operation for DescribeRegions {
    const NAME: &'static str = "DescribeRegions";
    const ACCESS: Access = Access::Read;
    type Response = RegionList;

    fn resources(&self, caller: &Caller) -> Resources {
        all_records(caller.account()).into()
    }

    fn run(self, _cx: &mut Context<'_>) -> Result<RegionList, ApiError> {
        let region = Region {
            region_id: HOME_REGION,
            region_endpoint: format!("actiontrail.{HOME_REGION}.aliyuncs.com"),
            local_name: match self.accept_language {
                Language::English => "China (Hangzhou)",
                Language::Chinese => "华东 1",
            },
        };
        Ok(RegionList { regions: Regions { region: [region] } })
    }
}
