//! Why something is allowed or not: what was checked, in order, and what would help. What is shown is the viewer's
//! half, as the operations answer it.
// SPEC: console, test access and two-sided privacy.

use maud::{Markup, html};
use serde_json::Value;

use super::grant::{self, Kind};
use super::{policy, role};
use crate::api::{items, text, texts};
use crate::icon::{self, Icon, icon};
use crate::need::{needing, open};
use crate::part::{copyable, indented};
use crate::text::Text;
use crate::text::check::*;
use crate::visit::Visit;

/// What stands in the way whatever the policies say, in place of a kind of policies.
const GATE: &str = "Gate";

/// What was checked, in order.
pub(super) fn checks(visit: &Visit<'_>, answer: &Value) -> Markup {
    listed(visit, answer, false)
}

/// The same of an answer for which gates were asked, too.
pub(super) fn checks_and_gates(visit: &Visit<'_>, answer: &Value) -> Markup {
    listed(visit, answer, true)
}

fn listed(visit: &Visit<'_>, answer: &Value, is_last_word: bool) -> Markup {
    html! {
        section.card.stack {
            h2 { (visit.say(CHECKS)) }
            p.muted { (visit.say(CHECKS_LEDE)) }
            (steps(visit, answer))
            @if is_last_word && !items(answer, "Steps").any(|step| text(step, "PolicyType") == GATE) {
                p.hint { (visit.say(NO_GATE)) }
            }
        }
    }
}

/// The same without a card.
pub(super) fn steps(visit: &Visit<'_>, answer: &Value) -> Markup {
    html! { ol.checks { @for step in items(answer, "Steps") { (check(visit, step)) } } }
}

fn check(visit: &Visit<'_>, step: &Value) -> Markup {
    let (class, picture, word) = verdict(text(step, "Effect"));
    let is_own = text(step, "AccountId") == visit.account_id() || text(step, "PolicyType") == GATE;
    html! {
        li {
            span class=(format!("verdict {class}")) { (icon(picture)) }
            div {
                h3 {
                    (visit.say(if is_own { kind(text(step, "PolicyType")) } else { OTHER_SIDE })) " "
                    span class=(format!("badge {class}")) { (visit.say(word)) }
                }
                p { (reason(visit, step)) }
                @for statement in items(step, "Statements") { (document(visit, statement)) }
                (near_misses(visit, step))
            }
        }
    }
}

/// How an effect looks: its class, its picture, its word.
pub(super) fn verdict(effect: &str) -> (&'static str, &'static Icon, Text) {
    match effect {
        "Allow" => ("success", icon::LuCheck, ALLOWED),
        "ExplicitDeny" => ("danger", icon::LuX, DENIED),
        _ => ("warning", icon::LuMinus, NOT_ALLOWED),
    }
}

/// What a kind of policies is called.
pub(super) fn kind(policy_type: &str) -> Text {
    match policy_type {
        "ControlPolicy" => CONTROL,
        "SessionPolicy" => SESSION,
        "ResourceGroupLevelIdentityBasedPolicy" => GROUP_SCOPE,
        "AssumeRolePolicy" => TRUST,
        "ResourceBasedPolicy" => BUCKET,
        GATE => GATES,
        _ => ACCOUNT_SCOPE,
    }
}

/// What a step answered, in a sentence.
pub(super) fn reason(visit: &Visit<'_>, step: &Value) -> Markup {
    let (account, effect) = (text(step, "AccountId"), text(step, "Effect"));
    if text(step, "PolicyType") == GATE {
        let sentence = match effect {
            "Allow" => GATE_OPEN,
            _ if account == visit.account_id() => GATE_CLOSED,
            _ => ACCOUNT_GONE,
        };
        return visit.phrase(sentence, &[html! { code { (account) } }]);
    }
    if account != visit.account_id() {
        let sentence = if effect == "Allow" { OTHER_ALLOWS } else { OTHER_NOT };
        return visit.phrase(sentence, &[html! { code { (account) } }]);
    }
    match items(step, "Statements").next() {
        Some(first) if effect == "Allow" => visit.phrase(ALLOWS_IT, &[place(visit, first)]),
        Some(first) => visit.phrase(DENIES_IT, &[place(visit, first)]),
        None if text(step, "PolicyType") == "AssumeRolePolicy" => html! { (visit.say(TRUST_NOT)) },
        None => html! { (visit.say(NOTHING_ALLOWS)) },
    }
}

