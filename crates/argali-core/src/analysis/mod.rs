//! The analyzer: what in an account its administrators should look at, with what shows it.
//!
//! It looks at everything that the account keeps and at the records of its calls of the last ninety days. It takes the
//! longer the more there is, so that it runs as an errand, outside of every transaction.
// SPEC: console, analyzer.

mod credential;
mod permission;
mod trust;
mod uses;

use argali_store::{StoreError, Transaction};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

pub(crate) use trust::many;
pub(crate) use uses::UsesSeen;

use crate::audit::Reader;
use crate::identifier::AccountId;
use crate::model::RecentGrantUses;
use crate::model::survey::{RecentUses, Survey};
use crate::time::Timestamp;
use uses::Uses;

const DAY_S: i64 = 86_400;
/// After how many days something that was not used counts as unused, and a key as old.
const LONG_DAYS: i64 = 90;
/// For how many days access from outside counts as new.
const NEW_DAYS: i64 = 7;
/// How many days before its end a delegation is told of.
const SOON_DAYS: i64 = 14;

/// Why an account could not be looked at.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotAnalyzed {
    /// The store could not be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Nor could the records.
    #[error("the records cannot be read")]
    Records(#[from] std::io::Error),
}

/// What was found in an account.
#[derive(Debug)]
pub struct Analysis {
    /// The findings, by kind and then by what they are about.
    pub findings: Vec<Finding>,
    /// Since when records were looked at. What was not used since an earlier time is not known.
    pub since: Timestamp,
}

/// The kinds of findings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
pub enum FindingKind {
    /// A role lets another account in, and has done so for a few days only.
    OutsideAccessNew,
    /// A role lets everybody of another account in.
    OutsideWholeAccount,
    /// A role lets another account in without asking for an external id.
    OutsideNoExternalId,
    /// A role trusts an account that is not known here, or is closed.
    UnknownAccountTrusted,
    /// The trust of a role ends soon, or has ended.
    DelegationExpiring,
    /// Somebody can do everything, or change who has access.
    Administrator,
    /// A role that nobody has used for long.
    UnusedRole,
    /// A user that has not been used for long.
    UnusedUser,
    /// An AccessKey that has not been used for long.
    UnusedKey,
    /// A policy that has let nothing through for long.
    UnusedPermission,
    /// An AccessKey that is old.
    OldKey,
    /// Somebody who logs on without a second factor.
    UserWithoutMfa,
    /// A user that can log on and sign as well.
    UserWithBothModes,
}

/// Something to look at.
#[derive(Clone, Debug)]
pub struct Finding {
    /// What kind of thing it is.
    pub kind: FindingKind,
    /// What it is about, by ARN.
    pub resource: String,
    /// What shows it: names and values.
    pub evidence: Vec<(&'static str, String)>,
    /// What tells it from others of its kind about the same thing.
    part: String,
}

impl Finding {
    fn new(kind: FindingKind, resource: String) -> Self {
        Self { kind, resource, evidence: Vec::new(), part: String::new() }
    }

    /// The same about one part of the thing.
    fn about(mut self, name: &'static str, value: impl Into<String>) -> Self {
        let value = value.into();
        self.part.push_str(&value);
        self.part.push('\0');
        self.evidence.push((name, value));
        self
    }

    /// The same with something that shows it.
    fn shown_by(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.evidence.push((name, value.into()));
        self
    }

    /// The same with an instant, if there is one.
    fn at(self, name: &'static str, time: Option<Timestamp>) -> Self {
        match time {
            Some(time) => self.shown_by(name, time.to_string()),
            None => self,
        }
    }

    /// Its number: the same for as long as it is the same finding.
    pub fn id(&self) -> String {
        let text = format!("{:?}\0{}\0{}", self.kind, self.resource, self.part);
        let hash = hex::encode(Sha256::digest(text));
        hash.get(..32).unwrap_or(&hash).to_owned()
    }
}

/// What is looked at, and when.
#[derive(Clone, Copy)]
pub(crate) struct Looking<'a> {
    pub(crate) tx: &'a dyn Transaction,
    pub(crate) account: AccountId,
    pub(crate) now: Timestamp,
}

impl Looking<'_> {
    fn days_ago(&self, days: i64) -> Timestamp {
        self.now.plus_seconds(-days * DAY_S)
    }

    fn is_long_ago(&self, time: Timestamp) -> bool {
        time <= self.days_ago(LONG_DAYS)
    }
}

impl Analysis {
    /// Looks at an account.
    pub(crate) fn of(
        looking: Looking<'_>,
        recent: &RecentUses,
        grants: RecentGrantUses,
        records: &Reader,
        seen: &UsesSeen,
    ) -> Result<Self, NotAnalyzed> {
        let uses = Uses::of(looking, records, seen)?;
        let survey = Survey::of(looking.tx, looking.account, recent)?;
        let mut findings = credential::findings(looking, &survey);
        findings.extend(trust::findings(looking, &uses)?);
        findings.extend(permission::findings(looking, &uses, grants)?);
        findings.sort_by(|one, other| (one.kind, &one.resource).cmp(&(other.kind, &other.resource)));
        Ok(Self { findings, since: uses.since })
    }
}
