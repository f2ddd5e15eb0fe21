//! The visual editor: a trust policy as fields. What is left empty is left out, so one row is always free.

use maud::{Markup, html};

use super::document::{Condition, MOST_STATEMENTS, Principal, Statement, Trust};
use crate::pairs::Pairs;
use crate::text::Text;
use crate::text::shell::DELETE;
use crate::text::trust::*;
use crate::visit::Visit;

const KINDS: [(&str, Text); 5] = [
    ("account", KIND_ACCOUNT),
    ("user", KIND_USER),
    ("role", KIND_ROLE),
    ("Service", KIND_SERVICE),
    ("Federated", KIND_PROVIDER),
];
const OPERATORS: [&str; 10] = [
    "StringEquals",
    "StringNotEquals",
    "StringLike",
    "StringEqualsIgnoreCase",
    "Bool",
    "IpAddress",
    "NotIpAddress",
    "DateLessThan",
    "DateGreaterThan",
    "NumericLessThan",
];
const KEYS: [&str; 9] = [
    "sts:ExternalId",
    "sts:SourceIdentity",
    "acs:MFAPresent",
    "acs:CurrentTime",
    "acs:SourceIp",
    "acs:SecureTransport",
    "oidc:iss",
    "oidc:aud",
    "oidc:sub",
];

/// The fields of a trust policy.
pub(super) fn fields(visit: &Visit<'_>, trust: &Trust) -> Markup {
    let is_many = trust.statements.len() > 1;
    html! {
        datalist id="condition-keys" { @for key in KEYS { option value=(key) {} } }
        @for (at, statement) in trust.statements.iter().enumerate() {
            (statement_fields(visit, at, statement, is_many))
        }
        @if trust.statements.len() < MOST_STATEMENTS {
            div.actions { button.button.small name="do" value="add" formnovalidate { (visit.say(ADD_STATEMENT)) } }
        }
    }
}

fn statement_fields(visit: &Visit<'_>, at: usize, statement: &Statement, is_many: bool) -> Markup {
    let number = (at + 1).to_string();
    let effect = if statement.denies { "Deny" } else { "Allow" };
    html! {
        fieldset.statement {
            legend { (visit.fill(STATEMENT, &[&number])) }
            input type="hidden" name="statement" value=(at);
            div.statement-head {
                select name=(format!("effect-{at}")) aria-label=(visit.fill(EFFECT_OF, &[&number])) {
                    @for (value, label) in [("Allow", ALLOW), ("Deny", DENY)] {
                        option value=(value) selected[value == effect] { (visit.say(label)) }
                    }
                }
                @if is_many { button.quiet.danger name="do" value=(format!("drop-{at}")) formnovalidate { (visit.say(DELETE)) } }
            }
            h3 { (visit.say(PRINCIPALS)) }
            div.rows {
                @for principal in statement.principals.iter().map(Some).chain([None]) {
                    (principal_row(visit, at, principal))
                }
            }
            p.hint { (visit.say(PRINCIPALS_HINT)) }
            h3 { (visit.say(CONDITIONS)) }
            div.rows {
                @for condition in statement.conditions.iter().map(Some).chain([None]) {
                    (condition_row(visit, at, condition))
                }
            }
            p.hint { (visit.say(CONDITIONS_HINT)) }
            div.actions { button.button.small name="do" value="more" formnovalidate { (visit.say(MORE_ROWS)) } }
        }
    }
}

fn principal_row(visit: &Visit<'_>, at: usize, principal: Option<&Principal>) -> Markup {
    let (kind, account, name) = principal.map(parts).unwrap_or(("account", "", ""));
    html! {
        div.principal-row {
            select name=(format!("kind-{at}")) aria-label=(visit.say(KIND)) {
                @for (value, label) in KINDS { option value=(value) selected[value == kind] { (visit.say(label)) } }
            }
            input name=(format!("account-{at}")) value=(account) maxlength="64" placeholder=(visit.say(ACCOUNT))
                aria-label=(visit.say(ACCOUNT)) autocomplete="off" autocapitalize="none" spellcheck="false";
            input name=(format!("name-{at}")) value=(name) maxlength="256" placeholder=(visit.say(NAME))
                aria-label=(visit.say(NAME)) autocomplete="off" autocapitalize="none" spellcheck="false";
        }
    }
}

fn condition_row(visit: &Visit<'_>, at: usize, condition: Option<&Condition>) -> Markup {
    let operator = condition.map_or("StringEquals", |condition| condition.operator.as_str());
    let key = condition.map_or("", |condition| condition.key.as_str());
    let values = condition.map(|condition| condition.values.join("\n")).unwrap_or_default();
    let other = (!OPERATORS.contains(&operator)).then_some(operator);
    html! {
        div.condition-row {
            input name=(format!("key-{at}")) value=(key) maxlength="128" list="condition-keys" placeholder=(visit.say(KEY))
                aria-label=(visit.say(KEY)) autocomplete="off" autocapitalize="none" spellcheck="false";
            select name=(format!("operator-{at}")) aria-label=(visit.say(OPERATOR)) {
                @for value in OPERATORS.into_iter().chain(other) {
                    option value=(value) selected[value == operator] { (value) }
                }
            }
            textarea name=(format!("values-{at}")) rows="1" maxlength="2048" placeholder=(visit.say(VALUES))
                aria-label=(visit.say(VALUES)) spellcheck="false" { (values) }
        }
    }
}

