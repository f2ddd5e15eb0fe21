//! Activity: the account's records, found by anything that they say, with what people ask of each first.
//!
//! `LookupEvents` is the reference's way to them and finds by two attributes; the permission is the same, and so is
//! what either account is shown.
// SPEC: console, Activity and two-sided privacy.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::session::user_name;
use crate::audit::{By, CallerRecord, Event, Facets, Keep, Order, Position, Query};
use crate::caller::Caller;
use crate::dispatch::{Brought, Context, Errand};
use crate::error::ApiError;
use crate::identifier::AccountId;
use crate::model::{AccountTable, Entity, Key, User};
use crate::name::{PageSize, RoleName, UserName};
use crate::operation::{Access, Entry, Operation, Resources};
use crate::services::actiontrail::all_records;
use crate::services::actiontrail::lookup::Direction;
use crate::services::actiontrail::shown;
use crate::session::SessionId;
use crate::time::Timestamp;

/// How activity is looked at.
pub const OPERATIONS: &[Entry] = &[Entry::of::<ListActivity>()];

/// The role's name in what the caller of a session is called.
const ROLE_ENDS_AT: char = ':';

/// Lists the account's records that all of what is given holds of, the newest first unless told.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListActivity {
    /// Not older than this.
    pub start_time: Option<String>,
    /// Not newer than this.
    pub end_time: Option<String>,
    /// Only what this user of the account did, in person or in roles; also `root`, and `role:session`.
    pub user_name: Option<String>,
    /// Only what the person or program with this number did, in person or in roles, of whatever account.
    pub principal_id: Option<String>,
    /// Only what was done in sessions of roles of this name.
    pub role_name: Option<RoleName>,
    /// Only calls of this product.
    pub service_name: Option<String>,
    /// Only calls of this operation.
    pub event_name: Option<String>,
    /// Only calls on resources whose ARN holds this.
    pub resource: Option<String>,
    /// Only calls that came to this.
    pub outcome: Option<Outcome>,
    /// Only calls that came from this address.
    pub source_ip: Option<String>,
    /// Only the call of this request.
    pub request_id: Option<String>,
    /// Only calls that this key signed.
    pub event_access_key_id: Option<String>,
    /// Only the call that began this session or logon, and what was done in it.
    pub session_id: Option<SessionId>,
    /// Only calls that change something, begin a session, or were denied: what is left out is reading, whether it found
    /// something or not.
    #[serde(default)]
    pub only_notable: bool,
    /// Only records that say this anywhere.
    pub text: Option<String>,
    /// Which come first.
    #[serde(default)]
    pub direction: Direction,
    /// Where the previous page ended.
    pub marker: Option<String>,
    /// How many records a page holds at most. It may hold fewer although more follow.
    #[serde(default)]
    pub max_items: PageSize<500, 50>,
}

/// What a call came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub enum Outcome {
    /// It was done.
    Succeeded,
    /// A policy, the want of one, or a rule such as that of a closed service refused it.
    Denied,
    /// It was not done for any other reason.
    Failed,
}

impl Outcome {
    /// What a call came to.
    pub(super) fn of(event: &Event) -> Self {
        match event.error_code {
            None => Self::Succeeded,
            Some(_) if event.is_refused() => Self::Denied,
            Some(_) => Self::Failed,
        }
    }
}

/// A page of records.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ActivityPage {
    events: Vec<ActivityView>,
    is_truncated: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    marker: Option<String>,
}

/// One record.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct ActivityView {
    request_id: String,
    time: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    product: Option<String>,
    action: String,
    /// What policies call it, if there is such an operation.
    #[serde(skip_serializing_if = "Option::is_none")]
    auth_action: Option<String>,
    /// Whether it changes anything or begins a session.
    is_write: bool,
    outcome: Outcome,
    #[serde(skip_serializing_if = "Option::is_none")]
    error_code: Option<String>,
    /// The ARNs that permission was asked for on.
    resources: Vec<String>,
    source_ip: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    caller: Option<ActorView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    access_key_id: Option<String>,
    /// The session that the call was made in, or that it began.
    #[serde(skip_serializing_if = "Option::is_none")]
    session_id: Option<SessionId>,
    /// The record as ActionTrail shows it.
    event: Value,
}

