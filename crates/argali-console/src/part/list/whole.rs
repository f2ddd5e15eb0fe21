//! Lists that operations only give as they are: read as a whole, and then narrowed, ordered and cut into pages here.

use serde_json::Value;

use super::{Found, Wanted, member};

/// The part of `rows` that is wanted, of those that `keeps` lets through, in the order of `by` and then of `key`.
pub(crate) fn whole(
    wanted: &Wanted<'_>,
    mut rows: Vec<Value>,
    keeps: impl Fn(&Value) -> bool,
    (by, key): (impl Fn(&Value) -> String, impl Fn(&Value) -> String),
) -> Found {
    rows.retain(keeps);
    let place = |row: &Value| (by(row), key(row).to_lowercase());
    rows.sort_by_cached_key(place);
    if wanted.descending {
        rows.reverse();
    }
    let total = rows.len();
    if let Some((last_by, last_key)) = wanted.marker.split_once('\n') {
        let last = (last_by.to_owned(), last_key.to_owned());
        rows.retain(|row| if wanted.descending { place(row) < last } else { place(row) > last });
    }
    let size = wanted.size.parse().unwrap_or(rows.len());
    let is_last = rows.len() <= size;
    rows.truncate(size);
    let next = rows.last().filter(|_| !is_last).map(place);
    let next = next.map(|(by, key)| format!("{by}\n{key}")).unwrap_or_default();
    Found { rows, total: Some(total), next, ..Found::default() }
}

/// The order by the member that is wanted: numbers as such, texts whatever their case.
pub(crate) fn by_member(wanted: &Wanted<'_>) -> impl Fn(&Value) -> String + use<> {
    let order = wanted.order.to_owned();
    move |row| match row.get(&order) {
        // A number does not fill up by itself.
        Some(Value::Number(number)) => format!("{:0>20}", number.to_string()),
        _ => member(row, &order).to_lowercase(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::api::{number, text};
    use crate::pairs::Pairs;

    fn name(row: &Value) -> String {
        text(row, "Name").to_owned()
    }

    fn count(row: &Value) -> String {
        format!("{:09}", number(row, "Count"))
    }

    /// What is told of a row.
    type Told = fn(&Value) -> String;

    /// The names of all pages of two.
    fn pages(by: Told, descending: bool) -> Vec<Vec<String>> {
        let rows = [("b", 10), ("a", 9), ("C", 10), ("d", 100), ("gone", 0)];
        let rows: Vec<_> = rows.map(|(name, count)| json!({ "Name": name, "Count": count })).into();
        let (query, mut marker, mut pages) = (Pairs::default(), String::new(), Vec::new());
        loop {
            let wanted = Wanted { query: &query, size: "2", marker: &marker, order: "", descending };
            let keeps = |row: &Value| text(row, "Name") != "gone";
            let found = whole(&wanted, rows.clone(), keeps, (by, name));
            assert_eq!(found.total, Some(4));
            pages.push(found.rows.iter().map(name).collect());
            if found.next.is_empty() {
                return pages;
            }
            marker = found.next;
        }
    }

    #[test]
    fn every_row_is_on_one_page() {
        let unordered: Told = |_| String::new();
        assert_eq!(pages(unordered, false), [["a", "b"], ["C", "d"]]);
        assert_eq!(pages(unordered, true), [["d", "C"], ["b", "a"]]);
        assert_eq!(pages(count, false), [["a", "b"], ["C", "d"]]);
        assert_eq!(pages(count, true), [["d", "C"], ["b", "a"]]);
    }
}
