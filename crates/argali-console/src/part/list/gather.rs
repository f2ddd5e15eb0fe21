//! A page of a list whose operation looks at so much and no more for an answer, so that answers may be short or empty
//! although more follows: gone on with until the page is full, and no longer than a page may take.

use argali_core::time::Timestamp;
use serde_json::Value;

use crate::api::{items, text};
use crate::visit::Visit;

/// How many look-ups a page is filled with at most.
const MOST_LOOK_UPS: usize = 5;
/// For how long another one is begun, in milliseconds: it takes as long again, and a page has 50.
// SPEC: console, budgets.
const BUDGET_MS: i64 = 20;

/// Whether a page that was begun then still has time for one more look-up.
pub(crate) fn has_time(begun: Timestamp, now: Timestamp) -> bool {
    now.as_millis() - begun.as_millis() < BUDGET_MS
}

/// What was found so far.
#[derive(Debug)]
pub(crate) struct Gathering {
    size: usize,
    /// The rows of the page.
    pub(crate) rows: Vec<Value>,
    /// Where the next look-up begins; empty if all was looked at.
    pub(crate) marker: String,
    begun: Timestamp,
    look_ups: usize,
    most_look_ups: usize,
}

impl Gathering {
    /// A page of `size` rows that begins at `marker`.
    pub(crate) fn new(visit: &Visit<'_>, size: &str, marker: &str) -> Self {
        Self::begun(visit.now(), size, marker)
    }

    fn begun(begun: Timestamp, size: &str, marker: &str) -> Self {
        let (size, marker) = (size.parse().unwrap_or(1), marker.to_owned());
        Self { size, rows: Vec::new(), marker, begun, look_ups: 0, most_look_ups: MOST_LOOK_UPS }
    }

    /// The same where a look-up is quick: so many of them at most.
    #[must_use]
    pub(crate) fn with_look_ups(self, most_look_ups: usize) -> Self {
        Self { most_look_ups, ..self }
    }

    /// How many rows are asked for next, and from which place on; nothing once the page is full, all was looked at, or
    /// it was looked often or long enough.
    pub(crate) fn wanted(&self, visit: &Visit<'_>) -> Option<(String, String)> {
        self.wanted_at(visit.now())
    }

    fn wanted_at(&self, now: Timestamp) -> Option<(String, String)> {
        let is_over = self.look_ups > 0 && self.marker.is_empty();
        let has_time = self.look_ups == 0 || has_time(self.begun, now);
        let missing = self.size.saturating_sub(self.rows.len());
        let is_wanted = !is_over && missing > 0 && has_time && self.look_ups < self.most_look_ups;
        is_wanted.then(|| (missing.to_string(), self.marker.clone()))
    }

    /// Adds what an operation answered, which calls its rows `member`.
    pub(crate) fn add(&mut self, answer: &Value, member: &str) {
        self.look_ups += 1;
        self.rows.extend(items(answer, member).cloned());
        text(answer, "Marker").clone_into(&mut self.marker);
    }

    /// Whether the page is not full although there is more to look at.
    pub(crate) fn is_cut(&self) -> bool {
        self.rows.len() < self.size && !self.marker.is_empty()
    }

    /// Whether nothing was found although there is more to look at.
    pub(crate) fn is_still_empty(&self) -> bool {
        self.rows.is_empty() && self.is_cut()
    }

    /// Where the next page begins, which is empty where the page is not full: then it is offered to look further.
    pub(crate) fn next_page(&self) -> &str {
        if self.is_cut() { "" } else { &self.marker }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const BEGUN: Timestamp = Timestamp::from_millis(1_000);

    /// Goes through look-ups that find so many rows each; the last of them ends the list.
    fn gathered(size: &str, found: &[usize]) -> Gathering {
        let mut page = Gathering::begun(BEGUN, size, "");
        let mut answers = found.iter().enumerate();
        while let Some((missing, _)) = page.wanted_at(BEGUN) {
            let (at, count) = answers.next().unwrap();
            let count = (*count).min(missing.parse().unwrap());
            let marker = if at + 1 == found.len() { json!(null) } else { json!(at.to_string()) };
            page.add(&json!({ "Rows": vec![json!({}); count], "Marker": marker }), "Rows");
        }
        page
    }

    #[test]
    fn it_is_looked_once_and_then_while_there_is_time() {
        let look_ups = |each_takes: i64| {
            let mut page = Gathering::begun(BEGUN, "20", "").with_look_ups(9);
            let (mut now, mut count) = (BEGUN, 0);
            while page.wanted_at(now).is_some() {
                page.add(&json!({ "Rows": [], "Marker": "more" }), "Rows");
                now = Timestamp::from_millis(now.as_millis() + each_takes);
                count += 1;
            }
            assert!(page.is_still_empty());
            count
        };
        assert_eq!([0, 8, 25, 400].map(look_ups), [9, 3, 1, 1]);
    }

    #[test]
    fn a_page_is_filled_to_the_end_of_the_list_or_for_so_many_look_ups() {
        for (found, rows, marker) in [
            (vec![20, 20], 20, "0"),
            (vec![0, 3, 40, 9], 20, "2"),
            (vec![0, 3, 4], 7, ""),
            (vec![0], 0, ""),
            (vec![0, 0, 0, 0, 0, 20], 0, "4"),
            (vec![1, 0, 1, 0, 0, 20], 2, "4"),
        ] {
            let page = gathered("20", &found);
            assert_eq!((page.rows.len(), page.marker.as_str()), (rows, marker), "{found:?}");
            assert_eq!(page.is_cut(), rows < 20 && !marker.is_empty(), "{found:?}");
            assert_eq!(page.is_still_empty(), rows == 0 && !marker.is_empty(), "{found:?}");
            assert_eq!(page.next_page(), if rows == 20 { marker } else { "" }, "{found:?}");
        }
    }
}
