//! Which resources a list may hold: where it looks for them over all regions, and which of them match.

use serde_json::Value;

use super::call::Call;
use super::failure::Failure;
use super::file::ResourceType;
use super::file_operation::{Comparison, ListFilter, Listing};
use super::host::{Host, Shelf};
use super::record::Record;
use super::scope::RecordScope;
use super::template::{Scope, plain};

impl Call<'_> {
    /// The rows that are known to hold all matches of a list over all regions, by path; they end with the identifier.
    pub(super) fn rows_to_read(&self, resource: &ResourceType, listing: &Listing) -> (Shelf, Vec<String>) {
        for filter in listing.filters.iter().filter(|filter| filter.by == Comparison::Equal) {
            let refers = resource.shape(&filter.field).and_then(|shape| shape.refers.as_ref());
            if let (Some(refers), [id]) = (refers, self.texts(&filter.parameter.value).as_slice())
                && self.catalog.resource(&refers.value).is_some()
            {
                let path = [refers.value.as_str(), id, &resource.name].map(str::to_owned).to_vec();
                return (Shelf::Reference, path);
            }
        }
        let tag = self.asked_tags().find_map(|(key, value)| Some((key, value?)));
        if let (true, Some((key, value))) = (resource.tags, tag) {
            return (Shelf::Tag, [resource.name.as_str(), key, value].map(str::to_owned).to_vec());
        }
        if let (true, [group]) = (resource.groups, self.texts("ResourceGroupId").as_slice()) {
            return (Shelf::Group, vec![(*group).to_owned(), resource.name.clone()]);
        }
        (Shelf::Resource, vec![resource.name.clone()])
    }

    /// Whether anything but the region narrows the list.
    pub(super) fn is_narrowed(&self, listing: &Listing) -> bool {
        let names = listing.filters.iter().map(|filter| filter.parameter.value.as_str());
        let tags = self.operation.tag_parameters.iter().map(String::as_str);
        names.chain(tags).chain(["ResourceGroupId"]).any(|name| self.argument(name).is_some())
    }

    pub(super) fn matches(
        &self,
        host: &dyn Host,
        resource: &ResourceType,
        listing: &Listing,
        record: &Record,
    ) -> Result<bool, Failure> {
        let tagged = self.asked_tags().all(|(key, wanted)| {
            record.tags.get(key).is_some_and(|value| wanted.is_none_or(|wanted| wanted == value))
        });
        let groups = if resource.groups { self.texts("ResourceGroupId") } else { Vec::new() };
        if !tagged || groups.first().is_some_and(|group| record.group.as_deref() != Some(group)) {
            return Ok(false);
        }
        let own = RecordScope { world: self.world(host), resource, record };
        for filter in &listing.filters {
            let path: Vec<String> = filter.field.split('.').map(str::to_owned).collect();
            if !self.passes(filter, || own.value(&path))? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    pub(super) fn row_matches(&self, row: &Value, filters: &[ListFilter]) -> bool {
        filters
            .iter()
            .all(|filter| self.passes(filter, || Ok(row.get(&filter.field).cloned())).unwrap_or_default())
    }

    /// What the call gives a filter, without what narrows nothing.
    pub(super) fn asked(&self, filter: &ListFilter) -> Vec<String> {
        let mut asked: Vec<String> = match self.argument(&filter.parameter.value) {
            Some(Value::Array(several)) => several.iter().map(plain).collect(),
            Some(one) => vec![plain(one)],
            None => Vec::new(),
        };
        asked.retain(|text| !text.is_empty() && !filter.ignore.contains(text));
        asked
    }

    /// Whether a value passes a filter. A filter whose parameter is absent, empty or to be ignored lets all pass.
    fn passes(
        &self,
        filter: &ListFilter,
        value: impl FnOnce() -> Result<Option<Value>, Failure>,
    ) -> Result<bool, Failure> {
        let narrowing = self.asked(filter);
        if narrowing.is_empty() {
            return Ok(true);
        }
        let Some(value) = value()? else { return Ok(false) };
        let values: Vec<String> =
            value.as_array().map_or_else(|| vec![plain(&value)], |list| list.iter().map(plain).collect());
        Ok(narrowing.iter().any(|asked| values.iter().any(|value| compare(filter.by, value, asked))))
    }
}

fn compare(by: Comparison, value: &str, asked: &str) -> bool {
    match by {
        Comparison::Equal => value == asked,
        Comparison::Contains => value.contains(asked),
        Comparison::Wildcard => wildcard(value, asked),
        Comparison::AtLeast | Comparison::AtMost => match (quantity(value), quantity(asked)) {
            (Some(value), Some(asked)) if by == Comparison::AtLeast => value >= asked,
            (Some(value), Some(asked)) => value <= asked,
            _ => false,
        },
    }
}

/// A number, or an instant as milliseconds since 1970 UTC.
pub(super) fn quantity(text: &str) -> Option<f64> {
    text.parse().ok().or_else(|| {
        let instant: jiff::Timestamp = text.parse().ok()?;
        #[expect(clippy::cast_precision_loss, reason = "instants have fewer than 52 bits")]
        Some(instant.as_millisecond() as f64)
    })
}

/// Whether `text` has the form of `pattern`, in which `*` stands for any characters. In the time of a plain search,
/// whatever the pattern.
pub(super) fn wildcard(text: &str, pattern: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else { return false };
    let mut parts = parts.peekable();
    if parts.peek().is_none() {
        return rest.is_empty();
    }
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return rest.ends_with(part);
        }
        match rest.split_once(part) {
            Some((_, after)) => rest = after,
            None => return false,
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_any_characters() {
        for (text, pattern, expected) in [
            ("web-1", "web-1", true),
            ("web-1", "web", false),
            ("web-1", "web*", true),
            ("web-1", "*-1", true),
            ("web-1", "*e*1", true),
            ("web-1", "*1*", true),
            ("web-1", "w*b*b*", false),
            ("", "*", true),
            ("aa", "a*a", true),
            ("a", "a*a", false),
        ] {
            assert_eq!(wildcard(text, pattern), expected, "{text} {pattern}");
        }
    }
}
