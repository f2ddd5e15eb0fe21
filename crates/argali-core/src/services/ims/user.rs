//! Users as IMS shows them: the same that RAM shows, under their logon names.

use argali_policy::Context as Conditions;
use serde::{Deserialize, Serialize};

use super::user_bin;
use super::user_key::{Domain, UserKey, new_local_name};
use crate::caller::Caller;
use crate::dispatch::Context;
use crate::error::ApiError;
use crate::identifier::UserId;
use crate::logon_name::LogonName;
use crate::model::User;
use crate::name::{Comments, DisplayName, Email, MobilePhone, ShortDisplayName, UserName};
use crate::operation::{Access, Entry, Operation, ResourceName, Resources};
use crate::services::flat_list::FlatList;
use crate::services::ram::tag_list::{RequestTag, TagViews, checked_short_tags, tag_conditions};
use crate::services::ram::user_life::{NewUser, UserChange, forget_the_rest, require_bare};
use crate::tag::MOST_TAGS;
use crate::time::Timestamp;

/// What can be done to one user.
pub const OPERATIONS: &[Entry] = &[
    Entry::of::<CreateUser>(),
    Entry::of::<GetUser>(),
    Entry::of::<UpdateUser>(),
    Entry::of::<DeleteUser>(),
];

/// A user as IMS shows it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct UserView {
    user_id: UserId,
    user_principal_name: LogonName,
    #[serde(skip_serializing_if = "Option::is_none")]
    display_name: Option<DisplayName>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mobile_phone: Option<MobilePhone>,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<Email>,
    #[serde(skip_serializing_if = "Option::is_none")]
    comments: Option<Comments>,
    create_date: Timestamp,
    update_date: Timestamp,
    /// How the user came: by hand, as all do here.
    provision_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    tags: Option<TagViews>,
    /// In listings alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<&'static str>,
    /// In `GetUser` alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    user_name: Option<UserName>,
}

impl UserView {
    /// What is shown of `user`, whose account has this domain.
    pub(super) fn new(user: User, domain: &Domain<'_>) -> Self {
        Self {
            user_id: user.id,
            user_principal_name: domain.logon_name(&user.name),
            display_name: user.display_name,
            mobile_phone: user.mobile_phone,
            email: user.email,
            comments: user.comments,
            create_date: user.created_at,
            update_date: user.updated_at,
            provision_type: "Manual",
            tags: TagViews::of(user.tags),
            status: None,
            user_name: None,
        }
    }

    /// The same in a listing, which says whether users are in use.
    pub(super) fn with_status(self, status: &'static str) -> Self {
        Self { status: Some(status), ..self }
    }
}

/// An answer that holds one user.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct OneUser {
    user: UserView,
}

/// Makes a user. It has no rights and no credentials yet.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreateUser {
    /// What the user is called, with the account's domain.
    pub user_principal_name: LogonName,
    /// What people read.
    pub display_name: ShortDisplayName,
    /// A telephone number.
    pub mobile_phone: Option<MobilePhone>,
    /// An e-mail address.
    pub email: Option<Email>,
    /// A remark.
    pub comments: Option<Comments>,
    /// What the user is labelled with.
    #[serde(default)]
    pub tag: FlatList<RequestTag, MOST_TAGS>,
}

impl Operation for CreateUser {
    const NAME: &'static str = "CreateUser";
    const ACCESS: Access = Access::Identity;
    const IS_SENSITIVE: bool = true;
    type Response = OneUser;

    fn resources(&self, caller: &Caller) -> Resources {
        ResourceName::ram(caller.account(), "user/*").into()
    }

    fn conditions(&self, conditions: &mut Conditions) {
        tag_conditions(self.tag.as_slice(), conditions);
    }

