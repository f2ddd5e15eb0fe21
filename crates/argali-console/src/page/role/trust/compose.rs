//! The trust policy that a form describes: which account, who of it, and within which guard rails.
// SPEC: console, create role, guard rails; delegations, new delegation.

use maud::{Markup, html};

use super::document::{Condition, Principal, Statement, Trust};
use crate::page::grant::{Kind, Principal as Chosen};
use crate::page::picker::Picker;
use crate::pairs::Pairs;
use crate::part::{Field, Fields, tick};
use crate::text::role::{EXTERNAL_ID, EXTERNAL_ID_HINT, GUARD_RAILS, MFA, ONLY, ONLY_HINT};
use crate::text::trust::{GENERATE, VALID_UNTIL, VALID_UNTIL_HINT};
use crate::visit::Visit;

/// What asks for a new external ID instead of going on.
pub(crate) const GENERATED: &str = "generate";

/// Who of another account is meant: names only, as nobody here may look up those of others.
pub(crate) const ONLY_OF_OTHER: Field = Field::text("only", ONLY).longest(400).hint(ONLY_HINT);
/// Who of the own account is meant.
pub(crate) const ONLY_OF_OWN: Picker =
    Picker { field: "own", boxes: "principal", label: ONLY, kinds: &[Kind::User, Kind::Role], at_first: 5 };

/// The fields of the guard rails that hold for whomever is trusted.
pub(crate) fn guard_rail_fields(visit: &Visit<'_>, fields: &Fields<'_>) -> Markup {
    html! {
        h2 { (visit.say(GUARD_RAILS)) }
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

/// The trust policy in which another account is let in, or those of it who are named.
pub(crate) fn of_other(account: &str, pairs: &Pairs) -> Trust {
    let only = pairs.get("only").split([',', ';', ' ', '\n']).filter(|one| !one.is_empty());
    let place = |one: &str| if one.contains('/') { one.to_owned() } else { format!("user/{one}") };
    of_places(account, only.map(place).collect(), pairs)
}

/// The trust policy in which the own account is let in, or those of it who are chosen.
pub(crate) fn of_own(account: &str, pairs: &Pairs) -> Trust {
    let place = |one: Chosen| format!("{}/{}", one.kind.word().to_lowercase(), one.name);
    of_places(account, ONLY_OF_OWN.chosen(pairs).into_iter().map(place).collect(), pairs)
}

/// The trust policy in which these of an account are let in; all of it, if they are none.
fn of_places(account: &str, mut places: Vec<String>, pairs: &Pairs) -> Trust {
    if places.is_empty() {
        places.push("root".to_owned());
    }
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
        let trust = of_other("12345678", &pairs);
        let statement = &trust.statements[0];
        let names: Vec<_> = statement.principals.iter().map(|principal| principal.name.as_str()).collect();
        assert_eq!(names, ["acs:ram::12345678:user/alice", "acs:ram::12345678:role/ops"]);
        let keys: Vec<_> = statement.conditions.iter().map(|condition| condition.key.as_str()).collect();
        assert_eq!(keys, ["sts:ExternalId", "acs:MFAPresent", "acs:CurrentTime"]);
        assert_eq!(statement.conditions[2].values, ["2026-12-31T23:59:59Z"]);
        let open = of_other("12345678", &Pairs::default());
        assert_eq!(open.statements[0].principals[0].name, "acs:ram::12345678:root");
        assert!(open.statements[0].conditions.is_empty());
    }

    #[test]
    fn of_the_own_account_those_are_let_in_who_are_chosen() {
        let names = |pairs: &str| {
            let trust = of_own("11223344", &Pairs::read(pairs));
            trust.statements[0].principals.iter().map(|principal| principal.name.clone()).collect::<Vec<_>>()
        };
        // What was written for another account is none of ours.
        assert_eq!(
            names("principal=User%2Falice&principal=Role%2Fops&only=bob"),
            ["acs:ram::11223344:user/alice", "acs:ram::11223344:role/ops"]
        );
        assert_eq!(names("only=bob"), ["acs:ram::11223344:root"]);
    }
}
