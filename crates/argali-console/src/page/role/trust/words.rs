//! Trust policies in sentences: who may assume a role, and within which guard rails.

use maud::{Markup, html};

use super::document::{Condition, Principal, Statement, Trust};
use crate::moment::day;
use crate::page::account::Names;
use crate::part::{Weight, notice};
use crate::text::Text;
use crate::text::role::{NOBODY, WHOLE_ACCOUNT};
use crate::text::trust::*;
use crate::visit::Visit;

/// What a guard rail is about: the operator and key, and how it is called.
const RAILS: [(&str, &str, Text); 6] = [
    ("StringEquals", "sts:ExternalId", RAIL_EXTERNAL_ID),
    ("DateLessThan", "acs:CurrentTime", RAIL_UNTIL),
    ("DateGreaterThan", "acs:CurrentTime", RAIL_FROM),
    ("IpAddress", "acs:SourceIp", RAIL_ADDRESS),
    ("StringEquals", "sts:SourceIdentity", RAIL_IDENTITY),
    ("StringLike", "oidc:sub", RAIL_SUBJECT),
];

/// A sentence about one principal.
#[derive(Debug)]
pub(crate) struct Line {
    /// The number of the statement.
    pub(crate) statement: usize,
    /// Whom it is about.
    pub(crate) principal: Principal,
    /// Whether it denies.
    pub(crate) denies: bool,
    /// What must hold, as text: two lines are the same if this and the principal are.
    pub(crate) conditions: String,
    /// The sentence.
    pub(crate) words: Markup,
}

/// The sentences of a trust policy.
pub(crate) fn lines(visit: &Visit<'_>, names: &Names, trust: &Trust) -> Vec<Line> {
    let mut lines = Vec::new();
    for (at, statement) in trust.statements.iter().enumerate() {
        let rails = guard_rails(visit, statement);
        for principal in &statement.principals {
            let sentence = sentence(visit, names, statement.denies, principal);
            lines.push(Line {
                statement: at,
                principal: principal.clone(),
                denies: statement.denies,
                conditions: format!("{:?}", statement.conditions),
                words: html! { (sentence) @for rail in &rails { " " (rail) } },
            });
        }
    }
    lines
}

/// The same as a list, with what to mind.
pub(crate) fn in_words(visit: &Visit<'_>, names: &Names, trust: &Trust) -> Markup {
    let lines = lines(visit, names, trust);
    html! {
        (list_of(visit, &lines, |_| html! {}))
        (warning(visit, trust))
    }
}

/// Sentences as a list, each with what can be done about it.
pub(crate) fn list_of(visit: &Visit<'_>, lines: &[Line], action: impl Fn(&Line) -> Markup) -> Markup {
    html! {
        @if lines.is_empty() { p { (visit.say(NOBODY)) } }
        @else { ul.sentences { @for line in lines { li { span { (line.words) } (action(line)) } } } }
    }
}

/// What to mind about it, each by itself.
pub(crate) fn warning(visit: &Visit<'_>, trust: &Trust) -> Markup {
    let warnings = warnings(visit.account_id(), trust);
    html! {
        @if !warnings.is_empty() {
            (notice(Weight::Warning, &html! { @for text in &warnings { p { (visit.say(*text)) } } }))
        }
    }
}

/// What there is to mind about letting in others than the account `own`.
// SPEC: console, role details: warnings (no external ID, whole account, no MFA).
fn warnings(own: &str, trust: &Trust) -> Vec<Text> {
    let others = |statement: &Statement| {
        let principals = statement.principals.iter().filter_map(Principal::of_account);
        principals
            .filter(|(account, _)| *account != own)
            .map(|(_, place)| place == "root")
            .collect::<Vec<_>>()
    };
    let lets_in: Vec<_> = trust.statements.iter().filter(|statement| !statement.denies).collect();
    let outside = || lets_in.iter().filter(|statement| !others(statement).is_empty());
    let whole = outside().any(|statement| others(statement).contains(&true));
    let no_external_id = outside().any(|statement| !statement.conditions.iter().any(asks_for_external_id));
    let no_mfa = outside().any(|statement| !statement.conditions.iter().any(asks_for_mfa));
    let said = [(whole, WHOLE_ACCOUNT), (no_external_id, NO_EXTERNAL_ID), (no_mfa, NO_MFA)];
    said.into_iter().filter(|(holds, _)| *holds).map(|(_, text)| text).collect()
}

fn asks_for_external_id(condition: &Condition) -> bool {
    condition.key.eq_ignore_ascii_case("sts:ExternalId") && !condition.operator.contains("Not")
}

fn asks_for_mfa(condition: &Condition) -> bool {
    let is_true = |value: &String| value.eq_ignore_ascii_case("true");
    condition.is("Bool", "acs:MFAPresent") && condition.values.iter().all(is_true)
}

/// What must hold, a badge each.
pub(crate) fn guard_rails(visit: &Visit<'_>, statement: &Statement) -> Vec<Markup> {
    statement.conditions.iter().map(|condition| guard_rail(visit, condition)).collect()
}

