//! Listings of users, in the order of their names.

use serde::{Deserialize, Serialize};

use super::user::UserView;
use super::user_key::Domain;
use crate::caller::Caller;
use crate::dispatch::Context;
use crate::error::ApiError;
use crate::identifier::UserId;
use crate::logon_name::LogonName;
use crate::model::User;
use crate::name::{DisplayName, PageSize};
use crate::operation::{Access, Entry, Operation, ResourceName, Resources};
use crate::services::flat_list::FlatList;
use crate::services::ram::tag_list::{RequestTag, has_tags};
use crate::tag::MOST_TAGS;

/// Every listing of users.
pub const OPERATIONS: &[Entry] = &[Entry::of::<ListUsers>(), Entry::of::<ListUserBasicInfos>()];

/// What every user is.
const ACTIVE: &str = "active";

/// Which users are wanted by what they are. None is ever frozen here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub enum StatusFilter {
    /// Those that are in use.
    #[default]
    #[serde(rename = "active")]
    Active,
    /// Those that are not.
    #[serde(rename = "freeze")]
    Frozen,
    /// All.
    #[serde(rename = "active,freeze")]
    Any,
}

/// Lists the users of the caller's account.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListUsers {
    /// Where the previous page ended.
    pub marker: Option<String>,
    /// How many users a page holds at most; 1,000 unless told.
    #[serde(default)]
    pub max_items: PageSize<1000, 1000>,
    /// Only those that are this; not looked at where tags are.
    #[serde(default)]
    pub status: StatusFilter,
    /// Only those that have all these tags.
    #[serde(default)]
    pub tag: FlatList<RequestTag, MOST_TAGS>,
}

/// A page of users.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct UserPage {
    users: UserList,
    is_truncated: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    marker: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct UserList {
    user: Vec<UserView>,
}

impl Operation for ListUsers {
    const NAME: &'static str = "ListUsers";
    const ACCESS: Access = Access::Read;
    type Response = UserPage;

    fn resources(&self, caller: &Caller) -> Resources {
        ResourceName::ram(caller.account(), "user/*").into()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<UserPage, ApiError> {
        let wanted = Wanted { status: self.status, tags: self.tag.as_slice() };
        let (users, marker) = wanted.page(cx, self.marker.as_deref(), self.max_items.get())?;
        let domain = Domain::of(cx)?;
        let view = |user| UserView::new(user, &domain).with_status(ACTIVE);
        let user = users.into_iter().map(view).collect();
        Ok(UserPage { users: UserList { user }, is_truncated: marker.is_some(), marker })
    }
}

/// Lists the users of the caller's account with little more than their names.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListUserBasicInfos {
    /// Where the previous page ended.
    pub marker: Option<String>,
    /// How many users a page holds at most; 100 unless told.
    #[serde(default)]
    pub max_items: PageSize,
    /// Only those that are this; not together with tags.
    pub status: Option<StatusFilter>,
    /// Only those that have all these tags.
    #[serde(default)]
    pub tag: FlatList<RequestTag, MOST_TAGS>,
}

/// A page of users in short.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct BasicInfoPage {
    user_basic_infos: BasicInfoList,
    is_truncated: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    marker: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct BasicInfoList {
    user_basic_info: Vec<BasicInfo>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct BasicInfo {
    user_id: UserId,
    user_principal_name: LogonName,
    #[serde(skip_serializing_if = "Option::is_none")]
    display_name: Option<DisplayName>,
    status: &'static str,
}

impl Operation for ListUserBasicInfos {
    const NAME: &'static str = "ListUserBasicInfos";
    const ACCESS: Access = Access::Read;
    type Response = BasicInfoPage;

    fn resources(&self, caller: &Caller) -> Resources {
        ResourceName::ram(caller.account(), "user/*").into()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<BasicInfoPage, ApiError> {
        if self.status.is_some() && !self.tag.is_empty() {
            let message = "Status and Tag cannot be looked for together: leave one of them out.";
            return Err(ApiError::invalid("Status", message));
        }
        let wanted = Wanted { status: self.status.unwrap_or_default(), tags: self.tag.as_slice() };
        let (users, marker) = wanted.page(cx, self.marker.as_deref(), self.max_items.get())?;
        let domain = Domain::of(cx)?;
        let info = |user: User| BasicInfo {
            user_id: user.id,
            user_principal_name: domain.logon_name(&user.name),
            display_name: user.display_name,
            status: ACTIVE,
        };
        let user_basic_info = users.into_iter().map(info).collect();
        let user_basic_infos = BasicInfoList { user_basic_info };
        Ok(BasicInfoPage { user_basic_infos, is_truncated: marker.is_some(), marker })
    }
}

/// Which users a listing is to show.
struct Wanted<'a> {
    status: StatusFilter,
    tags: &'a [RequestTag],
}

impl Wanted<'_> {
    /// A page of them, and the marker of the next.
    fn page(
        &self,
        cx: &Context<'_>,
        marker: Option<&str>,
        size: usize,
    ) -> Result<(Vec<User>, Option<String>), ApiError> {
        match (self.tags, self.status) {
            ([], StatusFilter::Frozen) => Ok((Vec::new(), None)),
            ([], StatusFilter::Active | StatusFilter::Any) => cx.page(marker, size),
            (tags, _) => cx.page_where(marker, size, |user: &User| has_tags(&user.tags, tags)),
        }
    }
}