    fn run(self, cx: &mut Context<'_>) -> Result<OneUser, ApiError> {
        let new = NewUser {
            name: new_local_name(cx, self.user_principal_name)?,
            display_name: Some(self.display_name.into()),
            mobile_phone: self.mobile_phone,
            email: self.email,
            comments: self.comments,
            tags: checked_short_tags(self.tag.into_vec())?,
        };
        let user = new.make(cx)?;
        Ok(OneUser { user: UserView::new(user, &Domain::of(cx)?) })
    }
}

/// Shows a user.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetUser {
    /// Which user, by name;
    pub user_principal_name: Option<LogonName>,
    /// or by id;
    pub user_id: Option<UserId>,
    /// or by an AccessKey of it.
    pub user_access_key_id: Option<String>,
}

impl GetUser {
    fn key(&self) -> Result<UserKey<'_>, ApiError> {
        let access_key = self.user_access_key_id.as_deref();
        UserKey::one_of(self.user_principal_name.as_ref(), self.user_id, access_key)
    }
}

impl Operation for GetUser {
    const NAME: &'static str = "GetUser";
    const ACCESS: Access = Access::Read;
    type Response = OneUser;

    fn resources(&self, caller: &Caller) -> Resources {
        self.key().map(|key| key.resources(caller)).unwrap_or_default()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<OneUser, ApiError> {
        let user = self.key()?.existing(cx)?;
        let name = user.name.clone();
        Ok(OneUser { user: UserView { user_name: Some(name), ..UserView::new(user, &Domain::of(cx)?) } })
    }
}

/// Changes a user. What is left out stays as it is.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UpdateUser {
    /// Which user, by name;
    pub user_principal_name: Option<LogonName>,
    /// or by id.
    pub user_id: Option<UserId>,
    /// Another name, with the account's domain.
    pub new_user_principal_name: Option<LogonName>,
    /// Another name for people to read.
    pub new_display_name: Option<ShortDisplayName>,
    /// Another telephone number.
    pub new_mobile_phone: Option<MobilePhone>,
    /// Another e-mail address.
    pub new_email: Option<Email>,
    /// Another remark.
    pub new_comments: Option<Comments>,
}

impl UpdateUser {
    fn key(&self) -> Result<UserKey<'_>, ApiError> {
        UserKey::one_of(self.user_principal_name.as_ref(), self.user_id, None)
    }
}

impl Operation for UpdateUser {
    const NAME: &'static str = "UpdateUser";
    const ACCESS: Access = Access::Identity;
    type Response = OneUser;

    fn resources(&self, caller: &Caller) -> Resources {
        self.key().map(|key| key.resources(caller)).unwrap_or_default()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<OneUser, ApiError> {
        let user = self.key()?.existing(cx)?;
        let change = UserChange {
            name: self.new_user_principal_name.map(|name| new_local_name(cx, name)).transpose()?,
            display_name: self.new_display_name.map(DisplayName::from),
            mobile_phone: self.new_mobile_phone,
            email: self.new_email,
            comments: self.new_comments,
        };
        let user = change.make(cx, user)?;
        Ok(OneUser { user: UserView { tags: None, ..UserView::new(user, &Domain::of(cx)?) } })
    }
}

/// Puts a user into the recycle bin, which must have no keys, policies or groups left.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeleteUser {
    /// Which user, by name;
    pub user_principal_name: Option<LogonName>,
    /// or by id.
    pub user_id: Option<UserId>,
}

impl DeleteUser {
    fn key(&self) -> Result<UserKey<'_>, ApiError> {
        UserKey::one_of(self.user_principal_name.as_ref(), self.user_id, None)
    }
}

impl Operation for DeleteUser {
    const NAME: &'static str = "DeleteUser";
    const ACCESS: Access = Access::Identity;
    const IS_SENSITIVE: bool = true;
    type Response = ();

    fn resources(&self, caller: &Caller) -> Resources {
        self.key().map(|key| key.resources(caller)).unwrap_or_default()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<(), ApiError> {
        let user = self.key()?.existing(cx)?;
        require_bare(cx, &user)?;
        forget_the_rest(cx, &user)?;
        user_bin::recycle(cx, user)
    }
}
