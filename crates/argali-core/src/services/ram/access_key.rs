//! AccessKeys: what programs sign with, of users and of the account itself.
//!
//! Without `UserName` a call is about the caller's own keys.

use serde::{Deserialize, Serialize, Serializer};

use super::user_life::{existing_user, user_resource};
use crate::caller::{Caller, Identity};
use crate::dispatch::Context;
use crate::env::ALPHANUMERIC;
use crate::error::{ApiError, ErrorCode};
use crate::identifier::generate_access_key_id;
use crate::model::{AccessKey, KeyOwner};
use crate::name::{KeyStatus, UserName};
use crate::operation::{Access, Entry, Operation, ResourceName, Resources};
use crate::operator::SECRET_LENGTH;
use crate::time::Timestamp;
use crate::vault::SecretText;

/// Everything that can be done to an AccessKey.
pub const OPERATIONS: &[Entry] = &[
    Entry::of::<CreateAccessKey>(),
    Entry::of::<UpdateAccessKey>(),
    Entry::of::<DeleteAccessKey>(),
    Entry::of::<ListAccessKeys>(),
];

/// Makes an AccessKey. Its secret is in the answer and can never be read again.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreateAccessKey {
    /// Whose it is to be; the caller's own if it is left out.
    pub user_name: Option<UserName>,
}

/// An answer with a new key.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct NewAccessKey {
    access_key: NewAccessKeyView,
}

/// A new key, with the only sight of its secret.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct NewAccessKeyView {
    access_key_id: String,
    #[serde(serialize_with = "shown_once")]
    access_key_secret: SecretText,
    status: KeyStatus,
    create_date: Timestamp,
}

impl Operation for CreateAccessKey {
    const NAME: &'static str = "CreateAccessKey";
    const ACCESS: Access = Access::Identity;
    type Response = NewAccessKey;

    fn resources(&self, caller: &Caller) -> Resources {
        owner_resource(caller, self.user_name.as_ref())
    }

    fn run(self, cx: &mut Context<'_>) -> Result<NewAccessKey, ApiError> {
        let (account, most) = (cx.account(), cx.limits().access_keys);
        let owner = owner(cx, self.user_name.as_ref())?;
        if AccessKey::of_owner(cx.tx(), account, owner)?.len() >= most {
            let message =
                format!("There are {most} AccessKeys already, which is the limit: delete one first.");
            return Err(ApiError::new(ErrorCode::LimitExceededUserAccessKey, message));
        }
        let data_key = cx.core().data_key(&cx.account_record()?)?;
        let id = generate_access_key_id(cx.env());
        let secret = SecretText::new(cx.env().random_text(ALPHANUMERIC, SECRET_LENGTH));
        let mut key = AccessKey::seal(cx.env(), &data_key, id, (account, owner), &secret);
        key.created_at = cx.now();
        key.save(cx.tx_mut());
        cx.note("userAccessKeyId", key.id.as_str());
        let access_key = NewAccessKeyView {
            access_key_id: key.id,
            access_key_secret: secret,
            status: key.status,
            create_date: key.created_at,
        };
        Ok(NewAccessKey { access_key })
    }
}

/// Switches an AccessKey on or off. Sessions that were begun with it end when it is switched off.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UpdateAccessKey {
    /// Whose it is; the caller's own if it is left out.
    pub user_name: Option<UserName>,
    /// Which key.
    pub user_access_key_id: String,
    /// Whether it may be used from now on.
    pub status: KeyStatus,
}

impl Operation for UpdateAccessKey {
    const NAME: &'static str = "UpdateAccessKey";
    const ACCESS: Access = Access::Identity;
    type Response = ();

    fn resources(&self, caller: &Caller) -> Resources {
        owner_resource(caller, self.user_name.as_ref())
    }

    fn run(self, cx: &mut Context<'_>) -> Result<(), ApiError> {
        let owner = owner(cx, self.user_name.as_ref())?;
        let mut key = existing_key(cx, owner, &self.user_access_key_id)?;
        key.status = self.status;
        key.save(cx.tx_mut());
        cx.note("userAccessKeyId", key.id);
        cx.note("status", self.status.as_str());
        Ok(())
    }
}