/// Who called: whoever began, and the role that acted.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct ActorView {
    #[serde(rename = "Type")]
    kind: String,
    arn: String,
    account_id: AccountId,
    /// A user's name, `root`, or `role:session`.
    name: String,
    original_account_id: AccountId,
    original_principal_id: String,
    /// What the user is called now.
    #[serde(skip_serializing_if = "Option::is_none")]
    original_user_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    role_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    session_name: Option<String>,
}

impl Operation for ListActivity {
    const NAME: &'static str = "ListActivity";
    const ACCESS: Access = Access::Read;
    // It shows what LookupEvents shows.
    const ACTION: Option<&'static str> = Some("actiontrail:LookupEvents");
    const HAS_ERRAND: bool = true;
    type Response = ActivityPage;

    fn resources(&self, caller: &Caller) -> Resources {
        all_records(caller.account()).into()
    }

    fn errand(&self, cx: &Context<'_>) -> Result<Errand, ApiError> {
        let after = self.marker.as_deref().map(|marker| cx.open_marker(&list(cx), marker)).transpose()?;
        let mut query = Query {
            order: match self.direction {
                Direction::Forward => Order::OldestFirst,
                Direction::Backward => Order::NewestFirst,
            },
            after: after.as_deref().and_then(Position::from_bytes),
            at_most: self.max_items.get(),
            facets: Facets {
                product: self.service_name.clone(),
                action: self.event_name.clone(),
                // Looking makes records, too: reads may lie between the latest changes by the thousand.
                notable: self.only_notable,
                ..Facets::default()
            },
            by: match (&self.request_id, &self.event_access_key_id) {
                (Some(id), _) => By::Request(id.trim().to_ascii_uppercase()),
                (None, Some(key)) => By::AccessKey(key.clone()),
                (None, None) => By::Account,
            },
            keep: self.filter(cx)?,
            ..Query::of(cx.account())
        };
        if let Some(start) = &self.start_time {
            query.from = instant("StartTime", start)?;
        }
        if let Some(end) = &self.end_time {
            // The second that is named is still among them.
            query.until = instant("EndTime", end)?.plus_seconds(1);
        }
        Ok(Errand::LookUp(query))
    }

    fn run(self, cx: &mut Context<'_>) -> Result<ActivityPage, ApiError> {
        let Some(Brought::Records(found)) = cx.brought() else {
            return Err(ApiError::internal("activity is listed without its records"));
        };
        let views = found.events.iter().map(|event| ActivityView::of(cx, event));
        let events = views.collect::<Result<Vec<_>, _>>()?;
        let marker = found.next.map(|next| cx.seal_marker(&list(cx), &next.to_bytes()));
        Ok(ActivityPage { events, is_truncated: marker.is_some(), marker })
    }
}

impl ListActivity {
    /// Whatever no index knows.
    fn filter(&self, cx: &Context<'_>) -> Result<Keep, ApiError> {
        let viewer = cx.account();
        let who = self.user_name.as_deref().map(|name| Wanted::named(cx, name)).transpose()?;
        let role = self.role_name.as_ref().map(RoleName::folded);
        let resource = self.resource.as_ref().map(|text| text.to_lowercase());
        let text = self.text.as_ref().map(|text| text.to_lowercase());
        let (outcome, session) = (self.outcome, self.session_id);
        let (address, principal) = (self.source_ip.clone(), self.principal_id.clone());
        let signed_by = self.event_access_key_id.clone();
        Ok(Box::new(move |event| {
            let caller = event.caller.as_deref();
            let of_caller = |holds: &dyn Fn(&CallerRecord) -> bool| caller.is_some_and(holds);
            outcome.is_none_or(|outcome| Outcome::of(event) == outcome)
                && address.as_ref().is_none_or(|address| event.source_ip == *address)
                && signed_by.as_ref().is_none_or(|key| event.access_key_id.as_ref() == Some(key))
                && principal.as_ref().is_none_or(|id| of_caller(&|caller| caller.origin().1 == id))
                && who.as_ref().is_none_or(|who| of_caller(&|caller| who.is(caller)))
                && role.as_ref().is_none_or(|role| of_caller(&|caller| is_in_role(caller, role)))
                && session.is_none_or(|session| belongs_to(event, session))
                && resource.as_ref().is_none_or(|part| {
                    event.resources.iter().any(|resource| resource.arn.to_lowercase().contains(part))
                })
                // What is searched is what is shown.
                && text.as_ref().is_none_or(|text| says(&shown(event, viewer), text))
        }))
    }
}

