//! A record as ActionTrail shows it to one of the accounts that it concerns.
//!
//! Both accounts of a delegation see the call, who made it and what came of it; policies, and what was said of
//! them, are shown to the account that holds them alone.
// SPEC: the ActionTrail reference, notes on event objects; console, two-sided privacy.

use serde_json::{Map, Value, json};

use super::HOME_REGION;
use super::resource::referenced;
use crate::audit::{CallerRecord, Event};
use crate::delivery::INTERNAL;
use crate::identifier::AccountId;
use crate::time::Timestamp;

/// Parameters that hold policies.
const POLICIES: [&str; 4] =
    ["Policy", "PolicyDocument", "AssumeRolePolicyDocument", "NewAssumeRolePolicyDocument"];
/// What the statement of a trust policy is called in records.
const TRUST: &str = "AssumeRolePolicy";

/// The event object of a record, as `viewer` may see it.
pub(crate) fn shown(event: &Event, viewer: AccountId) -> Value {
    let own = event.caller.as_ref().is_none_or(|caller| caller.account == viewer);
    let referenced = referenced(event);
    let first = referenced.iter().next();
    let mut shown = json!({
        "eventId": event.request_id,
        "eventVersion": "1",
        "eventType": event_type(event),
        "eventName": event.action,
        "eventSource": event.host,
        "eventTime": Timestamp::from_millis(event.time_ms),
        "eventRW": if event.write { "Write" } else { "Read" },
        "serviceName": event.product,
        "apiVersion": event.version,
        "acsRegion": event.parameters.get("RegionId").map_or(HOME_REGION, String::as_str),
        "isGlobal": !event.parameters.contains_key("RegionId"),
        "requestId": event.request_id,
        "sourceIpAddress": event.source_ip,
        "userAgent": event.user_agent,
        "errorCode": event.error_code,
        "errorMessage": event.error_message.as_ref().filter(|_| own),
        "requestParameters": request_parameters(event, own),
        "responseElements": response_elements(event),
        "additionalEventData": additional_data(event, viewer),
        "resourceType": first.map(|(kind, _)| kind),
        "resourceName": first.and_then(|(_, names)| names.first()),
        "userIdentity": user_identity(event),
    });
    if let Some(members) = shown.as_object_mut() {
        members.insert("referencedResources".to_owned(), json!(referenced));
        members.retain(|_, value| !value.is_null());
    }
    shown
}

fn event_type(event: &Event) -> &'static str {
    match event.product.as_deref() {
        Some("Argali") if event.action.starts_with("LogOn") => "ConsoleSignin",
        _ => "ApiCall",
    }
}

fn user_identity(event: &Event) -> Value {
    let Some(caller) = &event.caller else {
        let within = ["operator", INTERNAL].contains(&event.source_ip.as_str());
        return json!({ "type": if within { "system" } else { "unknown" }, "accessKeyId": event.access_key_id });
    };
    let mut identity = Map::new();
    let kind = match caller.kind.as_ref() {
        "RootUser" => "root-account",
        "SubUser" => "ram-user",
        "AssumedRoleUser" => "assumed-role",
        other => other,
    };
    identity.insert("type".to_owned(), json!(kind));
    identity.insert("accountId".to_owned(), json!(caller.account));
    identity.insert("principalId".to_owned(), json!(caller.principal_id));
    identity.insert("userName".to_owned(), json!(caller.user_name()));
    if let Some(id) = &event.access_key_id {
        identity.insert("accessKeyId".to_owned(), json!(id));
    }
    if let Some(began) = caller.began_ms {
        let attributes = json!({
            "creationDate": Timestamp::from_millis(began),
            "mfaAuthenticated": caller.mfa_present.unwrap_or(false).to_string(),
        });
        identity.insert("sessionContext".to_owned(), json!({ "attributes": attributes }));
    }
    Value::Object(identity)
}

/// What was sent, and for sessions who plays the role.
fn request_parameters(event: &Event, own: bool) -> Value {
    let visible = |(name, _): &(&String, &String)| own || !POLICIES.contains(&name.as_str());
    let mut parameters: Map<_, _> =
        event.parameters.iter().filter(visible).map(|(name, value)| (name.clone(), json!(value))).collect();
    if let Some(caller) = event.caller.as_deref().filter(|caller| !caller.chain.is_empty()) {
        let (account, _) = caller.origin();
        parameters
            .insert("stsTokenPrincipalName".to_owned(), json!(caller.user_name().replacen(':', "/", 1)));
        parameters.insert("stsTokenPlayerUid".to_owned(), json!(account));
    }
    Value::Object(parameters)
}

fn response_elements(event: &Event) -> Value {
    let Some(session) = &event.session else { return Value::Null };
    json!({
        "Credentials": { "AccessKeyId": session.access_key_id, "Expiration": session.ends_at() },
        "SessionId": session.id,
    })
}

/// The chain back to the person, and what was decided, with the deciding statement where it is the viewer's own.
fn additional_data(event: &Event, viewer: AccountId) -> Value {
    let mut data = Map::new();
    if let Some(caller) = event.caller.as_deref().filter(|caller| !caller.chain.is_empty()) {
        let (account, principal) = caller.origin();
        data.insert("originalAccountId".to_owned(), json!(account));
        data.insert("originalPrincipalId".to_owned(), json!(principal));
        data.insert("chain".to_owned(), json!(caller.chain));
    }
    let decisions = event.resources.iter().map(|resource| {
        let deciding = resource.decided_by.as_deref();
        let held_here =
            |by: &&str| holder(by, &resource.arn, event.caller.as_deref()) == Some(viewer.as_str());
        let mut decision = Map::new();
        decision.insert("resource".to_owned(), json!(resource.arn));
        decision.insert("allowed".to_owned(), json!(resource.allowed));
        if let Some(deciding) = deciding.filter(held_here) {
            decision.insert("decidedBy".to_owned(), json!(deciding));
        }
        Value::Object(decision)
    });
    let decisions: Vec<_> = decisions.collect();
    if !decisions.is_empty() {
        data.insert("decisions".to_owned(), Value::Array(decisions));
    }
    if data.is_empty() { Value::Null } else { Value::Object(data) }
}

/// Whose policy decided: a trust policy is the role's account's, any other the caller's.
fn holder<'a>(decided_by: &str, arn: &'a str, caller: Option<&'a CallerRecord>) -> Option<&'a str> {
    if decided_by.starts_with(TRUST) {
        arn.split(':').nth(3)
    } else {
        caller.map(|caller| caller.account.as_str())
    }
}
