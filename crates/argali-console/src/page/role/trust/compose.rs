//! The trust policy that a form describes: which account, who of it, and within which guard rails.
// SPEC: console, create role, guard rails; delegations, new delegation.

use maud::{Markup, html};

use super::document::{Condition, Principal, Statement, Trust};
use crate::pairs::Pairs;
use crate::part::{Field, Fields, tick};
use crate::text::role::{EXTERNAL_ID, EXTERNAL_ID_HINT, GUARD_RAILS, MFA, ONLY, ONLY_HINT};
use crate::text::trust::{GENERATE, VALID_UNTIL, VALID_UNTIL_HINT};
use crate::visit::Visit;

/// What asks for a new external ID instead of going on.
pub(crate) const GENERATED: &str = "generate";

/// The fields of the guard rails. `external_id` is one that was just made up.
pub(crate) fn guard_rail_fields(visit: &Visit<'_>, fields: &Fields<'_>) -> Markup {
    html! {
        h2 { (visit.say(GUARD_RAILS)) }
        (fields.show(Field::text("only", ONLY).longest(400).hint(ONLY_HINT)))
        div.with-button {
            (fields.show(Field::text("external", EXTERNAL_ID).longest(200).hint(EXTERNAL_ID_HINT)))
            button.button name="do" value=(GENERATED) formnovalidate { (visit.say(GENERATE)) }
        }
        (tick(visit, ("mfa", MFA), !fields.value("mfa").is_empty(), None))
        (fields.show(Field::text("until", VALID_UNTIL).longest(10).hint(VALID_UNTIL_HINT).kind("date", "off")))
    }
}

/// What was entered, with a new external ID if one is asked for.
pub(crate) fn entered(visit: &Visit<'_>, pairs: &Pairs) -> Pairs {
    if pairs.get("do") != GENERATED {
        return pairs.clone();
    }
    Pairs::read(&pairs.with("external", &visit.random()))
}

/// The trust policy in which an account is let in.
pub(crate) fn of_account(account: &str, pairs: &Pairs) -> Trust {
    let only: Vec<&str> =
        pairs.get("only").split([',', ';', ' ', '\n']).filter(|one| !one.is_empty()).collect();
    let place = |one: &str| if one.contains('/') { one.to_owned() } else { format!("user/{one}") };
    let places =
        if only.is_empty() { vec!["root".to_owned()] } else { only.into_iter().map(place).collect() };
    let principals =
        places.into_iter().map(|place| Principal::new("RAM", format!("acs:ram::{account}:{place}")));
    of(principals.collect(), pairs)
}

/// The trust policy in which somebody is let in, within the guard rails of the form.
pub(crate) fn of(principals: Vec<Principal>, pairs: &Pairs) -> Trust {
    let external_id = pairs.filled("external").map(|id| Condition::new("StringEquals", "sts:ExternalId", id));
    let mfa = pairs.is_ticked("mfa").then(|| Condition::new("Bool", "acs:MFAPresent", "true"));
    // The whole day counts.
    let until = pairs.filled("until").map(|day| format!("{day}T23:59:59Z"));
    let until = until.map(|until| Condition::new("DateLessThan", "acs:CurrentTime", &until));
    let conditions = [external_id, mfa, until].into_iter().flatten().collect();
    Trust { statements: vec![Statement { denies: false, principals, conditions }], unshown: None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guard_rails_become_conditions() {
        let pairs = Pairs::read("only=alice%2C+role%2Fops&external=secret-42&mfa=true&until=2026-12-31");
        let trust = of_account("12345678", &pairs);
        let statement = &trust.statements[0];
        let names: Vec<_> = statement.principals.iter().map(|principal| principal.name.as_str()).collect();
        assert_eq!(names, ["acs:ram::12345678:user/alice", "acs:ram::12345678:role/ops"]);
        let keys: Vec<_> = statement.conditions.iter().map(|condition| condition.key.as_str()).collect();
        assert_eq!(keys, ["sts:ExternalId", "acs:MFAPresent", "acs:CurrentTime"]);
        assert_eq!(statement.conditions[2].values, ["2026-12-31T23:59:59Z"]);
        let open = of_account("12345678", &Pairs::default());
        assert_eq!(open.statements[0].principals[0].name, "acs:ram::12345678:root");
        assert!(open.statements[0].conditions.is_empty());
    }
}
