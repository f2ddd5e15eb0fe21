//! Findings of the analyzer: listed, and put away with a reason.
// SPEC: console, analyzer.

use std::collections::BTreeMap;

use argali_protocol::{Invalid, Reason};
use serde::{Deserialize, Deserializer, Serialize};

use crate::analysis::{Analysis, Finding, FindingKind};
use crate::caller::Caller;
use crate::dispatch::{Brought, Context, Errand};
use crate::error::{ApiError, ErrorCode};
use crate::identifier::AccountId;
use crate::model::{AccountTable, ArchivedFinding, Key};
use crate::name::PageSize;
use crate::operation::{Access, Entry, Operation, ResourceName, Resources};
use crate::time::Timestamp;

/// How findings are dealt with.
pub const OPERATIONS: &[Entry] =
    &[Entry::of::<ListFindings>(), Entry::of::<ArchiveFinding>(), Entry::of::<UnarchiveFinding>()];

/// The longest reason, in characters.
const LONGEST_REASON: usize = 256;

/// Lists what in the account somebody should look at, by kind and then by what it is about.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListFindings {
    /// Only findings of this kind.
    pub kind: Option<FindingKind>,
    /// Only findings in this state.
    pub status: Option<Status>,
    /// Only this finding.
    pub finding_id: Option<FindingId>,
    /// At most so many of each kind, where one wants to see of what kinds there are.
    pub most_of_kind: Option<PageSize>,
    /// Where the previous page ended.
    pub marker: Option<String>,
    /// How many findings a page holds at most.
    #[serde(default)]
    pub max_items: PageSize,
}

/// Whether a finding was put away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub enum Status {
    /// It was not.
    Active,
    /// It was.
    Archived,
}

/// The number of a finding: 32 digits of base 16.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FindingId(String);

impl<'de> Deserialize<'de> for FindingId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        if text.len() == 32 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')) {
            return Ok(Self(text));
        }
        let wrong = Invalid::new(Reason::Value, "a finding's number has 32 digits of base 16 in lower case");
        Err(serde::de::Error::custom(wrong))
    }
}

