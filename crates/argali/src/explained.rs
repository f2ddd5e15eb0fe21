//! Decisions as people read them: what was asked, in order, with statements and near misses.

use serde_json::Value;

use crate::output::{Paint, shown};

/// How wide the names of lines are.
const NAME_COLUMN: usize = 12;

/// A text of an answer, without what a terminal would obey.
pub(crate) fn text(value: &Value, name: &str) -> String {
    value.get(name).and_then(Value::as_str).map(shown).unwrap_or_default()
}

/// The entries of a list in an answer.
pub(crate) fn list<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    value.get(name).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

/// A named line; nothing for an empty text.
pub(crate) fn line(page: &mut String, paint: Paint, name: &str, text: &str) {
    if !text.is_empty() {
        let name = paint.dim(&format!("{name:NAME_COLUMN$}"));
        page.push_str(&format!("  {name}{text}\n"));
    }
}

/// What each kind of policy answered.
pub(crate) fn steps(page: &mut String, paint: Paint, decision: &Value) {
    for step in list(decision, "Steps") {
        let effect = match text(step, "Effect").as_str() {
            "Allow" => paint.green("allows"),
            "ExplicitDeny" => paint.red("denies"),
            _ => paint.yellow("is silent"),
        };
        let kind = kind(&text(step, "PolicyType"));
        line(page, paint, "asked", &format!("{kind} of account {} {effect}", text(step, "AccountId")));
        line(page, paint, "", &text(step, "Message"));
        for statement in list(step, "Statements") {
            line(page, paint, "", &paint.dim(&text(statement, "Text")));
        }
        for miss in list(step, "NearMisses") {
            line(page, paint, "nearly", &text(miss, "Message"));
            let statement = miss.get("Statement").unwrap_or(&Value::Null);
            line(page, paint, "", &paint.dim(&text(statement, "Text")));
        }
    }
    line(page, paint, "fix", &text(decision, "Fix"));
}

/// A kind of policy in words.
pub(crate) fn kind(policy_type: &str) -> String {
    match policy_type {
        "AccountLevelIdentityBasedPolicy" => "policies in the scope of the account,",
        "ResourceGroupLevelIdentityBasedPolicy" => "policies in the scope of the resource group,",
        "SessionPolicy" => "the session policy",
        "AssumeRolePolicy" => "the trust policy",
        "ControlPolicy" => "control policies",
        other => other,
    }
    .to_owned()
}