/// What the fields show of a principal: kind, account and name.
fn parts(principal: &Principal) -> (&str, &str, &str) {
    match principal.of_account() {
        Some((account, "root")) => ("account", account, ""),
        Some((account, place)) => match place.split_once('/') {
            Some((kind @ ("user" | "role"), name)) => (kind, account, name),
            _ => ("account", account, ""),
        },
        None => (principal.kind.as_str(), "", principal.name.as_str()),
    }
}

/// The trust policy that the fields hold. Names of accounts are looked up by `number_of`.
pub(super) fn read(form: &Pairs, number_of: impl Fn(&str) -> String) -> Trust {
    let numbers = form.all("statement").take(MOST_STATEMENTS);
    let statements = numbers.map(|at| read_statement(form, at, &number_of));
    Trust { statements: statements.collect(), unshown: None }
}

fn read_statement(form: &Pairs, at: &str, number_of: &impl Fn(&str) -> String) -> Statement {
    let all = |what: &str| form.all(&format!("{what}-{at}")).map(str::trim).collect::<Vec<_>>();
    let (accounts, names) = (all("account"), all("name"));
    let rows = all("kind").into_iter().zip(accounts).zip(names);
    let principals = rows.filter_map(|((kind, account), name)| principal(kind, &number_of(account), name));
    let (operators, values) = (all("operator"), all("values"));
    let rows = all("key").into_iter().zip(operators).zip(values);
    let conditions =
        rows.filter(|((key, _), _)| !key.is_empty()).map(|((key, operator), values)| Condition {
            operator: operator.to_owned(),
            key: key.to_owned(),
            values: values
                .lines()
                .map(str::trim)
                .filter(|value| !value.is_empty())
                .map(str::to_owned)
                .collect(),
        });
    Statement {
        denies: form.get(&format!("effect-{at}")) == "Deny",
        principals: principals.collect(),
        conditions: conditions.collect(),
    }
}

/// Somebody whom a row names; nobody if it is empty.
fn principal(kind: &str, account: &str, name: &str) -> Option<Principal> {
    let of_account = |place: String| Principal::new("RAM", format!("acs:ram::{account}:{place}"));
    match kind {
        "user" | "role" => {
            (!account.is_empty() || !name.is_empty()).then(|| of_account(format!("{kind}/{name}")))
        }
        "Service" | "Federated" => (!name.is_empty()).then(|| Principal::new(kind, name)),
        // A name beside an account means a user of it.
        _ if !name.is_empty() => Some(of_account(format!("user/{name}"))),
        _ => (!account.is_empty()).then(|| of_account("root".to_owned())),
    }
}

/// The accounts that the fields name.
pub(super) fn accounts(form: &Pairs) -> Vec<String> {
    let numbers = form.all("statement").take(MOST_STATEMENTS);
    let accounts =
        numbers.flat_map(|at| form.all(&format!("account-{at}")).map(str::trim).collect::<Vec<_>>());
    accounts.filter(|account| !account.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_become_statements_and_empty_rows_nothing() {
        let form = Pairs::read(
            "statement=0&effect-0=Allow&kind-0=user&account-0=company-b&name-0=alice&kind-0=account&account-0=&name-0=\
             &kind-0=Service&account-0=&name-0=ecs.aliyuncs.com&key-0=acs:SourceIp&operator-0=IpAddress\
             &values-0=10.0.0.0/8%0A192.168.0.1&key-0=&operator-0=Bool&values-0=true\
             &statement=3&effect-3=Deny&kind-3=account&account-3=99999999&name-3=",
        );
        let number_of =
            |name: &str| if name == "company-b" { "12345678".to_owned() } else { name.to_owned() };
        let trust = read(&form, number_of);
        assert_eq!(accounts(&form), ["company-b", "99999999"]);
        let [first, second] = trust.statements.as_slice() else { panic!("{trust:?}") };
        let names: Vec<_> = first.principals.iter().map(|principal| principal.name.as_str()).collect();
        assert_eq!(names, ["acs:ram::12345678:user/alice", "ecs.aliyuncs.com"]);
        assert_eq!(first.conditions.len(), 1);
        assert_eq!(first.conditions[0].values, ["10.0.0.0/8", "192.168.0.1"]);
        assert!(second.denies && second.principals[0].name == "acs:ram::99999999:root");
    }
}