fn guard_rail(visit: &Visit<'_>, condition: &Condition) -> Markup {
    let values = condition.values.join(", ");
    if asks_for_mfa(condition) {
        return html! { span.badge { (visit.say(RAIL_MFA)) } };
    }
    let rail = RAILS.iter().find(|(operator, key, _)| condition.is(operator, key));
    let shown = match condition.key.as_str() {
        "acs:CurrentTime" => day(&values),
        _ => html! { bdi { (values) } },
    };
    match rail {
        Some((_, _, label)) => html! { span.badge { (visit.phrase(*label, &[shown])) } },
        None => html! {
            span.badge { code { (condition.operator) } " " code { bdi { (condition.key) } } " " bdi { (values) } }
        },
    }
}

/// Until when somebody is trusted, as far as that is the form in which we write it.
pub(crate) fn valid_until(statement: &Statement) -> Option<&str> {
    let mut until =
        statement.conditions.iter().filter(|condition| condition.is("DateLessThan", "acs:CurrentTime"));
    until.next()?.values.first().map(String::as_str)
}

/// What is to be agreed upon, if anything is.
pub(crate) fn external_id(statement: &Statement) -> Option<&str> {
    let mut agreed =
        statement.conditions.iter().filter(|condition| condition.is("StringEquals", "sts:ExternalId"));
    agreed.next()?.values.first().map(String::as_str)
}

/// Who somebody is, without what they may.
pub(crate) fn who(visit: &Visit<'_>, place: &str) -> Markup {
    html! { @if place == "root" { (visit.say(EVERYBODY)) } @else { code { bdi { (place) } } } }
}

fn sentence(visit: &Visit<'_>, names: &Names, denies: bool, principal: &Principal) -> Markup {
    let name = html! { code { bdi { (principal.name) } } };
    let own = visit.account_id();
    let (allowed, denied, values) = match (principal.kind.as_str(), principal.of_account()) {
        ("Service", _) => (SERVICE_MAY, SERVICE_MAY_NOT, vec![name]),
        ("Federated", _) => (PROVIDER_MAY, PROVIDER_MAY_NOT, vec![name]),
        (_, Some((account, "root"))) if account == own => (OWN_MAY, OWN_MAY_NOT, vec![]),
        (_, Some((account, "root"))) => (ACCOUNT_MAY, ACCOUNT_MAY_NOT, vec![names.show(account)]),
        (_, Some((account, place))) => {
            let words = match place.split_once('/') {
                Some(("user", _)) => (USER_MAY, USER_MAY_NOT),
                _ => (ROLE_MAY, ROLE_MAY_NOT),
            };
            let place = place.split_once('/').map_or(place, |(_, name)| name);
            (words.0, words.1, vec![html! { strong { bdi { (place) } } }, names.show(account)])
        }
        (_, None) => (ONE_MAY, ONE_MAY_NOT, vec![name]),
    };
    visit.phrase(if denies { denied } else { allowed }, &values)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each warning stands by itself, for whole accounts and for some of their users and roles.
    #[test]
    fn each_warning_is_given_for_what_it_is_about() {
        let id = Condition::new("StringEquals", "sts:externalid", "secret-42");
        let mfa = Condition::new("Bool", "acs:MFAPresent", "true");
        let not_mfa = Condition::new("Bool", "acs:MFAPresent", "false");
        let no_id = Condition::new("StringNotEquals", "sts:ExternalId", "x");
        let warned = |denies: bool, place: &str, conditions: &[&Condition]| {
            let conditions = conditions.iter().map(|condition| (*condition).clone()).collect();
            let principals = vec![Principal::new("RAM", format!("acs:ram::{place}"))];
            let statements = vec![Statement { denies, principals, conditions }];
            warnings("11223344", &Trust { statements, unshown: None })
        };
        let all = [WHOLE_ACCOUNT, NO_EXTERNAL_ID, NO_MFA];
        assert_eq!(warned(false, "12345678:root", &[]), all);
        assert_eq!(warned(false, "12345678:root", &[&id, &mfa]), [WHOLE_ACCOUNT], "even with guard rails");
        assert_eq!(warned(false, "12345678:root", &[&no_id, &not_mfa]), all, "these ask for nothing");
        for place in ["user/alice", "role/ops"] {
            let place = format!("12345678:{place}");
            assert_eq!(warned(false, &place, &[]), [NO_EXTERNAL_ID, NO_MFA]);
            assert_eq!(warned(false, &place, &[&id]), [NO_MFA]);
            assert_eq!(warned(false, &place, &[&mfa]), [NO_EXTERNAL_ID]);
            assert_eq!(warned(false, &place, &[&id, &mfa]), []);
        }
        assert_eq!(warned(false, "11223344:root", &[]), [], "an account's own");
        assert_eq!(warned(true, "12345678:root", &[]), [], "whoever is kept out");
    }
}
