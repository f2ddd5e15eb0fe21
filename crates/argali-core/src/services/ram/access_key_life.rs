//! How AccessKeys come, change and go, whichever API asks for it.
//!
//! Where no user is named a call is about the caller's own keys.

use serde::{Serialize, Serializer};

use super::user_life::{existing_user, user_resource};
use crate::caller::{Caller, Identity};
use crate::dispatch::Context;
use crate::env::ALPHANUMERIC;
use crate::error::{ApiError, ErrorCode};
use crate::identifier::generate_access_key_id;
use crate::model::{AccessKey, KeyOwner};
use crate::name::{KeyStatus, UserName};
use crate::operation::{ResourceName, Resources, SelfService};
use crate::operator::SECRET_LENGTH;
use crate::time::Timestamp;
use crate::vault::SecretText;

/// An answer with a new key.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct NewAccessKey {
    access_key: NewAccessKeyView,
}

/// A new key, with the only sight of its secret.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct NewAccessKeyView {
    access_key_id: String,
    #[serde(serialize_with = "shown_once")]
    access_key_secret: SecretText,
    status: KeyStatus,
    create_date: Timestamp,
}

/// Makes a key of `owner`. Fails with `LimitExceeded.User.AccessKey`.
pub(in crate::services) fn make_key(cx: &mut Context<'_>, owner: KeyOwner) -> Result<NewAccessKey, ApiError> {
    let account = cx.account();
    require_room(cx, owner)?;
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

/// Switches a key on or off. Sessions that were begun with it end when it is switched off.
pub(in crate::services) fn switch_key(
    cx: &mut Context<'_>,
    owner: KeyOwner,
    id: &str,
    status: KeyStatus,
) -> Result<(), ApiError> {
    let mut key = existing_key(cx, owner, id)?;
    key.status = status;
    key.updated_at = Some(cx.now());
    key.save(cx.tx_mut());
    cx.note("userAccessKeyId", key.id);
    cx.note("status", status.as_str());
    Ok(())
}

/// Whose keys are meant, as something that permission is needed for. The account's own have no name: they come
/// under all its users.
pub(in crate::services) fn owner_resource(caller: &Caller, user: Option<&UserName>) -> Resources {
    match (user, caller.identity()) {
        (Some(name), _) | (None, Identity::User { name, .. }) => user_resource(caller.account(), name).into(),
        (None, Identity::Account | Identity::Session(_)) => {
            ResourceName::ram(caller.account(), "user/*").into()
        }
    }
}

/// Whether the keys that are meant are the calling user's own.
pub(in crate::services) fn own_keys(caller: &Caller, user: Option<&UserName>) -> Option<SelfService> {
    on_own(caller, user, SelfService::AccessKeys)
}

/// `what`, if what is meant is the calling user's own.
pub(in crate::services) fn on_own(
    caller: &Caller,
    user: Option<&UserName>,
    what: SelfService,
) -> Option<SelfService> {
    user.is_none_or(|name| caller.is_user_named(name)).then_some(what)
}

/// Whose keys are meant: those of `user`, or the caller's own. A session has none; `parameter` could name a user.
pub(in crate::services) fn owner(
    cx: &Context<'_>,
    user: Option<&UserName>,
    parameter: &'static str,
) -> Result<KeyOwner, ApiError> {
    match (user, cx.caller().identity()) {
        (Some(name), _) => Ok(KeyOwner::User(existing_user(cx, name)?.id)),
        (None, Identity::User { id, .. }) => Ok(KeyOwner::User(*id)),
        (None, Identity::Account) => Ok(KeyOwner::Account),
        (None, Identity::Session(_)) => {
            let message = format!("A role has no AccessKeys: name the user in {parameter}.");
            Err(ApiError::invalid(parameter, message))
        }
    }
}

/// The key of this id if it is the owner's. Keys of others are as good as absent.
pub(in crate::services) fn existing_key(
    cx: &Context<'_>,
    owner: KeyOwner,
    id: &str,
) -> Result<AccessKey, ApiError> {
    let key = AccessKey::find(cx.tx(), id)?;
    key.filter(|key| key.account == cx.account() && key.owner == owner).ok_or_else(no_such_key)
}

/// What is said of a key that is not there.
pub(in crate::services) fn no_such_key() -> ApiError {
    let message = "The AccessKey does not exist: check UserAccessKeyId, and whose it is.";
    ApiError::new(ErrorCode::EntityNotExistUserAccessKey, message)
}

/// Fails with `LimitExceeded.User.AccessKey` if `owner` has as many keys as there may be.
pub(in crate::services) fn require_room(cx: &Context<'_>, owner: KeyOwner) -> Result<(), ApiError> {
    let most = cx.limits().access_keys;
    if AccessKey::of_owner(cx.tx(), cx.account(), owner)?.len() < most {
        return Ok(());
    }
    let message = format!("There are {most} AccessKeys already, which is the limit: delete one first.");
    Err(ApiError::new(ErrorCode::LimitExceededUserAccessKey, message))
}

/// When something was used last: an empty text if it never was.
// SPEC: forms of identifiers and dates, dates, GetAccessKeyLastUsed.
#[derive(Debug)]
pub(in crate::services) struct UseDate(pub(in crate::services) Option<Timestamp>);

impl Serialize for UseDate {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Some(at) => at.serialize(serializer),
            None => serializer.serialize_str(""),
        }
    }
}

/// Puts a secret into an answer.
pub(in crate::services) fn shown_once<S: Serializer>(
    secret: &SecretText,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(secret.expose())
}
