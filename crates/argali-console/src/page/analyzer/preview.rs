//! What would come of a proposal: another trust policy, and who loses what by it; what goes with a user or a role.

use maud::{Markup, html};
use serde_json::{Value, json};

use crate::api::{ARGALI, RAM, list, many, number, text};
use crate::page::grant::{self, Kind};
use crate::page::role::{self, trust};
use crate::page::user;
use crate::part::explained;
use crate::text::analyzer::*;
use crate::visit::Visit;

/// What a document says of the time, and how its dates are told.
const ENDS: [&str; 2] = ["DateLessThan", "DateLessThanEquals"];
const TIME: &str = "acs:CurrentTime";
/// How many sessions are asked for those who use a role.
const MOST_SESSIONS: &str = "200";

/// Who would lose and gain by another trust policy, and which sessions would end.
pub(super) async fn of_trust(visit: &Visit<'_>, role: &str, before: &str, after: &str) -> Markup {
    match trust::review::effect(visit, role, before, after).await {
        Ok(effect) => effect,
        Err(failure) => html! { p.muted { (explained(visit, &failure)) } },
    }
}

/// What goes with a user.
pub(super) async fn of_user(visit: &Visit<'_>, name: &str) -> Markup {
    let goes = match user::belongings(visit, name).await {
        Ok(goes) => goes,
        Err(failure) => html! { p.muted { (explained(visit, &failure)) } },
    };
    html! { h3 { (visit.say(crate::text::user::GOES_TOO)) } (goes) }
}

/// What goes with a role: its policies, whom it lets in, and the sessions that end.
pub(super) async fn of_role(visit: &Visit<'_>, name: &str) -> Markup {
    let attached = match grant::grants(visit, Kind::Role, name).await {
        Ok(attached) => attached,
        Err(failure) => return html! { p.muted { (explained(visit, &failure)) } },
    };
    let found = visit.call(RAM, "GetRole", &[("RoleName", name)]).await.unwrap_or_default();
    let document = found.get("Role").map(|role| text(role, "AssumeRolePolicyDocument")).unwrap_or_default();
    let live = number(&role::used(visit, name).await, "LiveSessions");
    html! {
        h3 { (visit.say(crate::text::user::GOES_TOO)) }
        ul.plain {
            @for row in &attached { li { span.muted { (visit.say(E_POLICY)) ": " } bdi { (text(row, "PolicyName")) } } }
            @for principal in principals(document) { li { span.muted { (visit.say(E_PRINCIPAL)) ": " } code { bdi { (principal) } } } }
            li { span.muted { (visit.say(crate::text::shell::SESSIONS)) ": " } (live) }
        }
    }
}

/// Whom a trust policy lets in.
fn principals(document: &str) -> Vec<String> {
    let document: Value = serde_json::from_str(document).unwrap_or_default();
    let mut names = Vec::new();
    for statement in many(document.get("Statement")) {
        let kinds = statement.get("Principal").and_then(Value::as_object).into_iter().flatten();
        names.extend(kinds.flat_map(|(_, one)| many(Some(one))).filter_map(Value::as_str).map(str::to_owned));
    }
    names
}

/// The users and roles of an account that have used a role lately, as trust policies name them.
pub(super) async fn users_of(visit: &Visit<'_>, role: &str, account: &str) -> Vec<String> {
    let params = [
        ("RoleName", role),
        ("AccountId", visit.account_id()),
        ("SourceAccountId", account),
        ("IncludeExpired", "true"),
        ("MaxItems", MOST_SESSIONS),
    ];
    let found = visit.call(ARGALI, "ListSessions", &params).await.unwrap_or_default();
    let mut names: Vec<String> = list(&found, "Sessions", "Session")
        .filter(|session| text(session, "RoleName").eq_ignore_ascii_case(role))
        .filter_map(|session| principal_of(text(session, "SourceArn")))
        .filter(|arn| arn.split(':').nth(3) == Some(account) && !arn.ends_with(":root"))
        .collect();
    names.sort();
    names.dedup();
    names
}

/// Whoever called, as trust policies name it: a session by its role.
fn principal_of(arn: &str) -> Option<String> {
    let Some((account, rest)) = arn.split_once(":assumed-role/") else {
        return (!arn.is_empty()).then(|| arn.to_owned());
    };
    let (role, _) = rest.split_once('/')?;
    Some(format!("{account}:role/{role}"))
}

