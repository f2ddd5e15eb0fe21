//! The report on how an account keeps its identities: made when asked for, and kept until the next.
// SPEC: IMS, GenerateGovernanceReport and what shows it.

use serde::{Deserialize, Serialize};

use super::governance_item::{owner_keys, owner_logons, owner_logons_query, user_sso};
use super::kept_report::{ReportPages, ReportState};
use crate::caller::Caller;
use crate::dispatch::{Brought, Context, Errand};
use crate::error::{ApiError, ErrorCode};
use crate::model::{GovernanceColumn, GovernanceFinding, GovernanceReport, GovernanceValue};
use crate::name::{GovernanceItem, GovernanceValueKind, PageSize};
use crate::operation::{Access, Entry, Operation, Resources};
use crate::services::ram::password_policy::settings_resource;
use crate::time::Timestamp;

/// How the report is made and read.
pub const OPERATIONS: &[Entry] = &[
    Entry::of::<GenerateGovernanceReport>(),
    Entry::of::<GetGovernanceReportStatus>(),
    Entry::of::<GetGovernanceItemReport>(),
    Entry::of::<ListRecentGovernanceMetrics>(),
];

/// How far a report has come that is kept: no other is.
const DONE: &str = "Completed";

/// Makes a report in place of the last one.
#[derive(Debug, Deserialize)]
pub struct GenerateGovernanceReport {}

impl Operation for GenerateGovernanceReport {
    const NAME: &'static str = "GenerateGovernanceReport";
    const ACCESS: Access = Access::Resource;
    const HAS_ERRAND: bool = true;
    type Response = ReportState;

    fn resources(&self, caller: &Caller) -> Resources {
        settings_resource(caller.account()).into()
    }

    fn errand(&self, cx: &Context<'_>) -> Result<Errand, ApiError> {
        Ok(Errand::LookUp(owner_logons_query(cx.account(), cx.now())))
    }

    fn run(self, cx: &mut Context<'_>) -> Result<ReportState, ApiError> {
        let Some(Brought::Records(logons)) = cx.brought() else {
            return Err(ApiError::internal("a report is made without its records"));
        };
        let (account, now) = (cx.account(), cx.now());
        let recent = cx.core().key_uses().of_account(account);
        let findings = vec![
            user_sso(cx.tx(), account)?,
            owner_keys(cx.tx(), account, &recent, now)?,
            owner_logons(logons),
        ];
        GovernanceReport { generated_at: now, findings }.save(cx.tx_mut(), account);
        Ok(ReportState { state: DONE })
    }
}

/// Tells how far the last report has come.
#[derive(Debug, Deserialize)]
pub struct GetGovernanceReportStatus {}

/// How far it has come as a whole, and with each item.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ReportStatus {
    whole_report_status: &'static str,
    governance_items_status: ItemStatusList,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct ItemStatusList {
    governance_item_status: Vec<ItemStatus>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct ItemStatus {
    governance_item: GovernanceItem,
    status: &'static str,
}

impl Operation for GetGovernanceReportStatus {
    const NAME: &'static str = "GetGovernanceReportStatus";
    const ACCESS: Access = Access::Read;
    type Response = ReportStatus;

    fn resources(&self, caller: &Caller) -> Resources {
        settings_resource(caller.account()).into()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<ReportStatus, ApiError> {
        let findings = last_report(cx)?.findings;
        let status = |finding: GovernanceFinding| ItemStatus { governance_item: finding.item, status: DONE };
        let governance_item_status = findings.into_iter().map(status).collect();
        Ok(ReportStatus {
            whole_report_status: DONE,
            governance_items_status: ItemStatusList { governance_item_status },
        })
    }
}

/// Shows what the last report says of one item, and the rows that it is made of.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetGovernanceItemReport {
    /// Which item.
    pub governance_item_type: GovernanceItem,
    /// Where the previous page ended.
    pub marker: Option<String>,
    /// How many rows a page holds at most; 1,000 unless told.
    #[serde(default)]
    pub max_items: PageSize<1000, 1000>,
}

/// A page of an item.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ItemPage {
    generate_time: Timestamp,
    metric_type: GovernanceValueKind,
    metric_value: GovernanceValue,
    columns_schema: ColumnList,
    columns_value: RowList,
    is_truncated: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    marker: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct ColumnList {
    column_schema: Vec<GovernanceColumn>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct RowList {
    column_row: Vec<Row>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Row {
    column_value: Vec<GovernanceValue>,
}

impl Operation for GetGovernanceItemReport {
    const NAME: &'static str = "GetGovernanceItemReport";
    const ACCESS: Access = Access::Read;
    type Response = ItemPage;

    fn resources(&self, caller: &Caller) -> Resources {
        settings_resource(caller.account()).into()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<ItemPage, ApiError> {
        let (report, item) = (last_report(cx)?, self.governance_item_type);
        let list = report.list(cx.account(), item);
        // A report that was made before there was such an item says nothing of it.
        let found = report.findings.into_iter().find(|finding| finding.item == item).ok_or_else(no_report)?;
        let pages = ReportPages { list, rows: found.rows.len() as u64 };
        let skip = pages.skip(cx, ("Marker", self.marker.as_deref()))?;
        let rows = found.rows.into_iter().skip(usize::try_from(skip).unwrap_or(usize::MAX));
        let column_row: Vec<_> =
            rows.take(self.max_items.get()).map(|column_value| Row { column_value }).collect();
        let marker = pages.next(cx, skip + column_row.len() as u64);
        Ok(ItemPage {
            generate_time: report.generated_at,
            metric_type: found.metric.kind(),
            metric_value: found.metric,
            columns_schema: ColumnList { column_schema: found.columns },
            columns_value: RowList { column_row },
            is_truncated: marker.is_some(),
            marker,
        })
    }
}

/// Lists what the last report says of every item, in one value each.
#[derive(Debug, Deserialize)]
pub struct ListRecentGovernanceMetrics {}

/// The values.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct RecentMetrics {
    generate_time: Timestamp,
    governance_metrics: MetricList,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct MetricList {
    governance_metric: Vec<Metric>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Metric {
    governance_item: GovernanceItem,
    metric_type: GovernanceValueKind,
    metric_value: GovernanceValue,
}

impl From<GovernanceFinding> for Metric {
    fn from(finding: GovernanceFinding) -> Self {
        let (governance_item, metric_type) = (finding.item, finding.metric.kind());
        Self { governance_item, metric_type, metric_value: finding.metric }
    }
}

impl Operation for ListRecentGovernanceMetrics {
    const NAME: &'static str = "ListRecentGovernanceMetrics";
    const ACCESS: Access = Access::Read;
    type Response = RecentMetrics;

    fn resources(&self, caller: &Caller) -> Resources {
        settings_resource(caller.account()).into()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<RecentMetrics, ApiError> {
        let report = last_report(cx)?;
        let governance_metric = report.findings.into_iter().map(Metric::from).collect();
        Ok(RecentMetrics {
            generate_time: report.generated_at,
            governance_metrics: MetricList { governance_metric },
        })
    }
}

fn last_report(cx: &Context<'_>) -> Result<GovernanceReport, ApiError> {
    GovernanceReport::find(cx.tx(), cx.account())?.ok_or_else(no_report)
}

fn no_report() -> ApiError {
    let message = "There is no such report yet: call GenerateGovernanceReport first.";
    ApiError::new(ErrorCode::EntityNotExistGovernanceReport, message)
}
