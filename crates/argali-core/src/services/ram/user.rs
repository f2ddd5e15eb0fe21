//! Users: people and programs of an account.

use serde::{Deserialize, Serialize};

use super::user_life::{NewUser, UserChange, existing_user, forget_the_rest, require_bare, user_resource};
use crate::caller::Caller;
use crate::dispatch::Context;
use crate::error::ApiError;
use crate::identifier::UserId;
use crate::model::{Entity, RecycledKey, Tags, User};
use crate::name::{Comments, DisplayName, Email, MobilePhone, PageSize, UserName};
use crate::operation::{Access, Entry, Operation, ResourceName, Resources};
use crate::time::Timestamp;

/// Everything that can be done to a user.
pub const OPERATIONS: &[Entry] = &[
    Entry::of::<CreateUser>(),
    Entry::of::<GetUser>(),
    Entry::of::<ListUsers>(),
    Entry::of::<UpdateUser>(),
    Entry::of::<DeleteUser>(),
];

/// A user as RAM shows it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct UserView {
    user_id: UserId,
    user_name: UserName,
    #[serde(skip_serializing_if = "Option::is_none")]
    display_name: Option<DisplayName>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mobile_phone: Option<MobilePhone>,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<Email>,
    #[serde(skip_serializing_if = "Option::is_none")]
    comments: Option<Comments>,
    create_date: Timestamp,
    /// Not in the answer that made it.
    #[serde(skip_serializing_if = "Option::is_none")]
    update_date: Option<Timestamp>,
}

impl UserView {
    fn new(user: User) -> Self {
        Self { update_date: None, ..user.into() }
    }
}

impl From<User> for UserView {
    fn from(user: User) -> Self {
        Self {
            user_id: user.id,
            user_name: user.name,
            display_name: user.display_name,
            mobile_phone: user.mobile_phone,
            email: user.email,
            comments: user.comments,
            create_date: user.created_at,
            update_date: Some(user.updated_at),
        }
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
    /// What the user is called.
    pub user_name: UserName,
    /// What people read; the name if it is left out.
    pub display_name: Option<DisplayName>,
    /// A telephone number.
    pub mobile_phone: Option<MobilePhone>,
    /// An e-mail address.
    pub email: Option<Email>,
    /// A remark.
    pub comments: Option<Comments>,
}

impl Operation for CreateUser {
    const NAME: &'static str = "CreateUser";
    const ACCESS: Access = Access::Identity;
    const IS_SENSITIVE: bool = true;
    type Response = OneUser;

    fn resources(&self, caller: &Caller) -> Resources {
        ResourceName::ram(caller.account(), "user/*").into()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<OneUser, ApiError> {
        let new = NewUser {
            name: self.user_name,
            display_name: self.display_name,
            mobile_phone: self.mobile_phone,
            email: self.email,
            comments: self.comments,
            tags: Tags::new(),
        };
        let user = new.make(cx)?;
        Ok(OneUser { user: UserView::new(user) })
    }
}

/// Shows a user.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetUser {
    /// Which user.
    pub user_name: UserName,
}

impl Operation for GetUser {
    const NAME: &'static str = "GetUser";
    const ACCESS: Access = Access::Read;
    type Response = OneUser;

    fn resources(&self, caller: &Caller) -> Resources {
        user_resource(caller.account(), &self.user_name).into()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<OneUser, ApiError> {
        Ok(OneUser { user: existing_user(cx, &self.user_name)?.into() })
    }
}

/// Lists the users of the caller's account, in the order of their names.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListUsers {
    /// Where the previous page ended.
    pub marker: Option<String>,
    /// How many users a page holds at most.
    #[serde(default)]
    pub max_items: PageSize,
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
        let (users, marker) = cx.page::<User>(self.marker.as_deref(), self.max_items.get())?;
        let user = users.into_iter().map(UserView::from).collect();
        Ok(UserPage { users: UserList { user }, is_truncated: marker.is_some(), marker })
    }
}

/// Changes a user. What is left out stays as it is.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UpdateUser {
    /// Which user.
    pub user_name: UserName,
    /// Another name.
    pub new_user_name: Option<UserName>,
    /// Another name for people to read.
    pub new_display_name: Option<DisplayName>,
    /// Another telephone number.
    pub new_mobile_phone: Option<MobilePhone>,
    /// Another e-mail address.
    pub new_email: Option<Email>,
    /// Another remark.
    pub new_comments: Option<Comments>,
}

impl Operation for UpdateUser {
    const NAME: &'static str = "UpdateUser";
    const ACCESS: Access = Access::Identity;
    type Response = OneUser;

    fn resources(&self, caller: &Caller) -> Resources {
        user_resource(caller.account(), &self.user_name).into()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<OneUser, ApiError> {
        let change = UserChange {
            name: self.new_user_name,
            display_name: self.new_display_name,
            mobile_phone: self.new_mobile_phone,
            email: self.new_email,
            comments: self.new_comments,
        };
        let user = existing_user(cx, &self.user_name)?;
        let user = change.make(cx, user)?;
        Ok(OneUser { user: user.into() })
    }
}

/// Removes a user, which must have no groups, policies, keys or login profile left.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeleteUser {
    /// Which user.
    pub user_name: UserName,
}

impl Operation for DeleteUser {
    const NAME: &'static str = "DeleteUser";
    const ACCESS: Access = Access::Identity;
    const IS_SENSITIVE: bool = true;
    type Response = ();

    fn resources(&self, caller: &Caller) -> Resources {
        user_resource(caller.account(), &self.user_name).into()
    }

    fn run(self, cx: &mut Context<'_>) -> Result<(), ApiError> {
        let account = cx.account();
        let user = existing_user(cx, &self.user_name)?;
        require_bare(cx, &user)?;
        forget_the_rest(cx, &user)?;
        for key in RecycledKey::of_user(cx.tx(), account, user.id)? {
            key.delete(cx.tx_mut());
        }
        Ok(user.delete(cx.tx_mut(), account)?)
    }
}
