//! A page of a list whose operation looks at so much and no more for an answer, so that answers may be short or empty
//! although more follows: gone on with until the page is full, and no longer than a page may take.

use serde_json::Value;

use crate::api::{items, text};

/// How many look-ups a page is filled with at most.
const MOST_LOOK_UPS: usize = 5;

/// What was found so far.
#[derive(Debug)]
pub(crate) struct Gathering {
    size: usize,
    /// The rows of the page.
    pub(crate) rows: Vec<Value>,
    /// Where the next look-up begins; empty if all was looked at.
    pub(crate) marker: String,
    look_ups: usize,
    most_look_ups: usize,
}

impl Gathering {
    /// A page of `size` rows that begins at `marker`.
    pub(crate) fn new(size: &str, marker: &str) -> Self {
        let size = size.parse().unwrap_or(1);
        Self { size, rows: Vec::new(), marker: marker.to_owned(), look_ups: 0, most_look_ups: MOST_LOOK_UPS }
    }

    /// The same where a look-up is quick: so many of them, if whoever looks has time for them.
    #[must_use]
    pub(crate) fn with_look_ups(self, most_look_ups: usize) -> Self {
        Self { most_look_ups, ..self }
    }

    /// What is asked for next, where it is gone on past what every page looks up only while there is time for it.
    pub(crate) fn wanted_while(&self, has_time: bool) -> Option<(String, String)> {
        self.wanted().filter(|_| has_time || self.look_ups < MOST_LOOK_UPS)
    }

    /// How many rows are asked for next, and from which place on; nothing once the page is full, all was looked at, or
    /// it was looked often enough.
    pub(crate) fn wanted(&self) -> Option<(String, String)> {
        let is_over = self.look_ups > 0 && self.marker.is_empty();
        let missing = self.size.saturating_sub(self.rows.len());
        let is_wanted = !is_over && missing > 0 && self.look_ups < self.most_look_ups;
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

    /// Goes through look-ups that find so many rows each; the last of them ends the list.
    fn gathered(size: &str, found: &[usize]) -> Gathering {
        let mut page = Gathering::new(size, "");
        let mut answers = found.iter().enumerate();
        while let Some((missing, _)) = page.wanted() {
            let (at, count) = answers.next().unwrap();
            let count = (*count).min(missing.parse().unwrap());
            let marker = if at + 1 == found.len() { json!(null) } else { json!(at.to_string()) };
            page.add(&json!({ "Rows": vec![json!({}); count], "Marker": marker }), "Rows");
        }
        page
    }

    #[test]
    fn a_quick_look_up_goes_on_while_there_is_time() {
        let looked = |has_time: bool| {
            let mut page = Gathering::new("20", "").with_look_ups(9);
            let mut count = 0;
            while page.wanted_while(has_time).is_some() {
                page.add(&json!({ "Rows": [], "Marker": "more" }), "Rows");
                count += 1;
            }
            assert!(page.is_still_empty());
            count
        };
        assert_eq!((looked(true), looked(false)), (9, MOST_LOOK_UPS));
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
