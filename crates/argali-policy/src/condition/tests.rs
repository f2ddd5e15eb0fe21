//! Every operator, against present, absent, several and unreadable values.

use super::*;

/// Whether `operator` holds for a key that has `values` in the request and `listed` in the policy.
fn holds(operator: &str, listed: &[&str], values: &[&str]) -> bool {
    let listed: Vec<Cow<'_, str>> = listed.iter().map(|value| Cow::Borrowed(*value)).collect();
    let condition = Condition::new(Operator::named(operator).unwrap(), "acs:Key", &listed).unwrap();
    let mut context = Context::new();
    for value in values {
        context.add("ACS:key", *value);
    }
    condition.holds(&context)
}

#[test]
fn values_of_another_type_are_refused() {
    let cases = [
        ("NumericEquals", "ten"),
        ("NumericLessThan", ""),
        ("DateEquals", "yesterday"),
        ("DateNotEquals", "2026-13-01"),
        ("Bool", "yes"),
        ("Bool", ""),
        ("IpAddress", "10.0.0.0/99"),
        ("NotIpAddress", "10.0.0.*"),
    ];
    for (operator, value) in cases {
        let values = [Cow::Borrowed(value)];
        let error = Condition::new(Operator::named(operator).unwrap(), "k", &values).unwrap_err();
        assert_eq!(error.1, value);
    }
}

#[test]
fn operators_are_spelled_exactly() {
    for name in
        ["stringequals", "Null", "BoolIfExists", "ForAnyValue:StringEquals", "ArnLike", "BinaryEquals", ""]
    {
        assert!(Operator::named(name).is_none(), "{name}");
    }
    assert_eq!(Operator::similar("ipaddress"), Some("IpAddress"));
    assert!(OPERATORS.iter().all(|operator| Operator::named(operator.name).is_some()));
}

#[test]
fn an_absent_key_fails_positive_and_meets_negated_operators() {
    let value = |operator: &Operator| match operator.test {
        Test::Number(_) => "1",
        Test::Date(_) => "2026-01-01",
        Test::Bool => "false",
        Test::Address => "0.0.0.0/0",
        Test::Equals | Test::EqualsIgnoreCase | Test::Like => "",
    };
    for operator in &OPERATORS {
        assert_eq!(holds(operator.name, &[value(operator)], &[]), operator.negated, "{}", operator.name);
    }
}

#[test]
fn each_operator_compares_as_it_says() {
    let cases: &[(&str, &[&str], &[&str], bool)] = &[
        ("StringEquals", &["de*"], &["dev"], false),
        ("StringEquals", &["dev", "ops"], &["ops"], true),
        ("StringEquals", &["dev"], &["Dev"], false),
        ("StringEquals", &[""], &[""], true),
        ("StringEquals", &["a"], &["b", "a"], true),
        ("StringNotEquals", &["a"], &["b", "a"], false),
        ("StringNotEquals", &["a", "b"], &["c"], true),
        ("StringEqualsIgnoreCase", &["USER"], &["user"], true),
        ("StringEqualsIgnoreCase", &["ÄÖ"], &["äö"], true),
        ("StringEqualsIgnoreCase", &["a"], &["ab"], false),
        ("StringNotEqualsIgnoreCase", &["system", "root"], &["Root"], false),
        ("StringLike", &["hz/*"], &["hz/"], true),
        ("StringLike", &["hz/*"], &["Hz/"], false),
        ("StringLike", &[""], &["x"], false),
        ("StringNotLike", &["vpc-*"], &["vpc-1"], false),
        ("NumericEquals", &["10"], &["10.0"], true),
        ("NumericEquals", &["10"], &["ten"], false),
        ("NumericNotEquals", &["10"], &["ten"], true),
        ("NumericNotEquals", &["10", "11"], &["11.00"], false),
        ("NumericLessThan", &["100"], &["99"], true),
        ("NumericLessThan", &["100"], &["100"], false),
        ("NumericLessThanEquals", &["100"], &["100"], true),
        ("NumericGreaterThan", &["10"], &["9"], false),
        ("NumericGreaterThan", &["10"], &["10.01"], true),
        ("NumericGreaterThanEquals", &["-1"], &["-1"], true),
        ("NumericGreaterThanEquals", &["5", "50"], &["7"], true),
        ("DateEquals", &["2026-01-01T08:00:00+08:00"], &["2026-01-01T00:00:00Z"], true),
        ("DateNotEquals", &["2026-01-01"], &["2026-01-01T00:00:00Z"], false),
        ("DateNotEquals", &["2026-01-01"], &["soon"], true),
        ("DateLessThan", &["2026-01-01"], &["2025-12-31T23:59:59Z"], true),
        ("DateLessThan", &["2026-01-01"], &["soon"], false),
        ("DateLessThanEquals", &["2026-01-01"], &["2026-01-01T00:00:00.5Z"], false),
        ("DateGreaterThan", &["2026-01-01"], &["2026-01-01T00:00:00.5Z"], true),
        ("DateGreaterThanEquals", &["2026-01-01"], &["2026-01-01"], true),
        ("Bool", &["true"], &["TRUE"], true),
        ("Bool", &["False"], &["false"], true),
        ("Bool", &["true"], &["1"], false),
        ("Bool", &["true", "false"], &["true"], true),
        ("IpAddress", &["192.168.0.0/16", "172.16.1.2"], &["172.16.1.2"], true),
        ("IpAddress", &["0.0.0.0/0"], &["nowhere"], false),
        ("NotIpAddress", &["10.0.0.0/8", "192.0.2.0/24"], &["192.0.2.9"], false),
        ("NotIpAddress", &["10.0.0.0/8"], &["::1"], true),
        ("NotIpAddress", &["10.0.0.0/8"], &["nowhere"], true),
    ];
    for (operator, listed, values, expected) in cases {
        assert_eq!(holds(operator, listed, values), *expected, "{operator} {listed:?} on {values:?}");
    }
}

#[test]
fn a_condition_on_the_time_knows_when_it_changes() {
    let condition = |operator: &str, dates: &[&str]| {
        let dates: Vec<Cow<'_, str>> = dates.iter().map(|date| Cow::Borrowed(*date)).collect();
        Condition::new(Operator::named(operator).unwrap(), "ACS:currenttime", &dates).unwrap()
    };
    let at = |now: &'static str| {
        let mut context = Context::new();
        context.set("acs:CurrentTime", now);
        context
    };
    let two = condition("DateLessThan", &["1970-01-01T00:00:20Z", "1970-01-01T00:00:10Z"]);
    assert!(two.reads_time());
    assert_eq!(two.next_change_ms(&at("1970-01-01T00:00:05Z")), 10_000);
    assert_eq!(two.next_change_ms(&at("1970-01-01T00:00:10Z")), 10_000);
    assert_eq!(two.next_change_ms(&at("1970-01-01T00:00:15Z")), 20_000);
    assert_eq!(two.next_change_ms(&at("1970-01-01T00:00:25Z")), i64::MAX);
    assert_eq!(condition("StringLike", &["1970*"]).next_change_ms(&at("1970-01-01T00:00:05Z")), i64::MIN);
    assert_eq!(two.next_change_ms(&at("now")), i64::MIN);
}
