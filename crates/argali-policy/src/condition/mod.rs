//! Conditions: one operator on one key, with its listed values.
// SPEC: policy language, condition.

mod address;
mod date;
mod number;

use std::borrow::Cow;
use std::cmp::Ordering;

pub use address::Network;
use date::Instant;
use number::Number;

use crate::context::{Context, same_key};
use crate::pattern::{Case, Pattern};

/// The key that makes a decision depend on when it is made.
const CURRENT_TIME: &str = "acs:CurrentTime";

/// A row of the table of operators.
#[derive(Debug)]
pub(crate) struct Operator {
    /// As it is written.
    pub(crate) name: &'static str,
    test: Test,
    negated: bool,
}

#[derive(Debug, Clone, Copy)]
enum Test {
    Equals,
    EqualsIgnoreCase,
    Like,
    Number(Comparison),
    Date(Comparison),
    Bool,
    Address,
}

#[derive(Debug, Clone, Copy)]
enum Comparison {
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// All operators there are.
// SPEC: policy language, operators, the whole list: no `IfExists`, `Null` or set qualifiers.
static OPERATORS: [Operator; 21] = {
    use Comparison::{Equal, Greater, GreaterOrEqual, Less, LessOrEqual};
    use Test::{Address, Bool, Date, Equals, EqualsIgnoreCase, Like, Number};
    [
        positive("StringEquals", Equals),
        negated("StringNotEquals", Equals),
        positive("StringEqualsIgnoreCase", EqualsIgnoreCase),
        negated("StringNotEqualsIgnoreCase", EqualsIgnoreCase),
        positive("StringLike", Like),
        negated("StringNotLike", Like),
        positive("NumericEquals", Number(Equal)),
        negated("NumericNotEquals", Number(Equal)),
        positive("NumericLessThan", Number(Less)),
        positive("NumericLessThanEquals", Number(LessOrEqual)),
        positive("NumericGreaterThan", Number(Greater)),
        positive("NumericGreaterThanEquals", Number(GreaterOrEqual)),
        positive("DateEquals", Date(Equal)),
        negated("DateNotEquals", Date(Equal)),
        positive("DateLessThan", Date(Less)),
        positive("DateLessThanEquals", Date(LessOrEqual)),
        positive("DateGreaterThan", Date(Greater)),
        positive("DateGreaterThanEquals", Date(GreaterOrEqual)),
        positive("Bool", Bool),
        positive("IpAddress", Address),
        negated("NotIpAddress", Address),
    ]
};

const fn positive(name: &'static str, test: Test) -> Operator {
    Operator { name, test, negated: false }
}

const fn negated(name: &'static str, test: Test) -> Operator {
    Operator { name, test, negated: true }
}

impl Operator {
    /// The operator spelled so, exactly.
    pub(crate) fn named(name: &str) -> Option<&'static Self> {
        OPERATORS.iter().find(|operator| operator.name == name)
    }

    /// Whether a condition holds if its key is absent.
    pub(crate) fn holds_without_key(&self) -> bool {
        self.negated
    }

    /// The operator that differs from `name` in case only, for messages.
    pub(crate) fn similar(name: &str) -> Option<&'static str> {
        OPERATORS.iter().map(|operator| operator.name).find(|known| known.eq_ignore_ascii_case(name))
    }
}

/// One operator on one key.
#[derive(Debug)]
pub(crate) struct Condition {
    pub(crate) operator: &'static Operator,
    pub(crate) key: Box<str>,
    values: Values,
    /// The listed values as written, where they are kept in another form.
    written: Box<[Box<str>]>,
}

/// The listed values, read as what the operator compares.
#[derive(Debug)]
enum Values {
    Equals(Box<[Box<str>]>),
    EqualsIgnoreCase(Box<[Box<str>]>),
    Like(Box<[Pattern]>),
    Numbers(Comparison, Box<[Number<'static>]>),
    Dates(Comparison, Box<[Instant]>),
    Bools(Box<[bool]>),
    Networks(Box<[Network]>),
}

impl Condition {
    /// Compiles a condition.
    ///
    /// # Errors
    ///
    /// If a listed value is not of the operator's type: what was expected, and the value. Such a value
    /// would never be met, which makes a Deny void and a negated Allow unconditional.
    pub(crate) fn new<'v>(
        operator: &'static Operator,
        key: &str,
        values: &'v [Cow<'_, str>],
    ) -> Result<Self, (&'static str, &'v str)> {
        let texts = || values.iter().map(|value| value.as_ref().into()).collect();
        let values = match operator.test {
            Test::Equals => Values::Equals(texts()),
            Test::EqualsIgnoreCase => Values::EqualsIgnoreCase(texts()),
            Test::Like => Values::Like(values.iter().map(|value| Pattern::new(value.as_ref())).collect()),
            Test::Number(comparison) => {
                let parse = |text: &str| Number::parse(text).map(Number::into_owned);
                Values::Numbers(comparison, read(values, "a decimal number such as `10` or `-0.5`", parse)?)
            }
            Test::Date(comparison) => Values::Dates(
                comparison,
                read(
                    values,
                    "a date such as `2026-01-31T17:00:00Z` or `2026-01-31T17:00:00+08:00`",
                    Instant::parse,
                )?,
            ),
            Test::Bool => Values::Bools(read(values, "`true` or `false`", parse_bool)?),
            Test::Address => Values::Networks(read(
                values,
                "an address or network such as `192.0.2.1`, `192.0.2.0/24` or `2001:db8::/32`",
                Network::parse,
            )?),
        };
        let written = match &values {
            Values::Numbers(..) | Values::Dates(..) | Values::Networks(_) => texts(),
            _ => Box::default(),
        };
        Ok(Self { operator, key: key.into(), values, written })
    }

