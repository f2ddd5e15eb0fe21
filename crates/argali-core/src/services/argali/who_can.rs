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

/// How many identities a call looks at.
const MOST_LOOKED_AT: usize = 200;

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
    /// How many of those who may a page holds at most. A call looks at 200 identities, so that a page may be short
    /// or empty although more follow.
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
        let (size, list) = (self.max_items.get(), User::table(cx.account()));
        let marker = self.marker.as_deref().map(|marker| cx.open_marker(&list, marker)).transpose()?;
        let mut principals = Vec::new();
        let mut next = marker.as_deref().and_then(<[u8]>::split_first).map(|(kind, after)| Place {
            kind: if *kind == Kind::Role as u8 { Kind::Role } else { Kind::User },
            after: after.to_vec(),
        });
        if next.is_none() {
            let owner = Subject::account(cx.account());
            principals.extend(may(&owner).then(|| PrincipalView::of(&owner, owner.arn())));
            next = Some(Place::first(Kind::User));
        }
        let mut looked_at = 0;
        while let Some(place) = &next {
            let at_most = (size - principals.len()).min(MOST_LOOKED_AT - looked_at);
            if at_most == 0 {
                break;
            }
            let stretch = place.stretch(cx, at_most)?;
            looked_at += stretch.subjects.len();
            let allowed = stretch.subjects.into_iter().filter(|(subject, _)| may(subject));
            principals.extend(allowed.map(|(subject, arn)| PrincipalView::of(&subject, arn)));
            next = stretch.next;
        }
        let marker = next.map(|place| cx.seal_marker(&list, &place.bytes()));
        Ok(AllowedPage { principals, is_truncated: marker.is_some(), marker })
    }
}

/// Where the identities begin that are still to be looked at.
struct Place {
    kind: Kind,
    /// The one before the first; empty at the beginning of the kind.
    after: Vec<u8>,
}

/// Some of the identities.
struct Stretch {
    /// Each with its ARN.
    subjects: Vec<(Subject, String)>,
    /// Where those begin that follow.
    next: Option<Place>,
}

impl Place {
    fn first(kind: Kind) -> Self {
        Self { kind, after: Vec::new() }
    }

    /// As a marker has it.
    fn bytes(&self) -> Vec<u8> {
        [&[self.kind as u8][..], &self.after].concat()
    }

    /// So many identities from here on.
    fn stretch(&self, cx: &Context<'_>, at_most: usize) -> Result<Stretch, ApiError> {
        let (account, core, tx) = (cx.account(), cx.core(), cx.tx());
        let after = (!self.after.is_empty()).then_some(self.after.as_slice());
        let mut subjects = Vec::new();
        let next = match self.kind {
            Kind::User => {
                let page = User::page(tx, account, after, at_most)?;
                for user in page.records {
                    let subject = Subject::user(core, tx, account, user)?;
                    let arn = subject.arn();
                    subjects.push((subject, arn));
                }
                page.next
            }
            Kind::Role => {
                let page = Role::page(tx, account, after, at_most)?;
                for role in page.records {
                    let arn = role.arn(account);
                    let session = ANY_SESSION.to_owned();
                    subjects.push((Subject::session(core, tx, account, role, session, None)?, arn));
                }
                page.next
            }
        };
        let next = next.map(|after| Self { kind: self.kind, after });
        let next = next.or_else(|| (self.kind == Kind::User).then(|| Self::first(Kind::Role)));
        Ok(Stretch { subjects, next })
    }
}

impl PrincipalView {
    fn of(subject: &Subject, auth_principal_arn: String) -> Self {
        Self { auth_principal_type: subject.kind(), auth_principal_arn }
    }
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
