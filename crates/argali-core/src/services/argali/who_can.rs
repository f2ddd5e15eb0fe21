//! Who can: the identities of an account that may do something.

use std::sync::Arc;

use argali_policy::Document;
use serde::{Deserialize, Serialize};

use super::judgement::{is_assume_role, role_arn};
use super::test_access::{GivenCondition, MOST_CONDITIONS, asked, give, real_circumstances};
use super::who::ANY_SESSION;
use crate::caller::Caller;
use crate::dispatch::{Context, Subject};
use crate::error::{ApiError, ErrorCode};
use crate::model::{Entity, ResourceGroupId, Role, User};
use crate::name::PageSize;
use crate::operation::{Access, Check, Entry, Operation, ResourceName, Resources};
use crate::services::flat_list::FlatList;
use crate::services::sts::assumption::trusting;

/// How it is found who can.
pub const OPERATIONS: &[Entry] = &[Entry::of::<WhoCan>()];

/// Lists the identities of the account that may do something: the account itself, its users, then its roles, each in
/// the order of their names. Of a role of another account, those whom the own account's policies let ask for it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct WhoCan {
    /// The action, such as `ecs:StopInstance`.
    pub auth_action: String,
    /// The ARN of the resource, or `*`.
    pub auth_resource: String,
    /// The resource group that the resource is in.
    pub resource_group_id: Option<ResourceGroupId>,
    /// Condition keys of the request, as in [`super::test_access::TestAccess`].
    #[serde(default)]
    pub condition: FlatList<GivenCondition, MOST_CONDITIONS>,
    /// Where the previous page ended.
    pub marker: Option<String>,
    /// How many identities are looked at for a page. Only those that may are on it, so it may be short or empty
    /// although more follow.
    #[serde(default)]
    pub max_items: PageSize,
}

/// A page of identities that may.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct AllowedPage {
    principals: Vec<PrincipalView>,
    is_truncated: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    marker: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct PrincipalView {
    /// `Account`, `RAMUser` or `AssumedRoleUser`.
    auth_principal_type: &'static str,
    /// The account's, the user's or the role's ARN.
    auth_principal_arn: String,
}

/// Who is looked at, in this order; the byte begins a marker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    User = 1,
    Role = 2,
}

impl Operation for WhoCan {
    const NAME: &'static str = "WhoCan";
    const ACCESS: Access = Access::Read;
    type Response = AllowedPage;

    fn resources(&self, caller: &Caller) -> Resources {
        ResourceName::ram(caller.account(), "*").into()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<AllowedPage, ApiError> {
        let mut conditions = real_circumstances(cx);
        give(&mut conditions, self.condition.as_slice())?;
        let check = asked(cx, &self.auth_action, &self.auth_resource, self.resource_group_id, conditions)?;
        let trust = trust_of(cx, &check)?;
        let may = |subject: &Subject| match &trust {
            Some(trust) => subject.may_assume(&check, trust),
            None => subject.may(&check),
        };
        let (account, size) = (cx.account(), self.max_items.get());
        let list = User::table(account);
        let marker = self.marker.as_deref().map(|marker| cx.open_marker(&list, marker)).transpose()?;
        let mut principals = Vec::new();
        let next = match marker.as_deref().and_then(<[u8]>::split_first) {
            Some((kind, after)) if *kind == Kind::Role as u8 => {
                let page = Role::page(cx.tx(), account, from(after), size)?;
                for role in page.records {
                    let arn = role.arn(account);
                    let session = ANY_SESSION.to_owned();
                    let subject = Subject::session(cx.core(), cx.tx(), account, role, session, None)?;
                    principals.extend(may(&subject).then(|| PrincipalView::of(&subject, arn)));
                }
                page.next.map(|after| (Kind::Role, after))
            }
            before => {
                if before.is_none() {
                    let owner = Subject::account(account);
                    principals.extend(may(&owner).then(|| PrincipalView::of(&owner, owner.arn())));
                }
                let after = before.map(|(_, after)| after).unwrap_or_default();
                let page = User::page(cx.tx(), account, from(after), size)?;
                for user in page.records {
                    let subject = Subject::user(cx.core(), cx.tx(), account, user)?;
                    principals.extend(may(&subject).then(|| PrincipalView::of(&subject, subject.arn())));
                }
                Some(page.next.map_or((Kind::Role, Vec::new()), |after| (Kind::User, after)))
            }
        };
        let marker = next.map(|(kind, after)| cx.seal_marker(&list, &[&[kind as u8][..], &after].concat()));
        Ok(AllowedPage { principals, is_truncated: marker.is_some(), marker })
    }
}

impl PrincipalView {
    fn of(subject: &Subject, auth_principal_arn: String) -> Self {
        Self { auth_principal_type: subject.kind(), auth_principal_arn }
    }
}

/// Where a page begins; no bytes are the beginning.
fn from(after: &[u8]) -> Option<&[u8]> {
    (!after.is_empty()).then_some(after)
}

/// The trust policy that has a say, if a role is to be assumed: another account's is taken to agree.
fn trust_of(cx: &Context<'_>, check: &Check) -> Result<Option<Arc<Document>>, ApiError> {
    if !is_assume_role(check) {
        return Ok(None);
    }
    let arn = role_arn(check)?;
    if arn.account() != cx.account() {
        return Ok(Some(Arc::new(trusting(cx.account())?)));
    }
    let role = Role::find(cx.tx(), arn.account(), arn.name())?;
    let role = role.ok_or_else(|| {
        ApiError::new(
            ErrorCode::EntityNotExistRole,
            format!("The role `{arn}` does not exist: check its name."),
        )
    })?;
    cx.core().permissions().trust(&role).map(Some)
}