    /// The listed values, for explanations.
    pub(crate) fn expected(&self) -> Vec<String> {
        match &self.values {
            Values::Equals(texts) | Values::EqualsIgnoreCase(texts) => {
                texts.iter().map(|text| text.to_string()).collect()
            }
            Values::Like(patterns) => patterns.iter().map(|pattern| pattern.as_str().to_owned()).collect(),
            Values::Bools(bools) => bools.iter().map(bool::to_string).collect(),
            Values::Numbers(..) | Values::Dates(..) | Values::Networks(_) => {
                self.written.iter().map(|text| text.to_string()).collect()
            }
        }
    }

    /// Whether the condition holds in these circumstances.
    // SPEC: policy language, condition, rules 2 to 5: any pair for positive operators, no pair for negated
    // ones; so an absent key fails the former and meets the latter.
    pub(crate) fn holds(&self, context: &Context) -> bool {
        let met = context.get(&self.key).iter().any(|value| self.values.meet(value));
        met != self.operator.negated
    }

    /// Whether a condition on the time has held for the last time before `now`.
    pub(crate) fn is_past(&self, now: &str) -> bool {
        let (Values::Dates(comparison, dates), Some(now)) = (&self.values, Instant::parse(now)) else {
            return false;
        };
        let upper = matches!(comparison, Comparison::Equal | Comparison::Less | Comparison::LessOrEqual);
        self.reads_time() && !self.operator.negated && upper && dates.iter().all(|date| *date < now)
    }

    /// Whether the other never holds where this one does, as far as that is easily seen: this one lists the texts
    /// that its key may have, or both are about dates. The key is one that has one value.
    pub(crate) fn excludes(&self, other: &Self) -> bool {
        if self.operator.negated || !same_key(&self.key, &other.key) {
            return false;
        }
        match (&self.values, &other.values) {
            (Values::Equals(texts), _) => {
                !texts.iter().any(|text| other.values.meet(text) != other.operator.negated)
            }
            (
                Values::Dates(Comparison::Less | Comparison::LessOrEqual, to),
                Values::Dates(comparison, from),
            ) => {
                // An instant that both bounds leave out is not worth a look.
                let from_on = matches!(comparison, Comparison::Greater | Comparison::GreaterOrEqual);
                from_on && !other.operator.negated && to.iter().max() < from.iter().min()
            }
            _ => false,
        }
    }

    /// Whether the answer may change with time alone.
    pub(crate) fn reads_time(&self) -> bool {
        same_key(&self.key, CURRENT_TIME)
    }

    /// Until when, in milliseconds since 1970, a condition on the current time stays as it is.
    pub(crate) fn next_change_ms(&self, context: &Context) -> i64 {
        let now = context.get(&self.key).first().and_then(|now| Instant::parse(now));
        match (&self.values, now) {
            (Values::Dates(_, dates), Some(now)) => {
                dates.iter().filter(|date| **date >= now).min().map_or(i64::MAX, Instant::floor_ms)
            }
            // Compared as text, or not readable: it could change at any moment.
            _ => i64::MIN,
        }
    }
}

impl Values {
    /// Whether a value of the request meets any listed one. A value that cannot be read meets none.
    fn meet(&self, value: &str) -> bool {
        match self {
            Self::Equals(listed) => listed.iter().any(|one| **one == *value),
            Self::EqualsIgnoreCase(listed) => listed.iter().any(|one| equal_ignoring_case(one, value)),
            Self::Like(listed) => listed.iter().any(|one| one.matches(value.as_bytes(), Case::Keep)),
            Self::Numbers(comparison, listed) => Number::parse(value)
                .is_some_and(|value| listed.iter().any(|one| comparison.holds(value.cmp(one)))),
            Self::Dates(comparison, listed) => Instant::parse(value)
                .is_some_and(|value| listed.iter().any(|one| comparison.holds(value.cmp(one)))),
            Self::Bools(listed) => parse_bool(value).is_some_and(|value| listed.contains(&value)),
            Self::Networks(listed) => {
                address::parse(value).is_some_and(|value| listed.iter().any(|one| one.contains(value)))
            }
        }
    }
}

impl Comparison {
    /// Whether a request's value that compares so with the listed one is as wanted.
    fn holds(self, ordering: Ordering) -> bool {
        match self {
            Self::Equal => ordering.is_eq(),
            Self::Less => ordering.is_lt(),
            Self::LessOrEqual => ordering.is_le(),
            Self::Greater => ordering.is_gt(),
            Self::GreaterOrEqual => ordering.is_ge(),
        }
    }
}

fn read<'v, T>(
    values: &'v [Cow<'_, str>],
    expected: &'static str,
    parse: impl Fn(&str) -> Option<T>,
) -> Result<Box<[T]>, (&'static str, &'v str)> {
    values.iter().map(|value| parse(value).ok_or((expected, value.as_ref()))).collect()
}

fn parse_bool(text: &str) -> Option<bool> {
    match text {
        _ if text.eq_ignore_ascii_case("true") => Some(true),
        _ if text.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    }
}

/// Whether two texts differ in case at most, in any script.
fn equal_ignoring_case(a: &str, b: &str) -> bool {
    a.eq_ignore_ascii_case(b)
        || a.chars().flat_map(char::to_lowercase).eq(b.chars().flat_map(char::to_lowercase))
}

#[cfg(test)]
mod tests;