/// Somebody whose activity is looked for.
struct Wanted {
    name: String,
    /// The account's user of that name, in whatever role.
    user: Option<(AccountId, String)>,
}

impl Wanted {
    fn named(cx: &Context<'_>, name: &str) -> Result<Self, ApiError> {
        let user = match name.parse::<UserName>() {
            Ok(name) => User::find(cx.tx(), cx.account(), &name)?,
            Err(_) => None,
        };
        let user = user.map(|user| (cx.account(), user.id.to_string()));
        Ok(Self { name: name.to_owned(), user })
    }

    fn is(&self, caller: &CallerRecord) -> bool {
        let (account, id) = caller.origin();
        let is_user = |(own, number): &(AccountId, String)| *own == account && number == id;
        caller.user_name().eq_ignore_ascii_case(&self.name) || self.user.as_ref().is_some_and(is_user)
    }
}

fn is_in_role(caller: &CallerRecord, role: &str) -> bool {
    let name = caller.user_name();
    name.split_once(ROLE_ENDS_AT).is_some_and(|(own, _)| own.eq_ignore_ascii_case(role))
}

/// Whether a call began a session or logon, or was made in it, itself or in what it led to.
fn belongs_to(event: &Event, session: SessionId) -> bool {
    let links = event.caller.iter().flat_map(|caller| &caller.chain);
    event.session.as_ref().is_some_and(|begun| begun.id == session)
        || links.into_iter().any(|link| link.session_id == Some(session) || link.logon_id == Some(session))
}

/// Whether any text below `value` holds `text`, which is in lower case.
fn says(value: &Value, text: &str) -> bool {
    match value {
        Value::String(own) => own.to_lowercase().contains(text),
        Value::Array(values) => values.iter().any(|value| says(value, text)),
        Value::Object(members) => members.values().any(|value| says(value, text)),
        _ => false,
    }
}

impl ActivityView {
    fn of(cx: &Context<'_>, event: &Event) -> Result<Self, ApiError> {
        let chain = event.caller.as_deref().and_then(|caller| caller.chain.first());
        Ok(Self {
            request_id: event.request_id.clone(),
            time: Timestamp::from_millis(event.time_ms),
            product: event.product.clone(),
            action: event.action.clone(),
            auth_action: event.auth_action(cx.core().registry()).map(str::to_owned),
            is_write: event.write,
            outcome: Outcome::of(event),
            error_code: event.error_code.clone(),
            resources: event.resources.iter().map(|resource| resource.arn.clone()).collect(),
            source_ip: event.source_ip.clone(),
            caller: event.caller.as_deref().map(|caller| ActorView::of(cx, caller)).transpose()?,
            access_key_id: event.access_key_id.clone(),
            session_id: chain
                .and_then(|link| link.session_id)
                .or_else(|| event.session.as_ref().map(|session| session.id)),
            event: shown(event, cx.account()),
        })
    }
}

impl ActorView {
    fn of(cx: &Context<'_>, caller: &CallerRecord) -> Result<Self, ApiError> {
        let name = caller.user_name().into_owned();
        let (original_account_id, original_principal_id) = caller.origin();
        let in_role = (!caller.chain.is_empty()).then(|| name.split_once(ROLE_ENDS_AT)).flatten();
        Ok(Self {
            kind: caller.kind.to_string(),
            arn: caller.arn.clone(),
            account_id: caller.account,
            original_account_id,
            original_user_name: user_name(cx, original_account_id, original_principal_id)?,
            original_principal_id: original_principal_id.to_owned(),
            role_name: in_role.map(|(role, _)| role.to_owned()),
            session_name: in_role.map(|(_, session)| session.to_owned()),
            name,
        })
    }
}

fn instant(parameter: &'static str, text: &str) -> Result<Timestamp, ApiError> {
    text.parse().map_err(|_| ApiError::invalid(parameter, "Write an instant as 2015-01-23T12:33:18Z."))
}

fn list(cx: &Context<'_>) -> Key {
    Key::account(cx.account(), AccountTable::Trail).text("activity")
}
