//! Stretches of the index by value: the resources of a type in a region that have certain values of a field.

use argali_store::StoreError;

use super::host::Row;
#[cfg(test)]
use super::host::{Host, Shelf};
use super::record::damaged;

/// The resources of a type in a region with certain values of a field, by value and then by identifier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// The type.
    pub type_name: String,
    /// The region.
    pub region: String,
    /// The field, or what else is in the index.
    pub field: String,
    /// The values.
    pub values: Values,
}

/// Which values of a field are in a span.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Values {
    /// One.
    One(String),
    /// All that begin with a text.
    Beginning(String),
    /// All from one to another, both included.
    Between(String, String),
}

/// A resource in a span.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Member {
    /// Its value of the field.
    pub value: String,
    /// Its identifier.
    pub id: String,
}

impl Values {
    #[cfg(test)]
    fn hold(&self, value: &str) -> bool {
        match self {
            Self::One(one) => value == one,
            Self::Beginning(start) => value.starts_with(start),
            Self::Between(from, to) => from.as_str() <= value && value <= to.as_str(),
        }
    }
}

impl Span {
    /// The part of the index's paths that all values of the field have in common.
    pub(super) fn path(&self) -> [&str; 3] {
        [&self.type_name, &self.region, &self.field]
    }
}

impl TryFrom<Row> for Member {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        match <[String; 2]>::try_from(row.rest) {
            Ok([value, id]) => Ok(Self { value, id }),
            Err(_) => Err(damaged("a row of the index by value is malformed")),
        }
    }
}

/// The members of a span after one of them, found by reading all rows of the field: what hosts that count must agree
/// with.
#[cfg(test)]
pub(super) fn read_members(
    host: &dyn Host,
    span: &Span,
    after: Option<&Member>,
) -> Result<Vec<Member>, StoreError> {
    const READ_AT_ONCE: usize = 256;
    let mut found = Vec::new();
    let mut last = after.cloned();
    loop {
        let start = last.as_ref().map(|last| [last.value.as_str(), last.id.as_str()]);
        let rows =
            host.scan(Shelf::Value, &span.path(), start.as_ref().map(<[&str; 2]>::as_slice), READ_AT_ONCE)?;
        let more = rows.len() == READ_AT_ONCE;
        for row in rows {
            let member = Member::try_from(row)?;
            last = Some(member.clone());
            if span.values.hold(&member.value) {
                found.push(member);
            }
        }
        if !more {
            return Ok(found);
        }
    }
}