/// Removes an AccessKey for good. Sessions that were begun with it end.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeleteAccessKey {
    /// Whose it is; the caller's own if it is left out.
    pub user_name: Option<UserName>,
    /// Which key.
    pub user_access_key_id: String,
}

impl Operation for DeleteAccessKey {
    const NAME: &'static str = "DeleteAccessKey";
    const ACCESS: Access = Access::Identity;
    type Response = ();

    fn resources(&self, caller: &Caller) -> Resources {
        owner_resource(caller, self.user_name.as_ref())
    }

    fn run(self, cx: &mut Context<'_>) -> Result<(), ApiError> {
        let owner = owner(cx, self.user_name.as_ref())?;
        let key = existing_key(cx, owner, &self.user_access_key_id)?;
        key.delete(cx.tx_mut());
        cx.note("userAccessKeyId", key.id);
        Ok(())
    }
}

/// Lists AccessKeys, in the order of their ids, without their secrets.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListAccessKeys {
    /// Whose; the caller's own if it is left out.
    pub user_name: Option<UserName>,
}

/// The keys of one owner.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct AccessKeys {
    access_keys: AccessKeyList,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct AccessKeyList {
    access_key: Vec<AccessKeyView>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct AccessKeyView {
    access_key_id: String,
    status: KeyStatus,
    create_date: Timestamp,
}

impl Operation for ListAccessKeys {
    const NAME: &'static str = "ListAccessKeys";
    const ACCESS: Access = Access::Read;
    type Response = AccessKeys;

    fn resources(&self, caller: &Caller) -> Resources {
        owner_resource(caller, self.user_name.as_ref())
    }

    fn run(self, cx: &mut Context<'_>) -> Result<AccessKeys, ApiError> {
        let owner = owner(cx, self.user_name.as_ref())?;
        let keys = AccessKey::of_owner(cx.tx(), cx.account(), owner)?.into_iter();
        let view = |key: AccessKey| AccessKeyView {
            access_key_id: key.id,
            status: key.status,
            create_date: key.created_at,
        };
        Ok(AccessKeys { access_keys: AccessKeyList { access_key: keys.map(view).collect() } })
    }
}

/// The user whose keys are meant. The account's own have no name: they come under all its users.
fn owner_resource(caller: &Caller, user_name: Option<&UserName>) -> Resources {
    match (user_name, caller.identity()) {
        (Some(name), _) | (None, Identity::User { name, .. }) => user_resource(caller.account(), name).into(),
        (None, Identity::Account | Identity::Session(_)) => {
            ResourceName::ram(caller.account(), "user/*").into()
        }
    }
}

fn owner(cx: &Context<'_>, user_name: Option<&UserName>) -> Result<KeyOwner, ApiError> {
    match (user_name, cx.caller().identity()) {
        (Some(name), _) => Ok(KeyOwner::User(existing_user(cx, name)?.id)),
        (None, Identity::User { id, .. }) => Ok(KeyOwner::User(*id)),
        (None, Identity::Account) => Ok(KeyOwner::Account),
        (None, Identity::Session(_)) => {
            let message = "A role has no AccessKeys: name the user in UserName.";
            Err(ApiError::invalid("UserName", message))
        }
    }
}

/// The key of this id if it is the owner's. Keys of others are as good as absent.
fn existing_key(cx: &Context<'_>, owner: KeyOwner, id: &str) -> Result<AccessKey, ApiError> {
    let key = AccessKey::find(cx.tx(), id)?;
    key.filter(|key| key.account == cx.account() && key.owner == owner).ok_or_else(|| {
        let message = "The AccessKey does not exist: check UserAccessKeyId, and UserName for whose it is.";
        ApiError::new(ErrorCode::EntityNotExistUserAccessKey, message)
    })
}

fn shown_once<S: Serializer>(secret: &SecretText, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(secret.expose())
}