/// Where a statement stands, with a link to its policy.
pub(super) fn place(visit: &Visit<'_>, statement: &Value) -> Markup {
    let number = statement.get("StatementIndex").and_then(Value::as_u64).unwrap_or_default() + 1;
    let (name, policy_type) = (text(statement, "PolicyName"), text(statement, "PolicyType"));
    let link = || html! { a href=(visit.to(&policy::path_of(policy_type, name))) { (name) } };
    let of = match policy_type {
        "System" => visit.phrase(OF_SYSTEM, &[link()]),
        "Custom" => visit.phrase(OF_CUSTOM, &[link()]),
        _ if name == "the session policy" => html! { (visit.say(OF_SESSION)) },
        _ => html! { (visit.say(OF_TRUST)) },
    };
    let group = text(statement, "AttachedEntityName");
    html! {
        (visit.phrase(PLACE, &[html! { (number) }, of]))
        @if !group.is_empty() { (visit.phrase(THROUGH_GROUP, &[html! { bdi { (group) } }])) }
    }
}

fn document(visit: &Visit<'_>, statement: &Value) -> Markup {
    let document = text(statement, "Text");
    html! {
        @if !document.is_empty() {
            details {
                summary { (icon(icon::LuChevronRight)) (visit.say(STATEMENT)) }
                pre tabindex="0" { code { (indented(document)) } }
            }
        }
    }
}

fn near_misses(visit: &Visit<'_>, step: &Value) -> Markup {
    let misses: Vec<&Value> = items(step, "NearMisses").collect();
    html! {
        @if !misses.is_empty() {
            h4 { (visit.say(NEAR_MISSES)) }
            ul.misses {
                @for miss in misses {
                    li {
                        (near_miss(visit, miss))
                        (document(visit, miss.get("Statement").unwrap_or(&Value::Null)))
                    }
                }
            }
        }
    }
}

fn near_miss(visit: &Visit<'_>, miss: &Value) -> Markup {
    let place = place(visit, miss.get("Statement").unwrap_or(&Value::Null));
    let listed = codes(&texts(miss, "Expected"));
    match text(miss, "Element") {
        "Action" | "NotAction" => visit.phrase(BUT_ACTION, &[place, listed]),
        "Resource" | "NotResource" => visit.phrase(BUT_RESOURCE, &[place, listed]),
        "Principal" => visit.phrase(BUT_PRINCIPAL, &[place, listed]),
        _ => {
            let keys: Vec<&str> =
                items(miss, "Conditions").map(|unmet| text(unmet, "ConditionKey")).collect();
            html! {
                (visit.phrase(BUT_CONDITION, &[place, codes(&keys)]))
                ul { @for unmet in items(miss, "Conditions") { li.muted { (condition(visit, unmet)) } } }
            }
        }
    }
}

fn condition(visit: &Visit<'_>, unmet: &Value) -> Markup {
    let actual = texts(unmet, "Actual");
    let actual = if actual.is_empty() {
        html! { (visit.say(NO_VALUE)) }
    } else {
        codes(&actual)
    };
    let name = format!("{} {}", text(unmet, "Operator"), text(unmet, "ConditionKey"));
    visit.phrase(CONDITION_WANTS, &[html! { code { (name) } }, codes(&texts(unmet, "Expected")), actual])
}

