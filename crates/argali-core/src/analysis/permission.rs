//! Attached policies: who can do everything, and what has let nothing through for long.

use std::collections::BTreeMap;
use std::sync::Arc;

use argali_policy::{Document, DocumentKind};
use argali_store::StoreError;

use super::uses::Uses;
use super::{Finding, FindingKind, Looking};
use crate::identifier::GroupId;
use crate::model::{
    Attachment, AttachmentScope, Entity, GrantUsage, Group, Membership, Policy, PolicyRef, PolicyVersion,
    Principal, RecentGrantUses, Role, User, WantedAttachments,
};
use crate::name::PolicyType;
use crate::services::ram::found_policy::lets_change_access;
use crate::services::ram::system_policy;

/// What takes on a role.
const ASSUME_ROLE: &str = "sts:AssumeRole";
/// How many attachments are read at once.
const AT_ONCE: usize = 1_000;

pub(super) fn findings(
    looking: Looking<'_>,
    uses: &Uses,
    recent: RecentGrantUses,
) -> Result<Vec<Finding>, StoreError> {
    let usage = GrantUsage::read(looking.tx, looking.account, None, recent)?;
    let (mut findings, mut broad) = (Vec::new(), Broad::default());
    let mut skip = 0;
    loop {
        let wanted = WantedAttachments::default();
        let (attachments, total) = wanted.page(looking.tx, looking.account, skip, AT_ONCE)?;
        skip += attachments.len();
        for attachment in &attachments {
            let Some(holder) = Holder::of(looking, attachment.principal)? else { continue };
            let is_broad =
                attachment.scope == AttachmentScope::Account && broad.holds(looking, &attachment.policy)?;
            findings
                .extend(is_broad.then(|| finding(looking, FindingKind::Administrator, &holder, attachment)));
            let last_use = usage.of(attachment);
            if last_use.is_none_or(|last| looking.is_long_ago(last)) && is_unused(looking, attachment, uses)?
            {
                let unused = finding(looking, FindingKind::UnusedPermission, &holder, attachment);
                findings.push(unused.at("LastUseDate", last_use));
            }
        }
        if attachments.is_empty() || skip >= total {
            return Ok(findings);
        }
    }
}

fn finding(looking: Looking<'_>, kind: FindingKind, holder: &Holder, attachment: &Attachment) -> Finding {
    let Attachment { policy, scope, attached_at, .. } = attachment;
    let finding = Finding::new(kind, format!("acs:ram::{}:{}", looking.account, holder.relative))
        .about("PolicyName", policy.name.as_str())
        .about("PolicyType", policy.kind.as_str());
    let finding = match scope {
        AttachmentScope::Account => finding,
        AttachmentScope::ResourceGroup(id) => finding.about("ResourceGroupId", id.as_str()),
    };
    finding.at("AttachDate", Some(*attached_at))
}

/// Whoever has a policy.
struct Holder {
    /// `user/alice`
    relative: String,
}

impl Holder {
    /// Nothing if it is gone, or if a service keeps it.
    fn of(looking: Looking<'_>, principal: Principal) -> Result<Option<Self>, StoreError> {
        let Looking { tx, account, .. } = looking;
        let relative = match principal {
            Principal::User(id) => {
                User::find_by_id(tx, account, id.number())?.map(|user| format!("user/{}", user.name))
            }
            Principal::Group(id) => {
                Group::find_by_id(tx, account, id.number())?.map(|group| format!("group/{}", group.name))
            }
            Principal::Role(id) => Role::find_by_id(tx, account, id.number())?
                .filter(|role| role.linked_to.is_none())
                .map(|role| format!("role/{}", role.name)),
        };
        Ok(relative.map(|relative| Self { relative }))
    }
}

/// Which policies are of high risk, as lists and forms mark them: whoever has one can make itself more.
#[derive(Default)]
struct Broad {
    custom: BTreeMap<String, bool>,
}

impl Broad {
    fn holds(&mut self, looking: Looking<'_>, policy: &PolicyRef) -> Result<bool, StoreError> {
        if policy.kind == PolicyType::System {
            return Ok(system_policy::find(&policy.name).is_some_and(|found| found.is_high_risk));
        }
        if let Some(known) = self.custom.get(policy.name.as_str()) {
            return Ok(*known);
        }
        let is_broad = document_of(looking, policy)?.is_some_and(|document| lets_change_access(&document));
        self.custom.insert(policy.name.as_str().to_owned(), is_broad);
        Ok(is_broad)
    }
}

/// The document of a policy that is in force; nothing if there is none, or if it cannot be read.
fn document_of(looking: Looking<'_>, policy: &PolicyRef) -> Result<Option<Arc<Document>>, StoreError> {
    if policy.kind == PolicyType::System {
        return Ok(system_policy::find(&policy.name).map(|found| Arc::clone(found.document())));
    }
    let Looking { tx, account, .. } = looking;
    let Some(found) = Policy::find(tx, account, &policy.name)? else { return Ok(None) };
    let version = PolicyVersion::find(tx, account, found.id, found.default_version)?;
    let read = version.and_then(|version| Document::parse(DocumentKind::Identity, &version.document).ok());
    Ok(read.map(Arc::new))
}

/// Whether a policy that has been attached for long let nothing through meanwhile, by the records: they tell of uses
/// before any were noted, too, and not in which scope they were.
fn is_unused(looking: Looking<'_>, attachment: &Attachment, uses: &Uses) -> Result<bool, StoreError> {
    if !looking.is_long_ago(uses.since) || !looking.is_long_ago(attachment.attached_at) {
        return Ok(false);
    }
    let holders = match attachment.principal {
        Principal::User(id) => vec![id.to_string()],
        Principal::Role(id) => vec![id.to_string()],
        Principal::Group(id) => members(looking, id)?,
    };
    let policy = attachment.policy.arn(looking.account);
    if holders.iter().any(|holder| uses.has(&policy, holder)) {
        return Ok(false);
    }
    let lets_assume =
        || Ok(document_of(looking, &attachment.policy)?.is_some_and(|it| it.may_allow(ASSUME_ROLE)));
    Ok(!holders.iter().any(|holder| uses.has_assumed(holder)) || !lets_assume()?)
}

fn members(looking: Looking<'_>, group: GroupId) -> Result<Vec<String>, StoreError> {
    let (mut members, mut after) = (Vec::new(), None);
    loop {
        let page = Membership::page_of_group(looking.tx, looking.account, group, after.as_deref(), AT_ONCE)?;
        members.extend(page.records.iter().map(|membership| membership.user.to_string()));
        match page.next {
            Some(next) => after = Some(next),
            None => return Ok(members),
        }
    }
}
