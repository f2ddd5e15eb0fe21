//! The rules that a new password must keep, ticked while it is typed.
// SPEC: console, log on; create user: rules listed and ticked while typing.

use argali_core::model::PasswordPolicy;
use maud::{Markup, html};
use serde_json::Value;

use crate::api::{IMS, holds, number};
use crate::text::Text;
use crate::text::password::*;
use crate::visit::Visit;

/// Rules that a policy switches on or off, each by the name that the script knows it by.
const KINDS: [(&str, &str, Text); 4] = [
    ("RequireLowercaseCharacters", "lower", LOWER),
    ("RequireUppercaseCharacters", "upper", UPPER),
    ("RequireNumbers", "digit", DIGIT),
    ("RequireSymbols", "symbol", SYMBOL),
];

/// The password policy of the account whose users are looked at, if the viewer may see it.
pub(crate) async fn policy(visit: &Visit<'_>) -> Value {
    let answer = visit.call(IMS, "GetPasswordPolicy", &[]).await.unwrap_or_default();
    answer.get("PasswordPolicy").cloned().unwrap_or_default()
}

/// Whether a password keeps the rules of `policy`, as far as they can be told without what was used before. Where the
/// viewer may not see the policy, whoever carries it out says it.
pub(crate) fn keeps(policy: &Value, password: &str, user: &str) -> bool {
    if policy.is_null() {
        return true;
    }
    let count = |name: &str| u8::try_from(number(policy, name)).unwrap_or_default();
    let rules = PasswordPolicy {
        minimum_length: count("MinimumPasswordLength"),
        minimum_different: count("MinimumPasswordDifferentCharacter"),
        require_lowercase: holds(policy, "RequireLowercaseCharacters"),
        require_uppercase: holds(policy, "RequireUppercaseCharacters"),
        require_numbers: holds(policy, "RequireNumbers"),
        require_symbols: holds(policy, "RequireSymbols"),
        not_user_name: holds(policy, "PasswordNotContainUserName"),
        refuse_common: holds(policy, "InterceptRiskPasswordOnApi"),
        ..PasswordPolicy::default()
    };
    rules.objection(password, user).is_none()
}

/// The rules of `policy` for the field `field`: those that the script can judge are ticked once they are kept. `user` is
/// whose password it is, where that is known.
pub(crate) fn rules(visit: &Visit<'_>, policy: &Value, field: &str, user: &str) -> Markup {
    let of = |name: &str| number(policy, name);
    // What no policy can go below.
    let least = of("MinimumPasswordLength").max(8);
    let (different, latest) = (of("MinimumPasswordDifferentCharacter"), of("PasswordReusePrevention"));
    let rule = |test: &str, words: &str| {
        html! { li data-rule=(test) { span data-mark { "○" } " " (words) } }
    };
    html! {
        ul.plain.hint data-rules=(field) {
            (rule(&format!("length:{least}"), &visit.fill(LENGTH, &[&least.to_string()])))
            @for (name, test, words) in KINDS {
                @if holds(policy, name) { (rule(test, visit.say(words))) }
            }
            @if different > 1 { (rule(&format!("different:{different}"), &visit.fill(DIFFERENT, &[&different.to_string()]))) }
            @if holds(policy, "PasswordNotContainUserName") { (rule(&format!("without:{user}"), visit.say(NOT_USER_NAME))) }
            // Whether it is one of them only the server knows.
            @if latest > 0 { li { "· " (visit.fill(NOT_LATEST, &[&latest.to_string()])) } }
        }
    }
}