/// Texts as code, with commas between.
pub(super) fn codes(texts: &[&str]) -> Markup {
    html! { @for (at, text) in texts.iter().enumerate() { @if at > 0 { ", " } code { bdi { (text) } } } }
}

/// What would help, with the pages where it is done. `question` says for whom and what; `answer` holds the steps.
pub(super) fn fix(visit: &Visit<'_>, answer: &Value, question: &Question<'_>) -> Markup {
    html! {
        @if let Some(sentence) = help(visit, answer) {
            section.card.stack {
                h2 { (visit.say(FIX)) }
                p { (sentence) }
                div.actions { (places(visit, answer, question)) }
            }
        }
    }
}

/// What would help, in a sentence.
pub(super) fn help(visit: &Visit<'_>, answer: &Value) -> Option<Markup> {
    let policies = texts(answer, "FixPolicies");
    Some(match text(answer, "FixKind") {
        "" => return None,
        "Attach" if !policies.is_empty() => visit.phrase(FIX_ATTACH_THESE, &[codes(&policies)]),
        "MoveToGroup" => visit.phrase(FIX_GROUP, &[codes(&texts(answer, "FixResourceGroups"))]),
        kind => html! { (visit.say(what_helps(kind))) },
    })
}

fn what_helps(kind: &str) -> Text {
    match kind {
        "Attach" => FIX_ATTACH,
        "NarrowDeny" => FIX_NARROW,
        "MeetCondition" => FIX_CONDITION,
        "WidenStatement" => FIX_WIDEN,
        "NameInTrust" => FIX_TRUST,
        "WidenSession" => FIX_SESSION,
        "AskOwner" => FIX_OWNER,
        "CallAsAnother" => FIX_ANOTHER,
        "OpenGate" => FIX_GATE,
        "TrustAnother" => FIX_OTHER_ACCOUNT,
        _ => FIX_ELSEWHERE,
    }
}

/// What was asked.
#[derive(Clone, Copy, Debug)]
pub(super) struct Question<'a> {
    /// Whoever asks, by ARN.
    pub(super) arn: &'a str,
    /// On what.
    pub(super) resource: &'a str,
}

/// Where it is done.
fn places(visit: &Visit<'_>, answer: &Value, question: &Question<'_>) -> Markup {
    let grantee = grantee(question.arn, visit.account_id());
    let own_role = role_of(question.resource, visit.account_id());
    // The statement that denied it, or that came nearest, of the step that ended it.
    let step = items(answer, "Steps").last().unwrap_or(&Value::Null);
    let nearest = || items(step, "NearMisses").next().and_then(|miss| miss.get("Statement"));
    let statement = items(step, "Statements").next().or_else(nearest).unwrap_or(&Value::Null);
    let name = text(statement, "PolicyName");
    html! {
        @match text(answer, "FixKind") {
            "Attach" | "MoveToGroup" => {
                @if let Some((kind, name)) = &grantee {
                    @for policy in texts(answer, "FixPolicies") {
                        (needing(visit, grant::need_of(*kind, name, policy), &html! {
                            a.button.main href=(visit.to(&grant::path_with(*kind, name, policy))) {
                                (visit.fill(FIX_GRANT_THIS, &[policy]))
                            }
                        }))
                    }
                    (grant::link(visit, *kind, name, "button"))
                }
            },
            "NarrowDeny" | "MeetCondition" | "WidenStatement" if text(statement, "PolicyType") == "Custom" => {
                a.button.main href=(visit.to(&policy::path_of("Custom", name))) { (visit.fill(FIX_EDIT, &[name])) }
            },
            _ => {
                @if text(step, "PolicyType") == "AssumeRolePolicy" && let Some(role) = own_role {
                    a.button.main href=(visit.to(&format!("{}?tab=trust", role::path_of(role)))) { (visit.say(FIX_EDIT_TRUST)) }
                }
            },
        }
    }
}