/// A trust policy that names these in place of a whole account. Where nobody is named, the account is left out.
pub(super) fn naming(document: &Value, account: &str, names: &[String]) -> Value {
    let whole = format!("acs:ram::{account}:root");
    changed(document, |statement| {
        let Some(principals) = statement.get_mut("Principal").and_then(Value::as_object_mut) else { return };
        let Some(own) = principals.get("RAM") else { return };
        let mut left: Vec<Value> = many(Some(own)).filter(|name| **name != json!(whole)).cloned().collect();
        if left.len() == many(Some(own)).count() {
            return;
        }
        left.extend(
            names.iter().map(|name| json!(name)).filter(|name| !many(Some(own)).any(|own| own == name)),
        );
        if left.is_empty() && principals.len() > 1 {
            principals.remove("RAM");
        } else {
            principals.insert("RAM".to_owned(), json!(left));
        }
    })
}

/// A trust policy whose statements about an account end at another time.
pub(super) fn ending_at(document: &Value, account: &str, end: &str) -> Value {
    changed(document, |statement| {
        let is_about = many(statement.pointer("/Principal/RAM"))
            .filter_map(Value::as_str)
            .any(|name| name.split(':').nth(3) == Some(account));
        for operator in ENDS.into_iter().filter(|_| is_about) {
            let keys =
                statement.pointer_mut(&format!("/Condition/{operator}")).and_then(Value::as_object_mut);
            for (_, value) in keys.into_iter().flatten().filter(|(key, _)| key.eq_ignore_ascii_case(TIME)) {
                *value = if value.is_array() { json!([end]) } else { json!(end) };
            }
        }
    })
}

fn changed(document: &Value, change: impl Fn(&mut Value)) -> Value {
    let mut document = document.clone();
    match document.get_mut("Statement") {
        Some(Value::Array(statements)) => statements.iter_mut().for_each(change),
        Some(statement) => change(statement),
        None => {}
    }
    document
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trusting(names: &Value) -> Value {
        json!({ "Version": "1", "Statement": [{ "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": names }] })
    }

    #[test]
    fn somebody_is_named_in_place_of_an_account() {
        let whole = trusting(&json!({ "RAM": ["acs:ram::12345678:root", "acs:ram::11223344:user/a"] }));
        let alice = ["acs:ram::12345678:user/alice".to_owned()];
        assert_eq!(
            naming(&whole, "12345678", &alice)["Statement"][0]["Principal"]["RAM"],
            json!(["acs:ram::11223344:user/a", "acs:ram::12345678:user/alice"])
        );
        let left = naming(&whole, "12345678", &[]);
        assert_eq!(left["Statement"][0]["Principal"]["RAM"], json!(["acs:ram::11223344:user/a"]));
        let only = trusting(&json!({ "RAM": "acs:ram::12345678:root", "Service": "ecs.aliyuncs.com" }));
        let left = naming(&only, "12345678", &[]);
        assert_eq!(left["Statement"][0]["Principal"], json!({ "Service": "ecs.aliyuncs.com" }));
        assert_eq!(naming(&whole, "1234567", &alice), whole, "another account stays as it is");
    }

    #[test]
    fn only_statements_about_the_account_end_later() {
        let statement = |account: &str, date: &Value| {
            json!({ "Effect": "Allow", "Principal": { "RAM": [format!("acs:ram::{account}:root")] },
                "Condition": { "DateLessThan": { "acs:CurrentTime": date } } })
        };
        let document = json!({ "Statement": [statement("1", &json!("2026-01-01T00:00:00Z")), statement("2", &json!(["x"]))] });
        let later = ending_at(&document, "1", "2027-01-01T00:00:00Z");
        assert_eq!(
            later["Statement"][0]["Condition"]["DateLessThan"]["acs:CurrentTime"],
            json!("2027-01-01T00:00:00Z")
        );
        assert_eq!(later["Statement"][1], document["Statement"][1]);
    }

    #[test]
    fn a_session_is_named_by_its_role() {
        assert_eq!(principal_of("acs:ram::1:assumed-role/ops/x").as_deref(), Some("acs:ram::1:role/ops"));
        assert_eq!(principal_of("acs:ram::1:user/alice").as_deref(), Some("acs:ram::1:user/alice"));
        assert_eq!(principal_of(""), None);
    }
}
