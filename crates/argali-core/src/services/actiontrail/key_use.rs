//! When an AccessKey was used last, and for what, as the records know it.

use serde::{Deserialize, Serialize};

use super::{all_records, unacceptable};
use crate::audit::{By, CallerRecord, Event, Facets, Position, Query};
use crate::caller::Caller;
use crate::dispatch::{Brought, Context, Errand};
use crate::error::{ApiError, ErrorCode};
use crate::identifier::AccountId;
use crate::model::{AccessKey, AccountTable, Entity, Key, KeyOwner, User};
use crate::operation::{Access, Entry, Operation, Resources};

/// How the use of a key is looked up.
pub const OPERATIONS: &[Entry] =
    &[Entry::of::<GetAccessKeyLastUsedInfo>(), Entry::of::<GetAccessKeyLastUsedEvents>()];

/// Records of calls that came at about the same time lie in the order in which they were written: the last of so many
/// that were written last is the last.
const ABOUT_AT_ONCE: usize = 16;
const MOST_EVENTS: i64 = 100;
const USUAL_EVENTS: i64 = 20;

/// Shows the last use of one of the account's AccessKeys.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetAccessKeyLastUsedInfo {
    /// The key's id.
    pub access_key: String,
}

/// The last use of a key; without what says so if it was never used.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct LastUse {
    access_key_id: String,
    account_id: AccountId,
    account_type: &'static str,
    owner_id: String,
    user_name: String,
    #[serde(flatten)]
    used: Option<Used>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Used {
    detail: String,
    service_name: String,
    service_name_cn: String,
    service_name_en: String,
    source: String,
    /// In milliseconds since 1970.
    used_timestamp: i64,
}

impl Operation for GetAccessKeyLastUsedInfo {
    const NAME: &'static str = "GetAccessKeyLastUsedInfo";
    const ACCESS: Access = Access::Read;
    const HAS_ERRAND: bool = true;
    type Response = LastUse;

    fn resources(&self, caller: &Caller) -> Resources {
        all_records(caller.account()).into()
    }

    fn errand(&self, cx: &Context<'_>) -> Result<Errand, ApiError> {
        Ok(Errand::LookUp(Query { at_most: ABOUT_AT_ONCE, ..uses(cx.account(), &self.access_key) }))
    }

    fn run(self, cx: &mut Context<'_>) -> Result<LastUse, ApiError> {
        let Some(Brought::Records(found)) = cx.brought() else {
            return Err(ApiError::internal("the use of a key is shown without its records"));
        };
        let last = found.events.iter().rev().max_by_key(|event| event.time_ms);
        let caller = last.and_then(|event| event.caller.as_deref());
        let (account_type, owner_id, user_name) = match owner(cx, &self.access_key)? {
            Some(owner) => owner,
            // It is gone, and was used while it was there.
            None => caller.map(owner_of_use).ok_or_else(|| no_such_key(&self.access_key))?,
        };
        Ok(LastUse {
            access_key_id: self.access_key,
            account_id: cx.account(),
            account_type,
            owner_id,
            user_name,
            used: last.map(|event| {
                let service = event.product.clone().unwrap_or_default();
                Used {
                    detail: event.action.clone(),
                    service_name_cn: service.clone(),
                    service_name_en: service.clone(),
                    service_name: service,
                    source: event.source_ip.clone(),
                    used_timestamp: event.time_ms,
                }
            }),
        })
    }
}

/// Shows what one of the account's AccessKeys was used for in one service, the newest first.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetAccessKeyLastUsedEvents {
    /// The key's id.
    pub access_key: String,
    /// The service, such as `Ecs`.
    pub service_name: String,
    /// How many a page holds at most: 0 to 100.
    pub page_size: Option<i64>,
    /// Where the previous page ended.
    pub next_token: Option<String>,
}

/// A page of uses.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct UsePage {
    events: Vec<Use>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Use {
    event_name: String,
    /// What came of it: the error code, or nothing.
    detail: String,
    source: String,
    used_timestamp: i64,
}