/// The ways to the form that grants what a call lacked, of which `Why` told: to its caller, with a policy that would do.
/// Nothing for viewers who may not grant that, and where granting would not help.
pub(crate) fn ways_to_grant(visit: &Visit<'_>, why: &Value) -> Vec<Markup> {
    let part = |name: &str| why.get(name).unwrap_or(&Value::Null);
    let now = part("Now");
    let grantee = grantee(text(part("Caller"), "Arn"), visit.account_id());
    let Some((kind, name)) = grantee.filter(|_| matches!(text(now, "FixKind"), "Attach" | "MoveToGroup"))
    else {
        return Vec::new();
    };
    let policies = texts(now, "FixPolicies");
    if policies.is_empty() {
        let is_open = open(visit, vec![grant::need(kind)]) == [true];
        let way = html! { a href=(visit.to(&grant::path_to(kind, &name))) { (visit.say(FIX_GRANT)) } };
        return if is_open { vec![way] } else { Vec::new() };
    }
    let needs = policies.iter().map(|policy| grant::need_of(kind, &name, policy)).collect();
    let open = policies.iter().zip(open(visit, needs)).filter(|(_, is_open)| *is_open);
    let way = |policy: &str| {
        html! {
            a href=(visit.to(&grant::path_with(kind, &name, policy))) { (visit.fill(FIX_GRANT_THIS, &[policy])) }
        }
    };
    open.map(|(policy, _)| way(policy)).collect()
}

/// The user or role of the account that an ARN names, to whom something can be granted.
fn grantee(arn: &str, account: &str) -> Option<(Kind, String)> {
    let relative = arn.strip_prefix("acs:ram::")?.strip_prefix(account)?.strip_prefix(':')?;
    let mut parts = relative.split('/');
    match (parts.next()?, parts.next()?) {
        ("user", name) => Some((Kind::User, name.to_owned())),
        ("assumed-role" | "role", name) => Some((Kind::Role, name.to_owned())),
        _ => None,
    }
}

/// The role of the account that an ARN names.
fn role_of<'a>(arn: &'a str, account: &str) -> Option<&'a str> {
    let relative = arn.strip_prefix("acs:ram:")?.split_once(&format!(":{account}:role/"));
    relative.map(|(_, name)| name)
}

/// A command that can be copied.
pub(super) fn command(visit: &Visit<'_>, words: &[&str]) -> Markup {
    let quoted: Vec<String> = words.iter().map(|word| quoted(word)).collect();
    html! {
        section.card.stack {
            h2 { (visit.say(COMMAND)) }
            p { (copyable(visit, &format!("argali {}", quoted.join(" ")))) }
        }
    }
}

/// A word as shells read it.
fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-._:/@=,+".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_one_word_a_part_whatever_it_holds() {
        for (word, expected) in [
            ("ecs:StopInstance", "ecs:StopInstance"),
            ("*", "'*'"),
            ("a b", "'a b'"),
            ("it's $(x)", "'it'\\''s $(x)'"),
            ("", "''"),
        ] {
            assert_eq!(quoted(word), expected);
        }
    }

    #[test]
    fn only_identities_of_the_own_account_can_be_granted_anything() {
        let granted = |arn: &str| grantee(arn, "11223344");
        assert_eq!(granted("acs:ram::11223344:user/alice"), Some((Kind::User, "alice".to_owned())));
        assert_eq!(granted("acs:ram::11223344:assumed-role/ops/x"), Some((Kind::Role, "ops".to_owned())));
        for arn in ["acs:ram::12345678:user/alice", "acs:ram::11223344:root", "", "acs:ram::112233445:user/a"]
        {
            assert_eq!(granted(arn), None, "{arn}");
        }
        assert_eq!(role_of("acs:ram:*:11223344:role/ops", "11223344"), Some("ops"));
        assert_eq!(role_of("acs:ram::12345678:role/ops", "11223344"), None);
    }
}
