//! Why: what became of a call, on whose behalf it was made, what decided, and what would help.
//!
//! The record of the call tells what was decided then. A refusal is also asked again, with the policies as they are
//! now, because that is what can be changed. Each account is told its own half.
// SPEC: console, Activity and two-sided privacy.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::refused::{Reader, RefusalView};
use super::replay::{Replayed, replay};
use super::statement::StatementView;
use crate::audit::{By, CallerRecord, Event, Facets, Link, Order, Query, ResourceRecord};
use crate::caller::Caller;
use crate::diagnosis::TRUST_POLICY;
use crate::dispatch::{Brought, Context, Errand};
use crate::error::{ApiError, ErrorCode};
use crate::identifier::AccountId;
use crate::operation::{Access, Entry, Operation, Permission, ResourceName, Resources};
use crate::services::sts::arn::RoleArn;
use crate::time::Timestamp;

/// How calls are explained.
pub const OPERATIONS: &[Entry] = &[Entry::of::<Why>()];

/// Explains a call that concerned the account.
///
/// Everybody may ask about calls that one made oneself, in person or in a role; about other calls with permission.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Why {
    /// The number of the request, as its answer gave it.
    pub request_id: String,
}

/// What is known of a call.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ExplainedCall {
    call: CallView,
    #[serde(skip_serializing_if = "Option::is_none")]
    caller: Option<CallerView>,
    /// `Succeeded`, `Denied` or `Failed`.
    outcome: &'static str,
    /// The same in a sentence, with what decided.
    message: String,
    /// What permission was asked for.
    permissions: Vec<PermissionView>,
    /// Which permission was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    refusal: Option<RefusalView>,
    /// The same question to the policies as they are now.
    #[serde(skip_serializing_if = "Option::is_none")]
    now: Option<Replayed>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct CallView {
    request_id: String,
    time: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    product: Option<String>,
    action: String,
    version: String,
    source_ip: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    error_code: Option<String>,
    /// What its caller was told, where no policy decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    error_message: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct CallerView {
    #[serde(rename = "Type")]
    kind: Cow<'static, str>,
    arn: String,
    account_id: AccountId,
    /// From the role that acted back to the person or program that began.
    chain: Vec<LinkView>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct LinkView {
    account_id: AccountId,
    principal_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    session_name: Option<String>,
}

/// A permission that was asked for, and what the answer was.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct PermissionView {
    auth_resource: String,
    allowed: bool,
    /// Whose policies decided.
    account_id: AccountId,
    /// The statement that decided, of the reader's own account.
    #[serde(skip_serializing_if = "Option::is_none")]
    statement: Option<StatementView>,
}

impl Operation for Why {
    const NAME: &'static str = "Why";
    const ACCESS: Access = Access::Read;
    const PERMISSION: Permission = Permission::OperationDecides;
    const HAS_ERRAND: bool = true;
    type Response = ExplainedCall;

    fn resources(&self, _caller: &Caller) -> Resources {
        Resources::new()
    }

    fn errand(&self, cx: &Context<'_>) -> Result<Errand, ApiError> {
        Ok(Errand::LookUp(Query {
            account: cx.account(),
            from: Timestamp::from_millis(0),
            until: Timestamp::from_millis(i64::MAX),
            order: Order::NewestFirst,
            by: By::Request(self.request_id.to_ascii_uppercase()),
            facets: Facets::default(),
            keep: Box::new(|_| true),
            after: None,
            at_most: 1,
        }))
    }

    fn run(self, cx: &mut Context<'_>) -> Result<ExplainedCall, ApiError> {
        let Some(Brought::Records(found)) = cx.brought() else {
            return Err(ApiError::internal("a call is explained without its record"));
        };
        let event = found.events.first();
        let resource = call_resource(cx.account(), &self.request_id);
        let permitted = cx.may(&resource);
        if !permitted && !event.is_some_and(|event| is_own(cx, event)) {
            // Whoever may not ask does not learn whether there is such a call.
            cx.authorize_on(resource)?;
        }
        let event = event.ok_or_else(|| {
            let message = "No call with this request id is on record in your account: check RequestId.";
            ApiError::new(ErrorCode::EntityNotExistRequest, message)
        })?;
        explain(cx, event, Reader { account: cx.account(), sees_resources: permitted })
    }
}

/// A call as something that permission is needed for.
fn call_resource(account: AccountId, request_id: &str) -> ResourceName {
    ResourceName::new(account, format!("acs:argali:*:{account}:call/{request_id}"))
}

