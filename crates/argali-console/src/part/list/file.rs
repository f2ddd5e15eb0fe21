//! A list as a file of comma-separated values: everything that the address leaves of it, as the viewer sees it.

use super::{About, List, Wanted, Width};
use crate::answer::Answer;
use crate::page::Outcome;
use crate::part::csv;
use crate::visit::Visit;

/// How many rows a file has at most. They are read a part at a time and sent as a whole.
const MOST: usize = 20_000;
/// How many are read at once.
const AT_ONCE: &str = "1000";

pub(super) async fn send<L: List>(visit: &Visit<'_>, list: &L, about: &About<'_>) -> Outcome {
    let columns: Vec<_> = about.columns.iter().filter(|column| column.width != Width::Page).collect();
    let mut body = csv::line(columns.iter().map(|column| column.name));
    let (mut count, mut marker) = (0, String::new());
    loop {
        let wanted = Wanted { size: AT_ONCE, marker: &marker, ..Wanted::read(visit, about) };
        let found = list.fetch(visit, &wanted).await?;
        for row in found.rows.iter().take(MOST - count) {
            let cells: Vec<String> = columns.iter().map(|column| column.plain(row)).collect();
            body.push_str(&csv::line(cells.iter().map(String::as_str)));
            count += 1;
        }
        marker = found.next;
        if marker.is_empty() || count == MOST {
            break;
        }
    }
    // What is left out is told by the name.
    let first = if marker.is_empty() { String::new() } else { format!("-first-{count}") };
    let day = visit.now().to_string();
    let day = day.split('T').next().unwrap_or_default();
    Ok(Answer::export("text/csv;charset=utf-8", &format!("{}-{day}{first}.csv", about.file), body))
}
