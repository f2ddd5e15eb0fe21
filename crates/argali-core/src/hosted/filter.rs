//! What can be done to a value in a template: `{created | minute}`.

use std::str::FromStr;

use serde_json::Value;

use super::cidr::Cidr;

/// Declares the filters: variant, name in files, what it does.
macro_rules! filters {
    ($($(#[$doc:meta])* $variant:ident = $name:literal;)*) => {
        /// Something that is done to a value.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Filter { $($(#[$doc])* $variant,)* }

        impl Filter {
            /// Every filter by the name that files use.
            pub const ALL: &'static [(&'static str, Filter)] = &[$(($name, Filter::$variant),)*];
        }
    };
}

filters! {
    /// An instant to the minute: `2017-12-10T04:04Z`.
    Minute = "minute";
    /// An instant to the second: `2017-12-10T04:04:05Z`.
    Second = "second";
    /// How many elements a list has.
    Count = "count";
    /// The first element of a list.
    First = "first";
    /// The elements of the lists in a list.
    Flat = "flat";
    /// Upper-case text.
    Upper = "upper";
    /// Lower-case text.
    Lower = "lower";
    /// A value as text.
    Text = "text";
    /// Text as a whole number.
    Integer = "integer";
    /// The elements of a list joined with commas.
    Joined = "joined";
    /// How many addresses of a CIDR block can be given out.
    Addresses = "addresses";
}

impl Filter {
    /// The value after the filter, or `None` if it makes no sense for this one.
    pub fn apply(self, value: Value) -> Option<Value> {
        match self {
            Self::Minute => Some(date(&value)?.strftime("%Y-%m-%dT%H:%MZ").to_string().into()),
            Self::Second => Some(date(&value)?.strftime("%Y-%m-%dT%H:%M:%SZ").to_string().into()),
            Self::Count => Some(value.as_array()?.len().into()),
            Self::First => value.as_array()?.first().cloned(),
            Self::Flat => {
                let lists = value.as_array()?.iter();
                let parts =
                    lists.map(|list| list.as_array().map_or(std::slice::from_ref(list), Vec::as_slice));
                Some(parts.flatten().cloned().collect())
            }
            Self::Upper => Some(value.as_str()?.to_uppercase().into()),
            Self::Lower => Some(value.as_str()?.to_lowercase().into()),
            Self::Text => Some(super::template::plain(&value).into()),
            Self::Integer => match value {
                Value::String(text) => Some(text.trim().parse::<i64>().ok()?.into()),
                Value::Number(_) => Some(value),
                _ => None,
            },
            Self::Joined => {
                let parts: Vec<String> = value.as_array()?.iter().map(super::template::plain).collect();
                Some(parts.join(",").into())
            }
            Self::Addresses => Some(value.as_str()?.parse::<Cidr>().ok()?.usable().into()),
        }
    }
}

impl FromStr for Filter {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL.iter().find(|(name, _)| *name == text).map(|(_, filter)| *filter).ok_or_else(|| {
            let known: Vec<String> = Self::ALL.iter().map(|(name, _)| format!("`{name}`")).collect();
            format!("`{text}` is not a filter: expected one of {}", known.join(", "))
        })
    }
}

fn date(value: &Value) -> Option<jiff::Timestamp> {
    jiff::Timestamp::from_millisecond(value.as_i64()?).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_filter_does_what_it_says_and_nothing_to_what_it_cannot_use() {
        let list = json!(["a", 2]);
        for (filter, value, expected) in [
            ("minute", json!(1_512_878_645_999_i64), Some(json!("2017-12-10T04:04Z"))),
            ("second", json!(1_512_878_645_999_i64), Some(json!("2017-12-10T04:04:05Z"))),
            ("minute", json!("yesterday"), None),
            ("count", list.clone(), Some(json!(2))),
            ("first", json!([]), None),
            ("flat", json!([["a"], [], "b", ["c", "d"]]), Some(json!(["a", "b", "c", "d"]))),
            ("flat", json!("a"), None),
            ("joined", list, Some(json!("a,2"))),
            ("upper", json!("vpc"), Some(json!("VPC"))),
            ("text", json!(12), Some(json!("12"))),
            ("integer", json!("40"), Some(json!(40))),
            ("integer", json!("many"), None),
            ("addresses", json!("192.168.0.0/24"), Some(json!(252))),
        ] {
            assert_eq!(filter.parse::<Filter>().unwrap().apply(value), expected, "{filter}");
        }
    }
}