impl Operation for GetAccessKeyLastUsedEvents {
    const NAME: &'static str = "GetAccessKeyLastUsedEvents";
    const ACCESS: Access = Access::Read;
    const HAS_ERRAND: bool = true;
    type Response = UsePage;

    fn resources(&self, caller: &Caller) -> Resources {
        all_records(caller.account()).into()
    }

    fn errand(&self, cx: &Context<'_>) -> Result<Errand, ApiError> {
        let at_most = match self.page_size.unwrap_or(USUAL_EVENTS) {
            0 => USUAL_EVENTS,
            size @ 1..=MOST_EVENTS => size,
            _ => return Err(unacceptable(format!("PageSize must be 0 to {MOST_EVENTS}."))),
        };
        let after = self.next_token.as_deref().map(|token| {
            let opened = cx.open_marker(&self.list(cx), token).ok();
            let position = opened.and_then(|bytes| Position::from_bytes(&bytes));
            position.ok_or_else(|| {
                unacceptable("NextToken goes on with the list that gave it: send it unchanged.")
            })
        });
        Ok(Errand::LookUp(Query {
            facets: Facets { product: Some(self.service_name.clone()), ..Facets::default() },
            at_most: usize::try_from(at_most).unwrap_or_default(),
            after: after.transpose()?,
            ..uses(cx.account(), &self.access_key)
        }))
    }

    fn run(self, cx: &mut Context<'_>) -> Result<UsePage, ApiError> {
        let Some(Brought::Records(found)) = cx.brought() else {
            return Err(ApiError::internal("uses of a key are shown without their records"));
        };
        if found.events.is_empty() && owner(cx, &self.access_key)?.is_none() {
            return Err(no_such_key(&self.access_key));
        }
        let shown = |event: &Event| Use {
            event_name: event.action.clone(),
            detail: event.error_code.clone().unwrap_or_default(),
            source: event.source_ip.clone(),
            used_timestamp: event.time_ms,
        };
        let next_token = found.next.map(|next| cx.seal_marker(&self.list(cx), &next.to_bytes()));
        Ok(UsePage { events: found.events.iter().map(shown).collect(), next_token })
    }
}

impl GetAccessKeyLastUsedEvents {
    fn list(&self, cx: &Context<'_>) -> Key {
        let list = Key::account(cx.account(), AccountTable::Trail).text("uses");
        let key = list.number(self.access_key.len() as u64).bytes(self.access_key.as_bytes());
        key.bytes(self.service_name.as_bytes())
    }
}

/// The calls of an account's key, whoever else they concern: those that it signed rightly.
fn uses(account: AccountId, key: &str) -> Query {
    let own = move |event: &Event| {
        !event.refused_signer && event.caller.as_ref().is_some_and(|caller| caller.account == account)
    };
    Query { by: By::AccessKey(key.to_owned()), keep: Box::new(own), ..Query::of(account) }
}

/// The kind, number and name of whoever has the key; nothing if the account has no such key.
fn owner(cx: &Context<'_>, key: &str) -> Result<Option<(&'static str, String, String)>, ApiError> {
    let account = cx.account();
    let Some(key) = AccessKey::find(cx.tx(), key)?.filter(|key| key.account == account) else {
        return Ok(None);
    };
    Ok(match key.owner {
        KeyOwner::Account => Some(("root-account", account.to_string(), "root".to_owned())),
        KeyOwner::User(id) => User::find_by_id(cx.tx(), account, id.number())?
            .map(|user| ("ram-user", id.to_string(), user.name.as_str().to_owned())),
    })
}

fn owner_of_use(caller: &CallerRecord) -> (&'static str, String, String) {
    let kind = match caller.kind.as_ref() {
        "RootUser" => "root-account",
        "SubUser" => "ram-user",
        _ => "assumed-role",
    };
    (kind, caller.principal_id.clone(), caller.user_name().into_owned())
}

fn no_such_key(key: &str) -> ApiError {
    let message = format!("The account has no AccessKey `{key}` and has not used one: check AccessKey.");
    ApiError::new(ErrorCode::EntityNotExistUserAccessKey, message)
}