/// Whether the person or program behind the call is the one that asks.
fn is_own(cx: &Context<'_>, event: &Event) -> bool {
    let Some(caller) = &event.caller else { return false };
    let (asking, asked) = (cx.standing().record().origin(), caller.origin());
    !asked.1.is_empty() && asking == asked
}

fn explain(cx: &mut Context<'_>, event: &Event, reader: Reader) -> Result<ExplainedCall, ApiError> {
    let refusal = event.refusal.as_deref();
    let permissions = event.resources.iter().filter(|asked| asked.allowed);
    let permissions: Vec<_> = permissions.map(|asked| PermissionView::of(event, asked, reader)).collect();
    let refusal_view = refusal.map(|diagnosis| RefusalView::of(cx, event, diagnosis, reader)).transpose()?;
    let (outcome, message) = match (&event.error_code, &refusal_view) {
        (None, _) => ("Succeeded", allowed_by(event, permissions.last(), reader)),
        (Some(_), Some(refusal)) => ("Denied", refusal.message(reader)),
        (Some(code), None) if event.refused_signer => {
            let told = event.error_message.as_deref().unwrap_or_default();
            (
                "Failed",
                format!(
                    "What it was signed with was refused before permission was asked for: {code}. {told}"
                ),
            )
        }
        (Some(code), None) if event.is_refused() => ("Denied", by_rule(code)),
        (Some(code), None) => ("Failed", failed(code, !permissions.is_empty())),
    };
    Ok(ExplainedCall {
        outcome,
        message,
        now: refusal.map(|diagnosis| replay(cx, event, diagnosis, reader)).transpose()?.flatten(),
        permissions,
        refusal: refusal_view,
        caller: event.caller.as_deref().map(CallerView::from),
        call: CallView {
            request_id: event.request_id.clone(),
            time: Timestamp::from_millis(event.time_ms),
            product: event.product.clone(),
            action: event.action.clone(),
            version: event.version.clone(),
            source_ip: event.source_ip.clone(),
            error_code: event.error_code.clone(),
            // Of policies each side is told its own.
            error_message: event.error_message.clone().filter(|_| refusal.is_none()),
        },
    })
}

/// What allowed a call that succeeded.
fn allowed_by(event: &Event, last: Option<&PermissionView>, reader: Reader) -> String {
    match last {
        None => "It needed no permission.".to_owned(),
        Some(asked) if asked.account_id != reader.account => {
            format!("It was allowed; that was decided by account {}.", asked.account_id)
        }
        Some(PermissionView { statement: Some(statement), .. }) => {
            format!("It was allowed by {}.", statement.place())
        }
        Some(_) if event.caller.as_ref().is_some_and(|caller| caller.kind == "RootUser") => {
            "It was allowed: an account may do everything on what it owns.".to_owned()
        }
        Some(_) => "It was allowed by a setting of the account, without a policy.".to_owned(),
    }
}

/// What is said of a call that was refused, and not by a policy: what its caller was told says by which rule.
fn by_rule(code: &str) -> String {
    format!(
        "It was refused by a rule that is no policy ({code}), such as a service that is closed to other accounts: \
         ErrorMessage says by which."
    )
}

/// What is said of a call that nothing refused.
fn failed(code: &str, was_allowed: bool) -> String {
    if was_allowed {
        format!("It was allowed, and failed for another reason: {code}.")
    } else {
        format!("It failed before permission was asked for: {code}.")
    }
}

impl PermissionView {
    fn of(event: &Event, asked: &ResourceRecord, reader: Reader) -> Self {
        let caller = event.caller.as_ref().map(|caller| caller.account);
        let place = asked.decided_by.as_deref().and_then(|text| text.rsplit_once('#'));
        let by_trust = place.is_some_and(|(policy, _)| policy == TRUST_POLICY);
        let account_id = match asked.arn.parse::<RoleArn>() {
            Ok(role) if by_trust => role.account(),
            _ => caller.unwrap_or(reader.account),
        };
        let statement = place.filter(|_| account_id == reader.account).and_then(|(policy, number)| {
            let index = number.parse().ok()?;
            Some(StatementView::named(policy, index))
        });
        Self { auth_resource: asked.arn.clone(), allowed: asked.allowed, account_id, statement }
    }
}

impl From<&CallerRecord> for CallerView {
    fn from(caller: &CallerRecord) -> Self {
        Self {
            kind: caller.kind.clone(),
            arn: caller.arn.clone(),
            account_id: caller.account,
            chain: caller.chain.iter().map(LinkView::from).collect(),
        }
    }
}

impl From<&Link> for LinkView {
    fn from(link: &Link) -> Self {
        Self {
            account_id: link.account,
            principal_id: link.principal_id.clone(),
            session_name: link.session_name.clone(),
        }
    }
}