/// A page of findings.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct FindingPage {
    findings: Vec<FindingView>,
    /// How many there are of each kind, whatever is shown of them.
    counts: Vec<CountView>,
    /// Since when the records of calls were looked at.
    records_since: Timestamp,
    total_count: usize,
    is_truncated: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    marker: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct CountView {
    kind: FindingKind,
    count: usize,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct FindingView {
    finding_id: String,
    kind: FindingKind,
    /// What it is about, by ARN.
    resource: String,
    evidence: Vec<EvidenceView>,
    status: Status,
    #[serde(skip_serializing_if = "Option::is_none")]
    archive: Option<ArchiveView>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct EvidenceView {
    name: &'static str,
    value: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct ArchiveView {
    reason: String,
    archived_by: String,
    archive_date: Timestamp,
}

impl Operation for ListFindings {
    const NAME: &'static str = "ListFindings";
    const ACCESS: Access = Access::Read;
    const HAS_ERRAND: bool = true;
    type Response = FindingPage;

    fn resources(&self, caller: &Caller) -> Resources {
        finding_resource(caller.account(), "*").into()
    }

    fn errand(&self, cx: &Context<'_>) -> Result<Errand, ApiError> {
        Ok(Errand::Analyze(cx.account()))
    }

    fn run(self, cx: &mut Context<'_>) -> Result<FindingPage, ApiError> {
        let analysis = analysis(cx)?;
        let (mut wanted, mut counts) = (Vec::new(), BTreeMap::<FindingKind, usize>::new());
        for finding in &analysis.findings {
            let is_wanted = self.kind.is_none_or(|kind| finding.kind == kind)
                && self.finding_id.as_ref().is_none_or(|id| finding.id() == id.0);
            if !is_wanted {
                continue;
            }
            let view = FindingView::of(cx, finding)?;
            if self.status.is_none_or(|status| view.status == status) {
                let count = counts.entry(finding.kind).or_default();
                *count += 1;
                wanted.extend(self.most_of_kind.is_none_or(|most| *count <= most.get()).then_some(view));
            }
        }
        let counts = counts.into_iter().map(|(kind, count)| CountView { kind, count }).collect();
        let skip = self.marker.as_deref().map(|marker| opened(cx, marker)).transpose()?.unwrap_or_default();
        let (total_count, size) = (wanted.len(), self.max_items.get());
        let findings: Vec<_> = wanted.into_iter().skip(skip).take(size).collect();
        let end = skip.saturating_add(findings.len());
        let marker = (end < total_count).then(|| cx.seal_marker(&list(cx), &(end as u64).to_be_bytes()));
        Ok(FindingPage {
            findings,
            counts,
            records_since: analysis.since,
            total_count,
            is_truncated: marker.is_some(),
            marker,
        })
    }
}

impl FindingView {
    fn of(cx: &Context<'_>, finding: &Finding) -> Result<Self, ApiError> {
        let id = finding.id();
        let archived = ArchivedFinding::find(cx.tx(), cx.account(), &id)?;
        let evidence = finding.evidence.iter();
        Ok(Self {
            finding_id: id,
            kind: finding.kind,
            resource: finding.resource.clone(),
            evidence: evidence.map(|(name, value)| EvidenceView { name, value: value.clone() }).collect(),
            status: if archived.is_some() { Status::Archived } else { Status::Active },
            archive: archived.map(|archived| ArchiveView {
                reason: archived.reason,
                archived_by: archived.by,
                archive_date: archived.at,
            }),
        })
    }
}

/// Puts a finding away. It stays away for as long as it is found again.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ArchiveFinding {
    /// Which one.
    pub finding_id: FindingId,
    /// Why it needs nobody's attention, in up to 256 characters.
    pub reason: String,
}

/// Nothing but the request's number.
#[derive(Debug, Serialize)]
pub struct Done {}

impl Operation for ArchiveFinding {
    const NAME: &'static str = "ArchiveFinding";
    const ACCESS: Access = Access::Resource;
    const HAS_ERRAND: bool = true;
    type Response = Done;

    fn resources(&self, caller: &Caller) -> Resources {
        finding_resource(caller.account(), &self.finding_id.0).into()
    }

    fn errand(&self, cx: &Context<'_>) -> Result<Errand, ApiError> {
        Ok(Errand::Analyze(cx.account()))
    }

    fn run(self, cx: &mut Context<'_>) -> Result<Done, ApiError> {
        let reason = self.reason.trim();
        if reason.is_empty() || reason.chars().count() > LONGEST_REASON {
            let message = format!("Say in 1 to {LONGEST_REASON} characters why the finding is put away.");
            return Err(ApiError::invalid("Reason", message));
        }
        if !analysis(cx)?.findings.iter().any(|finding| finding.id() == self.finding_id.0) {
            return Err(absent());
        }
        let (account, archived) = (
            cx.account(),
            ArchivedFinding { reason: reason.to_owned(), by: cx.caller().arn(), at: cx.now() },
        );
        archived.save(cx.tx_mut(), account, &self.finding_id.0);
        Ok(Done {})
    }
}

/// Takes a finding out again that was put away.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UnarchiveFinding {
    /// Which one.
    pub finding_id: FindingId,
}

impl Operation for UnarchiveFinding {
    const NAME: &'static str = "UnarchiveFinding";
    const ACCESS: Access = Access::Resource;
    type Response = Done;

    fn resources(&self, caller: &Caller) -> Resources {
        finding_resource(caller.account(), &self.finding_id.0).into()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<Done, ApiError> {
        let account = cx.account();
        ArchivedFinding::find(cx.tx(), account, &self.finding_id.0)?.ok_or_else(absent)?;
        ArchivedFinding::delete(cx.tx_mut(), account, &self.finding_id.0);
        Ok(Done {})
    }
}

fn analysis<'a>(cx: &Context<'a>) -> Result<&'a Analysis, ApiError> {
    match cx.brought() {
        Some(Brought::Analysis(analysis)) => Ok(analysis),
        _ => Err(ApiError::internal("findings are asked for without an analysis")),
    }
}

fn absent() -> ApiError {
    let message = "There is no such finding, or no longer: list the findings to see those that there are.";
    ApiError::new(ErrorCode::EntityNotExistFinding, message)
}

fn finding_resource(account: AccountId, id: &str) -> ResourceName {
    ResourceName::new(account, format!("acs:argali:*:{account}:finding/{id}"))
}

fn opened(cx: &Context<'_>, marker: &str) -> Result<usize, ApiError> {
    let bytes = cx.open_marker(&list(cx), marker)?;
    let number = bytes.try_into().map(u64::from_be_bytes).unwrap_or_default();
    Ok(usize::try_from(number).unwrap_or(usize::MAX))
}

fn list(cx: &Context<'_>) -> Key {
    Key::account(cx.account(), AccountTable::ArchivedFinding)
}
